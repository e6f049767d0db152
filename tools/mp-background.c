// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mp-background: two processes work in the background; one of them is a daemon.
 *
 *     main                   start, start, nothing more to do .... waits .... end
 *     background_process       0 ........ stopped
 *     NO_background_process      5 ...... 6 ...... 7 ...... 8 ...... 9 ....
 *
 * The point to see: the main process waits for its children before it ends, but not for a daemon.
 * A daemon serves the others, so it is stopped when the main process has nothing more to do.
 */
#include "cli.h"
#include "contract_section.h"
#include "join.h"

#include <mproc.h>
#include <stdio.h>
#include <string.h>

#define NUMBERS 5 /* that each of the two prints */

static const char *daemon_or_not;
static int64_t delay;

static const char *const yes_or_no[] = {"yes", "no", NULL};

static const struct cli_option options[] = {
	{0, "daemon", "ANSWER", CLI_CHOICE, &daemon_or_not, "yes", .choices = yes_or_no,
	 .help = "is background_process a daemon?"},
	{0, "delay", "SECONDS", CLI_SECONDS, &delay, "1", .most = 3600 * CLI_SECOND,
	 .help = "pause after each number"},
	{0},
};
static const struct cli_example examples[] = {
	{"mp-background", "Only NO_background_process comes to its end."},
	{"mp-background --daemon no", "Both do."},
	{"sudo mp-trace mp-background", "Shows who was stopped by whom, and who was waited for."},
	{0},
};
static const struct cli_program program = {
	.name = "mp-background",
	.purpose = "running background processes",
	.description =
		"Two processes print numbers in the background, while the main process has nothing "
		"more to do. NO_background_process is waited for. background_process is a daemon: "
		"it is stopped, wherever it is in its work.",
	.options = options,
	.examples = examples,
	.see = "mp-background(1), mp-daemon(1), mp-no-daemon(1), mp-trace(1), mproc(3)",
};

static struct mp_conn *hear, *tell; /* background_process tells main that it is at work */

/* What both do: five numbers, from the one that is given. */
static int foo(void *from)
{
	int64_t first = *(int64_t *)from;

	printf("Starting %s\n", mp_process_current_name());
	for (int64_t number = first; number < first + NUMBERS; number++) {
		printf("---> %d\n", (int)number);
		if (number == 0 && cli_failed("mp_conn_send", mp_conn_send(tell, "", 1)))
			return 1;
		cli_pause(delay);
	}
	/* A daemon is there as long as who started it, however short the delay. */
	if (mp_process_is_daemon(mp_process_current()) &&
	    cli_failed("mp_process_join", mp_process_join(mp_process_parent(), MP_FOREVER)))
		return 1;
	printf("Exiting %s\n", mp_process_current_name());
	return cli_finish(0);
}

static int start(struct mp_process **process, const char *name, int64_t first, bool daemon)
{
	if (cli_failed("mp_process_new", mp_process_new(process, name, foo, &first)) ||
	    cli_failed("mp_process_set_daemon", mp_process_set_daemon(*process, daemon)))
		return 1;
	return cli_failed("mp_process_start", mp_process_start(*process));
}

/* Until background_process is at work. If it is gone instead, it has said why. */
static int await_first_number(void)
{
	char word;
	int result = mp_conn_recv(hear, &word, 1, NULL);

	cli_failed("mp_conn_recv", result);
	return result;
}

int main(int argc, char *argv[])
{
	struct mp_process *background, *no_background;
	bool daemon;

	cli_parse(&program, argc, argv);
	cli_print_lines();
	daemon = strcmp(daemon_or_not, "yes") == 0;
	if (cli_failed("mp_conn_pair", mp_conn_pair(&hear, &tell, 0)) ||
	    start(&background, "background_process", 0, daemon) != 0)
		return 1;
	mp_conn_close(tell);
	if (await_first_number() != 0 ||
	    start(&no_background, "NO_background_process", NUMBERS, false) != 0) {
		mp_process_terminate(background); /* leaving main then waits for it */
		return 1;
	}
	/* Nothing more to do. To leave main does the same, but then it is too late to look back. */
	if (cli_failed("mp_process_finish", mp_process_finish()))
		return 1;
	if (daemon)
		mp_process_free(background);
	else if (join_well(background) != 0)
		return 1;
	return cli_finish(join_well(no_background));
}
