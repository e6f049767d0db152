/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The claims: what the contract says, whether it holds, and what decides where it does not. */
#include "section.h"

#include <string.h>

#define WORD_COLUMN   4	 /* where "holds" stands */
#define TITLE_COLUMN  18 /* where a title begins */
#define CLAUSE_COLUMN 6
#define DETAIL_COLUMN 8 /* where "expected" stands; what it is begins under the title */

struct outcome {
	const char *word;
	enum mp_style style;
	size_t sign; /* offset in struct mp_signs */
};
static const struct outcome outcomes[] = {
	[MP_HOLDS] = {"holds", MP_GOOD, offsetof(struct mp_signs, holds)},
	[MP_BROKEN] = {"broken", MP_BAD, offsetof(struct mp_signs, broken)},
	[MP_INCONCLUSIVE] = {"inconclusive", MP_DOUBTFUL, offsetof(struct mp_signs, inconclusive)},
};

static const char *sign_of(const struct mp_page *page, const struct outcome *outcome)
{
	return *(const char *const *)((const char *)page->signs + outcome->sign);
}

static void put_title(struct mp_page *page, const struct mp_claim_verdict *verdict)
{
	const struct outcome *outcome = &outcomes[verdict->outcome];
	struct mp_words words;

	mp_words_begin(&words, false);
	mp_words_written(&words, verdict->claim->title, strlen(verdict->claim->title));
	mp_page_go(page, 2, 0);
	mp_page_sign(page, outcome->style, sign_of(page, outcome), 1);
	mp_page_go(page, WORD_COLUMN, 0);
	mp_page_put(page, outcome->style, outcome->word);
	mp_page_go(page, TITLE_COLUMN, 0);
	mp_page_wrap(page, MP_PLAIN, words.text);
	mp_page_newline(page);
}

static void put_detail(struct mp_page *page, const char *what, const char *text, size_t length)
{
	struct mp_words words;

	mp_words_begin(&words, false);
	mp_words_foreign(&words, text, length);
	mp_page_go(page, DETAIL_COLUMN, 0);
	mp_page_put(page, MP_FAINT, what);
	mp_page_go(page, TITLE_COLUMN, 0);
	mp_page_wrap(page, MP_PLAIN, words.text);
	mp_page_newline(page);
}

static void put_maybe(struct mp_page *page, const char *what, const char *text)
{
	if (text != NULL)
		put_detail(page, what, text, strlen(text));
}

/* The clause as it stands in the contract, and where. */
static void put_clause(struct mp_page *page, const struct mp_clause_verdict *verdict,
		       const struct outcome *outcome)
{
	const struct mp_contract *contract = page->report->contract;
	struct mp_words words;

	mp_words_begin(&words, false);
	mp_words_clause(&words, contract, verdict->clause);
	mp_page_go(page, CLAUSE_COLUMN, 0);
	mp_page_sign(page, outcome->style, sign_of(page, outcome), 1);
	mp_page_go(page, DETAIL_COLUMN, 0);
	mp_page_wrap(page, MP_HEADING, words.text);
	mp_page_newline(page);
	if (verdict->outcome == MP_HOLDS)
		return;
	mp_words_begin(&words, false);
	mp_words_place(&words, contract, &verdict->clause->place);
	mp_page_go(page, DETAIL_COLUMN, 0);
	mp_page_put(page, MP_FAINT, words.text);
	mp_page_newline(page);
}

static void put_act(struct mp_page *page, const struct mp_act *act, int name_width)
{
	struct mp_words words;

	mp_words_begin(&words, false);
	mp_words_time(&words, page->report->model, act->at);
	mp_words_add(&words, " ms");
	mp_page_go(page, TITLE_COLUMN - 2 - (int)words.length, 0);
	mp_page_put(page, MP_FAINT, words.text);
	mp_page_go(page, TITLE_COLUMN, 2);
	mp_words_begin(&words, false);
	mp_words_process(&words, act->who, act->at);
	mp_page_put(page, MP_PLAIN, words.text);
	mp_page_go(page, TITLE_COLUMN + name_width + 2, 2);
	mp_words_begin(&words, false);
	mp_words_act(&words, act);
	mp_page_wrap(page, MP_PLAIN, words.text);
	mp_page_newline(page);
}

static int name_width(const struct mp_clause_verdict *verdict)
{
	struct mp_words words;
	int width = 0;

	for (size_t i = 0; i < verdict->act_count; i++) {
		mp_words_begin(&words, false);
		mp_words_process(&words, verdict->acts[i]->who, verdict->acts[i]->at);
		if (mp_words_columns(&words) > width)
			width = mp_words_columns(&words);
	}
	return width < 24 ? width : 24;
}

static void put_clause_verdict(struct mp_page *page, const struct mp_clause_verdict *verdict)
{
	int width = name_width(verdict);

	put_clause(page, verdict, &outcomes[verdict->outcome]);
	if (verdict->unasked)
		put_maybe(page, "because", "a condition is false: it is not asked");
	if (verdict->outcome == MP_HOLDS)
		return;
	put_maybe(page, "expected", verdict->expected);
	put_maybe(page, "seen", verdict->seen);
	put_maybe(page, "because", verdict->cause);
	for (size_t i = 0; i < verdict->act_count; i++)
		put_act(page, verdict->acts[i], width);
}

/* A holding clause is worth a line only where every clause is asked for. */
static void put_claim(struct mp_page *page, const struct mp_claim_verdict *verdict)
{
	put_title(page, verdict);
	for (size_t i = 0; i < verdict->clause_count; i++) {
		if (verdict->clauses[i].outcome != MP_HOLDS || page->report->verbose > 0)
			put_clause_verdict(page, &verdict->clauses[i]);
	}
}

void mp_section_claims(struct mp_page *page)
{
	const struct mp_verdict *verdict = page->report->verdict;

	if (verdict == NULL)
		return;
	mp_page_heading(page, "Claims");
	mp_page_newline(page);
	for (size_t i = 0; i < verdict->claim_count; i++) {
		if (!page->report->quiet || verdict->claims[i].outcome != MP_HOLDS)
			put_claim(page, &verdict->claims[i]);
	}
}
