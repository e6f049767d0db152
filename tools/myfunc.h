/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a number. Gives: a heading with the number, and so many lines, on standard output. Never:
 * knows which process it runs in, or which program it is part of: several demos run it.
 */
#ifndef MP_MYFUNC_H
#define MP_MYFUNC_H

#include <stdint.h>

/* Returns how many lines followed the heading: the number, or 0 when it is negative. */
int64_t myfunc(int64_t number);

#endif
