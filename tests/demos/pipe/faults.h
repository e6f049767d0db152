/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the twin of mp-pipe can misbehave, and which claims that breaks. */
#ifndef FAULTS_H
#define FAULTS_H

#include "fault.h"

static const struct fault faults[] = {
	{"none", "", "nothing"},
	/* create_items sends the numbers 0 to 9 into the first pipe and closes it */
	{"nine", "1 5", "one number fewer is sent"},
	{"nine-invented", "1", "one number fewer is sent; main makes up the last square"},
	{"eleven", "1", "one number more is sent; main prints the first ten squares"},
	{"halves", "1 2", "each number is sent in two writes"},
	{"create-unclosed", "1", "create ends without closing its pipe"},
	/* multiply_items reads until the pipe is closed and sends on the square of each number */
	{"multiply-counts", "2", "multiply stops when it has had enough, not at the end"},
	{"end-twice", "2", "multiply reads the end two times"},
	{"multiply-skips", "2", "multiply keeps a square; main makes it up"},
	{"multiply-batches", "2", "multiply sends all squares in one write"},
	/* Both work at the same time */
	{"one-by-one", "3", "create has been waited for before multiply is started"},
	/* The main process closes the ends that it does not use before it reads … */
	{"late-first", "4", "main closes the first pipe after its first read"},
	{"late-second", "4", "main closes the second pipe after its first read"},
	{"hang-first", "2 4 5 6", "main never closes its writing end of the first pipe",
	 .hangs = true},
	{"hang-second", "4 5 6", "main never closes its writing end of the second pipe",
	 .hangs = true},
	/* The main process prints each square in order, and "End" when the second pipe is closed */
	{"wrong-square", "5", "82 is printed for 81"},
	{"wrong-multiply", "5", "multiply sends the cube"},
	{"disorder", "5", "the first two squares change places"},
	{"stutter", "5", "a square is printed twice"},
	{"end-early", "5", "End is printed before the end was read"},
	{"end-unsaid", "5", "End is not printed"},
	/* Both processes end well and are reaped */
	{"create-fails", "6", "create exits with 3"},
	{"multiply-dies", "6", "multiply is killed when its work is done"},
	{"unreaped", "6", "main leaves without waiting for multiply"},
	/* everything */
	{"nothing", "1 2 3 4 5 6", "main leaves at once"},
	{0},
};

#endif
