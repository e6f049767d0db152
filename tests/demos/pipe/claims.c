// SPDX-License-Identifier: GPL-2.0-or-later
#include "claims.h"
#include "faults.h"

static const struct program programs[] = {
	{DEMO},
	{DEMO, .output = RUN_TERMINAL},
	{DEMO, {"-n", "0"}},
	{DEMO, {"-n1"}},
	{DEMO, {"--items=1000"}},
	{STRANGER},
	{STRANGER, .output = RUN_TERMINAL},
	{STRANGER, {"nine"}, .breaks = "1 5"},
	{STRANGER, {"unclosed"}, .breaks = "1"},
	{STRANGER, {"counts"}, .breaks = "2"},
	{STRANGER, {"one-by-one"}, .breaks = "3"},
	{STRANGER, {"hang"}, .breaks = "2 4 5 6", .hangs = true},
	{STRANGER, {"wrong"}, .breaks = "5"},
	{STRANGER, {"fails"}, .breaks = "6"},
	{PYTHON},
	{PYTHON, .output = RUN_TERMINAL},
	{PYTHON, .unbuffered = true},
	{PYTHON, {"nine"}, .breaks = "1 5"},
	{PYTHON, {"unclosed"}, .breaks = "1"},
	{PYTHON, {"counts"}, .breaks = "2"},
	{PYTHON, {"one-by-one"}, .breaks = "3"},
	{PYTHON, {"hang"}, .breaks = "2 4 5 6", .output = RUN_TERMINAL, .hangs = true},
	{PYTHON, {"wrong"}, .breaks = "5", .output = RUN_TERMINAL},
	{PYTHON, {"early-end"}, .breaks = "5", .output = RUN_TERMINAL},
	{PYTHON, {"fails"}, .breaks = "6"},
	{0},
};

int main(int argc, char *argv[])
{
	return claims_main(argc, argv, "pipe", programs, faults);
}
