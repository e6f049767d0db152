/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a demo, and tables of what it prints, refuses and fails at. Gives: a unit test of that,
 * and that it notices lost output and leaves no process behind, whatever happens. Never: needs
 * root.
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include "run.h"

#define OUTPUT_WORDS 8

enum order {
	AS_IS,	   /* the whole output */
	ANY_ORDER, /* the same, but processes that run side by side print in any order */
	LAST_LINES /* only the end of the output */
};

/* In `out` a * stands for any text within a line. */
struct print {
	const char *words[OUTPUT_WORDS]; /* options */
	enum order order;
	const char *out;
};

/* Exit status 2 and one line, without the "mp-NAME: " before it. */
struct mistake {
	const char *words[OUTPUT_WORDS];
	const char *err;
};

/* With so few descriptors a call fails: exit status 1 and this line, without "mp-NAME: ". */
struct failure {
	unsigned descriptors;
	const char *err;
};

struct output {
	const char *name;		/* "mp-pipe" */
	const struct print *prints;	/* ends with out NULL */
	const struct mistake *mistakes; /* ends with err NULL */
	const struct failure *failures; /* ends with err NULL; may be NULL */
	const char *short_options;	/* that make it print and end soon: "--delay 0.1" */
	const char *long_options; /* that make it print for some time, for who stops reading */
};

/* main() of a demo's output.c. argv: the folder of the built demos. */
int output_main(int argc, char *argv[], const struct output *output);

#endif
