/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of the judge share and nobody else sees: the clause that is on trial, who its
 * words mean, which acts it speaks of, and how its verdict is put into words.
 *
 * Functions return 0, a negative errno (pass it on: the whole judgement fails), or one of the
 * positive `enum mp_stuck` (this clause cannot be decided; mp_trial_stuck() says why).
 */
#ifndef MP_JUDGE_INSIDE_H
#define MP_JUDGE_INSIDE_H

#include <stdio.h>

#include "decimal.h"
#include "judge.h"
#include "verb.h"

enum mp_stuck { MP_TOO_MUCH_WORK = 1, MP_OVERFLOW, MP_TOO_DEEP, MP_STUCKS };

struct mp_slice {
	const char *text;
	size_t length;
};

/* --- selection: who or what a declared name means ---------------------------------------- */

struct mp_selection {
	const struct mp_decl *decl;
	const char *given;	     /* a parameter's value */
	int64_t ordinal;	     /* `child 3 of P` */
	struct mp_process **members; /* a process is a group of one */
	size_t count;
	struct mp_stream *stream;	 /* a channel's */
	bool by_holding;		 /* chosen by who held it: nobody moved a byte through it */
	const struct mp_process *unseen; /* who used a socket that might be the channel */
	unsigned char *words;		 /* a word's: marks by id */
	unsigned char *memories;	 /* a memory's: the same */
	/* When nothing (or too much) was found: */
	char *expected, *problem;
	uint32_t problem_kinds; /* but not if such events were lost, */
	uint32_t problem_blind; /* or one of these causes of blindness is at work */
	/* If events of these kinds were lost, the name may mean somebody else; so it may if
	 * somebody was blind in this way, or when a text that was cut decides. */
	uint32_t kinds, blind;
	bool cut, spliced; /* spliced: because nothing was seen of it */
	enum mp_stuck stuck;
};

/* The acts of the model by who did them, or by whom they were done to. */
struct mp_index {
	size_t *start; /* [process * MP_ACT_KINDS + kind], and one more at the end */
	size_t *acts;  /* positions in model->acts */
};

struct mp_judging {
	const struct mp_contract *contract;
	const struct mp_model *model;
	struct mp_selection *selections; /* as contract->decls */
	struct mp_trial *trial;		 /* the clause that is judged now */
	const struct mp_decl **known;	 /* by process: the declared name of its own, or NULL */
	struct mp_index by_who, by_whom;
	struct mp_plains *plains;
	struct mp_sources *sources; /* NULL: not asked for yet */
	unsigned char *marks;	    /* scratch, one byte per process, all zero between uses */
	uint64_t began;		    /* times are said from here */
	uint64_t until;		    /* from here on we killed: what happened later proves nothing */
	uint64_t work;		    /* units that are left for the whole contract */
	char *why;		    /* with -EINVAL */
};

struct mp_scope;

int mp_select_all(struct mp_judging *judging);
void mp_select_free(struct mp_judging *judging);
/* A process without a name, as the counters stand now. */
int mp_select_nameless(const struct mp_scope *scope, const struct mp_decl *decl,
		       struct mp_selection *out);
void mp_selection_free(struct mp_selection *selection);
const struct mp_selection *mp_selection_of(const struct mp_judging *judging,
					   const struct mp_decl *decl);

int mp_index_build(struct mp_judging *judging);
void mp_index_free(struct mp_judging *judging);
/* The positions of the acts of one kind; *count is set. */
const size_t *mp_index_acts(const struct mp_index *index, const struct mp_process *process,
			    enum mp_act_kind kind, size_t *count);
/* Did it happen before we began to kill? */
bool mp_act_counts(const struct mp_judging *judging, const struct mp_act *act);

/* --- values ------------------------------------------------------------------------------- */

struct mp_counting {
	const char *name;
	int64_t value;
};

/* The counters that have a value now; a pattern may add one of its own. */
struct mp_scope {
	struct mp_judging *judging;
	struct mp_counting counters[MP_CONTRACT_COUNTERS + 1];
	size_t count;
};

/* Gives counter `at` a name and a value; those behind it are gone. */
void mp_scope_set(struct mp_scope *scope, size_t at, const char *name, int64_t value);
const int64_t *mp_scope_find(const struct mp_scope *scope, const char *name); /* NULL: none */

int mp_value(const struct mp_scope *scope, const struct mp_expr *expr, int64_t *out);
int mp_decimal_value(const struct mp_scope *scope, const struct mp_expr *expr,
		     struct mp_decimal *out);
