/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which occurrences of a view fit the pattern and the number, as the scope has them, and what
 * they captured.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

/* After so many questions the texts are sorted. */
#define FEW 3

struct asking {
	struct mp_trial *trial;
	struct mp_side *side;
	struct mp_hits *hits;
	const struct mp_binding *bound;
	size_t bound_count;
	int64_t number; /* valid when the phrase has one */
};

void mp_hits_free(struct mp_hits *hits)
{
	free(hits->list);
	free(hits->captures);
	*hits = (struct mp_hits){0};
}

static int make_room(struct mp_hits *hits)
{
	size_t need = (hits->count + 1) * hits->width;

	if (hits->count == hits->room) {
		size_t room = hits->room * 2 + 16;
		struct mp_hit *list = realloc(hits->list, room * sizeof(*list));

		if (list == NULL)
			return -ENOMEM;
		hits->list = list;
		hits->room = room;
	}
	if (need > hits->capture_room) {
		size_t room = need * 2 + 16;
		struct mp_slice *captures = realloc(hits->captures, room * sizeof(*captures));

		if (captures == NULL)
			return -ENOMEM;
		hits->captures = captures;
		hits->capture_room = room;
	}
	return 0;
}

static int add_hit(struct mp_hits *hits, const struct mp_occurrence *what, bool maybe,
		   const struct mp_slice *captures)
{
	int err = make_room(hits);

	if (err != 0)
		return err;
	if (hits->width > 0 && !maybe)
		memcpy(hits->captures + hits->count * hits->width, captures,
		       hits->width * sizeof(*captures));
	hits->list[hits->count++] = (struct mp_hit){.what = what, .maybe = maybe};
	hits->maybes += maybe;
	hits->mixed += what->mixed;
	return 0;
}

/* A signal's number is captured as text. Is it the text that is bound already? */
static bool capture_signal(const struct asking *a, const struct mp_occurrence *what,
			   struct mp_slice *captures)
{
	struct mp_slice text = mp_number_slice(what->value);
	const char *name = a->side->phrase->signal->capture;

	captures[0] = text;
	for (size_t i = 0; i < a->bound_count; i++)
		if (strcmp(a->bound[i].name, name) == 0)
			return a->bound[i].text.length == text.length &&
			       memcmp(a->bound[i].text.text, text.text, text.length) == 0;
	return true;
}

static int ask(struct asking *a, const struct mp_occurrence *what)
{
	const struct mp_phrase *phrase = a->side->phrase;
	struct mp_slice captures[MP_CONTRACT_PIECES], text = what->text;
	enum mp_match match = MP_MATCH_YES;
	int err = 0;

	/* "total *" fits a line that ends behind "total ". */
	text.length += what->trailed && !what->cut && a->side->glob.trails;

	if (phrase->number != NULL && what->value != a->number)
		return 0;
	if (phrase->pattern != NULL)
		err = mp_glob_match(&a->side->glob, text, what->cut, captures, &a->trial->work,
				    &match);
	else if (phrase->signal != NULL && phrase->signal->capture != NULL &&
		 !capture_signal(a, what, captures))
		return 0;
	if (match == MP_MATCH_NO && phrase->verb == MP_VERB_IS_NAMED && a->hits->width == 0 &&
	    what->full && mp_glob_begins(&a->side->glob, what->text))
		match = MP_MATCH_YES;
	if (err != 0 || match == MP_MATCH_NO)
		return err;
	return add_hit(a->hits, what, match == MP_MATCH_CUT || what->mixed, captures);
}

static int ask_all(struct asking *a)
{
	const struct mp_view *view = &a->side->view;
	int err = 0;

	if (!mp_spend(a->trial, view->count * 4 + 1))
		return MP_TOO_MUCH_WORK;
	for (size_t i = 0; err == 0 && i < view->count; i++)
		err = ask(a, &view->list[i]);
	return err;
}

static int note_cuts(struct mp_view *view)
{
	if (view->cuts != NULL)
		return 0;
	view->cuts = malloc((view->count + 1) * sizeof(*view->cuts));
	if (view->cuts == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < view->count; i++)
		if (view->list[i].cut)
			view->cuts[view->cut_count++] = i;
	return 0;
}

static int compare_hits(const void *a, const void *b)
{
	const struct mp_hit *left = a, *right = b;

	return mp_occurrence_compare(left->what, right->what);
}

static int ask_range(struct asking *a, struct mp_slice key, bool tail, bool whole)
{
	const struct mp_view *view = &a->side->view;
	const size_t *places = tail ? view->by_tail : view->by_head;
	size_t from, to;
	int err = 0;

	mp_view_range(view, key, tail, whole, &from, &to);
	if (!mp_spend(a->trial, (to - from) * 4 + 32))
		return MP_TOO_MUCH_WORK;
	for (size_t i = from; err == 0 && i < to; i++)
		err = ask(a, &view->list[places[i]]);
	return err;
}

