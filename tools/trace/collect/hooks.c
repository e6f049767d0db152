/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "hooks.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "control.h"
#include "tracepoint.h"
/* Generated, in a style that our warnings do not share. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wpointer-arith"
#include "trace.skel.h"
#pragma GCC diagnostic pop

#define OLDEST_MAJOR 6
#define OLDEST_MINOR 1
/* Hooks can be preempted since. */
#define PREEMPT_MAJOR 7
#define PREEMPT_MINOR 0
#define KERNEL_TYPES  "/sys/kernel/btf/vmlinux"

/* The collector is woken at once when the ring is as full as this; else it looks by itself. */
#define WAKE_PART 8
/* The part of the ring that is kept for births and ends. */
#define KEPT_PART 8

#define KIND(name) (1u << MP_##name)
#define CALL_KINDS                                                                                 \
	(KIND(IO) | KIND(TEXT) | KIND(FD) | KIND(FUTEX) | KIND(WAIT) | KIND(SLEEP) | KIND(CALL) |  \
	 KIND(OPEN) | KIND(MAP))

/*
 * Programs that stand in for each other: something is missed only when all of a group were
 * skipped, so the least of their counts is the most that can be missing.
 */
enum group {
	GROUP_FORK,
	GROUP_EXEC,
	GROUP_RENAME,
	GROUP_EXIT,
	GROUP_SIGNAL,
	GROUP_DELIVER,
	GROUP_SWITCH,
	GROUP_WAKING,
	GROUP_CLOCK,
	GROUP_CALL,
	GROUPS
};

/* Which events are missing then: none, where a clock was not heard. */
static const uint32_t group_feeds[GROUPS] = {
	[GROUP_FORK] = KIND(FORK),   [GROUP_EXEC] = KIND(EXEC),	    [GROUP_RENAME] = KIND(RENAME),
	[GROUP_EXIT] = KIND(EXIT),   [GROUP_SIGNAL] = KIND(SIGNAL), [GROUP_DELIVER] = KIND(DELIVER),
	[GROUP_SWITCH] = KIND(WAKE), [GROUP_WAKING] = KIND(WAKE),   [GROUP_CALL] = CALL_KINDS,
};

/* It is not the skeleton's to attach. */
static int attach_event(struct trace *skeleton)
{
	int event = mp_tracepoint_open("raw_syscalls/sys_exit");
	int link, error;

	if (event < 0)
		return event;
	link = bpf_link_create(skeleton->progs.on_call_event.prog_fd, event, BPF_PERF_EVENT, NULL);
	error = link < 0 ? -errno : 0;
	close(event); /* the link holds it */
	if (link >= 0)
		skeleton->links.on_call_event_fd = link;
	return error;
}

/* Is it attached on all kernels, or only where hooks are preempted, or only where they are not? */
enum where { ANYWHERE, PREEMPTED, NOT_PREEMPTED };

struct program {
	size_t desc; /* of its struct bpf_prog_desc in the skeleton */
	int (*attach)(struct trace *skeleton);
	enum group group;
	enum where where;
};
#define PROGRAM(name, attach, group, where)                                                        \
	{                                                                                          \
		offsetof(struct trace, progs.name), (attach), GROUP_##group, (where)               \
	}
#define TRACED(name, group, where) PROGRAM(name, trace__##name##__attach, group, where)
/* In this order: those of one tracepoint run in the order in which they were attached. */
static const struct program programs[] = {
	TRACED(on_fork, FORK, ANYWHERE),
	TRACED(on_fork_second, FORK, PREEMPTED),
	TRACED(on_fork_third, FORK, PREEMPTED),
	TRACED(on_exec, EXEC, ANYWHERE),
	TRACED(on_exec_second, EXEC, PREEMPTED),
	TRACED(on_exec_third, EXEC, PREEMPTED),
	TRACED(on_rename, RENAME, ANYWHERE),
	TRACED(on_exit, EXIT, ANYWHERE),
	TRACED(on_exit_second, EXIT, PREEMPTED),
	TRACED(on_exit_third, EXIT, PREEMPTED),
	TRACED(on_signal, SIGNAL, ANYWHERE),
	TRACED(on_deliver, DELIVER, ANYWHERE),
	TRACED(on_switch, SWITCH, ANYWHERE),
	TRACED(on_waking, WAKING, ANYWHERE),
	TRACED(on_precise_begin, CLOCK, ANYWHERE),
	TRACED(on_precise_end, CLOCK, ANYWHERE),
	TRACED(on_coarse_begin, CLOCK, ANYWHERE),
	TRACED(on_coarse_end, CLOCK, ANYWHERE),
	TRACED(on_call, CALL, NOT_PREEMPTED),
	PROGRAM(on_call_event, attach_event, CALL, PREEMPTED),
};
#define PROGRAM_COUNT (sizeof(programs) / sizeof(programs[0]))

