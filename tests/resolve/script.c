/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "script.h"

#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define PIPE_DEV 14
#define SOCK_DEV 8
#define TICK	 1000

static struct {
	struct mp_record *record;
	struct mp_model *model;
	uint64_t now;
	/* of the next event; 0: as usual */
	uint64_t end, blocked, start;
	uint16_t flags;
	uint32_t tid;
} it;

/* ---- the story ---- */

static char *const command_line[] = {(char *)"./command", NULL};

void story_gated(void)
{
	story_end();
	if (mp_record_new(&it.record) < 0 || mp_record_set_command(it.record, 1, command_line) < 0)
		tap_bail("no record");
	it.record->pid = COMMAND;
	it.record->start = COMMAND * 10;
	it.record->began = TICK;
	it.now = TICK;
}

void story(void)
{
	story_gated();
	ev_exec(COMMAND, COMMAND, "command", "./command", sizeof("./command"));
}

void story_end(void)
{
	mp_model_free(it.model);
	mp_record_free(it.record);
	memset(&it, 0, sizeof(it));
}

struct mp_record *story_record(void)
{
	return it.record;
}

struct mp_model *story_model(void)
{
	int result;

	it.record->ended = it.now + TICK;
	mp_model_free(it.model);
	it.model = NULL;
	result = mp_model_build(it.record, &it.model);
	if (result < 0)
		tap_bail("no model: %s", strerror(-result));
	return it.model;
}

const struct mp_model *model(void)
{
	return it.model;
}

uint64_t now(void)
{
	return it.now;
}

void next_end(uint64_t end)
{
	it.end = end;
}

void next_blocked(uint64_t since)
{
	it.blocked = since;
}

void next_waits(void)
{
	next_blocked(now() + 100);
	next_end(now() + 50000);
}

void next_flags(uint16_t flags)
{
	it.flags = flags;
}

void next_tid(uint32_t tid)
{
	it.tid = tid;
}

void next_start(uint64_t start)
{
	it.start = start;
}

void ev(const void *event, size_t size)
{
	if (mp_record_append(it.record, event, size) < 0)
		tap_bail("the record does not take event %zu", it.record->count);
}

/* What all events have in common; the next one is as usual again. */
static struct mp_event head(enum mp_kind kind, uint32_t pid, size_t size)
{
	struct mp_event e = {.kind = (uint16_t)kind, .flags = it.flags, .size = (uint32_t)size};

	e.pid = pid;
	e.tid = it.tid != 0 ? it.tid : pid;
	e.start = it.start != 0 ? it.start : pid * 10;
	e.end = it.end != 0 ? it.end : it.now + TICK;
	e.begin = it.blocked != 0 ? it.blocked : e.end;
	if (it.blocked != 0)
		e.flags |= MP_F_BLOCKED;
	if (e.end > it.now)
		it.now = e.end;
	it.end = it.blocked = it.start = 0;
	it.flags = 0;
	it.tid = 0;
	return e;
}
#define HEAD(kind, pid, type) head((kind), (pid), sizeof(struct type))

static void set_comm(char comm[MP_COMM_LEN], const char *name)
{
	memcpy(comm, name, strnlen(name, MP_COMM_LEN - 1));
}

/* ---- objects ---- */

struct mp_object nothing(void)
{
	return (struct mp_object){0};
}

struct mp_object pipe_in(uint64_t ino)
{
	return (struct mp_object){
		.ino = ino, .dev = PIPE_DEV, .mode = S_IFIFO | 0600, .access = MP_WRITES};
}

struct mp_object pipe_out(uint64_t ino)
{
	return (struct mp_object){
		.ino = ino, .dev = PIPE_DEV, .mode = S_IFIFO | 0600, .access = MP_READS};
}

struct mp_object sock(uint64_t ino, uint64_t peer)
{
	return (struct mp_object){.ino = ino,
				  .peer = peer,
				  .dev = SOCK_DEV,
				  .mode = S_IFSOCK | 0777,
				  .access = MP_READS | MP_WRITES};
}

