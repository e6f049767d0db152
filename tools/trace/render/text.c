/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report for people: a head, its sections, and one line that sums up. */
#include "formats.h"

#include <inttypes.h>
#include <string.h>

#include "section.h"

/* ---- the head: what was run, how it ended, and what was seen of it ---- */

static const char *const stops[] = {
	[MP_STOP_ENDED] = NULL,
	[MP_STOP_TIMEOUT] = "stopped by the time limit",
	[MP_STOP_INTERRUPTED] = "interrupted",
};

static void put_command(struct mp_page *page)
{
	const struct mp_record *record = page->report->model->record;
	struct mp_words words;

	mp_words_begin(&words, false);
	for (int i = 0; i < record->argc; i++) {
		mp_words_add(&words, "%s", i > 0 ? " " : "");
		mp_words_foreign(&words, record->argv[i], strlen(record->argv[i]));
	}
	mp_page_wrap(page, MP_HEADING, words.text);
	mp_page_newline(page);
}

static void put_part(struct mp_page *page, const struct mp_words *words, enum mp_style style)
{
	if (page->column > 2) {
		mp_page_go(page, 0, 1);
		mp_page_sign(page, MP_FAINT, page->signs->dot, 1);
		mp_page_go(page, 0, 1);
	}
	mp_page_put(page, style, words->text);
}

static void put_ending(struct mp_page *page)
{
	const struct mp_model *model = page->report->model;
	const struct mp_record *record = model->record;
	const struct mp_process *command = model->processes[0];
	struct mp_words words;

	mp_words_begin(&words, false);
	if (record->stop > MP_STOP_ENDED && record->stop <= MP_STOP_INTERRUPTED)
		mp_words_add(&words, "%s", stops[record->stop]);
	else
		mp_words_status(&words, record->status);
	mp_words_add(&words, " after ");
	mp_words_duration(&words, command->ended != MP_NEVER && command->ended > record->began
					  ? command->ended - record->began
					  : mp_run_lasted(model));
	put_part(page, &words,
		 record->stop == MP_STOP_ENDED && record->status == 0 ? MP_PLAIN : MP_BAD);
}

static uint64_t all_lost(const struct mp_model *model)
{
	uint64_t lost = 0;

	for (size_t kind = 1; kind < MP_KINDS; kind++)
		lost += model->lost[kind];
	return lost;
}

static void put_counts(struct mp_page *page)
{
	const struct mp_model *model = page->report->model;
	uint64_t lost = all_lost(model);
	struct mp_words words;

	mp_words_begin(&words, false);
	mp_words_count(&words, model->process_count, "process", "processes");
	put_part(page, &words, MP_PLAIN);
	mp_words_begin(&words, false);
	mp_words_count(&words, model->record->count, "event", "events");
	put_part(page, &words, MP_PLAIN);
	mp_words_begin(&words, false);
	if (lost > 0)
		mp_words_add(&words, "%" PRIu64 " lost", lost);
	else
		mp_words_add(&words, "none lost");
	put_part(page, &words, lost > 0 ? MP_BAD : MP_PLAIN);
}

static void put_head(struct mp_page *page)
{
	put_command(page);
	mp_page_go(page, 2, 0);
	put_ending(page);
	put_counts(page);
	mp_page_newline(page);
}

/* ---- the last lines ---- */

static const enum mp_style summary_styles[] = {
	[MP_HOLDS] = MP_GOOD,
	[MP_BROKEN] = MP_BAD,
	[MP_INCONCLUSIVE] = MP_DOUBTFUL,
};

static void put_hint(struct mp_page *page)
{
	struct mp_words words;

	mp_words_begin(&words, false);
	if (page->report->kept != NULL) {
		mp_words_add(&words, "The run is kept: mp-trace --from ");
		mp_words_foreign(&words, page->report->kept, strlen(page->report->kept));
	} else if (!page->report->from_file && page->report->verdict != NULL &&
		   page->report->verdict->outcome != MP_HOLDS) {
		mp_words_add(&words, "To keep a run and look at it again: --record FILE, then "
				     "--from FILE.");
	}
	if (words.length == 0)
		return;
	mp_page_wrap(page, MP_FAINT, words.text);
	mp_page_newline(page);
}

static void put_summary(struct mp_page *page)
{
	const struct mp_verdict *verdict = page->report->verdict;
	struct mp_words words;

	mp_page_newline(page);
	mp_words_begin(&words, false);
	if (verdict != NULL)
		mp_words_summary(&words, verdict);
	else
		mp_words_add(&words, "No contract: nothing was judged.");
	mp_page_put(page, verdict != NULL ? summary_styles[verdict->outcome] : MP_PLAIN,
		    words.text);
	mp_page_newline(page);
	put_hint(page);
}

/* ---- the whole ---- */

/* Is there anything that a reader who only wants to hear of trouble must hear of? */
static bool trouble(const struct mp_report *report)
{
	const struct mp_model *model = report->model;

	return (report->verdict != NULL && report->verdict->outcome != MP_HOLDS) ||
	       model->finding_count > 0 || model->fd_unsure || model->blind != 0 ||
	       all_lost(model) > 0 || model->record->stop != MP_STOP_ENDED;
}

static int put_picture(struct mp_page *page)
{
	int ret = mp_section_processes(page);

	if (ret < 0)
		return ret;
	mp_section_channels(page);
	if (page->report->verbose > 1)
		mp_section_acts(page);
	return 0;
}

int mp_render_text(const struct mp_report *report, FILE *out)
{
	struct mp_page page;
	int ret = 0;

	if (report->quiet && !trouble(report))
		return 0;
	mp_page_begin(&page, report, out);
	put_head(&page);
	if (!report->quiet)
		ret = put_picture(&page);
	if (ret < 0)
		return ret;
	mp_section_waiting(&page);
	mp_section_claims(&page);
	mp_section_findings(&page);
	mp_section_missing(&page);
	put_summary(&page);
	return mp_page_end(&page);
}
