/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was seen in the place of what should have been: the words that help to find the mistake. */
#include <string.h>

#include "inside.h"

struct telling {
	FILE *out;
	struct mp_trial *trial;
	struct mp_judging *judging;
	const struct mp_side *side;
};

static const struct mp_act *act_of(const struct telling *t, const struct mp_process *process,
				   enum mp_act_kind kind, bool last, size_t *count)
{
	const size_t *acts = mp_index_acts(&t->judging->by_who, process, kind, count);

	return *count == 0 ? NULL : t->judging->model->acts[acts[last ? *count - 1 : 0]];
}

static void tell_end(struct telling *t)
{
	if (t->side->who.count != 1)
		return;
	fputs("; ", t->out);
	mp_say_end(t->out, t->judging, t->side->who.members[0]);
}

static void tell_lines(struct telling *t, enum mp_act_kind kind, const char *verb)
{
	size_t total = 0, count;
	const struct mp_act *last = NULL;

	for (size_t i = 0; i < t->side->who.count; i++) {
		const struct mp_act *act = act_of(t, t->side->who.members[i], kind, true, &count);

		if (act != NULL && (last == NULL || act->at > last->at))
			last = act;
		total += count;
	}
	if (last == NULL) {
		fprintf(t->out, "; it %s nothing", verb);
		return;
	}
	fputs("; it ", t->out);
	mp_say_lines(t->out, verb, total, last);
	fputs(" at ", t->out);
	mp_say_time(t->out, t->judging, last->at);
	mp_trial_act(t->trial, last);
}

static void tell_prints(struct telling *t)
{
	tell_lines(t, MP_ACT_PRINT, "printed");
}

static void tell_complains(struct telling *t)
{
	tell_lines(t, MP_ACT_COMPLAIN, "complained");
}

/* Another signal, or to somebody else. */
static void tell_signals(struct telling *t)
{
	size_t count;
	const struct mp_act *act = act_of(t, t->side->who.members[0], MP_ACT_SIGNAL, false, &count);

	if (act == NULL) {
		fputs("; it sent no signal at all", t->out);
		return;
	}
	fputs("; it sent ", t->out);
	mp_say_signal(t->out, act->value);
	if (act->whom != NULL) {
		fputs(" to ", t->out);
		mp_say_process(t->out, t->judging, act->whom);
	}
	fputs(" at ", t->out);
	mp_say_time(t->out, t->judging, act->at);
	mp_trial_act(t->trial, act);
}

static void tell_receives(struct telling *t)
{
	size_t count;
	const struct mp_act *act =
		act_of(t, t->side->who.members[0], MP_ACT_RECEIVE, false, &count);

	if (act == NULL)
		return;
	fputs("; it received ", t->out);
	mp_say_signal(t->out, act->value);
	fputs(" at ", t->out);
	mp_say_time(t->out, t->judging, act->at);
	mp_trial_act(t->trial, act);
}

/* Why it was not reaped: it did not end, or somebody else did, or nobody. */
static void tell_reaps(struct telling *t)
{
	const struct mp_process *child;

	if (t->side->whom.count != 1)
		return;
	child = t->side->whom.members[0];
	fputs("; ", t->out);
	mp_say_process(t->out, t->judging, child);
	if (child->killed_by_us || child->ended == MP_NEVER) {
		fprintf(t->out, " %s", mp_no_end(t->judging));
		return;
	}
	fputs(" ended at ", t->out);
	mp_say_time(t->out, t->judging, child->ended);
	if (child->reaper != NULL) {
		fputs(" and was reaped by ", t->out);
		mp_say_process(t->out, t->judging, child->reaper);
	} else {
		fputs(" and nobody reaped it", t->out);
	}
}

static const struct mp_end *end_of(const struct telling *t, const struct mp_stream *stream)
{
	for (size_t i = 0; i < stream->end_count; i++)
		if (stream->ends[i].process == t->side->who.members[0])
			return &stream->ends[i];
	return NULL;
}

/* It kept the end, or never had it. */
static void tell_closes(struct telling *t)
{
	const struct mp_selection *channel = mp_selection_of(t->judging, t->side->phrase->object);
	const struct mp_end *end = end_of(t, channel->stream);
	bool in = t->side->phrase->verb != MP_VERB_CLOSES_READING;

	if (t->side->phrase->verb == MP_VERB_CLOSES) {
		const struct mp_selection *to = mp_selection_of(t->judging, channel->decl->to);

		in = to == NULL || to->count == 0 || to->members[0] != t->side->who.members[0];
	}
	if (end == NULL || !(in ? end->held_in : end->held_out))
		fprintf(t->out, "; it never held the %s end", in ? "writing" : "reading");
	else if (in ? end->open_in : end->open_out)
		fprintf(t->out, "; it held the %s end open until it ended",
			in ? "writing" : "reading");
}

static void tell_writes(struct telling *t)
{
	const struct mp_selection *channel = mp_selection_of(t->judging, t->side->phrase->object);

	if (channel->by_holding && t->side->phrase->verb == MP_VERB_WRITES)
		fputs("; nobody wrote into it", t->out);
}

/* The writers of what was read, each once. */
struct writers {
	struct mp_process *list[5];
	size_t count;
};

