/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The scanner: the bytes of a line into tokens. Commas are blanks; "#" ends a line. */
#include <stdio.h>
#include <string.h>

#include "parser.h"

static bool blank(char c)
{
	return c == ' ' || c == '\t' || c == ',';
}

/* Not the functions of ctype.h: they depend on the language of the user. */
static bool digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool word_byte(char c)
{
	return letter(c) || digit(c) || c == '-';
}

static bool sign(char c)
{
	return c && strchr("=+-*(){}", c);
}

/* What is being scanned: a part of a line. */
struct scan {
	struct mp_parser *p;
	const char *at, *end;
};

typedef size_t measure(const struct scan *s);

static size_t while_word(const struct scan *s)
{
	const char *c = s->at;

	while (c < s->end && word_byte(*c))
		c++;
	return (size_t)(c - s->at);
}

static size_t while_digits(const char *from, const char *end)
{
	const char *c = from;

	while (c < end && digit(*c))
		c++;
	return (size_t)(c - from);
}

static size_t measure_word(const struct scan *s)
{
	return letter(*s->at) ? while_word(s) : 0;
}

static size_t measure_number(const struct scan *s)
{
	size_t whole = while_digits(s->at, s->end), part = 0;

	if (whole && s->end - s->at > (ptrdiff_t)whole + 1 && s->at[whole] == '.')
		part = while_digits(s->at + whole + 1, s->end);
	return part ? whole + 1 + part : whole;
}

/* To the closing quote, or to the end of the line where there is none. */
static size_t measure_text(const struct scan *s)
{
	const char *c = s->at + 1;

	if (*s->at != '"')
		return 0;
	while (c < s->end && *c != '"')
		c += *c == '\\' && c + 1 < s->end ? 2 : 1;
	return (size_t)(c - s->at) + (c < s->end);
}

/* A dash that begins a word: "-n" after a blank, but not in "items-n", nor "- n" or "-1". */
static size_t measure_option(const struct scan *s)
{
	bool begins = s->at == s->p->text || blank(s->at[-1]);

	if (*s->at != '-' || !begins || s->end - s->at < 2)
		return 0;
	return letter(s->at[1]) || s->at[1] == '-' ? while_word(s) : 0;
}

static size_t measure_sign(const struct scan *s)
{
	return sign(*s->at);
}

static size_t measure_other(const struct scan *s)
{
	const char *c = s->at;

	while (c < s->end && !blank(*c) && !word_byte(*c) && !sign(*c) && *c != '"' && *c != '#')
		c++;
	return (size_t)(c - s->at);
}

static const struct {
	enum mp_token_kind kind;
	measure *measure;
} kinds[] = {
	{MP_TOKEN_WORD, measure_word}, {MP_TOKEN_NUMBER, measure_number},
	{MP_TOKEN_TEXT, measure_text}, {MP_TOKEN_OPTION, measure_option},
	{MP_TOKEN_SIGN, measure_sign}, {MP_TOKEN_OTHER, measure_other},
};

static struct mp_token make_token(const struct scan *s, enum mp_token_kind kind, size_t length)
{
	return (struct mp_token){kind, s->at, length, (unsigned)(s->at - s->p->text) + 1};
}

static struct mp_token scan_token(const struct scan *s)
{
	size_t i, length = 0;

	for (i = 0; !length; i++)
		length = kinds[i].measure(s);
	return make_token(s, kinds[i - 1].kind, length);
}

static void skip_blanks(struct scan *s)
{
	while (s->at < s->end && blank(*s->at))
		s->at++;
	if (s->at < s->end && *s->at == '#')
		s->at = s->end;
}

static void check_text(struct mp_parser *p, const struct mp_token *token)
{
	struct mp_place place = mp_place(p, token);
	size_t i, last = token->length - 1;
	bool closed = false;

	if (token->kind != MP_TOKEN_TEXT)
		return;
	for (i = 1; i <= last; i++)
		if (token->text[i] == '\\')
			i++;
		else
			closed = i == last && token->text[i] == '"';
	if (!closed) {
		place.length = 1;
		mp_mistake(p, MP_MISTAKE_OPEN_TEXT, place, NULL, NULL, NULL);
	}
}

