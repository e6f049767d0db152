/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tracepoint.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Mounted for nobody but us: it need not be anywhere. */
static int open_tracefs(void)
{
	int context = fsopen("tracefs", FSOPEN_CLOEXEC);
	int root = -1, error = 0;

	if (context < 0)
		return -errno;
	if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) == 0)
		root = fsmount(context, FSMOUNT_CLOEXEC, 0);
	if (root < 0)
		error = -errno;
	close(context);
	return error < 0 ? error : root;
}

static int read_number(int file)
{
	char text[16], *end;
	ssize_t got = read(file, text, sizeof(text) - 1);
	long number;

	if (got < 0)
		return -errno;
	text[got] = '\0';
	number = strtol(text, &end, 10);
	return end == text || number < 0 || number > 1 << 24 ? -ENODATA : (int)number;
}

static int number_of(const char *name)
{
	char path[128];
	int root = open_tracefs(), file, number;

	if (root < 0)
		return root;
	snprintf(path, sizeof(path), "events/%s/id", name);
	file = openat(root, path, O_RDONLY | O_CLOEXEC);
	number = file < 0 ? -errno : read_number(file);
	if (file >= 0)
		close(file);
	close(root);
	return number;
}

/* A program that is attached to it runs on every processor, whichever the event itself is of. */
int mp_tracepoint_open(const char *name)
{
	struct perf_event_attr event = {.type = PERF_TYPE_TRACEPOINT, .size = sizeof(event)};
	int number = number_of(name);
	long fd;

	if (number < 0)
		return number;
	event.config = (unsigned)number;
	fd = syscall(SYS_perf_event_open, &event, -1, 0, -1, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : (int)fd;
}