/* 0 when no time is said. */
int mp_time_value(const struct mp_scope *scope, const struct mp_time *time, uint64_t *ns);

/* The text a parameter was given, or its default. */
const char *mp_parameter_text(const struct mp_judging *judging, const struct mp_decl *decl);
const char *mp_parameter_read(const struct mp_judging *judging, const struct mp_decl *decl);
const struct mp_decl *mp_parameter_find(const struct mp_judging *judging, const char *name);
/* The command was given what the contract cannot use: -EINVAL, "is not WHAT" is noted. */
int mp_parameter_unusable(struct mp_judging *judging, const struct mp_decl *decl, const char *text,
			  const char *what);
/* 0 in *number: it is a capture. */
int mp_signal_of(struct mp_judging *judging, const struct mp_signal_word *word, int *number);
/* A small number as text that lives for ever: what a captured signal is. */
struct mp_slice mp_number_slice(int64_t number);

/* --- blanks ------------------------------------------------------------------------------- */

struct mp_plains;
int mp_plains_build(struct mp_judging *judging);
void mp_plains_free(struct mp_plains *plains);
/* A text of the model as it is compared: one blank for every run of them, none at the end;
 * *trailed: there were some at the end, and behind the slice there is one. */
struct mp_slice mp_plain_of(const struct mp_judging *judging, struct mp_slice text, bool *trailed);
/* The same into `to`, which has room for all of it; returns the length. */
size_t mp_plain_copy(char *to, struct mp_slice text, bool *trailed);
bool mp_is_blank(char c);
struct mp_glob;
enum mp_match { MP_MATCH_NO, MP_MATCH_YES, MP_MATCH_CUT /* the missing text decides */ };
/* A line that was printed against a pattern. */
int mp_line_match(const struct mp_judging *judging, const struct mp_glob *glob,
		  const struct mp_act *act, uint64_t *work, enum mp_match *out);
struct mp_slice mp_name_slice(const struct mp_name *name);

/* --- patterns ----------------------------------------------------------------------------- */

struct mp_part {
	enum { MP_PART_LITERAL, MP_PART_ANY, MP_PART_CAPTURE, MP_PART_NUMBER } kind;
	struct mp_slice text;
	size_t offset;	   /* of the literal in the bytes, while they still grow */
	size_t capture;	   /* index of its name */
	int64_t low, high; /* of a number */
};

/* A pattern with every value in its place. Zero it before its first use; it may be set again. */
struct mp_glob {
	struct mp_part parts[MP_CONTRACT_PIECES];
	size_t count;
	const char *names[MP_CONTRACT_PIECES];
	size_t name_count;
	bool repeats; /* a captured name occurs twice */
	bool numbers; /* any number of a range occurs */
	bool trails;  /* it ends in a blank and then any text: a blank at the end fits */
	char *bytes;  /* of all literals */
	size_t length, room;
};

struct mp_binding { /* a captured name whose text is known already */
	const char *name;
	struct mp_slice text;
};

int mp_glob_set(struct mp_glob *glob, const struct mp_scope *scope,
		const struct mp_pattern *pattern, const struct mp_binding *bound,
		size_t bound_count);
void mp_glob_free(struct mp_glob *glob);
/* `captures` has room for glob->name_count. MP_TOO_MUCH_WORK when *work is used up. */
int mp_glob_match(const struct mp_glob *glob, struct mp_slice text, bool cut,
		  struct mp_slice *captures, uint64_t *work, enum mp_match *out);
/* Is this, all that the kernel keeps of a name, the beginning of a longer text of the pattern? */
bool mp_glob_begins(const struct mp_glob *glob, struct mp_slice name);
/* Does it fit, or begin, a process's name? */
int mp_glob_names(const struct mp_glob *glob, const char *name, uint64_t *work, bool *out);
/* The literal text a match must begin or end with; empty when there is none. */
struct mp_slice mp_glob_head(const struct mp_glob *glob);
struct mp_slice mp_glob_tail(const struct mp_glob *glob);
/* How long is the number of parts[part] that begins at text[at]? 0: there is none that fits. With
 * `open` the text goes on, nobody knows how, and so may its last number. */
size_t mp_number_length(const struct mp_glob *glob, size_t part, struct mp_slice text, size_t at,
			bool open);
bool mp_glob_is_text(const struct mp_glob *glob); /* no wildcard at all */

/* --- who takes part ----------------------------------------------------------------------- */

struct mp_party {
	const struct mp_who *who;	   /* NULL: the phrase has none */
	struct mp_process *const *members; /* all of a group, or one of `each of` */
	size_t count;
};

