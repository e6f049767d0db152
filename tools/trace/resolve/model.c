/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "model.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

#include "act.h"
#include "build.h"
#include "descriptor.h"
#include "exit.h"
#include "finding.h"
#include "image.h"
#include "io.h"
#include "memory.h"
#include "nap.h"
#include "open.h"
#include "order.h"
#include "process.h"
#include "reap.h"
#include "sent.h"
#include "stream.h"
#include "table.h"
#include "thread.h"
#include "wait.h"
#include "wake.h"
#include "word.h"
#include "writer.h"

/* So many ends of streams may there be at least, and so many more for each event. */
#define ENDS_BASE  ((size_t)256 * 1024)
#define ENDS_EVENT 8

static void on_fd(struct mr_build *build, const struct mr_seen *seen)
{
	if (!seen->process->gated)
		mr_wait_open(build, seen);
	mr_descriptors_change(build, seen);
}

static void on_call(struct mr_build *build, const struct mr_seen *seen)
{
	mr_wait_call(build, seen);
	mr_descriptors_unshare(build, seen);
}

typedef void handler(struct mr_build *build, const struct mr_seen *seen);
struct row {
	handler *handle;
	bool call;    /* reports a call that is over */
	bool anybody; /* also when it was nobody we know */
};
static const struct row rows[MP_KINDS] = {
	[MP_FORK] = {.handle = mr_process_fork},
	[MP_EXEC] = {.handle = mr_image_exec, .call = true},
	[MP_EXIT] = {.handle = mr_exit},
	[MP_RENAME] = {.handle = mr_process_rename},
	[MP_SIGNAL] = {.handle = mr_sent, .anybody = true},
	[MP_DELIVER] = {.handle = mr_delivered},
	[MP_IO] = {.handle = mr_io, .call = true},
	[MP_TEXT] = {.handle = mr_io_text, .call = true},
	[MP_FD] = {.handle = on_fd, .call = true},
	[MP_FUTEX] = {.handle = mr_futex, .call = true},
	[MP_WAIT] = {.handle = mr_reap, .call = true},
	[MP_SLEEP] = {.handle = mr_sleep, .call = true},
	[MP_CALL] = {.handle = on_call, .call = true},
	[MP_WAKE] = {.handle = mr_wake, .anybody = true},
	[MP_BLIND] = {.handle = mr_process_blind},
	[MP_OPEN] = {.handle = mr_open},
	[MP_MAP] = {.handle = mr_memory},
};

/* ---- one event ---- */

static uint64_t floor_of(const struct mr_build *build, const struct mr_seen *seen)
{
	if (seen->thread == NULL)
		return seen->event->end;
	if (mr_wake_same_call(build, seen))
		return build->moments[seen->thread->last].floor;
	return seen->thread->floor;
}

/* What was left open by the call before is settled by the next. */
static void begin_call(struct mr_build *build, const struct mr_seen *seen)
{
	struct mr_thread *thread = seen->thread;
	uint16_t kind = seen->event->kind;

	mr_wake_settle(build, seen);
	thread->interrupted = NULL;
	if (kind != MP_SLEEP && kind != MP_CALL)
		thread->nap = NULL;
}

/* Locks and conditions that no other process has: an interpreter's own, for one. */
static bool is_private(const struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_word_entry *word;

	if (seen->event->kind != MP_FUTEX)
		return false;
	word = mr_word_of(build, seen->arrival);
	return word == NULL || word->owner != NULL;
}

static void end_call(const struct mr_build *build, const struct mr_seen *seen)
{
	seen->thread->last = seen->arrival;
	if (seen->thread->floor < seen->event->end)
		seen->thread->floor = seen->event->end;
	if (!is_private(build, seen))
		seen->thread->spoke = seen->thread->floor;
}

