// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The pool has no thread and no process of its own beside the workers. What there is to do (hand
 * out chunks, fetch outputs, replace the dead) is done by the program's own thread while it is in a
 * call that waits; meanwhile each worker has one chunk in its hands and one waiting, so it need not
 * wait for the program.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pool.h"

enum {
	MOST_FALSE_STARTS = 20,
	CHUNKS_A_WORKER = 4,	 /* when the chunk is ours to choose */
	MOST_BYTES = 256 * 1024, /* likewise, of inputs or outputs in it */
	NAP_MS = 25,		 /* where a worker has no pidfd */
	POLLS_A_WORKER = 2,	 /* its socket and its end */
};

static struct slot *end_of_slots(const struct mp_pool *pool)
{
	return pool->slots + pool->number_of_workers;
}

static unsigned present(const struct mp_pool *pool)
{
	unsigned count = 0;

	for (struct slot *slot = pool->slots; slot < end_of_slots(pool); slot++)
		count += slot->process != NULL;
	return count;
}

/* --- the list of jobs --- */

static void put_on(struct mp_pool *pool, struct mp_pool_result *result)
{
	result->pool = pool;
	result->at = pool->jobs_end;
	*result->at = result;
	pool->jobs_end = &result->next;
}

void mp_pool_take_off(struct mp_pool *pool, struct mp_pool_result *result)
{
	*result->at = result->next;
	if (result->next)
		result->next->at = result->at;
	else
		pool->jobs_end = result->at;
	result->next = NULL;
	result->pool = NULL;
}

/* --- handing out --- */

/* As Python does it: a few chunks for each worker, so that one that gets slow tasks gets fewer. */
static size_t chosen_chunk(const struct mp_pool *pool, const struct mp_pool_job *job)
{
	const size_t pieces = (size_t)pool->number_of_workers * CHUNKS_A_WORKER;
	const size_t share = job->count / pieces + (job->count % pieces != 0);
	const size_t larger =
		job->input_size > job->output_size ? job->input_size : job->output_size;
	const size_t fit = larger > MOST_BYTES ? 1 : MOST_BYTES / (larger ? larger : 1);

	if (job->chunk)
		return job->chunk;
	return share < fit ? share : fit;
}

static bool find_chunk(const struct mp_pool *pool, const struct slot *slot, struct chunk *chunk)
{
	const size_t most_tasks = pool->options.max_tasks;

	for (struct mp_pool_result *job = pool->jobs; job; job = job->next) {
		size_t most = chosen_chunk(pool, &job->job);

		if (most_tasks && most > most_tasks - slot->given)
			most = most_tasks - slot->given;
		if (mp_pool_result_take(job, most, chunk))
			return true;
	}
	return false;
}

static bool give(const struct mp_pool *pool, struct slot *slot)
{
	struct chunk chunk;

	if (!find_chunk(pool, slot, &chunk))
		return false;
	mp_slot_hand(slot, &chunk);
	if (slot->given == pool->options.max_tasks)
		mp_slot_dismiss(slot);
	return true;
}

/* Somebody has two chunks, and has not begun with the second one. */
static bool take_from_another(const struct mp_pool *pool)
{
	for (struct slot *slot = pool->slots; slot < end_of_slots(pool); slot++)
		if (mp_slot_load(slot) == MP_SLOT_FULL && mp_slot_withdraw_newest(slot))
			return true;
	return false;
}

/* Everybody gets one chunk before anybody gets a second one. Nobody goes without while somebody
 * has one too many. */
static void hand_out(const struct mp_pool *pool)
{
	for (unsigned load = 0; load < MP_SLOT_FULL; load++)
		for (struct slot *slot = pool->slots; slot < end_of_slots(pool); slot++)
			if (mp_slot_is_open(slot) && mp_slot_load(slot) == load)
				give(pool, slot);
	for (struct slot *slot = pool->slots; slot < end_of_slots(pool); slot++)
		if (mp_slot_is_open(slot) && mp_slot_chunks(slot) == 0 && take_from_another(pool))
			give(pool, slot);
}

/* --- the crew --- */

/* Workers that never get ready, because their initializer fails or kills them, are replaced so
 * often in a row. */
static unsigned most_false_starts(const struct mp_pool *pool)
{
	return MOST_FALSE_STARTS + pool->number_of_workers;
}

static void allow_one_more(struct mp_pool *pool)
{
	if (pool->false_starts >= most_false_starts(pool))
		pool->false_starts = most_false_starts(pool) - 1;
}

static int start_one(struct mp_pool *pool, struct slot *slot)
{
	if (pool->false_starts >= most_false_starts(pool))
		return -ENOTRECOVERABLE;
	return mp_slot_start(pool, slot);
}

