/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: what processes did, one short line for each event. Gives: the record of it and its
 * model. Never: more than one story at a time.
 *
 * Every event ends a microsecond after the one before, and did not block. The next_…() functions
 * change that for the event that follows. A process with pid N started at N * 10.
 */
#ifndef SCRIPT_H
#define SCRIPT_H

#include <sys/stat.h>

#include "model.h"
#include "tap.h"

#define COMMAND 100 /* its pid */

/* A new story: the command has been started. story_gated: it has not come to its exec yet. */
void story(void);
void story_gated(void);
struct mp_record *story_record(void);
/* The model of the story so far; replaces the one before. Bails out when there is none. */
struct mp_model *story_model(void);
const struct mp_model *model(void); /* the same, as it was built last */
void story_end(void);

uint64_t now(void); /* end of the last event */
void next_end(uint64_t end);
void next_blocked(uint64_t since);
void next_waits(void); /* blocked for 49.9 us */
void next_flags(uint16_t flags);
void next_tid(uint32_t tid);
void next_start(uint64_t start);
/* As it came from the ring. */
void ev(const void *event, size_t size);

/* Objects */
struct mp_object nothing(void);
struct mp_object pipe_in(uint64_t ino);
struct mp_object pipe_out(uint64_t ino);
struct mp_object sock(uint64_t ino, uint64_t peer);
struct mp_object other(uint16_t mode);

/* Life */
void ev_fork(uint32_t parent, uint32_t child);
void ev_fork_as(uint32_t parent, uint32_t child, uint32_t flags, uint32_t vpid,
		uint32_t real_parent);
void ev_thread(uint32_t pid, uint32_t tid);
void ev_thread_as(uint32_t pid, uint32_t tid, uint32_t flags);
void ev_exec(uint32_t pid, uint32_t old_tid, const char *name, const char *argv, size_t length);
void ev_exit(uint32_t pid, int status); /* the last thread */
void ev_exit_as(uint32_t pid, uint32_t tid, int status, uint32_t flags);
void ev_exit_in(uint32_t pid, int status, int nr, const uint64_t args[6], struct mp_object object);
void ev_rename(uint32_t pid, const char *name);
void ev_wait(uint32_t pid, uint32_t found, int status, int options);
void ev_waitid(uint32_t pid, uint32_t found, int code, int options);

/* Signals; pid 0: from outside */
void ev_signal(uint32_t pid, uint32_t target, int signal, int code);
void ev_signal_as(uint32_t pid, uint32_t target, int signal, int code, int result, bool to_group);
void ev_deliver(uint32_t pid, int signal, uint32_t action);

/* Descriptors */
void ev_held(uint32_t fd, struct mp_object object);
void ev_open(uint32_t pid, int nr, uint32_t fd, struct mp_object object, uint32_t flags);
void ev_pipe(uint32_t pid, uint32_t in, uint32_t out, uint64_t ino, uint32_t flags);
void ev_socketpair(uint32_t pid, uint32_t fd, uint32_t fd2, uint64_t ino, uint64_t ino2);
void ev_dup(uint32_t pid, uint32_t fd, uint32_t fd2, struct mp_object object, uint32_t flags);
void ev_close(uint32_t pid, uint32_t fd);
void ev_close_range(uint32_t pid, uint32_t fd, uint32_t fd2, uint32_t flags);
void ev_mark(uint32_t pid, uint32_t fd, bool cloexec);

/* Bytes */
void ev_write(uint32_t pid, uint32_t fd, struct mp_object object, int64_t result);
void ev_read(uint32_t pid, uint32_t fd, struct mp_object object, int64_t result);
void ev_io(uint32_t pid, int nr, int fd, struct mp_object object, uint32_t direction,
	   int64_t result, uint64_t asked, uint32_t flags);
void ev_text(uint32_t pid, int fd, const char *text);
void ev_text_as(uint32_t pid, int fd, struct mp_object object, const char *text, size_t length,
		int64_t result);

/* Waiting */
struct mp_word shared(uint64_t ino, uint64_t offset);
struct mp_word private(uint64_t address);
void ev_futex(uint32_t pid, uint32_t op, struct mp_word word, int64_t result);
void ev_requeue(uint32_t pid, struct mp_word from, struct mp_word to, int64_t result);
void ev_wake(uint32_t pid, int nr, uint32_t target, int target_nr);
void ev_sleep(uint32_t pid, uint64_t asked, int result);
void ev_sleep_until(uint32_t pid, uint32_t clock, uint64_t until);
void ev_call(uint32_t pid, int nr, int64_t result, const uint64_t args[6]);
void ev_blind(uint32_t pid, uint32_t cause);

/* Files and memory. The parts of a path stand in the event from the last one on. */
void ev_open_file(uint32_t pid, struct mp_object object, const char *parts, size_t length);
struct mp_object shared_file(uint64_t ino); /* on the file system of /dev/shm */
void ev_map(uint32_t pid, uint64_t address, uint64_t length, struct mp_object object);
void ev_map_as(uint32_t pid, const struct mp_map *map); /* its head is filled in */
void ev_unmap(uint32_t pid, uint64_t address, uint64_t length);

/* Looking at the model */
const struct mp_process *process(uint32_t pid); /* NULL: none */
size_t acts(enum mp_act_kind kind);
size_t acts_of(uint32_t pid, enum mp_act_kind kind);
const struct mp_act *act(enum mp_act_kind kind, size_t n); /* from 0; NULL: none */
const struct mp_act *act_of(uint32_t pid, enum mp_act_kind kind, size_t n);
uint32_t pid_of(const struct mp_process *process); /* 0: NULL */
size_t findings(enum mp_finding_kind kind);
const struct mp_finding *finding(enum mp_finding_kind kind);
const struct mp_end *end_of(const struct mp_stream *stream, uint32_t pid);

#endif
