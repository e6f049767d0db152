/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a byte from outside. Gives: what may be shown of it. Never: a control code, a backslash
 * that could be taken for the beginning of an escape, a byte that is not ASCII.
 */
#ifndef MP_ESCAPE_H
#define MP_ESCAPE_H

#include "render.h"

#define MP_ESCAPED_BYTE 4 /* "\x1b" */

/* Writes one to four characters without a zero behind; returns how many. */
size_t mp_escape_byte(char byte, bool tap, char out[MP_ESCAPED_BYTE]);

#endif
