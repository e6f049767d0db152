/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MR_THREAD_H
#define MR_THREAD_H

#include "build.h"

/* The thread of an event, and its process; made when they are not known. NULL: pid 0. */
struct mr_thread *mr_thread_of(struct mr_build *build, const struct mp_event *event);
/* NULL: it has not done anything yet. */
struct mr_thread *mr_thread_find(const struct mr_build *build, const struct mr_process *process,
				 uint32_t tid);
/* A thread that has done nothing yet, whoever had the number before. */
struct mr_thread *mr_thread_new(struct mr_build *build, struct mr_process *process, uint32_t tid);

#endif
