/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A before B: both came true, and the chosen A is not later than the chosen B. When both capture
 * the same name: for every text that B captured, an A with the same text came before it.
 */
#include <stdlib.h>

#include "inside.h"

enum finding { FINE, NO_FIRST, NO_SECOND, TOO_LATE };

struct ordering {
	struct mp_trial *trial;
	struct mp_doubt first_doubt, second_doubt;
	bool first_is_last; /* the last A is meant: `last A` or `each A` */
	bool second_is_last;
	const struct mp_hits *a_hits; /* with whose names captures are said */
	const struct mp_hit *a, *b;   /* those that decide; NULL: there is none */
};

/* Of those that are not sure: none counts, all do, or only the last one that decides at all. */
enum maybes { NONE, ALL, ONE, MAYBES };

/* The first or last of list[0] to list[count - 1]. */
static const struct mp_hit *pick(const struct mp_hit *list, size_t count, bool last,
				 enum maybes maybes)
{
	for (size_t i = 0; i < count; i++) {
		const struct mp_hit *hit = &list[last ? count - 1 - i : i];

		if (maybes == ALL || !hit->maybe)
			return hit;
	}
	return maybes == ONE && count > 0 ? &list[last ? 0 : count - 1] : NULL;
}

static enum finding compare(struct ordering *o)
{
	if (o->a == NULL)
		return NO_FIRST;
	if (o->b == NULL)
		return NO_SECOND;
	return mp_occurrence_compare(o->a->what, o->b->what) <= 0 ? FINE : TOO_LATE;
}

static const char *last_word(bool last)
{
	return last ? "the last time " : "";
}

static void say_expected(struct ordering *o)
{
	struct mp_trial *trial = o->trial;
	FILE *out = trial->expected;

	fputs(last_word(o->first_is_last), out);
	mp_say_phrase(out, trial, &trial->first, false);
	fputs(" before ", out);
	fputs(last_word(o->second_is_last), out);
	mp_say_phrase(out, trial, &trial->second, false);
	mp_say_counters(out, trial);
}

static void say_captured(struct ordering *o, const struct mp_shared *shared)
{
	if (shared != NULL)
		mp_say_captures(o->trial->expected, &o->trial->second.hits, o->b, shared->right,
				shared->count);
}

static void say_missing(struct ordering *o, const struct mp_side *side)
{
	FILE *out = o->trial->seen;

	mp_say_phrase(out, o->trial, side, true);
	mp_say_instead(out, o->trial, side);
	mp_say_blocked(out, o->trial, &side->who);
}

static void say_seen(struct ordering *o, enum finding finding)
{
	struct mp_trial *trial = o->trial;
	char times[2][40];

	if (o->a != NULL)
		mp_trial_act(trial, o->a->what->act);
	if (o->b != NULL)
		mp_trial_act(trial, o->b->what->act);
	if (finding == NO_FIRST || finding == NO_SECOND) {
		say_missing(o, finding == NO_FIRST ? &trial->first : &trial->second);
		return;
	}
	mp_say_times(trial->judging, o->a->what->at, o->b->what->at, times);
	fputs(last_word(o->first_is_last), trial->seen);
	mp_say_phrase(trial->seen, trial, &trial->first, false);
	fprintf(trial->seen, " at %s, %s ", times[0], finding == FINE ? "before" : "after");
	fputs(last_word(o->second_is_last), trial->seen);
	mp_say_phrase(trial->seen, trial, &trial->second, false);
	fprintf(trial->seen, " at %s", times[1]);
}

/* Would it still be so if everything that is missing were known? */
static bool is_firm(const struct ordering *o, enum finding finding)
{
	bool a = !mp_doubt_any(&o->first_doubt), b = !mp_doubt_any(&o->second_doubt);

	if (finding == NO_FIRST)
		return a;
	if (finding == NO_SECOND)
		return b;
	if (finding == FINE)
		return a && b;
	/* More of what was missed could only make the last A later and the first B earlier. */
	return (a || o->first_is_last) && (b || !o->second_is_last);
}

static int conclude(struct ordering *o, enum finding finding, bool cut,
		    const struct mp_shared *shared)
{
	struct mp_doubt doubt = mp_doubt_both(o->first_doubt, o->second_doubt);
	bool mine = true;
	int err;

	doubt.cut |= cut;
	if (cut || !is_firm(o, finding))
		err = mp_trial_inconclusive(o->trial, &doubt, &mine);
	else if (finding == FINE)
		return 0;
	else
		err = mp_trial_broken(o->trial);
	if (err != 0 || !mine)
		return err;
	say_expected(o);
	say_captured(o, shared);
	say_seen(o, finding);
	return 0;
}

