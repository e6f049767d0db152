/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MR_PROCESS_H
#define MR_PROCESS_H

#include "build.h"

/* The command itself, before the first event. */
void mr_process_start(struct mr_build *build);

/* NULL: none. */
struct mr_process *mr_process_find(const struct mr_build *build, uint32_t pid, uint64_t start);
/* The newest with that pid. */
struct mr_process *mr_process_newest(const struct mr_build *build, uint32_t pid);
/* An event came of a process whose fork we have not seen. */
struct mr_process *mr_process_unknown(struct mr_build *build, const struct mp_event *event);

/* Who would be told of the end of `process` now; NULL: somebody outside. */
struct mr_process *mr_process_guardian(const struct mr_process *process);
/* A process has ended, once and for all: who is told of it may find it. */
void mr_process_leave(struct mr_process *process);

void mr_process_fork(struct mr_build *build, const struct mr_seen *seen);
/* The process of the event has this name now; nothing, when it had it already. */
void mr_process_rename_to(struct mr_build *build, const struct mr_seen *seen,
			  const char comm[MP_COMM_LEN]);
void mr_process_rename(struct mr_build *build, const struct mr_seen *seen);
void mr_process_blind(struct mr_build *build, const struct mr_seen *seen);

#endif
