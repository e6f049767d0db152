// SPDX-License-Identifier: GPL-2.0-or-later
/* From the word of the user to the value of an option, and what values there can be. */
#include "cli_options.h"

#include <stdio.h>
#include <string.h>

/* Whole numbers only, no sign but `-`, no blanks, nothing behind. *end is where it stopped. */
static bool read_number(const char *text, const char **end, int64_t *value)
{
	bool minus = *text == '-';
	const char *digit = text + minus;
	int64_t number = 0;

	if (*digit < '0' || *digit > '9')
		return false;
	for (; *digit >= '0' && *digit <= '9'; digit++)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, *digit - '0', &number))
			number = INT64_MAX; /* out of any range */
	*end = digit;
	*value = minus ? -number : number;
	return true;
}

static void limits(const struct cli_option *option, int64_t *low, int64_t *high)
{
	*low = option->least;
	*high = option->least || option->most ? option->most : INT64_MAX;
}

static bool within(const struct cli_option *option, int64_t number)
{
	int64_t low, high;

	limits(option, &low, &high);
	return number >= low && number <= high;
}

static void set_flag(const struct cli_option *option, const char *text)
{
	*(bool *)option->value = text != NULL;
}

static void set_count(const struct cli_option *option, const char *text)
{
	int *count = option->value;

	*count = text ? *count + 1 : 0;
}

/* "0 to 10", or "4096 or more": the range as people say it. */
static void describe_range(const struct cli_option *option, char *into, size_t room)
{
	int64_t low, high;

	limits(option, &low, &high);
	if (high == INT64_MAX)
		snprintf(into, room, "%lld or more", (long long)low);
	else
		snprintf(into, room, "%lld to %lld", (long long)low, (long long)high);
}

static void set_number(const struct cli_option *option, const char *text)
{
	int64_t *value = option->value;
	char range[64];
	const char *end;

	*value = 0;
	if (!text)
		return;
	describe_range(option, range, sizeof(range));
	if (!read_number(text, &end, value) || *end)
		cli_bad_value(option, text, "is not a whole number (%s)", range);
	if (!within(option, *value))
		cli_bad_value(option, text, "is out of range (%s)", range);
}

static void set_size(const struct cli_option *option, const char *text)
{
	static const char units[] = "KMG";
	int64_t *value = option->value;
	char range[64];
	const char *end, *unit;

	*value = 0;
	if (!text)
		return;
	describe_range(option, range, sizeof(range));
	if (!read_number(text, &end, value))
		cli_bad_value(option, text, "is not a number of bytes, like 4096, 64K or 8M");
	unit = *end ? strchr(units, *end) : NULL;
	for (ptrdiff_t i = 0; unit && i <= unit - units; i++)
		if (__builtin_mul_overflow(*value, 1024, value))
			*value = INT64_MAX;
	if (*end && (!unit || end[1]))
		cli_bad_value(option, text, "is not a number of bytes, like 4096, 64K or 8M");
	if (!within(option, *value))
		cli_bad_value(option, text, "is out of range (%s bytes)", range);
}

/* Decimal seconds to nanoseconds without floating point: 0.3 is exactly 300000000. */
static bool read_seconds(const char *text, int64_t *value)
{
	int64_t whole = 0, fraction = 0, unit = CLI_SECOND / 10;
	const char *c = text;

	if (*c != '.' && (*c == '-' || !read_number(text, &c, &whole)))
		return false;
	if (*c == '.') {
		if ((c == text && !c[1]) || strspn(c + 1, "0123456789") != strlen(c + 1))
			return false;
		for (c++; *c; c++, unit /= 10)
			fraction += (*c - '0') * unit;
	}
	if (__builtin_mul_overflow(whole, CLI_SECOND, value) ||
	    __builtin_add_overflow(*value, fraction, value))
		*value = INT64_MAX;
	return !*c;
}

/* Nanoseconds as somebody would type them: 0.05, not 0.050000000. */
static void put_seconds(char *into, size_t room, int64_t value)
{
	int length = snprintf(into, room, "%lld.%09lld", (long long)(value / CLI_SECOND),
			      (long long)(value % CLI_SECOND));

	while (length > 0 && (into[length - 1] == '0' || into[length - 1] == '.')) {
		bool point = into[length - 1] == '.';

		into[--length] = 0;
		if (point)
			break;
	}
}

static void describe_seconds(const struct cli_option *option, char *into, size_t room)
{
	char from[32], to[32];
	int64_t low, high;

	limits(option, &low, &high);
	put_seconds(from, sizeof(from), low);
	put_seconds(to, sizeof(to), high);
	if (high == INT64_MAX)
		snprintf(into, room, "%s or more", from);
	else
		snprintf(into, room, "%s to %s", from, to);
}

static void set_seconds(const struct cli_option *option, const char *text)
{
	int64_t *value = option->value;
	char range[80];

	*value = 0;
	if (!text)
		return;
	describe_seconds(option, range, sizeof(range));
	if (!read_seconds(text, value))
		cli_bad_value(option, text, "is not a number of seconds, like 3 or 0.25 (%s)",
			      range);
	if (!within(option, *value))
		cli_bad_value(option, text, "is out of range (%s)", range);
}

static void list_choices(const struct cli_option *option, char *into, size_t room)
{
	size_t length = 0;

	for (const char *const *choice = option->choices; *choice && length < room; choice++)
		length += (size_t)snprintf(into + length, room - length, "%s%s", length ? ", " : "",
					   *choice);
}

static void set_choice(const struct cli_option *option, const char *text)
{
	const char **value = option->value;
	char all[256];
	const char *near;

	*value = NULL;
	for (const char *const *choice = option->choices; text && *choice; choice++)
		if (!strcmp(text, *choice))
			*value = *choice;
	if (!text || *value)
		return;
	list_choices(option, all, sizeof(all));
	near = cli_nearest(text, option->choices);
	if (near)
		cli_bad_value(option, text, "is not one of %s; did you mean %s?", all, near);
	cli_bad_value(option, text, "is not one of %s", all);
}

static void set_text(const struct cli_option *option, const char *text)
{
	*(const char **)option->value = text;
}

static void set_parsed(const struct cli_option *option, const char *text)
{
	if (text && !option->parse(text, option->value))
		cli_bad_value(option, text, "is not %s", option->wants);
}

/* What each kind of option needs. */
static const struct {
	bool argument;
	void (*set)(const struct cli_option *option, const char *text);
	void (*range)(const struct cli_option *option, char *into, size_t room);
} kinds[] = {
	[CLI_FLAG] = {false, set_flag, NULL},
	[CLI_COUNT] = {false, set_count, NULL},
	[CLI_NUMBER] = {true, set_number, describe_range},
	[CLI_SIZE] = {true, set_size, describe_range},
	[CLI_SECONDS] = {true, set_seconds, describe_seconds},
	[CLI_CHOICE] = {true, set_choice, list_choices},
	[CLI_TEXT] = {true, set_text, NULL},
	[CLI_PARSED] = {true, set_parsed, NULL},
};

bool cli_takes_value(const struct cli_option *option)
{
	return kinds[option->kind].argument;
}

void cli_set(const struct cli_option *option, const char *text)
{
	kinds[option->kind].set(option, text);
}

void cli_reset(const struct cli_option *option)
{
	if (option->kind != CLI_PARSED)
		cli_set(option, NULL);
	if (option->fallback)
		cli_set(option, option->fallback);
}

void cli_range(const struct cli_option *option, char *into, size_t room)
{
	*into = 0;
	if (kinds[option->kind].range && (option->least || option->most || option->choices))
		kinds[option->kind].range(option, into, room);
}
