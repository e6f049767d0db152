/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the twin of mp-func can misbehave, and which claims that breaks. */
#ifndef FAULTS_H
#define FAULTS_H

#include "fault.h"
#include "myfunc.h"

static const struct fault faults[] = {
	{"none", "", "nothing"},
	/* Each process runs the function with its own number, and prints exactly that many lines
	 * after its heading (and, at the end, the lines' order) */
	MYFUNC_FAULTS("1", "2"),
	{"one-process-more", "1", "there is one process more"},
	{"one-process-less", "1 2", "there is one process less"},
	{"again", "1 2", "a process runs the function two times"},
	/* The processes run at the same time, and each one's lines stay in order */
	{"one-by-one", "2", "each is joined before the next is started"},
	{"first-joined", "2", "the first is joined before the last is started"},
	/* everything */
	{"nothing", "1 2", "main leaves at once"},
	{0},
};

#endif
