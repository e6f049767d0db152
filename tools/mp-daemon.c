// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mp-daemon: a daemon works as long as the main process does, and not a step longer.
 *
 *     main                start ......... works ......... ends: signal ...... waits ......
 *     daemon_process        0 ...... 1 ...... 2 ...... 3 ... stopped
 *     NO_daemon_process       waits for the end of the daemon: 5 ...... 6 ...... 7 ...... 8 …
 *
 * The point to see: the signal comes in the middle of the daemon's work, which is never finished.
 * Nobody tells the other process that the daemon is gone: the kernel does, by the end of a
 * connection which only the daemon could still send on.
 */
#include "cli.h"
#include "contract_section.h"
#include "join.h"

#include <mproc.h>
#include <stdio.h>

#define STEPS	100 /* of the daemon's loop */
#define FIRST	5   /* number of the other process, */
#define NUMBERS 5   /* and how many it prints */

static int64_t delay, work;

static const struct cli_option options[] = {
	{0, "delay", "SECONDS", CLI_SECONDS, &delay, "1", .most = 3600 * CLI_SECOND,
	 .help = "pause after each number"},
	{0, "main", "SECONDS", CLI_SECONDS, &work, "2", .most = 3600 * CLI_SECOND,
	 .help = "the main process works for so long, and then ends"},
	{0},
};
static const struct cli_example examples[] = {
	{"mp-daemon --main 0", "The daemon prints one number, or hardly more."},
	{"mp-daemon --delay 0.1", "The daemon prints some twenty."},
	{"sudo mp-trace mp-daemon", "Shows who stopped the daemon, and who knew of it."},
	{0},
};
static const struct cli_program program = {
	.name = "mp-daemon",
	.purpose = "a daemon that works step by step",
	.description =
		"A daemon prints a number after the other while the main process works. When the "
		"main process ends, the daemon is stopped in the middle of its loop. A process "
		"beside it, which is no daemon, prints its numbers after that, and the main "
		"process waits for it.",
	.options = options,
	.examples = examples,
	.see = "mp-daemon(1), mp-background(1), mp-no-daemon(1), mp-trace(1), mproc(3)",
};

static struct mp_conn *hear, *tell; /* one message: the daemon is at work; the end: it is gone */

/* What the daemon does. Its last step comes when the main process has ended, which is too late. */
static int count(void *unused)
{
	printf("Starting %s\n", mp_process_current_name());
	for (int step = 0; step < STEPS; step++) {
		if (step == STEPS - 1 &&
		    cli_failed("mp_process_join", mp_process_join(mp_process_parent(), MP_FOREVER)))
			return 1;
		printf("---> %d\n", step);
		if (step == 0 && cli_failed("mp_conn_send", mp_conn_send(tell, "", 1)))
			return 1;
		cli_pause(delay);
	}
	printf("Exiting %s\n", mp_process_current_name());
	return cli_finish(0);
}

/* What the other process does: main has closed `tell`, so only the daemon's end is left of it. */
static int follow(void *unused)
{
	char word;

	printf("Starting %s\n", mp_process_current_name());
	if (cli_failed("mp_conn_recv", mp_conn_recv(hear, &word, 1, NULL)))
		return 1;
	for (int number = FIRST; number < FIRST + NUMBERS; number++) {
		printf("---> %d\n", number);
		cli_pause(delay);
	}
	printf("Exiting %s\n", mp_process_current_name());
	return cli_finish(0);
}

static int start(struct mp_process **process, const char *name, int (*run)(void *), bool daemon)
{
	if (cli_failed("mp_process_new", mp_process_new(process, name, run, NULL)) ||
	    cli_failed("mp_process_set_daemon", mp_process_set_daemon(*process, daemon)))
		return 1;
	return cli_failed("mp_process_start", mp_process_start(*process));
}

/* Until the daemon is at work. If it is gone instead, it has said why. */
static int await_first_number(void)
{
	char word;
	int result = mp_conn_recv(hear, &word, 1, NULL);

	cli_failed("mp_conn_recv", result);
	return result;
}

int main(int argc, char *argv[])
{
	struct mp_process *daemon, *plain;

	cli_parse(&program, argc, argv);
	cli_print_lines();
	if (cli_failed("mp_conn_pair", mp_conn_pair(&hear, &tell, 0)) ||
	    start(&daemon, "daemon_process", count, true) != 0)
		return 1;
	mp_conn_close(tell);
	if (await_first_number() != 0 || start(&plain, "NO_daemon_process", follow, false) != 0)
		return 1; /* leaving main stops the daemon */
	cli_pause(work);
	/* The end. To leave main does the same, but then it is too late to look back. */
	if (cli_failed("mp_process_finish", mp_process_finish()))
		return 1;
	mp_process_free(daemon);
	return cli_finish(join_well(plain));
}
