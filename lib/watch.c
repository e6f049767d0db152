// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * How a child is watched. By its pidfd, which means this process and no other for as long as it is
 * open. Where there are none (valgrind before 3.20 does not know the call, some sandboxes refuse
 * it), by its number and the time of its start; a wait with a timeout then looks every few
 * milliseconds, for lack of something to poll.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
/* The C library has the name only since the release in which it has the calls. */
#define WAIT_FOR_PIDFD ((idtype_t)3)

enum { LOOK_NS = 5000000 };

static bool has_pidfd(const struct mp_watch *watch)
{
	return watch->pidfd >= 0;
}

/* Not when the child was reaped by somebody else before its pidfd was opened, and its number went
 * to a stranger. */
static bool is_ours(const struct mp_watch *watch)
{
	siginfo_t info;

	return mp_watch_wait(watch, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

int mp_watch_open(struct mp_watch *watch, pid_t pid)
{
	*watch = (struct mp_watch){.life.pid = pid, .pidfd = mp_pidfd_open(pid)};
	if (watch->pidfd == -ENOSYS)
		watch->life = mp_life_of(pid);
	else if (watch->pidfd < 0)
		return watch->pidfd;
	if (is_ours(watch))
		return 0;
	mp_watch_close(watch);
	return -ESRCH;
}

int mp_watch_self(struct mp_watch *watch)
{
	*watch = (struct mp_watch){.life.pid = getpid(), .pidfd = mp_pidfd_open(getpid())};
	if (watch->pidfd == -ENOSYS)
		watch->life = mp_life_self();
	else if (watch->pidfd < 0)
		return watch->pidfd;
	return 0;
}

void mp_watch_close(struct mp_watch *watch)
{
	if (has_pidfd(watch))
		close(watch->pidfd);
	watch->pidfd = -1;
}

int mp_watch_wait(const struct mp_watch *watch, siginfo_t *info, int options)
{
	int rc;

	*info = (siginfo_t){0};
	do
		rc = has_pidfd(watch) ? waitid(WAIT_FOR_PIDFD, (id_t)watch->pidfd, info, options)
				      : waitid(P_PID, (id_t)watch->life.pid, info, options);
	while (rc < 0 && errno == EINTR);
	return rc < 0 ? -errno : 0;
}

/* Even a poll that does not wait is interrupted when a signal has just come. */
bool mp_watch_has_ended(const struct mp_watch *watch)
{
	struct pollfd end = {.fd = watch->pidfd, .events = POLLIN};

	return has_pidfd(watch) ? poll(&end, 1, 0) > 0 : mp_life_ended(watch->life);
}

static int look_again_and_again(const struct mp_watch *watch, const struct mp_deadline *deadline)
{
	const struct timespec pause = {.tv_nsec = LOOK_NS};

	while (!mp_watch_has_ended(watch)) {
		if (mp_deadline_passed(deadline))
			return MP_TIMEOUT;
		clock_nanosleep(CLOCK_MONOTONIC, 0, &pause, NULL);
	}
	return 0;
}

int mp_watch_end(const struct mp_watch *watch, const struct mp_deadline *deadline)
{
	if (has_pidfd(watch))
		return mp_wait_readable(watch->pidfd, deadline);
	return look_again_and_again(watch, deadline);
}

int mp_watch_signal(const struct mp_watch *watch, int number)
{
	int rc;

	if (has_pidfd(watch))
		rc = (int)syscall(SYS_pidfd_send_signal, watch->pidfd, number, NULL, 0);
	else if (!mp_life_exists(watch->life))
		return -ESRCH;
	else
		rc = kill(watch->life.pid, number);
	return rc < 0 ? -errno : 0;
}
