/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No reader can be deceived, and everybody can read his language. */
#include "show.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

static const struct {
	const char *text, *shown;
	int columns;
	const char *title;
} texts[] = {
	{"gr\u00f6\u00dfer", "gr\u00f6\u00dfer", 6, "letters"},
	{"\u65e5\u672c", "\u65e5\u672c", 4, "wide characters"},
	{"\U0001f600", "\U0001f600", 2, "pictures"},
	{"a # b\\c\n", "a # b\\x5cc\\x0a", 14, "a newline and a backslash"},
	{"\033[1m\x7f", "\\x1b[1m\\x7f", 11, "what a terminal obeys"},
	{"\xc2\x85\xc2\x9b[1m", "\\xc2\\x85\\xc2\\x9b[1m", 19, "and the same beyond ASCII"},
	{"\u2028\u2029", "\\xe2\\x80\\xa8\\xe2\\x80\\xa9", 24, "ends of lines"},
	{"\u202ex\u2066", "\\xe2\\x80\\xaex\\xe2\\x81\\xa6", 25, "what turns a line around"},
	{"\u200b\ufeff", "\\xe2\\x80\\x8b\\xef\\xbb\\xbf", 24, "what has no width"},
	{"e\u0301", "e\\xcc\\x81", 9, "what goes over what is before it"},
	{"a\u00a0b", "a\\xc2\\xa0b", 10, "a blank that is none"},
	{"a\u2003b", "a\\xe2\\x80\\x83b", 14, "a blank that is another one"},
	{"\xc3", "\\xc3", 4, "the first half of a character"},
	{"\x9f\xc3\xc3\x9f", "\\x9f\\xc3\xc3\x9f", 9, "the second one, and one beside a whole one"},
	{"\xc0\xaf\xe0\x80\xaf", "\\xc0\\xaf\\xe0\\x80\\xaf", 20, "characters that are too long"},
	{"\xed\xa0\x80", "\\xed\\xa0\\x80", 12, "half of a pair"},
	{"\xf4\x90\x80\x80\xff", "\\xf4\\x90\\x80\\x80\\xff", 20, "what is beyond the last one"},
};

static char *shown(const char *text, size_t length, unsigned escape)
{
	char *got = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&got, &size);

	if (out == NULL)
		tap_bail("no memory");
	mp_print_shown(out, text, length, escape);
	if (fclose(out) != 0)
		tap_bail("no memory");
	return got;
}

static void test_ascii(void)
{
	char every[256], *got;
	bool printable = true;

	for (int i = 0; i < 256; i++)
		every[i] = (char)i;
	got = shown(every, sizeof(every), MP_ESCAPE_BACKSLASH);
	for (const char *c = got; *c != '\0'; c++)
		printable = printable && *c >= 0x20 && *c <= 0x7e;
	is_int((int64_t)strlen(got), 94 + (256 - 94) * 4, "94 bytes are shown as they are");
	ok(printable, "the others are escaped");
	free(got);
	got = shown("a # b\\c\n", 8, MP_ESCAPE_BACKSLASH | MP_ESCAPE_NUMBER_SIGN);
	is_string(got, "a \\x23 b\\x5cc\\x0a", "in TAP the comment sign too");
	free(got);
	got = shown("a # b\\c\n", 8, 0);
	is_string(got, "a # b\\c\\x0a", "and where an escape is meant, not the backslash");
	free(got);
	got = shown("\u00df", 2, MP_ESCAPE_BACKSLASH);
	is_string(got, "\\xc3\\x9f", "so is a letter, for a reader of ASCII");
	free(got);
}

static void test_utf8(void)
{
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char *got = shown(texts[i].text, strlen(texts[i].text), MP_ESCAPE_BACKSLASH);

		is_string(got, texts[i].shown, "%s", texts[i].title);
		is_int(mp_columns(got, strlen(got)), texts[i].columns, "are so many columns");
		free(got);
	}
}

int main(void)
{
	char *got;

	tap_plan(0);
	ok(!mp_speaks_utf8(), "nobody reads more than ASCII before the locale is known");
	test_ascii();
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		tap_bail("there is no locale C.UTF-8");
	ok(mp_speaks_utf8(), "then somebody reads UTF-8");
	test_utf8();
	got = shown("\u00df", 2, MP_ESCAPE_BEYOND_ASCII);
	is_string(got, "\\xc3\\x9f", "but not what a stranger wrote");
	free(got);
	return tap_done();
}
