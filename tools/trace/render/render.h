/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a model, and a verdict where there was a contract. Gives: a report on a stdio stream.
 * Never: decides anything; lets a byte of the traced program through unescaped.
 */
#ifndef MP_RENDER_H
#define MP_RENDER_H

#include <stdbool.h>
#include <stdio.h>

#include "judge.h"

struct mp_report {
	const struct mp_model *model;
	const struct mp_contract *contract; /* NULL: only observed */
	const struct mp_verdict *verdict;   /* NULL exactly when contract is */
	const char *kept;		    /* the file that the record was written to, or NULL */
	bool from_file;			    /* the record was read from one */
	bool utf8;			    /* the reader's terminal shows more than ASCII */
	bool color;
	bool quiet;  /* only what is not as it should be */
	int verbose; /* 1: every clause; 2: every act too */
	int width;   /* of the terminal in columns; 0: not a terminal */
};

struct mp_renderer {
	const char *name;					  /* as --format takes it */
	const char *what;					  /* for --help */
	int (*render)(const struct mp_report *report, FILE *out); /* 0 or a negative errno */
};

extern const struct mp_renderer mp_renderers[];		      /* ends with a NULL name */
const struct mp_renderer *mp_renderer_find(const char *name); /* NULL: none */

#endif
