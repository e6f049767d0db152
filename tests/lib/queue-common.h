/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: the library. Gives: a queue of numbers, and children, for the tests of the queue.
 * Never: prints a test point.
 */
#ifndef QUEUE_COMMON_H
#define QUEUE_COMMON_H

#include <mproc.h>
#include <unistd.h>

#include "common.h"
#include "tap.h"

enum { LONG_MS = 60000 };

static struct mp_queue *queue;

static inline void make_queue(size_t capacity, size_t item_max, unsigned flags)
{
	int rc = mp_queue_new(&queue, capacity, item_max, flags);

	if (rc)
		tap_bail("mp_queue_new: %s", mp_result_text(rc));
}

static inline pid_t child(int (*act)(void))
{
	pid_t pid = fork_now();

	if (pid == 0)
		_exit(act());
	return pid;
}

static inline int put(int number)
{
	return mp_queue_put(queue, &number, sizeof(number), LONG_MS);
}

/* The number, or minus one. */
static inline int got(int64_t timeout_ms)
{
	int number;
	size_t length;

	if (mp_queue_get(queue, &number, sizeof(number), &length, timeout_ms) != 0)
		return -1;
	return length == sizeof(number) ? number : -1;
}

#endif
