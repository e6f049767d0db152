/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: nothing. Gives: the function that the twins of several demos run in their processes, and
 * the ways in which it can be wrong. Never: knows which demo it is about.
 */
#ifndef MYFUNC_H
#define MYFUNC_H

#include "twin.h"

/* Rows for the table of a twin that runs it; `claim` says what a process prints, `order` in which
 * order. */
/* clang-format off */
#define MYFUNC_FAULTS(claim, order) \
	{"same-number", claim, "all processes get the number 0"}, \
	{"from-1", claim, "the numbers begin with 1"}, \
	{"no-heading", claim, "the heading is not printed"}, \
	{"heading-twice", claim, "the heading is printed twice"}, \
	{"heading-last", claim, "the heading comes after the lines"}, \
	{"wrong-heading", claim, "the heading has another number"}, \
	{"line-more", claim, "there is one line more"}, \
	{"line-less", claim, "the last line is missing"}, \
	{"lines-from-1", claim, "the lines are counted from 1"}, \
	{"called-by-main", claim, "main calls the function instead of the processes"}, \
	{"backwards", order, "the last line is printed first"}, \
	{"exchanged", order, "the first two lines change places"}
/* clang-format on */

/* What a process does; *number is a long. Returns its exit status. */
int myfunc(void *number);
/* called-by-main: to be called in the main process, with every number. */
void myfunc_in_main(long number);

#endif
