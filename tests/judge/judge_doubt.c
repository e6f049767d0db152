/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is missing makes a clause inconclusive, with the cause; what was seen stays seen. */
#include <string.h>

#include "build.h"
#include "tap.h"

#define TWO  "process one = child 1 of main\nprocess two = child 2 of main\ngroup both = one two\n"
#define PIPE TWO "channel c = from one to two\n"

static struct story *family(struct mp_process **one, struct mp_process **two)
{
	struct story *story = story_new("cmd", NULL);
	struct mp_stream *pipe;

	*one = forks(story, 100, command(story), "one");
	*two = forks(story, 110, command(story), "two");
	pipe = pipes(story);
	for (unsigned i = 0; i < 9; i++) {
		writes(story, 200 + i, *one, pipe, 1);
		reads(story, 300 + i, *two, pipe, 1);
	}
	prints(story, 400, command(story), "a");
	prints(story, 410, command(story), "b");
	return story;
}

static void loses(struct story *story, enum mp_kind kind, uint64_t count)
{
	story_model(story)->lost[kind] = count;
	story_record(story)->losses.lost[kind] = count;
}

static void test_lost(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	loses(story, MP_IO, 12);
	it_is_open(story, PIPE, "  one writes c exactly 9 times",
		   "12 read and write events were lost (no room for more)");
	it_is_open(story, PIPE, "  one writes c exactly 10 times", NULL);
	it_is_open(story, PIPE, "  one writes c at least 3 times", NULL);
	it_is_open(story, PIPE, "  two reads c as often as one writes c", NULL);
	it_breaks(story, PIPE, "  one never writes c", "one never writes c", NULL);
	it_breaks(story, PIPE, "  one writes c exactly 8 times", "one writes c exactly 8 times",
		  "9 times; the last was at 0.2 ms");
	it_breaks(story, PIPE, "  one writes c at most 8 times", NULL, NULL);
	it_holds(story, TWO, "  main prints \"a\" before main prints \"b\"\n  main forks twice");
	it_is_open(story, TWO "channel d = from two to one\n", "  two never writes d", NULL);
	story_free(story);
}

static void test_causes(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	story_model(story)->lost[MP_TEXT] = 3;
	story_record(story)->losses.missed[MP_TEXT] = 3;
	it_is_open(story, TWO, "  main prints \"a\" once",
		   "3 printed text events were lost (the kernel skipped the tracer)");
	loses(story, MP_TEXT, 1);
	it_is_open(story, TWO, "  main prints \"a\" once",
		   "1 printed text event was lost (no room for more)");
	story_free(story);
	story = family(&one, &two);
	story_model(story)->lost[MP_FORK] = 2;
	story_record(story)->losses.unmarked = 2;
	it_is_open(story, TWO, "  one never prints \"x\"",
		   "2 children could not be followed (no memory)");
	story_free(story);
	story = family(&one, &two); /* a signal may have told of the end of a child */
	loses(story, MP_DELIVER, 1);
	it_is_open(story, TWO, "  main never waits for one",
		   "1 signal delivery event was lost (no room for more)");
	story_free(story);
}

/* With a fork lost, child 1 may be somebody else: even what was seen proves nothing of it. */
static void test_identity(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	loses(story, MP_FORK, 1);
	it_is_open(story, PIPE, "  one never writes c", "1 fork event was lost (no room for more)");
	it_is_open(story, "process p = child 5 of main\n", "  p never prints \"x\"", NULL);
	it_breaks(story, TWO, "  main never prints \"a\"", NULL, NULL);
	story_free(story);
	story = family(&one, &two);
	loses(story, MP_RENAME, 1);
	it_is_open(story, "process p = child of main named \"one\"\n", "  p forks", NULL);
	it_breaks(story, TWO, "  one forks", NULL, NULL);
	story_free(story);
}

