// SPDX-License-Identifier: GPL-2.0-or-later
/* A queue between processes, while nobody is killed. */
#include <errno.h>
#include <mproc.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "common.h"
#include "queue-common.h"
#include "tap.h"

static void test_making(void)
{
	struct mp_queue *none = (void *)&queue;

	is_int(mp_queue_new(&none, 0, 1, 0), -EINVAL, "a queue for nothing is refused");
	ok(!none, "and not made");
	none = (void *)&queue;
	is_int(mp_queue_new(&none, (size_t)MP_QUEUE_MAX + 1, 1, 0), -EINVAL,
	       "one for too many, too");
	ok(!none, "and not made");
	is_int(mp_queue_new(&none, 1, (size_t)MP_QUEUE_MAX + 1, 0), -EINVAL,
	       "one for too large items, too");
	is_int(mp_queue_new(&none, 1, 1, 2), -EINVAL, "and a flag that nobody knows");
	none = (void *)&queue;
	is_int(mp_queue_new(&none, MP_QUEUE_MAX, MP_QUEUE_MAX, MP_QUEUE_TASKS), -ENOMEM,
	       "for the largest of all there is no memory");
	ok(!none, "and it is not made");
	make_queue(5, 12, 0);
	is_int((int64_t)mp_queue_capacity(queue), 5, "it knows its capacity");
	is_int((int64_t)mp_queue_item_max(queue), 12, "and its largest item");
	is_int((int64_t)mp_queue_size(queue), 0, "nothing waits in a new one");
	ok(mp_queue_is_empty(queue) && !mp_queue_is_full(queue) && !mp_queue_is_closed(queue),
	   "it is empty, not full and open");
	mp_queue_free(queue);
	mp_queue_free(NULL);
}

/* --- put and get, one process after the other --- */

static int get_six_and_answer(void)
{
	int sum = 0;

	for (int i = 0; i < 6; i++)
		sum += got(LONG_MS) == i;
	return sum;
}

static void test_put(void)
{
	int number = 6;
	int64_t before;
	pid_t pid;

	make_queue(6, sizeof(int), 0);
	for (int i = 0; i < 6; i++)
		put(i);
	ok(mp_queue_is_full(queue) && !mp_queue_is_empty(queue), "six of six: full");
	is_int((int64_t)mp_queue_size(queue), 6, "all wait");
	is_int(mp_queue_put(queue, &number, sizeof(number), 0), MP_TIMEOUT, "a try is refused");
	before = now_ms();
	is_int(mp_queue_put(queue, &number, sizeof(number), 60), MP_TIMEOUT,
	       "who waits for room runs out of time");
	ok(now_ms() - before >= 59, "not before it is over");
	pid = child(get_six_and_answer);
	is_int(wait_status(pid), 6, "another process gets all of them in their order");
	ok(mp_queue_is_empty(queue), "empty again");
	mp_queue_free(queue);
}

static int put_four(void)
{
	for (int i = 1; i <= 4; i++)
		put(i);
	return 0;
}

static void test_get(void)
{
	int64_t before;
	int number;

	make_queue(6, sizeof(int), 0);
	wait_status(child(put_four));
	is_int((int64_t)mp_queue_size(queue), 4, "a process put four, and ended");
	for (int i = 1; i <= 4; i++)
		is_int(got(i % 2 ? 0 : MP_FOREVER), i, "number %d comes", i);
	is_int(mp_queue_get(queue, &number, sizeof(number), NULL, 0), MP_TIMEOUT,
	       "a try at an empty one is refused");
	before = now_ms();
	is_int(mp_queue_get(queue, &number, sizeof(number), NULL, 300), MP_TIMEOUT,
	       "who waits for an item runs out of time");
	ok(now_ms() - before >= 299, "not before it is over");
	mp_queue_free(queue);
}

static int put_ten_more(void)
{
	for (int i = 10; i < 20; i++)
		put(i);
	return 0;
}

/* A child goes on where its parent was. */
static void test_fork(void)
{
	unsigned right = 0;

	make_queue(20, sizeof(int), 0);
	for (int i = 0; i < 10; i++)
		put(i);
	wait_status(child(put_ten_more));
	for (int i = 0; i < 20; i++)
		right += got(LONG_MS) == i;
	is_int(right, 20, "what a parent and then its child put comes in this order");
	mp_queue_free(queue);
}

/* --- sizes --- */

