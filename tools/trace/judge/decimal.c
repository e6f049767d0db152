/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "decimal.h"

static int64_t power(unsigned exponent)
{
	int64_t result = 1;

	while (exponent-- > 0)
		result *= 10;
	return result;
}

/* Without zeros at its end; false: too many digits are left behind the dot. */
static bool shorten(struct mp_decimal *number)
{
	while (number->scale > 0 && number->digits % 10 == 0) {
		number->digits /= 10;
		number->scale = number->digits == 0 ? 0 : number->scale - 1;
	}
	return number->scale <= MP_DECIMAL_SCALE;
}

static bool append(struct mp_decimal *number, int digit)
{
	return !__builtin_mul_overflow(number->digits, 10, &number->digits) &&
	       !__builtin_add_overflow(number->digits, digit, &number->digits);
}

/* Zeros at the end of what stands behind the dot are not digits that have to fit. */
static size_t without_zeros(const char *text, size_t length)
{
	size_t dot = 0;

	while (dot < length && text[dot] != '.')
		dot++;
	while (dot + 2 < length && text[length - 1] == '0')
		length--;
	return length;
}

bool mp_decimal_read(const char *text, size_t length, struct mp_decimal *out)
{
	bool negative = length > 0 && *text == '-', behind = false, any = false;

	*out = (struct mp_decimal){0, 0};
	length = without_zeros(text, length);
	for (size_t i = negative; i < length; i++) {
		bool dot = text[i] == '.' && !behind, digit = text[i] >= '0' && text[i] <= '9';

		behind |= dot;
		any |= digit;
		if (dot)
			continue;
		if (!digit || out->scale > MP_DECIMAL_SCALE || !append(out, text[i] - '0'))
			return false;
		out->scale += behind;
	}
	if (negative)
		out->digits = -out->digits;
	return any && shorten(out);
}

/* As many digits behind the dot in both. */
static bool align(struct mp_decimal *a, struct mp_decimal *b)
{
	for (; a->scale < b->scale; a->scale++)
		if (!append(a, 0))
			return false;
	for (; b->scale < a->scale; b->scale++)
		if (!append(b, 0))
			return false;
	return true;
}

bool mp_decimal_add(struct mp_decimal a, struct mp_decimal b, struct mp_decimal *out)
{
	if (!align(&a, &b) || __builtin_add_overflow(a.digits, b.digits, &a.digits))
		return false;
	*out = a;
	return shorten(out);
}

bool mp_decimal_subtract(struct mp_decimal a, struct mp_decimal b, struct mp_decimal *out)
{
	if (!align(&a, &b) || __builtin_sub_overflow(a.digits, b.digits, &a.digits))
		return false;
	*out = a;
	return shorten(out);
}

bool mp_decimal_multiply(struct mp_decimal a, struct mp_decimal b, struct mp_decimal *out)
{
	out->scale = a.scale + b.scale;
	return !__builtin_mul_overflow(a.digits, b.digits, &out->digits) && shorten(out);
}

static int compare(int64_t a, int64_t b)
{
	return (a > b) - (a < b);
}

/* First what stands before the dot, then what stands behind it: that always fits. */
int mp_decimal_compare(struct mp_decimal a, struct mp_decimal b)
{
	int64_t one = power(a.scale), other = power(b.scale);
	int order = compare(a.digits / one, b.digits / other);

	if (order != 0)
		return order;
	return compare(a.digits % one * power(MP_DECIMAL_SCALE - a.scale),
		       b.digits % other * power(MP_DECIMAL_SCALE - b.scale));
}

/* From the last digit behind the dot to the first: so nothing is lost before the end. */
bool mp_decimal_ns(struct mp_decimal number, uint64_t unit, uint64_t *ns)
{
	uint64_t whole = number.digits > 0 ? (uint64_t)number.digits : 0, part = 0;

	for (; number.scale > 0; number.scale--, whole /= 10)
		part = (whole % 10 * unit + part) / 10;
	return !__builtin_mul_overflow(whole, unit, ns) && !__builtin_add_overflow(*ns, part, ns);
}
