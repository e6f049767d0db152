// SPDX-License-Identifier: GPL-2.0-or-later
#include "claims.h"
#include "faults.h"

#define SHORT "--delay", "0.02", "-n", "5"

static const struct program programs[] = {
	{DEMO, {"-n", "1"}},
	{DEMO, {"-n0"}},
	{DEMO, {"--delay", "0.05"}, .output = RUN_TERMINAL},
	{DEMO, {"--delay", "0"}},
	{DEMO, {"--delay", "0", "--items", "1000"}},
	{DEMO, {"--race", "--delay", "0.02"}},
	{DEMO, {"--race", "--delay=0", "-n", "30"}},
	{DEMO, {"--race", "-n0"}},
	{PYTHON, {SHORT}},
	{PYTHON, {SHORT}, .output = RUN_TERMINAL},
	{PYTHON, {SHORT}, .unbuffered = true},
	{PYTHON, {SHORT, "--race"}},
	{PYTHON, {SHORT, "--race"}, .output = RUN_TERMINAL},
	{PYTHON, {SHORT, "nine"}, .breaks = "1"},
	{PYTHON, {SHORT, "too-large"}, .breaks = "1", .output = RUN_TERMINAL},
	{PYTHON, {SHORT, "hurried"}, .breaks = "1", .output = RUN_TERMINAL},
	{PYTHON, {SHORT, "unsaid"}, .breaks = "2"},
	{PYTHON, {SHORT, "early"}, .breaks = "2 4"},
	{PYTHON, {SHORT, "swapped"}, .breaks = "3", .output = RUN_TERMINAL},
	{PYTHON, {SHORT, "invented"}, .breaks = "3 4"},
	{PYTHON, {SHORT, "lost"}, .breaks = "2 4"},
	{PYTHON, {SHORT, "size"}, .breaks = "4"},
	{PYTHON, {SHORT, "unreaped"}, .breaks = "5"},
	{0},
};

int main(int argc, char *argv[])
{
	return claims_main(argc, argv, "queue", programs, faults);
}
