/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Several counters, processes by their numbers, and groups of nobody. */
#include <stdio.h>
#include <stdlib.h>

#include "build.h"
#include "tap.h"

/* cmd -n 3: three children, one after the other; child i prints its number and i lines */
static struct story *family(struct mp_process *child[3])
{
	struct story *story = story_new("cmd", "-n", "3", NULL);
	char line[32];

	for (unsigned i = 0; i < 3; i++) {
		unsigned at = 1000 * (i + 1);

		child[i] = forks(story, at, command(story), "child");
		snprintf(line, sizeof(line), "process %u", i);
		prints(story, at + 100, child[i], line);
		for (unsigned j = 0; j < i; j++) {
			snprintf(line, sizeof(line), "%u of %u", j, i);
			prints(story, at + 200 + j * 10, child[i], line);
		}
		exits(story, at + 300, child[i], 0);
		reaps(story, at + 400, command(story), child[i]);
	}
	exits(story, 9000, command(story), 0);
	return story;
}

#define N "parameter n = option -n, default 1\ngroup all = children of main\n"

static void test_counters(void)
{
	struct mp_process *child[3];
	struct story *story = family(child);

	it_holds(story, N,
		 "  all print \"{j} of {i}\" once, for each i from 0 to n - 1, for each j from 0 "
		 "to i - 1\n"
		 "  all print \"{j} of {i}\", for each i from 1 to n - 1, for each j from 0 to i - "
		 "1, in "
		 "order\n"
		 "  all never print \"{a}{b}{c}{d}\" for each a from 0 to 1 for each b from 0 to 1 "
		 "for each "
		 "c from 0 to 1 for each d from 0 to 1\n"
		 "  all print \"{i} of 2\" as often as all print \"{j} of 2\" for each i from 0 to "
		 "1 for "
		 "each j from 0 to 1");
	it_breaks(story, N,
		  "  all print \"{j} of {i}\" once, for each i from 0 to n - 1, for each j from 0 "
		  "to i",
		  "all print \"0 of 0\" once (i = 0, j = 0)", NULL);
	it_breaks(
		story, N,
		"  all never print \"{j} of {i}\", for each j from 0 to 5, for each i from j to 5",
		"all never print \"0 of 1\" (j = 0, i = 1)", NULL);
	it_breaks(story, N,
		  "  all print \"{i} of {j}\", for each i from -1 to 1, for each j from 0 to i",
		  "all print \"0 of 0\" at least once (i = 0, j = 0)", NULL);
	story_free(story);
}

/* In order are the values of the last counter; each round of the others begins anew. */
static void test_in_order(void)
{
	struct story *story = story_new("cmd", NULL);

	prints(story, 100, command(story), "b 0");
	prints(story, 110, command(story), "b 1");
	prints(story, 120, command(story), "a 0");
	prints(story, 130, command(story), "a 1");
	prints(story, 140, command(story), "1 0");
	prints(story, 150, command(story), "0 1");
	prints(story, 160, command(story), "0 0");
	prints(story, 170, command(story), "1 1");
	it_holds(story, N,
		 "  main prints \"{i} {j}\", for each j from 0 to 0, for each i from 1 to 1, in "
		 "order\n"
		 "  main prints \"1 {j}\", for each i from 7 to 8, for each j from 0 to 1, in "
		 "order");
	it_breaks(story, N,
		  "  main prints \"{i} {j}\", for each i from 0 to 1, for each j from 0 to 1, in "
		  "order",
		  "main prints \"0 1\" (i = 0, j = 1) after main prints \"0 0\" (i = 0, j = 0)",
		  "the one for j = 1 at 0.1 ms, the one for j = 0 at 0.2 ms");
	it_holds(story, N,
		 "  main prints \"{i} {j}\", for each i from 0 to 1, for each j from 0 to 1, in "
		 "order, when j is not i");
	it_breaks(story, N,
		  "  main prints \"{i} {j}\", for each i from 0 to 1, for each j from -1 to 1, in "
		  "order, when j is not -1",
		  NULL, "the one for j = 1 at 0.1 ms, the one for j = 0 at 0.2 ms");
	story_free(story);
}

