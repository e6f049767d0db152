/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Before and after: which of several, each of several, and the same captured text. */
#include <signal.h>

#include "build.h"
#include "tap.h"

#define TWO "process one = child 1 of main\nprocess two = child 2 of main\ngroup both = one two\n"

static struct story *family(struct mp_process **one, struct mp_process **two)
{
	struct story *story = story_new("cmd", NULL);

	*one = forks(story, 100, command(story), "one");
	*two = forks(story, 110, command(story), "two");
	return story;
}

/* one: a at 200, 300; two: b at 250, 350 */
static struct story *interleaved(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	prints(story, 200, one, "a");
	prints(story, 250, two, "b");
	prints(story, 300, one, "a");
	prints(story, 350, two, "b");
	return story;
}

static void test_picks(void)
{
	struct story *story = interleaved();

	it_holds(story, TWO,
		 "  one prints \"a\" before two prints \"b\"\n"
		 "  first one prints \"a\" before first two prints \"b\"\n"
		 "  each one prints \"a\" before last two prints \"b\"\n"
		 "  one prints \"a\" before each two prints \"b\"\n"
		 "  last one prints \"a\" before last two prints \"b\"\n"
		 "  last two prints \"b\" after last one prints \"a\"");
	it_breaks(story, TWO, "  last one prints \"a\" before two prints \"b\"",
		  "the last time one prints \"a\" before two prints \"b\"",
		  "the last time one prints \"a\" at 0.3 ms, after two prints \"b\" at 0.2 ms");
	it_breaks(story, TWO, "  each one prints \"a\" before each two prints \"b\"", NULL, NULL);
	it_breaks(story, TWO, "  one prints \"a\" after two prints \"b\"",
		  "two prints \"b\" before one prints \"a\"",
		  "two prints \"b\" at 0.25 ms, after one prints \"a\" at 0.20 ms");
	it_breaks(story, TWO, "  last two prints \"b\" before last one prints \"a\"", NULL, NULL);
	it_breaks(story, TWO, "  one prints \"c\" before two prints \"b\"",
		  "one prints \"c\" before two prints \"b\"",
		  "one never prints \"c\"; it printed 2 lines, the last \"a\" at 0.3 ms");
	it_breaks(story, TWO, "  one prints \"a\" before two prints \"c\"", NULL,
		  "two never prints \"c\"; it printed 2 lines, the last \"b\" at 0.3 ms");
	story_free(story);
}

static void test_equal_times(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	prints(story, 200, one, "a");
	prints(story, 200, two, "b");
	it_holds(story, TWO, "  one prints \"a\" before two prints \"b\"");
	it_breaks(story, TWO, "  two prints \"b\" before one prints \"a\"", NULL,
		  "two prints \"b\" at 0.200000 ms, after one prints \"a\" at 0.200000 ms");
	story_free(story);
}

static void test_each_of(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	prints(story, 200, one, "in");
	prints(story, 210, two, "in");
	prints(story, 220, one, "out");
	prints(story, 205, two, "out");
	exits(story, 300, one, 0);
	exits(story, 310, two, 0);
	reaps(story, 320, command(story), one);
	reaps(story, 330, command(story), two);
	it_holds(story, TWO,
		 "  each of both prints \"in\" before each of both exits\n"
		 "  each of both exits before main reaps each of both\n"
		 "  both print \"in\" before both print \"out\"");
	it_breaks(story, TWO, "  each of both prints \"in\" before each of both prints \"out\"",
		  "two prints \"in\" before two prints \"out\"",
		  "two prints \"in\" at 0.21 ms, after two prints \"out\" at 0.20 ms");
	story_free(story);
}

/* Two prints "in" after one prints "out": every pair is asked. */
static void test_pairs(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	prints(story, 200, one, "in");
	prints(story, 210, one, "out");
	prints(story, 220, two, "in");
	prints(story, 230, two, "out");
	it_breaks(story, TWO, "  each of both prints \"in\" before each of both prints \"out\"",
		  "two prints \"in\" before one prints \"out\"",
		  "two prints \"in\" at 0.22 ms, after one prints \"out\" at 0.21 ms");
	story_free(story);
}

/* Only the second with the second is wrong. */
static void test_captured_pairs(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	prints(story, 200, one, "put 1");
	prints(story, 201, one, "put 2");
	prints(story, 202, two, "put 1");
	prints(story, 210, one, "got 1");
	prints(story, 211, two, "got 2");
	it_breaks(story, TWO,
		  "  each of both prints \"put {x}\" before each of both prints \"got {x}\"",
		  "two prints \"put {x}\" before two prints \"got {x}\" (x = \"2\")", NULL);
	story_free(story);
}

static void test_captures(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	prints(story, 200, one, "item 1 appended to q");
	prints(story, 210, one, "item 12 appended to q");
	prints(story, 220, two, "item 12 popped from q");
	prints(story, 230, two, "item 1 popped from q");
	it_holds(story, TWO,
		 "  one prints \"item {x} appended*\" before two prints \"item {x} popped*\"\n"
		 "  one prints \"item {x} appended to {q}\" before two prints \"item {x} popped "
		 "from {q}\"\n"
		 "  one prints \"*{x}*\" before two prints \"item {x} popped*\"\n"
		 "  one prints \"item {x} appended*\" before one prints \"nothing {x}\"");
	prints(story, 240, two, "item 7 popped from q");
	it_breaks(story, TWO,
		  "  one prints \"item {x} appended*\" before two prints \"item {x} popped*\"",
		  "one prints \"item {x} appended*\" before two prints \"item {x} popped*\" (x = "
		  "\"7\")",
		  NULL);
	prints(story, 250, one, "item 7 appended to q");
	it_breaks(story, TWO,
		  "  one prints \"item {x} appended*\" before two prints \"item {x} popped*\"",
		  NULL,
		  "one prints \"item {x} appended*\" at 0.25 ms, after two prints \"item {x} "
		  "popped*\" "
		  "at 0.24 ms");
	story_free(story);
}

