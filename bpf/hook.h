/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a task and a kind of event. Gives: what every hook needs: is the task traced, room in
 * the ring with the head filled in, what a descriptor refers to. Never: decides what is worth
 * recording.
 */
#ifndef MP_HOOK_H
#define MP_HOOK_H

#include "kernel.h"
#include "control.h"

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, 4 * 1024 * 1024); /* the collector sets it */
} ring SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct mp_task);
} tasks SEC(".maps");

struct mp_control control = {};

/* NULL: not traced. */
static __always_inline struct mp_task *traced(struct task_struct *task)
{
	return bpf_task_storage_get(&tasks, task, NULL, 0);
}

/*
 * The call that a traced task is in, or -1. Some machines take the number away when a signal has
 * cut the call short (arm64): then the task is still in it as long as it has not gone on from
 * there, where restarting the call is one instruction back.
 */
static __always_inline int call_in(struct task_struct *task, const struct mp_task *state)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	int nr = regs_call(regs);

	if (nr < 0 && state->cut_begin != 0 &&
	    state->cut_place - regs_place(regs) <= MACHINE_CALL_BYTES)
		return state->cut_nr;
	return nr;
}

/*
 * A flood of these must not cost us a birth or an end: they leave the last part of the ring to
 * the others, without which nothing of the rest can be told.
 */
#define BULK_KINDS                                                                                 \
	(1u << MP_IO | 1u << MP_TEXT | 1u << MP_FUTEX | 1u << MP_CALL | 1u << MP_WAKE |            \
	 1u << MP_OPEN | 1u << MP_MAP)

static __always_inline bool has_room(enum mp_kind kind)
{
	return !(BULK_KINDS & (1u << kind)) ||
	       bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) < control.bulk_to;
}

/*
 * Room for one event, all zero but for its head, or NULL: then the loss has been counted. `size`
 * must be a constant; only the first `zeroed` bytes are cleared.
 */
static __always_inline void *event_new(enum mp_kind kind, __u64 size, __u64 zeroed)
{
	struct mp_event *event = NULL;

	if (has_room(kind))
		event = bpf_ringbuf_reserve(&ring, size, 0);
	if (event == NULL) {
		__sync_fetch_and_add(&control.lost[kind], 1);
		return NULL;
	}
	__builtin_memset(event, 0, zeroed);
	event->kind = kind;
	event->size = size;
	event->begin = event->end = bpf_ktime_get_ns();
	return event;
}
#define event_of(kind, type)                                                                       \
	((struct type *)event_new((kind), sizeof(struct type), sizeof(struct type)))

static __always_inline void event_by(struct mp_event *event, struct task_struct *task,
				     const struct mp_task *state)
{
	event->pid = task->tgid;
	event->tid = task->pid;
	event->start = state->start;
}

/* Waking the collector costs more than the event: only when enough has come together. */
static __always_inline void event_send(void *event)
{
	__u64 flags = bpf_ringbuf_query(&ring, BPF_RB_AVAIL_DATA) >= control.wake_at
			      ? BPF_RB_FORCE_WAKEUP
			      : BPF_RB_NO_WAKEUP;

	bpf_ringbuf_submit(event, flags);
}

/* The number of a task in its own, innermost pid namespace. 6.1 wants the bound spelled out. */
#define PID_LEVELS 64
static __always_inline __u32 vpid_of(struct pid *pid)
{
	struct upid upid = {};
	__u32 level = BPF_CORE_READ(pid, level) & (PID_LEVELS - 1);
	void *numbers = (void *)pid + bpf_core_field_offset(struct pid, numbers);

	bpf_core_read(&upid, sizeof(upid), numbers + level * sizeof(upid));
	return upid.nr;
}

static __always_inline struct file *file_of(struct task_struct *task, __u32 fd)
{
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	struct file **files, *file = NULL;

	if (fd >= BPF_CORE_READ(table, max_fds))
		return NULL;
	files = BPF_CORE_READ(table, fd);
	bpf_probe_read_kernel(&file, sizeof(file), files + fd);
	return file;
}

static __always_inline bool closes_on_exec(struct task_struct *task, __u32 fd)
{
	struct fdtable *table = BPF_CORE_READ(task, files, fdt);
	unsigned long *bits, word = 0;

	if (fd >= BPF_CORE_READ(table, max_fds))
		return 0;
	bits = BPF_CORE_READ(table, close_on_exec);
	bpf_probe_read_kernel(&word, sizeof(word), bits + fd / 64);
	return (word >> (fd % 64)) & 1;
}

static __always_inline __u64 inode_of_socket(struct socket *socket)
{
	struct inode *inode;

	if (socket == NULL)
		return 0;
	inode = (void *)socket + bpf_core_field_offset(struct socket_alloc, vfs_inode);
	return BPF_CORE_READ(inode, i_ino);
}

/* Returns the type of the socket (SOCK_STREAM …), 0 when it is none. */
static __always_inline int socket_peer(struct file *file, __u64 *peer)
{
	struct socket *socket = BPF_CORE_READ(file, private_data);
	struct sock *sock = BPF_CORE_READ(socket, sk);
	struct sock *other;

	if (sock == NULL)
		return 0;
	if (BPF_CORE_READ(sock, __sk_common.skc_family) == AF_UNIX &&
	    bpf_core_field_exists(struct unix_sock, peer)) {
		other = BPF_CORE_READ((struct unix_sock *)sock, peer);
		if (other != NULL)
			*peer = inode_of_socket(BPF_CORE_READ(other, sk_socket));
	}
	return BPF_CORE_READ(sock, sk_type);
}

/* Fills in what the descriptor refers to; returns the socket's type, or 0. */
static __always_inline int object_of_file(struct file *file, struct mp_object *object)
{
	struct inode *inode;

	if (file == NULL)
		return 0;
	inode = BPF_CORE_READ(file, f_inode);
	object->ino = BPF_CORE_READ(inode, i_ino);
	object->dev = BPF_CORE_READ(inode, i_sb, s_dev);
	object->mode = BPF_CORE_READ(inode, i_mode);
	object->access = BPF_CORE_READ(file, f_mode) & (MP_READS | MP_WRITES);
	if ((object->mode & S_IFMT) == S_IFSOCK)
		return socket_peer(file, &object->peer);
	return 0;
}

/* The same for a descriptor of the current task. Global, so that the verifier reads it once and
 * not once for every way that leads here. */
__noinline int object_of(__u32 fd, struct mp_object *object)
{
	if (object == NULL)
		return 0;
	return object_of_file(file_of(bpf_get_current_task_btf(), fd), object);
}

/* Files and directories pass no messages between processes: their traffic is not recorded. */
static __always_inline bool is_stored(__u16 mode)
{
	__u16 type = mode & S_IFMT;

	return type == S_IFREG || type == S_IFDIR || type == S_IFBLK;
}

#endif
