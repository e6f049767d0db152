// SPDX-License-Identifier: GPL-2.0-or-later
/* Numbers side by side that processes share. */
#include <errno.h>
#include <mproc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "tap.h"

static struct mp_array *array;

static void make(enum mp_type type, size_t count)
{
	int rc = mp_array_new(&array, type, count);

	if (rc)
		tap_bail("mp_array_new: %s", mp_result_text(rc));
}

static int64_t at(size_t index)
{
	int64_t number = INT64_MIN;

	if (mp_array_get_int64(array, index, &number))
		tap_bail("mp_array_get_int64");
	return number;
}

static void refuse(enum mp_type type, size_t count, int expected, const char *what)
{
	array = (void *)&array;
	is_int(mp_array_new(&array, type, count), expected, "%s is refused", what);
	ok(!array, "and not made");
}

static void test_making(void)
{
	refuse((enum mp_type)0, 4, -EINVAL, "no type");
	refuse((enum mp_type) - 1, 4, -EINVAL, "a negative type");
	refuse(MP_STRING, 4, -EINVAL, "text");
	refuse(MP_BYTES, 0, -EINVAL, "bytes");
	refuse(MP_INT64, SIZE_MAX, -ENOMEM, "a count that no memory holds");
	refuse(MP_INT64, SIZE_MAX / 8, -ENOMEM, "one that leaves no room for the rest");
	refuse(MP_INT8, SIZE_MAX, -ENOMEM, "such a count of bytes");
	refuse(MP_INT8, SIZE_MAX / 2, -ENOMEM, "half of it");
	is_int(mp_array_free(NULL), 0, "nothing is freed");
}

static void test_empty(void)
{
	int64_t number;

	make(MP_INT32, 0);
	is_int(mp_array_count(array), 0, "an empty one is allowed");
	ok(mp_array_data(array), "it has memory");
	is_int(mp_array_get_int64(array, 0, &number), -ERANGE, "but no number");
	is_int(mp_array_set_int64(array, 0, 1), -ERANGE, "and no place for one");
	is_int(mp_array_acquire(array, 0), 0, "it is taken");
	is_int(mp_array_release(array), 0, "and released");
	is_int(mp_array_free(array), 0, "and freed");
}

static const struct {
	enum mp_type type;
	size_t size;
} types[] = {
	{MP_INT8, 1},	{MP_UINT8, 1}, {MP_INT16, 2},  {MP_UINT16, 2}, {MP_INT32, 4},
	{MP_UINT32, 4}, {MP_INT64, 8}, {MP_UINT64, 8}, {MP_FLOAT, 4},  {MP_DOUBLE, 8},
};

/* Every number is set, and the memory has it where C has it, and nothing beside it. */
static unsigned wrong_places(size_t size, size_t count)
{
	const unsigned char *data = mp_array_data(array);
	unsigned wrong = 0;

	for (size_t i = 0; i < count; i++) {
		if (mp_array_set_int64(array, i, 1) && mp_array_set_double(array, i, 1))
			return 1000000;
		for (size_t byte = 0; byte < count * size; byte++)
			wrong += (data[byte] != 0) && (byte < i * size || byte >= (i + 1) * size);
		wrong += mp_array_add_int64(array, i, -1, NULL) &&
			 mp_array_add_double(array, i, -1, NULL);
	}
	for (size_t byte = 0; byte < count * size; byte++)
		wrong += data[byte] != 0;
	return wrong;
}

static void test_types(void)
{
	enum { COUNT = 13 };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		make(types[i].type, COUNT);
		is_int(mp_array_type(array), types[i].type, "type %d is known", (int)types[i].type);
		is_int(mp_array_count(array), COUNT, "so is the count");
		is_int((intptr_t)mp_array_data(array) % 64, 0, "it is aligned");
		is_int(wrong_places(types[i].size, COUNT), 0, "every number has its own place");
		mp_array_free(array);
	}
}

