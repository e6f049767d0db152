// SPDX-License-Identifier: GPL-2.0-or-later
/* A condition between processes. */
#include <errno.h>
#include <limits.h>
#include <mproc.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "common.h"
#include "step.h"
#include "tap.h"

enum { CROWD = 6 };

/* The thread sanitizer makes a thousand times as many steps, and threads that are slow to start. */
#ifdef __SANITIZE_THREAD__
enum { WATCHED = 1 };
#else
enum { WATCHED = 0 };
#endif

static struct mp_lock *lock;
static struct mp_condition *condition;

static struct shared {
	_Atomic int waiting, woken, timed_out, told;
	_Atomic int state;
} * shared;

static int64_t forever = MP_FOREVER, long_ms = 60000, short_ms = 1000;

static void make_condition(void)
{
	int rc = mp_lock_new(&lock);

	if (!rc)
		rc = mp_condition_new(&condition, lock);
	if (rc)
		tap_bail("mp_condition_new: %s", mp_result_text(rc));
	*shared = (struct shared){0};
}

static void free_condition(void)
{
	mp_condition_free(condition);
	mp_lock_free(lock);
}

static void take(void)
{
	int rc = mp_lock_acquire(lock, 10000);

	if (rc != 0 && rc != MP_OWNER_DIED)
		tap_bail("mp_lock_acquire: %s", mp_result_text(rc));
}

static void give(void)
{
	mp_lock_release(lock);
}

/* Its result; it holds the lock afterwards as it should, or 100. */
static int await(void *timeout_ms)
{
	int rc;

	take();
	shared->waiting++;
	rc = mp_condition_wait(condition, *(int64_t *)timeout_ms);
	shared->waiting--;
	shared->woken += rc == 0;
	shared->timed_out += rc == MP_TIMEOUT;
	shared->told += rc == MP_OWNER_DIED;
	if (rc == -ENOTRECOVERABLE)
		return mp_lock_release(lock) == -EPERM ? 50 : 100;
	return mp_lock_release(lock) == 0 ? rc : 100;
}

static void *await_in_thread(void *timeout_ms)
{
	await(timeout_ms);
	return NULL;
}

static bool equals(_Atomic int *number, int value)
{
	const int64_t end = now_ms() + 10000;

	while (*number != value && now_ms() < end)
		sleep_ms(1);
	return *number == value;
}

/* Who waits has given up the lock, so who gets it finds all of them entered. */
static bool get_waiters(int number)
{
	bool come = equals(&shared->waiting, number);

	take();
	give();
	return come;
}

static int notify(unsigned n)
{
	int rc;

	take();
	rc = n ? mp_condition_notify(condition, n) : mp_condition_notify_all(condition);
	give();
	return rc;
}

static pid_t waiter(int64_t *timeout_ms)
{
	int before = shared->waiting;
	pid_t pid = child_doing(await, timeout_ms);

	get_waiters(before + 1);
	falls_asleep(pid);
	return pid;
}

static void waiters(pid_t *pids, unsigned number, int64_t *timeout_ms)
{
	for (unsigned i = 0; i < number; i++)
		pids[i] = waiter(timeout_ms);
}

static int ends_of(const pid_t *pids, unsigned number)
{
	int all = 0;

	for (unsigned i = 0; i < number; i++)
		all |= wait_status(pids[i]);
	return all;
}

static void kill_all(const pid_t *pids, unsigned number)
{
	for (unsigned i = 0; i < number; i++) {
		kill(pids[i], SIGKILL);
		wait_status(pids[i]);
	}
}

static bool always(void *argument)
{
	return true;
}

static void test_without_lock(void)
{
	make_condition();
	is_int(mp_condition_wait(condition, 0), -EPERM, "who waits must hold the lock");
	is_int(mp_condition_wait_for(condition, always, NULL, 0), -EPERM, "for anything");
	is_int(mp_condition_notify(condition, 1), -EPERM, "and who notifies");
	is_int(mp_condition_notify_all(condition), -EPERM, "all of them, too");
	is_int(notify(1), 0, "to notify nobody is no error");
	is_int(notify(UINT_MAX), 0, "nor as many as there may be");
	is_int(notify(0), 0, "nor all");
	mp_condition_free(NULL);
	free_condition();
}

