// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Reducing in the order of the ranks, whatever the way: the numbers of all ranks are gathered, a
 * piece at a time, and the root combines them from rank 0 up. So a sum of doubles does not depend
 * on who came first, or on the way.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "comm.h"
#include "internal.h"

typedef void (*fold)(void *to, const void *from, size_t count);

#define FOLD(name, type, expression)                                                               \
	static void name(void *to, const void *from, size_t count)                                 \
	{                                                                                          \
		type *a = to;                                                                      \
		const type *b = from;                                                              \
                                                                                                   \
		for (size_t i = 0; i < count; i++)                                                 \
			a[i] = (type)(expression);                                                 \
	}

/* Without a sign, and with all bits: so it wraps, whatever the type is promoted to. */
#define INTEGER(name, type)                                                                        \
	FOLD(name##_sum, type, (uint64_t)a[i] + (uint64_t)b[i])                                    \
	FOLD(name##_product, type, (uint64_t)a[i] * (uint64_t)b[i])                                \
	FOLD(name##_min, type, b[i] < a[i] ? b[i] : a[i])                                          \
	FOLD(name##_max, type, b[i] > a[i] ? b[i] : a[i])

#define FLOATING(name, type)                                                                       \
	FOLD(name##_sum, type, a[i] + b[i])                                                        \
	FOLD(name##_product, type, a[i] * b[i])                                                    \
	FOLD(name##_min, type, b[i] < a[i] || isnan(a[i]) ? b[i] : a[i])                           \
	FOLD(name##_max, type, b[i] > a[i] || isnan(a[i]) ? b[i] : a[i])

INTEGER(int8, int8_t)
INTEGER(uint8, uint8_t)
INTEGER(int16, int16_t)
INTEGER(uint16, uint16_t)
INTEGER(int32, int32_t)
INTEGER(uint32, uint32_t)
INTEGER(int64, int64_t)
INTEGER(uint64, uint64_t)
FLOATING(float, float)
FLOATING(double, double)

#define ROW(name)                                                                                  \
	{                                                                                          \
		[MP_SUM] = name##_sum, [MP_PRODUCT] = name##_product, [MP_MIN] = name##_min,       \
		[MP_MAX] = name##_max                                                              \
	}

static const fold folds[][MP_MAX + 1] = {
	[MP_INT8] = ROW(int8),	   [MP_UINT8] = ROW(uint8),   [MP_INT16] = ROW(int16),
	[MP_UINT16] = ROW(uint16), [MP_INT32] = ROW(int32),   [MP_UINT32] = ROW(uint32),
	[MP_INT64] = ROW(int64),   [MP_UINT64] = ROW(uint64), [MP_FLOAT] = ROW(float),
	[MP_DOUBLE] = ROW(double),
};

/* What lies in the scratch, one rank's numbers after the other's. */
static void fold_ranks(struct mp_comm *comm, unsigned char *out, size_t count, size_t size,
		       fold combine)
{
	memcpy(out, comm->scratch, count * size);
	for (int rank = 1; rank < comm->size; rank++)
		combine(out, comm->scratch + (size_t)rank * count * size, count);
}

int mp_comm_fold(struct mp_comm *comm, int root, const void *in, void *out, size_t count,
		 enum mp_type type, enum mp_comm_operation operation)
{
	const size_t size = mp_type_size(type);
	const size_t most = sizeof(comm->scratch) / (size * (size_t)comm->size);
	size_t done = 0, now;
	int rc;

	/* A job of more ranks than the scratch has room for. */
	if (most == 0)
		return -EMSGSIZE;
	/* Once at least: also when there are no numbers all are told if somebody is gone. */
	do {
		now = count - done < most ? count - done : most;
		rc = comm->way->gather(comm, root, (const unsigned char *)in + done * size,
				       comm->scratch, now * size);
		if (rc == 0 && now && comm->rank == root)
			fold_ranks(comm, (unsigned char *)out + done * size, now, size,
				   folds[type][operation]);
		done += now;
	} while (rc == 0 && done < count);
	return rc;
}
