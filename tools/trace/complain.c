/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "complain.h"

#include <stdarg.h>
#include <string.h>

#include "show.h"

int mp_complain(const char *format, ...)
{
	char line[2048];
	va_list args;

	va_start(args, format);
	vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	fputs("mp-trace: ", stderr);
	mp_print_shown(stderr, line, strlen(line), MP_ESCAPE_BACKSLASH);
	putc('\n', stderr);
	return MP_CANNOT;
}
