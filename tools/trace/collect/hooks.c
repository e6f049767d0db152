/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "control.h"
/* Generated, in a style that our warnings do not share. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpointer-arith"
#include "trace.skel.h"
#pragma GCC diagnostic pop

#define OLDEST_MAJOR 6
#define OLDEST_MINOR 1
#define KERNEL_TYPES "/sys/kernel/btf/vmlinux"

/* The collector is woken at once when the ring is as full as this; else it looks by itself. */
#define WAKE_PART 8
/* The part of the ring that is kept for births and ends. */
#define KEPT_PART 8

#define KIND(name) (1u << MP_##name)
#define CALL_KINDS                                                                                 \
	(KIND(IO) | KIND(TEXT) | KIND(FD) | KIND(FUTEX) | KIND(WAIT) | KIND(SLEEP) | KIND(CALL))

/* Which events are missing when the kernel skipped a run of a program. */
struct program {
	size_t desc; /* of its struct bpf_prog_desc in the skeleton */
	uint32_t kinds;
};
#define PROGRAM(name, feeds)                                                                       \
	{                                                                                          \
		offsetof(struct trace, progs.name), (feeds)                                        \
	}
static const struct program programs[] = {
	PROGRAM(on_fork, KIND(FORK)),	  PROGRAM(on_exec, KIND(EXEC)),
	PROGRAM(on_rename, KIND(RENAME)), PROGRAM(on_exit, KIND(EXIT)),
	PROGRAM(on_signal, KIND(SIGNAL)), PROGRAM(on_deliver, KIND(DELIVER)),
	PROGRAM(on_switch, KIND(WAKE)),	  PROGRAM(on_waking, KIND(WAKE)),
	PROGRAM(on_call, CALL_KINDS),
};
#define PROGRAM_COUNT (sizeof(programs) / sizeof(programs[0]))

struct mp_hooks {
	struct trace *skeleton;
	struct ring_buffer *ring;
	int fdinfo[PROGRAM_COUNT]; /* opened while we may: tells the runs that were skipped */
	mp_hooks_sink sink;
	void *to;
};

static int on_sample(void *context, void *sample, size_t size)
{
	struct mp_hooks *hooks = context;
	const struct mp_event *event = sample;

	/* The room that was reserved for a text may be larger than the event. */
	if (size >= sizeof(*event) && event->size < size)
		size = event->size;
	return hooks->sink != NULL ? hooks->sink(hooks->to, sample, size) : 0;
}

static int check_kernel(char *error)
{
	unsigned major = 0, minor = 0;
	struct utsname name;

	if (uname(&name) < 0)
		return -errno;
	if (sscanf(name.release, "%u.%u", &major, &minor) == 2 &&
	    (major < OLDEST_MAJOR || (major == OLDEST_MAJOR && minor < OLDEST_MINOR))) {
		snprintf(error, MP_HOOKS_ERROR, "kernel %.32s is too old: %d.%d or newer is needed",
			 name.release, OLDEST_MAJOR, OLDEST_MINOR);
		return -ENOSYS;
	}
	if (access(KERNEL_TYPES, R_OK) < 0) {
		snprintf(error, MP_HOOKS_ERROR,
			 "%s is not there: mount /sys, or use a kernel built with "
			 "CONFIG_DEBUG_INFO_BTF",
			 KERNEL_TYPES);
		return -ENOSYS;
	}
	return 0;
}

static void explain_refusal(int error, const char *what, char *text)
{
	if (error == -EPERM || error == -EACCES)
		snprintf(text, MP_HOOKS_ERROR,
			 "the kernel refuses to %s the hooks (%s): run as root (sudo), outside of "
			 "containers without CAP_BPF and without lockdown=confidentiality",
			 what, strerror(-error));
	else
		snprintf(text, MP_HOOKS_ERROR, "the kernel cannot %s the hooks: %s", what,
			 strerror(-error));
}

static int program_fd(const struct mp_hooks *hooks, size_t i)
{
	const struct bpf_prog_desc *desc =
		(const void *)((const char *)hooks->skeleton + programs[i].desc);

	return desc->prog_fd;
}

/* Opened as root, read as the user. */
static int open_fdinfo(struct mp_hooks *hooks)
{
	char path[64];

	for (size_t i = 0; i < PROGRAM_COUNT; i++) {
		snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", program_fd(hooks, i));
		hooks->fdinfo[i] = open(path, O_RDONLY | O_CLOEXEC);
		if (hooks->fdinfo[i] < 0)
			return -errno;
	}
	return 0;
}

