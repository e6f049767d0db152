// SPDX-License-Identifier: GPL-2.0-or-later
/* Tasks and their outcomes, in pools whose workers live. */
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common.h"
#include "crew.h"
#include "tap.h"

enum { LARGE = 5 * 1024 * 1024 };

/* --- tasks --- */

static int fail_odd(const void *input, size_t input_size, void *output, size_t *output_size)
{
	const int64_t number = *(const int64_t *)input;

	*(int64_t *)output = number;
	return number % 2 ? (int)number : 0;
}

static int tell_pid(const void *input, size_t input_size, void *output, size_t *output_size)
{
	*(pid_t *)output = getpid();
	return 0;
}

/* As many letters as it is told. */
static int repeat(const void *input, size_t input_size, void *output, size_t *output_size)
{
	const size_t length = *(const size_t *)input;

	memset(output, 'a' + (int)(length % 26), length < *output_size ? length : *output_size);
	*output_size = length;
	return 0;
}

/* Backwards. */
static int turn_round(const void *input, size_t input_size, void *output, size_t *output_size)
{
	const unsigned char *from = input;
	unsigned char *to = output;

	for (size_t i = 0; i < input_size; i++)
		to[i] = from[input_size - 1 - i];
	return 0;
}

static int expect_zeroes(const void *input, size_t input_size, void *output, size_t *output_size)
{
	unsigned char *bytes = output;

	for (size_t i = 0; i < *output_size; i++)
		if (bytes[i])
			return 1;
	memset(bytes, 0xff, *output_size);
	return 0;
}

static void test_map(void)
{
	static const size_t counts[] = {0, 1, 2, 3, 4, 5, 16, 17, 100, MANY};
	static const size_t chunks[] = {0, 1, 3, 20, 5000};
	struct mp_pool *pool = make_pool(4, NULL);
	struct mp_pool_job job;
	bool right = true;
	int rc = 0;

	is_int(mp_pool_workers(pool), 4, "four workers");
	is_int(mp_pool_pids(pool, NULL, 0), 4, "which are there");
	for (unsigned i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		for (unsigned j = 0; j < sizeof(chunks) / sizeof(chunks[0]); j++) {
			job = square_job(counts[i], chunks[j]);
			rc |= mp_pool_map(pool, &job, MP_FOREVER);
			right = right && are_squares(counts[i]);
		}
	}
	is_int(rc, 0, "maps of any length, in chunks of any length");
	ok(right, "every output is where it belongs, and nothing else is written");
	end_pool_well(pool);
}

static void test_apply(void)
{
	struct mp_pool *pool = make_pool(2, NULL);
	int64_t input = 12, output = 0;
	struct mp_pool_outcome outcome;

	is_int(mp_pool_apply(pool, square, &input, sizeof(input), &output, sizeof(output), NULL,
			     MP_FOREVER),
	       0, "one task");
	is_int(output, 144, "its output");
	input = 7;
	is_int(mp_pool_apply(pool, fail_odd, &input, sizeof(input), &output, sizeof(output),
			     &outcome, MP_FOREVER),
	       MP_FAILED, "a task that fails");
	is_int(outcome.result, MP_FAILED, "its outcome");
	is_int(outcome.status, 7, "its status");
	is_int((int64_t)outcome.length, 0, "no output");
	input = 8;
	is_int(mp_pool_apply(pool, fail_odd, &input, sizeof(input), &output, sizeof(output),
			     &outcome, MP_FOREVER),
	       0, "the next one does not");
	is_int(outcome.result, 0, "its outcome");
	is_int((int64_t)outcome.length, sizeof(output), "all of the room is output");
	end_pool_well(pool);
}

static void test_failures(void)
{
	struct mp_pool *pool = make_pool(3, NULL);
	struct mp_pool_outcome outcomes[100], outcome;
	struct mp_pool_job job = square_job(100, 7);
	struct mp_pool_result *result;
	unsigned wrong = 0;

	job.function = fail_odd;
	job.outcomes = outcomes;
	is_int(mp_pool_map(pool, &job, MP_FOREVER), MP_FAILED, "the map says that a task failed");
	for (int i = 0; i < 100; i++) {
		wrong += outcomes[i].result != (i % 2 ? MP_FAILED : 0);
		wrong += outcomes[i].status != (i % 2 ? i : 0);
		wrong += outcomes[i].length != (i % 2 ? 0 : sizeof(squares[0]));
		wrong += i % 2 == 0 && squares[i] != i;
	}
	is_int(wrong, 0, "every task was run, and tells how it went");
	is_int(mp_pool_map_async(pool, &job, &result), 0, "the same in the background");
	is_int(mp_pool_result_wait(result, MP_FOREVER), 0, "ready");
	is_int(mp_pool_result_get(result, NULL, 0, &outcome), MP_FAILED, "and failed");
	is_int(outcome.status, 1, "as the first task that did");
	mp_pool_result_free(result);
	end_pool_well(pool);
}

