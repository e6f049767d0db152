// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Where processes that are no relatives meet: a Unix socket with a name. Whether it carries
 * messages or bytes the listener decides; who connects finds out, because the kernel refuses the
 * other type.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "conn.h"

enum { NAME_SIZE = sizeof(((struct sockaddr_un *)0)->sun_path), USUAL_BACKLOG = 128 };

struct address {
	struct sockaddr_un name;
	socklen_t length;
};

struct mp_conn_listener {
	int fd;
	enum mp_carrier carrier;
	pid_t maker;
	char *file; /* to be removed, wherever the maker has gone with chdir(2); NULL: none */
	dev_t device;
	ino_t inode;
	bool own_directory;   /* made for the file, and removed with it */
	char path[NAME_SIZE]; /* as it was given */
};

/* --- names --- */

static bool is_abstract(const char *path)
{
	return path[0] == '@';
}

static int address_of(struct address *address, const char *path)
{
	size_t length = strlen(path);

	if (length == 0 || (is_abstract(path) && length == 1))
		return -EINVAL;
	if (length >= NAME_SIZE)
		return -ENAMETOOLONG;
	address->name = (struct sockaddr_un){.sun_family = AF_UNIX};
	memcpy(address->name.sun_path, path, length);
	address->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length);
	if (is_abstract(path))
		address->name.sun_path[0] = '\0';
	else
		address->length++;
	return 0;
}

/* In a directory that only this user may enter. */
static int choose_name(struct mp_conn_listener *listener)
{
	const char *within = secure_getenv("TMPDIR");
	char *path = listener->path;
	int length = -1;

	if (within && within[0] == '/')
		length = snprintf(path, NAME_SIZE, "%s/mproc-XXXXXX/socket", within);
	if (length < 0 || length >= NAME_SIZE)
		length = snprintf(path, NAME_SIZE, "/tmp/mproc-XXXXXX/socket");
	path[length - (int)strlen("/socket")] = '\0';
	if (!mkdtemp(path))
		return -errno;
	path[strlen(path)] = '/';
	listener->own_directory = true;
	return 0;
}

/* --- making --- */

static int new_socket(int type)
{
	int fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	return mp_fd_above_stdio(fd < 0 ? -errno : fd);
}

/* A socket file that nobody listens at says so even to a type of socket that could not connect,
 * and a listener is not disturbed by that. */
static int explain_taken(const struct address *address)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool refused;

	if (fd < 0)
		return -EADDRINUSE;
	refused = connect(fd, (const struct sockaddr *)&address->name, address->length) < 0 &&
		  errno == ECONNREFUSED;
	close(fd);
	return refused ? -EEXIST : -EADDRINUSE;
}

static int note_file(struct mp_conn_listener *listener)
{
	struct stat stat;
	int rc;

	listener->file = realpath(listener->path, NULL);
	if (!listener->file || lstat(listener->file, &stat) < 0) {
		rc = -errno;
		unlink(listener->path);
		return rc;
	}
	listener->device = stat.st_dev;
	listener->inode = stat.st_ino;
	return 0;
}

static int take_name(struct mp_conn_listener *listener)
{
	struct address address;
	int rc = address_of(&address, listener->path);

	if (rc)
		return rc;
	/* The file is made with the mode of the socket. */
	if (fchmod(listener->fd, 0600) < 0)
		return -errno;
	if (bind(listener->fd, (const struct sockaddr *)&address.name, address.length) < 0) {
		if (errno == EADDRINUSE && !is_abstract(listener->path))
			return explain_taken(&address);
		return -errno;
	}
	return is_abstract(listener->path) ? 0 : note_file(listener);
}

static int set_up(struct mp_conn_listener *listener, unsigned backlog)
{
	int type = listener->carrier == MP_STREAM ? SOCK_STREAM : SOCK_SEQPACKET;
	int rc;

	/* Several may wait for one client: who comes too late must not be stuck. */
	listener->fd = new_socket(type);
	if (listener->fd < 0)
		return listener->fd;
	rc = listener->path[0] ? 0 : choose_name(listener);
	if (!rc)
		rc = take_name(listener);
	if (!rc && listen(listener->fd, backlog ? (int)backlog : USUAL_BACKLOG) < 0)
		rc = -errno;
	return rc;
}

int mp_conn_listen(struct mp_conn_listener **listener, const char *path, unsigned backlog,
		   unsigned flags)
{
	struct mp_conn_listener *new;
	struct address ignored;
	int rc;

	*listener = NULL;
	if ((flags & ~MP_CONN_BYTES) || backlog > INT16_MAX)
		return -EINVAL;
	rc = path ? address_of(&ignored, path) : 0;
	if (rc)
		return rc;
	new = malloc(sizeof(*new));
	if (!new)
		return -ENOMEM;
	*new = (struct mp_conn_listener){.fd = -1, .maker = getpid()};
	new->carrier = (flags & MP_CONN_BYTES) ? MP_STREAM : MP_PACKETS;
	if (path)
		strcpy(new->path, path);
	rc = set_up(new, backlog);
	if (rc)
		mp_conn_listener_close(new);
	else
		*listener = new;
	return rc;
}

