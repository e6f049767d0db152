/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names: what is declared, what is meant by a word, and what a wrong word may have meant. */
#include <stdio.h>
#include <string.h>

#include "parser.h"

static const char *const kind_words[] = {
	[MP_DECL_PARAMETER] = "parameter", [MP_DECL_PROCESS] = "process",
	[MP_DECL_GROUP] = "group",	   [MP_DECL_CHANNEL] = "channel",
	[MP_DECL_WORD] = "word",	   [MP_DECL_MEMORY] = "memory",
};

const char *mp_kind_word(enum mp_decl_kind kind)
{
	return kind == MP_NAMES_UNKNOWN ? "name" : kind_words[kind];
}

static bool called(const struct mp_decl *decl, const struct mp_token *token)
{
	return token->kind == MP_TOKEN_WORD && mp_same(token, decl->name);
}

struct mp_decl *mp_name_find(const struct mp_parser *p, const struct mp_token *token)
{
	const struct mp_contract *contract = p->contract;
	size_t i;

	for (i = 0; i < contract->decl_count; i++)
		if (called(contract->decls[i], token))
			return contract->decls[i];
	return NULL;
}

void mp_name_used(struct mp_parser *p, const struct mp_decl *decl)
{
	size_t i;

	for (i = 0; i < p->contract->decl_count; i++)
		if (p->contract->decls[i] == decl)
			p->used[i] = true;
}

/* Words that a clause or an expression would read as something else than a name. */
static const char *const reserved[] = {
	"after",   "and",	  "as",	   "at",      "before",	 "channel", "child", "children",
	"claim",   "descendants", "each",  "exactly", "for",	 "from",    "group", "in",
	"main",	   "memory",	  "named", "never",   "nothing", "of",	    "once",  "parameter",
	"process", "the",	  "to",	   "twice",   "when",	 "with",    "word",  NULL};
static const char *const picks[] = {"first", "last", NULL};

static bool listed(const struct mp_token *token, const char *const words[])
{
	for (; *words; words++)
		if (mp_same(token, *words))
			return true;
	return false;
}

/* "first" and "last" stand in front of processes only: a channel may have such a name. */
static const char *const *picks_of(enum mp_decl_kind kind)
{
	return kind == MP_DECL_PROCESS || kind == MP_DECL_GROUP ? picks : picks + 2;
}

static bool name_reserved(const struct mp_token *token, enum mp_decl_kind kind)
{
	return listed(token, reserved) || listed(token, picks_of(kind));
}

/* With all the others, so that the next name is none of them. */
static void refuse_reserved(struct mp_parser *p, const struct mp_token *token,
			    enum mp_decl_kind kind)
{
	char text[512];
	size_t used = 0;

	for (const char *const *word = reserved; *word; word++)
		used += (size_t)sprintf(text + used, "%s, ", *word);
	for (const char *const *word = picks_of(kind); *word; word++)
		used += (size_t)sprintf(text + used, "%s, ", *word);
	text[used - 2] = '\0';
	mp_mistake(p, MP_MISTAKE_RESERVED, mp_place(p, token),
		   mp_show(p, token->text, token->length), text, NULL);
}

/* The line below the one at hand that declares this name, or 0. */
static unsigned declared_later(const struct mp_parser *p, const struct mp_token *token)
{
	struct mp_parser below = {.contract = p->contract, .failed = true, .full = true};
	unsigned line = p->line, lines = mp_store_line_count(p->contract);

	while (++line <= lines && line <= MP_CONTRACT_LINES) {
		below.line = line;
		mp_scan_line(&below);
		if (below.words.count > 2 && mp_is(&below.words.list[2], "=") &&
		    below.words.list[1].length == token->length &&
		    !memcmp(below.words.list[1].text, token->text, token->length))
			return line;
	}
	return 0;
}

static bool fits(const struct mp_decl *decl, unsigned kinds)
{
	return kinds & MP_NAMES(decl->kind);
}

static const char *nearest(const struct mp_parser *p, const struct mp_token *token, unsigned kinds)
{
	const struct mp_contract *contract = p->contract;
	struct mp_nearest near;
	size_t i;

	mp_nearest_start(&near, token->text, token->length);
	for (i = 0; i < contract->decl_count; i++)
		if (fits(contract->decls[i], kinds))
			mp_nearest_try(&near, contract->decls[i]->name,
				       strlen(contract->decls[i]->name));
	return near.word;
}

static enum mp_spot spot_of(const struct mp_parser *p, unsigned kinds)
{
	if (p->naming.length)
		return MP_DECLARED;
	return kinds == MP_NAMES(MP_DECL_PARAMETER) ? MP_AT_NUMBER : MP_AT_WHO;
}

static void undeclared(struct mp_parser *p, const struct mp_token *token, unsigned kinds,
		       const char *what)
{
	struct mp_place place = mp_place(p, token);
	const char *name = mp_show(p, token->text, token->length);
	unsigned later = p->failed || p->full ? 0 : declared_later(p, token);

	if (later)
		mp_mistake(p, MP_MISTAKE_LATER, place, what, name, mp_show_number(p, later));
	else if (mp_mistake(p, MP_MISTAKE_UNDECLARED, place, what, name, NULL)) {
		const char *near = nearest(p, token, kinds);

		mp_suggest(p, near ? near : mp_synonym(token, spot_of(p, kinds)));
	}
}

/* A word of the language, or no word at all. */
static void no_name(struct mp_parser *p, const struct mp_token *token, unsigned kinds,
		    const char *what)
{
	if (mp_mistake(p, MP_MISTAKE_EXPECTED, mp_place(p, token), what, mp_show_token(p, token),
		       NULL))
		mp_suggest(p, mp_synonym(token, spot_of(p, kinds)));
}

