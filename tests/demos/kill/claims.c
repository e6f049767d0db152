// SPDX-License-Identifier: GPL-2.0-or-later
#include "claims.h"
#include "faults.h"

static const struct program programs[] = {
	{DEMO},
	{DEMO, .output = RUN_TERMINAL},
	{DEMO, {"-s", "KILL", "--after", "0.3"}},
	{DEMO, {"--signal=SIGUSR1", "--delay", "0.1"}},
	{DEMO, {"-s2"}},
	{DEMO, {"-s", "40"}},
	{STRANGER},
	{STRANGER, .output = RUN_TERMINAL},
	{STRANGER, {"said-late"}, .breaks = "1"},
	{STRANGER, {"killed"}, .breaks = "2"},
	{STRANGER, {"finished"}, .breaks = "2 3 4"},
	{STRANGER, {"wrong-number"}, .breaks = "4"},
	{STRANGER, {"unreaped"}, .breaks = "5"},
	{PYTHON, .output = RUN_TERMINAL},
	{PYTHON, .unbuffered = true},
	/* Into a pipe Python prints when the buffer is full, at the end, and before it forks. */
	{PYTHON},
	{PYTHON, {"said-late"}, .breaks = "1", .output = RUN_TERMINAL},
	{PYTHON, {"killed"}, .breaks = "2", .output = RUN_TERMINAL},
	{PYTHON, {"finished"}, .breaks = "2 3 4", .output = RUN_TERMINAL},
	{PYTHON, {"wrong-number"}, .breaks = "4", .output = RUN_TERMINAL},
	{PYTHON, {"unreaped"}, .breaks = "5", .output = RUN_TERMINAL},
	{0},
};

int main(int argc, char *argv[])
{
	return claims_main(argc, argv, "kill", programs, faults);
}