/* --- closing --- */

static bool is_still_ours(const struct mp_conn_listener *listener)
{
	struct stat stat;

	return lstat(listener->file, &stat) == 0 && stat.st_dev == listener->device &&
	       stat.st_ino == listener->inode;
}

static void remove_file(struct mp_conn_listener *listener)
{
	if (listener->file && is_still_ours(listener))
		unlink(listener->file);
	if (listener->own_directory) {
		*strrchr(listener->path, '/') = '\0';
		rmdir(listener->path);
	}
}

void mp_conn_listener_close(struct mp_conn_listener *listener)
{
	if (!listener)
		return;
	/* First the name goes, so that nobody finds it and is refused. */
	if (listener->maker == getpid())
		remove_file(listener);
	if (listener->fd >= 0)
		close(listener->fd);
	free(listener->file);
	free(listener);
}

/* --- accepting --- */

static int accept_one(const struct mp_conn_listener *listener, const struct mp_deadline *deadline)
{
	int rc = mp_fd_find_room(), fd;

	while (!rc) {
		fd = accept4(listener->fd, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			return mp_fd_above_stdio(fd);
		if (errno == EAGAIN)
			rc = mp_conn_wait_turn(listener->fd, POLLIN, deadline);
		else if (errno != EINTR && errno != ECONNABORTED)
			return -errno;
	}
	return rc == MP_TIMEOUT ? -EAGAIN : rc;
}

int mp_conn_accept(struct mp_conn_listener *listener, struct mp_conn **conn, int64_t timeout_ms)
{
	const struct mp_deadline deadline = mp_deadline_in(timeout_ms);
	struct mp_conn *new;

	*conn = NULL;
	/* First of all: a client that was accepted must not be lost. */
	new = mp_conn_new(listener->carrier, MP_CAN_BOTH);
	if (!new)
		return -ENOMEM;
	new->fd = accept_one(listener, &deadline);
	if (new->fd < 0) {
		int rc = new->fd == -EAGAIN ? MP_TIMEOUT : new->fd;

		mp_conn_close(new);
		return rc;
	}
	*conn = new;
	return 0;
}

/* --- connecting --- */

/* poll(2) cannot wait for room in a backlog, but connect(2) can, for as long as a send may take. */
static int set_patience(int fd, const struct mp_deadline *deadline)
{
	struct timeval patience = {0};
	struct timespec left;

	if (!deadline->never) {
		left = mp_deadline_left(deadline);
		patience.tv_sec = left.tv_sec;
		patience.tv_usec = left.tv_nsec / 1000 + (left.tv_nsec < 999999000);
	}
	if (fcntl(fd, F_SETFL, 0) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience)) < 0)
		return -errno;
	return 0;
}

static int reach(int fd, const struct address *address, const struct mp_deadline *deadline)
{
	const struct mp_deadline never = {.never = true};
	int rc = 0;

	while (!rc) {
		if (connect(fd, (const struct sockaddr *)&address->name, address->length) == 0)
			return set_patience(fd, &never);
		if (errno != EAGAIN && errno != EINTR)
			rc = -errno;
		else
			rc = mp_deadline_passed(deadline) ? MP_TIMEOUT : set_patience(fd, deadline);
	}
	return rc;
}

static int connect_as(struct mp_conn **conn, enum mp_carrier carrier, const struct address *address,
		      const struct mp_deadline *deadline)
{
	int type = carrier == MP_STREAM ? SOCK_STREAM : SOCK_SEQPACKET;
	struct mp_conn *new = mp_conn_new(carrier, MP_CAN_BOTH);
	int rc;

	if (!new)
		return -ENOMEM;
	new->fd = new_socket(type);
	rc = new->fd < 0 ? new->fd : reach(new->fd, address, deadline);
	if (rc)
		mp_conn_close(new);
	else
		*conn = new;
	return rc;
}

int mp_conn_connect(struct mp_conn **conn, const char *path, int64_t timeout_ms)
{
	const struct mp_deadline deadline = mp_deadline_in(timeout_ms);
	struct address address;
	int rc;

	*conn = NULL;
	rc = address_of(&address, path);
	if (!rc)
		rc = connect_as(conn, MP_PACKETS, &address, &deadline);
	if (rc == -EPROTOTYPE)
		rc = connect_as(conn, MP_STREAM, &address, &deadline);
	return rc;
}

/* --- what is known of it --- */

const char *mp_conn_listener_path(const struct mp_conn_listener *listener)
{
	return listener->path;
}

int mp_conn_listener_fd(const struct mp_conn_listener *listener)
{
	return listener->fd;
}
