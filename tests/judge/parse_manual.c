/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mp-contract(5) and the parser say the same: every verb and every state has its entry, with an
 * example in which it occurs; every example is a contract, or clauses that speak of the page's own
 * names, without a mistake; together they have every form that the parser knows. The grammar is for
 * parse_grammar.c, what the page says of the commands under an example for
 * tests/house/contract-test.sh.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse_dump.h"
#include "tap.h"
#include "verb.h"

static const char opens[] = "\n.Bd -literal\n", closes[] = "\n.Ed";
static char *names; /* what the examples of single clauses speak of */

/* What occurs in the examples, as bits of the enumeration that the parser has for it. */
static struct {
	unsigned decls, selects, clauses, counts, picks, relations, pieces, exprs;
	unsigned named, printed; /* selections by a name, by a line */
	uint64_t with, without;	 /* verbs, with an operand that may be left out, and without */
	bool counters[MP_CONTRACT_COUNTERS + 1];
	bool in_order, nameless, all, each, parameter_signal, captured_signal, text_value;
} seen;

/* The language of manual pages writes a backslash as "\e". */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		*to++ = *text;
		if (text[0] == '\\' && text[1] == 'e')
			text++;
	}
	*to = '\0';
}

/* The first example from here on; free it. NULL: there is none. */
static char *next_example(const char *from, const char **behind)
{
	const char *start = strstr(from, opens), *end;
	char *example;

	if (!start)
		return NULL;
	start += strlen(opens);
	end = strstr(start, closes);
	if (!end)
		tap_bail("a block without an end");
	example = strndup(start, (size_t)(end + 1 - start));
	if (!example)
		tap_bail("no memory");
	unescape(example);
	if (behind)
		*behind = end;
	return example;
}

static bool is_whole(const char *example)
{
	return strstr(example, "\nclaim \"");
}

static struct mp_contract *parse_example(const char *example)
{
	bool clauses = *example == ' ', whole = is_whole(example);
	struct mp_contract *contract;
	char text[8192];

	snprintf(text, sizeof(text), "%s%s%s%s", clauses ? names : "",
		 clauses ? "claim \"t\"\n" : "", example,
		 clauses || whole ? "" : "claim \"t\"\n main exits\n");
	contract = parse_text(text);
	if (!contract)
		tap_bail("no memory");
	return contract;
}

/* --- what occurs --------------------------------------------------------------------------- */

static void see_expr(const struct mp_expr *expr)
{
	if (!expr)
		return;
	seen.exprs |= MP_BIT(expr->kind);
	see_expr(expr->left);
	see_expr(expr->right);
}

static void see_pattern(const struct mp_pattern *pattern)
{
	size_t i;

	for (i = 0; pattern && i < pattern->count; i++) {
		seen.pieces |= MP_BIT(pattern->pieces[i].kind);
		see_expr(pattern->pieces[i].expr);
	}
}

static void see_who(const struct mp_who *who)
{
	if (!who || !who->decl)
		return;
	seen.each |= who->each;
	seen.all |= !who->each && who->decl->kind == MP_DECL_GROUP;
	seen.nameless |= who->decl->nameless;
}

static bool has_operand(const struct mp_phrase *phrase)
{
	return phrase->whom || phrase->object || phrase->pattern || phrase->signal ||
	       phrase->number || phrase->least.number;
}

/* "signals P with SIGNAL": what may be left out there is the signal. */
static bool has_option(const struct mp_phrase *phrase)
{
	return phrase->verb == MP_VERB_SIGNALS ? phrase->signal != NULL : has_operand(phrase);
}

static void see_phrase(const struct mp_phrase *phrase)
{
	if (!phrase)
		return;
	*(has_option(phrase) ? &seen.with : &seen.without) |= UINT64_C(1) << phrase->verb;
	seen.picks |= MP_BIT(phrase->pick);
	see_who(&phrase->who);
	see_who(phrase->whom);
	see_pattern(phrase->pattern);
	see_expr(phrase->number);
	see_expr(phrase->least.number);
	seen.parameter_signal |= phrase->signal && phrase->signal->parameter;
	seen.captured_signal |= phrase->signal && phrase->signal->capture;
}

