/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "show.h"

#include <langinfo.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

bool mp_speaks_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* They count as drawn, but nothing is seen of them. */
static const wchar_t blanks[] = L"\u00a0\u00ad\u115f\u1160\u2007\u202f\u2800\u3164\uffa0";

/* The bytes of the character beyond ASCII at the beginning, and its columns; 0: none is drawn. */
static size_t drawn(const char *text, size_t length, int *columns)
{
	mbstate_t state = {0};
	wchar_t character;
	size_t bytes;

	if ((unsigned char)*text < 0x80 || !mp_speaks_utf8())
		return 0;
	bytes = mbrtowc(&character, text, length, &state);
	if (bytes == 0 || bytes > MP_SHOWN_MOST || !iswgraph((wint_t)character) ||
	    wcschr(blanks, character) != NULL)
		return 0;
	*columns = wcwidth(character);
	return *columns > 0 ? bytes : 0;
}

static bool plain(unsigned char byte, unsigned escape)
{
	return byte >= 0x20 && byte <= 0x7e && !(byte == '\\' && (escape & MP_ESCAPE_BACKSLASH)) &&
	       !(byte == '#' && (escape & MP_ESCAPE_NUMBER_SIGN));
}

size_t mp_show_first(const char *text, size_t length, unsigned escape, char out[MP_SHOWN_MOST],
		     size_t *taken)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char byte = (unsigned char)*text;
	int columns;
	size_t bytes = plain(byte, escape);

	if (bytes == 0 && !(escape & MP_ESCAPE_BEYOND_ASCII))
		bytes = drawn(text, length, &columns);
	*taken = bytes > 0 ? bytes : 1;
	if (bytes > 0) {
		memcpy(out, text, bytes);
		return bytes;
	}
	out[0] = '\\';
	out[1] = 'x';
	out[2] = digits[byte >> 4];
	out[3] = digits[byte & 15];
	return 4;
}

void mp_print_shown(FILE *out, const char *text, size_t length, unsigned escape)
{
	char shown[MP_SHOWN_MOST];
	size_t taken;

	for (; length > 0; text += taken, length -= taken)
		fwrite(shown, 1, mp_show_first(text, length, escape, shown, &taken), out);
}

int mp_columns(const char *text, size_t length)
{
	int all = 0;

	while (length > 0) {
		int columns;
		size_t bytes = drawn(text, length, &columns);

		all += bytes > 0 ? columns : 1;
		bytes = bytes > 0 ? bytes : 1;
		text += bytes;
		length -= bytes;
	}
	return all;
}
