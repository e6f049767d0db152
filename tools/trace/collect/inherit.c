/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "inherit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* The kernel keeps a device number as 12 bits of major and 20 of minor; stat(2) recodes it. */
static uint32_t kernel_device(dev_t device)
{
	return (uint32_t)(major(device) << 20 | minor(device));
}

static bool describe(int fd, int as, struct mp_fd *event)
{
	static const uint16_t access_of[] = {[O_RDONLY] = MP_READS,
					     [O_WRONLY] = MP_WRITES,
					     [O_RDWR] = MP_READS | MP_WRITES,
					     [O_ACCMODE] = 0};
	int flags = fcntl(fd, F_GETFL), mark = fcntl(as, F_GETFD);
	struct stat about;

	if (flags < 0 || mark < 0 || (mark & FD_CLOEXEC) || fstat(fd, &about) < 0)
		return false;
	*event = (struct mp_fd){.e = {.kind = MP_FD, .size = sizeof(*event)},
				.nr = -1,
				.fd_op = MP_FD_HELD,
				.fd = (uint32_t)as};
	event->object = (struct mp_object){.ino = about.st_ino,
					   .dev = kernel_device(about.st_dev),
					   .mode = (uint16_t)about.st_mode,
					   .access = access_of[flags & O_ACCMODE]};
	return true;
}

static int add(struct mp_inherited *inherited, const struct mp_fd *event)
{
	struct mp_fd *events =
		reallocarray(inherited->events, inherited->count + 1, sizeof(*event));

	if (events == NULL)
		return -ENOMEM;
	inherited->events = events;
	events[inherited->count++] = *event;
	return 0;
}

int mp_inherited_list(bool output_to_stderr, struct mp_inherited *inherited)
{
	DIR *descriptors = opendir("/proc/self/fd");
	const struct dirent *name;
	struct mp_fd event;
	int error = 0;

	if (descriptors == NULL)
		return -errno;
	while (error == 0 && (name = readdir(descriptors)) != NULL) {
		int fd = atoi(name->d_name);
		bool moved = fd == STDOUT_FILENO && output_to_stderr;

		if (name->d_name[0] == '.' || fd == dirfd(descriptors))
			continue;
		if (describe(moved ? STDERR_FILENO : fd, fd, &event))
			error = add(inherited, &event);
	}
	closedir(descriptors);
	return error;
}

int mp_inherited_append(const struct mp_inherited *inherited, const struct mp_event *by,
			struct mp_record *record)
{
	for (size_t i = 0; i < inherited->count; i++) {
		struct mp_event *event = &inherited->events[i].e;
		int error;

		event->pid = by->pid;
		event->tid = by->tid;
		event->start = by->start;
		event->begin = event->end = by->end;
		error = mp_record_append(record, event, event->size);
		if (error < 0)
			return error;
	}
	return 0;
}

void mp_inherited_free(struct mp_inherited *inherited)
{
	free(inherited->events);
	*inherited = (struct mp_inherited){0};
}