struct mp_object other(uint16_t mode)
{
	return (struct mp_object){.ino = 7, .dev = 3, .mode = mode, .access = MP_READS | MP_WRITES};
}

/* ---- life ---- */

void ev_fork_as(uint32_t parent, uint32_t child, uint32_t flags, uint32_t vpid,
		uint32_t real_parent)
{
	struct mp_fork fork = {.e = HEAD(MP_FORK, parent, mp_fork)};

	fork.child_pid = fork.child_tid = child;
	fork.child_start = child * 10;
	fork.child_vpid = vpid;
	fork.child_flags = flags;
	fork.real_parent = real_parent;
	set_comm(fork.comm, "child");
	ev(&fork, sizeof(fork));
}

void ev_fork(uint32_t parent, uint32_t child)
{
	ev_fork_as(parent, child, 0, child, parent);
}

void ev_thread(uint32_t pid, uint32_t tid)
{
	ev_thread_as(pid, tid, MP_FORK_VM | MP_FORK_FILES);
}

void ev_thread_as(uint32_t pid, uint32_t tid, uint32_t flags)
{
	struct mp_fork fork = {.e = HEAD(MP_FORK, pid, mp_fork)};

	fork.child_pid = pid;
	fork.child_tid = fork.child_vpid = tid;
	fork.child_start = pid * 10;
	fork.child_flags = MP_FORK_THREAD | flags;
	fork.real_parent = 1;
	set_comm(fork.comm, "thread");
	ev(&fork, sizeof(fork));
}

void ev_exec(uint32_t pid, uint32_t old_tid, const char *name, const char *argv, size_t length)
{
	struct mp_exec exec = {.e = HEAD(MP_EXEC, pid, mp_exec)};

	exec.old_tid = old_tid;
	exec.argv_len = (uint32_t)length;
	memcpy(exec.argv, argv, length);
	set_comm(exec.comm, name);
	ev(&exec, sizeof(exec));
}

void ev_exit_as(uint32_t pid, uint32_t tid, int status, uint32_t flags)
{
	struct mp_exit exit = {.nr = -1};

	it.tid = tid;
	exit.e = HEAD(MP_EXIT, pid, mp_exit);
	exit.status = exit.thread_status = status;
	exit.exit_flags = flags;
	ev(&exit, sizeof(exit));
}

void ev_exit(uint32_t pid, int status)
{
	ev_exit_as(pid, pid, status, MP_EXIT_LAST);
}

void ev_exit_in(uint32_t pid, int status, int nr, const uint64_t args[6], struct mp_object object)
{
	struct mp_exit exit = {.e = HEAD(MP_EXIT, pid, mp_exit)};

	exit.status = exit.thread_status = status;
	exit.exit_flags = MP_EXIT_LAST;
	exit.nr = nr;
	exit.object = object;
	if (args != NULL)
		memcpy(exit.args, args, sizeof(exit.args));
	ev(&exit, sizeof(exit));
}

void ev_rename(uint32_t pid, const char *name)
{
	struct mp_rename rename = {.e = HEAD(MP_RENAME, pid, mp_rename)};

	set_comm(rename.comm, name);
	ev(&rename, sizeof(rename));
}

void ev_wait(uint32_t pid, uint32_t found, int status, int options)
{
	struct mp_wait wait = {.e = HEAD(MP_WAIT, pid, mp_wait)};

	wait.nr = SYS_wait4;
	wait.result = (int)found;
	wait.found = found;
	wait.status = status;
	wait.options = options;
	wait.wanted = -1;
	ev(&wait, sizeof(wait));
}

void ev_waitid(uint32_t pid, uint32_t found, int code, int options)
{
	struct mp_wait wait = {.e = HEAD(MP_WAIT, pid, mp_wait)};

	wait.nr = SYS_waitid;
	wait.found = found;
	wait.code = code;
	wait.options = options;
	ev(&wait, sizeof(wait));
}

