// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Messages. The kernel keeps packets apart, so one call sends and one call receives a whole one,
 * whoever else uses the same end. To find out about a message that is too long for the caller's
 * buffer without a second call (a peek), every receive also offers a spill area for the rest; what
 * landed there is held for the next receive.
 *
 * A message that a packet cannot carry, because it is too long, or empty (the kernel could not
 * tell it from the end of file), travels in a parcel: one packet again, with a file.
 */
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "conn.h"

enum { HELD = 1000 }; /* no outcome of the library: the message is held now */
enum { CROWD_MS = 10 };

/* --- sending --- */

/*
 * The kernel lets each user have only so many descriptors on their way, wherever they go: waits
 * until some may have arrived, or until nobody is there to receive, which the next try will say.
 */
static int wait_in_crowd(int fd, const struct mp_deadline *deadline)
{
	const struct mp_deadline soon = mp_deadline_in(CROWD_MS);
	int rc = mp_conn_wait_turn(fd, 0, mp_deadline_before(deadline, &soon) ? deadline : &soon);

	return rc == MP_TIMEOUT && !mp_deadline_passed(deadline) ? 0 : rc;
}

int mp_packets_deliver(int fd, const struct msghdr *packet, const struct mp_deadline *deadline)
{
	int flags = MSG_NOSIGNAL | (deadline->never ? 0 : MSG_DONTWAIT), rc = 0;

	while (!rc) {
		if (sendmsg(fd, packet, flags) >= 0)
			return 0;
		if (errno == EAGAIN)
			rc = mp_conn_wait_turn(fd, POLLOUT, deadline);
		else if (errno == ETOOMANYREFS)
			rc = wait_in_crowd(fd, deadline);
		else if (!mp_conn_asks_again())
			rc = -errno;
	}
	return rc;
}

static int send_plain(int fd, const void *message, size_t size, const struct mp_deadline *deadline)
{
	struct iovec part = {.iov_base = (void *)message, .iov_len = size};
	const struct msghdr packet = {.msg_iov = &part, .msg_iovlen = 1};

	return mp_packets_deliver(fd, &packet, deadline);
}

static int send_as_file(int conn_fd, const void *message, size_t size,
			const struct mp_deadline *deadline)
{
	int fd = mp_parcel_file(message, size);
	int rc;

	if (fd < 0)
		return fd;
	rc = mp_parcel_send(conn_fd, MP_FILE, fd, message, size, deadline);
	close(fd);
	return rc;
}

int mp_packets_send(struct mp_conn *conn, const void *message, size_t size,
		    const struct mp_deadline *deadline)
{
	int rc = -EMSGSIZE;

	if (size > MP_CONN_MAX)
		return rc;
	if (size > 0 && size <= MP_CONN_PACKET)
		rc = send_plain(conn->fd, message, size, deadline);
	/* A socket that was wrapped may have been given a very small buffer. */
	return rc == -EMSGSIZE ? send_as_file(conn->fd, message, size, deadline) : rc;
}

/* --- what is held --- */

void mp_held_drop(struct mp_conn *conn)
{
	if (conn->held.fd >= 0)
		close(conn->held.fd);
	conn->held = (struct mp_held){.fd = -1};
}

bool mp_held_is_there(struct mp_conn *conn)
{
	if (conn->held.kind == MP_NOTHING)
		return false;
	if (conn->held.owner == getpid())
		return true;
	/* The parent has it. The descriptor is a copy, which the fork made. */
	mp_held_drop(conn);
	return false;
}

static void hold_spill(struct mp_conn *conn, size_t length)
{
	conn->held =
		(struct mp_held){.kind = MP_SPILLED, .length = length, .fd = -1, .owner = getpid()};
}

void mp_held_keep(struct mp_conn *conn, const void *buffer, size_t length)
{
	if (length)
		memcpy(conn->spill, buffer, length);
	hold_spill(conn, length);
}

