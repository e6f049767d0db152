// SPDX-License-Identifier: GPL-2.0-or-later
/* A lock between processes. */
#include <errno.h>
#include <mproc.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common.h"
#include "step.h"
#include "tap.h"

static struct mp_lock *lock;

static void make_lock(void)
{
	int rc = mp_lock_new(&lock);

	if (rc)
		tap_bail("mp_lock_new: %s", mp_result_text(rc));
}

/* A child that runs `act`, and ends with its result. */
static int try_it(void)
{
	return mp_lock_acquire(lock, 0);
}

static int release_it(void)
{
	return mp_lock_release(lock) == -EPERM ? 0 : 1;
}

static void test_alone(void)
{
	make_lock();
	is_int(mp_lock_release(lock), -EPERM, "a lock that nobody holds is not released");
	is_int(mp_lock_acquire(lock, MP_FOREVER), 0, "a free lock is taken");
	is_int(mp_lock_acquire(lock, MP_FOREVER), -EDEADLK, "not twice by one thread");
	is_int(mp_lock_acquire(lock, 0), -EDEADLK, "not by a try");
	is_int(mp_lock_acquire(lock, 20), -EDEADLK, "not with a timeout");
	is_int(mp_lock_free(lock), -EBUSY, "it is not freed while it is held");
	is_int(mp_lock_release(lock), 0, "it is released");
	is_int(mp_lock_release(lock), -EPERM, "not twice");
	is_int(mp_lock_acquire(lock, 0), 0, "a try takes it again");
	is_int(mp_lock_release(lock), 0, "and gives it back");
	is_int(mp_lock_acquire(lock, 1000), 0, "so does a timed one");
	is_int(mp_lock_release(lock), 0, "which gives it back");
	is_int(mp_lock_free(lock), 0, "now it is freed");
	is_int(mp_lock_free(NULL), 0, "so is nothing");
}

static int wait_a_little(void)
{
	int64_t before = now_ms();
	int rc = mp_lock_acquire(lock, 50);

	if (now_ms() - before < 49)
		return 100;
	return rc;
}

static int wait_for_it(void)
{
	return mp_lock_acquire(lock, MP_FOREVER) == 0 ? mp_lock_release(lock) : 1;
}

static int wait_long(void)
{
	return mp_lock_acquire(lock, INT64_MAX) == 0 ? mp_lock_release(lock) : 1;
}

static void test_two_processes(void)
{
	pid_t patient, other;

	make_lock();
	mp_lock_acquire(lock, MP_FOREVER);
	is_int(result_of(try_it), MP_TIMEOUT, "another process cannot take it");
	is_int(result_of(wait_a_little), MP_TIMEOUT, "not by waiting a little");
	is_int(result_of(release_it), 0, "nor release it: a child holds nothing");
	patient = start_child(wait_for_it);
	other = start_child(wait_long);
	ok(falls_asleep(patient) && falls_asleep(other), "who waits sleeps");
	is_int(mp_lock_release(lock), 0, "the holder releases it");
	is_int(wait_status(patient), 0, "the one gets it");
	is_int(wait_status(other), 0, "then the other");
	is_int(mp_lock_acquire(lock, 0), 0, "then it is free");
	mp_lock_release(lock);
	mp_lock_free(lock);
}

static void *release_in_thread(void *result)
{
	*(int *)result = mp_lock_release(lock);
	return NULL;
}

static void test_threads(void)
{
	pthread_t thread;
	int result = 0;

	make_lock();
	mp_lock_acquire(lock, MP_FOREVER);
	pthread_create(&thread, NULL, release_in_thread, &result);
	pthread_join(thread, NULL);
	is_int(result, -EPERM, "another thread of the holder's process cannot release it");
	is_int(mp_lock_release(lock), 0, "the holder still can");
	mp_lock_free(lock);
}

static int take_and_die(void)
{
	if (mp_lock_acquire(lock, MP_FOREVER) == 0)
		kill(getpid(), SIGKILL);
	return 1;
}

static int take_and_leave(void)
{
	return mp_lock_acquire(lock, MP_FOREVER);
}

static int take_and_wait(void)
{
	if (mp_lock_acquire(lock, MP_FOREVER) == 0)
		pause();
	return 1;
}

