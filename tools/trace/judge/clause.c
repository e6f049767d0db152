/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clauses: how often something happens, what happens before what, or in which order. */
#include <string.h>

#include "parser.h"

static const struct {
	const char *word;
	enum mp_pick pick;
} picked[] = {{"first", MP_PICK_FIRST}, {"last", MP_PICK_LAST}, {"each", MP_PICK_EACH}};

/* "each of" is said of a group and selects nothing. */
static enum mp_pick take_pick(struct mp_parser *p)
{
	size_t i;

	for (i = 0; i < sizeof(picked) / sizeof(picked[0]); i++)
		if (!mp_is(mp_peek(p, 1), "of") && mp_take(p, picked[i].word))
			return picked[i].pick;
	return MP_PICK_DEFAULT;
}

/* The words with which a count begins; `fixed` is what the word says by itself. */
static const struct count_row {
	const char *word, *second;
	enum mp_count_kind kind;
	int fixed; /* -1: a number and "times" follow */
} counts[] = {
	{"never", NULL, MP_COUNT_NEVER, 0},    {"once", NULL, MP_COUNT_EXACTLY, 1},
	{"twice", NULL, MP_COUNT_EXACTLY, 2},  {"exactly", NULL, MP_COUNT_EXACTLY, -1},
	{"at", "least", MP_COUNT_LEAST, -1},   {"at", "most", MP_COUNT_MOST, -1},
	{"as", "often", MP_COUNT_AS_OFTEN, 0},
};
#define COUNTS (sizeof(counts) / sizeof(counts[0]))

static bool begins_count(const struct mp_token *token)
{
	size_t i;

	for (i = 0; i < COUNTS; i++)
		if (mp_is(token, counts[i].word))
			return true;
	return false;
}

static const struct count_row *find_count(const struct mp_parser *p)
{
	size_t i;

	for (i = 0; i < COUNTS; i++)
		if (mp_is(mp_peek(p, 0), counts[i].word) &&
		    (!counts[i].second || mp_is(mp_peek(p, 1), counts[i].second)))
			return &counts[i];
	return NULL;
}

static struct mp_expr *fixed_number(struct mp_parser *p, const struct mp_token *token, int number)
{
	struct mp_expr *expr = mp_keep(p, sizeof(*expr));

	if (expr) {
		expr->kind = MP_EXPR_NUMBER;
		expr->number = number;
		expr->place = mp_place(p, token);
	}
	return expr;
}

/* After a verb that may have a time, a number without "times" may have been one. */
static bool no_time(struct mp_parser *p, const struct mp_clause *clause,
		    const struct mp_token *from)
{
	if (!mp_is_unit(mp_peek(p, 0)))
		return mp_expected(p, "\"times\", or ms, s, min or h");
	if (clause->count == MP_COUNT_LEAST)
		mp_mistake(p, MP_MISTAKE_EXPECTED, mp_place_from(p, from),
			   "a time such as 3 s or 250 ms", mp_show_token(p, from), NULL);
	else
		mp_mistake(p, MP_MISTAKE_LOWER_BOUND, mp_place_from(p, from), NULL, NULL, NULL);
	return false;
}

/* "at least once": so the report says it, so it can be written. */
static bool take_fixed(struct mp_parser *p, struct mp_clause *clause)
{
	const struct mp_token *token = mp_peek(p, 0);

	if (!mp_is(token, "once") && !mp_is(token, "twice"))
		return false;
	clause->number = fixed_number(p, token, mp_is(token, "once") ? 1 : 2);
	mp_next(p);
	return true;
}

static bool parse_times(struct mp_parser *p, struct mp_clause *clause)
{
	const struct mp_token *from = mp_peek(p, 0);
	int64_t number;

	if (take_fixed(p, clause))
		return clause->number;
	clause->number = mp_parse_expr(p, "a whole number");
	if (!clause->number)
		return false;
	if (mp_constant(clause->number, &number) && number < 0) {
		mp_mistake(p, MP_MISTAKE_BELOW_ZERO, mp_place_from(p, from),
			   mp_show_number(p, number), NULL, NULL);
		return false;
	}
	if (mp_take(p, "times") || mp_take(p, "time"))
		return true;
	return mp_verb_row(clause->first->verb)->operand == MP_OPERAND_LEAST
		       ? no_time(p, clause, from)
		       : mp_need(p, "times");
}

