// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A process from its making to its freeing. All that happens to a started one goes through its
 * pidfd, which means this process and no other, for as long as it is open.
 */
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

#ifndef SYS_pidfd_send_signal
#define SYS_pidfd_send_signal 424
#endif
/* The C library has the name only since the release in which it has the calls. */
#define WAIT_FOR_PIDFD ((idtype_t)3)

enum stage { MADE, STARTED, REAPED };

struct mp_process {
	char *name;
	char *numbers; /* "2:1": the first child of the second child */
	int (*run)(void *argument);
	void *argument;
	pid_t owner; /* who made it */
	bool daemon;

	pthread_mutex_t changing; /* held while it is started, or reaped */
	_Atomic int stage;
	pid_t pid;
	int pidfd;
	int code;  /* once reaped */
	bool lost; /* somebody else took the exit status */
};

/* The object that this process was started from, in the memory that it got from its parent. */
static struct mp_process *self;
static _Atomic unsigned made;

void mp_process_forget_numbers(void)
{
	made = 0;
}

/* --- making --- */

static int name_it(struct mp_process *process, const char *name)
{
	unsigned number = ++made;
	int length;

	if (self)
		length = asprintf(&process->numbers, "%s:%u", self->numbers, number);
	else
		length = asprintf(&process->numbers, "%u", number);
	if (length < 0) {
		process->numbers = NULL;
		return -ENOMEM;
	}
	if (name)
		process->name = strdup(name);
	else if (asprintf(&process->name, "Process-%s", process->numbers) < 0)
		process->name = NULL;
	return process->name ? 0 : -ENOMEM;
}

static void destroy(struct mp_process *process)
{
	if (process->pidfd >= 0)
		close(process->pidfd);
	free(process->name);
	free(process->numbers);
	free(process);
}

int mp_process_new(struct mp_process **process, const char *name, int (*run)(void *argument),
		   void *argument)
{
	struct mp_process *new;
	int rc;

	*process = NULL;
	if (!run)
		return -EINVAL;
	new = malloc(sizeof(*new));
	if (!new)
		return -ENOMEM;
	*new = (struct mp_process){
		.run = run,
		.argument = argument,
		.owner = getpid(),
		.changing = PTHREAD_MUTEX_INITIALIZER,
		.pidfd = -1,
	};
	rc = name_it(new, name);
	if (rc) {
		destroy(new);
		return rc;
	}
	*process = new;
	return 0;
}

int mp_process_set_daemon(struct mp_process *process, bool daemon)
{
	if (process->stage != MADE)
		return -EALREADY;
	process->daemon = daemon;
	return 0;
}

/* --- the child --- */

/* As exec does it: what is handled gets its default, what is ignored stays so. */
static void reset_handlers(void)
{
	const struct sigaction standard = {.sa_handler = SIG_DFL};
	struct sigaction now;

	for (int number = 1; number <= SIGRTMAX; number++) {
		if (sigaction(number, NULL, &now) < 0)
			continue;
		if (now.sa_handler != SIG_DFL && now.sa_handler != SIG_IGN)
			sigaction(number, &standard, NULL);
	}
}

