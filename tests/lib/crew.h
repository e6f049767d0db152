/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: the library. Gives: what the tests of pools have in common: pools, numbers and their
 * squares. Never: leaves a worker behind.
 */
#ifndef CREW_H
#define CREW_H

#include <mproc.h>

enum { MANY = 1000 };

/* It cannot fail. */
struct mp_pool *make_pool(unsigned workers, const struct mp_pool_options *options);
/* Closes it, joins it, looks whether it is empty, and frees it: so many points. */
void end_pool(struct mp_pool *pool);
/* Looks whether a worker crashed, first. */
void end_pool_well(struct mp_pool *pool);

mp_pool_function square;     /* of an int64_t */
mp_pool_function sleep_long; /* for so many milliseconds, unsigned */

extern int64_t numbers[MANY], squares[MANY];
/* Of the first numbers; all squares are -1 before. */
struct mp_pool_job square_job(size_t count, size_t chunk);
/* Whether these were squared, and no more. */
bool are_squares(size_t count);

#endif
