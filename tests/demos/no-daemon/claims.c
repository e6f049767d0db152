// SPDX-License-Identifier: GPL-2.0-or-later
#include "claims.h"
#include "faults.h"

static const struct program programs[] = {
	{DEMO, {"--delay", "0.1"}},
	{DEMO, {"--delay", "0.1"}, .output = RUN_TERMINAL},
	{DEMO, {"--delay=0"}},
	{DEMO, {"--delay", "0"}, .output = RUN_TERMINAL},
	{DEMO, {"--delay=0.5"}},
	{PYTHON, .output = RUN_TERMINAL},
	{PYTHON},
	{PYTHON, .unbuffered = true},
	{PYTHON, {"inside"}, .output = RUN_TERMINAL},
	{PYTHON, {"one-by-one"}, .breaks = "1"},
	{PYTHON, {"short"}, .breaks = "1"},
	{PYTHON, {"raises"}, .breaks = "1"},
	{PYTHON, {"daemon"}, .breaks = "1 2"},
	{PYTHON, {"poked"}, .breaks = "2", .unbuffered = true},
	{PYTHON, {"unwaited"}, .breaks = "2", .unbuffered = true},
	{0},
};

int main(int argc, char *argv[])
{
	return claims_main(argc, argv, "no-daemon", programs, faults);
}