static bool being_declared(const struct mp_parser *p, const struct mp_token *token)
{
	return p->naming.length == token->length &&
	       !memcmp(p->naming.text, token->text, token->length);
}

static void wrong_kind(struct mp_parser *p, const struct mp_token *token,
		       const struct mp_decl *decl, unsigned kinds, const char *what)
{
	const char *name = mp_show(p, token->text, token->length);

	if (decl->kind == MP_NAMES_UNKNOWN)
		p->failed = true; /* told where it was declared */
	else if (mp_mistake(p, MP_MISTAKE_WRONG_KIND, mp_place(p, token), what, name,
			    mp_kind_word(decl->kind)))
		mp_suggest(p, nearest(p, token, kinds));
}

bool mp_names_channel(const struct mp_parser *p, const struct mp_token *token)
{
	const struct mp_decl *decl = mp_name_find(p, token);

	return decl && decl->kind == MP_DECL_CHANNEL;
}

void mp_name_mistake(struct mp_parser *p, const struct mp_token *token, unsigned kinds,
		     const char *what)
{
	const struct mp_decl *decl = mp_name_find(p, token);

	if (decl)
		wrong_kind(p, token, decl, kinds, what);
	else if (token->kind == MP_TOKEN_TEXT)
		mp_mistake(p, MP_MISTAKE_QUOTED_NAME, mp_place(p, token), what,
			   mp_show_token(p, token), NULL);
	else if (mp_is(token, "never"))
		mp_mistake(p, MP_MISTAKE_EARLY_NEVER, mp_place(p, token), NULL, NULL, NULL);
	else if (token->kind != MP_TOKEN_WORD || name_reserved(token, MP_DECL_PROCESS))
		no_name(p, token, kinds, what);
	else if (being_declared(p, token))
		mp_mistake(p, MP_MISTAKE_ITSELF, mp_place(p, token), what,
			   mp_show(p, token->text, token->length), NULL);
	else
		undeclared(p, token, kinds, what);
}

struct mp_decl *mp_name(struct mp_parser *p, unsigned kinds, const char *what)
{
	const struct mp_token *token = mp_peek(p, 0);
	struct mp_decl *decl = mp_name_find(p, token);

	if (!decl || !fits(decl, kinds)) {
		mp_name_mistake(p, token, kinds, what);
		return NULL;
	}
	mp_next(p);
	mp_name_used(p, decl);
	return decl;
}

static bool name_allowed(struct mp_parser *p, const struct mp_token *token, enum mp_decl_kind kind)
{
	const struct mp_decl *other = mp_name_find(p, token);
	struct mp_place place = mp_place(p, token);
	const char *name = mp_show(p, token->text, token->length);

	if (token->kind != MP_TOKEN_WORD)
		return mp_expected(p, "a name");
	if (name_reserved(token, kind))
		refuse_reserved(p, token, kind);
	else if (other)
		mp_mistake(p, MP_MISTAKE_DUPLICATE, place, name,
			   mp_show_number(p, other->place.line), NULL);
	else if (kind == MP_DECL_PARAMETER && mp_signal_number(token->text, token->length))
		mp_mistake(p, MP_MISTAKE_SIGNAL_NAME, place, name, NULL, NULL);
	else if (p->contract->decl_count == MP_CONTRACT_NAMES)
		mp_mistake(p, MP_MISTAKE_MANY_NAMES, place, mp_show_number(p, MP_CONTRACT_NAMES),
			   NULL, NULL);
	else
		return true;
	return false;
}

bool mp_counter_name(struct mp_parser *p, const struct mp_token *token)
{
	const struct mp_decl *other = mp_name_find(p, token);
	struct mp_place place = mp_place(p, token);

	if (token->kind != MP_TOKEN_WORD)
		mp_mistake(p, MP_MISTAKE_EXPECTED, place, "the name of a counter",
			   mp_show_token(p, token), NULL);
	else if (other)
		mp_mistake(p, MP_MISTAKE_SHADOW, place, other->name, mp_kind_word(other->kind),
			   mp_show_number(p, other->place.line));
	else if (name_reserved(token, MP_DECL_PARAMETER))
		refuse_reserved(p, token, MP_DECL_PARAMETER);
	return !p->failed;
}

struct mp_decl *mp_name_new(struct mp_parser *p, enum mp_decl_kind kind)
{
	const struct mp_token *token = mp_peek(p, 0);
	struct mp_decl *decl;

	if (!name_allowed(p, token, kind))
		return NULL;
	decl = mp_keep(p, sizeof(*decl));
	if (!decl)
		return NULL;
	decl->kind = kind;
	decl->place = mp_place(p, token);
	decl->name = mp_keep_text(p, token->text, token->length);
	p->naming = *token;
	mp_next(p);
	return decl->name ? decl : NULL;
}

void mp_name_declare(struct mp_parser *p, struct mp_decl *decl)
{
	struct mp_contract *contract = p->contract;
	struct mp_decl **grown =
		mp_keep_more(p, contract->decls, contract->decl_count, sizeof(struct mp_decl *));

	if (!grown)
		return;
	grown[contract->decl_count++] = decl;
	contract->decls = grown;
}

/* Nobody needs every process of a program in its claims, so this is only a note. */
void mp_name_unused(struct mp_parser *p)
{
	const struct mp_contract *contract = p->contract;
	size_t i;

	for (i = 1; i < contract->decl_count && !contract->diagnostic_count; i++) {
		const struct mp_decl *decl = contract->decls[i];

		if (!p->used[i])
			mp_note(p, MP_MISTAKE_UNUSED, decl->place,
				mp_show(p, decl->name, strlen(decl->name)));
	}
}
