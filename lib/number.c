// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One number in shared memory, read and changed under its guard. Every change is the store of a
 * whole, aligned number, so who dies leaves the old one or the new one.
 *
 * All three actions are a sum: getting adds nothing to what is there, setting adds the new number
 * to nothing.
 */
#include <errno.h>
#include <math.h>

#include "internal.h"

#define INTEGER(T)                                                                                 \
	static int act_on_##T(void *at, enum mp_action action, int64_t *number)                    \
	{                                                                                          \
		int64_t by = action == MP_GET ? 0 : *number, result;                               \
		T sum, now = 0;                                                                    \
                                                                                                   \
		if (action != MP_SET)                                                              \
			__atomic_load((T *)at, &now, __ATOMIC_RELAXED);                            \
		if (__builtin_add_overflow(now, by, &sum) ||                                       \
		    __builtin_add_overflow(sum, 0, &result))                                       \
			return -ERANGE;                                                            \
		if (action != MP_GET)                                                              \
			__atomic_store((T *)at, &sum, __ATOMIC_RELAXED);                           \
		*number = result;                                                                  \
		return 0;                                                                          \
	}

/* Of a floating number, nothing is -0.0: with +0.0 added, -0.0 would lose its sign. */
#define FLOATING(T)                                                                                \
	static int act_on_##T(void *at, enum mp_action action, double *number)                     \
	{                                                                                          \
		double by = action == MP_GET ? -0.0 : *number;                                     \
		T sum, now = (T)-0.0;                                                              \
                                                                                                   \
		if (action != MP_SET)                                                              \
			__atomic_load((T *)at, &now, __ATOMIC_RELAXED);                            \
		sum = (T)(now + by);                                                               \
		if (isinf(sum) && !isinf(now) && !isinf(by))                                       \
			return -ERANGE;                                                            \
		if (action != MP_GET)                                                              \
			__atomic_store((T *)at, &sum, __ATOMIC_RELAXED);                           \
		*number = sum;                                                                     \
		return 0;                                                                          \
	}

INTEGER(int8_t)
INTEGER(uint8_t)
INTEGER(int16_t)
INTEGER(uint16_t)
INTEGER(int32_t)
INTEGER(uint32_t)
INTEGER(int64_t)
INTEGER(uint64_t)
FLOATING(float)
FLOATING(double)

/* By type; NULL for a type of the other kind. */
static int (*const integers[])(void *at, enum mp_action action, int64_t *number) = {
	[MP_INT8] = act_on_int8_t,     [MP_UINT8] = act_on_uint8_t,   [MP_INT16] = act_on_int16_t,
	[MP_UINT16] = act_on_uint16_t, [MP_INT32] = act_on_int32_t,   [MP_UINT32] = act_on_uint32_t,
	[MP_INT64] = act_on_int64_t,   [MP_UINT64] = act_on_uint64_t, [MP_DOUBLE] = NULL,
};

static int (*const floatings[])(void *at, enum mp_action action, double *number) = {
	[MP_FLOAT] = act_on_float,
	[MP_DOUBLE] = act_on_double,
};

int mp_number_int64(struct mp_number number, enum mp_action action, int64_t *value)
{
	bool entered;
	int rc;

	if (!integers[number.type])
		return -EINVAL;
	entered = mp_guard_enter(number.guard);
	rc = integers[number.type](number.at, action, value);
	mp_guard_leave(number.guard, entered);
	return rc;
}

int mp_number_double(struct mp_number number, enum mp_action action, double *value)
{
	bool entered;
	int rc;

	if (!floatings[number.type])
		return -EINVAL;
	entered = mp_guard_enter(number.guard);
	rc = floatings[number.type](number.at, action, value);
	mp_guard_leave(number.guard, entered);
	return rc;
}
