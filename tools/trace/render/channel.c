/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The channels: what went through them, from whom to whom, and who kept an end open. */
#include "section.h"

#include <inttypes.h>
#include <string.h>

#define NAMES_MOST   3	/* of processes in one list */
#define PARTIES_MOST 46 /* columns of "from -> to" */

/* ---- who ---- */

static bool same_name(const struct mp_process *a, const struct mp_process *b)
{
	return strncmp(mp_process_name(a, MP_NEVER), mp_process_name(b, MP_NEVER), MP_COMM_LEN) ==
	       0;
}

/* A name is enough where it is the only one of its kind. */
static void words_who(struct mp_words *words, const struct mp_model *model,
		      const struct mp_process *process)
{
	const char *name = mp_process_name(process, MP_NEVER);

	mp_words_foreign(words, name, strnlen(name, MP_COMM_LEN));
	for (size_t i = 0; i < model->process_count; i++) {
		if (model->processes[i] == process || !same_name(model->processes[i], process))
			continue;
		mp_words_add(words, " %" PRIu32, process->pid);
		return;
	}
}

typedef bool chosen(const struct mp_end *end);

static bool writes_it(const struct mp_end *end)
{
	return end->writes > 0;
}

static bool reads_it(const struct mp_end *end)
{
	return end->reads > 0 || end->eofs > 0 || end->attempted_read;
}

static bool met_end(const struct mp_end *end)
{
	return end->eofs > 0;
}

/* Kept a writing end that it had no use for: readers wait for the end of it in vain. */
static bool kept_in(const struct mp_end *end)
{
	return end->open_in && end->writes == 0;
}

static bool kept_out(const struct mp_end *end)
{
	return end->open_out && !reads_it(end);
}

/* "a, b, c and 4 more"; returns how many there are. */
static size_t words_list(struct mp_words *words, const struct mp_model *model,
			 const struct mp_stream *stream, chosen *choose)
{
	size_t count = 0;

	for (size_t i = 0; i < stream->end_count; i++) {
		if (!choose(&stream->ends[i]))
			continue;
		if (count++ >= NAMES_MOST)
			continue;
		mp_words_add(words, "%s", count > 1 ? ", " : "");
		words_who(words, model, stream->ends[i].process);
	}
	if (count > NAMES_MOST)
		mp_words_add(words, " and %zu more", count - NAMES_MOST);
	return count;
}

/* ---- one channel ---- */

/* The two sides of "from -> to". */
static void words_party(struct mp_words *words, const struct mp_model *model,
			const struct mp_stream *stream, chosen *choose)
{
	mp_words_begin(words, false);
	if (words_list(words, model, stream, choose) == 0)
		mp_words_add(words, stream->inherited ? "outside" : "nobody");
}

static int parties_width(const struct mp_page *page, const struct mp_stream *stream)
{
	const struct mp_model *model = page->report->model;
	struct mp_words from, to;

	words_party(&from, model, stream, writes_it);
	words_party(&to, model, stream, reads_it);
	return mp_words_columns(&from) + page->signs->arrow_width + 2 + mp_words_columns(&to);
}

static void put_parties(struct mp_page *page, const struct mp_stream *stream)
{
	const struct mp_model *model = page->report->model;
	struct mp_words words;

	words_party(&words, model, stream, writes_it);
	mp_page_put(page, MP_PLAIN, words.text);
	mp_page_put(page, MP_PLAIN, " ");
	mp_page_sign(page, MP_FAINT, page->signs->arrow, page->signs->arrow_width);
	mp_page_put(page, MP_PLAIN, " ");
	words_party(&words, model, stream, reads_it);
	mp_page_put(page, MP_PLAIN, words.text);
}

static void words_amount(struct mp_words *words, const struct mp_model *model,
			 const struct mp_stream *stream)
{
	bool all = model->lost[MP_IO] + model->lost[MP_TEXT] == 0;

	mp_words_begin(words, false);
	if (stream->writes == 0 && stream->bytes_out == 0) {
		mp_words_add(words, "%s", all ? "nothing" : "nothing seen");
		return;
	}
	mp_words_add(words, "%s", all ? "" : "at least ");
	if (stream->writes > 0) {
		mp_words_count(words, stream->writes, "message", "messages");
		mp_words_add(words, ", ");
		mp_words_count(words, stream->bytes_in, "byte", "bytes");
	} else {
		mp_words_count(words, stream->bytes_out, "byte", "bytes");
		mp_words_add(words, " read");
	}
	if (all && !stream->inherited && stream->bytes_out < stream->bytes_in)
		mp_words_add(words, ", %" PRIu64 " not read", stream->bytes_in - stream->bytes_out);
}

