// SPDX-License-Identifier: GPL-2.0-or-later
/* A lock between processes that its holder takes more than once. */
#include <errno.h>
#include <mproc.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "common.h"
#include "step.h"
#include "tap.h"

static struct mp_rlock *rlock;

static void make_rlock(void)
{
	int rc = mp_rlock_new(&rlock);

	if (rc)
		tap_bail("mp_rlock_new: %s", mp_result_text(rc));
}

static int try_it(void *argument)
{
	return mp_rlock_acquire(rlock, 0);
}

static void test_alone(void)
{
	make_rlock();
	is_int(mp_rlock_release(rlock), -EPERM, "one that nobody holds is not released");
	is_int(mp_rlock_count(rlock), 0, "its count is 0");
	is_int(mp_rlock_acquire(rlock, MP_FOREVER), 0, "it is taken");
	is_int(mp_rlock_acquire(rlock, 0), 0, "and again by a try");
	is_int(mp_rlock_acquire(rlock, 1000), 0, "and again with a timeout");
	is_int(mp_rlock_count(rlock), 3, "three times");
	is_int(mp_rlock_release(rlock), 0, "it is released");
	is_int(mp_rlock_release(rlock), 0, "and again");
	is_int(wait_status(child_doing(try_it, NULL)), MP_TIMEOUT, "but it is still held");
	is_int(mp_rlock_free(rlock), -EBUSY, "so it cannot be freed");
	is_int(mp_rlock_release(rlock), 0, "it is released for the last time");
	is_int(mp_rlock_release(rlock), -EPERM, "once more is too often");
	is_int(mp_rlock_count(rlock), 0, "its count is 0 again");
	is_int(wait_status(child_doing(try_it, NULL)), 0, "others can take it");
	is_int(mp_rlock_acquire(rlock, 1000), MP_OWNER_DIED, "and leave it with their death");
	mp_rlock_release(rlock);
	is_int(mp_rlock_free(rlock), 0, "it is freed");
	is_int(mp_rlock_free(NULL), 0, "so is nothing");
}

/* Which of these a process that does not hold it can do; one bit each. */
static int meddle(void *argument)
{
	return (mp_rlock_release(rlock) != -EPERM) << 0 | (mp_rlock_count(rlock) != 0) << 1 |
	       (mp_rlock_acquire(rlock, 0) != MP_TIMEOUT) << 2 |
	       (mp_rlock_acquire(rlock, 20) != MP_TIMEOUT) << 3;
}

static void *meddle_in_thread(void *result)
{
	*(int *)result = meddle(NULL);
	return NULL;
}

static void test_others(void)
{
	pthread_t thread;
	int result = -1;

	make_rlock();
	mp_rlock_acquire(rlock, MP_FOREVER);
	mp_rlock_acquire(rlock, MP_FOREVER);
	is_int(wait_status(child_doing(meddle, NULL)), 0,
	       "a child of the holder can neither release it, nor take it, nor has it a count");
	pthread_create(&thread, NULL, meddle_in_thread, &result);
	pthread_join(thread, NULL);
	is_int(result, 0, "nor can another thread");
	is_int(mp_rlock_count(rlock), 2, "the holder's count is what it was");
	is_int(mp_rlock_release(rlock) | mp_rlock_release(rlock), 0, "and he can release it");
	is_int(wait_status(child_doing(try_it, NULL)), 0, "then a child can take it");
	mp_rlock_free(rlock);
}

static int take_twice(void *wait)
{
	int rc = mp_rlock_acquire(rlock, MP_FOREVER) | mp_rlock_acquire(rlock, MP_FOREVER);

	while (wait)
		pause();
	return rc;
}

static int inherit(void *argument)
{
	if (mp_rlock_acquire(rlock, 10000) != MP_OWNER_DIED || mp_rlock_count(rlock) != 1)
		return 1;
	if (mp_rlock_acquire(rlock, MP_FOREVER) != 0 || mp_rlock_count(rlock) != 2)
		return 2;
	return mp_rlock_release(rlock) | mp_rlock_release(rlock);
}

