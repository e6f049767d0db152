// SPDX-License-Identifier: GPL-2.0-or-later
/* A semaphore between processes. */
#include <errno.h>
#include <mproc.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include "common.h"
#include "step.h"
#include "tap.h"

/* Under the thread sanitizer the same act is not of the same number of steps each time. */
#ifdef __SANITIZE_THREAD__
enum { WATCHED = 1 };
#else
enum { WATCHED = 0 };
#endif

static struct mp_semaphore *semaphore;

static void make_semaphore(unsigned value, unsigned most)
{
	int rc = mp_semaphore_new(&semaphore, value, most);

	if (rc)
		tap_bail("mp_semaphore_new: %s", mp_result_text(rc));
}

static void test_making(void)
{
	struct mp_semaphore *none = (void *)&semaphore;

	is_int(mp_semaphore_new(&none, 3, 2), -EINVAL, "more units than there may be are refused");
	ok(!none, "and nothing is made");
	is_int(mp_semaphore_new(&none, 0, (unsigned)MP_SEMAPHORE_MAX + 1), -EINVAL,
	       "so is a bound that is too high");
	is_int(mp_semaphore_new(&none, MP_SEMAPHORE_MAX, 0), 0, "the most is allowed");
	is_int(mp_semaphore_release(none), -EOVERFLOW, "and cannot become more");
	is_int(mp_semaphore_value(none), MP_SEMAPHORE_MAX, "nor does it");
	mp_semaphore_free(none);
	mp_semaphore_free(NULL);
}

static void test_alone(void)
{
	make_semaphore(2, 0);
	is_int(mp_semaphore_value(semaphore), 2, "two units are there");
	is_int(mp_semaphore_acquire(semaphore, MP_FOREVER), 0, "one is taken");
	is_int(mp_semaphore_value(semaphore), 1, "one is left");
	is_int(mp_semaphore_acquire(semaphore, 1000), 0, "it is taken, too");
	is_int(mp_semaphore_value(semaphore), 0, "none is left");
	is_int(mp_semaphore_acquire(semaphore, 0), MP_TIMEOUT, "so a try fails");
	is_int(mp_semaphore_release(semaphore), 0, "one comes back");
	is_int(mp_semaphore_acquire(semaphore, 0), 0, "and can be taken");
	for (unsigned i = 0; i < 3; i++)
		mp_semaphore_release(semaphore);
	is_int(mp_semaphore_value(semaphore), 3, "there may be more than at the beginning");
	mp_semaphore_free(semaphore);
	make_semaphore(2, 2);
	is_int(mp_semaphore_release(semaphore), -EOVERFLOW, "unless it has a bound");
	is_int(mp_semaphore_value(semaphore), 2, "which changes nothing");
	mp_semaphore_acquire(semaphore, 0);
	is_int(mp_semaphore_release(semaphore), 0, "what was taken can be given back");
	mp_semaphore_free(semaphore);
}

static int take(void *timeout_ms)
{
	return mp_semaphore_acquire(semaphore, *(int64_t *)timeout_ms);
}

static int64_t forever = MP_FOREVER, long_ms = 60000;

static bool value_is(void *units)
{
	return mp_semaphore_value(semaphore) == *(unsigned *)units;
}

static bool all_taken(void)
{
	unsigned none = 0;

	return comes_true(value_is, &none);
}

static void test_waiting(void)
{
	int64_t before = now_ms();
	pid_t one, other;

	make_semaphore(0, 0);
	is_int(mp_semaphore_acquire(semaphore, 300), MP_TIMEOUT, "nobody gives a unit in time");
	ok(now_ms() - before >= 299, "and the time was waited for");
	one = child_doing(take, &forever);
	other = child_doing(take, &long_ms);
	ok(falls_asleep(one) && falls_asleep(other), "two wait");
	sleep_ms(600);
	ok(!has_ended(one) && !has_ended(other), "and go on waiting");
	mp_semaphore_release(semaphore);
	ok(all_taken(), "a unit is taken");
	sleep_ms(50);
	ok(!has_ended(one) || !has_ended(other), "by one of them only");
	mp_semaphore_release(semaphore);
	is_int(wait_status(one) | wait_status(other), 0, "the next one is for the other");
	is_int(mp_semaphore_value(semaphore), 0, "and no unit is left");
	mp_semaphore_free(semaphore);
}

enum { UNITS = 3, WORKERS = 6, TURNS = 2000 };

static struct shared {
	_Atomic int inside, too_many;
} * shared;

/* Between taking and giving back, never more than there are units. */
static int work(void *argument)
{
	for (unsigned i = 0; i < TURNS; i++) {
		if (mp_semaphore_acquire(semaphore, i % 2 ? MP_FOREVER : 60000) != 0)
			return 1;
		if (++shared->inside > UNITS)
			shared->too_many++;
		if (i % 64 == 0)
			sched_yield();
		shared->inside--;
		if (mp_semaphore_release(semaphore) != 0)
			return 1;
	}
	return 0;
}

static void *work_in_thread(void *result)
{
	*(int *)result = work(NULL);
	return NULL;
}