/* Starts who is missing. One error is enough: what there is goes on, and it is tried again soon. */
static int recruit(struct mp_pool *pool)
{
	int rc = 0;

	if (pool->terminated || (pool->closed && !pool->jobs))
		return 0;
	if (pool->short_handed && present(pool)) {
		if (!mp_deadline_passed(&pool->next_try))
			return 0;
		allow_one_more(pool);
	}
	for (struct slot *slot = pool->slots; slot < end_of_slots(pool) && !rc; slot++)
		if (!slot->process)
			rc = start_one(pool, slot);
	pool->short_handed = rc != 0;
	if (rc)
		pool->next_try = mp_deadline_in(MP_RECHECK_MS);
	return present(pool) ? 0 : rc;
}

static bool is_anybody_busy(const struct mp_pool *pool)
{
	for (struct slot *slot = pool->slots; slot < end_of_slots(pool); slot++)
		if (slot->process && mp_slot_chunks(slot))
			return true;
	return false;
}

/* After close, and when there is nothing more to do. A chunk that was taken back is still answered:
 * also by then nobody has left, so who watches sees that nothing was done after the first has. */
static void dismiss_all(const struct mp_pool *pool)
{
	if (!pool->closed || pool->jobs || is_anybody_busy(pool))
		return;
	for (struct slot *slot = pool->slots; slot < end_of_slots(pool); slot++)
		if (slot->process && !slot->leaving)
			mp_slot_dismiss(slot);
}

static void kill_all(struct mp_pool *pool)
{
	for (struct slot *slot = pool->slots; slot < end_of_slots(pool); slot++)
		if (slot->process)
			mp_process_kill(slot->process);
	pool->killed = true;
}

/* --- waiting --- */

static void sooner(struct mp_deadline *deadline, const struct mp_deadline *other)
{
	if (mp_deadline_before(other, deadline))
		*deadline = *other;
}

/* Whether some end does not show in them. */
static bool fill_polls(const struct mp_pool *pool)
{
	struct pollfd *at = pool->polls;
	bool blind = false;

	for (struct slot *slot = pool->slots; slot < end_of_slots(pool); slot++) {
		const bool pending = slot->sent < slot->to_send;

		at[0].fd = slot->deaf ? -1 : slot->fd;
		at[0].events = (short)(POLLIN | (pending ? POLLOUT : 0));
		at[1].fd = slot->process ? mp_process_pidfd(slot->process) : -1;
		at[1].events = POLLIN;
		blind = blind || (slot->process && at[1].fd < 0);
		at += POLLS_A_WORKER;
	}
	return blind;
}

/* Waits for anybody. How many events; 0: the deadline has passed, or there is something to do. */
static int wait_for_any(const struct mp_pool *pool, const struct mp_deadline *deadline)
{
	struct mp_deadline until = *deadline;
	struct mp_deadline soon;
	struct timespec left;
	int ready;

	if (fill_polls(pool)) {
		soon = mp_deadline_in(NAP_MS);
		sooner(&until, &soon);
	}
	if (pool->short_handed)
		sooner(&until, &pool->next_try);
	if (pool->terminated && !pool->killed)
		sooner(&until, &pool->kill_at);
	if (!until.never)
		left = mp_deadline_left(&until);
	ready = ppoll(pool->polls, pool->number_of_workers * POLLS_A_WORKER,
		      until.never ? NULL : &left, NULL);
	if (ready < 0)
		return errno == EINTR ? 0 : -errno;
	return ready;
}

static bool has_ended(const struct slot *slot, const struct pollfd *end)
{
	return end->fd >= 0 ? end->revents != 0 : !mp_process_is_alive(slot->process);
}

static void attend(struct mp_pool *pool, struct slot *slot, const struct pollfd *polls)
{
	if (!slot->process)
		return;
	if (has_ended(slot, &polls[1])) {
		mp_slot_bury(pool, slot);
		return;
	}
	if (polls[0].fd >= 0 && polls[0].revents & POLLOUT)
		mp_slot_push(slot);
	if (polls[0].fd >= 0 && polls[0].revents & ~POLLOUT)
		mp_slot_pull(pool, slot);
}

/* Waits once, and does what there is to do then. */
static int turn(struct mp_pool *pool, const struct mp_deadline *deadline)
{
	const struct pollfd *polls = pool->polls;
	int rc = recruit(pool), ready;

	if (rc)
		return rc;
	hand_out(pool);
	dismiss_all(pool);
	ready = wait_for_any(pool, deadline);
	if (ready < 0)
		return ready;
	for (struct slot *slot = pool->slots; slot < end_of_slots(pool); slot++) {
		attend(pool, slot, polls);
		polls += POLLS_A_WORKER;
	}
	recruit(pool);
	hand_out(pool);
	dismiss_all(pool);
	if (pool->terminated && !pool->killed && mp_deadline_passed(&pool->kill_at))
		kill_all(pool);
	return mp_deadline_passed(deadline) ? MP_TIMEOUT : 0;
}

