// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The ends of pipes, from their making to their closing. How contents go through them is in
 * conn_packet.c and conn_bytes.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conn.h"

/* --- making --- */

struct mp_conn *mp_conn_new(enum mp_carrier carrier, unsigned modes)
{
	bool may_hold = carrier == MP_PACKETS && (modes & MP_CAN_RECV);
	struct mp_conn *conn = malloc(sizeof(*conn) + (may_hold ? MP_CONN_PACKET : 0));

	if (conn)
		*conn = (struct mp_conn){
			.fd = -1, .modes = modes, .carrier = carrier, .held.fd = -1};
	return conn;
}

void mp_conn_close(struct mp_conn *conn)
{
	if (!conn)
		return;
	mp_held_drop(conn);
	if (conn->fd >= 0)
		close(conn->fd);
	free(conn);
}

static int connect_ends(struct mp_conn *first, struct mp_conn *second, int type)
{
	int fds[2], rc;

	if (!first || !second)
		return -ENOMEM;
	if (socketpair(AF_UNIX, type | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	rc = mp_fd_both_above_stdio(fds);
	if (rc)
		return rc;
	first->fd = fds[0];
	second->fd = fds[1];
	return 0;
}

int mp_conn_pair(struct mp_conn **first, struct mp_conn **second, unsigned flags)
{
	enum mp_carrier carrier = flags & MP_CONN_BYTES ? MP_STREAM : MP_PACKETS;
	bool duplex = flags & MP_CONN_DUPLEX;
	int rc;

	*first = *second = NULL;
	if (flags & ~(MP_CONN_DUPLEX | MP_CONN_BYTES))
		return -EINVAL;
	*first = mp_conn_new(carrier, duplex ? MP_CAN_BOTH : MP_CAN_RECV);
	*second = mp_conn_new(carrier, duplex ? MP_CAN_BOTH : MP_CAN_SEND);
	rc = connect_ends(*first, *second, carrier == MP_STREAM ? SOCK_STREAM : SOCK_SEQPACKET);
	if (rc) {
		mp_conn_close(*first);
		mp_conn_close(*second);
		*first = *second = NULL;
	}
	return rc;
}

/* --- wrapping --- */

static int number_option(int fd, int option)
{
	int number = -1;
	socklen_t size = sizeof(number);

	return getsockopt(fd, SOL_SOCKET, option, &number, &size) < 0 ? -1 : number;
}

static int recognise_socket(int fd, enum mp_carrier *carrier)
{
	struct sockaddr_storage peer;
	socklen_t size = sizeof(peer);
	int type = number_option(fd, SO_TYPE);

	if (getpeername(fd, (struct sockaddr *)&peer, &size) < 0)
		return errno == ENOTCONN ? -EINVAL : -errno;
	*carrier = type == SOCK_STREAM ? MP_STREAM : MP_PACKETS;
	if (type == SOCK_STREAM)
		return 0;
	return type == SOCK_SEQPACKET && number_option(fd, SO_DOMAIN) == AF_UNIX ? 0 : -EINVAL;
}

static int recognise_pipe(int fd, unsigned *modes)
{
	static const unsigned by_access[] = {
		[O_RDONLY] = MP_CAN_RECV, [O_WRONLY] = MP_CAN_SEND, [O_RDWR] = MP_CAN_BOTH};
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 || (flags & O_PATH) || (flags & O_ACCMODE) > O_RDWR)
		return -EINVAL;
	*modes = by_access[flags & O_ACCMODE];
	return 0;
}

static int recognise(int fd, enum mp_carrier *carrier, unsigned *modes)
{
	struct stat stat;

	*modes = MP_CAN_BOTH;
	*carrier = MP_PIPE;
	if (fstat(fd, &stat) < 0)
		return -errno;
	if (S_ISSOCK(stat.st_mode))
		return recognise_socket(fd, carrier);
	return S_ISFIFO(stat.st_mode) ? recognise_pipe(fd, modes) : -EINVAL;
}

int mp_conn_from_fd(struct mp_conn **conn, int fd)
{
	enum mp_carrier carrier;
	struct mp_conn *new;
	unsigned modes;
	int rc;

	*conn = NULL;
	rc = recognise(fd, &carrier, &modes);
	if (rc)
		return rc;
	new = mp_conn_new(carrier, modes);
	if (!new)
		return -ENOMEM;
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	new->fd = fd;
	*conn = new;
	return 0;
}

/* --- waiting --- */

/*
 * When the other end was closed with contents unread, the kernel says ECONNRESET once, even before
 * contents that are still there for us. It says the rest when asked again: the contents, then the
 * end, and EPIPE to who sends.
 */
bool mp_conn_asks_again(void)
{
	return errno == EINTR || errno == ECONNRESET;
}

int mp_conn_wait_turn(int fd, short events, const struct mp_deadline *deadline)
{
	if (mp_deadline_passed(deadline))
		return MP_TIMEOUT;
	return mp_wait_fd(fd, events, deadline);
}

int mp_conn_poll(struct mp_conn *conn, int64_t timeout_ms)
{
	struct mp_deadline deadline;

	if (!(conn->modes & MP_CAN_RECV))
		return -EBADF;
	if (mp_held_is_there(conn))
		return 0;
	deadline = mp_deadline_in(timeout_ms);
	return mp_wait_readable(conn->fd, &deadline);
}

/* --- sending and receiving --- */

static int send_until(struct mp_conn *conn, const void *message, size_t size,
		      const struct mp_deadline *deadline)
{
	size_t sent;

	if (!(conn->modes & MP_CAN_SEND))
		return -EBADF;
	if (conn->carrier == MP_PACKETS)
		return mp_packets_send(conn, message, size, deadline);
	/* Of a part nothing could be told to who has asked for the whole. */
	return deadline->never ? mp_bytes_send(conn, message, size, &sent, deadline) : -EOPNOTSUPP;
}

int mp_conn_send(struct mp_conn *conn, const void *message, size_t size)
{
	return mp_conn_send_timed(conn, message, size, MP_FOREVER);
}

int mp_conn_send_timed(struct mp_conn *conn, const void *message, size_t size, int64_t timeout_ms)
{
	const struct mp_deadline deadline = mp_deadline_in(timeout_ms);

	return send_until(conn, message, size, &deadline);
}

int mp_conn_send_some(struct mp_conn *conn, const void *bytes, size_t size, size_t *sent,
		      int64_t timeout_ms)
{
	const struct mp_deadline deadline = mp_deadline_in(timeout_ms);

	*sent = 0;
	if (!(conn->modes & MP_CAN_SEND))
		return -EBADF;
	if (conn->carrier == MP_PACKETS)
		return -EOPNOTSUPP;
	return mp_bytes_send(conn, bytes, size, sent, &deadline);
}

int mp_conn_recv(struct mp_conn *conn, void *buffer, size_t size, size_t *length)
{
	return mp_conn_recv_timed(conn, buffer, size, length, MP_FOREVER);
}

int mp_conn_recv_timed(struct mp_conn *conn, void *buffer, size_t size, size_t *length,
		       int64_t timeout_ms)
{
	struct mp_deadline deadline;
	size_t ignored;

	if (!(conn->modes & MP_CAN_RECV))
		return -EBADF;
	if (!length)
		length = &ignored;
	deadline = mp_deadline_in(timeout_ms);
	if (conn->carrier == MP_PACKETS)
		return mp_packets_recv(conn, buffer, size, length, &deadline);
	return mp_bytes_recv(conn, buffer, size, length, &deadline);
}

/* --- what is known of it --- */

int mp_conn_fd(const struct mp_conn *conn)
{
	return conn->fd;
}

int mp_conn_peer(const struct mp_conn *conn, pid_t *pid, uid_t *uid, gid_t *gid)
{
	struct ucred peer;
	socklen_t size = sizeof(peer);

	if (conn->carrier == MP_PIPE || number_option(conn->fd, SO_DOMAIN) != AF_UNIX)
		return -EOPNOTSUPP;
	if (getsockopt(conn->fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) < 0)
		return -errno;
	if (pid)
		*pid = peer.pid;
	if (uid)
		*uid = peer.uid;
	if (gid)
		*gid = peer.gid;
	return 0;
}
