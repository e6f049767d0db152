/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A finding accuses somebody, so each is made only when nothing that speaks for him can have been
 * lost, and when it went on for longer than it takes to get to the next line of a program.
 */
#include "finding.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "process.h"
#include "stream.h"

#define MILLISECOND ((uint64_t)1000000)
/* So long had a parent time to reap, and a process to end after the command. */
#define ZOMBIE_LEAST (10 * MILLISECOND)
#define LEFT_LEAST   (100 * MILLISECOND)
/* So long did a wait last that may have missed its wake. */
#define LOST_LEAST (100 * MILLISECOND)

static struct mp_finding *add(struct mr_build *build, enum mp_finding_kind kind,
			      struct mp_process *process, uint64_t at)
{
	struct mp_model *model = build->model;
	struct mp_finding *findings;
	struct mp_finding *finding;

	if (model->finding_count > build->record->count)
		return NULL; /* more than can be true */
	findings = mr_grow(build, model->findings, model->finding_count, &build->finding_room,
			   sizeof(*findings));
	if (findings == NULL)
		return NULL;
	model->findings = findings;
	finding = &findings[model->finding_count++];
	*finding = (struct mp_finding){.kind = kind, .process = process, .at = at};
	return finding;
}

static bool lost(const struct mr_build *build, enum mp_kind kind)
{
	const uint64_t *losses = build->model->lost;

	return losses[kind] + losses[MP_FORK] + losses[MP_EXEC] + losses[MP_EXIT] > 0;
}

/* ---- processes ---- */

static uint64_t end_of(const struct mr_build *build, const struct mp_process *process)
{
	return process->ended != MP_NEVER ? process->ended : build->record->ended;
}

/* A parent that we killed has had no chance to come to it. */
static void find_zombie(struct mr_build *build, struct mr_process *child)
{
	struct mr_process *parent = child->guardian;
	struct mp_finding *finding;

	if (!child->ended || child->process.reaped != MP_NEVER || child->process.autoreaped ||
	    parent == NULL || lost(build, MP_WAIT))
		return;
	if (parent->process.killed_by_us || parent->reaps_unknown ||
	    end_of(build, &parent->process) < child->process.ended + ZOMBIE_LEAST)
		return;
	finding = add(build, MP_FIND_ZOMBIE, &child->process, child->process.ended);
	if (finding != NULL)
		finding->other = &parent->process;
}

static void find_left(struct mr_build *build, struct mr_process *process)
{
	const struct mp_process *command = &build->command->process;

	if (process == build->command || command->ended == MP_NEVER || command->killed_by_us ||
	    process->process.born > command->ended || lost(build, MP_EXIT))
		return;
	if (process->process.killed_by_us || process->process.ended == MP_NEVER ||
	    process->process.ended > command->ended + LEFT_LEAST)
		add(build, MP_FIND_LEFT, &process->process, command->ended);
}

static void find_sigpipe(struct mr_build *build, struct mr_process *process)
{
	struct mp_finding *finding;

	if (!process->ended || !WIFSIGNALED(process->process.status) ||
	    WTERMSIG(process->process.status) != SIGPIPE)
		return;
	finding = add(build, MP_FIND_SIGPIPE, &process->process, process->process.ended);
	if (finding != NULL && process->broken != NULL)
		finding->stream = &process->broken->stream;
}

/* ---- ends left open ---- */

static bool holds(const struct mp_end *end, uint64_t at)
{
	const struct mp_process *process = end->process;

	if (process->born > at)
		return false;
	if (end->open_in)
		return process->ended == MP_NEVER || process->ended >= at;
	return end->closed_in != MP_NEVER && end->closed_in > at;
}

/*
 * Nobody who has ever written has the writing end any more, but somebody still has it: either the
 * reader himself, and nobody but him, or others, when all has been written that will be.
 */
static bool waits_in_vain(const struct mp_stream *stream, const struct mp_process *reader,
			  uint64_t at)
{
	size_t holders = 0, writers_gone = 0;
	bool reader_holds = false;

	for (size_t i = 0; i < stream->end_count; i++) {
		const struct mp_end *end = &stream->ends[i];
		bool held = holds(end, at);

		if (held && end->writes > 0)
			return false;
		holders += held;
		writers_gone += end->writes > 0;
		reader_holds |= held && end->process == reader;
	}
	return holders > 0 && (writers_gone > 0 || (holders == 1 && reader_holds));
}

/* We stop all processes before we kill the first of them: from then on nothing changes. */
static uint64_t stopped(const struct mr_build *build, const struct mp_act *wait)
{
	uint64_t at =
		wait->who->killed_by_us && build->stopped < wait->at ? build->stopped : wait->at;

	return at < wait->begin ? wait->begin : at;
}