static void test_contention(void)
{
	pid_t workers[WORKERS];
	pthread_t thread;
	int bad = 0, result = -1;

	shared = shared_memory(sizeof(*shared));
	make_semaphore(UNITS, UNITS);
	for (unsigned i = 0; i < WORKERS; i++)
		workers[i] = child_doing(work, NULL);
	pthread_create(&thread, NULL, work_in_thread, &result);
	bad += work(NULL);
	pthread_join(thread, NULL);
	for (unsigned i = 0; i < WORKERS; i++)
		bad += wait_status(workers[i]);
	is_int(bad + result, 0, "processes and threads take units in turn");
	is_int(shared->too_many, 0, "never more than there are");
	is_int(mp_semaphore_value(semaphore), UNITS, "and give all of them back");
	mp_semaphore_free(semaphore);
}

enum { ITEMS = 5000 };

static int consume(void *argument)
{
	for (unsigned i = 0; i < ITEMS; i++)
		if (mp_semaphore_acquire(semaphore, 60000) != 0)
			return 1;
	return 0;
}

static void test_handing_over(void)
{
	pid_t consumers[2];
	int bad = 0;

	make_semaphore(0, 0);
	consumers[0] = child_doing(consume, NULL);
	consumers[1] = child_doing(consume, NULL);
	for (unsigned i = 0; i < 2 * ITEMS; i++)
		bad += mp_semaphore_release(semaphore) != 0;
	is_int(bad | wait_status(consumers[0]) | wait_status(consumers[1]), 0,
	       "what one process gives others take, and no unit gets lost");
	is_int(mp_semaphore_value(semaphore), 0, "nor is one too many");
	mp_semaphore_free(semaphore);
}

/* --- deaths --- */

static void take_and_give(void *argument)
{
	if (mp_semaphore_acquire(semaphore, 1000) == 0)
		mp_semaphore_release(semaphore);
}

static void give(void *argument)
{
	mp_semaphore_release(semaphore);
}

enum { A_PAGE = 4096, MOST_PLACES = 20 };

/* A killed holder's unit is gone, no more and no less. */
static void test_kills(void)
{
	unsigned long places[MOST_PLACES];
	unsigned bad = 0, gone = 0;
	int count;

	make_semaphore(1, 1);
	take_and_give(NULL);
	count = changing_steps(take_and_give, NULL, semaphore, A_PAGE, places, MOST_PLACES);
	for (int i = 0; i < count; i++) {
		killed_after(take_and_give, NULL, places[i]);
		if (mp_semaphore_acquire(semaphore, 0) != 0)
			gone++;
		bad += mp_semaphore_release(semaphore) != 0 || mp_semaphore_value(semaphore) != 1;
	}
	if (count < 0)
		tap_skip(1, "no process may be traced here");
	else
		ok(bad == 0 && count > 1 && gone < (unsigned)count,
		   "a unit is gone with who is killed while it has it, and only then");
	mp_semaphore_free(semaphore);
}

/* Killed between giving and waking: then nobody wakes the waiter. */
static void test_kill_before_wake(void)
{
	unsigned long place;
	pid_t waiter;
	int count;

	make_semaphore(0, 0);
	give(NULL);
	mp_semaphore_acquire(semaphore, 0);
	count = changing_steps(give, NULL, semaphore, A_PAGE, &place, 1);
	mp_semaphore_acquire(semaphore, 0);
	waiter = child_doing(take, &long_ms);
	falls_asleep(waiter);
	if (count < 0) {
		tap_skip(2, "no process may be traced here");
		mp_semaphore_release(semaphore);
		wait_status(waiter);
	} else {
		is_int(killed_after(give, NULL, place), STEP_INSIDE, "who has given is killed");
		is_int(wait_status(waiter), 0, "the waiter gets the unit all the same");
	}
	mp_semaphore_free(semaphore);
}

/* The one that the kernel chooses to wake may be stopped, or die: the unit is for the next. */
static void test_stopped_waiter(void)
{
	pid_t first, second;

	make_semaphore(0, 0);
	first = child_doing(take, &forever);
	falls_asleep(first);
	second = child_doing(take, &forever);
	falls_asleep(second);
	kill(first, SIGSTOP);
	mp_semaphore_release(semaphore);
	is_int(wait_status(second), 0, "a stopped waiter keeps the unit from nobody");
	kill(first, SIGKILL);
	wait_status(first);
	mp_semaphore_release(semaphore);
	is_int(mp_semaphore_acquire(semaphore, 0), 0, "nor does a dead one");
	mp_semaphore_free(semaphore);
}

static int no_calls(void *argument)
{
	if (!forbid_all_calls())
		return 77;
	take_and_give(NULL);
	exit_now(0);
	return 1;
}

static void test_no_calls(void)
{
	int status;

	make_semaphore(1, 0);
	take_and_give(NULL);
	status = wait_status(child_doing(no_calls, NULL));
	if (status == 77)
		tap_skip(1, "system calls cannot be forbidden here");
	else
		is_int(status, 0, "a unit that is there costs no system call");
	mp_semaphore_free(semaphore);
}

int main(void)
{
	unsigned fds;

	tap_plan(0);
	fds = open_fds();
	test_making();
	test_alone();
	test_waiting();
	test_contention();
	test_handing_over();
	if (!WATCHED) {
		test_kills();
		test_kill_before_wake();
	}
	test_stopped_waiter();
	test_no_calls();
	is_int(open_fds(), fds, "no descriptor was left open");
	ok(!has_child(), "no child is left");
	return tap_done();
}
