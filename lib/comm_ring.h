/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes: memory that two processes share. Gives: a ring of bytes that one process writes and
 * another one reads, and a bell by which each wakes the other. Never: takes a lock, so that nobody
 * can be kept waiting by one who died or was stopped.
 */
#ifndef MP_COMM_RING_H
#define MP_COMM_RING_H

#include "internal.h"

/* The shared part beside the bytes: three words on lines of the cache that have one writer each. */
struct mp_ring_words {
	_Alignas(64) _Atomic uint32_t head; /* bytes ever written, modulo 2^32 */
	_Alignas(64) _Atomic uint32_t tail; /* bytes ever read */
	_Atomic uint32_t wanted;	    /* the writer wants the bell when room was made */
};

/* One side's handle. Its own position is private until it is published. */
struct mp_ring {
	struct mp_ring_words *words;
	unsigned char *bytes;
	uint32_t size; /* a power of two */
	uint32_t own;  /* position of this side */
	uint32_t seen; /* last known position of the other side */
};

/* For a ring that nobody has used: both sides begin so. */
struct mp_ring mp_ring_at(struct mp_ring_words *words, unsigned char *bytes, uint32_t size);

/*
 * The writer's side.
 * room     how many bytes can be put; looks at the other side only when it knows of less than
 *          `enough`.
 * put      at most that many; the reader sees nothing of them before they are published.
 * publish  then ring the reader's bell.
 * want     before a last look for room, and sleep: the reader is to ring this side's bell.
 * skip     as put, of whatever bytes: the reader will skip them, too.
 */
uint32_t mp_ring_room(struct mp_ring *ring, uint32_t enough);
void mp_ring_put(struct mp_ring *ring, const void *data, uint32_t size);
void mp_ring_publish(struct mp_ring *ring);
void mp_ring_want(struct mp_ring *ring);
void mp_ring_skip(struct mp_ring *ring, uint32_t size);

/*
 * The reader's side.
 * filled   how many bytes can be got, likewise.
 * get      at most that many; skip: without looking at them.
 * release  gives their room back; whether the writer wants its bell to be rung for it.
 */
uint32_t mp_ring_filled(struct mp_ring *ring, uint32_t enough);
void mp_ring_get(struct mp_ring *ring, void *data, uint32_t size);
bool mp_ring_release(struct mp_ring *ring);

/*
 * A bell: one word, by which one sleeper is woken by anybody.
 * arm    before the last look at whatever is waited for.
 * sleep  until it is rung, the deadline, or for no reason, at most MP_RECHECK_MS; whether it was
 *        rung. Disarms it.
 * ring   a system call only if somebody sleeps. After a change that the sleeper looks for.
 */
void mp_bell_arm(_Atomic uint32_t *bell);
void mp_bell_disarm(_Atomic uint32_t *bell);
bool mp_bell_sleep(_Atomic uint32_t *bell, const struct mp_deadline *deadline);
void mp_bell_ring(_Atomic uint32_t *bell);

#endif
