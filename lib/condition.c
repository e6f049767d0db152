// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A table of those who wait. Everything in it is changed by who holds the lock, so "who waits now"
 * is never in doubt: a waiter enters himself before he gives the lock up, sleeps on a word of his
 * own, and takes himself out when he has the lock again. Who notifies picks the oldest, sets their
 * words, and wakes each. So a notification belongs to one waiter from the start, whether he sleeps
 * already, just ran out of time, or is stopped.
 *
 * Deaths. A waiter that died before he was picked is noticed because nobody sleeps on his word:
 * then the next one is picked. One that dies after it leaves a notification behind; the others,
 * who look up from their sleep now and then, pass it on to the next of those who waited when it
 * was given. When somebody dies with the lock, the others take it, and say so to the caller.
 */
#include <errno.h>

#include "internal.h"

enum word { FREE, WAITING, NOTIFIED };

struct waiter {
	_Atomic uint32_t word;
	uint64_t ticket;
	uint64_t bound;	   /* notified: whom it may be passed on to, the tickets before this one */
	_Atomic pid_t pid; /* these two are also read without the lock */
	_Atomic uint64_t start;
};

struct mp_condition {
	struct mp_lock *lock;
	uint64_t tickets;      /* given out so far */
	_Atomic uint32_t used; /* slots behind it have never been used */
	struct waiter waiters[MP_CONDITION_MAX];
};

int mp_condition_new(struct mp_condition **condition, struct mp_lock *lock)
{
	struct mp_condition *new = mp_shared_new(sizeof(*new));

	*condition = new;
	if (!new)
		return -ENOMEM;
	new->lock = lock;
	return 0;
}

void mp_condition_free(struct mp_condition *condition)
{
	mp_shared_free(condition, sizeof(*condition));
}

static bool has_died(const struct waiter *waiter)
{
	return mp_life_ended((struct mp_life){.pid = waiter->pid, .start = waiter->start});
}

/* --- with the lock held --- */

static struct waiter *free_slot(struct mp_condition *condition)
{
	for (uint32_t i = 0; i < condition->used; i++)
		if (condition->waiters[i].word == FREE)
			return &condition->waiters[i];
	if (condition->used == MP_CONDITION_MAX)
		return NULL;
	return &condition->waiters[condition->used++];
}

/* The one that has waited longest, of those with a ticket before `bound`. */
static struct waiter *oldest(struct mp_condition *condition, uint64_t bound)
{
	struct waiter *waiter = condition->waiters, *found = NULL;

	for (; waiter < condition->waiters + condition->used; waiter++)
		if (waiter->word == WAITING && waiter->ticket < bound &&
		    (!found || waiter->ticket < found->ticket))
			found = waiter;
	return found;
}

/* Nobody asleep on the word: he is on his way to sleep, or from it, or dead. */
static bool tell(struct waiter *waiter, uint64_t bound)
{
	waiter->bound = bound;
	waiter->word = NOTIFIED;
	if (mp_futex_wake(&waiter->word, 1) > 0 || !has_died(waiter))
		return true;
	waiter->word = FREE;
	return false;
}

/* To the oldest that lives. */
static bool tell_one(struct mp_condition *condition, uint64_t bound)
{
	struct waiter *waiter;

	do
		waiter = oldest(condition, bound);
	while (waiter && !tell(waiter, bound));
	return waiter;
}

static bool left_behind(const struct waiter *waiter)
{
	return waiter->word == NOTIFIED && has_died(waiter);
}

/* Freed only when it has been passed on: who dies in between leaves one too many, not one too few.
 */
static void pass_on(struct mp_condition *condition)
{
	struct waiter *waiter = condition->waiters;

	for (; waiter < condition->waiters + condition->used; waiter++)
		if (left_behind(waiter)) {
			tell_one(condition, waiter->bound);
			waiter->word = FREE;
		}
}

