/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a way to hand items from process to process (queue, tasks, pipe, mq), their size, how many
 * produce and how many consume, and how many items. Gives: nanoseconds for an item, on standard
 * output. Never: a judgement. See queue.sh.
 */
#include <fcntl.h>
#include <mproc.h>
#include <mqueue.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CAPACITY = 1000, MOST_BYTES = 65536 };

struct way {
	const char *name;
	bool (*open)(size_t size);
	bool (*put)(const void *item, size_t size);
	bool (*get)(void *item, size_t size); /* false: no more will come */
	void (*end)(unsigned consumers);
	void (*begin_to_get)(void);
};

static struct mp_queue *queue;
static int ends[2];
static mqd_t messages;

static bool open_queue(size_t size)
{
	return mp_queue_new(&queue, CAPACITY, size, 0) == 0;
}

static bool open_tasks(size_t size)
{
	return mp_queue_new(&queue, CAPACITY, size, MP_QUEUE_TASKS) == 0;
}

static bool put_queue(const void *item, size_t size)
{
	return mp_queue_put(queue, item, size, MP_FOREVER) == 0;
}

static bool get_queue(void *item, size_t size)
{
	return mp_queue_get(queue, item, size, NULL, MP_FOREVER) == 0;
}

static bool get_task(void *item, size_t size)
{
	return get_queue(item, size) && mp_queue_task_done(queue) == 0;
}

static void end_queue(unsigned consumers)
{
	mp_queue_close(queue);
}

static bool open_pipe(size_t size)
{
	return pipe(ends) == 0;
}

static bool put_pipe(const void *item, size_t size)
{
	return write(ends[1], item, size) == (ssize_t)size;
}

static bool get_pipe(void *item, size_t size)
{
	return read(ends[0], item, size) == (ssize_t)size;
}

static void end_pipe(unsigned consumers)
{
	close(ends[1]);
}

/* As deep as everybody may make one; 10 unless the administrator says otherwise. */
static bool open_mq(size_t size)
{
	struct mq_attr attributes = {.mq_maxmsg = 10, .mq_msgsize = (long)size};
	char name[64];

	snprintf(name, sizeof(name), "/bench-queue-%d", (int)getpid());
	messages = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attributes);
	mq_unlink(name);
	return messages != (mqd_t)-1;
}

static bool put_mq(const void *item, size_t size)
{
	return mq_send(messages, item, size, 0) == 0;
}

static bool get_mq(void *item, size_t size)
{
	return mq_receive(messages, item, size, NULL) == (ssize_t)size;
}

static void end_mq(unsigned consumers)
{
	while (consumers--)
		mq_send(messages, "", 0, 0);
}

static void nothing(void)
{
}

static void close_other_end(void)
{
	close(ends[1]);
}

static const struct way ways[] = {
	{"queue", open_queue, put_queue, get_queue, end_queue, nothing},
	{"tasks", open_tasks, put_queue, get_task, end_queue, nothing},
	{"pipe", open_pipe, put_pipe, get_pipe, end_pipe, close_other_end},
	{"mq", open_mq, put_mq, get_mq, end_mq, nothing},
};

static const struct way *way_called(const char *name)
{
	for (const struct way *way = ways; way < ways + sizeof(ways) / sizeof(*ways); way++)
		if (strcmp(way->name, name) == 0)
			return way;
	return NULL;
}

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static _Noreturn void produce(const struct way *way, size_t size, unsigned long items)
{
	static char item[MOST_BYTES];

	while (items--)
		if (!way->put(item, size))
			_exit(1);
	_exit(0);
}

static _Noreturn void consume(const struct way *way, size_t size)
{
	static char item[MOST_BYTES];

	way->begin_to_get();
	while (way->get(item, size))
		;
	_exit(0);
}

static bool wait_for(unsigned children)
{
	int status;
	bool good = true;

	while (children--)
		good &= wait(&status) > 0 && status == 0;
	return good;
}

/* Producers are the first to be waited for: a consumer ends only after end(). */
static bool run(const struct way *way, size_t size, unsigned producers, unsigned consumers,
		unsigned long items)
{
	bool good;

	for (unsigned i = 0; i < consumers; i++)
		if (fork() == 0)
			consume(way, size);
	for (unsigned i = 0; i < producers; i++)
		if (fork() == 0)
			produce(way, size, items / producers);
	good = wait_for(producers);
	way->end(consumers);
	return wait_for(consumers) && good;
}

int main(int argc, char **argv)
{
	const struct way *way = argc == 6 ? way_called(argv[1]) : NULL;
	size_t size = way ? strtoul(argv[2], NULL, 10) : 0;
	unsigned producers = size ? (unsigned)strtoul(argv[3], NULL, 10) : 0;
	unsigned consumers = size ? (unsigned)strtoul(argv[4], NULL, 10) : 0;
	unsigned long items = size ? strtoul(argv[5], NULL, 10) : 0;
	double began;

	if (!items || !producers || !consumers || size > MOST_BYTES) {
		fprintf(stderr, "usage: bench-queue queue|tasks|pipe|mq SIZE PRODUCERS CONSUMERS "
				"ITEMS\n");
		return 2;
	}
	if (!way->open(size)) {
		perror(way->name);
		return 1;
	}
	began = now_ns();
	if (!run(way, size, producers, consumers, items)) {
		fprintf(stderr, "bench-queue: a child failed\n");
		return 1;
	}
	printf("%.0f\n", (now_ns() - began) / (double)items);
	return 0;
}