/* ---- signals ---- */

void ev_signal_as(uint32_t pid, uint32_t target, int signal, int code, int result, bool to_group)
{
	struct mp_signal sent = {.e = HEAD(MP_SIGNAL, pid, mp_signal)};

	sent.target_pid = sent.target_tid = sent.target_vpid = target;
	sent.target_start = target * 10;
	sent.signal = signal;
	sent.code = code;
	sent.result = result;
	sent.to_group = to_group;
	sent.target_traced = 1;
	ev(&sent, sizeof(sent));
}

void ev_signal(uint32_t pid, uint32_t target, int signal, int code)
{
	ev_signal_as(pid, target, signal, code, 0, true);
}

void ev_deliver(uint32_t pid, int signal, uint32_t action)
{
	struct mp_deliver deliver = {.e = HEAD(MP_DELIVER, pid, mp_deliver)};

	deliver.signal = signal;
	deliver.action = action;
	ev(&deliver, sizeof(deliver));
}

/* ---- descriptors ---- */

static void ev_fd(uint32_t pid, int nr, struct mp_fd fd)
{
	fd.e = HEAD(MP_FD, pid, mp_fd);
	fd.nr = nr;
	ev(&fd, sizeof(fd));
}

void ev_held(uint32_t fd, struct mp_object object)
{
	ev_fd(COMMAND, -1, (struct mp_fd){.fd_op = MP_FD_HELD, .fd = fd, .object = object});
}

void ev_open(uint32_t pid, int nr, uint32_t fd, struct mp_object object, uint32_t flags)
{
	ev_fd(pid, nr,
	      (struct mp_fd){.fd_op = MP_FD_OPEN, .fd = fd, .object = object, .fd_flags = flags});
}

void ev_pipe(uint32_t pid, uint32_t in, uint32_t out, uint64_t ino, uint32_t flags)
{
	ev_fd(pid, SYS_pipe2,
	      (struct mp_fd){.fd_op = MP_FD_PAIR,
			     .fd = out,
			     .fd2 = in,
			     .object = pipe_out(ino),
			     .object2 = pipe_in(ino),
			     .fd_flags = flags});
}

void ev_socketpair(uint32_t pid, uint32_t fd, uint32_t fd2, uint64_t ino, uint64_t ino2)
{
	ev_fd(pid, SYS_socketpair,
	      (struct mp_fd){.fd_op = MP_FD_PAIR,
			     .fd = fd,
			     .fd2 = fd2,
			     .object = sock(ino, ino2),
			     .object2 = sock(ino2, ino)});
}

void ev_dup(uint32_t pid, uint32_t fd, uint32_t fd2, struct mp_object object, uint32_t flags)
{
	ev_fd(pid, SYS_dup3,
	      (struct mp_fd){.fd_op = MP_FD_DUP,
			     .fd = fd,
			     .fd2 = fd2,
			     .object = object,
			     .fd_flags = flags});
}

void ev_close(uint32_t pid, uint32_t fd)
{
	ev_fd(pid, SYS_close, (struct mp_fd){.fd_op = MP_FD_CLOSE, .fd = fd});
}

void ev_close_range(uint32_t pid, uint32_t fd, uint32_t fd2, uint32_t flags)
{
	ev_fd(pid, SYS_close_range,
	      (struct mp_fd){.fd_op = MP_FD_CLOSE_RANGE, .fd = fd, .fd2 = fd2, .fd_flags = flags});
}

void ev_mark(uint32_t pid, uint32_t fd, bool cloexec)
{
	ev_fd(pid, SYS_fcntl,
	      (struct mp_fd){
		      .fd_op = MP_FD_MARK, .fd = fd, .fd_flags = cloexec ? MP_FD_CLOEXEC : 0});
}

/* ---- bytes ---- */