static void see_clause(const struct mp_clause *clause)
{
	size_t i;

	seen.clauses |= MP_BIT(clause->kind);
	if (clause->kind == MP_CLAUSE_COUNT)
		seen.counts |= MP_BIT(clause->count);
	see_phrase(clause->first);
	see_phrase(clause->second);
	see_who(clause->group);
	see_who(clause->other);
	see_expr(clause->number);
	seen.counters[clause->counter_count] = true;
	seen.in_order |= clause->in_order;
	for (i = 0; i < clause->condition_count; i++) {
		const struct mp_condition *condition = clause->conditions[i];

		if (condition->clause)
			see_clause(condition->clause);
		else
			seen.relations |= MP_BIT(condition->relation);
		seen.text_value |= condition->text != NULL;
	}
}

static void see_contract(const struct mp_contract *contract)
{
	size_t i, j;

	for (i = 0; i < contract->decl_count; i++) {
		const struct mp_decl *decl = contract->decls[i];

		seen.decls |= MP_BIT(decl->kind);
		if (decl->kind == MP_DECL_PROCESS || decl->kind == MP_DECL_GROUP)
			seen.selects |= MP_BIT(decl->select);
		seen.named |= decl->named ? MP_BIT(decl->select) : 0;
		seen.printed |= decl->prints ? MP_BIT(decl->select) : 0;
	}
	for (i = 0; i < contract->claim_count; i++)
		for (j = 0; j < contract->claims[i]->clause_count; j++)
			see_clause(contract->claims[i]->clauses[j]);
}

/* --- the examples -------------------------------------------------------------------------- */

static void find_names(const char *page)
{
	const char *at = page;
	char *example;

	for (; !names && (example = next_example(at, &at));) {
		if (*example != ' ' && !is_whole(example))
			names = example;
		else
			free(example);
	}
	if (!names)
		tap_bail("no example declares the names of the others");
}

static unsigned line_of(const char *page, const char *at)
{
	unsigned line = 1;

	for (; page < at; page++)
		line += *page == '\n';
	return line;
}

static unsigned check_examples(const char *page)
{
	unsigned examples = 0;
	const char *at = page;
	char *example, *complaints;

	while ((example = next_example(at, &at))) {
		struct mp_contract *contract = parse_example(example);

		complaints = parse_complaints(contract);
		is_string(complaints, "", "the example that ends in line %u", line_of(page, at));
		see_contract(contract);
		examples++;
		free(complaints);
		mp_contract_free(contract);
		free(example);
	}
	return examples;
}

static bool occurs(const struct mp_contract *contract, const struct mp_verb_row *row)
{
	size_t i, j;

	for (i = 0; i < contract->claim_count; i++)
		for (j = 0; j < contract->claims[i]->clause_count; j++) {
			const struct mp_clause *clause = contract->claims[i]->clauses[j];

			if (row->state
				    ? clause->kind == MP_CLAUSE_STATE && clause->state == row->state
				    : (clause->first && clause->first->verb == row->verb) ||
					      (clause->second && clause->second->verb == row->verb))
				return true;
		}
	return false;
}

/* An entry begins ".It Ic words" or ".It Ar group Ic words"; what follows is an operand. */
static const char *find_entry(const char *page, const char *words)
{
	size_t length = strlen(words);
	const char *at = page, *line, *end;

	while ((at = strstr(at, words))) {
		for (line = at; line > page && line[-1] != '\n'; line--)
			;
		end = at + length;
		if (!strncmp(line, ".It ", 4) && !strncmp(at - 3, "Ic ", 3) && strchr(" \n", *end))
			return end;
		at = end;
	}
	return NULL;
}

/* One that does not begin with a process has a form of its own. */
static const char *words_of(const struct mp_verb_row *row)
{
	if (row->singular)
		return row->singular;
	return row->state == MP_STATE_AT_ONCE ? "at most" : "nothing is left";
}

static void check_row(const char *list, const struct mp_verb_row *row)
{
	const char *entry = find_entry(list, words_of(row));
	char *example = entry ? next_example(entry, NULL) : NULL;
	struct mp_contract *contract = example ? parse_example(example) : NULL;

	ok(entry, "there is an entry \"%s\"", words_of(row));
	ok(contract && occurs(contract, row), "and the example in it has one");
	mp_contract_free(contract);
	free(example);
}

/* --- the forms ----------------------------------------------------------------------------- */

