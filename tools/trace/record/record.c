/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "store.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * Events live back to back in large chunks that are never moved, so that a pointer to an event
 * stays good while others are still coming. The index gives the n-th event without a walk.
 */
#define CHUNK_BYTES (1024u * 1024)

struct chunk {
	struct chunk *older;
	size_t used;
	_Alignas(uint64_t) unsigned char room[CHUNK_BYTES];
};

struct mp_record_store {
	struct chunk *newest;
	const struct mp_event **index;
	size_t capacity; /* of the index */
	uint64_t bytes;
};

_Static_assert(MP_EVENT_LARGEST <= CHUNK_BYTES, "every event must fit in a chunk");

/*
 * What an event of a kind must be for the rooms behind this one to read it without a check of
 * their own: its size, its inner lengths, its texts that end, and the values that are used as
 * indexes. What it says may still be nonsense; that is for the model to find out.
 */
struct shape {
	size_t size;	    /* of its struct */
	size_t text_offset; /* of a text of variable length, else 0 */
	bool (*good)(const void *event);
};

static bool ends(const char comm[MP_COMM_LEN])
{
	return memchr(comm, '\0', MP_COMM_LEN) != NULL;
}

static bool good_fork(const void *event)
{
	const struct mp_fork *fork = event;

	return ends(fork->comm);
}

static bool good_exec(const void *event)
{
	const struct mp_exec *exec = event;

	return ends(exec->comm) && exec->argv_len <= sizeof(exec->argv);
}

static bool good_rename(const void *event)
{
	const struct mp_rename *name = event;

	return ends(name->comm);
}

static bool good_io(const void *event)
{
	const struct mp_io *io = event;

	return io->direction == MP_READS || io->direction == MP_WRITES;
}

static bool good_text(const void *event)
{
	const struct mp_text *text = event;

	return good_io(&text->io) && text->length <= text->io.e.size - sizeof(*text);
}

static bool good_fd(const void *event)
{
	const struct mp_fd *fd = event;

	return fd->fd_op >= MP_FD_HELD && fd->fd_op <= MP_FD_MARK;
}

static bool good_blind(const void *event)
{
	const struct mp_blind *blind = event;

	return blind->cause > 0 && blind->cause < MP_BLIND_CAUSES;
}

/* Each of the names ends, and so there is at least one where there is anything. */
static bool good_open(const void *event)
{
	const struct mp_open *open = event;

	return open->length <= MP_PATH_LEN && open->length <= open->e.size - sizeof(*open) &&
	       (open->length == 0 || open->path[open->length - 1] == '\0');
}

static bool good_map(const void *event)
{
	const struct mp_map *map = event;

	return map->map_op >= MP_MAP_SHARED && map->map_op <= MP_MAP_INHERITED &&
	       memchr(map->name, '\0', sizeof(map->name)) != NULL;
}

static const struct shape shapes[MP_KINDS] = {
	[MP_FORK] = {sizeof(struct mp_fork), 0, good_fork},
	[MP_EXEC] = {sizeof(struct mp_exec), 0, good_exec},
	[MP_EXIT] = {sizeof(struct mp_exit), 0, NULL},
	[MP_RENAME] = {sizeof(struct mp_rename), 0, good_rename},
	[MP_SIGNAL] = {sizeof(struct mp_signal), 0, NULL},
	[MP_DELIVER] = {sizeof(struct mp_deliver), 0, NULL},
	[MP_IO] = {sizeof(struct mp_io), 0, good_io},
	[MP_TEXT] = {sizeof(struct mp_text), sizeof(struct mp_text), good_text},
	[MP_FD] = {sizeof(struct mp_fd), 0, good_fd},
	[MP_FUTEX] = {sizeof(struct mp_futex), 0, NULL},
	[MP_WAIT] = {sizeof(struct mp_wait), 0, NULL},
	[MP_SLEEP] = {sizeof(struct mp_sleep), 0, NULL},
	[MP_CALL] = {sizeof(struct mp_call), 0, NULL},
	[MP_WAKE] = {sizeof(struct mp_wake), 0, NULL},
	[MP_BLIND] = {sizeof(struct mp_blind), 0, good_blind},
	[MP_OPEN] = {sizeof(struct mp_open), sizeof(struct mp_open), good_open},
	[MP_MAP] = {sizeof(struct mp_map), 0, good_map},
};

static bool good_size(const struct shape *shape, size_t size)
{
	if (shape->text_offset == 0)
		return size == shape->size;
	return size >= shape->size && size <= MP_EVENT_LARGEST;
}