static void test_arguments(void)
{
	struct mp_pool *pool = (struct mp_pool *)&pool;
	struct mp_pool_result *result = (struct mp_pool_result *)&result;
	struct mp_pool_job job = square_job(10, 0);

	is_int(mp_pool_new(&pool, MP_POOL_MAX + 1, NULL), -EINVAL, "too many workers");
	ok(!pool, "no pool");
	pool = make_pool(0, NULL);
	is_int(mp_pool_workers(pool), sysconf(_SC_NPROCESSORS_ONLN), "one for each processor");
	job.function = NULL;
	is_int(mp_pool_map(pool, &job, MP_FOREVER), -EINVAL, "no function");
	is_int(mp_pool_map_async(pool, &job, &result), -EINVAL, "likewise");
	ok(!result, "no result");
	job = square_job(10, 0);
	job.inputs = NULL;
	is_int(mp_pool_map(pool, &job, MP_FOREVER), -EINVAL, "no inputs");
	job = square_job(10, 0);
	job.outputs = NULL;
	is_int(mp_pool_map(pool, &job, MP_FOREVER), -EINVAL, "no outputs");
	job = square_job(SIZE_MAX / 4, 0);
	is_int(mp_pool_map(pool, &job, MP_FOREVER), -EINVAL, "more than all memory");
	is_int(mp_pool_apply(pool, square, NULL, 8, NULL, 0, NULL, 0), -EINVAL, "no input");
	is_int(mp_pool_apply_async(pool, square, NULL, 8, 0, &result), -EINVAL, "likewise");
	is_int(mp_pool_apply_async(pool, square, NULL, 0, SIZE_MAX, &result), -EINVAL,
	       "an endless output");
	is_int(mp_pool_apply(pool, tell_pid, NULL, 0, &(pid_t){0}, sizeof(pid_t), NULL, -1), 0,
	       "a task without input needs none");
	is_int(mp_pool_apply(pool, sleep_long, &(unsigned){0}, sizeof(unsigned), NULL, 0, NULL, -1),
	       0, "one without output gives none");
	mp_pool_free(NULL);
	mp_pool_result_free(NULL);
	end_pool_well(pool);
}

/* --- lengths --- */

static void test_lengths(void)
{
	enum { COUNT = 200, ROOM = 700 };
	static unsigned char outputs[COUNT][ROOM];
	struct mp_pool *pool = make_pool(2, NULL);
	struct mp_pool_outcome outcomes[COUNT];
	size_t lengths[COUNT], wrong = 0;
	struct mp_pool_job job = {
		.function = repeat,
		.inputs = lengths,
		.input_size = sizeof(lengths[0]),
		.outputs = outputs,
		.output_size = ROOM,
		.count = COUNT,
		.outcomes = outcomes,
	};

	for (size_t i = 0; i < COUNT; i++)
		lengths[i] = i * ROOM / (COUNT - 1);
	is_int(mp_pool_map(pool, &job, MP_FOREVER), 0, "outputs of many lengths");
	for (size_t i = 0; i < COUNT; i++) {
		wrong += outcomes[i].length != lengths[i];
		for (size_t j = 0; j < lengths[i]; j++)
			wrong += outputs[i][j] != 'a' + lengths[i] % 26;
	}
	is_int((int64_t)wrong, 0, "each has its own");
	lengths[3] = ROOM + 1;
	is_int(mp_pool_map(pool, &job, MP_FOREVER), MP_FAILED, "more than there is room for");
	is_int(outcomes[3].status, -EMSGSIZE, "is told as the status");
	is_int(outcomes[4].result, 0, "and harms no other task");
	job.function = expect_zeroes;
	is_int(mp_pool_map(pool, &job, MP_FOREVER), 0, "the room is zeroed for every task");
	end_pool_well(pool);
}

