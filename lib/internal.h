/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes: nothing from outside of the library. Gives: what its files share: points in time, waiting
 * for a descriptor, memory that outlives a fork, futex calls, and the list of children.
 * Never: is installed, or names a symbol that leaves the library.
 */
#ifndef MP_INTERNAL_H
#define MP_INTERNAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include "mproc.h"

/* time.c: a point on the monotonic clock, or none. */
struct mp_deadline {
	bool never;
	struct timespec at;
};

struct mp_deadline mp_deadline_in(int64_t timeout_ms);
/* How long until then; 0 when it has passed. Not for one that never comes. */
struct timespec mp_deadline_left(const struct mp_deadline *deadline);
bool mp_deadline_passed(const struct mp_deadline *deadline);
/* Waits until poll(2) reports anything of fd. 0, MP_TIMEOUT, negative errno. */
int mp_wait_readable(int fd, const struct mp_deadline *deadline);

/* shared.c: zeroed memory that forked processes have in common. NULL: no memory. */
void *mp_shared_new(size_t size);
void mp_shared_free(void *memory, size_t size);

/*
 * shared.c: futex(2) on words in shared memory, so never with FUTEX_PRIVATE_FLAG.
 * wait    0 (woken, or for no reason), MP_TIMEOUT, -EAGAIN (*word is not `value`), -EINTR.
 * wake    wakes all; how many.
 * census  how many sleep on the word, without waking them; -EAGAIN (*word is not `value`).
 */
int mp_futex_wait(_Atomic uint32_t *word, uint32_t value, const struct mp_deadline *deadline);
int mp_futex_wake(_Atomic uint32_t *word);
int mp_futex_census(_Atomic uint32_t *word, uint32_t value);

/* self.c: gettid() without a system call, but for a thread's first. Not after a raw clone(2). */
pid_t mp_self_tid(void);

/*
 * children.c: the processes that this one started and has not reaped, in the order of their start;
 * mp_process_finish() works on them. A fork empties the list in the child.
 * reserve    makes room for one more, so that nothing can fail after the fork; 0, -ENOMEM.
 *            To be followed by add (which uses the room) or cancel.
 */
int mp_children_reserve(void);
void mp_children_cancel(void);
void mp_children_add(struct mp_process *process);
void mp_children_remove(struct mp_process *process);

/* process.c, for the child handler of fork: the numbers of default names begin at 1 again. */
void mp_process_forget_numbers(void);

#endif
