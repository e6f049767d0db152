/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "nap.h"

#include <time.h>

#include "act.h"

/* A sleep that a signal has interrupted goes on when the handler is done: it is one sleep. */
static void go_on(const struct mr_seen *seen, struct mr_act *nap)
{
	nap->arrival = seen->arrival;
	nap->act.event = seen->event;
	nap->act.at = seen->event->end;
}

/*
 * Who sleeps until a moment chose it when it looked at the clock, which nobody sees: after its last
 * call, but for what its threads have among them, and before it was off the CPU, perhaps much
 * before, as others want the CPU, too. So the doubt is in its favour.
 */
static uint64_t chosen_after(const struct mr_seen *seen)
{
	uint64_t born = seen->process->process.born, last = seen->thread->spoke;

	return last > born ? last : born;
}

struct mr_act *mr_nap(struct mr_build *build, const struct mr_seen *seen, int64_t result)
{
	struct mr_act *act = seen->thread->nap;
	uint64_t began = mr_began(seen->event);

	seen->thread->told = 0;
	if (act == NULL) {
		act = mr_act_add(build, seen, MP_ACT_SLEEP);
		if (act == NULL)
			return NULL;
		act->act.begin = began;
		act->chosen = chosen_after(seen);
	} else {
		go_on(seen, act);
	}
	if (act->act.begin < seen->event->end)
		act->act.value = (int64_t)(seen->event->end - act->act.begin);
	seen->thread->nap = mr_interrupted(seen->event, result) ? act : NULL;
	return act;
}

/*
 * Since when it was off the CPU says a little less than how long a thread slept; and until when
 * may say much more: it was stopped meanwhile, or others had the CPU.
 */
void mr_nap_asked(struct mr_act *act, uint64_t asked, int64_t result)
{
	if (asked <= INT64_MAX && (result == 0 || (int64_t)asked < act->act.value))
		act->act.value = (int64_t)asked;
}

/* How long it meant to sleep; MP_NEVER: that is not known. */
static uint64_t meant(const struct mr_act *act, const struct mp_sleep *sleep)
{
	bool of_cpu = sleep->clock == CLOCK_PROCESS_CPUTIME_ID || (int32_t)sleep->clock < 0;

	if ((sleep->e.flags & MP_F_SHORT) != 0)
		return MP_NEVER;
	if ((sleep->sleep_flags & MP_SLEEP_UNTIL) == 0)
		return of_cpu ? MP_NEVER : sleep->asked;
	if (sleep->clock != CLOCK_MONOTONIC || sleep->asked < act->chosen)
		return MP_NEVER; /* that clock is the one of the record */
	return sleep->asked - act->chosen;
}

void mr_sleep(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_sleep *sleep = (const struct mp_sleep *)seen->event;
	struct mr_act *act;

	if (sleep->result != 0 && !mr_interrupted(seen->event, sleep->result))
		return; /* it asked for nonsense */
	act = mr_nap(build, seen, sleep->result);
	if (act != NULL)
		mr_nap_asked(act, meant(act, sleep), sleep->result);
}
