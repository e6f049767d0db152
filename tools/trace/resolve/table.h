/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A table of descriptors as the kernel keeps one for each process: sparse, and copied at fork
 * only where one of the two changes it afterwards, so that a record cannot make us hold more
 * than it holds itself. Knows nothing of streams or acts.
 */
#ifndef MR_TABLE_H
#define MR_TABLE_H

#include "build.h"

/* The kernel's own bound is 1,073,741,816, but nobody has raised nr_open so far. */
#define MR_TABLE_FDS 1048577

enum mr_slot_flags {
	MR_SLOT_OPEN = 1,
	MR_SLOT_GONE = 2, /* was closed; what it was is still here, for a call that is in it */
	MR_SLOT_CLOEXEC = 4,
	MR_SLOT_PIDFD = 8,
	MR_SLOT_CLOCK = 16, /* of timerfd_create(2) */
};

struct mr_slot {
	struct mr_node *node; /* NULL: not a pipe or socket */
	uint64_t closed;      /* when it was closed: GONE */
	uint16_t mode;	      /* S_IFREG … */
	uint8_t access;	      /* MP_READS, MP_WRITES */
	uint8_t flags;
	uint32_t owed; /* the close of an older one is still to come; by another thread than this */
};

struct mr_table *mr_table_new(struct mr_build *build);
/* NULL stays NULL: the parent has ended. */
struct mr_table *mr_table_share(struct mr_table *table);
struct mr_table *mr_table_copy(struct mr_build *build, const struct mr_table *table);
void mr_table_drop(struct mr_build *build, struct mr_table *table);
bool mr_table_shared(const struct mr_table *table);

/* An open descriptor, or one that is gone; NULL when there never was one. */
const struct mr_slot *mr_table_look(const struct mr_table *table, uint32_t fd);
/* To be changed; NULL when there is no memory or `fd` is beyond all bounds. */
struct mr_slot *mr_table_change(struct mr_build *build, struct mr_table *table, uint32_t fd);
/* The first open descriptor from `fd` on; MR_TABLE_FDS: none. */
uint32_t mr_table_next(struct mr_build *build, const struct mr_table *table, uint32_t fd);
/* Is `node` open in one of them with this access? */
bool mr_table_holds(struct mr_build *build, const struct mr_table *table,
		    const struct mr_node *node, unsigned access);

#endif
