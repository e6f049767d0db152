/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the twin of mp-daemon can misbehave, and which claims that breaks. */
#ifndef FAULTS_H
#define FAULTS_H

#include "stopped.h"

static const struct fault faults[] = {
	{"none", "", "nothing"},
	{"many", "", "the daemon prints many numbers"},
	{"busy-main", "", "main does not pause before it ends"},
	/* all three claims */
	STOPPED_FAULTS("1", "2", "3", "2 3"),
	/* The daemon prints at least one number, and is stopped in the middle of its loop when … */
	{"silent", "1", "the daemon prints no number"},
	/* The non-daemon prints all its numbers after that, and is waited for */
	{"beside", "2", "it prints its numbers while the daemon lives"},
	{"first-beside", "2", "it prints its first number while the daemon lives"},
	{"signal-beside", "2", "it prints when the signal was sent, but has not ended the daemon"},
	{"missing", "2", "a number is not printed"},
	{"double", "2", "a number is printed twice"},
	{"disorder", "2", "two numbers change places"},
	{"more", "2", "one number too many is printed"},
	{"mute", "2", "it prints nothing"},
	{0},
};

#endif