/* Behind the parties, or below them when they take the whole line. */
static void put_amount(struct mp_page *page, const struct mp_stream *stream, int column,
		       int parties)
{
	struct mp_words words;

	words_amount(&words, page->report->model, stream);
	if (column + parties + 2 + (int)words.length > page->width) {
		mp_page_newline(page);
		mp_page_go(page, column, 0);
	} else {
		mp_page_go(page, column + parties + 2, 2);
	}
	mp_page_put(page, MP_PLAIN, words.text);
	mp_page_newline(page);
}

static void put_note(struct mp_page *page, const struct mp_stream *stream, int column,
		     chosen *choose, enum mp_style style, const char *before)
{
	struct mp_words words;

	mp_words_begin(&words, false);
	mp_words_add(&words, "%s", before);
	if (words_list(&words, page->report->model, stream, choose) == 0)
		return;
	mp_page_go(page, column, 0);
	mp_page_wrap(page, style, words.text);
	mp_page_newline(page);
}

static bool ended(const struct mp_stream *stream)
{
	for (size_t i = 0; i < stream->end_count; i++) {
		if (met_end(&stream->ends[i]))
			return true;
	}
	return false;
}

/*
 * Is it worth saying who kept an end open? What leads out of the tree is closed by nobody in it,
 * who ends without a word after it was to write has done no harm, and where descriptors were lost
 * from sight it is not known.
 */
static bool keeping_matters(const struct mp_model *model, const struct mp_stream *stream)
{
	if (stream->inherited || model->fd_unsure || model->lost[MP_FD] > 0)
		return false;
	return stream->writes > 0 || !ended(stream);
}

static void put_notes(struct mp_page *page, const struct mp_stream *stream, int column)
{
	put_note(page, stream, column, met_end, MP_FAINT, "its end was read by ");
	if (!keeping_matters(page->report->model, stream))
		return;
	put_note(page, stream, column, kept_in, MP_DOUBTFUL,
		 "its writing end was never closed by ");
	if (page->report->verbose > 0)
		put_note(page, stream, column, kept_out, MP_FAINT,
			 "its reading end was never closed by ");
}

/* ---- the section ---- */

static bool used(const struct mp_stream *stream)
{
	if (stream->writes > 0 || stream->reads > 0)
		return true;
	for (size_t i = 0; i < stream->end_count; i++) {
		if (reads_it(&stream->ends[i]))
			return true;
	}
	return false;
}

/* Streams that are to be shown, one after the other; NULL after the last. */
static const struct mp_stream *next_stream(const struct mp_page *page, size_t *i)
{
	const struct mp_model *model = page->report->model;

	while (*i < model->stream_count) {
		const struct mp_stream *stream = model->streams[(*i)++];

		if (page->report->verbose > 0 || used(stream))
			return stream;
	}
	return NULL;
}

static size_t choose_widths(const struct mp_page *page, int *label, int *parties)
{
	const struct mp_stream *stream;
	struct mp_words words;
	size_t count = 0;

	*label = *parties = 0;
	for (size_t i = 0; (stream = next_stream(page, &i)) != NULL; count++) {
		int width = count < MP_ROWS ? parties_width(page, stream) : 0;

		mp_words_begin(&words, false);
		mp_words_stream(&words, stream);
		if ((int)words.length > *label)
			*label = (int)words.length;
		if (width > *parties)
			*parties = width < PARTIES_MOST ? width : PARTIES_MOST;
	}
	return count;
}

static void put_channel(struct mp_page *page, const struct mp_stream *stream, int label,
			int parties)
{
	struct mp_words words;
	int column = 2 + label + 2;

	mp_words_begin(&words, false);
	mp_words_stream(&words, stream);
	mp_page_go(page, 2, 0);
	mp_page_put(page, MP_PLAIN, words.text);
	mp_page_go(page, column, 0);
	put_parties(page, stream);
	put_amount(page, stream, column, parties);
	put_notes(page, stream, column);
}

void mp_section_channels(struct mp_page *page)
{
	const struct mp_stream *stream;
	int label, parties;
	size_t shown = 0, count = choose_widths(page, &label, &parties);
	bool all = page->report->verbose > 0;

	if (count == 0)
		return;
	mp_page_heading(page, "Channels");
	mp_page_newline(page);
	for (size_t i = 0; (stream = next_stream(page, &i)) != NULL; shown++) {
		if (shown >= MP_ROWS && !all)
			break;
		put_channel(page, stream, label, parties);
	}
	mp_section_more(page, count - shown);
}