/* More was written at once than is kept: there may be whole lines in it. */
static void test_hidden(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);
	struct mp_act *act;

	prints(story, 500, one, "begin");
	prints(story, 501, one, "0123")->cut = true;
	act = prints(story, 502, one, "tail");
	act->cut = act->headless = true;
	one->hides = 1;
	it_is_open(story, TWO, "  one never prints \"end\"",
		   "the text that decides was longer than what is kept of it");
	it_is_open(story, TWO, "  one never prints \"tail*\"", NULL);
	it_is_open(story, TWO, "  one prints \"begin\" once", NULL);
	it_is_open(story, TWO, "  one prints \"the end\"", NULL);
	it_is_open(story, TWO, "  one prints \"begin\" before main prints \"b\"", NULL);
	it_is_open(story, TWO, "  main prints \"a\" before one prints \"begin\"", NULL);
	it_holds(story, TWO,
		 "  one prints \"begin\"\n  one prints \"begin\" at least once\n"
		 "  one never complains \"*\"\n  two never prints \"*\"");
	it_breaks(story, TWO, "  one never prints \"begin\"", NULL, NULL);
	it_is_open(story, "process p = child of main that prints \"end\"\n", "  p forks", NULL);
	story_free(story);
}

/* A channel that nobody moved a byte through is the right one only if nothing was lost. */
static void test_held_channel(void)
{
	struct mp_process *child[2];
	struct story *story = story_new("cmd", NULL);
	struct mp_stream *held;

	child[0] = forks(story, 100, command(story), "one");
	child[1] = forks(story, 110, command(story), "two");
	held = pipes(story);
	writes(story, 200, child[0], held, 1);
	holds_out(story, held, child[1]);
	it_breaks(story, PIPE, "  one never writes c", "one never writes c", NULL);
	loses(story, MP_IO, 1);
	it_is_open(story, PIPE, "  one never writes c",
		   "1 read and write event was lost (no room for more)");
	story_free(story);
}

static void test_order(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	loses(story, MP_TEXT, 1);
	it_is_open(story, TWO, "  main prints \"a\" before main prints \"b\"", NULL);
	/* An earlier one may have been lost. */
	it_is_open(story, TWO, "  main prints \"b\" before main prints \"a\"", NULL);
	/* But the last can only be later still. */
	it_breaks(story, TWO, "  each main prints \"b\" before main prints \"a\"", NULL, NULL);
	it_is_open(story, TWO, "  main prints \"x\" before main prints \"a\"", NULL);
	it_breaks(story, TWO,
		  "  main forks one before main forks one\n"
		  "  main signals one before main forks two",
		  "main signals one before main forks two", NULL);
	story_free(story);
}

static void test_blind(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	story_model(story)->blind = one->blind = UINT64_C(1) << MP_BLIND_ASYNC;
	it_is_open(story, PIPE, "  one writes c exactly 9 times",
		   "one used io_uring or AIO, whose input and output are not seen");
	it_holds(story, PIPE, "  two reads c exactly 9 times\n  one never exits");
	it_breaks(story, PIPE, "  one never writes c", NULL, NULL);
	it_is_open(story, TWO "channel d = from two to one\n", "  two never writes d", NULL);
	story_free(story);
	story = family(&one, &two);
	story_model(story)->blind = two->blind = UINT64_C(1) << MP_BLIND_FUTEX_WAITV;
	prints(story, 500, one, "go");
	prints(story, 500, two, "go");
	it_is_open(story, TWO, "  both meet before each of both prints \"go\"",
		   "two waited for several futex words at once, which is not decoded");
	it_holds(story, TWO, "  one never waits");
	it_is_open(story, TWO, "  two never waits", NULL);
	it_is_open(story, TWO "word w = shared by one two\n", "  two never waits on w", NULL);
	story_free(story);
}

