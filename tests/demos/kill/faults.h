/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the twin of mp-kill can misbehave, and which claims that breaks. */
#ifndef FAULTS_H
#define FAULTS_H

#include "fault.h"

static const struct fault faults[] = {
	{"none", "", "nothing"},
	/* Before it is started the process is not alive; after it is started it is */
	{"alive-before", "1", "it is said to be alive before it is started"},
	{"said-late", "1", "the state before is printed when it runs already"},
	{"dead-while-running", "1", "it is said not to be alive while it runs"},
	{"said-early", "1", "it is said to run before it is started"},
	/* The main process terminates it with SIGTERM while its loop is running */
	{"sigkill", "2", "SIGKILL instead of SIGTERM"},
	{"suicide", "2", "the process sends SIGTERM to itself"},
	{"sibling", "2", "another process sends the signal"},
	{"twice", "2", "the signal is sent again when the process is dead"},
	/* It never finishes its function */
	{"finishes-first", "3", "the function is finished, then the process dawdles"},
	{"finished", "2 3 4", "the process has exited before the signal comes"},
	{"passed-on", "3", "another process takes the function over and finishes it"},
	{"catches", "2 3 4", "the process catches the signal and exits with 1"},
	/* After the join it is not alive and its exit code is minus the signal's number */
	{"plus", "4", "the exit code is printed without the minus"},
	{"wrong-number", "4", "the exit code of another signal is printed"},
	{"alive-after", "4", "it is said to be alive after the join"},
	{"joined-early", "4", "it is said to be joined before it was terminated"},
	/* The main process reaps it: no zombie is left */
	{"unreaped", "5", "main waits without reaping"},
	{"left-behind", "5", "a second process is left running"},
	/* everything */
	{"nothing", "1 2 3 4 5", "main leaves at once"},
	{0},
};

#endif