/* The first values of a round may not be asked for: it begins anew all the same. */
static void test_in_order_sometimes(void)
{
	struct story *story = story_new("cmd", NULL);

	prints(story, 100, command(story), "1 1");
	prints(story, 110, command(story), "1 2");
	prints(story, 120, command(story), "0 1");
	prints(story, 130, command(story), "0 2");
	it_holds(story, N,
		 "  main prints \"{i} {j}\", for each i from 0 to 1, for each j from 0 to 2, in "
		 "order, when j is at least 1");
	story_free(story);
}

#define READY "  all print \"{i} is ready\", for each i from 1 to 2, in order"

/* What was cut, or not seen, may be what is out of order. */
static void test_in_order_unsure(void)
{
	struct story *story = story_new("cmd", NULL);
	struct mp_process *child = forks(story, 50, command(story), "child");

	prints(story, 110, child, "1 is ready");
	prints(story, 120, child, "2 is ready");
	prints(story, 130, child, "2 is")->cut = true;
	it_holds(story, N, READY);
	prints(story, 100, child, "2 is")->cut = true;
	it_is_open(story, N, READY, "the text that decides was longer than what is kept of it");
	prints(story, 140, child, "1 is ready");
	it_breaks(story, N, READY, NULL, NULL);
	story_free(story);
	story = story_new("cmd", NULL);
	child = forks(story, 50, command(story), "child");
	prints(story, 110, child, "1 is ready");
	prints(story, 120, child, "2 is ready");
	child->hides = 1;
	it_holds(story, N, "  all print \"{i} is ready\", for each i from 1 to 2");
	it_is_open(story, N, READY, "the text that decides was longer than what is kept of it");
	story_free(story);
}

static void lose_forks(struct story *story)
{
	story_model(story)->lost[MP_FORK] = 2;
	story_record(story)->losses.lost[MP_FORK] = 2;
}

static void test_children(void)
{
	struct mp_process *child[3];
	struct story *story = family(child);

	it_holds(story, N,
		 "  child i + 1 of main prints \"process {i}\" once, for each i from 0 to n - 1\n"
		 "  child n of main exits with 0\n"
		 "  main forks child 3 of main once\n"
		 "  main reaps child i of main before main forks child i + 1 of main, for each i "
		 "from 1 to "
		 "n - 1\n"
		 "  child i of main prints \"*\" exactly i times, for each i from 1 to n\n"
		 "  child i + 1 of main prints \"{j} of {i}\" once, for each i from 0 to n - 1, "
		 "for each j "
		 "from 0 to i - 1\n"
		 "  child i + 1 of main prints \"* of *\" as often as child i of main prints "
		 "\"*\", for "
		 "each i from 1 to n - 1\n"
		 "  child i + 1 of main prints \"{x} of {i}\" in the order of child i + 1 of main "
		 "prints "
		 "\"{x} of {i}\", for each i from 0 to n - 1\n"
		 "  main outlives child i of main for each i from 1 to n\n"
		 "  child 2 of main lives at least 0.3 ms\n"
		 "  all print \"process {i}\" before child i + 1 of main ends, for each i from 0 "
		 "to n - 1");
	it_breaks(story, N, "  child i of main prints \"process {i}\" once, for each i from 1 to n",
		  "child 1 of main prints \"process 1\" once (i = 1)",
		  "never; it printed 1 line, the last \"process 0\" at 1.1 ms");
	it_breaks(
		story, N,
		"  main forks child i + 1 of main before main reaps child i of main, for each i "
		"from 1 "
		"to n - 1",
		"main forks child 2 of main before main reaps child 1 of main (i = 1)",
		"main forks child 2 of main at 2.0 ms, after main reaps child 1 of main at 1.4 ms");
	it_breaks(story, N, "  child i of main lives at least i * 0.2 ms, for each i from 1 to n",
		  "child 2 of main lives at least 0.4 ms (i = 2)", NULL);
	it_breaks(story, N, "  child i of main exits, for each i from 1 to n + 1",
		  "there is child 4 of main", "there is no child 4 of main: main forked 3");
	it_breaks(story, N, "  child n - 3 of main exits", "there is child 0 of main",
		  "there is no child 0 of main: they are numbered from 1");
	it_breaks(story, N "process nobody = child 7 of main\n", "  child 1 of nobody exits",
		  "nobody is child 7 of main", "there is no child 7 of main: main forked 3");
	it_holds(story, N "process nobody = child 7 of main\n",
		 "  child i of nobody exits for each i from 1 to n - 3");
	lose_forks(story);
	it_is_open(story, N, "  child i of main exits, for each i from 1 to n",
		   "2 fork events were lost (no room for more)");
	it_is_open(story, N, "  child 4 of main exits",
		   "2 fork events were lost (no room for more)");
	story_free(story);
}

