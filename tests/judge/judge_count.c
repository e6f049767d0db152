/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every verb and every count: one run in which it holds, one in which it does not. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "build.h"
#include "tap.h"

#define TWO "process one = child 1 of main\nprocess two = child 2 of main\ngroup both = one two\n"

static struct story *family(struct mp_process **one, struct mp_process **two)
{
	struct story *story = story_new("cmd", "-n", "3", NULL);

	*one = forks(story, 100, command(story), "one");
	*two = forks(story, 110, command(story), "two");
	return story;
}

static void test_processes(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	execs(story, 120, one, "/usr/bin/sort");
	is_named(story, 120, one, "sort");
	is_named(story, 130, one, "sort");
	exits(story, 200, one, 3);
	dies(story, 210, two, SIGTERM, one);
	reaps(story, 300, command(story), one);
	it_holds(story, TWO, "  main forks twice\n  main forks one once");
	it_breaks(story, TWO, "  main forks once", "main forks once",
		  "twice; the last was at 0.1 ms");
	it_breaks(story, TWO, "  one forks two", "one forks two at least once", "never");
	it_holds(story, TWO, "  one execs \"sort\" once\n  one execs \"/usr/bin/*\"\n  one execs");
	it_breaks(story, TWO, "  one execs \"bin/sort\"", NULL, "never");
	it_breaks(story, TWO, "  two execs", "two execs at least once", "never");
	it_holds(story, TWO, "  one exits with 3\n  one exits once\n  one never dies\n  one ends");
	it_breaks(story, TWO, "  one exits with 0", "one exits with 0 at least once",
		  "never; it exited with 3 at 0.2 ms");
	it_holds(story, TWO,
		 "  two dies of TERM\n  two dies once\n  two never exits\n  two ends once");
	it_breaks(story, TWO, "  one dies", NULL, "never; it exited with 3 at 0.2 ms");
	it_breaks(story, TWO, "  both never end", "both never end",
		  "twice; the last was at 0.2 ms");
	it_breaks(story, TWO, "  main ends", NULL,
		  "never; it was still running when the run was stopped");
	it_holds(story, TWO, "  main reaps one once\n  main never reaps two");
	it_breaks(story, TWO, "  main reaps each of both once", "main reaps two once",
		  "never; two ended at 0.2 ms and nobody reaped it");
	it_holds(story, TWO, "  one is named \"so*\" once\n  one is named \"one\"");
	it_breaks(story, TWO, "  two is named \"sort\"", NULL, "never");
	story_free(story);
}

static void test_signals(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	sends(story, 200, one, two, SIGUSR1);
	receives(story, 210, two, SIGUSR1);
	sends(story, 220, one, command(story), SIGTERM);
	it_holds(story, TWO,
		 "  one signals two once\n  one signals main with TERM\n"
		 "  one signals two with USR1 once\n  two never signals main");
	it_breaks(story, TWO, "  one signals two with TERM",
		  "one signals two with SIGTERM at least once",
		  "never; it sent SIGUSR1 to two at 0.2 ms");
	it_breaks(story, TWO, "  two signals one", NULL, "never; it sent no signal at all");
	it_holds(story, TWO, "  two receives USR1 once\n  one never receives USR1");
	it_breaks(story, TWO, "  two receives TERM", NULL, "never; it received SIGUSR1 at 0.2 ms");
	story_free(story);
}

static void test_flushing(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	prints(story, 200, one, "a");
	prints(story, 200, one, "b");
	prints(story, 200, two, "c");
	prints(story, 300, two, "d");
	it_holds(story, TWO, "  one flushes once\n  two flushes twice\n  main never flushes");
	it_holds(story, TWO, "  both flush exactly 3 times\n  one flushes before last two flushes");
	it_breaks(story, TWO, "  one flushes twice", "one flushes twice", "once, at 0.2 ms");
	it_breaks(story, TWO, "  two flushes once", "two flushes once",
		  "twice; the last was at 0.3 ms");
	story_free(story);
}

#define PIPE TWO "channel pipe = from one to two\n"

