/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Times, processes, streams and phrases in words. */
#include <inttypes.h>
#include <string.h>
#include <sys/wait.h>

#include "inside.h"

/* Of a line that the program printed, so many bytes are shown. */
#define SHOWN 64
/* Of a text in a pattern; a list of values may be long. */
#define SHOWN_OF_PATTERN 512
/* Of the members of a group, so many are named. */
#define NAMED 4

static void format_time(char text[40], uint64_t ns, int digits)
{
	if (ns >= UINT64_C(10000000000))
		snprintf(text, 40, "%.*f s", digits + 2, (double)ns / 1e9);
	else
		snprintf(text, 40, "%.*f ms", digits, (double)ns / 1e6);
}

static uint64_t since_begin(const struct mp_judging *judging, uint64_t at)
{
	return at > judging->began ? at - judging->began : 0;
}

void mp_say_time(FILE *out, const struct mp_judging *judging, uint64_t at)
{
	char text[40];

	format_time(text, since_begin(judging, at), 1);
	fputs(text, out);
}

void mp_say_times(const struct mp_judging *judging, uint64_t a, uint64_t b, char text[2][40])
{
	for (int digits = 1; digits <= 6; digits++) {
		format_time(text[0], since_begin(judging, a), digits);
		format_time(text[1], since_begin(judging, b), digits);
		if (strcmp(text[0], text[1]) != 0)
			return;
	}
}

void mp_say_duration(FILE *out, uint64_t ns)
{
	if (ns >= 1000000000)
		fprintf(out, "%g s", (double)ns / 1e9);
	else
		fprintf(out, "%g ms", (double)ns / 1e6);
}

static void say_text(FILE *out, struct mp_slice text, size_t most)
{
	size_t shown = text.length < most ? text.length : most;

	for (size_t i = 0; i < shown; i++)
		fputc(text.text[i] != '\0' ? text.text[i] : '?', out);
	if (shown < text.length)
		fputs("...", out);
}

void mp_say_quoted(FILE *out, struct mp_slice text)
{
	fputc('"', out);
	say_text(out, text, SHOWN);
	fputc('"', out);
}

void mp_say_lines(FILE *out, const char *verb, size_t count, const struct mp_act *last)
{
	struct mp_slice text = {last->text != NULL ? last->text : "", last->length};

	if (last->cut && last->length == 0) { /* nobody knows how many lines that is */
		fprintf(out, "%s unseen text", verb);
		return;
	}
	fprintf(out, "%s %zu %s, the last ", verb, count, count == 1 ? "line" : "lines");
	mp_say_quoted(out, text);
}

void mp_say_process(FILE *out, const struct mp_judging *judging, const struct mp_process *process)
{
	const char *name;

	if (judging->known != NULL && judging->known[process->id] != NULL) {
		fputs(judging->known[process->id]->name, out);
		return;
	}
	name = mp_process_name(process, MP_NEVER);
	mp_say_quoted(out, (struct mp_slice){name, strlen(name)});
	fprintf(out, " (pid %" PRIu32 ")", process->pid);
}

void mp_say_party(FILE *out, const struct mp_judging *judging, const struct mp_party *party)
{
	const struct mp_decl *decl = party->who->decl;
	const struct mp_selection *selection = mp_selection_of(judging, decl);

	if (party->who->each && party->count == 1)
		mp_say_process(out, judging, party->members[0]);
	else if (decl->nameless && selection != NULL)
		fprintf(out, "child %" PRId64 " of %s", selection->ordinal, decl->of->name);
	else
		fputs(decl->name, out);
}

void mp_say_members(FILE *out, const struct mp_judging *judging, struct mp_process *const *members,
		    size_t count)
{
	for (size_t i = 0; i < count && i < NAMED; i++) {
		if (i > 0)
			fputs(i + 1 == count ? " and " : ", ", out);
		mp_say_process(out, judging, members[i]);
	}
	if (count > NAMED)
		fprintf(out, " and %zu more", count - NAMED);
}

void mp_say_signal(FILE *out, int64_t signal)
{
	const char *name = mp_signal_name((int)signal);

	if (name != NULL)
		fputs(name, out);
	else
		fprintf(out, "signal %" PRId64, signal);
}

void mp_say_stream(FILE *out, const struct mp_judging *judging, const struct mp_stream *stream)
{
	static const char *const kinds[] = {
		[MP_STREAM_PIPE] = "pipe",
		[MP_STREAM_SOCKET] = "socket",
		[MP_STREAM_FIFO] = "named pipe",
	};

	for (size_t i = 0; i < judging->contract->decl_count; i++) {
		if (judging->selections[i].stream == stream) {
			fputs(judging->selections[i].decl->name, out);
			return;
		}
	}
	fprintf(out, "%s %" PRIu64, kinds[stream->kind], stream->out);
}

