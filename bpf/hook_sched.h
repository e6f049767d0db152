/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: traced threads leaving the processor, and being made runnable again. Gives: since when
 * a call has been asleep (kept in the task's state), and MP_WAKE: who ended its sleep. Never:
 * counts a page fault or an interrupt as sleep in a call. Interrupts are off in both hooks.
 */
#ifndef MP_HOOK_SCHED_H
#define MP_HOOK_SCHED_H

#include "hook.h"
#include "calls.h"

/* The recorded call that a task is in, or -1. Outside of a call the register holds -1. */
static __always_inline int call_of(struct task_struct *task)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	int nr = regs_call(regs);

	return class_of(nr) == CALL_IGNORED || is_foreign(task, nr) ? -1 : nr;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch, bool preempted, struct task_struct *prev, struct task_struct *next,
	     unsigned int prev_state)
{
	struct mp_task *state;
	__u64 now;

	if (prev_state == 0)
		return 0;
	state = traced(prev);
	if (state == NULL || state->gated || state->blocked != 0)
		return 0;
	state->blocked_nr = call_of(prev);
	if (state->blocked_nr < 0)
		return 0;
	/* Preempted after it had said that it will sleep, and before it did: the timer of a sleep
	 * runs already, so the sleep counts from here, if it comes to that. */
	now = bpf_ktime_get_ns();
	if (preempted) {
		if (state->almost == 0)
			state->almost = now;
		return 0;
	}
	state->blocked = state->almost != 0 ? state->almost : now;
	return 0;
}

SEC("tp_btf/sched_waking")
int BPF_PROG(on_waking, struct task_struct *task)
{
	struct mp_task *state = traced(task), *by;
	struct task_struct *waker;
	struct mp_wake *event;

	if (state == NULL || state->blocked == 0 || control.closing)
		return 0;
	event = event_of(MP_WAKE, mp_wake);
	if (event == NULL)
		return 0;
	event->nr = -1;
	waker = bpf_get_current_task_btf();
	by = traced(waker);
	if (by != NULL && !by->gated) {
		event_by(&event->e, waker, by);
		event->nr = call_in(waker, by);
	}
	event->target_pid = task->tgid;
	event->target_tid = task->pid;
	event->target_start = state->start;
	event->target_nr = state->blocked_nr;
	event_send(event);
	return 0;
}

#endif
