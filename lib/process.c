// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A process from its making to its freeing.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

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
	struct mp_watch watch;
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
	mp_watch_close(&process->watch);
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
		.watch.pidfd = -1,
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
	if (spare_fd >= 0)
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

/* Nobody could look after the child: there must be none. */
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
	int rc = mp_watch_open(&process->watch, pid);

	if (rc && rc != -ESRCH) {
		abandon(pid);
		return rc;
	}
	process->lost = rc != 0;
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
	if (spare_fd >= 0)
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
	/* Where there are no pidfds, no place needs to be kept. */
	rc = spare_fd < 0 && spare_fd != -ENOSYS ? spare_fd : fork_with_spare(process, spare_fd);
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
	int rc = mp_watch_wait(&process->watch, &info, WEXITED);

	/* It has ended, but somebody else was told how. */
	process->lost = rc == -ECHILD;
	if (rc && !process->lost)
		return rc;
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
		rc = mp_watch_end(&process->watch, &deadline);
	return rc ? rc : reap(process);
}

bool mp_process_is_alive(const struct mp_process *process)
{
	return process->stage == STARTED && !mp_watch_has_ended(&process->watch);
}

/* The status of one that was not reaped yet, and is not by this. */
static int peek(const struct mp_process *process, int *code)
{
	siginfo_t info;
	int rc = mp_watch_wait(&process->watch, &info, WEXITED | WNOHANG | WNOWAIT);

	if (rc)
		return rc;
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
	return mp_watch_signal(&process->watch, number);
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
	return process->stage == MADE ? -ESRCH : process->watch.life.pid;
}

int mp_process_pidfd(const struct mp_process *process)
{
	if (process->stage == MADE || process->lost)
		return -ESRCH;
	return process->watch.pidfd < 0 ? -ENOSYS : process->watch.pidfd;
}

const char *mp_process_current_name(void)
{
	return self ? self->name : "MainProcess";
}
