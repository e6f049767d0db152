// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mp-pool: some workers stand ready, and share what there is to do.
 *
 *     main   [0 1 2 … 99] ---+--> PoolWorker-1 --+---> [0 1 4 … 9801]
 *                            +--> PoolWorker-2 --+
 *                            +--> PoolWorker-3 --+
 *                            +--> PoolWorker-4 --+
 *
 * The point to see: there are few workers and many inputs, nobody says which worker gets which, and
 * still every result is found at the place of its input. And a pool has an end: close says that
 * nothing more will come, join waits until every worker has heard of it and left.
 */
#include "cli.h"
#include "contract_section.h"

#include <errno.h>
#include <inttypes.h>
#include <mproc.h>
#include <stdio.h>
#include <stdlib.h>

#define INPUTS_MAX 1000

static int64_t workers, count;

static const struct cli_option options[] = {
	{'w', "workers", "N", CLI_NUMBER, &workers, "4", .least = 1, .most = 64,
	 .help = "number of worker processes"},
	{'n', "inputs", "N", CLI_NUMBER, &count, "100", .least = 0, .most = INPUTS_MAX,
	 .help = "square the numbers from 0 to N - 1"},
	{0},
};
static const struct cli_example examples[] = {
	{"mp-pool -w 2 -n 5", "Two workers square 0 to 4."},
	{"sudo mp-trace mp-pool", "Shows who got what from whom, and how each worker ended."},
	{0},
};
static const struct cli_program program = {
	.name = "mp-pool",
	.purpose = "a pool of processes",
	.description =
		"A pool of worker processes squares numbers. The inputs are shared out among the "
		"workers, and the results are printed in the order of the inputs, when all workers "
		"have left.",
	.options = options,
	.examples = examples,
	.see = "mp-pool(1), mp-trace(1), mproc(3)",
};

/* What a worker does with one input. */
static int function_square(const void *input, size_t input_size, void *output, size_t *output_size)
{
	int64_t number = *(const int64_t *)input;

	*(int64_t *)output = number * number;
	return 0;
}

/* `Pool    : [0, 1, 4]` */
static void print_outputs(const int64_t outputs[])
{
	printf("Pool    : [");
	for (int64_t i = 0; i < count; i++)
		printf("%s%" PRId64, i ? ", " : "", outputs[i]);
	printf("]\n");
}

static int map(struct mp_pool *pool, const int64_t inputs[], int64_t outputs[])
{
	const struct mp_pool_job job = {
		.function = function_square,
		.inputs = inputs,
		.input_size = sizeof(*inputs),
		.outputs = outputs,
		.output_size = sizeof(*outputs),
		.count = (size_t)count,
	};
	int result = mp_pool_map(pool, &job, MP_FOREVER);

	if (result > 0) /* a worker was killed in the middle of its work */
		return cli_fail("mp_pool_map: %s", mp_result_text(result));
	return cli_failed("mp_pool_map", result);
}

static int close_and_join(struct mp_pool *pool)
{
	if (cli_failed("mp_pool_close", mp_pool_close(pool)) ||
	    cli_failed("mp_pool_join", mp_pool_join(pool, MP_FOREVER)))
		return 1;
	if (mp_pool_crashes(pool))
		return cli_fail("workers that did not end well: %zu", mp_pool_crashes(pool));
	return 0;
}

int main(int argc, char *argv[])
{
	int64_t inputs[INPUTS_MAX], outputs[INPUTS_MAX];
	struct mp_pool *pool;
	int status;

	cli_parse(&program, argc, argv);
	cli_print_lines();
	if (cli_failed("mp_pool_new", mp_pool_new(&pool, (unsigned)workers, NULL)))
		return 1;
	for (int64_t i = 0; i < count; i++)
		inputs[i] = i;
	status = map(pool, inputs, outputs) || close_and_join(pool);
	if (status == 0)
		print_outputs(outputs);
	mp_pool_free(pool); /* terminates who is still there */
	return cli_finish(status);
}
