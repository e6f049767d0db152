// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Jobs that go wrong, for comm-mpi-test.sh. Argument: which one. The exit status is the job's, or
 * 99 when mp_comm_run() fails.
 */
#include <errno.h>
#include <mproc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int too_few(struct mp_comm *comm, void *argument)
{
	if (mp_comm_rank(comm) == 0)
		printf("%d are too few\n", mp_comm_size(comm));
	return 2;
}

static int one_fails(struct mp_comm *comm, void *argument)
{
	char byte;

	if (mp_comm_rank(comm) == 1) {
		printf("one fails\n");
		return 3;
	}
	/* Alone this says that it is gone; MPI ends this process meanwhile. */
	mp_comm_recv(comm, 1, 0, &byte, 1, NULL);
	return 0;
}

static int one_misses(struct mp_comm *comm, void *argument)
{
	if (mp_comm_rank(comm) == 1)
		return 4;
	mp_comm_barrier(comm);
	return 0;
}

static int large_status(struct mp_comm *comm, void *argument)
{
	return 256 + 5;
}

/* What nobody receives, large and small, keeps nobody. */
static int unheard(struct mp_comm *comm, void *argument)
{
	static char much[1000000];
	int next = (mp_comm_rank(comm) + 1) % mp_comm_size(comm);

	mp_comm_send(comm, next, 1, much, sizeof(much));
	mp_comm_send(comm, next, 1, much, 1);
	return 0;
}

/* Rank 1 leaves at once, then all the others but rank 0, which says what it finds. */
static int one_leaves(struct mp_comm *comm, void *argument)
{
	char byte = 0, much[100] = "";

	if (mp_comm_rank(comm) == 1)
		return 0;
	if (mp_comm_rank(comm) != 0)
		return mp_comm_send(comm, 0, 3, &byte, 1);
	printf("from it: %d\n", mp_comm_recv(comm, 1, MP_COMM_ANY, &byte, 1, NULL));
	printf("probe: %d\n", mp_comm_probe(comm, 1, MP_COMM_ANY, NULL, MP_FOREVER));
	printf("to it: %d\n", mp_comm_send(comm, 1, 0, much, sizeof(much)));
	printf("from any: %d\n", mp_comm_recv(comm, MP_COMM_ANY, MP_COMM_ANY, &byte, 1, NULL));
	printf("then: %d\n", mp_comm_recv(comm, MP_COMM_ANY, MP_COMM_ANY, &byte, 1, NULL));
	printf("together: %d\n", mp_comm_barrier(comm));
	return 0;
}

static const struct {
	const char *name;
	int (*run)(struct mp_comm *comm, void *argument);
} jobs[] = {
	{"too-few", too_few},	    {"one-fails", one_fails},	    {"one-misses", one_misses},
	{"one-leaves", one_leaves}, {"large-status", large_status}, {"unheard", unheard},
	{"twice", unheard},
};

int main(int argc, char **argv)
{
	int status = 98, rc = -EINVAL;

	for (size_t i = 0; argc > 1 && i < sizeof(jobs) / sizeof(jobs[0]); i++)
		if (strcmp(jobs[i].name, argv[1]) == 0)
			rc = mp_comm_run(3, jobs[i].run, NULL, &status);
	if (rc == 0 && strcmp(argv[1], "twice") == 0)
		rc = mp_comm_run(3, unheard, NULL, &status);
	if (rc) {
		printf("%d\n", rc);
		return 99;
	}
	return status & 0xff;
}
