/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "arena.h"

#include <stdlib.h>
#include <string.h>

#define BLOCK_ROOM ((size_t)256 * 1024)
#define ALIGNMENT  ((size_t)16)

struct mr_block {
	struct mr_block *next;
	size_t used;
	size_t room;
	size_t pad;
	unsigned char bytes[];
};

static struct mr_block *block_new(struct mr_arena *arena, size_t size)
{
	size_t room = size > BLOCK_ROOM / 4 ? size : BLOCK_ROOM;
	struct mr_block *block;

	if (room > SIZE_MAX - sizeof(*block))
		return NULL;
	block = calloc(1, sizeof(*block) + room);
	if (block == NULL)
		return NULL;
	block->room = room;
	/* A large piece has a block of its own behind the first, which is not full yet. */
	if (room != BLOCK_ROOM && arena->blocks != NULL) {
		block->next = arena->blocks->next;
		arena->blocks->next = block;
	} else {
		block->next = arena->blocks;
		arena->blocks = block;
	}
	return block;
}

void *mr_arena_take(struct mr_arena *arena, size_t size)
{
	struct mr_block *block = arena->blocks;
	void *piece;

	if (size > SIZE_MAX - ALIGNMENT)
		return NULL;
	size = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
	if (block == NULL || block->room - block->used < size) {
		block = block_new(arena, size);
		if (block == NULL)
			return NULL;
	}
	piece = block->bytes + block->used;
	block->used += size;
	return piece;
}

void mr_arena_free(struct mr_arena *arena)
{
	while (arena->blocks != NULL) {
		struct mr_block *block = arena->blocks;

		arena->blocks = block->next;
		free(block);
	}
}

void *mr_arena_grow(struct mr_arena *arena, void *array, size_t count, size_t *room, size_t size)
{
	size_t more = *room < 4 ? 4 : *room * 2;
	void *grown;

	if (count < *room)
		return array;
	if (more > SIZE_MAX / 2 / size)
		return NULL;
	grown = mr_arena_take(arena, more * size);
	if (grown == NULL)
		return NULL;
	if (count > 0)
		memcpy(grown, array, count * size);
	*room = more;
	return grown;
}

void mr_map_start(struct mr_map *map, uint64_t seed)
{
	*map = (struct mr_map){.seed = seed};
}

void mr_map_stop(struct mr_map *map)
{
	free(map->pairs);
	map->pairs = NULL;
	map->count = map->room = 0;
}

/* Every bit of the result depends on every bit of both. */
static uint64_t mix(uint64_t sum, uint64_t number)
{
	unsigned __int128 product = (unsigned __int128)(sum ^ number ^ 0x9e3779b97f4a7c15u) *
				    ((number ^ 0xd1342543de82ef95u) | 1);

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static bool same(struct mr_key one, struct mr_key other)
{
	return one.a == other.a && one.b == other.b && one.c == other.c;
}

/* Where the key is, or where it would go. There is always a free place. */
static struct mr_pair *place(const struct mr_map *map, struct mr_key key)
{
	uint64_t sum = mix(mix(mix(map->seed, key.a), key.b), key.c);
	size_t at = (size_t)sum & (map->room - 1);

	while (map->pairs[at].value != NULL && !same(map->pairs[at].key, key))
		at = (at + 1) & (map->room - 1);
	return &map->pairs[at];
}

static bool map_widen(struct mr_map *map)
{
	struct mr_map wider = *map;

	wider.room = map->room == 0 ? 64 : map->room * 2;
	wider.pairs = calloc(wider.room, sizeof(*wider.pairs));
	if (wider.pairs == NULL)
		return false;
	for (size_t i = 0; i < map->room; i++)
		if (map->pairs[i].value != NULL)
			*place(&wider, map->pairs[i].key) = map->pairs[i];
	free(map->pairs);
	*map = wider;
	return true;
}

void *mr_map_find(const struct mr_map *map, struct mr_key key)
{
	return map->count == 0 ? NULL : place(map, key)->value;
}

bool mr_map_set(struct mr_map *map, struct mr_key key, void *value)
{
	struct mr_pair *pair;

	if (map->count >= map->room / 2 && !map_widen(map))
		return false;
	pair = place(map, key);
	if (pair->value == NULL)
		map->count++;
	*pair = (struct mr_pair){.key = key, .value = value};
	return true;
}
