/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that are opened, and memory that several processes have in common. */
#include "build.h"
#include "tap.h"

#define TWO   "process one = child 1 of main\nprocess two = child 2 of main\n"
#define SPACE TWO "memory space = shared by main one two\n"

static struct story *family(struct mp_process **one, struct mp_process **two)
{
	struct story *story = story_new("cmd", NULL);

	*one = forks(story, 100, command(story), "one");
	*two = forks(story, 110, command(story), "two");
	return story;
}

static void test_opens(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	opens(story, 200, one, "/usr/lib/python3/myFunc.py");
	opens(story, 210, one, "/etc/passwd");
	opens(story, 220, one, "/");
	it_holds(story, TWO,
		 "  one opens \"myFunc*\" once\n  one opens \"*/lib/*.py\" once\n"
		 "  one opens \"/etc/*\" once\n  two never opens \"*\"\n  one opens \"*\" exactly "
		 "3 times\n"
		 "  one opens \"/\" once\n  one opens \"passwd\" after one opens \"my*.py\"\n");
	it_breaks(story, TWO, "  one opens \"lib\"", "one opens \"lib\" at least once", "never");
	it_breaks(story, TWO, "  one opens \"/myFunc.py\"", NULL, "never");
	it_breaks(story, TWO, "  one never opens \"pass*\"", "one never opens \"pass*\"", NULL);
	it_breaks(story, TWO, "  two opens \"passwd\"", NULL, "never");
	story_free(story);
}

/* Of a path that is too long the first parts are missing, of one that cannot be read all. */
static void test_cut_paths(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	opens(story, 200, one, "folder/file")->cut = true;
	it_holds(story, TWO, "  one opens \"file\" once\n  one never opens \"passwd\"");
	it_is_open(story, TWO, "  one opens \"/*/file\"",
		   "the text that decides was longer than what is kept of it");
	it_is_open(story, TWO, "  one never opens \"/tmp/*\"", NULL);
	opens(story, 210, two, "")->cut = true;
	it_is_open(story, TWO, "  two never opens \"passwd\"", NULL);
	it_is_open(story, TWO, "  two opens \"passwd\"", NULL);
	story_free(story);
}

static void test_lost_files(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	opens(story, 200, one, "/tmp/file");
	story_record(story)->losses.lost[MP_OPEN] = story_model(story)->lost[MP_OPEN] = 2;
	it_breaks(story, TWO, "  one never opens \"file\"", NULL, NULL);
	it_is_open(story, TWO, "  one opens \"other\"",
		   "2 events of opened files were lost (no room for more)");
	it_is_open(story, TWO, "  two never opens \"*\"", NULL);
	story_free(story);
}

static void test_maps(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);
	struct mp_memory *other = memories(story), *space = memories(story);

	maps(story, 50, command(story), space);
	inherits(story, 100, one, command(story), space);
	maps(story, 120, two, other);
	maps(story, 130, two, space);
	maps(story, 140, two, space);
	it_holds(story, SPACE,
		 "  main maps space once\n  one maps space once\n  two maps space twice\n"
		 "  main maps space before one maps space");
	it_breaks(story, SPACE, "  two maps space once", "two maps space once", NULL);
	it_breaks(story, SPACE, "  one never maps space", "one never maps space", NULL);
	story_free(story);
}

static void test_not_shared(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);
	struct mp_memory *mine = memories(story), *yours = memories(story);

	maps(story, 50, command(story), mine);
	inherits(story, 100, one, command(story), mine);
	it_breaks(story, SPACE, "  main maps space",
		  "space is memory that all of them share and can write to",
		  "there is no shared memory that all of them had and could write to; \"two\" (pid "
		  "1002) had none at all");
	maps(story, 120, two, yours);
	it_breaks(story, SPACE, "  two never maps space", NULL,
		  "there is no shared memory that all of them had and could write to");
	it_holds(story, TWO "memory space = shared by main one\n", "  two never maps space");
	story_free(story);
}

/* Lost is perhaps that somebody got it, or that it was given up before it could be inherited. */
static void test_lost_memory(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);
	struct mp_memory *space = memories(story);

	maps(story, 50, command(story), space);
	inherits(story, 100, one, command(story), space);
	story_record(story)->losses.lost[MP_MAP] = story_model(story)->lost[MP_MAP] = 1;
	it_is_open(story, SPACE, "  two maps space",
		   "1 event of mapped memory was lost (no room for more)");
	inherits(story, 110, two, command(story), space);
	it_is_open(story, SPACE, "  two maps space", NULL);
	story_free(story);
	story = family(&one, &two);
	space = memories(story);
	maps(story, 50, command(story), space);
	story_model(story)->blind = one->blind = UINT64_C(1) << MP_BLIND_32BIT;
	it_is_open(story, TWO "memory space = shared by main one\n", "  one maps space",
		   "a process made system calls of another ABI, which are not decoded");
	story_free(story);
}

int main(void)
{
	tap_plan(0);
	test_opens();
	test_cut_paths();
	test_lost_files();
	test_maps();
	test_not_shared();
	test_lost_memory();
	return tap_done();
}
