// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Rounds are numbered. Who comes changes `state` in one step, and that step decides all:
 *
 *   not the last   counts itself, and sleeps on the word of the round
 *   the last       opens the next round, so that a fast party that comes again is not mistaken
 *                  for one of this round; then lets the sleepers go
 *   timeout, abort breaks the round, if the last has not come before; then wakes the sleepers
 *
 * The words. Even rounds sleep on words[0], odd ones on words[1], so a party of the next round is
 * never woken, or counted, for the last one. A word holds the number of the round that collects or
 * sleeps on it, doubled; the lowest bit says that the round before on this word was broken. It
 * changes in one place only (finish()), when the round is over: released or broken.
 *
 * The meeting can be seen by the kernel. The last party first takes a census of the word's
 * sleepers until everybody is there, then changes the word and wakes them with one FUTEX_WAKE. So
 * nobody finds the word changed under it (EAGAIN) instead of sleeping, and at the wake all the
 * others are blocked on the same word. A sleeper whom a signal handler calls up for a moment goes
 * back to sleep or, if the wake came in between, sees the word and goes on. A party that was killed
 * after it had come never shows up in the census; therefore the last one's patience has an end,
 * and everybody is let go all the same: all have come, and the word tells it to a straggler.
 *
 * Somebody may die between deciding a round and finishing it. Then everyone who is awake and knows
 * the decision (a waiter whose time is up, who aborts or resets) finishes it; twice does no harm.
 */
#include <errno.h>
#include <limits.h>
#include <sched.h>

#include "internal.h"

enum { PATIENCE_MS = 1000, YIELDS = 16, NAP_NS = 100000 };

struct mp_barrier {
	unsigned parties;
	_Atomic uint64_t state;
	_Alignas(64) _Atomic uint32_t words[2];
};

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "the state is shared between processes");

struct state {
	uint32_t round;
	bool broken;	 /* the round is over, and no next one begins */
	uint32_t breaks; /* how often it was broken, 15 bits */
	uint32_t come;	 /* in this round, 16 bits */
};

/* A round as one party knows it. */
struct visit {
	uint32_t round;
	uint32_t breaks;
};

static uint64_t pack(struct state state)
{
	return (uint64_t)state.round << 32 | (uint64_t)state.broken << 31 |
	       (uint64_t)(state.breaks & 0x7fff) << 16 | (state.come & 0xffff);
}

static struct state unpack(uint64_t packed)
{
	return (struct state){
		.round = (uint32_t)(packed >> 32),
		.broken = packed >> 31 & 1,
		.breaks = packed >> 16 & 0x7fff,
		.come = packed & 0xffff,
	};
}

static struct state look(const struct mp_barrier *barrier)
{
	return unpack(barrier->state);
}

/* Changes the state if it is still `from`. */
static bool change(struct mp_barrier *barrier, struct state from, struct state to)
{
	uint64_t expected = pack(from);

	return atomic_compare_exchange_strong(&barrier->state, &expected, pack(to));
}

static _Atomic uint32_t *word_of(struct mp_barrier *barrier, uint32_t round)
{
	return &barrier->words[round & 1];
}

/* What a word holds after `round` is over: the number of its next round, and how this one ended. */
static uint32_t value_after(uint32_t round, bool broken)
{
	return (round + 2) << 1 | broken;
}

/* Whether the word has gone past `round`. Numbers wrap, so only their distance counts. */
static bool is_over(uint32_t value, uint32_t round)
{
	return (int32_t)((value & ~1u) - (round << 1)) > 0;
}

int mp_barrier_new(struct mp_barrier **barrier, unsigned parties)
{
	struct mp_barrier *new;

	*barrier = NULL;
	if (parties < 1 || parties > MP_BARRIER_MAX)
		return -EINVAL;
	new = mp_shared_new(sizeof(*new));
	if (!new)
		return -ENOMEM;
	new->parties = parties;
	atomic_init(&new->words[1], 1 << 1);
	*barrier = new;
	return 0;
}

void mp_barrier_free(struct mp_barrier *barrier)
{
	mp_shared_free(barrier, sizeof(*barrier));
}

/* The end of a round that is decided: changes its word and wakes all. Any number of times. */
static void finish(struct mp_barrier *barrier, uint32_t round, bool broken)
{
	_Atomic uint32_t *word = word_of(barrier, round);
	uint32_t value = *word;

	do {
		if (is_over(value, round))
			return;
	} while (!atomic_compare_exchange_weak(word, &value, value_after(round, broken)));
	mp_futex_wake(word, INT_MAX);
}

/* Gives a party that has come but does not sleep yet the processor, for a while, then time. */
static void nap(unsigned times)
{
	const struct timespec pause = {.tv_nsec = NAP_NS};

	if (times < YIELDS)
		sched_yield();
	else
		clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
}

/* Until all the others sleep on the word, somebody else has finished the round, or patience ends.
 */
