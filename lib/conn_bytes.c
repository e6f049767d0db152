// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Bytes without bounds, through a stream socket, or a pipe that was wrapped. A socket can be asked
 * call by call not to wait, and not to raise SIGPIPE; for a pipe both need more work.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "conn.h"

/* --- pipes --- */

/*
 * Linux can read and write a pipe without waiting, though its O_NONBLOCK, which other processes
 * have in common with us, is not set: but not each release, and not each pipe. Then a poll must
 * do: it says that there is something to read, or room for PIPE_BUF bytes. Only when somebody
 * else is faster at the same end, that is not true any more.
 */
static bool is_ready(int fd, short events)
{
	struct pollfd poll_now = {.fd = fd, .events = events};

	if (errno != EOPNOTSUPP)
		return false;
	errno = EAGAIN;
	return poll(&poll_now, 1, 0) == 1;
}

static ssize_t read_pipe(int fd, void *buffer, size_t size, bool wait)
{
	const struct iovec part = {.iov_base = buffer, .iov_len = size};
	ssize_t got;

	if (wait)
		return read(fd, buffer, size);
	got = preadv2(fd, &part, 1, -1, RWF_NOWAIT);
	return got < 0 && is_ready(fd, POLLIN) ? read(fd, buffer, size) : got;
}

static ssize_t write_pipe(int fd, const void *bytes, size_t size, bool wait)
{
	const struct iovec part = {.iov_base = (void *)bytes, .iov_len = size};
	ssize_t sent;

	if (wait)
		return write(fd, bytes, size);
	sent = pwritev2(fd, &part, 1, -1, RWF_NOWAIT);
	if (sent < 0 && is_ready(fd, POLLOUT))
		return write(fd, bytes, size < PIPE_BUF ? size : PIPE_BUF);
	return sent;
}

/* The kernel sends SIGPIPE to the thread that writes: so the thread can block it, and take away
 * the one that came, unless one was there before. */
static ssize_t write_quietly(int fd, const void *bytes, size_t size, bool wait)
{
	const struct timespec at_once = {0};
	sigset_t sigpipe, pending, before;
	ssize_t sent;
	int error;

	sigemptyset(&sigpipe);
	sigaddset(&sigpipe, SIGPIPE);
	sigpending(&pending);
	pthread_sigmask(SIG_BLOCK, &sigpipe, &before);
	sent = write_pipe(fd, bytes, size, wait);
	error = errno;
	/* It comes with a part, too, when the reader went away in the middle. */
	if (sent < (ssize_t)size && !sigismember(&pending, SIGPIPE))
		while (sigtimedwait(&sigpipe, NULL, &at_once) < 0 && errno == EINTR)
			;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	errno = error;
	return sent;
}

/* --- both --- */

static ssize_t put(const struct mp_conn *conn, const void *bytes, size_t size, bool wait)
{
	if (conn->carrier == MP_PIPE)
		return write_quietly(conn->fd, bytes, size, wait);
	return send(conn->fd, bytes, size, MSG_NOSIGNAL | (wait ? 0 : MSG_DONTWAIT));
}

static ssize_t get(const struct mp_conn *conn, void *buffer, size_t size, bool wait)
{
	if (conn->carrier == MP_PIPE)
		return read_pipe(conn->fd, buffer, size, wait);
	return recv(conn->fd, buffer, size, wait ? 0 : MSG_DONTWAIT);
}

/* After a call that failed with errno: 0 (try again), MP_TIMEOUT, negative errno. */
static int recover(const struct mp_conn *conn, short events, const struct mp_deadline *deadline)
{
	if (errno == EAGAIN)
		return mp_conn_wait_turn(conn->fd, events, deadline);
	return mp_conn_asks_again() ? 0 : -errno;
}

int mp_bytes_send(struct mp_conn *conn, const void *bytes, size_t size, size_t *sent,
		  const struct mp_deadline *deadline)
{
	const unsigned char *from = bytes;
	ssize_t part;
	int rc = 0;

	*sent = 0;
	while (*sent < size && !rc) {
		part = put(conn, from + *sent, size - *sent, deadline->never);
		if (part < 0)
			rc = recover(conn, POLLOUT, deadline);
		else
			*sent += (size_t)part;
	}
	return rc;
}

int mp_bytes_recv(struct mp_conn *conn, void *buffer, size_t size, size_t *length,
		  const struct mp_deadline *deadline)
{
	ssize_t got;
	int rc = 0;

	*length = 0;
	while (size > 0 && !rc) {
		got = get(conn, buffer, size, deadline->never);
		if (got >= 0) {
			*length = (size_t)got;
			return got == 0 ? MP_END : 0;
		}
		rc = recover(conn, POLLIN, deadline);
	}
	return rc;
}
