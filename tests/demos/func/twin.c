// SPDX-License-Identifier: GPL-2.0-or-later
/* What mp-func does, with bare system calls, and one fault. */
#include "faults.h"

#include <stdlib.h>

enum { MOST = 300 };

static pid_t pids[MOST];

static int work(void *number)
{
	if (fault("again"))
		myfunc(number);
	return myfunc(number);
}

/* How many processes are started before this one and are to be joined before it. */
static long joined_before(long number, long count)
{
	if (fault("one-by-one"))
		return number;
	return fault("first-joined") && number == count - 1 ? 1 : 0;
}

int main(int argc, char *argv[])
{
	long count, joined = 0;

	twin_begin(faults, argc, argv);
	count = twin_number("-n", 3) + (fault("one-process-more") ? 1 : 0) -
		(fault("one-process-less") ? 1 : 0);
	if (fault("nothing"))
		return 0;
	if (count > MOST)
		return 2;
	for (long i = 0; i < count; i++) {
		while (joined < joined_before(i, count))
			twin_reap(pids[joined++]);
		myfunc_in_main(i);
		pids[i] = twin_fork(work, &i);
	}
	while (joined < count)
		twin_reap(pids[joined++]);
	return 0;
}
