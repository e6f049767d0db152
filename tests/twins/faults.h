/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: nothing. Gives: for each twin the ways in which it can misbehave, and which claims of
 * the contract that must break, and only these. The twins read it to know their faults, the
 * kernel test to know what mp-trace must say. Never: a fault that breaks by luck; where the
 * order of processes matters, the twin makes it.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdbool.h>
#include <stddef.h>

struct fault {
	const char *name;
	const char *breaks; /* numbers of claims, "1" or "2 3"; "" is the healthy one */
	bool hangs;	    /* it never ends by itself */
	const char *what;   /* it does wrong */
};

static const struct fault pipe_faults[] __attribute__((unused)) = {
	{"none", "", false, "nothing"},
	/* create_items sends the numbers 0 to 9 into the first pipe and closes it */
	{"nine", "1 5", false, "one number fewer is sent"},
	{"nine-invented", "1", false, "one number fewer is sent; main makes up the last square"},
	{"eleven", "1", false, "one number more is sent; main prints the first ten squares"},
	{"halves", "1 2", false, "each number is sent in two writes"},
	{"create-unclosed", "1", false, "create ends without closing its pipe"},
	/* multiply_items reads until the pipe is closed and sends on the square of each number */
	{"multiply-counts", "2", false, "multiply stops when it has had enough, not at the end"},
	{"end-twice", "2", false, "multiply reads the end two times"},
	{"multiply-skips", "2", false, "multiply keeps a square; main makes it up"},
	{"multiply-batches", "2", false, "multiply sends all squares in one write"},
	/* Both work at the same time */
	{"one-by-one", "3", false, "create has been waited for before multiply is started"},
	/* The main process closes the ends that it does not use before it reads … */
	{"late-first", "4", false, "main closes the first pipe after its first read"},
	{"late-second", "4", false, "main closes the second pipe after its first read"},
	{"hang-first", "2 4 5 6", true, "main never closes its writing end of the first pipe"},
	{"hang-second", "4 5 6", true, "main never closes its writing end of the second pipe"},
	/* The main process prints each square in order, and "End" when the second pipe is closed */
	{"wrong-square", "5", false, "82 is printed for 81"},
	{"wrong-multiply", "5", false, "multiply sends the cube"},
	{"disorder", "5", false, "the first two squares change places"},
	{"stutter", "5", false, "a square is printed twice"},
	{"end-early", "5", false, "End is printed before the end was read"},
	{"end-unsaid", "5", false, "End is not printed"},
	/* Both processes end well and are reaped */
	{"create-fails", "6", false, "create exits with 3"},
	{"multiply-dies", "6", false, "multiply is killed when its work is done"},
	{"unreaped", "6", false, "main leaves without waiting for multiply"},
	/* everything */
	{"nothing", "1 2 3 4 5 6", false, "main leaves at once"},
	{0},
};

static const struct fault barrier_faults[] __attribute__((unused)) = {
	{"none", "", false, "nothing"},
	/* p1 and p2 wait for each other: neither passes the barrier before both have reached it */
	{"early", "1", false, "p2 does not wait at the barrier, p1 comes late"},
	{"barrier-of-one", "1", false, "the barrier is made for one party"},
	{"one-short", "1", false, "the barrier lets go when all but one are there (use -p 3)"},
	{"by-the-clock", "1", false, "no barrier: both sleep for the same time"},
	{"print-first", "1", false, "p1 prints before it goes to the barrier"},
	{"told-by-main", "1", false, "main lets p1 go although p2 has not come"},
	/* p1 and p2 take turns to print: a lock lets one print at a time */
	{"no-lock", "2", false, "the lock is forgotten"},
	{"own-lock", "2", false, "each party has a lock of its own"},
	{"short-lock", "2", false, "the lock is given back in the middle of the line"},
	{"twice", "2", false, "p1 prints its line twice"},
	{"speechless", "1 2", false, "p1 prints nothing"},
	/* p3 and p4 wait for nobody */
	{"p3-waits", "3", false, "p3 waits until p4 has written to it"},
	{"p4-joins", "3", false, "p4 waits at the barrier too"},
	{"p4-locks", "3", false, "p4 waits for the lock that somebody holds"},
	{"p3-silent", "3", false, "p3 prints nothing"},
	/* The four run at the same time, and the main process reaps them all */
	{"p4-late", "4", false, "p3 has been waited for before p4 is started"},
	{"unreaped", "4", false, "main leaves without waiting for p4"},
	/* everything */
	{"nothing", "1 2 3 4", false, "main leaves at once"},
	{0},
};

static const struct fault kill_faults[] __attribute__((unused)) = {
	{"none", "", false, "nothing"},
	/* Before it is started the process is not alive; after it is started it is */
	{"alive-before", "1", false, "it is said to be alive before it is started"},
	{"said-late", "1", false, "the state before is printed when it runs already"},
	{"dead-while-running", "1", false, "it is said not to be alive while it runs"},
	{"said-early", "1", false, "it is said to run before it is started"},
	/* The main process terminates it with SIGTERM while its loop is running */
	{"sigkill", "2", false, "SIGKILL instead of SIGTERM"},
	{"suicide", "2", false, "the process sends SIGTERM to itself"},
	{"sibling", "2", false, "another process sends the signal"},
	{"twice", "2", false, "the signal is sent again when the process is dead"},
	/* It never finishes its function */
	{"finishes-first", "3", false, "the function is finished, then the process dawdles"},
	{"finished", "2 3 4", false, "the process has exited before the signal comes"},
	{"catches", "2 3 4", false, "the process catches the signal and exits with 1"},
	/* After the join it is not alive and its exit code is minus the signal's number */
	{"plus", "4", false, "the exit code is printed without the minus"},
	{"wrong-number", "4", false, "the exit code of another signal is printed"},
	{"alive-after", "4", false, "it is said to be alive after the join"},
	{"joined-early", "4", false, "it is said to be joined before it was terminated"},
	/* The main process reaps it: no zombie is left */
	{"unreaped", "5", false, "main waits without reaping"},
	{"left-behind", "5", false, "a second process is left running"},
	/* everything */
	{"nothing", "1 2 3 4 5", false, "main leaves at once"},
	{0},
};

#endif
