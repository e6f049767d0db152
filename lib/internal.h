/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes: nothing from outside of the library. Gives: what its files share: points in time, waiting
 * for a descriptor, memory that outlives a fork, futex calls, mutexes that survive their holder,
 * who is alive, numbers and named values in shared memory, the list of children, and how
 * a child starts.
 * Never: is installed, or names a symbol that leaves the library.
 */
#ifndef MP_INTERNAL_H
#define MP_INTERNAL_H

#include <pthread.h>
#include <signal.h>
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
bool mp_deadline_before(const struct mp_deadline *one, const struct mp_deadline *other);
/*
 * Wait until poll(2) reports anything of one of the descriptors; of fd, for which `events` are
 * asked, or POLLIN. 0, MP_TIMEOUT, negative errno.
 */
struct pollfd;
int mp_wait_fds(struct pollfd *fds, size_t count, const struct mp_deadline *deadline);
int mp_wait_fd(int fd, short events, const struct mp_deadline *deadline);
int mp_wait_readable(int fd, const struct mp_deadline *deadline);

/* shared.c: zeroed memory that forked processes have in common. NULL: no memory. */
void *mp_shared_new(size_t size);
void mp_shared_free(void *memory, size_t size);

/*
 * shared.c: futex(2) on words in shared memory, so never with FUTEX_PRIVATE_FLAG.
 * wait    0 (woken, or for no reason), MP_TIMEOUT, -EAGAIN (*word is not `value`), -EINTR.
 * nap     as wait, but says 0 after MP_RECHECK_MS at the latest: for who must look by himself
 *         whether the one that should wake him has died. To be called in a loop.
 * wake    wakes at most `most`; how many.
 * census  how many sleep on the word, without waking them; -EAGAIN (*word is not `value`).
 */
int mp_futex_wait(_Atomic uint32_t *word, uint32_t value, const struct mp_deadline *deadline);
#define MP_RECHECK_MS 250
int mp_futex_nap(_Atomic uint32_t *word, uint32_t value, const struct mp_deadline *deadline);
int mp_futex_wake(_Atomic uint32_t *word, int most);
int mp_futex_census(_Atomic uint32_t *word, uint32_t value);

/*
 * line.c: those who wait for the same, counted under a mutex of the caller's. They sleep on the
 * word outside of it, by naps, and look for themselves whenever they come back.
 * stand         before each sleep, with a standing that was zeroed at first; its word is the
 *               value to sleep on.
 * step_out      when one does not sleep again; when the mutex cannot be had, not at all.
 * call_one,     how many to wake with mp_futex_wake() after the mutex is released. When nobody
 * call_all      stands there: 0, and nothing is to be done.
 * call_anybody  the same for when somebody died who may have called without waking.
 */
struct mp_line {
	_Atomic uint32_t word;
	uint32_t sleepers; /* whom a call can wake; not less */
	uint32_t standing; /* all who have not stepped out */
};

struct mp_standing {
	bool counted;
	uint32_t word;
};

void mp_line_stand(struct mp_line *line, struct mp_standing *standing);
void mp_line_step_out(struct mp_line *line, struct mp_standing *standing);
int mp_line_call_one(struct mp_line *line);
int mp_line_call_all(struct mp_line *line);
int mp_line_call_anybody(struct mp_line *line);

/*
 * mutex.c: a mutex inside of shared memory whose next holder is told when the last one died.
 * acquire  0, MP_OWNER_DIED (held, too; usable again), MP_TIMEOUT, -EDEADLK (held by the caller).
 * enter    the same for a section that everybody leaves at once: waits MP_PATIENCE_MS at least,
 *          though the deadline has passed, so that only a holder who was stopped is given up on.
 * release  0, -EPERM.
 * is_mine  whether the calling thread holds it. A thread that was given a dead holder's number
 *          does not.
 * orphan   whether the holder died, and nobody has taken it since: to look without taking it.
 */
