/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parser: line by line, what begins in the first column and what is indented under it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "parser.h"

static const char *const keywords[] = {"parameter", "process", "group", "channel",
				       "word",	    "memory",  "claim", NULL};

/* Said at the end of a claim, of the line where it began. */
static void end_claim(struct mp_parser *p)
{
	if (!p->claim || p->clause_seen || p->claim_failed)
		return;
	p->failed = false;
	mp_mistake(p, MP_MISTAKE_NO_CLAUSE, p->claim->place, NULL, NULL, NULL);
}

static bool add_claim(struct mp_parser *p, struct mp_claim *claim)
{
	struct mp_contract *contract = p->contract;
	struct mp_claim **grown =
		mp_keep_more(p, contract->claims, contract->claim_count, sizeof(struct mp_claim *));

	if (!grown)
		return false;
	grown[contract->claim_count++] = claim;
	contract->claims = grown;
	return true;
}

static void check_title(struct mp_parser *p, const struct mp_claim *claim)
{
	const struct mp_contract *contract = p->contract;
	size_t i;

	for (i = 0; i < contract->claim_count; i++) {
		const struct mp_claim *other = contract->claims[i];

		if (other->title && !strcmp(other->title, claim->title))
			mp_mistake(p, MP_MISTAKE_SAME_TITLE, claim->place,
				   mp_show_number(p, other->place.line), NULL, NULL);
	}
}

/* Also a claim whose title is wrong begins here: its clauses are not those of the one above. */
static void parse_claim(struct mp_parser *p)
{
	bool failed = p->failed;
	struct mp_claim *claim;

	p->failed = false;
	end_claim(p);
	p->failed = failed;
	claim = mp_keep(p, sizeof(*claim));
	if (!claim)
		return;
	claim->place = mp_place(p, mp_peek(p, 0));
	claim->title = mp_parse_title(p);
	if (claim->title) {
		check_title(p, claim);
		mp_need_end(p);
	}
	p->claim = claim;
	p->claim_failed = p->failed;
	p->clause_seen = false;
	add_claim(p, claim);
}

static void parse_keyword(struct mp_parser *p, const char *keyword)
{
	if (!strcmp(keyword, "claim"))
		parse_claim(p);
	else
		mp_parse_declaration(p, keyword);
}

static const char *keyword_of(const struct mp_token *token)
{
	const char *const *word;

	for (word = keywords; *word; word++)
		if (mp_is(token, *word))
			return *word;
	return NULL;
}

/* A name that is declared with a word that is none: its uses are not mistakes of their own. */
static void declare_unknown(struct mp_parser *p)
{
	struct mp_decl *decl = mp_name_new(p, MP_NAMES_UNKNOWN);

	if (decl)
		mp_name_declare(p, decl);
}

/* Whatever stood there, the lines below it are read as if it had been right. */
static void go_on(struct mp_parser *p, const char *meant)
{
	if (mp_peek(p, 0)->kind != MP_TOKEN_TEXT)
		mp_next(p);
	if (meant)
		parse_keyword(p, meant);
	else if (mp_is(mp_peek(p, 1), "="))
		declare_unknown(p);
	else if (mp_peek(p, 0)->kind == MP_TOKEN_TEXT)
		parse_claim(p);
	else
		p->clause_seen = true;
}

static void unknown_keyword(struct mp_parser *p)
{
	const struct mp_token *token = mp_peek(p, 0);
	const char *meant = NULL;

	if (mp_name_find(p, token) && !mp_is(mp_peek(p, 2), "=")) {
		mp_mistake(p, MP_MISTAKE_NOT_INDENTED, mp_place(p, token),
			   mp_show(p, token->text, token->length), NULL, NULL);
	} else {
		meant = mp_nearest_of(token, keywords);
		if (mp_mistake(p, MP_MISTAKE_EXPECTED, mp_place(p, token),
			       "\"claim\", \"parameter\", \"process\", \"group\", \"channel\", "
			       "\"word\" or \"memory\"",
			       mp_show_token(p, token), NULL))
			mp_suggest(p, meant ? meant : mp_synonym(token, MP_BEHIND));
	}
	go_on(p, meant);
}

/* Only in the first column these words begin something; a name is never one of them. */
static bool misplaced(struct mp_parser *p, const char *keyword)
{
	const struct mp_token *token = mp_peek(p, 0);
	bool claim = keyword && !strcmp(keyword, "claim");

	if (!keyword)
		return false;
	mp_mistake(p, MP_MISTAKE_FIRST_COLUMN, mp_place(p, token),
		   claim ? "a claim" : "a declaration", NULL, NULL);
	go_on(p, keyword);
	return true;
}