static void test_streams(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);
	struct mp_stream *pipe = pipes(story);

	waits_for_data(story, 150, 201, two, one, pipe);
	for (unsigned i = 0; i < 3; i++) {
		writes(story, 200 + i * 10, one, pipe, 4);
		reads(story, 205 + i * 10, two, pipe, 4);
	}
	closes_in(story, 300, one, pipe);
	closes_in(story, 140, two, pipe);
	reads_end(story, 310, two, pipe);
	it_holds(story, PIPE,
		 "  one writes pipe exactly 3 times\n  two reads pipe exactly 3 times");
	it_breaks(story, PIPE, "  one writes pipe at most 2 times",
		  "one writes pipe at most 2 times", "3 times; the last was at 0.2 ms");
	it_breaks(story, PIPE, "  two writes pipe", NULL, "never");
	it_breaks(story, PIPE, "  one reads pipe", NULL, "never");
	it_holds(story, PIPE, "  two starts reading pipe once");
	it_breaks(story, PIPE, "  one starts reading pipe", NULL, "never");
	it_holds(story, PIPE, "  two reads the end of pipe once");
	it_breaks(story, PIPE, "  two reads the end of pipe twice", NULL, "once, at 0.3 ms");
	it_holds(story, PIPE,
		 "  one closes pipe once\n  one closes the writing end of pipe\n"
		 "  two closes the writing end of pipe");
	it_breaks(story, PIPE, "  two closes pipe", "two closes pipe at least once",
		  "never; it held the reading end open until it ended");
	it_breaks(story, PIPE, "  one closes the reading end of pipe", NULL,
		  "never; it held the reading end open until it ended");
	it_breaks(story, PIPE, "  main closes the writing end of pipe", NULL,
		  "never; it held the writing end open until it ended");
	story_free(story);
}

/* Threads wake each other all the time: that is nothing of another process. */
static void test_among_threads(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);
	struct mp_word_entry *private = words(story);
	struct mp_act *wait = waits_on(story, 200, 5200, one, private);

	it_holds(story, TWO, "  one waits at least 5 ms");
	private->owner = one;
	it_holds(story, TWO, "  one never waits");
	wait->whom = one;
	private->owner = NULL;
	it_holds(story, TWO, "  one never waits");
	it_breaks(story, TWO, "  one waits at least 5 ms", NULL, "never");
	wait->whom = two;
	private->owner = one;
	it_holds(story, TWO, "  one waits at least 5 ms");
	story_free(story);
}

#define WORD TWO "word lock = shared by one two\n"

static void test_waiting(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);
	struct mp_word_entry *lock = words(story);

	is_woken(story, 200, 5200, one, two, lock);
	loses_race(story, 5300, two, lock);
	sleeps(story, 5400, 8400, two);
	exits(story, 9000, one, 0);
	waits_for_end(story, 300, 9000, command(story), one);
	reaps(story, 9001, command(story), one);
	exits(story, 9100, two, 0);
	reaps(story, 9200, command(story), two);
	it_holds(story, WORD, "  one waits once\n  one waits at least 5 ms\n  two never waits");
	it_breaks(story, WORD, "  one waits at least 6 ms", "one waits at least 6 ms at least once",
		  "never");
	it_breaks(story, WORD, "  both never wait", "both never wait", "once, at 5.2 ms");
	it_holds(story, WORD,
		 "  one waits for two\n  main waits for one once\n"
		 "  main waits for two once");
	it_breaks(story, WORD, "  two waits for one", NULL, "never");
	it_holds(story, WORD, "  one waits on lock once\n  two never waits on lock");
	it_breaks(story, WORD, "  main waits on lock", NULL, "never");
	it_holds(story, WORD, "  two wakes one once\n  two wakes lock\n  one never wakes lock");
	it_breaks(story, WORD, "  one wakes two", NULL, "never");
	it_holds(story, WORD, "  two sleeps once\n  two sleeps at least 3 ms\n  one never sleeps");
	it_breaks(story, WORD, "  two sleeps at least 4 ms", NULL, "never");
	story_free(story);
}

