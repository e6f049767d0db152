/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the twin of mp-background can misbehave, and which claims that breaks. */
#ifndef FAULTS_H
#define FAULTS_H

#include "stopped.h"

static const struct fault faults[] = {
	{"none", "", "nothing"},
	{"none-no", "", "nothing, and no daemon", {"--daemon", "no"}},
	{"silent-daemon", "", "the daemon is stopped before it has printed anything"},
	{"quick-daemon", "", "the daemon has printed all its numbers before it is stopped"},
	/* all three claims */
	STOPPED_FAULTS("1", "2", "3", "3"),
	/* background_process is a daemon: when the main process has nothing more to do, … */
	{"waited-for", "1", "the daemon is waited for, as if it were none"},
	{"stops-both", "1", "it is stopped though it is no daemon", {"--daemon", "no"}},
	{"pokes", "1", "it gets a signal, which it ignores", {"--daemon", "no"}},
	{"unsaid", "1", "it exits without a word", {"--daemon", "no"}},
	/* NO_background_process is not: the main process waits until it has finished and … */
	{"other-missing", "2", "a number is not printed"},
	{"other-double", "2", "a number is printed twice"},
	{"other-disorder", "2", "two numbers change places"},
	{"other-more", "2", "one number too many is printed"},
	{"other-unsaid", "2", "NO_background_process does not say that it is exiting"},
	{"other-hasty", "2", "it says that it is exiting before its last number"},
	{0},
};

#endif
