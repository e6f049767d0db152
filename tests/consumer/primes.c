/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How many primes are there below a number? A pool of processes counts them, a range each. One
 * range kills whoever counts it first, as bad input would; it is tried once more. A queue
 * tells the progress to a process that prints it, and a shared value counts the attempts.
 */
#include <mproc.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { RANGES = 20, WORKERS = 3, CRASHING = 7, ROOM = 4 };

struct range {
	uint32_t index, from, to;
};

static struct mp_queue *progress;
static struct mp_value *attempts;

static bool is_prime(uint32_t number)
{
	uint32_t divisor;

	for (divisor = 2; divisor * divisor <= number; divisor++)
		if (number % divisor == 0)
			return false;
	return number > 1;
}

static int count_primes(const void *input, size_t input_size, void *output, size_t *output_size)
{
	const struct range *range = input;
	int64_t attempt = 0;
	uint32_t number, *count = output;

	(void)input_size;
	(void)output_size;
	if (range->index == CRASHING) {
		if (mp_value_add_int64(attempts, 1, &attempt) != 0)
			return 1;
		if (attempt == 1)
			raise(SIGKILL);
	}
	for (number = range->from; number < range->to; number++)
		*count += is_prime(number);
	return mp_queue_put(progress, range, sizeof(*range), MP_FOREVER);
}

static int print_progress(void *argument)
{
	struct range range;
	unsigned ranges = 0;

	(void)argument;
	while (mp_queue_get(progress, &range, sizeof(range), NULL, MP_FOREVER) == 0)
		ranges++;
	printf("%u ranges were counted\n", ranges);
	return 0;
}

static int fail(const char *what, int result)
{
	fprintf(stderr, "primes: %s: %s\n", what, mp_result_text(result));
	return 1;
}

/* The total, or a negative number. */
static int64_t count_all(struct mp_pool *pool, uint32_t below)
{
	struct range ranges[RANGES];
	uint32_t counts[RANGES], i;
	struct mp_pool_job job = {0};
	int64_t total = 0;
	int rc;

	for (i = 0; i < RANGES; i++) {
		ranges[i].index = i;
		ranges[i].from = below / RANGES * i;
		ranges[i].to = i == RANGES - 1 ? below : below / RANGES * (i + 1);
	}
	job.function = count_primes;
	job.inputs = ranges;
	job.input_size = sizeof(ranges[0]);
	job.outputs = counts;
	job.output_size = sizeof(counts[0]);
	job.count = RANGES;
	rc = mp_pool_map(pool, &job, MP_FOREVER);
	if (rc)
		return -fail("mp_pool_map", rc);
	for (i = 0; i < RANGES; i++)
		total += counts[i];
	return total;
}

int main(int argc, char **argv)
{
	const uint32_t below = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 100000;
	struct mp_pool_options options = {0};
	struct mp_process *printer;
	struct mp_pool *pool;
	int64_t total;
	int rc;

	options.retry = true;
	if ((rc = mp_queue_new(&progress, ROOM, sizeof(struct range), 0)) ||
	    (rc = mp_value_new(&attempts, MP_INT64)) ||
	    (rc = mp_process_new(&printer, "printer", print_progress, NULL)) ||
	    (rc = mp_process_start(printer)) || (rc = mp_pool_new(&pool, WORKERS, &options)))
		return fail("cannot start", rc);
	total = count_all(pool, below);
	mp_queue_close(progress);
	mp_process_join(printer, MP_FOREVER);
	printf("%lld primes below %lu; %lu worker crashed\n", (long long)total,
	       (unsigned long)below, (unsigned long)mp_pool_crashes(pool));
	mp_pool_free(pool);
	mp_process_free(printer);
	mp_value_free(attempts);
	mp_queue_free(progress);
	return total < 0;
}
