/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "collect.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "gate.h"
#include "hooks.h"
#include "inherit.h"
#include "privilege.h"
#include "tree.h"

#define SECOND UINT64_C(1000000000)
/* What is left when the command has ended may end by itself within this time. */
#define GRACE (1 * SECOND)
/* What was killed is gone within this time, unless the kernel itself hangs. */
#define BURIAL	 (5 * SECOND)
#define LOOK_MS	 50 /* how often the ring is looked at when nothing wakes us */
#define HURRY_MS 2  /* the same when only the end is waited for */

struct mp_collector {
	struct mp_collect_options options;
	struct mp_identity identity;
	struct mp_inherited inherited;
	struct mp_hooks *hooks;
	struct mp_gate gate;
	char *program;
	int signals; /* signalfd */
	mode_t umask;

	struct mp_record *record;
	uint64_t unkept[MP_KINDS]; /* events for which the record has no room any more */
	unsigned interrupts;
	bool ended; /* the command: `status` is valid */
	int status;
	char error[512];
};

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

static int fail(struct mp_collector *collector, int error, const char *what)
{
	snprintf(collector->error, sizeof(collector->error), "%s: %s", what, strerror(-error));
	return error;
}

/* Whatever is opened later must not become somebody's standard input or output. */
static int occupy_standard_fds(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

static int find_program(struct mp_collector *collector)
{
	const char *name = collector->options.argv[0];
	int error = mp_program_find(name, &collector->program);

	if (error < 0)
		snprintf(collector->error, sizeof(collector->error), "cannot run \"%.256s\": %s",
			 name, strerror(-error));
	return error;
}

static int start_command(struct mp_collector *collector)
{
	int error;

	if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0)
		return fail(collector, -errno, "cannot become the reaper of orphans");
	error = mp_gate_start(&collector->identity, collector->options.argv,
			      collector->options.output_to_stderr, collector->umask,
			      &collector->gate);
	if (error < 0)
		return fail(collector, error, "cannot fork");
	return mp_hooks_attach(collector->hooks, collector->gate.pidfd, collector->error);
}

/* Only after the fork: the command gets the signal mask that we were given. */
static int catch_signals(struct mp_collector *collector)
{
	sigset_t caught;

	sigemptyset(&caught);
	sigaddset(&caught, SIGINT);
	sigaddset(&caught, SIGQUIT);
	sigaddset(&caught, SIGTERM);
	sigaddset(&caught, SIGHUP);
	if (sigprocmask(SIG_BLOCK, &caught, NULL) < 0)
		return fail(collector, -errno, "cannot block signals");
	collector->signals = signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK);
	return collector->signals < 0 ? fail(collector, -errno, "cannot make a signalfd") : 0;
}

static int prepare(struct mp_collector *collector)
{
	size_t bytes = collector->options.buffer_bytes;
	int error = occupy_standard_fds();

	if (error < 0)
		return fail(collector, error, "cannot open /dev/null");
	collector->umask = umask(077);
	error = mp_identity_find(collector->options.user, &collector->identity, collector->error);
	if (error < 0)
		return error;
	error = mp_inherited_list(collector->options.output_to_stderr, &collector->inherited);
	if (error < 0)
		return fail(collector, error, "cannot list /proc/self/fd (is /proc mounted?)");
	error = mp_hooks_load(bytes != 0 ? bytes : MP_BUFFER_DEFAULT, &collector->hooks,
			      collector->error);
	if (error == 0)
		error = start_command(collector);
	if (error < 0)
		return error;
	error = mp_privilege_drop(&collector->identity);
	if (error < 0)
		return fail(collector, error, "cannot give up the privileges of root");
	error = find_program(collector);
	return error < 0 ? error : catch_signals(collector);
}

int mp_collect_prepare(const struct mp_collect_options *options, struct mp_collector **out)
{
	struct mp_collector *collector = calloc(1, sizeof(*collector));

	*out = collector;
	if (collector == NULL)
		return -ENOMEM;
	collector->options = *options;
	collector->signals = -1;
	collector->gate = (struct mp_gate){.pidfd = -1, .open = -1, .failed = -1};
	return prepare(collector);
}

const char *mp_collect_program(const struct mp_collector *collector)
{
	return collector->program;
}

const char *mp_collect_error(const struct mp_collector *collector)
{
	return collector->error;
}

/*
 * The first event is the command's: only now is it known by what numbers the kernel knows it. For
 * what a record cannot hold the command does not have to end: it is missing, and known to be.
 */
static int take_event(void *to, const void *event, size_t size)
{
	struct mp_collector *collector = to;
	const struct mp_event *head = event;
	int error = 0;

	if (collector->record->pid == 0) {
		collector->record->pid = head->pid;
		collector->record->start = head->start;
		collector->record->began = head->end;
		error = mp_inherited_append(&collector->inherited, head, collector->record);
	}
	if (error < 0)
		return error;
	error = mp_record_append(collector->record, event, size);
	if (error != -ENOMEM || head->kind >= MP_KINDS)
		return error;
	collector->unkept[head->kind]++;
	return 0;
}

/* A second ^C, or any other request to end, ends the run. The first ^C the command gets itself,
 * from the terminal: it may have something to tidy up. */
