// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Everything happens under one robust mutex, and every change is one store (see store.c), so all
 * that a holder's death asks for is a look whether a replaced record was left.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "internal.h"

struct mp_namespace {
	size_t size; /* of the mapping */
	pthread_mutex_t mutex;
	_Atomic uint32_t births; /* who waits for a name sleeps on it */
	struct mp_store store;
};

/* What has to be there so that a change is made. */
enum condition { ANYTHING, NOTHING, EXPECTED };

struct change {
	enum condition condition;
	const void *expected; /* of the type of the item */
	size_t expected_size;
	struct mp_item item;
};

int mp_namespace_new(struct mp_namespace **ns, size_t bytes)
{
	size_t size = mp_store_size(bytes);
	struct mp_namespace *new;
	int rc;

	*ns = NULL;
	if (bytes == 0)
		return -EINVAL;
	if (size == 0 || __builtin_add_overflow(size, sizeof(*new), &size))
		return -ENOMEM;
	new = mp_shared_new(size);
	if (!new)
		return -ENOMEM;
	rc = mp_mutex_init(&new->mutex);
	if (rc) {
		mp_shared_free(new, size);
		return rc;
	}
	new->size = size;
	mp_store_init(&new->store, bytes);
	*ns = new;
	return 0;
}

void mp_namespace_free(struct mp_namespace *ns)
{
	if (ns)
		mp_shared_free(ns, ns->size);
}

/* --- under the mutex --- */

static int enter_until(struct mp_namespace *ns, const struct mp_deadline *deadline)
{
	int rc = mp_mutex_enter(&ns->mutex, deadline);

	if (rc != MP_OWNER_DIED)
		return rc;
	mp_store_repair(&ns->store);
	return 0;
}

static void enter(struct mp_namespace *ns)
{
	const struct mp_deadline deadline = {.never = true};

	enter_until(ns, &deadline);
}

static void leave(struct mp_namespace *ns)
{
	mp_mutex_release(&ns->mutex);
}

static bool is_name(const char *name)
{
	size_t length = strnlen(name, MP_NAME_MAX + 1);

	return length >= 1 && length <= MP_NAME_MAX;
}

/* --- setting --- */

static int check(const struct mp_record *old, const struct change *change)
{
	if (change->condition == NOTHING)
		return old ? -EEXIST : 0;
	if (change->condition == ANYTHING)
		return 0;
	if (!old)
		return -ENOENT;
	if (old->type != change->item.type || old->size != change->expected_size)
		return MP_DIFFERENT;
	if (old->size && memcmp(old->bytes, change->expected, old->size) != 0)
		return MP_DIFFERENT;
	return 0;
}

static int set(struct mp_namespace *ns, const struct change *change)
{
	struct mp_record *old;
	int rc;

	if (!is_name(change->item.name))
		return -EINVAL;
	enter(ns);
	old = mp_store_find(&ns->store, change->item.name);
	rc = check(old, change);
	if (rc == 0)
		rc = mp_store_put(&ns->store, old, &change->item);
	leave(ns);
	if (rc || old)
		return rc;
	/* Who waits looks by himself from time to time, in case we die here. */
	ns->births++;
	mp_futex_wake(&ns->births, INT_MAX);
	return 0;
}

static int set_anyway(struct mp_namespace *ns, struct mp_item item)
{
	return set(ns, &(struct change){.item = item});
}

static int create(struct mp_namespace *ns, struct mp_item item)
{
	return set(ns, &(struct change){.condition = NOTHING, .item = item});
}

static int swap(struct mp_namespace *ns, const void *expected, size_t size, struct mp_item item)
{
	return set(ns, &(struct change){EXPECTED, expected, size, item});
}

static struct mp_item int64_item(const char *name, const int64_t *number)
{
	return (struct mp_item){name, MP_INT64, number, sizeof(*number)};
}

static struct mp_item double_item(const char *name, const double *number)
{
	return (struct mp_item){name, MP_DOUBLE, number, sizeof(*number)};
}

/* With its end, so that it can be copied as it is. */
static struct mp_item string_item(const char *name, const char *text)
{
	return (struct mp_item){name, MP_STRING, text, strlen(text) + 1};
}

static struct mp_item bytes_item(const char *name, const void *bytes, size_t size)
{
	return (struct mp_item){name, MP_BYTES, bytes, size};
}

int mp_namespace_set_int64(struct mp_namespace *ns, const char *name, int64_t number)
{
	return set_anyway(ns, int64_item(name, &number));
}

int mp_namespace_set_double(struct mp_namespace *ns, const char *name, double number)
{
	return set_anyway(ns, double_item(name, &number));
}

int mp_namespace_set_string(struct mp_namespace *ns, const char *name, const char *text)
{
	return set_anyway(ns, string_item(name, text));
}

int mp_namespace_set_bytes(struct mp_namespace *ns, const char *name, const void *bytes,
			   size_t size)
{
	return set_anyway(ns, bytes_item(name, bytes, size));
}

int mp_namespace_create_int64(struct mp_namespace *ns, const char *name, int64_t number)
{
	return create(ns, int64_item(name, &number));
}

int mp_namespace_create_double(struct mp_namespace *ns, const char *name, double number)
{
	return create(ns, double_item(name, &number));
}

int mp_namespace_create_string(struct mp_namespace *ns, const char *name, const char *text)
{
	return create(ns, string_item(name, text));
}

