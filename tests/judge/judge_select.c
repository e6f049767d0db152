/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whom the names mean: children, groups, channels, words; and what is said when it is nobody. */
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "tap.h"

static struct story *three(struct mp_process *child[3])
{
	static const char *const names[] = {"red", "green", "red-2"};
	struct story *story = story_new("cmd", NULL);

	for (unsigned i = 0; i < 3; i++)
		child[i] = forks(story, 100 + i, command(story), names[i]);
	return story;
}

static void test_children(void)
{
	struct mp_process *child[3], *grandchild;
	struct story *story = three(child);

	grandchild = forks(story, 150, child[1], "leaf");
	prints(story, 200, child[0], "0");
	prints(story, 201, child[1], "1");
	prints(story, 202, child[2], "2");
	prints(story, 203, grandchild, "leaf");
	it_holds(story, "process p = child 2 of main\n",
		 "  p prints \"1\"\n  p never prints \"0\"");
	it_holds(story, "process p = child 1 + 2 of main\n", "  p prints \"2\"");
	it_breaks(story, "process p = child 4 of main\n", "  p never prints \"1\"",
		  "p is child 4 of main", "there is no child 4 of main: main forked 3");
	it_breaks(story, "process p = child 1 of main\nprocess q = child 1 of p\n",
		  "  q never prints \"1\"", "q is child 1 of p",
		  "there is no child 1 of p: p forked none");
	it_holds(story, "process p = child 2 of main\nprocess q = child 1 of p\n",
		 "  q prints \"leaf\"");
	it_holds(story, "group g = children 2 to 3 of main\n",
		 "  g print \"*\" twice\n  g never print \"0\"");
	it_breaks(story, "group g = children 2 to 5 of main\n", "  g never print \"x\"",
		  "g is children 2 to 5 of main", "there is no child 4 of main: main forked 3");
	it_holds(story, "group g = children of main\n", "  g print \"*\" exactly 3 times");
	it_holds(story, "group g = descendants of main\n", "  g print \"*\" exactly 4 times");
	it_holds(story,
		 "process p = child 1 of main\nprocess q = child 2 of main\ngroup g = p q\n"
		 "group h = g main p\n",
		 "  g print \"*\" twice\n  h print \"*\" twice");
	it_breaks(story, "process p = child 9 of main\ngroup g = p main\n", "  g never print \"x\"",
		  "p is child 9 of main", "there is no child 9 of main: main forked 3");
	it_breaks(story, "process p = child 3 of main\ngroup g = children of p\n",
		  "  g never print \"x\"", "g is the children of p",
		  "there is none: p forked none");
	story_free(story);
}

static void test_names(void)
{
	struct mp_process *child[3];
	struct story *story = three(child);

	is_named(story, 150, child[1], "blue");
	child[1]->images = calloc(1, sizeof(*child[1]->images));
	if (child[1]->images == NULL)
		tap_bail("no memory");
	child[1]->images[0].at = child[1]->names[1].at;
	child[1]->image_count = 1;
	prints(story, 200, child[1], "b");
	it_holds(story, "process p = child of main named \"bl*\"\n", "  p prints \"b\"");
	it_breaks(
		story, "process p = child of main named \"red*\"\n", "  p prints \"b\"",
		"p is the one child of main named \"red*\"",
		"2 children of main have such a name: \"red\" (pid 1001) and \"red-2\" (pid 1003)");
	it_breaks(story, "process p = child of main named \"black\"\n", "  p prints \"b\"",
		  "p is the one child of main named \"black\"",
		  "no child of main has such a name: main forked 3");
	/* A name from birth on counts, as it does for the verb, but not one that was its parent's.
	 */
	is_named(story, 250, child[2], "yellow");
	it_holds(story, "process p = child of main named \"red-2\"\n",
		 "  p is named \"red-2\"\n  p is named \"yellow\"");
	it_breaks(story, "process p = child 2 of main\n", "  p is named \"green\"", NULL, NULL);
	it_breaks(story, "process p = child of main named \"green\"\n", "  p prints \"b\"", NULL,
		  "no child of main has such a name: main forked 3");
	it_holds(story, "group g = children of main named \"red*\"\n", "  g never print \"b\"");
	it_breaks(story, "group g = descendants of main named \"x\"\n", "  g never print \"b\"",
		  "g is the descendants of main named \"x\"",
		  "no descendant of main has such a name: main forked 3");
	story_free(story);
}

