// SPDX-License-Identifier: GPL-2.0-or-later
#include "output.h"

#define BOTH                                                                                       \
	"Starting background_process\n---> 0\n---> 1\n---> 2\n---> 3\n---> 4\n"                    \
	"Exiting background_process\n"                                                             \
	"Starting NO_background_process\n---> 5\n---> 6\n---> 7\n---> 8\n---> 9\n"                 \
	"Exiting NO_background_process\n"

static const struct print prints[] = {
	/* How far the daemon comes, and between which lines of the other, is luck. */
	{{"--delay", "0.1"}, LAST_LINES, "Exiting NO_background_process\n"},
	{{"--delay", "0"}, LAST_LINES, "Exiting NO_background_process\n"},
	{{"--daemon", "no", "--delay", "0.05"}, ANY_ORDER, BOTH},
	{{"--daemon=no", "--delay=0"}, ANY_ORDER, BOTH},
	{{NULL}, AS_IS, NULL},
};
static const struct mistake mistakes[] = {
	{{"--daemon", "maybe"}, "--daemon: \"maybe\" is not one of yes, no"},
	{{"--daemon", ""}, "--daemon: \"\" is not one of yes, no"},
	{{"--delay", "-1"},
	 "--delay: \"-1\" is not a number of seconds, like 3 or 0.25 (0 to 3600)"},
	{{"--delay", "x"}, "--delay: \"x\" is not a number of seconds, like 3 or 0.25 (0 to 3600)"},
	{{"--main", "1"}, "unknown option \"--main\"; mp-background --help lists them"},
	{{NULL}, NULL},
};
static const struct failure failures[] = {
	{4, "mp_conn_pair: Too many open files"},
	{5, "mp_process_start: Too many open files"},
	{7, "mp_process_start: Too many open files"},
	{0, NULL},
};
static const struct output output = {
	"mp-background", prints, mistakes, failures, "--delay 0", "--delay 0.05",
};

int main(int argc, char *argv[])
{
	return output_main(argc, argv, &output);
}
