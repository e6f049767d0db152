/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: sizes and keys. Gives: memory that is freed all at once, arrays that grow in it, and a
 * map from three numbers to a pointer. Never: knows what is kept in them.
 */
#ifndef MR_ARENA_H
#define MR_ARENA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct mr_block;
struct mr_arena {
	struct mr_block *blocks;
};

/* Zeroed, aligned for anything; NULL when there is no memory. */
void *mr_arena_take(struct mr_arena *arena, size_t size);
void mr_arena_free(struct mr_arena *arena);

/*
 * Makes room for one more element of `size` bytes in `array`, which holds `count` and has room
 * for *room. Returns where the array is now (what it was before is left to the arena), or NULL.
 */
void *mr_arena_grow(struct mr_arena *arena, void *array, size_t count, size_t *room, size_t size);

struct mr_key {
	uint64_t a, b, c;
};
struct mr_pair {
	struct mr_key key;
	void *value; /* NULL: free */
};
struct mr_map {
	struct mr_pair *pairs;
	size_t count;
	size_t room; /* a power of two, or 0 */
	uint64_t seed;
};

/* The seed makes it hard to write a record whose keys all fall on the same place. */
void mr_map_start(struct mr_map *map, uint64_t seed);
void mr_map_stop(struct mr_map *map);
void *mr_map_find(const struct mr_map *map, struct mr_key key);
/* Sets or replaces; false when there is no memory. `value` must not be NULL. */
bool mr_map_set(struct mr_map *map, struct mr_key key, void *value);

#endif