#define MP_PATIENCE_MS 100
int mp_mutex_init(pthread_mutex_t *mutex);
int mp_mutex_try(pthread_mutex_t *mutex);
int mp_mutex_acquire(pthread_mutex_t *mutex, const struct mp_deadline *deadline);
int mp_mutex_enter(pthread_mutex_t *mutex, const struct mp_deadline *deadline);
int mp_mutex_release(pthread_mutex_t *mutex);
bool mp_mutex_is_mine(pthread_mutex_t *mutex);
bool mp_mutex_is_orphan(pthread_mutex_t *mutex);

/* lock.c: whether the calling thread holds it; whether who comes is told at once that the holder
 * died, or that the lock was abandoned. */
bool mp_lock_is_mine(struct mp_lock *lock);
bool mp_lock_is_orphan(struct mp_lock *lock);

/*
 * life.c: one life of a process, which a reused process id does not share.
 * self    the caller's; a system call only for the first in a process.
 * of      that of the process with this number.
 * exists  whether its number still means it: it lives, or nobody has reaped it.
 * ended   whether it is over, though perhaps not reaped. A few system calls. When the system
 *         does not let us find out, it is alive.
 */
struct mp_life {
	pid_t pid;	/* 0: nobody */
	uint64_t start; /* in ticks since the machine's start; 0: not known */
};

struct mp_life mp_life_self(void);
struct mp_life mp_life_of(pid_t pid);
bool mp_life_exists(struct mp_life life);
bool mp_life_ended(struct mp_life life);
/* A descriptor for the process, or negative errno. */
int mp_pidfd_open(pid_t pid);

/*
 * lives.c: the same for who asks of many at once, and of some again and again: what was found out
 * is remembered. To be begun with a count of 0.
 */
struct mp_lives {
	unsigned count;
	struct {
		struct mp_life life;
		bool ended;
	} known[16];
};

bool mp_life_is(struct mp_life one, struct mp_life other);
bool mp_lives_ended(struct mp_lives *lives, struct mp_life life);

/*
 * watch.c: a child of the caller that is watched, until somebody reaps it; or another process, of
 * which all is known but how it ended.
 * open        0; -ESRCH (it is no child, or somebody reaped it); -EMFILE, -ENFILE, -ENOMEM.
 * self        the caller, to be watched by its children. 0; -EMFILE, -ENFILE, -ENOMEM.
 * wait        waitid(2) for it with these options; 0 or negative errno, never -EINTR.
 * has_ended   whether it is a zombie, or gone.
 * end         waits for that, and does not reap: 0, MP_TIMEOUT, -ENOMEM.
 * signal      0; -ESRCH, -EINVAL.
 */
struct mp_watch {
	struct mp_life life;
	int pidfd; /* -1: there is none */
};

int mp_watch_open(struct mp_watch *watch, pid_t pid);
int mp_watch_self(struct mp_watch *watch);
void mp_watch_close(struct mp_watch *watch);
int mp_watch_wait(const struct mp_watch *watch, siginfo_t *info, int options);
bool mp_watch_has_ended(const struct mp_watch *watch);
int mp_watch_end(const struct mp_watch *watch, const struct mp_deadline *deadline);
int mp_watch_signal(const struct mp_watch *watch, int number);

/*
 * members.c: which processes belong to a shared object, so that a death among them is noticed. To
 * be part of the memory that each process has for itself, and made before the fork.
 * enter      the calling process belongs from now on; 0, also if it did already; -EAGAIN (full).
 *            A system call or two the first time.
 * lost_one   whether one has died without leaving. Looks only if nobody has for a while (then
 *            false), so to be asked again and again by who waits.
 * bury       takes the dead off the list.
 * destroy    the calling process leaves, and has no more to do with it.
 * leave_all  the calling process ends in good order. exit(3) calls it.
 */
