// SPDX-License-Identifier: GPL-2.0-or-later
#include "claims.h"
#include "faults.h"

static const struct program programs[] = {
	{DEMO, {"--delay", "0.3"}},
	{DEMO, {"--delay", "0.1"}, .output = RUN_TERMINAL},
	{DEMO, {"--delay=0"}},
	{DEMO, {"--daemon", "no", "--delay", "0.1"}},
	{DEMO, {"--daemon=no", "--delay", "0"}},
	{DEMO, {"--daemon", "yes", "--delay", "0.05"}},
	{PYTHON, .output = RUN_TERMINAL},
	{PYTHON},
	{PYTHON, .unbuffered = true},
	{PYTHON, {"inside"}},
	{PYTHON, {"none", "--daemon", "no"}},
	{PYTHON, {"none", "--daemon=no"}, .output = RUN_TERMINAL},
	{PYTHON, {"waited-for"}, .breaks = "1"},
	{PYTHON, {"early"}, .breaks = "1"},
	{PYTHON, {"suicide"}, .breaks = "1"},
	{PYTHON, {"stopped", "--daemon", "no"}, .breaks = "1"},
	{PYTHON, {"short"}, .breaks = "2"},
	{PYTHON, {"other-stopped"}, .breaks = "2"},
	{PYTHON, {"unwaited"}, .breaks = "2 3", .unbuffered = true},
	{PYTHON, {"left-behind"}, .breaks = "3"},
	{0},
};

int main(int argc, char *argv[])
{
	return claims_main(argc, argv, "background", programs, faults);
}
