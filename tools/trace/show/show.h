/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: bytes from outside. Gives: what a reader may be shown of them, and how wide it is.
 * Never: a control code, or what is not drawn: blanks that are not ASCII, characters without a
 * width, and those that turn the direction of a line.
 *
 * Shown are printable ASCII and, where the locale of the process is one of UTF-8, its characters
 * that a terminal draws. Every other byte becomes \xNN. Until somebody has called
 * setlocale(LC_CTYPE, ...), only ASCII is shown.
 */
#ifndef MP_SHOW_H
#define MP_SHOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* What is not shown either, joined by `|`. */
enum mp_escape {
	MP_ESCAPE_BACKSLASH = 1,   /* else it could be taken for the beginning of an escape */
	MP_ESCAPE_NUMBER_SIGN = 2, /* in TAP it begins a directive */
	MP_ESCAPE_BEYOND_ASCII = 4 /* of a stranger, who may mix directions and look-alikes */
};

#define MP_SHOWN_MOST 4 /* "\x1b", or a character of UTF-8 */

/* Does the locale speak UTF-8? */
bool mp_speaks_utf8(void);

/*
 * Writes what is shown of the first character of a text that is not empty, or of its first byte,
 * without a zero behind it. Returns how many bytes it wrote; *taken: how many of the text they
 * stand for.
 */
size_t mp_show_first(const char *text, size_t length, unsigned escape, char out[MP_SHOWN_MOST],
		     size_t *taken);

/* All of a text, to a stream. */
void mp_print_shown(FILE *out, const char *text, size_t length, unsigned escape);

/* How many columns of a terminal it takes to show a text that came from here or is ours. */
int mp_columns(const char *text, size_t length);

#endif
