/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a demo, programs that should keep or break its contract, and the faults of its twin.
 * Gives: a kernel test: what mp-trace says of each, the table of claim and twin, and that each
 * claim has a twin that is caught by it alone. Never: a row without an expectation.
 */
#ifndef CLAIMS_H
#define CLAIMS_H

#include "fault.h"
#include "run.h"

/* Which program of the demo's tests. DEMO is judged by the contract it carries, the others by the
 * file. */
enum place {
	DEMO = 1, /* tools/mp-NAME.c */
	TWIN,	  /* tests/demos/NAME/twin.c: "none" with other options */
	STRANGER, /* tests/demos/NAME/stranger.c: knows nothing of libmproc */
	PYTHON,	  /* tests/demos/NAME/stranger.py, by the system's own interpreter */
};

struct program {
	enum place place;
	const char *words[8];  /* its arguments; a stranger's first one is a fault */
	const char *breaks;    /* numbers of claims, "1 5"; NULL: it holds */
	const char *before[6]; /* words in front of it: a program that starts it */
	enum run_output output;
	bool unbuffered; /* python3 -u */
	bool hangs;	 /* it never ends by itself */
};

/*
 * main() of a demo's claims.c. argv: mp-trace, the folders of the built demos and of the built
 * tests of demos, the sources. `programs` ends with a row without a place, `faults` with one
 * without a name.
 */
int claims_main(int argc, char *argv[], const char *name, const struct program *programs,
		const struct fault *faults);

#endif
