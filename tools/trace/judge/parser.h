/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: nothing. Gives: what the files of the parser share and nobody else sees. Never: leaves
 * memory to its caller: all that a contract holds is kept in its store.
 *
 * How a mistake travels: the function that sees it calls mp_mistake() and returns NULL or false,
 * and so does everybody above it, up to the line. The first mistake of a line is the one that is
 * told, so whoever wants to may go on after it, in order to learn a name or a claim that later
 * lines use. Want of memory travels the same way, in `no_memory`.
 */
#ifndef MP_PARSER_H
#define MP_PARSER_H

#include "contract.h"
#include "decimal.h"
#include "mistake.h"
#include "verb.h"

enum mp_token_kind {
	MP_TOKEN_END,	 /* of the line */
	MP_TOKEN_WORD,	 /* items, main, child */
	MP_TOKEN_NUMBER, /* 10, 1.5 */
	MP_TOKEN_TEXT,	 /* "process *", with its quotes */
	MP_TOKEN_OPTION, /* -n, --items */
	MP_TOKEN_SIGN,	 /* = + - * ( ) { } */
	MP_TOKEN_OTHER	 /* anything else */
};

struct mp_token {
	enum mp_token_kind kind;
	const char *text;
	size_t length;
	unsigned column;
};

/* A row of tokens and how far it has been read. */
struct mp_tokens {
	struct mp_token list[MP_CONTRACT_WORDS + 1]; /* the last is MP_TOKEN_END */
	size_t count;				     /* without it */
	size_t at;
};

#define MP_SHOWN 4

struct mp_parser {
	struct mp_contract *contract;
	bool no_memory;
	bool full; /* enough mistakes */
	/* the line */
	unsigned line;
	const char *text;
	size_t length;
	unsigned margin; /* the column in which it starts: 1, or 4 after a byte order mark */
	bool failed;	 /* its mistake has been told */
	struct mp_tokens words;
	struct mp_tokens *tokens; /* being read: words, or those between braces in a pattern */
	struct mp_token naming;	  /* the name that is being declared */
	/* the names after `for each` in this line; those from counter_count on are not known yet */
	const struct mp_token *counters[MP_CONTRACT_COUNTERS];
	size_t counter_count;
	bool counted;		      /* a counter has been used since this was cleared */
	bool decimals;		      /* numbers may have digits behind a dot here */
	const struct mp_token *inner; /* the counter of the list that is being read, or NULL */
	/* the claim */
	struct mp_claim *claim;
	bool claim_failed;
	bool clause_seen;
	bool used[MP_CONTRACT_NAMES]; /* by index in contract->decls */
	char shown[MP_SHOWN][64];
	unsigned next_shown;
};

/* store.c: memory that lives as long as the contract; zeroed; NULL when there is none left. */
struct mp_contract_store;
struct mp_contract_store *mp_store_new(void);
void mp_store_free(struct mp_contract_store *store);
void *mp_keep(struct mp_parser *p, size_t size);
char *mp_keep_text(struct mp_parser *p, const char *text, size_t length);
/* Room for one more at the end of an array of `count` pieces of `size` bytes. */
void *mp_keep_more(struct mp_parser *p, void *array, size_t count, size_t size);
/* Finds the lines of the contract's text. False: no memory. */
bool mp_store_lines(struct mp_contract *contract);
unsigned mp_store_line_count(const struct mp_contract *contract);

/* diagnostic.c. True when it was this mistake that was told. */
bool mp_mistake(struct mp_parser *p, enum mp_mistake mistake, struct mp_place place,
		const char *one, const char *two, const char *three);
