/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: an act and a number. Gives: a child that does the act and is stopped, or killed, between
 * two of its instructions, as many after its beginning as the number says. So a test can look at
 * what others find after a death, or a stop, at every place there is:
 *
 *	for (unsigned long n = 0; (end = killed_after(act, NULL, n)) == STEP_INSIDE; n++)
 *		check();
 *
 * A system call is one step. Under virtualization a step may take 20 microseconds, so trying all
 * places of an act of n instructions takes n * n * 10 of them. The act must not wait for the
 * caller, and must come to an end. Let the caller do the same act once before, or the steps of the
 * dynamic linker are tried as well.
 * Never: prints a test point, or leaves a child that the caller does not know of.
 *
 * On machines whose atomic operations are loops of two instructions (aarch64 before 8.1, and
 * programs built for it), a loop never ends under single steps: bound the number. Nor does a
 * clock_gettime() where a step takes long, as in an emulated machine: it runs in the process
 * itself, and begins again if the kernel has set the time meanwhile.
 */
#ifndef STEP_H
#define STEP_H

#include <stddef.h>
#include <sys/types.h>

enum {
	STEP_INSIDE,	/* it was in the middle of the act, or had just left it */
	STEP_FINISHED,	/* it had ended before */
	STEP_FORBIDDEN, /* no process may be traced here */
};

/* How many instructions shall lie between two places where a process is killed, for who tries one
 * after the other. The thread sanitizer makes a hundred of one, most of them its own. */
#ifdef __SANITIZE_THREAD__
enum { STEP_STRIDE = 61 };
#else
enum { STEP_STRIDE = 1 };
#endif

/* A child that does act(argument) and is killed, and reaped, after so many steps. */
int killed_after(void (*act)(void *argument), void *argument, unsigned long steps);

/* The same, but it stands there; *pid is it (0: there is none), to be ended by one of the next. */
int stopped_after(void (*act)(void *argument), void *argument, unsigned long steps, pid_t *pid);
void step_kill(pid_t pid);
/* Lets it run to its end. Its wait_status(): 0. */
int step_finish(pid_t pid);

/* If set, called in the child before it is stepped: for what a process does once in its life. */
extern void (*step_child_begins)(void);

/*
 * Of who dies, others have only what he left in memory that they share. So in a long act it is
 * enough to try the places where some of the `size` bytes at `memory` have just changed: after so
 * many steps. How many places, at most `most`; -1: no process may be traced here.
 */
int changing_steps(void (*act)(void *argument), void *argument, const void *memory, size_t size,
		   unsigned long *steps, int most);

#endif