static void fill(unsigned char *bytes, size_t size, unsigned seed)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = (unsigned char)((i * 2654435761u >> 13) + seed);
}

/* Far more than fits into the sockets, in both directions at once. */
static void test_large(void)
{
	enum { COUNT = 6 };
	struct mp_pool *pool = make_pool(2, NULL);
	unsigned char *inputs = malloc((size_t)COUNT * LARGE);
	unsigned char *outputs = malloc((size_t)COUNT * LARGE);
	struct mp_pool_job job = {
		.function = turn_round,
		.inputs = inputs,
		.input_size = LARGE,
		.outputs = outputs,
		.output_size = LARGE,
		.count = COUNT,
	};
	bool same = true;

	fill(inputs, (size_t)COUNT * LARGE, 0);
	for (job.chunk = 0; job.chunk < 4; job.chunk += 3) {
		memset(outputs, 0, (size_t)COUNT * LARGE);
		is_int(mp_pool_map(pool, &job, 60000), 0, "large ones");
		for (size_t i = 0; i < COUNT; i++)
			for (size_t j = 0; j < LARGE; j++)
				same = same &&
				       outputs[i * LARGE + j] == inputs[(i + 1) * LARGE - 1 - j];
		ok(same, "arrive whole");
	}
	free(inputs);
	free(outputs);
	end_pool_well(pool);
}

/* The call ends while a chunk is on its way, and the inputs are gone. */
static void test_large_given_up(void)
{
	enum { COUNT = 4 };
	struct mp_pool *pool = make_pool(1, NULL);
	unsigned char *inputs = calloc(COUNT, LARGE);
	unsigned char *outputs = calloc(COUNT, LARGE);
	struct mp_pool_job job = {
		.function = turn_round,
		.inputs = inputs,
		.input_size = LARGE,
		.outputs = outputs,
		.output_size = LARGE,
		.count = COUNT,
	};
	int64_t input = 3, output = 0;

	is_int(mp_pool_map(pool, &job, 0), MP_TIMEOUT, "no time for a large map");
	free(inputs);
	free(outputs);
	is_int(mp_pool_apply(pool, square, &input, sizeof(input), &output, sizeof(output), NULL,
			     60000),
	       0, "the next task is run all the same");
	is_int(output, 9, "and is right");
	end_pool_well(pool);
}

static int fill_room(const void *input, size_t input_size, void *output, size_t *output_size)
{
	memset(output, 0xff, *output_size);
	return 0;
}

/* The result is freed while its output is coming in. */
static void test_large_dropped(void)
{
	struct mp_pool *pool = make_pool(1, NULL);
	unsigned char *output = calloc(1, LARGE);
	const struct mp_pool_job job = {
		.function = fill_room,
		.outputs = output,
		.output_size = LARGE,
		.count = 1,
	};
	struct mp_pool_result *result;
	int64_t number = 5, squared = 0;
	size_t written = 0;

	is_int(mp_pool_map_async(pool, &job, &result), 0, "a large output");
	while (output[0] == 0)
		mp_pool_result_wait(result, 0);
	is_int(mp_pool_result_wait(result, 0), MP_TIMEOUT, "a part of it is here");
	mp_pool_result_free(result);
	memset(output, 0, LARGE);
	is_int(mp_pool_apply(pool, square, &number, sizeof(number), &squared, sizeof(squared), NULL,
			     60000),
	       0, "the next task comes after the rest of it");
	is_int(squared, 25, "and is right");
	for (size_t i = 0; i < LARGE; i++)
		written += output[i] != 0;
	is_int((int64_t)written, 0, "which was not written any more");
	free(output);
	end_pool_well(pool);
}

/* --- results --- */