/* --- occurrences: when a phrase came true -------------------------------------------------- */

struct mp_occurrence {
	uint64_t at;
	size_t order; /* position among the acts, for equal times */
	const struct mp_act *act;
	const struct mp_process *who;
	struct mp_slice text;
	bool cut;
	bool trailed; /* a blank stands behind the text */
	bool full;    /* a name of as many bytes as the kernel keeps */
	bool mixed;   /* perhaps it is none: whose bytes were read, if it waited, or if it was the
		       * last descriptor that it closed, is not sure */
	int64_t value;
};

/* All acts that a phrase may speak of; its pattern and its number are not asked yet. */
struct mp_view {
	struct mp_occurrence *list; /* in order */
	size_t count, room;
	size_t *by_head, *by_tail; /* sorted by text, by text from its end; without the cut ones */
	size_t whole_count;
	size_t *cuts; /* positions of those whose text was cut */
	size_t cut_count;
	unsigned asked;
};

struct mp_hit {
	const struct mp_occurrence *what;
	bool maybe;		   /* only if the text that was cut, or the writer, is right */
	struct mp_slice *captures; /* hits->width of them; NULL for a maybe */
};

struct mp_hits {
	struct mp_hit *list; /* in order */
	size_t count, room, maybes;
	size_t mixed; /* of the maybes */
	const char *names[MP_CONTRACT_PIECES];
	size_t width;
	struct mp_slice *captures;
	size_t capture_room;
};

/* One phrase of the clause, with the parties of this moment. */
struct mp_side {
	const struct mp_phrase *phrase;
	struct mp_party who, whom;
	struct mp_built { /* whose acts the view holds */
		struct mp_process *const *members;
		const struct mp_process *one; /* when there is only one */
		size_t count;
	} built_who, built_whom;
	uint64_t least, built_least; /* "at least" in nanoseconds */
	bool built;
	struct mp_view view;
	struct mp_hits hits;
	struct mp_glob glob;
	const struct mp_process *raced; /* `meet`: see struct mp_meeting */
};

struct mp_trial;

/* Nothing is done when the view is of the same parties and the same time already. */
int mp_view_build(struct mp_trial *trial, struct mp_side *side);
void mp_side_free(struct mp_side *side);
/* Those that fit pattern and number as the scope has it. */
int mp_side_select(struct mp_trial *trial, struct mp_side *side, const struct mp_binding *bound,
		   size_t bound_count, struct mp_hits *hits);
/* Of both phrases of the clause, with their views. */
int mp_sides_select(struct mp_trial *trial);
int mp_occurrence_compare(const struct mp_occurrence *a, const struct mp_occurrence *b);
int mp_view_add(struct mp_view *view, const struct mp_occurrence *occurrence);
void mp_hits_free(struct mp_hits *hits);

/* source.c: the writes of every stream, in the order of the bytes. */
enum mp_source { MP_SOURCE_OTHER, MP_SOURCE_MARKED, MP_SOURCE_UNSURE };
struct mp_sources;
/* Whose bytes were read: are they of a process that has the mark `bit`? */
int mp_source_of(struct mp_trial *trial, const struct mp_act *read, unsigned char bit,
		 enum mp_source *out);
/* Calls `each` for every process that may have written a byte of it, perhaps several times. */
int mp_source_writers(struct mp_trial *trial, const struct mp_act *read,
		      void (*each)(void *context, struct mp_process *writer), void *context);
void mp_sources_free(struct mp_sources *sources);

/* text.c: the sorted texts of a view, and the range in which a match must lie. */
int mp_view_sort(struct mp_view *view, bool tail);
void mp_view_range(const struct mp_view *view, struct mp_slice text, bool tail, bool whole,
		   size_t *from, size_t *to);

/* --- evidence ------------------------------------------------------------------------------ */

/* What a clause rests on, and what of that is missing. */
struct mp_doubt {
	uint32_t kinds; /* lost */
	uint32_t blind;
	const struct mp_process *blind_who;
	bool descriptors;		 /* were passed on: who holds what is not sure */
	bool cut;			 /* a text that decides was cut */
	bool spliced;			 /* and the kernel moved it, so that nothing was seen */
	bool mixed;			 /* or it is not sure whose bytes were read */
	bool polled;			 /* or whether who found a child would have waited */
	const struct mp_process *unseen; /* who read them from we do not know what */
	const struct mp_process *raced;	 /* it did not wait, but only because it came too late */
	enum mp_stuck stuck;
};

