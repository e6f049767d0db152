// SPDX-License-Identifier: GPL-2.0-or-later
/* What mp-p2p does, with bare system calls, and one fault. */
#include "faults.h"
#include "twin.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { RANKS_MAX = 64, NEEDED = 9, STEP = 60 };

#define NUMBER "10000000"
#define TEXT   "hello"

struct message {
	char text[16];
};

static long ranks;
static int inbox[RANKS_MAX + 1][2]; /* what is sent to each: [0] is read, [1] is written */
static int printed[2];		    /* impatient: rank 4 has printed */

static void send_to(long rank, const char *text)
{
	struct message message = {""};

	memcpy(message.text, text, strlen(text));
	twin_send(inbox[rank][1], &message, sizeof(message));
}

static struct message receive(long rank)
{
	struct message message;

	twin_receive(inbox[rank][0], &message, sizeof(message));
	return message;
}

static void say_received(const char *text)
{
	twin_say("data received is = %s\n", text);
}

/* Everybody but the two receivers: what comes in there besides has no order. */
static bool is_other(long rank)
{
	return rank != 0 && rank != 4 && rank != 8;
}

static int send_number(long sender)
{
	long receiver = 4;

	if (fault("receivers-swapped"))
		receiver = 8;
	if (fault("relayed") || fault("misdirected"))
		receiver = 5;
	if (!fault("unsaid"))
		twin_say("sending data " NUMBER " to process %d\n", fault("wrong-address") ? 5 : 4);
	if (!fault("never-sent") && !fault("forged"))
		send_to(receiver, NUMBER);
	for (long rank = 0; rank < ranks; rank++)
		if (is_other(rank) && (fault("broadcast") || fault("broadcast-unsaid")))
			send_to(rank, NUMBER);
	return 0;
}

static int send_text(long sender)
{
	const char *text = fault("other-text") ? "help" : fault("more-text") ? "hello world" : TEXT;

	for (int i = 0; i < 1 + fault("said-twice"); i++)
		twin_say("sending data %s :to process 8\n", text);
	send_to(fault("receivers-swapped") ? 4 : 8, text);
	if (fault("copied"))
		send_to(7, text);
	return 0;
}

static int receive_number(long receiver)
{
	struct message message = {NUMBER};

	if (fault("gives-up")) {
		twin_sleep(STEP);
		return 1;
	}
	if (!fault("impatient") && !fault("afterwards"))
		message = receive(receiver);
	for (int i = 0; i < 1 + fault("printed-twice"); i++)
		say_received(fault("wrong-number") ? "10000001" : message.text);
	if (fault("impatient"))
		twin_tell(printed);
	if (fault("afterwards"))
		receive(receiver);
	return 0;
}

static int receive_text(long receiver)
{
	struct message message = receive(receiver);

	if (!fault("unprinted"))
		twin_say("data1 received is = %s\n", message.text);
	return 0;
}

/* What a rank does that has nothing to do. */
static int meddle(long rank)
{
	if (rank == 2 && fault("third-sender"))
		twin_say("sending data " NUMBER " to process 4\n");
	if (rank == 3 && fault("forged"))
		send_to(4, NUMBER);
	if (rank == 5 && fault("overheard"))
		say_received(NUMBER);
	if (rank == 5 && fault("misdirected"))
		say_received(receive(rank).text);
	if (rank == 5 && fault("relayed"))
		send_to(4, receive(rank).text);
	if (fault("broadcast"))
		say_received(receive(rank).text);
	if (fault("broadcast-unsaid") || (rank == 7 && fault("copied")))
		receive(rank);
	return 0;
}

static void say_rank(long rank)
{
	long said = rank;

	if ((rank == 7 && fault("rank-silent")) || (rank == 3 && fault("rank-lent")))
		return;
	if (rank == 6 && fault("rank-doubled"))
		said = 5;
	twin_say("my rank is : %ld\n", said + fault("from-one"));
	if (rank == 2 && fault("rank-stutters"))
		twin_say("my rank is : 2\n");
	if (rank == 2 && fault("rank-lent"))
		twin_say("my rank is : 3\n");
}

static int live(void *argument)
{
	int (*parts[RANKS_MAX + 1])(long) = {
		[0] = send_number, [1] = send_text, [4] = receive_number, [8] = receive_text};
	long rank = (long)argument;

	if (fault("senders-swapped")) {
		parts[0] = send_text;
		parts[1] = send_number;
	}
	if (rank == 0 && fault("impatient"))
		twin_hear(printed);
	if (rank == 0 && fault("gives-up"))
		twin_sleep(2 * STEP);
	say_rank(rank);
	if (is_other(rank))
		meddle(rank);
	return parts[rank] ? parts[rank](rank) : 0;
}

/* One after the other, without a process for each. */
static void be_all(long count)
{
	for (long rank = 0; rank < count; rank++)
		live((void *)rank);
}

static void run(void)
{
	pid_t pids[RANKS_MAX + 1];
	long count = 0;

	for (long rank = 0; rank < ranks + fault("rank-too-many"); rank++) {
		if (rank == 5 && fault("rank-missing"))
			continue;
		pids[count++] = twin_fork(live, (void *)rank);
		if (fault("one-by-one"))
			twin_reap(pids[--count]);
	}
	while (count > 0)
		twin_reap(pids[--count]);
}

/* There are fewer ranks than are needed. */
static int refuse(void)
{
	if (fault("few-sends"))
		run();
	if (!fault("few-silent"))
		dprintf(STDERR_FILENO, "too few ranks: %ld\n", ranks);
	if (fault("few-killed"))
		raise(SIGTERM);
	while (fault("few-hangs"))
		twin_sleep(STEP);
	if (fault("few-well"))
		return 0;
	return fault("few-one") ? 1 : 2;
}

int main(int argc, char *argv[])
{
	twin_begin(faults, argc, argv);
	ranks = twin_number("-n", NEEDED);
	if (fault("nothing") || ranks > RANKS_MAX)
		return 0;
	for (long rank = 0; rank <= RANKS_MAX; rank++)
		twin_pipe(inbox[rank]);
	twin_pipe(printed);
	if (ranks < NEEDED + fault("needs-ten"))
		return refuse();
	if (fault("alone") || fault("one-process"))
		be_all(fault("alone") ? 1 : ranks);
	else
		run();
	return 0;
}
