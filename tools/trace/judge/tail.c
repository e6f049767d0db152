/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a clause ends: for which numbers it is asked, and when. */
#include <string.h>

#include "parser.h"

/* --- for each ------------------------------------------------------------------------------ */

/* The counters are known before the clause is read, since a pattern in it may use them. */
void mp_find_counters(struct mp_parser *p)
{
	const struct mp_token *list = p->words.list;
	size_t i;

	p->counter_count = 0;
	for (i = 0; i + 2 < p->words.count && p->counter_count < MP_CONTRACT_COUNTERS; i++)
		if (mp_is(&list[i], "for") && mp_is(&list[i + 1], "each") &&
		    list[i + 2].kind == MP_TOKEN_WORD && !mp_is(&list[i + 2], "of"))
			p->counters[p->counter_count++] = &list[i + 2];
}

static bool counter_is_new(struct mp_parser *p, const struct mp_clause *clause,
			   const struct mp_token *name)
{
	size_t i;

	if (!mp_counter_name(p, name))
		return false;
	for (i = 0; i < clause->counter_count; i++)
		if (mp_same(name, clause->counters[i].name))
			mp_mistake(p, MP_MISTAKE_SAME_COUNTER, mp_place(p, name),
				   clause->counters[i].name, NULL, NULL);
	return !p->failed;
}

static bool rounds_are_few(struct mp_parser *p, const struct mp_counter *counter,
			   const struct mp_token *from)
{
	int64_t first, last, rounds;

	if (!mp_constant(counter->from, &first) || !mp_constant(counter->to, &last))
		return true;
	if (!__builtin_sub_overflow(last, first, &rounds) && rounds < MP_CONTRACT_ROUNDS)
		return true;
	mp_mistake(p, MP_MISTAKE_MANY_ROUNDS, mp_place_from(p, from),
		   mp_show_number(p, MP_CONTRACT_ROUNDS), NULL, NULL);
	return false;
}

/* NAME from A to B; the range knows the counters before this one. */
static bool parse_counter(struct mp_parser *p, struct mp_clause *clause)
{
	struct mp_counter *counter = &clause->counters[clause->counter_count];
	const struct mp_token *name = mp_peek(p, 0), *from;
	size_t all = p->counter_count;
	bool good;

	if (clause->counter_count == MP_CONTRACT_COUNTERS) {
		mp_mistake(p, MP_MISTAKE_MANY_COUNTERS, mp_place(p, name),
			   mp_show_number(p, MP_CONTRACT_COUNTERS), NULL, NULL);
		return false;
	}
	if (!counter_is_new(p, clause, name))
		return false;
	mp_next(p);
	counter->name = mp_keep_text(p, name->text, name->length);
	if (!counter->name || !mp_need(p, "from"))
		return false;
	from = mp_peek(p, 0);
	p->counter_count = clause->counter_count++;
	good = mp_parse_range(p, &counter->from, &counter->to) && rounds_are_few(p, counter, from);
	p->counter_count = all;
	return good;
}

/* What happens can be in order; how often it happens, or that it lasts, cannot. */
static bool take_in_order(struct mp_parser *p, struct mp_clause *clause)
{
	const struct mp_token *in = mp_peek(p, 0);

	if (!clause->counter_count || !mp_take(p, "in"))
		return true;
	if (!mp_need(p, "order"))
		return false;
	clause->in_order = true;
	if (clause->kind == MP_CLAUSE_COUNT && clause->count != MP_COUNT_AS_OFTEN &&
	    clause->first->verb != MP_VERB_MEET)
		return true;
	mp_mistake(p, MP_MISTAKE_NO_ORDER, mp_place_from(p, in), NULL, NULL, NULL);
	return false;
}

/* "sleeps for 3 s" */
static bool for_a_time(struct mp_parser *p)
{
	if (!mp_expected(p, "\"for each\"") && !p->full)
		mp_suggest(p, "at least");
	return false;
}

static bool parse_counters(struct mp_parser *p, struct mp_clause *clause)
{
	if (mp_is(mp_peek(p, 0), "for") && mp_peek(p, 1)->kind == MP_TOKEN_NUMBER)
		return for_a_time(p);
	while (!clause->in_order && mp_take(p, "for"))
		if (!mp_need(p, "each") || !parse_counter(p, clause) || !take_in_order(p, clause))
			return false;
	return true;
}

/* --- when ---------------------------------------------------------------------------------- */

/* A number, or a parameter that need not be one. */
static bool begins_value(const struct mp_parser *p)
{
	const struct mp_token *token = mp_peek(p, 0);
	const struct mp_decl *decl = mp_name_find(p, token);

	return token->kind == MP_TOKEN_NUMBER || mp_is(token, "(") || mp_is(token, "-") ||
	       (decl && decl->kind == MP_DECL_PARAMETER) || mp_is_counter(p, token);
}

/* "n is 3", also where "n" was to be something else; "p is named" and "nothing is left" are
 * clauses. */
