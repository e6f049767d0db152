/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trial of one clause: is it asked, are the names in it somebody's, which check judges it, for
 * which members is it asked, and is what was found strong enough to say so.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

/* Units of work (a few nanoseconds each) that one clause may ask for. */
#define WORK UINT64_C(400000000)

bool mp_spend(struct mp_trial *trial, uint64_t units)
{
	bool enough = trial->work >= units;

	trial->work -= enough ? units : trial->work;
	return enough;
}

/* --- writing the verdict ------------------------------------------------------------------- */

int mp_trial_close(struct mp_trial *trial)
{
	int err = 0;

	if (trial->expected != NULL && fclose(trial->expected) != 0)
		err = -ENOMEM;
	if (trial->seen != NULL && fclose(trial->seen) != 0)
		err = -ENOMEM;
	trial->expected = trial->seen = NULL;
	return err;
}

void mp_verdict_clear(struct mp_clause_verdict *verdict)
{
	free(verdict->expected);
	free(verdict->seen);
	free(verdict->cause);
	*verdict = (struct mp_clause_verdict){.clause = verdict->clause};
}

/* The other one keeps nothing. */
int mp_trial_take(struct mp_trial *trial, struct mp_clause_verdict *verdict)
{
	struct mp_clause_verdict *mine = trial->verdict;
	int err = mp_trial_close(trial);

	mp_verdict_clear(mine);
	*mine = *verdict;
	mine->clause = trial->clause;
	*verdict = (struct mp_clause_verdict){.clause = verdict->clause};
	return err;
}

/* Forgets an earlier verdict and begins another. */
static int begin(struct mp_trial *trial, enum mp_outcome outcome)
{
	struct mp_clause_verdict *verdict = trial->verdict;
	int err = mp_trial_close(trial);

	mp_verdict_clear(verdict);
	verdict->outcome = outcome;
	trial->expected = open_memstream(&verdict->expected, &trial->sizes[0]);
	trial->seen = open_memstream(&verdict->seen, &trial->sizes[1]);
	return err != 0 || trial->expected == NULL || trial->seen == NULL ? -ENOMEM : 0;
}

/* How much hangs on whose bytes were read, or on whether somebody would have waited. */
static size_t mixed_by(const struct mp_trial *trial, enum mp_verb verb)
{
	const struct mp_clause *clause = trial->clause;
	size_t mixed = 0;

	if (clause->first && clause->first->verb == verb)
		mixed += trial->first.hits.mixed;
	if (clause->second && clause->second->verb == verb)
		mixed += trial->second.hits.mixed;
	return mixed;
}

static int say_cause(struct mp_trial *trial, const struct mp_doubt *doubt)
{
	const struct mp_hits *a = &trial->first.hits, *b = &trial->second.hits;
	struct mp_doubt said = *doubt;
	size_t size;
	FILE *out = open_memstream(&trial->verdict->cause, &size);

	/* What may have happened hangs on a text, or on who wrote what was read. */
	said.mixed |= doubt->cut && mixed_by(trial, MP_VERB_READS_FROM) > 0;
	said.polled |= doubt->cut && mixed_by(trial, MP_VERB_WAITS_FOR) > 0;
	said.cut &= a->mixed + b->mixed == 0 || a->maybes + b->maybes > a->mixed + b->mixed;

	if (out == NULL)
		return -ENOMEM;
	mp_say_doubt(out, trial->judging, &said);
	return fclose(out) == 0 ? 0 : -ENOMEM;
}

int mp_trial_broken(struct mp_trial *trial)
{
	return begin(trial, MP_BROKEN);
}

int mp_trial_inconclusive(struct mp_trial *trial, const struct mp_doubt *doubt, bool *mine)
{
	int err;

	*mine = trial->verdict->outcome == MP_HOLDS;
	if (!*mine)
		return 0;
	err = begin(trial, MP_INCONCLUSIVE);
	return err != 0 ? err : say_cause(trial, doubt);
}

