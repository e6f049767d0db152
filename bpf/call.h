/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: nothing. Gives: a system call that has just ended, as the families of calls see it.
 * Never: a hook of its own.
 */
#ifndef MP_CALL_H
#define MP_CALL_H

#include "hook.h"
#include "calls.h"

struct call {
	struct task_struct *task;
	struct mp_task *state;
	__u64 args[6];
	__u64 place; /* where its caller goes on */
	__u64 begin; /* asleep since; 0: it did not sleep */
	long result;
	int nr;
};

/* The call was interrupted by a signal: the kernel may run it again, or say EINTR. */
static __always_inline bool was_interrupted(long result)
{
	return result == -EINTR || (result <= -ERESTARTSYS && result >= -ERESTART_RESTARTBLOCK);
}

static __always_inline void event_by_call(struct mp_event *event, const struct call *call)
{
	event_by(event, call->task, call->state);
	if (call->begin != 0) {
		event->begin = call->begin;
		event->flags |= MP_F_BLOCKED;
	}
	if (was_interrupted(call->result))
		event->flags |= MP_F_RESTART;
}

static __always_inline void *call_event(const struct call *call, enum mp_kind kind, __u64 size)
{
	struct mp_event *event = event_new(kind, size, size);

	if (event != NULL)
		event_by_call(event, call);
	return event;
}
#define call_event_of(call, kind, type)                                                            \
	((struct type *)call_event((call), (kind), sizeof(struct type)))

#endif