/* Anybody may have carried the news. */
static void test_blind_stranger(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	prints(story, 500, one, "go");
	prints(story, 500, two, "go");
	it_breaks(story, TWO, "  both meet before each of both prints \"go\"", NULL, NULL);
	command(story)->blind = story_model(story)->blind = UINT64_C(1) << MP_BLIND_ASYNC;
	it_is_open(story, TWO, "  both meet before each of both prints \"go\"", NULL);
	story_free(story);
}

static void test_descriptors(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	story_model(story)->fd_unsure = true;
	it_is_open(story, PIPE, "  one never closes c",
		   "not all descriptors could be followed: who holds what is not sure");
	it_holds(story, PIPE, "  main forks twice");
	story_free(story);
}

/* A close that was seen is the last of its end only as far as all descriptors are known. */
static void test_last_descriptor(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	closes_in(story, 420, one, story_model(story)->streams[0]);
	it_holds(story, PIPE, "  one closes c once");
	it_breaks(story, PIPE, "  one never closes c", NULL, "once, at 0.4 ms");
	story_model(story)->fd_unsure = true;
	it_is_open(story, PIPE, "  one never closes c",
		   "not all descriptors could be followed: who holds what is not sure");
	it_is_open(story, PIPE, "  one closes the writing end of c", NULL);
	story_model(story)->fd_unsure = false;
	one->blind = story_model(story)->blind = UINT64_C(1) << MP_BLIND_32BIT;
	it_is_open(story, PIPE, "  one never closes c", NULL);
	one->blind = story_model(story)->blind = 0;
	loses(story, MP_FD, 1);
	it_is_open(story, PIPE, "  one never closes c",
		   "1 descriptor event was lost (no room for more)");
	story_free(story);
}

/* What splice(2) and such write is seen by nobody. */
static void test_spliced(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	prints(story, 500, one, "")->cut = true;
	it_breaks(story, TWO, "  one prints \"end\" twice", NULL,
		  "never, and perhaps 1 more; it printed unseen text at 0.5 ms");
	one->spliced = 1;
	it_is_open(story, TWO, "  one prints \"end\" once",
		   "the text that decides was moved inside the kernel, and was not seen");
	it_is_open(story, TWO, "  one never prints \"end\"",
		   "the text that decides was moved inside the kernel, and was not seen");
	it_holds(story, TWO, "  one never complains \"end\"");
	it_is_open(story, "process r = child of main that prints \"end\"\n", "  r exits with 0",
		   "the text that decides was moved inside the kernel, and was not seen");
	story_free(story);
}

static void test_cut(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	prints(story, 420, one, "a long line that goes on and")->cut = true;
	it_holds(story, TWO,
		 "  one prints \"a long*\" once\n  one never prints \"another*\"\n"
		 "  one prints \"*\" once");
	it_is_open(story, TWO, "  one prints \"a long*end\" once",
		   "the text that decides was longer than what is kept of it");
	it_is_open(story, TWO, "  one never prints \"*error*\"", NULL);
	it_holds(story, TWO, "  one prints \"*error*\" at most 1 times");
	it_breaks(story, TWO, "  one prints \"*error*\" twice", NULL,
		  "never, and perhaps 1 more; it printed 1 line, the last "
		  "\"a long line that goes on and\" at 0.4 ms");
	it_is_open(story, TWO, "  one prints \"a*z\" before one prints \"a*\"", NULL);
	it_is_open(story, TWO, "  main prints \"a\" before one prints \"a*z\"", NULL);
	it_breaks(story, TWO, "  one prints \"a*z\" before main prints \"a\"", NULL, NULL);
	it_is_open(story, TWO, "  one prints \"*{i}\" never for each i from 1 to 9", NULL);
	story_free(story);
}