int mp_pool_await(struct mp_pool *pool, bool (*is_over)(void *argument), void *argument,
		  int64_t timeout_ms)
{
	struct mp_deadline deadline;
	int rc = 0;

	if (pool->owner != getpid())
		return -ECHILD;
	deadline = mp_deadline_in(timeout_ms);
	while (!is_over(argument)) {
		/* The next call may try again. */
		if (rc == -ENOTRECOVERABLE)
			pool->false_starts = 0;
		if (rc)
			return rc;
		rc = turn(pool, &deadline);
	}
	return 0;
}

/* --- making and ending --- */

static unsigned online_processors(void)
{
	long count = sysconf(_SC_NPROCESSORS_ONLN);

	return count < 1 ? 1 : count > MP_POOL_MAX ? MP_POOL_MAX : (unsigned)count;
}

static void destroy(struct mp_pool *pool)
{
	while (pool->jobs)
		mp_pool_drop(pool->jobs, -ECANCELED);
	mp_shared_free(pool->desks, pool->number_of_workers * sizeof(pool->desks[0]));
	free(pool->slots);
	free(pool->polls);
	free(pool);
}

static int equip(struct mp_pool *pool)
{
	const unsigned count = pool->number_of_workers;

	pool->polls = calloc(count, POLLS_A_WORKER * sizeof(pool->polls[0]));
	pool->desks = mp_shared_new(count * sizeof(pool->desks[0]));
	pool->slots = calloc(count, sizeof(pool->slots[0]));
	for (unsigned i = 0; pool->slots && i < count; i++)
		pool->slots[i] =
			(struct slot){.fd = -1, .desk = pool->desks ? &pool->desks[i] : NULL};
	if (!pool->slots || !pool->polls || !pool->desks)
		return -ENOMEM;
	return 0;
}

/* All of them, or an error. */
static int start_all(struct mp_pool *pool)
{
	int rc = 0;

	for (struct slot *slot = pool->slots; slot < end_of_slots(pool) && !rc; slot++)
		rc = mp_slot_start(pool, slot);
	return rc;
}

int mp_pool_new(struct mp_pool **pool, unsigned workers, const struct mp_pool_options *options)
{
	struct mp_pool *new;
	int rc;

	*pool = NULL;
	if (workers > MP_POOL_MAX)
		return -EINVAL;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	new->owner = getpid();
	new->jobs_end = &new->jobs;
	new->number_of_workers = workers ? workers : online_processors();
	if (options)
		new->options = *options;
	rc = equip(new);
	if (!rc)
		rc = start_all(new);
	if (rc) {
		if (new->slots)
			kill_all(new);
		mp_pool_free(new);
		return rc;
	}
	*pool = new;
	return 0;
}

int mp_pool_close(struct mp_pool *pool)
{
	if (pool->owner != getpid())
		return -ECHILD;
	pool->closed = true;
	dismiss_all(pool);
	return 0;
}

int mp_pool_terminate(struct mp_pool *pool)
{
	if (pool->owner != getpid())
		return -ECHILD;
	if (pool->terminated)
		return 0;
	while (pool->jobs)
		mp_pool_drop(pool->jobs, -ECANCELED);
	pool->closed = pool->terminated = true;
	pool->kill_at = mp_deadline_in(MP_GRACE_MS);
	for (struct slot *slot = pool->slots; slot < end_of_slots(pool); slot++) {
		if (!slot->process)
			continue;
		mp_process_terminate(slot->process);
		/* One that is stopped would not notice. */
		mp_process_send_signal(slot->process, SIGCONT);
	}
	return 0;
}

static bool is_over(void *argument)
{
	const struct mp_pool *pool = argument;

	return !pool->jobs && present(pool) == 0;
}

int mp_pool_join(struct mp_pool *pool, int64_t timeout_ms)
{
	if (pool->owner == getpid() && !pool->closed)
		return -EBUSY;
	return mp_pool_await(pool, is_over, pool, timeout_ms);
}

/* Poll(2) does not work: they end one by one. */
static void end_all(struct mp_pool *pool)
{
	kill_all(pool);
	for (struct slot *slot = pool->slots; slot < end_of_slots(pool); slot++)
		if (slot->process)
			mp_process_join(slot->process, MP_FOREVER);
}

