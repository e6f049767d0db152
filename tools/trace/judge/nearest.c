/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which known word was meant: edit distance, where two letters that changed places count once. */
#include <ctype.h>
#include <string.h>

#include "parser.h"

/* Longer words are not compared: nobody is helped, and the time stays bounded. */
#define LONGEST 32

static unsigned least(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static bool same_letter(char a, char b)
{
	return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static unsigned distance(const char *a, size_t rows, const char *b, size_t columns)
{
	unsigned table[LONGEST + 1][LONGEST + 1];
	size_t i, j;

	for (j = 0; j <= columns; j++)
		table[0][j] = (unsigned)j;
	for (i = 1; i <= rows; i++) {
		table[i][0] = (unsigned)i;
		for (j = 1; j <= columns; j++) {
			unsigned best = table[i - 1][j - 1] + !same_letter(a[i - 1], b[j - 1]);

			best = least(best, table[i - 1][j] + 1);
			best = least(best, table[i][j - 1] + 1);
			if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
			    same_letter(a[i - 2], b[j - 1]))
				best = least(best, table[i - 2][j - 2] + 1);
			table[i][j] = best;
		}
	}
	return table[rows][columns];
}

void mp_nearest_start(struct mp_nearest *near, const char *text, size_t length)
{
	near->text = text;
	near->length = length;
	near->word = NULL;
	/* one more than the letters that may be wrong: a short word is soon like any other */
	near->distance = length < 3 ? 0 : length < 5 ? 2 : length < 8 ? 3 : 4;
}

void mp_nearest_try(struct mp_nearest *near, const char *word, size_t length)
{
	unsigned d;

	if (near->length > LONGEST || length > LONGEST)
		return;
	if (length == near->length && !memcmp(word, near->text, length))
		return; /* it stands in the wrong place: not a matter of spelling */
	d = distance(near->text, near->length, word, length);
	if (d < near->distance && d < length) {
		near->distance = d;
		near->word = word;
	}
}

const char *mp_nearest_of(const struct mp_token *token, const char *const words[])
{
	struct mp_nearest near;

	if (token->kind != MP_TOKEN_WORD)
		return NULL;
	mp_nearest_start(&near, token->text, token->length);
	for (; *words; words++)
		mp_nearest_try(&near, *words, strlen(*words));
	return near.word;
}
