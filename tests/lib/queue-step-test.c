// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A process dies, or is stopped, after each instruction of a call on a queue; the others find all
 * items where they belong.
 */
#include <errno.h>
#include <mproc.h>
#include <stdlib.h>
#include <unistd.h>

#include "common.h"
#include "step.h"
#include "tap.h"

enum { CAPACITY = 3, LONG_MS = 60000, MOST_STEPS = 20000 };

static struct mp_queue *queue;

static int put(int number)
{
	return mp_queue_put(queue, &number, sizeof(number), 0);
}

/* The number, or 0. */
static int got(int64_t timeout_ms)
{
	int number;

	return mp_queue_get(queue, &number, sizeof(number), NULL, timeout_ms) ? 0 : number;
}

/* --- the calls --- */

static void do_put(void *argument)
{
	put(3);
}

static void do_get(void *argument)
{
	got(0);
}

static void do_task(void *argument)
{
	got(0);
	mp_queue_task_done(queue);
}

static void do_lost(void *argument)
{
	int number;

	mp_queue_lost(queue, &number, sizeof(number), NULL, NULL);
}

static void do_close(void *argument)
{
	mp_queue_close(queue);
}

/* How often each of 1 to 3 may be found after the call was left somewhere; it may find them only in
 * their order. */
struct call {
	const char *name;
	void (*act)(void *argument);
	unsigned flags;
	bool has_dead; /* a dead process has 1 in hand */
	int least[4], most[4];
	bool may_close;
};

static const struct call calls[] = {
	{"put", do_put, 0, false, {0, 1, 1, 0}, {0, 1, 1, 1}, false},
	{"put of a task", do_put, MP_QUEUE_TASKS, false, {0, 1, 1, 0}, {0, 1, 1, 1}, false},
	{"get", do_get, 0, false, {0, 0, 1, 0}, {0, 1, 1, 0}, false},
	{"get of a task", do_get, MP_QUEUE_TASKS, false, {0, 1, 1, 0}, {0, 1, 1, 0}, false},
	{"task", do_task, MP_QUEUE_TASKS, false, {0, 0, 1, 0}, {0, 1, 1, 0}, false},
	{"lost", do_lost, MP_QUEUE_TASKS, true, {0, 0, 1, 0}, {0, 1, 1, 0}, false},
	{"close", do_close, 0, false, {0, 1, 1, 0}, {0, 1, 1, 0}, true},
};

/* 1 and 2 are in it; 1 perhaps in the hand of a dead process. */
static void make_queue(const struct call *call)
{
	pid_t pid;

	if (mp_queue_new(&queue, CAPACITY, sizeof(int), call->flags))
		tap_bail("mp_queue_new");
	put(1);
	if (call->has_dead) {
		pid = fork_now();
		if (pid == 0)
			_exit(got(0) != 1);
		wait_status(pid);
	}
	put(2);
}

static unsigned wrong;

static void expect(bool right, const struct call *call, unsigned long steps, const char *what)
{
	if (right)
		return;
	if (wrong < 10)
		tap_note("%s, left after %lu steps: %s", call->name, steps, what);
	wrong++;
}

/* All that is in the queue, the lost first, so that the order is that of the puts. */
static void take_all(int found[4], const struct call *call, unsigned long steps)
{
	int number, last = 0;

	while (mp_queue_lost(queue, &number, sizeof(number), NULL, NULL) == 0 ||
	       (number = got(0))) {
		expect(number > last && number <= 3, call, steps, "order");
		found[number & 3]++;
		last = number;
		mp_queue_task_done(queue);
	}
}

/* Its room is all there, and no more. */
static bool has_all_room(void)
{
	bool right = true;

	for (int i = 0; i < CAPACITY; i++)
		right &= put(10 + i) == 0;
	right &= mp_queue_is_full(queue) && put(20) == MP_TIMEOUT;
	for (int i = 0; i < CAPACITY; i++)
		right &= got(0) == 10 + i && (mp_queue_task_done(queue) == 0 || true);
	return right;
}

static void look_after(const struct call *call, unsigned long steps)
{
	const int64_t before = now_ms();
	size_t unfinished = mp_queue_unfinished(queue), taken = 0;
	int found[4] = {0};

	take_all(found, call, steps);
	for (int i = 1; i <= 3; i++) {
		expect(found[i] >= call->least[i], call, steps, "an item is missing");
		expect(found[i] <= call->most[i], call, steps, "an item is there that should not");
		taken += (size_t)found[i];
	}
	expect(taken == unfinished, call, steps, "the number of unfinished items");
	expect(mp_queue_is_empty(queue) && mp_queue_unfinished(queue) == 0, call, steps, "emptied");
	expect(mp_queue_join(queue, 0) == 0, call, steps, "all is done");
	if (!(call->may_close && mp_queue_is_closed(queue)))
		expect(has_all_room(), call, steps, "its room");
	expect(now_ms() - before < 5000, call, steps, "answers take long");
}

