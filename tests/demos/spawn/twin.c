// SPDX-License-Identifier: GPL-2.0-or-later
/* What mp-spawn does, with bare system calls, and one fault. */
#include "faults.h"

int main(int argc, char *argv[])
{
	long count;

	twin_begin(faults, argc, argv);
	count = twin_number("-n", 6) + (fault("one-process-more") ? 1 : 0) -
		(fault("one-process-less") ? 1 : 0);
	if (fault("nothing"))
		return 0;
	for (long i = 0; i < count; i++)
		myfunc_in_main(i);
	one_by_one(count, myfunc);
	return 0;
}