static void test_sizes(void)
{
	char buffer[100] = "", item[100];
	size_t length = 7;

	memset(item, 'x', sizeof(item));
	make_queue(3, 99, 0);
	is_int(mp_queue_put(queue, item, 100, MP_FOREVER), -EMSGSIZE, "too large an item");
	is_int((int64_t)mp_queue_size(queue), 0, "is not put");
	is_int(mp_queue_put(queue, NULL, 0, 0), 0, "an item of no bytes");
	mp_queue_put(queue, item, 99, 0);
	mp_queue_put(queue, "abc", 3, 0);
	is_int(mp_queue_get(queue, NULL, 0, &length, 0), 0, "is an item");
	is_int((int64_t)length, 0, "of no bytes");
	is_int(mp_queue_get(queue, buffer, 98, &length, 0), -EMSGSIZE, "too small a buffer");
	is_int((int64_t)length, 99, "is told the size");
	is_int((int64_t)mp_queue_size(queue), 2, "and the item stays");
	ok(buffer[0] == '\0', "the buffer is not touched");
	is_int(mp_queue_get(queue, buffer, 99, &length, 0), 0, "a buffer that fits gets it");
	ok(length == 99 && memcmp(buffer, item, 99) == 0, "whole");
	is_int(mp_queue_get(queue, buffer, sizeof(buffer), NULL, 0), 0, "length may be NULL");
	ok(memcmp(buffer, "abcx", 4) == 0, "a short item changes only so many bytes");
	mp_queue_free(queue);
	make_queue(1, 0, 0);
	is_int(mp_queue_put(queue, NULL, 0, 0), 0, "items may all be of no bytes");
	is_int(mp_queue_put(queue, NULL, 0, 0), MP_TIMEOUT, "so it is a counter with a limit");
	mp_queue_free(queue);
}

/* Item i has i % 1000 bytes, of which each tells its place. */
static unsigned char byte_of(unsigned item, unsigned at)
{
	return (unsigned char)(item * 7 + at);
}

static int put_lengths(void)
{
	unsigned char item[1000];

	for (unsigned i = 0; i < 3000; i++) {
		for (unsigned at = 0; at < i % 1000; at++)
			item[at] = byte_of(i, at);
		if (mp_queue_put(queue, item, i % 1000, LONG_MS))
			return 1;
	}
	return 0;
}

static void test_all_lengths(void)
{
	unsigned char item[1000];
	unsigned wrong = 0;
	size_t length;
	pid_t pid;

	make_queue(7, 999, 0);
	pid = child(put_lengths);
	for (unsigned i = 0; i < 3000; i++) {
		if (mp_queue_get(queue, item, sizeof(item), &length, LONG_MS) || length != i % 1000)
			wrong++;
		else
			for (unsigned at = 0; at < length; at++)
				wrong += item[at] != byte_of(i, at);
	}
	is_int(wrong, 0, "items of all lengths arrive as they were");
	is_int(wait_status(pid), 0, "all were put");
	mp_queue_free(queue);
}

/* --- closing --- */

static int get_until_end(void)
{
	int number, rc, count = 0;

	while ((rc = mp_queue_get(queue, &number, sizeof(number), NULL, MP_FOREVER)) == 0)
		count++;
	return rc == MP_END ? count : 100;
}

static int put_until_end(void)
{
	int number = 0, rc, count = 0;

	while ((rc = mp_queue_put(queue, &number, sizeof(number), MP_FOREVER)) == 0)
		count++;
	return rc == MP_END ? count : 100;
}

static void test_close(void)
{
	pid_t one, other;
	int number = 0;

	make_queue(3, sizeof(int), 0);
	one = child(get_until_end);
	other = child(get_until_end);
	falls_asleep(one);
	falls_asleep(other);
	is_int(mp_queue_close(queue), 0, "a close");
	is_int(wait_status(one) + wait_status(other), 0, "tells those who wait for items");
	ok(mp_queue_is_closed(queue), "it is closed");
	is_int(mp_queue_close(queue), 0, "any number of times");
	is_int(mp_queue_put(queue, &number, sizeof(number), MP_FOREVER), MP_END,
	       "nobody can put any more");
	is_int(mp_queue_put(queue, &number, sizeof(number), 0), MP_END, "not even try");
	mp_queue_free(queue);

	make_queue(3, sizeof(int), 0);
	one = child(put_until_end);
	falls_asleep(one);
	mp_queue_close(queue);
	is_int(wait_status(one), 3, "a close tells those who wait for room");
	is_int(wait_status(child(get_until_end)), 3, "what is in it can still be got");
	mp_queue_free(queue);
}

