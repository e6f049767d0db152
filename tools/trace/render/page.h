/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: words that are already escaped. Gives: them on a page of a width, in columns, with the
 * signs and the colour that its reader can see. Never: knows what they say.
 */
#ifndef MP_PAGE_H
#define MP_PAGE_H

#include "render.h"

struct mp_signs {
	const char *branch, *last, *through, *blank; /* of a tree; three columns each */
	const char *alive, *zombie;		     /* of a bar; one column each */
	const char *holds, *broken, *inconclusive;   /* one column each */
	const char *arrow;
	int arrow_width;
	const char *dot; /* between the parts of a line, one column */
};

enum mp_style { MP_PLAIN, MP_HEADING, MP_FAINT, MP_GOOD, MP_BAD, MP_DOUBTFUL, MP_STYLES };

struct mp_page {
	const struct mp_report *report;
	const struct mp_signs *signs;
	FILE *out;
	int width;
	int column; /* where the next character goes */
};

void mp_page_begin(struct mp_page *page, const struct mp_report *report, FILE *out);
/* 0, or a negative errno when something did not get out. */
int mp_page_end(struct mp_page *page);

/* An empty line, and the title of what follows. */
void mp_page_heading(struct mp_page *page, const char *title);
/* One line's piece, `columns` wide on the screen (its bytes may be more). */
void mp_page_put(struct mp_page *page, enum mp_style style, const char *text);
void mp_page_sign(struct mp_page *page, enum mp_style style, const char *sign, int columns);
/* Blanks up to a column, at least `least` of them. */
void mp_page_go(struct mp_page *page, int column, int least);
/* Words that go on in the next line, under where they began, when the line is full. */
void mp_page_wrap(struct mp_page *page, enum mp_style style, const char *text);
void mp_page_newline(struct mp_page *page);

#endif
