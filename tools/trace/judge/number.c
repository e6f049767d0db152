/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers in lines, for patterns such as "{0 to 256}": as they are usually printed, with a "-" or
 * without a sign and with no zero in front. A number has all the digits that stand together: the
 * 12 of 123 is none.
 */
#include "inside.h"

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || is_digit(c);
}

/* Is what stands before text[at] part of the same number? "-" behind a letter is a hyphen. */
static bool continues(struct mp_slice text, size_t at)
{
	if (at == 0)
		return false;
	if (text.text[at - 1] != '-')
		return is_digit(text.text[at - 1]);
	return at == 1 || !is_letter(text.text[at - 2]);
}

static bool is_text(const struct mp_glob *glob, size_t part)
{
	return part < glob->count && glob->parts[part].kind == MP_PART_LITERAL;
}

/* The digits from text[at] on, which end at text[*end]; false: too many for a number. */
static bool read_digits(struct mp_slice text, size_t at, bool negative, size_t *end, int64_t *value)
{
	bool good = true;

	for (*value = 0, *end = at; *end < text.length && is_digit(text.text[*end]); ++*end) {
		int digit = text.text[*end] - '0';

		good = good && !__builtin_mul_overflow(*value, 10, value) &&
		       !__builtin_add_overflow(*value, negative ? -digit : digit, value);
	}
	return good;
}

size_t mp_number_length(const struct mp_glob *glob, size_t part, struct mp_slice text, size_t at,
			bool open)
{
	bool negative = at < text.length && text.text[at] == '-';
	size_t first = at + negative, end;
	int64_t value;

	/* The pattern's own text may end in digits; what "*" took may not. */
	if (!(part > 0 && is_text(glob, part - 1)) && continues(text, at))
		return 0;
	if (!read_digits(text, first, negative, &end, &value) || end == first)
		return 0;
	if (text.text[first] == '0' && (negative || end > first + 1))
		return 0;
	if (open && end == text.length)
		return 0;
	return value >= glob->parts[part].low && value <= glob->parts[part].high ? end - at : 0;
}
