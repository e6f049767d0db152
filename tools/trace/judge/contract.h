/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: the text of a contract. Gives: its syntax tree, every node with its position, and one
 * diagnostic per mistake. Never: looks at a record or a model; recurses or allocates without a
 * bound, whatever the text.
 */
#ifndef MP_CONTRACT_H
#define MP_CONTRACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bounds of a contract; beyond them there is a diagnostic, never a crash. */
#define MP_CONTRACT_BYTES	(1024 * 1024)
#define MP_CONTRACT_LINES	20000
#define MP_CONTRACT_LINE	4096   /* bytes in a line */
#define MP_CONTRACT_WORDS	64     /* in a line */
#define MP_CONTRACT_PIECES	64     /* in a pattern */
#define MP_CONTRACT_ROUNDS	100000 /* of `for each`; the judge checks what is not constant */
#define MP_CONTRACT_COUNTERS	4      /* of one clause */
#define MP_CONTRACT_NAMES	512    /* that are declared */
#define MP_CONTRACT_DIAGNOSTICS 20     /* then: "too many mistakes" */

struct mp_place {
	unsigned line;	 /* from 1 */
	unsigned column; /* from 1, in bytes */
	unsigned length; /* of what the caret underlines */
};

struct mp_diagnostic {
	struct mp_place place;
	char *message;	  /* one line: what was expected, what was seen */
	char *suggestion; /* the word that was meant, or NULL; empty: what stands there is too much
			   */
};

/* Numbers: `10`, `items`, `items + 1`, `i * i`, `(n - 1) * 2`; `0.5` in times and conditions. */
enum mp_expr_kind { MP_EXPR_NUMBER, MP_EXPR_NAME, MP_EXPR_ADD, MP_EXPR_SUBTRACT, MP_EXPR_MULTIPLY };
struct mp_expr {
	enum mp_expr_kind kind;
	struct mp_place place;
	int64_t number;
	unsigned scale;	  /* of a number: so many of its digits stand behind the dot */
	const char *name; /* a parameter, or a counter of `for each` */
	struct mp_expr *left, *right;
};

/* So many units of so many nanoseconds. */
struct mp_time {
	struct mp_expr *number; /* NULL: no time is said */
	uint64_t unit;
};

/* "item {x} appended*": text, any text, a captured value, a computed value; "{0 to 256}": any
 * number of a range; "{i * i for i from 0 to n}": computed values with ", " between them. */
enum mp_piece_kind {
	MP_PIECE_TEXT,
	MP_PIECE_ANY,
	MP_PIECE_CAPTURE,
	MP_PIECE_VALUE,
	MP_PIECE_NUMBER,
	MP_PIECE_LIST
};
struct mp_piece {
	enum mp_piece_kind kind;
	const char *text; /* TEXT; CAPTURE: the name */
	size_t length;
	struct mp_expr *expr;	   /* VALUE, LIST */
	const char *counter;	   /* LIST */
	struct mp_expr *from, *to; /* NUMBER, LIST */
};
struct mp_pattern {
	struct mp_place place;
	struct mp_piece *pieces;
	size_t count;
};

enum mp_decl_kind {
	MP_DECL_PARAMETER,
	MP_DECL_PROCESS,
	MP_DECL_GROUP,
	MP_DECL_CHANNEL,
	MP_DECL_WORD,
	MP_DECL_MEMORY
};

enum mp_select_kind {
	MP_SELECT_MAIN,	       /* main */
	MP_SELECT_CHILD,       /* child N of P */
	MP_SELECT_CHILD_NAMED, /* child of P named "GLOB" or that prints "PATTERN": the only one */
	MP_SELECT_RANGE,       /* children A to B of P */
	MP_SELECT_CHILDREN,    /* children of P [named "GLOB"] */
	MP_SELECT_DESCENDANTS, /* descendants of P [named "GLOB"] */
	MP_SELECT_LIST,	       /* p1 p2 p3 */
	MP_SELECT_DESCENDANT   /* descendant of P named or that prints: the only one */
};

