// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ring and the bell by themselves: two threads take the places of two processes, so that a
 * sanitizer can watch them. Built with the object under test inside.
 */
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "comm_ring.h"
#include "common.h"
#include "tap.h"

enum { SIZE = 64, BYTES = 300000 };

static struct mp_ring_words *words;
static unsigned char *bytes;
static _Atomic uint32_t writer_bell, reader_bell;
static const struct mp_deadline never = {.never = true};

static unsigned char byte_at(uint32_t position)
{
	return (unsigned char)(position * 7 + (position >> 8));
}

static void test_alone(void)
{
	struct mp_ring in = mp_ring_at(words, bytes, SIZE), out = in;
	unsigned char got[SIZE];

	is_int(mp_ring_room(&out, 1), SIZE, "a new ring has room for all its bytes");
	is_int(mp_ring_filled(&in, 1), 0, "and holds none");
	mp_ring_put(&out, "abc", 3);
	is_int(mp_ring_filled(&in, 1), 0, "what was not published is not there");
	mp_ring_publish(&out);
	is_int(mp_ring_filled(&in, 1), 3, "what was is");
	is_int(mp_ring_room(&out, SIZE), SIZE - 3, "it takes room");
	mp_ring_get(&in, got, 3);
	ok(memcmp(got, "abc", 3) == 0, "it comes out as it went in");
	is_int(mp_ring_room(&out, SIZE), SIZE - 3, "what was got keeps its room");
	mp_ring_want(&out);
	ok(mp_ring_release(&in), "until it is released; who wants room is told");
	is_int(mp_ring_room(&out, SIZE), SIZE, "then all is free");
	ok(!mp_ring_release(&in), "once");
}

/* Positions are 32 bits wide, and wrap. */
static void test_wrap(void)
{
	struct mp_ring in = mp_ring_at(words, bytes, SIZE), out;
	unsigned char got[SIZE];
	bool good = true;

	in.own = in.seen = UINT32_MAX - 20;
	out = in;
	words->head = words->tail = in.own;
	for (unsigned i = 0; i < 10; i++) {
		char text[] = "twelve bytes";

		good = good && mp_ring_room(&out, SIZE) == SIZE;
		mp_ring_put(&out, text, 12);
		mp_ring_publish(&out);
		good = good && mp_ring_filled(&in, 12) == 12;
		mp_ring_get(&in, got, 12);
		mp_ring_release(&in);
		good = good && memcmp(got, text, 12) == 0;
	}
	ok(good, "positions may wrap");
	words->head = words->tail = 0;
}

/* --- two at once --- */

/* Waits, as the library does: the bell is armed before the last look. */
static uint32_t wait_for(uint32_t (*look)(struct mp_ring *, uint32_t), struct mp_ring *ring,
			 _Atomic uint32_t *bell)
{
	uint32_t there;

	while (!(there = look(ring, 1))) {
		mp_bell_arm(bell);
		if (bell == &writer_bell)
			mp_ring_want(ring);
		there = look(ring, 1);
		if (there) {
			mp_bell_disarm(bell);
			return there;
		}
		mp_bell_sleep(bell, &never);
	}
	return there;
}

static uint32_t part(uint32_t there, uint32_t left, unsigned *state)
{
	uint32_t some = 1 + (uint32_t)rand_r(state) % there;

	return some < left ? some : left;
}

static void *write_all(void *unused)
{
	struct mp_ring ring = mp_ring_at(words, bytes, SIZE);
	unsigned char data[SIZE];
	unsigned state = 1;
	uint32_t now;

	for (uint32_t done = 0; done < BYTES; done += now) {
		now = part(wait_for(mp_ring_room, &ring, &writer_bell), BYTES - done, &state);
		for (uint32_t i = 0; i < now; i++)
			data[i] = byte_at(done + i);
		mp_ring_put(&ring, data, now);
		mp_ring_publish(&ring);
		mp_bell_ring(&reader_bell);
		if (rand_r(&state) % 64 == 0)
			sched_yield();
	}
	return NULL;
}

static void *read_all(void *wrong)
{
	struct mp_ring ring = mp_ring_at(words, bytes, SIZE);
	unsigned char data[SIZE];
	unsigned state = 2;
	uint32_t now;

	for (uint32_t done = 0; done < BYTES; done += now) {
		now = part(wait_for(mp_ring_filled, &ring, &reader_bell), BYTES - done, &state);
		mp_ring_get(&ring, data, now);
		if (mp_ring_release(&ring))
			mp_bell_ring(&writer_bell);
		for (uint32_t i = 0; i < now; i++)
			*(unsigned *)wrong += data[i] != byte_at(done + i);
		if (rand_r(&state) % 64 == 0)
			sched_yield();
	}
	return NULL;
}

static void test_two(void)
{
	pthread_t writer, reader;
	int64_t before = now_ms();
	unsigned wrong = 0;

	pthread_create(&reader, NULL, read_all, &wrong);
	pthread_create(&writer, NULL, write_all, NULL);
	pthread_join(writer, NULL);
	pthread_join(reader, NULL);
	is_int(wrong, 0, "every byte arrives, in its order");
	/* Every lost wake-up costs a quarter of a second. */
	ok(now_ms() - before < 15000, "without long sleeps");
}

int main(void)
{
	tap_plan(0);
	words = shared_memory(sizeof(*words));
	bytes = shared_memory(SIZE);
	test_alone();
	test_wrap();
	test_two();
	return tap_done();
}
