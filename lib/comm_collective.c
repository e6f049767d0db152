// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What ranks on one machine do together, made of messages between two. Each collective has a
 * number, which its messages carry; one that failed cannot disturb the next.
 */
#include <string.h>

#include "comm_shared.h"

struct call {
	int root;
	const unsigned char *in;
	unsigned char *out;
	size_t size;
};

static int together(struct mp_comm *comm, int (*part)(struct mp_comm *, const struct call *),
		    const struct call *call)
{
	int rc = mp_shared_begin(comm);

	if (rc == 0)
		rc = part(comm, call);
	return mp_shared_end(comm, rc);
}

static void copy(unsigned char *to, const unsigned char *from, size_t size)
{
	if (size)
		memcpy(to, from, size);
}

/* The r-th of pieces that lie one after the other; NULL is allowed when they have no bytes. */
static size_t piece(const struct call *call, int rank)
{
	return call->size * (size_t)rank;
}

/* The rank that is so many further on, round the circle. */
static int further(const struct mp_comm *comm, int from, int steps)
{
	return (from + steps + comm->size) % comm->size;
}

/* In round k each hears, through others too, of 2^k - 1 before it. */
static int meet(struct mp_comm *comm, const struct call *call)
{
	int rc = 0;

	for (int distance = 1; distance < comm->size && rc == 0; distance *= 2) {
		rc = mp_shared_send_part(comm, further(comm, comm->rank, distance), NULL, 0);
		if (rc == 0)
			rc = mp_shared_recv_part(comm, further(comm, comm->rank, -distance), NULL,
						 0);
	}
	return rc;
}

int mp_shared_barrier(struct mp_comm *comm)
{
	const struct call call = {0};

	return together(comm, meet, &call);
}

/* A tree. Counted from the root, a rank gets it from the one whose number lacks its lowest bit, and
 * hands it to those that have one lower bit more. */
static int spread(struct mp_comm *comm, const struct call *call)
{
	int own = further(comm, comm->rank, -call->root), bit = 1, rc = 0;

	while (bit < comm->size && !(own & bit))
		bit *= 2;
	if (bit < comm->size)
		rc = mp_shared_recv_part(comm, further(comm, comm->rank, -bit), call->out,
					 call->size);
	for (bit /= 2; bit && rc == 0; bit /= 2)
		if (own + bit < comm->size)
			rc = mp_shared_send_part(comm, further(comm, comm->rank, bit), call->out,
						 call->size);
	return rc;
}

int mp_shared_broadcast(struct mp_comm *comm, int root, void *data, size_t size)
{
	const struct call call = {.root = root, .out = data, .size = size};

	return together(comm, spread, &call);
}

static int deal(struct mp_comm *comm, const struct call *call)
{
	int rc = 0;

	if (comm->rank != call->root)
		return mp_shared_recv_part(comm, call->root, call->out, call->size);
	for (int rank = 0; rank < comm->size && rc == 0; rank++) {
		if (rank == comm->rank)
			copy(call->out, call->in + piece(call, rank), call->size);
		else
			rc = mp_shared_send_part(comm, rank, call->in + piece(call, rank),
						 call->size);
	}
	return rc;
}

int mp_shared_scatter(struct mp_comm *comm, int root, const void *in, void *out, size_t size)
{
	const struct call call = {.root = root, .in = in, .out = out, .size = size};

	return together(comm, deal, &call);
}

static int collect(struct mp_comm *comm, const struct call *call)
{
	int rc = 0;

	if (comm->rank != call->root)
		return mp_shared_send_part(comm, call->root, call->in, call->size);
	for (int rank = 0; rank < comm->size && rc == 0; rank++) {
		if (rank == comm->rank)
			copy(call->out + piece(call, rank), call->in, call->size);
		else
			rc = mp_shared_recv_part(comm, rank, call->out + piece(call, rank),
						 call->size);
	}
	return rc;
}

int mp_shared_gather(struct mp_comm *comm, int root, const void *in, void *out, size_t size)
{
	const struct call call = {.root = root, .in = in, .out = out, .size = size};

	return together(comm, collect, &call);
}

/* In each step every rank sends to one and hears from one. */
static int exchange(struct mp_comm *comm, const struct call *call)
{
	int rc = 0;

	copy(call->out + piece(call, comm->rank), call->in + piece(call, comm->rank), call->size);
	for (int step = 1; step < comm->size && rc == 0; step++) {
		int to = further(comm, comm->rank, step), from = further(comm, comm->rank, -step);

		rc = mp_shared_send_part(comm, to, call->in + piece(call, to), call->size);
		if (rc == 0)
			rc = mp_shared_recv_part(comm, from, call->out + piece(call, from),
						 call->size);
	}
	return rc;
}

int mp_shared_all_to_all(struct mp_comm *comm, const void *in, void *out, size_t size)
{
	const struct call call = {.in = in, .out = out, .size = size};

	return together(comm, exchange, &call);
}
