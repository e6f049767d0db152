/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A long record is resolved in a time that a person waits for: test-resolve-speed [EVENTS] */
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>

#include "script.h"

static double seconds(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* Sixteen pairs of processes, each with a pipe, all at it at once. */
static void tell(long events)
{
	story();
	for (uint32_t i = 0; i < 16; i++) {
		ev_pipe(COMMAND, 2 * i + 4, 2 * i + 3, 50 + i, 0);
		ev_fork(COMMAND, 200 + i);
		ev_fork(COMMAND, 300 + i);
	}
	for (long i = 0; i < events / 4; i++) {
		uint32_t pair = (uint32_t)i % 16;

		ev_wake(200 + pair, SYS_write, 300 + pair, SYS_read);
		ev_write(200 + pair, 2 * pair + 4, pipe_in(50 + pair), 100);
		next_blocked(now() - 1500);
		ev_read(300 + pair, 2 * pair + 3, pipe_out(50 + pair), 60);
		ev_read(300 + pair, 2 * pair + 3, pipe_out(50 + pair), 40);
	}
}

int main(int argc, char *argv[])
{
	long events = argc > 1 ? atol(argv[1]) : 100000;
	double before;

	tap_plan(0);
	tell(events);
	before = seconds();
	story_model();
	tap_note("%ld events in %.2f s", events, seconds() - before);
	ok(seconds() - before < 1 + (double)events / 50000, "in bounded time");
	is_int((int64_t)acts(MP_ACT_READ), events / 4 * 2, "all is there");
	is_int((int64_t)acts(MP_ACT_WAKE), events / 4, "also who woke whom");
	story_end();
	return tap_done();
}
