// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <string.h>

#define LONGEST 40

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Levenshtein's distance; a swap of two neighbours counts as one, it is the commonest slip. */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][LONGEST + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2];
	size_t width = strlen(b);

	for (size_t j = 0; j <= width; j++)
		row[j] = j;
	for (size_t i = 1; i <= strlen(a); i++) {
		size_t *reuse = before;

		before = last;
		last = row;
		row = reuse;
		row[0] = i;
		for (size_t j = 1; j <= width; j++) {
			row[j] = least(least(last[j], row[j - 1]) + 1,
				       last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return row[width];
}

const char *cli_nearest(const char *word, const char *const *words)
{
	const char *nearest = NULL;
	/* Half of the word wrong is no likeness. */
	size_t limit = strlen(word) / 2 + 1, closest = limit;

	if (strlen(word) > LONGEST)
		return NULL;
	for (; *words; words++) {
		size_t away;

		if (strlen(*words) > LONGEST)
			continue;
		/* A beginning is what somebody who abbreviates means. */
		away = *word && !strncmp(word, *words, strlen(word)) ? 1 : distance(word, *words);
		if (away < closest) {
			nearest = *words;
			closest = away;
		}
	}
	return nearest;
}
