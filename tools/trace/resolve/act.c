/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "act.h"

#include <stdlib.h>

struct mr_act *mr_act_of(struct mr_build *build, struct mr_process *who, uint32_t tid,
			 size_t arrival, enum mp_act_kind kind)
{
	const struct mp_event *event = mp_record_event(build->record, arrival);
	struct mr_act *act;

	if (who->gated)
		return NULL;
	act = mr_keep(build, sizeof(*act));
	if (act == NULL)
		return NULL;
	act->act = (struct mp_act){.kind = kind,
				   .who = &who->process,
				   .tid = tid,
				   .begin = event->end,
				   .at = event->end,
				   .event = event};
	act->arrival = arrival;
	act->timed = true;
	*build->last_act = act;
	build->last_act = &act->next;
	build->model->act_count++;
	return act;
}

struct mr_act *mr_act_add(struct mr_build *build, const struct mr_seen *seen, enum mp_act_kind kind)
{
	return mr_act_of(build, seen->process, seen->event->tid, seen->arrival, kind);
}

/* A child cannot be reaped before it has ended, whatever the clocks of two CPUs say. */
static void set_time(struct mr_build *build, struct mr_act *act)
{
	struct mp_act *shown = &act->act;

	if (act->timed)
		shown->at = build->moments[act->arrival].at;
	if (shown->kind == MP_ACT_REAP) {
		if (shown->whom->ended != MP_NEVER && shown->at < shown->whom->ended)
			shown->at = shown->whom->ended;
		shown->whom->reaped = shown->at;
	}
	if (shown->begin > shown->at)
		shown->begin = shown->at;
}

static bool goes_before(const struct mp_act *one, const struct mp_act *other)
{
	/* mr_act starts with its mp_act */
	const struct mr_act *first = (const struct mr_act *)one;
	const struct mr_act *second = (const struct mr_act *)other;

	return one->at != other->at ? one->at < other->at : first->arrival < second->arrival;
}

/* The end of the run that starts at `from`: acts that are in order already. */
static size_t run_end(struct mp_act **acts, size_t from, size_t count)
{
	while (++from < count && !goes_before(acts[from], acts[from - 1]))
		;
	return from;
}

static void merge(struct mp_act **from, struct mp_act **to, size_t first, size_t middle, size_t end)
{
	size_t left = first, right = middle;

	for (size_t i = first; i < end; i++)
		if (right == end || (left < middle && !goes_before(from[right], from[left])))
			to[i] = from[left++];
		else
			to[i] = from[right++];
}

/* One pass: every two runs become one. */
static void merge_runs(struct mp_act **from, struct mp_act **to, size_t count)
{
	for (size_t first = 0; first < count;) {
		size_t middle = run_end(from, first, count);
		size_t end = middle < count ? run_end(from, middle, count) : middle;

		merge(from, to, first, middle, end);
		first = end;
	}
}

/*
 * Acts are nearly in order already, so runs are merged rather than halves; equal ones stay as
 * they were found. `other` is as long as `acts`; returns the one that holds the result.
 */
static struct mp_act **sort(struct mp_act **acts, struct mp_act **other, size_t count)
{
	while (count > 0 && run_end(acts, 0, count) < count) {
		struct mp_act **sorted = other;

		merge_runs(acts, other, count);
		other = acts;
		acts = sorted;
	}
	return acts;
}

void mr_acts_finish(struct mr_build *build)
{
	struct mp_model *model = build->model;
	size_t size = (model->act_count + 1) * sizeof(*model->acts);
	struct mp_act **acts = mr_keep(build, size);
	struct mp_act **other = mr_scratch(build, size);
	size_t count = 0;

	if (acts == NULL || other == NULL)
		return;
	for (struct mr_act *act = build->acts; act != NULL; act = act->next) {
		if (act->taken_back)
			continue;
		set_time(build, act);
		acts[count++] = &act->act;
	}
	model->act_count = count;
	model->acts = sort(acts, other, count);
	if (model->acts == acts)
		return;
	for (size_t i = 0; i < count; i++)
		acts[i] = model->acts[i];
	model->acts = acts;
}