static bool wants_to_stop(struct mp_collector *collector)
{
	struct signalfd_siginfo info;
	bool stop = false;

	while (read(collector->signals, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		bool is_key = info.ssi_signo == SIGINT || info.ssi_signo == SIGQUIT;

		if (!is_key || ++collector->interrupts > 1)
			stop = true;
	}
	return stop;
}

/* One look at everything. `wait_ms` is how long to sleep when nothing is there. */
static int look(struct mp_collector *collector, int wait_ms)
{
	struct pollfd fds[] = {
		{.fd = mp_hooks_pollfd(collector->hooks), .events = POLLIN},
		{.fd = collector->signals, .events = POLLIN},
		{.fd = collector->ended ? -1 : collector->gate.pidfd, .events = POLLIN},
	};
	int error;

	if (poll(fds, 3, wait_ms) < 0 && errno != EINTR)
		return fail(collector, -errno, "cannot poll");
	error = mp_hooks_drain(collector->hooks);
	return error < 0 ? fail(collector, error, "cannot keep the events") : 0;
}

static int time_left_ms(uint64_t until)
{
	uint64_t now = now_ns();

	if (until == 0)
		return LOOK_MS;
	if (now >= until)
		return 0;
	return until - now < LOOK_MS * 1000000ull ? (int)((until - now) / 1000000) + 1 : LOOK_MS;
}

/* Until the command has ended, the time is up or the user has had enough. */
static int watch_command(struct mp_collector *collector)
{
	uint64_t timeout = collector->options.timeout_ns;
	uint64_t until = timeout != 0 ? collector->record->began + timeout : 0;

	while (!collector->ended) {
		int error = look(collector, time_left_ms(until));

		if (error < 0)
			return error;
		mp_tree_reap(collector->gate.pid, &collector->status, &collector->ended);
		if (collector->ended)
			break;
		if (wants_to_stop(collector))
			collector->record->stop = MP_STOP_INTERRUPTED;
		else if (until != 0 && now_ns() >= until)
			collector->record->stop = MP_STOP_TIMEOUT;
		if (collector->record->stop != MP_STOP_ENDED)
			break;
	}
	return 0;
}

/* True: nothing is left of the tree. */
static bool watch_rest(struct mp_collector *collector, uint64_t time)
{
	uint64_t until = now_ns() + time;

	for (;;) {
		if (!mp_tree_reap(collector->gate.pid, &collector->status, &collector->ended))
			return true;
		if (now_ns() >= until || wants_to_stop(collector))
			return false;
		if (look(collector, HURRY_MS) < 0)
			return false;
	}
}

/* Whatever happened, nothing of the tree outlives this. */
static int end_tree(struct mp_collector *collector)
{
	int error = 0;

	if (collector->record->stop == MP_STOP_ENDED && watch_rest(collector, GRACE))
		return 0;
	mp_hooks_close_run(collector->hooks);
	error = mp_tree_kill();
	if (error < 0)
		return fail(collector, error, "cannot end what the command left running");
	if (!watch_rest(collector, BURIAL))
		return fail(collector, -EBUSY, "some of the command's processes cannot be killed");
	return 0;
}

static int note_run(struct mp_collector *collector)
{
	struct mp_record *record = collector->record;
	int error = mp_hooks_losses(collector->hooks, &record->losses);

	if (error < 0)
		return fail(collector, error, "cannot read how many events were lost");
	for (size_t kind = 0; kind < MP_KINDS; kind++)
		record->losses.lost[kind] += collector->unkept[kind];
	record->ended = now_ns();
	record->status = collector->status;
	return 0;
}

static int describe_command(struct mp_collector *collector, struct mp_record *record)
{
	struct utsname name;
	int error = mp_record_set_command(record, collector->options.argc, collector->options.argv);

	if (error == 0)
		error = mp_record_set_program(record, collector->program);
	if (error == 0 && uname(&name) == 0) {
		record->kernel = strdup(name.release);
		error = record->kernel != NULL ? 0 : -ENOMEM;
	}
	return error < 0 ? fail(collector, error, "cannot start the record") : 0;
}

int mp_collect_run(struct mp_collector *collector, struct mp_record *record)
{
	int error = describe_command(collector, record), ended;

	if (error < 0)
		return error;
	collector->record = record;
	mp_hooks_set_sink(collector->hooks, take_event, collector);
	record->began = now_ns();
	error = mp_gate_open(&collector->gate);
	if (error < 0) {
		snprintf(collector->error, sizeof(collector->error), "cannot run \"%.256s\": %s",
			 collector->options.argv[0], strerror(-error));
		return error;
	}
	error = watch_command(collector);
	ended = end_tree(collector);
	if (error == 0)
		error = ended;
	if (error == 0)
		error = look(collector, 0);
	return error < 0 ? error : note_run(collector);
}

/* A command that still waits behind its gate ends when the gate is taken away. */
void mp_collect_free(struct mp_collector *collector)
{
	if (collector == NULL)
		return;
	mp_gate_close(&collector->gate);
	if (collector->gate.pid > 0 && !collector->ended) {
		kill(collector->gate.pid, SIGKILL);
		while (waitpid(collector->gate.pid, NULL, 0) < 0 && errno == EINTR)
			;
	}
	mp_hooks_free(collector->hooks);
	mp_inherited_free(&collector->inherited);
	if (collector->signals >= 0)
		close(collector->signals);
	free(collector->program);
	free(collector);
}
