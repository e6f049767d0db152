// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A timer whose signal comes a thousand times a second, in the process and in its children, changes
 * nothing: each object lives its day for a while under it, and every day is a good one.
 */
#include <mproc.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/time.h>

#include "common.h"
#include "days.h"
#include "tap.h"

enum { PERIOD_US = 1000, LEAST_DAYS = 5, LEAST_MS = 200, LEAST_SIGNALS = 50, MOST_MS = 20000 };

static _Atomic unsigned *signals;
static int handler_flags;

static void count(int number)
{
	++*signals;
}

static void set_timer(long period_us)
{
	const struct itimerval timer = {
		.it_interval.tv_usec = period_us,
		.it_value.tv_usec = period_us,
	};

	setitimer(ITIMER_REAL, &timer, NULL);
}

static void start_timer(void)
{
	const struct sigaction action = {.sa_handler = count, .sa_flags = handler_flags};

	sigaction(SIGALRM, &action, NULL);
	set_timer(PERIOD_US);
}

/* Until the signals were many, or the machine had its time. */
static int live_under_signals(const struct day *day, unsigned *lived)
{
	const int64_t begin = now_ms();
	int result;

	*signals = *lived = 0;
	do {
		result = day->live();
		++*lived;
	} while (result == 0 && now_ms() - begin < MOST_MS &&
		 (*lived < LEAST_DAYS || now_ms() - begin < LEAST_MS || *signals < LEAST_SIGNALS));
	return result;
}

static void test_day(const struct day *day, const char *title)
{
	const unsigned fds = open_fds();
	unsigned lived;
	int result;

	start_timer();
	result = live_under_signals(day, &lived);
	set_timer(0);
	is_int(result, 0, "%s, %s (%u days, %u signals)", day->object, title, lived, *signals);
	ok(*signals >= LEAST_SIGNALS && open_fds() == fds && !has_child(),
	   "there were signals, and nothing is left");
}

int main(void)
{
	if (days_begin() != 0)
		return 1;
	tap_plan(0);
	signals = shared_memory(sizeof(*signals));
	day_child_begins = start_timer;
	for (const struct day *day = days; day->object; day++) {
		handler_flags = 0;
		test_day(day, "1000 signals a second");
		handler_flags = SA_RESTART;
		test_day(day, "the same with SA_RESTART");
	}
	return tap_done();
}
