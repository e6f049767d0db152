/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: nothing. Gives: contracts with mistakes, and what must be said of them, word for word.
 * Never: holds two mistakes that are one.
 */
#ifndef PARSE_BAD_H
#define PARSE_BAD_H

#include "parse_dump.h"

/* What the clauses speak of. */
#define PARSE_PROLOGUE                                                                             \
	"parameter n = option -n --number, default 10\n"                                           \
	"parameter sig = option -s, default TERM\n"                                                \
	"parameter slow = option --slow, default 0.5\n"                                            \
	"process p = child 1 of main\n"                                                            \
	"process q = child 2 of main\n"                                                            \
	"group g = p q\n"                                                                          \
	"channel c = from p to q\n"                                                                \
	"word w = shared by p q\n"                                                                 \
	"claim \"t\"\n"
#define PARSE_LINE 10 /* where the clause stands */

#define RESERVED                                                                                   \
	"after, and, as, at, before, channel, child, children, claim, descendants, each, "         \
	"exactly, for, from, group, in, main, memory, named, never, nothing, of, once, "           \
	"parameter, process, the, to, twice, when, with, word"

struct parse_bad {
	const char *clause;
	const char *caret; /* below it */
	const char *message;
	const char *suggestion; /* or NULL */
};

struct parse_bad_whole {
	const char *contract;
	const char *complaints;
};

/* All end with NULL. */
extern const struct parse_bad parse_bad_phrases[];
extern const struct parse_bad parse_bad_clauses[];
extern const struct parse_bad parse_bad_tails[];
extern const struct parse_bad parse_bad_words[];
extern const struct parse_bad_whole parse_bad_wholes[];

#endif
