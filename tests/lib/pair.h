/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: mp_conn_pair(). Gives: the two ends of a pipe, `first` and `second`, of which a test has
 * one pair at a time; bytes to send; and a clock that interrupts it.
 * Never: prints a test point.
 */
#ifndef PAIR_H
#define PAIR_H

#include <mproc.h>
#include <signal.h>
#include <sys/time.h>

#include "tap.h"

static struct mp_conn *first, *second;

static inline void open_pair(unsigned flags)
{
	int rc = mp_conn_pair(&first, &second, flags);

	if (rc)
		tap_bail("mp_conn_pair: %s", mp_result_text(rc));
}

static inline void close_pair(void)
{
	mp_conn_close(first);
	mp_conn_close(second);
}

static inline void do_nothing(int number)
{
}

/* Bytes in which a part that is missing, or comes twice, shows. */
static inline void fill(unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i < size; i++)
		bytes[i] = (unsigned char)(i * 31 + i / 251);
}

/* A handler runs a thousand times a second in this process, from now on, or not any more. */
static inline void interrupt_me(bool on, int flags)
{
	const struct sigaction action = {.sa_handler = do_nothing, .sa_flags = flags};
	const struct timeval period = {.tv_usec = on ? 1000 : 0};
	const struct itimerval timer = {period, period};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &timer, NULL);
}

#endif
