/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "words.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <sys/wait.h>

#include "show.h"

#define ELLIPSIS "..."

void mp_words_begin(struct mp_words *words, bool tap)
{
	words->text[0] = '\0';
	words->length = 0;
	words->escape = MP_ESCAPE_BACKSLASH | (tap ? MP_ESCAPE_NUMBER_SIGN : 0u);
	words->cut = false;
}

/* Nothing follows what was cut, else a report would join what never stood together. */
static void cut(struct mp_words *words)
{
	if (words->cut)
		return;
	words->cut = true;
	memcpy(words->text + words->length, ELLIPSIS, sizeof(ELLIPSIS));
	words->length += sizeof(ELLIPSIS) - 1;
}

static void append(struct mp_words *words, const char *text, size_t length)
{
	if (words->cut)
		return;
	if (length + sizeof(ELLIPSIS) > sizeof(words->text) - words->length) {
		cut(words);
		return;
	}
	memcpy(words->text + words->length, text, length);
	words->length += length;
	words->text[words->length] = '\0';
}

void mp_words_add(struct mp_words *words, const char *format, ...)
{
	char text[256];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (length > 0)
		append(words, text,
		       (size_t)length < sizeof(text) ? (size_t)length : sizeof(text) - 1);
}

static void append_shown(struct mp_words *words, const char *text, size_t length, unsigned escape)
{
	char shown[MP_SHOWN_MOST];
	size_t taken;

	for (; length > 0 && !words->cut; text += taken, length -= taken)
		append(words, shown, mp_show_first(text, length, escape, shown, &taken));
}

void mp_words_foreign(struct mp_words *words, const char *text, size_t length)
{
	append_shown(words, text, length, words->escape | MP_ESCAPE_BEYOND_ASCII);
}

void mp_words_written(struct mp_words *words, const char *text, size_t length)
{
	append_shown(words, text, length, words->escape);
}

int mp_words_columns(const struct mp_words *words)
{
	return mp_columns(words->text, words->length);
}

void mp_words_count(struct mp_words *words, uint64_t count, const char *one, const char *many)
{
	mp_words_add(words, "%" PRIu64 " %s", count, count == 1 ? one : many);
}

/* ---- time ---- */

uint64_t mp_run_began(const struct mp_model *model)
{
	return model->record->began;
}

/* What follows the last end is the tracer's own work, unless somebody had to be stopped. */
uint64_t mp_run_lasted(const struct mp_model *model)
{
	uint64_t began = model->record->began, end = 0;

	for (size_t i = 0; i < model->process_count; i++) {
		const struct mp_process *process = model->processes[i];
		uint64_t ended = process->ended != MP_NEVER ? process->ended : model->record->ended;

		if (ended > end)
			end = ended;
	}
	return end > began ? end - began : 0;
}

/* Whole microseconds, so that a test does not depend on how a float is rounded. */
static void milliseconds(struct mp_words *words, uint64_t ns, unsigned digits)
{
	uint64_t us = ns / 1000;

	if (digits == 1)
		mp_words_add(words, "%" PRIu64 ".%" PRIu64, us / 1000, us % 1000 / 100);
	else
		mp_words_add(words, "%" PRIu64 ".%03" PRIu64, us / 1000, us % 1000);
}

void mp_words_time(struct mp_words *words, const struct mp_model *model, uint64_t at)
{
	uint64_t began = mp_run_began(model);

	milliseconds(words, at > began ? at - began : 0, 3);
}

void mp_words_duration(struct mp_words *words, uint64_t ns)
{
	if (ns >= UINT64_C(10000000000)) {
		mp_words_add(words, "%" PRIu64 ".%" PRIu64 " s", ns / 1000000000,
			     ns % 1000000000 / 100000000);
		return;
	}
	/* A short wait is not none. */
	milliseconds(words, ns, ns > 0 && ns < 100000 ? 3 : 1);
	mp_words_add(words, " ms");
}

/* ---- processes ---- */

static void name_at(struct mp_words *words, const struct mp_process *process, uint64_t at)
{
	const char *name = mp_process_name(process, at);

	mp_words_foreign(words, name, strnlen(name, MP_COMM_LEN));
}

void mp_words_process(struct mp_words *words, const struct mp_process *process, uint64_t at)
{
	if (process == NULL) {
		mp_words_add(words, "somebody outside");
		return;
	}
	name_at(words, process, at);
	mp_words_add(words, " %u", process->pid);
}

void mp_words_signal(struct mp_words *words, int64_t signal)
{
	const char *name = NULL;

	if (signal > 0 && signal <= INT32_MAX)
		name = mp_signal_name((int)signal);
	if (name != NULL)
		mp_words_add(words, "%s", name);
	else
		mp_words_add(words, "signal %" PRId64, signal);
}