static void test_timeout(void)
{
	int64_t before;

	make_condition();
	take();
	before = now_ms();
	is_int(mp_condition_wait(condition, 300), MP_TIMEOUT, "nobody notifies in time");
	ok(now_ms() - before >= 299, "which was waited for");
	is_int(mp_condition_wait(condition, 0), MP_TIMEOUT, "no time at all is over at once");
	is_int(mp_lock_release(lock), 0, "the lock is held again");
	free_condition();
}

/* One notification wakes exactly one, the oldest first. */
static void test_notify(void)
{
	pthread_t thread;
	pid_t pids[2];

	make_condition();
	waiters(pids, 2, &forever);
	pthread_create(&thread, NULL, await_in_thread, &forever);
	ok(get_waiters(3), "two processes and a thread wait");
	is_int(notify(1), 0, "one notification");
	is_int(wait_status(pids[0]), 0, "wakes the first");
	sleep_ms(50);
	is_int(shared->woken, 1, "and nobody else");
	is_int(notify(1), 0, "one more");
	is_int(wait_status(pids[1]), 0, "wakes the second");
	is_int(notify(1), 0, "and a third one");
	pthread_join(thread, NULL);
	is_int(shared->woken, 3, "wakes the thread");
	take();
	is_int(mp_condition_wait(condition, 20), MP_TIMEOUT, "none is left over");
	give();
	free_condition();
}

static void test_notify_n(void)
{
	pid_t pids[CROWD];

	make_condition();
	waiters(pids, CROWD, &long_ms);
	notify(3);
	ok(equals(&shared->woken, 3), "three notifications wake three");
	sleep_ms(50);
	is_int(shared->woken, 3, "not more");
	notify(CROWD);
	is_int(ends_of(pids, CROWD), 0, "more than there are waiters wake all");
	is_int(shared->woken, CROWD, "each once");
	waiters(pids, CROWD, &forever);
	notify(0);
	is_int(ends_of(pids, CROWD), 0, "so does a notification of all");
	is_int(mp_lock_acquire(lock, 0), 0, "and the lock is free afterwards");
	give();
	free_condition();
}

static void test_notify_after_timeout(void)
{
	pid_t pids[CROWD];

	make_condition();
	waiters(pids, CROWD, &short_ms);
	is_int(ends_of(pids, CROWD), MP_TIMEOUT, "some wait in vain");
	pids[0] = waiter(&forever);
	notify(1);
	is_int(wait_status(pids[0]), 0, "a notification is for who waits, not for who has gone");
	/* Notified while the lock is held, so it runs out of time before it can have the lock. */
	pids[0] = waiter(&short_ms);
	take();
	mp_condition_notify(condition, 1);
	sleep_ms(1200);
	give();
	is_int(wait_status(pids[0]), 0, "who was notified in time has not timed out");
	free_condition();
}

/* --- wait_for --- */

static bool is_four(void *state)
{
	return *(_Atomic int *)state == 4;
}

static int count_to_four(void *argument)
{
	for (unsigned i = 0; i < 4; i++) {
		sleep_ms(10);
		take();
		shared->state++;
		mp_condition_notify(condition, 1);
		give();
	}
	return 0;
}

static void test_wait_for(void)
{
	int64_t before;
	pid_t counter;

	make_condition();
	counter = child_doing(count_to_four, NULL);
	take();
	is_int(mp_condition_wait_for(condition, is_four, &shared->state, MP_FOREVER), 0,
	       "a predicate becomes true");
	is_int(shared->state, 4, "when it is");
	is_int(mp_condition_wait_for(condition, is_four, &shared->state, 0), 0,
	       "one that is true already costs no time");
	shared->state = -100;
	give();
	wait_status(counter);
	counter = child_doing(count_to_four, NULL);
	take();
	before = now_ms();
	is_int(mp_condition_wait_for(condition, is_four, &shared->state, 300), MP_TIMEOUT,
	       "one that stays false lets the time run out");
	ok(now_ms() - before >= 299, "all of it, though notifications come");
	is_int(mp_lock_release(lock), 0, "the lock is held again");
	wait_status(counter);
	free_condition();
}

