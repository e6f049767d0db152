// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "internal.h"

int mp_fd_above_stdio(int fd)
{
	int moved;

	if (fd < 0 || fd > STDERR_FILENO)
		return fd;
	moved = fcntl(fd, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (moved < 0)
		moved = -errno;
	close(fd);
	return moved;
}

int mp_fd_both_above_stdio(int fds[2])
{
	int rc = 0;

	for (unsigned i = 0; i < 2; i++) {
		fds[i] = mp_fd_above_stdio(fds[i]);
		if (fds[i] < 0)
			rc = fds[i];
	}
	for (unsigned i = 0; rc && i < 2; i++)
		if (fds[i] >= 0)
			close(fds[i]);
	return rc;
}

int mp_fd_find_room(void)
{
	int fd = eventfd(0, EFD_CLOEXEC);

	fd = mp_fd_above_stdio(fd < 0 ? -errno : fd);
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}
