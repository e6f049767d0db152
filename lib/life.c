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
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open 434
#endif

int mp_pidfd_open(pid_t pid)
{
	long fd = syscall(SYS_pidfd_open, pid, 0);

	return mp_fd_above_stdio(fd < 0 ? -errno : (int)fd);
}

/* What /proc says of a process; zeros when it does not say. */
struct stat_line {
	char state;
	uint64_t start;
};

/* The fields after the name, which is in parentheses and may itself contain any of them. */
enum { FIELDS_FROM_STATE_TO_START = 19 };

static struct stat_line parse(const char *line)
{
	const char *at = strrchr(line, ')');
	struct stat_line found = {0};

	if (!at || at[1] != ' ')
		return found;
	at += 2;
	found.state = *at;
	for (unsigned field = 0; at && field < FIELDS_FROM_STATE_TO_START; field++) {
		at = strchr(at, ' ');
		at = at ? at + 1 : NULL;
	}
	if (at)
		found.start = strtoull(at, NULL, 10);
	return found;
}

static struct stat_line stat_of(pid_t pid)
{
	char path[32], line[512];
	ssize_t got;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return (struct stat_line){0};
	do
		got = read(fd, line, sizeof(line) - 1);
	while (got < 0 && errno == EINTR);
	close(fd);
	line[got > 0 ? got : 0] = '\0';
	return parse(line);
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
		own_start = stat_of(pid).start;
		own_pid = pid;
	}
	return (struct mp_life){.pid = pid, .start = own_start};
}

struct mp_life mp_life_of(pid_t pid)
{
	return (struct mp_life){.pid = pid, .start = stat_of(pid).start};
}

bool mp_life_exists(struct mp_life life)
{
	uint64_t start;

	/* Numbers below 1 mean groups to kill(2). */
	if (life.pid < 1 || (kill(life.pid, 0) < 0 && errno == ESRCH))
		return false;
	start = stat_of(life.pid).start;
	return !start || !life.start || start == life.start;
}

static bool is_ended_child(pid_t pid)
{
	siginfo_t info = {0};

	return waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid == pid;
}

/*
 * Whether the process with this number, be it who it may, has ended. Where there are no pidfds,
 * /proc says nearly the same: a program whose first thread has ended looks like a zombie there.
 * When no descriptor is left for a pidfd, we can still ask for a child of ours.
 */
static bool is_zombie(pid_t pid)
{
	struct pollfd end = {.fd = mp_pidfd_open(pid), .events = POLLIN};
	bool ended;

	if (end.fd == -ENOSYS)
		return stat_of(pid).state == 'Z';
	if (end.fd < 0)
		return end.fd == -ESRCH || is_ended_child(pid);
	ended = poll(&end, 1, 0) > 0;
	close(end.fd);
	return ended;
}

bool mp_life_ended(struct mp_life life)
{
	return !mp_life_exists(life) || is_zombie(life.pid);
}
