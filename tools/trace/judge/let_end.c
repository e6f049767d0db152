/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a process had to end before another was forked, or was merely quicker. */
#include <sys/syscall.h>

#include "inside.h"

/* Who is looked at: was he at rest at this moment, and went on before the other? */
struct rest {
	const struct mp_process *who;
	uint32_t tid; /* 0: any thread */
	uint64_t at, until;
};

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

/* The first of these acts that is not before `at`. */
static size_t first_from(const struct mp_judging *judging, const size_t *acts, size_t count,
			 uint64_t at)
{
	size_t from = 0;

	while (from < count) {
		size_t middle = from + (count - from) / 2;

		if (judging->model->acts[acts[middle]]->at < at)
			from = middle + 1;
		else
			count = middle;
	}
	return from;
}

/* Did the waker become another program, and so close a pipe? */
static bool by_exec(const struct mp_act *act)
{
	const struct mp_wake *wake = (const struct mp_wake *)act->event;

	return wake != NULL && wake->e.kind == MP_WAKE &&
	       (wake->nr == SYS_execve || wake->nr == SYS_execveat);
}

/* When was it over, though who waited may have come to run only later? Who ends wakes when he has
 * ended; of who has several threads it is not known which one was woken. */
static int woken_at(struct mp_trial *trial, const struct mp_act *wait, uint64_t *out, bool *exec)
{
	struct mp_act *const *all = trial->judging->model->acts;
	const struct mp_process *by = wait->whom;
	size_t count, i;
	const size_t *acts =
		mp_index_acts(&trial->judging->by_whom, wait->who, MP_ACT_WAKE, &count);

	*out = by != NULL && by->ended >= wait->begin && by->ended < wait->at ? by->ended
									      : wait->at;
	if (by == NULL || wait->who->threads > 1)
		return 0;
	i = first_from(trial->judging, acts, count, wait->begin);
	for (; i < count && all[acts[i]]->at <= wait->at; i++) {
		if (!mp_spend(trial, 4))
			return MP_TOO_MUCH_WORK;
		if (all[acts[i]]->who != by)
			continue;
		*out = all[acts[i]]->at;
		*exec = by_exec(all[acts[i]]);
	}
	return 0;
}

static int find_rest(struct mp_trial *trial, const struct rest *rest, enum mp_act_kind kind,
		     const struct mp_act **out)
{
	struct mp_act *const *all = trial->judging->model->acts;
	size_t count, i;
	const size_t *acts = mp_index_acts(&trial->judging->by_who, rest->who, kind, &count);
	int err = 0;

	i = first_from(trial->judging, acts, count, rest->at + 1);
	for (; err == 0 && *out == NULL && i < count && all[acts[i]]->at <= rest->until; i++) {
		const struct mp_act *act = all[acts[i]];
		uint64_t woken = 0;
		bool exec;

		if (!mp_spend(trial, 4))
			return MP_TOO_MUCH_WORK;
		if ((rest->tid == 0 || act->tid == rest->tid) && act->begin <= rest->at)
			err = woken_at(trial, act, &woken, &exec);
		if (woken >= rest->at)
			*out = act;
	}
	return err;
}

/* The wait or the sleep in which he was at that moment; NULL: none. */
static int rest_of(struct mp_trial *trial, const struct rest *rest, const struct mp_act **out)
{
	int err;

	*out = NULL;
	err = find_rest(trial, rest, MP_ACT_WAIT, out);
	return err != 0 ? err : find_rest(trial, rest, MP_ACT_SLEEP, out);
}

/* Did he, or may he have done, anything after that moment by which he may learn of an end? */
static bool may_have_looked(const struct mp_judging *judging, const struct rest *rest)
{
	static const enum mp_act_kind kinds[] = {MP_ACT_READ,	 MP_ACT_EOF,  MP_ACT_REAP,
						 MP_ACT_RECEIVE, MP_ACT_OPEN, MP_ACT_SIGNAL,
						 MP_ACT_WAIT,	 MP_ACT_SLEEP};
	bool may = rest->who->blind != 0;
	size_t count, i;

	for (i = 0; i < MP_KINDS; i++)
		may |= judging->model->lost[i] > 0;
	for (size_t kind = 0; !may && kind < sizeof(kinds) / sizeof(kinds[0]); kind++) {
		const size_t *acts =
			mp_index_acts(&judging->by_who, rest->who, kinds[kind], &count);

		i = first_from(judging, acts, count, rest->at);
		may = i < count && judging->model->acts[acts[i]]->at <= rest->until;
	}
	return may;
}

/*
 * Did who forked rest when `early` ended? When another ended that wait, who was busy at that
 * moment, he may have looked for the end; not so who became another program just then.
 */
static int forker_rested(struct mp_trial *trial, const struct mp_act *fork,
			 const struct mp_process *early, enum mp_truth *out)
{
	struct rest rest = {fork->who, fork->tid, early->ended, fork->at};
	const struct mp_act *act, *his = NULL;
	bool exec = false;
	int err = rest_of(trial, &rest, &act);

	if (err != 0 || act == NULL)
		return err;
	if (act->kind == MP_ACT_WAIT && act->whom != NULL && act->whom != early) {
		rest = (struct rest){act->whom, 0, early->ended, act->at};
		err = woken_at(trial, act, &rest.until, &exec);
		if (err == 0)
			err = rest_of(trial, &rest, &his);
		if (err == 0 && his == NULL && exec && !may_have_looked(trial->judging, &rest))
			return 0;
		act = his;
	}
	*out = act != NULL ? MP_YES : MP_MAYBE;
	return err;
}

int mp_let_end(struct mp_trial *trial, const struct mp_process *early,
	       const struct mp_process *next, enum mp_truth *out)
{
	bool reaped = early->reaped != MP_NEVER && !early->reaped_by_poll;
	int err = 0;

	*out = reaped || was_awaited(trial->judging, early) ? MP_YES : MP_NO;
	for (; err == 0 && *out != MP_YES && next != NULL && next->born > early->ended;
	     next = next->parent) {
		const struct mp_act *fork = fork_of(trial->judging, next);

		if (!mp_spend(trial, 64))
			return MP_TOO_MUCH_WORK;
		if (fork != NULL && fork->who != NULL)
			err = forker_rested(trial, fork, early, out);
	}
	return err;
}