static bool begins_comparison(const struct mp_parser *p)
{
	return begins_value(p) || (mp_is(mp_peek(p, 1), "is") && !mp_is(mp_peek(p, 2), "named") &&
				   !mp_is(mp_peek(p, 0), "nothing"));
}

/* A parameter with nothing reckoned to it may be any text. */
static struct mp_expr *parse_value(struct mp_parser *p, bool number)
{
	const struct mp_token *after = mp_peek(p, 1);
	bool alone = !mp_is(after, "+") && !mp_is(after, "-") && !mp_is(after, "*");

	if (alone && !number && mp_name_find(p, mp_peek(p, 0)))
		return mp_parse_parameter(p);
	return mp_parse_decimal(p, "a parameter, a counter or a number");
}

static const struct mp_decl *parameter_of(const struct mp_parser *p, const struct mp_expr *expr)
{
	size_t i;

	for (i = 0; expr->kind == MP_EXPR_NAME && i < p->contract->decl_count; i++)
		if (!strcmp(p->contract->decls[i]->name, expr->name))
			return p->contract->decls[i];
	return NULL;
}

/* What the value of `left` can never be is a slip of the pen. */
static bool can_be(struct mp_parser *p, const struct mp_condition *condition,
		   const struct mp_token *token, const char *text)
{
	static const char *const answers[] = {"yes", "no", NULL};
	const struct mp_decl *decl = parameter_of(p, condition->left);
	const char *fallback = decl ? decl->fallback : "0";
	struct mp_decimal number;
	bool flag = decl && decl->flag;

	if (flag ? !strcmp(text, "yes") || !strcmp(text, "no")
		 : !fallback || !mp_decimal_read(fallback, strlen(fallback), &number))
		return true;
	if (mp_mistake(p, MP_MISTAKE_NEVER_SO, mp_place(p, token),
		       decl ? mp_show_quoted(p, decl->name, strlen(decl->name))
			    : "what is reckoned",
		       flag ? "\"yes\" or \"no\"" : "a number", mp_show_token(p, token)))
		mp_suggest(p,
			   flag ? mp_nearest_of(token, answers) : mp_synonym(token, MP_AT_VALUE));
	return false;
}

static bool parse_right(struct mp_parser *p, struct mp_condition *condition, bool number)
{
	struct mp_token token;

	if (number || begins_value(p)) {
		condition->right = parse_value(p, number);
		return condition->right;
	}
	if (!mp_take_value(p, &token))
		return false;
	condition->text = mp_keep_text(p, token.text, token.length);
	return condition->text && can_be(p, condition, &token, condition->text);
}

static bool take_relation(struct mp_parser *p, enum mp_relation *relation)
{
	static const char *const words[] = {"least", "most", NULL};
	const struct mp_token *token;

	*relation = MP_IS;
	if (mp_take(p, "not"))
		*relation = MP_IS_NOT;
	else if (mp_take(p, "at")) {
		token = mp_peek(p, 0);
		*relation = mp_take(p, "least") ? MP_IS_LEAST : MP_IS_MOST;
		if (*relation == MP_IS_LEAST || mp_take(p, "most"))
			return true;
		if (mp_mistake(p, MP_MISTAKE_EXPECTED, mp_place(p, token), "\"least\" or \"most\"",
			       mp_show_token(p, token), NULL))
			mp_suggest(p, mp_nearest_of(token, words));
		return false;
	}
	return true;
}

/* Signs that others know: people try them. */
static bool need_is(struct mp_parser *p)
{
	static const char *const words[] = {"is", NULL};
	const struct mp_token *token = mp_peek(p, 0);

	if (mp_take(p, "is"))
		return true;
	if (mp_mistake(p, MP_MISTAKE_EXPECTED, mp_place(p, token),
		       "\"is\", \"is not\", \"is at least\" or \"is at most\"",
		       mp_show_token(p, token), NULL))
		mp_suggest(p, mp_nearest_of(token, words));
	return false;
}

/* VALUE is [not | at least | at most] VALUE */
static bool parse_comparison(struct mp_parser *p, struct mp_condition *condition)
{
	const struct mp_token *left = mp_peek(p, 0);
	const struct mp_decl *decl;
	bool number;

	condition->left = parse_value(p, false);
	if (!condition->left || !need_is(p) || !take_relation(p, &condition->relation))
		return false;
	number = condition->relation == MP_IS_LEAST || condition->relation == MP_IS_MOST;
	decl = number ? parameter_of(p, condition->left) : NULL;
	if (decl && !mp_check_number(p, left, decl))
		return false;
	return parse_right(p, condition, number);
}

static bool varies(const struct mp_clause *clause)
{
	return clause && ((clause->first && clause->first->varies) ||
			  (clause->second && clause->second->varies));
}

