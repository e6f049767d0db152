// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The ranks of one machine: the memory they share, their start and their end.
 *
 * Who started them waits for all of them at once, and marks each as gone as soon as it has ended.
 * Should that one be dead or stopped itself, the ranks that wait find out on their own: each time
 * that nobody has woken them for MP_RECHECK_MS they look at a few others.
 */
#include <errno.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "comm_shared.h"

enum {
	LOOKS = 16,		/* lives that are looked at in one go */
	RING_MOST = 256 * 1024, /* bytes */
	RING_LEAST = 4096,
	RINGS_TOGETHER = 64 * 1024 * 1024, /* from there on they become smaller */
	SPINS = 2000,
	ASK_MS = 20, /* how often, whether it has ended, where nothing tells */
};

static const struct mp_comm_way way = {
	.send = mp_shared_send,
	.recv = mp_shared_recv,
	.probe = mp_shared_probe,
	.barrier = mp_shared_barrier,
	.broadcast = mp_shared_broadcast,
	.scatter = mp_shared_scatter,
	.gather = mp_shared_gather,
	.all_to_all = mp_shared_all_to_all,
};

/* --- who is there --- */

bool mp_rank_is_gone(const struct mp_shared_comm *shared, int rank)
{
	return shared->ranks[rank].state == MP_RANK_GONE;
}

void mp_rank_leave(struct mp_shared_comm *shared, int rank)
{
	if (atomic_exchange(&shared->ranks[rank].state, MP_RANK_GONE) == MP_RANK_GONE)
		return;
	for (int other = 0; other < shared->comm.size; other++)
		mp_bell_ring(&shared->ranks[other].bell);
}

static void look_at(struct mp_shared_comm *shared, int number)
{
	struct mp_rank *rank = &shared->ranks[number];
	uint32_t state = rank->state;

	if (number == shared->comm.rank || state == MP_RANK_GONE)
		return;
	/* One that has not said who it is may not even exist; then its end is seen by who starts
	 * it, for as long as there is such a one. */
	if (mp_life_ended(state == MP_RANK_PRESENT ? rank->life : shared->runner))
		mp_rank_leave(shared, number);
}

void mp_ranks_look(struct mp_shared_comm *shared, int first)
{
	unsigned size = (unsigned)shared->comm.size;

	if (first >= 0)
		look_at(shared, first);
	for (unsigned i = 0; i < LOOKS && i < size; i++) {
		shared->looked = (shared->looked + 1) % size;
		look_at(shared, (int)shared->looked);
	}
}

/* --- memory --- */

static uint32_t ring_size(size_t rings)
{
	uint32_t size = RING_MOST;

	while (size > RING_LEAST && rings * size > RINGS_TOGETHER)
		size /= 2;
	return size;
}

static void free_shared(struct mp_shared_comm *shared)
{
	mp_shared_free(shared->memory, shared->memory_size);
	free(shared->in);
	free(shared->out);
	free(shared->streams);
	free(shared->owed);
	free(shared);
}

/* The places first, then the words of all rings, then the bytes: only what is used is ever given
 * memory by the system, in pages. */
static int share_memory(struct mp_shared_comm *shared)
{
	size_t size = (size_t)shared->comm.size, rings = size * size;
	size_t words = size * sizeof(struct mp_rank);
	size_t bytes = words + rings * sizeof(struct mp_ring_words);

	shared->memory_size = bytes + rings * ring_size(rings);
	shared->memory = mp_shared_new(shared->memory_size);
	shared->ranks = shared->memory;
	return shared->memory ? 0 : -ENOMEM;
}

static struct mp_ring ring_between(const struct mp_shared_comm *shared, int from, int to)
{
	size_t size = (size_t)shared->comm.size, rings = size * size;
	size_t index = (size_t)to * size + (size_t)from;
	struct mp_ring_words *words = (void *)(shared->ranks + size);
	unsigned char *bytes = (void *)(words + rings);

	return mp_ring_at(words + index, bytes + index * ring_size(rings), ring_size(rings));
}

/* Waiting without sleep pays only if the others can run at the same time. */
static unsigned spins_for(unsigned ranks)
{
	cpu_set_t set;

	if (sched_getaffinity(0, sizeof(set), &set) < 0)
		return 0;
	return (unsigned)CPU_COUNT(&set) >= ranks ? SPINS : 0;
}

/* Everything that a rank needs is made before it is started, so that nothing can fail in it. */
static int new_shared(struct mp_shared_comm **shared, unsigned ranks)
{
	struct mp_shared_comm *new = calloc(1, sizeof(*new));

	if (!new)
		return -ENOMEM;
	new->comm.way = &way;
	new->comm.rank = -1;
	new->comm.size = (int)ranks;
	new->in = calloc(ranks, sizeof(*new->in));
	new->out = calloc(ranks, sizeof(*new->out));
	new->streams = calloc(ranks, sizeof(*new->streams));
	new->owed = calloc(ranks, sizeof(*new->owed));
	new->last = &new->first;
	new->runner = mp_life_self();
	new->spins = new->most_spins = spins_for(ranks);
	if (!new->in || !new->out || !new->streams || !new->owed || share_memory(new) < 0) {
		free_shared(new);
		return -ENOMEM;
	}
	*shared = new;
	return 0;
}

