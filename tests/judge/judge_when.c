/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conditions: asked or not, once for all or for each value, and what is not sure. */
#include <stdio.h>
#include <stdlib.h>

#include "build.h"
#include "tap.h"

#define TWO                                                                                        \
	"process one = child 1 of main\nprocess two = child 2 of main\ngroup both = one two\n"     \
	"parameter n = option -n, default 3\nparameter delay = option --delay, default 1\n"        \
	"parameter mode = option --mode, default fast\nparameter race = flag -r --race\n"

/* cmd -n 2 --delay 0.0: one prints 0 and 1, then ends */
static struct story *family(struct mp_process **one, struct mp_process **two)
{
	struct story *story = story_new("cmd", "-n", "2", "--delay", "0.0", "-r", NULL);

	*one = forks(story, 100, command(story), "one");
	*two = forks(story, 110, command(story), "two");
	prints(story, 200, *one, "0");
	prints(story, 210, *one, "1");
	exits(story, 300, *one, 0);
	return story;
}

static void test_values(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	it_holds(story, TWO, "  one prints \"2\" when n is 3");
	it_holds(story, TWO, "  one prints \"1\" when n is 2");
	it_breaks(story, TWO, "  one prints \"2\" when n is 2", "one prints \"2\" at least once",
		  "never; it printed 2 lines, the last \"1\" at 0.2 ms");
	it_breaks(story, TWO, "  one prints \"2\" when n is not 3", NULL, NULL);
	it_breaks(story, TWO, "  one prints \"2\" when delay is 0", NULL, NULL);
	it_holds(story, TWO, "  one prints \"2\" when delay is not 0");
	it_breaks(story, TWO, "  one prints \"2\" when n is at least 2", NULL, NULL);
	it_holds(story, TWO, "  one prints \"2\" when n is at least 2.5");
	it_breaks(story, TWO, "  one prints \"2\" when n is at most n * 2 - 2", NULL, NULL);
	it_holds(story, TWO, "  one prints \"2\" when n + 1 is at most 2");
	it_breaks(story, TWO, "  one prints \"2\" when mode is fast", NULL, NULL);
	it_holds(story, TWO, "  one prints \"2\" when mode is slow");
	it_holds(story, TWO, "  one prints \"2\" when mode is 7");
	it_breaks(story, TWO, "  one prints \"2\" when mode is not n", NULL, NULL);
	it_breaks(story, TWO, "  one prints \"2\" when race is yes", NULL, NULL);
	it_holds(story, TWO, "  one prints \"2\" when race is no");
	it_holds(story, TWO, "  one prints \"2\" when n is 2 and race is no");
	it_breaks(story, TWO, "  one prints \"2\" when n is 2 and race is yes and mode is fast",
		  NULL, NULL);
	story_free(story);
}

/* Had another program been seen, its arguments might have been others. */
static void test_lost_arguments(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	story_model(story)->lost[MP_EXEC] = story_record(story)->losses.lost[MP_EXEC] = 1;
	it_is_open(story, TWO, "  main prints \"2\" when n is 3",
		   "1 exec event was lost (no room for more)");
	it_is_open(story, TWO, "  main prints \"2\" for each i from n to 1", NULL);
	it_is_open(story, TWO, "  main never prints \"2\" when race is yes", NULL);
	story_free(story);
}

static void test_clauses(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	it_holds(story, TWO, "  one prints \"2\" when one prints \"1\" twice");
	it_holds(story, TWO, "  one prints \"2\" when one prints \"1\" before one prints \"0\"");
	it_breaks(story, TWO, "  one prints \"2\" when one prints \"0\" before one prints \"1\"",
		  NULL, NULL);
	it_breaks(story, TWO, "  one prints \"2\" when one exits with 0 and two never exits", NULL,
		  NULL);
	it_breaks(story, TWO, "  one prints \"2\" when one prints \"{x}\" once and n is 2", NULL,
		  NULL);
	it_holds(story, TWO,
		 "  one prints \"0\" before one prints \"2\" when one prints \"{x}\" twice");
	it_holds(story, TWO, "  both run one at a time when n is 1");
	it_breaks(story, TWO, "  both run one at a time when n is 2", NULL, NULL);
	it_breaks(story, TWO, "  one prints \"2\" when both run at the same time", NULL, NULL);
	it_holds(story, TWO, "  one prints \"2\" when nothing is left");
	story_free(story);
}