/* Of several that are not sure any may be the only one. */
static void test_cut_in_order(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	prints(story, 390, one, "a long line")->cut = true;
	prints(story, 420, one, "a long line")->cut = true;
	it_is_open(story, TWO, "  main prints \"a\" before one prints \"a*z\"", NULL);
	it_is_open(story, TWO, "  each one prints \"a*z\" before main prints \"a\"", NULL);
	it_is_open(story, TWO, "  last one prints \"a*z\" before last main prints \"a\"", NULL);
	it_breaks(story, TWO, "  main prints \"b\" before last main prints \"a\"", NULL, NULL);
	it_breaks(story, TWO, "  last one prints \"a*z\" before two prints \"*\"", NULL, NULL);
	prints(story, 395, one, "abz");
	it_breaks(story, TWO, "  main prints \"a\" before one prints \"a*z\"", NULL, NULL);
	it_is_open(story, TWO, "  each one prints \"a*z\" before main prints \"a\"", NULL);
	prints(story, 430, one, "abz");
	it_breaks(story, TWO, "  each one prints \"a*z\" before main prints \"a\"", NULL, NULL);
	story_free(story);
}

static void test_states(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	exits(story, 500, one, 0);
	exits(story, 510, two, 0);
	reaps(story, 520, command(story), one);
	exits(story, 600, command(story), 0);
	loses(story, MP_WAIT, 4);
	it_is_open(story, TWO, "  both run at the same time",
		   "4 wait events were lost (no room for more)");
	it_is_open(story, TWO, "  nothing is left", NULL);
	/* They lived at the same time, whoever was reaped when. */
	it_breaks(story, TWO, "  both run one at a time", NULL, NULL);
	it_is_open(story, TWO, "  at most 2 of both at once", NULL);
	it_holds(story, TWO, "  both print one at a time\n  two outlives one");
	story_free(story);
}

/* One claim of three clauses: broken wins over inconclusive, that over holds. */
static void test_claim(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);
	struct mp_verdict *verdict;
	char *why;

	loses(story, MP_TEXT, 1);
	verdict = opinion(story,
			  "claim \"holds\"\n  main forks twice\n"
			  "claim \"open\"\n  main forks twice\n  main prints \"a\"\n"
			  "claim \"broken\"\n  main prints \"a\"\n  main forks once\n",
			  &why);
	ok(verdict != NULL, "it is judged");
	if (verdict != NULL) {
		is_int(verdict->claims[0].outcome, MP_HOLDS, "the first claim");
		is_int(verdict->claims[1].outcome, MP_INCONCLUSIVE, "the second claim");
		is_int(verdict->claims[2].outcome, MP_BROKEN, "the third claim");
		is_int(verdict->outcome, MP_BROKEN, "all of them");
		ok(verdict->held == 1 && verdict->inconclusive == 1 && verdict->broken == 1,
		   "are counted");
	}
	mp_verdict_free(verdict);
	story_free(story);
}

/* What happens after we began to kill is our doing; what did not happen before did not happen. */
static void test_stopped(void)
{
	struct mp_process *one, *two;
	struct story *story = family(&one, &two);

	is_stopped(story, 900, one);
	reads_end(story, 901, two, story_model(story)->streams[0]);
	exits(story, 902, two, 0);
	reaps(story, 900, command(story), one);
	is_stopped(story, 904, command(story));
	it_breaks(story, PIPE, "  two reads the end of c once", NULL, "never");
	it_breaks(story, PIPE, "  one dies", "one dies at least once",
		  "never; it was still running when the run was stopped");
	it_breaks(story, PIPE, "  main reaps one", NULL, NULL);
	it_holds(story, PIPE, "  two never exits\n  one never ends");
	story_free(story);
}

int main(void)
{
	tap_plan(0);
	test_lost();
	test_causes();
	test_identity();
	test_hidden();
	test_held_channel();
	test_order();
	test_blind();
	test_blind_stranger();
	test_descriptors();
	test_last_descriptor();
	test_cut();
	test_spliced();
	test_cut_in_order();
	test_states();
	test_claim();
	test_stopped();
	return tap_done();
}
