/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the twin of mp-name can misbehave, and which claims that breaks. */
#ifndef FAULTS_H
#define FAULTS_H

#include "fault.h"

#define SHORT                                                                                      \
	{                                                                                          \
		"--delay", "0.1"                                                                   \
	}

static const struct fault faults[] = {
	{"none", "", "nothing", SHORT},
	{"other-first", "", "the one with the default name is started first", SHORT},
	/* One process has the name it was given, "myFunc process"; the other has the default name,
	 * "Process-2" */
	{"kernel-untold", "1", "the kernel is told no names", SHORT},
	{"no-name-given", "1", "both have default names", SHORT},
	{"default-is-1", "1", "the default name is Process-1", SHORT},
	{"both-given", "1", "both are called myFunc process", SHORT},
	{"one-has-both", "1", "one process has both names in turn, the other none", SHORT},
	/* Each prints its name on starting and on exiting, and sleeps three seconds between */
	{"names-exchanged", "2", "each prints the other one's name", SHORT},
	{"another-at-exit", "2", "one exits with another name than it started with", SHORT},
	{"silent-start", "2", "one does not say that it starts", SHORT},
	{"silent-exit", "2", "one does not say that it exits", SHORT},
	{"main-speaks", "2", "main says it for one of them", SHORT},
	{"twice", "2", "one runs its function twice", SHORT},
	{"no-sleep", "2", "one does not sleep", SHORT},
	{"no-delay-at-all", "", "nobody sleeps, and nobody has to", {"--delay", "0"}},
	{"busy", "2", "one does not sleep, but looks at the clock until the time is over", SHORT},
	{"short-sleep", "2", "one sleeps for half of the time", SHORT},
	{"sleeps-first", "2", "one sleeps before it says that it starts", SHORT},
	{"sleeps-last", "2", "one sleeps after it has said that it exits", SHORT},
	/* The two run at the same time */
	{"one-by-one", "3", "the first is joined before the second is started", SHORT},
	{"three", "3", "there are three", SHORT},
	/* The main process waits for both */
	{"unjoined-second", "4", "main does not wait for the second", SHORT},
	{"unjoined-first", "4", "main does not wait for the first", SHORT},
	{"sleeps-itself", "4", "main sleeps until they have ended, and leaves", SHORT},
	/* everything */
	{"nothing", "1 2 3 4", "main leaves at once", SHORT},
	{0},
};

#endif