void ev_io(uint32_t pid, int nr, int fd, struct mp_object object, uint32_t direction,
	   int64_t result, uint64_t asked, uint32_t flags)
{
	struct mp_io io = {.e = HEAD(MP_IO, pid, mp_io)};

	io.nr = nr;
	io.fd = fd;
	io.object = object;
	io.direction = direction;
	io.result = result;
	io.asked = asked;
	io.io_flags = flags;
	ev(&io, sizeof(io));
}

void ev_write(uint32_t pid, uint32_t fd, struct mp_object object, int64_t result)
{
	ev_io(pid, SYS_write, (int)fd, object, MP_WRITES, result, 4096, 0);
}

void ev_read(uint32_t pid, uint32_t fd, struct mp_object object, int64_t result)
{
	ev_io(pid, SYS_read, (int)fd, object, MP_READS, result, 4096, 0);
}

void ev_text_as(uint32_t pid, int fd, struct mp_object object, const char *text, size_t length,
		int64_t result)
{
	size_t size = (sizeof(struct mp_text) + length + 7) & ~(size_t)7;
	struct mp_text *written = calloc(1, size);

	if (written == NULL)
		tap_bail("no memory");
	written->io.e = head(MP_TEXT, pid, size);
	written->io.nr = SYS_write;
	written->io.fd = fd;
	written->io.object = object;
	written->io.direction = MP_WRITES;
	written->io.result = result;
	written->io.asked = (uint64_t)result;
	written->length = (uint32_t)length;
	if (length > 0)
		memcpy(written->text, text, length);
	ev(written, size);
	free(written);
}

void ev_text(uint32_t pid, int fd, const char *text)
{
	ev_text_as(pid, fd, other(S_IFCHR | 0620), text, strlen(text), (int64_t)strlen(text));
}

/* ---- waiting ---- */

struct mp_word shared(uint64_t ino, uint64_t offset)
{
	return (struct mp_word){.ino = ino, .offset = offset, .dev = 1};
}

struct mp_word private(uint64_t address)
{
	return (struct mp_word){.offset = address};
}

void ev_futex(uint32_t pid, uint32_t op, struct mp_word word, int64_t result)
{
	struct mp_futex futex = {.e = HEAD(MP_FUTEX, pid, mp_futex)};

	futex.nr = SYS_futex;
	futex.op = op;
	futex.word = word;
	futex.result = result;
	ev(&futex, sizeof(futex));
}

void ev_requeue(uint32_t pid, struct mp_word from, struct mp_word to, int64_t result)
{
	struct mp_futex futex = {.e = HEAD(MP_FUTEX, pid, mp_futex)};

	futex.nr = SYS_futex;
	futex.op = FUTEX_CMP_REQUEUE;
	futex.word = from;
	futex.word2 = to;
	futex.result = result;
	ev(&futex, sizeof(futex));
}

void ev_wake(uint32_t pid, int nr, uint32_t target, int target_nr)
{
	struct mp_wake wake = {.e = HEAD(MP_WAKE, pid, mp_wake)};

	wake.nr = nr;
	wake.target_pid = wake.target_tid = target;
	wake.target_start = target * 10;
	wake.target_nr = target_nr;
	ev(&wake, sizeof(wake));
}

void ev_sleep(uint32_t pid, uint64_t asked, int result)
{
	struct mp_sleep sleep = {.e = HEAD(MP_SLEEP, pid, mp_sleep)};

	sleep.nr = SYS_clock_nanosleep;
	sleep.result = result;
	sleep.asked = asked;
	ev(&sleep, sizeof(sleep));
}

void ev_sleep_until(uint32_t pid, uint32_t clock, uint64_t until)
{
	struct mp_sleep sleep = {.e = HEAD(MP_SLEEP, pid, mp_sleep)};

	sleep.nr = SYS_clock_nanosleep;
	sleep.asked = until;
	sleep.sleep_flags = MP_SLEEP_UNTIL;
	sleep.clock = clock;
	ev(&sleep, sizeof(sleep));
}

