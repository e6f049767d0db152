/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the twin of mp-namespace can misbehave, and which claims that breaks. */
#ifndef FAULTS_H
#define FAULTS_H

#include "fault.h"

static const struct fault faults[] = {
	{"none", "", "nothing"},
	{"file", "", "the shared memory is that of a file"},
	{"helper", "", "a process of another kind runs beside them all the time"},
	/* Six processes run, one after the other, a function that is defined elsewhere */
	{"own-function", "1", "the function is in the program itself"},
	{"other-module", "1", "the function is in a module of another name"},
	{"no-module", "1", "there is no such file to open"},
	{"opened-late", "1", "the module is opened when the first process runs already"},
	{"children-open", "1", "each process opens the module, and main does not"},
	{"five", "1", "one process less is started; main makes up its result"},
	{"seven", "1", "one process more is started, and nobody asks for its result"},
	{"two-at-once", "1", "the second is started before the first is joined"},
	{"all-at-once", "1", "all are started before the first is joined"},
	{"reaped-late", "1", "each has ended before the next is started, but is still a zombie"},
	{"backwards", "1", "the numbers go down"},
	{"same-number", "1", "all have the number 0 for the function"},
	{"silent", "1", "the last one does not run the function; it leaves a result, though"},
	{"again", "1", "the first one runs the function two times"},
	{"line-more", "1", "the function prints a line more"},
	{"line-less", "1", "the function prints a line less"},
	{"heading-last", "1", "the function prints its heading last"},
	{"lines-backwards", "1", "the function prints the last line first"},
	{"called-by-main", "1 2 3", "main runs the function, and then starts the process"},
	/* All of them map the same shared memory */
	{"private", "2", "memory of their own; main makes up the line"},
	{"own-mappings", "2", "each process maps shared memory for itself; main makes up the line"},
	{"unmapped", "2",
	 "main unmaps the memory before it starts a process; it makes up the line"},
	{"read-only", "2", "the memory that they share cannot be written; main makes up the line"},
	{"pipe", "2", "the results come through a pipe"},
	{"plain-file", "2", "the results are written to a file, and read from there"},
	{"main-apart", "2", "the processes have memory in common, and main does not"},
	{"first-apart", "2", "the memory is mapped when the first process has gone already"},
	/* What each process left in the namespace is there … after that process has gone */
	{"early", "3", "the line is printed before the last process has ended"},
	{"before-all", "3", "the line is printed before the first process is started"},
	{"before-reaped", "3", "the line is printed when the last has ended but was not reaped"},
	{"unreaped", "3", "main leaves without waiting for the last process"},
	{"lost", "3", "one result was not left there"},
	{"lost-last", "3", "the last result was not left there"},
	{"overwritten", "3", "all results are left under one number"},
	{"disorder", "3", "the first two results change places in the line"},
	{"more", "3", "the line has a result that nobody has left"},
	{"twelve", "3", "the result of the second is 12"},
	{"unsaid", "3", "the line is not printed"},
	{"stutter", "3", "the line is printed twice"},
	{"last-prints", "3", "the last process prints the line"},
	/* everything */
	{"nothing", "1 2 3", "main leaves at once"},
	{0},
};

#endif