void mp_pool_free(struct mp_pool *pool)
{
	if (!pool)
		return;
	if (pool->slots && pool->owner == getpid()) {
		mp_pool_terminate(pool);
		if (mp_pool_join(pool, MP_FOREVER) < 0)
			end_all(pool);
	}
	for (struct slot *slot = pool->slots; slot && slot < end_of_slots(pool); slot++)
		mp_slot_forget(slot);
	destroy(pool);
}

/* --- giving it work --- */

void mp_pool_drop(struct mp_pool_result *result, int outcome)
{
	struct mp_pool *pool = result->pool;
	const bool is_copy = pool->owner != getpid();

	for (struct slot *slot = pool->slots; slot < end_of_slots(pool) && !is_copy; slot++)
		mp_slot_withdraw(slot, result);
	/* What the caller of the pool's process has may be seen here, too. */
	if (is_copy)
		result->job.outcomes = NULL;
	mp_pool_result_note_rest(result, outcome);
}

static int submit(struct mp_pool *pool, const struct mp_pool_job *job,
		  struct mp_pool_result **result)
{
	int rc;

	*result = NULL;
	if (pool->owner != getpid())
		return -ECHILD;
	if (pool->closed)
		return -ESHUTDOWN;
	rc = mp_pool_result_new(result, job);
	if (!rc && job->count)
		put_on(pool, *result);
	return rc;
}

/* If nobody is there to work, and nobody can be, who waits is told. */
static void begin(struct mp_pool *pool)
{
	recruit(pool);
	hand_out(pool);
}

int mp_pool_map_async(struct mp_pool *pool, const struct mp_pool_job *job,
		      struct mp_pool_result **result)
{
	int rc = submit(pool, job, result);

	if (!rc)
		begin(pool);
	return rc;
}

int mp_pool_map(struct mp_pool *pool, const struct mp_pool_job *job, int64_t timeout_ms)
{
	struct mp_pool_result *result;
	int rc = mp_pool_map_async(pool, job, &result);

	if (rc)
		return rc;
	rc = mp_pool_result_wait(result, timeout_ms);
	if (rc)
		mp_pool_drop(result, rc);
	else
		rc = mp_pool_result_get(result, NULL, 0, NULL);
	mp_pool_result_free(result);
	return rc;
}

int mp_pool_apply(struct mp_pool *pool, mp_pool_function *function, const void *input,
		  size_t input_size, void *output, size_t room, struct mp_pool_outcome *outcome,
		  int64_t timeout_ms)
{
	const struct mp_pool_job job = {
		.function = function,
		.inputs = input,
		.input_size = input_size,
		.outputs = output,
		.output_size = room,
		.count = 1,
		.outcomes = outcome,
	};

	return mp_pool_map(pool, &job, timeout_ms);
}

/* The input, and behind it the output, both as well aligned as malloc's memory. */
static void *copy_input(struct mp_pool_job *job)
{
	const size_t alignment = _Alignof(max_align_t);
	const size_t begin_of_output = (job->input_size + alignment - 1) / alignment * alignment;
	unsigned char *memory = malloc(begin_of_output + job->output_size + 1);

	if (!memory)
		return NULL;
	if (job->input_size)
		memcpy(memory, job->inputs, job->input_size);
	job->inputs = memory;
	job->outputs = memory + begin_of_output;
	return memory;
}

int mp_pool_apply_async(struct mp_pool *pool, mp_pool_function *function, const void *input,
			size_t input_size, size_t room, struct mp_pool_result **result)
{
	struct mp_pool_job job = {
		.function = function,
		.inputs = input,
		.input_size = input_size,
		.output_size = room,
		.count = 1,
	};
	void *memory;
	int rc;

	*result = NULL;
	if ((!input && input_size) || input_size > PTRDIFF_MAX / 4 || room > PTRDIFF_MAX / 4)
		return -EINVAL;
	memory = copy_input(&job);
	if (!memory)
		return -ENOMEM;
	rc = submit(pool, &job, result);
	if (rc) {
		free(memory);
		return rc;
	}
	(*result)->memory = memory;
	begin(pool);
	return 0;
}

void mp_pool_result_free(struct mp_pool_result *result)
{
	if (!result)
		return;
	if (result->pool)
		mp_pool_drop(result, -ECANCELED);
	mp_pool_result_destroy(result);
}

/* --- what is known of it --- */

unsigned mp_pool_workers(const struct mp_pool *pool)
{
	return pool->number_of_workers;
}

unsigned mp_pool_pids(const struct mp_pool *pool, pid_t *pids, unsigned room)
{
	unsigned count = 0;

	for (struct slot *slot = pool->slots; slot < end_of_slots(pool); slot++) {
		if (!slot->process)
			continue;
		if (count < room)
			pids[count] = mp_process_pid(slot->process);
		count++;
	}
	return count;
}

size_t mp_pool_crashes(const struct mp_pool *pool)
{
	return pool->crashes;
}
