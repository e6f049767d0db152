/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: the library. Gives: what tests of processes begin and end with, and functions that such
 * processes run. Never: returns from a failure that makes the test senseless (it bails out).
 */
#ifndef START_H
#define START_H

#include <mproc.h>

struct mp_process *make(const char *name, int (*run)(void *), void *argument);
struct mp_process *make_started(int (*run)(void *), void *argument);
/* The same, started by exec. */
struct mp_process *make_exec(const char *name, const char *function, const void *bytes,
			     size_t size);
struct mp_process *make_exec_started(const char *function, const void *bytes, size_t size);

/* Its exit code after a join; then it is freed. */
int end_of(struct mp_process *process);

/* Its argument is the result. */
int give_back(void *number);
/* Until a signal ends it; after a minute at the latest. */
int sleep_for_ever(void *argument);

#endif
