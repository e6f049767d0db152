/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: events as the kernel side sent them, one after the other.
 * Gives: one run held in memory, and the same run as a file (.mpt), written and read back.
 * Never: knows what an event means; trusts a byte of a file before it is checked.
 */
#ifndef MP_RECORD_H
#define MP_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"

/* What is known to be missing. All zero: the record is complete. */
struct mp_losses {
	uint64_t lost[MP_KINDS];   /* events for which ring or record had no room, by kind */
	uint64_t missed[MP_KINDS]; /* runs that the kernel skipped (recursion), by kind they feed */
	uint64_t unmarked;	   /* children that could not be marked as traced (no memory) */
};

/* How the run ended, as the collector saw it. */
enum mp_stop {
	MP_STOP_ENDED = 0,  /* by itself */
	MP_STOP_TIMEOUT,    /* --timeout: we killed what was left */
	MP_STOP_INTERRUPTED /* the user did */
};

struct mp_record {
	int argc;
	char **argv;   /* the command as it was given, NULL after the last; ours */
	char *program; /* absolute path of the file that was run, or NULL when not known; ours */
	char *kernel;  /* release of the kernel, as uname(2) says */
	uint32_t pid;  /* of the command, in the first pid namespace; its `start`: */
	uint64_t start;
	uint64_t began; /* ns, CLOCK_MONOTONIC */
	uint64_t ended;
	uint32_t stop;	/* enum mp_stop */
	int32_t status; /* of the command, as wait(2) gives it */
	struct mp_losses losses;

	size_t count; /* of events */
	struct mp_record_store *store;
};

/* An empty record. 0 or -ENOMEM. */
int mp_record_new(struct mp_record **out);
void mp_record_free(struct mp_record *record); /* NULL is fine */

/* Copies argv. 0 or -ENOMEM. */
int mp_record_set_command(struct mp_record *record, int argc, char *const argv[]);
int mp_record_set_program(struct mp_record *record, const char *path);

/*
 * Appends a copy of one event of `size` bytes as it came from the ring. 0; -EBADMSG when the
 * event is not well formed (unknown kind, wrong size for its kind, text length beyond its
 * room); -ENOMEM, also when the record has reached its bound of 1 GiB.
 */
int mp_record_append(struct mp_record *record, const void *event, size_t size);

/* Event number i (0 <= i < count) in the order of arrival; valid until the record is freed. */
const struct mp_event *mp_record_event(const struct mp_record *record, size_t i);

/*
 * Writes the record to `fd` (zlib-compressed, see mp-record(5)). 0 or a negative errno; -EFBIG
 * when it could not be loaded again.
 */
int mp_record_save(const struct mp_record *record, int fd);

/*
 * Reads a record from `fd`. 0; -EBADMSG: not a record, or damaged (*why says what and where, a
 * static string); -EPROTO: a record of another version or machine, -EFBIG: larger than we take
 * (both with *why); or another negative errno (*why is NULL). Memory stays bounded whatever the
 * file says.
 */
int mp_record_load(int fd, struct mp_record **out, const char **why);

#endif
