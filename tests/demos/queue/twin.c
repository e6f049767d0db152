// SPDX-License-Identifier: GPL-2.0-or-later
/* What mp-queue does, with bare system calls, and one fault. */
#include "faults.h"
#include "twin.h"

#include <limits.h>
#include <stdlib.h>
#include <sys/wait.h>

enum { ROOM = 100 };

static struct shared {
	uint32_t lock;
	uint32_t head, tail; /* items wait in [head, tail) */
	uint32_t news;	     /* changes with all that the consumer waits for */
	uint32_t closed;     /* the producer is done */
	uint32_t gone;	     /* the consumer is */
	uint32_t unlocked;   /* popped-first: the last item is out, its line is not */
	long items[ROOM];
} * shared;
static long items;
static unsigned delay; /* in milliseconds */

static bool leaves_first(void)
{
	return fault("left-at-once") || fault("left-unasked") || fault("lost-in-queue") ||
	       fault("lost-unasked") || fault("size-of-before");
}

static void tell(uint32_t *word)
{
	__atomic_store_n(word, 1, __ATOMIC_SEQ_CST);
	twin_wake(word, INT_MAX);
}

static void announce(void)
{
	__atomic_add_fetch(&shared->news, 1, __ATOMIC_SEQ_CST);
	twin_wake(&shared->news, INT_MAX);
}

static long number(long i)
{
	if (fault("all-the-same"))
		return 7;
	if (fault("counted") || fault("counted-from-1"))
		return i + fault("counted-from-1");
	if (fault("too-large") && i == 1)
		return 300;
	if (fault("negative") && i == 1)
		return -1;
	return (i * 100 + 11) % 257;
}

static void append(long i)
{
	long item = number(i);
	bool hidden = fault("popped-first") && i == items - 1;

	twin_lock(&shared->lock);
	shared->items[shared->tail++] = item;
	if (hidden) {
		twin_unlock(&shared->lock);
		announce();
		twin_wait(&shared->unlocked, 0);
		twin_lock(&shared->lock);
	}
	twin_say("Process Producer : item %ld appended to queue producer-1\n", item);
	twin_unlock(&shared->lock);
	announce();
}

static void pause_after(long i)
{
	if (fault("hurried") || fault("pause-before") || fault("pause-late") ||
	    (fault("one-pause-short") && i == items - 1))
		return;
	twin_sleep(fault("short-pauses") ? delay / 2 : delay);
}

static void say_size(long i)
{
	long size = (long)(shared->tail - shared->head);

	if (fault("lost-in-queue") || fault("lost-unasked"))
		size -= i > 2;
	if (fault("size-of-before"))
		size--;
	if (fault("size-of-all"))
		size = items;
	if (fault("size-of-bytes"))
		size = (size + 1) * 100;
	if (!fault("size-unsaid") || i < items - 1)
		twin_say("The size of queue is %ld\n", size);
}

/* Where the consumer is to leave before the producer's end, the producer waits for that. */
static void wait_for_consumer(long i)
{
	if ((leaves_first() && i == 0) ||
	    (i == 3 && (fault("left-early") || fault("left-in-between"))))
		twin_wait(&shared->gone, 0);
}

static int produce(void *unused)
{
	long count = items - fault("nine") + fault("eleven");

	for (long i = 0; i < count; i++) {
		wait_for_consumer(i);
		if (fault("pause-before"))
			twin_sleep(delay);
		append(i);
		pause_after(i);
		say_size(i);
	}
	for (long i = 0; fault("pause-late") && i < count; i++)
		twin_sleep(delay);
	return 0;
}

/* The next item, or false: there will be none. */
static bool take(long *item)
{
	uint32_t news = __atomic_load_n(&shared->news, __ATOMIC_SEQ_CST);
	uint32_t closed = __atomic_load_n(&shared->closed, __ATOMIC_SEQ_CST);

	twin_lock(&shared->lock);
	while (shared->head == shared->tail && !closed) {
		twin_unlock(&shared->lock);
		twin_wait(&shared->news, news);
		news = __atomic_load_n(&shared->news, __ATOMIC_SEQ_CST);
		closed = __atomic_load_n(&shared->closed, __ATOMIC_SEQ_CST);
		twin_lock(&shared->lock);
	}
	if (shared->head < shared->tail) {
		*item = shared->items[shared->head++];
		twin_unlock(&shared->lock);
		return true;
	}
	twin_unlock(&shared->lock);
	return false;
}

/* As it stands in the shared memory when all have been appended. */
static long altered(long i, long item)
{
	bool last = i == items - 1;

	if (fault("stack"))
		return shared->items[items - 1 - i];
	if (fault("swapped") && (i == 1 || i == 2))
		return shared->items[3 - i];
	if (fault("twice") && i == 2)
		return shared->items[1];
	return item + (fault("invented") && last);
}

static void say_popped(long i, long item)
{
	bool last = i == items - 1;
	bool unheard = fault("popped-first") && last;

	if ((fault("lost-at-end") || fault("lost-in-race")) && last)
		return;
	if (!unheard)
		twin_lock(&shared->lock);
	if (fault("garbled") && i == 1)
		twin_say("popped from by consumer-2\n");
	else
		twin_say("Process Consumer : item %ld popped from by consumer-2\n", item);
	if (!unheard)
		twin_unlock(&shared->lock);
	if (unheard)
		tell(&shared->unlocked);
	if (fault("twice-at-end") && last)
		twin_say("Process Consumer : item %ld popped from by consumer-2\n", item);
}

static long most(void)
{
	if (leaves_first())
		return 0;
	if (fault("left-early") || fault("left-in-between"))
		return 2;
	if (fault("left-late") || fault("went-on"))
		return items - 2;
	return fault("empty-unsaid") ? items : LONG_MAX;
}

static int consume(void *unused)
{
	long item, i = 0;

	if (fault("stack") || fault("swapped") || fault("left-late") || fault("went-on") ||
	    fault("lost-in-race"))
		twin_wait(&shared->closed, 0); /* everything is there */
	for (; i < most() && take(&item); i++) {
		say_popped(i, altered(i, item));
		twin_sleep(2 * delay);
	}
	if (!fault("empty-unsaid"))
		twin_say("the queue is empty\n");
	if (fault("empty-twice"))
		twin_say("the queue is empty\n");
	while (fault("went-on") && take(&item))
		say_popped(i++, item);
	return 0;
}

/* Its end is there, and is left there. */
static void look_at_end(pid_t pid)
{
	siginfo_t end;

	waitid(P_PID, (id_t)pid, &end, WEXITED | WNOWAIT);
}

static void wait_for(pid_t pid, bool reap)
{
	if (reap)
		twin_reap(pid);
	else
		look_at_end(pid);
}

int main(int argc, char *argv[])
{
	bool early = false;
	pid_t producer, consumer;

	twin_begin(faults, argc, argv);
	items = twin_number("-n", 10);
	delay = (unsigned)(strtod(twin_option("--delay", "1"), NULL) * 1000);
	if (fault("nothing") || items > ROOM - 1)
		return 0;
	early = leaves_first() || fault("left-early") || fault("left-in-between");
	shared = twin_share(sizeof(*shared));
	producer = twin_fork(produce, NULL);
	consumer = twin_fork(consume, NULL);
	if (early) {
		twin_reap(consumer);
		tell(&shared->gone);
	}
	wait_for(producer, !fault("producer-unreaped"));
	tell(&shared->closed);
	announce();
	if (!early)
		wait_for(consumer, !fault("consumer-unreaped"));
	return 0;
}
