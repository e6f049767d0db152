// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What ties a daemon to the life of its parent: a pipe that nobody writes to. The parent alone
 * holds the writing end, so the kernel closes it when the parent is no more, however it ended; the
 * daemon has asked the kernel for a SIGKILL at that moment (O_ASYNC on the reading end).
 * PR_SET_PDEATHSIG would send one when the thread that forked ends.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "internal.h"

/* Held for short, and at every fork: no child has an end that it does not know of. */
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static struct mp_lifeline *first;

static void lock(void)
{
	pthread_mutex_lock(&mutex);
}

static void unlock(void)
{
	pthread_mutex_unlock(&mutex);
}

/* A child that kept an end would keep the daemons alive. The exec of another program closes it. */
static void let_go_in_child(void)
{
	struct mp_lifeline *lifeline;

	while ((lifeline = first)) {
		first = lifeline->next;
		close(lifeline->fd);
		lifeline->fd = -1;
	}
	unlock();
}

static bool forks_are_noticed;

__attribute__((constructor)) static void notice_forks(void)
{
	forks_are_noticed = pthread_atfork(lock, unlock, let_go_in_child) == 0;
}

int mp_lifeline_new(struct mp_lifeline *lifeline, int *child_fd)
{
	int fds[2], rc;

	if (!forks_are_noticed)
		return -ENOMEM;
	lock();
	rc = pipe2(fds, O_CLOEXEC) < 0 ? -errno : mp_fd_both_above_stdio(fds);
	if (!rc) {
		*child_fd = fds[0];
		*lifeline = (struct mp_lifeline){.fd = fds[1], .next = first};
		first = lifeline;
	}
	unlock();
	return rc;
}

void mp_lifeline_cut(struct mp_lifeline *lifeline)
{
	struct mp_lifeline **at = &first;

	lock();
	while (*at && *at != lifeline)
		at = &(*at)->next;
	if (*at) {
		*at = lifeline->next;
		close(lifeline->fd);
		lifeline->fd = -1;
	}
	unlock();
}

void mp_lifeline_depend(int child_fd)
{
	struct pollfd cut = {.fd = child_fd, .events = POLLIN};
	int ready;

	fcntl(child_fd, F_SETSIG, SIGKILL);
	fcntl(child_fd, F_SETOWN, getpid());
	fcntl(child_fd, F_SETFL, O_ASYNC);
	/* Perhaps the parent ended before the kernel knew whom to tell. */
	do
		ready = poll(&cut, 1, 0);
	while (ready < 0 && errno == EINTR);
	if (ready > 0)
		kill(getpid(), SIGKILL);
}
