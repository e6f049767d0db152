/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the twin of mp-background can misbehave, and which claims that breaks. */
#ifndef FAULTS_H
#define FAULTS_H

#include "fault.h"

static const struct fault faults[] = {
	{"none", "", "nothing"},
	{"none-no", "", "nothing, and no daemon", {"--daemon", "no"}},
	{"silent-daemon", "", "the daemon is stopped before it has printed anything"},
	{"quick-daemon", "", "the daemon has printed all its numbers before it is stopped"},
	{"sigkill", "", "the signal is SIGKILL"},
	{"deaf", "", "the daemon ignores SIGTERM, so SIGKILL follows"},
	/* background_process is a daemon: when the main process has nothing more to do, … */
	{"says-exiting", "1", "the daemon says that it is exiting, and is stopped then"},
	{"leaves", "1", "the daemon exits by itself, in silence"},
	{"finishes", "1", "the daemon says that it is exiting, and exits"},
	{"waited-for", "1", "the daemon is waited for, as if it were none"},
	{"catches", "1", "the daemon catches the signal and exits"},
	{"suicide", "1", "the daemon sends itself the signal, and main sends one to the dead"},
	{"other-signal", "1", "main sends a signal that does nothing; the daemon kills itself"},
	{"sibling", "1", "NO_background_process sends the signal, and then main does"},
	{"third", "1", "a third process sends the signal"},
	{"early", "1", "the daemon is stopped before NO_background_process is started"},
	{"works-on", "1", "main pauses after it has stopped the daemon"},
	{"starts-more", "1", "main starts a process after it has stopped the daemon"},
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
	{"other-stopped", "2", "it is stopped by main before its last number"},
	{"other-dies", "2", "it is killed when all is printed"},
	{"unwaited", "2 3", "main does not wait for it"},
	{"unreaped", "2 3", "main waits for it, without reaping"},
	/* Neither outlives the main process */
	{"outlives", "3", "the daemon dies of the signal when main has gone"},
	{"daemon-unreaped", "3", "the daemon is left as a zombie"},
	{"left-behind", "3", "a third process is left running"},
	/* everything */
	{"nothing", "1 2 3", "main leaves at once"},
	{0},
};

#endif