int mp_namespace_create_bytes(struct mp_namespace *ns, const char *name, const void *bytes,
			      size_t size)
{
	return create(ns, bytes_item(name, bytes, size));
}

int mp_namespace_swap_int64(struct mp_namespace *ns, const char *name, int64_t expected,
			    int64_t number)
{
	return swap(ns, &expected, sizeof(expected), int64_item(name, &number));
}

int mp_namespace_swap_double(struct mp_namespace *ns, const char *name, double expected,
			     double number)
{
	return swap(ns, &expected, sizeof(expected), double_item(name, &number));
}

int mp_namespace_swap_string(struct mp_namespace *ns, const char *name, const char *expected,
			     const char *text)
{
	return swap(ns, expected, strlen(expected) + 1, string_item(name, text));
}

int mp_namespace_swap_bytes(struct mp_namespace *ns, const char *name, const void *expected,
			    size_t expected_size, const void *bytes, size_t size)
{
	return swap(ns, expected, expected_size, bytes_item(name, bytes, size));
}

/* --- getting --- */

/* The value, if it has that type and at most *size bytes; *size is how many it has. */
static int copy_out(const struct mp_record *record, enum mp_type type, void *buffer, size_t *size)
{
	const size_t room = *size;

	if (!record)
		return -ENOENT;
	if (record->type != type)
		return -EINVAL;
	*size = record->size;
	if (record->size > room)
		return -EMSGSIZE;
	if (record->size)
		memcpy(buffer, record->bytes, record->size);
	return 0;
}

static int get(struct mp_namespace *ns, const char *name, enum mp_type type, void *buffer,
	       size_t *size)
{
	int rc;

	if (!is_name(name))
		return -EINVAL;
	enter(ns);
	rc = copy_out(mp_store_find(&ns->store, name), type, buffer, size);
	leave(ns);
	return rc;
}

int mp_namespace_get_int64(struct mp_namespace *ns, const char *name, int64_t *number)
{
	return get(ns, name, MP_INT64, number, &(size_t){sizeof(*number)});
}

int mp_namespace_get_double(struct mp_namespace *ns, const char *name, double *number)
{
	return get(ns, name, MP_DOUBLE, number, &(size_t){sizeof(*number)});
}

int mp_namespace_get_string(struct mp_namespace *ns, const char *name, char *buffer, size_t size,
			    size_t *length)
{
	int rc = get(ns, name, MP_STRING, buffer, &size);

	if (length && (rc == 0 || rc == -EMSGSIZE))
		*length = size - 1;
	return rc;
}

int mp_namespace_get_bytes(struct mp_namespace *ns, const char *name, void *buffer, size_t size,
			   size_t *length)
{
	int rc = get(ns, name, MP_BYTES, buffer, &size);

	if (length && (rc == 0 || rc == -EMSGSIZE))
		*length = size;
	return rc;
}

/* --- the names --- */

int mp_namespace_type(struct mp_namespace *ns, const char *name, enum mp_type *type)
{
	const struct mp_record *record;

	if (!is_name(name))
		return -EINVAL;
	enter(ns);
	record = mp_store_find(&ns->store, name);
	if (record)
		*type = record->type;
	leave(ns);
	return record ? 0 : -ENOENT;
}

int mp_namespace_delete(struct mp_namespace *ns, const char *name)
{
	struct mp_record *record;

	if (!is_name(name))
		return -EINVAL;
	enter(ns);
	record = mp_store_find(&ns->store, name);
	if (record)
		mp_store_remove(record);
	leave(ns);
	return record ? 0 : -ENOENT;
}

size_t mp_namespace_count(struct mp_namespace *ns)
{
	const struct mp_record *record = NULL;
	size_t count = 0;

	enter(ns);
	while ((record = mp_store_next(&ns->store, record)))
		count++;
	leave(ns);
	return count;
}

/* The first name of all that come after this one in order; NULL: none does. */
static const char *name_after(struct mp_store *store, const char *name)
{
	const struct mp_record *record = NULL;
	const char *best = NULL;

	while ((record = mp_store_next(store, record))) {
		const char *other = mp_record_name(record);

		if (strcmp(other, name) > 0 && (!best || strcmp(other, best) < 0))
			best = other;
	}
	return best;
}

int mp_namespace_next(struct mp_namespace *ns, char name[MP_NAME_MAX + 1])
{
	const char *next;

	enter(ns);
	next = name_after(&ns->store, name);
	if (next)
		strcpy(name, next);
	leave(ns);
	return next ? 0 : MP_END;
}

static int look_for(struct mp_namespace *ns, const char *name, const struct mp_deadline *deadline)
{
	int rc = enter_until(ns, deadline);

	if (rc)
		return rc;
	rc = mp_store_find(&ns->store, name) ? 0 : -ENOENT;
	leave(ns);
	return rc;
}

/* Who makes a name may die before he wakes us: when the time is up, the last thing is a look. */
int mp_namespace_wait(struct mp_namespace *ns, const char *name, int64_t timeout_ms)
{
	const struct mp_deadline deadline = mp_deadline_in(timeout_ms);
	bool late = false;
	uint32_t births;
	int rc;

	if (!is_name(name))
		return -EINVAL;
	for (;;) {
		births = ns->births;
		rc = look_for(ns, name, &deadline);
		if (rc != -ENOENT)
			return rc;
		if (late)
			return MP_TIMEOUT;
		late = mp_futex_nap(&ns->births, births, &deadline) == MP_TIMEOUT;
	}
}