/* --- a rank --- */

struct job {
	struct mp_shared_comm *shared;
	int (*run)(struct mp_comm *comm, void *argument);
	void *argument;
	int rank; /* the one that is being started */
	struct mp_process **processes;
	struct pollfd *ends;
};

/* False: the others have given this rank up before it could begin. */
static bool enter(struct mp_shared_comm *shared, int rank)
{
	uint32_t starting = MP_RANK_STARTING;
	struct mp_rank *own = &shared->ranks[rank];

	shared->comm.rank = rank;
	shared->looked = (unsigned)rank;
	for (int other = 0; other < shared->comm.size; other++) {
		shared->in[other] = ring_between(shared, other, rank);
		shared->out[other] = ring_between(shared, rank, other);
	}
	own->life = mp_life_self();
	return atomic_compare_exchange_strong(&own->state, &starting, MP_RANK_PRESENT);
}

static int live(void *argument)
{
	struct job *job = argument;
	int result;

	/* The descriptors of those that were started before. */
	for (int other = 0; other < job->rank; other++)
		mp_process_free(job->processes[other]);
	if (!enter(job->shared, job->rank))
		return EXIT_FAILURE;
	result = job->run(&job->shared->comm, job->argument);
	mp_rank_leave(job->shared, job->rank);
	return result;
}

/* --- all of them --- */

static int start_rank(struct job *job, int rank)
{
	struct mp_process **process = &job->processes[rank];
	char name[32];
	int rc;

	snprintf(name, sizeof(name), "rank-%d", rank);
	job->rank = rank;
	rc = mp_process_new(process, name, live, job);
	if (rc == 0)
		rc = mp_process_start(*process);
	if (rc == 0)
		job->ends[rank] =
			(struct pollfd){.fd = mp_process_pidfd(*process), .events = POLLIN};
	return rc;
}

static int start_all(struct job *job)
{
	int rc = 0;

	for (int rank = 0; rank < job->shared->comm.size && rc == 0; rank++)
		rc = start_rank(job, rank);
	return rc;
}

/* Where there are no pidfds, each is asked. */
static bool has_ended(const struct job *job, int rank)
{
	const struct pollfd *end = &job->ends[rank];

	return end->fd < 0 ? !mp_process_is_alive(job->processes[rank]) : end->revents != 0;
}

/* How many have ended since the last time. */
static int note_ends(struct job *job)
{
	int ended = 0;

	for (int rank = 0; rank < job->shared->comm.size; rank++) {
		if (!job->ends[rank].events || !has_ended(job, rank))
			continue;
		mp_rank_leave(job->shared, rank);
		mp_process_join(job->processes[rank], MP_FOREVER);
		job->ends[rank] = (struct pollfd){.fd = -1};
		ended++;
	}
	return ended;
}

/* Until all have ended. */
static int watch(struct job *job)
{
	int left = job->shared->comm.size, patience_ms = -1;

	for (int rank = 0; rank < left; rank++)
		if (job->ends[rank].fd < 0)
			patience_ms = ASK_MS;
	while (left > 0) {
		if (poll(job->ends, (nfds_t)job->shared->comm.size, patience_ms) < 0 &&
		    errno != EINTR && errno != EAGAIN)
			return -errno;
		left -= note_ends(job);
	}
	return 0;
}

/* What the lowest rank says that did not end with 0. */
static int result_of(struct job *job, int *status)
{
	int code, rc;

	*status = 0;
	for (int rank = 0; rank < job->shared->comm.size; rank++) {
		rc = mp_process_exit_code(job->processes[rank], &code);
		if (rc)
			return rc;
		if (code && !*status)
			*status = code;
	}
	return 0;
}

/* Also those that run on because of an error. */
static void free_processes(struct job *job)
{
	for (int rank = 0; rank < job->shared->comm.size; rank++) {
		struct mp_process *process = job->processes[rank];

		if (process && mp_process_is_alive(process)) {
			mp_process_kill(process);
			mp_process_join(process, MP_FOREVER);
		}
		mp_process_free(process);
	}
}

static int run_job(struct job *job, int *status)
{
	int rc;

	if (!job->processes || !job->ends)
		return -ENOMEM;
	rc = start_all(job);
	if (rc == 0)
		rc = watch(job);
	if (rc == 0)
		rc = result_of(job, status);
	free_processes(job);
	return rc;
}

int mp_comm_run_shared(unsigned ranks, int (*run)(struct mp_comm *comm, void *argument),
		       void *argument, int *status)
{
	struct job job = {.run = run, .argument = argument};
	int rc = new_shared(&job.shared, ranks);

	if (rc)
		return rc;
	job.processes = calloc(ranks, sizeof(struct mp_process *));
	job.ends = calloc(ranks, sizeof(*job.ends));
	rc = run_job(&job, status);
	free(job.processes);
	free(job.ends);
	free_shared(job.shared);
	return rc;
}
