/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trial of one clause: are the names in it somebody's, which check judges it, for which
 * members is it asked, and is what was found strong enough to say so.
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

static int close_texts(struct mp_trial *trial)
{
	int err = 0;

	if (trial->expected != NULL && fclose(trial->expected) != 0)
		err = -ENOMEM;
	if (trial->seen != NULL && fclose(trial->seen) != 0)
		err = -ENOMEM;
	trial->expected = trial->seen = NULL;
	return err;
}

/* Forgets an earlier verdict and begins another. */
static int begin(struct mp_trial *trial, enum mp_outcome outcome)
{
	struct mp_clause_verdict *verdict = trial->verdict;
	int err = close_texts(trial);

	free(verdict->expected);
	free(verdict->seen);
	free(verdict->cause);
	verdict->expected = verdict->seen = verdict->cause = NULL;
	verdict->act_count = 0;
	verdict->outcome = outcome;
	trial->expected = open_memstream(&verdict->expected, &trial->sizes[0]);
	trial->seen = open_memstream(&verdict->seen, &trial->sizes[1]);
	return err != 0 || trial->expected == NULL || trial->seen == NULL ? -ENOMEM : 0;
}

static int say_cause(struct mp_trial *trial, const struct mp_doubt *doubt)
{
	const struct mp_hits *a = &trial->first.hits, *b = &trial->second.hits;
	struct mp_doubt said = *doubt;
	size_t size;
	FILE *out = open_memstream(&trial->verdict->cause, &size);

	/* What may have happened hangs on a text, or on who wrote what was read. */
	said.mixed |= doubt->cut && a->mixed + b->mixed > 0;
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

/* --- the names of the clause --------------------------------------------------------------- */

#define NAMES 8

static size_t collect_names(const struct mp_clause *clause, const struct mp_decl **names)
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
	doubt.descriptors =
		(selection->problem_kinds & MP_BIT(MP_FD)) != 0 && judging->model->fd_unsure;
	err = mp_doubt_any(&doubt) ? mp_trial_inconclusive(trial, &doubt, &mine)
				   : mp_trial_broken(trial);
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

/* Judges the clause here and now when a name in it is nobody's. */
static int judge_names(struct mp_trial *trial, bool *done)
{
	const struct mp_decl *names[NAMES];
	size_t count = collect_names(trial->clause, names);

	for (size_t i = 0; i < count; i++) {
		const struct mp_selection *selection = mp_selection_of(trial->judging, names[i]);

		*done = selection != NULL && (selection->problem != NULL || selection->stuck != 0);
		if (*done)
			return judge_name(trial, selection);
	}
	return 0;
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

	if (from > 0)
		err = mp_view_build(trial, &trial->first);
	else if (to == 2 && trial->second.phrase != NULL)
		err = mp_view_build(trial, &trial->second);
	while (err == 0 && changed < count && trial->verdict->outcome != MP_BROKEN) {
		if (!mp_spend(trial, 64))
			return MP_TOO_MUCH_WORK;
		if (from + changed < 2)
			err = mp_view_build(trial, &trial->first);
		if (err == 0 && to > 2)
			err = mp_view_build(trial, &trial->second);
		trial->chosen = NULL;
		if (err == 0)
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
	if (second == NULL)
		return run_through(&hall, 0, 2);
	take_seat(trial, &seats[2], &trial->second.who, &second->who, second->verb == MP_VERB_MEET);
	take_seat(trial, &seats[3], &trial->second.whom, second->whom, false);
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
} checks[] = {
	{"meet", is_meet, mp_check_meet, false},
	{"order", is_order, mp_check_order, true},
	{"as often as", is_as_often, mp_check_as_often, true},
	{"count", is_count, mp_check_count, true},
	{"state", is_state, mp_check_state, false},
};

static int run_check(struct mp_trial *trial)
{
	for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]); i++)
		if (checks[i].fits(trial->clause))
			return checks[i].members ? for_all_members(trial, checks[i].check)
						 : checks[i].check(trial);
	return 0;
}

/* What was found may have been found about the wrong process. */
static int doubt_names(struct mp_trial *trial)
{
	struct mp_doubt doubt = mp_doubt_names(trial->judging, trial->clause);
	bool mine;
	int err;

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

static int judge_clause(struct mp_trial *trial)
{
	bool done = false;
	int err = judge_names(trial, &done);

	if (done)
		return err;
	if (err == 0)
		err = run_check(trial);
	if (err > 0)
		err = mp_trial_stuck(trial, err);
	return err != 0 ? err : doubt_names(trial);
}

int mp_trial_run(struct mp_trial *trial)
{
	struct mp_judging *judging = trial->judging;
	uint64_t share = judging->work < WORK ? judging->work : WORK;
	int err, closed;

	trial->work = share;
	trial->scope.judging = judging;
	err = judge_clause(trial);
	judging->work -= share - trial->work;
	mp_side_free(&trial->first);
	mp_side_free(&trial->second);
	closed = close_texts(trial);
	return err != 0 ? err : closed;
}