/* Who is told of the end of a child, and then looks, has waited; who only looks has not. */
static void test_told(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);
	struct mp_act *wait;

	exits(story, 9000, one, 0);
	wait = waits_for_end(story, 300, 9000, command(story), one);
	polls(story, 9010, command(story), one);
	exits(story, 9020, two, 0);
	polls(story, 9030, command(story), two);
	it_breaks(story, TWO, "  main waits for two", NULL, "never");
	wait->told = true;
	it_holds(story, TWO, "  main waits for one once\n  main waits for two once");
	sleeps(story, 9021, 9029, command(story));
	it_breaks(story, TWO, "  main waits for two", NULL, "never");
	two->born = 500000;
	it_breaks(story, TWO, "  main waits for two", NULL, "never");
	story_free(story);
}

static void test_looks(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);
	struct mp_act *look;

	exits(story, 9000, one, 0);
	look = polls(story, 9010, command(story), one);
	it_breaks(story, TWO, "  main waits for one", NULL, "never");
	look->first_look = true;
	it_is_open(story, TWO, "  main waits for one",
		   "it had ended when it was first looked for, by a call that does not wait");
	it_is_open(story, TWO, "  main never waits for one",
		   "it had ended when it was first looked for, by a call that does not wait");
	it_breaks(story, TWO, "  main waits for two", NULL, "never");
	story_free(story);
}

static void test_full_pipe(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);
	struct mp_stream *pipe = pipes(story);

	waits_for_data(story, 150, 201, one, two, pipe)->writing = true;
	writes(story, 202, one, pipe, 4);
	reads(story, 200, two, pipe, 4);
	it_holds(story, PIPE, "  one never waits\n  one never starts reading pipe");
	story_free(story);
}

static void test_lines(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	prints(story, 200, one, "item 1");
	prints(story, 210, one, "item 2");
	prints(story, 220, two, "item 3");
	complains(story, 230, two, "oops \\ \"*\"");
	it_holds(story, TWO,
		 "  one prints \"item *\" twice\n  both print \"item *\" exactly 3 times\n"
		 "  each of both prints \"item *\"");
	it_breaks(story, TWO, "  each of both prints \"item *\" twice",
		  "two prints \"item *\" twice", "once, at 0.2 ms");
	it_breaks(story, TWO, "  main prints \"item 1\"", "main prints \"item 1\" at least once",
		  "never; it printed nothing");
	it_breaks(story, TWO, "  one prints \"item 3\"", NULL,
		  "never; it printed 2 lines, the last \"item 2\" at 0.2 ms");
	it_holds(story, TWO,
		 "  two complains \"oops \\\\ \\\"\\*\\\"\" once\n"
		 "  one never complains \"*\"");
	it_breaks(story, TWO, "  one complains \"*\"", NULL, "never; it complained nothing");
	it_breaks(story, TWO, "  two never complains \"oops*\"", "two never complains \"oops*\"",
		  "once, at 0.2 ms");
	story_free(story);
}

/* A run of blanks is one blank, those at the end of a line are not looked at. */
static void test_blanks(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	prints(story, 200, one, "---> 4 ");
	prints(story, 201, one, "a \t b   c");
	prints(story, 202, one, "total: ");
	prints(story, 203, one, "  x=  1 2  ");
	prints(story, 204, one, " \t ");
	is_named(story, 205, one, "my  worker name");
	complains(story, 206, one, "oops  ");
	it_holds(story, TWO,
		 "  one prints \"---> 4\" once\n  one prints \"--->  4  \" once\n"
		 "  one prints \"a b c\" once\n  one prints \"a\\tb\\x20 c\" once\n"
		 "  one prints \"total: *\" once\n  one prints \"total:\" once\n"
		 "  one prints \"total:*\" once\n  one prints \"\" once\n"
		 "  one complains \"oops\" once\n  one is named \"my worker name of it\" once\n"
		 "  one is named \"my worker*\" once");
	it_holds(story, TWO "process p = child of main named \"my worker   name*\"\n",
		 "  p prints \"total:\"");
	it_breaks(story, TWO, "  one prints \"--->4\"", NULL, NULL);
	it_breaks(story, TWO, "  one prints \"x= 1 2\"", NULL, NULL);
	it_breaks(story, TWO, "  one prints \"total: {x}\"", NULL, NULL);
	it_breaks(story, TWO, "  one prints \"total:  \" twice", "one prints \"total:\" twice",
		  "once, at 0.2 ms");
	it_breaks(story, TWO, "  one prints \" x= {x}\" twice",
		  "one prints \" x= {x}\" twice (x = \"1 2\")", NULL);
	/* Looked up by their beginning, after some questions, as well as one by one. */
	it_holds(story, TWO,
		 "  one never prints \"total {i} *\" for each i from 0 to 9\n"
		 "  one prints \"---> {i} \" once for each i from 4 to 4");
	it_breaks(story, TWO, "  one prints \"total: *\" exactly i times for each i from 1 to 9",
		  "one prints \"total: *\" twice (i = 2)", NULL);
	prints(story, 300, two, "2 1: ");
	for (unsigned i = 0; i < 6; i++) {
		char line[16];

		snprintf(line, sizeof(line), "  %u   : ", i);
		prints(story, 310 + i, two, line);
	}
	it_holds(story, TWO,
		 "  two prints \" {i} : *\" once for each i from 0 to 5, in order\n"
		 "  two prints \" {i} :\" once for each i from 0 to 5, in order\n"
		 "  two prints \"*{i} :\" once for each i from 0 to 5, in order");
	/* The line goes on, perhaps. */
	prints(story, 400, two, "cut  ")->cut = true;
	it_is_open(story, TWO, "  two prints \"cut\"",
		   "the text that decides was longer than what is kept of it");
	it_is_open(story, TWO, "  two prints \"cut *\"", NULL);
	it_is_open(story, TWO, "  two prints \"cut short\"", NULL);
	it_holds(story, TWO, "  two never prints \"cups\"\n  two prints \"cut*\"");
	story_free(story);
}

