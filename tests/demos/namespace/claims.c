// SPDX-License-Identifier: GPL-2.0-or-later
#include "claims.h"
#include "faults.h"

static const struct program programs[] = {
	{DEMO},
	{DEMO, .output = RUN_TERMINAL},
	{DEMO, {"-n", "0"}},
	{DEMO, {"-n1"}},
	{DEMO, {"--count=2"}},
	{DEMO, {"--count", "13"}},
	{DEMO, {"-n", "200"}},
	{TWIN, {"none", "-n", "0"}},
	{TWIN, {"seven", "-n", "0"}, .breaks = "1"},
	{TWIN, {"none", "-n", "1"}},
	{TWIN, {"none", "-n", "200"}},
	{PYTHON},
	{PYTHON, .output = RUN_TERMINAL},
	{PYTHON, .unbuffered = true},
	{PYTHON, {"none", "-n", "0"}},
	{PYTHON, {"none", "-n", "20"}, .output = RUN_TERMINAL},
	{PYTHON, {"values"}},
	{PYTHON, {"spawn"}},
	{PYTHON, {"shared_memory"}},
	{PYTHON, {"own"}, .breaks = "1"},
	{PYTHON, {"late"}, .breaks = "1"},
	{PYTHON, {"together"}, .breaks = "1"},
	{PYTHON, {"manager"}, .breaks = "2"},
	{PYTHON, {"manager"}, .breaks = "2", .output = RUN_TERMINAL},
	{PYTHON, {"list"}, .breaks = "2 3"},
	{PYTHON, {"none-at-all"}, .breaks = "2 3"},
	{0},
};

int main(int argc, char *argv[])
{
	return claims_main(argc, argv, "namespace", programs, faults);
}