static void test_signal_captures(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	sends(story, 200, two, one, SIGTERM);
	receives(story, 210, one, SIGTERM);
	dies(story, 220, one, SIGTERM, two);
	prints(story, 230, two, "killed by 15");
	it_holds(story, TWO,
		 "  two signals one with {s} before one dies of {s}\n"
		 "  one receives {s} before two prints \"killed by {s}\"");
	prints(story, 240, two, "killed by 9");
	it_breaks(story, TWO, "  one receives {s} before two prints \"killed by {s}\"",
		  "one receives {s} before two prints \"killed by {s}\" (s = \"9\")", NULL);
	story_free(story);
}

/* main puts 1 2 3, one takes 1 2 */
static struct story *queue(struct mp_process **one)
{
	struct mp_process *two;
	struct story *story = family(one, &two);

	prints(story, 200, command(story), "put 1");
	prints(story, 210, command(story), "put 2");
	prints(story, 220, *one, "took 1");
	prints(story, 230, command(story), "put 3");
	prints(story, 240, *one, "took 2");
	return story;
}

#define SAME "  one prints \"took {x}\" in the order of main prints \"put {x}\""

static void test_same_order(void)
{
	struct mp_process *one;
	struct story *story = queue(&one);

	it_holds(story, TWO, SAME);
	it_holds(story, TWO,
		 "  two prints \"took {x}\" in the order of main prints \"put {x}\"\n"
		 "  both print \"t{y} {x}\" in the order of main prints \"{z} {x}\"\n"
		 "  two prints \"{x}\" in the order of two prints \"{x}\"");
	it_breaks(story, TWO, "  main prints \"put {x}\" in the order of one prints \"took {x}\"",
		  "main prints \"put {x}\" in the order of one prints \"took {x}\"",
		  "the 1st time main prints \"put {x}\" (x = \"1\") at 0.20 ms, but one prints "
		  "\"took {x}\" (x = \"1\") at 0.22 ms");
	prints(story, 250, one, "took 4");
	it_breaks(story, TWO, SAME,
		  "one prints \"took {x}\" in the order of main prints \"put {x}\"",
		  "the 3rd time one prints \"took {x}\" (x = \"4\") at 0.25 ms, but main prints "
		  "\"put {x}\" (x = \"3\") at 0.23 ms");
	it_breaks(
		story, TWO, "  one prints \"{x} *\" in the order of two prints \"{x} *\"", NULL,
		"the 1st time one prints \"{x} *\" (x = \"took\") at 0.2 ms, but two prints \"{x} "
		"*\" never");
	story_free(story);
}

static void test_same_order_unsure(void)
{
	struct mp_process *one;
	struct story *story = queue(&one);
	struct mp_act *third = prints(story, 250, one, "took 3 and much more"), *put;

	third->cut = true;
	it_is_open(story, TWO,
		   "  one prints \"took {x} more\" in the order of main prints \"put {x}\"", NULL);
	it_is_open(story, TWO, "  one prints \"took {x}\" in the order of main prints \"put {x}\"",
		   "the text that decides was longer than what is kept of it");
	put = prints(story, 260, command(story), "put 4");
	prints(story, 205, one, "took 7");
	it_breaks(story, TWO, SAME, NULL, NULL);
	put->cut = true;
	it_breaks(story, TWO, SAME, NULL, NULL);
	story_model(story)->lost[MP_TEXT] = 2;
	it_is_open(story, TWO, SAME, "2 printed text events were lost (incomplete)");
	it_is_open(story, TWO, "  two prints \"{x}\" in the order of main prints \"{x}\"", NULL);
	story_free(story);
	story = queue(&one);
	prints(story, 260, command(story), "put 4")->cut = true;
	it_holds(story, TWO, SAME);
	prints(story, 270, one, "took 3");
	it_holds(story, TWO, SAME);
	prints(story, 280, one, "took 4");
	it_is_open(story, TWO, SAME, NULL);
	story_free(story);
}

static void test_start_of_reading(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);
	struct mp_stream *pipe = pipes(story);

	/* It began to read at 200 and was blocked until 300. */
	waits_for_data(story, 200, 300, two, one, pipe);
	writes(story, 299, one, pipe, 1);
	reads(story, 301, two, pipe, 1);
	closes_in(story, 250, two, pipe);
	it_breaks(story, TWO "channel c = from one to two\n",
		  "  two closes the writing end of c before two starts reading c", NULL,
		  "two closes the writing end of c at 0.25 ms, after two starts reading c at 0.20 "
		  "ms");
	it_holds(story, TWO "channel c = from one to two\n",
		 "  two closes the writing end of c before two reads c");
	story_free(story);
}

int main(void)
{
	tap_plan(0);
	test_picks();
	test_equal_times();
	test_each_of();
	test_pairs();
	test_captured_pairs();
	test_captures();
	test_signal_captures();
	test_same_order();
	test_same_order_unsure();
	test_start_of_reading();
	return tap_done();
}
