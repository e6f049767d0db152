// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A process from its making to its freeing.
 */
#include <errno.h>
#include <fcntl.h>
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

enum stage { MADE, STARTED, REAPED };

struct mp_process {
	char *name;
	char *numbers; /* "2:1": the first child of the second child */
	int (*run)(void *argument);
	void *argument;
	struct mp_call *call; /* for a start by exec; else NULL */
	int *given;	      /* descriptors; the parent's copies until it is started */
	unsigned given_count;
	pid_t owner; /* who made it; 0: it was not made here, so nobody can join it */
	bool daemon;

	_Atomic unsigned holds;
	pthread_mutex_t changing; /* held while it is changed, started, or reaped */
	_Atomic int stage;
	struct mp_watch watch;
	int code;	   /* once reaped */
	_Atomic bool lost; /* somebody else took the exit status */
	struct mp_lifeline lifeline;
};

/* The object that this process was started from, in the memory that it got from its parent, and
 * what it knows of the parent. NULL: it was not started by the library. */
static struct mp_process *self, *parent;
/* What stands for it then. */
static char main_name[] = "MainProcess";
static struct mp_process main_process = {.name = main_name, .stage = STARTED, .watch.pidfd = -1};
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

/* An error of close() is about what was written: nothing was, here. */
static void take_back_given(struct mp_process *process)
{
	for (unsigned i = 0; i < process->given_count; i++)
		close(process->given[i]);
	process->given_count = 0;
}

static void destroy(struct mp_process *process)
{
	mp_watch_close(&process->watch);
	mp_lifeline_cut(&process->lifeline);
	take_back_given(process);
	free(process->given);
	free(process->call);
	free(process->name);
	free(process->numbers);
	free(process);
}

void mp_process_hold(struct mp_process *process)
{
	process->holds++;
}

void mp_process_drop(struct mp_process *process)
{
	if (--process->holds == 0)
		destroy(process);
}

static struct mp_process *blank(void)
{
	struct mp_process *new = malloc(sizeof(*new));

	if (new)
		*new = (struct mp_process){
			.holds = 1,
			.changing = PTHREAD_MUTEX_INITIALIZER,
			.watch.pidfd = -1,
			.lifeline.fd = -1,
		};
	return new;
}

int mp_process_new(struct mp_process **process, const char *name, int (*run)(void *argument),
		   void *argument)
{
	struct mp_process *new;
	int rc;

	*process = NULL;
	if (!run)
		return -EINVAL;
	new = blank();
	if (!new)
		return -ENOMEM;
	new->run = run;
	new->argument = argument;
	new->owner = getpid();
	rc = name_it(new, name);
	if (rc) {
		destroy(new);
		return rc;
	}
	*process = new;
	return 0;
}

/* Its function is found in the child, by name. */
static int run_nothing(void *argument)
{
	return 0;
}

int mp_process_new_exec(struct mp_process **process, const char *name, const char *function,
			const void *bytes, size_t size)
{
	struct mp_call *call;
	int rc;

	*process = NULL;
	rc = mp_call_new(&call, function, bytes, size);
	if (rc)
		return rc;
	rc = mp_process_new(process, name, run_nothing, NULL);
	if (rc)
		free(call);
	else
		(*process)->call = call;
	return rc;
}

/* --- before the start --- */

/* What stands for the caller, or its parent. */
static bool is_of_library(const struct mp_process *process)
{
	return process == self || process == parent || process == &main_process;
}

/* 0: it may be changed, and is locked for that. */
static int begin_change(struct mp_process *process)
{
	if (process->owner != getpid() && !is_of_library(process))
		return -ECHILD;
	if (process->stage != MADE)
		return -EALREADY;
	pthread_mutex_lock(&process->changing);
	if (process->stage == MADE)
		return 0;
	pthread_mutex_unlock(&process->changing);
	return -EALREADY;
}

static void end_change(struct mp_process *process)
{
	pthread_mutex_unlock(&process->changing);
}

int mp_process_set_daemon(struct mp_process *process, bool daemon)
{
	int rc = begin_change(process);

	if (rc)
		return rc;
	process->daemon = daemon;
	end_change(process);
	return 0;
}

int mp_process_set_name(struct mp_process *process, const char *name)
{
	char *copy;
	int rc;

	if (!name)
		return -EINVAL;
	rc = begin_change(process);
	if (rc)
		return rc;
	copy = strdup(name);
	if (copy) {
		free(process->name);
		process->name = copy;
	}
	end_change(process);
	return copy ? 0 : -ENOMEM;
}

