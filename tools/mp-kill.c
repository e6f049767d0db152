// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mp-kill: one process ends another one in the middle of its work.
 *
 *     main     before | start ......... signal | join | exit code
 *     worker            0  1  2  3 …  killed
 *
 * The point to see: a process that is killed does not come back from its function, and the one
 * that started it finds out how it ended: minus the number of the signal.
 */
#include "cli.h"
#include "contract_section.h"

#include <mproc.h>
#include <signal.h>
#include <stdio.h>

#define STEPS 10 /* of the function, if nobody stops it */

static int signal_number;
static int64_t after, delay;

static const struct cli_option options[] = {
	{'s', "signal", "SIGNAL", CLI_PARSED, &signal_number, "TERM", .parse = cli_read_signal,
	 .wants = "the name or number of a signal that ends a process", .choices = cli_signals,
	 .help = "end it with SIGNAL, a name or a number"},
	{0, "after", "SECONDS", CLI_SECONDS, &after, "0", .most = 3600 * CLI_SECOND,
	 .help = "let it work for so long first; at most half of what its function takes"},
	{0, "delay", "SECONDS", CLI_SECONDS, &delay, "1", .least = CLI_SECOND / 10,
	 .most = 3600 * CLI_SECOND,
	 .help = "time that each of the ten steps of its function takes"},
	{0},
};
static const struct cli_example examples[] = {
	{"mp-kill --after 2.5", "Three numbers are printed before the end."},
	{"mp-kill --signal KILL", "The exit code is -9."},
	{"sudo mp-trace mp-kill", "Shows who sent the signal, what it did, and who reaped."},
	{0},
};
static const struct cli_program program = {
	.name = "mp-kill",
	.purpose = "killing a process",
	.description = "A process works through a loop; the main process terminates it there. "
		       "The state of the process is printed before it is started, while it "
		       "runs, when the signal has been sent, and when it has been joined.",
	.options = options,
	.examples = examples,
	.see = "mp-kill(1), mp-trace(1), mproc(3), signal(7)",
};

static struct mp_conn *hear, *tell; /* the process tells the main process that its loop runs */

/* What the process does. */
static int function(void *unused)
{
	signal(signal_number, SIG_DFL); /* who ran us may have ignored it, as nohup does */
	printf("Starting function\n");
	for (int step = 0; step < STEPS; step++) {
		printf("-->%d\n", step);
		if (step == 0 && cli_failed("mp_conn_send", mp_conn_send(tell, "", 1)))
			return 1;
		cli_pause(delay);
	}
	printf("Finished function\n");
	return cli_finish(0);
}

/* `Process joined: <Process(Process-1, stopped[SIGTERM])> False` */
static void print_state(const char *when, struct mp_process *process)
{
	bool alive = mp_process_is_alive(process);
	const char *state = alive ? "started" : "stopped";
	int code;

	printf("Process %s: <Process(%s, ", when, mp_process_name(process));
	if (mp_process_pid(process) < 0)
		printf("initial");
	else if (alive || mp_process_exit_code(process, &code) != 0 || code == 0)
		printf("%s", state);
	else if (code < 0)
		printf("%s[%s]", state, cli_signal_name(-code));
	else
		printf("%s[%d]", state, code);
	printf(")> %s\n", alive ? "True" : "False");
}

static int run(struct mp_process *process)
{
	char word;
	int code;

	print_state("before execution", process);
	if (cli_failed("mp_process_start", mp_process_start(process)))
		return 1;
	print_state("running", process);
	mp_conn_close(tell);
	if (cli_failed("mp_conn_recv", mp_conn_recv(hear, &word, 1, NULL)))
		return 1;
	cli_pause(after);
	if (cli_failed("mp_process_send_signal", mp_process_send_signal(process, signal_number)))
		return 1;
	print_state("terminated", process);
	if (cli_failed("mp_process_join", mp_process_join(process, MP_FOREVER)))
		return 1;
	print_state("joined", process);
	if (cli_failed("mp_process_exit_code", mp_process_exit_code(process, &code)))
		return 1;
	printf("Process exit code: %d\n", code);
	return 0;
}

int main(int argc, char *argv[])
{
	struct mp_process *process;

	cli_parse(&program, argc, argv);
	if (after > delay * STEPS / 2)
		cli_usage("--after: the function must have half of its time left, so at most 5 "
			  "times --delay");
	cli_print_lines();
	if (cli_failed("mp_conn_pair", mp_conn_pair(&hear, &tell, 0)) ||
	    cli_failed("mp_process_new", mp_process_new(&process, NULL, function, NULL)))
		return 1;
	if (run(process) != 0) {
		mp_process_kill(process); /* leaving main then waits for it */
		return 1;
	}
	mp_process_free(process);
	return cli_finish(0);
}
