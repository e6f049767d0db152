// SPDX-License-Identifier: GPL-2.0-or-later
#include "output.h"

#define BOTH                                                                                       \
	"Starting background_process\n---> 0\n---> 1\n---> 2\n---> 3\n---> 4\n"                    \
	"Exiting background_process\n"                                                             \
	"Starting NO_background_process\n---> 5\n---> 6\n---> 7\n---> 8\n---> 9\n"                 \
	"Exiting NO_background_process\n"

static const struct print prints[] = {
	{{"--delay", "0.1"}, ANY_ORDER, BOTH},
	{{"--delay=0"}, ANY_ORDER, BOTH},
	{{NULL}, AS_IS, NULL},
};
static const struct mistake mistakes[] = {
	{{"--delay", "-1"},
	 "--delay: \"-1\" is not a number of seconds, like 3 or 0.25 (0 to 3600)"},
	{{"--delay", "3601"}, "--delay: \"3601\" is out of range (0 to 3600)"},
	{{"--delay", "x"}, "--delay: \"x\" is not a number of seconds, like 3 or 0.25 (0 to 3600)"},
	{{"--daemon", "no"}, "unknown option \"--daemon\"; mp-no-daemon --help lists them"},
	{{NULL}, NULL},
};
static const struct failure failures[] = {
	{4, "mp_process_start: Too many open files"},
	{0, NULL},
};
static const struct output output = {
	"mp-no-daemon", prints, mistakes, failures, "--delay 0", "--delay 0.05",
};

int main(int argc, char *argv[])
{
	return output_main(argc, argv, &output);
}