void mp_trial_act(struct mp_trial *trial, const struct mp_act *act)
{
	struct mp_clause_verdict *verdict = trial->verdict;
	size_t at = verdict->act_count;

	if (act == NULL || at == MP_DECIDING_ACTS)
		return;
	for (size_t i = 0; i < at; i++)
		if (verdict->acts[i] == act)
			return;
	for (; at > 0 && verdict->acts[at - 1]->at > act->at; at--)
		verdict->acts[at] = verdict->acts[at - 1];
	verdict->acts[at] = act;
	verdict->act_count++;
}

/* The clause in short, for a verdict that has no better words. */
static void say_clause(struct mp_trial *trial)
{
	const struct mp_clause *clause = trial->clause;
	size_t length;
	const char *line =
		trial->judging->contract->text != NULL
			? mp_contract_line(trial->judging->contract, clause->place.line, &length)
			: NULL;

	if (line == NULL)
		return;
	while (length > 0 && (*line == ' ' || *line == '\t')) {
		line++;
		length--;
	}
	fwrite(line, 1, length, trial->expected);
}

int mp_trial_stuck(struct mp_trial *trial, int stuck)
{
	struct mp_doubt doubt = {.stuck = (enum mp_stuck)stuck};
	bool mine;
	int err = mp_trial_inconclusive(trial, &doubt, &mine);

	if (err != 0 || !mine)
		return err;
	say_clause(trial);
	fputs("not decided", trial->seen);
	return 0;
}

int mp_trial_open(struct mp_trial *trial, const char *cause)
{
	int err;

	if (trial->verdict->outcome != MP_HOLDS)
		return 0;
	err = begin(trial, MP_INCONCLUSIVE);
	if (err != 0)
		return err;
	trial->verdict->cause = strdup(cause);
	say_clause(trial);
	fputs("not decided", trial->seen);
	return trial->verdict->cause != NULL ? 0 : -ENOMEM;
}

/* --- the names of the clause --------------------------------------------------------------- */

size_t mp_clause_names(const struct mp_clause *clause, const struct mp_decl **names)
{
	const struct mp_phrase *phrases[] = {clause->first, clause->second};
	const struct mp_who *whos[] = {clause->group, clause->other};
	size_t count = 0;

	for (size_t i = 0; i < 2; i++) {
		if (phrases[i] != NULL) {
			names[count++] = phrases[i]->who.decl;
			names[count++] = phrases[i]->whom != NULL ? phrases[i]->whom->decl : NULL;
			names[count++] = phrases[i]->object;
		}
		if (whos[i] != NULL)
			names[count++] = whos[i]->decl;
	}
	return count;
}

static int judge_name(struct mp_trial *trial, const struct mp_selection *selection)
{
	struct mp_judging *judging = trial->judging;
	struct mp_doubt doubt = {.stuck = selection->stuck};
	bool mine = true;
	int err;

	doubt.kinds = selection->problem_kinds & mp_lost_kinds(judging);
	doubt.blind = selection->problem_blind & (uint32_t)judging->model->blind;
	doubt.blind |= selection->blind;
	doubt.descriptors =
		(selection->problem_kinds & MP_BIT(MP_FD)) != 0 && judging->model->fd_unsure;
	doubt.cut = selection->cut;
	doubt.spliced = selection->spliced;
	doubt.unseen = selection->unseen;
	trial->nobody = !mp_doubt_any(&doubt);
	err = trial->nobody ? mp_trial_broken(trial) : mp_trial_inconclusive(trial, &doubt, &mine);
	if (err != 0 || !mine)
		return err;
	if (selection->problem == NULL) {
		say_clause(trial);
		fputs("not decided", trial->seen);
		return 0;
	}
	fputs(selection->expected, trial->expected);
	fputs(selection->problem, trial->seen);
	return 0;
}

