// SPDX-License-Identifier: GPL-2.0-or-later
#include "one_by_one.h"

#include <stdlib.h>
#include <sys/wait.h>

static pid_t pids[ONE_BY_ONE_MAX];

/* Is the one with this number not joined before the next is started? */
static bool is_left(long number, long count)
{
	siginfo_t end;

	if (fault("reaped-late"))
		waitid(P_PID, (id_t)pids[number], &end, WEXITED | WNOWAIT);
	return ((fault("all-at-once") || fault("reaped-late")) && number < count - 1) ||
	       (fault("two-at-once") && number == 0) ||
	       (fault("unjoined-last") && number == count - 1);
}

void one_by_one(long count, int (*work)(void *))
{
	long joined = fault("unjoined-first") ? 1 : 0;

	if (count > ONE_BY_ONE_MAX)
		exit(2);
	for (long i = 0; i < count; i++) {
		pids[i] = twin_fork(work, &i);
		if (is_left(i, count))
			continue;
		while (joined <= i)
			twin_reap(pids[joined++]);
	}
}
