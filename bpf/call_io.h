/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: calls that move bytes through a descriptor. Gives: MP_IO, and MP_TEXT with the bytes of
 * what is written to descriptors 1 and 2. Never: the traffic of stored files.
 */
#ifndef MP_CALL_IO_H
#define MP_CALL_IO_H

#include "call.h"

#define MSG_PEEK 2

struct iovec {
	__u64 base;
	__u64 length;
};
#define VECTOR_MOST 8

/* struct msghdr of the 64-bit ABI */
struct message {
	__u64 name;
	__u64 name_length;
	__u64 vector;
	__u64 vector_count;
	__u64 control;
	__u64 control_length;
	__u64 flags;
};
struct control_message {
	__u64 length;
	__s32 level;
	__s32 type;
};
#define SOL_SOCKET    1
#define SCM_RIGHTS    1
#define RIGHTS_MOST   16
#define CONTROLS_MOST 8

struct transfer {
	__s32 fd;
	__u32 direction;
	__u64 asked;
	__u32 flags;
};

static __always_inline void fill_io(struct mp_io *io, const struct call *call,
				    const struct transfer *transfer, const struct mp_object *object)
{
	io->nr = call->nr;
	io->fd = transfer->fd;
	io->result = call->result;
	io->asked = transfer->asked;
	io->direction = transfer->direction;
	io->io_flags = transfer->flags;
	io->object = *object;
}

/* A call that failed at once moved nothing and nobody waited: there is nothing to tell. */
static __always_inline bool is_idle(const struct call *call)
{
	return call->begin == 0 && (call->result == -EAGAIN || call->result == -EBADF);
}

static __noinline void io_plain(const struct call *call, struct transfer *transfer)
{
	struct mp_object object = {};
	struct mp_io *event;
	int type;

	if (is_idle(call))
		return;
	type = object_of(transfer->fd, &object);
	if (is_stored(object.mode))
		return;
	if (type == SOCK_DGRAM)
		transfer->flags |= MP_IO_DATAGRAM;
	event = call_event_of(call, MP_IO, mp_io);
	if (event == NULL)
		return;
	fill_io(event, call, transfer, &object);
	event_send(event);
}

/* The part of a text event that does not depend on how much text there is. */
static __always_inline struct mp_text *text_new(const struct call *call,
						const struct transfer *transfer, __u64 room)
{
	struct mp_object object = {};
	struct mp_text *event = event_new(MP_TEXT, sizeof(*event) + room, sizeof(*event));

	if (event == NULL)
		return NULL;
	event_by_call(&event->io.e, call);
	object_of(transfer->fd, &object);
	fill_io(&event->io, call, transfer, &object);
	return event;
}

static __always_inline void text_send(struct mp_text *event, const struct call *call, __u32 length)
{
	event->length = length;
	if (length < call->result)
		event->io.e.flags |= MP_F_CUT;
	event->io.e.size = sizeof(*event) + ((length + 7) & ~7u);
	event_send(event);
}

/* One buffer. Two sizes of room, because the ring wants a constant and most lines are short. */
static __always_inline void text_of_buffer(const struct call *call, const struct transfer *transfer,
					   __u64 room)
{
	struct mp_text *event = text_new(call, transfer, room);
	__u64 length = call->result;

	if (event == NULL)
		return;
	if (length > room)
		length = room;
	barrier_var(length);
	if (length > room || bpf_probe_read_user(event->text, length, (void *)call->args[1]) != 0) {
		event->io.e.flags |= MP_F_SHORT;
		length = 0;
	}
	text_send(event, call, length);
}

/*
 * Several buffers, one after the other; the room is twice the most that is kept, so that the
 * last piece fits wherever it begins. A plain loop: 6.1 loses the event in a call of bpf_loop().
 */
