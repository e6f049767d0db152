/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the twin of mp-spawn can misbehave, and which claims that breaks. */
#ifndef FAULTS_H
#define FAULTS_H

#include "fault.h"
#include "myfunc.h"
#include "one_by_one.h"

static const struct fault faults[] = {
	{"none", "", "nothing"},
	/* Six processes are started one after the other; each is joined before the next is started
	 */
	ONE_BY_ONE_FAULTS("1"),
	{"one-process-more", "1", "there is one process more"},
	{"one-process-less", "1 2", "there is one process less"},
	/* Process I prints its heading and I lines */
	MYFUNC_FAULTS("2", "2"),
	/* everything */
	{"nothing", "1 2", "main leaves at once"},
	{0},
};

#endif
