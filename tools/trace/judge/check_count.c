/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How often a phrase came true: at least once, never, N times, for each value of a counter, for
 * each captured text, as often as another phrase.
 *
 * What was seen is a range: the texts that were cut may or may not be more of them, and lost
 * events can only be more. A clause is broken when no number of that range is allowed.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "inside.h"

struct range {
	int64_t low, high;
};

/* Some of the hits, all with the same captured text. */
struct some {
	const struct mp_hit *hits;
	size_t count, maybes;
};

struct counting {
	struct mp_trial *trial;
	struct mp_side *side;
	struct range allowed;
	struct mp_doubt doubt;
	bool selected;
	/* in order: where the values of the innermost counter were seen until now */
	struct mp_occurrence previous, latest; /* latest: with what is not sure */
	int64_t previous_value;
	bool any_previous, any_latest;
};

static int allowed_range(struct mp_trial *trial, struct range *out)
{
	const struct mp_clause *clause = trial->clause;
	int64_t number = 0;
	int err = clause->number != NULL ? mp_value(&trial->scope, clause->number, &number) : 0;

	*out = (struct range){number, number};
	if (clause->count == MP_COUNT_SOME)
		*out = (struct range){1, INT64_MAX};
	else if (clause->count == MP_COUNT_NEVER)
		*out = (struct range){0, 0};
	else if (clause->count == MP_COUNT_LEAST)
		out->high = INT64_MAX;
	else if (clause->count == MP_COUNT_MOST)
		out->low = 0;
	return err;
}

static void say_allowed(FILE *out, const struct counting *c)
{
	static const char *const words[] = {
		[MP_COUNT_EXACTLY] = "exactly ",
		[MP_COUNT_LEAST] = "at least ",
		[MP_COUNT_MOST] = "at most ",
	};
	enum mp_count_kind kind = c->trial->clause->count;
	int64_t number = kind == MP_COUNT_MOST ? c->allowed.high : c->allowed.low;

	/* A meeting is not counted. */
	if (kind == MP_COUNT_NEVER || c->side->phrase->verb == MP_VERB_MEET)
		return;
	if (kind == MP_COUNT_SOME) {
		fputs(" at least once", out);
		return;
	}
	fputc(' ', out);
	if (kind == MP_COUNT_EXACTLY && (number == 1 || number == 2)) {
		mp_say_times_counted(out, (uint64_t)number);
		return;
	}
	fputs(words[kind], out);
	if (number == 1)
		fputs("once", out);
	else
		fprintf(out, "%" PRId64 " times", number);
}

static const struct mp_occurrence *last_of(const struct some *some)
{
	return some->count > some->maybes ? some->hits[some->count - some->maybes - 1].what : NULL;
}

/* "9 times; the last was at 12.3 ms" */
static void say_seen(struct counting *c, const struct some *some)
{
	struct mp_trial *trial = c->trial;
	const struct mp_occurrence *last = last_of(some);
	size_t sure = some->count - some->maybes;

	mp_say_times_counted(trial->seen, sure);
	if (some->maybes > 0)
		fprintf(trial->seen, ", and perhaps %zu more", some->maybes);
	if (last != NULL) {
		fputs(sure == 1 ? ", at " : "; the last was at ", trial->seen);
		mp_say_time(trial->seen, trial->judging, last->at);
		mp_trial_act(trial, some->hits[0].what->act);
		mp_trial_act(trial, last->act);
	}
	if ((int64_t)sure >= c->allowed.low)
		return;
	if (sure == 0)
		mp_say_instead(trial->seen, trial, c->side);
	mp_say_blocked(trial->seen, trial, &c->side->who);
}

static void say_both(struct counting *c, const struct some *some)
{
	struct mp_trial *trial = c->trial;
	bool never = trial->clause->count == MP_COUNT_NEVER;

	mp_say_phrase(trial->expected, trial, c->side, never);
	say_allowed(trial->expected, c);
	mp_say_counters(trial->expected, trial);
	if (some->count > some->maybes)
		mp_say_captures(trial->expected, &c->side->hits, &some->hits[0], NULL,
				c->side->hits.width);
	say_seen(c, some);
}

static bool only_cut(const struct mp_doubt *doubt)
{
	struct mp_doubt other = *doubt;

	other.cut = false;
	return !mp_doubt_any(&other);
}

/* Hits of one captured text (or all) against what is allowed. */
static int judge_some(struct counting *c, const struct some *some)
{
	bool lossy = mp_doubt_any(&c->doubt), mine = true;
	/* Text that is missing can only be more of them. */
	bool open = lossy && !only_cut(&c->doubt);
	struct range seen = {(int64_t)(some->count - some->maybes),
			     lossy ? INT64_MAX : (int64_t)some->count};
	struct mp_doubt doubt = c->doubt;
	int err;

	doubt.cut |= some->maybes > 0;
	if (seen.low > c->allowed.high || seen.high < c->allowed.low)
		err = mp_trial_broken(c->trial);
	else if (open || seen.low < c->allowed.low || seen.high > c->allowed.high)
		err = mp_trial_inconclusive(c->trial, &doubt, &mine);
	else
		return 0;
	if (err == 0 && mine)
		say_both(c, some);
	return err;
}

