// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What a process that is started by exec is told: written by the parent into a memfd, whose number
 * stands in a variable of the child's environment. Both sides of the format are here.
 *
 * It is sealed, so it does not change while it is read. That the variable names a sealed memfd of
 * ours is the sign of such a start; anything else in the variable is somebody else's, and ignored.
 * Who can forge it controls the environment and descriptors of a program that runs with no more
 * rights than his (secure_getenv), so it gains him nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

enum { ALIGNMENT = 64 };

/* Then come the given descriptors, the strings, and at its place the argument. */
struct head {
	char magic[8]; /* its last byte is the version of the format */
	uint64_t total, argument_at, argument_size, parent_start;
	int32_t parent_pid, parent_fd, lifeline_fd;
	uint32_t given_count, daemon;
};

static const char magic[8] = {'m', 'p', 'r', 'o', 'c', 0, 0, 1};

enum { NAME, NUMBERS, PARENT_NAME, FUNCTION, STRINGS };

/* --- the parent --- */

/* What it takes, and where; the strings beside it. */
struct plan {
	struct head head;
	const char *strings[STRINGS];
	size_t given_size, padding;
};

static struct plan plan_for(const struct mp_birth *birth, const struct mp_call *call)
{
	struct plan plan = {
		.strings = {[NAME] = birth->name,
			    [NUMBERS] = birth->numbers,
			    [PARENT_NAME] = birth->parent_name,
			    [FUNCTION] = call->function},
		.given_size = birth->given_count * sizeof(*birth->given),
		.head = {.argument_size = call->size,
			 .parent_start = birth->parent.life.start,
			 .parent_pid = birth->parent.life.pid,
			 .parent_fd = birth->parent.pidfd,
			 .lifeline_fd = birth->lifeline_fd,
			 .given_count = birth->given_count,
			 .daemon = birth->daemon},
	};
	size_t length = sizeof(plan.head) + plan.given_size;

	for (unsigned i = 0; i < STRINGS; i++)
		length += strlen(plan.strings[i]) + 1;
	plan.padding = (ALIGNMENT - length % ALIGNMENT) % ALIGNMENT;
	memcpy(plan.head.magic, magic, sizeof(magic));
	plan.head.argument_at = length + plan.padding;
	plan.head.total = plan.head.argument_at + call->size;
	return plan;
}

static int write_parts(int fd, const struct plan *plan, const struct mp_birth *birth,
		       const struct mp_call *call)
{
	static const char zeros[ALIGNMENT];
	const char *const *strings = plan->strings;
	int rc = mp_memfd_write(fd, &plan->head, sizeof(plan->head));

	if (!rc)
		rc = mp_memfd_write(fd, birth->given, plan->given_size);
	for (unsigned i = 0; i < STRINGS && !rc; i++)
		rc = mp_memfd_write(fd, strings[i], strlen(strings[i]) + 1);
	if (!rc)
		rc = mp_memfd_write(fd, zeros, plan->padding);
	return rc ? rc : mp_memfd_write(fd, call->bytes, call->size);
}

int mp_handover_new(const struct mp_birth *birth, const struct mp_call *call)
{
	const struct plan plan = plan_for(birth, call);
	int fd = mp_memfd_new((size_t)plan.head.total);

	return fd < 0 ? fd : mp_memfd_seal(fd, write_parts(fd, &plan, birth, call));
}

/* --- the child --- */

/* The number in the variable, which nobody else is to find there; -1: none. */
static int take_variable(void)
{
	const char *text = secure_getenv(MP_HANDOVER_VARIABLE);
	char *end;
	long fd = -1;

	if (!text)
		return -1;
	if (*text >= '0' && *text <= '9') {
		fd = strtol(text, &end, 10);
		if (*end != '\0' || fd > INT_MAX)
			fd = -1;
	}
	unsetenv(MP_HANDOVER_VARIABLE);
	return (int)fd;
}

static bool is_handover(int fd, struct head *head)
{
	ssize_t got;

	if (!mp_memfd_is_sealed(fd))
		return false;
	do
		got = pread(fd, head, sizeof(*head), 0);
	while (got < 0 && errno == EINTR);
	return got == sizeof(*head) && memcmp(head->magic, magic, sizeof(magic) - 1) == 0;
}

struct rest {
	const char *at, *end;
};

static const void *take(struct rest *rest, uint64_t size)
{
	const char *taken = rest->at;

	if (size > (uint64_t)(rest->end - rest->at))
		return NULL;
	rest->at += size;
	return taken;
}

/* NULL after one that was not to be had, too. */
static const char *take_string(struct rest *rest)
{
	size_t left = (size_t)(rest->end - rest->at);
	const char *zero = left ? memchr(rest->at, '\0', left) : NULL;

	return zero ? take(rest, (uint64_t)(zero - rest->at) + 1) : NULL;
}

static bool dissect(const struct head *head, const char *memory, struct mp_handover *handover)
{
	struct rest rest = {.at = memory + sizeof(*head), .end = memory + head->total};
	struct rest argument = {.at = memory, .end = rest.end};
	struct mp_birth *birth = &handover->birth;

	*handover = (struct mp_handover){
		.size = (size_t)head->argument_size,
		.birth = {.parent.life = {.pid = head->parent_pid, .start = head->parent_start},
			  .parent.pidfd = head->parent_fd,
			  .lifeline_fd = head->lifeline_fd,
			  .given_count = head->given_count,
			  .daemon = head->daemon},
	};
	birth->given = take(&rest, (uint64_t)head->given_count * sizeof(*birth->given));
	if (!birth->given)
		return false;
	birth->name = take_string(&rest);
	birth->numbers = take_string(&rest);
	birth->parent_name = take_string(&rest);
	handover->function = take_string(&rest);
	if (!take(&argument, head->argument_at))
		return false;
	handover->argument = take(&argument, head->argument_size);
	return handover->function && birth->parent_name && birth->numbers && birth->name &&
	       handover->argument;
}

static int read_handover(int fd, const struct head *head, struct mp_handover *handover)
{
	struct stat status;
	void *memory;

	if (memcmp(head->magic, magic, sizeof(magic)) != 0)
		return -EPROTO;
	if (fstat(fd, &status) < 0)
		return -errno;
	if ((uint64_t)status.st_size != head->total)
		return -EPROTO;
	memory = mmap(NULL, (size_t)head->total, PROT_READ, MAP_PRIVATE, fd, 0);
	if (memory == MAP_FAILED)
		return -errno;
	if (dissect(head, memory, handover))
		return 1;
	munmap(memory, (size_t)head->total);
	return -EPROTO;
}

static void close_on_exec(const struct mp_birth *birth)
{
	fcntl(birth->parent.pidfd, F_SETFD, FD_CLOEXEC);
	fcntl(birth->lifeline_fd, F_SETFD, FD_CLOEXEC);
	for (unsigned i = 0; i < birth->given_count; i++)
		fcntl(birth->given[i], F_SETFD, FD_CLOEXEC);
}

int mp_handover_take(struct mp_handover *handover)
{
	int fd = take_variable(), rc;
	struct head head;

	if (fd < 0 || !is_handover(fd, &head))
		return 0;
	rc = read_handover(fd, &head, handover);
	close(fd);
	if (rc > 0)
		close_on_exec(&handover->birth);
	return rc;
}
