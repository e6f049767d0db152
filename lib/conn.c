// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A pipe is a pair of sequenced-packet sockets: the kernel keeps the messages apart, so one call
 * sends and one call receives a whole one, whoever else uses the same end. To find out about a
 * message that is too long for the caller's buffer without a second call (a peek), every receive
 * also offers a spill area for the rest; what landed there is held for the next receive.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "internal.h"

enum { CAN_RECV = 1, CAN_SEND = 2 };

struct mp_conn {
	int fd;
	unsigned modes;
	size_t held;   /* bytes of the message that waits in `spill`; 0: none */
	pid_t held_by; /* a copy of it in a forked child is not a message to the child */
	unsigned char spill[];
};

static struct mp_conn *new_end(unsigned modes)
{
	size_t spill = modes & CAN_RECV ? MP_CONN_MAX : 0;
	struct mp_conn *conn = malloc(sizeof(*conn) + spill);

	if (conn)
		*conn = (struct mp_conn){.fd = -1, .modes = modes};
	return conn;
}

void mp_conn_close(struct mp_conn *conn)
{
	if (!conn)
		return;
	if (conn->fd >= 0)
		close(conn->fd);
	free(conn);
}

static int connect_ends(struct mp_conn *first, struct mp_conn *second)
{
	int fds[2];

	if (!first || !second)
		return -ENOMEM;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	first->fd = fds[0];
	second->fd = fds[1];
	return 0;
}

int mp_conn_pair(struct mp_conn **first, struct mp_conn **second, unsigned flags)
{
	bool duplex = flags & MP_CONN_DUPLEX;
	int rc;

	*first = *second = NULL;
	if (flags & ~MP_CONN_DUPLEX)
		return -EINVAL;
	*first = new_end(duplex ? CAN_RECV | CAN_SEND : CAN_RECV);
	*second = new_end(duplex ? CAN_RECV | CAN_SEND : CAN_SEND);
	rc = connect_ends(*first, *second);
	if (rc) {
		mp_conn_close(*first);
		mp_conn_close(*second);
		*first = *second = NULL;
	}
	return rc;
}

/*
 * When the other end was closed with messages unread, the kernel says ECONNRESET once, even before
 * messages that are still there for us. It says the rest when asked again: the messages, then the
 * end, and EPIPE to who sends.
 */
static bool ask_again(void)
{
	return errno == EINTR || errno == ECONNRESET;
}

int mp_conn_send(struct mp_conn *conn, const void *message, size_t size)
{
	ssize_t sent;

	if (!(conn->modes & CAN_SEND))
		return -EBADF;
	if (size == 0)
		return -EINVAL;
	if (size > MP_CONN_MAX)
		return -EMSGSIZE;
	do
		sent = send(conn->fd, message, size, MSG_NOSIGNAL);
	while (sent < 0 && ask_again());
	return sent < 0 ? -errno : 0;
}

static bool holds_message(const struct mp_conn *conn)
{
	return conn->held && conn->held_by == getpid();
}

/* Keeps the message of `length` bytes of which `buffer` has the first `size`. */
static void hold(struct mp_conn *conn, const void *buffer, size_t size, size_t length)
{
	memmove(conn->spill + size, conn->spill, length - size);
	if (size)
		memcpy(conn->spill, buffer, size);
	conn->held = length;
	conn->held_by = getpid();
}

static int take_held(struct mp_conn *conn, void *buffer, size_t size, size_t *length)
{
	*length = conn->held;
	if (conn->held > size)
		return -EMSGSIZE;
	memcpy(buffer, conn->spill, conn->held);
	conn->held = 0;
	return 0;
}

static int receive(struct mp_conn *conn, void *buffer, size_t size, size_t *length)
{
	struct iovec parts[] = {
		{.iov_base = buffer, .iov_len = size},
		{.iov_base = conn->spill, .iov_len = size < MP_CONN_MAX ? MP_CONN_MAX - size : 0},
	};
	struct msghdr header = {.msg_iov = parts, .msg_iovlen = 2};
	ssize_t got;

	do
		got = recvmsg(conn->fd, &header, 0);
	while (got < 0 && ask_again());
	if (got < 0)
		return -errno;
	if (got == 0)
		return MP_END;
	*length = (size_t)got;
	/* Only somebody who writes to the descriptor himself can send so much. */
	if (header.msg_flags & MSG_TRUNC)
		return -EBADMSG;
	if (*length <= size)
		return 0;
	hold(conn, buffer, size, *length);
	return -EMSGSIZE;
}

int mp_conn_recv(struct mp_conn *conn, void *buffer, size_t size, size_t *length)
{
	size_t ignored;

	if (!(conn->modes & CAN_RECV))
		return -EBADF;
	if (!length)
		length = &ignored;
	if (holds_message(conn))
		return take_held(conn, buffer, size, length);
	return receive(conn, buffer, size, length);
}

int mp_conn_send_int64(struct mp_conn *conn, int64_t value)
{
	return mp_conn_send(conn, &value, sizeof(value));
}

int mp_conn_recv_int64(struct mp_conn *conn, int64_t *value)
{
	int64_t number;
	size_t length;
	int rc = mp_conn_recv(conn, &number, sizeof(number), &length);

	if (rc == -EMSGSIZE)
		return -EBADMSG;
	if (rc)
		return rc;
	if (length != sizeof(number)) {
		hold(conn, &number, length, length);
		return -EBADMSG;
	}
	*value = number;
	return 0;
}

int mp_conn_poll(struct mp_conn *conn, int64_t timeout_ms)
{
	struct mp_deadline deadline;

	if (!(conn->modes & CAN_RECV))
		return -EBADF;
	if (holds_message(conn))
		return 0;
	deadline = mp_deadline_in(timeout_ms);
	return mp_wait_readable(conn->fd, &deadline);
}

int mp_conn_fd(const struct mp_conn *conn)
{
	return conn->fd;
}
