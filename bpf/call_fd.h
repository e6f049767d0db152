/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: calls by which descriptors come, move and go. Gives: MP_FD. Never: keeps a table; that
 * is the model's work, because a close is only seen when the descriptor is gone.
 */
#ifndef MP_CALL_FD_H
#define MP_CALL_FD_H

#include "call_open.h"

#define F_DUPFD		    0
#define F_SETFD		    2
#define F_DUPFD_CLOEXEC	    1030
#define FD_CLOEXEC	    1
#define FIONCLEX	    0x5450
#define FIOCLEX		    0x5451
#define CLOSE_RANGE_UNSHARE 2
#define CLOSE_RANGE_CLOEXEC 4

static __always_inline struct mp_fd *fd_new(const struct call *call, enum mp_fd_op op, __u32 fd,
					    __u32 fd2)
{
	struct mp_fd *event = call_event_of(call, MP_FD, mp_fd);

	if (event == NULL)
		return NULL;
	event->nr = call->nr;
	event->fd_op = op;
	event->fd = fd;
	event->fd2 = fd2;
	return event;
}

/* Of the descriptors of files only their going matters: they pass no messages. */
static __noinline void fd_opened(const struct call *call, __u32 fd)
{
	struct mp_object object = {};
	struct mp_fd *event;

	object_of(fd, &object);
	if (is_stored(object.mode))
		return;
	event = fd_new(call, MP_FD_OPEN, fd, 0);
	if (event == NULL)
		return;
	event->object = object;
	if (closes_on_exec(call->task, fd))
		event->fd_flags |= MP_FD_CLOEXEC;
	event_send(event);
}

static __always_inline void fd_pair(const struct call *call, __u64 address)
{
	__s32 fds[2] = {-1, -1};
	struct mp_fd *event;

	if (call->result != 0)
		return;
	bpf_probe_read_user(fds, sizeof(fds), (void *)address);
	event = fd_new(call, MP_FD_PAIR, fds[0], fds[1]);
	if (event == NULL)
		return;
	object_of(fds[0], &event->object);
	object_of(fds[1], &event->object2);
	if (closes_on_exec(call->task, fds[0]))
		event->fd_flags |= MP_FD_CLOEXEC;
	event_send(event);
}

static __always_inline void fd_copied(const struct call *call)
{
	__u32 from = call->args[0], to = call->result;
	struct mp_fd *event;

	if (call->result < 0 || from == to)
		return;
	event = fd_new(call, MP_FD_DUP, from, to);
	if (event == NULL)
		return;
	object_of(to, &event->object);
	if (closes_on_exec(call->task, to))
		event->fd_flags |= MP_FD_CLOEXEC;
	event_send(event);
}

static __always_inline void fd_marked(const struct call *call, bool on)
{
	struct mp_fd *event;

	if (call->result != 0)
		return;
	event = fd_new(call, MP_FD_MARK, call->args[0], 0);
	if (event == NULL)
		return;
	if (on)
		event->fd_flags |= MP_FD_CLOEXEC;
	event_send(event);
}

static __always_inline void fd_closed(const struct call *call)
{
	struct mp_fd *event;

	/* Whatever else close(2) reports, the descriptor is gone. */
	if (call->result == -EBADF)
		return;
	event = fd_new(call, MP_FD_CLOSE, call->args[0], 0);
	if (event != NULL)
		event_send(event);
}

static __always_inline void fd_range_closed(const struct call *call)
{
	struct mp_fd *event;

	if (call->result != 0)
		return;
	event = fd_new(call, MP_FD_CLOSE_RANGE, call->args[0], call->args[1]);
	if (event == NULL)
		return;
	if (call->args[2] & CLOSE_RANGE_CLOEXEC)
		event->fd_flags |= MP_FD_ONLY_MARK | MP_FD_CLOEXEC;
	if (call->args[2] & CLOSE_RANGE_UNSHARE)
		event->fd_flags |= MP_FD_UNSHARE;
	event_send(event);
}

static __always_inline void on_fd(const struct call *call, __u8 class)
{
	switch (class) {
	case CALL_OPEN_FILE:
		if (call->result >= 0)
			tell_open(call, call->result);
		__attribute__((fallthrough));
	case CALL_OPEN:
		if (call->result >= 0)
			fd_opened(call, call->result);
		break;
	case CALL_PIPE:
	case CALL_SOCKETPAIR:
		fd_pair(call, class == CALL_PIPE ? call->args[0] : call->args[3]);
		break;
	case CALL_DUP:
	case CALL_DUP2:
		fd_copied(call);
		break;
	case CALL_FCNTL:
		if (call->args[1] == F_DUPFD || call->args[1] == F_DUPFD_CLOEXEC)
			fd_copied(call);
		else if (call->args[1] == F_SETFD)
			fd_marked(call, call->args[2] & FD_CLOEXEC);
		break;
	case CALL_IOCTL:
		if (call->args[1] == FIOCLEX || call->args[1] == FIONCLEX)
			fd_marked(call, call->args[1] == FIOCLEX);
		break;
	case CALL_CLOSE:
		fd_closed(call);
		break;
	case CALL_CLOSE_RANGE:
		fd_range_closed(call);
		break;
	}
}

#endif
