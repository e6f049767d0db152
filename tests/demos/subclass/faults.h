/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the twin of mp-subclass can misbehave, and which claims that breaks. */
#ifndef FAULTS_H
#define FAULTS_H

#include "fault.h"
#include "one_by_one.h"

static const struct fault faults[] = {
	{"none", "", "nothing"},
	/* Ten processes are started, each running the overridden run method */
	{"one-process-more", "1", "there is one process more"},
	{"one-process-less", "1 3", "there is one process less"},
	{"base-method", "1", "one process runs the base's method, which does nothing"},
	{"other-method", "1", "one process runs another method"},
	{"method-twice", "1", "one process calls the method twice"},
	{"method-in-main", "1", "main calls the method of each object besides"},
	/* Each is joined before the next is started: never two at once */
	ONE_BY_ONE_FAULTS("2"),
	/* Their default names count from Process-1 to Process-10 */
	{"from-0", "3", "the names begin with Process-0"},
	{"same-name", "3", "all of them are called Process-1"},
	{"other-names", "3", "they are given names: worker-1, worker-2, …"},
	{"kernel-untold", "3", "the kernel is told no names"},
	{"false-name", "3", "each says that its name is Process-1"},
	/* everything */
	{"nothing", "1 2 3", "main leaves at once"},
	{0},
};

#endif
