// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Who changes something (a position) and then looks whether the other side sleeps, and who goes to
 * sleep and then looks whether something has changed, must not both miss each other. That takes
 * one order of all four accesses for both: memory_order_seq_cst on each of them, which is the
 * default of C11 and stands here without a word. It also makes the bytes visible before the
 * position (release), and the position before the bytes (acquire).
 *
 *   writer: bytes, head           | reader: bell = 1, head?, sleep
 *           bell? -> 0, wake      |
 *   reader: tail                  | writer: wanted = 1, bell = 1, tail?, sleep
 *           wanted? -> 0, bell? -> 0, wake
 *
 * A process that dies between a change and the wake leaves a sleeper behind, who looks again by
 * himself after MP_RECHECK_MS.
 */
#include <errno.h>
#include <string.h>

#include "comm_ring.h"

struct mp_ring mp_ring_at(struct mp_ring_words *words, unsigned char *bytes, uint32_t size)
{
	return (struct mp_ring){.words = words, .bytes = bytes, .size = size};
}

/* --- the writer --- */

uint32_t mp_ring_room(struct mp_ring *ring, uint32_t enough)
{
	uint32_t room = ring->size - (ring->own - ring->seen);

	if (room >= enough)
		return room;
	ring->seen = ring->words->tail;
	return ring->size - (ring->own - ring->seen);
}

/* How many of `size` bytes at `own` come before the end of the memory. */
static uint32_t before_end(const struct mp_ring *ring, uint32_t size)
{
	uint32_t left = ring->size - (ring->own & (ring->size - 1));

	return size < left ? size : left;
}

static unsigned char *place(const struct mp_ring *ring)
{
	return ring->bytes + (ring->own & (ring->size - 1));
}

void mp_ring_put(struct mp_ring *ring, const void *data, uint32_t size)
{
	uint32_t first = before_end(ring, size);

	memcpy(place(ring), data, first);
	if (first < size)
		memcpy(ring->bytes, (const unsigned char *)data + first, size - first);
	ring->own += size;
}

void mp_ring_publish(struct mp_ring *ring)
{
	ring->words->head = ring->own;
}

void mp_ring_want(struct mp_ring *ring)
{
	ring->words->wanted = 1;
}

void mp_ring_skip(struct mp_ring *ring, uint32_t size)
{
	ring->own += size;
}

/* --- the reader --- */

uint32_t mp_ring_filled(struct mp_ring *ring, uint32_t enough)
{
	uint32_t filled = ring->seen - ring->own;

	if (filled >= enough)
		return filled;
	ring->seen = ring->words->head;
	return ring->seen - ring->own;
}

void mp_ring_get(struct mp_ring *ring, void *data, uint32_t size)
{
	uint32_t first = before_end(ring, size);

	memcpy(data, place(ring), first);
	if (first < size)
		memcpy((unsigned char *)data + first, ring->bytes, size - first);
	ring->own += size;
}

bool mp_ring_release(struct mp_ring *ring)
{
	ring->words->tail = ring->own;
	return ring->words->wanted && atomic_exchange(&ring->words->wanted, 0);
}

/* --- the bell --- */

void mp_bell_arm(_Atomic uint32_t *bell)
{
	*bell = 1;
}

/* Nobody is waiting for anything any more: a ring that is missed, or too many, does no harm. */
void mp_bell_disarm(_Atomic uint32_t *bell)
{
	atomic_store_explicit(bell, 0, memory_order_relaxed);
}

bool mp_bell_sleep(_Atomic uint32_t *bell, const struct mp_deadline *deadline)
{
	bool rung;

	mp_futex_nap(bell, 1, deadline);
	rung = !*bell;
	mp_bell_disarm(bell);
	return rung;
}

void mp_bell_ring(_Atomic uint32_t *bell)
{
	if (*bell && atomic_exchange(bell, 0))
		mp_futex_wake(bell, 1);
}
