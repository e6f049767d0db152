/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a command. Gives: the record of its whole process tree, made while the kernel was
 * watched. Never: interprets an event; keeps root for longer than loading and attaching takes.
 *
 * The only room that knows libbpf and that forks. Not thread-safe; one collector a process.
 */
#ifndef MP_COLLECT_H
#define MP_COLLECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record.h"

/* Of the ring between kernel and collector, in bytes; a power of two. */
#define MP_BUFFER_DEFAULT (4u * 1024 * 1024)
#define MP_BUFFER_LEAST	  4096u
#define MP_BUFFER_MOST	  (1024u * 1024 * 1024)

struct mp_collect_options {
	int argc;
	char **argv;	       /* the command, NULL after the last */
	const char *user;      /* run as this user; NULL: who called (see privilege.h) */
	uint64_t timeout_ns;   /* 0: none */
	size_t buffer_bytes;   /* 0: MP_BUFFER_DEFAULT */
	bool output_to_stderr; /* the command's standard output goes where its errors go */
};

struct mp_collector;

/*
 * Loads the hooks, starts the command behind a gate, attaches, and gives up root for good in
 * both processes. To be called first of all: before anything that a user wrote is parsed or
 * opened. 0 or a negative errno; *out is set in either case (but for -ENOMEM) and
 * mp_collect_error() says what is wrong. After an error nothing is left running.
 */
int mp_collect_prepare(const struct mp_collect_options *options, struct mp_collector **out);

/* The absolute path of the file that will be run. */
const char *mp_collect_program(const struct mp_collector *collector);

/*
 * Opens the gate and drains the ring into `record` until the whole tree has ended, the time is
 * up, or the user has had enough; what still runs then is killed. 0 or a negative errno.
 */
int mp_collect_run(struct mp_collector *collector, struct mp_record *record);

/* One line, without a newline: what failed and what to do. Never NULL. */
const char *mp_collect_error(const struct mp_collector *collector);

/* Ends the command if it still waits behind its gate. NULL is fine. */
void mp_collect_free(struct mp_collector *collector);

#endif
