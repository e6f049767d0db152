/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gate.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

struct plan {
	const struct mp_identity *identity;
	char **argv;
	bool output_to_stderr;
	mode_t umask;
	pid_t parent;
	int gate;
	int failed;
};

static bool wait_for_gate(int gate)
{
	char byte;
	ssize_t got;

	do
		got = read(gate, &byte, 1);
	while (got < 0 && errno == EINTR);
	return got == 1;
}

/* Returns only when the command cannot be started. */
static int become_command(const struct plan *plan)
{
	int error;

	if (plan->output_to_stderr && dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		return -errno;
	error = mp_identity_environment(plan->identity);
	if (error == 0)
		error = mp_privilege_drop(plan->identity);
	if (error < 0)
		return error;
	/* After the change of ids, which clears it. The parent may have gone in between. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0)
		return -errno;
	if (getppid() != plan->parent)
		return -ESRCH;
	umask(plan->umask);
	execvp(plan->argv[0], plan->argv);
	return -errno;
}

_Noreturn static void run_child(const struct plan *plan)
{
	int error;
	ssize_t written;

	if (!wait_for_gate(plan->gate))
		_exit(EXIT_FAILURE);
	error = become_command(plan);
	do
		written = write(plan->failed, &error, sizeof(error));
	while (written < 0 && errno == EINTR);
	_exit(127);
}

static void close_one(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static int start_child(struct plan *plan, const int open_pipe[2], const int failed_pipe[2],
		       struct mp_gate *gate)
{
	plan->gate = open_pipe[0];
	plan->failed = failed_pipe[1];
	plan->parent = getpid();
	gate->pid = fork();
	if (gate->pid < 0)
		return -errno;
	if (gate->pid == 0) {
		close(open_pipe[1]);
		close(failed_pipe[0]);
		run_child(plan);
	}
	gate->pidfd = (int)syscall(SYS_pidfd_open, gate->pid, 0);
	return gate->pidfd < 0 ? -errno : 0;
}

int mp_gate_start(const struct mp_identity *identity, char **argv, bool output_to_stderr,
		  mode_t mask, struct mp_gate *gate)
{
	struct plan plan = {.identity = identity,
			    .argv = argv,
			    .output_to_stderr = output_to_stderr,
			    .umask = mask};
	int open_pipe[2] = {-1, -1}, failed_pipe[2] = {-1, -1};
	int error = 0;

	*gate = (struct mp_gate){.pidfd = -1, .open = -1, .failed = -1};
	if (pipe2(open_pipe, O_CLOEXEC) < 0 || pipe2(failed_pipe, O_CLOEXEC) < 0)
		error = -errno;
	else
		error = start_child(&plan, open_pipe, failed_pipe, gate);
	close_one(&open_pipe[0]);
	close_one(&failed_pipe[1]);
	gate->open = open_pipe[1];
	gate->failed = failed_pipe[0];
	return error;
}

int mp_gate_open(struct mp_gate *gate)
{
	int error = 0;
	ssize_t got;

	if (write(gate->open, "", 1) != 1)
		return -errno;
	close_one(&gate->open);
	/* The other end closes as the command begins: nothing comes then. */
	do
		got = read(gate->failed, &error, sizeof(error));
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -errno;
	return got == (ssize_t)sizeof(error) ? error : 0;
}

void mp_gate_close(struct mp_gate *gate)
{
	close_one(&gate->open);
	close_one(&gate->failed);
	close_one(&gate->pidfd);
}

/* Takes `file` over. Links stay as they are: a program may look at the name it is run by. */
static int make_absolute(char *file, char **found)
{
	char *here;
	int made;

	if (file[0] == '/') {
		*found = file;
		return 0;
	}
	here = getcwd(NULL, 0);
	made = here != NULL ? asprintf(found, "%s/%s", here, file) : -1;
	free(here);
	free(file);
	return made < 0 ? -ENOMEM : 0;
}

/* As execvp(3) would choose: a file that may be run wins, one that may not is remembered. */
static int try_program(const char *path, size_t length, const char *name, char **found)
{
	struct stat about;
	char *file;

	if (length == 0)
		file = strdup(name);
	else if (asprintf(&file, "%.*s/%s", (int)length, path, name) < 0)
		file = NULL;
	if (file == NULL)
		return -ENOMEM;
	if (stat(file, &about) < 0 || (S_ISREG(about.st_mode) && access(file, X_OK) < 0)) {
		int error = -errno;

		free(file);
		return error;
	}
	if (!S_ISREG(about.st_mode)) {
		free(file);
		return -EACCES;
	}
	return make_absolute(file, found);
}

int mp_program_find(const char *name, char **found)
{
	const char *path = getenv("PATH");
	int error = -ENOENT;

	if (name[0] == '\0')
		return -ENOENT;
	if (strchr(name, '/') != NULL)
		return try_program("", 0, name, found);
	if (path == NULL)
		path = "/usr/local/bin:/usr/bin:/bin";
	for (;;) {
		size_t length = strcspn(path, ":");
		int tried = try_program(path, length, name, found);

		if (tried == 0 || tried == -ENOMEM)
			return tried;
		if (tried == -EACCES)
			error = -EACCES;
		if (path[length] == '\0')
			return error;
		path += length + 1;
	}
}
