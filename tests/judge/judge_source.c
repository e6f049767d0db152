/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `reads from`: whose bytes were read, through one pipe that many write into and many read. */
#include "build.h"
#include "tap.h"

#define THREE                                                                                      \
	"process one = child 1 of main\nprocess two = child 2 of main\n"                           \
	"process three = child 3 of main\ngroup all = one two three\n"

static struct story *family(struct mp_process *child[3])
{
	static const char *const names[] = {"one", "two", "three"};
	struct story *story = story_new("cmd", NULL);

	for (unsigned i = 0; i < 3; i++)
		child[i] = forks(story, 100 + i, command(story), names[i]);
	return story;
}

/* As in a pool: main writes tasks into one pipe, and whoever is free takes the next. */
static void test_pool(void)
{
	struct mp_process *child[3];
	struct story *story = family(child);
	struct mp_stream *tasks = pipes(story), *results = pipes(story);

	for (unsigned i = 0; i < 4; i++) {
		writes(story, 200 + i, command(story), tasks, 12);
		reads(story, 210 + i * 3, child[i % 2], tasks, 4);
		reads(story, 211 + i * 3, child[i % 2], tasks, 8);
		writes(story, 300 + i, child[i % 2], results, 6);
	}
	reads(story, 320, command(story), results, 6);
	reads(story, 321, command(story), results, 18);
	it_holds(story, THREE,
		 "  one reads from main exactly 4 times\n  two reads from main at least once\n"
		 "  all read from main exactly 8 times\n  three never reads from main\n"
		 "  main reads from one twice\n  main reads from two once\n"
		 "  main never reads from three\n  one never reads from two\n"
		 "  one reads from main before main reads from one");
	it_breaks(story, THREE, "  each of all reads from main",
		  "three reads from main at least once", "never; it read from no pipe or socket");
	it_breaks(story, THREE, "  main reads from each of all",
		  "main reads from three at least once",
		  "never; what it read was written by one and two");
	it_breaks(story, THREE, "  main never reads from two", NULL, "once, at 0.3 ms");
	it_breaks(story, THREE, "  main reads from one before one reads from main", NULL, NULL);
	story_free(story);
}

/* Parts of writes, several pipes, and what nobody has read. */
static void test_parts(void)
{
	struct mp_process *child[3];
	struct story *story = family(child);
	struct mp_stream *left = pipes(story), *right = pipes(story);

	writes(story, 200, child[0], left, 10);
	writes(story, 201, child[1], left, 10);
	writes(story, 202, child[2], right, 5);
	writes(story, 203, child[0], right, 5);
	reads(story, 210, command(story), left, 9);
	reads(story, 211, command(story), left, 1);
	reads(story, 212, command(story), left, 3);
	reads(story, 213, command(story), right, 4);
	it_holds(story, THREE,
		 "  main reads from one twice\n  main reads from two once\n"
		 "  main reads from three once\n  main reads from all exactly 4 times");
	it_breaks(story, THREE, "  main reads from one exactly 3 times", NULL,
		  "twice; the last was at 0.2 ms");
	story_free(story);
}

/* One is blocked in the middle of a long text while another writes: whose bytes lie where? */
static void test_crowd(void)
{
	struct mp_process *child[3];
	struct story *story = family(child);
	struct mp_stream *pipe = pipes(story);

	writes(story, 190, child[2], pipe, 10);
	writes(story, 210, child[1], pipe, 10);
	writes_slowly(story, 200, 230, child[0], pipe, 100);
	writes(story, 240, child[2], pipe, 10);
	reads(story, 250, command(story), pipe, 10);
	reads(story, 251, command(story), pipe, 50);
	it_holds(story, THREE,
		 "  main reads from three once\n  main reads from all twice\n"
		 "  main reads from one at most once\n  main never reads from main");
	it_is_open(story, THREE, "  main reads from one",
		   "it is not sure who wrote the bytes that were read");
	it_is_open(story, THREE, "  main never reads from two", NULL);
	it_breaks(story, THREE, "  main reads from two twice", NULL,
		  "never, and perhaps 1 more; what it read was written by three, two and one");
	reads(story, 252, command(story), pipe, 70);
	it_is_open(story, THREE, "  main reads from two once", NULL);
	it_holds(story, THREE, "  main reads from three twice");
	story_free(story);
	story = family(child);
	pipe = pipes(story);
	writes(story, 210, child[1], pipe, 10);
	writes_slowly(story, 200, 230, child[0], pipe, 100);
	reads(story, 252, command(story), pipe, 110);
	it_holds(story, THREE, "  main reads from one once\n  main reads from two once");
	story_free(story);
}

static void test_missing(void)
{
	struct mp_process *child[3];
	struct story *story = family(child);
	struct mp_stream *pipe = pipes(story), *other = pipes(story);

	writes(story, 200, child[0], pipe, 10);
	reads(story, 250, child[1], pipe, 10);
	it_holds(story, THREE, "  two reads from one once");
	story_model(story)->lost[MP_IO] = story_record(story)->losses.lost[MP_IO] = 1;
	it_is_open(story, THREE, "  two reads from one",
		   "1 read and write event was lost (no room for more); "
		   "it is not sure who wrote the bytes that were read");
	it_is_open(story, THREE, "  two never reads from one", NULL);
	story_model(story)->lost[MP_IO] = story_record(story)->losses.lost[MP_IO] = 0;
	/* Whoever writes through a ring may be the writer. */
	story_model(story)->blind = child[2]->blind = UINT64_C(1) << MP_BLIND_ASYNC;
	it_is_open(story, THREE, "  two reads from one", NULL);
	story_model(story)->blind = child[2]->blind = 0;
	story_model(story)->fd_unsure = true;
	it_is_open(story, THREE, "  two never reads from three",
		   "not all descriptors could be followed: who holds what is not sure");
	story_model(story)->fd_unsure = false;
	child[1]->reads_unseen = true;
	it_is_open(story, THREE, "  two never reads from three",
		   "two read from a socket whose other end is not known");
	it_is_open(story, THREE, "  two reads from one", NULL);
	it_holds(story, THREE, "  one never reads from two");
	/* Somebody wrote there before we could see him. */
	child[1]->reads_unseen = false;
	pipe->gaps = true;
	it_is_open(story, THREE, "  two reads from one",
		   "it is not sure who wrote the bytes that were read");
	it_breaks(story, THREE, "  one reads from two", NULL, NULL);
	other->gaps = true;
	it_holds(story, THREE, "  three never reads from one");
	story_free(story);
}

int main(void)
{
	tap_plan(0);
	test_pool();
	test_parts();
	test_crowd();
	test_missing();
	return tap_done();
}
