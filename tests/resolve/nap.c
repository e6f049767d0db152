/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sleeps: how long they count, and what else is one. */
#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>

#include "script.h"

#define MILLISECOND 1000000

static void sleeps(void)
{
	story();
	next_blocked(now() + 200);
	next_end(now() + 3 * MILLISECOND);
	ev_sleep(COMMAND, 3 * MILLISECOND, 0);
	ev_sleep(COMMAND, 0, 0);
	ev_sleep(COMMAND, 5 * MILLISECOND, -EINVAL);
	story_model();
	is_int((int64_t)acts(MP_ACT_SLEEP), 2, "two sleeps, one of no time");
	is_int(act(MP_ACT_SLEEP, 0)->value, 3 * MILLISECOND,
	       "never shorter than what was asked for");
	is_int((int64_t)acts(MP_ACT_WAIT), 0, "to sleep is not to wait");
}

/* Looks at the clock right after a call, and gets to sleep half a millisecond later. */
static void sleeps_until(void)
{
	uint64_t called;

	story();
	ev_text(COMMAND, 1, "x\n");
	called = now();
	ev_futex(COMMAND, FUTEX_WAKE, private(0x7000), 1);
	next_blocked(called + MILLISECOND / 2);
	next_end(called + 3 * MILLISECOND);
	ev_sleep_until(COMMAND, CLOCK_MONOTONIC, called + 3 * MILLISECOND);
	next_blocked(now() + 100);
	next_end(now() + MILLISECOND);
	ev_sleep_until(COMMAND, CLOCK_REALTIME, called + 9 * MILLISECOND);
	ev_sleep_until(COMMAND, CLOCK_MONOTONIC, called);
	story_model();
	is_int(act(MP_ACT_SLEEP, 0)->value, 3 * MILLISECOND,
	       "until a moment: from the last call on, as nobody knows when that was chosen");
	is_int(act(MP_ACT_SLEEP, 1)->value, MILLISECOND - 100, "by another clock: as was seen");
	ok(act(MP_ACT_SLEEP, 2)->value < MILLISECOND, "until a moment that has gone: hardly");
}

static void broken_sleep(void)
{
	uint64_t began;

	story();
	began = now() + 100;
	next_blocked(began);
	next_end(began + MILLISECOND);
	next_flags(MP_F_RESTART);
	ev_sleep(COMMAND, 3 * MILLISECOND, -516);
	next_blocked(began);
	next_end(began + 3 * MILLISECOND);
	ev_sleep(COMMAND, 3 * MILLISECOND, 0);
	story_model();
	is_int((int64_t)acts(MP_ACT_SLEEP), 1, "a sleep that goes on after a signal is one");
	is_int(act(MP_ACT_SLEEP, 0)->value, 3 * MILLISECOND, "of the whole time");
	is_int((int64_t)act(MP_ACT_SLEEP, 0)->begin, (int64_t)began, "from its beginning");
	story();
	next_blocked(now() + 100);
	next_end(now() + MILLISECOND);
	next_flags(MP_F_RESTART);
	ev_sleep(COMMAND, 3 * MILLISECOND, -516);
	ev_deliver(COMMAND, SIGALRM, 2);
	ev_sleep(COMMAND, 0, 0);
	story_model();
	is_int((int64_t)acts(MP_ACT_SLEEP), 2, "one that a handler ends is over");
	is_int(act(MP_ACT_SLEEP, 0)->value, MILLISECOND - 100, "and was shorter");
}

/* It goes on long after its time: it was stopped, or others had the CPU. */
static void late(void)
{
	const uint64_t end = now() + 90 * MILLISECOND;
	uint64_t called;

	next_blocked(now() + 200);
	next_end(end);
	ev_sleep(COMMAND, 3 * MILLISECOND, 0);
	called = now();
	for (int stopped = 1; stopped >= 0; stopped--) {
		next_blocked(now() + 200);
		next_end(stopped ? now() + MILLISECOND : end + 90 * MILLISECOND);
		next_flags(stopped ? MP_F_RESTART : 0);
		ev_sleep_until(COMMAND, CLOCK_MONOTONIC, called + 3 * MILLISECOND);
	}
}

