/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: nothing. Gives: what a row of a twin's table of faults says. The twin reads the table to
 * know its faults, the kernel test to know what mp-trace must say. Never: a fault that breaks by
 * luck; where the order of processes matters, the twin makes it.
 */
#ifndef FAULT_H
#define FAULT_H

#include <stdbool.h>

struct fault {
	const char *name;
	const char *breaks;	/* numbers of claims, "1" or "2 3"; "" is a healthy variant */
	const char *what;	/* it does wrong */
	const char *options[6]; /* that the twin must get for this one: {"-p", "3"} */
	bool hangs;		/* it never ends by itself */
};

#endif