void mp_say_times_counted(FILE *out, uint64_t count)
{
	static const char *const few[] = {"never", "once", "twice"};

	if (count < sizeof(few) / sizeof(few[0]))
		fputs(few[count], out);
	else
		fprintf(out, "%" PRIu64 " times", count);
}

void mp_say_pattern(FILE *out, const struct mp_scope *scope, const struct mp_pattern *pattern)
{
	struct mp_glob glob = {0};

	if (mp_glob_set(&glob, scope, pattern, NULL, 0) != 0) {
		fputs("\"...\"", out);
		mp_glob_free(&glob);
		return;
	}
	fputc('"', out);
	for (size_t i = 0; i < glob.count; i++) {
		const struct mp_part *part = &glob.parts[i];

		if (part->kind == MP_PART_LITERAL)
			say_text(out, part->text, SHOWN_OF_PATTERN);
		else if (part->kind == MP_PART_NUMBER)
			fprintf(out, "{%" PRId64 " to %" PRId64 "}", part->low, part->high);
		else if (part->kind == MP_PART_CAPTURE)
			fprintf(out, "{%s}", glob.names[part->capture]);
		else
			fputc('*', out);
	}
	fputc('"', out);
	mp_glob_free(&glob);
}

static void say_signal_word(FILE *out, const struct mp_trial *trial,
			    const struct mp_signal_word *word)
{
	int signal;

	if (word->capture != NULL)
		fprintf(out, "{%s}", word->capture);
	else if (mp_signal_of(trial->judging, word, &signal) == 0)
		mp_say_signal(out, signal);
}

/* The little word between the verb and a signal. */
static const char *signal_link(enum mp_verb verb)
{
	return verb == MP_VERB_SIGNALS ? "with " : verb == MP_VERB_DIES ? "of " : "";
}

void mp_say_counters(FILE *out, const struct mp_trial *trial)
{
	for (size_t i = 0; i < trial->scope.count; i++)
		fprintf(out, "%s%s = %" PRId64 "%s", i == 0 ? " (" : ", ",
			trial->scope.counters[i].name, trial->scope.counters[i].value,
			i + 1 == trial->scope.count ? ")" : "");
}

void mp_say_captures(FILE *out, const struct mp_hits *hits, const struct mp_hit *hit,
		     const size_t *columns, size_t count)
{
	for (size_t i = 0; hit != NULL && hit->captures != NULL && i < count; i++) {
		size_t column = columns != NULL ? columns[i] : i;

		fprintf(out, "%s%s = ", i == 0 ? " (" : ", ", hits->names[column]);
		mp_say_quoted(out, hit->captures[column]);
		if (i + 1 == count)
			fputc(')', out);
	}
}

void mp_say_phrase(FILE *out, const struct mp_trial *trial, const struct mp_side *side, bool never)
{
	const struct mp_phrase *phrase = side->phrase;
	const struct mp_verb_row *row = mp_verb_row(phrase->verb);
	bool one = side->who.who->each || side->who.who->decl->kind == MP_DECL_PROCESS;
	int64_t number;

	mp_say_party(out, trial->judging, &side->who);
	fprintf(out, "%s %s", never ? " never" : "", one ? row->singular : row->plural);
	if (phrase->whom != NULL) {
		fputc(' ', out);
		mp_say_party(out, trial->judging, &side->whom);
	}
	if (phrase->object != NULL)
		fprintf(out, " %s", phrase->object->name);
	if (phrase->pattern != NULL) {
		fputc(' ', out);
		mp_say_pattern(out, &trial->scope, phrase->pattern);
	}
	if (phrase->signal != NULL) {
		fprintf(out, " %s", signal_link(phrase->verb));
		say_signal_word(out, trial, phrase->signal);
	}
	if (phrase->number != NULL && mp_value(&trial->scope, phrase->number, &number) == 0)
		fprintf(out, " with %" PRId64, number);
	if (phrase->least.number != NULL) {
		fputs(" at least ", out);
		mp_say_duration(out, side->least);
	}
}

const char *mp_no_end(const struct mp_judging *judging)
{
	return judging->model->lost[MP_EXIT] != 0 ? "has no end in the record"
						  : "was still running when the run was stopped";
}

void mp_say_end(FILE *out, const struct mp_judging *judging, const struct mp_process *process)
{
	if (process->killed_by_us || process->ended == MP_NEVER) {
		fprintf(out, "it %s", mp_no_end(judging));
		return;
	}
	if (WIFSIGNALED(process->status)) {
		fputs("it died of ", out);
		mp_say_signal(out, WTERMSIG(process->status));
	} else {
		fprintf(out, "it exited with %d", WEXITSTATUS(process->status));
	}
	fputs(" at ", out);
	mp_say_time(out, judging, process->ended);
}
