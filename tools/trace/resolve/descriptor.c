/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "descriptor.h"

#include <linux/sched.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "act.h"
#include "stream.h"
#include "table.h"
#include "thread.h"

/* ---- going ---- */

static void note_closed(struct mr_build *build, const struct mr_seen *seen, struct mr_end *end,
			struct mr_stream *stream, unsigned access)
{
	bool writing = access == MP_WRITES;
	struct mr_act *act = mr_act_add(build, seen, writing ? MP_ACT_CLOSE_IN : MP_ACT_CLOSE_OUT);

	if (act == NULL)
		return;
	act->act.stream = &stream->stream;
	if (writing) {
		end->closed_in = act;
		mr_mark(build, &stream->closes, seen->arrival, 0);
	} else {
		end->closed_out = act;
	}
}

/* A descriptor was closed by a call: was it the process's last one of that end? */
static void give_up(struct mr_build *build, const struct mr_seen *seen, const struct mr_slot *old)
{
	static const unsigned both[] = {MP_WRITES, MP_READS};

	if (old->node == NULL || seen->process->gated)
		return;
	for (size_t i = 0; i < 2; i++) {
		struct mr_stream *stream;
		struct mr_end *end;

		if ((old->access & both[i]) == 0)
			continue;
		stream = mr_node_stream(build, old->node, both[i]);
		end = stream == NULL ? NULL : mr_end_of(build, seen->process, stream);
		if (end == NULL)
			continue;
		mr_end_held(end, both[i]);
		if (!mr_table_holds(build, seen->process->table, old->node, both[i]))
			note_closed(build, seen, end, stream, both[i]);
	}
}

static void remove_fd(struct mr_build *build, const struct mr_seen *seen, uint32_t fd)
{
	const struct mr_slot *there = mr_table_look(seen->process->table, fd);
	struct mr_slot old, *slot;

	if (there == NULL || (there->flags & MR_SLOT_OPEN) == 0)
		return;
	slot = mr_table_change(build, seen->process->table, fd);
	if (slot == NULL)
		return;
	old = *slot;
	slot->flags = MR_SLOT_GONE;
	slot->closed = seen->event->end;
	give_up(build, seen, &old);
}

/* ---- coming ---- */

static struct mr_slot slot_for(struct mr_node *node, const struct mp_object *object, uint32_t flags)
{
	unsigned access = object->access;

	if (node != NULL && node->socket)
		access = MP_READS | MP_WRITES;
	return (struct mr_slot){
		.node = node,
		.mode = object->mode,
		.access = (uint8_t)(access & (MP_READS | MP_WRITES)),
		.flags = (uint8_t)(MR_SLOT_OPEN |
				   ((flags & MP_FD_CLOEXEC) != 0 ? MR_SLOT_CLOEXEC : 0))};
}

/*
 * Puts `fresh` at `fd`. The kernel gives a number only when it is free, so when something is
 * still there its close has not arrived yet: it was closed by a thread whose call comes later.
 */
static void add_fd(struct mr_build *build, const struct mr_seen *seen, uint32_t fd,
		   struct mr_slot fresh, bool over)
{
	struct mr_slot *slot = mr_table_change(build, seen->process->table, fd);
	struct mr_slot old;

	if (slot == NULL)
		return;
	old = *slot;
	if ((old.flags & MR_SLOT_OPEN) != 0 && !over)
		fresh.owed = seen->event->tid;
	*slot = fresh;
	if ((old.flags & MR_SLOT_OPEN) != 0)
		give_up(build, seen, &old);
}

/* ---- the operations ---- */

static void fd_held(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_fd *fd = (const struct mp_fd *)seen->event;
	struct mr_node *node = mr_node_of(build, &fd->object, MR_HELD);

	mr_node_stream(build, node, MP_READS);
	mr_node_stream(build, node, MP_WRITES);
	add_fd(build, seen, fd->fd, slot_for(node, &fd->object, fd->fd_flags), true);
}

/* Descriptors also come in messages and out of other processes: then the object is not new. */
static enum mr_origin origin_of(const struct mp_fd *fd)
{
	if (fd->nr == SYS_socket || fd->nr == SYS_accept || fd->nr == SYS_accept4)
		return MR_NEW;
	return fd->nr == SYS_recvmsg || fd->nr == SYS_pidfd_getfd ? MR_SEEN : MR_NAMED;
}