/* The first name that is nobody's; NULL: all are somebody's. */
static const struct mp_selection *find_nobody(const struct mp_trial *trial, bool nameless)
{
	const struct mp_decl *names[MP_CLAUSE_NAMES];
	size_t count = mp_clause_names(trial->clause, names);

	for (size_t i = 0; i < count; i++) {
		const struct mp_selection *selection = mp_selection_of(trial->judging, names[i]);

		if (selection != NULL && names[i]->nameless == nameless &&
		    (selection->problem != NULL || selection->stuck != 0))
			return selection;
	}
	return NULL;
}

int mp_trial_nobody(struct mp_trial *trial, bool *done)
{
	const struct mp_selection *selection = find_nobody(trial, true);

	*done = selection != NULL;
	return *done ? judge_name(trial, selection) : 0;
}

static int judge_nobody(struct mp_trial *trial, void *context)
{
	return judge_name(trial, context);
}

/* --- the members of `each of` --------------------------------------------------------------- */

/* One party of the clause and the selection it goes through. */
struct seat {
	struct mp_party *party;
	const struct mp_selection *selection;
	bool each;
	size_t at;
};

static void sit(struct seat *seat)
{
	seat->party->members = seat->selection->members + (seat->each ? seat->at : 0);
	seat->party->count = seat->each ? 1 : seat->selection->count;
}

static void take_seat(struct mp_trial *trial, struct seat *seat, struct mp_party *party,
		      const struct mp_who *who, bool whole)
{
	*party = (struct mp_party){.who = who};
	*seat = (struct seat){.party = party};
	if (who == NULL)
		return;
	seat->selection = mp_selection_of(trial->judging, who->decl);
	seat->each = who->each && !whole;
	if (seat->selection != NULL && seat->selection->count > 0)
		sit(seat);
}

/* To the next members; the first seat that changed, or `count` when all have had their turn. */
static size_t advance(struct seat *seats, size_t count)
{
	for (size_t i = count; i > 0; i--) {
		struct seat *seat = &seats[i - 1];

		if (!seat->each)
			continue;
		seat->at = seat->at + 1 < seat->selection->count ? seat->at + 1 : 0;
		sit(seat);
		if (seat->at != 0)
			return i - 1;
	}
	return count;
}

/* The seats of a clause: 0 and 1 are the first phrase's, 2 and 3 the second's. */
struct hall {
	struct mp_trial *trial;
	struct seat seats[4];
	int (*check)(struct mp_trial *trial);
	size_t worst[2]; /* where the first two sat when the first phrase was latest */
	struct mp_occurrence latest;
	bool any;
};

static void note_worst(struct hall *hall)
{
	const struct mp_occurrence *chosen = hall->trial->chosen;

	if (chosen == NULL)
		return;
	if (hall->any && mp_occurrence_compare(chosen, &hall->latest) <= 0)
		return;
	hall->latest = *chosen;
	hall->any = true;
	hall->worst[0] = hall->seats[0].at;
	hall->worst[1] = hall->seats[1].at;
}

/* Once for all combinations of those who sit in seats from..to - 1; the others keep theirs. */
static int run_through(struct hall *hall, size_t from, size_t to)
{
	struct mp_trial *trial = hall->trial;
	size_t count = to - from, changed = 0;
	int err = 0;

	while (err == 0 && changed < count && trial->verdict->outcome != MP_BROKEN) {
		if (!mp_spend(trial, 64))
			return MP_TOO_MUCH_WORK;
		trial->chosen = NULL;
		err = hall->check(trial);
		if (err == 0 && to == 2)
			note_worst(hall);
		changed = advance(hall->seats + from, count);
	}
	return err;
}

/*
 * Every member with every other is more than can be asked of large groups. It is enough to ask
 * all of the first phrase with one of the second, and then all of the second with the worst of
 * the first: the one that came latest, or, where equal counts are asked for, any. (When both
 * capture the same name there is no worst one.)
 */