/* `event` is a copy of our own: nobody changes it between the checks and the use. */
static bool well_formed(const struct mp_event *event, size_t size)
{
	const struct shape *shape;

	if (event->kind == 0 || event->kind >= MP_KINDS || event->size != size || size % 8 != 0)
		return false;
	shape = &shapes[event->kind];
	if (!good_size(shape, size) || event->begin > event->end)
		return false;
	return shape->good == NULL || shape->good(event);
}

/* Bytes of the event that are used; the rest of its size pads it. */
static size_t used_bytes(const struct mp_event *event)
{
	if (event->kind == MP_TEXT)
		return sizeof(struct mp_text) + ((const struct mp_text *)event)->length;
	if (event->kind == MP_OPEN)
		return sizeof(struct mp_open) + ((const struct mp_open *)event)->length;
	return event->size;
}

/*
 * A text comes in a buffer of a fixed size that is mostly not used. Only what is used is kept,
 * and the bytes that pad it are zero, so that equal events are equal bytes.
 */
static size_t trim(struct mp_event *event)
{
	size_t exact = used_bytes(event), padded = (exact + 7) & ~(size_t)7;

	memset((char *)event + exact, 0, padded - exact);
	event->size = (uint32_t)padded;
	return padded;
}

/* Room for the largest event at the end of the newest chunk. */
static int make_room(struct mp_record_store *store)
{
	struct chunk *chunk = store->newest;

	if (chunk != NULL && CHUNK_BYTES - chunk->used >= MP_EVENT_LARGEST)
		return 0;
	chunk = malloc(sizeof(*chunk));
	if (chunk == NULL)
		return -ENOMEM;
	chunk->used = 0;
	chunk->older = store->newest;
	store->newest = chunk;
	return 0;
}

static int make_entry(struct mp_record_store *store, size_t count)
{
	const struct mp_event **index;
	size_t capacity;

	if (count < store->capacity)
		return 0;
	capacity = store->capacity > 0 ? store->capacity * 2 : 1024;
	index = reallocarray(store->index, capacity, sizeof(*index));
	if (index == NULL)
		return -ENOMEM;
	store->index = index;
	store->capacity = capacity;
	return 0;
}

int mp_record_append(struct mp_record *record, const void *event, size_t size)
{
	struct mp_record_store *store = record->store;
	struct mp_event *copy;
	int ret;

	if (size < sizeof(struct mp_event) || size > MP_EVENT_LARGEST)
		return -EBADMSG;
	if (store->bytes + size > MP_RECORD_BYTES)
		return -ENOMEM;
	ret = make_room(store);
	if (ret == 0)
		ret = make_entry(store, record->count);
	if (ret < 0)
		return ret;

	copy = (struct mp_event *)(store->newest->room + store->newest->used);
	memcpy(copy, event, size);
	if (!well_formed(copy, size))
		return -EBADMSG;
	size = trim(copy);
	store->newest->used += size;
	store->bytes += size;
	store->index[record->count++] = copy;
	return 0;
}

const struct mp_event *mp_record_event(const struct mp_record *record, size_t i)
{
	return record->store->index[i];
}

uint64_t mp_record_bytes(const struct mp_record *record)
{
	return record->store->bytes;
}

int mp_record_new(struct mp_record **out)
{
	struct mp_record *record = calloc(1, sizeof(*record));

	if (record == NULL)
		return -ENOMEM;
	record->store = calloc(1, sizeof(*record->store));
	if (record->store == NULL) {
		free(record);
		return -ENOMEM;
	}
	*out = record;
	return 0;
}

static void free_words(char **words)
{
	for (size_t i = 0; words != NULL && words[i] != NULL; i++)
		free(words[i]);
	free(words);
}

void mp_record_free(struct mp_record *record)
{
	struct chunk *older;

	if (record == NULL)
		return;
	for (struct chunk *chunk = record->store->newest; chunk != NULL; chunk = older) {
		older = chunk->older;
		free(chunk);
	}
	free(record->store->index);
	free(record->store);
	free_words(record->argv);
	free(record->program);
	free(record->kernel);
	free(record);
}

int mp_record_set_command(struct mp_record *record, int argc, char *const argv[])
{
	char **words;

	if (argc < 0)
		return -EINVAL;
	words = calloc((size_t)argc + 1, sizeof(*words));
	if (words == NULL)
		return -ENOMEM;
	for (int i = 0; i < argc; i++) {
		words[i] = strdup(argv[i]);
		if (words[i] == NULL) {
			free_words(words);
			return -ENOMEM;
		}
	}
	free_words(record->argv);
	record->argv = words;
	record->argc = argc;
	return 0;
}

int mp_record_set_program(struct mp_record *record, const char *path)
{
	char *copy = NULL;

	if (path != NULL) {
		copy = strdup(path);
		if (copy == NULL)
			return -ENOMEM;
	}
	free(record->program);
	record->program = copy;
	return 0;
}
