/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "memory.h"

#include <stdlib.h>
#include <string.h>

#include "act.h"

/* The smallest page of any machine: the kernel maps whole pages. */
#define PAGE ((uint64_t)4096)

/* So many regions may be made, by calls and by forks, and so many more for each event. */
#define REGIONS_BASE  ((size_t)1024 * 1024)
#define REGIONS_EVENT 16
/* The same of regions and processes that may be looked at. */
#define LOOKS_BASE  ((uint64_t)64 * 1024 * 1024)
#define LOOKS_EVENT 64

struct memory {
	struct mp_memory memory;
	const struct mr_process *heir; /* who inherited it last */
};

struct region {
	uint64_t start, end;
	uint64_t base;	 /* where the whole of it was attached or mapped */
	uint64_t offset; /* of the base, in the file */
	struct memory *memory;
	bool writable;
	bool kept_back; /* children do not inherit it */
};

/* The regions of one address space, of all processes that use it. */
struct mr_space {
	size_t users;
	size_t count, room;
	struct region *regions; /* in no order */
	bool partial;		/* something else is shared, nobody knows where */
};

/* What was lost is the evidence of who has what. */
static void lose(struct mr_build *build)
{
	build->model->lost[MP_MAP]++;
}

/* False: more was asked than any honest record needs. */
static bool may_look(struct mr_build *build, size_t looks)
{
	build->looks += looks;
	if (build->looks <= LOOKS_BASE + LOOKS_EVENT * (uint64_t)build->record->count)
		return true;
	lose(build);
	return false;
}

static bool may_make(struct mr_build *build)
{
	if (++build->regions <= REGIONS_BASE + REGIONS_EVENT * build->record->count)
		return true;
	lose(build);
	return false;
}

/* ---- memories ---- */

static struct mr_key key_of(const struct mp_map *map)
{
	uint64_t system_v = (map->map_flags & MP_MAP_SYSTEM_V) != 0;

	return (struct mr_key){map->object.ino, map->object.dev,
			       (uint64_t)map->generation << 1 | system_v};
}

/* Also who maps /dev/zero gets a file of his own. */
static bool is_anonymous(const struct mp_map *map)
{
	return (map->map_flags & MP_MAP_NAMELESS) != 0 || strcmp(map->name, "dev/zero") == 0;
}

static struct memory *memory_new(struct mr_build *build, const struct mp_map *map)
{
	struct mp_model *model = build->model;
	struct memory *memory = mr_keep(build, sizeof(*memory));
	char *name = mr_keep(build, sizeof(map->name));
	struct mp_memory **memories = mr_grow(build, model->memories, model->memory_count,
					      &build->memory_room, sizeof(struct mp_memory *));

	if (memory == NULL || name == NULL || memories == NULL)
		return NULL;
	memcpy(name, map->name, sizeof(map->name));
	memory->memory = (struct mp_memory){.id = model->memory_count,
					    .object = map->object,
					    .generation = map->generation,
					    .system_v = (map->map_flags & MP_MAP_SYSTEM_V) != 0,
					    .anonymous = is_anonymous(map),
					    .name = name,
					    .bytes = map->length};
	model->memories = memories;
	memories[model->memory_count++] = &memory->memory;
	return memory;
}

/* Which file it is does not matter when it is a new one: nobody else has it. */
static struct memory *memory_unknown(struct mr_build *build, const struct mp_map *map)
{
	if ((map->map_flags & MP_MAP_NAMELESS) != 0)
		return memory_new(build, map);
	lose(build);
	return NULL;
}

/* NULL: there is no room, or the file is not known. */
static struct memory *memory_of(struct mr_build *build, const struct mp_map *map)
{
	struct mr_key key = key_of(map);
	struct memory *memory;

	if ((map->e.flags & MP_F_SHORT) != 0)
		return memory_unknown(build, map);
	memory = mr_map_find(&build->memories, key);
	if (memory != NULL)
		return memory;
	memory = memory_new(build, map);
	if (memory != NULL)
		mr_set(build, &build->memories, key, memory);
	return memory;
}

/* ---- regions ---- */

static void drop(struct mr_space *space)
{
	if (space == NULL || --space->users > 0)
		return;
	free(space->regions);
	free(space);
}

static struct mr_space *space_of(struct mr_build *build, struct mr_process *process)
{
	if (process->space != NULL)
		return process->space;
	process->space = calloc(1, sizeof(*process->space));
	if (process->space == NULL)
		build->failed = true;
	else
		process->space->users = 1;
	return process->space;
}

static void add_region(struct mr_build *build, struct mr_space *space, const struct region *region)
{
	if (region->start >= region->end || !may_make(build))
		return;
	if (space->count == space->room) {
		size_t room = space->room * 2 + 4;
		struct region *grown = reallocarray(space->regions, room, sizeof(*grown));

		if (grown == NULL) {
			build->failed = true;
			return;
		}
		space->regions = grown;
		space->room = room;
	}
	space->regions[space->count++] = *region;
}