static void test_errors(void)
{
	int64_t integer = 77;
	double floating = 77;

	make(MP_UINT8, 3);
	is_int(mp_array_get_int64(array, 3, &integer), -ERANGE, "an index too large: get");
	is_int(mp_array_set_int64(array, 3, 1), -ERANGE, "set");
	is_int(mp_array_add_int64(array, 3, 1, &integer), -ERANGE, "add");
	is_int(mp_array_get_int64(array, SIZE_MAX, &integer), -ERANGE, "by far");
	is_int(mp_array_set_int64(array, 0, 256), -ERANGE, "a number too large");
	is_int(mp_array_get_double(array, 0, &floating), -EINVAL, "no floating number: get");
	is_int(mp_array_set_double(array, 0, 1), -EINVAL, "set");
	is_int(mp_array_add_double(array, 0, 1, &floating), -EINVAL, "add");
	ok(integer == 77 && same_number(floating, 77), "nothing is told");
	mp_array_free(array);
	make(MP_DOUBLE, 3);
	is_int(mp_array_get_double(array, 3, &floating), -ERANGE, "floating: an index too large");
	is_int(mp_array_set_double(array, 3, 1), -ERANGE, "set");
	is_int(mp_array_add_double(array, 3, 1, &floating), -ERANGE, "add");
	is_int(mp_array_set_int64(array, 0, 1), -EINVAL, "no integer");
	is_int(mp_array_set_double(array, 2, 2.5), 0, "a floating number is set");
	is_int(mp_array_add_double(array, 2, 2.5, &floating), 0, "and added to");
	ok(same_number(floating, 5), "the sum is told");
	is_int(mp_array_get_double(array, 2, &floating), 0, "it is got");
	ok(same_number(floating, 5), "and is there");
	mp_array_free(array);
}

/* --- with others --- */

static int sum_up(void)
{
	for (size_t i = 1; i < mp_array_count(array); i++)
		if (mp_array_add_int64(array, i, at(i - 1), NULL))
			return 1;
	return 0;
}

static void test_sum_up(void)
{
	static const int32_t first[] = {680, 626, 934, 821, 150, 233, 548, 982, 714, 831};
	int32_t sums[10], *data;
	int64_t sum = 0;
	unsigned wrong = 0;

	make(MP_INT32, 10);
	data = mp_array_data(array);
	memcpy(data, first, sizeof(first));
	memcpy(data + 4, (int32_t[]){1, 2, 3, 4}, 4 * sizeof(*data));
	is_int(at(3), 821, "a part is copied into it, and nothing before");
	is_int(at(7), 4, "and all of the part");
	is_int(at(8), 714, "and nothing behind");
	for (unsigned i = 0; i < 10; i++)
		sums[i] = (int32_t)(sum += data[i]);
	is_int(result_of(sum_up), 0, "a child sums up");
	for (unsigned i = 0; i < 10; i++)
		wrong += at(i) != sums[i] || data[i] != sums[i];
	is_int(wrong, 0, "the sums are here");
	mp_array_free(array);
}

static int double_all(void)
{
	double *data = mp_array_data(array);

	if (mp_array_acquire(array, MP_FOREVER))
		return 1;
	for (size_t i = 0; i < mp_array_count(array); i++)
		data[i] *= 2;
	return mp_array_release(array);
}

static void test_double_all(void)
{
	unsigned wrong = 0;
	double got;

	make(MP_DOUBLE, 1000);
	for (unsigned i = 0; i < 1000; i++)
		mp_array_set_double(array, i, i / 4.0);
	is_int(result_of(double_all), 0, "a child doubles all in the memory");
	for (unsigned i = 0; i < 1000; i++)
		wrong += mp_array_get_double(array, i, &got) != 0 || !same_number(got, i / 2.0);
	is_int(wrong, 0, "all are doubled here");
	mp_array_free(array);
}

struct record {
	int32_t x;
	double y;
	char text[20];
};

static int double_record(void)
{
	struct record *record = mp_array_data(array);

	record->x *= 2;
	record->y *= 2;
	strcat(record->text, " doubled");
	return 0;
}

static void test_struct(void)
{
	struct record *record;

	make(MP_UINT8, sizeof(struct record));
	record = mp_array_data(array);
	*record = (struct record){7, 1.25, "hello"};
	is_int(result_of(double_record), 0, "a child changes a struct in bytes");
	is_int(record->x, 14, "the integer is here");
	ok(same_number(record->y, 2.5), "so is the floating number");
	is_string(record->text, "hello doubled", "and the text");
	mp_array_free(array);
}

/* New memory is 0 though other memory was used and given back before. */
static void test_zero(void)
{
	unsigned wrong = 0;

	for (unsigned i = 0; i < 5; i++) {
		make(MP_INT64, 10000);
		for (size_t j = 0; j < 10000; j++)
			wrong += ((int64_t *)mp_array_data(array))[j] != 0;
		memset(mp_array_data(array), 0xff, 80000);
		mp_array_free(array);
	}
	is_int(wrong, 0, "every number is 0 at first");
}

/* More than 32 bits count, where there are more. */
static const size_t large = SIZE_MAX > UINT32_MAX ? (size_t)(UINT64_C(1) << 32) : (size_t)1 << 20;