bool mp_doubt_any(const struct mp_doubt *doubt);
/* Does evidence about this phrase miss anything? */
struct mp_doubt mp_doubt_side(const struct mp_judging *judging, const struct mp_side *side);
struct mp_doubt mp_doubt_row(const struct mp_judging *judging, const struct mp_verb_row *row,
			     const struct mp_party *party);
/* Does the clause use a name that may mean somebody else? */
struct mp_doubt mp_doubt_names(const struct mp_judging *judging, const struct mp_clause *clause);
uint32_t mp_lost_kinds(const struct mp_judging *judging);
struct mp_doubt mp_doubt_both(struct mp_doubt a, struct mp_doubt b);
void mp_say_doubt(FILE *out, const struct mp_judging *judging, const struct mp_doubt *doubt);

/* --- the trial of one clause ---------------------------------------------------------------- */

#define MP_CLAUSE_NAMES 8

struct mp_trial {
	struct mp_judging *judging;
	const struct mp_clause *clause;
	struct mp_clause_verdict *verdict;
	struct mp_scope scope;
	struct mp_side first, second;
	const struct mp_occurrence *chosen; /* the A of an order that was judged last, or NULL */
	bool captured;			    /* both phrases capture the same name */
	struct mp_selection nameless[MP_CLAUSE_NAMES]; /* decl is NULL: not in use */
	bool nobody;				       /* broken because a name in it is nobody's */
	bool asked;    /* for at least one round no condition forbids it */
	bool refused;  /* for at least one round a condition is false */
	bool restart;  /* the innermost counter has its first value that is asked for */
	char *whether; /* why it is not sure that a condition is true; NULL: it is */
	struct mp_trial *conditions; /* those that are clauses; NULL: none was asked yet */
	uint64_t work;		     /* units left for this clause */
	FILE *expected, *seen;	     /* open once the clause is known not to hold */
	size_t sizes[2];	     /* theirs; the texts hold no zero byte, so nobody asks */
};

/* False when the clause has used up its work. */
bool mp_spend(struct mp_trial *trial, uint64_t units);

/* Begins a verdict: texts and acts of an earlier, weaker one are gone. 0 or -ENOMEM. */
int mp_trial_broken(struct mp_trial *trial);
/* Nothing happens when the clause is not undecided or broken already (then *mine is false). */
int mp_trial_inconclusive(struct mp_trial *trial, const struct mp_doubt *doubt, bool *mine);
void mp_trial_act(struct mp_trial *trial, const struct mp_act *act); /* one that decides */
int mp_trial_stuck(struct mp_trial *trial, int stuck);
int mp_trial_run(struct mp_trial *trial);
/* The same for one of the conditions that are clauses, with the work and the counters of `trial`.
 */
int mp_trial_condition(struct mp_trial *trial, size_t which, struct mp_clause_verdict *verdict,
		       bool *nobody);
/* Puts another verdict in the place of the clause's own. */
int mp_trial_take(struct mp_trial *trial, struct mp_clause_verdict *verdict);
/* Judges the clause here and now when a process without a name is nobody. */
int mp_trial_nobody(struct mp_trial *trial, bool *done);
/* What was said so far is complete. */
int mp_trial_close(struct mp_trial *trial);
/* Inconclusive, in no better words than the clause's own; nothing when it is undecided already. */
int mp_trial_open(struct mp_trial *trial, const char *cause);
void mp_verdict_clear(struct mp_clause_verdict *verdict);
/* All names of the clause, with NULLs among them; at most MP_CLAUSE_NAMES. */
size_t mp_clause_names(const struct mp_clause *clause, const struct mp_decl **names);

typedef int mp_judge_round(struct mp_trial *trial, void *context);
/* round.c: for all values of the counters for which the conditions that use one ask for it. */
int mp_rounds(struct mp_trial *trial, mp_judge_round *judge, void *context);
/* Unless a condition that uses no counter forbids it. */
int mp_if_asked(struct mp_trial *trial, mp_judge_round *judge, void *context);

/* when.c: those conditions that use a counter, or those that use none. */
enum mp_truth { MP_NO, MP_YES, MP_MAYBE /* trial->whether says why */ };
int mp_conditions(struct mp_trial *trial, bool varying, enum mp_truth *out);

/* The checks; each judges the clause for the parties that the sides have now. */
int mp_check_count(struct mp_trial *trial);
int mp_check_as_often(struct mp_trial *trial);
int mp_check_order(struct mp_trial *trial);
int mp_check_same_order(struct mp_trial *trial);
int mp_check_meet(struct mp_trial *trial); /* looks at every member itself */
int mp_check_state(struct mp_trial *trial);

