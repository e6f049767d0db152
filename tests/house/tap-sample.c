/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Tests of every outcome, for prove-test.sh: tap-sample pass|fail|child|heir|short|long|skip|bail.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static void pass(void)
{
	ok(true, "a # TODO and a \\ are only text");
	is_int(-1, -1, "numbers");
}

static void fail(void)
{
	ok(true, "one");
	is_string("got", "expected", "two");
}

/* A child that fails must neither print a point nor go unnoticed. */
static void child(void)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		ok(false, "in the child");
		_exit(tap_done());
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		tap_bail("no child");
	ok(status != 0, "the child said that it failed");
	ok(true, "two");
}

/* A child answers only for itself: what failed before it was forked is not its fault. */
static void heir(void)
{
	int status;
	pid_t pid;

	ok(false, "one");
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		ok(true, "in the child");
		_exit(tap_done());
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		tap_bail("no child");
	if (status != 0)
		tap_bail("the child answered for its parent");
	ok(true, "two");
}

static void shorter(void)
{
	ok(true, "one");
}

static void longer(void)
{
	pass();
	ok(true, "three");
}

static void skip(void)
{
	ok(true, "one");
	tap_skip(1, "no reason");
}

_Noreturn static void bail(void)
{
	ok(true, "one");
	tap_bail("enough");
}

static const struct {
	const char *name;
	void (*run)(void);
} samples[] = {
	{"pass", pass},	    {"fail", fail},   {"child", child}, {"heir", heir},
	{"short", shorter}, {"long", longer}, {"skip", skip},	{"bail", bail},
};

int main(int argc, char *argv[])
{
	for (size_t i = 0; argc == 2 && i < sizeof(samples) / sizeof(samples[0]); i++) {
		if (strcmp(argv[1], samples[i].name) == 0) {
			tap_plan(2);
			samples[i].run();
			return tap_done();
		}
	}
	fputs("usage: tap-sample pass|fail|child|heir|short|long|skip|bail\n", stderr);
	return EXIT_FAILURE;
}
