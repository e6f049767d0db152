// SPDX-License-Identifier: GPL-2.0-or-later
/* What mp-name does, with bare system calls, and one fault. */
#include "faults.h"
#include "twin.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <time.h>

enum { GIVEN, DEFAULT, THIRD };

static unsigned delay; /* ms */

/* What the kernel is told; NULL: nothing. */
static const char *name_of(int which)
{
	static const char *const names[] = {"myFunc process", "Process-2", "Process-3"};

	if (fault("no-name-given") && which == GIVEN)
		return "Process-1";
	if (fault("default-is-1") && which == DEFAULT)
		return "Process-1";
	if (fault("both-given") && which == DEFAULT)
		return names[GIVEN];
	if (fault("kernel-untold") || (fault("one-has-both") && which == DEFAULT))
		return NULL;
	return names[which];
}

static void say(const char *what, const char *name)
{
	twin_say("%s process name = %s\n", what, name);
}

static void look_at_the_clock(void)
{
	struct timespec now, end;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_nsec += delay * 1000000L;
	end.tv_sec += end.tv_nsec / 1000000000;
	end.tv_nsec %= 1000000000;
	do
		clock_gettime(CLOCK_MONOTONIC, &now);
	while (now.tv_sec < end.tv_sec || (now.tv_sec == end.tv_sec && now.tv_nsec < end.tv_nsec));
}

/* The first one has the faults in what it does between its lines. */
static void pause_between(bool first)
{
	if (first && fault("busy"))
		look_at_the_clock();
	else if (first && fault("short-sleep"))
		twin_sleep(delay / 2);
	else if (!fault("no-delay-at-all") &&
		 !(first && (fault("no-sleep") || fault("sleeps-first") || fault("sleeps-last"))))
		twin_sleep(delay);
}

static void run_function(const char *name, bool first)
{
	if (first && fault("sleeps-first"))
		twin_sleep(delay);
	if (!first || (!fault("silent-start") && !fault("main-speaks")))
		say("Starting", name);
	pause_between(first);
	if (!first || (!fault("silent-exit") && !fault("main-speaks")))
		say("Exiting", first && fault("another-at-exit") ? "Process-1" : name);
	if (first && fault("sleeps-last"))
		twin_sleep(delay);
}

static int work(void *argument)
{
	int which = *(int *)argument;
	bool first = which == GIVEN;
	const char *name = name_of(which);

	if (first && fault("one-has-both"))
		prctl(PR_SET_NAME, "Process-2");
	if (name)
		prctl(PR_SET_NAME, name);
	else
		name = first ? "myFunc process" : "Process-2";
	if (fault("names-exchanged"))
		name = name_of(first ? DEFAULT : GIVEN);
	run_function(name, first);
	if (first && fault("twice"))
		run_function(name, first);
	return 0;
}

/* Does main join this one, the i-th that was started? */
static bool is_joined(int i)
{
	return !fault("sleeps-itself") && !(fault("unjoined-first") && i == 0) &&
	       !(fault("unjoined-second") && i == 1);
}

int main(int argc, char *argv[])
{
	int order[] = {GIVEN, DEFAULT, THIRD};
	pid_t pids[3];
	int count;

	twin_begin(faults, argc, argv);
	delay = (unsigned)(strtod(twin_option("--delay", "3"), NULL) * 1000);
	count = fault("nothing") ? 0 : fault("three") ? 3 : 2;
	if (fault("other-first")) {
		order[0] = DEFAULT;
		order[1] = GIVEN;
	}
	if (fault("main-speaks")) {
		say("Starting", "myFunc process");
		say("Exiting", "myFunc process");
	}
	for (int i = 0; i < count; i++) {
		pids[i] = twin_fork(work, &order[i]);
		if (fault("one-by-one"))
			twin_reap(pids[i]);
	}
	for (int i = 0; i < count && !fault("one-by-one"); i++)
		if (is_joined(i))
			twin_reap(pids[i]);
	if (fault("sleeps-itself"))
		twin_sleep(3 * delay);
	return 0;
}
