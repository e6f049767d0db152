/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: bytes for, or from, a file descriptor. Gives: the same bytes through a gzip stream with
 * its checksum. Never: knows what the bytes mean; holds more than one buffer of them.
 *
 * A stream is used for one direction. After the first failure every call returns that failure.
 */
#ifndef MP_SQUEEZE_H
#define MP_SQUEEZE_H

#include <stdbool.h>
#include <stddef.h>
#include <zlib.h>

#define MP_SQUEEZE_BUFFER (64u * 1024)

struct mp_squeeze {
	z_stream z;
	int fd;
	int error;	  /* the first failure, a negative errno */
	const char *why;  /* reading: what is wrong with the file */
	bool end_of_file; /* reading: of the descriptor */
	bool end_of_data; /* reading: of the stream, checksum and length compared */
	unsigned char buffer[MP_SQUEEZE_BUFFER]; /* of compressed bytes */
};

int mp_squeeze_write_begin(struct mp_squeeze *squeeze, int fd);
int mp_squeeze_write(struct mp_squeeze *squeeze, const void *bytes, size_t size);
int mp_squeeze_write_end(struct mp_squeeze *squeeze); /* flushes, and frees in any case */

int mp_squeeze_read_begin(struct mp_squeeze *squeeze, int fd);
/* All of `size` bytes or -EBADMSG. */
int mp_squeeze_read(struct mp_squeeze *squeeze, void *bytes, size_t size);
/* -EBADMSG unless the stream, its checksum and the file end right here. */
int mp_squeeze_read_end(struct mp_squeeze *squeeze);
void mp_squeeze_read_free(struct mp_squeeze *squeeze);

/* The same without compression: all of `size` bytes, or a negative errno; 1: the file ended. */
int mp_write_all(int fd, const void *bytes, size_t size);
int mp_read_all(int fd, void *bytes, size_t size);

#endif
