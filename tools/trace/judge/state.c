/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clauses that say what is true for a time, rather than what happens how often. */
#include "parser.h"

static struct mp_clause *new_state(struct mp_parser *p, enum mp_state state)
{
	struct mp_clause *clause = mp_keep(p, sizeof(*clause));

	if (clause) {
		clause->kind = MP_CLAUSE_STATE;
		clause->state = state;
	}
	return clause;
}

/* A life is one process's: of a group it is said of each. */
static bool one_or_each(struct mp_parser *p, const struct mp_who *who)
{
	if (who->decl->kind == MP_DECL_PROCESS || who->each)
		return true;
	mp_mistake(p, MP_MISTAKE_SAY_EACH, who->place, who->decl->name, NULL, NULL);
	return false;
}

static bool rest_of_group(struct mp_parser *p, struct mp_clause *clause,
			  const struct mp_verb_row *row)
{
	return mp_whole_group(p, clause->group, row->plural);
}

static bool rest_of_lives(struct mp_parser *p, struct mp_clause *clause,
			  const struct mp_verb_row *row)
{
	return one_or_each(p, clause->group) && mp_parse_time(p, &clause->least);
}

static bool rest_of_outlives(struct mp_parser *p, struct mp_clause *clause,
			     const struct mp_verb_row *row)
{
	if (!one_or_each(p, clause->group))
		return false;
	clause->other = mp_parse_who(p, "a process or a group");
	if (!clause->other || !one_or_each(p, clause->other))
		return false;
	if (clause->other->decl != clause->group->decl)
		return true;
	mp_mistake(p, MP_MISTAKE_SELF_OUTLIVES, clause->other->place, clause->other->decl->name,
		   NULL, NULL);
	return false;
}

/* The states that begin with WHO; the others are below. */
static bool (*const rests[])(struct mp_parser *p, struct mp_clause *clause,
			     const struct mp_verb_row *row) = {
	[MP_STATE_SAME_TIME] = rest_of_group,	  [MP_STATE_ONE_AT_A_TIME] = rest_of_group,
	[MP_STATE_LIVES] = rest_of_lives,	  [MP_STATE_OUTLIVES] = rest_of_outlives,
	[MP_STATE_PRINT_IN_TURN] = rest_of_group,
};

struct mp_clause *mp_parse_state(struct mp_parser *p, const struct mp_subject *subject)
{
	const struct mp_verb_row *row = subject->row;
	struct mp_clause *clause = new_state(p, row->state);

	if (!clause)
		return NULL;
	clause->group = subject->who;
	if (subject->never) {
		mp_mistake(p, MP_MISTAKE_STATE_COUNT, mp_place(p, subject->never), row->plural,
			   "never", NULL);
		return NULL;
	}
	return rests[row->state](p, clause, row) ? clause : NULL;
}

/* at most N of GROUP at once */
struct mp_clause *mp_parse_at_once(struct mp_parser *p)
{
	struct mp_clause *clause = new_state(p, MP_STATE_AT_ONCE);
	const struct mp_token *from;
	int64_t most;

	if (!clause || !mp_need(p, "at") || !mp_need(p, "most"))
		return NULL;
	from = mp_peek(p, 0);
	clause->number = mp_parse_expr(p, "a whole number");
	if (!clause->number)
		return NULL;
	if (mp_constant(clause->number, &most) && most < 0)
		mp_mistake(p, MP_MISTAKE_BELOW_ZERO, mp_place_from(p, from),
			   mp_show_number(p, most), NULL, NULL);
	if (!mp_need(p, "of"))
		return NULL;
	clause->group = mp_parse_who(p, "a group");
	if (!clause->group || !mp_whole_group(p, clause->group, "at once"))
		return NULL;
	return mp_need(p, "at") && mp_need(p, "once") ? clause : NULL;
}

/* nothing is left */
struct mp_clause *mp_parse_nothing(struct mp_parser *p)
{
	struct mp_clause *clause = new_state(p, MP_STATE_NOTHING_LEFT);
	bool good = clause && mp_need(p, "nothing") && mp_need(p, "is") && mp_need(p, "left");

	return good ? clause : NULL;
}
