// SPDX-License-Identifier: GPL-2.0-or-later
#include "claims.h"
#include "faults.h"

static const struct program programs[] = {
	{DEMO, {"--delay", "0.1", "--main", "0.3"}},
	{DEMO, {"--delay", "0.1", "--main", "0.3"}, .output = RUN_TERMINAL},
	{DEMO, {"--delay=0", "--main=0"}},
	{DEMO, {"--delay=0", "--main=0.5"}},
	{DEMO, {"--delay", "0.5", "--main", "0"}},
	{DEMO, {"--delay", "0.01", "--main", "1.5"}},
	{PYTHON, {"none", "--delay", "0.1", "--main", "0.5"}, .output = RUN_TERMINAL},
	{PYTHON, {"none", "--delay", "0.1", "--main", "0.5"}},
	{PYTHON, {"none", "--delay", "0", "--main", "0"}, .unbuffered = true},
	{PYTHON, {"buffered", "--delay", "0.1", "--main", "0.3"}, .breaks = "1"},
	{PYTHON, {"finishes", "--delay", "0", "--main", "0.1"}, .breaks = "1"},
	{PYTHON, {"works-on", "--delay", "0.1", "--main", "0.2"}, .breaks = "1"},
	{PYTHON, {"beside", "--delay", "0", "--main", "0.2"}, .breaks = "2"},
	{PYTHON, {"short", "--delay", "0", "--main", "0.1"}, .breaks = "2"},
	{PYTHON, {"both-daemons", "--delay", "0.1", "--main", "0.1"}, .breaks = "2"},
	{PYTHON, {"unwaited", "--delay", "0.1", "--main", "0.1"}, .breaks = "2 3"},
	{PYTHON, {"left-behind", "--delay", "0", "--main", "0.1"}, .breaks = "3"},
	{0},
};

int main(int argc, char *argv[])
{
	return claims_main(argc, argv, "daemon", programs, faults);
}