static void note_writer(void *context, struct mp_process *writer)
{
	struct writers *writers = context;

	for (size_t i = 0; i < writers->count; i++)
		if (writers->list[i] == writer)
			return;
	if (writers->count < sizeof(writers->list) / sizeof(writers->list[0]))
		writers->list[writers->count++] = writer;
}

/* It read what others wrote, or nothing. */
static void tell_reads_from(struct telling *t)
{
	struct writers writers = {0};
	size_t total = 0, count;

	for (size_t i = 0; i < t->side->who.count; i++) {
		const size_t *acts = mp_index_acts(&t->judging->by_who, t->side->who.members[i],
						   MP_ACT_READ, &count);

		total += count;
		for (size_t j = 0; j < count; j++)
			if (mp_source_writers(t->trial, t->judging->model->acts[acts[j]],
					      note_writer, &writers) != 0)
				return;
	}
	if (total == 0)
		fputs("; it read from no pipe or socket", t->out);
	if (writers.count == 0)
		return;
	fputs("; what it read was written by ", t->out);
	mp_say_members(t->out, t->judging, writers.list, writers.count);
}

static void (*const tellers[MP_VERBS])(struct telling *t) = {
	[MP_VERB_EXITS] = tell_end,
	[MP_VERB_DIES] = tell_end,
	[MP_VERB_ENDS] = tell_end,
	[MP_VERB_PRINTS] = tell_prints,
	[MP_VERB_COMPLAINS] = tell_complains,
	[MP_VERB_SIGNALS] = tell_signals,
	[MP_VERB_RECEIVES] = tell_receives,
	[MP_VERB_REAPS] = tell_reaps,
	[MP_VERB_CLOSES] = tell_closes,
	[MP_VERB_CLOSES_WRITING] = tell_closes,
	[MP_VERB_CLOSES_READING] = tell_closes,
	[MP_VERB_WRITES] = tell_writes,
	[MP_VERB_READS_FROM] = tell_reads_from,
};

void mp_say_instead(FILE *out, struct mp_trial *trial, const struct mp_side *side)
{
	struct telling t = {out, trial, trial->judging, side};

	if (side->who.count > 0 && tellers[side->phrase->verb] != NULL)
		tellers[side->phrase->verb](&t);
}

/* --- hanging ------------------------------------------------------------------------------- */

/* Who could still have written: while any of them lives, a reader does not meet the end. */
static void tell_writers(struct telling *t, const struct mp_stream *stream)
{
	struct mp_process *holders[5];
	size_t count = 0;

	for (size_t i = 0; i < stream->end_count && count < 5; i++) {
		const struct mp_end *end = &stream->ends[i];
		bool there = end->process->killed_by_us || end->process->ended == MP_NEVER;

		if (end->open_in && there)
			holders[count++] = end->process;
	}
	if (count == 0)
		return;
	fputs(", whose writing end ", t->out);
	mp_say_members(t->out, t->judging, holders, count);
	fputs(" held open", t->out);
}

/* By what it waits for, or by the signal that it was stopped by. */
static void tell_held_up(struct telling *t, const struct mp_act *act)
{
	static const char *const what[] = {
		[MP_ON_NOTHING] = "blocked",
		[MP_ON_WORD] = "blocked on a futex word",
		[MP_ON_CHILD] = "waiting for the end of a child",
		[MP_ON_READINESS] = "waiting for a descriptor to become ready",
		[MP_ON_MESSAGE] = "blocked on a queue of messages",
		[MP_ON_SEMAPHORE] = "blocked on a semaphore",
		[MP_ON_FILE_LOCK] = "blocked on the lock of a file",
		[MP_ON_CONNECTION] = "waiting for a connection",
		[MP_ON_FIFO] = "waiting for the other end of a FIFO",
		[MP_ON_SIGNAL] = "waiting for a signal",
		[MP_ON_OTHER] = "blocked on a descriptor",
	};

	if (act->kind == MP_ACT_RECEIVE) {
		fputs("stopped by ", t->out);
		mp_say_signal(t->out, act->value);
		return;
	}
	if (act->wait != MP_ON_STREAM || act->stream == NULL) {
		fputs(act->wait == MP_ON_STREAM ? "blocked on a stream" : what[act->wait], t->out);
		return;
	}
	fprintf(t->out, "blocked %s ", act->writing ? "writing" : "reading");
	mp_say_stream(t->out, t->judging, act->stream);
	if (!act->writing)
		tell_writers(t, act->stream);
}

void mp_say_blocked(FILE *out, struct mp_trial *trial, const struct mp_party *party)
{
	struct telling t = {out, trial, trial->judging, NULL};
	const struct mp_record *record = trial->judging->model->record;

	if (record == NULL || record->stop == MP_STOP_ENDED)
		return;
	for (size_t i = 0; i < party->count; i++) {
		const struct mp_process *process = party->members[i];
		const struct mp_act *act =
			process->stopped != NULL ? process->stopped : process->blocked;

		if (act == NULL || !(process->killed_by_us || process->ended == MP_NEVER))
			continue;
		fputs("; when the run was stopped ", out);
		mp_say_process(out, trial->judging, process);
		fputs(" was ", out);
		tell_held_up(&t, act);
		fputs(" since ", out);
		mp_say_time(out, trial->judging, act->begin);
		mp_trial_act(trial, act);
		return;
	}
}