/* What is missing at the end of a line is missing behind its last word, not behind a comment. */
static const char *end_of(const struct mp_tokens *tokens, const char *start)
{
	const struct mp_token *last;

	if (!tokens->count)
		return start;
	last = &tokens->list[tokens->count - 1];
	return last->text + last->length;
}

static bool scan(struct scan *s, struct mp_tokens *tokens)
{
	struct mp_parser *p = s->p;
	const char *start = s->at;
	struct mp_token token;

	tokens->count = tokens->at = 0;
	for (skip_blanks(s); s->at < s->end; skip_blanks(s)) {
		token = scan_token(s);
		if (tokens->count == MP_CONTRACT_WORDS) {
			mp_mistake(p, MP_MISTAKE_MANY_WORDS, mp_place(p, &token),
				   mp_show_number(p, MP_CONTRACT_WORDS), NULL, NULL);
			break;
		}
		check_text(p, &token);
		tokens->list[tokens->count++] = token;
		s->at += token.length;
	}
	s->at = end_of(tokens, start);
	tokens->list[tokens->count] = make_token(s, MP_TOKEN_END, 0);
	return !p->failed;
}

bool mp_scan_part(struct mp_parser *p, size_t from, size_t to, struct mp_tokens *tokens)
{
	struct scan s = {p, p->text + from, p->text + to};

	return scan(&s, tokens);
}

/* The length of the UTF-8 character at `c`, 0: it is none. Overlong forms, surrogates and what
 * lies beyond U+10FFFF are none. */
static size_t utf8(const unsigned char *c, size_t room)
{
	size_t length = c[0] < 0x80 ? 1 : c[0] < 0xc2 ? 0 : c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;
	size_t i;

	if (c[0] > 0xf4 || !length || length > room)
		return 0;
	for (i = 1; i < length; i++)
		if ((c[i] & 0xc0) != 0x80)
			return 0;
	if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] > 0x9f) ||
	    (c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] > 0x8f))
		return 0;
	return length;
}

static void bad_byte(struct mp_parser *p, size_t at, enum mp_mistake mistake)
{
	struct mp_place place = {p->line, (unsigned)at + 1, 1};
	char hex[3];

	snprintf(hex, sizeof(hex), "%02x", (unsigned char)p->text[at]);
	mp_mistake(p, mistake, place, hex, NULL, NULL);
}

static bool control(unsigned char c)
{
	return (c < 0x20 && c != '\t') || c == 0x7f;
}

/* The first bad byte of the line is told, and then the line is not looked at any further. */
static void check_bytes(struct mp_parser *p)
{
	const unsigned char *text = (const unsigned char *)p->text;
	size_t i, length;

	for (i = 0; i < p->length; i += length) {
		length = utf8(text + i, p->length - i);
		if (length && !control(text[i]))
			continue;
		bad_byte(p, i,
			 !length   ? MP_MISTAKE_NOT_UTF8
			 : text[i] ? MP_MISTAKE_CONTROL
				   : MP_MISTAKE_ZERO_BYTE);
		return;
	}
}

static void check_length(struct mp_parser *p)
{
	struct mp_place place = {p->line, MP_CONTRACT_LINE + 1, 1};

	if (p->length <= MP_CONTRACT_LINE)
		return;
	p->length = MP_CONTRACT_LINE;
	mp_mistake(p, MP_MISTAKE_LONG_LINE, place, mp_show_number(p, MP_CONTRACT_LINE), NULL, NULL);
}

/* Some editors begin a file with a byte order mark. */
static unsigned margin(const struct mp_parser *p)
{
	return p->line == 1 && p->length >= 3 && !memcmp(p->text, "\xef\xbb\xbf", 3) ? 4 : 1;
}

/* Also of a line with a mistake the words are read: it may declare a name or begin a claim. */
void mp_scan_line(struct mp_parser *p)
{
	p->failed = false;
	p->tokens = &p->words;
	p->text = mp_contract_line(p->contract, p->line, &p->length);
	check_length(p);
	check_bytes(p);
	p->margin = margin(p);
	mp_scan_part(p, p->margin - 1, p->length, &p->words);
}
