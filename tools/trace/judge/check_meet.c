/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GROUP meet before PHRASE: when the phrase first comes true of a process, that process knows that
 * every member has arrived. Of somebody who is not a member: all members know it then.
 */
#include <errno.h>
#include <stdlib.h>

#include "inside.h"

struct asking {
	struct mp_trial *trial;
	struct mp_doubt meet, told; /* doubts about the meeting, about the second phrase */
	const struct mp_selection *who, *whom;
	struct mp_probe *probes;
	size_t count, room;
};

static void sit(struct asking *a, size_t tag)
{
	struct mp_side *side = &a->trial->second;
	size_t across = side->phrase->whom != NULL && side->phrase->whom->each ? a->whom->count : 1;
	size_t i = tag / across, j = tag % across;

	side->who = (struct mp_party){&side->phrase->who, a->who->members, a->who->count};
	if (side->phrase->who.each) {
		side->who.members += i;
		side->who.count = 1;
	}
	if (side->phrase->whom == NULL)
		return;
	side->whom = (struct mp_party){side->phrase->whom, a->whom->members, a->whom->count};
	if (side->phrase->whom->each) {
		side->whom.members += j;
		side->whom.count = 1;
	}
}

static size_t seatings(const struct asking *a)
{
	const struct mp_phrase *phrase = a->trial->second.phrase;
	size_t count = phrase->who.each ? a->who->count : 1;

	return phrase->whom != NULL && phrase->whom->each ? count * a->whom->count : count;
}

static void say_expected(struct asking *a)
{
	FILE *out = a->trial->expected;

	mp_say_phrase(out, a->trial, &a->trial->first, false);
	fputs(" before ", out);
	mp_say_phrase(out, a->trial, &a->trial->second, false);
	mp_say_counters(out, a->trial);
}

/* It never came true: there is nothing that the meeting was before. */
static int judge_absent(struct asking *a)
{
	struct mp_side *side = &a->trial->second;
	struct mp_doubt doubt = a->told;
	bool mine = true;
	int err;

	doubt.cut |= side->hits.maybes > 0;
	err = mp_doubt_any(&doubt) ? mp_trial_inconclusive(a->trial, &doubt, &mine)
				   : mp_trial_broken(a->trial);
	if (err != 0 || !mine)
		return err;
	say_expected(a);
	mp_say_phrase(a->trial->seen, a->trial, side, true);
	mp_say_instead(a->trial->seen, a->trial, side);
	mp_say_blocked(a->trial->seen, a->trial, &side->who);
	return 0;
}

/* The hit that counts; NULL: none. Those whose text was cut do not. */
static const struct mp_occurrence *choose(const struct mp_side *side)
{
	bool last = side->phrase->pick == MP_PICK_LAST;

	for (size_t i = 0; i < side->hits.count; i++) {
		const struct mp_hit *hit = &side->hits.list[last ? side->hits.count - 1 - i : i];

		if (!hit->maybe)
			return hit->what;
	}
	return NULL;
}

static int look(struct asking *a, size_t tag)
{
	struct mp_trial *trial = a->trial;
	struct mp_side *side = &trial->second;
	int err;

	sit(a, tag);
	if (!mp_spend(trial, 64))
		return MP_TOO_MUCH_WORK;
	err = mp_view_build(trial, side);
	return err != 0 ? err : mp_side_select(trial, side, NULL, 0, &side->hits);
}

static int note_probe(struct asking *a, size_t tag)
{
	const struct mp_occurrence *what = choose(&a->trial->second);

	if (what == NULL)
		return judge_absent(a);
	if (a->count == a->room) {
		size_t room = a->room * 2 + 16;
		struct mp_probe *probes = realloc(a->probes, room * sizeof(*probes));

		if (probes == NULL)
			return -ENOMEM;
		a->probes = probes;
		a->room = room;
	}
	a->probes[a->count++] = (struct mp_probe){
		.at = what->at, .order = what->order, .who = what->who, .tag = tag};
	return 0;
}

static void say_unmet(struct asking *a, const struct mp_probe *probe)
{
	struct mp_trial *trial = a->trial;
	const struct mp_occurrence *what = choose(&trial->second);

	say_expected(a);
	mp_say_phrase(trial->seen, trial, &trial->second, false);
	fputs(" at ", trial->seen);
	mp_say_time(trial->seen, trial->judging, probe->at);
	fputs(", before ", trial->seen);
	if (probe->unaware == probe->who)
		fputs("it", trial->seen);
	else
		mp_say_process(trial->seen, trial->judging, probe->unaware);
	fputs(" had met ", trial->seen);
	mp_say_process(trial->seen, trial->judging, probe->lacks);
	if (what != NULL)
		mp_trial_act(trial, what->act);
}

static int judge_probe(struct asking *a, const struct mp_probe *probe)
{
	struct mp_doubt doubt = mp_doubt_both(a->meet, a->told);
	bool mine = true;
	int err;

	if (probe->met)
		return 0;
	doubt.raced = probe->raced;
	err = mp_doubt_any(&doubt) ? mp_trial_inconclusive(a->trial, &doubt, &mine)
				   : mp_trial_broken(a->trial);
	if (err != 0 || !mine)
		return err;
	err = look(a, probe->tag);
	if (err == 0)
		say_unmet(a, probe);
	return err;
}

static int judge_probes(struct asking *a)
{
	struct mp_doubt doubt = mp_doubt_both(a->meet, a->told);
	int err = 0;
	bool mine;

	for (size_t i = 0; err == 0 && i < a->count; i++)
		if (a->trial->verdict->outcome != MP_BROKEN)
			err = judge_probe(a, &a->probes[i]);
	if (err != 0 || a->trial->verdict->outcome != MP_HOLDS || !mp_doubt_any(&doubt))
		return err;
	err = mp_trial_inconclusive(a->trial, &doubt, &mine);
	if (err != 0 || !mine)
		return err;
	say_expected(a);
	fputs("nothing against it, as far as it was seen", a->trial->seen);
	return 0;
}

static int ask_all(struct asking *a)
{
	struct mp_trial *trial = a->trial;
	struct mp_meeting meeting;
	int err = 0;

	if (seatings(a) == 0) /* each of nobody */
		return 0;
	for (size_t tag = 0; err == 0 && tag < seatings(a); tag++) {
		err = look(a, tag);
		if (err == 0)
			err = note_probe(a, tag);
		if (trial->verdict->outcome == MP_BROKEN)
			return err;
	}
	if (err == 0)
		err = mp_meet_follow(trial, trial->first.who.members, trial->first.who.count,
				     a->probes, a->count, &meeting);
	return err != 0 ? err : judge_probes(a);
}

int mp_check_meet(struct mp_trial *trial)
{
	const struct mp_clause *clause = trial->clause;
	const struct mp_selection *members =
		mp_selection_of(trial->judging, clause->first->who.decl);
	const struct mp_phrase *second = clause->second;
	struct asking a = {.trial = trial};
	int err;

	trial->first.phrase = clause->first;
	trial->first.who = (struct mp_party){&clause->first->who, members->members, members->count};
	trial->second.phrase = second;
	a.who = mp_selection_of(trial->judging, second->who.decl);
	a.whom = second->whom != NULL ? mp_selection_of(trial->judging, second->whom->decl) : NULL;
	a.meet = mp_doubt_side(trial->judging, &trial->first);
	trial->second.who = (struct mp_party){&second->who, a.who->members, a.who->count};
	a.told = mp_doubt_side(trial->judging, &trial->second);
	err = ask_all(&a);
	free(a.probes);
	return err;
}
