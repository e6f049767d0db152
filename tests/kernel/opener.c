// SPDX-License-Identifier: GPL-2.0-or-later
/* A program that opens a file, or fails to, in each of many ways; its folder is the first word. */
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

static int relative(void)
{
	return open("target", O_RDONLY);
}

static int through_link(void)
{
	return symlink("target", "link") < 0 ? -1 : open("link", O_RDONLY);
}

static int beside_folder(void)
{
	int folder = open(".", O_RDONLY | O_DIRECTORY);

	return chdir("/") < 0 ? -1 : openat(folder, "./target", O_RDONLY);
}

static int by_openat2(void)
{
	struct open_how how = {.flags = O_RDWR};

	return (int)syscall(SYS_openat2, AT_FDCWD, "target", &how, sizeof(how));
}

static int by_creat(void)
{
	return unlink("target") < 0 ? -1 : creat("target", 0600);
}

static int by_descriptor(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", open("target", O_PATH));
	return open(path, O_RDONLY);
}

static int by_handle(void)
{
	union {
		struct file_handle handle;
		char room[sizeof(struct file_handle) + MAX_HANDLE_SZ];
	} file = {.handle.handle_bytes = MAX_HANDLE_SZ};
	int folder = open(".", O_RDONLY | O_DIRECTORY), mount;

	if (name_to_handle_at(AT_FDCWD, "target", &file.handle, &mount, 0) < 0)
		return open("target", O_RDONLY); /* the file system has none */
	return open_by_handle_at(folder, &file.handle, O_RDONLY);
}

static int pipe_with_name(void)
{
	if (unlink("target") < 0 || mkfifo("target", 0600) < 0)
		return -1;
	return open("target", O_RDWR);
}

static int folder(void)
{
	if (unlink("target") < 0 || mkdir("target", 0700) < 0)
		return -1;
	return open("target", O_RDONLY | O_DIRECTORY);
}

static int gone(void)
{
	return unlink("target") < 0 ? -1 : open("target", O_RDONLY) < 0;
}

static int place_only(void)
{
	return open("target", O_PATH);
}

static int another_name(void)
{
	return rename("target", "other") < 0 ? -1 : open("other", O_RDONLY);
}

static int misleading_link(void)
{
	if (rename("target", "other") < 0 || symlink("other", "target") < 0)
		return -1;
	return open("target", O_RDONLY);
}

static int other_end(void)
{
	return socket(AF_UNIX, SOCK_STREAM, 0);
}

static int below_root(void)
{
	return chroot("..") < 0 ? -1 : open("target", O_RDONLY);
}

/* The working folder stays where it was: outside the new root. */
static int beside_root(void)
{
	return mkdir("other", 0700) < 0 || chroot("other") < 0 ? -1 : open("target", O_RDONLY);
}

static int by_creation(void)
{
	return open("target", O_WRONLY | O_CREAT | O_EXCL, 0600);
}

/* All that the path has. */
static void make_folders(char *path)
{
	for (char *at = path + 1; *at; at++)
		if (*at == '/') {
			*at = '\0';
			mkdir(path, 0700);
			*at = '/';
		}
	mkdir(path, 0700);
}

static const struct {
	const char *name;
	int (*run)(void);
} ways[] = {
	{"relative", relative},	  {"link", through_link},    {"openat", beside_folder},
	{"openat2", by_openat2},  {"creat", by_creat},	     {"descriptor", by_descriptor},
	{"fifo", pipe_with_name}, {"folder", folder},	     {"gone", gone},
	{"place", place_only},	  {"renamed", another_name}, {"misleading", misleading_link},
	{"socket", other_end},	  {"deep", by_creation},     {"handle", by_handle},
	{"root", below_root},	  {"outside", beside_root},
};

int main(int argc, char *argv[])
{
	if (argc == 3 && !strcmp(argv[2], "deep"))
		make_folders(argv[1]);
	if (argc != 3 || chdir(argv[1]) < 0)
		return 8;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		if (!strcmp(ways[i].name, argv[2]))
			return ways[i].run() < 0;
	return 8;
}