/* Makes the slots free of those who died. What they were told is for others. */
static void bury(struct mp_condition *condition)
{
	struct waiter *waiter = condition->waiters;

	pass_on(condition);
	for (; waiter < condition->waiters + condition->used; waiter++)
		if (waiter->word == WAITING && has_died(waiter))
			waiter->word = FREE;
}

static struct waiter *enter(struct mp_condition *condition)
{
	struct waiter *waiter = free_slot(condition);
	struct mp_life self = mp_life_self();

	if (!waiter) {
		bury(condition);
		waiter = free_slot(condition);
	}
	if (!waiter)
		return NULL;
	waiter->ticket = condition->tickets++;
	waiter->pid = self.pid;
	waiter->start = self.start;
	waiter->word = WAITING;
	return waiter;
}

/* --- without the lock --- */

/* Only a look: nobody is to find the lock taken because of it. */
static bool needs_care(struct mp_condition *condition)
{
	struct waiter *waiter = condition->waiters;

	if (mp_lock_is_orphan(condition->lock))
		return true;
	for (; waiter < condition->waiters + condition->used; waiter++)
		if (left_behind(waiter))
			return true;
	return false;
}

/* 0: go on waiting, without the lock. Else the wait is over, with what taking the lock said. */
static int take_care(struct mp_condition *condition)
{
	int rc = mp_lock_acquire(condition->lock, 0);

	if (rc == MP_TIMEOUT)
		return 0;
	if (rc == 0) {
		pass_on(condition);
		mp_lock_release(condition->lock);
	}
	return rc;
}

/* Until notified, or the time is up, or the lock was taken because its holder died. */
static int sleep_on(struct mp_condition *condition, struct waiter *waiter,
		    const struct mp_deadline *deadline)
{
	int rc;

	while (waiter->word == WAITING) {
		rc = mp_futex_nap(&waiter->word, WAITING, deadline);
		if (rc == 0 && waiter->word == WAITING && needs_care(condition))
			rc = take_care(condition);
		if (rc != 0 && rc != -EAGAIN && rc != -EINTR)
			return rc;
	}
	return 0;
}

static int wait_until(struct mp_condition *condition, const struct mp_deadline *deadline)
{
	struct waiter *waiter = enter(condition);
	int rc, locked;
	bool notified;

	if (!waiter)
		return -EAGAIN;
	mp_lock_release(condition->lock);
	rc = locked = sleep_on(condition, waiter, deadline);
	if (rc != MP_OWNER_DIED && rc != -ENOTRECOVERABLE)
		locked = mp_lock_acquire(condition->lock, MP_FOREVER);
	/* A lock that was abandoned is not held, but nobody else holds it either. */
	notified = waiter->word == NOTIFIED;
	waiter->word = FREE;
	if (locked != 0)
		return locked;
	return notified ? 0 : rc;
}

int mp_condition_wait(struct mp_condition *condition, int64_t timeout_ms)
{
	struct mp_deadline deadline;

	if (!mp_lock_is_mine(condition->lock))
		return -EPERM;
	deadline = mp_deadline_in(timeout_ms);
	return wait_until(condition, &deadline);
}

int mp_condition_wait_for(struct mp_condition *condition, bool (*predicate)(void *argument),
			  void *argument, int64_t timeout_ms)
{
	const struct mp_deadline deadline = mp_deadline_in(timeout_ms);
	int rc = 0;

	if (!mp_lock_is_mine(condition->lock))
		return -EPERM;
	/* One more look after the time is up, as the lock may have come late. */
	while (!predicate(argument)) {
		if (rc != 0)
			return rc;
		rc = wait_until(condition, &deadline);
		if (rc != 0 && rc != MP_TIMEOUT)
			return rc;
	}
	return 0;
}

int mp_condition_notify(struct mp_condition *condition, unsigned n)
{
	if (!mp_lock_is_mine(condition->lock))
		return -EPERM;
	while (n > 0 && tell_one(condition, condition->tickets))
		n--;
	return 0;
}

int mp_condition_notify_all(struct mp_condition *condition)
{
	return mp_condition_notify(condition, MP_CONDITION_MAX);
}
