// SPDX-License-Identifier: GPL-2.0-or-later
#include "crew.h"

#include <string.h>

#include "common.h"
#include "tap.h"

struct mp_pool *make_pool(unsigned workers, const struct mp_pool_options *options)
{
	struct mp_pool *pool;
	int rc = mp_pool_new(&pool, workers, options);

	if (rc)
		tap_bail("mp_pool_new: %s", mp_result_text(rc));
	return pool;
}

void end_pool(struct mp_pool *pool)
{
	is_int(mp_pool_close(pool), 0, "it is closed");
	is_int(mp_pool_join(pool, MP_FOREVER), 0, "and joined");
	is_int(mp_pool_pids(pool, NULL, 0), 0, "no worker is left");
	mp_pool_free(pool);
}

void end_pool_well(struct mp_pool *pool)
{
	is_int((int64_t)mp_pool_crashes(pool), 0, "no worker has crashed");
	end_pool(pool);
}

int square(const void *input, size_t input_size, void *output, size_t *output_size)
{
	const int64_t number = *(const int64_t *)input;

	*(int64_t *)output = number * number;
	return 0;
}

int sleep_long(const void *input, size_t input_size, void *output, size_t *output_size)
{
	sleep_ms(*(const unsigned *)input);
	return 0;
}

int64_t numbers[MANY], squares[MANY];

struct mp_pool_job square_job(size_t count, size_t chunk)
{
	for (size_t i = 0; i < MANY; i++)
		numbers[i] = (int64_t)i;
	memset(squares, 0xff, sizeof(squares));
	return (struct mp_pool_job){
		.function = square,
		.inputs = numbers,
		.input_size = sizeof(numbers[0]),
		.outputs = squares,
		.output_size = sizeof(squares[0]),
		.count = count,
		.chunk = chunk,
	};
}

bool are_squares(size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (squares[i] != numbers[i] * numbers[i])
			return false;
	return count == MANY || squares[count] == -1;
}