/* Not among the first three, which a program reads from and writes to without asking. */
static int add_given(struct mp_process *process, int fd)
{
	int *grown = reallocarray(process->given, process->given_count + 1, sizeof(*grown));
	int copy;

	if (!grown)
		return -ENOMEM;
	process->given = grown;
	copy = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (copy < 0)
		return -errno;
	process->given[process->given_count++] = copy;
	return 0;
}

int mp_process_give_fd(struct mp_process *process, int fd)
{
	int rc = begin_change(process);

	if (rc)
		return rc;
	rc = add_given(process, fd);
	end_change(process);
	return rc;
}

/* --- the child --- */

/* prctl() itself may not be called here: address sanitizers put a function in its place that takes
 * a lock, which another thread of the parent may have held at the fork. */
static void name_in_kernel(const char *name)
{
	syscall(SYS_prctl, PR_SET_NAME, name, 0, 0, 0);
}

/* From now on the caller is `process`, and `its_parent` started it. */
static void become(struct mp_process *process, struct mp_process *its_parent)
{
	/* In a child of a child: the grandparent, which is not ours to know. */
	if (parent)
		destroy(parent);
	parent = its_parent;
	self = process;
	self->stage = STARTED;
	name_in_kernel(self->name);
}

static _Noreturn void live(struct mp_process *process, const struct mp_birth *birth,
			   struct mp_process *its_parent)
{
	int status;

	become(process, its_parent);
	if (process->daemon)
		mp_lifeline_depend(birth->lifeline_fd);
	mp_signals_reset();
	status = process->run(process->argument);
	mp_members_leave_all();
	/* Before the children are waited for, which may take long, and after: they are over. */
	mp_signals_flush();
	mp_process_finish();
	mp_signals_flush();
	_exit(status & 0xff);
}

/* The parent as its child sees it; the watch becomes its own. NULL: no memory. */
static struct mp_process *view_of(const char *name, const struct mp_watch *watch)
{
	struct mp_process *view = blank();

	if (!view)
		return NULL;
	view->name = strdup(name);
	if (!view->name) {
		destroy(view);
		return NULL;
	}
	view->watch = *watch;
	view->stage = STARTED;
	return view;
}

static int copy_given(struct mp_process *process, const struct mp_birth *birth)
{
	process->given = calloc(birth->given_count + 1, sizeof(*process->given));
	if (!process->given)
		return -ENOMEM;
	if (birth->given_count > 0)
		memcpy(process->given, birth->given, birth->given_count * sizeof(*birth->given));
	process->given_count = birth->given_count;
	return 0;
}

