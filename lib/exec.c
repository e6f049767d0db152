// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Processes that execute the program anew: its functions that they may run, by name; the start in
 * the parent; and the way of the child from the library's constructor to its function.
 */
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "internal.h"

enum { CANNOT_RUN = 127 };

/* --- the functions --- */

struct entry {
	char *name;
	int (*run)(const void *argument, size_t size);
};

static struct entry *entries;
static size_t entry_count;

static const struct entry *find(const char *name)
{
	for (size_t i = 0; i < entry_count; i++)
		if (strcmp(entries[i].name, name) == 0)
			return &entries[i];
	return NULL;
}

int mp_process_register(const char *function, int (*run)(const void *argument, size_t size))
{
	const struct entry *known;
	struct entry *grown;
	char *name;

	if (!function || !run)
		return -EINVAL;
	known = find(function);
	if (known)
		return known->run == run ? 0 : -EEXIST;
	grown = reallocarray(entries, entry_count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	entries = grown;
	name = strdup(function);
	if (!name)
		return -ENOMEM;
	entries[entry_count++] = (struct entry){.name = name, .run = run};
	return 0;
}

int mp_call_new(struct mp_call **call, const char *function, const void *bytes, size_t size)
{
	const struct entry *entry;

	if (!function || (!bytes && size > 0))
		return -EINVAL;
	entry = find(function);
	if (!entry)
		return -ENOENT;
	if (size > SIZE_MAX - sizeof(**call))
		return -ENOMEM;
	*call = malloc(sizeof(**call) + size);
	if (!*call)
		return -ENOMEM;
	(*call)->function = entry->name;
	(*call)->size = size;
	if (size > 0)
		memcpy((*call)->bytes, bytes, size);
	return 0;
}

/* --- the start --- */

/*
 * The program, by the name of its file if that is still there: so it is called in lists of
 * processes, and so a debugger finds it which runs programs inside of its own (valgrind).
 */
static const char *find_program(char *path, size_t size)
{
	static const char same[] = "/proc/self/exe";
	ssize_t length = readlink(same, path, size);

	if (length <= 0 || (size_t)length == size)
		return same;
	path[length] = '\0';
	return access(path, X_OK) == 0 ? path : same;
}

/* The environment and one variable more. One that was ours already is not for the child. */
static char **environment_with(char *variable)
{
	const size_t length = strlen(MP_HANDOVER_VARIABLE "=");
	size_t count = 0, kept = 0;
	char **all;

	while (environ && environ[count])
		count++;
	all = calloc(count + 2, sizeof(*all));
	if (!all)
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (strncmp(environ[i], variable, length) != 0)
			all[kept++] = environ[i];
	all[kept] = variable;
	return all;
}

/* A descriptor that takes its own place loses its close-on-exec flag. */
static int keep(posix_spawn_file_actions_t *actions, int fd)
{
	return fd < 0 ? 0 : posix_spawn_file_actions_adddup2(actions, fd, fd);
}

static int keep_all(posix_spawn_file_actions_t *actions, const struct mp_birth *birth, int fd)
{
	int error = keep(actions, fd);

	if (!error)
		error = keep(actions, birth->parent.pidfd);
	if (!error)
		error = keep(actions, birth->lifeline_fd);
	for (unsigned i = 0; i < birth->given_count && !error; i++)
		error = keep(actions, birth->given[i]);
	return error;
}

/* The caller has blocked all signals; the child begins with none blocked. */
static int spawn(char *const *environment, const struct mp_birth *birth, int fd, pid_t *pid)
{
	char *const arguments[] = {program_invocation_name, (char *)birth->name, NULL};
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	char path[PATH_MAX];
	sigset_t none;
	int error;

	sigemptyset(&none);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawn_file_actions_init(&actions);
	error = keep_all(&actions, birth, fd);
	if (!error)
		error = posix_spawn(pid, find_program(path, sizeof(path)), &actions, &attributes,
				    arguments, environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	return -error;
}

int mp_call_spawn(const struct mp_call *call, const struct mp_birth *birth, pid_t *pid)
{
	char variable[sizeof(MP_HANDOVER_VARIABLE) + 16], **environment;
	int fd, rc = -ENOMEM;

	/* The child would not trust its environment. */
	if (getauxval(AT_SECURE))
		return -EPERM;
	fd = mp_handover_new(birth, call);
	if (fd < 0)
		return fd;
	snprintf(variable, sizeof(variable), MP_HANDOVER_VARIABLE "=%d", fd);
	environment = environment_with(variable);
	if (environment)
		rc = spawn(environment, birth, fd, pid);
	free(environment);
	close(fd);
	return rc;
}

/* --- the child --- */

static struct mp_handover handover;
static enum { NOT_BY_EXEC, TO_ENTER, BROKEN, ENTERED } state;

__attribute__((constructor)) static void arrive(void)
{
	int rc = mp_handover_take(&handover);

	if (rc > 0)
		rc = mp_process_arrive(&handover.birth) == 0 ? 1 : -ENOMEM;
	if (rc)
		state = rc > 0 ? TO_ENTER : BROKEN;
}

bool mp_exec_must_enter(void)
{
	return state == TO_ENTER || state == BROKEN;
}

int mp_process_enter(void)
{
	const struct entry *entry;
	int status;

	if (!mp_exec_must_enter())
		return 0;
	entry = state == TO_ENTER ? find(handover.function) : NULL;
	if (!entry)
		_exit(CANNOT_RUN);
	state = ENTERED;
	status = entry->run(handover.argument, handover.size);
	/* Before the children are waited for, which exit() does first. */
	mp_signals_flush();
	exit(status & 0xff);
}
