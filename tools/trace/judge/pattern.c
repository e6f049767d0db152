/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Texts in quotes: titles, and patterns with "*", "{x}" and "{i * i}". */
#include <string.h>

#include "parser.h"

/* A text that is being taken apart. */
struct text {
	struct mp_parser *p;
	struct mp_token token;
	size_t at; /* in the token, behind the opening quote at first */
	char *out; /* room for all of it */
	size_t used;
	struct mp_pattern *pattern;
	size_t piece; /* where in `out` the text of the next piece begins */
};

static struct mp_place place_at(const struct text *t, size_t at, size_t length)
{
	return (struct mp_place){t->p->line, t->token.column + (unsigned)at, (unsigned)length};
}

/* An apostrophe, a backquote, or what an editor makes of quotation marks. */
static bool other_quotes(const struct mp_token *token)
{
	return token->kind == MP_TOKEN_OTHER && (strchr("'`", *token->text) || *token->text & 0x80);
}

static bool open_text(struct text *t, struct mp_parser *p, const char *what)
{
	const struct mp_token *token = mp_peek(p, 0);

	if (p->failed) /* the text may have no end */
		return false;
	if (token->kind == MP_TOKEN_END)
		return mp_expected(p, what);
	if (token->kind != MP_TOKEN_TEXT) {
		mp_mistake(p, other_quotes(token) ? MP_MISTAKE_OTHER_QUOTES : MP_MISTAKE_NO_QUOTES,
			   mp_place(p, token), what, mp_show_token(p, token), NULL);
		return false;
	}
	*t = (struct text){.p = p, .token = *token, .at = 1};
	t->out = mp_keep(p, token->length);
	mp_next(p);
	return t->out;
}

static bool text_ends(const struct text *t)
{
	return t->at + 1 >= t->token.length;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = c ? strchr(digits, c | 0x20) : NULL;

	return found && *found ? (int)(found - digits) : -1;
}

static bool bad_escape(struct text *t, size_t length)
{
	mp_mistake(t->p, MP_MISTAKE_ESCAPE, place_at(t, t->at, length),
		   mp_show(t->p, t->token.text + t->at, length), NULL, NULL);
	return false;
}

/* `at` is on the backslash; there is a byte behind it, else the text would not be closed. */
static bool take_escape(struct text *t)
{
	static const char known[] = "\"\\*{}t", means[] = "\"\\*{}\t";
	const char *byte = t->token.text + t->at + 1;
	const char *found = memchr(known, *byte, sizeof(known) - 1);
	int high, low;

	if (found) {
		t->out[t->used++] = means[found - known];
		t->at += 2;
		return true;
	}
	if (*byte != 'x')
		return bad_escape(t, 2);
	high = hex_digit(byte[1]);
	low = high < 0 ? -1 : hex_digit(byte[2]);
	if (low < 0)
		return bad_escape(t, 2);
	t->out[t->used++] = (char)(high << 4 | low);
	t->at += 4;
	return true;
}

static bool take_byte(struct text *t)
{
	if (t->token.text[t->at] == '\\')
		return take_escape(t);
	t->out[t->used++] = t->token.text[t->at++];
	return true;
}

char *mp_parse_title(struct mp_parser *p)
{
	struct text t;

	if (!open_text(&t, p, "a title in quotes"))
		return NULL;
	while (!text_ends(&t))
		if (!take_byte(&t))
			return NULL;
	if (memchr(t.out, 0, t.used))
		mp_mistake(p, MP_MISTAKE_ZERO_TITLE, mp_place(p, &t.token), NULL, NULL, NULL);
	else if (!t.used)
		mp_mistake(p, MP_MISTAKE_EMPTY_TITLE, mp_place(p, &t.token), NULL, NULL, NULL);
	return p->failed ? NULL : t.out;
}

static struct mp_piece *add_piece(struct text *t, enum mp_piece_kind kind)
{
	struct mp_pattern *pattern = t->pattern;
	struct mp_piece *grown;

	if (pattern->count == MP_CONTRACT_PIECES) {
		mp_mistake(t->p, MP_MISTAKE_MANY_PIECES, place_at(t, t->at, 1),
			   mp_show_number(t->p, MP_CONTRACT_PIECES), NULL, NULL);
		return NULL;
	}
	grown = mp_keep_more(t->p, pattern->pieces, pattern->count, sizeof(*grown));
	if (!grown)
		return NULL;
	pattern->pieces = grown;
	grown[pattern->count].kind = kind;
	return &grown[pattern->count++];
}

