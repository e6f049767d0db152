/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: what happened, told act by act. Gives: a model as resolve/ would make it, without any
 * record, and the judge's opinion of it. Never: checks that the story makes sense.
 *
 * Times are microseconds since the beginning of the run. Out of memory ends the test.
 */
#ifndef TESTS_JUDGE_BUILD_H
#define TESTS_JUDGE_BUILD_H

#include "judge.h"

struct story;

/* The command and its arguments, NULL after the last; it is process 0, born at 0. */
struct story *story_new(const char *command, ...) __attribute__((sentinel));
void story_free(struct story *story);
/* Acts in order, ends and lifetimes in place; what is told later is added by the next call. */
struct mp_model *story_model(struct story *story);
struct mp_record *story_record(struct story *story);

struct mp_process *forks(struct story *story, unsigned at, struct mp_process *parent,
			 const char *name);
struct mp_process *command(struct story *story);
void execs(struct story *story, unsigned at, struct mp_process *who, const char *path);
void is_named(struct story *story, unsigned at, struct mp_process *who, const char *name);
void exits(struct story *story, unsigned at, struct mp_process *who, int code);
void dies(struct story *story, unsigned at, struct mp_process *who, int signal,
	  struct mp_process *killer);
/* By --timeout: it was alive until then. */
void is_stopped(struct story *story, unsigned at, struct mp_process *who);
void reaps(struct story *story, unsigned at, struct mp_process *who, struct mp_process *child);
struct mp_act *polls(struct story *story, unsigned at, struct mp_process *who,
		     struct mp_process *child);
void sends(struct story *story, unsigned at, struct mp_process *who, struct mp_process *whom,
	   int signal);
void receives(struct story *story, unsigned at, struct mp_process *who, int signal);
void sleeps(struct story *story, unsigned from, unsigned to, struct mp_process *who);
/* Returns the act, so that a test can change it. */
struct mp_act *prints(struct story *story, unsigned at, struct mp_process *who, const char *line);
struct mp_act *prints_slowly(struct story *story, unsigned from, unsigned to,
			     struct mp_process *who, const char *line);
struct mp_act *complains(struct story *story, unsigned at, struct mp_process *who,
			 const char *line);

struct mp_act *opens(struct story *story, unsigned at, struct mp_process *who, const char *path);

struct mp_memory *memories(struct story *story);
struct mp_act *maps(struct story *story, unsigned at, struct mp_process *who,
		    struct mp_memory *memory);
void inherits(struct story *story, unsigned at, struct mp_process *who, struct mp_process *from,
	      struct mp_memory *memory);

/* A pipe whose both ends everybody that exists now holds. */
struct mp_stream *pipes(struct story *story);
void holds_in(struct story *story, struct mp_stream *stream, struct mp_process *who);
void holds_out(struct story *story, struct mp_stream *stream, struct mp_process *who);
void writes(struct story *story, unsigned at, struct mp_process *who, struct mp_stream *stream,
	    int bytes);
/* It was blocked half-way, since the pipe was full. */
void writes_slowly(struct story *story, unsigned from, unsigned to, struct mp_process *who,
		   struct mp_stream *stream, int bytes);
void reads(struct story *story, unsigned at, struct mp_process *who, struct mp_stream *stream,
	   int bytes);
void reads_end(struct story *story, unsigned at, struct mp_process *who, struct mp_stream *stream);
void closes_in(struct story *story, unsigned at, struct mp_process *who, struct mp_stream *stream);
void closes_out(struct story *story, unsigned at, struct mp_process *who, struct mp_stream *stream);

struct mp_word_entry *words(struct story *story);
/* Sleeps on the word until `by` wakes it. */
void is_woken(struct story *story, unsigned from, unsigned to, struct mp_process *who,
	      struct mp_process *by, struct mp_word_entry *word);
/* Only the wait, or only the wake. */
struct mp_act *waits_on(struct story *story, unsigned from, unsigned to, struct mp_process *who,
			struct mp_word_entry *word);
struct mp_act *wakes(struct story *story, unsigned at, struct mp_process *who,
		     struct mp_process *whom, struct mp_word_entry *word);
struct mp_act *loses_race(struct story *story, unsigned at, struct mp_process *who,
			  struct mp_word_entry *word);
struct mp_act *waits_for_end(struct story *story, unsigned from, unsigned to,
			     struct mp_process *who, struct mp_process *child);
struct mp_act *waits_for_data(struct story *story, unsigned from, unsigned to,
			      struct mp_process *who, struct mp_process *by,
			      struct mp_stream *stream);
/* Still blocked when it was stopped. */
struct mp_act *hangs_reading(struct story *story, unsigned from, unsigned to,
			     struct mp_process *who, struct mp_stream *stream);

/* --- opinions: each is one test point ------------------------------------------------------- */

/* `clause` is one clause, or several lines of one claim; the first that does not hold is shown. */
void it_holds(struct story *story, const char *decls, const char *clause);
/* NULL: whatever it says. */
void it_breaks(struct story *story, const char *decls, const char *clause, const char *expected,
	       const char *seen);
void it_is_open(struct story *story, const char *decls, const char *clause, const char *cause);
/* A whole contract: its broken claims by number from 1, as in "3 5", or "" when all hold. */
void breaks_claims(struct story *story, const char *contract, const char *claims, const char *what);
/* NULL with a failed point when it cannot be parsed or judged. */
struct mp_verdict *opinion(struct story *story, const char *contract, char **why);

#endif