/* "{0 to 256}": any whole number in that range, as numbers are usually printed. */
static void test_numbers(void)
{
	static const char *const lines[] = {
		"item 0 ready",	 "item 256 ready", "item 257 ready",	  "item 012 ready",
		"item -3 ready", "item  7  ready", "item -0 ready",	  "x-5",
		"at -5",	 "7/12",	   "99999999999999999999"};
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	for (unsigned i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		prints(story, 200 + i, one, lines[i]);
	it_holds(story, "parameter n = option -z, default 256\n" TWO,
		 "  one prints \"item {0 to 256} ready\" exactly 3 times\n"
		 "  one prints \"item {0 to n + 1} ready\" exactly 4 times\n"
		 "  one prints \"item {-3 to 3} ready\" twice\n"
		 "  one prints \"item {0 to n}{x}\" exactly 3 times\n"
		 "  one prints \"*{5 to 6}\" once\n"
		 "  one prints \"*{0 to 9}*\" exactly 4 times\n"
		 "  one prints \"{7 to 8}/{12 to 12}\" once\n"
		 "  one prints \"x-{0 to 5}\" once\n"
		 "  one prints \"item {x} {y}\" once\n"
		 "  one never prints \"item 25{0 to 9}6 ready\"\n"
		 "  one prints \"item 25{6 to 9} ready\" twice\n"
		 "  one never prints \"{1 to 9223372036854775807}\"\n"
		 "  one prints \"item {j to j} ready\" once for each j from 256 to 257\n"
		 "  one prints \"item {3 to n - 255} ready\" never");
	it_breaks(story, TWO, "  one prints \"item {1 to 6} ready\"",
		  "one prints \"item {1 to 6} ready\" at least once", NULL);
	it_breaks(story, TWO, "  one prints \"{x} {257 to 300} ready\" twice",
		  "one prints \"{x} {257 to 300} ready\" twice (x = \"item\")", NULL);
	prints(story, 300, two, "a 12")->cut = true;
	it_is_open(story, TWO, "  two never prints \"a {0 to 5}*\"",
		   "the text that decides was longer than what is kept of it");
	it_is_open(story, TWO, "  two prints \"a {0 to 50}*\"", NULL);
	prints(story, 301, two, "b 12 c")->cut = true;
	it_holds(story, TWO, "  two prints \"b {0 to 50}*\"\n  two never prints \"c {0 to 5}*\"");
	story_free(story);
}

/* "{i * i for i from 0 to n - 1}": the values with ", " between them. */
static void test_lists(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	prints(story, 200, one, "Pool : [0, 1, 4, 9]");
	prints(story, 201, one, "none: []");
	prints(story, 202, one, "1: 0");
	prints(story, 203, one, "2: 0, 1");
	it_holds(story, "parameter n = option -z, default 4\n" TWO,
		 "  one prints \"Pool : [{i * i for i from 0 to n - 1}]\" once\n"
		 "  one prints \"none: [{i for i from 0 to n - 5}]\" once\n"
		 "  one prints \"{i}: {k for k from 0 to i - 1}\" once, for each i from 1 to 2");
	it_breaks(story, TWO, "  one prints \"Pool : [{i * i for i from 0 to 2}]\"",
		  "one prints \"Pool : [0, 1, 4]\" at least once", NULL);
	it_breaks(story, TWO, "  one prints \"{i for i from 100 to 400}\"", NULL, NULL);
	prints(story, 300, two, "[0, 1, 2")->cut = true;
	it_is_open(story, TWO, "  two prints \"[{i for i from 0 to 9}]\"",
		   "the text that decides was longer than what is kept of it");
	it_holds(story, TWO, "  two never prints \"[{i for i from 1 to 9}]\"");
	it_is_open(story, "parameter n = option -z, default 4\n" TWO,
		   "  one prints \"{i for i from n to n + 100000}\"",
		   "it takes more work to decide than a contract may ask for");
	it_is_open(
		story, TWO,
		"  one never prints \"{i for i from 1 to 100000}{j}\" for each j from 1 to 100000",
		"it takes more work to decide than a contract may ask for");
	it_is_open(story, TWO, "  one prints \"{i * 9223372036854775807 for i from 1 to 2}\"",
		   "a number in it does not fit into 64 bits");
	story_free(story);
}

static void test_counts(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	for (unsigned i = 0; i < 3; i++)
		prints(story, 200 + i, one, "x");
	it_holds(story, TWO,
		 "  one prints \"x\"\n  one prints \"x\" at least 2 times\n"
		 "  one prints \"x\" at most 3 times\n  one prints \"y\" never\n"
		 "  one prints \"x\" at least 0 times");
	it_breaks(story, TWO, "  one prints \"x\" once", NULL, "3 times; the last was at 0.2 ms");
	it_breaks(story, TWO, "  one prints \"x\" at least 4 times",
		  "one prints \"x\" at least 4 times", "3 times; the last was at 0.2 ms");
	it_breaks(story, TWO, "  one prints \"x\" at most 2 times", NULL, NULL);
	it_breaks(story, TWO, "  one never prints \"x\"", "one never prints \"x\"",
		  "3 times; the last was at 0.2 ms");
	it_breaks(story, "parameter n = option -n, default 7\n" TWO,
		  "  one prints \"x\" exactly n - 4 times", "one prints \"x\" exactly -1 times",
		  NULL);
	it_holds(story, "parameter n = option -n, default 7\n" TWO,
		 "  one prints \"x\" exactly n times\n  one prints \"x\" exactly (n + 3) * n - 15 "
		 "times");
	story_free(story);
}

static void test_captures(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	prints(story, 200, one, "put 1");
	prints(story, 210, one, "put 2");
	prints(story, 220, two, "got 2");
	prints(story, 230, two, "got 1");
	it_holds(story, TWO, "  two prints \"got {x}\" once");
	it_holds(story, TWO, "  two prints \"got {x}\" as often as one prints \"put {x}\"");
	it_breaks(story, TWO, "  one prints \"take {x}\" once", "one prints \"take {x}\" once",
		  NULL);
	prints(story, 240, two, "got 1");
	it_breaks(story, TWO, "  two prints \"got {x}\" once",
		  "two prints \"got {x}\" once (x = \"1\")", "twice; the last was at 0.2 ms");
	it_breaks(story, TWO, "  two prints \"got {x}\" as often as one prints \"put {x}\"",
		  "two prints \"got {x}\" as often as one prints \"put {x}\" (x = \"1\")",
		  "twice; the last was at 0.2 ms, but one prints \"put {x}\" once");
	it_breaks(story, TWO, "  two prints \"got *\" as often as one prints \"put *\"", NULL,
		  "3 times; the last was at 0.2 ms, but one prints \"put *\" twice");
	it_holds(story, TWO, "  one prints \"put *\" as often as main forks");
	story_free(story);
}

static void test_for_each(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	prints(story, 200, one, "0");
	prints(story, 201, one, "1");
	prints(story, 202, one, "4");
	prints(story, 203, two, "step 2 of 2");
	prints(story, 204, two, "step 1 of 2");
	it_holds(story, "parameter n = option -n, default 9\n" TWO,
		 "  one prints \"{i * i}\" once, for each i from 0 to n - 1, in order\n"
		 "  two prints \"step {i} *\" once for each i from 1 to 2\n"
		 "  one prints \"{i}\" never for each i from n + 2 to 4");
	it_breaks(story, TWO, "  one prints \"{i * i}\" once, for each i from 0 to 3",
		  "one prints \"9\" once (i = 3)",
		  "never; it printed 3 lines, the last \"4\" at 0.2 ms");
	it_breaks(story, TWO, "  two prints \"step {i} *\" once for each i from 1 to 2, in order",
		  "two prints \"step 2 *\" (i = 2) after two prints \"step 1 *\" (i = 1)",
		  "the one for i = 2 at 0.203 ms, the one for i = 1 at 0.204 ms");
	it_breaks(story, TWO, "  main forks exactly i times for each i from 2 to 3", NULL, NULL);
	it_is_open(story, TWO, "  one prints \"{i * 9223372036854775807}\" for each i from 2 to 3",
		   "a number in it does not fit into 64 bits");
	it_is_open(story, "parameter n = option -n, default 9\n" TWO,
		   "  one never prints \"{i} *\" for each i from 5 to n * 100000000",
		   "it takes more work to decide than a contract may ask for");
	story_free(story);
}

/* After a few values the lines are looked up by their text: the order of time must come back. */
static void test_looked_up(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	for (unsigned i = 0; i < 6; i++) {
		char line[16];

		snprintf(line, sizeof(line), "s %u b", i);
		prints(story, 200 + i * 10, one, line);
	}
	it_holds(story, TWO, "  one prints \"s {i} *\", for each i from 0 to 5, in order");
	prints(story, 245, one, "s 4 a");
	it_holds(story, TWO, "  one prints \"s {i} *\", for each i from 0 to 5, in order");
	prints(story, 255, one, "s 4 0");
	it_breaks(story, TWO, "  one prints \"s {i} *\", for each i from 0 to 5, in order", NULL,
		  "the one for i = 5 at 0.2 ms, the one for i = 4 at 0.3 ms");
	prints(story, 300, two, "step 8 e")->cut = true;
	it_is_open(story, TWO, "  two never prints \"step {i} end\", for each i from 1 to 9", NULL);
	it_holds(story, TWO, "  two never prints \"step {i} end\", for each i from 1 to 7");
	story_free(story);
}

static void test_parameters(void)
{
	struct story *story =
		story_new("cmd", "-v", "--delay=0.5", "-n", "4", "-n7", "--", "-n", "9", NULL);
	struct mp_verdict *verdict;
	char *why;

	prints(story, 10, command(story), "7 at 0.5, red");
	it_holds(story,
		 "parameter n = option -n --number, default 1\n"
		 "parameter delay = option --delay, default 2\n",
		 "  main prints \"{n} at {delay}, red\" once");
	verdict = opinion(story,
			  "parameter delay = option --delay, default 2\nclaim \"x\"\n"
			  "  main forks exactly delay times\n",
			  &why);
	ok(verdict == NULL, "a parameter that is not a number cannot be judged");
	is_string(why, "parameter delay: \"0.5\" is not a whole number", "and that is said");
	free(why);
	verdict = opinion(story,
			  "parameter s = option --delay, default TERM\nclaim \"x\"\n"
			  "  main receives s\n",
			  &why);
	ok(verdict == NULL, "nor can one that is not a signal");
	is_string(why, "parameter s: \"0.5\" is not a signal", "and that is said");
	free(why);
	story_free(story);
}

int main(void)
{
	tap_plan(0);
	test_processes();
	test_signals();
	test_flushing();
	test_streams();
	test_waiting();
	test_among_threads();
	test_told();
	test_looks();
	test_full_pipe();
	test_lines();
	test_blanks();
	test_numbers();
	test_lists();
	test_counts();
	test_captures();
	test_for_each();
	test_looked_up();
	test_parameters();
	return tap_done();
}
