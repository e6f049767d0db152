/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "complain.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include "show.h"

static const char *opener; /* NULL: who called */

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

int mp_complain_file(const char *what, const char *path, int error)
{
	bool refused = error == EACCES || error == EPERM;

	if (refused && opener != NULL)
		return mp_complain("cannot %s %s: %s (as user %s)", what, path, strerror(error),
				   opener);
	return mp_complain("cannot %s %s: %s", what, path, strerror(error));
}

void mp_complain_as(const char *user)
{
	opener = user;
}
