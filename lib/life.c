// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Whether somebody whose process id stands in shared memory still lives. The number alone does not
 * tell: it may be a zombie's, or a stranger's by now. So: the number must exist, its pidfd must not
 * be readable (a zombie's is), and the process behind it must have started when ours did.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "internal.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

int mp_pidfd_open(pid_t pid)
{
	long fd = syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : (int)fd;
}

/* The field after the name, which is in parentheses and may itself contain any of them. */
enum { FIELDS_FROM_STATE_TO_START = 19 };

static uint64_t start_in(const char *stat)
{
	const char *at = strrchr(stat, ')');

	at = at ? at + 1 : "";
	for (unsigned field = 0; field <= FIELDS_FROM_STATE_TO_START; field++) {
		at = strchr(at, ' ');
		if (!at)
			return 0;
		at++;
	}
	return strtoull(at, NULL, 10);
}

/* 0: /proc does not say. */
static uint64_t start_of(pid_t pid)
{
	char path[32], stat[512];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	got = read(fd, stat, sizeof(stat) - 1);
	close(fd);
	stat[got > 0 ? got : 0] = '\0';
	return start_in(stat);
}

/* Two threads may find it out at once; they find the same. */
static _Atomic uint64_t own_start;
static _Atomic pid_t own_pid;

static void forget(void)
{
	own_pid = 0;
}

static bool forks_are_noticed;

__attribute__((constructor)) static void notice_forks(void)
{
	forks_are_noticed = pthread_atfork(NULL, NULL, forget) == 0;
}

struct mp_life mp_life_self(void)
{
	pid_t pid = own_pid;

	if (!pid || !forks_are_noticed) {
		pid = getpid();
		own_start = start_of(pid);
		own_pid = pid;
	}
	return (struct mp_life){.pid = pid, .start = own_start};
}

/* Whether the process with this number, be it who it may, is gone or a zombie. */
static bool number_is_dead(pid_t pid)
{
	struct pollfd end = {.events = POLLIN};
	bool dead;

	if (kill(pid, 0) < 0 && errno == ESRCH)
		return true;
	end.fd = mp_pidfd_open(pid);
	if (end.fd < 0)
		return end.fd == -ESRCH;
	dead = poll(&end, 1, 0) > 0;
	close(end.fd);
	return dead;
}

bool mp_life_ended(struct mp_life life)
{
	uint64_t start;

	/* Numbers below 1 mean groups to kill(2). */
	if (life.pid < 1 || number_is_dead(life.pid))
		return true;
	start = start_of(life.pid);
	return start && life.start && start != life.start;
}
