/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the twin of mp-barrier can misbehave, and which claims that breaks. */
#ifndef FAULTS_H
#define FAULTS_H

#include "fault.h"

static const struct fault faults[] = {
	{"none", "", "nothing"},
	/* p1 and p2 wait for each other: neither passes the barrier before both have reached it */
	{"early", "1", "p2 does not wait at the barrier, p1 comes late"},
	{"barrier-of-one", "1", "the barrier is made for one party"},
	{"one-short", "1", "the barrier lets go when all but one are there",
	 .options = {"-p", "3"}},
	{"by-the-clock", "1", "no barrier: both sleep for the same time"},
	{"print-first", "1", "p1 prints before it goes to the barrier"},
	{"told-by-main", "1", "main lets p1 go although p2 has not come"},
	/* p1 and p2 take turns to print: a lock lets one print at a time */
	{"no-lock", "2", "the lock is forgotten"},
	{"own-lock", "2", "each party has a lock of its own"},
	{"short-lock", "2", "the lock is given back in the middle of the line"},
	{"twice", "2", "p1 prints its line twice"},
	{"speechless", "1 2", "p1 prints nothing"},
	/* p3 and p4 wait for nobody */
	{"p3-waits", "3", "p3 waits until p4 has written to it"},
	{"p4-joins", "3", "p4 waits at the barrier too"},
	{"p4-locks", "3", "p4 waits for the lock that somebody holds"},
	{"p3-silent", "3", "p3 prints nothing"},
	/* The four run at the same time, and the main process reaps them all */
	{"p4-late", "4", "p3 has been waited for before p4 is started"},
	{"unreaped", "4", "main leaves without waiting for p4"},
	/* everything */
	{"nothing", "1 2 3 4", "main leaves at once"},
	{0},
};

#endif