static __always_inline void text_of_vector(const struct call *call, const struct transfer *transfer)
{
	struct mp_text *event = text_new(call, transfer, 2 * MP_TEXT_LARGE);
	__u64 length = 0, left = call->result;
	struct iovec piece;

	if (event == NULL)
		return;
	for (int i = 0; i < VECTOR_MOST && i < (int)call->args[2]; i++) {
		__u64 take, at = length;

		if (at >= MP_TEXT_LARGE || left == 0)
			break;
		if (bpf_probe_read_user(&piece, sizeof(piece),
					(void *)(call->args[1] + i * sizeof(piece))) != 0)
			break;
		take = piece.length < left ? piece.length : left;
		if (take > MP_TEXT_LARGE)
			take = MP_TEXT_LARGE;
		barrier_var(take);
		barrier_var(at);
		if (take > MP_TEXT_LARGE || at > MP_TEXT_LARGE ||
		    bpf_probe_read_user(event->text + at, take, (void *)piece.base) != 0)
			break;
		length = at + take;
		left -= take;
	}
	if (length > MP_TEXT_LARGE)
		length = MP_TEXT_LARGE;
	text_send(event, call, length);
}

/* For how many bytes there was room: what has none reads nothing, and meets no end by that. */
static __always_inline __u64 room_of(const struct call *call)
{
	__u64 room = call->args[2] > VECTOR_MOST;
	struct iovec piece;

	for (int i = 0; i < VECTOR_MOST && i < (int)call->args[2]; i++) {
		if (bpf_probe_read_user(&piece, sizeof(piece),
					(void *)(call->args[1] + i * sizeof(piece))) != 0)
			piece.length = 1;
		room += piece.length;
	}
	return room;
}

struct rights {
	const struct call *call;
	__u64 first; /* address of the first descriptor */
	__u64 count;
};
#define RIGHTS_UNKNOWN (RIGHTS_MOST + 1)

static long take_right(__u32 i, struct rights *rights)
{
	__s32 fd;

	if (i >= rights->count ||
	    bpf_probe_read_user(&fd, sizeof(fd), (void *)(rights->first + i * sizeof(fd))) != 0)
		return 1;
	fd_opened(rights->call, fd);
	return 0;
}

/*
 * Where in what came with a message are the descriptors? The kernel puts them behind credentials
 * and labels, once.
 */
static __always_inline void find_rights(struct rights *rights, __u64 address)
{
	struct control_message control = {};
	struct message message = {};
	__u64 end;

	if (bpf_probe_read_user(&message, sizeof(message), (void *)address) != 0)
		message.control_length = ~0u;
	end = message.control + message.control_length;
	for (int i = 0; i < CONTROLS_MOST; i++) {
		if (message.control + sizeof(control) > end)
			return;
		if (bpf_probe_read_user(&control, sizeof(control), (void *)message.control) != 0)
			break;
		if (control.level == SOL_SOCKET && control.type == SCM_RIGHTS) {
			rights->first = message.control + sizeof(control);
			rights->count = (control.length - sizeof(control)) / sizeof(__s32);
			return;
		}
		message.control += (control.length + 7) & ~7ul;
	}
	rights->count = RIGHTS_UNKNOWN;
}

/* Descriptors that came in a message are new in this process, as if it had opened them. */
static __always_inline void take_rights(const struct call *call, struct transfer *transfer)
{
	struct rights rights = {.call = call};

	find_rights(&rights, call->args[1]);
	bpf_loop(RIGHTS_MOST, take_right, &rights, 0);
	if (rights.count > RIGHTS_MOST)
		transfer->flags |= MP_IO_RIGHTS;
}

struct messages {
	__u64 first;  /* address of the first, each with its length behind it */
	__u64 rights; /* of all of them */
};

static long count_rights(__u32 i, struct messages *messages)
{
	struct rights rights = {};

	find_rights(&rights, messages->first + i * (sizeof(struct message) + 8));
	messages->rights += rights.count;
	return messages->rights != 0;
}

/* Of several messages at once the descriptors are not taken: it is only said that there are some.
 */
