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
#define MREMAP_DONTUNMAP    4
#define PROT_WRITE	    2
#define MADV_DONTFORK	    10
#define MADV_DOFORK	    11

#define ERRNO_MOST 4095

static __always_inline void fill_shared(struct mp_map *event, const struct mapping *mapping)
{
	struct dentry *dentry = (void *)mapping->dentry;

	if (mapping->flags & VM_WRITE)
		event->map_flags |= MP_MAP_WRITABLE;
	if (event->length == 0)
		event->length = mapping->end - mapping->start;
	event->generation = mapping->generation;
	event->object = mapping->object;
	bpf_probe_read_kernel_str(event->name, sizeof(event->name),
				  BPF_CORE_READ(dentry, d_name.name));
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
			return;
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
	event->length = length;
	event->map_flags = flags;
	if (error != 0)
		event->e.flags |= MP_F_SHORT;
	else if (op == MP_MAP_SHARED)
		fill_shared(event, &mapping);
	if (op == MP_MAP_MOVED) {
		event->to = call->result;
		event->to_length = call->args[2];
	}
	event_send(event);
}

static __always_inline void on_mmap(const struct call *call)
{
	__u32 type = call->args[3] & MAP_TYPE;

	if (type == MAP_SHARED || type == MAP_SHARED_VALIDATE)
		tell_map(call, MP_MAP_SHARED, call->result, call->args[1], 0);
	else if (call->args[3] & MAP_FIXED)
		tell_map(call, MP_MAP_GONE, call->result, call->args[1], 0);
}

static __always_inline void on_mremap(const struct call *call)
{
	bool stays = call->args[1] == 0 || (call->args[3] & MREMAP_DONTUNMAP);

	tell_map(call, MP_MAP_MOVED, call->args[0], call->args[1], stays ? MP_MAP_LEFT : 0);
}

static __always_inline void on_madvise(const struct call *call)
{
	__u64 advice = call->args[2];

	if (advice == MADV_DONTFORK || advice == MADV_DOFORK)
		tell_map(call, MP_MAP_INHERITED, call->args[0], call->args[1],
			 advice == MADV_DONTFORK ? MP_MAP_KEPT_BACK : 0);
}

/* An address and a mistake come back in the same way. */
static __always_inline bool has_failed(long result)
{
	return result < 0 && result >= -ERRNO_MOST;
}

static __always_inline void on_map(const struct call *call, __u8 class)
{
	if (has_failed(call->result))
		return;
	switch (class) {
	case CALL_MMAP:
		on_mmap(call);
		break;
	case CALL_MUNMAP:
		tell_map(call, MP_MAP_GONE, call->args[0], call->args[1], 0);
		break;
	case CALL_MREMAP:
		on_mremap(call);
		break;
	case CALL_MPROTECT:
		tell_map(call, MP_MAP_PROTECTED, call->args[0], call->args[1],
			 call->args[2] & PROT_WRITE ? MP_MAP_WRITABLE : 0);
		break;
	case CALL_MADVISE:
		on_madvise(call);
		break;
	case CALL_SHMAT:
		tell_map(call, MP_MAP_SHARED, call->result, 0, MP_MAP_SYSTEM_V);
		break;
	case CALL_SHMDT:
		tell_map(call, MP_MAP_DETACHED, call->args[0], 0, 0);
		break;
	}
}

#endif
