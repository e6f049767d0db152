// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A robust mutex of the C library in shared memory. Robust means that the kernel itself walks the
 * list of a dying thread's locks, marks each word with FUTEX_OWNER_DIED and wakes a waiter. There
 * is one such list a thread, and the C library has registered it already; a list of our own would
 * take that away from it, and polling for the holder's death could be fooled by a reused pid. So
 * the C library's mutex it is: a compare-and-swap when nobody contends, FUTEX_WAIT and FUTEX_WAKE
 * on a shared word otherwise.
 */
#include <errno.h>
#include <linux/futex.h>

#include "internal.h"

int mp_mutex_init(pthread_mutex_t *mutex)
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

static int outcome(pthread_mutex_t *mutex, int error)
{
	if (error == ETIMEDOUT || error == EBUSY)
		return MP_TIMEOUT;
	if (error != EOWNERDEAD)
		return -error;
	/* Without this the release would make the mutex unusable for ever. */
	pthread_mutex_consistent(mutex);
	return MP_OWNER_DIED;
}

int mp_mutex_try(pthread_mutex_t *mutex)
{
	return outcome(mutex, pthread_mutex_trylock(mutex));
}

/*
 * One whom the release woke may be killed, or stopped, before he takes the mutex. When somebody
 * else took it meanwhile, neither the kernel nor the next release knows that others still sleep. So
 * they sleep for a while only, and look.
 */
int mp_mutex_acquire(pthread_mutex_t *mutex, const struct mp_deadline *deadline)
{
	struct mp_deadline soon;
	bool late = false;
	int rc;

	while ((rc = mp_mutex_try(mutex)) == MP_TIMEOUT && !late) {
		soon = mp_deadline_in(MP_RECHECK_MS);
		late = mp_deadline_before(deadline, &soon);
		rc = outcome(mutex, pthread_mutex_clocklock(mutex, CLOCK_MONOTONIC,
							    late ? &deadline->at : &soon.at));
		if (rc != MP_TIMEOUT)
			break;
	}
	return rc;
}

int mp_mutex_enter(pthread_mutex_t *mutex, const struct mp_deadline *deadline)
{
	struct mp_deadline patience;
	int rc = mp_mutex_try(mutex);

	if (rc != MP_TIMEOUT)
		return rc;
	patience = mp_deadline_in(MP_PATIENCE_MS);
	if (mp_deadline_before(&patience, deadline))
		return mp_mutex_acquire(mutex, deadline);
	return mp_mutex_acquire(mutex, &patience);
}

/* The first word is the futex, as in every release of the C library: it is shared by programs of
 * different ages. When the holder dies the kernel puts the bit in the place of his number; the next
 * holder clears it. */
static unsigned word_of(pthread_mutex_t *mutex)
{
	return (unsigned)__atomic_load_n(&mutex->__data.__lock, __ATOMIC_ACQUIRE);
}

bool mp_mutex_is_mine(pthread_mutex_t *mutex)
{
	return (word_of(mutex) & FUTEX_TID_MASK) == (unsigned)mp_self_tid();
}

bool mp_mutex_is_orphan(pthread_mutex_t *mutex)
{
	return word_of(mutex) & FUTEX_OWNER_DIED;
}

int mp_mutex_release(pthread_mutex_t *mutex)
{
	return -pthread_mutex_unlock(mutex);
}
