/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What mp_record_append() takes, what it refuses, and what it makes of a text. */
#include "sample.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

static struct mp_record *record;
static union any_event event;

static void test_good(void)
{
	for (unsigned kind = 1; kind < MP_KINDS; kind++) {
		size_t size = sample_event(&event, kind);

		is_int(mp_record_append(record, &event, size), 0, "kind %u is taken", kind);
		ok(memcmp(mp_record_event(record, record->count - 1), &event, size) == 0,
		   "kind %u is kept as it came", kind);
	}
}

static void refused(size_t size, const char *what)
{
	size_t before = record->count;

	is_int(mp_record_append(record, &event, size), -EBADMSG, "%s is refused", what);
	is_int((int64_t)record->count, (int64_t)before, "%s leaves no trace", what);
}

static void test_sizes(void)
{
	for (unsigned kind = 1; kind < MP_KINDS; kind++) {
		size_t size = sample_event(&event, kind);

		event.e.size = (uint32_t)size - 8;
		refused(size - 8, "an event that is too short");
		sample_event(&event, kind);
		refused(size + 8, "an event longer than it says");
		if (kind == MP_TEXT || kind == MP_OPEN)
			continue;
		event.e.size = (uint32_t)size + 8;
		refused(size + 8, "an event that is too long");
	}
	refused(0, "nothing");
	refused(SIZE_MAX, "more than there is");
	sample_event(&event, MP_EXIT);
	event.e.kind = 0;
	refused(event.e.size, "kind 0");
	event.e.kind = MP_KINDS;
	refused(event.e.size, "a kind too many");
	event.e.kind = UINT16_MAX;
	refused(event.e.size, "kind 65535");
}

static void test_times(void)
{
	size_t size = sample_event(&event, MP_SLEEP);

	event.e.end = event.e.begin - 1;
	refused(size, "a call that ends before it begins");
}

static void test_names(void)
{
	size_t size = sample_event(&event, MP_FORK);

	memset(event.fork.comm, 'x', MP_COMM_LEN);
	refused(size, "a name at birth without an end");
	size = sample_event(&event, MP_RENAME);
	memset(event.rename.comm, 'x', MP_COMM_LEN);
	refused(size, "a new name without an end");
	size = sample_event(&event, MP_EXEC);
	memset(event.exec.comm, 'x', MP_COMM_LEN);
	refused(size, "a name of an image without an end");
	size = sample_event(&event, MP_EXEC);
	event.exec.argv_len = MP_ARGV_LEN + 1;
	refused(size, "more arguments than there is room");
}

static void test_values(void)
{
	size_t size = sample_event(&event, MP_IO);

	event.io.direction = 0;
	refused(size, "a transfer without direction");
	event.io.direction = MP_READS | MP_WRITES;
	refused(size, "a transfer in both directions");
	size = sample_event(&event, MP_FD);
	event.fd.fd_op = 0;
	refused(size, "descriptor operation 0");
	event.fd.fd_op = MP_FD_MARK + 1;
	refused(size, "a descriptor operation too many");
	size = sample_event(&event, MP_BLIND);
	event.blind.cause = 0;
	refused(size, "cause 0");
	event.blind.cause = MP_BLIND_CAUSES;
	refused(size, "a cause too many");
}

static void test_text(void)
{
	const struct mp_text *kept;
	size_t size = sample_text(&event, "hello\n", 6, MP_TEXT_LARGE);

	is_int(mp_record_append(record, &event, size), 0, "the largest text is taken");
	kept = (const struct mp_text *)mp_record_event(record, record->count - 1);
	is_int(kept->io.e.size, sizeof(*kept) + 8, "only what a text uses is kept");
	ok(memcmp(kept->text, "hello\n\0", 8) == 0, "and zeroes fill it up");

	size = sample_text(&event, "hello\n", 6, MP_TEXT_SMALL);
	event.text.length = MP_TEXT_SMALL;
	is_int(mp_record_append(record, &event, size), 0, "a text that fills its room is taken");
	event.text.length = MP_TEXT_SMALL + 1;
	refused(size, "a text longer than its room");
	event.text.length = UINT32_MAX;
	refused(size, "a text of 4 GiB");
	size = sample_text(&event, "", 0, MP_TEXT_LARGE);
	event.e.size = (uint32_t)size + 8;
	refused(size + 8, "a text larger than any");
	size = sample_text(&event, "abc", 3, 0);
	event.e.size = (uint32_t)size + 3;
	refused(size + 3, "a size that is not a multiple of eight");
}

