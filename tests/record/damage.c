/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A damaged or hostile file is refused with a reason: every bit of a small record flipped, every
 * length cut off, and well compressed bodies that lie about what they hold.
 */
#include "sample.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "tap.h"

#define HEADER 16

static struct mp_record *record;
static unsigned char *bytes; /* the file of `record` */
static size_t size;

/* Refused with a reason, or equal to what was saved (gzip's header holds bytes of no meaning). */
static bool harmless(const unsigned char *file, size_t length)
{
	struct mp_record *copy = NULL;
	const char *why = NULL;
	int ret = sample_load(file, length, &copy, &why);
	bool good;

	if (ret == 0)
		good = sample_equal(record, copy);
	else
		good = copy == NULL && why != NULL &&
		       (ret == -EBADMSG || ret == -EPROTO || ret == -EFBIG);
	mp_record_free(copy);
	return good;
}

static void test_flips(void)
{
	size_t bad = 0;

	for (size_t i = 0; i < size; i++) {
		for (unsigned bit = 0; bit < 8; bit++) {
			bytes[i] ^= (unsigned char)(1u << bit);
			if (!harmless(bytes, size)) {
				tap_note("byte %zu, bit %u", i, bit);
				bad++;
			}
			bytes[i] ^= (unsigned char)(1u << bit);
		}
	}
	is_int((int64_t)bad, 0, "no flipped bit of %zu bytes passes", size);
}

static void test_overwritten(void)
{
	static const unsigned char values[] = {0x00, 0xff, 0x55, 0x0a};
	size_t bad = 0;

	for (size_t i = 0; i < size; i++) {
		unsigned char old = bytes[i];

		for (size_t v = 0; v < sizeof(values); v++) {
			bytes[i] = values[v];
			bad += !harmless(bytes, size);
		}
		bytes[i] = old;
	}
	is_int((int64_t)bad, 0, "no overwritten byte passes");
}

static void test_cut(void)
{
	struct mp_record *copy = NULL;
	const char *why;
	size_t taken = 0;

	for (size_t i = 0; i < size; i++)
		taken += sample_load(bytes, i, &copy, &why) != -EBADMSG || why == NULL;
	is_int((int64_t)taken, 0, "no part of the file passes for the whole");
}

static int load_header(size_t at, unsigned char value, const char **why)
{
	struct mp_record *copy = NULL;
	unsigned char old = bytes[at];
	int ret;

	bytes[at] = value;
	ret = sample_load(bytes, size, &copy, why);
	bytes[at] = old;
	mp_record_free(copy);
	return ret;
}

static void test_header(void)
{
	const char *why = NULL;

	is_int(load_header(0, 'x', &why), -EBADMSG, "another magic is refused");
	is_string(why, "it is not a record of mp-trace", "and why");
	is_int(load_header(8, 77, &why), -EPROTO, "another version of the file is refused");
	is_string(why, "it was written by another version of mp-trace", "and why");
	is_int(load_header(10, 77, &why), -EPROTO, "another version of the events is refused");
	is_int(load_header(12, 77, &why), -EPROTO, "another machine is refused");
	is_string(why, "it was recorded on another kind of machine", "and why");
	is_int(load_header(14, 3, &why), -EPROTO, "another byte order is refused");
	is_int(load_header(15, 1, &why), -EBADMSG, "the spare byte must be zero");
}

static void test_appended(void)
{
	unsigned char *longer = malloc(2 * size);
	struct mp_record *copy = NULL;
	const char *why = NULL;

	if (longer == NULL)
		tap_bail("no memory");
	memcpy(longer, bytes, size);
	longer[size] = 0;
	is_int(sample_load(longer, size + 1, &copy, &why), -EBADMSG, "a byte too many is refused");
	is_string(why, "something follows after its end", "and why");
	memcpy(longer + size, bytes + HEADER, size - HEADER);
	is_int(sample_load(longer, 2 * size - HEADER, &copy, &why), -EBADMSG,
	       "a second gzip member is refused");
	free(longer);
}

/* ---- bodies that are well compressed and lie ---- */

static unsigned char body[64 * 1024];
static size_t body_size;

static void unpack(void)
{
	z_stream z = {0};

	if (inflateInit2(&z, 15 + 16) != Z_OK)
		tap_bail("no zlib");
	z.next_in = bytes + HEADER;
	z.avail_in = (unsigned)(size - HEADER);
	z.next_out = body;
	z.avail_out = sizeof(body);
	if (inflate(&z, Z_FINISH) != Z_STREAM_END)
		tap_bail("the saved record is no gzip stream");
	body_size = sizeof(body) - z.avail_out;
	inflateEnd(&z);
}

