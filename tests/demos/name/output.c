// SPDX-License-Identifier: GPL-2.0-or-later
#include "output.h"

#define LINES                                                                                      \
	"Starting process name = myFunc process\n"                                                 \
	"Starting process name = Process-2\n"                                                      \
	"Exiting process name = myFunc process\n"                                                  \
	"Exiting process name = Process-2\n"

static const struct print prints[] = {
	{{"--delay", "0.1"}, ANY_ORDER, LINES},
	{{"--delay", "0"}, ANY_ORDER, LINES},
	{{NULL}, AS_IS, NULL},
};
static const struct mistake mistakes[] = {
	{{"--delay", "x"}, "--delay: \"x\" is not a number of seconds, like 3 or 0.25 (0 to 3600)"},
	{{"--delay", "-1"},
	 "--delay: \"-1\" is not a number of seconds, like 3 or 0.25 (0 to 3600)"},
	{{"--delay", "3601"}, "--delay: \"3601\" is out of range (0 to 3600)"},
	{{NULL}, NULL},
};
static const struct failure failures[] = {
	{4, "mp_process_start: Too many open files"},
	{0, NULL},
};
static const struct output output = {
	"mp-name", prints, mistakes, failures, "--delay 0.1", "--delay 0.3",
};

int main(int argc, char *argv[])
{
	return output_main(argc, argv, &output);
}
