/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: what the processes of a twin do. Gives: that they are started one after the other, each
 * when the one before has been joined; and the ways in which that can go wrong. Never: knows which
 * demo it is about.
 */
#ifndef ONE_BY_ONE_H
#define ONE_BY_ONE_H

#include "twin.h"

#define ONE_BY_ONE_MAX 300

/* Rows for the table of the twin that calls it. */
/* clang-format off */
#define ONE_BY_ONE_FAULTS(claim) \
	{"all-at-once", claim, "all are started before the first is joined"}, \
	{"two-at-once", claim, "the second is started before the first is joined"}, \
	{"unjoined-first", claim, "main does not wait for the first one"}, \
	{"unjoined-last", claim, "main does not wait for the last one"}, \
	{"reaped-late", claim, "each has ended before the next is started, but is a zombie until all have"}
/* clang-format on */

/* `work` gets a pointer to its number: a long, 0 to count - 1. */
void one_by_one(long count, int (*work)(void *));

#endif
