// SPDX-License-Identifier: GPL-2.0-or-later
#include "claims.h"
#include "faults.h"

static const struct program programs[] = {
	{DEMO},
	{DEMO, .output = RUN_TERMINAL},
	{DEMO, {"-n", "0"}},
	{DEMO, {"-n1"}},
	{DEMO, {"-n", "2"}},
	{DEMO, {"--count=40"}},
	{TWIN, {"none", "-n", "0"}},
	{TWIN, {"none", "-n", "1"}},
	{PYTHON},
	{PYTHON, .output = RUN_TERMINAL},
	{PYTHON, .unbuffered = true},
	{PYTHON, {"none", "-n", "0"}},
	{PYTHON, {"none", "-n", "1"}},
	{PYTHON, {"none", "-n", "12"}},
	{PYTHON, {"join-later"}, .breaks = "1"},
	{PYTHON, {"unjoined"}, .breaks = "1"},
	{PYTHON, {"called"}, .breaks = "2"},
	{PYTHON, {"one-line-more"}, .breaks = "2"},
	{PYTHON, {"same-number"}, .breaks = "2"},
	{0},
};

int main(int argc, char *argv[])
{
	return claims_main(argc, argv, "spawn", programs, faults);
}
