// SPDX-License-Identifier: GPL-2.0-or-later
#include "run.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct buffer {
	int fd; /* -1: it has ended */
	char *text;
	size_t length, room;
};

static int must(int result, const char *what)
{
	if (result < 0)
		tap_bail("%s: %s", what, strerror(errno));
	return result;
}

static void *must_have(void *memory)
{
	if (!memory)
		tap_bail("no memory");
	return memory;
}

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ends[0] for us, ends[1] for the command's standard output. */
static void open_output(enum run_output output, int ends[2])
{
	ends[0] = -1;
	ends[1] = -1;
	if (output == RUN_PIPE) {
		must(pipe2(ends, O_CLOEXEC), "pipe2");
	} else if (output == RUN_TERMINAL) {
		ends[0] = must(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC), "posix_openpt");
		must(grantpt(ends[0]), "grantpt");
		must(unlockpt(ends[0]), "unlockpt");
		ends[1] = must(open(ptsname(ends[0]), O_RDWR | O_NOCTTY | O_CLOEXEC), "open");
	} else if (output == RUN_FULL) {
		ends[1] = must(open("/dev/full", O_WRONLY | O_CLOEXEC), "/dev/full");
	}
}

static void become_child(const struct run_how *how, int out, int err)
{
	struct rlimit files = {how->descriptors, how->descriptors};

	setpgid(0, 0);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	if (out >= 0)
		dup2(out, STDOUT_FILENO);
	else
		close(STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	if (how->folder)
		must(chdir(how->folder), how->folder);
	for (const char *const *set = how->set; set && *set; set++)
		putenv((char *)*set);
	if (how->user)
		must(setresuid(how->user, how->user, how->user), "setresuid");
	if (how->descriptors)
		must(setrlimit(RLIMIT_NOFILE, &files), "setrlimit");
}

static void take(struct buffer *buffer)
{
	ssize_t got;

	if (buffer->length + 4096 > buffer->room) {
		buffer->room = buffer->room * 2 + 8192;
		buffer->text = must_have(realloc(buffer->text, buffer->room));
	}
	got = read(buffer->fd, buffer->text + buffer->length, 4095);
	if (got > 0) {
		buffer->length += (size_t)got;
		return;
	}
	close(buffer->fd); /* the end; a terminal whose other side was closed says EIO */
	buffer->fd = -1;
}

/* Reads both until they end or the time is up, or (the command may have left somebody who holds
 * them open) until a moment after the command has ended. Returns the wait status, or -1. */
static int drain(pid_t pid, struct buffer *out, struct buffer *err, int64_t deadline)
{
	bool ended = false;
	int status = -1;

	while (out->fd >= 0 || err->fd >= 0 || !ended) {
		struct pollfd fds[2] = {{.fd = out->fd, .events = POLLIN},
					{.fd = err->fd, .events = POLLIN}};
		int ready = poll(fds, 2, 10);

		if (ready > 0 && fds[0].revents)
			take(out);
		if (ready > 0 && fds[1].revents)
			take(err);
		if (!ended && waitpid(pid, &status, WNOHANG) == pid)
			ended = true;
		else if (ended && ready <= 0)
			break;
		if (now_ms() > deadline)
			return ended ? status : -1;
	}
	return status;
}

static void kill_children(void)
{
	char path[64], *list, *rest;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", getpid());
	list = rest = run_read_file(path, NULL);
	for (char *word; (word = strsep(&rest, " "));)
		if (*word)
			kill((pid_t)atoi(word), SIGKILL);
	free(list);
}

/* Orphans of the command become our children: is one of them still running? */
static bool sweep(void)
{
	bool left = false;
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0) {
		if (pid > 0)
			continue;
		left = true;
		kill_children();
		usleep(1000);
	}
	return left;
}

static char *finish(struct buffer *buffer)
{
	if (buffer->fd >= 0)
		close(buffer->fd);
	if (!buffer->text)
		buffer->text = must_have(malloc(1));
	buffer->text[buffer->length] = 0;
	return buffer->text;
}

void run_function(struct run *run, const struct run_how *how, int (*function)(void *),
		  void *argument)
{
	static const struct run_how usual;
	struct buffer out = {0}, err = {0};
	int out_ends[2], err_ends[2], status;
	pid_t pid;

	how = how ? how : &usual;
	open_output(how->output, out_ends);
	must(pipe2(err_ends, O_CLOEXEC), "pipe2");
	must(prctl(PR_SET_CHILD_SUBREAPER, 1), "prctl");
	pid = must(fork(), "fork");
	if (pid == 0) {
		become_child(how, out_ends[1], err_ends[1]);
		exit(function(argument));
	}
	setpgid(pid, pid);
	if (out_ends[1] >= 0)
		close(out_ends[1]);
	close(err_ends[1]);
	out.fd = out_ends[0];
	err.fd = err_ends[0];
	status = drain(pid, &out, &err, now_ms() + (how->seconds ? how->seconds : 60) * 1000);
	if (status < 0)
		kill(-pid, SIGKILL);
	run->left = sweep();
	run->status = status < 0	  ? -1
		      : WIFEXITED(status) ? WEXITSTATUS(status)
					  : 128 + WTERMSIG(status);
	run->out = finish(&out);
	run->out_length = out.length;
	run->err = finish(&err);
	run->err_length = err.length;
}

static int exec_command(void *argv)
{
	execvp(((char **)argv)[0], argv);
	fprintf(stderr, "%s: %s\n", ((char **)argv)[0], strerror(errno));
	_exit(127);
}

void run_command(struct run *run, const struct run_how *how, const char *const argv[])
{
	run_function(run, how, exec_command, (void *)argv);
}

void run_free(struct run *run)
{
	free(run->out);
	free(run->err);
}

char *run_read_file(const char *path, size_t *length)
{
	struct buffer buffer = {.fd = must(open(path, O_RDONLY | O_CLOEXEC), path)};

	while (buffer.fd >= 0)
		take(&buffer);
	if (length)
		*length = buffer.length;
	return finish(&buffer);
}

unsigned run_count_lines(const char *text)
{
	unsigned lines = 0;

	for (; *text; text++)
		lines += *text == '\n' || !text[1];
	return lines;
}