static void find_end_open(struct mr_build *build, struct mr_process *process)
{
	const struct mp_act *wait = process->process.blocked;
	const struct mp_stream *stream;
	uint64_t at;

	if (wait == NULL || wait->wait != MP_ON_STREAM || wait->writing ||
	    build->model->fd_unsure || lost(build, MP_IO) || lost(build, MP_FD) ||
	    lost(build, MP_TEXT))
		return;
	stream = wait->stream;
	at = stopped(build, wait);
	if (stream->inherited || !mr_afford(build, stream->end_count) ||
	    !waits_in_vain(stream, &process->process, at))
		return;
	for (size_t i = 0; i < stream->end_count; i++) {
		struct mp_finding *finding;

		if (!holds(&stream->ends[i], at))
			continue;
		finding = add(build, MP_FIND_END_OPEN, stream->ends[i].process, at);
		if (finding == NULL)
			return;
		finding->other = &process->process;
		finding->stream = wait->stream;
	}
}

/* ---- words ---- */

/*
 * The wake that came just before this wait began, by somebody else, for nobody, and was the last:
 * MR_NOWHERE, when there was none, or anybody woke the word later.
 */
static size_t idle_wake(struct mr_build *build, const struct mr_word *word,
			const struct mp_act *wait)
{
	for (size_t i = word->calls.count; i-- > 0;) {
		const struct mr_mark *call = &word->calls.marks[i];
		const struct mp_event *event = mp_record_event(build->record, call->arrival);

		if (event == wait->event)
			continue;
		if (!mr_afford(build, 1))
			return MR_NOWHERE;
		if (build->moments[call->arrival].at > wait->begin) {
			if (call->number != MR_NO_WAKE)
				return MR_NOWHERE;
			continue;
		}
		return call->number == 0 && event->pid != wait->who->pid ? call->arrival
									 : MR_NOWHERE;
	}
	return MR_NOWHERE;
}

static void find_lost_wake(struct mr_build *build, struct mr_process *process)
{
	const struct mp_act *wait = process->process.blocked;
	struct mr_process *waker;
	struct mp_finding *finding;
	const struct mp_event *event;
	size_t idle;

	if (wait == NULL || wait->wait != MP_ON_WORD || wait->word == NULL ||
	    wait->at - wait->begin < LOST_LEAST || lost(build, MP_FUTEX) || build->model->blind)
		return;
	idle = idle_wake(build, (const struct mr_word *)wait->word, wait);
	if (idle == MR_NOWHERE)
		return;
	event = mp_record_event(build->record, idle);
	waker = mr_process_find(build, event->pid, event->start);
	finding = add(build, MP_FIND_LOST_WAKE, &waker->process, event->end);
	if (finding == NULL)
		return;
	finding->other = &process->process;
	finding->word = wait->word;
}

/* Only a robust futex makes the kernel wake somebody when its owner dies. */
static void find_owners(struct mr_build *build)
{
	for (struct mr_wake *wake = build->wakes; wake != NULL; wake = wake->next) {
		const struct mr_act *wait = wake->ended;
		struct mp_finding *finding;

		if (wait == NULL || wait->act.wait != MP_ON_WORD || wake->cause == MR_NOWHERE ||
		    wake->waker == wake->target ||
		    mp_record_event(build->record, wake->cause)->kind != MP_EXIT)
			continue;
		finding = add(build, MP_FIND_OWNER_DIED, &wake->waker->process, wake->event->e.end);
		if (finding == NULL)
			return;
		finding->other = &wake->target->process;
		finding->word = wait->act.word;
	}
}

/* ---- all ---- */

static int by_time(const void *one, const void *other)
{
	const struct mp_finding *first = one, *second = other;

	if (first->at != second->at)
		return first->at < second->at ? -1 : 1;
	if (first->kind != second->kind)
		return first->kind < second->kind ? -1 : 1;
	return first->process->id < second->process->id ? -1
							: first->process->id > second->process->id;
}

void mr_findings(struct mr_build *build)
{
	static void (*const finders[])(struct mr_build *, struct mr_process *) = {
		find_zombie, find_left, find_sigpipe, find_end_open, find_lost_wake,
	};
	struct mp_model *model = build->model;

	for (size_t i = 0; i < model->process_count && !build->failed; i++)
		for (size_t k = 0; k < sizeof(finders) / sizeof(finders[0]); k++)
			finders[k](build, (struct mr_process *)model->processes[i]);
	find_owners(build);
	if (model->finding_count > 1)
		qsort(model->findings, model->finding_count, sizeof(*model->findings), by_time);
}