static int run_pairs(struct hall *hall)
{
	int err = run_through(hall, 0, 2);

	if (err != 0 || hall->trial->verdict->outcome == MP_BROKEN)
		return err;
	if (hall->trial->captured)
		return run_through(hall, 0, 4);
	hall->seats[0].at = hall->worst[0];
	hall->seats[1].at = hall->worst[1];
	for (size_t i = 0; i < 2; i++)
		if (hall->seats[i].selection != NULL)
			sit(&hall->seats[i]);
	return run_through(hall, 2, 4);
}

/* Of each of nobody everything is true. */
static bool nobody_sits(const struct seat *seats)
{
	for (size_t i = 0; i < 4; i++)
		if (seats[i].each && seats[i].selection->count == 0)
			return true;
	return false;
}

static int for_all_members(struct mp_trial *trial, int (*check)(struct mp_trial *trial))
{
	const struct mp_clause *clause = trial->clause;
	const struct mp_phrase *second = clause->second;
	struct hall hall = {.trial = trial, .check = check};
	struct seat *seats = hall.seats;

	trial->first.phrase = clause->first;
	trial->second.phrase = second;
	take_seat(trial, &seats[0], &trial->first.who, &clause->first->who,
		  clause->first->verb == MP_VERB_MEET);
	take_seat(trial, &seats[1], &trial->first.whom, clause->first->whom, false);
	if (second != NULL)
		take_seat(trial, &seats[2], &trial->second.who, &second->who,
			  second->verb == MP_VERB_MEET);
	if (second != NULL)
		take_seat(trial, &seats[3], &trial->second.whom, second->whom, false);
	if (nobody_sits(seats))
		return 0;
	if (second == NULL)
		return run_through(&hall, 0, 2);
	if ((seats[0].each || seats[1].each) && (seats[2].each || seats[3].each))
		return run_pairs(&hall);
	return run_through(&hall, 0, 4);
}

/* --- which check ---------------------------------------------------------------------------- */

static bool is_meet(const struct mp_clause *clause)
{
	return clause->kind == MP_CLAUSE_BEFORE && clause->first->verb == MP_VERB_MEET;
}

static bool is_order(const struct mp_clause *clause)
{
	return clause->kind == MP_CLAUSE_BEFORE;
}

static bool is_same_order(const struct mp_clause *clause)
{
	return clause->kind == MP_CLAUSE_SAME_ORDER;
}

static bool is_as_often(const struct mp_clause *clause)
{
	return clause->kind == MP_CLAUSE_COUNT && clause->count == MP_COUNT_AS_OFTEN;
}

static bool is_count(const struct mp_clause *clause)
{
	return clause->kind == MP_CLAUSE_COUNT;
}

static bool is_state(const struct mp_clause *clause)
{
	return clause->kind == MP_CLAUSE_STATE;
}

/* The first that fits judges. */
static const struct {
	const char *name;
	bool (*fits)(const struct mp_clause *clause);
	int (*check)(struct mp_trial *trial);
	bool members; /* once for every member of `each of` */
	bool rounds;  /* it goes through the counters itself, for one member after the other */
} checks[] = {
	{"meet", is_meet, mp_check_meet, false, false},
	{"order", is_order, mp_check_order, true, false},
	{"in the order of", is_same_order, mp_check_same_order, true, false},
	{"as often as", is_as_often, mp_check_as_often, true, true},
	{"count", is_count, mp_check_count, true, true},
	{"state", is_state, mp_check_state, false, false},
};

static size_t check_of(const struct mp_clause *clause)
{
	size_t i = 0;

	while (!checks[i].fits(clause))
		i++;
	return i;
}

static int run_check(struct mp_trial *trial, void *context)
{
	size_t which = check_of(trial->clause);

	(void)context;
	return checks[which].members ? for_all_members(trial, checks[which].check)
				     : checks[which].check(trial);
}