static void gather(struct mp_barrier *barrier, uint32_t round)
{
	const int others = (int)barrier->parties - 1;
	_Atomic uint32_t *word = word_of(barrier, round);
	struct mp_deadline patience = {.never = true};
	uint32_t value = *word;

	for (unsigned times = 0; !is_over(value, round); times++) {
		int asleep = mp_futex_census(word, value);

		if (asleep >= others || (asleep < 0 && asleep != -EAGAIN))
			return;
		if (patience.never)
			patience = mp_deadline_in(PATIENCE_MS);
		else if (mp_deadline_passed(&patience))
			return;
		nap(times);
		value = *word;
	}
}

/* Sleeps until the round is over. 0, MP_TIMEOUT, or what futex(2) cannot do. */
static int sleep_through(struct mp_barrier *barrier, uint32_t round,
			 const struct mp_deadline *deadline)
{
	_Atomic uint32_t *word = word_of(barrier, round);
	uint32_t value;
	int rc;

	/* A word that still belongs to an earlier round will be changed, too. */
	while (value = *word, !is_over(value, round)) {
		rc = mp_futex_wait(word, value, deadline);
		if (rc && rc != -EAGAIN && rc != -EINTR)
			return rc;
	}
	return 0;
}

/* How a round ended that is over: 0 or MP_BROKEN. */
static int outcome(const struct mp_barrier *barrier, struct visit visit)
{
	uint32_t value = barrier->words[visit.round & 1];

	if ((value & ~1u) == value_after(visit.round, false))
		return value & 1 ? MP_BROKEN : 0;
	/* Later rounds have come and gone on this word. If none was broken since, ours was not;
	 * else nobody knows any more, and a promise that may be false is not given. */
	return look(barrier).breaks == visit.breaks ? 0 : MP_BROKEN;
}

/* Breaks `round` if it still collects; says whether it did. */
static bool break_round(struct mp_barrier *barrier, uint32_t round)
{
	struct state now, broken;

	do {
		now = look(barrier);
		if (now.round != round || now.broken)
			return false;
		broken = (struct state){
			.round = round,
			.broken = true,
			.breaks = now.breaks + 1,
		};
	} while (!change(barrier, now, broken));
	finish(barrier, round, true);
	return true;
}

/* The time is up. Either the round breaks now, or it was decided just before, and who decided
 * it is about to wake us; unless he died. */
static int give_up(struct mp_barrier *barrier, struct visit visit)
{
	struct mp_deadline patience;

	if (break_round(barrier, visit.round))
		return MP_TIMEOUT;
	patience = mp_deadline_in(2 * PATIENCE_MS);
	if (sleep_through(barrier, visit.round, &patience) == MP_TIMEOUT)
		finish(barrier, visit.round, look(barrier).breaks != visit.breaks);
	return outcome(barrier, visit);
}

static int wait_for_others(struct mp_barrier *barrier, struct visit visit, int64_t timeout_ms)
{
	const struct mp_deadline deadline = mp_deadline_in(timeout_ms);
	int rc = sleep_through(barrier, visit.round, &deadline);

	if (rc == MP_TIMEOUT)
		return give_up(barrier, visit);
	return rc ? rc : outcome(barrier, visit);
}

int mp_barrier_wait(struct mp_barrier *barrier, int64_t timeout_ms)
{
	struct state now, next;
	bool last;

	do {
		now = next = look(barrier);
		if (now.broken)
			return MP_BROKEN;
		if (barrier->parties == 1)
			return 0;
		last = now.come + 1 == barrier->parties;
		next.come = last ? 0 : now.come + 1;
		next.round = last ? now.round + 1 : now.round;
	} while (!change(barrier, now, next));

	if (!last)
		return wait_for_others(barrier, (struct visit){now.round, now.breaks}, timeout_ms);
	gather(barrier, now.round);
	finish(barrier, now.round, false);
	return 0;
}

int mp_barrier_abort(struct mp_barrier *barrier)
{
	struct state now;

	do
		now = look(barrier);
	while (!now.broken && !break_round(barrier, now.round));
	if (now.broken)
		finish(barrier, now.round, true);
	return 0;
}

int mp_barrier_reset(struct mp_barrier *barrier)
{
	struct state now, whole;

	do {
		now = look(barrier);
		if (!now.broken && now.come == 0)
			return 0;
		if (!now.broken)
			break_round(barrier, now.round);
		else
			finish(barrier, now.round, true);
		whole = (struct state){.round = now.round + 1, .breaks = now.breaks};
	} while (!now.broken || !change(barrier, now, whole));
	return 0;
}

unsigned mp_barrier_parties(const struct mp_barrier *barrier)
{
	return barrier->parties;
}

unsigned mp_barrier_waiting(const struct mp_barrier *barrier)
{
	return look(barrier).come;
}

bool mp_barrier_is_broken(const struct mp_barrier *barrier)
{
	return look(barrier).broken;
}
