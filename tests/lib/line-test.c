// SPDX-License-Identifier: GPL-2.0-or-later
/* The line by itself: what is counted, and that it stays so. Built with the object inside. */
#include <limits.h>

#include "internal.h"
#include "tap.h"

enum { PEOPLE = 4, ROUNDS = 1000 };

static struct mp_line line;
static struct mp_standing people[PEOPLE];

static void all_stand(void)
{
	for (int i = 0; i < PEOPLE; i++)
		mp_line_stand(&line, &people[i]);
}

static void all_step_out(void)
{
	for (int i = 0; i < PEOPLE; i++)
		mp_line_step_out(&line, &people[i]);
}

static int calls_heard(int most)
{
	int heard = 0;

	for (int i = 0; i < most; i++)
		heard += mp_line_call_one(&line);
	return heard;
}

static void test_empty(void)
{
	is_int(mp_line_call_one(&line), 0, "nobody is there to be called");
	is_int(mp_line_call_all(&line), 0, "nor all");
	is_int(mp_line_call_anybody(&line), INT_MAX, "but anybody is called anyway");
	mp_line_step_out(&line, &people[0]);
	is_int(mp_line_call_one(&line), 0, "who never stood there steps out of nothing");
}

static void test_calls(void)
{
	uint32_t word;

	all_stand();
	all_stand();
	word = people[0].word;
	is_int(calls_heard(2 * PEOPLE), PEOPLE, "each who stands is called once");
	ok(line.word != word, "which nobody can sleep through");
	all_stand();
	mp_line_step_out(&line, &people[0]);
	is_int(calls_heard(2 * PEOPLE), PEOPLE - 1, "who stands again again, who left no more");
	all_step_out();
	all_stand();
	is_int(mp_line_call_all(&line), INT_MAX, "all are called");
	is_int(mp_line_call_all(&line), 0, "once");
	all_step_out();
}

/* One is called, and all the others come back from their naps and find the word changed. */
static void test_naps(void)
{
	all_stand();
	for (int i = 0; i < ROUNDS; i++) {
		mp_line_call_one(&line);
		all_stand();
	}
	is_int(calls_heard(ROUNDS), PEOPLE, "naps do not make more of them");
	all_stand();
	for (int i = 0; i < ROUNDS; i++) {
		mp_line_call_one(&line);
		all_stand();
	}
	all_step_out();
	is_int(mp_line_call_one(&line), 0, "when all have left, nobody is called");
}

/* Who is killed does not step out; nobody who lives is forgotten for it. */
static void test_killed(void)
{
	all_stand();
	people[0] = (struct mp_standing){0};
	all_stand();
	is_int(calls_heard(PEOPLE), PEOPLE, "all who live can be called");
	all_step_out();
	ok(calls_heard(ROUNDS) <= 1, "the dead one is called once at most");
}

int main(void)
{
	tap_plan(0);
	test_empty();
	test_calls();
	test_naps();
	test_killed();
	return tap_done();
}