/* Every captured text by itself; the maybes, which come last, could be any of them. */
static int judge_captures(struct counting *c)
{
	struct mp_hits *hits = &c->side->hits;
	size_t columns[MP_CONTRACT_PIECES], sure = hits->count - hits->maybes, to;
	int err = 0;

	for (size_t i = 0; i < hits->width; i++)
		columns[i] = i;
	if (!mp_spend(c->trial, hits->count * 16))
		return MP_TOO_MUCH_WORK;
	mp_hits_group(hits, columns, hits->width);
	for (size_t from = 0; err == 0 && from < sure; from = to) {
		struct some some;

		for (to = from + 1; to < sure; to++)
			if (mp_hits_compare(&hits->list[from], columns, &hits->list[to], columns,
					    hits->width) != 0)
				break;
		some = (struct some){&hits->list[from], to - from + hits->maybes, hits->maybes};
		err = judge_some(c, &some);
		if (c->trial->verdict->outcome == MP_BROKEN)
			break;
	}
	return err;
}

static int judge_hits(struct counting *c)
{
	const struct mp_hits *hits = &c->side->hits;
	struct some all = {hits->list, hits->count, hits->maybes};

	if (hits->width > 0 && hits->count > hits->maybes)
		return judge_captures(c);
	return judge_some(c, &all);
}

/* The first or the last that does not hang on a text that was cut. */
static const struct mp_occurrence *sure_one(const struct mp_hits *hits, bool last)
{
	for (size_t i = 0; i < hits->count; i++) {
		const struct mp_hit *hit = &hits->list[last ? hits->count - 1 - i : i];

		if (!hit->maybe)
			return hit->what;
	}
	return NULL;
}

static void say_turn(struct counting *c, const struct mp_occurrence *first)
{
	struct mp_trial *trial = c->trial;
	struct mp_counting *counter = &trial->scope.counters[trial->scope.count - 1];
	int64_t value = counter->value;
	char times[2][40];

	mp_say_phrase(trial->expected, trial, c->side, false);
	mp_say_counters(trial->expected, trial);
	counter->value = c->previous_value;
	fputs(" after ", trial->expected);
	mp_say_phrase(trial->expected, trial, c->side, false);
	mp_say_counters(trial->expected, trial);
	counter->value = value;
	mp_say_times(trial->judging, first->at, c->previous.at, times);
	fprintf(trial->seen,
		"the one for %s = %" PRId64 " at %s, the one for %s = %" PRId64 " at %s",
		counter->name, value, times[0], counter->name, c->previous_value, times[1]);
	mp_trial_act(trial, first->act);
	mp_trial_act(trial, c->previous.act);
}

/* What was cut, or not seen at all, may be what is out of order. */
static int doubt_turn(struct counting *c)
{
	const struct mp_hits *hits = &c->side->hits;
	const struct mp_occurrence *last =
		hits->count > 0 ? hits->list[hits->count - 1].what : NULL;
	struct mp_doubt doubt = c->doubt;
	bool mine = false;
	int err = 0;

	doubt.cut |= c->any_latest && last != NULL &&
		     mp_occurrence_compare(hits->list[0].what, &c->latest) < 0;
	if (doubt.cut)
		err = mp_trial_inconclusive(c->trial, &doubt, &mine);
	if (mine && err == 0) {
		mp_say_phrase(c->trial->expected, c->trial, c->side, false);
		mp_say_counters(c->trial->expected, c->trial);
		fputs("nothing against it, as far as it was seen", c->trial->seen);
	}
	if (last != NULL && (!c->any_latest || mp_occurrence_compare(last, &c->latest) > 0))
		c->latest = *last;
	c->any_latest |= last != NULL;
	return err;
}

/* All acts for one value of the counter come after all for the value before. */
static int judge_turn(struct counting *c)
{
	const struct mp_occurrence *first = sure_one(&c->side->hits, false);
	int err = doubt_turn(c);

	if (err != 0 || first == NULL)
		return err;
	if (c->any_previous && mp_occurrence_compare(first, &c->previous) < 0) {
		err = mp_trial_broken(c->trial);
		if (err == 0)
			say_turn(c, first);
		return err;
	}
	c->previous = *sure_one(&c->side->hits, true);
	c->previous_value = c->trial->scope.counters[c->trial->scope.count - 1].value;
	c->any_previous = true;
	return 0;
}

static int judge_value(struct mp_trial *trial, void *context)
{
	struct counting *c = context;
	bool in_order = trial->clause->in_order, select;
	int err = mp_view_build(trial, c->side);

	/* Captures are put into groups, which is no longer the order of time. */
	select = !c->selected || c->side->phrase->varies || in_order;
	if (err == 0 && select)
		err = mp_side_select(trial, c->side, NULL, 0, &c->side->hits);
	if (err == 0)
		err = allowed_range(trial, &c->allowed);
	if (err != 0)
		return err;
	c->selected = true;
	c->doubt = mp_doubt_side(trial->judging, c->side);
	c->any_previous &= !trial->restart;
	c->any_latest &= !trial->restart;
	if (in_order)
		err = judge_turn(c);
	if (err == 0 && trial->verdict->outcome != MP_BROKEN)
		err = judge_hits(c);
	return err;
}