static bool parse_as_often(struct mp_parser *p, struct mp_clause *clause)
{
	if (!mp_need(p, "as"))
		return false;
	clause->second = mp_parse_phrase(p, MP_MISTAKE_COMPARED_NEVER);
	return clause->second;
}

static bool parse_count(struct mp_parser *p, struct mp_clause *clause)
{
	const struct mp_token *token = mp_peek(p, 0);
	const struct count_row *row = find_count(p);

	if (!row && mp_take(p, "at"))
		return mp_expected(p, "\"least\" or \"most\"");
	if (!row)
		return !mp_take(p, "as") || mp_need(p, "often");
	mp_next(p);
	if (row->second)
		mp_next(p);
	clause->count = row->kind;
	if (row->kind == MP_COUNT_AS_OFTEN)
		return parse_as_often(p, clause);
	if (row->fixed < 0)
		return parse_times(p, clause);
	if (row->kind == MP_COUNT_NEVER)
		return true;
	clause->number = fixed_number(p, token, row->fixed);
	return clause->number;
}

static bool order_takes_no(struct mp_parser *p, const struct mp_token *token, const char *word)
{
	mp_mistake(p, MP_MISTAKE_ORDER_COUNT, mp_place(p, token), word, NULL, NULL);
	return false;
}

static const char *show_rest(struct mp_parser *p, const struct mp_token *token)
{
	return mp_show_span(p, token, &p->words.list[p->words.count]);
}

/* "never" may stand in front of the verb, and then there is no other count. */
static bool parse_counts(struct mp_parser *p, struct mp_clause *clause,
			 const struct mp_subject *subject)
{
	const struct mp_token *count = mp_peek(p, 0);

	if (subject->never && find_count(p)) {
		mp_mistake(p, MP_MISTAKE_TWO_COUNTS, mp_place(p, count), show_rest(p, count), NULL,
			   NULL);
		return false;
	}
	if (subject->never)
		clause->count = MP_COUNT_NEVER;
	else if (!parse_count(p, clause))
		return false;
	if (subject->never)
		count = subject->never;
	else if (clause->count == MP_COUNT_SOME)
		count = NULL;
	if (count && (mp_is(mp_peek(p, 0), "before") || mp_is(mp_peek(p, 0), "after")))
		return order_takes_no(p, count, mp_show_span(p, count, mp_peek(p, 0)));
	return true;
}

/* Whether a group has met is a question of one moment. */
static bool meets_well(struct mp_parser *p, const struct mp_clause *clause)
{
	const struct mp_phrase *a = clause->first, *b = clause->second;
	bool counted = clause->kind == MP_CLAUSE_COUNT && clause->count != MP_COUNT_SOME;

	if (b && b->verb == MP_VERB_MEET)
		a = b;
	else if (a->verb != MP_VERB_MEET || !(counted || a->pick))
		return true;
	mp_mistake(p, MP_MISTAKE_MEET_PLACE, a->verb_place, NULL, NULL, NULL);
	return false;
}

static bool parse_count_clause(struct mp_parser *p, struct mp_clause *clause,
			       const struct mp_subject *subject, const struct mp_token *first)
{
	clause->kind = MP_CLAUSE_COUNT;
	if (!parse_counts(p, clause, subject))
		return false;
	if (clause->first->pick == MP_PICK_DEFAULT)
		return meets_well(p, clause);
	if (mp_mistake(p, MP_MISTAKE_PICK_ALONE, mp_place(p, first),
		       mp_show(p, first->text, first->length), NULL, NULL) &&
	    clause->first->pick == MP_PICK_EACH && clause->first->who.decl->kind == MP_DECL_GROUP)
		mp_suggest(p, "each of");
	return false;
}

static bool picks_alone(struct mp_parser *p, const struct mp_token *token)
{
	mp_mistake(p, MP_MISTAKE_PICK_ALONE, mp_place(p, token),
		   mp_show(p, token->text, token->length), NULL, NULL);
	return false;
}

static bool parse_second(struct mp_parser *p, struct mp_clause *clause)
{
	const struct mp_token *token = mp_peek(p, 0);
	enum mp_pick pick = take_pick(p);

	if (pick && clause->kind == MP_CLAUSE_SAME_ORDER)
		return picks_alone(p, token);
	clause->second = mp_parse_phrase(p, MP_MISTAKE_ORDER_COUNT);
	if (!clause->second)
		return false;
	clause->second->pick = pick;
	token = mp_peek(p, 0);
	if (begins_count(token))
		return order_takes_no(p, token, show_rest(p, token));
	return true;
}

