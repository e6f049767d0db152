// SPDX-License-Identifier: GPL-2.0-or-later
/* What mp-subclass does, with bare system calls, and one fault. */
#include "faults.h"

#include <stdio.h>
#include <sys/prctl.h>

static void take_name(long number, char name[32])
{
	if (fault("same-name"))
		number = 0;
	if (fault("from-0"))
		number--;
	snprintf(name, 32, "%s-%ld", fault("other-names") ? "worker" : "Process", number + 1);
	if (!fault("kernel-untold"))
		prctl(PR_SET_NAME, name);
}

static void run_method(const char *name)
{
	twin_say("called run method in %s\n", fault("false-name") ? "Process-1" : name);
}

static int work(void *number)
{
	bool special = *(long *)number == 2;
	char name[32];

	take_name(*(long *)number, name);
	if (special && fault("base-method"))
		return 0;
	if (special && fault("other-method")) {
		twin_say("called another method in %s\n", name);
		return 0;
	}
	if (special && fault("method-twice"))
		run_method(name);
	run_method(name);
	return 0;
}

int main(int argc, char *argv[])
{
	long count;

	twin_begin(faults, argc, argv);
	count = twin_number("-n", 10) + (fault("one-process-more") ? 1 : 0) -
		(fault("one-process-less") ? 1 : 0);
	if (fault("nothing"))
		return 0;
	for (long i = 0; fault("method-in-main") && i < count; i++)
		twin_say("called run method in Process-%ld\n", i + 1);
	one_by_one(count, work);
	return 0;
}
