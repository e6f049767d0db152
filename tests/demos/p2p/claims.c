// SPDX-License-Identifier: GPL-2.0-or-later
#include "claims.h"
#include "faults.h"

static const struct program programs[] = {
	{DEMO},
	{DEMO, .output = RUN_TERMINAL},
	{DEMO, {"-n", "9"}},
	{DEMO, {"-n12"}},
	{DEMO, {"--ranks=256"}},
	{DEMO, {"-n", "8"}},
	{DEMO, {"--ranks", "1"}},
	{TWIN, {"none", "-n", "12"}},
	{PYTHON},
	{PYTHON, .output = RUN_TERMINAL},
	{PYTHON, .unbuffered = true},
	{PYTHON, {"none", "-n", "20"}},
	{PYTHON, {"none", "-n", "8"}},
	{PYTHON, {"doubled"}, .breaks = "1"},
	{PYTHON, {"unsaid"}, .breaks = "2"},
	{PYTHON, {"early"}, .breaks = "3", .output = RUN_TERMINAL},
	{PYTHON, {"early"}, .breaks = "3", .unbuffered = true},
	{PYTHON, {"other-number"}, .breaks = "3"},
	{PYTHON, {"everybody"}, .breaks = "4"},
	{PYTHON, {"few", "-n", "8"}, .breaks = "5"},
	{0},
};

int main(int argc, char *argv[])
{
	return claims_main(argc, argv, "p2p", programs, faults);
}