struct mp_members {
	struct mp_members *next; /* of this process */
	struct mp_roll *roll;	 /* of all */
	_Atomic uint32_t place;	 /* of this process on the roll, from 1; 0: none */
	_Atomic uint32_t inside; /* threads of this process whom others count on */
};

int mp_members_init(struct mp_members *members, unsigned room);
void mp_members_destroy(struct mp_members *members);
int mp_members_enter(struct mp_members *members);
bool mp_members_lost_one(struct mp_members *members);
void mp_members_bury(struct mp_members *members);
void mp_members_leave_all(void);

/*
 * fd.c: a program that was started with its first three descriptors closed may read and write
 * there all the same, or open them later: nothing of ours is to be found there. Takes a new
 * descriptor, or negative errno, and gives the one to use (close-on-exec), or negative errno.
 * both       the same for two, which come together: 0, or negative errno and both are closed.
 * find_room  whether there is room for one: 0, negative errno. For who could not give back what
 *            comes with it.
 */
int mp_fd_above_stdio(int fd);
int mp_fd_both_above_stdio(int fds[2]);
int mp_fd_find_room(void);

/*
 * memfd.c: a file in memory, to be written, sealed against any change, and handed to others, who
 * trust it when it is sealed. Negative errno, or:
 * new    for so many bytes: the descriptor. -EFBIG: the process may not write so much into a file.
 * write  0.
 * seal   the descriptor again. When writing failed (written is not 0), or this does, it is closed.
 */
int mp_memfd_new(size_t size);
int mp_memfd_write(int fd, const void *bytes, size_t size);
int mp_memfd_seal(int fd, int written);
bool mp_memfd_is_sealed(int fd);

/* self.c: gettid() without a system call, but for a thread's first. Not after a raw clone(2). */
pid_t mp_self_tid(void);

/*
 * guard.c: a lock in shared memory, for the data beside it, that the program takes to do something
 * of its own with them, and the library for a single store.
 * acquire  the program's. 0 (also when the caller holds it), MP_OWNER_DIED (held, too; somebody
 *          died between acquire and release), MP_TIMEOUT.
 * release  0, -EPERM.
 * enter    the library's; false: the caller holds it, and goes on holding it. What it returned
 *          goes to leave.
 */
struct mp_guard {
	pthread_mutex_t mutex;
	_Atomic unsigned depth;
};

int mp_guard_init(struct mp_guard *guard);
bool mp_guard_is_mine(struct mp_guard *guard);
int mp_guard_acquire(struct mp_guard *guard, int64_t timeout_ms);
int mp_guard_release(struct mp_guard *guard);
bool mp_guard_enter(struct mp_guard *guard);
void mp_guard_leave(struct mp_guard *guard, bool entered);

/*
 * number.c: one number in shared memory. *value is what is set or added, then what is there.
 * 0; -EINVAL (not a type of this kind); -ERANGE (it does not fit; nothing was changed).
 */
enum mp_action { MP_GET, MP_SET, MP_ADD };

struct mp_number {
	struct mp_guard *guard;
	enum mp_type type;
	void *at;
};

int mp_number_int64(struct mp_number number, enum mp_action action, int64_t *value);
int mp_number_double(struct mp_number number, enum mp_action action, double *value);

/*
 * store.c: named values in shared memory, at most one of a name, whole whoever dies at what time.
 * For who holds the lock beside it; all pointers are good until the next put.
 * size     of the memory that the store takes, zeroed before init; 0: too much.
 * next     the one behind `record`, or the first; NULL: there is none.
 * put      in the place of `old`, which has the same name, or NULL. 0, -ENOSPC.
 * repair   for who takes the lock from a dead one, before anything else.
 */
struct mp_store {
	size_t capacity;	/* of a half */
	_Atomic uint64_t state; /* bytes in use, doubled, + which half */
	unsigned char halves[];
};

struct mp_record {
	_Atomic uint32_t dead;
	uint16_t type;
	uint16_t name_size; /* with its end */
	uint64_t size;
	unsigned char bytes[]; /* the value, then the name */
};