struct mp_decl {
	enum mp_decl_kind kind;
	struct mp_place place; /* of its name */
	const char *name;
	/* parameter */
	char short_option;	 /* 0: none */
	const char *long_option; /* without the dashes, or NULL */
	const char *fallback;	 /* the default, as it stands in the text; "no" of a flag */
	bool flag;		 /* an option without a value: "yes" when it is given */
	/* process, group */
	bool nameless; /* `child EXPR of P` in a clause, which is not in the list of declarations */
	enum mp_select_kind select;
	struct mp_expr *ordinal;	   /* CHILD: N; RANGE: A */
	struct mp_expr *ordinal_last;	   /* RANGE: B */
	struct mp_decl *of;		   /* P */
	struct mp_pattern *named, *prints; /* at most one of the two */
	struct mp_decl **members; /* LIST: processes and groups; WORD, MEMORY: shared by these */
	size_t member_count;
	/* channel */
	struct mp_decl *from, *to;
};

/* The rows of the verb table; verb.c says for each its words, its operands and its paragraph. */
enum mp_verb {
	MP_VERB_FORKS = 1,
	MP_VERB_EXECS,
	MP_VERB_EXITS, /* exits, exits with N */
	MP_VERB_DIES,  /* dies, dies of SIGNAL */
	MP_VERB_ENDS,  /* exits or dies */
	MP_VERB_REAPS,
	MP_VERB_SIGNALS, /* signals P, signals P with SIGNAL */
	MP_VERB_RECEIVES,
	MP_VERB_IS_NAMED,
	MP_VERB_WRITES,
	MP_VERB_READS,
	MP_VERB_READS_FROM,	/* reads from P: bytes that P wrote, through whatever stream */
	MP_VERB_STARTS_READING, /* starts reading C: its first read, whatever came of it */
	MP_VERB_READS_END,	/* reads the end of C */
	MP_VERB_CLOSES,		/* closes C: the end that matters, see mp-contract(5) */
	MP_VERB_CLOSES_WRITING, /* closes the writing end of C */
	MP_VERB_CLOSES_READING,
	MP_VERB_WAITS,	   /* waits, waits at least T */
	MP_VERB_WAITS_FOR, /* waits for P */
	MP_VERB_WAITS_ON,  /* waits on W */
	MP_VERB_WAKES,	   /* wakes P, wakes W */
	MP_VERB_MEET,	   /* GROUP meet */
	MP_VERB_SLEEPS,	   /* sleeps, sleeps at least T */
	MP_VERB_PRINTS,
	MP_VERB_COMPLAINS,
	MP_VERB_FLUSHES,
	MP_VERB_OPENS,
	MP_VERB_MAPS, /* maps M */
	MP_VERBS
};

/* Who: one process, all of a group taken together, or every member for itself. */
struct mp_who {
	struct mp_place place;
	struct mp_decl *decl; /* process or group; main has a declaration of its own */
	bool each;	      /* "each of GROUP" */
};

/* A signal: a name or number, a parameter, or a capture that takes its number. */
struct mp_signal_word {
	struct mp_place place;
	int number; /* 0: not a constant */
	struct mp_decl *parameter;
	const char *capture;
};

enum mp_pick { MP_PICK_DEFAULT, MP_PICK_FIRST, MP_PICK_LAST, MP_PICK_EACH };

struct mp_phrase {
	struct mp_place place;
	enum mp_pick pick; /* in an order: first PHRASE, last PHRASE, each PHRASE */
	struct mp_who who;
	enum mp_verb verb;
	struct mp_place verb_place;
	/* operands, NULL or zero where the verb has none or it was left out */
	struct mp_who *whom;
	struct mp_decl *object; /* channel, word or memory */
	struct mp_pattern *pattern;
	struct mp_signal_word *signal;
	struct mp_expr *number; /* exits with N */
	struct mp_time least;	/* at least T */
	bool varies;		/* a counter occurs in it */
};

