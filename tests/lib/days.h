/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: the library. Gives: for each object a short day of its life, with everything that may fail
 * in it. Never: leaves anything, whatever fails on the way; prints.
 */
#ifndef DAYS_H
#define DAYS_H

/* First of all in main: some processes of the days begin there, and end in this. 0, or an error. */
int days_begin(void);

struct day {
	const char *object;
	/* 0: everything went as it should. DAY_WRONG: a call said that it succeeded, and had not.
	 * Else the first result that was not a success. */
	int (*live)(void);
};

enum { DAY_WRONG = 9999 };

extern const struct day days[]; /* ends with an object of NULL */

/* If set, called in each child of a day before it does anything. */
extern void (*day_child_begins)(void);

/* In files of their own. */
int pool_day(void);
int comm_day(void);

#endif
