// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include "internal.h"

struct mp_array {
	struct mp_guard guard;
	enum mp_type type;
	size_t count;
	_Alignas(64) unsigned char data[];
};

/* What the mapping has to hold; 0: nothing can hold so much. */
static size_t size_of(enum mp_type type, size_t count)
{
	size_t size;

	if (__builtin_mul_overflow(count, mp_type_size(type), &size) ||
	    __builtin_add_overflow(size, sizeof(struct mp_array), &size))
		return 0;
	return size;
}

int mp_array_new(struct mp_array **array, enum mp_type type, size_t count)
{
	const size_t size = size_of(type, count);
	struct mp_array *new;
	int rc;

	*array = NULL;
	if (mp_type_size(type) == 0)
		return -EINVAL;
	new = size == 0 ? NULL : mp_shared_new(size);
	if (!new)
		return -ENOMEM;
	rc = mp_guard_init(&new->guard);
	if (rc) {
		mp_shared_free(new, size);
		return rc;
	}
	new->type = type;
	new->count = count;
	*array = new;
	return 0;
}

int mp_array_free(struct mp_array *array)
{
	if (!array)
		return 0;
	/* The C library's list of held locks would point into the void. */
	if (mp_guard_is_mine(&array->guard))
		return -EBUSY;
	mp_shared_free(array, size_of(array->type, array->count));
	return 0;
}

void *mp_array_data(struct mp_array *array)
{
	return array->data;
}

enum mp_type mp_array_type(const struct mp_array *array)
{
	return array->type;
}

size_t mp_array_count(const struct mp_array *array)
{
	return array->count;
}

int mp_array_acquire(struct mp_array *array, int64_t timeout_ms)
{
	return mp_guard_acquire(&array->guard, timeout_ms);
}

int mp_array_release(struct mp_array *array)
{
	return mp_guard_release(&array->guard);
}

static struct mp_number number_of(struct mp_array *array, size_t index)
{
	unsigned char *at = array->data + index * mp_type_size(array->type);

	return (struct mp_number){&array->guard, array->type, at};
}

static int act_int64(struct mp_array *array, size_t index, enum mp_action action, int64_t *number)
{
	if (index >= array->count)
		return -ERANGE;
	return mp_number_int64(number_of(array, index), action, number);
}

static int act_double(struct mp_array *array, size_t index, enum mp_action action, double *number)
{
	if (index >= array->count)
		return -ERANGE;
	return mp_number_double(number_of(array, index), action, number);
}

int mp_array_get_int64(struct mp_array *array, size_t index, int64_t *number)
{
	return act_int64(array, index, MP_GET, number);
}

int mp_array_set_int64(struct mp_array *array, size_t index, int64_t number)
{
	return act_int64(array, index, MP_SET, &number);
}

int mp_array_add_int64(struct mp_array *array, size_t index, int64_t number, int64_t *sum)
{
	int rc = act_int64(array, index, MP_ADD, &number);

	if (rc == 0 && sum)
		*sum = number;
	return rc;
}

int mp_array_get_double(struct mp_array *array, size_t index, double *number)
{
	return act_double(array, index, MP_GET, number);
}

int mp_array_set_double(struct mp_array *array, size_t index, double number)
{
	return act_double(array, index, MP_SET, &number);
}

int mp_array_add_double(struct mp_array *array, size_t index, double number, double *sum)
{
	int rc = act_double(array, index, MP_ADD, &number);

	if (rc == 0 && sum)
		*sum = number;
	return rc;
}
