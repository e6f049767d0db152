// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <linux/time_types.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

/* Where `long` has 32 bits, the old call has another timespec than the one that is filled here. */
#ifdef __LP64__
#define FUTEX_CALL SYS_futex
#else
#define FUTEX_CALL SYS_futex_time64
#endif

/* Another process works on the word: it must be a plain word, not one beside a hidden lock. */
_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "futex words must be lock-free");
_Static_assert(sizeof(_Atomic uint32_t) == 4, "a futex word has four bytes");

void *mp_shared_new(size_t size)
{
	void *memory;

	/* In 32 bits the kernel gives more than the distance of two pointers can tell. */
	if (size > PTRDIFF_MAX)
		return NULL;
	memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	return memory == MAP_FAILED ? NULL : memory;
}

void mp_shared_free(void *memory, size_t size)
{
	if (memory)
		munmap(memory, size);
}

int mp_futex_wait(_Atomic uint32_t *word, uint32_t value, const struct mp_deadline *deadline)
{
	struct __kernel_timespec at;
	long result;

	if (deadline->never) {
		result = syscall(FUTEX_CALL, word, FUTEX_WAIT, value, NULL, NULL, 0);
	} else {
		/* Only the bitset form takes a point in time, which survives EINTR unchanged. */
		at.tv_sec = deadline->at.tv_sec;
		at.tv_nsec = deadline->at.tv_nsec;
		result = syscall(FUTEX_CALL, word, FUTEX_WAIT_BITSET, value, &at, NULL,
				 FUTEX_BITSET_MATCH_ANY);
	}
	if (result == 0)
		return 0;
	return errno == ETIMEDOUT ? MP_TIMEOUT : -errno;
}

int mp_futex_nap(_Atomic uint32_t *word, uint32_t value, const struct mp_deadline *deadline)
{
	const struct mp_deadline soon = mp_deadline_in(MP_RECHECK_MS);
	bool until_deadline = mp_deadline_before(deadline, &soon);
	int rc = mp_futex_wait(word, value, until_deadline ? deadline : &soon);

	return rc == MP_TIMEOUT && !until_deadline ? 0 : rc;
}

int mp_futex_wake(_Atomic uint32_t *word, int most)
{
	long woken = syscall(FUTEX_CALL, word, FUTEX_WAKE, most, NULL, NULL, 0);

	return woken < 0 ? -errno : (int)woken;
}

/*
 * The kernel tells how many sleep only to who moves them: so move them, none woken and no limit,
 * from the word to the same word. They stay where they are, and the number comes back.
 */
int mp_futex_census(_Atomic uint32_t *word, uint32_t value)
{
	long moved = syscall(FUTEX_CALL, word, FUTEX_CMP_REQUEUE, 0, (unsigned long)INT_MAX, word,
			     value);

	return moved < 0 ? -errno : (int)moved;
}
