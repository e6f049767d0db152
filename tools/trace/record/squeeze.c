/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "squeeze.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

/* zlib adds 16 to the window's size when the stream is to have gzip's header and CRC-32. */
#define GZIP_WINDOW (15 + 16)
/* Records are written while somebody waits for a report: speed counts more than the last byte. */
#define LEVEL 3

int mp_write_all(int fd, const void *bytes, size_t size)
{
	const char *from = bytes;

	while (size > 0) {
		ssize_t n = write(fd, from, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		from += n;
		size -= (size_t)n;
	}
	return 0;
}

/* Up to `size` bytes, fewer only at the end of the file; or a negative errno. */
static ssize_t fill(int fd, void *bytes, size_t size)
{
	size_t got = 0;

	while (got < size) {
		ssize_t n = read(fd, (char *)bytes + got, size - got);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		got += (size_t)n;
	}
	return (ssize_t)got;
}

int mp_read_all(int fd, void *bytes, size_t size)
{
	ssize_t got = fill(fd, bytes, size);

	if (got < 0)
		return (int)got;
	return (size_t)got == size ? 0 : 1;
}

/* What is wrong is kept: a caller may look at the result of its last call only. */
static int fail(struct mp_squeeze *squeeze, int error, const char *why)
{
	if (squeeze->error == 0) {
		squeeze->error = error;
		squeeze->why = why;
	}
	return squeeze->error;
}

int mp_squeeze_write_begin(struct mp_squeeze *squeeze, int fd)
{
	memset(squeeze, 0, offsetof(struct mp_squeeze, buffer));
	squeeze->fd = fd;
	if (deflateInit2(&squeeze->z, LEVEL, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY) !=
	    Z_OK)
		return fail(squeeze, -ENOMEM, NULL);
	return 0;
}

/* Turns what is in `next_in` into bytes of the file. */
static int drain(struct mp_squeeze *squeeze, int flush)
{
	z_stream *z = &squeeze->z;
	int ret;

	do {
		z->next_out = squeeze->buffer;
		z->avail_out = sizeof(squeeze->buffer);
		ret = deflate(z, flush);
		if (ret == Z_STREAM_ERROR)
			return fail(squeeze, -EIO, NULL);
		ret = mp_write_all(squeeze->fd, squeeze->buffer,
				   sizeof(squeeze->buffer) - z->avail_out);
		if (ret < 0)
			return fail(squeeze, ret, NULL);
	} while (z->avail_out == 0);
	return 0;
}

int mp_squeeze_write(struct mp_squeeze *squeeze, const void *bytes, size_t size)
{
	if (squeeze->error != 0)
		return squeeze->error;
	if (size > UINT_MAX)
		return fail(squeeze, -EFBIG, NULL);
	squeeze->z.next_in = (unsigned char *)bytes; /* zlib only reads it */
	squeeze->z.avail_in = (unsigned)size;
	return drain(squeeze, Z_NO_FLUSH);
}

int mp_squeeze_write_end(struct mp_squeeze *squeeze)
{
	if (squeeze->error == 0) {
		squeeze->z.avail_in = 0;
		drain(squeeze, Z_FINISH);
	}
	deflateEnd(&squeeze->z);
	return squeeze->error;
}

int mp_squeeze_read_begin(struct mp_squeeze *squeeze, int fd)
{
	memset(squeeze, 0, offsetof(struct mp_squeeze, buffer));
	squeeze->fd = fd;
	if (inflateInit2(&squeeze->z, GZIP_WINDOW) != Z_OK)
		return fail(squeeze, -ENOMEM, NULL);
	return 0;
}

static int refill(struct mp_squeeze *squeeze)
{
	ssize_t got;

	if (squeeze->z.avail_in > 0 || squeeze->end_of_file)
		return 0;
	got = fill(squeeze->fd, squeeze->buffer, sizeof(squeeze->buffer));
	if (got < 0)
		return fail(squeeze, (int)got, NULL);
	squeeze->z.next_in = squeeze->buffer;
	squeeze->z.avail_in = (unsigned)got;
	squeeze->end_of_file = got == 0;
	return 0;
}

/* One step of zlib; afterwards there is more output, or the end, or a failure. */
static int step(struct mp_squeeze *squeeze)
{
	int ret = refill(squeeze);

	if (ret < 0)
		return ret;
	ret = inflate(&squeeze->z, Z_NO_FLUSH);
	if (ret == Z_STREAM_END) {
		squeeze->end_of_data = true;
		return 0;
	}
	if (ret == Z_MEM_ERROR)
		return fail(squeeze, -ENOMEM, NULL);
	if (ret == Z_BUF_ERROR && squeeze->end_of_file)
		return fail(squeeze, -EBADMSG, "the file ends too early");
	if (ret != Z_OK && ret != Z_BUF_ERROR)
		return fail(squeeze, -EBADMSG, "its compressed data or their checksum are wrong");
	return 0;
}

int mp_squeeze_read(struct mp_squeeze *squeeze, void *bytes, size_t size)
{
	z_stream *z = &squeeze->z;

	if (squeeze->error != 0)
		return squeeze->error;
	if (size > UINT_MAX)
		return fail(squeeze, -EFBIG, "it is too large");
	z->next_out = bytes;
	z->avail_out = (unsigned)size;
	while (z->avail_out > 0) {
		if (squeeze->end_of_data)
			return fail(squeeze, -EBADMSG, "it holds less than it says");
		if (step(squeeze) < 0)
			return squeeze->error;
	}
	return 0;
}

int mp_squeeze_read_end(struct mp_squeeze *squeeze)
{
	unsigned char more;

	/* zlib compares the checksum only when it is asked for what comes after the data. */
	squeeze->z.next_out = &more;
	squeeze->z.avail_out = 1;
	while (squeeze->error == 0 && !squeeze->end_of_data && squeeze->z.avail_out == 1)
		step(squeeze);
	if (squeeze->error == 0 && squeeze->z.avail_out == 0)
		return fail(squeeze, -EBADMSG, "it holds more than it says");
	if (refill(squeeze) == 0 && squeeze->error == 0 && squeeze->z.avail_in > 0)
		return fail(squeeze, -EBADMSG, "something follows after its end");
	return squeeze->error;
}

void mp_squeeze_read_free(struct mp_squeeze *squeeze)
{
	inflateEnd(&squeeze->z);
}