static __always_inline void look_for_rights(const struct call *call, struct transfer *transfer)
{
	struct messages messages = {.first = call->args[1]};

	bpf_loop(call->result, count_rights, &messages, 0);
	if (messages.rights != 0)
		transfer->flags |= MP_IO_RIGHTS;
}

/* Bytes that were printed and that we cannot see: who needs them must know. */
static __always_inline void text_unseen(const struct call *call, const struct transfer *transfer)
{
	struct mp_text *event = text_new(call, transfer, MP_TEXT_SMALL);

	if (event != NULL)
		text_send(event, call, 0);
}

static __always_inline void text(const struct call *call, __u8 class,
				 const struct transfer *transfer)
{
	if (class == CALL_WRITEV)
		text_of_vector(call, transfer);
	else if (class != CALL_WRITE && class != CALL_SENDTO)
		text_unseen(call, transfer);
	else if (call->result <= MP_TEXT_SMALL)
		text_of_buffer(call, transfer, MP_TEXT_SMALL);
	else
		text_of_buffer(call, transfer, MP_TEXT_LARGE);
}

static __always_inline bool is_text(const struct call *call, const struct transfer *transfer)
{
	return transfer->direction == MP_WRITES && (transfer->fd == 1 || transfer->fd == 2) &&
	       call->result > 0 && !(transfer->flags & MP_IO_MANY);
}

/* From one descriptor to another inside of the kernel: a read and a write. */
static __always_inline void plan_between(struct transfer *first, struct transfer *second, __s32 in,
					 __s32 out)
{
	first->fd = in;
	*second = (struct transfer){.fd = out, .direction = MP_WRITES};
}

/* Which way and how: `first`, a read of argument 0 as it comes in, and `second`, if there is one.
 */
static __always_inline void plan_io(const struct call *call, __u8 class, struct transfer *first,
				    struct transfer *second)
{
	switch (class) {
	case CALL_RECVFROM:
		if (call->args[3] & MSG_PEEK)
			first->flags |= MP_IO_PEEK;
		first->asked = call->args[2];
		break;
	case CALL_READ:
		first->asked = call->args[2];
		break;
	case CALL_READV:
		if (call->result == 0)
			first->asked = room_of(call);
		break;
	case CALL_RECVMSG:
		if (call->args[2] & MSG_PEEK)
			first->flags |= MP_IO_PEEK;
		if (call->result >= 0)
			take_rights(call, first);
		break;
	case CALL_SENDMMSG:
		first->direction = MP_WRITES;
		first->flags |= MP_IO_MANY;
		break;
	case CALL_RECVMMSG:
		first->flags |= MP_IO_MANY;
		if (call->result > 0)
			look_for_rights(call, first);
		break;
	case CALL_WRITE:
	case CALL_WRITEV:
	case CALL_SENDTO:
	case CALL_SENDMSG:
		first->direction = MP_WRITES;
		break;
	case CALL_VMSPLICE: {
		struct mp_object object = {};

		/* Which way it goes is up to the end of the pipe that it was given. */
		object_of(call->args[0], &object);
		if (object.access & MP_WRITES)
			first->direction = MP_WRITES;
		break;
	}
	case CALL_SENDFILE:
		plan_between(first, second, call->args[1], call->args[0]);
		break;
	case CALL_SPLICE:
		plan_between(first, second, call->args[0], call->args[2]);
		break;
	case CALL_TEE:
		plan_between(first, second, call->args[0], call->args[1]);
		first->flags |= MP_IO_PEEK;
		break;
	}
}

static __always_inline void on_io(const struct call *call, __u8 class)
{
	struct transfer first = {.fd = call->args[0], .direction = MP_READS};
	struct transfer second = {.fd = -1};

	plan_io(call, class, &first, &second);
	if (is_text(call, &first))
		text(call, class, &first);
	else
		io_plain(call, &first);
	if (second.fd < 0 || call->result <= 0)
		return;
	if (is_text(call, &second))
		text_unseen(call, &second);
	else
		io_plain(call, &second);
}

#endif
