/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: workers, tasks, and tasks in a chunk (0: the pool chooses). Gives: nanoseconds for a task
 * of a map, on standard output: the square of a number, so that the pool itself is what takes time.
 * Never: a judgement.
 */
#include <mproc.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static int square(const void *input, size_t input_size, void *output, size_t *output_size)
{
	const int64_t number = *(const int64_t *)input;

	*(int64_t *)output = number * number;
	return 0;
}

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static int measure(struct mp_pool *pool, size_t count, size_t chunk)
{
	int64_t *inputs = calloc(count, sizeof(*inputs)),
		*outputs = calloc(count, sizeof(*outputs));
	const struct mp_pool_job job = {
		.function = square,
		.inputs = inputs,
		.input_size = sizeof(*inputs),
		.outputs = outputs,
		.output_size = sizeof(*outputs),
		.count = count,
		.chunk = chunk,
	};
	double began;
	int rc;

	if (!inputs || !outputs)
		return 1;
	for (size_t i = 0; i < count; i++)
		inputs[i] = (int64_t)i;
	began = now_ns();
	rc = mp_pool_map(pool, &job, MP_FOREVER);
	printf("%.0f\n", (now_ns() - began) / (double)count);
	free(inputs);
	free(outputs);
	return rc;
}

int main(int argc, char **argv)
{
	unsigned long workers = argc > 1 ? strtoul(argv[1], NULL, 10) : 4;
	size_t count = argc > 2 ? strtoul(argv[2], NULL, 10) : 200000;
	struct mp_pool *pool;
	int rc = mp_pool_new(&pool, (unsigned)workers, NULL);

	if (rc || !count) {
		fprintf(stderr, "bench-pool: %s\n", mp_result_text(rc ? rc : -22));
		return 2;
	}
	rc = measure(pool, count, argc > 3 ? strtoul(argv[3], NULL, 10) : 0);
	mp_pool_free(pool);
	return rc != 0;
}
