// SPDX-License-Identifier: GPL-2.0-or-later
/* Who waits at a queue sleeps and is woken; when nobody waits, no system call is made. */
#include <dlfcn.h>
#include <errno.h>
#include <linux/futex.h>
#include <mproc.h>
#include <stdarg.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common.h"
#include "queue-common.h"
#include "tap.h"

static int wait_for_item(void)
{
	return got(MP_FOREVER);
}

static int wait_for_room(void)
{
	return put(77);
}

static void test_wakes(void)
{
	pid_t one, other;

	make_queue(1, sizeof(int), 0);
	one = child(wait_for_item);
	other = child(wait_for_item);
	ok(falls_asleep(one) && falls_asleep(other), "two sleep before an empty queue");
	sleep_ms(300);
	ok(!has_ended(one) && !has_ended(other), "and go on sleeping");
	put(5);
	put(5);
	is_int(wait_status(one), 5, "an item wakes the one");
	is_int(wait_status(other), 5, "the next one the other");
	put(1);
	one = child(wait_for_room);
	other = child(wait_for_room);
	ok(falls_asleep(one) && falls_asleep(other), "two sleep before a full queue");
	is_int(got(0), 1, "room");
	is_int(got(LONG_MS), 77, "wakes the one");
	is_int(got(LONG_MS), 77, "and the other");
	is_int(wait_status(one) + wait_status(other), 0, "both could put");
	mp_queue_free(queue);
}

/* Wakes reach those who sleep, and so nobody depends on his naps: thousands of turns would take
 * minutes by naps. */
static struct mp_queue *back;

static int play_back(void)
{
	int number;

	while (mp_queue_get(queue, &number, sizeof(number), NULL, LONG_MS) == 0)
		mp_queue_put(back, &number, sizeof(number), LONG_MS);
	return 0;
}

static void test_turns(void)
{
	int64_t before = now_ms();
	unsigned wrong = 0;
	pid_t pid;
	int number;

	make_queue(1, sizeof(int), 0);
	back = queue;
	make_queue(1, sizeof(int), 0);
	pid = child(play_back);
	for (int i = 0; i < 3000; i++) {
		put(i);
		wrong += mp_queue_get(back, &number, sizeof(number), NULL, LONG_MS) || number != i;
	}
	is_int(wrong, 0, "3000 turns between two processes");
	ok(now_ms() - before < 30000, "by wake-ups, not by naps: %d ms", (int)(now_ms() - before));
	mp_queue_close(queue);
	wait_status(pid);
	mp_queue_free(queue);
	mp_queue_free(back);
}

static bool was_woken; /* how this process's last wait on a futex ended */

/* Where `long` has 32 bits, there are two, or only the second. */
static bool is_futex(long number)
{
#ifdef SYS_futex_time64
	if (number == SYS_futex_time64)
		return true;
#endif
#ifdef SYS_futex
	if (number == SYS_futex)
		return true;
#endif
	return false;
}

/* Stands before libc's, to see what the kernel answers to a wait. */
long syscall(long number, ...)
{
	static long (*next)(long, ...);
	long arguments[6], result;
	va_list values;

	va_start(values, number);
	for (size_t i = 0; i < 6; i++)
		arguments[i] = va_arg(values, long);
	va_end(values);
	if (next == NULL)
		next = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	result = next(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
		      arguments[5]);
	if (is_futex(number) && (arguments[1] == FUTEX_WAIT || arguments[1] == FUTEX_WAIT_BITSET))
		was_woken = result == 0 || errno == EAGAIN;
	return result;
}

/* The first times, files are read and names are looked up. */
static int exchange_without_calls(void)
{
	for (unsigned i = 0; i < 1000; i++) {
		if (i == 1 && !forbid_all_calls())
			return 77;
		if (put((int)i) != 0 || got(0) != (int)i || mp_queue_task_done(queue) != 0)
			return 1;
		if (i == 0)
			got(2);
	}
	syscall(SYS_exit_group, 0);
	return 1;
}

static void test_no_calls(void)
{
	int status;

	make_queue(3, sizeof(int), MP_QUEUE_TASKS);
	status = wait_status(child(exchange_without_calls));
	if (status == 77)
		tap_skip(1, "system calls cannot be forbidden here");
	else
		is_int(status, 0, "putting, getting and finishing make no system call");
	mp_queue_free(queue);
}

static int end_woken(void)
{
	int number;

	return mp_queue_get(queue, &number, sizeof(number), NULL, LONG_MS) == MP_END && was_woken;
}

static int put_end_woken(void)
{
	return mp_queue_put(queue, "", 1, LONG_MS) == MP_END && was_woken;
}

static int put_woken(void)
{
	return put(1) == 0 && was_woken;
}

static int join_woken(void)
{
	return mp_queue_join(queue, LONG_MS) == 0 && was_woken;
}

static int get_woken(void)
{
	return got(LONG_MS) == 1 && was_woken;
}

static int fail_to_get(void)
{
	return mp_queue_get(queue, NULL, 0, NULL, LONG_MS) != -EMSGSIZE;
}

/* Each makes the sleeper go on. The queue has room for one, and one is in it at first, or not. */
static void close_queue(void)
{
	mp_queue_close(queue);
}

static void make_room(void)
{
	got(0);
	mp_queue_task_done(queue);
}

static void put_for_both(void)
{
	put(1);
}

static const struct {
	const char *text;
	bool full;
	int (*first)(void), (*sleep)(void);
	void (*act)(void);
} wakes[] = {
	{"a close wakes who waits for items", false, NULL, end_woken, close_queue},
	{"a close wakes who waits to put", true, NULL, put_end_woken, close_queue},
	{"an item wakes who waits for it", false, NULL, get_woken, put_for_both},
	{"room wakes who waits to put", true, NULL, put_woken, make_room},
	{"the end of all tasks wakes who joins", true, NULL, join_woken, make_room},
	{"one whose buffer is too small wakes the next", false, fail_to_get, get_woken,
	 put_for_both},
};

/* A nap may end at the very moment of the wake; but not each time. */
static void test_woken(void)
{
	enum { TIMES = 20 };

	for (size_t i = 0; i < sizeof(wakes) / sizeof(wakes[0]); i++) {
		int woken = 0;

		for (int k = 0; k < TIMES; k++) {
			pid_t first = 0, sleeper;

			make_queue(1, sizeof(int), MP_QUEUE_TASKS);
			if (wakes[i].full)
				put(1);
			if (wakes[i].first) {
				first = child(wakes[i].first);
				falls_asleep(first);
			}
			sleeper = child(wakes[i].sleep);
			falls_asleep(sleeper);
			wakes[i].act();
			woken += wait_status(sleeper) == 1;
			/* If it was the second to come, it waits on. */
			mp_queue_close(queue);
			if (first)
				wait_status(first);
			mp_queue_free(queue);
		}
		ok(woken > TIMES / 2, "%s: %d of %d times", wakes[i].text, woken, TIMES);
	}
}

int main(void)
{
	unsigned fds;

	tap_plan(0);
	fds = open_fds();
	test_wakes();
	test_turns();
	test_no_calls();
	test_woken();
	is_int(open_fds(), fds, "no descriptor was left open");
	ok(!has_child(), "no child is left");
	return tap_done();
}