/* Where the last page of a range ends, however much of it was asked for. */
static uint64_t end_of(uint64_t address, uint64_t length)
{
	uint64_t end;

	if (__builtin_add_overflow(address, length, &end) || end > UINT64_MAX - PAGE)
		return UINT64_MAX;
	return (end + PAGE - 1) / PAGE * PAGE;
}

/*
 * Takes the part of every region that lies between `start` and `end` out of the space, gives it
 * to `change` (which may be NULL) and puts back what that leaves of it.
 */
typedef bool change_region(struct region *part, const struct mp_map *map);
static void split(struct mr_build *build, struct mr_space *space, uint64_t start, uint64_t end,
		  change_region *change, const struct mp_map *map)
{
	size_t count = space->count;

	if (!may_look(build, count))
		return;
	for (size_t i = 0; i < count;) {
		struct region whole = space->regions[i], left = whole, right = whole, part = whole;

		if (whole.end <= start || whole.start >= end) {
			i++;
			continue;
		}
		/* What comes to its place was behind it, and has not been looked at. */
		space->regions[i] = space->regions[--count];
		space->regions[count] = space->regions[--space->count];
		left.end = part.start = whole.start < start ? start : whole.start;
		right.start = part.end = whole.end > end ? end : whole.end;
		add_region(build, space, &left);
		add_region(build, space, &right);
		if (change != NULL && change(&part, map))
			add_region(build, space, &part);
	}
}

static const struct region *region_at(const struct mr_space *space, uint64_t address)
{
	for (size_t i = 0; i < space->count; i++)
		if (space->regions[i].start <= address && address < space->regions[i].end)
			return &space->regions[i];
	return NULL;
}

/* ---- acts ---- */

static void note_for(struct mr_build *build, const struct mr_seen *seen, struct mr_process *who,
		     struct memory *memory)
{
	uint32_t tid = who == seen->process ? seen->event->tid : who->process.pid;
	struct mr_act *act = mr_act_of(build, who, tid, seen->arrival, MP_ACT_MAP);

	if (act != NULL)
		act->act.memory = &memory->memory;
}

/* Processes that are one memory altogether all have what one of them maps. */
static void note(struct mr_build *build, const struct mr_seen *seen, struct memory *memory)
{
	struct mp_model *model = build->model;

	if (seen->process->space->users == 1) {
		note_for(build, seen, seen->process, memory);
		return;
	}
	if (!may_look(build, model->process_count))
		return;
	for (size_t i = 0; i < model->process_count; i++) {
		struct mr_process *process = (struct mr_process *)model->processes[i];

		if (process->space == seen->process->space && may_make(build))
			note_for(build, seen, process, memory);
	}
}

static void note_inherited(struct mr_build *build, const struct mr_seen *seen,
			   struct mr_process *child, struct memory *memory)
{
	struct mr_inherited *entry;
	struct mr_act *act;

	/* Two parts of the same memory are no two memories. */
	if (memory->heir == child || !may_make(build))
		return;
	memory->heir = child;
	act = mr_act_of(build, child, child->process.pid, seen->arrival, MP_ACT_MAP);
	entry = mr_scratch(build, sizeof(*entry));
	if (act == NULL || entry == NULL)
		return;
	act->act.memory = &memory->memory;
	act->act.whom = &seen->process->process;
	entry->act = act;
	entry->next = child->inherited;
	child->inherited = entry;
}

/* ---- the operations ---- */

static void map_shared(struct mr_build *build, const struct mr_seen *seen, struct mr_space *space,
		       const struct mp_map *map)
{
	struct region region = {.start = map->address,
				.end = end_of(map->address, map->length),
				.base = map->address,
				.offset = map->to,
				.writable = (map->map_flags & MP_MAP_WRITABLE) != 0};

	split(build, space, region.start, region.end, NULL, map);
	region.memory = memory_of(build, map);
	if (region.memory == NULL) {
		space->partial = true;
		build->unseen++;
		return;
	}
	add_region(build, space, &region);
	if (region.writable)
		note(build, seen, region.memory);
}

static void map_gone(struct mr_build *build, const struct mr_seen *seen, struct mr_space *space,
		     const struct mp_map *map)
{
	split(build, space, map->address, end_of(map->address, map->length), NULL, map);
}

/* One mapping may become longer or shorter; several, if they are moved at once, keep their sizes.
 */
static bool move(struct region *part, const struct mp_map *map)
{
	uint64_t by = map->to - map->address, end = end_of(map->to, map->to_length);
	bool last = part->end == end_of(map->address, map->length);

	part->start += by;
	part->base += by;
	part->end = last || part->end + by > end ? end : part->end + by;
	return true;
}