static int inherit(void)
{
	return mp_lock_acquire(lock, MP_FOREVER);
}

static void test_death(void)
{
	pid_t holder, heir;

	make_lock();
	is_int(result_of(take_and_die), -SIGKILL, "a holder is killed");
	is_int(mp_lock_acquire(lock, MP_FOREVER), MP_OWNER_DIED, "the next one is told");
	is_int(mp_lock_release(lock), 0, "and holds the lock");
	is_int(mp_lock_acquire(lock, 0), 0, "the one after is not told");
	mp_lock_release(lock);
	is_int(result_of(take_and_leave), 0, "a holder ends without a release");
	is_int(mp_lock_acquire(lock, 0), MP_OWNER_DIED, "a try is told, too");
	mp_lock_release(lock);

	holder = start_child(take_and_wait);
	ok(falls_asleep(holder), "a holder holds");
	heir = start_child(inherit);
	ok(falls_asleep(heir), "somebody waits");
	kill(holder, SIGKILL);
	is_int(wait_status(heir), MP_OWNER_DIED, "when the holder is killed, the waiter gets it");
	wait_status(holder);
	is_int(mp_lock_acquire(lock, 1000), MP_OWNER_DIED,
	       "when the waiter ends, the next one does");
	mp_lock_release(lock);
	mp_lock_free(lock);
}

static int abandon(void)
{
	return mp_lock_abandon(lock);
}

static int repair_or_give_up(void)
{
	int rc = mp_lock_acquire(lock, 10000);

	return rc == MP_OWNER_DIED ? mp_lock_abandon(lock) : rc;
}

static void test_abandon(void)
{
	pid_t heirs[3];
	int64_t before;
	int end = 0, rc;

	make_lock();
	is_int(mp_lock_abandon(lock), -EPERM, "a lock that nobody holds is not abandoned");
	mp_lock_acquire(lock, 0);
	is_int(result_of(abandon), (unsigned char)-EPERM, "nor by another process");
	for (unsigned i = 0; i < 3; i++) {
		heirs[i] = start_child(repair_or_give_up);
		falls_asleep(heirs[i]);
	}
	before = now_ms();
	is_int(mp_lock_abandon(lock), 0, "the holder abandons it");
	for (unsigned i = 0; i < 3; i++)
		end |= wait_status(heirs[i]) ^ (unsigned char)-ENOTRECOVERABLE;
	is_int(end, 0, "all waiters are told");
	ok(now_ms() - before < 5000, "soon");
	is_int(mp_lock_acquire(lock, MP_FOREVER), -ENOTRECOVERABLE, "so is who comes later");
	is_int(mp_lock_acquire(lock, 0), -ENOTRECOVERABLE, "and who only tries");
	is_int(mp_lock_release(lock), -EPERM, "nobody holds it");
	is_int(mp_lock_free(lock), 0, "so it can be freed");

	make_lock();
	is_int(result_of(take_and_die), -SIGKILL, "a holder is killed");
	rc = result_of(repair_or_give_up);
	is_int(rc, 0, "the next one gives up");
	is_int(mp_lock_acquire(lock, 0), -ENOTRECOVERABLE, "and so the others are told");
	mp_lock_free(lock);
}

static void take_and_release(void *argument)
{
	mp_lock_acquire(lock, 1000);
	mp_lock_release(lock);
}

static void take_and_abandon(void *argument)
{
	mp_lock_acquire(lock, 1000);
	mp_lock_abandon(lock);
}

static bool is_usable(void)
{
	int rc = mp_lock_acquire(lock, 5000);

	return (rc == 0 || rc == MP_OWNER_DIED) && mp_lock_release(lock) == 0 &&
	       mp_lock_acquire(lock, 0) == 0 && mp_lock_release(lock) == 0;
}

enum { A_PAGE = 4096, MOST_PLACES = 100 };