static void test_results(void)
{
	struct mp_pool *pool = make_pool(2, NULL);
	struct mp_pool_job job = square_job(MANY, 0);
	struct mp_pool_result *map, *apply;
	int64_t input = 11, output = 0;
	struct mp_pool_outcome outcome;

	is_int(mp_pool_map_async(pool, &job, &map), 0, "a map in the background");
	is_int(mp_pool_apply_async(pool, square, &input, sizeof(input), sizeof(output), &apply), 0,
	       "and a task");
	input = 0;
	is_int(mp_pool_result_get(apply, &output, sizeof(output), NULL), MP_RUNNING, "not yet");
	is_int(mp_pool_result_wait(apply, MP_FOREVER), 0, "the task is ready");
	is_int(mp_pool_result_get(apply, &output, sizeof(output), &outcome), 0, "and well done");
	is_int(output, 121, "its input was copied");
	is_int((int64_t)outcome.length, sizeof(output), "the length is known");
	is_int(mp_pool_result_get(apply, &output, 3, NULL), -EMSGSIZE, "there must be room");
	output = 0;
	is_int(mp_pool_result_get(apply, &output, sizeof(output), NULL), 0, "or ask again");
	is_int(output, 121, "the output is still there");
	is_int(mp_pool_result_wait(map, MP_FOREVER), 0, "the map is ready");
	is_int(mp_pool_result_get(map, NULL, 0, NULL), 0, "and well done");
	ok(are_squares(MANY), "with all outputs");
	is_int(mp_pool_result_wait(map, 0), 0, "it stays ready");
	mp_pool_result_free(apply);
	mp_pool_result_free(map);
	job = square_job(0, 0);
	is_int(mp_pool_map_async(pool, &job, &map), 0, "an empty map");
	is_int(mp_pool_result_wait(map, 0), 0, "is ready at once");
	is_int(mp_pool_result_get(map, NULL, 0, &outcome), 0, "and well done");
	mp_pool_result_free(map);
	end_pool_well(pool);
}

static bool is_ready(void *result)
{
	return mp_pool_result_wait(result, 0) == 0;
}

static void test_asking(void)
{
	struct mp_pool *pool = make_pool(2, NULL);
	struct mp_pool_job job = square_job(MANY, 1);
	struct mp_pool_result *result;

	is_int(mp_pool_map_async(pool, &job, &result), 0, "a map in the background");
	ok(comes_true(is_ready, result), "who only asks gets it done, too");
	ok(are_squares(MANY), "with all outputs");
	mp_pool_result_free(result);
	end_pool_well(pool);
}

static void test_next(void)
{
	struct mp_pool *pool = make_pool(3, NULL);
	struct mp_pool_outcome outcomes[MANY];
	struct mp_pool_job job = square_job(MANY, 1);
	static unsigned seen[MANY];
	struct mp_pool_result *result;
	size_t index, expected = 0, wrong = 0;
	int rc;

	memset(seen, 0, sizeof(seen));
	job.function = fail_odd;
	job.outcomes = outcomes;
	is_int(mp_pool_map_async(pool, &job, &result), 0, "tasks one by one");
	while ((rc = mp_pool_result_next(result, &index, MP_FOREVER)) != MP_END) {
		wrong += rc != (index % 2 ? MP_FAILED : 0) || index != expected++;
		wrong += index % 2 == 0 && squares[index] != (int64_t)index;
	}
	is_int((int64_t)expected, MANY, "all of them");
	is_int((int64_t)wrong, 0, "in the order of the inputs, each with its outcome");
	is_int(mp_pool_result_next(result, &index, 0), MP_END, "the end stays the end");
	for (unsigned i = 0; i < MANY; i++) {
		rc = mp_pool_result_next_done(result, &index, MP_FOREVER);
		wrong += rc != (index % 2 ? MP_FAILED : 0) || seen[index]++;
	}
	is_int((int64_t)wrong, 0, "and all of them again as they got done");
	is_int(mp_pool_result_next_done(result, &index, 0), MP_END, "to the end");
	mp_pool_result_free(result);
	end_pool_well(pool);
}

static void test_next_done(void)
{
	struct mp_pool *pool = make_pool(2, NULL);
	const unsigned pauses[] = {400, 0, 0};
	const struct mp_pool_job job = {
		.function = sleep_long,
		.inputs = pauses,
		.input_size = sizeof(pauses[0]),
		.count = 3,
		.chunk = 1,
	};
	struct mp_pool_result *result;
	size_t index = 7;

	is_int(mp_pool_map_async(pool, &job, &result), 0, "a slow task, and two fast ones");
	is_int(mp_pool_result_next(result, &index, 0), MP_TIMEOUT, "the first is not done");
	is_int((int64_t)index, 7, "no index is told");
	is_int(mp_pool_result_next_done(result, &index, MP_FOREVER), 0, "a fast one is");
	is_int((int64_t)index, 1, "(the second)");
	is_int(mp_pool_result_next_done(result, &index, MP_FOREVER), 0, "and the other one");
	is_int((int64_t)index, 2, "which did not wait behind the slow one");
	is_int(mp_pool_result_next_done(result, &index, MP_FOREVER), 0, "and the slow one");
	is_int((int64_t)index, 0, "comes last");
	is_int(mp_pool_result_next(result, &index, MP_FOREVER), 0, "in the order of inputs");
	is_int((int64_t)index, 0, "it is the first");
	mp_pool_result_free(result);
	end_pool_well(pool);
}

