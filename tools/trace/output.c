/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "complain.h"

#define TRIES 16

static int cannot_write(const char *path, int error)
{
	return mp_complain_file("write", path, error);
}

static int open_directory(const char *path)
{
	char *copy = strdup(path);
	int fd = -1;

	if (copy != NULL)
		fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	free(copy);
	return fd;
}

/* A link could lead anywhere, and a device or a pipe cannot be replaced as a whole. */
static int refuse_special(const struct mp_output *output)
{
	struct stat st;

	if (fstatat(output->directory, output->name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : cannot_write(output->path, errno);
	if (S_ISLNK(st.st_mode))
		return mp_complain("cannot write %s: it is a symbolic link", output->path);
	if (!S_ISREG(st.st_mode))
		return mp_complain("cannot write %s: it is not a regular file", output->path);
	return 0;
}

static int open_temporary(struct mp_output *output)
{
	unsigned random;

	for (int i = 0; i < TRIES; i++) {
		if (getrandom(&random, sizeof(random), 0) != (ssize_t)sizeof(random) ||
		    asprintf(&output->temporary, ".mp-trace-%08x", random) < 0)
			return cannot_write(output->path, errno);
		output->fd = openat(output->directory, output->temporary,
				    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
		if (output->fd >= 0)
			return 0;
		free(output->temporary);
		output->temporary = NULL;
		if (errno != EEXIST)
			break;
	}
	return cannot_write(output->path, errno);
}

static int set_name(struct mp_output *output)
{
	const char *slash = strrchr(output->path, '/');
	const char *name = slash != NULL ? slash + 1 : output->path;

	if (*name == '\0' || strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
		return cannot_write(output->path, EISDIR);
	output->name = strdup(name);
	return output->name != NULL ? 0 : cannot_write(output->path, ENOMEM);
}

int mp_output_open(const char *path, struct mp_output *output)
{
	int status;

	*output = (struct mp_output)MP_OUTPUT_NONE;
	output->path = path;
	status = set_name(output);
	if (status != 0)
		return status;
	output->directory = open_directory(path);
	if (output->directory < 0)
		return cannot_write(path, errno);
	status = refuse_special(output);
	return status != 0 ? status : open_temporary(output);
}

int mp_output_commit(struct mp_output *output)
{
	int status = refuse_special(output);

	if (status != 0)
		return status;
	/* Some file systems say only now that there was no room. */
	if (close(output->fd) < 0) {
		output->fd = -1;
		return cannot_write(output->path, errno);
	}
	output->fd = -1;
	if (renameat(output->directory, output->temporary, output->directory, output->name) < 0)
		return cannot_write(output->path, errno);
	free(output->temporary);
	output->temporary = NULL;
	return 0;
}

void mp_output_close(struct mp_output *output)
{
	if (output->fd >= 0)
		close(output->fd);
	if (output->temporary != NULL)
		unlinkat(output->directory, output->temporary, 0);
	if (output->directory >= 0)
		close(output->directory);
	free(output->temporary);
	free(output->name);
	*output = (struct mp_output)MP_OUTPUT_NONE;
}