/* Every signal is blocked until here, so that none could run a handler of the parent. */
static void reset_signals(void)
{
	sigset_t none;

	reset_handlers();
	sigemptyset(&none);
	pthread_sigmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void live(struct mp_process *process, int spare_fd)
{
	int status;

	prctl(PR_SET_NAME, process->name);
	close(spare_fd);
	self = process;
	reset_signals();
	status = process->run(process->argument);
	/* Before the children are waited for, which may take long, and after: they are over. */
	fflush(NULL);
	mp_process_finish();
	fflush(NULL);
	_exit(status & 0xff);
}

/* --- the start --- */

/* Whether the pidfd is that of a child of ours. Not when the child was reaped by somebody else
 * before its pidfd was opened, and its number went to a stranger. */
static bool is_ours(int pidfd)
{
	siginfo_t info;

	return waitid(WAIT_FOR_PIDFD, (id_t)pidfd, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

/* Without a pidfd nobody could look after the child: there must be none. */
static void abandon(pid_t pid)
{
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* In the parent, right after the fork: nobody has reaped the child yet, so its number is its own,
 * unless the program has its children reaped behind our back. */
static int adopt(struct mp_process *process, pid_t pid)
{
	int pidfd = mp_pidfd_open(pid);

	if (pidfd < 0 && pidfd != -ESRCH) {
		abandon(pid);
		return pidfd;
	}
	if (pidfd >= 0 && !is_ours(pidfd)) {
		close(pidfd);
		pidfd = -ESRCH;
	}
	process->pid = pid;
	process->lost = pidfd < 0;
	process->pidfd = process->lost ? -1 : pidfd;
	process->stage = process->lost ? REAPED : STARTED;
	return 0;
}

/* The spare descriptor keeps a place for the pidfd, so that a child is not born only to find that
 * there is none. */
static int fork_with_spare(struct mp_process *process, int spare_fd)
{
	sigset_t all, before;
	pid_t pid;
	int rc;

	fflush(NULL);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	pid = fork();
	rc = -errno;
	if (pid == 0)
		live(process, spare_fd);
	close(spare_fd);
	if (pid > 0)
		rc = adopt(process, pid);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

static int start(struct mp_process *process)
{
	int spare_fd, rc;

	if (process->stage != MADE)
		return -EALREADY;
	rc = mp_children_reserve();
	if (rc)
		return rc;
	spare_fd = mp_pidfd_open(getpid());
	rc = spare_fd < 0 ? spare_fd : fork_with_spare(process, spare_fd);
	if (rc || process->stage == REAPED)
		mp_children_cancel();
	else
		mp_children_add(process);
	return rc;
}

int mp_process_start(struct mp_process *process)
{
	int rc;

	if (process->owner != getpid())
		return -ECHILD;
	if (process->stage != MADE)
		return -EALREADY;
	/* It dies by SIGTERM without a chance to look after them. */
	if (self && self->daemon)
		return -EPERM;
	pthread_mutex_lock(&process->changing);
	rc = start(process);
	pthread_mutex_unlock(&process->changing);
	return rc;
}

/* --- the end --- */

static int code_of(const siginfo_t *info)
{
	return info->si_code == CLD_EXITED ? info->si_status : -info->si_status;
}

static int wait_for_end(struct mp_process *process)
{
	siginfo_t info;
	int rc;

	do
		rc = waitid(WAIT_FOR_PIDFD, (id_t)process->pidfd, &info, WEXITED);
	while (rc < 0 && errno == EINTR);

	/* It has ended, but somebody else was told how. */
	process->lost = rc < 0 && errno == ECHILD;
	if (rc < 0 && !process->lost)
		return -errno;
	process->code = process->lost ? 0 : code_of(&info);
	process->stage = REAPED;
	mp_children_remove(process);
	return 0;
}

/* Blocks until it has ended. One thread waits in the kernel, the others for that thread. */
static int reap(struct mp_process *process)
{
	int rc = 0;

	pthread_mutex_lock(&process->changing);
	if (process->stage == STARTED)
		rc = wait_for_end(process);
	pthread_mutex_unlock(&process->changing);
	return rc;
}

int mp_process_join(struct mp_process *process, int64_t timeout_ms)
{
	struct mp_deadline deadline;
	int rc = 0;

	if (process->owner != getpid())
		return -ECHILD;
	if (process->stage != STARTED)
		return process->stage == MADE ? -ESRCH : 0;
	deadline = mp_deadline_in(timeout_ms);
	if (!deadline.never)
		rc = mp_wait_readable(process->pidfd, &deadline);
	return rc ? rc : reap(process);
}

bool mp_process_is_alive(const struct mp_process *process)
{
	struct pollfd poll_end = {.fd = process->pidfd, .events = POLLIN};

	return process->stage == STARTED && poll(&poll_end, 1, 0) == 0;
}

/* The status of one that was not reaped yet, and is not by this. */
static int peek(const struct mp_process *process, int *code)
{
	siginfo_t info = {0};

	if (waitid(WAIT_FOR_PIDFD, (id_t)process->pidfd, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
		return -errno;
	if (info.si_pid == 0)
		return MP_RUNNING;
	*code = code_of(&info);
	return 0;
}

static int recorded(const struct mp_process *process, int *code)
{
	if (process->lost)
		return -ECHILD;
	*code = process->code;
	return 0;
}

int mp_process_exit_code(struct mp_process *process, int *code)
{
	int rc;

	if (process->owner != getpid())
		return -ECHILD;
	if (process->stage == MADE)
		return -ESRCH;
	rc = process->stage == STARTED ? peek(process, code) : -ECHILD;
	if (rc != -ECHILD)
		return rc;
	/* Reaped: long ago, or by a thread that is about to write the status down. */
	rc = reap(process);
	return rc ? rc : recorded(process, code);
}

int mp_process_free(struct mp_process *process)
{
	int rc = 0;

	/* A child keeps its own name. */
	if (!process || process == self)
		return 0;
	if (process->owner == getpid() && process->stage == STARTED) {
		rc = mp_process_join(process, 0);
		if (rc)
			return rc == MP_TIMEOUT ? -EBUSY : rc;
	}
	destroy(process);
	return 0;
}

/* --- signals --- */

int mp_process_send_signal(struct mp_process *process, int number)
{
	if (process->stage != STARTED)
		return -ESRCH;
	if (syscall(SYS_pidfd_send_signal, process->pidfd, number, NULL, 0) < 0)
		return -errno;
	return 0;
}

int mp_process_terminate(struct mp_process *process)
{
	return mp_process_send_signal(process, SIGTERM);
}

int mp_process_kill(struct mp_process *process)
{
	return mp_process_send_signal(process, SIGKILL);
}

/* --- what is known of it --- */

const char *mp_process_name(const struct mp_process *process)
{
	return process->name;
}

bool mp_process_is_daemon(const struct mp_process *process)
{
	return process->daemon;
}

pid_t mp_process_pid(const struct mp_process *process)
{
	return process->stage == MADE ? -ESRCH : process->pid;
}

int mp_process_pidfd(const struct mp_process *process)
{
	return process->pidfd < 0 ? -ESRCH : process->pidfd;
}

const char *mp_process_current_name(void)
{
	return self ? self->name : "MainProcess";
}
