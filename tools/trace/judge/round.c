/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The rounds of a clause: one for all values of its counters together, as far as its conditions
 * ask for them. Where it is not sure that they do, the round counts only when it would break the
 * clause, and then the clause is inconclusive.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

/* --- a round that perhaps is not asked for -------------------------------------------------- */

/* What is found in it says something only where nothing is known that is stronger. */
static int merge(struct mp_trial *trial, struct mp_clause_verdict *found)
{
	char *cause;

	if (found->outcome == MP_HOLDS)
		return 0;
	cause = strdup(trial->whether);
	if (cause == NULL)
		return -ENOMEM;
	free(found->cause);
	found->cause = cause;
	found->outcome = MP_INCONCLUSIVE;
	return mp_trial_take(trial, found);
}

static int perhaps(struct mp_trial *trial, mp_judge_round *judge, void *context)
{
	struct mp_clause_verdict *mine = trial->verdict, found = {.clause = trial->clause};
	int err, closed;

	if (mine->outcome != MP_HOLDS)
		return 0;
	trial->verdict = &found;
	err = judge(trial, context);
	closed = mp_trial_close(trial);
	trial->verdict = mine;
	if (err == 0)
		err = closed != 0 ? closed : merge(trial, &found);
	mp_verdict_clear(&found);
	/* What comes in order comes after this, or after what was before it. */
	if (err == 0 && trial->clause->in_order)
		err = mp_trial_open(trial, trial->whether);
	return err;
}

static int if_true(struct mp_trial *trial, bool varying, mp_judge_round *judge, void *context)
{
	enum mp_truth truth;
	int err = mp_conditions(trial, varying, &truth);

	trial->refused |= truth == MP_NO;
	if (err != 0 || truth == MP_NO)
		return err;
	return truth == MP_YES ? judge(trial, context) : perhaps(trial, judge, context);
}

int mp_if_asked(struct mp_trial *trial, mp_judge_round *judge, void *context)
{
	return if_true(trial, false, judge, context);
}

/* --- one round ------------------------------------------------------------------------------ */

struct rounds {
	mp_judge_round *judge;
	void *context;
};

static void sit(struct mp_trial *trial, struct mp_party *party)
{
	const struct mp_selection *selection;

	if (party->who == NULL || !party->who->decl->nameless)
		return;
	selection = mp_selection_of(trial->judging, party->who->decl);
	party->members = selection->members;
	party->count = selection->count;
}

/* Those who are called by their numbers are others in each round. */
static int find_nameless(struct mp_trial *trial)
{
	const struct mp_decl *names[MP_CLAUSE_NAMES];
	size_t count = mp_clause_names(trial->clause, names);
	int err = 0;

	for (size_t i = 0; err == 0 && i < count; i++)
		if (names[i] != NULL && names[i]->nameless)
			err = mp_spend(trial, 128) ? mp_select_nameless(&trial->scope, names[i],
									&trial->nameless[i])
						   : MP_TOO_MUCH_WORK;
	sit(trial, &trial->first.who);
	sit(trial, &trial->first.whom);
	sit(trial, &trial->second.who);
	sit(trial, &trial->second.whom);
	return err;
}

static int asked_round(struct mp_trial *trial, void *context)
{
	const struct rounds *rounds = context;
	bool done = false;
	int err;

	trial->asked = true;
	err = find_nameless(trial);
	if (err == 0)
		err = mp_trial_nobody(trial, &done);
	if (err == 0 && !done)
		err = rounds->judge(trial, rounds->context);
	trial->restart = false; /* not before: the first rounds may not be asked for */
	return err;
}

/* --- all of them ---------------------------------------------------------------------------- */

/* The depth is that of the counters. */
static int go_through(struct mp_trial *trial, size_t depth, struct rounds *rounds)
{
	const struct mp_clause *clause = trial->clause;
	const struct mp_counter *counter = &clause->counters[depth];
	int64_t from, to, steps;
	int err;

	if (depth == clause->counter_count)
		return if_true(trial, true, asked_round, rounds);
	trial->scope.count = depth;
	trial->restart = true;
	err = mp_value(&trial->scope, counter->from, &from);
	if (err == 0)
		err = mp_value(&trial->scope, counter->to, &to);
	if (err == 0 && from <= to &&
	    (__builtin_sub_overflow(to, from, &steps) || steps >= MP_CONTRACT_ROUNDS))
		return MP_TOO_MUCH_WORK;
	for (int64_t i = from; err == 0 && i <= to; i++) {
		mp_scope_set(&trial->scope, depth, counter->name, i);
		err = mp_spend(trial, 32) ? go_through(trial, depth + 1, rounds) : MP_TOO_MUCH_WORK;
		if (i == to || trial->verdict->outcome == MP_BROKEN)
			break;
	}
	trial->scope.count = depth;
	return err;
}

int mp_rounds(struct mp_trial *trial, mp_judge_round *judge, void *context)
{
	struct rounds rounds = {judge, context};

	if (!mp_spend(trial, 32))
		return MP_TOO_MUCH_WORK;
	return go_through(trial, 0, &rounds);
}