void ev_call(uint32_t pid, int nr, int64_t result, const uint64_t args[6])
{
	struct mp_call call = {.e = HEAD(MP_CALL, pid, mp_call)};

	call.nr = nr;
	call.result = result;
	if (args != NULL)
		memcpy(call.args, args, sizeof(call.args));
	ev(&call, sizeof(call));
}

void ev_blind(uint32_t pid, uint32_t cause)
{
	struct mp_blind blind = {.e = HEAD(MP_BLIND, pid, mp_blind)};

	blind.cause = cause;
	ev(&blind, sizeof(blind));
}

/* ---- files and memory ---- */

void ev_open_file(uint32_t pid, struct mp_object object, const char *parts, size_t length)
{
	size_t size = (sizeof(struct mp_open) + length + 7) & ~(size_t)7;
	struct mp_open *open = calloc(1, size);

	if (open == NULL)
		tap_bail("no memory");
	open->e = head(MP_OPEN, pid, size);
	open->nr = SYS_openat;
	open->object = object;
	open->length = (uint32_t)length;
	if (length > 0)
		memcpy(open->path, parts, length);
	ev(open, size);
	free(open);
}

struct mp_object shared_file(uint64_t ino)
{
	return (struct mp_object){
		.ino = ino, .dev = 25, .mode = S_IFREG | 0600, .access = MP_READS | MP_WRITES};
}

void ev_map_as(uint32_t pid, const struct mp_map *map)
{
	struct mp_map event = *map;

	event.e = HEAD(MP_MAP, pid, mp_map);
	ev(&event, sizeof(event));
}

void ev_map(uint32_t pid, uint64_t address, uint64_t length, struct mp_object object)
{
	ev_map_as(pid, &(struct mp_map){.nr = SYS_mmap,
					.map_op = MP_MAP_SHARED,
					.address = address,
					.length = length,
					.map_flags = MP_MAP_WRITABLE,
					.object = object,
					.name = "space"});
}

void ev_unmap(uint32_t pid, uint64_t address, uint64_t length)
{
	ev_map_as(pid, &(struct mp_map){.nr = SYS_munmap,
					.map_op = MP_MAP_GONE,
					.address = address,
					.length = length});
}

/* ---- looking at the model ---- */

const struct mp_process *process(uint32_t pid)
{
	for (size_t i = 0; i < it.model->process_count; i++)
		if (it.model->processes[i]->pid == pid)
			return it.model->processes[i];
	return NULL;
}

static bool counts(const struct mp_act *one, uint32_t pid, enum mp_act_kind kind)
{
	return one->kind == kind && (pid == 0 || pid_of(one->who) == pid);
}

size_t acts_of(uint32_t pid, enum mp_act_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < it.model->act_count; i++)
		count += counts(it.model->acts[i], pid, kind);
	return count;
}

size_t acts(enum mp_act_kind kind)
{
	return acts_of(0, kind);
}

const struct mp_act *act_of(uint32_t pid, enum mp_act_kind kind, size_t n)
{
	for (size_t i = 0; i < it.model->act_count; i++)
		if (counts(it.model->acts[i], pid, kind) && n-- == 0)
			return it.model->acts[i];
	return NULL;
}

const struct mp_act *act(enum mp_act_kind kind, size_t n)
{
	return act_of(0, kind, n);
}

uint32_t pid_of(const struct mp_process *process)
{
	return process == NULL ? 0 : process->pid;
}

const struct mp_finding *finding(enum mp_finding_kind kind)
{
	for (size_t i = 0; i < it.model->finding_count; i++)
		if (it.model->findings[i].kind == kind)
			return &it.model->findings[i];
	return NULL;
}

size_t findings(enum mp_finding_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < it.model->finding_count; i++)
		count += it.model->findings[i].kind == kind;
	return count;
}

const struct mp_end *end_of(const struct mp_stream *stream, uint32_t pid)
{
	for (size_t i = 0; i < stream->end_count; i++)
		if (stream->ends[i].process->pid == pid)
			return &stream->ends[i];
	return NULL;
}
