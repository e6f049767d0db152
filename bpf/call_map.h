/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: calls by which mapped memory comes, moves and goes. Gives: MP_MAP, for memory that other
 * processes can see. Never: keeps a list; that is the model's work.
 */
#ifndef MP_CALL_MAP_H
#define MP_CALL_MAP_H

#include "mapping.h"

#define MAP_SHARED	    1
#define MAP_SHARED_VALIDATE 3
#define MAP_TYPE	    15
#define MAP_FIXED	    16
#define MAP_ANONYMOUS	    32
#define MREMAP_DONTUNMAP    4
#define PROT_WRITE	    2
#define MADV_DONTFORK	    10
#define MADV_DOFORK	    11

#define ERRNO_MOST 4095

static __always_inline void fill_shared(struct mp_map *event, const struct mapping *mapping)
{
	struct dentry *dentry = (void *)mapping->dentry;

	event->map_flags &= ~MP_MAP_WRITABLE;
	if (mapping->flags & VM_WRITE)
		event->map_flags |= MP_MAP_WRITABLE;
	if (event->length == 0)
		event->length = mapping->end - mapping->start;
	event->to = offset_in(mapping, event->address);
	event->generation = mapping->generation;
	event->object = mapping->object;
	bpf_probe_read_kernel_str(event->name, sizeof(event->name),
				  BPF_CORE_READ(dentry, d_name.name));
}

/* The kernel maps whole pages, however much of the last one it was asked for. */
static __always_inline __u64 whole_pages(__u64 length)
{
	return (length + control.page - 1) & -control.page;
}

static __noinline void tell_map(const struct call *call, enum mp_map_op op, __u64 address,
				__u64 length, __u32 flags)
{
	struct mapping mapping = {};
	struct mp_map *event;
	int error = 0;

	if (op == MP_MAP_SHARED) {
		/* Looked up before there is room in the ring: the callback needs the stack. */
		error = find_mapping(address, &mapping);
		if (error == 0 && !(mapping.flags & VM_SHARED))
			op = MP_MAP_GONE; /* a file that may only be read is as good as private */
		else
			control.shares = 1;
	}
	if (!control.shares)
		return;
	event = call_event_of(call, MP_MAP, mp_map);
	if (event == NULL)
		return;
	event->nr = call->nr;
	event->map_op = op;
	event->address = address;
	event->length = whole_pages(length);
	event->map_flags = flags;
	if (error != 0)
		event->e.flags |= MP_F_SHORT;
	else if (op == MP_MAP_SHARED)
		fill_shared(event, &mapping);
	if (op == MP_MAP_MOVED) {
		event->to = call->result;
		event->to_length = whole_pages(call->args[2]);
	}
	event_send(event);
}

/* What a call did to the mappings of its process. */
struct change {
	__u64 address, length;
	enum mp_map_op op; /* 0: nothing of interest */
	__u32 flags;
};

static __always_inline void change_mmap(const struct call *call, struct change *change)
{
	__u32 type = call->args[3] & MAP_TYPE;

	change->address = call->result;
	if (type != MAP_SHARED && type != MAP_SHARED_VALIDATE) {
		change->op = call->args[3] & MAP_FIXED ? MP_MAP_GONE : 0;
		return;
	}
	change->op = MP_MAP_SHARED;
	if (call->args[2] & PROT_WRITE)
		change->flags |= MP_MAP_WRITABLE;
	if (call->args[3] & MAP_ANONYMOUS)
		change->flags |= MP_MAP_NAMELESS;
}

static __always_inline void change_mremap(const struct call *call, struct change *change)
{
	change->op = MP_MAP_MOVED;
	if (call->args[1] == 0 || (call->args[3] & MREMAP_DONTUNMAP))
		change->flags = MP_MAP_LEFT;
}

static __always_inline void change_madvise(const struct call *call, struct change *change)
{
	__u64 advice = call->args[2];

	if (advice == MADV_DONTFORK || advice == MADV_DOFORK)
		change->op = MP_MAP_INHERITED;
	if (advice == MADV_DONTFORK)
		change->flags = MP_MAP_KEPT_BACK;
}

static __always_inline void change_segment(const struct call *call, struct change *change,
					   bool attached)
{
	change->op = attached ? MP_MAP_SHARED : MP_MAP_DETACHED;
	change->flags = attached ? MP_MAP_SYSTEM_V : 0;
	if (attached)
		change->address = call->result;
	change->length = 0;
}

/* An address and a mistake come back in the same way. */
static __always_inline bool has_failed(long result)
{
	return result < 0 && result >= -ERRNO_MOST;
}

/* All of them in one place, so that the verifier reads what tells them only once. */
static __always_inline void on_map(const struct call *call, __u8 class)
{
	struct change change = {.address = call->args[0], .length = call->args[1]};

	if (has_failed(call->result))
		return;
	switch (class) {
	case CALL_MMAP:
		change_mmap(call, &change);
		break;
	case CALL_MUNMAP:
		change.op = MP_MAP_GONE;
		break;
	case CALL_MREMAP:
		change_mremap(call, &change);
		break;
	case CALL_MPROTECT:
		change.op = MP_MAP_PROTECTED;
		change.flags = call->args[2] & PROT_WRITE ? MP_MAP_WRITABLE : 0;
		break;
	case CALL_MADVISE:
		change_madvise(call, &change);
		break;
	case CALL_SHMAT:
	case CALL_SHMDT:
		change_segment(call, &change, class == CALL_SHMAT);
		break;
	}
	if (change.op != 0)
		tell_map(call, change.op, change.address, change.length, change.flags);
}

#endif