void mp_suggest(struct mp_parser *p, const char *word); /* to the last mistake; NULL is fine */
void mp_note(struct mp_parser *p, enum mp_mistake mistake, struct mp_place place, const char *one);
/* "expected WHAT, saw" the next token; always false. */
bool mp_expected(struct mp_parser *p, const char *what);
/* Part of the text, escaped and cut short; valid until MP_SHOWN more have been shown. */
const char *mp_show(struct mp_parser *p, const char *text, size_t length);
const char *mp_show_quoted(struct mp_parser *p, const char *text, size_t length);
const char *mp_show_token(struct mp_parser *p, const struct mp_token *token); /* in quotes */
const char *mp_show_number(struct mp_parser *p, int64_t number);

/* nearest.c: the known word that is most like a word of the text. */
struct mp_nearest {
	const char *text;
	size_t length;
	const char *word; /* NULL: none is near */
	unsigned distance;
};
void mp_nearest_start(struct mp_nearest *near, const char *text, size_t length);
void mp_nearest_try(struct mp_nearest *near, const char *word, size_t length);
const char *mp_nearest_of(const struct mp_token *token, const char *const words[]);

/* synonym.c: what is said here where people say this word elsewhere. */
enum mp_spot {
	MP_DECLARED,  /* who somebody is belongs here */
	MP_AT_WHO,    /* or a name, of whatever kind */
	MP_AT_VERB,   /* or a verb */
	MP_BEHIND,    /* or nothing more of what happens */
	MP_AT_NUMBER, /* or a whole number */
	MP_AT_VALUE   /* or what something is compared with */
};
/* NULL: nothing is known of it; an empty text: it is left out. */
const char *mp_synonym(const struct mp_token *token, enum mp_spot at);

/* scan.c */
void mp_scan_line(struct mp_parser *p);
/* Tokens of the part [from, to) of the line (offsets), for what stands between braces. */
bool mp_scan_part(struct mp_parser *p, size_t from, size_t to, struct mp_tokens *tokens);

/* token.c: reading the row */
const struct mp_token *mp_peek(const struct mp_parser *p, size_t ahead);
const struct mp_token *mp_next(struct mp_parser *p);
bool mp_is(const struct mp_token *token, const char *text);
bool mp_take(struct mp_parser *p, const char *text); /* read it, if it is next */
bool mp_need(struct mp_parser *p, const char *text); /* read it, or that is a mistake */
bool mp_at_end(const struct mp_parser *p);
bool mp_need_end(struct mp_parser *p);
/* Up to the next blank or comma, whatever it is made of. */
struct mp_token mp_take_run(struct mp_parser *p);
bool mp_take_value(struct mp_parser *p, struct mp_token *value);
/* What stands from one token of the line up to another, or to the end of the line. */
const char *mp_show_span(struct mp_parser *p, const struct mp_token *from,
			 const struct mp_token *behind);
struct mp_place mp_place(const struct mp_parser *p, const struct mp_token *token);
/* From the start of a token to what has been read last. */
struct mp_place mp_place_from(const struct mp_parser *p, const struct mp_token *token);
bool mp_same(const struct mp_token *token, const char *text);

/* name.c */
#define MP_NAMES(kind)	 (1U << (kind))
#define MP_NAMES_PROCESS MP_NAMES(MP_DECL_PROCESS)
#define MP_NAMES_GROUP	 MP_NAMES(MP_DECL_GROUP)
#define MP_NAMES_WHO	 (MP_NAMES_PROCESS | MP_NAMES_GROUP)
#define MP_NAMES_UNKNOWN ((enum mp_decl_kind)15) /* of a declaration that made no sense */
struct mp_decl *mp_name_find(const struct mp_parser *p, const struct mp_token *token);
bool mp_names_channel(const struct mp_parser *p, const struct mp_token *token);
void mp_name_used(struct mp_parser *p, const struct mp_decl *decl);
/* Reads a name of one of these kinds; `what` says so in words. */
struct mp_decl *mp_name(struct mp_parser *p, unsigned kinds, const char *what);
/* The mistake that a word is when it is no such name. */
void mp_name_mistake(struct mp_parser *p, const struct mp_token *token, unsigned kinds,
		     const char *what);
