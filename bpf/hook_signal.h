/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: signals that a traced process sends or gets. Gives: MP_SIGNAL (in the sender, as it is
 * sent) and MP_DELIVER (in the target, as it takes effect). Never: who a target outside of the
 * traced tree is, beyond its pid.
 */
#ifndef MP_HOOK_SIGNAL_H
#define MP_HOOK_SIGNAL_H

#include "hook.h"

#define SI_USER	  0
#define SI_TIMER  (-2)
#define SI_KERNEL 0x80

/* The kernel passes 0 and 1 in place of a structure for signals of its own. */
static __always_inline int code_of(struct kernel_siginfo *info)
{
	if ((unsigned long)info == 0)
		return SI_USER;
	if ((unsigned long)info == 1)
		return SI_KERNEL;
	return BPF_CORE_READ(info, si_code);
}

SEC("tp_btf/signal_generate")
int BPF_PROG(on_signal, int signal, struct kernel_siginfo *info, struct task_struct *task,
	     int group, int result)
{
	struct task_struct *sender = bpf_get_current_task_btf();
	struct mp_task *from = traced(sender), *to = traced(task);
	struct mp_signal *event;
	bool told;

	if (from != NULL && from->gated)
		from = NULL;
	told = from != NULL;
	barrier_var(told); /* or the two pointers are joined by `or`, which the verifier refuses */
	if (to == NULL ? !told : to->gated)
		return 0;
	event = event_of(MP_SIGNAL, mp_signal);
	if (event == NULL)
		return 0;
	event->signal = signal;
	event->code = code_of(info);
	event->result = result;
	event->to_group = group != 0;
	/* A timer goes off in whatever task happens to run. */
	if (from != NULL && event->code != SI_TIMER)
		event_by(&event->e, sender, from);
	event->target_pid = task->tgid;
	event->target_tid = task->pid;
	event->target_vpid = vpid_of(task->thread_pid);
	event->target_start = BPF_CORE_READ(task, group_leader, start_time);
	event->target_traced = to != NULL;
	event_send(event);
	return 0;
}

SEC("tp_btf/signal_deliver")
int BPF_PROG(on_deliver, int signal, struct kernel_siginfo *info, struct k_sigaction *action)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct mp_task *state = traced(task);
	unsigned long handler;
	struct mp_deliver *event;

	if (state == NULL || state->gated)
		return 0;
	event = event_of(MP_DELIVER, mp_deliver);
	if (event == NULL)
		return 0;
	event_by(&event->e, task, state);
	handler = (unsigned long)BPF_CORE_READ(action, sa.sa_handler);
	event->signal = signal;
	event->code = code_of(info);
	event->action = handler > 2 ? 2 : handler;
	event_send(event);
	return 0;
}

#endif
