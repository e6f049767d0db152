/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes: nothing from outside of the pool. Gives: what its files share.
 *
 *   pool.c          the pool: hands out chunks, waits for all workers at once, ends
 *   pool_slot.c     the place of one worker, in the pool's process
 *   pool_worker.c   the worker, in its own process
 *   pool_result.c   the tasks of one call, and what has become of them
 *
 * The pool's process and a worker talk through a pair of stream sockets of their own. To the worker
 * goes a chunk: an order, then the inputs. Back comes, for each task in the same order, a reply and
 * the output. The pool's process never blocks on one of them: what does not go at once goes when
 * poll(2) says so. So a worker that blocks because its outputs are not fetched never meets a pool
 * that blocks because its inputs are not. No size is too large for that.
 *
 * Never: is installed.
 */
#ifndef MP_POOL_H
#define MP_POOL_H

#include "internal.h"

enum {
	AHEAD = 2,	      /* chunks that a worker has at most, the one in its hands included */
	DESK_ROOM = 32 * 1024 /* bytes of replies that are sent together */
};

/* What comes before the inputs of a chunk. */
struct order {
	mp_pool_function *function;
	uint64_t count, input_size, output_size;
};

/* What comes before the output of a task. */
struct reply {
	uint64_t task;	/* how many tasks were handed to this worker before it */
	int32_t result; /* 0, MP_FAILED, PASSED_OVER */
	int32_t status;
	uint64_t length;
};

/* The rest of the chunk was not done, because the chunk was withdrawn. */
enum { PASSED_OVER = -1 };

/* A chunk is taken, or withdrawn, by whoever changes its word first. One that was taken may be
 * withdrawn, too: then the worker stops after the task in its hands. */
enum { HANDED, TAKEN, WITHDRAWN };

/*
 * What a worker leaves behind when it is killed, in memory that the pool's process can read. A
 * task counts as begun from the moment when `begun` says so, and as done from the moment when
 * `kept` covers its reply: what was done is never lost, and one task at most was in its hands.
 */
struct desk {
	_Atomic uint32_t ready; /* it has initialized itself */
	_Atomic uint32_t chunk[AHEAD];
	_Atomic uint32_t kept;	/* bytes of replies that are still to be sent, or were just sent */
	_Atomic uint64_t begun; /* how many tasks */
	unsigned char replies[DESK_ROOM];
};

struct chunk {
	struct mp_pool_result *job; /* NULL: it was withdrawn */
	size_t first, count;
	bool light; /* it was withdrawn before the worker had begun with it */
};

/* --- pool_result.c --- */

struct mp_pool_result {
	struct mp_pool *pool;		   /* NULL: it is ready */
	struct mp_pool_result *next, **at; /* in the pool's list, and what points to it there */
	struct mp_pool_job job;
	struct mp_pool_outcome *outcomes; /* our own */
	size_t *order;			  /* indices, as they got done */
	size_t done, first_bad;
	size_t cursor; /* no task before it waits to be handed out */
	size_t told_by_index, told_by_time;
	void *memory; /* the input and the output of an apply */
};

/* Checks the job and makes a result that is not ready and not in any pool. */
int mp_pool_result_new(struct mp_pool_result **result, const struct mp_pool_job *job);
void mp_pool_result_destroy(struct mp_pool_result *result);
/* Finds tasks to hand out, at most `most`. False: none waits. They wait again after give_back. */
bool mp_pool_result_take(struct mp_pool_result *result, size_t most, struct chunk *chunk);
void mp_pool_result_give_back(struct mp_pool_result *result, size_t first, size_t count);
/* What has become of a task, for good. */
void mp_pool_result_note(struct mp_pool_result *result, size_t index,
			 struct mp_pool_outcome outcome);
