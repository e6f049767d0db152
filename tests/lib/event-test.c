// SPDX-License-Identifier: GPL-2.0-or-later
/* An event between processes. */
#include <errno.h>
#include <mproc.h>
#include <pthread.h>
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

static struct mp_event *event;

static void make_event(void)
{
	int rc = mp_event_new(&event);

	if (rc)
		tap_bail("mp_event_new: %s", mp_result_text(rc));
}

static int await(void *timeout_ms)
{
	return mp_event_wait(event, *(int64_t *)timeout_ms);
}

static int64_t forever = MP_FOREVER, long_ms = 60000;

static void test_alone(void)
{
	int64_t before;

	make_event();
	ok(!mp_event_is_set(event), "a new event is not set");
	is_int(mp_event_wait(event, 0), MP_TIMEOUT, "a try does not wait");
	before = now_ms();
	is_int(mp_event_wait(event, 300), MP_TIMEOUT, "a wait is over when the time is");
	ok(now_ms() - before >= 299, "and not before");
	is_int(mp_event_set(event), 0, "it is set");
	ok(mp_event_is_set(event), "and says so");
	is_int(mp_event_wait(event, 0), 0, "a try finds it");
	is_int(mp_event_wait(event, MP_FOREVER), 0, "and so does a wait");
	is_int(mp_event_set(event), 0, "it may be set again");
	is_int(mp_event_wait(event, 10), 0, "and stays set");
	is_int(mp_event_clear(event), 0, "it is cleared");
	ok(!mp_event_is_set(event), "and says so");
	is_int(mp_event_clear(event), 0, "twice does no harm");
	is_int(mp_event_wait(event, 20), MP_TIMEOUT, "who waits waits again");
	mp_event_free(event);
	mp_event_free(NULL);
}

static int set_later(void *argument)
{
	sleep_ms(50);
	return mp_event_set(event);
}

static void *set_in_thread(void *argument)
{
	set_later(NULL);
	return NULL;
}

static void test_waiting(void)
{
	pthread_t thread;
	pid_t setter;

	make_event();
	setter = child_doing(set_later, NULL);
	is_int(mp_event_wait(event, MP_FOREVER), 0, "another process sets it");
	is_int(wait_status(setter), 0, "and ends");
	mp_event_clear(event);
	pthread_create(&thread, NULL, set_in_thread, NULL);
	is_int(mp_event_wait(event, 60000), 0, "another thread does");
	pthread_join(thread, NULL);
	mp_event_free(event);
}

enum { CROWD = 5 };

static bool all_end(pid_t *waiters)
{
	int bad = 0;

	for (unsigned i = 0; i < CROWD; i++)
		bad |= wait_status(waiters[i]);
	return bad == 0;
}

static bool all_wait(pid_t *waiters)
{
	bool asleep = true;

	for (unsigned i = 0; i < CROWD; i++) {
		waiters[i] = child_doing(await, i % 2 ? &forever : &long_ms);
		asleep = falls_asleep(waiters[i]) && asleep;
	}
	return asleep;
}

static void test_clear_at_once(void)
{
	pid_t waiters[CROWD];

	make_event();
	ok(all_wait(waiters), "some wait");
	mp_event_set(event);
	mp_event_clear(event);
	ok(all_end(waiters), "a set lets all of them go, though it is taken back at once");
	is_int(mp_event_wait(event, 0), MP_TIMEOUT, "but nobody who comes later");
	ok(all_wait(waiters), "some wait, and one of them");
	kill(waiters[0], SIGSTOP);
	mp_event_set(event);
	mp_event_clear(event);
	mp_event_set(event);
	mp_event_clear(event);
	kill(waiters[0], SIGCONT);
	ok(all_end(waiters), "is stopped, but misses nothing");
	mp_event_free(event);
}

/* --- deaths --- */

static void set(void *argument)
{
	mp_event_set(event);
}

static void clear(void *argument)
{
	mp_event_clear(event);
}

enum { A_PAGE = 4096 };

/* Killed between setting and waking: then nobody wakes the waiter. */
static void test_kills(void)
{
	unsigned long place;
	pid_t waiter;

	make_event();
	set(NULL);
	clear(NULL);
	if (changing_steps(set, NULL, event, A_PAGE, &place, 1) < 0) {
		tap_skip(4, "no process may be traced here");
		mp_event_free(event);
		return;
	}
	mp_event_clear(event);
	waiter = child_doing(await, &long_ms);
	falls_asleep(waiter);
	is_int(killed_after(set, NULL, place), STEP_INSIDE, "who has set it is killed");
	is_int(wait_status(waiter), 0, "the waiter goes on all the same");
	is_int(changing_steps(clear, NULL, event, A_PAGE, &place, 1), 1, "a clear is one step");
	ok(!mp_event_is_set(event), "and so it is done or not");
	mp_event_free(event);
}

static int no_calls(void *argument)
{
	if (!forbid_all_calls())
		return 77;
	exit_now(!mp_event_is_set(event) || mp_event_wait(event, MP_FOREVER) != 0 ||
		 mp_event_set(event) != 0);
	return 1;
}

static void test_no_calls(void)
{
	int status;

	make_event();
	mp_event_set(event);
	status = wait_status(child_doing(no_calls, NULL));
	if (status == 77)
		tap_skip(1, "system calls cannot be forbidden here");
	else
		is_int(status, 0, "an event that is set costs no system call");
	mp_event_free(event);
}

int main(void)
{
	unsigned fds;

	tap_plan(0);
	fds = open_fds();
	test_alone();
	test_waiting();
	test_clear_at_once();
	if (!WATCHED)
		test_kills();
	test_no_calls();
	is_int(open_fds(), fds, "no descriptor was left open");
	ok(!has_child(), "no child is left");
	return tap_done();
}
