// SPDX-License-Identifier: GPL-2.0-or-later
/* A guest that does not behave: what mp-trace is run on by the hostile test. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* Has a bad name, says it everywhere, and so does its child; both exit with 3. */
static int bear_name(const char *name)
{
	pid_t child;

	prctl(PR_SET_NAME, name);
	printf("%s\n%s", name, name);
	fflush(stdout);
	fprintf(stderr, "%s\n", name);
	child = fork();
	if (child == 0)
		_exit(3);
	waitpid(child, NULL, 0);
	return 3;
}

/* So many bytes through a pipe to itself, one by one, then one to another process. */
static int flood(long count)
{
	int ends[2], last[2];
	char byte = 0;

	if (pipe(ends) < 0 || pipe(last) < 0)
		return 1;
	for (long i = 0; i < count; i++)
		if (write(ends[1], &byte, 1) != 1 || read(ends[0], &byte, 1) != 1)
			return 1;
	if (fork() == 0)
		_exit(read(last[0], &byte, 1) != 1);
	if (write(last[1], &byte, 1) != 1)
		return 1;
	wait(NULL);
	return 0;
}

/* The same while mp-trace, the parent, reads nothing: however fast it is, there is no room. */
static int flood_unread(long count)
{
	pid_t tracer = getppid();
	int result = kill(tracer, SIGSTOP) < 0 || flood(count);

	return kill(tracer, SIGCONT) < 0 || result;
}

/* Leaves a process in a session of its own that wants to stay. */
static int leave_daemon(void)
{
	if (fork() == 0) {
		setsid();
		signal(SIGTERM, SIG_IGN);
		signal(SIGHUP, SIG_IGN);
		sleep(1000);
		_exit(0);
	}
	usleep(100000);
	return 0;
}

/* More children than anybody reaps. */
static int breed(long count)
{
	for (long i = 0; i < count; i++)
		if (fork() == 0)
			_exit(0);
	return 0;
}

int main(int argc, char *argv[])
{
	const char *what = argc > 1 ? argv[1] : "", *how = argc > 2 ? argv[2] : "0";

	if (!strcmp(what, "name"))
		return bear_name(how);
	if (!strcmp(what, "flood"))
		return flood(atol(how));
	if (!strcmp(what, "flood-unread"))
		return flood_unread(atol(how));
	if (!strcmp(what, "daemon"))
		return leave_daemon();
	if (!strcmp(what, "breed"))
		return breed(atol(how));
	if (!strcmp(what, "uid"))
		return printf("%u %u\n", getuid(), getgid()) < 0;
	fprintf(stderr,
		"usage: guest name NAME | flood N | flood-unread N | daemon | breed N | uid\n");
	return 2;
}
