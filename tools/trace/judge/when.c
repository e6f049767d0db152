/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The conditions of a clause: values that are compared, and clauses of their own. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

struct value {
	const struct mp_decl *parameter; /* NULL: a number, or a text of the contract */
	const char *text;		 /* NULL: it has been computed */
	bool is_number;
	struct mp_decimal number;
};

static struct value value_of_text(const struct mp_decl *parameter, const char *text)
{
	struct value value = {.parameter = parameter, .text = text};

	value.is_number = mp_decimal_read(text, strlen(text), &value.number);
	return value;
}

/* A parameter by itself may be any text. */
static int value_of(const struct mp_scope *scope, const struct mp_expr *expr, struct value *out)
{
	const struct mp_decl *decl = NULL;

	if (expr->kind == MP_EXPR_NAME && mp_scope_find(scope, expr->name) == NULL)
		decl = mp_parameter_find(scope->judging, expr->name);
	if (decl != NULL) {
		*out = value_of_text(decl, mp_parameter_text(scope->judging, decl));
		return 0;
	}
	*out = (struct value){.is_number = true};
	return mp_decimal_value(scope, expr, &out->number);
}

static int need_number(struct mp_judging *judging, const struct value *value)
{
	if (value->is_number)
		return 0;
	return mp_parameter_unusable(judging, value->parameter, value->text,
				     "a number of at most 18 digits");
}

static bool are_equal(const struct value *a, const struct value *b)
{
	if (a->is_number && b->is_number)
		return mp_decimal_compare(a->number, b->number) == 0;
	return a->text != NULL && b->text != NULL && strcmp(a->text, b->text) == 0;
}

static int compare(struct mp_trial *trial, const struct mp_condition *condition, bool *out)
{
	enum mp_relation relation = condition->relation;
	struct mp_judging *judging = trial->judging;
	struct value left, right = {0};
	int err = value_of(&trial->scope, condition->left, &left);

	if (err == 0 && condition->text != NULL)
		right = value_of_text(NULL, condition->text);
	else if (err == 0)
		err = value_of(&trial->scope, condition->right, &right);
	if (err == 0 && (relation == MP_IS_LEAST || relation == MP_IS_MOST)) {
		err = need_number(judging, &left);
		if (err == 0)
			err = need_number(judging, &right);
		if (err == 0)
			*out = relation == MP_IS_LEAST
				       ? mp_decimal_compare(left.number, right.number) >= 0
				       : mp_decimal_compare(left.number, right.number) <= 0;
	} else if (err == 0) {
		*out = are_equal(&left, &right) == (relation == MP_IS);
	}
	return err;
}

/* Only the first reason is kept. */
static int not_sure(struct mp_trial *trial, const char *cause)
{
	if (trial->whether == NULL &&
	    asprintf(&trial->whether, "it is not sure that the condition is true: %s", cause) < 0) {
		trial->whether = NULL;
		return -ENOMEM;
	}
	return 0;
}

/* A name in it that is nobody's makes the clause itself broken: that must not pass unnoticed. */
static int ask(struct mp_trial *trial, size_t which, enum mp_truth *out)
{
	struct mp_clause_verdict verdict = {.clause = trial->clause->conditions[which]->clause};
	bool nobody = false;
	int err = mp_trial_condition(trial, which, &verdict, &nobody);

	*out = verdict.outcome == MP_HOLDS ? MP_YES : MP_NO;
	if (err == 0 && nobody)
		err = mp_trial_take(trial, &verdict);
	else if (err == 0 && verdict.outcome == MP_INCONCLUSIVE)
		err = not_sure(trial, verdict.cause);
	if (verdict.outcome == MP_INCONCLUSIVE)
		*out = MP_MAYBE;
	mp_verdict_clear(&verdict);
	return err;
}

static int is_true(struct mp_trial *trial, size_t which, enum mp_truth *out)
{
	const struct mp_condition *condition = trial->clause->conditions[which];
	bool equal = false;
	int err;

	if (!mp_spend(trial, 64))
		return MP_TOO_MUCH_WORK;
	if (condition->clause != NULL)
		return ask(trial, which, out);
	err = compare(trial, condition, &equal);
	*out = equal ? MP_YES : MP_NO;
	return err;
}

/* One that is false is enough, whatever the others are. */
int mp_conditions(struct mp_trial *trial, bool varying, enum mp_truth *out)
{
	const struct mp_clause *clause = trial->clause;
	int err = 0;

	*out = MP_YES;
	for (size_t i = 0; err == 0 && *out != MP_NO && i < clause->condition_count; i++) {
		enum mp_truth truth;

		if (clause->conditions[i]->varies != varying)
			continue;
		err = is_true(trial, i, &truth);
		if (err == 0 && truth != MP_YES)
			*out = truth;
	}
	return err;
}