static void fd_open(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_fd *fd = (const struct mp_fd *)seen->event;
	struct mr_node *node = mr_node_of(build, &fd->object, origin_of(fd));
	struct mr_slot slot = slot_for(node, &fd->object, fd->fd_flags);

	if (fd->nr == SYS_pidfd_open)
		slot.flags |= MR_SLOT_PIDFD;
	if (fd->nr == SYS_timerfd_create)
		slot.flags |= MR_SLOT_CLOCK;
	if (node != NULL && !node->socket)
		mr_node_stream(build, node, MP_READS);
	if (node != NULL && node->peer == NULL && (fd->nr == SYS_accept || fd->nr == SYS_accept4))
		seen->process->process.uses_unseen = true;
	add_fd(build, seen, fd->fd, slot, false);
}

static void fd_pair(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_fd *fd = (const struct mp_fd *)seen->event;
	struct mr_slot slots[2];
	struct mr_node *nodes[2];

	mr_node_pair(build, &fd->object, &fd->object2, nodes);
	slots[0] = slot_for(nodes[0], &fd->object, fd->fd_flags);
	slots[1] = slot_for(nodes[1], &fd->object2, fd->fd_flags);
	if (nodes[0] != NULL && !nodes[0]->socket) {
		slots[0].access = MP_READS;
		slots[1].access = MP_WRITES;
	}
	add_fd(build, seen, fd->fd, slots[0], false);
	add_fd(build, seen, fd->fd2, slots[1], false);
}

static void fd_dup(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_fd *fd = (const struct mp_fd *)seen->event;
	const struct mr_slot *from = mr_table_look(seen->process->table, fd->fd);
	struct mr_slot slot;

	if (fd->fd == fd->fd2)
		return;
	slot = slot_for(mr_node_of(build, &fd->object, MR_SEEN), &fd->object, fd->fd_flags);
	/* The kernel's word goes before ours, but it may not know. */
	if (from != NULL && fd->object.ino == 0) {
		slot.node = from->node;
		slot.mode = from->mode;
		slot.access = from->access;
	}
	if (from != NULL)
		slot.flags |= from->flags & (MR_SLOT_PIDFD | MR_SLOT_CLOCK);
	add_fd(build, seen, fd->fd2, slot, true);
}

/* Is this the close, by another thread, of what was there before the number was given again? */
static bool owed(struct mr_build *build, const struct mr_seen *seen, uint32_t fd)
{
	const struct mr_slot *there = mr_table_look(seen->process->table, fd);
	struct mr_slot *slot;

	/* A forked child has a copy of the slot, but nobody owes it anything. */
	if (there == NULL || there->owed == 0 ||
	    mr_thread_find(build, seen->process, there->owed) == NULL)
		return false;
	slot = mr_table_change(build, seen->process->table, fd);
	if (slot == NULL || slot->owed == seen->event->tid)
		return false;
	slot->owed = 0;
	return true;
}

static void fd_close(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_fd *fd = (const struct mp_fd *)seen->event;

	if (!owed(build, seen, fd->fd))
		remove_fd(build, seen, fd->fd);
}

static void mark_fd(struct mr_build *build, struct mr_process *process, uint32_t fd, bool cloexec)
{
	const struct mr_slot *there = mr_table_look(process->table, fd);
	struct mr_slot *slot;

	if (there == NULL || (there->flags & MR_SLOT_OPEN) == 0)
		return;
	slot = mr_table_change(build, process->table, fd);
	if (slot == NULL)
		return;
	slot->flags &= (uint8_t)~MR_SLOT_CLOEXEC;
	if (cloexec)
		slot->flags |= MR_SLOT_CLOEXEC;
}

static void own_table(struct mr_build *build, struct mr_process *process)
{
	struct mr_table *own;

	if (!mr_table_shared(process->table))
		return;
	own = mr_table_copy(build, process->table);
	mr_table_drop(build, process->table);
	process->table = own;
}

static void fd_close_range(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_fd *range = (const struct mp_fd *)seen->event;
	struct mr_process *process = seen->process;
	uint32_t last = range->fd2 < MR_TABLE_FDS ? range->fd2 : MR_TABLE_FDS - 1;

	if ((range->fd_flags & MP_FD_UNSHARE) != 0)
		own_table(build, process);
	for (uint32_t fd = mr_table_next(build, process->table, range->fd); fd <= last;
	     fd = mr_table_next(build, process->table, fd + 1))
		if ((range->fd_flags & MP_FD_ONLY_MARK) != 0)
			mark_fd(build, process, fd, true);
		else
			remove_fd(build, seen, fd);
}

static void fd_mark(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_fd *fd = (const struct mp_fd *)seen->event;

	mark_fd(build, seen->process, fd->fd, (fd->fd_flags & MP_FD_CLOEXEC) != 0);
}

typedef void fd_operation(struct mr_build *build, const struct mr_seen *seen);
static fd_operation *const operations[] = {
	[MP_FD_HELD] = fd_held, [MP_FD_OPEN] = fd_open,	  [MP_FD_PAIR] = fd_pair,
	[MP_FD_DUP] = fd_dup,	[MP_FD_CLOSE] = fd_close, [MP_FD_CLOSE_RANGE] = fd_close_range,
	[MP_FD_MARK] = fd_mark,
};