struct mp_item {
	const char *name; /* not longer than MP_NAME_MAX */
	enum mp_type type;
	const void *value;
	size_t size;
};

size_t mp_store_size(size_t capacity);
void mp_store_init(struct mp_store *store, size_t capacity);
const char *mp_record_name(const struct mp_record *record);
struct mp_record *mp_store_next(struct mp_store *store, const struct mp_record *record);
struct mp_record *mp_store_find(struct mp_store *store, const char *name);
int mp_store_put(struct mp_store *store, struct mp_record *old, const struct mp_item *item);
void mp_store_remove(struct mp_record *record);
void mp_store_repair(struct mp_store *store);

/* type.c: how many bytes a number of that type has. 0: it is none. */
size_t mp_type_size(enum mp_type type);

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

/*
 * process.c
 * forget_numbers  for the child handler of fork: the numbers of default names begin at 1 again.
 * reap_ended      for who has the list of children locked: does not block. Whether it is reaped.
 * hold, drop      the memory is freed when the caller has freed the process and every hold was
 *                 dropped. To hold one, have the list locked.
 * arrive          the calling process, executed just now, is what its parent says; 0, -ENOMEM.
 */
struct mp_birth;
void mp_process_forget_numbers(void);
bool mp_process_reap_ended(struct mp_process *process);
void mp_process_hold(struct mp_process *process);
void mp_process_drop(struct mp_process *process);
int mp_process_arrive(const struct mp_birth *birth);

/*
 * signals.c
 * reset  in a forked child that has all signals blocked: what exec would do, and none blocked.
 * flush  all of stdio, and no handler of a signal makes anything of it lost.
 */
void mp_signals_reset(void);
void mp_signals_flush(void);

/*
 * lifeline.c: kills a daemon when its parent is no more.
 * new     in the parent, before the daemon is started; child_fd is for the daemon, and to be
 *         closed in the parent then. 0, -EMFILE, -ENFILE, -ENOMEM.
 * cut     in the parent. One that was never made, or was cut, may be cut.
 * depend  in the daemon, which keeps child_fd open from then on.
 */
struct mp_lifeline {
	int fd;
	struct mp_lifeline *next;
};

int mp_lifeline_new(struct mp_lifeline *lifeline, int *child_fd);
void mp_lifeline_cut(struct mp_lifeline *lifeline);
void mp_lifeline_depend(int child_fd);

/* What a child has to know of itself and its parent. No descriptor: -1. */
struct mp_birth {
	const char *name, *numbers, *parent_name;
	const int *given;
	unsigned given_count;
	bool daemon;
	struct mp_watch parent;
	int lifeline_fd;
};

/*
 * exec.c: a registered function and its argument, for a process that executes the program anew.
 * new         0, -EINVAL, -ENOENT (not registered), -ENOMEM. To be freed with free().
 * spawn       0 (and *pid), negative errno.
 * must_enter  whether this process was started so, and has not come to its function yet.
 */
struct mp_call {
	const char *function;
	size_t size;
	unsigned char bytes[];
};

int mp_call_new(struct mp_call **call, const char *function, const void *bytes, size_t size);
int mp_call_spawn(const struct mp_call *call, const struct mp_birth *birth, pid_t *pid);
bool mp_exec_must_enter(void);

/*
 * handover.c: what such a process is told, in a descriptor whose number is in this variable.
 * new   the descriptor, or negative errno.
 * take  in the child, before any thread: takes the variable out of the environment. 1: this is
 *       such a process, and what it was told stays in memory for good; 0: it is none; negative
 *       errno: it is one, but cannot be told.
 */
#define MP_HANDOVER_VARIABLE "LIBMPROC_START"

struct mp_handover {
	struct mp_birth birth;
	const char *function;
	const void *argument;
	size_t size;
};

int mp_handover_new(const struct mp_birth *birth, const struct mp_call *call);
int mp_handover_take(struct mp_handover *handover);

#endif
