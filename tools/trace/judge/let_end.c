/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a process had to end before another was forked, or was merely quicker. */
#include "inside.h"

static bool was_awaited(const struct mp_judging *judging, const struct mp_process *process)
{
	size_t count;
	const size_t *acts = mp_index_acts(&judging->by_whom, process, MP_ACT_WAIT, &count);

	for (size_t i = 0; i < count; i++)
		if (judging->model->acts[acts[i]]->wait == MP_ON_CHILD)
			return true;
	return false;
}

static const struct mp_act *fork_of(const struct mp_judging *judging,
				    const struct mp_process *process)
{
	size_t count;
	const size_t *acts = mp_index_acts(&judging->by_whom, process, MP_ACT_FORK, &count);

	return count > 0 ? judging->model->acts[acts[0]] : NULL;
}

/* Was the thread that did `act` later blocked, or asleep, at this moment? */
static int rested(struct mp_trial *trial, const struct mp_act *act, enum mp_act_kind kind,
		  uint64_t at, bool *out)
{
	struct mp_act *const *all = trial->judging->model->acts;
	size_t count, from = 0, to;
	const size_t *acts = mp_index_acts(&trial->judging->by_who, act->who, kind, &count);

	for (to = count; from < to;) {
		size_t middle = from + (to - from) / 2;

		if (all[acts[middle]]->at <= at)
			from = middle + 1;
		else
			to = middle;
	}
	for (; !*out && from < count && all[acts[from]]->at <= act->at; from++) {
		if (!mp_spend(trial, 4))
			return MP_TOO_MUCH_WORK;
		*out = all[acts[from]]->tid == act->tid && all[acts[from]]->begin <= at;
	}
	return 0;
}

int mp_let_end(struct mp_trial *trial, const struct mp_process *early,
	       const struct mp_process *next, bool *out)
{
	int err = 0;

	*out = (early->reaped != MP_NEVER && !early->reaped_by_poll) ||
	       was_awaited(trial->judging, early);
	for (; err == 0 && !*out && next != NULL && next->born > early->ended;
	     next = next->parent) {
		const struct mp_act *fork = fork_of(trial->judging, next);

		if (!mp_spend(trial, 64))
			return MP_TOO_MUCH_WORK;
		if (fork == NULL || fork->who == NULL)
			continue;
		err = rested(trial, fork, MP_ACT_WAIT, early->ended, out);
		if (err == 0 && !*out)
			err = rested(trial, fork, MP_ACT_SLEEP, early->ended, out);
	}
	return err;
}
