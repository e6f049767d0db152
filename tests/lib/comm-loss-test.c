// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What ranks on one machine do together is given up in the middle, because one of them dies: the
 * others can still talk, and none gets what was meant for something else.
 */
#include <errno.h>
#include <mproc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "common.h"
#include "tap.h"

/* A sanitizer ends a program that has no memory. */
#ifdef __has_feature
#define CLANG_SANITIZES __has_feature(address_sanitizer)
#else
#define CLANG_SANITIZES 0
#endif
#ifdef __SANITIZE_ADDRESS__
#define SANITIZES 1
#else
#define SANITIZES CLANG_SANITIZES
#endif

/* A piece is more than a ring holds. */
enum { RANKS = 4, PIECE = 1 << 20, ROUNDS = 10, SOON_S = 10 };

static void begin(void)
{
	/* A test that is killed leaves nothing behind, and what hangs ends. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(SOON_S);
}

/* Round the circle of those who live; 0 if all is well. */
static int talk(struct mp_comm *comm)
{
	int rank = mp_comm_rank(comm), live = mp_comm_size(comm) - 1, got = -1;
	int before = (rank + live - 1) % live;
	struct mp_comm_status status = {0};
	int rc = mp_comm_sendrecv(comm, (rank + 1) % live, 7, &rank, sizeof(rank), before, 7, &got,
				  sizeof(got), &status);

	if (rc)
		return 10 + rc;
	if (got != before || status.size != sizeof(got))
		return 2;
	return mp_comm_barrier(comm) == MP_DIED ? 0 : 3;
}

/* How each rank of a round ended; mp_comm_run() tells of one only. */
static struct report {
	int after_us;
	int result[RANKS];
} * report;

/* The last rank dies at some moment in it. */
static int exchange_till_death(struct mp_comm *comm)
{
	const struct itimerval then = {.it_value.tv_usec = report->after_us};
	static char in[RANKS * PIECE], out[RANKS * PIECE];
	int rank = mp_comm_rank(comm), rc;

	begin();
	memset(in, rank, sizeof(in));
	if (rank == RANKS - 1)
		setitimer(ITIMER_REAL, &then, NULL);
	do {
		memset(out, 0xee, sizeof(out));
		rc = mp_comm_all_to_all(comm, in, out, PIECE);
		for (int other = 0; rc == 0 && other < RANKS; other++)
			if (out[other * PIECE] != other || out[(other + 1) * PIECE - 1] != other)
				return 4;
	} while (rc == 0);
	return rc == MP_DIED ? talk(comm) : 5;
}

static int exchange(struct mp_comm *comm, void *argument)
{
	return report->result[mp_comm_rank(comm)] = exchange_till_death(comm);
}

static void note_round(int rc, int status)
{
	tap_note("killed after %d us: result %d, status %d", report->after_us, rc, status);
	for (int rank = 0; rank < RANKS; rank++)
		tap_note("rank %d ended with %d (-1: it did not)", rank, report->result[rank]);
}

static void test_exchange(void)
{
	int rc = 0, status = -SIGALRM;

	report = shared_memory(sizeof(*report));
	for (int round = 0; round < ROUNDS && rc == 0 && status == -SIGALRM; round++) {
		memset(report, 0xff, sizeof(*report));
		report->after_us = 3000 + round * 2777;
		rc = mp_comm_run(RANKS, exchange, NULL, &status);
	}
	if (!ok(rc == 0 && status == -SIGALRM,
		"one dies while all exchange much: the others can talk"))
		note_round(rc, status);
}

/* Rank 0 has sent half of a piece to rank 1, who does not come before it was given up. */
static int come_late(struct mp_comm *comm, void *argument)
{
	static char pieces[RANKS * PIECE], piece[PIECE];
	volatile bool *given_up = argument;
	int rank = mp_comm_rank(comm), rc;

	begin();
	if (rank == RANKS - 1) {
		sleep_ms(100);
		raise(SIGALRM);
	}
	while (rank != 0 && !*given_up)
		sleep_ms(1);
	rc = mp_comm_scatter(comm, 0, pieces, piece, PIECE);
	*given_up = true;
	return rc == MP_DIED ? talk(comm) : 6;
}

static void test_late(void)
{
	bool *given_up = shared_memory(sizeof(*given_up));
	int status = 0;

	is_int(mp_comm_run(RANKS, come_late, given_up, &status), 0, "one dies before all came");
	is_int(status, -SIGALRM, "who has sent half of a piece till then can talk to who has not");
}

static int reduce_nothing(struct mp_comm *comm, void *argument)
{
	int rc;

	begin();
	if (mp_comm_reduce(comm, 0, NULL, NULL, 0, MP_DOUBLE, MP_SUM))
		return 7;
	if (mp_comm_rank(comm) == RANKS - 1)
		return 0;
	do
		rc = mp_comm_reduce(comm, 0, NULL, NULL, 0, MP_DOUBLE, MP_SUM);
	while (rc == 0);
	return rc == MP_DIED ? 0 : 8;
}

static void test_nothing(void)
{
	int status = -1;

	is_int(mp_comm_run(RANKS, reduce_nothing, NULL, &status), 0, "no numbers are reduced");
	is_int(status, 0, "who does that without one that has left is told all the same");
}

static void limit_memory(rlim_t bytes)
{
	struct rlimit limit;

	getrlimit(RLIMIT_AS, &limit);
	limit.rlim_cur = bytes;
	setrlimit(RLIMIT_AS, &limit);
}

/* What rank 1 has sent before it left finds no memory; then there is some again. */
static int take_in_later(struct mp_comm *comm, void *argument)
{
	enum { LENGTH = 200000 };
	static char data[LENGTH];
	struct mp_comm_status status = {0};
	int rc;

	begin();
	if (mp_comm_rank(comm) == 1)
		return mp_comm_send(comm, 0, 1, data, sizeof(data));
	/* Until it has left. */
	while (mp_comm_send(comm, 1, 1, NULL, 0) == 0)
		sleep_ms(1);
	limit_memory(1);
	rc = mp_comm_probe(comm, 1, 1, &status, 5000);
	limit_memory(RLIM_INFINITY);
	if (rc != -ENOMEM)
		return 20 + rc;
	rc = mp_comm_probe(comm, 1, 1, &status, 5000);
	return rc ? rc : status.size != LENGTH;
}

static void test_memory(void)
{
	int status = -1;

	if (SANITIZES)
		return;
	is_int(mp_comm_run(2, take_in_later, NULL, &status), 0, "there is no memory for a message");
	is_int(status, 0, "it is not lost, though who sent it has left");
}

struct asked {
	pid_t runner;
	volatile int result;
};

/* Nobody is left who could tell rank 0, which never sleeps in the library. */
static int ask_alone(struct mp_comm *comm, void *argument)
{
	struct asked *asked = argument;
	int rc;

	prctl(PR_SET_PDEATHSIG, 0);
	alarm(SOON_S);
	mp_comm_barrier(comm);
	if (mp_comm_rank(comm) == 1) {
		sleep_ms(100);
		raise(SIGKILL);
	}
	kill(asked->runner, SIGKILL);
	do {
		sleep_ms(1);
		rc = mp_comm_probe(comm, 1, 0, NULL, 0);
	} while (rc == MP_TIMEOUT);
	asked->result = rc;
	return 0;
}

static bool has_result(void *asked)
{
	return ((struct asked *)asked)->result != 0;
}

static void test_asking(void)
{
	struct asked *asked = shared_memory(sizeof(*asked));
	pid_t runner = fork_now();
	int status;

	if (runner == 0) {
		asked->runner = getpid();
		_exit(mp_comm_run(2, ask_alone, asked, &status) ? 1 : 2);
	}
	is_int(wait_status(runner), -SIGKILL, "who started the ranks is killed, then one of them");
	comes_true(has_result, asked);
	is_int(asked->result, MP_DIED, "who asks again and again is told");
}

int main(void)
{
	tap_plan(0);
	setenv("MPROC_MPI", "none", 1);
	test_exchange();
	test_late();
	test_nothing();
	test_memory();
	test_asking();
	ok(!has_child(), "no child is left");
	return tap_done();
}
