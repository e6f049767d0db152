// SPDX-License-Identifier: GPL-2.0-or-later
#include "claims.h"
#include "faults.h"

static const struct program programs[] = {
	{DEMO},
	{DEMO, {"--delay", "0.1"}, .output = RUN_TERMINAL},
	{DEMO, {"--delay", "0"}},
	{DEMO, {"--delay=.001"}},
	{DEMO, {"--delay", "1.25"}},
	{PYTHON, {"none", "--delay", "0.1"}, .output = RUN_TERMINAL},
	{PYTHON, {"none", "--delay", "0.1"}, .unbuffered = true},
	/* Into a pipe Python prints at the end of each process what it has kept until then. */
	{PYTHON, {"none", "--delay", "0.1"}},
	{PYTHON, {"none", "--delay", "0"}},
	{PYTHON, {"unnamed", "--delay", "0.1"}, .breaks = "1", .output = RUN_TERMINAL},
	{PYTHON, {"kernel-untold", "--delay", "0.1"}, .breaks = "1", .output = RUN_TERMINAL},
	{PYTHON, {"silent-exit", "--delay", "0.1"}, .breaks = "2", .output = RUN_TERMINAL},
	{PYTHON, {"no-sleep", "--delay", "0.1"}, .breaks = "2", .output = RUN_TERMINAL},
	{PYTHON, {"sleeps-first", "--delay", "0.1"}, .breaks = "2", .output = RUN_TERMINAL},
	{PYTHON, {"one-by-one", "--delay", "0.1"}, .breaks = "3"},
	{PYTHON, {"daemons", "--delay", "0.1"}, .breaks = "2", .output = RUN_TERMINAL},
	{0},
};

int main(int argc, char *argv[])
{
	return claims_main(argc, argv, "name", programs, faults);
}
