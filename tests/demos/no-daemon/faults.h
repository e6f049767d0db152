/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the twin of mp-no-daemon can misbehave, and which claims that breaks. */
#ifndef FAULTS_H
#define FAULTS_H

#include "fault.h"

static const struct fault faults[] = {
	{"none", "", "nothing"},
	{"at-once", "", "each prints all its lines with one write"},
	/* Both start, run at the same time, print all their numbers and say that they exit */
	{"one-by-one", "1", "the first is waited for before the second is started"},
	{"start-unsaid", "1", "background_process does not say that it starts"},
	{"other-start-unsaid", "1", "NO_background_process does not say that it starts"},
	{"started-late", "1", "a number comes before it is said to start"},
	{"missing", "1", "background_process does not print a number"},
	{"other-missing", "1", "NO_background_process does not print a number"},
	{"none-at-all", "1", "NO_background_process prints no numbers"},
	{"double", "1", "a number is printed twice"},
	{"other-disorder", "1", "two numbers change places"},
	{"more", "1", "one number too many is printed"},
	{"same", "1", "both print the same numbers"},
	{"unsaid", "1", "background_process does not say that it is exiting"},
	{"other-unsaid", "1", "NO_background_process does not say that it is exiting"},
	{"hasty", "1", "it is said to exit before its last number"},
	{"wrong-name", "1", "NO_background_process says the name of the other"},
	{"stopped", "1 2", "background_process is stopped, as if it were a daemon"},
	{"single", "1 2", "the second is never started"},
	/* No signal is sent to either; the main process waits for both */
	{"ignored", "2", "main sends a signal, which is ignored"},
	{"handled", "2", "main sends a signal, which is handled"},
	{"continued", "2", "main sends SIGCONT, which does nothing"},
	{"paused", "2", "main stops a process for a moment and lets it go on"},
	{"brotherly", "2", "one of the two sends the other a signal, which is ignored"},
	{"third", "2", "a third process sends a signal, which is ignored"},
	{"itself", "2", "a process sends itself a signal, which is ignored"},
	{"too-late", "2", "main sends a signal to one that has exited"},
	{"dies", "2", "a process is killed when all is printed"},
	{"unreaped", "2", "main waits for both, and reaps one"},
	{"unwaited", "2", "main leaves while one runs"},
	/* everything */
	{"nothing", "1 2", "main leaves at once"},
	{0},
};

#endif