/* --- deaths --- */

static void test_dead_waiters(void)
{
	pid_t dead[3], alive[2];

	make_condition();
	waiters(dead, 3, &forever);
	waiters(alive, 2, &forever);
	kill_all(dead, 3);
	notify(1);
	is_int(wait_status(alive[0]), 0, "a notification is not spent on the dead");
	kill(alive[1], SIGSTOP);
	notify(1);
	kill(alive[1], SIGCONT);
	is_int(wait_status(alive[1]), 0, "who is stopped gets his later");
	is_int(shared->woken, 2, "one each");
	free_condition();
}

/* Notified, and killed before it could have the lock. */
static void test_dead_heir(void)
{
	pid_t pids[3];

	make_condition();
	waiters(pids, 3, &forever);
	kill(pids[0], SIGSTOP);
	notify(1);
	kill_all(pids, 1);
	is_int(wait_status(pids[1]), 0, "a notification that a dead one had goes to the next");
	sleep_ms(300);
	is_int(shared->woken, 1, "and to nobody else");
	kill(pids[2], SIGSTOP);
	notify(1);
	pids[0] = waiter(&short_ms);
	kill_all(pids + 2, 1);
	is_int(wait_status(pids[0]), MP_TIMEOUT, "nor to somebody who came after it was given");
	free_condition();
}

static int hold(void *argument)
{
	take();
	pause();
	return 1;
}

static void test_dead_holder(void)
{
	pid_t pid, holder;

	make_condition();
	pid = waiter(&forever);
	holder = child_doing(hold, NULL);
	falls_asleep(holder);
	kill_all(&holder, 1);
	is_int(wait_status(pid), MP_OWNER_DIED, "a waiter is told when a holder dies");
	is_int(mp_lock_acquire(lock, 0), 0, "and the next one is not");
	give();
	pid = waiter(&short_ms);
	holder = child_doing(hold, NULL);
	falls_asleep(holder);
	sleep_ms(1200);
	kill_all(&holder, 1);
	is_int(wait_status(pid), MP_OWNER_DIED, "who ran out of time is told, too");
	free_condition();
}

static void test_abandoned(void)
{
	pid_t pids[CROWD];

	make_condition();
	waiters(pids, CROWD, &forever);
	take();
	mp_lock_abandon(lock);
	is_int(ends_of(pids, CROWD), 50, "when the lock is abandoned, all are told");
	free_condition();
}

static void use_all(void *argument)
{
	if (mp_lock_acquire(lock, 10000) < 0)
		return;
	mp_condition_wait(condition, 0);
	mp_condition_notify(condition, 1);
	mp_lock_release(lock);
}

/* Whoever died where: one waiter and one notification find each other. */
static bool is_usable(void)
{
	pid_t pid = child_doing(await, &long_ms);
	int end;

	get_waiters(1);
	notify(1);
	end = wait_status(pid);
	shared->waiting = 0;
	return end == 0 || end == MP_OWNER_DIED;
}

/* The beginning of its memory is enough: it has the first waiters, and there are no more here. */
enum { LOOKED_AT = 4096, MOST_PLACES = 100 };

static void test_kills(void)
{
	unsigned long places[MOST_PLACES];
	unsigned bad = 0;
	int count;

	make_condition();
	use_all(NULL);
	count = changing_steps(use_all, NULL, condition, LOOKED_AT, places, MOST_PLACES);
	for (int i = 0; i < count; i++) {
		killed_after(use_all, NULL, places[i]);
		bad += !is_usable();
	}
	if (count < 0)
		tap_skip(1, "no process may be traced here");
	else
		ok(bad == 0 && count > 5, "killed at any of %d changes it stays usable", count);
	free_condition();
}

static void notify_one(void *argument)
{
	take();
	shared->state = 1;
	mp_condition_notify(condition, 1);
	give();
}

static bool hears(unsigned long steps, unsigned *told)
{
	pid_t pid;
	int rc;

	shared->state = 0;
	pid = waiter(&forever);
	killed_after(notify_one, NULL, steps);
	if (shared->state == 0)
		notify(1);
	rc = wait_status(pid);
	*told += rc == MP_OWNER_DIED;
	shared->waiting = 0;
	return rc == 0 || rc == MP_OWNER_DIED;
}

