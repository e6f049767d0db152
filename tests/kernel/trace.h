/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a program and a contract. Gives: what mp-trace says of them, claim by claim. Never:
 * believes mp-trace's exit status alone.
 */
#ifndef TRACE_H
#define TRACE_H

#include "run.h"

#define TRACE_CLAIMS 16
#define TRACE_WORDS  16

enum trace_result { TRACE_NONE, TRACE_HOLDS, TRACE_BROKEN, TRACE_INCONCLUSIVE };

/* Where everything is; trace_begin() fills it in. */
extern struct trace_places {
	const char *mp_trace;
	const char *demos;   /* folder of the built demos */
	const char *tests;   /* of their twins and strangers */
	const char *sources; /* of the whole project */
	char work[64];	     /* a folder of this test's own, removed by trace_end() */
} trace_places;

struct trace_report {
	struct run run;	  /* of mp-trace; its standard output is the command's */
	char *tap;	  /* the report, or NULL when none was written */
	bool well_formed; /* version, plan, and so many points in their order, nothing else */
	size_t claims;
	enum trace_result results[TRACE_CLAIMS]; /* [0] is claim 1 */
	char broken[3 * TRACE_CLAIMS];		 /* "1 5": the numbers of those that do not hold */
};

/* Reads the words of the command line. Not root: says so as skipped points and ends the test. */
void trace_begin(int argc, char *argv[]);
void trace_end(void);

/* "FOLDER/NAME", valid until the program ends. */
const char *trace_path(const char *folder, const char *name);
/* The contract of a demo (without "mp-"), as a file. */
const char *trace_contract(const char *demo);

/*
 * `mp-trace -f tap -o FILE OPTIONS -- COMMAND`. options may be NULL; both end with NULL.
 */
void trace_judge(struct trace_report *report, const struct run_how *how,
		 const char *const options[], const char *const command[]);
/* `mp-trace WORDS` */
void trace_run(struct run *run, const struct run_how *how, const char *const words[]);
void trace_free(struct trace_report *report);

/* The report as `#` lines, when a point has failed. */
void trace_show(const struct trace_report *report);

/* The commands of one test have these in common. */
struct trace_row {
	const char *contract; /* a demo's name, without "mp-"; NULL: the one the program carries */
	const char *options[6];		  /* of mp-trace, NULL behind the last */
	const char *command[TRACE_WORDS]; /* ditto */
	enum run_output output;
	const char *breaks; /* "" or the numbers of the claims that must break, "1 5" */
};

/* Judges the row; two points: its exit status, and that exactly `breaks` is broken and nothing is
 * inconclusive. */
void trace_try(const struct trace_row *row, const char *what, struct trace_report *report);

#endif
