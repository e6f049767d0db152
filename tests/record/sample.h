/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: nothing. Gives: a small record with one event of every kind, files in memory to save it
 * to, and a comparison of two records. Never: leaves a file behind.
 */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "record.h"

/* Room for any event of the sample. */
union any_event {
	struct mp_event e;
	struct mp_fork fork;
	struct mp_exec exec;
	struct mp_exit exit;
	struct mp_rename rename;
	struct mp_io io;
	struct mp_text text;
	struct mp_fd fd;
	struct mp_futex futex;
	struct mp_blind blind;
	struct mp_open open;
	struct mp_map map;
	unsigned char bytes[sizeof(struct mp_text) + MP_TEXT_LARGE];
};

/* A well-formed event of `kind`, zero but for what must not be; returns its size. */
size_t sample_event(union any_event *event, unsigned kind);
/* A text event with these bytes in a buffer of `room`. */
size_t sample_text(union any_event *event, const char *text, size_t length, size_t room);

/* The same of an opened file. */
size_t sample_open(union any_event *event, const char *path, size_t length, size_t room);

struct mp_record *sample_record(void); /* never NULL */
bool sample_equal(const struct mp_record *a, const struct mp_record *b);

/* The bytes of a file: malloc'd from a record, or given to the loader. */
unsigned char *sample_save(const struct mp_record *record, size_t *size);
int sample_load(const unsigned char *bytes, size_t size, struct mp_record **out, const char **why);

#endif