enum mp_count_kind {
	MP_COUNT_SOME, /* nothing said: at least once */
	MP_COUNT_NEVER,
	MP_COUNT_EXACTLY, /* once is exactly 1 */
	MP_COUNT_LEAST,
	MP_COUNT_MOST,
	MP_COUNT_AS_OFTEN /* as often as PHRASE */
};

enum mp_state {
	MP_STATE_SAME_TIME = 1, /* GROUP run at the same time */
	MP_STATE_ONE_AT_A_TIME, /* GROUP run one at a time */
	MP_STATE_AT_ONCE,	/* at most N of GROUP at once */
	MP_STATE_LIVES,		/* P lives at least T */
	MP_STATE_OUTLIVES,	/* P outlives Q */
	MP_STATE_PRINT_IN_TURN, /* GROUP print one at a time */
	MP_STATE_NOTHING_LEFT	/* nothing is left */
};

enum mp_clause_kind {
	MP_CLAUSE_COUNT,
	MP_CLAUSE_BEFORE,
	MP_CLAUSE_SAME_ORDER, /* PHRASE in the order of PHRASE */
	MP_CLAUSE_STATE
};

/* for each NAME from A to B; the range may use the counters before it. */
struct mp_counter {
	const char *name;
	struct mp_expr *from, *to;
};

enum mp_relation { MP_IS, MP_IS_NOT, MP_IS_LEAST, MP_IS_MOST };

/* when ...: a clause without counters and conditions, or two values that are compared. */
struct mp_condition {
	struct mp_place place;
	bool varies;		  /* a counter occurs in it */
	struct mp_clause *clause; /* NULL: values */
	enum mp_relation relation;
	struct mp_expr *left, *right; /* a parameter alone may be a text */
	const char *text;	      /* in the place of `right` */
};

struct mp_clause {
	struct mp_place place;
	enum mp_clause_kind kind;
	/* COUNT: one phrase, `as often as`: two. BEFORE: first happens before second ("A after B"
	 * is stored as B, A). SAME_ORDER: first in the order of second */
	struct mp_phrase *first, *second;
	enum mp_count_kind count;
	struct mp_expr *number; /* COUNT_*, AT_ONCE */
	/* for each NAME from A to B ... [in order] */
	struct mp_counter counters[MP_CONTRACT_COUNTERS];
	size_t counter_count;
	bool in_order;
	/* when CONDITION and CONDITION ... */
	struct mp_condition **conditions;
	size_t condition_count;
	/* STATE */
	enum mp_state state;
	struct mp_who *group, *other; /* lives, outlives: also `each of GROUP`, on both sides */
	struct mp_time least;
};

struct mp_claim {
	struct mp_place place;
	const char *title;
	struct mp_clause **clauses;
	size_t clause_count;
};

struct mp_contract {
	const char *name; /* for messages: the file, or the program that carries it */
	const char *text;
	size_t length;
	struct mp_decl **decls; /* decls[0] is `main` */
	size_t decl_count;
	struct mp_claim **claims;
	size_t claim_count;
	struct mp_diagnostic *diagnostics; /* in the order of the text */
	size_t diagnostic_count;
	/* What may be a mistake but keeps nobody from judging: a declared name that nothing uses */
	struct mp_diagnostic *notes;
	size_t note_count;
	struct mp_contract_store *store;
};

/*
 * Copies the text. 0, also when there are diagnostics: a contract with any must not be judged.
 * -ENOMEM. A contract without a claim has a diagnostic.
 */
int mp_contract_parse(const char *name, const char *text, size_t length, struct mp_contract **out);
void mp_contract_free(struct mp_contract *contract); /* NULL is fine */

/* Line `line` of the text, without its newline; *length is set. For carets and for reports. */
const char *mp_contract_line(const struct mp_contract *contract, unsigned line, size_t *length);

/* "FILE:LINE:COLUMN: message", the line, the caret, the suggestion; malloc'd, or NULL. Bytes
 * that are not printable ASCII are escaped. */
char *mp_diagnostic_text(const struct mp_contract *contract,
			 const struct mp_diagnostic *diagnostic);

#endif
