/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the twin of mp-pool can misbehave, and which claims that breaks. */
#ifndef FAULTS_H
#define FAULTS_H

#include "fault.h"

static const struct fault faults[] = {
	{"none", "", "nothing"},
	{"told", "", "workers are told to stop by a word, not by the end of their pipe"},
	{"one-pipe", "", "all workers write into the same pipe"},
	/* Four worker processes are started, and they run at the same time */
	{"three", "1", "one worker fewer is started"},
	{"five", "1", "one worker more is started, and gets its share"},
	{"one-by-one", "1 4", "each worker has ended before the next is started"},
	{"one-late", "1 4", "the last worker is started when the first has ended"},
	/* The hundred inputs are shared out among the workers; every worker gets some */
	{"greedy", "2", "one worker does everything"},
	{"greedy-told", "2", "the same; the others only read the word that stops them"},
	{"one-idle", "2", "the last worker gets nothing"},
	{"main-helps", "2", "the main process does the last worker's share itself"},
	{"unread", "2", "the workers know their shares beforehand, and are given nothing"},
	{"unheard", "2", "the main process works out the last worker's results again"},
	/* The results come back in the order of the inputs */
	{"as-they-come", "3", "the results are printed worker by worker"},
	{"swapped", "3", "two results change places"},
	{"backwards", "3", "the results come in the order from last to first"},
	{"lost", "3", "one result is missing"},
	{"doubled", "3", "one result is there twice"},
	{"wrong", "3", "one result is not a square"},
	{"result-unsaid", "3 4", "nothing is printed"},
	{"said-twice", "3", "the results are printed two times"},
	/* After close no further work is accepted; join waits until every worker has exited well */
	{"late-work", "4", "a worker gets more when another one has ended"},
	{"fails", "4", "a worker exits with 3"},
	{"killed", "4", "the pool is ended by signals when the results are there"},
	{"said-before-close", "4", "the results are printed while the workers are there"},
	{"said-before-join", "4", "the results are printed when all workers have ended, unwaited"},
	{"one-unjoined", "4 5", "the main process waits for all but one, which has ended"},
	/* No worker outlives the pool */
	{"helper-left", "5", "a worker leaves a process of its own behind"},
	{"outlives", "4 5", "the last worker is still busy when the main process leaves"},
	/* everything */
	{"nothing", "1 2 3 4 5", "main leaves at once"},
	{0},
};

#endif