static void see(struct mr_build *build, size_t arrival)
{
	const struct mp_event *event = mp_record_event(build->record, arrival);
	const struct row *row = &rows[event->kind < MP_KINDS ? event->kind : 0];
	struct mr_seen seen = {.event = event, .arrival = arrival};

	build->moments[arrival].at = event->end;
	if (row->handle == NULL)
		return;
	seen.thread = mr_thread_of(build, event);
	if (seen.thread == NULL && (!row->anybody || build->failed))
		return;
	seen.process = seen.thread == NULL ? NULL : seen.thread->process;
	build->moments[arrival].floor = row->call ? floor_of(build, &seen) : event->end;
	if (row->call)
		begin_call(build, &seen);
	row->handle(build, &seen);
	if (row->call)
		end_call(build, &seen);
}

/* ---- the whole record ---- */

static void copy_losses(struct mp_model *model)
{
	const struct mp_losses *losses = &model->record->losses;

	for (int kind = 0; kind < MP_KINDS; kind++)
		model->lost[kind] = losses->lost[kind] + losses->missed[kind];
	model->lost[MP_FORK] += losses->unmarked;
}

static void start(struct mr_build *build)
{
	struct mr_map *const maps[] = {&build->processes, &build->pids,	   &build->vpids,
				       &build->threads,	  &build->nodes,   &build->ends,
				       &build->words,	  &build->seconds, &build->requeues,
				       &build->memories};
	uint64_t seed = 0x6d702d7472616365u;

	/* Without a seed it is only easier to make us slow. */
	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) < 0)
		seed ^= (uintptr_t)build;
	for (size_t i = 0; i < sizeof(maps) / sizeof(maps[0]); i++)
		mr_map_start(maps[i], seed);
	build->last_act = &build->acts;
	build->last_wake = &build->wakes;
	build->end_room = ENDS_BASE + ENDS_EVENT * build->record->count;
	build->moments = mr_scratch(build, (build->record->count + 1) * sizeof(*build->moments));
	copy_losses(build->model);
	mr_process_start(build);
}

/* The order matters: each settles what the next needs. */
static void finish(struct mr_build *build)
{
	static void (*const steps[])(struct mr_build *) = {
		mr_exits_finish,   mr_wakes_finish,   mr_words_finish, mr_order_streams,
		mr_streams_finish, mr_writers_finish, mr_acts_finish,  mr_findings,
	};

	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]) && !build->failed; i++)
		steps[i](build);
}

static void stop(struct mr_build *build)
{
	for (size_t i = 0; i < build->model->process_count; i++) {
		struct mr_process *process = (struct mr_process *)build->model->processes[i];

		mr_table_drop(build, process->table);
		process->table = NULL;
		mr_memory_end(process);
	}
	mr_map_stop(&build->processes);
	mr_map_stop(&build->pids);
	mr_map_stop(&build->vpids);
	mr_map_stop(&build->threads);
	mr_map_stop(&build->nodes);
	mr_map_stop(&build->ends);
	mr_map_stop(&build->words);
	mr_map_stop(&build->seconds);
	mr_map_stop(&build->requeues);
	mr_map_stop(&build->memories);
	mr_arena_free(&build->scratch);
}

static int resolve(struct mp_model *model)
{
	struct mr_build build = {.model = model,
				 .record = model->record,
				 .keep = &model->store->arena,
				 .stopped = MP_NEVER};

	start(&build);
	for (size_t i = 0; i < build.record->count && !build.failed; i++)
		see(&build, i);
	if (!build.failed)
		finish(&build);
	stop(&build);
	return build.failed ? -ENOMEM : 0;
}

int mp_model_build(const struct mp_record *record, struct mp_model **out)
{
	struct mp_model *model;
	int result;

	if (record->pid == 0)
		return -EBADMSG;
	model = calloc(1, sizeof(*model));
	if (model == NULL)
		return -ENOMEM;
	model->record = record;
	model->store = calloc(1, sizeof(*model->store));
	result = model->store == NULL ? -ENOMEM : resolve(model);
	if (result < 0) {
		mp_model_free(model);
		return result;
	}
	*out = model;
	return 0;
}

void mp_model_free(struct mp_model *model)
{
	if (model == NULL)
		return;
	if (model->store != NULL)
		mr_arena_free(&model->store->arena);
	free(model->store);
	free(model);
}
