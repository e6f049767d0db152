/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `meet`: barriers of every make, and what looks like one. */
#include "build.h"
#include "tap.h"

#define CLAUSE "  g meet before each of g prints \"go*\""

struct party {
	struct story *story;
	struct mp_process *main, *p[3];
	struct mp_word_entry *word[4];
};

static const char *decls(unsigned count)
{
	return count == 2   ? "group g = children 1 to 2 of main\n"
	       : count == 3 ? "group g = children 1 to 3 of main\n"
			    : "group g = children 1 to 1 of main\n";
}

static struct party party(unsigned count)
{
	static const char *const names[] = {"p1", "p2", "p3"};
	struct party party = {.story = story_new("cmd", NULL)};

	party.main = command(party.story);
	for (unsigned i = 0; i < count; i++)
		party.p[i] = forks(party.story, 100 + i, party.main, names[i]);
	for (unsigned i = 0; i < 4; i++)
		party.word[i] = words(party.story);
	return party;
}

static void all_print(struct party *party, unsigned count, unsigned at)
{
	for (unsigned i = 0; i < count; i++)
		prints(party->story, at + i, party->p[i], "go");
}

static void met(struct party *party, unsigned count)
{
	it_holds(party->story, decls(count), CLAUSE);
	it_holds(party->story, decls(count), "  g meet");
	story_free(party->story);
}

static void unmet(struct party *party, unsigned count, const char *seen)
{
	it_breaks(party->story, decls(count), CLAUSE, NULL, seen);
	story_free(party->story);
}

/* The last one wakes all that sleep on one word, one after the other. */
static void last_wakes_all(void)
{
	struct party t = party(3);

	tap_note("the last arriver wakes all");
	is_woken(t.story, 200, 300, t.p[0], t.p[2], t.word[0]);
	is_woken(t.story, 250, 301, t.p[1], t.p[2], t.word[0]);
	all_print(&t, 3, 400);
	met(&t, 3);
}

/* p1 prints as soon as it is woken, when p2 still sleeps on the same word. */
static void first_goes_on(void)
{
	struct party t = party(3);

	tap_note("the first to be woken goes on at once");
	is_woken(t.story, 200, 300, t.p[0], t.p[2], t.word[0]);
	prints(t.story, 310, t.p[0], "go");
	is_woken(t.story, 250, 400, t.p[1], t.p[2], t.word[0]);
	all_print(&t, 3, 500);
	met(&t, 3);
}

/* Who slept beside it knows as much, whoever wakes it then. */
static void woken_by_a_stranger(void)
{
	struct party t = party(3);

	tap_note("one of the sleepers is woken by somebody who knows nothing");
	is_woken(t.story, 200, 300, t.p[0], t.p[2], t.word[0]);
	is_woken(t.story, 250, 350, t.p[1], t.main, t.word[0]);
	all_print(&t, 3, 400);
	met(&t, 3);
}

/* Python's condition variable: q posts one semaphore, later the woken one posts another back. */
static void chain_of_wakes(void)
{
	struct party t = party(2);

	tap_note("a chain of semaphores");
	is_woken(t.story, 250, 301, t.p[1], t.p[0], t.word[1]);
	all_print(&t, 2, 400);
	met(&t, 2);
	t = party(3);
	is_woken(t.story, 200, 300, t.p[0], t.p[2], t.word[0]);
	is_woken(t.story, 210, 320, t.p[1], t.p[0], t.word[1]);
	is_woken(t.story, 305, 340, t.p[2], t.p[1], t.word[2]);
	is_woken(t.story, 330, 360, t.p[0], t.p[2], t.word[3]);
	all_print(&t, 3, 400);
	met(&t, 3);
}

static void barrier_of_one(void)
{
	struct party t = party(2);

	tap_note("a barrier of one, and a lock that is contended afterwards");
	prints_slowly(t.story, 200, 210, t.p[0], "go 1");
	is_woken(t.story, 205, 211, t.p[1], t.p[0], t.word[0]);
	prints(t.story, 220, t.p[1], "go 2");
	it_holds(t.story, decls(2), "  g meet");
	unmet(&t, 2,
	      "\"p1\" (pid 1001) prints \"go*\" at 0.2 ms, before it had met \"p2\" (pid 1002)");
}

static void one_passes_early(void)
{
	struct party t = party(3);

	tap_note("one passes early");
	prints(t.story, 190, t.p[1], "go");
	is_woken(t.story, 200, 300, t.p[0], t.p[2], t.word[0]);
	is_woken(t.story, 210, 301, t.p[1], t.p[2], t.word[0]);
	all_print(&t, 3, 400);
	unmet(&t, 3,
	      "\"p2\" (pid 1002) prints \"go*\" at 0.2 ms, before it had met \"p1\" (pid 1001)");
}