static int touch_ends(void)
{
	return mp_array_set_int64(array, 0, 1) || mp_array_set_int64(array, large + 4, 2);
}

static void test_large(void)
{
	if (mp_array_new(&array, MP_UINT8, large + 5)) {
		tap_note("there is no memory for so much");
		make(MP_UINT8, ((size_t)1 << 20) + 5);
		ok(true, "a smaller one is made");
	} else {
		is_int(result_of(touch_ends), 0, "%zu bytes: both ends are written", large + 5);
		is_int(at(0), 1, "the first is there");
		is_int(at(large + 4), 2, "the last is there");
		is_int(at(4), 0, "and no other");
	}
	mp_array_free(array);
}

/* --- the lock --- */

static int try_it(void)
{
	return mp_array_acquire(array, 0);
}

static int wait_for_it(void)
{
	return mp_array_acquire(array, 20);
}

static int die_halfway(void)
{
	mp_array_acquire(array, MP_FOREVER);
	mp_array_set_int64(array, 0, 1);
	raise(SIGKILL);
	return 0;
}

static void test_lock(void)
{
	make(MP_INT64, 2);
	is_int(mp_array_release(array), -EPERM, "what nobody holds is not released");
	is_int(mp_array_acquire(array, MP_FOREVER), 0, "it is taken");
	is_int(mp_array_acquire(array, 0), 0, "twice");
	is_int(mp_array_set_int64(array, 1, 5), 0, "and can be set");
	is_int(at(1), 5, "and got");
	is_int(mp_array_free(array), -EBUSY, "but not freed");
	is_int(result_of(try_it), MP_TIMEOUT, "another one does not get it");
	is_int(result_of(wait_for_it), MP_TIMEOUT, "nor in some time");
	is_int(mp_array_release(array), 0, "it is released");
	is_int(mp_array_release(array), 0, "twice");
	is_int(mp_array_release(array), -EPERM, "and no more");
	is_int(result_of(die_halfway), -SIGKILL, "one dies with it");
	is_int(at(0), 1, "get goes on");
	is_int(mp_array_acquire(array, 0), MP_OWNER_DIED, "who takes it is told");
	is_int(mp_array_release(array), 0, "it is released");
	is_int(mp_array_acquire(array, 0), 0, "nobody else is told");
	is_int(mp_array_release(array), 0, "it is released");
	is_int(mp_array_free(array), 0, "and freed");
}

enum { PROCESSES = 5, PLACES = 7, TIMES = 30000 };

static int count_places(void)
{
	for (unsigned i = 0; i < TIMES; i++)
		if (mp_array_add_int64(array, i % PLACES, 1, NULL))
			return 1;
	return 0;
}

/* Two numbers whose sum never changes for who looks under the lock. */
static int move_one(void)
{
	int64_t *data = mp_array_data(array);
	int torn = 0;

	for (unsigned i = 0; i < TIMES; i++) {
		if (mp_array_acquire(array, MP_FOREVER))
			return 2;
		torn |= data[0] + data[1] != 100;
		data[i % 2]++;
		data[(i + 1) % 2]--;
		mp_array_release(array);
	}
	return torn;
}

static int all_do(int (*act)(void))
{
	pid_t pids[PROCESSES];
	int bad = 0;

	for (unsigned i = 0; i < PROCESSES; i++)
		pids[i] = start_child(act);
	for (unsigned i = 0; i < PROCESSES; i++)
		bad += wait_status(pids[i]) != 0;
	return bad;
}

static void test_many(void)
{
	int64_t sum = 0;

	make(MP_UINT16, PLACES);
	is_int(all_do(count_places), 0, "many processes count");
	for (unsigned i = 0; i < PLACES; i++)
		sum += at(i);
	is_int(sum, PROCESSES * TIMES, "and nothing is lost");
	mp_array_free(array);
	make(MP_INT64, 2);
	mp_array_set_int64(array, 0, 100);
	is_int(all_do(move_one), 0, "under the lock nobody sees half a change");
	is_int(at(0) + at(1), 100, "and all is there in the end");
	mp_array_free(array);
}

int main(void)
{
	unsigned fds, mappings;

	tap_plan(0);
	fds = open_fds();
	mappings = shared_mappings();
	test_making();
	test_empty();
	test_types();
	test_errors();
	test_sum_up();
	test_double_all();
	test_struct();
	test_zero();
	test_large();
	test_lock();
	test_many();
	is_int(shared_mappings(), mappings, "all memory was given back");
	is_int(open_fds(), fds, "no descriptor was left open");
	ok(!has_child(), "no child is left");
	return tap_done();
}
