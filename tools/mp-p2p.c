// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mp-p2p: ranks, and messages from one of them to another one.
 *
 *     rank 0 ---- 10000000 ----> rank 4
 *     rank 1 ---- "hello" -----> rank 8      (all others only say who they are)
 *
 * The point to see: all ranks run the same program, and nothing but its own number tells a rank
 * what its part is. A message is addressed to a rank, wherever that may run: the processes that
 * mp-p2p starts by itself, and those that mpiexec has started on many machines, do the same.
 */
#include "cli.h"
#include "contract_section.h"

#include <inttypes.h>
#include <mproc.h>
#include <stdio.h>

enum { NUMBER_FROM = 0, NUMBER_TO = 4, TEXT_FROM = 1, TEXT_TO = 8, NEEDED = 9, TAG = 0 };

static int64_t ranks;

static const struct cli_option options[] = {
	{'n', "ranks", "N", CLI_NUMBER, &ranks, "9", .least = 1, .most = MP_COMM_RANKS_MAX,
	 .help = "start N ranks; the messages need 9, and mpiexec starts its own"},
	{0},
};
static const struct cli_example examples[] = {
	{"mp-p2p -n 12", "Three more ranks, which get no message."},
	{"mpiexec -n 9 mp-p2p", "The same as ranks of an MPI job."},
	{"sudo mp-trace mp-p2p", "Shows the ranks, and who said what when."},
	{0},
};
static const struct cli_status statuses[] = {
	{"0", "all went well"},
	{"1", "a call failed, a rank was lost, or the output could not be written"},
	{"2", "an option or its value is wrong, or there are fewer ranks than the messages need"},
	{0},
};
static const struct cli_program program = {
	.name = "mp-p2p",
	.purpose = "point-to-point communication",
	.description =
		"Ranks are processes with numbers, which run the same program and send each other "
		"messages. Rank 0 sends a number to rank 4, rank 1 a text to rank 8; who receives "
		"waits until the message is there, and prints it.\n\n"
		"Alone it starts its ranks on this machine. Started by mpiexec it is one rank of a "
		"job of Open MPI or MPICH, on as many machines as the job has.",
	.options = options,
	.examples = examples,
	.statuses = statuses,
	.see = "mp-p2p(1), mp-trace(1), mpiexec(1), mproc(3)",
};

/* Whatever is not 0 is bad here: a rank that is gone will not send its message. */
static int failed(const char *call, int result)
{
	return result ? cli_fail("%s: %s", call, mp_result_text(result)) : 0;
}

static int send_number(struct mp_comm *comm)
{
	int64_t number = 10000000;

	printf("sending data %" PRId64 " to process %d\n", number, NUMBER_TO);
	return failed("mp_comm_send", mp_comm_send(comm, NUMBER_TO, TAG, &number, sizeof(number)));
}

static int send_text(struct mp_comm *comm)
{
	static const char text[] = "hello";

	printf("sending data %s :to process %d\n", text, TEXT_TO);
	return failed("mp_comm_send", mp_comm_send(comm, TEXT_TO, TAG, text, sizeof(text)));
}

static int receive_number(struct mp_comm *comm)
{
	int64_t number;

	if (failed("mp_comm_recv",
		   mp_comm_recv(comm, NUMBER_FROM, TAG, &number, sizeof(number), NULL)))
		return 1;
	printf("data received is = %" PRId64 "\n", number);
	return 0;
}

static int receive_text(struct mp_comm *comm)
{
	char text[64];

	if (failed("mp_comm_recv", mp_comm_recv(comm, TEXT_FROM, TAG, text, sizeof(text), NULL)))
		return 1;
	printf("data1 received is = %s\n", text);
	return 0;
}

static const struct {
	int rank;
	int (*play)(struct mp_comm *comm);
} parts[] = {
	{NUMBER_FROM, send_number},
	{NUMBER_TO, receive_number},
	{TEXT_FROM, send_text},
	{TEXT_TO, receive_text},
};

/* One rank says it for all, and all know it. */
static int check_size(struct mp_comm *comm, bool asked)
{
	int size = mp_comm_size(comm);
	bool refused = asked && size != ranks;

	if (!refused && size >= NEEDED)
		return 0;
	if (mp_comm_rank(comm) != 0)
		return 2;
	if (refused)
		cli_fail("--ranks: mpiexec has started another number of ranks: %d", size);
	else
		cli_fail("too few ranks: %d; the messages need %d", size, NEEDED);
	return 2;
}

/* What every rank does. */
static int live(struct mp_comm *comm, void *asked)
{
	int rank = mp_comm_rank(comm), result = check_size(comm, *(bool *)asked);

	if (result)
		return result;
	printf("my rank is : %d\n", rank);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if (parts[i].rank == rank)
			result |= parts[i].play(comm);
	return cli_finish(result);
}

int main(int argc, char *argv[])
{
	bool asked = cli_parse(&program, argc, argv) > 1; /* for a number of ranks: what else? */
	int status;

	cli_print_lines();
	if (failed("mp_comm_run", mp_comm_run((unsigned)ranks, live, &asked, &status)))
		return 1;
	if (status < 0) /* it could not say so itself */
		return cli_fail("a rank was ended by %s", cli_signal_name(-status));
	return cli_finish(status);
}
