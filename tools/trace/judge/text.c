/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The texts of a view, sorted from their beginning or from their end, so that a hundred thousand
 * patterns over a hundred thousand lines are a hundred thousand short searches.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

static int compare_heads(struct mp_slice a, struct mp_slice b)
{
	size_t length = a.length < b.length ? a.length : b.length;
	int order = length > 0 ? memcmp(a.text, b.text, length) : 0;

	return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

static int compare_tails(struct mp_slice a, struct mp_slice b)
{
	size_t length = a.length < b.length ? a.length : b.length;

	for (size_t i = 1; i <= length; i++) {
		unsigned char x = (unsigned char)a.text[a.length - i];
		unsigned char y = (unsigned char)b.text[b.length - i];

		if (x != y)
			return x < y ? -1 : 1;
	}
	return (a.length > b.length) - (a.length < b.length);
}

struct sorting {
	const struct mp_view *view;
	int (*compare)(struct mp_slice a, struct mp_slice b);
};

static int compare_places(const void *left, const void *right, void *context)
{
	const struct sorting *sorting = context;
	size_t a = *(const size_t *)left, b = *(const size_t *)right;
	int order = sorting->compare(sorting->view->list[a].text, sorting->view->list[b].text);

	return order != 0 ? order : (a > b) - (a < b);
}

int mp_view_sort(struct mp_view *view, bool tail)
{
	struct sorting sorting = {view, tail ? compare_tails : compare_heads};
	size_t **places = tail ? &view->by_tail : &view->by_head;
	size_t count = 0;

	if (*places != NULL)
		return 0;
	*places = malloc((view->count + 1) * sizeof(**places));
	if (*places == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < view->count; i++)
		if (!view->list[i].cut)
			(*places)[count++] = i;
	view->whole_count = count;
	qsort_r(*places, count, sizeof(**places), compare_places, &sorting);
	return 0;
}

/* Compares as much of `text` as `key` is long; with `whole` all of it. */
static int compare_part(struct mp_slice text, struct mp_slice key, bool tail, bool whole)
{
	if (!whole && text.length > key.length) {
		if (tail)
			text.text += text.length - key.length;
		text.length = key.length;
	}
	return tail ? compare_tails(text, key) : compare_heads(text, key);
}

/* The first place whose text is not less than (or, with `above`, greater than) the key. */
static size_t bound(const struct mp_view *view, struct mp_slice key, bool tail, bool whole,
		    bool above)
{
	const size_t *places = tail ? view->by_tail : view->by_head;
	size_t from = 0, to = view->whole_count;

	while (from < to) {
		size_t middle = from + (to - from) / 2;
		int order = compare_part(view->list[places[middle]].text, key, tail, whole);

		if (order < 0 || (above && order == 0))
			from = middle + 1;
		else
			to = middle;
	}
	return from;
}

void mp_view_range(const struct mp_view *view, struct mp_slice text, bool tail, bool whole,
		   size_t *from, size_t *to)
{
	*from = bound(view, text, tail, whole, false);
	*to = bound(view, text, tail, whole, true);
}