/* --- many with many --- */

enum { PRODUCERS = 4, CONSUMERS = 4, EACH = 5000 };

struct parcel {
	int producer, number;
};

static struct {
	_Atomic unsigned seen[PRODUCERS][EACH];
	_Atomic unsigned disorder, failed;
} * parcels;

static void produce(int producer)
{
	for (int i = 0; i < EACH; i++) {
		struct parcel parcel = {producer, i};

		if (mp_queue_put(queue, &parcel, sizeof(parcel), LONG_MS))
			parcels->failed++;
	}
}

/* Those of one producer reach one consumer in their order. */
static int consume(void)
{
	int last[PRODUCERS], rc;
	struct parcel parcel;

	memset(last, -1, sizeof(last));
	while ((rc = mp_queue_get(queue, &parcel, sizeof(parcel), NULL, LONG_MS)) == 0) {
		parcels->seen[parcel.producer][parcel.number]++;
		parcels->disorder += parcel.number <= last[parcel.producer];
		last[parcel.producer] = parcel.number;
		if (mp_queue_task_done(queue) == 0)
			sched_yield();
	}
	return rc == MP_END ? 0 : 1;
}

static void test_many(size_t capacity, unsigned flags, const char *how)
{
	pid_t producers[PRODUCERS], consumers[CONSUMERS];
	unsigned wrong = 0;

	parcels = shared_memory(sizeof(*parcels));
	make_queue(capacity, sizeof(struct parcel), flags);
	for (int i = 0; i < PRODUCERS; i++) {
		producers[i] = fork_now();
		if (producers[i] == 0) {
			produce(i);
			_exit(0);
		}
	}
	for (int i = 0; i < CONSUMERS; i++)
		consumers[i] = child(consume);
	for (int i = 0; i < PRODUCERS; i++)
		wrong += wait_status(producers[i]) != 0;
	is_int(mp_queue_join(queue, LONG_MS), 0, "%s: everything is done", how);
	mp_queue_close(queue);
	for (int i = 0; i < CONSUMERS; i++)
		wrong += wait_status(consumers[i]) != 0;
	is_int(wrong + parcels->failed, 0, "%s: nobody fails", how);
	for (int i = 0; i < PRODUCERS; i++)
		for (int k = 0; k < EACH; k++)
			wrong += parcels->seen[i][k] != 1;
	is_int(wrong, 0, "%s: each item arrives exactly once", how);
	is_int(parcels->disorder, 0, "%s: those of one producer in their order", how);
	mp_queue_free(queue);
}

static void *run_in_thread(void *act)
{
	int (*run)(void);

	memcpy(&run, act, sizeof(run));
	return run() ? act : NULL;
}

static int produce_0(void)
{
	produce(0);
	return 0;
}

static void test_threads(void)
{
	int (*consumer)(void) = consume, (*producer)(void) = produce_0;
	pthread_t threads[2];
	unsigned wrong = 0;
	void *result;

	parcels = shared_memory(sizeof(*parcels));
	make_queue(4, sizeof(struct parcel), MP_QUEUE_TASKS);
	pthread_create(&threads[0], NULL, run_in_thread, &consumer);
	pthread_create(&threads[1], NULL, run_in_thread, &producer);
	pthread_join(threads[1], &result);
	wrong += result != NULL;
	is_int(mp_queue_join(queue, LONG_MS), 0, "threads share a queue");
	mp_queue_close(queue);
	pthread_join(threads[0], &result);
	wrong += result != NULL;
	for (int k = 0; k < EACH; k++)
		wrong += parcels->seen[0][k] != 1;
	is_int(wrong, 0, "and each item arrives once");
	mp_queue_free(queue);
}

/* --- tasks --- */

static int join_long(void)
{
	return mp_queue_join(queue, MP_FOREVER);
}

static int is_refused_done(void)
{
	return mp_queue_task_done(queue) == -EINVAL ? 0 : 1;
}

