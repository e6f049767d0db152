// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * One futex word: the lowest bit says whether the event is set, the others count how often it
 * became so. Who waits leaves when the bit is set or when the count has moved, so a clear right
 * after the set takes nothing from those who were waiting.
 */
#include <errno.h>
#include <limits.h>

#include "internal.h"

struct mp_event {
	_Alignas(64) _Atomic uint32_t word;
};

enum { IS_SET = 1, ONCE = 2 };

int mp_event_new(struct mp_event **event)
{
	*event = mp_shared_new(sizeof(**event));
	return *event ? 0 : -ENOMEM;
}

int mp_event_set(struct mp_event *event)
{
	uint32_t word = event->word;

	do {
		if (word & IS_SET)
			return 0;
	} while (!atomic_compare_exchange_weak(&event->word, &word, (word + ONCE) | IS_SET));
	mp_futex_wake(&event->word, INT_MAX);
	return 0;
}

int mp_event_clear(struct mp_event *event)
{
	event->word &= ~(uint32_t)IS_SET;
	return 0;
}

bool mp_event_is_set(const struct mp_event *event)
{
	return event->word & IS_SET;
}

/* A nap, because who set it may have died before he woke anybody. */
static int wait_for_change(struct mp_event *event, uint32_t before, int64_t timeout_ms)
{
	const struct mp_deadline deadline = mp_deadline_in(timeout_ms);
	int rc = 0;

	while (event->word == before) {
		if (rc != 0 && rc != -EAGAIN && rc != -EINTR)
			return rc;
		rc = mp_futex_nap(&event->word, before, &deadline);
	}
	return 0;
}

int mp_event_wait(struct mp_event *event, int64_t timeout_ms)
{
	uint32_t before = event->word;

	if (before & IS_SET)
		return 0;
	return timeout_ms == 0 ? MP_TIMEOUT : wait_for_change(event, before, timeout_ms);
}

void mp_event_free(struct mp_event *event)
{
	mp_shared_free(event, sizeof(*event));
}
