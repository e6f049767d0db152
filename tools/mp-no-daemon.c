// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mp-no-daemon: two processes work in the background; neither of them is a daemon.
 *
 *     main                   start, start, nothing more to do ..... waits ..... end
 *     background_process       0 ...... 1 ...... 2 ...... 3 ...... 4 ....
 *     NO_background_process      5 ...... 6 ...... 7 ...... 8 ...... 9 ....
 *
 * The point to see: a process that is started is waited for, unless somebody says that it is a
 * daemon. The name alone stops nobody; compare mp-background.
 */
#include "cli.h"
#include "contract_section.h"
#include "join.h"

#include <mproc.h>
#include <stdio.h>

#define NUMBERS 5 /* that each of the two prints */

static int64_t delay;

static const struct cli_option options[] = {
	{0, "delay", "SECONDS", CLI_SECONDS, &delay, "1", .most = 3600 * CLI_SECOND,
	 .help = "pause after each number"},
	{0},
};
static const struct cli_example examples[] = {
	{"mp-no-daemon --delay 0.2", "Both count to their end, side by side."},
	{"sudo mp-trace mp-no-daemon", "Shows that no signal was sent, and who was waited for."},
	{0},
};
static const struct cli_program program = {
	.name = "mp-no-daemon",
	.purpose = "running background processes that are no daemons",
	.description = "Two processes print numbers in the background, while the main process "
		       "has nothing more to do. Neither is a daemon, so the main process waits "
		       "until both have come to their end.",
	.options = options,
	.examples = examples,
	.see = "mp-no-daemon(1), mp-background(1), mp-daemon(1), mp-trace(1), mproc(3)",
};

/* What both do: five numbers, from the one that is given. */
static int foo(void *from)
{
	int64_t first = *(int64_t *)from;

	printf("Starting %s\n", mp_process_current_name());
	for (int64_t number = first; number < first + NUMBERS; number++) {
		printf("---> %d\n", (int)number);
		cli_pause(delay);
	}
	printf("Exiting %s\n", mp_process_current_name());
	return cli_finish(0);
}

static int start(struct mp_process **process, const char *name, int64_t first)
{
	if (cli_failed("mp_process_new", mp_process_new(process, name, foo, &first)) ||
	    cli_failed("mp_process_set_daemon", mp_process_set_daemon(*process, false)))
		return 1;
	return cli_failed("mp_process_start", mp_process_start(*process));
}

int main(int argc, char *argv[])
{
	struct mp_process *background, *no_background;

	cli_parse(&program, argc, argv);
	cli_print_lines();
	if (start(&background, "background_process", 0) != 0)
		return 1;
	if (start(&no_background, "NO_background_process", NUMBERS) != 0) {
		mp_process_terminate(background); /* leaving main then waits for it */
		return 1;
	}
	/* Nothing more to do. To leave main does the same, but then it is too late to look back. */
	if (cli_failed("mp_process_finish", mp_process_finish()))
		return 1;
	return cli_finish(join_well(background) | join_well(no_background));
}
