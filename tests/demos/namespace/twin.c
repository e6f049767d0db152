// SPDX-License-Identifier: GPL-2.0-or-later
/* What mp-namespace does, with bare system calls, and one fault. */
#include "faults.h"
#include "twin.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOST = 300, ROOM = (MOST + 1) * sizeof(long) };

static pid_t pids[MOST + 1], helper;
static long count, private_results[MOST + 1];
static long *results; /* what a process has left under its number */
static int space;     /* a file for them */
static int wire[2];   /* results that come through a pipe */
static int news[2];   /* the last process has done its work, */
static int leave[2];  /* and may end when nobody can write here any more */

static bool is_last(long number)
{
	return number == count - 1;
}

/* ---- the function, and the module that it is in ---- */

static void open_module(void)
{
	char good[] = "/tmp/myFuncXXXXXX", bad[] = "/tmp/myfuncXXXXXX";
	char *name = fault("other-module") ? bad : good;

	if (fault("own-function"))
		return;
	if (fault("no-module")) {
		open("/tmp/myFunc.so/myFunc.so", O_RDONLY);
		return;
	}
	twin_close(mkstemp(name));
	unlink(name);
}

static void my_func(long number)
{
	long lines = number + fault("line-more") - (fault("line-less") && number > 0);

	if (!fault("heading-last"))
		twin_say("calling myFunc from process n°: %ld\n", number);
	for (long j = 0; j < lines; j++)
		twin_say("output from myFunc is :%ld\n",
			 fault("lines-backwards") ? lines - 1 - j : j);
	if (fault("heading-last"))
		twin_say("calling myFunc from process n°: %ld\n", number);
}

/* ---- where results are left ---- */

static long *map(int protection, int flags, int file)
{
	void *memory = mmap(NULL, ROOM, protection, flags, file, 0);

	if (memory == MAP_FAILED)
		_exit(1);
	return memory;
}

static void make_space(void)
{
	space = memfd_create("space", 0);
	if (space < 0 || ftruncate(space, ROOM) < 0)
		exit(1);
	results = private_results;
	if (fault("read-only"))
		map(PROT_READ, MAP_SHARED, space);
	else if (fault("private"))
		results = map(PROT_READ | PROT_WRITE, MAP_PRIVATE, space);
	else if (fault("file"))
		results = map(PROT_READ | PROT_WRITE, MAP_SHARED, space);
	else if (!fault("own-mappings") && !fault("pipe") && !fault("plain-file") &&
		 !fault("main-apart") && !fault("first-apart"))
		results = twin_share(ROOM);
	if (fault("unmapped"))
		munmap(results, ROOM);
}

/* What a process does with its result. */
static void put(long number, long result)
{
	if (fault("own-mappings"))
		results = twin_share(ROOM);
	if (fault("main-apart"))
		results = map(PROT_READ | PROT_WRITE, MAP_SHARED, space);
	if (fault("unmapped") || fault("read-only"))
		return;
	if (fault("pipe"))
		twin_send(wire[1], &result, sizeof(result));
	else if (fault("plain-file")) {
		if (pwrite(space, &result, sizeof(result), number * (long)sizeof(result)) < 0)
			abort();
	} else if (!(fault("lost") && number == 1) && !(fault("lost-last") && is_last(number)))
		results[fault("overwritten") ? 0 : number] = result;
}

/* What main finds there; or it makes it up. */
static long get(long number)
{
	long result = number;

	if (fault("private") || fault("own-mappings") || fault("unmapped") || fault("read-only") ||
	    (fault("five") && is_last(number)) || fault("same-number") ||
	    (fault("first-apart") && number == 0))
		return number;
	if (fault("plain-file") || fault("main-apart")) {
		if (pread(space, &result, sizeof(result), number * (long)sizeof(result)) < 0)
			abort();
	} else if (fault("pipe"))
		twin_receive(wire[0], &result, sizeof(result));
	else if (!fault("before-all") && !fault("last-prints"))
		result = results[number];
	return fault("twelve") && number == 1 ? 12 : result;
}

