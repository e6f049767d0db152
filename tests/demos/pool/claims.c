// SPDX-License-Identifier: GPL-2.0-or-later
#include "claims.h"
#include "faults.h"

static const struct program programs[] = {
	{DEMO},
	{DEMO, .output = RUN_TERMINAL},
	{DEMO, {"-n", "0"}},
	{DEMO, {"-n1"}},
	{DEMO, {"-w", "1"}},
	{DEMO, {"-w", "5", "-n", "5"}},
	{DEMO, {"-w", "5", "-n", "6"}},
	{DEMO, {"-w", "5", "-n", "21"}},
	{DEMO, {"--workers=64", "--inputs", "1000"}},
	{DEMO, {"--workers", "64", "--inputs=3"}, .output = RUN_TERMINAL},
	{PYTHON},
	{PYTHON, .output = RUN_TERMINAL},
	{PYTHON, .unbuffered = true},
	{PYTHON, {"-w", "2", "-n", "7"}},
	{PYTHON, {"-w", "3", "-n", "1"}},
	{PYTHON, {"-n", "1000"}},
	{PYTHON, {"three"}, .breaks = "1"},
	{PYTHON, {"five"}, .breaks = "1"},
	{PYTHON, {"greedy"}, .breaks = "2"},
	{PYTHON, {"swapped"}, .breaks = "3"},
	{PYTHON, {"lost"}, .breaks = "3", .output = RUN_TERMINAL},
	{PYTHON, {"fails"}, .breaks = "4"},
	{PYTHON, {"said-first"}, .breaks = "4"},
	{PYTHON, {"terminated"}, .breaks = "4"},
	{0},
};

int main(int argc, char *argv[])
{
	return claims_main(argc, argv, "pool", programs, faults);
}
