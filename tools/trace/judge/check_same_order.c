/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A in the order of B: the first A captured what the first B captured and does not come before it,
 * the second A what the second B captured, and so on. There may be fewer A than B.
 */
#include <inttypes.h>

#include "inside.h"

struct pairing {
	struct mp_trial *trial;
	const struct mp_hits *a, *b;
	struct mp_shared shared;
	size_t at; /* the first pair that is wrong */
};

/* How many of them are in their places, whatever the texts that were cut may say. */
static size_t sure_places(const struct mp_hits *hits)
{
	size_t count = 0;

	while (count < hits->count && !hits->list[count].maybe)
		count++;
	return count;
}

static bool is_right(const struct pairing *p, size_t at)
{
	const struct mp_hit *a = &p->a->list[at], *b = &p->b->list[at];

	return mp_hits_compare(a, p->shared.left, b, p->shared.right, p->shared.count) == 0 &&
	       mp_occurrence_compare(a->what, b->what) >= 0;
}

/* "the 3rd time " */
static void say_place(FILE *out, size_t at)
{
	static const char *const ends[] = {"th", "st", "nd", "rd"};
	size_t number = at + 1, teen = number % 100, last = number % 10;

	fprintf(out, "the %zu%s time ", number,
		ends[last < 4 && (teen < 11 || teen > 13) ? last : 0]);
}

static void say_expected(struct pairing *p)
{
	FILE *out = p->trial->expected;

	mp_say_phrase(out, p->trial, &p->trial->first, false);
	fputs(" in the order of ", out);
	mp_say_phrase(out, p->trial, &p->trial->second, false);
	mp_say_counters(out, p->trial);
}

static void say_one(struct pairing *p, const struct mp_side *side, const struct mp_hit *hit,
		    const size_t *columns, const char *time)
{
	FILE *out = p->trial->seen;

	mp_say_phrase(out, p->trial, side, false);
	mp_say_captures(out, &side->hits, hit, columns, p->shared.count);
	fprintf(out, " at %s", time);
	mp_trial_act(p->trial, hit->what->act);
}

static void say_seen(struct pairing *p)
{
	const struct mp_hit *a = &p->a->list[p->at];
	const struct mp_hit *b = p->at < p->b->count ? &p->b->list[p->at] : NULL;
	FILE *out = p->trial->seen;
	char times[2][40];

	mp_say_times(p->trial->judging, a->what->at,
		     b != NULL ? b->what->at : p->trial->judging->began, times);
	say_place(out, p->at);
	say_one(p, &p->trial->first, a, p->shared.left, times[0]);
	fputs(", but ", out);
	if (b == NULL) {
		mp_say_phrase(out, p->trial, &p->trial->second, false);
		fputs(p->b->count > 0 ? " only " : " ", out);
		mp_say_times_counted(out, p->b->count);
		return;
	}
	say_one(p, &p->trial->second, b, p->shared.right, times[1]);
}

/* What is missing moves everything behind it to another place. */
static int conclude(struct pairing *p, bool broken, struct mp_doubt doubt)
{
	bool mine = true;
	int err;

	if (mp_doubt_any(&doubt))
		err = mp_trial_inconclusive(p->trial, &doubt, &mine);
	else if (broken)
		err = mp_trial_broken(p->trial);
	else
		return 0;
	if (err != 0 || !mine)
		return err;
	say_expected(p);
	if (broken)
		say_seen(p);
	else
		fputs("nothing against it, as far as it was seen", p->trial->seen);
	return 0;
}

static int judge_pairs(struct pairing *p)
{
	size_t a_sure = sure_places(p->a), b_sure = sure_places(p->b);
	size_t sure = a_sure < b_sure ? a_sure : b_sure;
	struct mp_doubt doubt = mp_doubt_side(p->trial->judging, &p->trial->first);
	bool broken;

	if (!mp_spend(p->trial, (p->a->count + p->b->count) * 8))
		return MP_TOO_MUCH_WORK;
	if (p->a->count > 0)
		doubt = mp_doubt_both(doubt, mp_doubt_side(p->trial->judging, &p->trial->second));
	while (p->at < sure && is_right(p, p->at))
		p->at++;
	broken = p->at < sure || (p->at < a_sure && b_sure == p->b->count);
	doubt.cut |= !broken && p->at < p->a->count;
	return conclude(p, broken, doubt);
}

int mp_check_same_order(struct mp_trial *trial)
{
	struct pairing p = {.trial = trial, .a = &trial->first.hits, .b = &trial->second.hits};
	int err = mp_sides_select(trial);

	if (err != 0)
		return err;
	trial->captured = true; /* every member with every other */
	mp_hits_shared(p.a, p.b, &p.shared);
	return judge_pairs(&p);
}