const char *mp_kind_word(enum mp_decl_kind kind);
/* Can a counter have this name? */
bool mp_counter_name(struct mp_parser *p, const struct mp_token *token);
/* Reads the name that a line declares. */
struct mp_decl *mp_name_new(struct mp_parser *p, enum mp_decl_kind kind);
void mp_name_declare(struct mp_parser *p, struct mp_decl *decl);
void mp_name_unused(struct mp_parser *p);

/* expr.c */
struct mp_expr *mp_parse_expr(struct mp_parser *p, const char *what);
/* A mistake when a dash makes one word of what was to be a difference. */
bool mp_dash_inside(struct mp_parser *p, const struct mp_token *token);
bool mp_is_counter(const struct mp_parser *p, const struct mp_token *token);
bool mp_constant(const struct mp_expr *expr, int64_t *value); /* false: it depends, or overflows */
bool mp_constant_decimal(const struct mp_expr *expr, struct mp_decimal *value);
/* The same as an expression whose numbers may have digits behind a dot. */
struct mp_expr *mp_parse_decimal(struct mp_parser *p, const char *what);
/* Can its default be reckoned with? Else that is a mistake of the word that names it. */
bool mp_check_number(struct mp_parser *p, const struct mp_token *token, const struct mp_decl *decl);
/* A parameter, whatever its value may be, as an expression. */
struct mp_expr *mp_parse_parameter(struct mp_parser *p);
/* A to B, of children or of `for each`. */
bool mp_parse_range(struct mp_parser *p, struct mp_expr **from, struct mp_expr **to);

/* pattern.c */
struct mp_pattern *mp_parse_pattern(struct mp_parser *p);
struct mp_pattern *mp_parse_plain(struct mp_parser *p);	  /* after `named`: text and `*` only */
struct mp_pattern *mp_parse_printed(struct mp_parser *p); /* after `that prints`: no captures */
char *mp_parse_title(struct mp_parser *p);

/* operand.c */
struct mp_who *mp_parse_who(struct mp_parser *p, const char *what);
bool mp_parse_time(struct mp_parser *p, struct mp_time *time);
bool mp_is_unit(const struct mp_token *token);
bool mp_parse_operand(struct mp_parser *p, const struct mp_verb_row *row, struct mp_phrase *phrase);

/* declare.c. False: the word begins no declaration. */
bool mp_parse_declaration(struct mp_parser *p, const char *keyword);
/* EXPR of P, behind `child`. */
bool mp_parse_child(struct mp_parser *p, struct mp_decl *decl, const char *what);

/* phrase.c: WHO [never] and the words of a verb or a state, which is in *row. */
struct mp_subject {
	const struct mp_token *first;
	struct mp_who *who;
	const struct mp_token *never; /* NULL: not said */
	struct mp_place verb_place;
	const struct mp_verb_row *row;
};
bool mp_parse_subject(struct mp_parser *p, struct mp_subject *subject);
/* What follows the words of a verb. */
struct mp_phrase *mp_parse_rest(struct mp_parser *p, const struct mp_subject *subject);
/* One that is compared: a state is a mistake, and `never` is this mistake. */
struct mp_phrase *mp_parse_phrase(struct mp_parser *p, enum mp_mistake never);
bool mp_whole_group(struct mp_parser *p, const struct mp_who *who, const char *words);

/* clause.c, tail.c, state.c */
struct mp_clause *mp_parse_clause(struct mp_parser *p);
/* What a clause says, without its counters and conditions; what follows is not looked at. */
struct mp_clause *mp_parse_body(struct mp_parser *p);
/* {for each ...} [in order] [when ...], to the end of the line. */
bool mp_parse_tail(struct mp_parser *p, struct mp_clause *clause);
void mp_find_counters(struct mp_parser *p);
struct mp_clause *mp_parse_state(struct mp_parser *p, const struct mp_subject *subject);
struct mp_clause *mp_parse_at_once(struct mp_parser *p);
struct mp_clause *mp_parse_nothing(struct mp_parser *p);

#endif