/* "A after B" is "B before A". */
static bool parse_order(struct mp_parser *p, struct mp_clause *clause,
			const struct mp_subject *subject)
{
	bool after = mp_is(mp_next(p), "after");
	struct mp_phrase *phrase = clause->first;

	clause->kind = MP_CLAUSE_BEFORE;
	if (subject->never)
		return order_takes_no(p, subject->never, "never");
	if (!parse_second(p, clause))
		return false;
	if (after) {
		clause->first = clause->second;
		clause->second = phrase;
	}
	return meets_well(p, clause);
}

static bool has_capture(const struct mp_phrase *phrase, const char *name, size_t length)
{
	const struct mp_pattern *pattern = phrase->pattern;
	const char *signal = phrase->signal ? phrase->signal->capture : NULL;
	size_t i;

	for (i = 0; pattern && i < pattern->count; i++)
		if (pattern->pieces[i].kind == MP_PIECE_CAPTURE &&
		    pattern->pieces[i].length == length &&
		    !memcmp(pattern->pieces[i].text, name, length))
			return true;
	return signal && strlen(signal) == length && !memcmp(signal, name, length);
}

static bool share_a_capture(const struct mp_phrase *a, const struct mp_phrase *b)
{
	const char *signal = a->signal ? a->signal->capture : NULL;
	size_t i;

	for (i = 0; a->pattern && i < a->pattern->count; i++)
		if (a->pattern->pieces[i].kind == MP_PIECE_CAPTURE &&
		    has_capture(b, a->pattern->pieces[i].text, a->pattern->pieces[i].length))
			return true;
	return signal && has_capture(b, signal, strlen(signal));
}

/* PHRASE in the order of PHRASE: what was captured comes in the order of the other. */
static bool parse_same_order(struct mp_parser *p, struct mp_clause *clause,
			     const struct mp_subject *subject, const struct mp_token *first)
{
	const struct mp_token *in = mp_next(p);
	bool good = mp_need(p, "the") && mp_need(p, "order") && mp_need(p, "of");

	clause->kind = MP_CLAUSE_SAME_ORDER;
	if (good && clause->first->pick)
		return picks_alone(p, first);
	if (good && subject->never)
		return order_takes_no(p, subject->never, "never");
	if (!good || !parse_second(p, clause) || !meets_well(p, clause))
		return false;
	if (share_a_capture(clause->first, clause->second))
		return true;
	mp_mistake(p, MP_MISTAKE_NOTHING_SHARED, mp_place_from(p, in), NULL, NULL, NULL);
	return false;
}

static struct mp_clause *parse_happening(struct mp_parser *p, const struct mp_subject *subject,
					 const struct mp_token *first, enum mp_pick pick)
{
	struct mp_clause *clause = mp_keep(p, sizeof(*clause));
	bool good;

	if (!clause)
		return NULL;
	clause->first = mp_parse_rest(p, subject);
	if (!clause->first)
		return NULL;
	clause->first->pick = pick;
	if (mp_is(mp_peek(p, 0), "before") || mp_is(mp_peek(p, 0), "after"))
		good = parse_order(p, clause, subject);
	else if (mp_is(mp_peek(p, 0), "in") && mp_is(mp_peek(p, 1), "the"))
		good = parse_same_order(p, clause, subject, first);
	else
		good = parse_count_clause(p, clause, subject, first);
	return good ? clause : NULL;
}

struct mp_clause *mp_parse_body(struct mp_parser *p)
{
	const struct mp_token *first = mp_peek(p, 0);
	struct mp_subject subject;
	enum mp_pick pick;

	if (mp_is(first, "nothing"))
		return mp_parse_nothing(p);
	if (mp_is(first, "at"))
		return mp_parse_at_once(p);
	pick = take_pick(p);
	if (!mp_parse_subject(p, &subject))
		return NULL;
	if (!subject.row->state)
		return parse_happening(p, &subject, first, pick);
	if (!pick)
		return mp_parse_state(p, &subject);
	mp_mistake(p, MP_MISTAKE_STATE_COUNT, mp_place(p, first), subject.row->plural,
		   mp_show(p, first->text, first->length), NULL);
	return NULL;
}

struct mp_clause *mp_parse_clause(struct mp_parser *p)
{
	const struct mp_token *first = mp_peek(p, 0);
	struct mp_clause *clause;

	mp_find_counters(p);
	clause = mp_parse_body(p);
	if (!clause || !mp_parse_tail(p, clause))
		return NULL;
	clause->place = mp_place_from(p, first);
	return clause;
}