static void test_kills(void)
{
	unsigned long places[MOST_PLACES];
	unsigned bad = 0, lost = 0;
	int count, rc;

	make_lock();
	count = changing_steps(take_and_release, NULL, lock, A_PAGE, places, MOST_PLACES);
	if (count < 0) {
		tap_skip(2, "no process may be traced here");
		mp_lock_free(lock);
		return;
	}
	for (int i = 0; i < count; i++) {
		killed_after(take_and_release, NULL, places[i]);
		bad += !is_usable();
	}
	ok(bad == 0 && count > 2, "killed at any of %d changes it stays usable", count);
	count = changing_steps(take_and_abandon, NULL, lock, A_PAGE, places, MOST_PLACES);
	for (int i = 0; i < count; i++) {
		mp_lock_free(lock);
		make_lock();
		killed_after(take_and_abandon, NULL, places[i]);
		rc = mp_lock_acquire(lock, 1000);
		lost += rc == -ENOTRECOVERABLE;
		bad += rc != -ENOTRECOVERABLE && (rc < 0 || mp_lock_release(lock) != 0);
	}
	ok(bad == 0 && lost > 1, "killed while it is abandoned, it is abandoned or usable");
	mp_lock_free(lock);
}

static void test_stopped_holder(void)
{
	pid_t holder;

	make_lock();
	holder = start_child(take_and_wait);
	falls_asleep(holder);
	kill(holder, SIGSTOP);
	is_int(mp_lock_acquire(lock, 50), MP_TIMEOUT, "a stopped holder keeps it");
	is_int(mp_lock_acquire(lock, 0), MP_TIMEOUT, "from all");
	kill(holder, SIGKILL);
	is_int(mp_lock_acquire(lock, 10000), MP_OWNER_DIED, "until it dies");
	mp_lock_release(lock);
	wait_status(holder);
	mp_lock_free(lock);
}

static void ignore(int number)
{
}

static int disturb_parent(void)
{
	for (unsigned i = 0; i < 5; i++) {
		sleep_ms(10);
		kill(getppid(), SIGUSR1);
	}
	return 0;
}

static void test_signals(void)
{
	const struct sigaction action = {.sa_handler = ignore};
	pid_t holder, disturber;
	int64_t before;

	sigaction(SIGUSR1, &action, NULL);
	make_lock();
	holder = start_child(take_and_wait);
	falls_asleep(holder);
	before = now_ms();
	disturber = start_child(disturb_parent);
	is_int(mp_lock_acquire(lock, 100), MP_TIMEOUT, "signal handlers do not end a wait");
	ok(now_ms() - before >= 99, "nor make it shorter");
	wait_status(disturber);
	kill(holder, SIGKILL);
	wait_status(holder);
	mp_lock_free(lock);
}

enum { WORKERS = 4, TURNS = 5000 };
static volatile unsigned *total;

static int count(void)
{
	for (unsigned i = 0; i < TURNS; i++) {
		if (mp_lock_acquire(lock, i % 2 ? MP_FOREVER : 60000) != 0)
			return 1;
		++*total;
		if (mp_lock_release(lock) != 0)
			return 1;
	}
	return 0;
}

static void test_contention(void)
{
	pid_t workers[WORKERS];
	int bad = 0;

	total = shared_memory(sizeof(*total));
	make_lock();
	for (unsigned i = 0; i < WORKERS; i++)
		workers[i] = start_child(count);
	for (unsigned i = 0; i < WORKERS; i++)
		bad += wait_status(workers[i]);
	is_int(bad, 0, "workers take turns");
	is_int(*total, WORKERS * TURNS, "never two at once");
	mp_lock_free(lock);
}

/* Any system call other than the few that end the process kills it. */
static int no_calls(void)
{
	for (unsigned i = 0; i < 2; i++) {
		mp_lock_acquire(lock, MP_FOREVER);
		mp_lock_release(lock);
		if (i == 0 && !forbid_all_calls())
			return 77;
	}
	exit_now(0);
	return 1;
}

static void test_no_calls(void)
{
	int status;

	make_lock();
	status = result_of(no_calls);
	if (status == 77)
		tap_skip(1, "system calls cannot be forbidden here");
	else
		is_int(status, 0, "a lock that is free costs no system call");
	mp_lock_free(lock);
}

int main(void)
{
	unsigned fds;

	tap_plan(0);
	fds = open_fds();
	test_alone();
	test_two_processes();
	test_threads();
	test_death();
	test_abandon();
	test_kills();
	test_stopped_holder();
	test_signals();
	test_contention();
	test_no_calls();
	is_int(open_fds(), fds, "no descriptor was left open");
	ok(!has_child(), "no child is left");
	return tap_done();
}
