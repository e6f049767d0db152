// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Rounds are numbered. Who comes changes `state` in one step, and that step decides all:
 *
 *   not the last   counts itself, and sleeps on the word of the round
 *   the last       waits until the others sleep; opens the next round, so that a fast party that
 *                  comes again is not mistaken for one of this round; then lets the sleepers go
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
 * others are blocked on the same word. A sleeper whose nap ends, or whom a signal handler calls up,
 * just between the census and the wake, sleeps once more on the changed word; the last one, who has
 * counted those that he woke, wakes him, too.
 *
 * Deaths. Sleepers nap: now and then one of them looks whether a process that belongs to the
 * barrier has died, and breaks the round. So does the last one while his census is short. A party
 * that is stopped on its way to sleep never shows up in the census; therefore the last one's
 * patience has an end, and everybody is let go all the same: all have come, and the word tells it
 * to a straggler. Somebody may die between deciding a round and finishing it. Then whoever wakes
 * from a second nap and still finds it so finishes it; twice does no harm.
 *
 * tests/model/barrier.pml is a model of this, without deaths and naps.
 */
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdlib.h>

#include "internal.h"

enum { PATIENCE_MS = 1000, YIELDS = 16, NAP_NS = 100000, SPARE_MEMBERS = 64 };

/* What all processes share. */
struct meeting {
	_Atomic uint64_t state;
	_Alignas(64) _Atomic uint32_t words[2];
};

struct mp_barrier {
	unsigned parties;
	struct meeting *meeting;
	struct mp_members members;
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
	bool slept; /* so the last one may have counted it */
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
	return unpack(barrier->meeting->state);
}

/* Changes the state if it is still `from`. */
static bool change(struct mp_barrier *barrier, struct state from, struct state to)
{
	uint64_t expected = pack(from);

	return atomic_compare_exchange_strong(&barrier->meeting->state, &expected, pack(to));
}