/* Without captures. Texts that were cut may be counted or not: does it make a difference? */
static int judge_plain(struct ordering *o)
{
	const struct mp_hits *a = &o->trial->first.hits, *b = &o->trial->second.hits;
	enum finding finding = FINE;
	bool differs = false;

	for (int with = MAYBES * MAYBES; with-- > 0;) {
		enum finding before = finding;

		o->a = pick(a->list, a->count, o->first_is_last, (enum maybes)(with % MAYBES));
		o->b = pick(b->list, b->count, o->second_is_last, (enum maybes)(with / MAYBES));
		finding = compare(o);
		differs |= with + 1 < MAYBES * MAYBES && (finding == FINE) != (before == FINE);
	}
	o->trial->chosen = o->a != NULL ? o->a->what : NULL;
	return conclude(o, finding, differs, NULL);
}

/* No A captured just this text: perhaps one fits all the same, when the text is put into A. */
static int look_again(struct ordering *o, const struct mp_shared *shared, const struct mp_hit *b,
		      struct mp_hits *found)
{
	struct mp_trial *trial = o->trial;
	struct mp_binding bound[MP_CONTRACT_PIECES];

	for (size_t i = 0; i < shared->count; i++)
		bound[i] = (struct mp_binding){trial->second.hits.names[shared->right[i]],
					       b->captures[shared->right[i]]};
	return mp_side_select(trial, &trial->first, bound, shared->count, found);
}

/* B's hits list[0] to list[count - 1], all with one text, and A's with the same. */
static int judge_group(struct ordering *o, const struct mp_shared *shared, const struct mp_hit *b,
		       size_t b_count, const struct mp_hit *a, size_t a_count)
{
	bool cut = o->trial->first.hits.maybes > 0;
	struct mp_hits again = {0};
	enum finding finding;
	int err = 0;

	o->b = pick(b, b_count, o->second_is_last, NONE);
	o->a = pick(a, a_count, o->first_is_last, NONE);
	if (o->a == NULL) {
		err = look_again(o, shared, o->b, &again);
		if (err == 0)
			o->a = pick(again.list, again.count, o->first_is_last, NONE);
	}
	finding = compare(o);
	if (err == 0)
		err = conclude(o, finding, cut && finding != FINE, shared);
	mp_hits_free(&again);
	return err;
}

static int judge_captured(struct ordering *o, const struct mp_shared *shared)
{
	struct mp_hits *a = &o->trial->first.hits, *b = &o->trial->second.hits;
	size_t a_sure = a->count - a->maybes, b_sure = b->count - b->maybes;
	size_t i = 0, j = 0, n, m;
	int err = 0;

	if (!mp_spend(o->trial, (a->count + b->count) * 32))
		return MP_TOO_MUCH_WORK;
	mp_hits_group(a, shared->left, shared->count);
	mp_hits_group(b, shared->right, shared->count);
	for (; err == 0 && j < b_sure && o->trial->verdict->outcome != MP_BROKEN; j += m) {
		const struct mp_hit *like = &b->list[j];

		for (m = 1; j + m < b_sure; m++)
			if (mp_hits_compare(&b->list[j + m], shared->right, like, shared->right,
					    shared->count) != 0)
				break;
		while (i < a_sure && mp_hits_compare(&a->list[i], shared->left, like, shared->right,
						     shared->count) < 0)
			i++;
		for (n = 0; i + n < a_sure; n++)
			if (mp_hits_compare(&a->list[i + n], shared->left, like, shared->right,
					    shared->count) != 0)
				break;
		err = judge_group(o, shared, like, m, &a->list[i], n);
	}
	return err;
}

/* Nothing that B captured is left to ask for; that may be because it was lost or cut. */
static int judge_nothing(struct ordering *o)
{
	struct mp_doubt doubt = o->second_doubt;
	bool mine;
	int err;

	doubt.cut |= o->trial->second.hits.maybes > 0;
	if (!mp_doubt_any(&doubt) || o->trial->verdict->outcome != MP_HOLDS)
		return 0;
	err = mp_trial_inconclusive(o->trial, &doubt, &mine);
	if (err != 0 || !mine)
		return err;
	say_expected(o);
	fputs("nothing against it, as far as it was seen", o->trial->seen);
	return 0;
}

int mp_check_order(struct mp_trial *trial)
{
	enum mp_pick first = trial->clause->first->pick, second = trial->clause->second->pick;
	struct ordering o = {
		.trial = trial,
		.first_is_last = first == MP_PICK_LAST || first == MP_PICK_EACH,
		.second_is_last = second == MP_PICK_LAST,
	};
	struct mp_shared shared;
	int err = mp_sides_select(trial);

	if (err != 0)
		return err;
	o.first_doubt = mp_doubt_side(trial->judging, &trial->first);
	o.second_doubt = mp_doubt_side(trial->judging, &trial->second);
	mp_hits_shared(&trial->first.hits, &trial->second.hits, &shared);
	if (shared.count == 0)
		return judge_plain(&o);
	trial->captured = true;
	err = judge_captured(&o, &shared);
	return err != 0 ? err : judge_nothing(&o);
}
