// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include "internal.h"

struct mp_value {
	struct mp_guard guard;
	enum mp_type type;
	_Alignas(8) unsigned char data[8];
};

int mp_value_new(struct mp_value **value, enum mp_type type)
{
	struct mp_value *new;
	int rc;

	*value = NULL;
	if (mp_type_size(type) == 0)
		return -EINVAL;
	new = mp_shared_new(sizeof(*new));
	if (!new)
		return -ENOMEM;
	rc = mp_guard_init(&new->guard);
	if (rc) {
		mp_shared_free(new, sizeof(*new));
		return rc;
	}
	new->type = type;
	*value = new;
	return 0;
}

int mp_value_free(struct mp_value *value)
{
	if (!value)
		return 0;
	/* The C library's list of held locks would point into the void. */
	if (mp_guard_is_mine(&value->guard))
		return -EBUSY;
	mp_shared_free(value, sizeof(*value));
	return 0;
}

void *mp_value_data(struct mp_value *value)
{
	return value->data;
}

enum mp_type mp_value_type(const struct mp_value *value)
{
	return value->type;
}

int mp_value_acquire(struct mp_value *value, int64_t timeout_ms)
{
	return mp_guard_acquire(&value->guard, timeout_ms);
}

int mp_value_release(struct mp_value *value)
{
	return mp_guard_release(&value->guard);
}

static struct mp_number number_of(struct mp_value *value)
{
	return (struct mp_number){&value->guard, value->type, value->data};
}

int mp_value_get_int64(struct mp_value *value, int64_t *number)
{
	return mp_number_int64(number_of(value), MP_GET, number);
}

int mp_value_set_int64(struct mp_value *value, int64_t number)
{
	return mp_number_int64(number_of(value), MP_SET, &number);
}

int mp_value_add_int64(struct mp_value *value, int64_t number, int64_t *sum)
{
	int rc = mp_number_int64(number_of(value), MP_ADD, &number);

	if (rc == 0 && sum)
		*sum = number;
	return rc;
}

int mp_value_get_double(struct mp_value *value, double *number)
{
	return mp_number_double(number_of(value), MP_GET, number);
}

int mp_value_set_double(struct mp_value *value, double number)
{
	return mp_number_double(number_of(value), MP_SET, &number);
}

int mp_value_add_double(struct mp_value *value, double number, double *sum)
{
	int rc = mp_number_double(number_of(value), MP_ADD, &number);

	if (rc == 0 && sum)
		*sum = number;
	return rc;
}