static _Atomic uint32_t *word_of(struct mp_barrier *barrier, uint32_t round)
{
	return &barrier->meeting->words[round & 1];
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

static int make(struct mp_barrier *barrier, unsigned parties)
{
	int rc;

	barrier->parties = parties;
	barrier->meeting = mp_shared_new(sizeof(*barrier->meeting));
	if (!barrier->meeting)
		return -ENOMEM;
	atomic_init(&barrier->meeting->words[1], 1 << 1);
	rc = mp_members_init(&barrier->members, 2 * parties + SPARE_MEMBERS);
	if (rc)
		mp_shared_free(barrier->meeting, sizeof(*barrier->meeting));
	return rc;
}

int mp_barrier_new(struct mp_barrier **barrier, unsigned parties)
{
	struct mp_barrier *new;
	int rc;

	*barrier = NULL;
	if (parties < 1 || parties > MP_BARRIER_MAX)
		return -EINVAL;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	rc = make(new, parties);
	if (rc) {
		free(new);
		return rc;
	}
	*barrier = new;
	return 0;
}

void mp_barrier_free(struct mp_barrier *barrier)
{
	if (!barrier)
		return;
	mp_members_destroy(&barrier->members);
	mp_shared_free(barrier->meeting, sizeof(*barrier->meeting));
	free(barrier);
}

int mp_barrier_enroll(struct mp_barrier *barrier)
{
	return mp_members_enter(&barrier->members);
}

/* The end of a round that is decided: changes its word and wakes all, and says how many. Any number
 * of times. */
static int finish(struct mp_barrier *barrier, uint32_t round, bool broken)
{
	_Atomic uint32_t *word = word_of(barrier, round);
	uint32_t value = *word;

	do {
		if (is_over(value, round))
			return 0;
	} while (!atomic_compare_exchange_weak(word, &value, value_after(round, broken)));
	return mp_futex_wake(word, INT_MAX);
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

/* How a round ended that is over: 0 or MP_BROKEN. */
static int outcome(const struct mp_barrier *barrier, struct visit visit)
{
	uint32_t value = barrier->meeting->words[visit.round & 1];

	if ((value & ~1u) == value_after(visit.round, false))
		return value & 1 ? MP_BROKEN : 0;
	/* Later rounds have come and gone on this word. If none was broken since, ours was not;
	 * else nobody knows any more, and a promise that may be false is not given. */
	return look(barrier).breaks == visit.breaks ? 0 : MP_BROKEN;
}

/* --- those who sleep --- */

static bool is_decided(const struct mp_barrier *barrier, uint32_t round)
{
	struct state now = look(barrier);

	return now.round != round || now.broken;
}

/* After a nap: has somebody died? *overdue counts the naps after which the round was decided, but
 * not finished; who decided it needs no longer than one, if he lives. */
static void look_around(struct mp_barrier *barrier, const struct visit *visit, unsigned *overdue)
{
	if (is_decided(barrier, visit->round))
		++*overdue;
	else if (mp_members_lost_one(&barrier->members))
		break_round(barrier, visit->round);
	if (*overdue > 1)
		finish(barrier, visit->round, look(barrier).breaks != visit->breaks);
}

/* Up between the census and the wake: to be seen, he is woken by the last one all the same. */
static void be_woken(struct mp_barrier *barrier, uint32_t round)
{
	const struct mp_deadline soon = mp_deadline_in(MP_RECHECK_MS);
	const uint32_t passed = value_after(round, false);

	while (mp_futex_wait(word_of(barrier, round), passed, &soon) == -EINTR)
		;
}

/* Sleeps until the round is over. 0, MP_TIMEOUT, or what futex(2) cannot do. */
static int sleep_through(struct mp_barrier *barrier, struct visit *visit,
			 const struct mp_deadline *deadline)
{
	_Atomic uint32_t *word = word_of(barrier, visit->round);
	bool woken = false;
	struct mp_deadline soon;
	unsigned overdue = 0;
	uint32_t value;
	int rc;

	/* A word that still belongs to an earlier round will be changed, too. */
	while (value = *word, !is_over(value, visit->round)) {
		soon = mp_deadline_in(MP_RECHECK_MS);
		rc = mp_futex_wait(word, value,
				   mp_deadline_before(deadline, &soon) ? deadline : &soon);
		if (rc < 0 && rc != -EAGAIN && rc != -EINTR)
			return rc;
		woken = rc == 0;
		visit->slept = visit->slept || rc != -EAGAIN;
		if (rc != MP_TIMEOUT)
			continue;
		if (mp_deadline_passed(deadline))
			return MP_TIMEOUT;
		look_around(barrier, visit, &overdue);
	}
	if (visit->slept && !woken)
		be_woken(barrier, visit->round);
	return 0;
}

/* The time is up. Either the round breaks now, or it was decided just before, and who decided
 * it is about to wake us; unless he died. */
static int give_up(struct mp_barrier *barrier, struct visit *visit)
{
	const struct mp_deadline never = {.never = true};
	int rc;

	if (break_round(barrier, visit->round))
		return MP_TIMEOUT;
	rc = sleep_through(barrier, visit, &never);
	return rc ? rc : outcome(barrier, *visit);
}

static int wait_for_others(struct mp_barrier *barrier, struct visit visit, int64_t timeout_ms)
{
	const struct mp_deadline deadline = mp_deadline_in(timeout_ms);
	int rc = sleep_through(barrier, &visit, &deadline);

	if (rc == MP_TIMEOUT)
		return give_up(barrier, &visit);
	return rc ? rc : outcome(barrier, visit);
}

/* --- the last one --- */

/* Gives a party that has come but does not sleep yet the processor, for a while, then time. */
static void give_way(unsigned times)
{
	const struct timespec pause = {.tv_nsec = NAP_NS};

	if (times < YIELDS)
		sched_yield();
	else
		clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
}

/* Until all the others sleep on the word (true), or the round is decided by somebody else, or
 * somebody has died and it is broken, or patience ends. */
static bool gather(struct mp_barrier *barrier, uint32_t round)
{
	const int others = (int)barrier->parties - 1;
	_Atomic uint32_t *word = word_of(barrier, round);
	struct mp_deadline patience = {.never = true};

	for (unsigned times = 0; !is_decided(barrier, round); times++) {
		int asleep = mp_futex_census(word, *word);

		if (asleep >= others)
			return true;
		if (asleep < 0 && asleep != -EAGAIN)
			return false;
		if (patience.never)
			patience = mp_deadline_in(PATIENCE_MS);
		if (mp_deadline_passed(&patience))
			return false;
		if (times > YIELDS && mp_members_lost_one(&barrier->members))
			break_round(barrier, round);
		give_way(times);
	}
	return false;
}

/* Who slept at the census but not at the wake will be back at once, if he lives. */
static void wake_missing(struct mp_barrier *barrier, uint32_t round, int missing)
{
	const struct mp_deadline patience = mp_deadline_in(MP_RECHECK_MS);

	for (unsigned times = 0; missing > 0 && !mp_deadline_passed(&patience); times++) {
		give_way(times);
		missing -= mp_futex_wake(word_of(barrier, round), INT_MAX);
	}
}

/* False: the round was decided otherwise, or somebody else came last. */
static bool come_last(struct mp_barrier *barrier, struct state now)
{
	const struct state next = {.round = now.round + 1, .breaks = now.breaks};
	bool gathered = gather(barrier, now.round);
	int missing;

	if (!change(barrier, now, next))
		return false;
	missing = (int)barrier->parties - 1 - finish(barrier, now.round, false);
	if (gathered && missing > 0)
		wake_missing(barrier, now.round, missing);
	return true;
}

/* --- */

static int come(struct mp_barrier *barrier, int64_t timeout_ms, unsigned *index)
{
	struct state now, next;

	for (;;) {
		now = next = look(barrier);
		if (now.broken)
			return MP_BROKEN;
		*index = now.come;
		if (barrier->parties == 1)
			return 0;
		next.come++;
		if (next.come == barrier->parties) {
			if (come_last(barrier, now))
				return 0;
		} else if (change(barrier, now, next)) {
			return wait_for_others(
				barrier, (struct visit){.round = now.round, .breaks = now.breaks},
				timeout_ms);
		}
	}
}

int mp_barrier_wait_index(struct mp_barrier *barrier, int64_t timeout_ms, unsigned *index)
{
	unsigned mine;
	int rc;

	/* Without a place it can wait as well, but its death is not noticed. */
	mp_members_enter(&barrier->members);
	barrier->members.inside++;
	rc = come(barrier, timeout_ms, &mine);
	barrier->members.inside--;
	if (rc == 0)
		*index = mine;
	return rc;
}

int mp_barrier_wait(struct mp_barrier *barrier, int64_t timeout_ms)
{
	unsigned index;

	return mp_barrier_wait_index(barrier, timeout_ms, &index);
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

	mp_members_bury(&barrier->members);
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
