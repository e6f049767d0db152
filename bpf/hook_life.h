/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: the birth, the new images, the names and the end of traced threads. Gives: MP_FORK,
 * MP_EXEC, MP_RENAME, MP_EXIT, and the mark that makes a child traced. Never: a system call.
 */
#ifndef MP_HOOK_LIFE_H
#define MP_HOOK_LIFE_H

#include "hook.h"
#include "calls.h"

/* The child is marked before it can run: nothing that it does is missed. */
static __always_inline void tell_fork(struct task_struct *parent, struct task_struct *child)
{
	struct mp_task *state = traced(parent), *mark;
	struct mp_fork *event;

	if (state == NULL || state->gated || traced(child) != NULL)
		return;
	mark = bpf_task_storage_get(&tasks, child, NULL, BPF_LOCAL_STORAGE_GET_F_CREATE);
	if (mark == NULL)
		__sync_fetch_and_add(&control.unmarked, 1);
	else
		mark->start = BPF_CORE_READ(child, group_leader, start_time);
	event = event_of(MP_FORK, mp_fork);
	if (event == NULL)
		return;
	event_by(&event->e, parent, state);
	event->child_start = BPF_CORE_READ(child, group_leader, start_time);
	event->child_pid = child->tgid;
	event->child_tid = child->pid;
	event->child_vpid = vpid_of(child->thread_pid);
	if (child->tgid == parent->tgid)
		event->child_flags |= MP_FORK_THREAD;
	if (child->mm == parent->mm)
		event->child_flags |= MP_FORK_VM;
	if (child->files == parent->files)
		event->child_flags |= MP_FORK_FILES;
	event->real_parent = BPF_CORE_READ(child, real_parent, tgid);
	bpf_core_read(event->comm, sizeof(event->comm), &child->comm);
	event_send(event);
}

static __always_inline void tell_exec(struct task_struct *task, int old_tid)
{
	struct mp_task *state = traced(task);
	unsigned long start, length;
	struct mp_exec *event;

	if (state == NULL || state->image == (__u64)task->mm)
		return;
	state->image = (__u64)task->mm;
	if (state->gated) { /* the command begins here */
		state->gated = 0;
		state->start = BPF_CORE_READ(task, group_leader, start_time);
	}
	event = event_of(MP_EXEC, mp_exec);
	if (event == NULL)
		return;
	event_by(&event->e, task, state);
	event->old_tid = old_tid;
	bpf_core_read(event->comm, sizeof(event->comm), &task->comm);
	start = BPF_CORE_READ(task, mm, arg_start);
	length = BPF_CORE_READ(task, mm, arg_end) - start;
	if (length > sizeof(event->argv)) {
		length = sizeof(event->argv);
		event->e.flags |= MP_F_CUT;
	}
	if (bpf_probe_read_user(event->argv, length, (void *)start) == 0)
		event->argv_len = length;
	else
		event->e.flags |= MP_F_SHORT;
	event_send(event);
}

SEC("tp_btf/task_rename")
int BPF_PROG(on_rename, struct task_struct *task, const char *name)
{
	struct mp_task *state = traced(task);
	struct mp_rename *event;

	if (state == NULL || state->gated)
		return 0;
	event = event_of(MP_RENAME, mp_rename);
	if (event == NULL)
		return 0;
	event_by(&event->e, task, state);
	bpf_probe_read_kernel_str(event->comm, sizeof(event->comm), name);
	event_send(event);
	return 0;
}

/* Does the parent take no interest in its children's ends? Then the kernel reaps. */
static __always_inline bool is_autoreaped(struct task_struct *task)
{
	struct sighand_struct *hands = BPF_CORE_READ(task, real_parent, sighand);
	struct sigaction child = {};

	bpf_core_read(&child.sa_handler, sizeof(child.sa_handler),
		      &hands->action[SIGCHLD - 1].sa.sa_handler);
	bpf_core_read(&child.sa_flags, sizeof(child.sa_flags),
		      &hands->action[SIGCHLD - 1].sa.sa_flags);
	return child.sa_handler == (void *)1 || (child.sa_flags & SA_NOCLDWAIT) != 0;
}

/*
 * Was the thread asleep in a call when it was killed? The call itself ended, as interrupted,
 * just before.
 */
static __always_inline void tell_where_it_slept(struct mp_exit *event, struct mp_task *state,
						struct task_struct *task)
{
	int nr = call_in(task, state);

	event->nr = -1;
	if (state->cut_begin == 0 || (nr != state->cut_nr && class_of(nr) != CALL_RESTART))
		return;
	event->nr = state->cut_nr;
	event->e.begin = state->cut_begin;
	event->e.flags |= MP_F_BLOCKED;
	__builtin_memcpy(event->args, state->cut_args, sizeof(event->args));
	object_of((__u32)event->args[0], &event->object);
}

static __always_inline void tell_exit(struct task_struct *task)
{
	struct signal_struct *signal = task->signal;
	/* The counter has been taken down for this thread already. */
	bool last = BPF_CORE_READ(signal, live.counter) == 0;
	struct mp_task *state = traced(task);
	struct mp_exit *event;
	__u64 ended = 1;

	/* io_uring makes threads that no hook sees the birth of; such a one may be the last. */
	if (state == NULL && last) {
		state = traced(task->group_leader);
		ended = 2;
	}
	if (state == NULL || state->ended >= ended)
		return;
	state->ended = ended;
	if (state->gated)
		state->start = BPF_CORE_READ(task, group_leader, start_time);
	event = event_of(MP_EXIT, mp_exit);
	if (event == NULL)
		return;
	event_by(&event->e, task, state);
	event->thread_status = task->exit_code;
	event->status = BPF_CORE_READ(signal, flags) & SIGNAL_GROUP_EXIT
				? BPF_CORE_READ(signal, group_exit_code)
				: BPF_CORE_READ(task, group_leader, exit_code);
	if (last)
		event->exit_flags |= MP_EXIT_LAST;
	if (is_autoreaped(task))
		event->exit_flags |= MP_EXIT_AUTOREAP;
	tell_where_it_slept(event, state, task);
	event_send(event);
}

/*
 * Each three times, for kernels on which a hook can be preempted (see on_call_event): the mark of
 * the child, the memory of the image and the end itself tell whether it was told already.
 */
#define TELLS_FORK(name)                                                                           \
	SEC("tp_btf/sched_process_fork")                                                           \
	int BPF_PROG(name, struct task_struct *parent, struct task_struct *child)                  \
	{                                                                                          \
		tell_fork(parent, child);                                                          \
		return 0;                                                                          \
	}
TELLS_FORK(on_fork)
TELLS_FORK(on_fork_second)
TELLS_FORK(on_fork_third)

#define TELLS_EXEC(name)                                                                           \
	SEC("tp_btf/sched_process_exec")                                                           \
	int BPF_PROG(name, struct task_struct *task, int old_tid)                                  \
	{                                                                                          \
		tell_exec(task, old_tid);                                                          \
		return 0;                                                                          \
	}
TELLS_EXEC(on_exec)
TELLS_EXEC(on_exec_second)
TELLS_EXEC(on_exec_third)

#define TELLS_EXIT(name)                                                                           \
	SEC("tp_btf/sched_process_exit")                                                           \
	int BPF_PROG(name, struct task_struct *task)                                               \
	{                                                                                          \
		tell_exit(task);                                                                   \
		return 0;                                                                          \
	}
TELLS_EXIT(on_exit)
TELLS_EXIT(on_exit_second)
TELLS_EXIT(on_exit_third)

#endif
