/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The acts by process and kind, so that no clause has to walk through the whole run: one
 * counting sort for who did them, one for whom they were done to.
 */
#include <errno.h>
#include <stdlib.h>

#include "inside.h"

bool mp_act_counts(const struct mp_judging *judging, const struct mp_act *act)
{
	/* What a process was blocked in when it was killed began before. */
	if (act->kind == MP_ACT_WAIT && act->unfinished)
		return act->begin <= judging->until;
	return act->at <= judging->until;
}

/* The slot of an act, or SIZE_MAX. */
static size_t slot(const struct mp_judging *judging, const struct mp_act *act, bool whom)
{
	const struct mp_process *process = whom ? act->whom : act->who;

	if (process == NULL || act->kind <= 0 || act->kind >= MP_ACT_KINDS ||
	    !mp_act_counts(judging, act))
		return SIZE_MAX;
	/* A death of our making is not the program's. */
	if (act->kind == MP_ACT_DIE && act->who != NULL && act->who->killed_by_us)
		return SIZE_MAX;
	if (act->kind == MP_ACT_REAP && act->whom != NULL && act->whom->killed_by_us)
		return SIZE_MAX;
	return process->id * MP_ACT_KINDS + act->kind;
}

static int build(struct mp_judging *judging, struct mp_index *index, bool whom)
{
	const struct mp_model *model = judging->model;
	size_t slots = model->process_count * MP_ACT_KINDS, total;

	index->start = calloc(slots + 2, sizeof(*index->start));
	if (index->start == NULL)
		return -ENOMEM;
	/* start[s + 2] counts, start[s + 1] then moves from the slot's beginning to its end */
	for (size_t i = 0; i < model->act_count; i++) {
		size_t s = slot(judging, model->acts[i], whom);

		if (s != SIZE_MAX)
			index->start[s + 2]++;
	}
	for (size_t s = 2; s < slots + 2; s++)
		index->start[s] += index->start[s - 1];
	total = index->start[slots + 1];
	index->acts = malloc((total > 0 ? total : 1) * sizeof(*index->acts));
	if (index->acts == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < model->act_count; i++) {
		size_t s = slot(judging, model->acts[i], whom);

		if (s != SIZE_MAX)
			index->acts[index->start[s + 1]++] = i;
	}
	return 0;
}

int mp_index_build(struct mp_judging *judging)
{
	int err = build(judging, &judging->by_who, false);

	return err != 0 ? err : build(judging, &judging->by_whom, true);
}

void mp_index_free(struct mp_judging *judging)
{
	free(judging->by_who.start);
	free(judging->by_who.acts);
	free(judging->by_whom.start);
	free(judging->by_whom.acts);
}

const size_t *mp_index_acts(const struct mp_index *index, const struct mp_process *process,
			    enum mp_act_kind kind, size_t *count)
{
	size_t s = process->id * MP_ACT_KINDS + kind;

	*count = index->start[s + 1] - index->start[s];
	return index->acts + index->start[s];
}
