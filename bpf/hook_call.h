/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: the end of every system call of the machine. Gives: the events of the calls in calls.h
 * that a traced thread made, and MP_BLIND where it left what we can decode. Never: a look-up for
 * a call that is not in the table; most calls of most processes end after two comparisons.
 *
 * Only the end of a call is hooked: the arguments still stand in the registers, user memory has
 * been touched already, and the result is known. Since when it slept comes from the scheduler.
 */
#ifndef MP_HOOK_CALL_H
#define MP_HOOK_CALL_H

#include "call_fd.h"
#include "call_io.h"
#include "call_map.h"
#include "call_wait.h"

#define PR_SET_NAME  15
#define F_SETLK	     6
#define F_SETLKW     7
#define F_OFD_SETLK  37
#define F_OFD_SETLKW 38

static __always_inline void send_blind(const struct call *call, enum mp_blind_cause cause)
{
	struct mp_blind *event;

	if (call->state->blind & (1u << cause))
		return;
	call->state->blind |= 1u << cause;
	event = call_event_of(call, MP_BLIND, mp_blind);
	if (event == NULL)
		return;
	event->cause = cause;
	event->nr = call->nr;
	event_send(event);
}

static __always_inline void on_plain(const struct call *call)
{
	struct mp_call *event = call_event_of(call, MP_CALL, mp_call);

	if (event == NULL)
		return;
	event->nr = call->nr;
	event->result = call->result;
	__builtin_memcpy(event->args, call->args, sizeof(event->args));
	event_send(event);
}

/* Locks of files make wait, and who gives one back wakes. */
static __always_inline bool is_lock(__u32 command)
{
	return command == F_SETLK || command == F_SETLKW || command == F_OFD_SETLK ||
	       command == F_OFD_SETLKW;
}

static __always_inline void dispatch(const struct call *call, __u8 class)
{
	switch (class) {
	case CALL_READ ... CALL_VMSPLICE:
		on_io(call, class);
		break;
	case CALL_OPEN ... CALL_DUP2:
	case CALL_IOCTL ... CALL_CLOSE_RANGE:
		on_fd(call, class);
		break;
	case CALL_FUTEX ... CALL_FUTEX_REQUEUE:
	case CALL_WAIT4 ... CALL_CLOCK_NANOSLEEP:
		on_waiting(call, class);
		break;
	case CALL_MMAP ... CALL_SHMDT:
		on_map(call, class);
		break;
	case CALL_FUTEX_WAITV:
		send_blind(call, MP_BLIND_FUTEX_WAITV);
		break;
	case CALL_ASYNC:
		if (call->result >= 0)
			send_blind(call, MP_BLIND_ASYNC);
		break;
	case CALL_PRCTL:
		if (call->args[0] == PR_SET_NAME)
			on_plain(call);
		break;
	case CALL_FCNTL:
		if (is_lock(call->args[1]))
			on_plain(call);
		else
			on_fd(call, class);
		break;
	case CALL_PLAIN:
		on_plain(call);
		break;
	}
}

/*
 * When did the call begin to sleep? Also keeps, for a call that a signal interrupted, what it was
 * doing: it may go on as restart_syscall, or its thread may end there.
 */
static __always_inline void settle_sleep(struct call *call)
{
	struct mp_task *state = call->state;

	call->begin = state->blocked_nr == call->nr ? state->blocked : 0;
	state->blocked = state->almost = 0;
	if (class_of(call->nr) == CALL_RESTART && state->cut_begin != 0) {
		call->nr = state->cut_nr;
		call->begin = state->cut_begin;
		__builtin_memcpy(call->args, state->cut_args, sizeof(call->args));
	}
	if (!was_interrupted(call->result)) {
		state->cut_begin = 0;
		return;
	}
	state->cut_begin = call->begin;
	state->cut_nr = call->nr;
	state->cut_place = call->place;
	__builtin_memcpy(state->cut_args, call->args, sizeof(state->cut_args));
}

/* When the run is over only one thing is still of interest: which word somebody slept on. */
static __always_inline bool is_of_interest(const struct call *call)
{
	return !control.closing ||
	       (class_of(call->nr) == CALL_FUTEX && was_interrupted(call->result));
}

static __always_inline void tell_call(struct pt_regs *regs, long result)
{
	struct call call = {.nr = regs_call(regs), .result = result};

	call.task = bpf_get_current_task_btf();
	if (!is_recorded(call.task, call.nr))
		return;
	call.state = traced(call.task);
	if (call.state == NULL || call.state->gated)
		return;
	if (is_foreign(call.task, call.nr)) {
		send_blind(&call, MP_BLIND_32BIT);
		return;
	}
	call.place = regs_place(regs);
	regs_args(regs, call.args);
	settle_sleep(&call);
	if (is_of_interest(&call))
		dispatch(&call, class_of(call.nr));
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_call, struct pt_regs *regs, long result)
{
	tell_call(regs, result);
	return 0;
}

/* What the kernel writes down of the end of a call for perf(1): the layout is part of its ABI. */
struct call_end {
	__u64 common;
	long nr;
	long result;
};

/*
 * From 7.0 on a hook can be preempted, and until its task goes on the kernel skips every run of
 * the same program on that processor: whole time slices of other tasks would be missed. For the
 * programs of perf events it still turns preemption off; so there it is one of these. A result of
 * 0 says that nobody else wants the event.
 */
SEC("tracepoint/raw_syscalls/sys_exit")
int on_call_event(struct call_end *end)
{
	tell_call((struct pt_regs *)bpf_task_pt_regs(bpf_get_current_task_btf()), end->result);
	return 0;
}

#endif
