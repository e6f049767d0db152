// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A lock is a robust mutex of the C library in shared memory. Robust means that the kernel itself
 * walks the list of a dying thread's locks, marks each word with FUTEX_OWNER_DIED and wakes a
 * waiter. There is one such list a thread, and the C library has registered it already; a list of
 * our own would take that away from it, and polling for the holder's death could be fooled by a
 * reused pid. So the C library's mutex it is: a compare-and-swap when nobody contends, FUTEX_WAIT
 * and FUTEX_WAKE on a shared word otherwise.
 */
#include <errno.h>
#include <pthread.h>

#include "internal.h"

struct mp_lock {
	pthread_mutex_t mutex;
	_Atomic pid_t holder; /* thread; 0: none. One that died stays until the next comes. */
};

static int init_mutex(pthread_mutex_t *mutex)
{
	pthread_mutexattr_t attributes;
	int error = pthread_mutexattr_init(&attributes);

	if (error)
		return -error;
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	pthread_mutexattr_settype(&attributes, PTHREAD_MUTEX_ERRORCHECK);
	error = pthread_mutex_init(mutex, &attributes);
	pthread_mutexattr_destroy(&attributes);
	return -error;
}

int mp_lock_new(struct mp_lock **lock)
{
	struct mp_lock *new = mp_shared_new(sizeof(*new));
	int rc;

	*lock = NULL;
	if (!new)
		return -ENOMEM;
	rc = init_mutex(&new->mutex);
	if (rc) {
		mp_shared_free(new, sizeof(*new));
		return rc;
	}
	*lock = new;
	return 0;
}

/* A timed wait asks for the clock only when somebody else holds the lock. */
static int take(struct mp_lock *lock, int64_t timeout_ms)
{
	struct mp_deadline deadline;
	int error;

	if (timeout_ms < 0)
		return pthread_mutex_lock(&lock->mutex);
	error = pthread_mutex_trylock(&lock->mutex);
	if (error != EBUSY || timeout_ms == 0)
		return error;
	deadline = mp_deadline_in(timeout_ms);
	if (deadline.never)
		return pthread_mutex_lock(&lock->mutex);
	return pthread_mutex_clocklock(&lock->mutex, CLOCK_MONOTONIC, &deadline.at);
}

int mp_lock_acquire(struct mp_lock *lock, int64_t timeout_ms)
{
	int error = take(lock, timeout_ms);

	if (error == ETIMEDOUT || error == EBUSY)
		return MP_TIMEOUT;
	if (error && error != EOWNERDEAD)
		return -error;
	atomic_store_explicit(&lock->holder, mp_self_tid(), memory_order_relaxed);
	if (!error)
		return 0;
	/* Without this the release would make the lock unusable for ever. */
	pthread_mutex_consistent(&lock->mutex);
	return MP_OWNER_DIED;
}

int mp_lock_release(struct mp_lock *lock)
{
	/* Only the holder may go on to write the field, and only before the unlock: after it, the
	 * next holder does. */
	if (atomic_load_explicit(&lock->holder, memory_order_relaxed) != mp_self_tid())
		return -EPERM;
	atomic_store_explicit(&lock->holder, 0, memory_order_relaxed);
	return -pthread_mutex_unlock(&lock->mutex);
}

int mp_lock_free(struct mp_lock *lock)
{
	if (!lock)
		return 0;
	/* The C library's list of held locks would point into the void. */
	if (atomic_load_explicit(&lock->holder, memory_order_relaxed) == mp_self_tid())
		return -EBUSY;
	mp_shared_free(lock, sizeof(*lock));
	return 0;
}