#define R4 "process r4 = descendant of main that prints \"data received*\"\n"

/* Who is meant by what is printed: of one process just one must fit. */
static void test_printed(void)
{
	struct mp_process *child[3], *leaf;
	struct story *story = three(child);

	leaf = forks(story, 150, child[1], "leaf");
	prints(story, 190, command(story), "data received by main");
	it_breaks(story, R4, "  r4 never dies",
		  "r4 is the one descendant of main that prints \"data received*\"",
		  "no descendant of main printed such a line: main forked 3; they printed nothing");
	prints(story, 199, child[0], "sent");
	it_breaks(story, "process p = child of main that prints \"rank {0 to 3}\"\n",
		  "  p never dies", "p is the one child of main that prints \"rank {0 to 3}\"",
		  "no child of main printed such a line: main forked 3; "
		  "they printed 1 line, the last \"sent\"");
	prints(story, 200, leaf, "data  received = 5 ");
	exits(story, 210, leaf, 3);
	it_holds(story, R4, "  r4 exits with 3");
	it_holds(story, "group g = descendants of main that print \"*e*\"\n",
		 "  g print \"*\" twice");
	it_holds(story, "process p = child of main that prints \"sent\"\n", "  p never ends");
	it_holds(story,
		 "process two = child 2 of main\n"
		 "process p = child of two that prints \"data *\"\nprocess q = child 1 of two\n",
		 "  p exits with 3\n  q exits with 3");
	it_breaks(story, "group g = children of main that print \"data*\"\n", "  g never die",
		  "g is the children of main that print \"data*\"", NULL);
	it_breaks(story, R4, "  r4 exits with 0", "r4 exits with 0 at least once", NULL);
	prints(story, 300, child[2], "data received too");
	it_breaks(story, R4, "  r4 exits with 3", NULL,
		  "2 descendants of main printed such a line: "
		  "\"red-2\" (pid 1003) and \"leaf\" (pid 1004)");
	story_free(story);
}

/* What was lost, cut or written unseen might have been such a line. */
static void test_printed_doubt(void)
{
	struct mp_process *child[3];
	struct story *story = three(child);
	struct mp_act *cut;

	prints(story, 200, child[0], "data received");
	cut = prints(story, 201, child[1], "data rec");
	exits(story, 210, child[0], 3);
	it_holds(story, R4, "  r4 exits with 3");
	cut->cut = true;
	it_is_open(story, R4, "  r4 exits with 3",
		   "the text that decides was longer than what is kept of it");
	it_is_open(story, R4, "  r4 exits with 0", NULL);
	it_is_open(story, R4 "process q = child 1 of r4\n", "  q never ends", NULL);
	cut->text = "dada rec";
	it_holds(story, R4, "  r4 exits with 3");
	story_model(story)->lost[MP_TEXT] = story_record(story)->losses.lost[MP_TEXT] = 2;
	it_is_open(story, R4, "  r4 exits with 3",
		   "2 printed text events were lost (no room for more)");
	it_is_open(story, "group g = children of main that print \"x\"\n", "  g exit", NULL);
	story_model(story)->lost[MP_TEXT] = story_record(story)->losses.lost[MP_TEXT] = 0;
	story_model(story)->blind = child[2]->blind = UINT64_C(1) << MP_BLIND_ASYNC;
	it_is_open(story, R4, "  r4 exits with 3",
		   "a process used io_uring or AIO, whose input and output are not seen");
	it_is_open(story, R4 "process q = child 1 of r4\n", "  q never ends", NULL);
	story_free(story);
}

