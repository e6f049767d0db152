// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A futex word that is the value. Who finds 0 counts himself among the waiters and naps on the
 * word; who raises it wakes one if there are any. A nap ends soon by itself, so that somebody who
 * died between raising the value and waking, or between being woken and taking, holds up the
 * others for a moment only. A waiter that died stays counted: then each release makes a system call
 * for nothing.
 */
#include <errno.h>

#include "internal.h"

struct mp_semaphore {
	_Alignas(64) _Atomic uint32_t value;
	_Atomic uint32_t waiters;
	uint32_t most;
};

int mp_semaphore_new(struct mp_semaphore **semaphore, unsigned value, unsigned most)
{
	struct mp_semaphore *new;

	*semaphore = NULL;
	if (most == 0)
		most = MP_SEMAPHORE_MAX;
	if (most > MP_SEMAPHORE_MAX || value > most)
		return -EINVAL;
	new = mp_shared_new(sizeof(*new));
	if (!new)
		return -ENOMEM;
	atomic_init(&new->value, value);
	new->most = most;
	*semaphore = new;
	return 0;
}

static bool take(struct mp_semaphore *semaphore)
{
	uint32_t value = semaphore->value;

	while (value > 0)
		if (atomic_compare_exchange_weak(&semaphore->value, &value, value - 1))
			return true;
	return false;
}

static int wait_and_take(struct mp_semaphore *semaphore, const struct mp_deadline *deadline)
{
	int rc = 0;

	/* Who was woken tries before he looks at the clock: the wake was for him. */
	while (!take(semaphore)) {
		if (rc != 0 && rc != -EAGAIN && rc != -EINTR)
			return rc;
		rc = mp_futex_nap(&semaphore->value, 0, deadline);
	}
	return 0;
}

int mp_semaphore_acquire(struct mp_semaphore *semaphore, int64_t timeout_ms)
{
	struct mp_deadline deadline;
	int rc;

	if (take(semaphore))
		return 0;
	if (timeout_ms == 0)
		return MP_TIMEOUT;
	deadline = mp_deadline_in(timeout_ms);
	semaphore->waiters++;
	rc = wait_and_take(semaphore, &deadline);
	semaphore->waiters--;
	return rc;
}

int mp_semaphore_release(struct mp_semaphore *semaphore)
{
	uint32_t value = semaphore->value;

	do {
		if (value >= semaphore->most)
			return -EOVERFLOW;
	} while (!atomic_compare_exchange_weak(&semaphore->value, &value, value + 1));
	if (semaphore->waiters > 0)
		mp_futex_wake(&semaphore->value, 1);
	return 0;
}

unsigned mp_semaphore_value(const struct mp_semaphore *semaphore)
{
	return semaphore->value;
}

void mp_semaphore_free(struct mp_semaphore *semaphore)
{
	mp_shared_free(semaphore, sizeof(*semaphore));
}
