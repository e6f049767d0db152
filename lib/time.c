// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <poll.h>

#include "internal.h"

enum { MS_PER_S = 1000, NS_PER_MS = 1000000, NS_PER_S = 1000000000 };

/* Thirty years. Beyond it a 32-bit time_t could overflow, and nobody sees the difference. */
static const int64_t longest_ms = INT64_C(30) * 365 * 24 * 3600 * MS_PER_S;

struct mp_deadline mp_deadline_in(int64_t timeout_ms)
{
	struct mp_deadline deadline = {.never = timeout_ms < 0 || timeout_ms > longest_ms};

	if (deadline.never)
		return deadline;
	clock_gettime(CLOCK_MONOTONIC, &deadline.at);
	deadline.at.tv_sec += (time_t)(timeout_ms / MS_PER_S);
	deadline.at.tv_nsec += (long)(timeout_ms % MS_PER_S) * NS_PER_MS;
	if (deadline.at.tv_nsec >= NS_PER_S) {
		deadline.at.tv_nsec -= NS_PER_S;
		deadline.at.tv_sec++;
	}
	return deadline;
}

struct timespec mp_deadline_left(const struct mp_deadline *deadline)
{
	struct timespec now, left;

	clock_gettime(CLOCK_MONOTONIC, &now);
	left.tv_sec = deadline->at.tv_sec - now.tv_sec;
	left.tv_nsec = deadline->at.tv_nsec - now.tv_nsec;
	if (left.tv_nsec < 0) {
		left.tv_nsec += NS_PER_S;
		left.tv_sec--;
	}
	return left.tv_sec < 0 ? (struct timespec){0} : left;
}

bool mp_deadline_passed(const struct mp_deadline *deadline)
{
	struct timespec left;

	if (deadline->never)
		return false;
	left = mp_deadline_left(deadline);
	return left.tv_sec == 0 && left.tv_nsec == 0;
}

bool mp_deadline_before(const struct mp_deadline *one, const struct mp_deadline *other)
{
	if (one->never || other->never)
		return !one->never;
	if (one->at.tv_sec != other->at.tv_sec)
		return one->at.tv_sec < other->at.tv_sec;
	return one->at.tv_nsec < other->at.tv_nsec;
}

int mp_wait_fds(struct pollfd *fds, size_t count, const struct mp_deadline *deadline)
{
	struct timespec left;
	int ready;

	do {
		if (!deadline->never)
			left = mp_deadline_left(deadline);
		ready = ppoll(fds, count, deadline->never ? NULL : &left, NULL);
	} while (ready < 0 && errno == EINTR);

	if (ready < 0)
		return -errno;
	return ready == 0 ? MP_TIMEOUT : 0;
}

int mp_wait_fd(int fd, short events, const struct mp_deadline *deadline)
{
	struct pollfd poll = {.fd = fd, .events = events};

	return mp_wait_fds(&poll, 1, deadline);
}

int mp_wait_readable(int fd, const struct mp_deadline *deadline)
{
	return mp_wait_fd(fd, POLLIN, deadline);
}