int mp_check_count(struct mp_trial *trial)
{
	struct counting c = {.trial = trial, .side = &trial->first};

	return mp_rounds(trial, judge_value, &c);
}

/* --- as often as ---------------------------------------------------------------------------- */

static int compare_counts(struct counting *c, const struct some *left, const struct some *right)
{
	struct mp_trial *trial = c->trial;
	struct mp_doubt first = mp_doubt_side(trial->judging, &trial->first);
	struct mp_doubt second = mp_doubt_side(trial->judging, &trial->second);
	struct mp_doubt doubt = mp_doubt_both(first, second);
	struct range a = {(int64_t)(left->count - left->maybes),
			  mp_doubt_any(&first) ? INT64_MAX : (int64_t)left->count};
	struct range b = {(int64_t)(right->count - right->maybes),
			  mp_doubt_any(&second) ? INT64_MAX : (int64_t)right->count};
	bool mine = true;
	int err;

	doubt.cut |= left->maybes + right->maybes > 0;
	if (a.low > b.high || b.low > a.high)
		err = mp_trial_broken(trial);
	else if (mp_doubt_any(&doubt))
		err = mp_trial_inconclusive(trial, &doubt, &mine);
	else
		return 0;
	if (err != 0 || !mine)
		return err;
	mp_say_phrase(trial->expected, trial, &trial->first, false);
	fputs(" as often as ", trial->expected);
	mp_say_phrase(trial->expected, trial, &trial->second, false);
	mp_say_counters(trial->expected, trial);
	if (left->count > left->maybes)
		mp_say_captures(trial->expected, &trial->first.hits, &left->hits[0], NULL,
				trial->first.hits.width);
	else if (right->count > right->maybes)
		mp_say_captures(trial->expected, &trial->second.hits, &right->hits[0], NULL,
				trial->second.hits.width);
	c->side = &trial->first;
	c->allowed = (struct range){b.low, b.low};
	say_seen(c, left);
	fputs(", but ", trial->seen);
	mp_say_phrase(trial->seen, trial, &trial->second, false);
	fputc(' ', trial->seen);
	mp_say_times_counted(trial->seen, (uint64_t)b.low);
	if (last_of(right) != NULL)
		mp_trial_act(trial, last_of(right)->act);
	return 0;
}

/* How many of the hits from `from` on have the same captured text as `like`. */
static size_t run_of(const struct mp_hits *hits, size_t from, const size_t *columns,
		     const struct mp_hit *like, const size_t *like_columns, size_t count)
{
	size_t to = from, sure = hits->count - hits->maybes;

	while (to < sure &&
	       mp_hits_compare(&hits->list[to], columns, like, like_columns, count) == 0)
		to++;
	return to - from;
}

/* Walks through both lists of groups at once, as a merge does. */
static int compare_groups(struct counting *c, const struct mp_shared *shared)
{
	struct mp_hits *a = &c->trial->first.hits, *b = &c->trial->second.hits;
	size_t i = 0, j = 0, a_sure = a->count - a->maybes, b_sure = b->count - b->maybes;
	int err = 0;

	if (!mp_spend(c->trial, (a->count + b->count) * 32))
		return MP_TOO_MUCH_WORK;
	mp_hits_group(a, shared->left, shared->count);
	mp_hits_group(b, shared->right, shared->count);
	while (err == 0 && (i < a_sure || j < b_sure) && c->trial->verdict->outcome != MP_BROKEN) {
		int order = i == a_sure	  ? 1
			    : j == b_sure ? -1
					  : mp_hits_compare(&a->list[i], shared->left, &b->list[j],
							    shared->right, shared->count);
		const struct mp_hit *like = order <= 0 ? &a->list[i] : &b->list[j];
		const size_t *columns = order <= 0 ? shared->left : shared->right;
		size_t n = run_of(a, i, shared->left, like, columns, shared->count);
		size_t m = run_of(b, j, shared->right, like, columns, shared->count);
		struct some left = {a->list + i, n + a->maybes, a->maybes};
		struct some right = {b->list + j, m + b->maybes, b->maybes};

		err = compare_counts(c, &left, &right);
		i += n;
		j += m;
	}
	return err;
}

static int judge_pair(struct mp_trial *trial, void *context)
{
	struct mp_hits *a = &trial->first.hits, *b = &trial->second.hits;
	struct mp_shared shared;
	struct some left, right;
	int err = mp_sides_select(trial);

	if (err != 0)
		return err;
	mp_hits_shared(a, b, &shared);
	if (shared.count > 0 && a->count - a->maybes + b->count - b->maybes > 0)
		return compare_groups(context, &shared);
	left = (struct some){a->list, a->count, a->maybes};
	right = (struct some){b->list, b->count, b->maybes};
	return compare_counts(context, &left, &right);
}

int mp_check_as_often(struct mp_trial *trial)
{
	struct counting c = {.trial = trial};

	return mp_rounds(trial, judge_pair, &c);
}