/* A shell that forks helpers and then becomes the real program. */
static void test_wrapper(void)
{
	struct mp_process *child[3];
	struct story *story = three(child);
	struct mp_image *image = calloc(1, sizeof(*image));

	if (image == NULL)
		tap_bail("out of memory");
	image->at = child[2]->born - 500;
	command(story)->images = image;
	command(story)->image_count = 1;
	prints(story, 200, child[2], "real");
	it_holds(story,
		 "process p = child 1 of main\ngroup g = children of main\n"
		 "group d = descendants of main\n",
		 "  p prints \"real\"\n  g run one at a time\n  d run one at a time");
	image->at = child[2]->born + 500;
	it_holds(story, "process p = child 3 of main\n", "  p prints \"real\"");
	story_free(story);
}

#define PAIR	"process a = child 1 of main\nprocess b = child 2 of main\n"
#define CHANNEL PAIR "channel c = from a to b\n"

static void test_channels(void)
{
	struct mp_process *child[3];
	struct story *story = three(child);
	struct mp_stream *used, *held;

	it_breaks(story, CHANNEL, "  a never writes c", "c is the one channel from a to b",
		  "no pipe or socket leads from a to b");
	held = pipes(story);
	it_breaks(story, CHANNEL, "  a never writes c", NULL,
		  "no pipe or socket leads from a to b");
	reads_end(story, 190, child[1], held);
	it_holds(story, CHANNEL, "  a never writes c\n  b reads the end of c");
	it_breaks(story, CHANNEL, "  a writes c", "a writes c at least once",
		  "never; nobody wrote into it");
	used = pipes(story);
	writes(story, 200, child[0], used, 1);
	reads(story, 201, child[1], used, 1);
	it_holds(story, CHANNEL, "  a writes c once\n  b never reads the end of c");
	writes(story, 210, child[0], held, 1);
	reads(story, 211, child[1], held, 1);
	it_breaks(story, CHANNEL, "  a writes c once", "c is the one channel from a to b",
		  "2 pipes or sockets lead from a to b");
	it_breaks(story, PAIR "channel c = from b to a\n", "  b never writes c", NULL,
		  "no pipe or socket leads from b to a");
	story_free(story);
}

static void test_inherited(void)
{
	struct mp_process *child[3];
	struct story *story = three(child);
	struct mp_stream *out = pipes(story), *pipe;

	out->inherited = true;
	writes(story, 190, child[0], out, 1);
	it_breaks(story, CHANNEL, "  a never writes c", NULL,
		  "no pipe or socket leads from a to b");
	pipe = pipes(story);
	writes(story, 200, child[0], pipe, 1);
	it_holds(story, CHANNEL, "  a writes c once");
	story_free(story);
}

static void test_words(void)
{
	struct mp_process *child[3];
	struct story *story = three(child);
	struct mp_word_entry *both = words(story), *own = words(story);

	is_woken(story, 200, 300, child[0], child[1], both);
	is_woken(story, 310, 320, child[0], child[2], own);
	it_holds(story, PAIR "word w = shared by a b\n",
		 "  a waits on w once\n  b wakes w once\n  b never waits on w");
	it_breaks(story, PAIR "word w = shared by a b main\n", "  a waits on w",
		  "w is a word of memory that all of them share",
		  "there is no futex word that all of them waited on or woke");
	it_breaks(story, "group g = children of main\nword w = shared by g\n",
		  "  g never wait on w", NULL,
		  "there is no futex word that all of them waited on or woke");
	story_free(story);
}

int main(void)
{
	tap_plan(0);
	test_children();
	test_names();
	test_printed();
	test_printed_doubt();
	test_wrapper();
	test_channels();
	test_inherited();
	test_words();
	return tap_done();
}
