/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The states: together, one at a time, at most so many, lives, outlives, in turn, nothing left. */
#include <signal.h>
#include <sys/syscall.h>

#include "build.h"
#include "tap.h"

#define GROUP "group g = children of main\nprocess one = child 1 of main\n"
#define TWO   GROUP "process two = child 2 of main\n"

struct life {
	unsigned born, ended, reaped; /* 0: never */
};

static struct story *lives(const struct life *life, size_t count, struct mp_process **child)
{
	static const char *const names[] = {"c1", "c2", "c3", "c4"};
	struct story *story = story_new("cmd", NULL);

	for (size_t i = 0; i < count; i++) {
		child[i] = forks(story, life[i].born, command(story), names[i]);
		if (life[i].ended != 0)
			exits(story, life[i].ended, child[i], 0);
		if (life[i].reaped != 0)
			reaps(story, life[i].reaped, command(story), child[i]);
	}
	return story;
}

static void test_together(void)
{
	static const struct life good[] = {{100, 150, 400}, {200, 300, 500}};
	static const struct life bad[] = {{100, 150, 160}, {200, 300, 500}};
	struct mp_process *child[2];
	struct story *story = lives(good, 2, child);

	/* The first had ended when the second was forked, but nobody had waited for it. */
	it_holds(story, TWO, "  g run at the same time");
	story_free(story);
	story = lives(bad, 2, child);
	it_breaks(story, TWO, "  g run at the same time", "g run at the same time",
		  "one was waited for and reaped at 0.2 ms, before two was forked at 0.2 ms");
	/* Nobody waited for it: it was quicker than the next fork, and need not have been. */
	polls(story, 161, command(story), child[0]);
	it_holds(story, TWO, "  g run at the same time");
	it_is_open(story, TWO, "  g run one at a time",
		   "one had ended before two was forked, but nobody had waited for that: another "
		   "time they may meet");
	it_is_open(story, TWO, "  at most 1 of g at once", NULL);
	it_holds(story, TWO, "  at most 2 of g at once");
	waits_for_end(story, 120, 151, command(story), child[0]);
	it_breaks(story, TWO, "  g run at the same time", NULL, NULL);
	story_free(story);
}

/* Its parent does not wait for it, but lets it end all the same, and so it never meets the next. */
static void test_let_end(void)
{
	static const struct life polled[] = {{100, 150, 0}, {200, 300, 310}};
	struct mp_process *child[2];
	struct story *story = lives(polled, 2, child);
	struct mp_act *poll;

	sleeps(story, 140, 149, command(story));
	sleeps(story, 151, 190, child[1]);
	it_holds(story, TWO, "  g run at the same time");
	it_is_open(story, TWO, "  g run one at a time", NULL);
	poll = polls(story, 161, command(story), child[0]);
	it_holds(story, TWO, "  g run at the same time");
	poll->watched = true;
	it_is_open(story, TWO, "  g run at the same time",
		   "it was looked for one again and again until it had ended, before another was "
		   "forked: that may be a way to wait");
	sleeps(story, 149, 160, command(story));
	it_breaks(story, TWO, "  g run at the same time", NULL,
		  "one was reaped at 0.2 ms, before two was forked at 0.2 ms");
	it_holds(story, TWO, "  g run one at a time\n  at most 1 of g at once");
	story_free(story);
	story = lives(polled, 2, child);
	sleeps(story, 149, 160, command(story));
	it_breaks(story, TWO, "  g run at the same time", "g run at the same time",
		  "one ended at 0.1 ms, before two was forked at 0.2 ms");
	it_holds(story, TWO, "  g run one at a time\n  at most 1 of g at once");
	story_free(story);
}

/* That nobody waited or slept is not seen, but concluded. */
static void test_rests_unseen(void)
{
	static const struct life good[] = {{100, 150, 400}, {200, 300, 500}};
	static const struct life polled[] = {{100, 150, 0}, {200, 300, 310}};
	static const enum mp_kind kinds[] = {MP_SLEEP, MP_CALL, MP_IO, MP_FUTEX};
	static const enum mp_blind_cause blind[] = {MP_BLIND_ASYNC, MP_BLIND_32BIT,
						    MP_BLIND_FUTEX_WAITV};
	struct mp_process *child[2];
	struct story *story = lives(polled, 2, child), *sure = lives(good, 2, child);
	size_t i;

	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		story_model(story)->lost[kinds[i]] = story_model(sure)->lost[kinds[i]] = 1;
		it_is_open(story, TWO, "  g run at the same time", NULL);
		it_holds(sure, TWO, "  g run at the same time");
		story_model(story)->lost[kinds[i]] = story_model(sure)->lost[kinds[i]] = 0;
	}
	for (i = 0; i < sizeof(blind) / sizeof(blind[0]); i++) {
		story_model(story)->blind = command(story)->blind = UINT64_C(1) << blind[i];
		it_is_open(story, TWO, "  g run at the same time", NULL);
	}
	story_free(story);
	story_free(sure);
}

