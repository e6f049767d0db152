/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many lines, many processes, many values: judged in about a line's time each. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "build.h"
#include "tap.h"

#define LINES	100000
#define WORKERS 2000
#define SECONDS 5.0 /* a busy machine, with checks of memory; in fact a tenth of one */

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static void judged_soon(struct story *story, const char *decls, const char *clause)
{
	double began = now();

	it_holds(story, decls, clause);
	began = now() - began;
	ok(began < SECONDS, "%s: in time", clause);
	tap_note("%.3f s", began);
}

static void test_lines(void)
{
	struct story *story = story_new("cmd", NULL);
	struct mp_process *child = forks(story, 1, command(story), "child");
	char line[64];

	for (unsigned i = 0; i < LINES; i++) {
		snprintf(line, sizeof(line), "%llu", (unsigned long long)i * i);
		prints(story, 10 + i, command(story), line);
		snprintf(line, sizeof(line), "item %u is done at %u", i, i % 7);
		prints(story, 10 + i, child, line);
		snprintf(line, sizeof(line), "done with %u", i);
		complains(story, 10 + i, child, line);
	}
	judged_soon(story, "process p = child 1 of main\n",
		    "  main prints \"{i * i}\" once, for each i from 0 to 99999, in order");
	judged_soon(story, "process p = child 1 of main\n",
		    "  p prints \"item {i} is done*\" once, for each i from 0 to 99999, in order");
	judged_soon(story, "process p = child 1 of main\n",
		    "  p complains \"*with {i}\" for each i from 0 to 99999");
	judged_soon(story, "process p = child 1 of main\n",
		    "  p prints \"item {x} is*\" before p complains \"done with {x}\"");
	judged_soon(story, "process p = child 1 of main\n",
		    "  p prints \"item {x} is*\" as often as p complains \"done with {x}\"");
	judged_soon(story, "process p = child 1 of main\n", "  p prints \"item {x} is*\" once");
	judged_soon(story, "process p = child 1 of main\n",
		    "  p complains \"done with {x}\" in the order of p prints \"item {x} is*\"");
	judged_soon(
		story, "process p = child 1 of main\n",
		"  p prints \"item {i} is*\" once, for each i from 0 to 99999, when p complains "
		"\"done with {i}\" and i is not 7");
	judged_soon(
		story, "process p = child 1 of main\n",
		"  p prints \"item {i}{j} is done at *\" once, for each i from 1 to 999, for each "
		"j from 0 to 9");
	story_free(story);
}

static void test_workers(void)
{
	struct story *story = story_new("cmd", NULL);
	struct mp_process **worker = calloc(WORKERS, sizeof(struct mp_process *));
	struct mp_word_entry *word;

	if (worker == NULL)
		tap_bail("out of memory");
	word = words(story);
	for (unsigned i = 0; i < WORKERS; i++)
		worker[i] = forks(story, 10 + i, command(story), "w");
	for (unsigned i = 0; i + 1 < WORKERS; i++)
		waits_on(story, 10000 + i, 40000 + i, worker[i], word);
	for (unsigned i = 0; i + 1 < WORKERS; i++)
		wakes(story, 30000 + i, worker[WORKERS - 1], worker[i], word);
	for (unsigned i = 0; i < WORKERS; i++) {
		prints(story, 50000 + i, worker[i], "go");
		exits(story, 60000 + i, worker[i], 0);
		reaps(story, 70000 + i, command(story), worker[i]);
	}
	exits(story, 90000, command(story), 0);
	judged_soon(story, "group g = children of main\n",
		    "  g meet before each of g prints \"go\"");
	judged_soon(story, "group g = children of main\n", "  main reaps each of g once");
	judged_soon(story, "group g = children of main\n",
		    "  child i of main prints \"go\" before main reaps child i of main, for each i "
		    "from "
		    "1 to 2000");
	judged_soon(story, "group g = children of main\n",
		    "  main reaps child i of main once, for each i from 1 to 2000, when child i of "
		    "main "
		    "exits with 0");
	judged_soon(story, "group g = children of main\n",
		    "  each of g prints \"go\" before main reaps each of g");
	judged_soon(story, "group g = children of main\n",
		    "  g run at the same time\n  g print one at a time\n  nothing is left");
	free(worker);
	story_free(story);
}

int main(void)
{
	tap_plan(0);
	test_lines();
	test_workers();
	return tap_done();
}
