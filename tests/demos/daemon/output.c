// SPDX-License-Identifier: GPL-2.0-or-later
#include "output.h"

#define LAST "---> 5\n---> 6\n---> 7\n---> 8\n---> 9\nExiting NO_daemon_process\n"

static const struct print prints[] = {
	{{"--delay", "0.1", "--main", "0.15"}, LAST_LINES, LAST},
	{{"--delay=0", "--main=0"}, LAST_LINES, LAST},
	{{"--delay", "0", "--main", "0.5"}, LAST_LINES, LAST},
	{{NULL}, AS_IS, NULL},
};
static const struct mistake mistakes[] = {
	{{"--delay", "-1"},
	 "--delay: \"-1\" is not a number of seconds, like 3 or 0.25 (0 to 3600)"},
	{{"--main", "3601"}, "--main: \"3601\" is out of range (0 to 3600)"},
	{{"--main", "x"}, "--main: \"x\" is not a number of seconds, like 3 or 0.25 (0 to 3600)"},
	{{NULL}, NULL},
};
static const struct failure failures[] = {
	{4, "mp_conn_pair: Too many open files"},
	{5, "mp_process_start: Too many open files"},
	{7, "mp_process_start: Too many open files"},
	{0, NULL},
};
static const struct output output = {
	"mp-daemon", prints, mistakes, failures, "--delay 0 --main 0", "--delay 0.05 --main 0.3",
};

int main(int argc, char *argv[])
{
	return output_main(argc, argv, &output);
}