#define NOBODY                                                                                     \
	"parameter n = option -n, default 1\ngroup none = children 1 to n - 3 of main\n"           \
	"group more = children n to n - 5 of main\ngroup all = children of main\n"

static void test_nobody(void)
{
	struct mp_process *child[3];
	struct story *story = family(child);

	it_holds(story, NOBODY,
		 "  each of none prints \"x\"\n  none never print \"*\"\n"
		 "  none run at the same time\n  none run one at a time\n  at most 0 of none at "
		 "once\n"
		 "  none print one at a time\n  each of none lives at least 3 s\n"
		 "  main outlives each of none\n  each of none outlives main\n  none meet\n"
		 "  none meet before each of none prints \"x\"\n"
		 "  none meet before each of all prints \"process *\"\n"
		 "  main reaps each of none once\n  main never reaps none\n"
		 "  each of none prints \"x\" before each of all prints \"x\"\n"
		 "  each of more exits with 7\n"
		 "  none print \"{x}\" in the order of main prints \"{x}\"\n"
		 "  none exit exactly n - 3 times\n  each of all outlives each of none");
	it_holds(story, NOBODY, "  all meet before main reaps each of none");
	it_breaks(story, NOBODY, "  none print \"x\"", "none print \"x\" at least once", "never");
	it_breaks(story, NOBODY, "  main reaps none", "main reaps none at least once", "never");
	it_breaks(story, NOBODY, "  none exit before main exits", NULL, "none never exit");
	it_breaks(story, NOBODY, "  main signals none", NULL, NULL);
	it_breaks(story, NOBODY, "  main waits for none", NULL, NULL);
	it_breaks(story, NOBODY "word w = shared by none\n", "  main waits on w",
		  "w is a word of memory that all of them share",
		  "there is no futex word that all of them waited on or woke");
	it_breaks(story, NOBODY "group some = children n - 3 to 2 of main\n", "  some exit",
		  "some is children 0 to 2 of main",
		  "there is no child 0 of main: they are numbered from 1");
	lose_forks(story);
	it_is_open(story, NOBODY, "  none run at the same time", NULL);
	it_holds(story, NOBODY, "  each of none exits");
	story_free(story);
}

/* What is reckoned together, is bounded together. */
static void test_work(void)
{
	struct mp_process *child[3];
	struct story *story = family(child);

	it_is_open(story, N,
		   "  main never exits with 3, for each a from 1 to 100000, for each b from 1 to "
		   "100000, "
		   "for each c from 1 to 100000, for each d from 1 to 100000",
		   "it takes more work to decide than a contract may ask for");
	it_is_open(story, N,
		   "  main exits with 3, for each a from 1 to 100000, for each b from 1 to 100000, "
		   "for each c from 1 to 0 - a",
		   "it takes more work to decide than a contract may ask for");
	it_is_open(story, N,
		   "  main exits with 3 for each a from 1 to 100000, for each b from 1 to 100000, "
		   "when a + "
		   "b is at most 1",
		   "it takes more work to decide than a contract may ask for");
	it_holds(story, N, "  main never exits with 3, for each a from n to n + 99999");
	it_is_open(story, N, "  main never exits with 3, for each a from n to n + 100000",
		   "it takes more work to decide than a contract may ask for");
	it_is_open(story, N,
		   "  main never exits with 3, for each a from 0 - 9223372036854775807 to n", NULL);
	story_free(story);
}

int main(void)
{
	tap_plan(0);
	test_counters();
	test_in_order();
	test_in_order_sometimes();
	test_in_order_unsure();
	test_children();
	test_nobody();
	test_work();
	return tap_done();
}
