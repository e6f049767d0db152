/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Expressions: numbers, and times that are so many units. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

/* The parser bounds a line, so no honest expression comes near to this. */
#define DEPTH 512

void mp_scope_set(struct mp_scope *scope, size_t at, const char *name, int64_t value)
{
	scope->counters[at] = (struct mp_counting){name, value};
	scope->count = at + 1;
}

const int64_t *mp_scope_find(const struct mp_scope *scope, const char *name)
{
	for (size_t i = scope->count; i > 0; i--)
		if (strcmp(scope->counters[i - 1].name, name) == 0)
			return &scope->counters[i - 1].value;
	return NULL;
}

int mp_parameter_unusable(struct mp_judging *judging, const struct mp_decl *decl, const char *text,
			  const char *what)
{
	if (judging->why == NULL &&
	    asprintf(&judging->why, "parameter %s: \"%s\" is not %s", decl->name, text, what) < 0) {
		judging->why = NULL;
		return -ENOMEM;
	}
	return -EINVAL;
}

static int parameter_number(struct mp_judging *judging, const char *name, bool whole,
			    struct mp_decimal *out)
{
	const struct mp_decl *decl = mp_parameter_find(judging, name);
	const char *text = decl != NULL ? mp_parameter_text(judging, decl) : NULL;
	char *end;

	if (text == NULL)
		return MP_OVERFLOW;
	if (!whole && mp_decimal_read(text, strlen(text), out))
		return 0;
	if (!whole)
		return mp_parameter_unusable(judging, decl, text, "a number of at most 18 digits");
	errno = 0;
	*out = (struct mp_decimal){strtoll(text, &end, 10), 0};
	if (end == text || *end != '\0' || errno != 0)
		return mp_parameter_unusable(judging, decl, text, "a whole number");
	return 0;
}

static bool apply(enum mp_expr_kind kind, struct mp_decimal a, struct mp_decimal b,
		  struct mp_decimal *out)
{
	switch (kind) {
	case MP_EXPR_ADD:
		return mp_decimal_add(a, b, out);
	case MP_EXPR_SUBTRACT:
		return mp_decimal_subtract(a, b, out);
	case MP_EXPR_MULTIPLY:
		return mp_decimal_multiply(a, b, out);
	case MP_EXPR_NUMBER:
	case MP_EXPR_NAME:
		break;
	}
	return false;
}

static int value_at(const struct mp_scope *scope, const struct mp_expr *expr, unsigned depth,
		    bool whole, struct mp_decimal *out)
{
	struct mp_decimal left, right;
	const int64_t *counter;
	int err;

	if (depth > DEPTH)
		return MP_TOO_DEEP;
	if (expr->kind == MP_EXPR_NUMBER) {
		*out = (struct mp_decimal){expr->number, expr->scale};
		return 0;
	}
	if (expr->kind == MP_EXPR_NAME) {
		counter = mp_scope_find(scope, expr->name);
		if (counter == NULL)
			return parameter_number(scope->judging, expr->name, whole, out);
		*out = (struct mp_decimal){*counter, 0};
		return 0;
	}
	err = value_at(scope, expr->left, depth + 1, whole, &left);
	if (err == 0)
		err = value_at(scope, expr->right, depth + 1, whole, &right);
	if (err != 0)
		return err;
	return apply(expr->kind, left, right, out) ? 0 : MP_OVERFLOW;
}

int mp_value(const struct mp_scope *scope, const struct mp_expr *expr, int64_t *out)
{
	struct mp_decimal number;
	int err = value_at(scope, expr, 0, true, &number);

	if (err == 0)
		*out = number.digits;
	return err;
}

int mp_decimal_value(const struct mp_scope *scope, const struct mp_expr *expr,
		     struct mp_decimal *out)
{
	return value_at(scope, expr, 0, false, out);
}

/* The first parameter of an expression: the one to name when the whole is too much. */
static const struct mp_decl *parameter_in(const struct mp_judging *judging,
					  const struct mp_expr *expr, unsigned depth)
{
	const struct mp_decl *found;

	if (expr == NULL || depth > DEPTH)
		return NULL;
	if (expr->kind == MP_EXPR_NAME)
		return mp_parameter_find(judging, expr->name);
	found = parameter_in(judging, expr->left, depth + 1);
	return found != NULL ? found : parameter_in(judging, expr->right, depth + 1);
}

int mp_time_value(const struct mp_scope *scope, const struct mp_time *time, uint64_t *ns)
{
	struct mp_judging *judging = scope->judging;
	const struct mp_decl *decl;
	struct mp_decimal number;
	int err = 0;

	*ns = 0;
	if (time->number == NULL)
		return 0;
	err = mp_decimal_value(scope, time->number, &number);
	if (err == 0 && !mp_decimal_ns(number, time->unit, ns))
		err = MP_OVERFLOW;
	decl = err == MP_OVERFLOW ? parameter_in(judging, time->number, 0) : NULL;
	return decl == NULL ? err
			    : mp_parameter_unusable(judging, decl, mp_parameter_text(judging, decl),
						    "small enough for a time");
}

int mp_signal_of(struct mp_judging *judging, const struct mp_signal_word *word, int *number)
{
	const char *text;

	*number = word->number;
	if (word->number != 0 || word->parameter == NULL)
		return 0;
	text = mp_parameter_text(judging, word->parameter);
	*number = text != NULL ? mp_signal_number(text, strlen(text)) : 0;
	return *number != 0 ? 0
			    : mp_parameter_unusable(judging, word->parameter,
						    text != NULL ? text : "", "a signal");
}

struct mp_slice mp_number_slice(int64_t number)
{
	static char texts[128][4];

	if (number < 0 || number >= 128)
		return (struct mp_slice){"?", 1};
	if (texts[number][0] == '\0')
		snprintf(texts[number], sizeof(texts[number]), "%d", (int)number);
	return (struct mp_slice){texts[number], strlen(texts[number])};
}
