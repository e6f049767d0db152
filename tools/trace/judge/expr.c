/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers: sums of products of numbers, names and expressions in parentheses. A line has at most
 * MP_CONTRACT_WORDS words, and no level is without one: that bounds the recursion.
 */
#include <string.h>

#include "parser.h"

static struct mp_expr *parse_sum(struct mp_parser *p, const char *what);

static struct mp_expr *new_expr(struct mp_parser *p, enum mp_expr_kind kind,
				const struct mp_token *from)
{
	struct mp_expr *expr = mp_keep(p, sizeof(*expr));

	if (expr) {
		expr->kind = kind;
		expr->place = mp_place(p, from);
	}
	return expr;
}

static struct mp_expr *join(struct mp_parser *p, enum mp_expr_kind kind,
			    const struct mp_token *from, struct mp_expr *left,
			    struct mp_expr *right)
{
	struct mp_expr *expr = right ? new_expr(p, kind, from) : NULL;

	if (expr) {
		expr->left = left;
		expr->right = right;
		expr->place = mp_place_from(p, from);
	}
	return expr;
}

static struct mp_expr *parse_number(struct mp_parser *p)
{
	const struct mp_token *token = mp_next(p);
	struct mp_expr *expr = new_expr(p, MP_EXPR_NUMBER, token);
	struct mp_decimal number;

	if (!expr)
		return NULL;
	if (!mp_decimal_read(token->text, token->length, &number)) {
		mp_mistake(p, MP_MISTAKE_BIG_NUMBER, mp_place(p, token),
			   mp_show(p, token->text, token->length), NULL, NULL);
		return NULL;
	}
	expr->number = number.digits;
	expr->scale = number.scale;
	return expr;
}

/* The counter of a list: it has all its values at once. */
static bool is_inner(const struct mp_parser *p, const struct mp_token *token)
{
	return p->inner && p->inner->length == token->length &&
	       !memcmp(p->inner->text, token->text, token->length);
}

bool mp_is_counter(const struct mp_parser *p, const struct mp_token *token)
{
	size_t i;

	if (is_inner(p, token))
		return true;
	for (i = 0; i < p->counter_count; i++)
		if (p->counters[i]->length == token->length &&
		    !memcmp(p->counters[i]->text, token->text, token->length))
			return true;
	return false;
}

/* The dash belongs to the name: "items-1" is one word. Was something else meant? */
bool mp_dash_inside(struct mp_parser *p, const struct mp_token *token)
{
	const char *dash = memchr(token->text, '-', token->length);
	struct mp_token head = *token;
	struct mp_decl *decl;

	if (token->kind != MP_TOKEN_WORD || !dash || mp_name_find(p, token))
		return false;
	head.length = (size_t)(dash - token->text);
	decl = mp_name_find(p, &head);
	if (!(decl && decl->kind == MP_DECL_PARAMETER) && !mp_is_counter(p, &head))
		return false;
	mp_mistake(p, MP_MISTAKE_SPACES, mp_place(p, token), mp_show(p, token->text, token->length),
		   NULL, NULL);
	return true;
}

static bool whole_number(const char *text)
{
	size_t digits = strspn(text, "0123456789");

	return digits && !text[digits] && digits < 19;
}

static bool check_default(struct mp_parser *p, const struct mp_token *token,
			  const struct mp_decl *decl)
{
	const char *value = decl->fallback;
	struct mp_decimal number;

	if (!value || (p->decimals ? mp_decimal_read(value, strlen(value), &number)
				   : whole_number(value + (*value == '-'))))
		return true;
	mp_mistake(p, MP_MISTAKE_BAD_DEFAULT, mp_place(p, token),
		   mp_show(p, token->text, token->length),
		   p->decimals ? "a number" : "a whole number", mp_show(p, value, strlen(value)));
	return false;
}

static struct mp_expr *name_expr(struct mp_parser *p, const struct mp_token *token)
{
	struct mp_expr *expr = new_expr(p, MP_EXPR_NAME, token);

	if (expr)
		expr->name = mp_keep_text(p, token->text, token->length);
	return expr && expr->name ? expr : NULL;
}

static struct mp_expr *parse_name(struct mp_parser *p, const char *what)
{
	const struct mp_token *token = mp_peek(p, 0);
	struct mp_decl *decl;

	if (mp_dash_inside(p, token))
		return NULL;
	if (mp_is_counter(p, token)) {
		mp_next(p);
		p->counted |= !is_inner(p, token);
	} else {
		decl = mp_name(p, MP_NAMES(MP_DECL_PARAMETER), what);
		if (!decl || !check_default(p, token, decl))
			return NULL;
	}
	return name_expr(p, token);
}

struct mp_expr *mp_parse_parameter(struct mp_parser *p)
{
	const struct mp_token *token = mp_peek(p, 0);

	return mp_name(p, MP_NAMES(MP_DECL_PARAMETER), "a parameter") ? name_expr(p, token) : NULL;
}

static struct mp_expr *parse_negative(struct mp_parser *p, const struct mp_token *from,
				      const char *what);

static struct mp_expr *parse_atom(struct mp_parser *p, const char *what)
{
	const struct mp_token *token = mp_peek(p, 0);
	struct mp_expr *inner;

