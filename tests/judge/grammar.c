/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "grammar.h"

#define NODES 1024
#define RULES 64
/* From here on a sentence is made as short as it can be: the first form, nothing that may be left
 * out. */
#define DEEP 14

/* --- reading ------------------------------------------------------------------------------- */

struct reading {
	struct grammar *grammar;
	char *at, *word; /* the word that is next, cut out; NULL: the end */
	const char *rule;
	bool bad;
};

static void advance(struct reading *r)
{
	r->at += strspn(r->at, " \n");
	r->word = *r->at != '\0' ? r->at : NULL;
	r->at += strcspn(r->at, " \n");
	if (*r->at != '\0')
		*r->at++ = '\0';
}

static bool next_is(const struct reading *r, const char *text)
{
	return r->word != NULL && strcmp(r->word, text) == 0;
}

static bool begins_rule(const struct reading *r)
{
	size_t capitals = r->word != NULL ? strspn(r->word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") : 0;

	return capitals > 0 && strcmp(r->word + capitals, ":") == 0;
}

static struct grammar_node *new_node(struct reading *r, enum grammar_kind kind)
{
	struct grammar *grammar = r->grammar;
	struct grammar_node *node = &grammar->nodes[grammar->node_count];

	if (grammar->node_count == NODES) {
		r->bad = true;
		return &grammar->nodes[NODES - 1];
	}
	grammar->node_count++;
	*node = (struct grammar_node){.kind = kind, .rule = r->rule};
	return node;
}

static struct grammar_node *read_choice(struct reading *r);

static struct grammar_node *read_one(struct reading *r)
{
	struct grammar_node *node, *several;

	if (next_is(r, "[")) {
		advance(r);
		node = new_node(r, GRAMMAR_MAYBE);
		node->in = read_choice(r);
		r->bad |= !next_is(r, "]");
	} else {
		node = new_node(r, GRAMMAR_WORD);
		node->text = r->word;
	}
	advance(r);
	if (!next_is(r, "..."))
		return node;
	advance(r);
	several = new_node(r, GRAMMAR_SEVERAL);
	several->in = node;
	return several;
}

static struct grammar_node *read_row(struct reading *r)
{
	struct grammar_node *row = new_node(r, GRAMMAR_ROW), **end = &row->in;

	while (!r->bad && r->word != NULL && !next_is(r, "|") && !next_is(r, "]") &&
	       !begins_rule(r)) {
		*end = read_one(r);
		end = &(*end)->next;
	}
	r->bad |= row->in == NULL;
	return row;
}

static struct grammar_node *read_choice(struct reading *r)
{
	struct grammar_node *choice = new_node(r, GRAMMAR_CHOICE), **end = &choice->in;

	for (;;) {
		*end = read_row(r);
		end = &(*end)->next;
		if (r->bad || !next_is(r, "|"))
			return choice;
		advance(r);
	}
}

static void read_rule(struct reading *r)
{
	struct grammar_node *rule = &r->grammar->rules[r->grammar->rule_count];

	r->bad = !begins_rule(r) || r->grammar->rule_count == RULES;
	if (r->bad)
		return;
	r->grammar->rule_count++;
	r->word[strlen(r->word) - 1] = '\0';
	*rule = (struct grammar_node){.kind = GRAMMAR_RULE, .text = r->word};
	r->rule = r->word;
	advance(r);
	rule->in = read_choice(r);
}

const struct grammar_node *grammar_rule(const struct grammar *grammar, const char *name)
{
	for (size_t i = 0; i < grammar->rule_count; i++)
		if (strcmp(grammar->rules[i].text, name) == 0)
			return &grammar->rules[i];
	return NULL;
}

/* What is in capitals is a rule, or a class when there is none; a single letter may be either. */
static void find_rules(struct grammar *grammar)
{
	for (size_t i = 0; i < grammar->node_count; i++) {
		struct grammar_node *node = &grammar->nodes[i];
		const struct grammar_node *rule;

		if (node->kind != GRAMMAR_WORD || *node->text < 'A' || *node->text > 'Z')
			continue;
		rule = grammar_rule(grammar, node->text);
		node->kind = rule != NULL ? GRAMMAR_RULE : GRAMMAR_CLASS;
		node->in = rule != NULL ? rule->in : NULL;
	}
}

/* Brackets stand at their words: blanks around them, in a text that has room for these. */
static char *with_blanks(const char *text)
{
	char *out = calloc(3, strlen(text) + 1), *to = out;

	for (; out != NULL && *text != '\0'; text++) {
		bool bracket = *text == '[' || *text == ']';

		if (bracket)
			*to++ = ' ';
		*to++ = *text;
		if (bracket)
			*to++ = ' ';
	}
	return out;
}

bool grammar_read(struct grammar *grammar, const char *text)
{
	struct reading r = {.grammar = grammar};

	grammar->text = r.at = with_blanks(text);
	grammar->nodes = calloc(NODES, sizeof(*grammar->nodes));
	grammar->rules = calloc(RULES, sizeof(*grammar->rules));
	if (grammar->text == NULL || grammar->nodes == NULL || grammar->rules == NULL)
		return false;
	for (advance(&r); r.word != NULL && !r.bad;)
		read_rule(&r);
	find_rules(grammar);
	return !r.bad;
}

void grammar_free(struct grammar *grammar)
{
	free(grammar->text);
	free(grammar->nodes);
	free(grammar->rules);
}

/* --- is it a sentence? --------------------------------------------------------------------- */

/* From which places to which: bit N is the place before word N. No rule begins with itself. */
static uint64_t reach(const struct grammar *grammar, const struct grammar_node *node,
		      const struct grammar_sentence *sentence, uint64_t from)
{
	uint64_t to = 0, more;

	if (from == 0)
		return 0;
	switch (node->kind) {
	case GRAMMAR_WORD:
	case GRAMMAR_CLASS:
		for (size_t i = 0; i < sentence->count; i++)
			if ((from >> i & 1) != 0 && grammar->fits(node, sentence, i))
				to |= UINT64_C(2) << i;
		return to;
	case GRAMMAR_ROW:
		for (node = node->in; node != NULL; node = node->next)
			from = reach(grammar, node, sentence, from);
		return from;
	case GRAMMAR_CHOICE:
		for (node = node->in; node != NULL; node = node->next)
			to |= reach(grammar, node, sentence, from);
		return to;
	case GRAMMAR_MAYBE:
		return from | reach(grammar, node->in, sentence, from);
	case GRAMMAR_SEVERAL:
		for (more = from; (more = reach(grammar, node->in, sentence, more) & ~to) != 0;)
			to |= more;
		return to;
	case GRAMMAR_RULE:
		return reach(grammar, node->in, sentence, from);
	}
	return 0;
}

bool grammar_has(const struct grammar *grammar, const char *rule,
		 const struct grammar_sentence *sentence)
{
	const struct grammar_node *form = grammar_rule(grammar, rule);

	return form != NULL && (reach(grammar, form, sentence, 1) >> sentence->count & 1) != 0;
}

/* --- a sentence ---------------------------------------------------------------------------- */

static bool make(struct grammar *grammar, struct grammar_node *node, unsigned depth,
		 struct grammar_sentence *out);

static bool make_choice(struct grammar *grammar, struct grammar_node *node, unsigned depth,
			struct grammar_sentence *out)
{
	uint32_t forms = 0, which;

	for (struct grammar_node *form = node->in; form != NULL; form = form->next)
		forms++;
	which = depth < DEEP ? grammar->number(forms) : 0;
	for (node = node->in; which > 0; which--)
		node = node->next;
	return make(grammar, node, depth, out);
}

static bool make(struct grammar *grammar, struct grammar_node *node, unsigned depth,
		 struct grammar_sentence *out)
{
	bool good = true;

	if (node->kind == GRAMMAR_MAYBE && (depth >= DEEP || grammar->number(2) == 0))
		return true;
	node->used = true;
	switch (node->kind) {
	case GRAMMAR_WORD:
	case GRAMMAR_CLASS:
		good = out->count < GRAMMAR_WORDS;
		if (good)
			out->words[out->count++] = grammar->choose(node);
		return good;
	case GRAMMAR_ROW:
		for (node = node->in; node != NULL && good; node = node->next)
			good = make(grammar, node, depth, out);
		return good;
	case GRAMMAR_CHOICE:
		return make_choice(grammar, node, depth, out);
	case GRAMMAR_SEVERAL:
		do
			good = make(grammar, node->in, depth, out);
		while (good && depth < DEEP && grammar->number(3) == 0);
		return good;
	case GRAMMAR_MAYBE:
	case GRAMMAR_RULE:
		return make(grammar, node->in, depth + 1, out);
	}
	return false;
}

bool grammar_make(struct grammar *grammar, const char *rule, struct grammar_sentence *out)
{
	const struct grammar_node *form = grammar_rule(grammar, rule);

	for (size_t i = 0; i < grammar->node_count; i++)
		grammar->nodes[i].used = false;
	out->count = 0;
	return form != NULL && make(grammar, form->in, 0, out);
}