static void late_sleeps(void)
{
	story();
	late();
	story_model();
	is_int(act(MP_ACT_SLEEP, 0)->value, 3 * MILLISECOND, "no longer than it was to be");
	is_int(act(MP_ACT_SLEEP, 1)->value, 3 * MILLISECOND, "nor until later");
	is_int((int64_t)acts(MP_ACT_SLEEP), 2, "also when it was stopped meanwhile");
	story();
	next_blocked(now() + 200);
	next_end(now() + 90 * MILLISECOND);
	next_flags(MP_F_RESTART);
	ev_sleep(COMMAND, 3 * MILLISECOND, -516);
	story_model();
	is_int(act(MP_ACT_SLEEP, 0)->value, 3 * MILLISECOND, "nor when it does not go on");
	story();
	next_blocked(now() + 200);
	next_end(now() + 90 * MILLISECOND);
	next_flags(MP_F_SHORT);
	ev_sleep(COMMAND, 0, 0);
	story_model();
	ok(act(MP_ACT_SLEEP, 0)->value > 80 * MILLISECOND, "when that is not known: as was seen");
}

static void late_polls(void)
{
#ifdef SYS_poll
	static const int64_t times[] = {20, 0};

	for (size_t i = 0; i < sizeof(times) / sizeof(times[0]); i++) {
		story();
		next_blocked(now());
		next_end(now() + 90 * MILLISECOND);
		ev_call(COMMAND, SYS_poll, 0, (const uint64_t[6]){0, 0, (uint64_t)times[i]});
		story_model();
		is_int(act(MP_ACT_SLEEP, 0)->value, times[i] * MILLISECOND,
		       "a poll that was to take %d ms", (int)times[i]);
	}
#endif
}

static void stopped_sleep(void)
{
	story();
	next_waits();
	next_flags(MP_F_RESTART);
	ev_sleep(COMMAND, 3 * MILLISECOND, -516);
	next_waits();
	ev_exit_in(COMMAND, SIGTERM, SYS_clock_nanosleep, NULL, nothing());
	story_model();
	is_int((int64_t)acts(MP_ACT_SLEEP), 1, "killed in its sleep");
	ok(process(COMMAND)->blocked == NULL, "it waited for nobody");
	story();
	next_waits();
	ev_exit_in(COMMAND, SIGTERM, SYS_clock_nanosleep, NULL, nothing());
	story_model();
	is_int(act(MP_ACT_SLEEP, 0)->value, 50000 - 100, "also when only the exit says so");
}

static void sleeps_apart(void)
{
	story();
	next_waits();
	next_flags(MP_F_RESTART);
	ev_sleep(COMMAND, 3 * MILLISECOND, -516);
	ev_text(COMMAND, 1, "x\n");
	ev_sleep(COMMAND, 0, 0);
	story_model();
	is_int((int64_t)acts(MP_ACT_SLEEP), 2, "with another call between them they are two");
}

/* Who reads a timer sleeps, whatever number its descriptor has. */
static void timers(void)
{
	story();
	ev_open(COMMAND, SYS_timerfd_create, 5, other(0), 0);
	ev_dup(COMMAND, 5, 6, other(0), 0);
	next_waits();
	ev_read(COMMAND, 5, other(0), 8);
	next_waits();
	ev_read(COMMAND, 6, other(0), 8);
	ev_close(COMMAND, 5);
	ev_open(COMMAND, SYS_eventfd2, 5, other(0), 0);
	next_waits();
	ev_read(COMMAND, 5, other(0), 8);
	story_model();
	is_int((int64_t)acts(MP_ACT_SLEEP), 2, "who reads a timer sleeps");
	is_int(act(MP_ACT_SLEEP, 0)->value, 49900, "for as long as it takes");
	is_int((int64_t)acts(MP_ACT_WAIT), 1, "but not who reads what has its number later");
}

/* Only a wait for signals that its own clock has ended is a sleep. */
static void no_signal(void)
{
	static const struct {
		int nr;
		int64_t result;
		bool sleeps;
	} rows[] = {
		{SYS_rt_sigtimedwait, -EAGAIN, true},
		{SYS_rt_sigtimedwait, SIGUSR1, false},
		{SYS_rt_sigtimedwait, -EINTR, false},
		{SYS_semtimedop, -EAGAIN, false},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		story();
		next_waits();
		ev_call(COMMAND, rows[i].nr, rows[i].result, (const uint64_t[6]){0x1000});
		story_model();
		ok(acts(MP_ACT_SLEEP) == rows[i].sleeps && acts(MP_ACT_WAIT) != rows[i].sleeps,
		   "call %d, with the result %d", rows[i].nr, (int)rows[i].result);
	}
}

int main(void)
{
	tap_plan(0);
	sleeps();
	sleeps_until();
	broken_sleep();
	late_sleeps();
	late_polls();
	stopped_sleep();
	sleeps_apart();
	timers();
	no_signal();
	story_end();
	return tap_done();
}
