/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: traced threads leaving the processor, and being made runnable again. Gives: since when
 * a call has been asleep (kept in the task's state), and MP_WAKE: who ended its sleep. Never:
 * counts a page fault or an interrupt as sleep in a call; takes whoever happens to run for the
 * clock that has run down. Interrupts are off in the first and the last hook.
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

/* Is a clock's work done on this processor, and of which kind? Flags rather than counts: a hook
 * that is skipped leaves a flag wrong until the next clock, a count for ever. */
enum clock { CLOCK_PRECISE, CLOCK_COARSE, CLOCKS };

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, CLOCKS);
	__type(key, __u32);
	__type(value, __u32);
} clocks SEC(".maps");

static __always_inline int set_clock(__u32 which, __u32 runs)
{
	__u32 *flag = bpf_map_lookup_elem(&clocks, &which);

	if (flag != NULL)
		*flag = runs;
	return 0;
}

static __always_inline bool clock_runs(__u32 which)
{
	__u32 *flag = bpf_map_lookup_elem(&clocks, &which);

	return flag != NULL && *flag != 0;
}

SEC("tp_btf/hrtimer_expire_entry")
int on_precise_begin(void *ctx)
{
	return set_clock(CLOCK_PRECISE, 1);
}

SEC("tp_btf/hrtimer_expire_exit")
int on_precise_end(void *ctx)
{
	return set_clock(CLOCK_PRECISE, 0);
}

SEC("tp_btf/timer_expire_entry")
int on_coarse_begin(void *ctx)
{
	return set_clock(CLOCK_COARSE, 1);
}

SEC("tp_btf/timer_expire_exit")
int on_coarse_end(void *ctx)
{
	return set_clock(CLOCK_COARSE, 0);
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
	by = clock_runs(CLOCK_PRECISE) || clock_runs(CLOCK_COARSE) ? NULL : traced(waker);
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
