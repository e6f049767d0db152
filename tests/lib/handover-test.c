// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A program that is started with something strange in the variable that tells it of a start by
 * exec. What it ends with shows whether it came to main, to the function, or to neither.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "common.h"
#include "start.h"
#include "tap.h"

#define VARIABLE "LIBMPROC_START"

static int first_byte(const void *memory, size_t size)
{
	if (getenv(VARIABLE))
		return 98;
	return size == 1 ? *(const unsigned char *)memory : 99;
}

static int run_self(const char *argument, const char *variable)
{
	pid_t pid = fork_now();

	if (pid == 0) {
		setenv(VARIABLE, variable, 1);
		execl("/proc/self/exe", "self", argument, NULL);
		_exit(127);
	}
	return wait_status(pid);
}

static int memfd_with(const void *bytes, size_t size, bool sealed)
{
	int fd = memfd_create("test", MFD_ALLOW_SEALING);

	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
		tap_bail("memfd_create: %s", strerror(errno));
	if (sealed)
		fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
	return fd;
}

static int run_with_memfd(const void *bytes, size_t size, bool sealed)
{
	int fd = memfd_with(bytes, size, sealed), status;
	char variable[16];

	snprintf(variable, sizeof(variable), "%d", fd);
	status = run_self("--plain", variable);
	close(fd);
	return status;
}

static void test_hostile(void)
{
	static const char *const nonsense[] = {
		"", "-1", "x", "0", "1x", "999", "99999999999999999999", " 3", "+1", "/etc/passwd",
	};
	unsigned char bytes[4096] = {0};
	unsigned bad = 0;
	int status;

	for (unsigned i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++)
		bad += run_self("--plain", nonsense[i]) != 42;
	is_int(bad, 0, "nonsense in the variable is ignored");
	is_int(run_with_memfd(bytes, sizeof(bytes), true), 42, "and what is not ours");
	is_int(run_with_memfd("mproc\0\0\1", 8, true), 42, "and what is too short");
	memcpy(bytes, "mproc\0\0\1", 8);
	is_int(run_with_memfd(bytes, sizeof(bytes), false), 42, "and what may still change");
	is_int(run_with_memfd(bytes, sizeof(bytes), true), 127,
	       "but what is ours and broken is the end, not a second main");
	for (unsigned i = 8; i < 80; i++) {
		memset(bytes + 8, 0, sizeof(bytes) - 8);
		/* The right size, and one byte of everything else as large as it can be. */
		bytes[9] = sizeof(bytes) >> 8;
		bytes[i] = 0xff;
		status = run_with_memfd(bytes, sizeof(bytes), true);
		/* A daemon whose lifeline is no pipe, but readable, takes it for cut. */
		bad += status != 127 && status != -SIGKILL;
	}
	is_int(bad, 0, "wherever it is broken");
}

/* --- forged, but well --- */

/* As the library writes it. */
struct forged {
	char magic[8];
	uint64_t total, argument_at, argument_size, parent_start;
	int32_t parent_pid, parent_fd, lifeline_fd;
	uint32_t given_count, daemon;
	uint32_t padding;
	char strings[64];
	unsigned char argument;
};

enum { WELL = 7, REFUSED = 127 };

static struct forged well_forged(void)
{
	return (struct forged){
		.magic = {'m', 'p', 'r', 'o', 'c', 0, 0, 1},
		.total = offsetof(struct forged, argument) + 1,
		.argument_at = offsetof(struct forged, argument),
		.argument_size = 1,
		.parent_pid = getpid(),
		.parent_fd = -1,
		.lifeline_fd = -1,
		.strings = "name\0"
			   "1\0"
			   "parent\0"
			   "first_byte",
		.argument = WELL,
	};
}

static int run_forged(const struct forged *forged)
{
	return run_with_memfd(forged, offsetof(struct forged, argument) + 1, true);
}

static void test_forged(void)
{
	struct forged forged = well_forged();

	is_int(run_forged(&forged), WELL, "this is how a good one looks");
	forged.magic[7]++;
	is_int(run_forged(&forged), REFUSED, "one of another version is refused");
	forged = well_forged();
	forged.total--;
	is_int(run_forged(&forged), REFUSED, "one that is longer than it says");
	forged = well_forged();
	forged.total++;
	is_int(run_forged(&forged), REFUSED, "one that is shorter");
	forged = well_forged();
	forged.argument_at++;
	is_int(run_forged(&forged), REFUSED, "an argument that goes beyond the end");
	forged.argument_at = UINT64_MAX;
	is_int(run_forged(&forged), REFUSED, "or is nowhere");
	forged = well_forged();
	forged.argument_size = UINT64_MAX;
	is_int(run_forged(&forged), REFUSED, "or has no end");
	forged = well_forged();
	forged.given_count = UINT32_MAX;
	is_int(run_forged(&forged), REFUSED, "more descriptors than fit");
	forged = well_forged();
	memset(forged.strings, 'x', sizeof(forged.strings));
	is_int(run_forged(&forged), REFUSED, "a name without an end");
}

/* Whatever the program itself has in the variable is not for those that it starts. */
static void test_own_variable(void)
{
	const unsigned char byte = WELL;

	setenv(VARIABLE, "0", 1);
	is_int(end_of(make_exec_started("first_byte", &byte, 1)), WELL,
	       "a variable of the program's own is in nobody's way");
	is_string(getenv(VARIABLE), "0", "and stays as it was");
	unsetenv(VARIABLE);
}

int main(int argc, char **argv)
{
	unsigned fds;

	mp_process_register("first_byte", first_byte);
	mp_process_enter();
	if (argc > 1 && strcmp(argv[1], "--plain") == 0)
		return getenv(VARIABLE) || mp_process_parent() ? 43 : 42;

	tap_plan(0);
	fds = open_fds();
	test_hostile();
	test_forged();
	test_own_variable();
	is_int(open_fds(), fds, "every descriptor was closed");
	ok(!has_child(), "no child is left");
	return tap_done();
}
