/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: the grammar of a manual page. Gives: sentences of it, and whether a row of words is one.
 * Never: asks the parser, whose grammar it is said to be.
 *
 * A grammar is lines "RULE: form | form"; in a form [x] may be left out, "x ..." is x once or
 * several times, a word in capitals is a rule or, when there is none, a class of words that the
 * caller knows, and all else stands for itself.
 */
#ifndef GRAMMAR_H
#define GRAMMAR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define GRAMMAR_WORDS 60 /* of a sentence: the places in it are bits of a uint64_t */

enum grammar_kind {
	GRAMMAR_WORD,
	GRAMMAR_RULE,
	GRAMMAR_CLASS,
	GRAMMAR_ROW,	/* one after the other */
	GRAMMAR_CHOICE, /* one of them */
	GRAMMAR_MAYBE,
	GRAMMAR_SEVERAL
};
struct grammar_node {
	enum grammar_kind kind;
	const char *text;	 /* WORD, RULE, CLASS */
	const char *rule;	 /* in which it stands */
	struct grammar_node *in; /* ROW, CHOICE: the first; MAYBE, SEVERAL: what; RULE: its form */
	struct grammar_node *next;
	bool used;	 /* in the sentence that was made last */
	unsigned proved; /* the caller counts what sentences were good for */
};

struct grammar_sentence {
	const char *words[GRAMMAR_WORDS];
	size_t count;
};

struct grammar {
	char *text;
	struct grammar_node *nodes, *rules;
	size_t node_count, rule_count;
	/* May this word stand where a word or a class stands? */
	bool (*fits)(const struct grammar_node *node, const struct grammar_sentence *sentence,
		     size_t at);
	/* One for that place. */
	const char *(*choose)(const struct grammar_node *node);
	uint32_t (*number)(uint32_t below);
};

/* False: it is no grammar. */
bool grammar_read(struct grammar *grammar, const char *text);
void grammar_free(struct grammar *grammar);
const struct grammar_node *grammar_rule(const struct grammar *grammar, const char *name);
bool grammar_has(const struct grammar *grammar, const char *rule,
		 const struct grammar_sentence *sentence);
/* False: it grew too long. */
bool grammar_make(struct grammar *grammar, const char *rule, struct grammar_sentence *out);

#endif