/* Compresses `length` bytes of the body, and then `zeroes` more; loads the result. */
static int load_body(size_t length, size_t zeroes, const char **why)
{
	static unsigned char file[4 * 1024 * 1024], nothing[64 * 1024];
	struct mp_record *copy = NULL;
	z_stream z = {0};
	int ret;

	memcpy(file, bytes, HEADER);
	if (deflateInit2(&z, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
		tap_bail("no zlib");
	z.next_out = file + HEADER;
	z.avail_out = sizeof(file) - HEADER;
	z.next_in = body;
	z.avail_in = (unsigned)length;
	deflate(&z, Z_NO_FLUSH);
	for (size_t done = 0; done < zeroes; done += sizeof(nothing)) {
		z.next_in = nothing;
		z.avail_in = sizeof(nothing);
		deflate(&z, Z_NO_FLUSH);
	}
	if (deflate(&z, Z_FINISH) != Z_STREAM_END)
		tap_bail("the body does not fit");
	ret = sample_load(file, HEADER + z.total_out, &copy, why);
	deflateEnd(&z);
	mp_record_free(copy);
	return ret;
}

/* One number of the body changed, loaded, and put back. */
static void lie(size_t at, size_t width, uint64_t value, int expected, const char *reason,
		const char *what)
{
	unsigned char old[8];
	const char *why = NULL;

	memcpy(old, body + at, width);
	memcpy(body + at, &value, width);
	is_int(load_body(body_size, 0, &why), expected, "%s is refused", what);
	is_string(why, reason, "%s: why", what);
	memcpy(body + at, old, width);
}

/* Offsets in the head, as mp-record(5) gives them. */
#define STOP	      28
#define KINDS	      36
#define ARGC	      40
#define ARGV_BYTES    44
#define PROGRAM_BYTES 48
#define EVENT_COUNT   64
#define EVENT_BYTES   72
#define HEAD_BYTES    (80 + 16 * MP_KINDS)

static void test_lies(void)
{
	const char *why;
	uint64_t count = record->count;

	unpack();
	is_int(load_body(body_size, 0, &why), 0, "the body itself passes");
	lie(STOP, 4, 3, -EBADMSG, "its head makes no sense", "an unknown end of the run");
	lie(KINDS, 4, MP_KINDS + 1, -EBADMSG, "its head makes no sense", "another set of kinds");
	lie(ARGC, 4, 3, -EBADMSG, "a text in it does not end", "fewer words than there are");
	lie(ARGC, 4, 0, -EBADMSG, "its command makes no sense", "words of no command");
	lie(ARGC, 4, 1000, -EBADMSG, "its command makes no sense", "more words than bytes");
	lie(ARGC, 4, UINT32_MAX, -EFBIG, "its command line is too long", "four milliard words");
	lie(ARGV_BYTES, 4, UINT32_MAX, -EFBIG, "its command line is too long", "4 GiB of words");
	lie(PROGRAM_BYTES, 4, UINT32_MAX, -EFBIG, "a name in it is too long", "a long program");
	lie(PROGRAM_BYTES, 4, 3, -EBADMSG, "a text in it does not end", "a program without end");
	lie(EVENT_COUNT, 8, count - 1, -EBADMSG, "its events are not as long as it says",
	    "fewer events than there are");
	lie(EVENT_COUNT, 8, count + 1, -EBADMSG, "it holds less than it says",
	    "more events than there are");
	lie(EVENT_BYTES, 8, 8, -EBADMSG, "its events are not as long as it says",
	    "other bytes of events");
	lie(EVENT_BYTES, 8, UINT64_MAX, -EFBIG, "it holds more events than fit in memory",
	    "16 EiB of events");
	lie(EVENT_COUNT, 8, UINT64_MAX, -EFBIG, "it holds more events than fit in memory",
	    "more events than can be");
}

/* The first event follows the texts; its kind and size are its first eight bytes. */
static size_t first_event(void)
{
	size_t at = HEAD_BYTES;

	for (int i = 0; i < record->argc; i++)
		at += strlen(record->argv[i]) + 1;
	return at + strlen(record->program) + 1 + strlen(record->kernel) + 1;
}

static void test_events(void)
{
	size_t at = first_event();
	const char *why = NULL;

	lie(at, 2, MP_KINDS, -EBADMSG, "an event in it is not well formed", "an unknown kind");
	lie(at + 4, 4, 0, -EBADMSG, "an event in it has an impossible size", "size 0");
	lie(at + 4, 4, UINT32_MAX, -EBADMSG, "an event in it has an impossible size", "4 GiB");
	lie(at + 4, 4, 48, -EBADMSG, "an event in it is not well formed", "a short event");
	is_int(load_body(body_size - 8, 0, &why), -EBADMSG, "a body without its end is refused");
	is_string(why, "it holds less than it says", "and why");
	is_int(load_body(body_size, 1, &why), -EBADMSG, "a body with more behind it is refused");
	is_string(why, "it holds more than it says", "and why");
}

/* A hundred megabytes of zeroes in a hundred kilobytes: given up at the first of them. */
static void test_bomb(void)
{
	const char *why = NULL;

	is_int(load_body(HEAD_BYTES, 100u << 20, &why), -EBADMSG, "a bomb is refused");
	ok(why != NULL, "with a reason");
}

int main(void)
{
	tap_plan(0);
	record = sample_record();
	bytes = sample_save(record, &size);
	ok(harmless(bytes, size), "the file itself passes");
	test_flips();
	test_overwritten();
	test_cut();
	test_header();
	test_appended();
	test_lies();
	test_events();
	test_bomb();
	free(bytes);
	mp_record_free(record);
	return tap_done();
}