/* --- time --- */

static void test_timeouts(void)
{
	struct mp_pool *pool = make_pool(2, NULL);
	struct mp_pool_outcome outcomes[6];
	const unsigned pauses[] = {0, 700, 700, 700, 700, 700};
	struct mp_pool_job job = {
		.function = sleep_long,
		.inputs = pauses,
		.input_size = sizeof(pauses[0]),
		.count = 6,
		.chunk = 1,
		.outcomes = outcomes,
	};
	struct mp_pool_result *result;
	int64_t before = now_ms(), input = 5, output = 0;

	is_int(mp_pool_map(pool, &job, 100), MP_TIMEOUT, "a map with too little time");
	ok(now_ms() - before >= 99, "takes that time");
	is_int(outcomes[0].result, 0, "the task that was done was done");
	is_int(outcomes[5].result, MP_TIMEOUT, "the one that was not was not");
	is_int(mp_pool_apply(pool, square, &input, sizeof(input), &output, sizeof(output), NULL,
			     MP_FOREVER),
	       0, "the pool is as usable as before");
	is_int(mp_pool_map_async(pool, &job, &result), 0, "the same in the background");
	before = now_ms();
	is_int(mp_pool_result_wait(result, 100), MP_TIMEOUT, "a wait with too little time");
	ok(now_ms() - before >= 99, "takes that time");
	is_int(mp_pool_result_wait(result, MP_FOREVER), 0, "and can be repeated");
	is_int(outcomes[5].result, 0, "then all are done");
	mp_pool_result_free(result);
	end_pool_well(pool);
}

static int begin_and_sleep(const void *input, size_t input_size, void *output, size_t *output_size)
{
	atomic_fetch_add(*(_Atomic unsigned *const *)input, 1);
	sleep_ms(50);
	return 0;
}

static void test_given_up(void)
{
	_Atomic unsigned *begun = shared_memory(sizeof(*begun)), *inputs[10];
	struct mp_pool *pool = make_pool(1, NULL);
	const struct mp_pool_job job = {
		.function = begin_and_sleep,
		.inputs = inputs,
		.input_size = sizeof(inputs[0]),
		.count = 10,
		.chunk = 5,
	};
	unsigned before;

	for (unsigned i = 0; i < 10; i++)
		inputs[i] = begun;
	is_int(mp_pool_map(pool, &job, 60), MP_TIMEOUT, "no time for ten tasks");
	before = *begun;
	end_pool_well(pool);
	ok(*begun <= before + 1, "at most one begins then (%u, then %u)", before, *begun);
	munmap((void *)begun, sizeof(*begun));
}

static int write_late(const void *input, size_t input_size, void *output, size_t *output_size)
{
	sleep_ms(100);
	memset(output, 0xff, *output_size);
	return 0;
}

static void test_free_early(void)
{
	struct mp_pool *pool = make_pool(2, NULL);
	unsigned char outputs[8] = {0};
	struct mp_pool_job job = {
		.function = write_late,
		.outputs = outputs,
		.output_size = 1,
		.count = sizeof(outputs),
		.chunk = 1,
	};
	struct mp_pool_result *result;
	unsigned written = 0;

	is_int(mp_pool_map_async(pool, &job, &result), 0, "a map in the background");
	mp_pool_result_free(result);
	end_pool_well(pool);
	for (unsigned i = 0; i < sizeof(outputs); i++)
		written += outputs[i] != 0;
	is_int(written, 0, "once its result is freed, nothing is written");
}

int main(void)
{
	static void (*const tests[])(void) = {
		test_map,   test_apply,		 test_failures,	     test_arguments,  test_lengths,
		test_large, test_large_given_up, test_large_dropped, test_results,    test_asking,
		test_next,  test_next_done,	 test_timeouts,	     test_free_early, test_given_up,
	};
	unsigned before = open_fds();

	tap_plan(0);
	for (unsigned i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		tests[i]();
		ok(open_fds() == before && !has_child(), "nothing is left of test %u", i);
	}
	return tap_done();
}