/*
 * What was found may have been found about the wrong process; and a clause that was not asked
 * might have been, had its parameters been read from the arguments of a program that is missing.
 */
static int doubt_names(struct mp_trial *trial)
{
	struct mp_doubt doubt = {0};
	bool mine;
	int err;

	if (trial->asked)
		doubt = mp_doubt_names(trial->judging, trial->clause);
	else
		doubt.kinds = mp_lost_kinds(trial->judging) & MP_BIT(MP_EXEC);
	if (!mp_doubt_any(&doubt) || trial->verdict->outcome == MP_INCONCLUSIVE)
		return 0;
	if (trial->verdict->outcome == MP_BROKEN) {
		trial->verdict->outcome = MP_INCONCLUSIVE;
		return say_cause(trial, &doubt);
	}
	err = mp_trial_inconclusive(trial, &doubt, &mine);
	if (err != 0)
		return err;
	say_clause(trial);
	fputs("nothing against it, as far as it was seen", trial->seen);
	return 0;
}

/* A name that is nobody's matters only where it is asked for. */
static int judge_rounds(struct mp_trial *trial, void *context)
{
	const struct mp_selection *nobody = find_nobody(trial, false);

	if (nobody != NULL)
		return mp_rounds(trial, judge_nobody, (void *)nobody);
	return checks[check_of(trial->clause)].rounds ? run_check(trial, context)
						      : mp_rounds(trial, run_check, context);
}

static int judge_clause(struct mp_trial *trial)
{
	int err = mp_if_asked(trial, judge_rounds, NULL);

	if (err > 0)
		err = mp_trial_stuck(trial, err);
	if (err == 0 && !trial->nobody)
		err = doubt_names(trial);
	trial->verdict->unasked =
		trial->refused && !trial->asked && trial->verdict->outcome == MP_HOLDS;
	return err;
}

/* Whoever is looked up while this clause is judged is looked up for it. */
static int run(struct mp_trial *trial)
{
	struct mp_judging *judging = trial->judging;
	struct mp_trial *before = judging->trial;
	int err, closed;

	judging->trial = trial;
	err = judge_clause(trial);
	judging->trial = before;
	closed = mp_trial_close(trial);
	return err != 0 ? err : closed;
}

static void finish(struct mp_trial *trial)
{
	for (size_t i = 0; trial->conditions != NULL && i < trial->clause->condition_count; i++)
		if (trial->conditions[i].clause != NULL)
			finish(&trial->conditions[i]);
	free(trial->conditions);
	mp_side_free(&trial->first);
	mp_side_free(&trial->second);
	for (size_t i = 0; i < MP_CLAUSE_NAMES; i++)
		mp_selection_free(&trial->nameless[i]);
	free(trial->whether);
}

/* Its views stay, since it will be asked again for the next value of a counter. */
int mp_trial_condition(struct mp_trial *trial, size_t which, struct mp_clause_verdict *verdict,
		       bool *nobody)
{
	const struct mp_clause *clause = trial->clause;
	struct mp_trial *mine;
	int err;

	if (trial->conditions == NULL)
		trial->conditions = calloc(clause->condition_count, sizeof(*trial->conditions));
	if (trial->conditions == NULL)
		return -ENOMEM;
	mine = &trial->conditions[which];
	mine->judging = trial->judging;
	mine->clause = clause->conditions[which]->clause;
	mine->verdict = verdict;
	mine->scope = trial->scope;
	mine->work = trial->work;
	mine->nobody = mine->captured = false;
	err = run(mine);
	trial->work = mine->work;
	*nobody = mine->nobody;
	return err;
}

int mp_trial_run(struct mp_trial *trial)
{
	struct mp_judging *judging = trial->judging;
	uint64_t share = judging->work < WORK ? judging->work : WORK;
	int err;

	trial->work = share;
	trial->scope.judging = judging;
	err = run(trial);
	finish(trial);
	judging->work -= share - trial->work;
	return err;
}
