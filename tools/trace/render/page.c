/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "page.h"

#include <errno.h>
#include <string.h>

#include "show.h"

#define WIDTH_DEFAULT 80
#define WIDTH_LEAST   60  /* narrower, words are better wrapped by the terminal */
#define WIDTH_MOST    100 /* longer lines are hard to read */

static const struct mp_signs utf8_signs = {
	.branch = "├─ ",
	.last = "└─ ",
	.through = "│  ",
	.blank = "   ",
	.alive = "━",
	.zombie = "╌",
	.holds = "✓",
	.broken = "✗",
	.inconclusive = "?",
	.arrow = "→",
	.arrow_width = 1,
	.dot = "·",
};

static const struct mp_signs ascii_signs = {
	.branch = "|- ",
	.last = "`- ",
	.through = "|  ",
	.blank = "   ",
	.alive = "=",
	.zombie = ".",
	.holds = "+",
	.broken = "x",
	.inconclusive = "?",
	.arrow = "->",
	.arrow_width = 2,
	.dot = "-",
};

static const char *const styles[MP_STYLES] = {
	[MP_PLAIN] = "",	[MP_HEADING] = "\033[1m", [MP_FAINT] = "\033[2m",
	[MP_GOOD] = "\033[32m", [MP_BAD] = "\033[1;31m",  [MP_DOUBTFUL] = "\033[33m",
};

void mp_page_begin(struct mp_page *page, const struct mp_report *report, FILE *out)
{
	page->report = report;
	page->signs = report->utf8 ? &utf8_signs : &ascii_signs;
	page->out = out;
	page->width = report->width > 0 ? report->width : WIDTH_DEFAULT;
	if (page->width < WIDTH_LEAST)
		page->width = WIDTH_LEAST;
	if (page->width > WIDTH_MOST)
		page->width = WIDTH_MOST;
	page->column = 0;
}

int mp_page_end(struct mp_page *page)
{
	errno = 0;
	if (fflush(page->out) == 0 && !ferror(page->out))
		return 0;
	return errno != 0 ? -errno : -EIO;
}

static void styled(struct mp_page *page, enum mp_style style, const char *text, size_t length)
{
	bool colored = page->report->color && style != MP_PLAIN;

	if (colored)
		fputs(styles[style], page->out);
	fwrite(text, 1, length, page->out);
	if (colored)
		fputs("\033[0m", page->out);
}

void mp_page_sign(struct mp_page *page, enum mp_style style, const char *sign, int columns)
{
	styled(page, style, sign, strlen(sign));
	page->column += columns;
}

void mp_page_put(struct mp_page *page, enum mp_style style, const char *text)
{
	size_t length = strlen(text);

	styled(page, style, text, length);
	page->column += mp_columns(text, length);
}

void mp_page_go(struct mp_page *page, int column, int least)
{
	int blanks = column - page->column;

	if (blanks < least)
		blanks = least;
	fprintf(page->out, "%*s", blanks, "");
	page->column += blanks;
}

void mp_page_newline(struct mp_page *page)
{
	putc('\n', page->out);
	page->column = 0;
}

void mp_page_heading(struct mp_page *page, const char *title)
{
	mp_page_newline(page);
	mp_page_put(page, MP_HEADING, title);
}

/* The end of what fits in `room` columns: behind a word, or the whole text. A word that is longer
 * than a line is left to the terminal. */
static size_t fitting(const char *text, int room)
{
	size_t end = strcspn(text, " ");

	while (text[end] != '\0') {
		size_t next = end + strspn(text + end, " ");

		next += strcspn(text + next, " ");
		if (mp_columns(text, next) > room)
			break;
		end = next;
	}
	return end;
}

void mp_page_wrap(struct mp_page *page, enum mp_style style, const char *text)
{
	int indent = page->column;
	int room = page->width > indent + 20 ? page->width - indent : 20;

	for (;;) {
		size_t length = fitting(text, room);

		styled(page, style, text, length);
		page->column += mp_columns(text, length);
		text += length;
		text += strspn(text, " ");
		if (*text == '\0')
			return;
		mp_page_newline(page);
		mp_page_go(page, indent, 0);
	}
}