/* A sleep may be a poll(2) that looks at nothing, or what is asked of a ring. */
static void test_sleeps_unseen(void)
{
	static const struct life life[] = {{100, 150, 400}, {200, 300, 500}};
	struct mp_process *child[2];
	struct story *story = lives(life, 2, child);

	it_holds(story, TWO, "  one never sleeps");
	story_model(story)->lost[MP_CALL] = 1;
	it_is_open(story, TWO, "  one never sleeps", NULL);
	story_model(story)->lost[MP_CALL] = 0;
	story_model(story)->blind = child[0]->blind = UINT64_C(1) << MP_BLIND_ASYNC;
	it_is_open(story, TWO, "  one never sleeps", NULL);
	it_holds(story, TWO, "  two never sleeps");
	story_free(story);
}

/* Another one had forked the first, and only who forks the second slept meanwhile. */
static void test_let_end_elsewhere(void)
{
	struct story *story = story_new("cmd", NULL);
	struct mp_process *left = forks(story, 10, command(story), "left");
	struct mp_process *child = forks(story, 100, left, "c1"), *right;

	exits(story, 150, child, 0);
	waits_for_data(story, 120, 160, command(story), left, pipes(story));
	sleeps(story, 140, 155, left);
	right = forks(story, 170, command(story), "right");
	exits(story, 300, forks(story, 180, right, "c2"), 0);
	it_breaks(story, "group g = descendants of main named \"c*\"\n", "  g run at the same time",
		  NULL, NULL);
	it_holds(story, "group g = descendants of main named \"c*\"\n", "  g run one at a time");
	story_free(story);
}

/* Its parent waits for another one as it ends, who did not know of that; or found out. */
static void test_held_up(void)
{
	static const struct life quick[] = {{100, 150, 0}, {110, 300, 310}, {200, 310, 320}};
	static const enum mp_act_kind looks[] = {MP_ACT_READ,	 MP_ACT_EOF,  MP_ACT_REAP,
						 MP_ACT_RECEIVE, MP_ACT_OPEN, MP_ACT_SIGNAL,
						 MP_ACT_WAIT,	 MP_ACT_SLEEP};
	struct mp_process *child[3];
	struct story *story = lives(quick, 3, child);
	struct mp_wake exec = {.e.kind = MP_WAKE, .nr = SYS_execve};
	struct mp_act *wake;

	waits_for_data(story, 120, 190, command(story), child[1], pipes(story));
	wake = wakes(story, 160, child[1], command(story), NULL);
	it_is_open(story, GROUP, "  g run at the same time", NULL);
	wake->event = &exec.e;
	it_holds(story, GROUP, "  g run at the same time\n  at most 3 of g at once");
	it_is_open(story, GROUP, "  at most 2 of g at once", NULL);
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++) {
		struct mp_act *look = prints(story, 155, child[1], "");

		look->kind = looks[i];
		it_is_open(story, GROUP, "  g run at the same time",
			   "one ended while who forked another was held up by a third: that may be "
			   "a way to wait");
		look->at = look->begin = wake->at + 1;
		it_holds(story, GROUP, "  g run at the same time");
	}
	story_model(story)->lost[MP_SIGNAL] = 1;
	it_is_open(story, GROUP, "  g run at the same time", NULL);
	story_model(story)->lost[MP_SIGNAL] = 0;
	sleeps(story, 140, 159, child[1]);
	it_breaks(story, GROUP, "  g run at the same time", NULL, NULL);
	it_holds(story, GROUP, "  at most 2 of g at once");
	wake->at = child[0]->ended - 1;
	it_holds(story, GROUP, "  g run at the same time");
	story_free(story);
}

/* It had been woken before, by what the child itself did, and came to run only later. */
static void test_woken_before(void)
{
	static const struct life quick[] = {{100, 150, 0}, {200, 310, 320}};
	struct mp_process *child[2];
	struct story *story = lives(quick, 2, child);

	waits_for_data(story, 120, 190, command(story), child[0], pipes(story));
	it_breaks(story, TWO, "  g run at the same time", NULL, NULL);
	wakes(story, 130, child[0], command(story), NULL);
	it_holds(story, TWO, "  g run at the same time");
	it_is_open(story, TWO, "  g run one at a time", NULL);
	command(story)->threads = 2;
	it_breaks(story, TWO, "  g run at the same time", NULL, NULL);
	story_free(story);
}

static void test_one_at_a_time(void)
{
	static const struct life good[] = {{100, 150, 160}, {200, 300, 310}, {310, 320, 330}};
	static const struct life unreaped[] = {{100, 150, 0}, {200, 300, 310}};
	static const struct life bad[] = {{100, 150, 210}, {200, 300, 310}};
	static const struct life endless[] = {{100, 0, 0}, {200, 300, 310}};
	struct mp_process *child[3];
	struct story *story = lives(good, 3, child);

	it_holds(story, GROUP, "  g run one at a time\n  at most 1 of g at once");
	story_free(story);
	story = lives(unreaped, 2, child);
	sleeps(story, 110, 190, command(story));
	it_holds(story, GROUP, "  g run one at a time");
	story_free(story);
	story = lives(bad, 2, child);
	it_breaks(story, TWO, "  g run one at a time", "g run one at a time",
		  "two was forked at 0.2 ms, while one was still there");
	story_free(story);
	story = lives(endless, 2, child);
	it_breaks(story, TWO, "  g run one at a time", NULL, NULL);
	story_free(story);
}