void mp_words_status(struct mp_words *words, int status)
{
	if (WIFEXITED(status))
		mp_words_add(words, "exit %d", WEXITSTATUS(status));
	else
		mp_words_signal(words, WTERMSIG(status));
}

/* Did anybody in the tree have to reap it? The command is reaped by mp-trace itself. */
static bool must_be_reaped(const struct mp_process *process)
{
	const struct mp_process *parent = process->parent;

	return parent != NULL && !process->autoreaped && parent->ended > process->ended;
}

static void words_reaper(struct mp_words *words, const struct mp_model *model,
			 const struct mp_process *process, bool *wrong)
{
	if (process->reaper != NULL) {
		mp_words_add(words, ", reaped by ");
		name_at(words, process->reaper, process->reaped);
		/* The parent's number stands one line above; of anybody else it is worth saying. */
		if (process->reaper != process->parent)
			mp_words_add(words, " %u", process->reaper->pid);
	} else if (must_be_reaped(process) && model->lost[MP_WAIT] > 0) {
		mp_words_add(words, ", reaping not seen");
	} else if (must_be_reaped(process)) {
		mp_words_add(words, ", never reaped");
		*wrong = true;
	}
}

void mp_words_end(struct mp_words *words, const struct mp_model *model,
		  const struct mp_process *process, bool *wrong)
{
	*wrong = false;
	if (process->ended == MP_NEVER && model->lost[MP_EXIT] > 0) {
		mp_words_add(words, "end not seen");
		return;
	}
	if (process->ended == MP_NEVER) {
		mp_words_add(words, "still running");
		*wrong = true;
		return;
	}
	if (process->killed_by_us) {
		mp_words_add(words, "stopped by mp-trace");
		*wrong = true;
		return;
	}
	mp_words_status(words, process->status);
	*wrong = !WIFEXITED(process->status) || WEXITSTATUS(process->status) != 0;
	words_reaper(words, model, process, wrong);
}

/* ---- streams and words ---- */

static const char *const stream_kinds[] = {
	[MP_STREAM_PIPE] = "pipe",
	[MP_STREAM_SOCKET] = "socket",
	[MP_STREAM_FIFO] = "fifo",
};

void mp_words_stream(struct mp_words *words, const struct mp_stream *stream)
{
	if (stream == NULL)
		mp_words_add(words, "a file");
	else
		mp_words_add(words, "%s %zu", stream_kinds[stream->kind], stream->id + 1);
}

void mp_words_futex(struct mp_words *words, const struct mp_word_entry *word)
{
	if (word != NULL)
		mp_words_add(words, "futex word %zu", word->id + 1);
	else
		mp_words_add(words, "a futex word");
}

void mp_words_memory(struct mp_words *words, const struct mp_memory *memory)
{
	if (memory == NULL) {
		mp_words_add(words, "shared memory");
		return;
	}
	mp_words_add(words, "shared memory %zu (", memory->id + 1);
	mp_words_count(words, memory->bytes, "byte", "bytes");
	if (!memory->anonymous) {
		mp_words_add(words, " of ");
		mp_words_foreign(words, memory->name, strlen(memory->name));
	}
	mp_words_add(words, ")");
}

/* ---- verdicts ---- */

void mp_words_place(struct mp_words *words, const struct mp_contract *contract,
		    const struct mp_place *place)
{
	mp_words_written(words, contract->name, strlen(contract->name));
	mp_words_add(words, ":%u", place->line);
}

void mp_words_clause(struct mp_words *words, const struct mp_contract *contract,
		     const struct mp_clause *clause)
{
	size_t length = 0;
	const char *line = mp_contract_line(contract, clause->place.line, &length);

	while (length > 0 && (*line == ' ' || *line == '\t')) {
		line++;
		length--;
	}
	while (length > 0 &&
	       (line[length - 1] == ' ' || line[length - 1] == '\t' || line[length - 1] == '\r'))
		length--;
	mp_words_written(words, line, length);
}

void mp_words_summary(struct mp_words *words, const struct mp_verdict *verdict)
{
	mp_words_add(words, "%zu of ", verdict->held);
	mp_words_count(words, verdict->claim_count, "claim", "claims");
	mp_words_add(words, verdict->held == 1 ? " holds" : " hold");
	if (verdict->broken > 0)
		mp_words_add(words, ", %zu broken", verdict->broken);
	if (verdict->inconclusive > 0)
		mp_words_add(words, ", %zu inconclusive", verdict->inconclusive);
}
