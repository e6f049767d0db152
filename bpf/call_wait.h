/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: calls in which processes wait: futexes, children, sleeps. Gives: MP_FUTEX, MP_WAIT,
 * MP_SLEEP. Never: the contents of a futex word.
 */
#ifndef MP_CALL_WAIT_H
#define MP_CALL_WAIT_H

#include "mapping.h"

#define FUTEX_WAIT	      0
#define FUTEX_WAKE	      1
#define FUTEX_REQUEUE	      3
#define FUTEX_CMP_REQUEUE     4
#define FUTEX_WAKE_OP	      5
#define FUTEX_WAIT_REQUEUE_PI 11
#define FUTEX_CMP_REQUEUE_PI  12
#define FUTEX_PRIVATE_FLAG    128
#define FUTEX_COMMANDS	      127

#define WNOHANG 1
#define P_PID	1
#define P_PIDFD 3

#define TIMER_ABSTIME 1

/*
 * What the kernel keys a futex by: the file behind a shared mapping and where in it, else the
 * address. Not 0: the mapping could not be looked at now, so the address stands for the word.
 * Global: see object_of().
 */
__noinline int find_word(__u64 address, bool is_private, struct mp_word *word)
{
	struct mapping mapping = {};

	if (word == NULL)
		return 0;
	word->offset = address;
	if (is_private)
		return 0;
	if (find_mapping(address, &mapping) != 0)
		return 1;
	if (!(mapping.flags & VM_SHARED) || mapping.dentry == 0)
		return 0;
	word->ino = mapping.object.ino;
	word->dev = mapping.object.dev;
	word->offset = offset_in(&mapping, address);
	return 0;
}

struct futex_words {
	__u64 address, address2;
	bool is_private, is_private2;
};

static __noinline void send_futex(const struct call *call, __u32 op, __u64 value, __u64 value2,
				  const struct futex_words *at)
{
	struct mp_word word = {}, word2 = {};
	struct mp_futex *event;
	int error;

	/* Looked up before there is room in the ring: the callback needs the stack. */
	error = find_word(at->address, at->is_private, &word);
	if (at->address2 != 0)
		error |= find_word(at->address2, at->is_private2, &word2);
	event = call_event_of(call, MP_FUTEX, mp_futex);
	if (event == NULL)
		return;
	event->nr = call->nr;
	event->op = op;
	event->result = call->result;
	event->value = value;
	event->value2 = value2;
	event->word = word;
	event->word2 = word2;
	if (error != 0)
		event->e.flags |= MP_F_SHORT;
	event_send(event);
}

static __always_inline bool has_second_word(__u32 op)
{
	return op == FUTEX_REQUEUE || op == FUTEX_CMP_REQUEUE || op == FUTEX_WAKE_OP ||
	       op == FUTEX_WAIT_REQUEUE_PI || op == FUTEX_CMP_REQUEUE_PI;
}

static __always_inline void on_futex(const struct call *call)
{
	__u32 op = call->args[1] & FUTEX_COMMANDS;
	bool is_private = (call->args[1] & FUTEX_PRIVATE_FLAG) != 0;
	struct futex_words at = {.address = call->args[0],
				 .address2 = has_second_word(op) ? call->args[4] : 0,
				 .is_private = is_private,
				 .is_private2 = is_private};

	send_futex(call, op, call->args[2], call->args[3], &at);
}

/* The calls of 6.7: flags differ, the meaning does not. The private bit is the same. */
static __always_inline void on_futex2(const struct call *call, __u8 class)
{
	struct futex_words at = {.address = call->args[0]};
	__u64 waiters[6] = {}; /* two struct futex_waitv: value, address, flags */

	switch (class) {
	case CALL_FUTEX_WAKE:
		at.is_private = (call->args[3] & FUTEX_PRIVATE_FLAG) != 0;
		send_futex(call, FUTEX_WAKE, call->args[2], 0, &at);
		break;
	case CALL_FUTEX_WAIT:
		at.is_private = (call->args[3] & FUTEX_PRIVATE_FLAG) != 0;
		send_futex(call, FUTEX_WAIT, call->args[1], 0, &at);
		break;
	case CALL_FUTEX_REQUEUE:
		if (bpf_probe_read_user(waiters, sizeof(waiters), (void *)call->args[0]) != 0)
			break;
		at.address = waiters[1];
		at.is_private = (waiters[2] & FUTEX_PRIVATE_FLAG) != 0;
		at.address2 = waiters[4];
		at.is_private2 = (waiters[5] & FUTEX_PRIVATE_FLAG) != 0;
		send_futex(call, FUTEX_CMP_REQUEUE, call->args[2], call->args[3], &at);
		break;
	}
}

