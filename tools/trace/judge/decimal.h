/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: digits, perhaps with a dot. Gives: exact arithmetic with them; what does not fit is said,
 * never rounded. Never: uses floating point.
 */
#ifndef MP_JUDGE_DECIMAL_H
#define MP_JUDGE_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* digits / 10^scale; the last of the digits behind the dot is not 0. */
struct mp_decimal {
	int64_t digits;
	unsigned scale; /* up to MP_DECIMAL_SCALE */
};
#define MP_DECIMAL_SCALE 18

/* "10", "-1", "0.25", ".5", "5.". False: it is none, or has more digits than fit. */
bool mp_decimal_read(const char *text, size_t length, struct mp_decimal *out);
bool mp_decimal_add(struct mp_decimal a, struct mp_decimal b, struct mp_decimal *out);
bool mp_decimal_subtract(struct mp_decimal a, struct mp_decimal b, struct mp_decimal *out);
bool mp_decimal_multiply(struct mp_decimal a, struct mp_decimal b, struct mp_decimal *out);
int mp_decimal_compare(struct mp_decimal a, struct mp_decimal b);
/* So many units of so many nanoseconds; what is below a nanosecond falls away, below 0 is 0. */
bool mp_decimal_ns(struct mp_decimal number, uint64_t unit, uint64_t *ns);

#endif
