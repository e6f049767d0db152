// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The tasks of one call. The caller's outcomes are only written, and only in the process that the
 * pool belongs to: they may be in memory that forked copies have in common with it. While a task is
 * not over its outcome says MP_RUNNING, and the status of the outcome, which means nothing yet to
 * others, says where it is: with a worker (HELD), tried once (TRIED), and how many workers died
 * before they began with it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "pool.h"

enum { HELD = 1, TRIED = 2, DEATH = 4, MOST_DEATHS = 20 };

static bool is_sane(const struct mp_pool_job *job)
{
	const size_t most = job->count ? PTRDIFF_MAX / job->count : PTRDIFF_MAX;

	return job->function && job->input_size <= most && job->output_size <= most &&
	       (job->inputs || !job->count || !job->input_size) &&
	       (job->outputs || !job->count || !job->output_size);
}

static int make_room(struct mp_pool_result *result)
{
	const size_t count = result->job.count ? result->job.count : 1;

	result->order = calloc(count, sizeof(result->order[0]));
	result->outcomes = calloc(count, sizeof(result->outcomes[0]));
	return result->order && result->outcomes ? 0 : -ENOMEM;
}

void mp_pool_result_destroy(struct mp_pool_result *result)
{
	free(result->outcomes);
	free(result->order);
	free(result->memory);
	free(result);
}

static void set(struct mp_pool_result *result, size_t index, struct mp_pool_outcome outcome)
{
	result->outcomes[index] = outcome;
	if (result->job.outcomes)
		result->job.outcomes[index] = outcome;
}

int mp_pool_result_new(struct mp_pool_result **result, const struct mp_pool_job *job)
{
	struct mp_pool_result *new;
	int rc;

	*result = NULL;
	if (!is_sane(job))
		return -EINVAL;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	new->job = *job;
	new->first_bad = job->count;
	rc = make_room(new);
	if (rc) {
		mp_pool_result_destroy(new);
		return rc;
	}
	for (size_t i = 0; i < job->count; i++)
		set(new, i, (struct mp_pool_outcome){.result = MP_RUNNING});
	*result = new;
	return 0;
}

/* --- where the tasks are --- */

static bool waits(const struct mp_pool_result *result, size_t index)
{
	const struct mp_pool_outcome *outcome = &result->outcomes[index];

	return outcome->result == MP_RUNNING && !(outcome->status & HELD);
}

bool mp_pool_result_take(struct mp_pool_result *result, size_t most, struct chunk *chunk)
{
	const size_t count = result->job.count;
	size_t end;

	while (result->cursor < count && !waits(result, result->cursor))
		result->cursor++;
	if (result->cursor == count)
		return false;
	*chunk = (struct chunk){.job = result, .first = result->cursor};
	for (end = chunk->first; end < count && end - chunk->first < most && waits(result, end);)
		result->outcomes[end++].status |= HELD;
	chunk->count = end - chunk->first;
	result->cursor = end;
	return true;
}

void mp_pool_result_give_back(struct mp_pool_result *result, size_t first, size_t count)
{
	for (size_t i = first; i < first + count; i++)
		result->outcomes[i].status &= ~HELD;
	if (first < result->cursor)
		result->cursor = first;
}

bool mp_pool_result_may_retry(struct mp_pool_result *result, size_t index)
{
	bool first_time = !(result->outcomes[index].status & TRIED);

	result->outcomes[index].status |= TRIED;
	return first_time;
}

bool mp_pool_result_is_deadly(struct mp_pool_result *result, size_t index)
{
	result->outcomes[index].status += DEATH;
	return result->outcomes[index].status >= MOST_DEATHS * DEATH;
}

void mp_pool_result_note(struct mp_pool_result *result, size_t index,
			 struct mp_pool_outcome outcome)
{
	set(result, index, outcome);
	result->order[result->done++] = index;
	if (outcome.result && index < result->first_bad)
		result->first_bad = index;
	if (result->done == result->job.count)
		mp_pool_take_off(result->pool, result);
}

void mp_pool_result_note_rest(struct mp_pool_result *result, int outcome)
{
	for (size_t i = 0; i < result->job.count; i++)
		if (result->outcomes[i].result == MP_RUNNING)
			mp_pool_result_note(result, i, (struct mp_pool_outcome){.result = outcome});
}

/* --- what the caller asks --- */

/* The outcome that stands for all. */
static struct mp_pool_outcome telling(const struct mp_pool_result *result)
{
	const size_t count = result->job.count;

	if (!count)
		return (struct mp_pool_outcome){0};
	return result->outcomes[result->first_bad < count ? result->first_bad : 0];
}

/* Of an apply: its output. */
static int fetch(const struct mp_pool_result *result, void *output, size_t room)
{
	const struct mp_pool_outcome *outcome = &result->outcomes[0];

	if (outcome->length > room)
		return -EMSGSIZE;
	if (outcome->length)
		memcpy(output, result->job.outputs, outcome->length);
	return 0;
}

int mp_pool_result_get(const struct mp_pool_result *result, void *output, size_t room,
		       struct mp_pool_outcome *outcome)
{
	int rc = 0;

	if (result->pool)
		return MP_RUNNING;
	if (result->memory)
		rc = fetch(result, output, room);
	if (outcome)
		*outcome = telling(result);
	return rc ? rc : telling(result).result;
}

/* --- one after the other --- */

static bool next_by_index(struct mp_pool_result *result, size_t *index)
{
	if (result->outcomes[result->told_by_index].result == MP_RUNNING)
		return false;
	*index = result->told_by_index++;
	return true;
}

static bool next_by_time(struct mp_pool_result *result, size_t *index)
{
	if (result->told_by_time == result->done)
		return false;
	*index = result->order[result->told_by_time++];
	return true;
}

/* What one wait waits for. */
struct pursuit {
	struct mp_pool_result *result;
	bool (*next)(struct mp_pool_result *result, size_t *index);
	size_t *index;
};

static bool is_ready(void *argument)
{
	const struct pursuit *pursuit = argument;

	return !pursuit->result->pool;
}

static bool has_next(void *argument)
{
	const struct pursuit *pursuit = argument;

	return pursuit->next(pursuit->result, pursuit->index);
}

int mp_pool_result_wait(struct mp_pool_result *result, int64_t timeout_ms)
{
	struct pursuit pursuit = {.result = result};

	return result->pool ? mp_pool_await(result->pool, is_ready, &pursuit, timeout_ms) : 0;
}

static int next(struct pursuit *pursuit, size_t told, int64_t timeout_ms)
{
	struct mp_pool_result *result = pursuit->result;
	int rc = 0;

	if (told == result->job.count)
		return MP_END;
	if (!has_next(pursuit))
		rc = mp_pool_await(result->pool, has_next, pursuit, timeout_ms);
	return rc ? rc : result->outcomes[*pursuit->index].result;
}

int mp_pool_result_next(struct mp_pool_result *result, size_t *index, int64_t timeout_ms)
{
	struct pursuit pursuit = {.result = result, .next = next_by_index, .index = index};

	return next(&pursuit, result->told_by_index, timeout_ms);
}

int mp_pool_result_next_done(struct mp_pool_result *result, size_t *index, int64_t timeout_ms)
{
	struct pursuit pursuit = {.result = result, .next = next_by_time, .index = index};

	return next(&pursuit, result->told_by_time, timeout_ms);
}