	if (mp_take(p, "-"))
		return parse_negative(p, token, what);
	if (mp_take(p, "(")) {
		inner = parse_sum(p, "a whole number");
		return inner && mp_need(p, ")") ? inner : NULL;
	}
	if (token->kind == MP_TOKEN_NUMBER &&
	    (p->decimals || !memchr(token->text, '.', token->length)))
		return parse_number(p);
	if (token->kind == MP_TOKEN_WORD)
		return parse_name(p, what);
	mp_expected(p, what);
	return NULL;
}

/* "-1" is 0 - 1: the tree needs no kind of its own for it. */
static struct mp_expr *parse_negative(struct mp_parser *p, const struct mp_token *from,
				      const char *what)
{
	struct mp_expr *zero = new_expr(p, MP_EXPR_NUMBER, from);

	return zero ? join(p, MP_EXPR_SUBTRACT, from, zero, parse_atom(p, what)) : NULL;
}

static struct mp_expr *parse_product(struct mp_parser *p, const char *what)
{
	const struct mp_token *from = mp_peek(p, 0);
	struct mp_expr *left = parse_atom(p, what);

	while (left && mp_take(p, "*"))
		left = join(p, MP_EXPR_MULTIPLY, from, left, parse_atom(p, "a whole number"));
	return left;
}

/* "0-9" would be -9. Who writes it so means a range. */
static bool is_range(struct mp_parser *p, const struct mp_token *from)
{
	const struct mp_token *dash = mp_peek(p, 0), *to = mp_peek(p, 1);

	if (!(from->kind == MP_TOKEN_NUMBER && to->kind == MP_TOKEN_NUMBER && mp_is(dash, "-") &&
	      from->text + from->length == dash->text && dash->text + 1 == to->text))
		return false;
	mp_mistake(p, MP_MISTAKE_RANGE, mp_place(p, dash), mp_show(p, from->text, from->length),
		   mp_show(p, to->text, to->length), NULL);
	return true;
}

static struct mp_expr *parse_sum(struct mp_parser *p, const char *what)
{
	const struct mp_token *from = mp_peek(p, 0);
	struct mp_expr *left = parse_product(p, what);
	enum mp_expr_kind kind;

	if (left && is_range(p, from))
		return NULL;
	while (left && (mp_is(mp_peek(p, 0), "+") || mp_is(mp_peek(p, 0), "-"))) {
		kind = mp_is(mp_next(p), "+") ? MP_EXPR_ADD : MP_EXPR_SUBTRACT;
		left = join(p, kind, from, left, parse_product(p, "a whole number"));
	}
	return left;
}

/* Signs that others know: people try them. */
static bool follows_well(struct mp_parser *p)
{
	const struct mp_token *token = mp_peek(p, 0);

	if (token->kind == MP_TOKEN_OPTION)
		mp_mistake(p, MP_MISTAKE_SPACES, mp_place(p, token),
			   mp_show(p, token->text, token->length), NULL, NULL);
	else if (token->kind == MP_TOKEN_OTHER && strchr("/%", *token->text))
		mp_mistake(p, MP_MISTAKE_DIVISION, mp_place(p, token), NULL, NULL, NULL);
	else
		return true;
	return false;
}

struct mp_expr *mp_parse_expr(struct mp_parser *p, const char *what)
{
	struct mp_expr *expr = parse_sum(p, what);

	return expr && follows_well(p) ? expr : NULL;
}

bool mp_check_number(struct mp_parser *p, const struct mp_token *token, const struct mp_decl *decl)
{
	bool good;

	p->decimals = true;
	good = check_default(p, token, decl);
	p->decimals = false;
	return good;
}

struct mp_expr *mp_parse_decimal(struct mp_parser *p, const char *what)
{
	struct mp_expr *expr;

	p->decimals = true;
	expr = mp_parse_expr(p, what);
	p->decimals = false;
	return expr;
}

bool mp_constant_decimal(const struct mp_expr *expr, struct mp_decimal *value)
{
	struct mp_decimal left, right;

	if (expr->kind == MP_EXPR_NUMBER) {
		*value = (struct mp_decimal){expr->number, expr->scale};
		return true;
	}
	if (expr->kind == MP_EXPR_NAME || !mp_constant_decimal(expr->left, &left) ||
	    !mp_constant_decimal(expr->right, &right))
		return false;
	if (expr->kind == MP_EXPR_ADD)
		return mp_decimal_add(left, right, value);
	if (expr->kind == MP_EXPR_SUBTRACT)
		return mp_decimal_subtract(left, right, value);
	return mp_decimal_multiply(left, right, value);
}

bool mp_constant(const struct mp_expr *expr, int64_t *value)
{
	struct mp_decimal number = {0, 0};
	bool constant = mp_constant_decimal(expr, &number);

	*value = number.digits;
	return constant;
}

bool mp_parse_range(struct mp_parser *p, struct mp_expr **from, struct mp_expr **to)
{
	const struct mp_token *token = mp_peek(p, 0);
	int64_t first, last;

	*from = mp_parse_expr(p, "a whole number");
	if (!*from || !mp_need(p, "to"))
		return false;
	*to = mp_parse_expr(p, "a whole number");
	if (!*to)
		return false;
	if (!mp_constant(*from, &first) || !mp_constant(*to, &last) || first <= last)
		return true;
	mp_mistake(p, MP_MISTAKE_BACKWARD, mp_place_from(p, token), mp_show_number(p, first),
		   mp_show_number(p, last), NULL);
	return false;
}