static void third_comes_late(void)
{
	struct party t = party(3);

	tap_note("two meet, the third comes late");
	is_woken(t.story, 200, 300, t.p[0], t.p[1], t.word[0]);
	prints(t.story, 310, t.p[0], "go");
	prints(t.story, 311, t.p[1], "go");
	prints(t.story, 500, t.p[2], "go");
	it_breaks(t.story, decls(3), "  g meet", "g meet", "never");
	unmet(&t, 3,
	      "\"p1\" (pid 1001) prints \"go*\" at 0.3 ms, before it had met \"p3\" (pid 1003)");
	t = party(3);
	is_woken(t.story, 200, 300, t.p[0], t.p[1], t.word[0]);
	prints(t.story, 310, t.p[0], "go");
	is_woken(t.story, 320, 400, t.p[1], t.p[2], t.word[0]);
	prints(t.story, 410, t.p[1], "go");
	prints(t.story, 411, t.p[2], "go");
	unmet(&t, 3, NULL);
}

static void raced(void)
{
	struct party t = party(2);

	tap_note("it came just too late to sleep");
	waits_on(t.story, 110, 120, t.p[1], t.word[0]);
	loses_race(t.story, 200, t.p[0], t.word[0]);
	all_print(&t, 2, 300);
	it_is_open(t.story, decls(2), CLAUSE,
		   "\"p1\" (pid 1001) came just too late to wait: the futex word had changed "
		   "already (EAGAIN)");
	it_is_open(t.story, decls(2), "  g meet", NULL);
	story_free(t.story);

	/* The waker has printed before the other one tries to sleep. */
	t = party(2);
	waits_on(t.story, 110, 120, t.p[1], t.word[0]);
	prints(t.story, 190, t.p[1], "go");
	loses_race(t.story, 200, t.p[0], t.word[0]);
	prints(t.story, 210, t.p[0], "go");
	it_is_open(t.story, decls(2), CLAUSE, NULL);
	story_free(t.story);

	tap_note("a race after the print, or for a word of one's own, is no excuse");
	t = party(2);
	waits_on(t.story, 110, 120, t.p[1], t.word[0]);
	all_print(&t, 2, 300);
	loses_race(t.story, 400, t.p[0], t.word[0]);
	unmet(&t, 2, NULL);
	t = party(2);
	loses_race(t.story, 200, t.p[0], t.word[0]);
	all_print(&t, 2, 300);
	unmet(&t, 2, NULL);

	tap_note("nor does one race excuse a third");
	t = party(3);
	waits_on(t.story, 110, 120, t.p[1], t.word[0]);
	loses_race(t.story, 200, t.p[0], t.word[0]);
	all_print(&t, 3, 300);
	unmet(&t, 3, NULL);
}

/* main collects one byte from each, then tells each of them to go. */
static void coordinator(bool wait_for_all)
{
	struct party t = party(2);
	struct mp_stream *in = pipes(t.story), *out[2] = {pipes(t.story), pipes(t.story)};

	writes(t.story, 200, t.p[0], in, 1);
	reads(t.story, 210, t.main, in, 1);
	if (!wait_for_all)
		writes(t.story, 215, t.main, out[0], 1);
	writes(t.story, 220, t.p[1], in, 1);
	reads(t.story, 230, t.main, in, 1);
	for (unsigned i = wait_for_all ? 0 : 1; i < 2; i++)
		writes(t.story, 240 + i, t.main, out[i], 1);
	for (unsigned i = 0; i < 2; i++)
		reads(t.story, 250 + i, t.p[i], out[i], 1);
	all_print(&t, 2, 300);
	if (wait_for_all)
		met(&t, 2);
	else
		unmet(&t, 2, NULL);
}

/* Bytes carry what their writer knew when it wrote them, whenever they are read. */
static void offsets(void)
{
	struct party t = party(2);
	struct mp_stream *a = pipes(t.story), *b = pipes(t.story);

	tap_note("old bytes bring old news");
	writes(t.story, 200, t.main, b, 4);
	writes(t.story, 210, t.p[1], a, 1);
	reads(t.story, 220, t.main, a, 1);
	writes(t.story, 230, t.main, b, 4);
	reads(t.story, 240, t.p[0], b, 4);
	prints(t.story, 250, t.p[0], "go");
	reads(t.story, 260, t.p[0], b, 4);
	writes(t.story, 270, t.p[0], a, 1);
	reads(t.story, 280, t.p[1], a, 1);
	prints(t.story, 290, t.p[1], "go");
	it_breaks(
		t.story, decls(2), CLAUSE, NULL,
		"\"p1\" (pid 1001) prints \"go*\" at 0.2 ms, before it had met \"p2\" (pid 1002)");
	it_holds(t.story, decls(2), "  g meet");
	story_free(t.story);
}

