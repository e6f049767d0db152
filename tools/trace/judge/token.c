/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a row of tokens. Behind its end there is nothing but ends. */
#include <string.h>

#include "parser.h"

const struct mp_token *mp_peek(const struct mp_parser *p, size_t ahead)
{
	const struct mp_tokens *tokens = p->tokens;
	size_t left = tokens->count - tokens->at;

	return &tokens->list[tokens->at + (ahead < left ? ahead : left)];
}

const struct mp_token *mp_next(struct mp_parser *p)
{
	const struct mp_token *token = mp_peek(p, 0);

	if (token->kind != MP_TOKEN_END)
		p->tokens->at++;
	return token;
}

bool mp_same(const struct mp_token *token, const char *text)
{
	return token->length == strlen(text) && !memcmp(token->text, text, token->length);
}

bool mp_is(const struct mp_token *token, const char *text)
{
	bool plain = token->kind == MP_TOKEN_WORD || token->kind == MP_TOKEN_SIGN;

	return plain && mp_same(token, text);
}

bool mp_take(struct mp_parser *p, const char *text)
{
	if (!mp_is(mp_peek(p, 0), text))
		return false;
	mp_next(p);
	return true;
}

bool mp_need(struct mp_parser *p, const char *text)
{
	const struct mp_token *token = mp_peek(p, 0);
	const char *words[] = {text, NULL};

	if (mp_take(p, text))
		return true;
	if (mp_mistake(p, MP_MISTAKE_EXPECTED, mp_place(p, token),
		       mp_show_quoted(p, text, strlen(text)), mp_show_token(p, token), NULL))
		mp_suggest(p, mp_nearest_of(token, words));
	return false;
}

bool mp_at_end(const struct mp_parser *p)
{
	return mp_peek(p, 0)->kind == MP_TOKEN_END;
}

bool mp_need_end(struct mp_parser *p)
{
	return mp_at_end(p) || mp_expected(p, "the end of the line");
}

/* Only the words of a line are ever read so: between braces there are no runs. */
struct mp_token mp_take_run(struct mp_parser *p)
{
	struct mp_token run = *mp_peek(p, 0);
	const char *end = p->text + p->length;

	while (run.text + run.length < end && !strchr(" \t,#", run.text[run.length]))
		run.length++;
	while (!mp_at_end(p) && mp_peek(p, 0)->text < run.text + run.length)
		mp_next(p);
	return run;
}

/* Quotes would be part of the value, which nobody means. */
bool mp_take_value(struct mp_parser *p, struct mp_token *value)
{
	const struct mp_token *first = mp_peek(p, 0);
	struct mp_place place = mp_place(p, first);

	*value = mp_take_run(p);
	if (value->length && !memchr(value->text, '"', value->length))
		return true;
	mp_mistake(p, MP_MISTAKE_EXPECTED, place, "a value without quotes", mp_show_token(p, first),
		   NULL);
	return false;
}

struct mp_place mp_place(const struct mp_parser *p, const struct mp_token *token)
{
	unsigned length = token->length ? (unsigned)token->length : 1;

	return (struct mp_place){p->line, token->column, length};
}

struct mp_place mp_place_from(const struct mp_parser *p, const struct mp_token *token)
{
	const struct mp_tokens *tokens = p->tokens;
	const struct mp_token *last = tokens->at ? &tokens->list[tokens->at - 1] : token;
	struct mp_place place = mp_place(p, token);

	if (last->column > token->column)
		place.length = last->column + (unsigned)last->length - token->column;
	return place;
}

const char *mp_show_span(struct mp_parser *p, const struct mp_token *from,
			 const struct mp_token *behind)
{
	const struct mp_token *last = behind > from ? behind - 1 : from;

	return mp_show(p, from->text, (size_t)(last->text - from->text) + last->length);
}