/* What has been gathered in `out` since the last piece. */
static bool end_text(struct text *t)
{
	struct mp_piece *piece;

	if (t->used == t->piece)
		return true;
	piece = add_piece(t, MP_PIECE_TEXT);
	if (!piece)
		return false;
	piece->text = t->out + t->piece;
	piece->length = t->used - t->piece;
	t->piece = t->used;
	return true;
}

/* Any text and again any text is any text. */
static bool take_any(struct text *t)
{
	const struct mp_pattern *pattern = t->pattern;

	if (!end_text(t))
		return false;
	if ((!pattern->count || pattern->pieces[pattern->count - 1].kind != MP_PIECE_ANY) &&
	    !add_piece(t, MP_PIECE_ANY))
		return false;
	t->at++;
	return true;
}

static bool is_value(const struct mp_parser *p, const struct mp_token *token)
{
	const struct mp_decl *decl = mp_name_find(p, token);

	return (decl && decl->kind == MP_DECL_PARAMETER) || mp_is_counter(p, token);
}

static bool add_capture(struct text *t, const struct mp_token *name)
{
	struct mp_parser *p = t->p;
	const struct mp_decl *decl = mp_name_find(p, name);
	struct mp_piece *piece;

	if (mp_dash_inside(p, name))
		return false;
	if (decl) {
		mp_mistake(p, MP_MISTAKE_CAPTURE_NAME, mp_place(p, name), decl->name,
			   mp_kind_word(decl->kind), NULL);
		return false;
	}
	piece = add_piece(t, MP_PIECE_CAPTURE);
	if (!piece)
		return false;
	piece->text = mp_keep_text(p, name->text, name->length);
	piece->length = name->length;
	return piece->text;
}

static bool end_braces(struct mp_parser *p, const char *what)
{
	static const char *const words[] = {"to", "for", NULL};
	const struct mp_token *token = mp_peek(p, 0);

	if (mp_at_end(p))
		return true;
	if (mp_mistake(p, MP_MISTAKE_EXPECTED, mp_place(p, token), what, mp_show_token(p, token),
		       NULL))
		mp_suggest(p, mp_nearest_of(token, words));
	return false;
}

/* FROM to TO */
static bool add_number(struct text *t)
{
	struct mp_parser *p = t->p;
	struct mp_expr *from, *to;
	struct mp_piece *piece;

	if (!mp_parse_range(p, &from, &to) || !end_braces(p, "+, -, * or \"}\""))
		return false;
	piece = add_piece(t, MP_PIECE_NUMBER);
	if (!piece)
		return false;
	piece->from = from;
	piece->to = to;
	return true;
}

static bool counter_is_new(struct mp_parser *p, const struct mp_token *name)
{
	if (!mp_counter_name(p, name))
		return false;
	if (mp_is_counter(p, name))
		mp_mistake(p, MP_MISTAKE_COUNTS_ALREADY, mp_place(p, name),
			   mp_show(p, name->text, name->length), NULL, NULL);
	return !p->failed;
}

static bool list_is_short(struct mp_parser *p, const struct mp_piece *list,
			  const struct mp_token *from)
{
	int64_t first, last, values;

	if (!mp_constant(list->from, &first) || !mp_constant(list->to, &last))
		return true;
	if (!__builtin_sub_overflow(last, first, &values) && values < MP_CONTRACT_ROUNDS)
		return true;
	mp_mistake(p, MP_MISTAKE_LONG_LIST, mp_place_from(p, from),
		   mp_show_number(p, MP_CONTRACT_ROUNDS), NULL, NULL);
	return false;
}

/* for NAME from A to B; the range does not know the name. */
static bool parse_for(struct mp_parser *p, struct mp_piece *list, const struct mp_token *name)
{
	const struct mp_token *from;

	mp_next(p);
	mp_next(p);
	list->counter = mp_keep_text(p, name->text, name->length);
	if (!list->counter || !mp_need(p, "from"))
		return false;
	from = mp_peek(p, 0);
	return mp_parse_range(p, &list->from, &list->to) && list_is_short(p, list, from) &&
	       end_braces(p, "+, -, * or \"}\"");
}

/* VALUE for NAME from A to B, where `at` is the place of "for" */
static bool add_list(struct text *t, size_t at)
{
	struct mp_parser *p = t->p;
	const struct mp_token *name = mp_peek(p, at + 1);
	struct mp_piece list = {.kind = MP_PIECE_LIST}, *piece;
	bool good;

	if (!counter_is_new(p, name))
		return false;
	p->inner = name;
	list.expr = mp_parse_expr(p, "a name or a whole number");
	p->inner = NULL;
	good = list.expr && (mp_is(mp_peek(p, 0), "for") || mp_expected(p, "+, -, * or \"for\"")) &&
	       parse_for(p, &list, name);
	piece = good ? add_piece(t, MP_PIECE_LIST) : NULL;
	if (piece)
		*piece = list;
	return piece;
}