/* Each reader of a part is told. */
static void parts(void)
{
	struct party t = party(2);
	struct mp_stream *pipe = pipes(t.story), *back = pipes(t.story);

	tap_note("one message, two readers");
	writes(t.story, 200, t.p[0], pipe, 4);
	reads(t.story, 210, t.main, pipe, 1);
	reads(t.story, 220, t.p[1], pipe, 3);
	writes(t.story, 230, t.p[1], back, 1);
	reads(t.story, 240, t.p[0], back, 1);
	all_print(&t, 2, 300);
	met(&t, 2);
}

static void one_way(void)
{
	struct party t = party(2);
	struct mp_stream *pipe = pipes(t.story);

	tap_note("a byte tells the reader of the writer, and nothing back");
	writes(t.story, 200, t.p[0], pipe, 1);
	reads(t.story, 210, t.p[1], pipe, 1);
	all_print(&t, 2, 300);
	unmet(&t, 2,
	      "\"p1\" (pid 1001) prints \"go*\" at 0.3 ms, before it had met \"p2\" (pid 1002)");
	t = party(2);
	wakes(t.story, 200, t.p[0], t.p[1], NULL);
	all_print(&t, 2, 300);
	unmet(&t, 2, NULL);
	t = party(2);
	wakes(t.story, 200, t.p[0], t.p[1], NULL);
	wakes(t.story, 210, t.p[1], t.p[0], NULL);
	all_print(&t, 2, 300);
	met(&t, 2);
}

static void lock_before(void)
{
	struct party t = party(3);

	tap_note("a lock handed over before the meeting brings two of three together");
	is_woken(t.story, 150, 160, t.p[1], t.p[0], t.word[1]);
	is_woken(t.story, 200, 300, t.p[0], t.p[2], t.word[0]);
	is_woken(t.story, 210, 301, t.p[1], t.p[2], t.word[0]);
	all_print(&t, 3, 400);
	met(&t, 3);
	t = party(3);
	is_woken(t.story, 150, 160, t.p[1], t.p[0], t.word[1]);
	all_print(&t, 3, 400);
	unmet(&t, 3, NULL);
}

static void too_late(void)
{
	struct party t = party(2);

	tap_note("what comes after the print does not count");
	all_print(&t, 2, 200);
	is_woken(t.story, 300, 400, t.p[0], t.p[1], t.word[0]);
	it_holds(t.story, decls(2), "  g meet");
	unmet(&t, 2, NULL);
}

static void other_words(void)
{
	struct party t = party(3);

	tap_note("who sleeps on another word is not met");
	waits_on(t.story, 150, 500, t.p[1], t.word[1]);
	is_woken(t.story, 200, 300, t.p[0], t.p[2], t.word[0]);
	all_print(&t, 3, 400);
	unmet(&t, 3,
	      "\"p1\" (pid 1001) prints \"go*\" at 0.4 ms, before it had met \"p2\" (pid 1002)");
	tap_note("nor who slept there before");
	t = party(3);
	waits_on(t.story, 150, 180, t.p[1], t.word[0]);
	is_woken(t.story, 200, 300, t.p[0], t.p[2], t.word[0]);
	all_print(&t, 3, 400);
	unmet(&t, 3, NULL);
}

static void others(void)
{
	struct party t = party(1);

	tap_note("one alone meets at once");
	prints(t.story, 200, t.p[0], "go");
	met(&t, 1);

	tap_note("before somebody else does something");
	t = party(2);
	is_woken(t.story, 200, 300, t.p[0], t.p[1], t.word[0]);
	prints(t.story, 250, t.main, "early");
	prints(t.story, 350, t.main, "late");
	it_holds(t.story, decls(2), "  g meet before main prints \"late\"");
	it_breaks(t.story, decls(2), "  g meet before main prints \"early\"",
		  "g meet before main prints \"early\"",
		  "main prints \"early\" at 0.2 ms, before \"p1\" (pid 1001) had met \"p2\" (pid "
		  "1002)");
	it_breaks(t.story, decls(2), CLAUSE, "g meet before \"p1\" (pid 1001) prints \"go*\"",
		  "\"p1\" (pid 1001) never prints \"go*\"; it printed nothing");
	story_free(t.story);
}

int main(void)
{
	tap_plan(0);
	last_wakes_all();
	first_goes_on();
	woken_by_a_stranger();
	chain_of_wakes();
	barrier_of_one();
	one_passes_early();
	third_comes_late();
	raced();
	coordinator(true);
	coordinator(false);
	offsets();
	parts();
	one_way();
	lock_before();
	too_late();
	other_words();
	others();
	return tap_done();
}
