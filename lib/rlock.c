// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A lock, and how often its holder took it. The count is plain memory of the holder's process: only
 * the holder reads or writes it, and with the next holder it begins anew. So a child that was
 * forked by the holder has a copy of the count, but without the lock it means nothing.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>

#include "internal.h"

struct mp_rlock {
	struct mp_lock *lock;
	unsigned count;
};

int mp_rlock_new(struct mp_rlock **rlock)
{
	struct mp_rlock *new = calloc(1, sizeof(*new));
	int rc;

	*rlock = NULL;
	if (!new)
		return -ENOMEM;
	rc = mp_lock_new(&new->lock);
	if (rc) {
		free(new);
		return rc;
	}
	*rlock = new;
	return 0;
}

int mp_rlock_acquire(struct mp_rlock *rlock, int64_t timeout_ms)
{
	int rc;

	if (mp_lock_is_mine(rlock->lock)) {
		if (rlock->count == UINT_MAX)
			return -EAGAIN;
		rlock->count++;
		return 0;
	}
	rc = mp_lock_acquire(rlock->lock, timeout_ms);
	if (rc == 0 || rc == MP_OWNER_DIED)
		rlock->count = 1;
	return rc;
}

int mp_rlock_release(struct mp_rlock *rlock)
{
	if (!mp_lock_is_mine(rlock->lock))
		return -EPERM;
	return --rlock->count > 0 ? 0 : mp_lock_release(rlock->lock);
}

unsigned mp_rlock_count(const struct mp_rlock *rlock)
{
	return mp_lock_is_mine(rlock->lock) ? rlock->count : 0;
}

int mp_rlock_free(struct mp_rlock *rlock)
{
	int rc;

	if (!rlock)
		return 0;
	rc = mp_lock_free(rlock->lock);
	if (!rc)
		free(rlock);
	return rc;
}