/* The fields of the 64-bit siginfo that waitid(2) fills in. */
struct wait_info {
	__s32 signal, error, code, pad;
	__s32 pid, uid, status, pad2;
};

static __always_inline struct mp_wait *wait_new(const struct call *call, __s64 wanted,
						__s32 options)
{
	struct mp_wait *event = call_event_of(call, MP_WAIT, mp_wait);

	if (event == NULL)
		return NULL;
	event->nr = call->nr;
	event->result = call->result;
	event->wanted = wanted;
	event->options = options;
	return event;
}

static __always_inline void on_wait4(const struct call *call)
{
	struct mp_wait *event = wait_new(call, (__s32)call->args[0], call->args[2]);

	if (event == NULL)
		return;
	if (call->result > 0) {
		event->found = call->result;
		bpf_probe_read_user(&event->status, sizeof(event->status), (void *)call->args[1]);
	}
	event_send(event);
}

/* wait(2)'s coding of what waitid(2) says: code 1 is an exit, 2 and 3 are deaths. */
static __always_inline __s32 status_of(const struct wait_info *info)
{
	return info->code == 1	 ? (info->status & 0xff) << 8
	       : info->code == 3 ? info->status | 0x80
				 : info->status;
}

/* The pid behind a pidfd. From 6.9 on it hangs at the inode, before at the file. */
static __always_inline __u32 vpid_of_pidfd(struct task_struct *task, __u32 fd)
{
	struct file *file = file_of(task, fd);
	struct pid *pid;

	if (file == NULL)
		return 0;
	pid = BPF_CORE_READ(file, f_inode, i_private);
	if (pid == NULL)
		pid = BPF_CORE_READ(file, private_data);
	return pid == NULL ? 0 : vpid_of(pid);
}

static __always_inline void on_waitid(const struct call *call)
{
	struct mp_wait *event = wait_new(call, call->args[1], call->args[3]);
	struct wait_info info = {};

	if (event == NULL)
		return;
	if (call->result == 0 && call->args[2] != 0 &&
	    bpf_probe_read_user(&info, sizeof(info), (void *)call->args[2]) == 0) {
		event->found = info.pid;
		event->code = info.code;
		event->status = status_of(&info);
	} else if (call->result == 0 && !(call->args[3] & WNOHANG)) {
		/* The caller did not ask what it found; it can only be what it waited for. */
		if (call->args[0] == P_PID)
			event->found = call->args[1];
		else if (call->args[0] == P_PIDFD)
			event->found = vpid_of_pidfd(call->task, call->args[1]);
	}
	event_send(event);
}

static __always_inline void send_sleep(const struct call *call, __u64 address, __u32 clock,
				       __u32 flags)
{
	struct mp_sleep *event = call_event_of(call, MP_SLEEP, mp_sleep);
	__s64 time[2] = {}; /* struct timespec: seconds, nanoseconds */

	if (event == NULL)
		return;
	event->nr = call->nr;
	event->result = call->result;
	event->clock = clock;
	if (flags & TIMER_ABSTIME)
		event->sleep_flags |= MP_SLEEP_UNTIL;
	if (bpf_probe_read_user(time, sizeof(time), (void *)address) != 0)
		event->e.flags |= MP_F_SHORT;
	event->asked = time[0] * 1000000000LL + time[1];
	event_send(event);
}

static __always_inline void on_waiting(const struct call *call, __u8 class)
{
	switch (class) {
	case CALL_FUTEX:
		on_futex(call);
		break;
	case CALL_FUTEX_WAKE:
	case CALL_FUTEX_WAIT:
	case CALL_FUTEX_REQUEUE:
		on_futex2(call, class);
		break;
	case CALL_WAIT4:
		on_wait4(call);
		break;
	case CALL_WAITID:
		on_waitid(call);
		break;
	case CALL_NANOSLEEP:
		send_sleep(call, call->args[0], 1, 0);
		break;
	case CALL_CLOCK_NANOSLEEP:
		send_sleep(call, call->args[2], call->args[0], call->args[1]);
		break;
	}
}

#endif