static int load(struct mp_hooks *hooks, size_t buffer_bytes, char *error)
{
	int result;

	hooks->skeleton = trace__open();
	if (hooks->skeleton == NULL)
		return -ENOMEM;
	hooks->skeleton->maps.ring.max_entries = (__u32)buffer_bytes;
	result = trace__load(hooks->skeleton);
	if (result < 0) {
		explain_refusal(result, "load", error);
		return result;
	}
	hooks->skeleton->bss->control.wake_at = buffer_bytes / WAKE_PART;
	hooks->skeleton->bss->control.bulk_to = buffer_bytes - buffer_bytes / KEPT_PART;
	hooks->ring = ring_buffer__new(hooks->skeleton->maps.ring.map_fd, on_sample, hooks, NULL);
	if (hooks->ring == NULL) {
		snprintf(error, MP_HOOKS_ERROR, "cannot map the ring buffer: %s", strerror(errno));
		return -errno;
	}
	result = open_fdinfo(hooks);
	if (result < 0)
		snprintf(error, MP_HOOKS_ERROR, "cannot open /proc/self/fdinfo: %s; mount /proc",
			 strerror(-result));
	return result;
}

int mp_hooks_load(size_t buffer_bytes, struct mp_hooks **out, char *error)
{
	struct mp_hooks *hooks;
	int result;

	*out = NULL;
	snprintf(error, MP_HOOKS_ERROR, "out of memory");
	result = check_kernel(error);
	if (result < 0)
		return result;
	hooks = calloc(1, sizeof(*hooks));
	if (hooks == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < PROGRAM_COUNT; i++)
		hooks->fdinfo[i] = -1;
	result = load(hooks, buffer_bytes, error);
	if (result < 0) {
		mp_hooks_free(hooks);
		return result;
	}
	*out = hooks;
	return 0;
}

int mp_hooks_attach(struct mp_hooks *hooks, int pidfd, char *error)
{
	struct mp_task mark = {.gated = 1};
	int result;

	if (bpf_map_update_elem(hooks->skeleton->maps.tasks.map_fd, &pidfd, &mark, BPF_ANY) < 0) {
		result = -errno;
		snprintf(error, MP_HOOKS_ERROR, "cannot mark the command as traced: %s",
			 strerror(-result));
		return result;
	}
	result = trace__attach(hooks->skeleton);
	if (result < 0)
		explain_refusal(result, "attach", error);
	return result < 0 ? result : 0;
}

void mp_hooks_set_sink(struct mp_hooks *hooks, mp_hooks_sink sink, void *to)
{
	hooks->sink = sink;
	hooks->to = to;
}

int mp_hooks_pollfd(const struct mp_hooks *hooks)
{
	return ring_buffer__epoll_fd(hooks->ring);
}

int mp_hooks_drain(struct mp_hooks *hooks)
{
	int result = ring_buffer__consume(hooks->ring);

	return result < 0 ? result : 0;
}

void mp_hooks_close_run(struct mp_hooks *hooks)
{
	__atomic_store_n(&hooks->skeleton->bss->control.closing, 1, __ATOMIC_RELEASE);
}

static int read_misses(int fdinfo, uint64_t *misses)
{
	static const char label[] = "recursion_misses:";
	char text[2048];
	ssize_t got = pread(fdinfo, text, sizeof(text) - 1, 0);
	const char *found;

	if (got < 0)
		return -errno;
	text[got] = '\0';
	found = strstr(text, label);
	if (found == NULL || sscanf(found + strlen(label), "%" SCNu64, misses) != 1)
		return -ENODATA;
	return 0;
}

int mp_hooks_losses(const struct mp_hooks *hooks, struct mp_losses *losses)
{
	const struct mp_control *control = &hooks->skeleton->bss->control;

	*losses = (struct mp_losses){.unmarked = control->unmarked};
	for (size_t kind = 0; kind < MP_KINDS; kind++)
		losses->lost[kind] = control->lost[kind];
	for (size_t i = 0; i < PROGRAM_COUNT; i++) {
		uint64_t misses = 0;
		int error = read_misses(hooks->fdinfo[i], &misses);

		if (error < 0)
			return error;
		for (size_t kind = 0; kind < MP_KINDS; kind++) {
			if (programs[i].kinds & (1u << kind))
				losses->missed[kind] += misses;
		}
	}
	return 0;
}

void mp_hooks_free(struct mp_hooks *hooks)
{
	if (hooks == NULL)
		return;
	ring_buffer__free(hooks->ring);
	for (size_t i = 0; i < PROGRAM_COUNT; i++) {
		if (hooks->fdinfo[i] >= 0)
			close(hooks->fdinfo[i]);
	}
	if (hooks->skeleton != NULL)
		trace__destroy(hooks->skeleton);
	free(hooks);
}