struct mp_hooks {
	struct trace *skeleton;
	struct ring_buffer *ring;
	bool preempted;
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

static bool kernel_is_at_least(const char *release, unsigned major, unsigned minor)
{
	unsigned has_major, has_minor;

	if (sscanf(release, "%u.%u", &has_major, &has_minor) != 2)
		return true;
	return has_major > major || (has_major == major && has_minor >= minor);
}

static int check_kernel(char *error)
{
	struct utsname name;

	if (uname(&name) < 0)
		return -errno;
	if (!kernel_is_at_least(name.release, OLDEST_MAJOR, OLDEST_MINOR)) {
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

/* Then the verifier does not know what reads the kernel's memory: an invalid argument. */
static bool kernel_hides_itself(void)
{
	char line[128] = "";
	FILE *lockdown = fopen("/sys/kernel/security/lockdown", "re");

	if (!lockdown)
		return false;
	if (!fgets(line, sizeof(line), lockdown))
		line[0] = '\0';
	fclose(lockdown);
	return strstr(line, "[confidentiality]") != NULL;
}

static void explain_refusal(int error, const char *what, char *text)
{
	if (error == -EPERM || error == -EACCES)
		snprintf(text, MP_HOOKS_ERROR,
			 "the kernel refuses to %s the hooks (%s): run as root (sudo) with all "
			 "capabilities (containers lack some), without lockdown=confidentiality",
			 what, strerror(-error));
	else if (kernel_hides_itself())
		snprintf(text, MP_HOOKS_ERROR,
			 "the kernel lets nobody look into it: boot it without "
			 "lockdown=confidentiality");
	else
		snprintf(text, MP_HOOKS_ERROR, "the kernel cannot %s the hooks: %s", what,
			 strerror(-error));
}

static bool is_used(const struct mp_hooks *hooks, size_t i)
{
	return programs[i].where == ANYWHERE ||
	       (programs[i].where == PREEMPTED) == hooks->preempted;
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
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct utsname name;
	int result;

	if (buffer_bytes < page) /* the kernel takes no less */
		buffer_bytes = page;
	hooks->skeleton = trace__open();
	if (hooks->skeleton == NULL)
		return -ENOMEM;
	hooks->skeleton->maps.ring.max_entries = (__u32)buffer_bytes;
	result = trace__load(hooks->skeleton);
	if (result < 0) {
		explain_refusal(result, "load", error);
		return result;
	}
	hooks->skeleton->bss->control.page = page;
	hooks->skeleton->bss->control.wake_at = buffer_bytes / WAKE_PART;
	hooks->skeleton->bss->control.bulk_to = buffer_bytes - buffer_bytes / KEPT_PART;
	hooks->preempted =
		uname(&name) == 0 && kernel_is_at_least(name.release, PREEMPT_MAJOR, PREEMPT_MINOR);
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
	for (size_t i = 0; i < PROGRAM_COUNT; i++) {
		if (!is_used(hooks, i))
			continue;
		result = programs[i].attach(hooks->skeleton);
		if (result < 0) {
			explain_refusal(result, "attach", error);
			return result;
		}
	}
	return 0;
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

/* The least count of each group; UINT64_MAX for a group that is not in use. */
static int least_misses(const struct mp_hooks *hooks, uint64_t least[GROUPS])
{
	for (size_t group = 0; group < GROUPS; group++)
		least[group] = UINT64_MAX;
	for (size_t i = 0; i < PROGRAM_COUNT; i++) {
		uint64_t misses;
		int error = read_misses(hooks->fdinfo[i], &misses);

		if (error < 0)
			return error;
		if (is_used(hooks, i) && misses < least[programs[i].group])
			least[programs[i].group] = misses;
	}
	return 0;
}

int mp_hooks_losses(const struct mp_hooks *hooks, struct mp_losses *losses)
{
	const struct mp_control *control = &hooks->skeleton->bss->control;
	uint64_t missed[GROUPS];
	int error = least_misses(hooks, missed);

	if (error < 0)
		return error;
	*losses = (struct mp_losses){.unmarked = control->unmarked};
	for (size_t kind = 0; kind < MP_KINDS; kind++) {
		losses->lost[kind] = control->lost[kind];
		for (size_t group = 0; group < GROUPS; group++) {
			if ((group_feeds[group] & (1u << kind)) && missed[group] != UINT64_MAX)
				losses->missed[kind] += missed[group];
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
