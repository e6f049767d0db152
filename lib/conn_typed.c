// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Messages of a kind: numbers, strings, descriptors, and those of any length. What is not of the
 * kind that was asked for stays held.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conn.h"

/* A stream has no messages that could be of a kind. */
static int check(const struct mp_conn *conn, unsigned mode)
{
	if (!(conn->modes & mode))
		return -EBADF;
	return conn->carrier == MP_PACKETS ? 0 : -EOPNOTSUPP;
}

/* --- numbers --- */

enum { NUMBER = 8 };
_Static_assert(sizeof(int64_t) == NUMBER && sizeof(double) == NUMBER, "numbers have eight bytes");

static int send_number(struct mp_conn *conn, const void *number)
{
	int rc = check(conn, MP_CAN_SEND);

	return rc ? rc : mp_conn_send(conn, number, NUMBER);
}

static int recv_number(struct mp_conn *conn, void *number)
{
	unsigned char bytes[NUMBER];
	size_t length;
	int rc = check(conn, MP_CAN_RECV);

	if (rc)
		return rc;
	rc = mp_conn_recv(conn, bytes, NUMBER, &length);
	if (rc)
		return rc == -EMSGSIZE ? -EBADMSG : rc;
	if (length != NUMBER) {
		mp_held_keep(conn, bytes, length);
		return -EBADMSG;
	}
	memcpy(number, bytes, NUMBER);
	return 0;
}

int mp_conn_send_int64(struct mp_conn *conn, int64_t value)
{
	return send_number(conn, &value);
}

int mp_conn_recv_int64(struct mp_conn *conn, int64_t *value)
{
	return recv_number(conn, value);
}

int mp_conn_send_double(struct mp_conn *conn, double value)
{
	return send_number(conn, &value);
}

int mp_conn_recv_double(struct mp_conn *conn, double *value)
{
	return recv_number(conn, value);
}

/* --- any length --- */

static int meet(struct mp_conn *conn)
{
	int rc = check(conn, MP_CAN_RECV);

	return rc ? rc : mp_held_meet(conn);
}

int mp_conn_recv_alloc(struct mp_conn *conn, void **message, size_t *length)
{
	unsigned char *new;
	size_t got;
	int rc;

	*message = NULL;
	rc = meet(conn);
	if (rc)
		return rc;
	/* One that is no message at all says so when it is copied. */
	new = malloc(conn->held.length + 1);
	if (!new)
		return -ENOMEM;
	rc = mp_held_copy(conn, new, conn->held.length, &got);
	if (rc) {
		free(new);
		return rc;
	}
	mp_held_drop(conn);
	new[got] = '\0';
	*message = new;
	if (length)
		*length = got;
	return 0;
}

/* --- strings --- */

int mp_conn_send_string(struct mp_conn *conn, const char *string)
{
	int rc = check(conn, MP_CAN_SEND);

	return rc ? rc : mp_conn_send(conn, string, strlen(string));
}

int mp_conn_recv_string(struct mp_conn *conn, char *buffer, size_t size)
{
	size_t length;
	int rc = meet(conn);

	if (rc)
		return rc;
	if (size == 0)
		return conn->held.kind == MP_DESCRIPTOR ? -EBADMSG : -EMSGSIZE;
	rc = mp_held_copy(conn, buffer, size - 1, &length);
	if (rc)
		return rc;
	if (memchr(buffer, '\0', length))
		return -EBADMSG;
	mp_held_drop(conn);
	buffer[length] = '\0';
	return 0;
}

/* --- descriptors --- */

int mp_conn_send_fd(struct mp_conn *conn, int fd)
{
	const struct mp_deadline never = {.never = true};
	int rc = check(conn, MP_CAN_SEND);

	return rc ? rc : mp_parcel_send(conn->fd, MP_DESCRIPTOR, fd, NULL, 0, &never);
}

int mp_conn_recv_fd(struct mp_conn *conn, int *fd)
{
	int rc;

	*fd = -1;
	rc = meet(conn);
	if (rc)
		return rc;
	if (conn->held.kind != MP_DESCRIPTOR)
		return -EBADMSG;
	*fd = conn->held.fd;
	conn->held = (struct mp_held){.fd = -1};
	return 0;
}