/* Only those whose text begins (or ends) as the pattern does, and those that were cut. */
static int ask_some(struct asking *a, bool tail)
{
	const struct mp_glob *glob = &a->side->glob;
	struct mp_slice key = tail ? mp_glob_tail(glob) : mp_glob_head(glob);
	struct mp_view *view = &a->side->view;
	int err = mp_view_sort(view, tail);

	if (err == 0)
		err = note_cuts(view);
	if (err == 0)
		err = ask_range(a, key, tail, !tail && mp_glob_is_text(glob));
	/* Of "total *" the blank may be the one that was left out at the end of a line. */
	if (err == 0 && !tail && glob->trails && glob->count == 2) {
		key.length--;
		err = ask_range(a, key, false, true);
	}
	if (err == 0 && !mp_spend(a->trial, view->cut_count * 4 + 32))
		return MP_TOO_MUCH_WORK;
	for (size_t i = 0; err == 0 && i < view->cut_count; i++)
		err = ask(a, &view->list[view->cuts[i]]);
	return err;
}

/* Captures were appended in the order of asking; tie them to their hits, then sort. */
static void finish(struct mp_hits *hits)
{
	bool sorted = true;

	for (size_t i = 0; i < hits->count; i++) {
		struct mp_hit *hit = &hits->list[i];

		hit->captures =
			hits->width > 0 && !hit->maybe ? hits->captures + i * hits->width : NULL;
		sorted &= i == 0 || compare_hits(hit - 1, hit) <= 0;
	}
	if (!sorted)
		qsort(hits->list, hits->count, sizeof(*hits->list), compare_hits);
}

static int prepare(struct asking *a)
{
	const struct mp_phrase *phrase = a->side->phrase;
	struct mp_hits *hits = a->hits;
	int err = 0;

	hits->count = hits->maybes = hits->mixed = hits->width = 0;
	if (phrase->pattern != NULL) {
		err = mp_glob_set(&a->side->glob, &a->trial->scope, phrase->pattern, a->bound,
				  a->bound_count);
		if (err == 0 && !mp_spend(a->trial, a->side->glob.length * 8))
			err = MP_TOO_MUCH_WORK;
		hits->width = a->side->glob.name_count;
		memcpy(hits->names, a->side->glob.names, hits->width * sizeof(*hits->names));
	} else if (phrase->signal != NULL && phrase->signal->capture != NULL) {
		hits->width = 1;
		hits->names[0] = phrase->signal->capture;
	}
	if (err == 0 && phrase->number != NULL)
		err = mp_value(&a->trial->scope, phrase->number, &a->number);
	return err;
}

int mp_side_select(struct mp_trial *trial, struct mp_side *side, const struct mp_binding *bound,
		   size_t bound_count, struct mp_hits *hits)
{
	struct asking a = {trial, side, hits, bound, bound_count, 0};
	int err = prepare(&a);

	if (err != 0)
		return err;
	/* Names are few, and may be shorter than the pattern's beginning. */
	if (side->phrase->pattern == NULL || side->phrase->verb == MP_VERB_IS_NAMED ||
	    side->view.asked++ < FEW)
		err = ask_all(&a);
	else if (mp_glob_head(&side->glob).length > 0 || mp_glob_is_text(&side->glob))
		err = ask_some(&a, false);
	else if (mp_glob_tail(&side->glob).length > 0)
		err = ask_some(&a, true);
	else
		err = ask_all(&a);
	if (err == 0)
		finish(hits);
	return err;
}

int mp_sides_select(struct mp_trial *trial)
{
	struct mp_side *sides[] = {&trial->first, &trial->second};
	int err = 0;

	for (size_t i = 0; err == 0 && i < 2; i++) {
		err = mp_view_build(trial, sides[i]);
		if (err == 0)
			err = mp_side_select(trial, sides[i], NULL, 0, &sides[i]->hits);
	}
	return err;
}

/* --- groups of the same captured text ------------------------------------------------------ */

void mp_hits_shared(const struct mp_hits *left, const struct mp_hits *right,
		    struct mp_shared *shared)
{
	shared->count = 0;
	for (size_t i = 0; i < left->width; i++) {
		for (size_t j = 0; j < right->width; j++) {
			if (strcmp(left->names[i], right->names[j]) != 0)
				continue;
			shared->left[shared->count] = i;
			shared->right[shared->count++] = j;
			break;
		}
	}
}

static int compare_slices(const struct mp_slice *a, const struct mp_slice *b)
{
	size_t length = a->length < b->length ? a->length : b->length;
	int order = memcmp(a->text, b->text, length);

	return order != 0 ? order : (a->length > b->length) - (a->length < b->length);
}

int mp_hits_compare(const struct mp_hit *a, const size_t *columns_a, const struct mp_hit *b,
		    const size_t *columns_b, size_t count)
{
	if (a->maybe != b->maybe)
		return a->maybe ? 1 : -1;
	for (size_t i = 0; !a->maybe && i < count; i++) {
		int order = compare_slices(&a->captures[columns_a[i]], &b->captures[columns_b[i]]);

		if (order != 0)
			return order;
	}
	return 0;
}

struct columns {
	const size_t *list;
	size_t count;
};

static int compare_groups(const void *left, const void *right, void *context)
{
	const struct columns *columns = context;
	const struct mp_hit *a = left, *b = right;
	int order = mp_hits_compare(a, columns->list, b, columns->list, columns->count);

	return order != 0 ? order : mp_occurrence_compare(a->what, b->what);
}

void mp_hits_group(struct mp_hits *hits, const size_t *columns, size_t count)
{
	struct columns context = {columns, count};

	if (hits->count > 1)
		qsort_r(hits->list, hits->count, sizeof(*hits->list), compare_groups, &context);
}
