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
	{DEMO, {"--count", "12"}, .output = RUN_TERMINAL},
	{TWIN, {"none", "-n", "0"}},
	{TWIN, {"none", "-n", "1"}},
	{PYTHON},
	{PYTHON, .output = RUN_TERMINAL},
	{PYTHON, .unbuffered = true},
	{PYTHON, {"none", "-n", "0"}},
	{PYTHON, {"none", "-n", "1"}},
	{PYTHON, {"none", "-n", "9"}},
	{PYTHON, {"called", "-n", "3"}, .breaks = "1"},
	{PYTHON, {"late-binding", "-n", "3"}, .breaks = "1"},
	{PYTHON, {"range-from-1", "-n", "3"}, .breaks = "1"},
	{PYTHON, {"threads", "-n", "3"}, .breaks = "1 2"},
	{PYTHON, {"join-in-loop", "-n", "3"}, .breaks = "2"},
	{PYTHON, {"reversed", "-n", "3"}, .breaks = "2"},
	{0},
};

int main(int argc, char *argv[])
{
	return claims_main(argc, argv, "func", programs, faults);
}
