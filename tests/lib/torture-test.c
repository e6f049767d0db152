// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each object goes through a day of its life again and again, and at each position one call of the
 * C library fails: first position 0, then 1, until a day passes without a failure. Each time the
 * library must say so, or have done all the same what it should; nothing may be left (descriptor,
 * child, block of memory, shared mapping); and the next day, without a fault, must be a good one.
 */
#include <errno.h>
#include <mproc.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "days.h"
#include "faults.h"
#include "tap.h"

enum { PATIENCE_S = 60, MOST_POSITIONS = 5000 };

struct way {
	const char *title;
	enum fault fault;
	bool in_children;
	unsigned least; /* positions: fewer, and the day has nothing in it that could fail */
};

static const struct way ways[] = {
	{"each call fails once", FAULT_FAIL, false, 1},
	{"each call fails once in a child", FAULT_FAIL, true, 0},
	{"each call is interrupted once", FAULT_INTERRUPT, false, 0},
	{"each call is interrupted once in a child", FAULT_INTERRUPT, true, 0},
};

/* What a process may leave behind. */
struct belongings {
	unsigned fds;
	unsigned mappings;
	long blocks;
	bool children;
};

static struct belongings take_stock(void)
{
	return (struct belongings){
		.fds = open_fds(),
		.mappings = shared_mappings(),
		.blocks = faults_live_blocks(),
		.children = has_child(),
	};
}

static bool same(const struct belongings *one, const struct belongings *other)
{
	return one->fds == other->fds && one->mappings == other->mappings &&
	       one->blocks == other->blocks && one->children == other->children;
}

/* A day on which something failed: told, or made good; when only interrupted, always made good. */
static bool day_is_sound(const struct way *way, int result)
{
	if (result == 0)
		return true;
	return result != DAY_WRONG && way->fault == FAULT_FAIL;
}

static bool survives(const struct day *day, const struct way *way, unsigned position,
		     const char **struck)
{
	const struct belongings before = take_stock();
	struct belongings after;
	int result, again;
	bool sound;

	faults_arm(way->fault, position, way->in_children);
	result = day->live();
	*struck = faults_disarm();
	after = take_stock();
	again = day->live();
	sound = (*struck ? day_is_sound(way, result) : result == 0) && again == 0 &&
		same(&before, &after);
	if (!sound)
		tap_note("%s, position %u (%s): result %d (%s), then %d; "
			 "descriptors %u -> %u, mappings %u -> %u, blocks %ld -> %ld, child left: "
			 "%d",
			 day->object, position, *struck ? *struck : "no fault", result,
			 result == DAY_WRONG ? "wrong" : mp_result_text(result), again, before.fds,
			 after.fds, before.mappings, after.mappings, before.blocks, after.blocks,
			 after.children);
	return sound;
}

static void test_day(const struct day *day, const struct way *way)
{
	unsigned position = 0, bad = 0;
	const char *struck;

	/* The first time makes what is kept for good: lists, caches, buffers. */
	if (day->live() != 0)
		tap_note("%s fails without a fault", day->object);
	do {
		alarm(PATIENCE_S);
		bad += !survives(day, way, position, &struck);
		alarm(0);
	} while (struck && ++position < MOST_POSITIONS && bad < 10);
	ok(bad == 0 && !struck && position >= way->least, "%s: %s (%u positions)", day->object,
	   way->title, position);
}

int main(int argc, char **argv)
{
	if (days_begin() != 0)
		return 1;
	tap_plan(0);
	faults_begin();
	for (const struct day *day = days; day->object; day++) {
		if (argc > 1 && strcmp(argv[1], day->object) != 0)
			continue;
		for (unsigned i = 0; i < sizeof(ways) / sizeof(ways[0]); i++)
			test_day(day, &ways[i]);
	}
	return tap_done();
}
