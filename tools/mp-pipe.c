// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mp-pipe: two processes work side by side, and what one has made flows to the other.
 *
 *     create_items ---- first ----> multiply_items ---- second ----> main
 *       0 1 2 …                        0 1 4 …                       prints
 *
 * The point to see: a pipe has an end, and the reader finds it, only when *every* process that
 * has the writing end has closed it. A fork copies all of them. So each process below begins by
 * closing the ends that are not its own.
 */
#include "cli.h"
#include "contract_section.h"
#include "join.h"

#include <errno.h>
#include <inttypes.h>
#include <mproc.h>
#include <stdio.h>

static int64_t items;

static const struct cli_option options[] = {
	{'n', "items", "N", CLI_NUMBER, &items, "10", .least = 0, .most = 1000000,
	 .help = "send the numbers from 0 to N - 1"},
	{0},
};
static const struct cli_example examples[] = {
	{"mp-pipe -n 3", "Prints 0, 1, 4 and End."},
	{"sudo mp-trace mp-pipe", "Shows both pipes, what went through them, and who closed what."},
	{0},
};
static const struct cli_program program = {
	.name = "mp-pipe",
	.purpose = "communicating with pipes",
	.description = "One process sends numbers into a pipe, a second one squares them and "
		       "sends them on through another pipe, and the main process prints them. "
		       "Both work at the same time, and nobody is told how many numbers there "
		       "will be: each reads until its pipe ends.",
	.options = options,
	.examples = examples,
	.see = "mp-pipe(1), mp-trace(1), mproc(3)",
};

/* Two-way pipes, each with its two ends: [0] is held by who sends, [1] by who receives. */
static struct mp_conn *first[2], *second[2];

static int create_items(void *unused)
{
	int result = 0;

	mp_conn_close(first[1]);
	mp_conn_close(second[0]);
	mp_conn_close(second[1]);
	for (int64_t item = 0; item < items && result == 0; item++)
		result = mp_conn_send_int64(first[0], item);
	mp_conn_close(first[0]);
	if (result == -EPIPE) /* multiply_items is gone, and has said why */
		return 1;
	return cli_failed("create_items: mp_conn_send_int64", result);
}

static int multiply_items(void *unused)
{
	int64_t item;
	int result;

	mp_conn_close(first[0]);
	mp_conn_close(second[1]);
	while ((result = mp_conn_recv_int64(first[1], &item)) == 0)
		if (cli_failed("multiply_items: mp_conn_send_int64",
			       mp_conn_send_int64(second[0], item * item)))
			return 1;
	mp_conn_close(second[0]);
	return cli_failed("multiply_items: mp_conn_recv_int64", result); /* MP_END is no failure */
}

static int print_squares(void)
{
	int64_t square;
	int result;

	while ((result = mp_conn_recv_int64(second[1], &square)) == 0)
		printf("%" PRId64 "\n", square);
	if (result == MP_END)
		printf("End\n");
	return result;
}

static int run(struct mp_process *create, struct mp_process *multiply)
{
	if (cli_failed("mp_process_start", mp_process_start(create)) ||
	    cli_failed("mp_process_start", mp_process_start(multiply)))
		return 1;
	mp_conn_close(first[0]); /* or multiply_items would wait for ever: main could still send */
	mp_conn_close(first[1]);
	mp_conn_close(second[0]); /* or main would wait for itself */
	return cli_failed("mp_conn_recv_int64", print_squares());
}

int main(int argc, char *argv[])
{
	struct mp_process *create, *multiply;

	cli_parse(&program, argc, argv);
	cli_print_lines();
	if (cli_failed("mp_conn_pair", mp_conn_pair(&first[0], &first[1], MP_CONN_DUPLEX)) ||
	    cli_failed("mp_conn_pair", mp_conn_pair(&second[0], &second[1], MP_CONN_DUPLEX)) ||
	    cli_failed("mp_process_new",
		       mp_process_new(&create, "create_items", create_items, NULL)) ||
	    cli_failed("mp_process_new",
		       mp_process_new(&multiply, "multiply_items", multiply_items, NULL)))
		return 1;
	if (run(create, multiply) != 0) {
		mp_process_terminate(create); /* leaving main then waits for both */
		mp_process_terminate(multiply);
		return 1;
	}
	return cli_finish(join_well(create) | join_well(multiply));
}
