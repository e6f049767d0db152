/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sections that are plain lists: acts, who still waits, findings, what is missing. */
#include "section.h"

#include <inttypes.h>

#define TIME_COLUMNS 12

void mp_section_more(struct mp_page *page, size_t hidden)
{
	struct mp_words words;

	if (hidden == 0)
		return;
	mp_words_begin(&words, false);
	mp_words_add(&words, "and %zu more (-v shows all)", hidden);
	mp_page_go(page, 2, 0);
	mp_page_put(page, MP_FAINT, words.text);
	mp_page_newline(page);
}

/* ---- every act ---- */

static void put_act(struct mp_page *page, const struct mp_act *act)
{
	struct mp_words words;

	mp_words_begin(&words, false);
	mp_words_time(&words, page->report->model, act->at);
	mp_page_go(page, TIME_COLUMNS - (int)words.length, 1);
	mp_page_put(page, MP_FAINT, words.text);
	mp_page_go(page, 0, 2);
	mp_words_begin(&words, false);
	mp_words_process(&words, act->who, act->at);
	mp_page_put(page, MP_PLAIN, words.text);
	mp_page_go(page, TIME_COLUMNS + 2 + 22, 2);
	mp_words_begin(&words, false);
	mp_words_act(&words, act);
	mp_page_wrap(page, MP_PLAIN, words.text);
	mp_page_newline(page);
}

void mp_section_acts(struct mp_page *page)
{
	const struct mp_model *model = page->report->model;

	if (model->act_count == 0)
		return;
	mp_page_heading(page, "Acts");
	mp_page_go(page, TIME_COLUMNS - 2, 1);
	mp_page_put(page, MP_FAINT, "ms");
	mp_page_newline(page);
	for (size_t i = 0; i < model->act_count; i++)
		put_act(page, model->acts[i]);
}

/* ---- who still waits ---- */

static bool stuck(const struct mp_process *process)
{
	return (process->blocked != NULL || process->stopped != NULL) &&
	       (process->killed_by_us || process->ended == MP_NEVER);
}

/* Of an empty stream: those who could still write into it, as far as that is known. */
static void words_holders(struct mp_words *words, const struct mp_model *model,
			  const struct mp_act *act)
{
	const char *before = "; its writing end is held by ";

	if (model->fd_unsure || model->lost[MP_FD] > 0)
		return;
	if (act->wait != MP_ON_STREAM || act->stream == NULL || act->writing)
		return;
	for (size_t i = 0; i < act->stream->end_count; i++) {
		if (!act->stream->ends[i].open_in)
			continue;
		mp_words_add(words, "%s", before);
		mp_words_process(words, act->stream->ends[i].process, MP_NEVER);
		before = ", ";
	}
}

/* Who is stopped is not waiting any more, whatever it was in. */
static void put_stuck(struct mp_page *page, const struct mp_process *process)
{
	const struct mp_act *act = process->stopped;
	struct mp_words words;

	mp_words_begin(&words, false);
	mp_words_process(&words, process, MP_NEVER);
	mp_words_add(&words, " ");
	if (act != NULL) {
		mp_words_stopped(&words, act);
	} else {
		act = process->blocked;
		mp_words_wait(&words, act);
	}
	mp_words_add(&words, " since ");
	mp_words_time(&words, page->report->model, act->begin);
	mp_words_add(&words, " ms");
	words_holders(&words, page->report->model, act);
	mp_page_go(page, 2, 0);
	mp_page_sign(page, MP_BAD, "!", 1);
	mp_page_go(page, 0, 1);
	mp_page_wrap(page, MP_PLAIN, words.text);
	mp_page_newline(page);
}

void mp_section_waiting(struct mp_page *page)
{
	const struct mp_model *model = page->report->model;
	bool titled = false;

	for (size_t i = 0; i < model->process_count; i++) {
		if (!stuck(model->processes[i]))
			continue;
		if (!titled) {
			mp_page_heading(page, "Still waiting at the end");
			mp_page_newline(page);
			titled = true;
		}
		put_stuck(page, model->processes[i]);
	}
}

/* ---- findings ---- */

void mp_section_findings(struct mp_page *page)
{
	const struct mp_model *model = page->report->model;
	size_t shown = model->finding_count;
	struct mp_words words;

	if (shown == 0)
		return;
	if (shown > MP_ROWS && page->report->verbose == 0)
		shown = MP_ROWS;
	mp_page_heading(page, "Findings");
	mp_page_newline(page);
	for (size_t i = 0; i < shown; i++) {
		mp_words_begin(&words, false);
		mp_words_finding(&words, &model->findings[i]);
		mp_page_go(page, 2, 0);
		mp_page_sign(page, MP_DOUBTFUL, "!", 1);
		mp_page_go(page, 0, 1);
		mp_page_wrap(page, MP_PLAIN, words.text);
		mp_page_newline(page);
	}
	mp_section_more(page, model->finding_count - shown);
}

/* ---- what is missing ---- */

struct missing {
	struct mp_page *page;
	bool titled;
};

static void put_missing(void *to, const char *sentence)
{
	struct missing *missing = to;
	struct mp_page *page = missing->page;

	if (!missing->titled) {
		mp_page_heading(page, "Missing");
		mp_page_newline(page);
		missing->titled = true;
	}
	mp_page_go(page, 2, 0);
	mp_page_sign(page, MP_DOUBTFUL, "?", 1);
	mp_page_go(page, 0, 1);
	mp_page_wrap(page, MP_PLAIN, sentence);
	mp_page_newline(page);
}

void mp_section_missing(struct mp_page *page)
{
	struct missing missing = {.page = page};

	mp_say_missing(page->report->model, false, put_missing, &missing);
}