/* The only one who will ever notify is killed: the waiter is told one way or the other. */
static void test_killed_notifier(void)
{
	unsigned long places[MOST_PLACES];
	unsigned bad = 0, told = 0;
	pid_t pid;
	int count;

	make_condition();
	pid = waiter(&forever);
	count = changing_steps(notify_one, NULL, condition, LOOKED_AT, places, MOST_PLACES);
	notify(1);
	wait_status(pid);
	for (int i = 0; i < count; i++) {
		bad += !hears(places[i], &told);
		bad += !hears(places[i] + 1, &told);
	}
	if (count < 0)
		tap_skip(1, "no process may be traced here");
	else
		ok(bad == 0 && told > 0, "a waiter hears of a killed notifier: told %u of %d", told,
		   2 * count);
	free_condition();
}

/* --- many --- */

static int ping_pong(void *side)
{
	const int mine = side != NULL;
	int rc = 0;

	take();
	for (unsigned i = 0; i < 2000 && rc == 0; i++) {
		while (shared->state != mine && rc == 0)
			rc = mp_condition_wait(condition, 60000);
		shared->state = !mine;
		mp_condition_notify(condition, 1);
	}
	give();
	return rc;
}

static void test_ping_pong(void)
{
	pid_t pid;

	make_condition();
	pid = child_doing(ping_pong, condition);
	is_int(ping_pong(NULL), 0, "two take turns");
	is_int(wait_status(pid), 0, "both");
	free_condition();
}

/* So many as there are places left. False: no more threads can be had. */
static bool fill(pthread_t *threads, int *made)
{
	const int room = MP_CONDITION_MAX - shared->waiting;
	pthread_attr_t small;

	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, 128 * 1024);
	for (*made = 0; *made < room; ++*made)
		if (pthread_create(&threads[*made], &small, await_in_thread, &forever) != 0)
			break;
	pthread_attr_destroy(&small);
	get_waiters(MP_CONDITION_MAX - room + *made);
	return *made == room;
}

static void wake_all(const pthread_t *threads, int number)
{
	notify(0);
	for (int i = 0; i < number; i++)
		pthread_join(threads[i], NULL);
}

static void test_full(void)
{
	pthread_t threads[MP_CONDITION_MAX];
	int made;

	make_condition();
	if (fill(threads, &made)) {
		take();
		is_int(mp_condition_wait(condition, 0), -EAGAIN, "one waiter too many is refused");
		is_int(mp_lock_release(lock), 0, "and keeps the lock");
	} else {
		tap_skip(2, "%d threads are all that can be had", made);
	}
	wake_all(threads, made);
	is_int(shared->woken, made, "all can be woken at once");
	free_condition();
}

/* The place is given to another one before anybody could look after what the dead one was told. */
static void test_dead_heir_of_full(void)
{
	pthread_t threads[MP_CONDITION_MAX];
	pid_t heir;
	int made;

	make_condition();
	heir = waiter(&forever);
	if (fill(threads, &made)) {
		take();
		mp_condition_notify(condition, 1);
		kill_all(&heir, 1);
		shared->waiting--;
		is_int(mp_condition_wait(condition, 0), MP_TIMEOUT, "a dead one makes room");
		give();
		ok(equals(&shared->woken, 1), "but what it was told reaches another one");
	} else {
		kill_all(&heir, 1);
		tap_skip(2, "%d threads are all that can be had", made);
	}
	wake_all(threads, made);
	free_condition();
}

int main(void)
{
	unsigned fds;

	tap_plan(0);
	fds = open_fds();
	shared = shared_memory(sizeof(*shared));
	test_without_lock();
	test_timeout();
	test_notify();
	test_notify_n();
	test_notify_after_timeout();
	test_wait_for();
	test_dead_waiters();
	test_dead_heir();
	test_dead_holder();
	test_abandoned();
	test_kills();
	test_killed_notifier();
	test_ping_pong();
	if (!WATCHED) {
		test_full();
		test_dead_heir_of_full();
	}
	is_int(open_fds(), fds, "no descriptor was left open");
	ok(!has_child(), "no child is left");
	return tap_done();
}
