/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: `ranks` or `pipe`, and how often. Gives: nanoseconds for one way of a small message (there
 * and back, halved), and MB a second of large ones, in one line. Never: a judgement.
 */
#include <mproc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "comm-bench.h"

static struct mp_comm *comm;

static void send_rank(const void *data, size_t size)
{
	mp_comm_send(comm, !mp_comm_rank(comm), 0, data, size);
}

static void recv_rank(void *data, size_t size)
{
	mp_comm_recv(comm, !mp_comm_rank(comm), 0, data, size, NULL);
}

static int rank(struct mp_comm *given, void *argument)
{
	comm = given;
	measure(mp_comm_rank(comm), *(long *)argument, send_rank, recv_rank);
	return 0;
}

static int out, in;

static void send_pipe(const void *data, size_t size)
{
	const char *at = data;
	ssize_t now;

	for (; size && (now = write(out, at, size)) > 0; size -= (size_t)now)
		at += now;
}

static void recv_pipe(void *data, size_t size)
{
	char *at = data;
	ssize_t now;

	for (; size && (now = read(in, at, size)) > 0; size -= (size_t)now)
		at += now;
}

static int through_pipes(long rounds)
{
	int there[2], back[2];
	pid_t pid;

	if (pipe(there) < 0 || pipe(back) < 0 || (pid = fork()) < 0)
		return 1;
	out = pid ? there[1] : back[1];
	in = pid ? back[0] : there[0];
	measure(pid == 0, rounds, send_pipe, recv_pipe);
	if (pid == 0)
		_exit(0);
	return waitpid(pid, NULL, 0) < 0;
}

int main(int argc, char **argv)
{
	long rounds = argc > 2 ? atol(argv[2]) : 0;
	int status = 0;

	if (rounds <= 0) {
		fprintf(stderr, "usage: bench-comm ranks|pipe ROUNDS\n");
		return 2;
	}
	if (strcmp(argv[1], "pipe") == 0)
		return through_pipes(rounds);
	return mp_comm_run(2, rank, &rounds, &status) || status;
}