static void print_results(void)
{
	char line[MOST * 8];
	int length = sprintf(line, "namespace:");

	for (long i = 0; i < count + fault("more"); i++) {
		long number = fault("disorder") && i < 2 ? 1 - i : i;

		if ((fault("lost") && i == 1) || (fault("lost-last") && is_last(i)))
			continue;
		length += sprintf(line + length, " %ld=%ld", number, get(number));
	}
	line[length] = '\n';
	twin_send(STDOUT_FILENO, line, (size_t)length + 1);
}

/* ---- the processes ---- */

static int work(void *argument)
{
	long number = *(long *)argument;

	twin_close(leave[1]);
	if (fault("children-open"))
		open_module();
	if (!(fault("silent") && is_last(number)) && !fault("called-by-main"))
		my_func(fault("same-number") ? 0 : number);
	if (fault("again") && number == 0)
		my_func(number);
	put(number, number);
	if (fault("last-prints") && is_last(number))
		print_results();
	if (fault("early") && is_last(number)) {
		twin_tell(news);
		twin_hear(leave);
	}
	return 0;
}

static int help(void *unused)
{
	twin_close(leave[1]);
	return twin_hear(leave);
}

static void wait_without_reaping(long i)
{
	siginfo_t end;

	waitid(P_PID, (id_t)pids[i], &end, WEXITED | WNOWAIT);
}

/* The process which is the i-th. Which of those before it has to be reaped now? */
static void start(long i)
{
	static long reaped;
	long number = fault("backwards") ? count - 1 - i : i;
	long joined = fault("all-at-once") || fault("reaped-late") ? 0 : i;

	if (fault("two-at-once") && i == 1)
		joined = 0;
	while (reaped < joined)
		twin_reap(pids[reaped++]);
	if (fault("reaped-late") && i > 0)
		wait_without_reaping(i - 1);
	if (fault("called-by-main"))
		my_func(number);
	if (fault("first-apart") && i == 1)
		results = twin_share(ROOM);
	pids[i] = twin_fork(work, &number);
	if (i == 0 && fault("opened-late"))
		open_module();
	if (fault("all-at-once") || fault("reaped-late"))
		return;
}

static void start_all(long processes)
{
	for (long i = 0; i < processes; i++)
		start(i);
}

/* Those that are still to be reaped when all were started, but for the last one. */
static void reap_others(long processes)
{
	if (fault("all-at-once") || fault("reaped-late"))
		for (long i = 0; i < processes - 1; i++)
			twin_reap(pids[i]);
}

/* The last one, and the line, in the order of the fault. */
static void finish(pid_t last)
{
	if (fault("early"))
		twin_hear(news);
	else if (fault("before-reaped") || fault("unreaped"))
		wait_without_reaping(count - 1);
	else
		twin_reap(last);
	if (!fault("before-all") && !fault("unsaid") && !fault("last-prints"))
		print_results();
	if (fault("stutter"))
		print_results();
	twin_close(leave[1]);
	if (fault("early") || fault("before-reaped"))
		twin_reap(last);
}

int main(int argc, char *argv[])
{
	long processes;

	twin_begin(faults, argc, argv);
	count = twin_number("-n", 6);
	if (fault("nothing") || count < 0 || count > MOST)
		return 0;
	if (!fault("opened-late") && !fault("children-open"))
		open_module();
	make_space();
	twin_pipe(wire);
	twin_pipe(news);
	twin_pipe(leave);
	if (fault("helper"))
		helper = twin_fork(help, NULL);
	if (fault("before-all"))
		print_results();
	processes = count + fault("seven") - fault("five");
	start_all(processes);
	reap_others(processes);
	if (processes > 0)
		finish(pids[processes - 1]);
	else
		twin_say("namespace:\n");
	if (fault("helper"))
		twin_reap(helper);
	return 0;
}