void mr_descriptors_change(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_fd *fd = (const struct mp_fd *)seen->event;
	size_t count = sizeof(operations) / sizeof(operations[0]);

	if (fd->fd_op < count && operations[fd->fd_op] != NULL)
		operations[fd->fd_op](build, seen);
}

/* ---- the whole table ---- */

void mr_descriptors_exec(struct mr_build *build, const struct mr_seen *seen)
{
	struct mr_process *process = seen->process;

	own_table(build, process);
	for (uint32_t fd = mr_table_next(build, process->table, 0); fd < MR_TABLE_FDS;
	     fd = mr_table_next(build, process->table, fd + 1))
		if ((mr_table_look(process->table, fd)->flags & MR_SLOT_CLOEXEC) != 0)
			remove_fd(build, seen, fd);
}

/* Of a process there is one table here: of several threads each may have its own then. */
void mr_descriptors_unshare(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_call *call = (const struct mp_call *)seen->event;

	if (call->nr != SYS_unshare || call->result != 0 || (call->args[0] & CLONE_FILES) == 0)
		return;
	build->model->fd_unsure |= seen->process->process.threads > 1;
	own_table(build, seen->process);
}

static void still_open(struct mr_build *build, struct mr_process *process,
		       const struct mr_slot *slot, unsigned access)
{
	struct mr_stream *stream = mr_node_stream(build, slot->node, access);
	struct mr_end *end = stream == NULL ? NULL : mr_end_of(build, process, stream);

	if (end == NULL || (slot->access & access) == 0)
		return;
	mr_end_held(end, access);
	end->end.open_in |= access == MP_WRITES;
	end->end.open_out |= access == MP_READS;
}

void mr_descriptors_end(struct mr_build *build, struct mr_process *process)
{
	for (uint32_t fd = mr_table_next(build, process->table, 0); fd < MR_TABLE_FDS;
	     fd = mr_table_next(build, process->table, fd + 1)) {
		const struct mr_slot *slot = mr_table_look(process->table, fd);

		if (slot->node == NULL)
			continue;
		still_open(build, process, slot, MP_READS);
		still_open(build, process, slot, MP_WRITES);
	}
	mr_table_drop(build, process->table);
	process->table = NULL;
}

bool mr_descriptors_pidfd(struct mr_build *build, const struct mr_process *process)
{
	for (uint32_t fd = mr_table_next(build, process->table, 0); fd < MR_TABLE_FDS;
	     fd = mr_table_next(build, process->table, fd + 1))
		if ((mr_table_look(process->table, fd)->flags & MR_SLOT_PIDFD) != 0)
			return true;
	return false;
}

bool mr_descriptor_clock(const struct mr_process *process, uint32_t fd)
{
	const struct mr_slot *slot = mr_table_look(process->table, fd);

	return slot != NULL && (slot->flags & MR_SLOT_CLOCK) != 0;
}

/* ---- a call on a descriptor ---- */

/* Nothing is known of the object: it must be what the table says, or said until the call began. */
static struct mr_node *from_table(const struct mr_seen *seen, uint32_t fd, uint16_t *mode)
{
	const struct mr_slot *slot = mr_table_look(seen->process->table, fd);

	if (slot == NULL ||
	    ((slot->flags & MR_SLOT_GONE) != 0 && slot->closed < mr_began(seen->event)))
		return NULL;
	*mode = slot->mode;
	return slot->node;
}

struct mr_node *mr_descriptor_used(struct mr_build *build, const struct mr_seen *seen, uint32_t fd,
				   const struct mp_object *object, uint16_t *mode)
{
	const struct mr_slot *there = mr_table_look(seen->process->table, fd);
	struct mr_slot *slot, fresh;
	struct mr_node *node;

	*mode = object->mode;
	if (object->ino == 0)
		return from_table(seen, fd, mode);
	node = mr_node_of(build, object, MR_SEEN);
	if (there != NULL && (there->flags & MR_SLOT_OPEN) != 0 && there->node == node &&
	    there->mode == object->mode)
		return node;
	if (there != NULL && (there->flags & MR_SLOT_GONE) != 0 &&
	    there->closed >= mr_began(seen->event))
		return node; /* closed by another thread while this one was using it */
	slot = mr_table_change(build, seen->process->table, fd);
	if (slot == NULL)
		return node;
	/* It came in a way that is not seen, and so did what is known of its close-on-exec. */
	fresh = slot_for(node, object, 0);
	*slot = fresh;
	return node;
}