static bool parse_condition(struct mp_parser *p, struct mp_clause *clause)
{
	const struct mp_token *first = mp_peek(p, 0);
	struct mp_condition **grown, *condition = mp_keep(p, sizeof(*condition));

	grown = mp_keep_more(p, clause->conditions, clause->condition_count,
			     sizeof(struct mp_condition *));
	if (!condition || !grown)
		return false;
	if (mp_at_end(p))
		return mp_expected(p, "a condition");
	p->counted = false;
	if (!begins_comparison(p))
		condition->clause = mp_parse_body(p);
	if (condition->clause)
		condition->clause->place = mp_place_from(p, first);
	else if (p->failed || !parse_comparison(p, condition))
		return false;
	condition->varies = p->counted || varies(condition->clause);
	condition->place = mp_place_from(p, first);
	clause->conditions = grown;
	grown[clause->condition_count++] = condition;
	return !p->no_memory;
}

/* --- the end ------------------------------------------------------------------------------- */

/* What a number is, which stands there by itself, depends on the verb. */
static const char *missing_word(const struct mp_phrase *phrase)
{
	if (phrase->verb == MP_VERB_EXITS)
		return "with";
	return phrase->verb == MP_VERB_SLEEPS || phrase->verb == MP_VERB_WAITS ? "at least"
									       : "exactly";
}

/* "signals worker TERM", "waits worker" */
static const char *missing_before(const struct mp_parser *p, const struct mp_phrase *phrase,
				  const struct mp_token *token)
{
	const struct mp_decl *decl = mp_name_find(p, token);

	bool signal = token->kind == MP_TOKEN_WORD && mp_signal_number(token->text, token->length);

	if (phrase->verb == MP_VERB_WAITS &&
	    (mp_same(token, "until") || (decl && MP_NAMES(decl->kind) & MP_NAMES_WHO)))
		return "for";
	if (!signal || phrase->signal)
		return NULL;
	return phrase->verb == MP_VERB_SIGNALS ? "with"
	       : phrase->verb == MP_VERB_DIES  ? "of"
					       : NULL;
}

/* Where it could stand it would have been read. */
static bool begins_another(const struct mp_clause *clause, const struct mp_token *token)
{
	bool order = mp_is(token, "before") || mp_is(token, "after");

	return mp_same(token, "and") || mp_same(token, "or") ||
	       (order && clause && clause->kind == MP_CLAUSE_BEFORE);
}

/* What may follow depends on how far the clause has come. */
static bool clause_ends(struct mp_parser *p, const struct mp_clause *clause, bool condition)
{
	static const char *const words[] = {"never",  "once",  "twice", "exactly", "at",   "as",
					    "before", "after", "in",	"for",	   "when", NULL};
	static const char *const ends[] = {"for", "when", NULL}, *const and[] = {"and", NULL};
	const struct mp_token *token = mp_peek(p, 0);
	bool open = clause && clause->kind == MP_CLAUSE_COUNT && clause->count == MP_COUNT_SOME &&
		    !clause->counter_count;
	const char *instead = condition ? NULL : mp_synonym(token, MP_BEHIND);
	const char *meant, *what = "\"for each\", \"when\" or the end of the line";

	if (open && condition)
		what = "a count, \"before\", \"after\", \"in the order of\", \"and\" or the end of "
		       "the line";
	else if (open)
		what = "a count, \"before\", \"after\", \"in the order of\", \"for each\", "
		       "\"when\" "
		       "or the end of the line";
	else if (condition)
		what = "\"and\" or the end of the line";
	else if (clause->in_order)
		what = "\"when\" or the end of the line";
	if (mp_at_end(p))
		return true;
	if (!open && instead && *instead)
		instead = NULL;
	if (open && !instead)
		instead = missing_before(p, clause->first, token);
	meant = open && token->kind == MP_TOKEN_NUMBER ? missing_word(clause->first)
						       : mp_nearest_of(token, open	  ? words
									      : condition ? and
											  : ends);
	if (condition && mp_is(token, "for"))
		mp_mistake(p, MP_MISTAKE_LATE_FOR, mp_place(p, token), NULL, NULL, NULL);
	else if (condition && mp_same(token, "or"))
		mp_mistake(p, MP_MISTAKE_NO_OR, mp_place(p, token), NULL, NULL, NULL);
	else if (begins_another(clause, token))
		mp_mistake(p, MP_MISTAKE_ONE_THING, mp_place(p, token),
			   mp_show(p, token->text, token->length), NULL, NULL);
	else if (mp_mistake(p, MP_MISTAKE_EXPECTED, mp_place(p, token), what,
			    mp_show_token(p, token), NULL))
		mp_suggest(p, instead ? instead : meant);
	return false;
}

static bool parse_when(struct mp_parser *p, struct mp_clause *clause)
{
	do
		if (!parse_condition(p, clause))
			return false;
	while (mp_take(p, "and"));
	return clause_ends(p, clause->conditions[clause->condition_count - 1]->clause, true);
}

bool mp_parse_tail(struct mp_parser *p, struct mp_clause *clause)
{
	if (!parse_counters(p, clause))
		return false;
	return mp_take(p, "when") ? parse_when(p, clause) : clause_ends(p, clause, false);
}
