// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The depth says whose hands the data are in: not 0 from the program's acquire to its last release.
 * Who takes the mutex and finds it so knows that somebody died in between, and whether the next
 * acquire has to be told does not depend on how often the library took the mutex since. The
 * library itself never leaves a trace: what it does under the mutex is one store.
 */
#include <errno.h>

#include "internal.h"

int mp_guard_init(struct mp_guard *guard)
{
	return mp_mutex_init(&guard->mutex);
}

int mp_guard_acquire(struct mp_guard *guard, int64_t timeout_ms)
{
	const struct mp_deadline deadline = mp_deadline_in(timeout_ms);
	int rc = mp_mutex_acquire(&guard->mutex, &deadline);
	bool left;

	if (rc == -EDEADLK) {
		guard->depth++;
		return 0;
	}
	if (rc != 0 && rc != MP_OWNER_DIED)
		return rc;
	left = guard->depth != 0;
	guard->depth = 1;
	return left ? MP_OWNER_DIED : 0;
}

/* The mutex knows, even when the number of a thread that died was given to this one. */
bool mp_guard_is_mine(struct mp_guard *guard)
{
	int rc = mp_mutex_try(&guard->mutex);

	if (rc == 0 || rc == MP_OWNER_DIED)
		mp_mutex_release(&guard->mutex);
	return rc == -EDEADLK;
}

int mp_guard_release(struct mp_guard *guard)
{
	if (!mp_guard_is_mine(guard))
		return -EPERM;
	if (--guard->depth > 0)
		return 0;
	return mp_mutex_release(&guard->mutex);
}

bool mp_guard_enter(struct mp_guard *guard)
{
	const struct mp_deadline deadline = {.never = true};

	return mp_mutex_acquire(&guard->mutex, &deadline) != -EDEADLK;
}

void mp_guard_leave(struct mp_guard *guard, bool entered)
{
	if (entered)
		mp_mutex_release(&guard->mutex);
}
