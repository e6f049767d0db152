/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "formats.h"

#include <errno.h>
#include <string.h>

#include "show.h"
#include "words.h"

/*
 * A reader of TAP takes `# TODO` and `# SKIP` behind a point for an excuse, and some do not know
 * `\#`. So no byte of a title or of a trace becomes a `#`, and no point has anything behind it.
 */
static void put_line(FILE *out, const char *what, const struct mp_words *words)
{
	fprintf(out, "#   %-10s%s\n", what, words->text);
}

static void put_maybe(FILE *out, const char *what, const char *text)
{
	struct mp_words words;

	if (text == NULL)
		return;
	mp_words_begin(&words, true);
	mp_words_foreign(&words, text, strlen(text));
	put_line(out, what, &words);
}

static void put_act(const struct mp_report *report, const struct mp_act *act, FILE *out)
{
	struct mp_words words;

	mp_words_begin(&words, true);
	mp_words_time(&words, report->model, act->at);
	mp_words_add(&words, " ms  ");
	mp_words_process(&words, act->who, act->at);
	mp_words_add(&words, "  ");
	mp_words_act(&words, act);
	put_line(out, "", &words);
}

static const char *const outcomes[] = {
	[MP_HOLDS] = "holds",
	[MP_BROKEN] = "broken",
	[MP_INCONCLUSIVE] = "inconclusive",
};

/* The first line says how it is with the claim: what is broken, or what is missing. */
static void put_clause(const struct mp_report *report, const struct mp_clause_verdict *verdict,
		       FILE *out)
{
	const char *cause = verdict->outcome == MP_INCONCLUSIVE ? verdict->cause : NULL;
	struct mp_words clause, words;

	mp_words_begin(&clause, true);
	mp_words_place(&clause, report->contract, &verdict->clause->place);
	mp_words_add(&clause, ": ");
	mp_words_clause(&clause, report->contract, verdict->clause);
	mp_words_begin(&words, true);
	if (cause != NULL)
		mp_words_foreign(&words, cause, strlen(cause));
	fprintf(out, "# %s: %s\n", outcomes[verdict->outcome],
		cause != NULL ? words.text : clause.text);
	if (verdict->outcome == MP_HOLDS)
		return;
	if (cause != NULL)
		put_line(out, "clause", &clause);
	put_maybe(out, "expected", verdict->expected);
	put_maybe(out, "seen", verdict->seen);
	for (size_t i = 0; i < verdict->act_count; i++)
		put_act(report, verdict->acts[i], out);
}

static void put_point(const struct mp_report *report, size_t i, FILE *out)
{
	const struct mp_claim_verdict *verdict = &report->verdict->claims[i];
	const char *title = verdict->claim->title;

	fprintf(out, "%s %zu - ", verdict->outcome == MP_HOLDS ? "ok" : "not ok", i + 1);
	mp_print_shown(out, title, strlen(title), MP_ESCAPE_BACKSLASH | MP_ESCAPE_NUMBER_SIGN);
	putc('\n', out);
	for (size_t c = 0; c < verdict->clause_count; c++) {
		if (verdict->clauses[c].outcome != MP_HOLDS || report->verbose > 0)
			put_clause(report, &verdict->clauses[c], out);
	}
}

static void put_sentence(void *to, const char *sentence)
{
	fprintf(to, "# %s\n", sentence);
}

int mp_render_tap(const struct mp_report *report, FILE *out)
{
	const struct mp_model *model = report->model;
	struct mp_words words;

	if (report->verdict == NULL)
		return -EINVAL;
	fprintf(out, "TAP version 13\n1..%zu\n", report->verdict->claim_count);
	for (size_t i = 0; i < report->verdict->claim_count; i++)
		put_point(report, i, out);
	for (size_t i = 0; i < model->finding_count; i++) {
		mp_words_begin(&words, true);
		mp_words_finding(&words, &model->findings[i]);
		put_sentence(out, words.text);
	}
	mp_say_missing(model, true, put_sentence, out);
	mp_words_begin(&words, true);
	mp_words_summary(&words, report->verdict);
	put_sentence(out, words.text);
	errno = 0;
	if (fflush(out) == 0 && !ferror(out))
		return 0;
	return errno != 0 ? -errno : -EIO;
}