static void test_death(void)
{
	pid_t holder, heir;

	make_rlock();
	is_int(wait_status(child_doing(take_twice, NULL)), 0, "a holder leaves without release");
	is_int(inherit(NULL), 0, "the next one is told, once, and counts from 1");
	is_int(mp_rlock_acquire(rlock, 0), 0, "the one after is not told");
	mp_rlock_release(rlock);
	holder = child_doing(take_twice, rlock);
	ok(falls_asleep(holder), "a holder holds");
	heir = child_doing(inherit, NULL);
	ok(falls_asleep(heir), "somebody waits");
	kill(holder, SIGSTOP);
	is_int(mp_rlock_acquire(rlock, 50), MP_TIMEOUT, "a stopped holder is waited for in vain");
	ok(!has_ended(heir), "by all");
	kill(holder, SIGKILL);
	is_int(wait_status(heir), 0, "when it is killed, the waiter gets it");
	wait_status(holder);
	mp_rlock_free(rlock);
}

/* Like any other process, it does not hold what the dead one held. */
static int take_over(void *argument)
{
	if (mp_rlock_release(rlock) != -EPERM || mp_rlock_count(rlock) != 0)
		return 3;
	return inherit(NULL);
}

/* Another process is given the number of the holder that died. */
static void test_namesake(void)
{
	pid_t holder;

	make_rlock();
	holder = child_doing(take_twice, NULL);
	is_int(wait_status(holder), 0, "a holder dies");
	holder = child_numbered(holder, take_over, NULL);
	if (holder)
		is_int(wait_status(holder), 0, "his number does not make another one the holder");
	else
		tap_skip(1, "no process can be given a number here");
	mp_rlock_free(rlock);
}

static void take_and_release(void *argument)
{
	mp_rlock_acquire(rlock, 1000);
	mp_rlock_acquire(rlock, 1000);
	mp_rlock_release(rlock);
	mp_rlock_release(rlock);
}

static bool is_usable(void)
{
	int rc = mp_rlock_acquire(rlock, 5000);

	return (rc == 0 || rc == MP_OWNER_DIED) && mp_rlock_count(rlock) == 1 &&
	       mp_rlock_release(rlock) == 0 && mp_rlock_acquire(rlock, 0) == 0 &&
	       mp_rlock_release(rlock) == 0;
}

static void test_kills(void)
{
	unsigned long steps = 0, bad = 0;
	int end;

	make_rlock();
	take_and_release(NULL);
	while ((end = killed_after(take_and_release, NULL, steps)) == STEP_INSIDE) {
		bad += !is_usable();
		steps += 61 * STEP_STRIDE;
	}
	if (end == STEP_FORBIDDEN)
		tap_skip(1, "no process may be traced here");
	else
		ok(bad == 0 && steps > 60, "killed here and there in %lu steps it stays usable",
		   steps);
	mp_rlock_free(rlock);
}

enum { WORKERS = 4, TURNS = 2000 };
static volatile unsigned *total;

static void add_one(void)
{
	if (mp_rlock_acquire(rlock, MP_FOREVER) != 0)
		_exit(1);
	++*total;
	if (mp_rlock_release(rlock) != 0)
		_exit(1);
}

static int work(void *argument)
{
	for (unsigned i = 0; i < TURNS; i++) {
		if (mp_rlock_acquire(rlock, i % 2 ? MP_FOREVER : 60000) != 0)
			return 1;
		add_one();
		add_one();
		if (mp_rlock_release(rlock) != 0)
			return 1;
	}
	return 0;
}

static void test_contention(void)
{
	pid_t workers[WORKERS];
	int bad = 0;

	total = shared_memory(sizeof(*total));
	make_rlock();
	for (unsigned i = 0; i < WORKERS; i++)
		workers[i] = child_doing(work, NULL);
	for (unsigned i = 0; i < WORKERS; i++)
		bad += wait_status(workers[i]);
	is_int(bad, 0, "workers take turns");
	is_int(*total, 2 * WORKERS * TURNS, "never two at once");
	mp_rlock_free(rlock);
}

int main(void)
{
	unsigned fds;

	tap_plan(0);
	fds = open_fds();
	test_alone();
	test_others();
	test_death();
	test_namesake();
	test_kills();
	test_contention();
	is_int(open_fds(), fds, "no descriptor was left open");
	ok(!has_child(), "no child is left");
	return tap_done();
}
