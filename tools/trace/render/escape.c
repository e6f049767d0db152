/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "escape.h"

static bool plain(unsigned char byte, bool tap)
{
	return byte >= 0x20 && byte <= 0x7e && byte != '\\' && !(tap && byte == '#');
}

size_t mp_escape_byte(char byte, bool tap, char out[MP_ESCAPED_BYTE])
{
	static const char digits[] = "0123456789abcdef";
	unsigned char value = (unsigned char)byte;

	if (plain(value, tap)) {
		out[0] = byte;
		return 1;
	}
	out[0] = '\\';
	out[1] = 'x';
	out[2] = digits[value >> 4];
	out[3] = digits[value & 15];
	return MP_ESCAPED_BYTE;
}

void mp_print_escaped(FILE *out, const char *text, size_t length, bool tap)
{
	char escaped[MP_ESCAPED_BYTE];

	for (size_t i = 0; i < length; i++)
		fwrite(escaped, 1, mp_escape_byte(text[i], tap, escaped), out);
}