static void test_open(void)
{
	const struct mp_open *kept;
	size_t size = sample_open(&event, "file\0tmp", 9, MP_PATH_LEN);

	is_int(mp_record_append(record, &event, size), 0, "the name of a file is taken");
	kept = (const struct mp_open *)mp_record_event(record, record->count - 1);
	is_int(kept->e.size, sizeof(*kept) + 16, "only what it uses is kept");
	ok(memcmp(kept->path, "file\0tmp\0\0\0\0\0\0\0\0", 16) == 0, "and zeroes fill it up");
	size = sample_open(&event, "file", 4, 8);
	refused(size, "a name without an end");
	size = sample_open(&event, "file\0tmp", 9, 16);
	event.open.length = 17;
	refused(size, "a name longer than its room");
	event.open.length = UINT32_MAX;
	refused(size, "a name of 4 GiB");
	size = sample_open(&event, "", 1, MP_PATH_LEN + 8);
	event.open.length = MP_PATH_LEN + 1;
	event.open.path[MP_PATH_LEN] = '\0';
	refused(size, "a path longer than any");
}

static void test_map(void)
{
	size_t size = sample_event(&event, MP_MAP);

	event.map.map_op = 0;
	refused(size, "operation 0 on memory");
	event.map.map_op = MP_MAP_INHERITED + 1;
	refused(size, "an operation on memory too many");
	size = sample_event(&event, MP_MAP);
	memset(event.map.name, 'x', MP_MAP_NAME);
	refused(size, "memory whose name has no end");
}

/* Pointers stay good when others come after them, over more than one chunk. */
static void test_many(void)
{
	const struct mp_event *first;
	size_t size, before = record->count, wrong = 0;

	for (uint32_t i = 0; i < 50000; i++) {
		size = sample_event(&event, MP_FUTEX);
		event.e.pid = i;
		if (mp_record_append(record, &event, size) != 0)
			wrong++;
	}
	first = mp_record_event(record, before);
	for (uint32_t i = 0; i < 50000; i++)
		wrong += mp_record_event(record, before + i)->pid != i;
	is_int((int64_t)wrong, 0, "fifty thousand events are kept in order");
	ok(first == mp_record_event(record, before) && first->pid == 0, "and stay where they are");
}

static void test_command(void)
{
	char a[] = "a", b[] = "b";
	char *argv[] = {a, b, NULL};

	is_int(mp_record_set_command(record, 2, argv), 0, "a command is taken");
	is_int(mp_record_set_command(record, 1, argv + 1), 0, "and replaced");
	is_int(record->argc, 1, "one word is left");
	is_string(record->argv[0], "b", "it is the new one");
	ok(record->argv[0] != argv[1] && record->argv[1] == NULL, "it is a copy and ends in NULL");
	is_int(mp_record_set_program(record, "/bin/b"), 0, "a program is taken");
	is_int(mp_record_set_program(record, NULL), 0, "and forgotten");
	ok(record->program == NULL, "it is gone");
}

int main(void)
{
	tap_plan(0);
	if (mp_record_new(&record) != 0)
		tap_bail("no record");
	is_int((int64_t)record->count, 0, "a new record is empty");
	test_good();
	test_sizes();
	test_times();
	test_names();
	test_values();
	test_text();
	test_open();
	test_map();
	test_many();
	test_command();
	mp_record_free(record);
	mp_record_free(NULL);
	return tap_done();
}