/*
 * Had somebody let the one end before he went on to fork the next, or an ancestor of it? He waited
 * for it, or was blocked in anything, or slept, when it ended. Else it was merely quicker. Maybe,
 * when what he was blocked in was ended by another one who was busy then.
 */
int mp_let_end(struct mp_trial *trial, const struct mp_process *early,
	       const struct mp_process *next, enum mp_truth *out);

/* value groups: hits whose shared captures have the same text stand together, in order */
struct mp_shared {
	size_t left[MP_CONTRACT_PIECES], right[MP_CONTRACT_PIECES]; /* columns */
	size_t count;
};
void mp_hits_shared(const struct mp_hits *left, const struct mp_hits *right,
		    struct mp_shared *shared);
/* Sorts by the captures in `columns`, then by order; maybes come last. */
void mp_hits_group(struct mp_hits *hits, const size_t *columns, size_t count);
int mp_hits_compare(const struct mp_hit *a, const size_t *columns_a, const struct mp_hit *b,
		    const size_t *columns_b, size_t count);

/* --- meeting -------------------------------------------------------------------------------- */

/* Asked at one moment: does `who` know that all have arrived? (Not a member: does everybody?) */
struct mp_probe {
	uint64_t at;
	size_t order;
	const struct mp_process *who;
	size_t tag; /* the asker's own */
	/* answers */
	bool met;
	const struct mp_process *lacks;	  /* not met: the first that somebody does not know of, */
	const struct mp_process *unaware; /* and who that is: `who`, when it is a member */
	const struct mp_process *raced;	  /* whose lost race explains all of that; NULL: nobody's */
};

struct mp_meeting {
	bool met;
	uint64_t at; /* when the last of them knew */
	size_t order;
	const struct mp_act *act;	/* that told it; NULL for a group of one */
	const struct mp_process *raced; /* not met: a member that lost a race */
};

/* Follows who knows of whom through the run; sorts and answers the probes. */
int mp_meet_follow(struct mp_trial *trial, struct mp_process *const *members, size_t count,
		   struct mp_probe *probes, size_t probe_count, struct mp_meeting *out);

/* --- words ---------------------------------------------------------------------------------- */

void mp_say_time(FILE *out, const struct mp_judging *judging, uint64_t at);
/* Both, with as many digits as it takes to tell them apart. */
void mp_say_times(const struct mp_judging *judging, uint64_t a, uint64_t b, char text[2][40]);
void mp_say_duration(FILE *out, uint64_t ns);
void mp_say_process(FILE *out, const struct mp_judging *judging, const struct mp_process *process);
void mp_say_party(FILE *out, const struct mp_judging *judging, const struct mp_party *party);
void mp_say_members(FILE *out, const struct mp_judging *judging, struct mp_process *const *members,
		    size_t count);
void mp_say_quoted(FILE *out, struct mp_slice text);
void mp_say_lines(FILE *out, const char *verb, size_t count, const struct mp_act *last);
void mp_say_signal(FILE *out, int64_t signal);
void mp_say_stream(FILE *out, const struct mp_judging *judging, const struct mp_stream *stream);
void mp_say_pattern(FILE *out, const struct mp_scope *scope, const struct mp_pattern *pattern);
void mp_say_times_counted(FILE *out, uint64_t count); /* "never", "once", "3 times" */
/* " (i = 3)", the counters of this round */
void mp_say_counters(FILE *out, const struct mp_trial *trial);
/* " (x = "3")": what one hit captured in these columns; NULL: in the first `count` */
void mp_say_captures(FILE *out, const struct mp_hits *hits, const struct mp_hit *hit,
		     const size_t *columns, size_t count);
/* "main prints "x"", or with `never`. */
void mp_say_phrase(FILE *out, const struct mp_trial *trial, const struct mp_side *side, bool never);
/* What happened instead of what should have, as far as that is known; begins with "; ". */
void mp_say_instead(FILE *out, struct mp_trial *trial, const struct mp_side *side);
/* What a process was blocked in when the run was stopped; begins with "; ". */
void mp_say_blocked(FILE *out, struct mp_trial *trial, const struct mp_party *party);
/* "it exited with 1 at 3.1 ms" */
/* What to say of a process without an end; one that was lost is no sign of life. */
const char *mp_no_end(const struct mp_judging *judging);
void mp_say_end(FILE *out, const struct mp_judging *judging, const struct mp_process *process);

#endif
