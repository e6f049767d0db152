/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: what is wrong. Gives: one line on standard error. Never: lets a byte through that a
 * terminal would obey: names of files and commands are in it.
 */
#ifndef MP_COMPLAIN_H
#define MP_COMPLAIN_H

#define MP_CANNOT 2 /* exit status: what was asked for cannot be done */

/* "mp-trace: message". Returns MP_CANNOT, for `return mp_complain(…)`. */
int mp_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "cannot WHAT PATH: why", and when it was refused to the user of mp_complain_as(), that one. */
int mp_complain_file(const char *what, const char *path, int error);
/* From now on files are opened as this user, who is not the one who called. */
void mp_complain_as(const char *user);

#endif