int mp_held_copy(struct mp_conn *conn, void *buffer, size_t size, size_t *length)
{
	const struct mp_held *held = &conn->held;

	if (held->kind == MP_DESCRIPTOR)
		return -EBADMSG;
	*length = held->length;
	if (held->length > size)
		return -EMSGSIZE;
	if (held->kind == MP_FILE)
		return mp_parcel_read(held->fd, buffer, held->length);
	if (held->length)
		memcpy(buffer, conn->spill, held->length);
	return 0;
}

/* --- receiving --- */

static int fetch(int fd, struct msghdr *packet, size_t *length, const struct mp_deadline *deadline)
{
	int flags = MSG_CMSG_CLOEXEC | (deadline->never ? 0 : MSG_DONTWAIT), rc = 0;
	ssize_t got;

	while (!rc) {
		got = recvmsg(fd, packet, flags);
		if (got >= 0) {
			*length = (size_t)got;
			return 0;
		}
		if (errno == EAGAIN)
			rc = mp_conn_wait_turn(fd, POLLIN, deadline);
		else if (!mp_conn_asks_again())
			rc = -errno;
	}
	return rc;
}

/* Of a packet that was received: the first `size` bytes are in `buffer`, the rest is spilled. */
static int sort_out(struct mp_conn *conn, const struct msghdr *packet, size_t size, size_t length)
{
	int rc = mp_parcel_open(packet, length, &conn->held);

	if (rc)
		return rc < 0 ? rc : HELD;
	if (length == 0)
		return MP_END;
	/* Only somebody who writes to the descriptor himself can send so much. */
	if (packet->msg_flags & MSG_TRUNC)
		return -EBADMSG;
	if (length <= size)
		return 0;
	memmove(conn->spill + size, conn->spill, length - size);
	if (size)
		memcpy(conn->spill, packet->msg_iov[0].iov_base, size);
	hold_spill(conn, length);
	return HELD;
}

/* size: at most MP_CONN_PACKET. */
static int receive(struct mp_conn *conn, void *buffer, size_t size, size_t *length,
		   const struct mp_deadline *deadline)
{
	union mp_parcel_space space;
	struct iovec parts[] = {
		{.iov_base = buffer, .iov_len = size},
		{.iov_base = conn->spill, .iov_len = MP_CONN_PACKET - size},
	};
	struct msghdr packet = {
		.msg_iov = parts,
		.msg_iovlen = 2,
		.msg_control = &space,
		.msg_controllen = sizeof(space),
	};
	int rc = fetch(conn->fd, &packet, length, deadline);

	return rc ? rc : sort_out(conn, &packet, size, *length);
}

/* Into the spill area only, so that it is held whatever comes. When a process has no room for a
 * descriptor, the kernel throws away the one that arrives. */
static int receive_all(struct mp_conn *conn, const struct mp_deadline *deadline)
{
	size_t ignored;
	int rc = mp_fd_find_room();

	return rc ? rc : receive(conn, NULL, 0, &ignored, deadline);
}

int mp_held_meet(struct mp_conn *conn)
{
	const struct mp_deadline never = {.never = true};
	int rc = mp_held_is_there(conn) ? HELD : receive_all(conn, &never);

	return rc == HELD ? 0 : rc;
}

int mp_packets_recv(struct mp_conn *conn, void *buffer, size_t size, size_t *length,
		    const struct mp_deadline *deadline)
{
	int rc = HELD;

	/* Who brings no buffer, or more than a packet fills, reckons with a parcel. */
	if (!mp_held_is_there(conn))
		rc = size == 0 || size > MP_CONN_PACKET
			     ? receive_all(conn, deadline)
			     : receive(conn, buffer, size, length, deadline);
	if (rc != HELD)
		return rc;
	rc = mp_held_copy(conn, buffer, size, length);
	if (rc == 0)
		mp_held_drop(conn);
	return rc;
}