/* All values from `first` to `last` of an enumeration. */
static void check_all(const char *what, unsigned bits, unsigned first, unsigned last)
{
	unsigned all = MP_BIT(last + 1) - MP_BIT(first);

	is_int(bits & all, all, "the examples have every kind of %s", what);
}

/* A verb whose operand may be left out has an example with it, and one without. */
static void check_options(void)
{
	const struct mp_verb_row *row;

	for (row = mp_verbs; row->verb; row++) {
		uint64_t bit = UINT64_C(1) << row->verb;

		if (row->operand == MP_OPERAND_MAYBE_WHOM || row->operand == MP_OPERAND_OF_SIGNAL ||
		    row->operand == MP_OPERAND_MAYBE_PATTERN || row->operand == MP_OPERAND_CODE ||
		    row->operand == MP_OPERAND_LEAST || row->operand == MP_OPERAND_WHOM_SIGNAL)
			ok(seen.with & seen.without & bit, "\"%s\" with and without its operand",
			   row->singular);
	}
}

static void check_forms(void)
{
	check_all("declaration", seen.decls, MP_DECL_PARAMETER, MP_DECL_MEMORY);
	check_all("selection", seen.selects, MP_SELECT_MAIN, MP_SELECT_DESCENDANT);
	check_all("clause", seen.clauses, MP_CLAUSE_COUNT, MP_CLAUSE_STATE);
	check_all("count", seen.counts, MP_COUNT_SOME, MP_COUNT_AS_OFTEN);
	check_all("choice in an order", seen.picks, MP_PICK_DEFAULT, MP_PICK_EACH);
	check_all("condition", seen.relations, MP_IS, MP_IS_MOST);
	check_all("piece of a pattern", seen.pieces, MP_PIECE_TEXT, MP_PIECE_LIST);
	check_all("number", seen.exprs, MP_EXPR_NUMBER, MP_EXPR_MULTIPLY);
	ok(seen.counters[0] && seen.counters[1] && seen.counters[2] && seen.in_order,
	   "no counter, one, and several; in order");
	ok(seen.each && seen.all && seen.nameless,
	   "a group as a whole, each of it, a process without a name");
	ok(seen.parameter_signal && seen.captured_signal, "a signal that is a parameter, or taken");
	ok(seen.text_value, "a parameter that is compared with a text");
	is_int(seen.named & seen.printed,
	       MP_BIT(MP_SELECT_CHILDREN) | MP_BIT(MP_SELECT_DESCENDANTS) |
		       MP_BIT(MP_SELECT_CHILD_NAMED) | MP_BIT(MP_SELECT_DESCENDANT),
	       "each selection that may be by a name or by a line, by both");
}

static void check_bounds(const char *page)
{
	static const struct {
		int bound;
		const char *of;
	} bounds[] = {
		{MP_CONTRACT_BYTES / 1024 / 1024, "MiB"},
		{MP_CONTRACT_LINES, "lines"},
		{MP_CONTRACT_NAMES, "names"},
		{MP_CONTRACT_LINE, "bytes"},
		{MP_CONTRACT_WORDS, "words"},
		{MP_CONTRACT_PIECES, "pieces"},
		{MP_CONTRACT_COUNTERS, "counters"},
		{MP_CONTRACT_ROUNDS, "numbers"},
		{MP_CONTRACT_DIAGNOSTICS, "mistakes"},
	};
	const char *section = strstr(page, "\n.Sh BOUNDS\n");
	char text[32];
	size_t i;

	for (i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
		snprintf(text, sizeof(text), "%d %s", bounds[i].bound, bounds[i].of);
		ok(section && strstr(section, text), "the page says %s", text);
	}
}

int main(int argc, char *argv[])
{
	const struct mp_verb_row *row;
	const char *list;
	char *page;

	tap_plan(0);
	if (argc != 2)
		tap_bail("no page was given");
	page = parse_page(argv[1]);
	find_names(page);
	ok(check_examples(page) > 40, "the page has examples");
	list = strstr(page, "\n.Sh VERBS\n");
	for (row = mp_verbs; list && (row->verb || row->state); row++)
		check_row(list, row);
	ok(list, "the page has a list of the verbs");
	check_options();
	check_forms();
	check_bounds(page);
	free(names);
	free(page);
	return tap_done();
}
