// SPDX-License-Identifier: LGPL-2.1-or-later
/* Waiting for any of several things at once, by their descriptors. */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "conn.h"

enum { FEW = 32, LOOK_MS = 5 };

static int watch_conn(struct mp_conn_waiter *item, int *fd)
{
	if (!(item->conn->modes & MP_CAN_RECV))
		return -EBADF;
	item->ready = mp_held_is_there(item->conn);
	*fd = item->conn->fd;
	return 0;
}

/* Where there are no pidfds, one that runs has no descriptor: it must be looked at. */
static int watch_process(struct mp_conn_waiter *item, int *fd)
{
	*fd = mp_process_pidfd(item->process);
	if (*fd >= 0)
		return 0;
	if (mp_process_pid(item->process) < 0)
		return -ESRCH;
	item->ready = !mp_process_is_alive(item->process);
	return 0;
}

/* Finds its descriptor, or that it is ready without a look. */
static int watch(struct mp_conn_waiter *item, int *fd)
{
	item->ready = false;
	if (!!item->conn + !!item->listener + !!item->process > 1)
		return -EINVAL;
	if (item->conn)
		return watch_conn(item, fd);
	if (item->process)
		return watch_process(item, fd);
	*fd = item->listener ? mp_conn_listener_fd(item->listener) : item->fd;
	return *fd < 0 ? -EBADF : 0;
}

struct watched {
	bool ready;  /* something is */
	bool unseen; /* poll(2) does not see all of them */
};

static int watch_all(struct mp_conn_waiter items[], struct pollfd fds[], size_t count,
		     struct watched *watched)
{
	int rc = 0;

	*watched = (struct watched){0};
	for (size_t i = 0; i < count && !rc; i++) {
		fds[i] = (struct pollfd){.events = POLLIN};
		rc = watch(&items[i], &fds[i].fd);
		watched->ready |= items[i].ready;
		watched->unseen |= fds[i].fd < 0;
	}
	return rc;
}

static int report(struct mp_conn_waiter items[], const struct pollfd fds[], size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (fds[i].revents & POLLNVAL)
			return -EBADF;
	for (size_t i = 0; i < count; i++)
		items[i].ready |= fds[i].revents != 0;
	return 0;
}

/* Not longer than makes sense with what is watched. Though one is ready, the others are asked. */
static struct mp_deadline next_look(const struct watched *watched,
				    const struct mp_deadline *deadline)
{
	const struct mp_deadline soon = mp_deadline_in(watched->ready ? 0 : LOOK_MS);
	bool sooner = (watched->ready || watched->unseen) && mp_deadline_before(&soon, deadline);

	return sooner ? soon : *deadline;
}

static int wait_for_any(struct mp_conn_waiter items[], struct pollfd fds[], size_t count,
			const struct mp_deadline *deadline)
{
	struct mp_deadline until;
	struct watched watched;
	int rc;

	do {
		rc = watch_all(items, fds, count, &watched);
		if (rc)
			return rc;
		until = next_look(&watched, deadline);
		rc = mp_wait_fds(fds, count, &until);
		if (rc == 0)
			return report(items, fds, count);
		if (watched.ready)
			return rc == MP_TIMEOUT ? 0 : rc;
	} while (rc == MP_TIMEOUT && watched.unseen && !mp_deadline_passed(deadline));
	return rc;
}

int mp_conn_wait(struct mp_conn_waiter items[], size_t count, int64_t timeout_ms)
{
	const struct mp_deadline deadline = mp_deadline_in(timeout_ms);
	struct pollfd few[FEW], *fds = few;
	int rc;

	if (count == 0 && deadline.never)
		return -EINVAL;
	if (count > FEW)
		fds = reallocarray(NULL, count, sizeof(*fds));
	if (!fds)
		return -ENOMEM;
	rc = wait_for_any(items, fds, count, &deadline);
	for (size_t i = 0; rc && i < count; i++)
		items[i].ready = false;
	if (fds != few)
		free(fds);
	return rc;
}