static void test_tasks(void)
{
	pid_t pid;

	make_queue(3, sizeof(int), MP_QUEUE_TASKS);
	is_int(mp_queue_join(queue, MP_FOREVER), 0, "nothing was put: all is done");
	is_int(mp_queue_task_done(queue), -EINVAL, "nothing was got: nothing can be done");
	put(1);
	put(2);
	is_int(mp_queue_task_done(queue), -EINVAL, "put is not got");
	is_int(mp_queue_join(queue, 0), MP_TIMEOUT, "a try to join");
	is_int(mp_queue_join(queue, 30), MP_TIMEOUT, "a join with a time that is too short");
	got(0);
	got(0);
	ok(mp_queue_is_empty(queue), "two were got");
	is_int((int64_t)mp_queue_unfinished(queue), 2, "and are not finished");
	is_int(wait_status(child(is_refused_done)), 0, "a child has nothing in hand");
	put(3);
	ok(mp_queue_is_full(queue), "what is in hand takes room");
	is_int(mp_queue_put(queue, "x", 1, 20), MP_TIMEOUT, "so no more can be put");
	pid = child(join_long);
	falls_asleep(pid);
	is_int(mp_queue_task_done(queue), 0, "one is done");
	ok(!mp_queue_is_full(queue), "that makes room");
	is_int(mp_queue_task_done(queue), 0, "two are done");
	is_int(mp_queue_task_done(queue), -EINVAL, "three are not in hand");
	is_int(got(0), 3, "the third is got");
	ok(!has_ended(pid), "who joins waits for it");
	is_int(mp_queue_task_done(queue), 0, "it is done");
	is_int(wait_status(pid), 0, "and who joins goes on");
	is_int(mp_queue_lost(queue, NULL, 0, NULL, NULL), -ENOENT, "nothing was lost");
	mp_queue_free(queue);
}

static void test_no_tasks(void)
{
	make_queue(3, sizeof(int), 0);
	put(1);
	is_int((int64_t)mp_queue_unfinished(queue), 1, "in an ordinary queue what waits is undone");
	is_int(mp_queue_join(queue, 0), MP_TIMEOUT, "a join waits for it");
	got(0);
	is_int(mp_queue_join(queue, 0), 0, "until it is got");
	is_int(mp_queue_task_done(queue), -EINVAL, "nothing is in hand then");
	is_int(mp_queue_lost(queue, NULL, 0, NULL, NULL), -ENOENT, "and nothing can be lost");
	mp_queue_free(queue);
}

/* --- signals --- */

static struct mp_queue *back;
static _Atomic unsigned *ticks;

static void tick(int number)
{
	++*ticks;
}

static int under_signals(int flags)
{
	const struct sigaction action = {.sa_handler = tick, .sa_flags = flags};
	const struct itimerval often = {{.tv_usec = 1000}, {.tv_usec = 1000}};
	int64_t before = now_ms();
	int number, bad;

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	bad = mp_queue_get(queue, &number, sizeof(number), NULL, 100) != MP_TIMEOUT;
	bad += now_ms() - before < 99;
	bad += mp_queue_join(back, 100) != MP_TIMEOUT;
	bad += mp_queue_put(back, "x", 1, 100) != MP_TIMEOUT;
	bad += now_ms() - before < 299;
	bad += got(MP_FOREVER) != 9;
	return bad;
}

static int under_restart(void)
{
	return under_signals(SA_RESTART);
}

static int under_no_restart(void)
{
	return under_signals(0);
}

static void test_signals(int (*act)(void), const char *how)
{
	int64_t before = now_ms();
	pid_t pid;

	ticks = shared_memory(sizeof(*ticks));
	make_queue(1, 1, MP_QUEUE_TASKS);
	back = queue;
	mp_queue_put(back, "x", 1, 0);
	make_queue(1, sizeof(int), 0);
	pid = child(act);
	sleep_ms(400);
	put(9);
	is_int(wait_status(pid), 0, "%s: a thousand signals a second change nothing", how);
	ok(*ticks > 50, "%s: they came", how);
	ok(now_ms() - before < 20000, "%s: and it takes no longer", how);
	mp_queue_free(queue);
	mp_queue_free(back);
}

int main(void)
{
	unsigned fds;

	tap_plan(0);
	fds = open_fds();
	test_making();
	test_put();
	test_get();
	test_fork();
	test_sizes();
	test_all_lengths();
	test_close();
	test_many(1, 0, "room for one");
	test_many(16, 0, "room for 16");
	test_many(16, MP_QUEUE_TASKS, "tasks");
	test_threads();
	test_tasks();
	test_no_tasks();
	test_signals(under_restart, "SA_RESTART");
	test_signals(under_no_restart, "no SA_RESTART");
	is_int(open_fds(), fds, "no descriptor was left open");
	ok(!has_child(), "no child is left");
	return tap_done();
}
