// SPDX-License-Identifier: GPL-2.0-or-later
#include "claims.h"
#include "faults.h"

static const struct program programs[] = {
	{DEMO},
	{DEMO, .output = RUN_TERMINAL},
	{DEMO, {"-p", "1"}},
	{DEMO, {"--parties", "7"}},
	{DEMO, {"--delay", "0", "--hold", "0"}},
	{STRANGER},
	{STRANGER, .output = RUN_TERMINAL},
	{STRANGER, {"barrier-of-one"}, .breaks = "1"},
	{STRANGER, {"no-lock"}, .breaks = "2"},
	{STRANGER, {"p3-waits"}, .breaks = "3"},
	{STRANGER, {"one-by-one"}, .breaks = "4"},
	{STRANGER, {"unreaped"}, .breaks = "4"},
	{PYTHON},
	{PYTHON, .output = RUN_TERMINAL},
	{PYTHON, .unbuffered = true},
	{PYTHON, {"early"}, .breaks = "1", .output = RUN_TERMINAL},
	{PYTHON, {"barrier-of-one"}, .breaks = "1", .output = RUN_TERMINAL},
	{PYTHON, {"no-lock"}, .breaks = "2", .output = RUN_TERMINAL},
	{PYTHON, {"p3-waits"}, .breaks = "3", .output = RUN_TERMINAL},
	{PYTHON, {"one-by-one"}, .breaks = "4", .output = RUN_TERMINAL},
	{PYTHON, {"unreaped"}, .breaks = "4", .output = RUN_TERMINAL},
	{0},
};

int main(int argc, char *argv[])
{
	return claims_main(argc, argv, "barrier", programs, faults);
}
