/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parameters, which take their values from the command's own arguments, and expressions. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

/* The parser bounds a line, so no honest expression comes near to this. */
#define DEPTH 512

/*
 * The arguments of the command as its last program saw them (a wrapper that ends in `exec tool
 * -n 5` speaks of tool's options), or as it was given when those were too long for an event.
 */
static char *const *arguments(const struct mp_judging *judging)
{
	const struct mp_model *model = judging->model;
	const struct mp_process *command = model->process_count > 0 ? model->processes[0] : NULL;

	if (command != NULL && command->image_count > 0) {
		const struct mp_image *last = &command->images[command->image_count - 1];

		if (!last->cut && last->argv != NULL && last->argv[0] != NULL)
			return last->argv;
	}
	return model->record != NULL ? model->record->argv : NULL;
}

/* What `word` gives to the parameter; NULL: nothing. *next: the value is the word after it. */
static const char *given(const struct mp_decl *decl, const char *word, bool *next)
{
	size_t length = decl->long_option != NULL ? strlen(decl->long_option) : 0;

	*next = false;
	if (word[0] != '-' || word[1] == '\0')
		return NULL;
	if (word[1] != '-' && decl->short_option != 0 && word[1] == decl->short_option) {
		*next = word[2] == '\0';
		return *next ? NULL : word + 2;
	}
	if (word[1] == '-' && length > 0 && strncmp(word + 2, decl->long_option, length) == 0) {
		*next = word[2 + length] == '\0';
		return word[2 + length] == '=' ? word + 3 + length : NULL;
	}
	return NULL;
}

const char *mp_parameter_text(const struct mp_judging *judging, const struct mp_decl *decl)
{
	char *const *argv = arguments(judging);
	const char *value = decl->fallback;

	if (argv == NULL || argv[0] == NULL)
		return value;
	for (size_t i = 1; argv[i] != NULL && strcmp(argv[i], "--") != 0; i++) {
		bool next;
		const char *text = given(decl, argv[i], &next);

		if (next && argv[i + 1] != NULL)
			text = argv[++i];
		if (text != NULL)
			value = text;
	}
	return value;
}

const struct mp_decl *mp_parameter_find(const struct mp_judging *judging, const char *name)
{
	const struct mp_contract *contract = judging->contract;

	for (size_t i = 0; i < contract->decl_count; i++)
		if (contract->decls[i]->kind == MP_DECL_PARAMETER &&
		    strcmp(contract->decls[i]->name, name) == 0)
			return contract->decls[i];
	return NULL;
}

static int unusable(struct mp_judging *judging, const struct mp_decl *decl, const char *text,
		    const char *what)
{
	if (judging->why == NULL &&
	    asprintf(&judging->why, "parameter %s: \"%s\" is not %s", decl->name, text, what) < 0) {
		judging->why = NULL;
		return -ENOMEM;
	}
	return -EINVAL;
}

static int parameter_number(struct mp_judging *judging, const char *name, int64_t *out)
{
	const struct mp_decl *decl = mp_parameter_find(judging, name);
	const char *text = decl != NULL ? mp_parameter_text(judging, decl) : NULL;
	char *end;

	if (text == NULL)
		return MP_OVERFLOW;
	errno = 0;
	*out = strtoll(text, &end, 10);
	if (end == text || *end != '\0' || errno != 0)
		return unusable(judging, decl, text, "a whole number");
	return 0;
}

static bool apply(enum mp_expr_kind kind, int64_t a, int64_t b, int64_t *out)
{
	switch (kind) {
	case MP_EXPR_ADD:
		return !__builtin_add_overflow(a, b, out);
	case MP_EXPR_SUBTRACT:
		return !__builtin_sub_overflow(a, b, out);
	case MP_EXPR_MULTIPLY:
		return !__builtin_mul_overflow(a, b, out);
	case MP_EXPR_NUMBER:
	case MP_EXPR_NAME:
		break;
	}
	return false;
}

static int value_at(const struct mp_scope *scope, const struct mp_expr *expr, unsigned depth,
		    int64_t *out)
{
	int64_t left, right;
	int err;

	if (depth > DEPTH)
		return MP_TOO_DEEP;
	if (expr->kind == MP_EXPR_NUMBER) {
		*out = expr->number;
		return 0;
	}
	if (expr->kind == MP_EXPR_NAME) {
		if (scope->counter == NULL || strcmp(expr->name, scope->counter) != 0)
			return parameter_number(scope->judging, expr->name, out);
		*out = scope->value;
		return 0;
	}
	err = value_at(scope, expr->left, depth + 1, &left);
	if (err == 0)
		err = value_at(scope, expr->right, depth + 1, &right);
	if (err != 0)
		return err;
	return apply(expr->kind, left, right, out) ? 0 : MP_OVERFLOW;
}

int mp_value(const struct mp_scope *scope, const struct mp_expr *expr, int64_t *out)
{
	return value_at(scope, expr, 0, out);
}

int mp_signal_of(struct mp_judging *judging, const struct mp_signal_word *word, int *number)
{
	const char *text;

	*number = word->number;
	if (word->number != 0 || word->parameter == NULL)
		return 0;
	text = mp_parameter_text(judging, word->parameter);
	*number = text != NULL ? mp_signal_number(text, strlen(text)) : 0;
	return *number != 0
		       ? 0
		       : unusable(judging, word->parameter, text != NULL ? text : "", "a signal");
}

static bool uses_at(const struct mp_expr *expr, const char *name, unsigned depth)
{
	if (expr == NULL)
		return false;
	if (depth > DEPTH)
		return true;
	if (expr->kind == MP_EXPR_NAME)
		return strcmp(expr->name, name) == 0;
	if (expr->kind == MP_EXPR_NUMBER)
		return false;
	return uses_at(expr->left, name, depth + 1) || uses_at(expr->right, name, depth + 1);
}

bool mp_expr_uses(const struct mp_expr *expr, const char *name)
{
	return uses_at(expr, name, 0);
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
