// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>

#include "internal.h"

struct mp_lock {
	pthread_mutex_t mutex;
	_Atomic bool lost; /* what it protects; for ever */
};

int mp_lock_new(struct mp_lock **lock)
{
	struct mp_lock *new = mp_shared_new(sizeof(*new));
	int rc;

	*lock = NULL;
	if (!new)
		return -ENOMEM;
	rc = mp_mutex_init(&new->mutex);
	if (rc) {
		mp_shared_free(new, sizeof(*new));
		return rc;
	}
	*lock = new;
	return 0;
}

/* Asks for the clock only when somebody else holds the lock. */
static int take(struct mp_lock *lock, int64_t timeout_ms)
{
	struct mp_deadline deadline = {.never = true};
	int rc;

	if (timeout_ms < 0)
		return mp_mutex_acquire(&lock->mutex, &deadline);
	rc = mp_mutex_try(&lock->mutex);
	if (rc != MP_TIMEOUT || timeout_ms == 0)
		return rc;
	deadline = mp_deadline_in(timeout_ms);
	return mp_mutex_acquire(&lock->mutex, &deadline);
}

int mp_lock_acquire(struct mp_lock *lock, int64_t timeout_ms)
{
	int rc = take(lock, timeout_ms);

	if ((rc != 0 && rc != MP_OWNER_DIED) || !lock->lost)
		return rc;
	/* The mutex goes on to the next one, who finds the same: so all waiters are told. */
	mp_mutex_release(&lock->mutex);
	return -ENOTRECOVERABLE;
}

bool mp_lock_is_mine(struct mp_lock *lock)
{
	return mp_mutex_is_mine(&lock->mutex);
}

bool mp_lock_is_orphan(struct mp_lock *lock)
{
	return lock->lost || mp_mutex_is_orphan(&lock->mutex);
}

int mp_lock_release(struct mp_lock *lock)
{
	return mp_lock_is_mine(lock) ? mp_mutex_release(&lock->mutex) : -EPERM;
}

int mp_lock_abandon(struct mp_lock *lock)
{
	if (!mp_lock_is_mine(lock))
		return -EPERM;
	lock->lost = true;
	return mp_lock_release(lock);
}

int mp_lock_free(struct mp_lock *lock)
{
	if (!lock)
		return 0;
	/* The C library's list of held locks would point into the void. */
	if (mp_lock_is_mine(lock))
		return -EBUSY;
	mp_shared_free(lock, sizeof(*lock));
	return 0;
}
