// SPDX-License-Identifier: GPL-2.0-or-later
#include "step.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "tap.h"

enum { REFUSED = 77 };

void (*step_child_begins)(void);

/* Plain system calls, so that only a few steps lie between the stop and the act. */
static _Noreturn void be_stepped(void (*act)(void *argument), void *argument)
{
	const pid_t self = getpid();

	if (ptrace(PTRACE_TRACEME, 0, 0, 0) != 0)
		_exit(REFUSED);
	if (step_child_begins)
		step_child_begins();
	syscall(SYS_kill, self, SIGSTOP);
	act(argument);
	syscall(SYS_exit_group, 0);
	__builtin_unreachable();
}

static int wait_for_stop(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			tap_bail("waitpid of a stepped child: %s", strerror(errno));
	return status;
}

/* One instruction; a signal that comes instead of it is handed on. Its status then. */
static int step_once(pid_t pid)
{
	long signal = 0;
	int status;

	do {
		if (ptrace(PTRACE_SINGLESTEP, pid, 0, signal) != 0)
			tap_bail("PTRACE_SINGLESTEP: %s", strerror(errno));
		status = wait_for_stop(pid);
		signal = WIFSTOPPED(status) ? WSTOPSIG(status) : SIGTRAP;
	} while (signal != SIGTRAP);
	return status;
}

int stopped_after(void (*act)(void *argument), void *argument, unsigned long steps, pid_t *pid)
{
	pid_t child = fork_now();
	int status;

	if (child == 0)
		be_stepped(act, argument);
	*pid = 0;
	status = wait_for_stop(child);
	if (!WIFSTOPPED(status))
		return STEP_FORBIDDEN;
	for (unsigned long i = 0; i < steps && WIFSTOPPED(status); i++)
		status = step_once(child);
	if (WIFSTOPPED(status)) {
		*pid = child;
		return STEP_INSIDE;
	}
	if (!WIFEXITED(status))
		tap_bail("a stepped child died by signal %d", WTERMSIG(status));
	return STEP_FINISHED;
}

void step_kill(pid_t pid)
{
	kill(pid, SIGKILL);
	wait_status(pid);
}

int step_finish(pid_t pid)
{
	ptrace(PTRACE_DETACH, pid, 0, 0);
	return wait_status(pid);
}

int killed_after(void (*act)(void *argument), void *argument, unsigned long steps)
{
	pid_t pid;
	int end = stopped_after(act, argument, steps, &pid);

	if (end == STEP_INSIDE)
		step_kill(pid);
	return end;
}

int changing_steps(void (*act)(void *argument), void *argument, const void *memory, size_t size,
		   unsigned long *steps, int most)
{
	unsigned char *before = malloc(size);
	int status = 0, count = 0;
	pid_t pid;

	if (!before)
		tap_bail("no memory");
	memcpy(before, memory, size);
	if (stopped_after(act, argument, 0, &pid) == STEP_FORBIDDEN)
		count = -1;
	for (unsigned long i = 1; count >= 0; i++) {
		status = step_once(pid);
		if (!WIFSTOPPED(status))
			break;
		if (memcmp(before, memory, size) == 0)
			continue;
		if (count == most)
			tap_bail("an act changes memory more than %d times", most);
		steps[count++] = i;
		memcpy(before, memory, size);
	}
	free(before);
	return count;
}