/* The same for all of which that is not known yet. */
void mp_pool_result_note_rest(struct mp_pool_result *result, int outcome);
/* The worker died with the task in its hands: whether it is to be tried again. */
bool mp_pool_result_may_retry(struct mp_pool_result *result, size_t index);
/* A worker died before it began with the task: whether that has happened too often. */
bool mp_pool_result_is_deadly(struct mp_pool_result *result, size_t index);

/* --- pool_slot.c --- */

struct slot {
	struct mp_process *process; /* NULL: nobody is here */
	struct desk *desk;
	int fd;
	bool leaving; /* it gets no more chunks, and ends when it has done those it has */
	bool proven;  /* it has sent something */
	bool deaf;    /* nothing is sent to it or received from it; it is ending, or killed */

	struct chunk chunks[AHEAD]; /* number n is at n % AHEAD */
	uint32_t oldest, next;	    /* numbers of chunks; they wrap */
	size_t passed;		    /* tasks of the oldest chunk that are over */
	uint64_t given, received;   /* tasks */

	struct order order; /* of the newest chunk, which is on its way until sent is to_send */
	size_t sent, to_send;

	struct reply reply; /* the one that is coming in, with its output */
	size_t got;
	unsigned char *into; /* where the output belongs; NULL: nowhere */
};

int mp_slot_start(struct mp_pool *pool, struct slot *slot);
unsigned mp_slot_chunks(const struct slot *slot);
/* How long a new chunk would wait here: 0 if it would not; a chunk that is only to be passed over,
 * and perhaps was already, counts half. */
enum { MP_SLOT_FULL = 2 * AHEAD };
unsigned mp_slot_load(const struct slot *slot);
/* Whether it can be handed another chunk now. */
bool mp_slot_is_open(const struct slot *slot);
void mp_slot_hand(struct slot *slot, const struct chunk *chunk);
/* Takes the newest chunk back if the worker has not begun with it; then it may be handed out. */
bool mp_slot_withdraw_newest(struct slot *slot);
/* Nothing of this job is of interest any more. */
void mp_slot_withdraw(struct slot *slot, const struct mp_pool_result *job);
void mp_slot_dismiss(struct slot *slot);
/* Sends what goes without blocking. */
void mp_slot_push(struct slot *slot);
/* Receives without blocking. Whether there may be more. */
bool mp_slot_pull(struct mp_pool *pool, struct slot *slot);
/* Its process has ended: settles what it had in hand, and reaps it. */
void mp_slot_bury(struct mp_pool *pool, struct slot *slot);
/* In a forked copy of the pool's process: lets go of it. */
void mp_slot_forget(struct slot *slot);

/* --- pool_worker.c --- */

struct station {
	struct mp_pool *pool;
	struct slot *slot;
	int fd; /* the worker's end */
};

int mp_pool_worker_run(void *station);

/* --- pool.c --- */

struct mp_pool {
	pid_t owner;
	struct mp_pool_options options;
	bool closed, terminated, killed;
	struct mp_deadline kill_at; /* after it was terminated */

	unsigned number_of_workers;
	struct slot *slots;
	struct desk *desks;
	struct pollfd *polls;
	struct mp_pool_result *jobs;	  /* that are not ready, the oldest first */
	struct mp_pool_result **jobs_end; /* where the next one is put */

	unsigned names;	       /* given to workers */
	unsigned false_starts; /* that never got ready, since one did */
	struct mp_deadline next_try;
	bool short_handed; /* a worker is missing, because none could be started */
	size_t crashes;
	unsigned char buffer[64 * 1024];
};

/* Does the pool's work until the condition is true. 0, MP_TIMEOUT, or why no worker is there. */
int mp_pool_await(struct mp_pool *pool, bool (*is_over)(void *argument), void *argument,
		  int64_t timeout_ms);
/* What is not done is not done any more, and its outcome is this. */
void mp_pool_drop(struct mp_pool_result *result, int outcome);
/* Of the list of jobs: it is ready. */
void mp_pool_take_off(struct mp_pool *pool, struct mp_pool_result *result);

#endif
