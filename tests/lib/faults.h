/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a position. Gives: a C library whose call at that position fails, once, as the manual page
 * of the call says that it may. What the program defines here takes the place of the C library's,
 * for libmproc too.
 * Never: fails a call before faults_arm(), after faults_disarm(), or twice.
 *
 * Not together with a sanitizer, which has its own malloc.
 */
#ifndef FAULTS_H
#define FAULTS_H

#include <stdbool.h>

enum fault {
	FAULT_FAIL,	/* an errno for lack of something: ENOMEM, EMFILE, EAGAIN … */
	FAULT_INTERRUPT /* EINTR, of the calls that a signal handler can interrupt */
};

/* First of all. */
void faults_begin(void);

/*
 * From here on calls are counted from 0, and the one at `position` fails: in the calling process,
 * or else in the processes that it forks (each counts for itself, and only one of them is struck).
 */
void faults_arm(enum fault fault, unsigned position, bool in_children);

/* The name of the call that failed, or NULL: there was none at the position. */
const char *faults_disarm(void);

/* Blocks of memory that were allocated and not freed, in this process. */
long faults_live_blocks(void);

#endif
