/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Phrases: who, the words of a verb or of a state, and what stands after them. */
#include <stdio.h>
#include <string.h>

#include "parser.h"

/* How many of the words of a form stand here. */
static size_t words_that_fit(const struct mp_parser *p, const char *words, size_t *all)
{
	size_t fit = 0, length;
	bool good = true;

	for (*all = 0; *words; ++*all) {
		const struct mp_token *token = mp_peek(p, *all);

		length = strcspn(words, " ");
		good = good && token->kind == MP_TOKEN_WORD && token->length == length &&
		       !memcmp(token->text, words, length);
		fit += good;
		words += length + (words[length] == ' ');
	}
	return fit;
}

static const char *nth_word(const char *words, size_t n, size_t *length)
{
	while (n--)
		words += strcspn(words, " ") + 1;
	*length = strcspn(words, " ");
	return words;
}

/* What the rows of the table make of the words that stand here. */
struct match {
	const struct mp_verb_row *row;
	size_t words;	 /* of the longest form that fits */
	size_t begun;	 /* of the longest form that begins to fit */
	char wanted[80]; /* the words that could go on from there, with "or" between them */
	struct mp_nearest near;
};

static void want(struct match *m, const char *word, size_t length)
{
	size_t used = strlen(m->wanted);
	char quoted[32];

	snprintf(quoted, sizeof(quoted), "\"%.*s\"", (int)length, word);
	if (!strstr(m->wanted, quoted))
		snprintf(m->wanted + used, sizeof(m->wanted) - used, "%s%s", used ? " or " : "",
			 quoted);
	mp_nearest_try(&m->near, word, length);
}

static void restart(const struct mp_parser *p, struct match *m, size_t begun)
{
	const struct mp_token *token = mp_peek(p, begun);

	m->begun = begun;
	m->wanted[0] = '\0';
	mp_nearest_start(&m->near, token->text, token->kind == MP_TOKEN_WORD ? token->length : 0);
}

/* "waits, for each i": whom somebody waits for is "each of" some group. */
static bool counts_on(const struct mp_parser *p, size_t ahead)
{
	return mp_is(mp_peek(p, ahead), "each") && !mp_is(mp_peek(p, ahead + 1), "of");
}

static void try_form(const struct mp_parser *p, struct match *m, const struct mp_verb_row *row,
		     const char *words)
{
	size_t all, length, fit = words ? words_that_fit(p, words, &all) : 0;
	const char *next;

	if (!words || (fit == all && row->verb == MP_VERB_WAITS_FOR && counts_on(p, all)))
		return;
	if (fit == all && fit > m->words) {
		m->words = fit;
		m->row = row;
	}
	if (fit == all || fit < m->begun)
		return;
	if (fit > m->begun)
		restart(p, m, fit);
	next = nth_word(words, fit, &length);
	want(m, next, length);
}

static void find_row(const struct mp_parser *p, struct match *m)
{
	const struct mp_verb_row *row;

	restart(p, m, 0);
	for (row = mp_verbs; row->verb || row->state; row++) {
		try_form(p, m, row, row->singular);
		try_form(p, m, row, row->plural);
	}
}

/* The words of the table have blanks behind them: the suggestion is one of them only. */
static void suggest_word(struct mp_parser *p, const char *words)
{
	char word[32];

	if (!words)
		return;
	snprintf(word, sizeof(word), "%.*s", (int)strcspn(words, " "), words);
	mp_suggest(p, word);
}

static bool no_verb(struct mp_parser *p, const struct match *m)
{
	const struct mp_token *token = mp_peek(p, m->begun), *first = mp_peek(p, 0);
	const char *what = m->begun ? m->wanted : "a verb";
	const char *instead = mp_synonym(token, MP_AT_VERB);

	if (m->begun == 2 && mp_is(token, "most")) { /* lives at most */
		mp_mistake(p, MP_MISTAKE_LOWER_BOUND, mp_place(p, token), NULL, NULL, NULL);
		return false;
	}
	if (m->begun && !instead && !m->near.word && mp_synonym(first, MP_AT_VERB)) {
		token = first; /* "starts worker" */
		what = "a verb";
		instead = mp_synonym(first, MP_AT_VERB);
	}
	if (!m->begun && mp_same(token, "sends") && mp_names_channel(p, mp_peek(p, 1)))
		instead = "writes";
	if (mp_mistake(p, MP_MISTAKE_EXPECTED, mp_place(p, token), what, mp_show_token(p, token),
		       NULL))
		instead ? mp_suggest(p, instead) : suggest_word(p, m->near.word);
	return false;
}

static bool parse_verb(struct mp_parser *p, struct mp_subject *subject)
{
	const struct mp_token *first = mp_peek(p, 0);
	struct match m = {0};

	find_row(p, &m);
	if (m.begun > m.words || !m.words)
		return no_verb(p, &m);
	subject->row = m.row;
	while (m.words--)
		mp_next(p);
	subject->verb_place = mp_place_from(p, first);
	return true;
}

bool mp_parse_subject(struct mp_parser *p, struct mp_subject *subject)
{
	*subject = (struct mp_subject){.first = mp_peek(p, 0)};
	p->counted = false;
	subject->who = mp_parse_who(p, "a process or a group");
	if (!subject->who)
		return false;
	if (mp_is(mp_peek(p, 0), "never"))
		subject->never = mp_next(p);
	return parse_verb(p, subject);
}

/* Some things are said of a group, and of no single member. */
bool mp_whole_group(struct mp_parser *p, const struct mp_who *who, const char *words)
{
	if (who->decl->kind == MP_DECL_PROCESS)
		mp_mistake(p, MP_MISTAKE_WRONG_KIND, who->place, "a group", who->decl->name,
			   mp_kind_word(MP_DECL_PROCESS));
	else if (who->each)
		mp_mistake(p, MP_MISTAKE_AS_A_WHOLE, who->place, words, NULL, NULL);
	return who->decl->kind == MP_DECL_GROUP && !who->each;
}

struct mp_phrase *mp_parse_rest(struct mp_parser *p, const struct mp_subject *subject)
{
	struct mp_phrase *phrase = mp_keep(p, sizeof(*phrase));

	if (!phrase)
		return NULL;
	phrase->who = *subject->who;
	phrase->verb = subject->row->verb;
	phrase->verb_place = subject->verb_place;
	if (phrase->verb == MP_VERB_MEET && !mp_whole_group(p, subject->who, subject->row->plural))
		return NULL;
	if (!mp_parse_operand(p, subject->row, phrase))
		return NULL;
	phrase->place = mp_place_from(p, subject->first);
	phrase->varies = p->counted;
	return phrase;
}

struct mp_phrase *mp_parse_phrase(struct mp_parser *p, enum mp_mistake never)
{
	struct mp_subject subject;

	if (!mp_parse_subject(p, &subject))
		return NULL;
	if (subject.row->state) {
		mp_mistake(p, MP_MISTAKE_NO_MOMENT, subject.verb_place, subject.row->plural, NULL,
			   NULL);
		return NULL;
	}
	if (subject.never) {
		mp_mistake(p, never, mp_place(p, subject.never), "never", NULL, NULL);
		return NULL;
	}
	return mp_parse_rest(p, &subject);
}