static void map_moved(struct mr_build *build, const struct mr_seen *seen, struct mr_space *space,
		      const struct mp_map *map)
{
	const struct region *there = region_at(space, map->address);
	struct region copy = there != NULL ? *there : (struct region){0};
	uint64_t end = end_of(map->to, map->to_length);

	(void)seen;
	if (!may_look(build, space->count))
		return;
	if (map->to != map->address)
		split(build, space, map->to, end, NULL, map);
	if ((map->map_flags & MP_MAP_LEFT) == 0) {
		split(build, space, map->address, end_of(map->address, map->length), move, map);
		return;
	}
	copy.base += map->to - map->address;
	copy.start = map->to;
	copy.end = end;
	if (copy.memory != NULL)
		add_region(build, space, &copy);
}

static bool protect(struct region *part, const struct mp_map *map)
{
	part->writable = (map->map_flags & MP_MAP_WRITABLE) != 0;
	return true;
}

static void map_protected(struct mr_build *build, const struct mr_seen *seen,
			  struct mr_space *space, const struct mp_map *map)
{
	uint64_t end = end_of(map->address, map->length);

	if (!may_look(build, space->count))
		return;
	for (size_t i = 0; i < space->count && (map->map_flags & MP_MAP_WRITABLE) != 0; i++) {
		const struct region *region = &space->regions[i];

		if (region->end > map->address && region->start < end && !region->writable)
			note(build, seen, region->memory);
	}
	split(build, space, map->address, end, protect, map);
}

static bool detach(struct region *part, const struct mp_map *map)
{
	return !part->memory->memory.system_v || part->base != map->address;
}

static void map_detached(struct mr_build *build, const struct mr_seen *seen, struct mr_space *space,
			 const struct mp_map *map)
{
	split(build, space, 0, UINT64_MAX, detach, map);
}

static bool keep_back(struct region *part, const struct mp_map *map)
{
	part->kept_back = (map->map_flags & MP_MAP_KEPT_BACK) != 0;
	return true;
}

static void map_inherited(struct mr_build *build, const struct mr_seen *seen,
			  struct mr_space *space, const struct mp_map *map)
{
	split(build, space, map->address, end_of(map->address, map->length), keep_back, map);
}

typedef void map_operation(struct mr_build *build, const struct mr_seen *seen,
			   struct mr_space *space, const struct mp_map *map);
static map_operation *const operations[] = {
	[MP_MAP_SHARED] = map_shared,	  [MP_MAP_GONE] = map_gone,
	[MP_MAP_MOVED] = map_moved,	  [MP_MAP_PROTECTED] = map_protected,
	[MP_MAP_DETACHED] = map_detached, [MP_MAP_INHERITED] = map_inherited,
};

void mr_memory(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_map *map = (const struct mp_map *)seen->event;
	struct mr_space *space = space_of(build, seen->process);

	if (space != NULL && map->map_op < sizeof(operations) / sizeof(operations[0]) &&
	    operations[map->map_op] != NULL)
		operations[map->map_op](build, seen, space, map);
}

/* What was lost of the mappings is the files behind some, and it is known whose these are. */
static bool all_seen(const struct mr_build *build)
{
	const uint64_t *lost = build->model->lost;

	return lost[MP_FORK] + lost[MP_EXEC] == 0 && lost[MP_MAP] == build->unseen &&
	       (build->model->blind & 1U << MP_BLIND_32BIT) == 0;
}

bool mr_memory_word(struct mr_build *build, const struct mr_process *process, struct mp_word *word)
{
	const struct mr_space *space = process->space;
	const struct region *region;

	if (space != NULL && !may_look(build, space->count))
		return false;
	if (!all_seen(build) || process->ended)
		return false;
	region = space != NULL ? region_at(space, word->offset) : NULL;
	if (region == NULL)
		return space == NULL || !space->partial;
	word->ino = region->memory->memory.object.ino;
	word->dev = region->memory->memory.object.dev;
	word->offset = region->offset + (word->offset - region->base);
	return word->ino != 0 || word->dev != 0;
}

/* ---- life ---- */

void mr_memory_fork(struct mr_build *build, const struct mr_seen *seen, struct mr_process *child,
		    bool same)
{
	struct mr_space *space = seen->process->space;

	if (same)
		space = space_of(build, seen->process);
	for (size_t i = 0; space != NULL && i < space->count; i++) {
		const struct region *region = &space->regions[i];

		if (region->kept_back && !same)
			continue;
		if (!same && space_of(build, child) != NULL)
			add_region(build, child->space, region);
		if (region->writable)
			note_inherited(build, seen, child, region->memory);
	}
	if (!same && space != NULL && space->partial && space_of(build, child) != NULL)
		child->space->partial = true;
	if (!same || space == NULL)
		return;
	space->users++;
	child->space = space;
}

void mr_memory_end(struct mr_process *process)
{
	drop(process->space);
	process->space = NULL;
}

void mr_memory_exec(struct mr_process *process)
{
	for (struct mr_inherited *entry = process->inherited; entry != NULL; entry = entry->next)
		entry->act->taken_back = true;
	process->inherited = NULL;
	mr_memory_end(process);
}
