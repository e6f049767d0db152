/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a report. Gives: it in one format each; render.c has the table of them. Never: seen
 * outside of this room.
 */
#ifndef MP_FORMATS_H
#define MP_FORMATS_H

#include "render.h"

/* For people: no more than they asked for, no sign that their terminal cannot show. */
int mp_render_text(const struct mp_report *report, FILE *out);

/* TAP version 13, one point for each claim; never a directive, so that a claim that does not hold
 * is a failure for every reader of TAP. -EINVAL without a verdict. */
int mp_render_tap(const struct mp_report *report, FILE *out);

#endif