/* How many places were tried; 0: it cannot be tried here. */
static unsigned long kill_everywhere(const struct call *call, unsigned long stride)
{
	unsigned long steps;
	int end = STEP_INSIDE;

	for (steps = 0; end == STEP_INSIDE && steps < MOST_STEPS; steps += stride) {
		make_queue(call);
		end = killed_after(call->act, NULL, steps);
		if (end != STEP_FORBIDDEN)
			look_after(call, steps);
		mp_queue_free(queue);
	}
	return end == STEP_FORBIDDEN ? 0 : steps;
}

static void test_kills(unsigned long stride)
{
	for (const struct call *call = calls; call < calls + sizeof(calls) / sizeof(*calls);
	     call++) {
		unsigned long steps;

		wrong = 0;
		steps = kill_everywhere(call, stride);
		if (steps == 0)
			tap_skip(1, "no process may be traced here");
		else
			is_int(wrong, 0, "%s: killed at places up to %lu, nothing is lost",
			       call->name, steps);
	}
}

/* --- stopped --- */

/* With somebody inside: 0, or a positive outcome, and in time. */
static void try_timed_calls(const struct call *call, unsigned long steps)
{
	int64_t before = now_ms();
	int number;

	expect(mp_queue_join(queue, 1) > 0, call, steps, "stopped: join");
	expect(mp_queue_lost(queue, &number, 0, NULL, NULL) != 0, call, steps, "stopped: lost");
	mp_queue_unfinished(queue);
	expect(mp_queue_get(queue, &number, 0, NULL, 1) != 0, call, steps, "stopped: get");
	expect(now_ms() - before < 5000, call, steps, "stopped: in time");
}

/* Not at every place: where the others are kept out, each call takes its patience. */
static void test_stops(unsigned long stride)
{
	const struct call *call = &calls[4];
	unsigned long steps = 0;
	int end = STEP_INSIDE;
	pid_t pid;

	wrong = 0;
	for (; end == STEP_INSIDE && steps < MOST_STEPS; steps += stride) {
		make_queue(call);
		end = stopped_after(call->act, NULL, steps, &pid);
		if (end == STEP_INSIDE) {
			try_timed_calls(call, steps);
			expect(step_finish(pid) == 0, call, steps, "it goes on");
		}
		if (end != STEP_FORBIDDEN)
			look_after(call, steps);
		mp_queue_free(queue);
	}
	if (end == STEP_FORBIDDEN)
		tap_skip(1, "no process may be traced here");
	else
		is_int(wrong, 0, "stopped at places up to %lu, timed calls end", steps);
}

/* --- with somebody who sleeps --- */

static void do_wake(void *argument)
{
	put(3);
}

/* A consumer sleeps while the producer dies: what was put, it gets. */
static void test_wakes(unsigned long stride)
{
	const struct call *call = &calls[0];
	unsigned long steps = 0;
	int end = STEP_INSIDE;
	pid_t pid;

	wrong = 0;
	for (; end == STEP_INSIDE && steps < MOST_STEPS; steps += stride) {
		int64_t before;
		bool was_put;

		if (mp_queue_new(&queue, CAPACITY, sizeof(int), 0))
			tap_bail("mp_queue_new");
		pid = fork_now();
		if (pid == 0)
			_exit(got(LONG_MS) + 10 * (got(LONG_MS) == 4));
		falls_asleep(pid);
		end = killed_after(do_wake, NULL, steps);
		was_put = has_ended(pid) || mp_queue_size(queue) > 0;
		before = now_ms();
		/* The consumer naps: it may have been quicker than our look. */
		while (was_put && mp_queue_size(queue) > 0 && now_ms() - before < 5000)
			sleep_ms(1);
		expect(now_ms() - before < 5000, call, steps, "a sleeper is not woken");
		put(4);
		mp_queue_close(queue);
		was_put = wait_status(pid) == 13;
		if (end == STEP_FINISHED)
			expect(was_put, call, steps, "it was put wholly");
		mp_queue_free(queue);
	}
	if (end == STEP_FORBIDDEN)
		tap_skip(1, "no process may be traced here");
	else
		is_int(wrong, 0, "a producer dies at places up to %lu, sleepers get what was put",
		       steps);
}

/* What the dynamic linker does once, done here. */
static void warm_up(void)
{
	const struct call *call = &calls[4];

	make_queue(call);
	do_task(NULL);
	do_lost(NULL);
	do_close(NULL);
	mp_queue_free(queue);
}

/* What a process does once: it finds out who it is. The item stays. */
static void know_yourself(void)
{
	mp_queue_get(queue, NULL, 0, NULL, 0);
}

/* An argument: how far the places lie apart; 1 for all of them takes a minute or two. */
int main(int argc, char **argv)
{
	const unsigned long stride = argc > 1 ? strtoul(argv[1], NULL, 10) : 5;
	unsigned fds;

	tap_plan(0);
	fds = open_fds();
	warm_up();
	step_child_begins = know_yourself;
	test_kills(stride);
	test_stops(stride * 17);
	test_wakes(stride * 11);
	is_int(open_fds(), fds, "no descriptor was left open");
	ok(!has_child(), "no child is left");
	return tap_done();
}
