/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the twin of mp-daemon can misbehave, and which claims that breaks. */
#ifndef FAULTS_H
#define FAULTS_H

#include "fault.h"

static const struct fault faults[] = {
	{"none", "", "nothing"},
	{"many", "", "the daemon prints many numbers"},
	{"busy-main", "", "main does not pause before it ends"},
	{"sigkill", "", "the signal is SIGKILL"},
	{"deaf", "", "the daemon ignores SIGTERM, so SIGKILL follows"},
	/* The daemon prints at least one number, and is stopped in the middle of its loop when … */
	{"silent", "1", "the daemon prints no number"},
	{"says-exiting", "1", "the daemon is through with its loop when it is stopped"},
	{"leaves", "1", "the daemon exits by itself, in silence"},
	{"finishes", "1", "the daemon comes to its end"},
	{"catches", "1", "the daemon catches the signal and exits"},
	{"suicide", "1", "the daemon sends itself the signal, and main sends one to the dead"},
	{"other-signal", "1", "main sends a signal that does nothing; the daemon kills itself"},
	{"sibling", "1", "the other process sends the signal"},
	{"third", "1", "a third process sends the signal"},
	{"early", "1", "the daemon is stopped before the other process is started"},
	{"works-on", "1", "the daemon is stopped first, and then main does its work"},
	{"starts-more", "1", "main starts a process after it has stopped the daemon"},
	/* The non-daemon prints all its numbers after that, and is waited for */
	{"beside", "2", "it prints its numbers while the daemon lives"},
	{"first-beside", "2", "it prints its first number while the daemon lives"},
	{"signal-beside", "2", "it prints when the signal was sent, but has not ended the daemon"},
	{"missing", "2", "a number is not printed"},
	{"double", "2", "a number is printed twice"},
	{"disorder", "2", "two numbers change places"},
	{"more", "2", "one number too many is printed"},
	{"mute", "2", "it prints nothing"},
	{"plain-stopped", "2", "it is stopped by main before its last number"},
	{"plain-dies", "2", "it is killed when all is printed"},
	{"unwaited", "2 3", "main does not wait for it"},
	{"unreaped", "2 3", "main waits for it, without reaping"},
	/* Neither outlives the main process */
	{"daemon-unreaped", "3", "the daemon is left as a zombie"},
	{"left-behind", "3", "a third process is left running"},
	{"outlives", "2 3", "the daemon dies of the signal when main has gone"},
	/* everything */
	{"nothing", "1 2 3", "main leaves at once"},
	{0},
};

#endif