static bool add_value(struct text *t)
{
	struct mp_parser *p = t->p;
	struct mp_expr *expr = mp_parse_expr(p, "a name or a whole number");
	struct mp_piece *piece;

	if (!expr || !end_braces(p, "+, -, *, \"to\", \"for\" or \"}\""))
		return false;
	piece = add_piece(t, MP_PIECE_VALUE);
	if (piece)
		piece->expr = expr;
	return piece;
}

/* Where a word stands between the braces; behind the last when it does not. */
static size_t find_word(const struct mp_parser *p, const char *word)
{
	size_t at = 0;

	while (at < p->tokens->count && !mp_is(mp_peek(p, at), word))
		at++;
	return at;
}

/* One name that has no value yet takes one; all else is computed, or a range. */
static bool add_braces(struct text *t)
{
	struct mp_parser *p = t->p;
	const struct mp_token *name = mp_peek(p, 0);
	size_t at = find_word(p, "for");

	if (at > 0 && at < p->tokens->count)
		return add_list(t, at);
	at = find_word(p, "to");
	if (at > 0 && at < p->tokens->count)
		return add_number(t);
	if (p->tokens->count == 1 && name->kind == MP_TOKEN_WORD && !is_value(p, name))
		return add_capture(t, name);
	return add_value(t);
}

static bool take_braces(struct text *t)
{
	struct mp_parser *p = t->p;
	size_t from = t->token.column - 1 + t->at + 1;
	const char *close = memchr(p->text + from, '}', t->token.length - 2 - t->at);
	struct mp_tokens inside, *outside = p->tokens;
	bool good;

	if (!close) {
		mp_mistake(p, MP_MISTAKE_OPEN_BRACE, place_at(t, t->at, 1), NULL, NULL, NULL);
		return false;
	}
	if (!end_text(t) || !mp_scan_part(p, from, (size_t)(close - p->text), &inside))
		return false;
	p->tokens = &inside;
	good = add_braces(t);
	p->tokens = outside;
	t->at = (size_t)(close - t->token.text) + 1;
	return good;
}

static bool take_piece(struct text *t)
{
	switch (t->token.text[t->at]) {
	case '*':
		return take_any(t);
	case '{':
		return take_braces(t);
	case '}':
		mp_mistake(t->p, MP_MISTAKE_LONE_BRACE, place_at(t, t->at, 1), NULL, NULL, NULL);
		return false;
	default:
		return take_byte(t);
	}
}

struct mp_pattern *mp_parse_pattern(struct mp_parser *p)
{
	struct text t;

	if (!open_text(&t, p, "a text in quotes"))
		return NULL;
	t.pattern = mp_keep(p, sizeof(*t.pattern));
	if (!t.pattern)
		return NULL;
	t.pattern->place = mp_place(p, &t.token);
	while (!text_ends(&t))
		if (!take_piece(&t))
			return NULL;
	return end_text(&t) ? t.pattern : NULL;
}

/* Which processes there are must not depend on what a clause finds. */
struct mp_pattern *mp_parse_plain(struct mp_parser *p)
{
	const struct mp_token *token = mp_peek(p, 0);
	struct mp_pattern *pattern = mp_parse_pattern(p);
	size_t i;

	for (i = 0; pattern && i < pattern->count; i++)
		if (pattern->pieces[i].kind != MP_PIECE_TEXT &&
		    pattern->pieces[i].kind != MP_PIECE_ANY) {
			mp_mistake(p, MP_MISTAKE_PLAIN_NAME, mp_place(p, token),
				   mp_show(p, token->text, token->length), NULL, NULL);
			return NULL;
		}
	return pattern;
}

struct mp_pattern *mp_parse_printed(struct mp_parser *p)
{
	struct mp_pattern *pattern = mp_parse_pattern(p);
	size_t i;

	for (i = 0; pattern && i < pattern->count; i++)
		if (pattern->pieces[i].kind == MP_PIECE_CAPTURE) {
			mp_mistake(p, MP_MISTAKE_NO_CAPTURE, pattern->place,
				   pattern->pieces[i].text, NULL, NULL);
			return NULL;
		}
	return pattern;
}
