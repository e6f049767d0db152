// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Records lie one behind the other in one of two halves of the memory. A new one is written behind
 * the last, where nobody looks yet, and becomes one of them by a single store of the state, which
 * says how far they go and in which half. If there was one of the same name it is marked as dead
 * then: who dies in between leaves both, and the repair marks it. The last one counts.
 *
 * When there is no room behind the last one, or the dead are too many, the living are copied to the
 * other half without the one to be replaced, the new one behind them; the same single store makes
 * all of it true. So what is dead takes no room away, and it all fits for as long as the living do.
 *
 * A number that replaces one of its type, and the mark of a record that is removed, are one store
 * each in place.
 */
#include <errno.h>
#include <string.h>

#include "internal.h"

enum { ALIGNMENT = 8, SLACK = 1024 };

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "the state is shared between processes");
_Static_assert(sizeof(struct mp_record) % ALIGNMENT == 0, "values are aligned");

static size_t round_up(size_t size)
{
	return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1);
}

size_t mp_store_size(size_t capacity)
{
	size_t rounded = round_up(capacity), size;

	/* So that no sum of sizes in it can be too large, either. */
	if (rounded < capacity || __builtin_mul_overflow(rounded, 2, &size) ||
	    __builtin_add_overflow(size, sizeof(struct mp_store), &size))
		return 0;
	return size;
}

void mp_store_init(struct mp_store *store, size_t capacity)
{
	store->capacity = round_up(capacity);
}

/* --- the records --- */

static unsigned char *half_of(struct mp_store *store, unsigned half)
{
	return store->halves + half * store->capacity;
}

static unsigned half_now(const struct mp_store *store)
{
	return store->state & 1;
}

static size_t used_now(const struct mp_store *store)
{
	return (size_t)(store->state >> 1);
}

/* The store that makes it true. */
static void commit(struct mp_store *store, unsigned half, size_t used)
{
	store->state = (uint64_t)used << 1 | half;
}

static size_t room_for(size_t name_size, size_t size)
{
	return round_up(sizeof(struct mp_record) + size + name_size);
}

static size_t room_of(const struct mp_record *record)
{
	return room_for(record->name_size, record->size);
}

const char *mp_record_name(const struct mp_record *record)
{
	return (const char *)record->bytes + record->size;
}

/* The one behind `record`, of all; the first for NULL. NULL: there is none. */
static struct mp_record *next_of_all(struct mp_store *store, const struct mp_record *record)
{
	unsigned char *begin = half_of(store, half_now(store));
	unsigned char *next = begin;

	if (record)
		next += (const unsigned char *)record - begin + (ptrdiff_t)room_of(record);
	return next < begin + used_now(store) ? (void *)next : NULL;
}

struct mp_record *mp_store_next(struct mp_store *store, const struct mp_record *record)
{
	struct mp_record *next = next_of_all(store, record);

	while (next && next->dead)
		next = next_of_all(store, next);
	return next;
}

struct mp_record *mp_store_find(struct mp_store *store, const char *name)
{
	struct mp_record *record = NULL;

	while ((record = mp_store_next(store, record)))
		if (strcmp(mp_record_name(record), name) == 0)
			return record;
	return NULL;
}

/* --- changes --- */

/* Where nobody looks yet. */
static void write_record(unsigned char *at, const struct mp_item *item)
{
	struct mp_record *record = (void *)at;

	record->dead = 0;
	record->type = (uint16_t)item->type;
	record->name_size = (uint16_t)(strlen(item->name) + 1);
	record->size = item->size;
	if (item->size)
		memcpy(record->bytes, item->value, item->size);
	memcpy(record->bytes + item->size, item->name, record->name_size);
}

static size_t room_of_living(struct mp_store *store)
{
	const struct mp_record *record = NULL;
	size_t room = 0;

	while ((record = mp_store_next(store, record)))
		room += room_of(record);
	return room;
}

/* The living but `old` to the other half, and the item behind them. */
static void move_and_write(struct mp_store *store, const struct mp_record *old,
			   const struct mp_item *item)
{
	const unsigned half = !half_now(store);
	unsigned char *at = half_of(store, half);
	const struct mp_record *record = NULL;

	while ((record = mp_store_next(store, record))) {
		if (record == old)
			continue;
		memcpy(at, record, room_of(record));
		at += room_of(record);
	}
	write_record(at, item);
	at += room_of((void *)at);
	commit(store, half, (size_t)(at - half_of(store, half)));
}

/* Behind the last one. */
static void append(struct mp_store *store, struct mp_record *old, const struct mp_item *item,
		   size_t room)
{
	const unsigned half = half_now(store);
	const size_t used = used_now(store);

	write_record(half_of(store, half) + used, item);
	commit(store, half, used + room);
	if (old)
		old->dead = 1;
}

/* Everybody who looks for a name passes the dead: they should not be many more than the living. */
static size_t most_used(const struct mp_store *store, size_t living)
{
	const size_t most = 2 * living + SLACK;

	return most < store->capacity ? most : store->capacity;
}

static void overwrite_number(struct mp_record *record, const void *number)
{
	uint64_t bits;

	memcpy(&bits, number, sizeof(bits));
	__atomic_store_n((uint64_t *)record->bytes, bits, __ATOMIC_RELAXED);
}

static bool is_number(const struct mp_item *item)
{
	return item->size == sizeof(uint64_t) && mp_type_size(item->type) == item->size;
}

int mp_store_put(struct mp_store *store, struct mp_record *old, const struct mp_item *item)
{
	const size_t used = used_now(store);
	size_t room, living;

	if (old && old->type == item->type && is_number(item)) {
		overwrite_number(old, item->value);
		return 0;
	}
	if (item->size > store->capacity)
		return -ENOSPC;
	room = room_for(strlen(item->name) + 1, item->size);
	living = room_of_living(store) - (old ? room_of(old) : 0) + room;
	if (living > store->capacity)
		return -ENOSPC;
	if (used + room > most_used(store, living))
		move_and_write(store, old, item);
	else
		append(store, old, item, room);
	return 0;
}

void mp_store_remove(struct mp_record *record)
{
	record->dead = 1;
}

void mp_store_repair(struct mp_store *store)
{
	struct mp_record *record = NULL, *last = NULL;

	while ((record = mp_store_next(store, record)))
		last = record;
	if (!last)
		return;
	while ((record = mp_store_next(store, record)) != last)
		if (strcmp(mp_record_name(record), mp_record_name(last)) == 0)
			record->dead = 1;
}
