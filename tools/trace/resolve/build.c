/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "build.h"

#include <errno.h>
#include <stddef.h>

/* Results of a call that the kernel may run again: ERESTARTSYS to ERESTART_RESTARTBLOCK. */
#define RESTART_FIRST (-512)
#define RESTART_LAST  (-516)

/* Descriptors that may be looked at: so many, and so many more for each event. */
#define WORK_BASE  ((uint64_t)64 * 1024 * 1024)
#define WORK_EVENT 64

static void *noted(struct mr_build *build, void *memory)
{
	if (memory == NULL)
		build->failed = true;
	return memory;
}

void *mr_keep(struct mr_build *build, size_t size)
{
	return noted(build, mr_arena_take(build->keep, size));
}

void *mr_scratch(struct mr_build *build, size_t size)
{
	return noted(build, mr_arena_take(&build->scratch, size));
}

void *mr_grow(struct mr_build *build, void *array, size_t count, size_t *room, size_t size)
{
	return noted(build, mr_arena_grow(build->keep, array, count, room, size));
}

void mr_mark(struct mr_build *build, struct mr_marks *marks, size_t arrival, uint64_t number)
{
	struct mr_mark *grown =
		noted(build, mr_arena_grow(&build->scratch, marks->marks, marks->count,
					   &marks->room, sizeof(*marks->marks)));

	if (grown == NULL)
		return;
	marks->marks = grown;
	marks->marks[marks->count++] = (struct mr_mark){arrival, number};
}

void mr_set(struct mr_build *build, struct mr_map *map, struct mr_key key, void *value)
{
	if (!mr_map_set(map, key, value))
		build->failed = true;
}

bool mr_afford(struct mr_build *build, uint64_t amount)
{
	build->work += amount;
	if (build->work <= WORK_BASE + WORK_EVENT * (uint64_t)build->record->count)
		return true;
	build->model->fd_unsure = true;
	return false;
}

uint64_t mr_began(const struct mp_event *event)
{
	bool blocked = (event->flags & MP_F_BLOCKED) != 0;

	return blocked && event->begin != 0 && event->begin < event->end ? event->begin
									 : event->end;
}

bool mr_interrupted(const struct mp_event *event, int64_t result)
{
	return (event->flags & MP_F_RESTART) != 0 || result == -EINTR ||
	       (result <= RESTART_FIRST && result >= RESTART_LAST);
}

/* Where each kind of event keeps the number of its call. */
static const size_t number_at[MP_KINDS] = {
	[MP_IO] = offsetof(struct mp_io, nr),	    [MP_TEXT] = offsetof(struct mp_text, io.nr),
	[MP_FD] = offsetof(struct mp_fd, nr),	    [MP_FUTEX] = offsetof(struct mp_futex, nr),
	[MP_WAIT] = offsetof(struct mp_wait, nr),   [MP_SLEEP] = offsetof(struct mp_sleep, nr),
	[MP_CALL] = offsetof(struct mp_call, nr),   [MP_EXIT] = offsetof(struct mp_exit, nr),
	[MP_BLIND] = offsetof(struct mp_blind, nr), [MP_OPEN] = offsetof(struct mp_open, nr),
	[MP_MAP] = offsetof(struct mp_map, nr),
};

int mr_call_number(const struct mp_event *event)
{
	size_t at = event->kind < MP_KINDS ? number_at[event->kind] : 0;

	return at == 0 ? -1 : *(const int32_t *)(const void *)((const char *)event + at);
}