static void parse_clause_line(struct mp_parser *p)
{
	const struct mp_token *first = mp_peek(p, 0);
	struct mp_claim *claim = p->claim;
	struct mp_clause *clause, **grown;

	p->clause_seen = true;
	if (!claim) {
		mp_mistake(p, MP_MISTAKE_NO_CLAIM_YET, mp_place(p, first), NULL, NULL, NULL);
		return;
	}
	clause = mp_parse_clause(p);
	if (!clause)
		return;
	grown = mp_keep_more(p, claim->clauses, claim->clause_count, sizeof(struct mp_clause *));
	if (!grown)
		return;
	grown[claim->clause_count++] = clause;
	claim->clauses = grown;
}

static void parse_line(struct mp_parser *p)
{
	const struct mp_token *first;
	const char *keyword;

	p->naming = (struct mp_token){0};
	p->counter_count = 0;
	mp_scan_line(p);
	first = mp_peek(p, 0);
	keyword = keyword_of(first);
	if (first->kind == MP_TOKEN_END)
		return;
	if (first->column > p->margin) {
		if (!misplaced(p, keyword))
			parse_clause_line(p);
	} else if (keyword) {
		mp_next(p);
		parse_keyword(p, keyword);
	} else {
		unknown_keyword(p);
	}
}

static void too_many_lines(struct mp_parser *p)
{
	struct mp_place place = {MP_CONTRACT_LINES + 1, 1, 1};

	p->failed = false;
	mp_mistake(p, MP_MISTAKE_TOO_MANY_LINES, place, mp_show_number(p, MP_CONTRACT_LINES), NULL,
		   NULL);
}

static void parse_lines(struct mp_parser *p)
{
	unsigned lines = mp_store_line_count(p->contract);
	struct mp_place nowhere = {1, 1, 0};

	for (p->line = 1; p->line <= lines && p->line <= MP_CONTRACT_LINES; p->line++) {
		parse_line(p);
		if (p->full || p->no_memory)
			return;
	}
	end_claim(p);
	p->failed = false;
	if (lines > MP_CONTRACT_LINES)
		too_many_lines(p);
	else if (!p->contract->claim_count && !p->clause_seen)
		mp_mistake(p, MP_MISTAKE_NO_CLAIM, nowhere, NULL, NULL, NULL);
	mp_name_unused(p);
}

/* `main` is declared before the first line. */
static bool declare_main(struct mp_parser *p)
{
	struct mp_decl *decl = mp_keep(p, sizeof(*decl));

	if (!decl)
		return false;
	decl->kind = MP_DECL_PROCESS;
	decl->name = "main";
	decl->select = MP_SELECT_MAIN;
	mp_name_declare(p, decl);
	return !p->no_memory;
}

static bool copy_text(struct mp_parser *p, const char *name, const char *text, size_t length)
{
	struct mp_contract *contract = p->contract;

	contract->name = mp_keep_text(p, name, strlen(name));
	contract->text = mp_keep_text(p, text, length);
	contract->length = length;
	return contract->name && contract->text && mp_store_lines(contract);
}

static bool parse_all(struct mp_parser *p, const char *name, const char *text, size_t length)
{
	struct mp_place nowhere = {1, 1, 0};
	bool large = length > MP_CONTRACT_BYTES;

	if (!copy_text(p, name, text, large ? 0 : length) || !declare_main(p))
		return false;
	if (large)
		mp_mistake(p, MP_MISTAKE_TOO_LARGE, nowhere, mp_show_number(p, MP_CONTRACT_BYTES),
			   NULL, NULL);
	else
		parse_lines(p);
	return !p->no_memory;
}

/* What is wrong with a whole claim is found below it: back to the order of the text. */
static int by_place(const void *a, const void *b)
{
	const struct mp_place *x = &((const struct mp_diagnostic *)a)->place;
	const struct mp_place *y = &((const struct mp_diagnostic *)b)->place;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	return (x->column > y->column) - (x->column < y->column);
}

static struct mp_contract *new_contract(void)
{
	struct mp_contract *contract = calloc(1, sizeof(*contract));

	if (!contract)
		return NULL;
	contract->store = mp_store_new();
	if (!contract->store) {
		free(contract);
		return NULL;
	}
	return contract;
}

int mp_contract_parse(const char *name, const char *text, size_t length, struct mp_contract **out)
{
	struct mp_parser *p = calloc(1, sizeof(*p));
	struct mp_contract *contract = new_contract();
	bool good = false;

	if (p && contract) {
		p->contract = contract;
		p->tokens = &p->words;
		good = parse_all(p, name, text, length);
	}
	free(p);
	if (!good) {
		mp_contract_free(contract);
		return -ENOMEM;
	}
	if (contract->diagnostic_count)
		qsort(contract->diagnostics, contract->diagnostic_count,
		      sizeof(*contract->diagnostics), by_place);
	*out = contract;
	return 0;
}

void mp_contract_free(struct mp_contract *contract)
{
	if (!contract)
		return;
	mp_store_free(contract->store);
	free(contract);
}
