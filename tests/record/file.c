/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A record goes through a file unchanged, and what cannot be written is reported. */
#include "sample.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tap.h"

static void round_trip(const struct mp_record *record, const char *what)
{
	struct mp_record *copy = NULL;
	const char *why = NULL;
	size_t size;
	unsigned char *bytes = sample_save(record, &size);

	is_int(sample_load(bytes, size, &copy, &why), 0, "%s is loaded", what);
	ok(copy != NULL && sample_equal(record, copy), "%s is the same after that", what);
	ok(why == NULL, "%s: nothing to say", what);
	mp_record_free(copy);
	free(bytes);
}

static void test_round_trips(void)
{
	struct mp_record *record = sample_record(), *empty;
	union any_event event;

	round_trip(record, "a record with every kind of event");
	for (uint32_t i = 0; i < 30000; i++) {
		sample_event(&event, MP_IO);
		event.io.object.ino = i * 2654435761u;
		mp_record_append(record, &event, event.e.size);
	}
	round_trip(record, "a record of several buffers");
	mp_record_free(record);
	if (mp_record_new(&empty) != 0)
		tap_bail("no memory");
	round_trip(empty, "an empty record");
	mp_record_free(empty);
}

static void test_stable(void)
{
	struct mp_record *record = sample_record();
	size_t size, again;
	unsigned char *first = sample_save(record, &size), *second = sample_save(record, &again);

	ok(size == again && memcmp(first, second, size) == 0,
	   "the same record makes the same file");
	free(first);
	free(second);
	mp_record_free(record);
}

/* A reader that takes a few bytes at a time must not confuse either side. */
static void test_pipe(void)
{
	struct mp_record *record = sample_record(), *copy = NULL;
	const char *why;
	int ends[2];
	pid_t child;

	if (pipe(ends) != 0)
		tap_bail("no pipe");
	child = fork();
	if (child == 0) {
		close(ends[0]);
		_exit(mp_record_save(record, ends[1]) == 0 ? 0 : 1);
	}
	close(ends[1]);
	is_int(mp_record_load(ends[0], &copy, &why), 0, "a record is loaded from a pipe");
	ok(copy != NULL && sample_equal(record, copy), "and is the same");
	close(ends[0]);
	waitpid(child, NULL, 0);
	mp_record_free(copy);
	mp_record_free(record);
}

static void test_errors(void)
{
	struct mp_record *record = sample_record(), *copy = NULL;
	const char *why = "old";
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	if (full >= 0)
		is_int(mp_record_save(record, full), -ENOSPC, "a full disk is reported");
	close(full);
	is_int(mp_record_save(record, -1), -EBADF, "a bad descriptor is reported in saving");
	is_int(mp_record_load(-1, &copy, &why), -EBADF, "and in loading");
	ok(copy == NULL && why == NULL, "which leaves nothing");
	free(record->kernel);
	record->kernel = malloc(1000);
	if (record->kernel == NULL)
		tap_bail("no memory");
	memset(record->kernel, 'x', 999);
	record->kernel[999] = '\0';
	full = open("/dev/null", O_WRONLY | O_CLOEXEC);
	is_int(mp_record_save(record, full), -EFBIG, "what could not be loaded is not saved");
	close(full);
	mp_record_free(record);
}

int main(void)
{
	tap_plan(0);
	test_round_trips();
	test_stable();
	test_pipe();
	test_errors();
	return tap_done();
}
