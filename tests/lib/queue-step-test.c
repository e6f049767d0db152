// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A process dies, or is stopped, after each instruction of a call on a queue; the others find all
 * items where they belong.
 */
#include <errno.h>
#include <mproc.h>
#include <signal.h>
#include <sys/wait.h>
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

/* --- places to leave a call at --- */

struct places {
	unsigned count;
	unsigned long at[4096];
};

static struct places places;
static bool everywhere;

/* Around each change of what others see, or everywhere. False: no process may be traced here. */
static bool find_places(const struct call *call)
{
	enum { MOST = sizeof(places.at) / sizeof(places.at[0]), A_PAGE = 4096 };
	unsigned long changes[MOST / 3];
	int count;

	make_queue(call);
	count = changing_steps(call->act, NULL, queue, A_PAGE, changes, MOST / 3);
	mp_queue_free(queue);
	if (count < 0)
		return false;
	places.count = 0;
	for (unsigned long at = 0; everywhere && at < MOST; at++)
		places.at[places.count++] = at;
	for (int i = 0; i < count && !everywhere; i++)
		for (unsigned long at = changes[i] - 1; at <= changes[i] + 1; at++)
			places.at[places.count++] = at;
	return true;
}

/* How many places were tried. */
static unsigned kill_at_places(const struct call *call)
{
	int end = STEP_INSIDE;
	unsigned i;

	for (i = 0; i < places.count && end == STEP_INSIDE; i++) {
		make_queue(call);
		end = killed_after(call->act, NULL, places.at[i]);
		look_after(call, places.at[i]);
		mp_queue_free(queue);
	}
	return i;
}

static void test_kills(void)
{
	for (const struct call *call = calls; call < calls + sizeof(calls) / sizeof(*calls);
	     call++) {
		unsigned tried = find_places(call) ? kill_at_places(call) : 0;

		if (tried == 0)
			tap_skip(1, "no process may be traced here");
		else
			is_int(wrong, 0, "%s: killed at %u places, nothing is lost", call->name,
			       tried);
		wrong = 0;
	}
}

/* --- stopped --- */

/* With somebody inside: 0, or a positive outcome, and in time. */
static unsigned kept_out; /* at how many places */

static void try_timed_calls(const struct call *call, unsigned long steps)
{
	int64_t before = now_ms();
	int number;

	if (mp_queue_get(queue, &number, 0, NULL, 0) == MP_TIMEOUT) {
		expect(now_ms() - before >= 99, call, steps, "stopped: a call has no patience");
		kept_out++;
	}
	before = now_ms();

	expect(mp_queue_join(queue, 1) > 0, call, steps, "stopped: join");
	expect(mp_queue_lost(queue, &number, 0, NULL, NULL) != 0, call, steps, "stopped: lost");
	mp_queue_unfinished(queue);
	expect(mp_queue_get(queue, &number, 0, NULL, 1) != 0, call, steps, "stopped: get");
	expect(now_ms() - before < 5000, call, steps, "stopped: in time");
}

/* Not at every place: where the others are kept out, each call takes its patience. */
static void test_stops(void)
{
	const struct call *call = &calls[4];
	unsigned tried = 0;
	pid_t pid;

	if (!find_places(call)) {
		tap_skip(1, "no process may be traced here");
		return;
	}
	kept_out = 0;
	for (unsigned i = 0; i < places.count; i += 13, tried++) {
		make_queue(call);
		if (stopped_after(call->act, NULL, places.at[i], &pid) == STEP_INSIDE) {
			try_timed_calls(call, places.at[i]);
			expect(step_finish(pid) == 0, call, places.at[i], "it goes on");
		}
		look_after(call, places.at[i]);
		mp_queue_free(queue);
	}
	is_int(wrong, 0, "stopped at %u places, timed calls end", tried);
	ok(kept_out > 0, "and wait a moment for who is inside: at %u of them", kept_out);
	wrong = 0;
}

/* --- with somebody who sleeps --- */

