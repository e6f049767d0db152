/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "text.h"

#include <string.h>
#include <sys/syscall.h>

#include "act.h"

static const enum mp_act_kind kinds[] = {MP_ACT_PRINT, MP_ACT_COMPLAIN};

static char *copy_line(struct mr_build *build, const char *head, size_t head_length,
		       const char *tail, size_t tail_length)
{
	char *text = mr_keep(build, head_length + tail_length + 1);

	if (text == NULL)
		return NULL;
	if (head_length > 0)
		memcpy(text, head, head_length);
	if (tail_length > 0)
		memcpy(text + head_length, tail, tail_length);
	return text;
}

/* What was written since the last newline, and `length` bytes more, are a line. */
static struct mr_act *line_out(struct mr_build *build, struct mr_process *process, size_t which,
			       const char *tail, size_t length)
{
	struct mr_line *line = &process->lines[which];
	struct mr_act *act = mr_act_of(build, process, line->tid, line->arrival, kinds[which]);

	if (act != NULL) {
		act->act.text = copy_line(build, line->text, line->length, tail, length);
		act->act.length = act->act.text == NULL ? 0 : line->length + length;
		act->act.begin = line->begin;
		act->act.cut = line->cut;
		act->act.headless = line->headless;
	}
	line->length = 0;
	line->open = line->cut = line->headless = false;
	return act;
}

static void keep_rest(struct mr_build *build, struct mr_line *line, const char *text, size_t length)
{
	if (line->length + length > line->room) {
		size_t room = (line->length + length) * 2;
		char *wider = mr_scratch(build, room);

		if (wider == NULL)
			return;
		if (line->length > 0)
			memcpy(wider, line->text, line->length);
		line->text = wider;
		line->room = room;
	}
	memcpy(line->text + line->length, text, length);
	line->length += length;
}

static void start_piece(struct mr_line *line, const struct mr_seen *seen)
{
	if (!line->open)
		line->begin = mr_began(seen->event);
	line->open = true;
	line->arrival = seen->arrival;
	line->tid = seen->event->tid;
}

/* From one file to another, or out of memory, without a write. */
static bool is_spliced(const struct mr_seen *seen)
{
	int nr = mr_call_number(seen->event);

	return nr == SYS_splice || nr == SYS_vmsplice || nr == SYS_tee || nr == SYS_sendfile ||
	       nr == SYS_copy_file_range;
}

/*
 * Bytes are missing: the line they belong to is not known, nor how many lines there were, nor to
 * which of them belongs what comes next.
 */
static void cut_here(struct mr_build *build, const struct mr_seen *seen, size_t which)
{
	struct mr_line *line = &seen->process->lines[which];
	struct mp_process *process = &seen->process->process;

	start_piece(line, seen);
	line->cut = true;
	line_out(build, seen->process, which, NULL, 0);
	line->cut = line->headless = true;
	*(is_spliced(seen) ? &process->spliced : &process->hides) |= 1U << which;
}

void mr_text_written(struct mr_build *build, const struct mr_seen *seen, int fd, const char *text,
		     size_t length, int64_t written)
{
	size_t which = (size_t)fd - 1;
	struct mr_line *line = &seen->process->lines[which];
	const char *newline;

	if (seen->process->gated)
		return;
	while (length > 0) {
		newline = memchr(text, '\n', length);
		start_piece(line, seen);
		if (newline == NULL) {
			keep_rest(build, line, text, length);
			break;
		}
		line_out(build, seen->process, which, text, (size_t)(newline - text));
		length -= (size_t)(newline - text) + 1;
		written -= newline - text + 1;
		text = newline + 1;
	}
	if (written > 0 && (uint64_t)written > length)
		cut_here(build, seen, which);
}

void mr_text_finish(struct mr_build *build, struct mr_process *process)
{
	for (size_t which = 0; which < 2; which++) {
		struct mr_act *act;

		if (!process->lines[which].open)
			continue;
		act = line_out(build, process, which, NULL, 0);
		if (act != NULL)
			act->act.joined = true;
	}
}