int mp_process_arrive(const struct mp_birth *birth)
{
	struct mp_process *new = blank(), *its_parent;

	its_parent = view_of(birth->parent_name, &birth->parent);
	if (!new || !its_parent || copy_given(new, birth) != 0)
		return -ENOMEM;
	new->name = strdup(birth->name);
	new->numbers = strdup(birth->numbers);
	if (!new->name || !new->numbers)
		return -ENOMEM;
	new->daemon = birth->daemon;
	become(new, its_parent);
	if (birth->daemon)
		mp_lifeline_depend(birth->lifeline_fd);
	return 0;
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

/* In the parent the view of it is closed again, and so has kept a place for the child's pidfd: no
 * child is born only to find that there is none. */
static int bear(struct mp_process *process, struct mp_birth *birth, struct mp_process *view)
{
	sigset_t all, before;
	pid_t pid = 0;
	int rc = 0;

	mp_signals_flush();
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	if (process->call) {
		rc = mp_call_spawn(process->call, birth, &pid);
	} else {
		pid = fork();
		rc = pid < 0 ? -errno : 0;
		if (pid == 0)
			live(process, birth, view);
	}
	destroy(view);
	if (!rc)
		rc = adopt(process, pid);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return rc;
}

/* The calling process, as it will be seen by its child. */
static int view_itself(struct mp_process **view)
{
	struct mp_watch watch;
	int rc = mp_watch_self(&watch);

	if (rc)
		return rc;
	*view = view_of(mp_process_current_name(), &watch);
	if (*view)
		return 0;
	mp_watch_close(&watch);
	return -ENOMEM;
}

static int bear_with_lifeline(struct mp_process *process)
{
	struct mp_birth birth = {
		.name = process->name,
		.numbers = process->numbers,
		.parent_name = mp_process_current_name(),
		.given = process->given,
		.given_count = process->given_count,
		.daemon = process->daemon,
		.lifeline_fd = -1,
	};
	struct mp_process *view;
	int rc = view_itself(&view);

	if (rc)
		return rc;
	birth.parent = view->watch;
	if (process->daemon)
		rc = mp_lifeline_new(&process->lifeline, &birth.lifeline_fd);
	if (rc) {
		destroy(view);
		return rc;
	}
	rc = bear(process, &birth, view);
	if (birth.lifeline_fd >= 0)
		close(birth.lifeline_fd);
	return rc;
}

static int start(struct mp_process *process)
{
	int rc;

	if (process->stage != MADE)
		return -EALREADY;
	rc = mp_children_reserve();
	if (rc)
		return rc;
	rc = bear_with_lifeline(process);
	if (rc || process->stage == REAPED) {
		mp_children_cancel();
		mp_lifeline_cut(&process->lifeline);
	} else {
		mp_children_add(process);
	}
	if (!rc)
		take_back_given(process);
	return rc;
}

int mp_process_start(struct mp_process *process)
{
	int rc;

	if (process->owner != getpid())
		return -ECHILD;
	if (process->stage != MADE)
		return -EALREADY;
	/* It would start itself, which would start itself. */
	if (mp_exec_must_enter())
		return -EINPROGRESS;
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

/* Reaps it, with `options` for waitid. 0; MP_RUNNING (it was told not to wait). */
static int collect(struct mp_process *process, int options)
{
	siginfo_t info;
	int rc = mp_watch_wait(&process->watch, &info, WEXITED | options);

	/* It has ended, but somebody else was told how. */
	process->lost = rc == -ECHILD;
	if (rc && !process->lost)
		return rc;
	if (!process->lost && info.si_pid == 0)
		return MP_RUNNING;
	process->code = process->lost ? 0 : code_of(&info);
	mp_lifeline_cut(&process->lifeline);
	process->stage = REAPED;
	return 0;
}

bool mp_process_reap_ended(struct mp_process *process)
{
	bool reaped;

	/* Another thread reaps it, and will need the list for that. */
	if (pthread_mutex_trylock(&process->changing) != 0)
		return false;
	reaped = process->stage == REAPED || collect(process, WNOHANG) == 0;
	pthread_mutex_unlock(&process->changing);
	return reaped;
}

/* Blocks until it has ended. One thread waits in the kernel, the others for that thread. */
static int reap(struct mp_process *process)
{
	int rc = 0;

	pthread_mutex_lock(&process->changing);
	if (process->stage == STARTED) {
		rc = collect(process, 0);
		if (!rc)
			mp_children_remove(process);
	}
	pthread_mutex_unlock(&process->changing);
	return rc;
}

int mp_process_join(struct mp_process *process, int64_t timeout_ms)
{
	struct mp_deadline deadline = mp_deadline_in(timeout_ms);
	int rc = 0;

	if (process == parent)
		return mp_watch_end(&process->watch, &deadline);
	if (process->owner != getpid())
		return -ECHILD;
	if (process->stage != STARTED)
		return process->stage == MADE ? -ESRCH : 0;
	if (!deadline.never)
		rc = mp_watch_end(&process->watch, &deadline);
	return rc ? rc : reap(process);
}

bool mp_process_is_alive(const struct mp_process *process)
{
	if (process == mp_process_current())
		return true;
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

	if (process == mp_process_current())
		return MP_RUNNING;
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
	if (!process || is_of_library(process))
		return 0;
	if (process->owner == getpid() && process->stage == STARTED) {
		rc = mp_process_join(process, 0);
		if (rc)
			return rc == MP_TIMEOUT ? -EBUSY : rc;
	}
	/* Another thread that walks the list may just have reaped it, and not be done with it. */
	if (process->owner == getpid())
		mp_children_remove(process);
	mp_process_drop(process);
	return 0;
}

/* --- signals --- */

int mp_process_send_signal(struct mp_process *process, int number)
{
	if (process->stage != STARTED)
		return -ESRCH;
	if (process == mp_process_current())
		return kill(getpid(), number) < 0 ? -errno : 0;
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
	if (process == mp_process_current())
		return getpid();
	return process->stage == MADE ? -ESRCH : process->watch.life.pid;
}

int mp_process_pidfd(const struct mp_process *process)
{
	if (process->stage == MADE || process->lost || process == mp_process_current())
		return -ESRCH;
	return process->watch.pidfd < 0 ? -ENOSYS : process->watch.pidfd;
}

struct mp_process *mp_process_current(void)
{
	return self ? self : &main_process;
}

const char *mp_process_current_name(void)
{
	return mp_process_current()->name;
}

struct mp_process *mp_process_parent(void)
{
	return parent;
}

int mp_process_given_fd(unsigned index)
{
	return self && index < self->given_count ? self->given[index] : -ENOENT;
}
