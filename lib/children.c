// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The children of this process, and the exit rule. An array in the order of their start: a program
 * has few, and the rule walks them all anyway.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

static struct {
	pthread_mutex_t mutex;
	struct mp_process **all;
	size_t count;
	size_t reserved; /* room that was promised to processes which are being started */
	size_t room;
	_Atomic pid_t
		owner; /* whose children; a raw clone(2) has the list too, but not the children */
	bool follows_forks, runs_at_exit;
} children = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void lock_list(void)
{
	pthread_mutex_lock(&children.mutex);
}

static void unlock_list(void)
{
	pthread_mutex_unlock(&children.mutex);
}

/* With the list locked. */
static void begin_list(void)
{
	children.count = children.reserved = 0;
	children.owner = getpid();
}

/* In the child of a fork. The forking thread locked the mutex, so nobody was in the middle of it.
 */
static void forget_list(void)
{
	begin_list();
	mp_process_forget_numbers();
	unlock_list();
}

static void at_exit(void)
{
	mp_process_finish();
}

/* With the list locked. Children inherit both, and need them for their own children. */
static int install_hooks(void)
{
	if (!children.follows_forks && pthread_atfork(lock_list, unlock_list, forget_list) != 0)
		return -ENOMEM;
	children.follows_forks = true;
	if (!children.runs_at_exit && atexit(at_exit) != 0)
		return -ENOMEM;
	children.runs_at_exit = true;
	return 0;
}

static int make_room(void)
{
	size_t needed = children.count + children.reserved + 1;
	struct mp_process **grown;

	if (needed <= children.room)
		return 0;
	grown = reallocarray(children.all, needed * 2, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	children.all = grown;
	children.room = needed * 2;
	return 0;
}

int mp_children_reserve(void)
{
	int rc;

	lock_list();
	if (children.owner != getpid())
		begin_list();
	rc = install_hooks();
	if (!rc)
		rc = make_room();
	if (!rc)
		children.reserved++;
	unlock_list();
	return rc;
}

void mp_children_cancel(void)
{
	lock_list();
	children.reserved--;
	unlock_list();
}

void mp_children_add(struct mp_process *process)
{
	lock_list();
	children.reserved--;
	children.all[children.count++] = process;
	unlock_list();
}

void mp_children_remove(struct mp_process *process)
{
	size_t i = 0;

	lock_list();
	while (i < children.count && children.all[i] != process)
		i++;
	if (i < children.count) {
		children.count--;
		memmove(&children.all[i], &children.all[i + 1],
			(children.count - i) * sizeof(children.all[0]));
	}
	unlock_list();
}

size_t mp_process_active(struct mp_process **list, size_t room)
{
	size_t running = 0, kept = 0;
	struct mp_process *child;

	if (children.owner != getpid())
		return 0;
	lock_list();
	for (size_t i = 0; i < children.count; i++) {
		child = children.all[i];
		if (mp_process_is_alive(child)) {
			if (running < room)
				list[running] = child;
			running++;
		} else if (mp_process_reap_ended(child)) {
			continue;
		}
		children.all[kept++] = child;
	}
	children.count = kept;
	unlock_list();
	return running;
}

/*
 * The one that was started first, of the daemons or of the others; NULL: none is left. Another
 * thread may free it in the meantime, so it is held.
 */
static struct mp_process *first_child(bool daemon)
{
	struct mp_process *found = NULL;

	lock_list();
	for (size_t i = 0; i < children.count && !found; i++)
		if (mp_process_is_daemon(children.all[i]) == daemon)
			found = children.all[i];
	if (found)
		mp_process_hold(found);
	unlock_list();
	return found;
}

static void note(int *first_error, int rc)
{
	if (rc < 0 && *first_error == 0)
		*first_error = rc;
}

/* -ESRCH: it ended, and somebody else reaped it; there is nothing to stop. */
static int signal_daemons(int number)
{
	int error = 0, rc;

	lock_list();
	for (size_t i = 0; i < children.count; i++) {
		if (!mp_process_is_daemon(children.all[i]))
			continue;
		rc = mp_process_send_signal(children.all[i], number);
		note(&error, rc == -ESRCH ? 0 : rc);
	}
	unlock_list();
	return error;
}

static int64_t left_ms(const struct mp_deadline *deadline)
{
	struct timespec left = mp_deadline_left(deadline);

	return (int64_t)left.tv_sec * 1000 + (left.tv_nsec + 999999) / 1000000;
}

/* It may wait for what only the end of a daemon brings: the end of a pipe, or a lock. What keeps a
 * daemon from being killed is told when that one is joined. */
static int join_other(struct mp_process *child, const struct mp_deadline *grace)
{
	int rc = mp_process_join(child, left_ms(grace));

	if (rc != MP_TIMEOUT)
		return rc;
	signal_daemons(SIGKILL);
	return mp_process_join(child, MP_FOREVER);
}

static int join_daemon(struct mp_process *daemon, const struct mp_deadline *grace)
{
	int rc = mp_process_join(daemon, left_ms(grace));

	if (rc != MP_TIMEOUT)
		return rc;
	rc = mp_process_kill(daemon);
	/* -ESRCH: another thread has just joined it. */
	return rc && rc != -ESRCH ? rc : mp_process_join(daemon, MP_FOREVER);
}

/* A join takes the child off the list; one that cannot be joined must not come up again. */
static void let_go(struct mp_process *child)
{
	mp_children_remove(child);
	mp_process_drop(child);
}

int mp_process_finish(void)
{
	struct mp_deadline grace;
	struct mp_process *child;
	int error, rc;

	if (children.owner != getpid())
		return 0;
	error = signal_daemons(SIGTERM);
	grace = mp_deadline_in(MP_GRACE_MS);
	while ((child = first_child(false))) {
		rc = join_other(child, &grace);
		note(&error, rc);
		let_go(child);
	}
	while ((child = first_child(true))) {
		rc = join_daemon(child, &grace);
		note(&error, rc);
		let_go(child);
	}
	return error;
}
