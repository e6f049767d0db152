// SPDX-License-Identifier: LGPL-2.1-or-later
/* The table of the types of numbers. */
#include "internal.h"

static const size_t sizes[] = {
	[MP_INT8] = sizeof(int8_t),   [MP_UINT8] = sizeof(uint8_t),
	[MP_INT16] = sizeof(int16_t), [MP_UINT16] = sizeof(uint16_t),
	[MP_INT32] = sizeof(int32_t), [MP_UINT32] = sizeof(uint32_t),
	[MP_INT64] = sizeof(int64_t), [MP_UINT64] = sizeof(uint64_t),
	[MP_FLOAT] = sizeof(float),   [MP_DOUBLE] = sizeof(double),
};

size_t mp_type_size(enum mp_type type)
{
	/* The caller's number may be anything, a negative one too. */
	return (unsigned)type < sizeof(sizes) / sizeof(sizes[0]) ? sizes[type] : 0;
}
