// SPDX-License-Identifier: GPL-2.0-or-later
#include "claims.h"
#include "faults.h"

static const struct program programs[] = {
	{DEMO},
	{DEMO, .output = RUN_TERMINAL},
	{DEMO, {"-n", "0"}},
	{DEMO, {"-n1"}},
	{DEMO, {"--count", "2"}},
	{DEMO, {"--count=100"}},
	{TWIN, {"none", "-n", "0"}},
	{TWIN, {"none", "-n", "1"}},
	{PYTHON},
	{PYTHON, .output = RUN_TERMINAL},
	{PYTHON, .unbuffered = true},
	{PYTHON, {"none", "-n", "0"}},
	{PYTHON, {"none", "-n", "1"}},
	{PYTHON, {"run", "-n", "3"}, .breaks = "1 2 3"},
	{PYTHON, {"not-overridden", "-n", "3"}, .breaks = "1"},
	{PYTHON, {"join-later", "-n", "3"}, .breaks = "2"},
	{PYTHON, {"unjoined", "-n", "3"}, .breaks = "2"},
	{PYTHON, {"named", "-n", "3"}, .breaks = "3"},
	{PYTHON, {"kernel-untold", "-n", "3"}, .breaks = "3"},
	{0},
};

int main(int argc, char *argv[])
{
	return claims_main(argc, argv, "subclass", programs, faults);
}