/* Who is named in a condition must be there; who is named in what is not asked need not. */
static void test_nobody(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	it_holds(story, TWO "process three = child 3 of main\n",
		 "  three prints \"x\" when n is 3\n"
		 "  three prints \"{i}\" for each i from 0 to 9 when i is at least 10\n"
		 "  one prints \"0\" when n is 3 and three exits");
	it_breaks(story, TWO "process three = child 3 of main\n",
		  "  three prints \"x\" when n is 2", "three is child 3 of main",
		  "there is no child 3 of main: main forked 2");
	it_breaks(story, TWO "process three = child 3 of main\n",
		  "  three prints \"{i}\" for each i from 0 to 9 when i is 9", NULL,
		  "there is no child 3 of main: main forked 2");
	it_breaks(story, TWO "process three = child 3 of main\n",
		  "  one prints \"0\" when three exits", "three is child 3 of main",
		  "there is no child 3 of main: main forked 2");
	story_free(story);
}

static void test_rounds(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	it_holds(story, TWO,
		 "  one prints \"{i}\" once, for each i from 0 to 9, when i is at most 1");
	it_breaks(story, TWO, "  one prints \"{i}\" once, for each i from 0 to 9, when i is not 3",
		  "one prints \"2\" once (i = 2)", NULL);
	it_holds(story, TWO,
		 "  one never prints \"{i + 1}\" for each i from 0 to 2, in order, when one never "
		 "prints "
		 "\"{i}\"");
	it_holds(story, TWO,
		 "  one prints \"{i + 1}\" for each i from 0 to 8 when one prints \"{i}\" and i is "
		 "not n "
		 "- 1");
	it_breaks(story, TWO,
		  "  one prints \"{i + 1}\" for each i from 0 to 8 when one prints \"{i}\"",
		  "one prints \"2\" at least once (i = 1)", NULL);
	story_free(story);
}

static void loses(struct story *story, enum mp_kind kind)
{
	story_model(story)->lost[kind] = 4;
	story_record(story)->losses.lost[kind] = 4;
}

static void test_unsure(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	loses(story, MP_SIGNAL);
	it_holds(story, TWO, "  one prints \"0\" when one never signals two");
	it_is_open(story, TWO, "  one prints \"2\" when one never signals two",
		   "it is not sure that the condition is true: 4 signal events were lost (no "
		   "room for more)");
	it_holds(story, TWO, "  one prints \"2\" when one never signals two and n is 3");
	it_breaks(story, TWO, "  one prints \"2\" when n is 2 and one exits", NULL, NULL);
	it_holds(
		story, TWO,
		"  one prints \"{i}\" for each i from 0 to 1 when one signals two exactly i times");
	it_is_open(
		story, TWO,
		"  one prints \"{i}\" for each i from 0 to 2 when one signals two at least i times",
		NULL);
	it_is_open(story, TWO,
		   "  one prints \"{i}\" for each i from 0 to 1, in order, when one signals two "
		   "exactly i times",
		   NULL);
	it_is_open(story, TWO, "  one signals two when one prints \"1\"", NULL);
	it_holds(story, TWO, "  one signals two when one prints \"3\"");
	story_free(story);
}

static void check_unasked(struct story *story, const char *clause, bool unasked)
{
	char *why, text[512];
	struct mp_verdict *verdict;

	snprintf(text, sizeof(text), TWO "claim \"it\"\n  %s\n", clause);
	verdict = opinion(story, text, &why);
	ok(verdict != NULL && verdict->claims[0].clauses[0].unasked == unasked, "%s: %s", clause,
	   unasked ? "is not asked" : "is asked");
	free(why);
	mp_verdict_free(verdict);
}

static void test_unasked(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	check_unasked(story, "one exits", false);
	check_unasked(story, "one exits when n is 2", false);
	check_unasked(story, "one exits when n is 3", true);
	check_unasked(story, "one prints \"{i}\" for each i from 0 to 1 when i is at most 1",
		      false);
	check_unasked(story, "one prints \"{i}\" for each i from 0 to 1 when i is at most -1",
		      true);
	check_unasked(story, "one prints \"{i}\" for each i from 1 to n - 2 when n is 2", false);
	story_free(story);
}

static void test_unusable(void)
{
	struct story *story = story_new("cmd", "-n", "many", NULL);
	struct mp_verdict *verdict;
	char *why;

	verdict = opinion(story, TWO "claim \"x\"\n  main exits when n is at least 2\n", &why);
	ok(verdict == NULL, "what is compared with a number must be one");
	is_string(why, "parameter n: \"many\" is not a number of at most 18 digits",
		  "and that is said");
	free(why);
	it_holds(story, TWO, "  main exits when n is 2");
	story_free(story);
}

int main(void)
{
	tap_plan(0);
	test_values();
	test_lost_arguments();
	test_clauses();
	test_nobody();
	test_rounds();
	test_unsure();
	test_unasked();
	test_unusable();
	return tap_done();
}
