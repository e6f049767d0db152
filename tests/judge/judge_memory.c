/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every allocation of a judgement fails once: it says so and leaves nothing behind. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "tap.h"

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
FILE *__real_open_memstream(char **text, size_t *size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
FILE *__wrap_open_memstream(char **text, size_t *size);

static long until_failure = -1; /* allocations that still succeed; -1: all */

static bool fails(void)
{
	if (until_failure < 0)
		return false;
	return until_failure-- == 0;
}

void *__wrap_malloc(size_t size)
{
	return fails() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return fails() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
	return fails() ? NULL : __real_realloc(memory, size);
}

FILE *__wrap_open_memstream(char **text, size_t *size)
{
	return fails() ? NULL : __real_open_memstream(text, size);
}

static const char text[] =
	"process one = child 1 of main\nprocess two = child 2 of main\ngroup g = children of main\n"
	"process missing = child of main named \"nobody\"\ngroup d = descendants of main\n"
	"channel c = from one to two\nword w = shared by one two\n"
	"memory m = shared by one two\nmemory n = shared by one main\n"
	"claim \"all\"\n"
	"  one writes c once\n  two never reads c\n  one waits on w\n  d run one at a time\n"
	"  at most 1 of g at once\n  g print one at a time\n  nothing is left\n"
	"  g meet before each of g prints \"go\"\n  g meet before main prints \"x\"\n"
	"  one prints \"{x}\" before two prints \"{x}\"\n  one prints \"o{i}\" for each i from 1 "
	"to 9\n"
	"  one prints \"{x}\" as often as two prints \"{x}\"\n  one prints \"{x}\" once\n"
	"  one maps m once\n  one maps n\n  one opens \"a*\"\n  two opens \"/x/*\"\n"
	"  child i of main prints \"go\" before main reaps child i of main, for each i from 1 to "
	"2\n"
	"  one exits when one prints \"go\" and two prints \"other 1\"\n"
	"  one prints \"o{i}\" for each i from 1 to 2, in order, when child i of main prints "
	"\"other "
	"{i}\"\n"
	"  main exits when missing exits\n  child 9 of main exits\n"
	"  one prints \"g{x}\" in the order of two prints \"o{x}\"\n"
	"  missing forks\n  each of g exits with 0 before main reaps each of g\n";

static struct story *story_to_judge(void)
{
	struct story *story = story_new("cmd", NULL);
	struct mp_process *one = forks(story, 100, command(story), "one");
	struct mp_process *two = forks(story, 110, command(story), "two");
	struct mp_stream *pipe = pipes(story);
	struct mp_memory *shared = memories(story);

	writes(story, 200, one, pipe, 4);
	reads(story, 210, two, pipe, 4);
	is_woken(story, 220, 230, one, two, words(story));
	maps(story, 240, one, shared);
	inherits(story, 250, two, one, shared);
	opens(story, 260, one, "/tmp/abc");
	prints(story, 300, one, "go");
	prints(story, 310, two, "go");
	prints(story, 320, two, "other")->cut = true;
	exits(story, 400, one, 0);
	exits(story, 410, two, 1);
	reaps(story, 420, command(story), one);
	exits(story, 500, command(story), 0);
	return story;
}

int main(void)
{
	struct story *story;
	struct mp_contract *contract;
	struct mp_model *model;
	long count = 0, wrong = 0, left_out = 0;

	tap_plan(0);
	story = story_to_judge();
	model = story_model(story);
	if (mp_contract_parse("memory", text, strlen(text), &contract) != 0)
		tap_bail("out of memory");
	is_int((int64_t)contract->diagnostic_count, 0, "the contract is one");
	for (bool failed = true; failed && count < 100000; count++) {
		struct mp_verdict *verdict;
		char *why;
		int err;

		until_failure = count;
		err = mp_judge(contract, model, &verdict, &why);
		failed = until_failure < 0;
		until_failure = -1;
		/* A pattern in a message may be left out; nothing else may. */
		left_out += failed && err == 0;
		wrong += err != 0 && (err != -ENOMEM || verdict != NULL || why != NULL);
		mp_verdict_free(verdict);
	}
	ok(count > 100, "judged after %ld failures", count - 1);
	is_int(wrong, 0, "each of which was only that");
	ok(left_out < count / 10, "and was told (%ld were not)", left_out);
	mp_contract_free(contract);
	story_free(story);
	return tap_done();
}