/* Gets 3 and 4, or 4 alone. */
static int get_until_four(void)
{
	int number, sum = 0;

	do {
		number = got(LONG_MS);
		sum += number;
	} while (number && number != 4);
	return sum;
}

static bool is_emptied(void *argument)
{
	return mp_queue_is_empty(queue);
}

/* A consumer sleeps while the producer dies: what was put, it gets. */
static void wake_and_die(const struct call *call, unsigned long steps)
{
	bool was_put;
	pid_t pid;
	int sum;

	if (mp_queue_new(&queue, CAPACITY, sizeof(int), 0))
		tap_bail("mp_queue_new");
	pid = fork_now();
	if (pid == 0)
		_exit(get_until_four());
	falls_asleep(pid);
	killed_after(call->act, NULL, steps);
	was_put = !mp_queue_is_empty(queue);
	expect(comes_true(is_emptied, NULL), call, steps, "a sleeper does not wake");
	put(4);
	sum = wait_status(pid);
	expect(sum == 7 || (sum == 4 && !was_put), call, steps, "a sleeper gets what was put");
	mp_queue_free(queue);
}

static void test_wakes(void)
{
	const struct call *call = &calls[0];
	unsigned tried = 0;

	if (!find_places(call)) {
		tap_skip(1, "no process may be traced here");
		return;
	}
	/* With somebody to wake, the steps after the put are a few more: so the end as well. */
	places.at[places.count - 1] = MOST_STEPS;
	for (unsigned i = places.count; i > 0; i = i > 4 ? i - 4 : 0, tried++)
		wake_and_die(call, places.at[i - 1]);
	is_int(wrong, 0, "a producer dies at %u places, sleepers get what was put", tried);
}

/* --- while one has items in hand --- */

/* Of 1 to 4 in hand, so that the last is where the first was. Once, while it is stopped, somebody
 * dies. Then the oldest it has, 2, is done, and it leaves the others. */
static int hold_some(void)
{
	int sum = got(LONG_MS);

	mp_queue_task_done(queue);
	sum += got(LONG_MS) + got(LONG_MS) + got(LONG_MS);
	raise(SIGSTOP);
	mp_queue_task_done(queue);
	return sum;
}

static bool first_is_done(void *argument)
{
	return mp_queue_unfinished(queue) == 2;
}

static void die_beside_holder(const struct call *call, unsigned long steps)
{
	int status, number = 0, rest = 0;
	pid_t pid;

	if (mp_queue_new(&queue, CAPACITY + 1, sizeof(int), MP_QUEUE_TASKS))
		tap_bail("mp_queue_new");
	for (int i = 1; i <= 3; i++)
		put(i);
	pid = fork_now();
	if (pid == 0)
		_exit(hold_some());
	comes_true(first_is_done, NULL);
	put(4);
	waitpid(pid, &status, WUNTRACED);
	killed_after(call->act, NULL, steps);
	kill(pid, SIGCONT);
	expect(wait_status(pid) == 10, call, steps, "what the holder got");
	while (mp_queue_lost(queue, &number, sizeof(number), NULL, NULL) == 0)
		rest = 10 * rest + number;
	expect(rest == 34, call, steps, "the holder's oldest is done first");
	mp_queue_free(queue);
}

static void test_holder(void)
{
	const struct call *call = &calls[1];

	if (!find_places(call)) {
		tap_skip(1, "no process may be traced here");
		return;
	}
	for (unsigned i = 0; i < places.count; i++)
		die_beside_holder(call, places.at[i]);
	is_int(wrong, 0, "one dies at %u places, the items of another keep their order",
	       places.count);
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

/* Any argument: at each instruction, which takes minutes. */
int main(int argc, char **argv)
{
	unsigned fds;

	tap_plan(0);
	everywhere = argc > 1;
	fds = open_fds();
	warm_up();
	step_child_begins = know_yourself;
	test_kills();
	if (!everywhere) {
		test_stops();
		test_wakes();
		test_holder();
	}
	is_int(open_fds(), fds, "no descriptor was left open");
	ok(!has_child(), "no child is left");
	return tap_done();
}