static void test_at_once(void)
{
	static const struct life four[] = {
		{100, 190, 200}, {110, 290, 300}, {250, 390, 400}, {260, 490, 500}};
	struct mp_process *child[4];
	struct story *story = lives(four, 4, child);

	it_holds(story, GROUP, "  at most 3 of g at once");
	it_breaks(story, TWO "process three = child 3 of main\nprocess four = child 4 of main\n",
		  "  at most 2 of g at once", "at most 2 of g at once",
		  "four was forked at 0.3 ms, while there were still two and three");
	story_free(story);
}

static void test_lives(void)
{
	static const struct life two[] = {{1000, 5000, 6000}, {2000, 4000, 6000}};
	struct mp_process *child[2];
	struct story *story = lives(two, 2, child);

	it_holds(story, TWO,
		 "  one lives at least 4 ms\n  each of g lives at least 2 ms\n"
		 "  one outlives two");
	it_breaks(story, TWO, "  one lives at least 5 ms", "one lives at least 5 ms",
		  "one lived 4 ms: it exited with 0 at 5.0 ms");
	it_breaks(story, TWO, "  each of g lives at least 3 ms", NULL,
		  "two lived 2 ms: it exited with 0 at 4.0 ms");
	it_breaks(story, TWO, "  two outlives one", "two outlives one",
		  "two ended at 4.0 ms, and one ended at 5.0 ms");
	story_free(story);
	story = story_new("cmd", NULL);
	child[0] = forks(story, 1000, command(story), "c1");
	child[1] = forks(story, 1000, command(story), "c2");
	is_stopped(story, 3000, child[0]);
	exits(story, 2000, child[1], 0);
	it_holds(story, TWO, "  one lives at least 2 ms\n  one outlives two");
	it_breaks(story, TWO, "  two outlives one", NULL,
		  "two ended at 2.0 ms, and one was still running when the run was stopped");
	it_is_open(story, TWO, "  one lives at least 3 ms", "the run was stopped before one ended");
	story_free(story);
}

static void test_in_turn(void)
{
	static const struct life two[] = {{100, 900, 950}, {100, 900, 960}};
	struct mp_process *child[2];
	struct story *story = lives(two, 2, child);

	prints_slowly(story, 200, 210, child[0], "a");
	prints_slowly(story, 210, 220, child[1], "b");
	prints(story, 220, child[0], "c");
	prints_slowly(story, 300, 400, child[0], "long");
	prints(story, 350, child[0], "its own");
	it_holds(story, TWO, "  g print one at a time");
	prints_slowly(story, 399, 399, child[1], "d");
	it_breaks(
		story, TWO, "  g print one at a time", "g print one at a time",
		"two began to print \"d\" at 0.4 ms, while one was printing \"long\" until 0.4 ms");
	story_free(story);
}

static void test_nothing_left(void)
{
	static const struct life good[] = {{100, 200, 300}, {100, 200, 300}};
	static const struct life zombie[] = {{100, 200, 300}, {100, 200, 0}};
	static const struct life left[] = {{100, 200, 300}, {100, 0, 0}};
	struct mp_process *child[2], *orphan;
	struct story *story = lives(good, 2, child);

	orphan = forks(story, 150, child[0], "orphan");
	exits(story, 250, orphan, 0);
	exits(story, 900, command(story), 0);
	/* Its parent had gone: somebody outside of the tree reaps it. */
	it_holds(story, TWO, "  nothing is left");
	story_free(story);
	story = lives(zombie, 2, child);
	exits(story, 900, command(story), 0);
	it_breaks(story, TWO, "  nothing is left", "nothing is left when the command has ended",
		  "two ended at 0.2 ms and was not reaped before main ended at 0.9 ms");
	child[1]->autoreaped = true;
	it_holds(story, TWO, "  nothing is left");
	story_free(story);
	story = lives(left, 2, child);
	exits(story, 900, command(story), 0);
	it_breaks(story, TWO, "  nothing is left", NULL,
		  "two was still running when main ended at 0.9 ms");
	exits(story, 950, child[1], 0);
	it_breaks(story, TWO, "  nothing is left", NULL, NULL);
	story_free(story);
	story = lives(good, 2, child);
	is_stopped(story, 900, command(story));
	it_breaks(story, TWO, "  nothing is left", NULL,
		  "main was still running when the run was stopped");
	story_free(story);
}

int main(void)
{
	tap_plan(0);
	test_together();
	test_let_end();
	test_rests_unseen();
	test_sleeps_unseen();
	test_let_end_elsewhere();
	test_held_up();
	test_woken_before();
	test_one_at_a_time();
	test_at_once();
	test_lives();
	test_in_turn();
	test_nothing_left();
	return tap_done();
}
