/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "nap.h"

#include "act.h"

/* A sleep that a signal has interrupted goes on when the handler is done: it is one sleep. */
static void go_on(const struct mr_seen *seen, struct mr_act *nap)
{
	nap->arrival = seen->arrival;
	nap->act.event = seen->event;
	nap->act.at = seen->event->end;
}

struct mr_act *mr_nap(struct mr_build *build, const struct mr_seen *seen, int64_t result)
{
	struct mr_act *act = seen->thread->nap;
	uint64_t began = mr_began(seen->event);

	if (act == NULL) {
		act = mr_act_add(build, seen, MP_ACT_SLEEP);
		if (act == NULL)
			return NULL;
		act->act.begin = began;
	} else {
		go_on(seen, act);
	}
	if (act->act.begin < seen->event->end)
		act->act.value = (int64_t)(seen->event->end - act->act.begin);
	seen->thread->nap = mr_interrupted(seen->event, result) ? act : NULL;
	return act;
}

/* Since when it was off the CPU says a little less than how long a thread slept. */
static void at_least_asked(const struct mp_sleep *sleep, struct mr_act *act)
{
	bool known = (sleep->sleep_flags & MP_SLEEP_UNTIL) == 0 &&
		     (sleep->e.flags & MP_F_SHORT) == 0 && sleep->asked <= INT64_MAX;

	if (known && (int64_t)sleep->asked > act->act.value)
		act->act.value = (int64_t)sleep->asked;
}

void mr_sleep(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_sleep *sleep = (const struct mp_sleep *)seen->event;
	struct mr_act *act;

	if (sleep->result != 0 && !mr_interrupted(seen->event, sleep->result))
		return; /* it asked for nonsense */
	act = mr_nap(build, seen, sleep->result);
	if (act != NULL && sleep->result == 0)
		at_least_asked(sleep, act);
}
