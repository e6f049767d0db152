// SPDX-License-Identifier: GPL-2.0-or-later
/* A day of a pool: a map, a task in the background, and the end. */
#include <mproc.h>

#include "days.h"

enum { PATIENCE_MS = 20000 };

static int begin_worker(void *argument)
{
	if (day_child_begins)
		day_child_begins();
	return 0;
}

static int add_one(const void *input, size_t input_size, void *output, size_t *output_size)
{
	*(int *)output = *(const int *)input + 1;
	return 0;
}

static int work(struct mp_pool *pool)
{
	int inputs[6] = {1, 2, 3, 4, 5, 6}, outputs[6] = {0}, sum = 0, rc;
	const struct mp_pool_job job = {
		.function = add_one,
		.inputs = inputs,
		.input_size = sizeof(inputs[0]),
		.outputs = outputs,
		.output_size = sizeof(outputs[0]),
		.count = 6,
	};
	struct mp_pool_result *result;

	rc = mp_pool_map(pool, &job, PATIENCE_MS);
	if (rc)
		return rc;
	for (unsigned i = 0; i < 6; i++)
		sum += outputs[i];
	rc = mp_pool_apply_async(pool, add_one, &sum, sizeof(sum), sizeof(sum), &result);
	if (rc)
		return rc;
	rc = mp_pool_result_wait(result, PATIENCE_MS);
	if (!rc)
		rc = mp_pool_result_get(result, &sum, sizeof(sum), NULL);
	mp_pool_result_free(result);
	return rc || sum == 28 ? rc : DAY_WRONG;
}

int pool_day(void)
{
	const struct mp_pool_options options = {.initialize = begin_worker};
	struct mp_pool *pool;
	int rc = mp_pool_new(&pool, 2, &options);

	if (rc)
		return rc;
	rc = work(pool);
	if (!rc)
		rc = mp_pool_close(pool);
	if (!rc)
		rc = mp_pool_join(pool, PATIENCE_MS);
	mp_pool_free(pool);
	return rc;
}
