/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sample.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tap.h"

static const size_t sizes[MP_KINDS] = {
	[MP_FORK] = sizeof(struct mp_fork),	[MP_EXEC] = sizeof(struct mp_exec),
	[MP_EXIT] = sizeof(struct mp_exit),	[MP_RENAME] = sizeof(struct mp_rename),
	[MP_SIGNAL] = sizeof(struct mp_signal), [MP_DELIVER] = sizeof(struct mp_deliver),
	[MP_IO] = sizeof(struct mp_io),		[MP_TEXT] = sizeof(struct mp_text),
	[MP_FD] = sizeof(struct mp_fd),		[MP_FUTEX] = sizeof(struct mp_futex),
	[MP_WAIT] = sizeof(struct mp_wait),	[MP_SLEEP] = sizeof(struct mp_sleep),
	[MP_CALL] = sizeof(struct mp_call),	[MP_WAKE] = sizeof(struct mp_wake),
	[MP_BLIND] = sizeof(struct mp_blind),	[MP_OPEN] = sizeof(struct mp_open),
	[MP_MAP] = sizeof(struct mp_map),
};

size_t sample_event(union any_event *event, unsigned kind)
{
	memset(event, 0, sizeof(*event));
	event->e.kind = (uint16_t)kind;
	event->e.size = (uint32_t)sizes[kind];
	event->e.pid = event->e.tid = 100 + kind;
	event->e.start = 7;
	event->e.begin = 1000 * kind;
	event->e.end = event->e.begin + 1;
	if (kind == MP_IO || kind == MP_TEXT)
		event->io.direction = MP_WRITES;
	if (kind == MP_FD)
		event->fd.fd_op = MP_FD_OPEN;
	if (kind == MP_MAP)
		event->map.map_op = MP_MAP_SHARED;
	if (kind == MP_BLIND)
		event->blind.cause = MP_BLIND_ASYNC;
	return event->e.size;
}

size_t sample_text(union any_event *event, const char *text, size_t length, size_t room)
{
	sample_event(event, MP_TEXT);
	/* The kernel side leaves what it likes behind the text. */
	memset(event->text.text, 0xa5, room);
	memcpy(event->text.text, text, length);
	event->text.length = (uint32_t)length;
	event->text.io.result = (int64_t)length;
	event->e.size = (uint32_t)(sizeof(event->text) + room);
	return event->e.size;
}

size_t sample_open(union any_event *event, const char *path, size_t length, size_t room)
{
	sample_event(event, MP_OPEN);
	memset(event->open.path, 0xa5, room);
	memcpy(event->open.path, path, length);
	event->open.length = (uint32_t)length;
	event->e.size = (uint32_t)(sizeof(event->open) + room);
	return event->e.size;
}

static void add(struct mp_record *record, const union any_event *event, size_t size)
{
	if (mp_record_append(record, event, size) != 0)
		tap_bail("an event of kind %u is refused", event->e.kind);
}

struct mp_record *sample_record(void)
{
	char words[4][12] = {"prog", "", "two words", "\x1b[31m\n"};
	char *argv[] = {words[0], words[1], words[2], words[3], NULL};
	struct mp_record *record;
	union any_event event;

	if (mp_record_new(&record) != 0 || mp_record_set_command(record, 4, argv) != 0 ||
	    mp_record_set_program(record, "/usr/bin/prog") != 0)
		tap_bail("no memory");
	record->kernel = strdup("6.18.0-test");
	record->pid = 4711;
	record->start = 99;
	record->began = 1000;
	record->ended = 200000;
	record->stop = MP_STOP_TIMEOUT;
	record->status = 9;
	record->losses.lost[MP_IO] = 5;
	record->losses.missed[MP_WAKE] = 6;
	record->losses.unmarked = 7;
	for (unsigned kind = 1; kind < MP_KINDS; kind++)
		add(record, &event, sample_event(&event, kind));
	add(record, &event, sample_text(&event, "hello\n", 6, MP_TEXT_SMALL));
	add(record, &event, sample_open(&event, "file\0tmp", 9, 16));
	return record;
}

static bool same_text(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static bool same_head(const struct mp_record *a, const struct mp_record *b)
{
	return a->pid == b->pid && a->start == b->start && a->began == b->began &&
	       a->ended == b->ended && a->stop == b->stop && a->status == b->status &&
	       memcmp(&a->losses, &b->losses, sizeof(a->losses)) == 0 &&
	       same_text(a->program, b->program) && same_text(a->kernel, b->kernel);
}

bool sample_equal(const struct mp_record *a, const struct mp_record *b)
{
	if (!same_head(a, b) || a->argc != b->argc || a->count != b->count)
		return false;
	for (int i = 0; i < a->argc; i++) {
		if (!same_text(a->argv[i], b->argv[i]))
			return false;
	}
	for (size_t i = 0; i < a->count; i++) {
		const struct mp_event *x = mp_record_event(a, i), *y = mp_record_event(b, i);

		if (x->size != y->size || memcmp(x, y, x->size) != 0)
			return false;
	}
	return true;
}

unsigned char *sample_save(const struct mp_record *record, size_t *size)
{
	int fd = memfd_create("record", MFD_CLOEXEC);
	unsigned char *bytes;
	int ret;

	ret = fd < 0 ? -errno : mp_record_save(record, fd);
	if (ret != 0)
		tap_bail("the record is not saved: %s", strerror(-ret));
	*size = (size_t)lseek(fd, 0, SEEK_END);
	bytes = malloc(*size);
	if (bytes == NULL || pread(fd, bytes, *size, 0) != (ssize_t)*size)
		tap_bail("the saved record cannot be read");
	close(fd);
	return bytes;
}

int sample_load(const unsigned char *bytes, size_t size, struct mp_record **out, const char **why)
{
	int fd = memfd_create("record", MFD_CLOEXEC);
	int ret;

	if (fd < 0 || pwrite(fd, bytes, size, 0) != (ssize_t)size)
		tap_bail("no file in memory");
	ret = mp_record_load(fd, out, why);
	close(fd);
	return ret;
}
