// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mp-queue: what one process makes another one takes, each at its own pace.
 *
 *     producer-1 ---- put ----> [ 17 203 88 … ] ---- get ----> consumer-2
 *
 * The point to see: a queue that is empty is not a queue that is finished. A consumer that leaves
 * when it finds nothing may just have been faster than the producer (--race shows it). So the
 * producer closes the queue when it is done: "empty and closed" is final.
 *
 * Both are types of their own: a structure that begins with a process, and a run function.
 */
#include "cli.h"
#include "contract_section.h"
#include "join.h"

#include <inttypes.h>
#include <mproc.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define LARGEST 256 /* item */

static int64_t items, delay;
static bool race;

static const struct cli_option options[] = {
	{'n', "items", "N", CLI_NUMBER, &items, "10", .least = 0, .most = 1000,
	 .help = "the producer appends N items"},
	{0, "delay", "SECONDS", CLI_SECONDS, &delay, "1", .most = 3600 * CLI_SECOND,
	 .help = "pause of the producer after each item; the consumer pauses twice as long"},
	{0, "race", NULL, CLI_FLAG, &race,
	 .help = "start the consumer at once, and let it leave when it first finds nothing"},
	{0},
};
static const struct cli_example examples[] = {
	{"mp-queue -n 5 --delay 0.2", "Five items in two seconds."},
	{"mp-queue --race", "The consumer may leave before there is anything."},
	{"sudo mp-trace mp-queue", "Shows what was printed when, and whether anything was lost."},
	{0},
};
static const struct cli_program program = {
	.name = "mp-queue",
	.purpose = "communicating with a queue",
	.description =
		"A producer appends random numbers to a queue, and a consumer takes them out, more "
		"slowly; so the queue grows, and keeps what the consumer has not taken yet.",
	.options = options,
	.examples = examples,
	.see = "mp-queue(1), mp-trace(1), mproc(3)",
};

struct producer {
	struct mp_process_base base; /* first of all: a pointer to it is one to the producer */
	struct mp_conn *tell;	     /* the main process that there is an item */
};

struct consumer {
	struct mp_process_base base;
	int64_t patience; /* with a queue that is empty: none, or until it is closed */
};

static struct mp_queue *queue;
static struct mp_lock *lock; /* who holds it may print */

/*
 * An item can be got as soon as it is put, but its line here must come before the consumer's: so
 * the lock is held from before the put until it is printed, and the consumer prints with the lock.
 */
static int append(int64_t item)
{
	if (cli_failed("mp_lock_acquire", mp_lock_acquire(lock, MP_FOREVER)) ||
	    cli_failed("mp_queue_put", mp_queue_put(queue, &item, sizeof(item), MP_FOREVER)))
		return 1;
	printf("Process Producer : item %" PRId64 " appended to queue %s\n", item,
	       mp_process_current_name());
	return cli_failed("mp_lock_release", mp_lock_release(lock));
}

static int produce(struct mp_process_base *base)
{
	struct producer *self = (struct producer *)base;

	srandom((unsigned)getpid());
	for (int64_t i = 0; i < items; i++) {
		if (append(random() % (LARGEST + 1)))
			return 1;
		if (i == 0 && cli_failed("mp_conn_send", mp_conn_send(self->tell, "", 1)))
			return 1;
		cli_pause(delay);
		printf("The size of queue is %zu\n", mp_queue_size(queue));
	}
	mp_queue_close(queue);
	return cli_finish(0);
}

static int consume(struct mp_process_base *base)
{
	struct consumer *self = (struct consumer *)base;
	int64_t item;
	int result;

	while ((result = mp_queue_get(queue, &item, sizeof(item), NULL, self->patience)) == 0) {
		if (cli_failed("mp_lock_acquire", mp_lock_acquire(lock, MP_FOREVER)))
			return 1;
		printf("Process Consumer : item %" PRId64 " popped from by %s\n", item,
		       mp_process_current_name());
		if (cli_failed("mp_lock_release", mp_lock_release(lock)))
			return 1;
		cli_pause(2 * delay);
	}
	if (cli_failed("mp_queue_get", result))
		return 1;
	printf("the queue is empty\n"); /* MP_END: for ever; MP_TIMEOUT: now */
	return cli_finish(0);
}

static const struct mp_process_ops producer_ops = {produce}, consumer_ops = {consume};

static int run(struct producer *producer, struct consumer *consumer, struct mp_conn *hear)
{
	char word;
	int status;

	if (cli_failed("mp_process_start", mp_process_start(producer->base.process)))
		return 1;
	mp_conn_close(producer->tell); /* so the pipe ends when the producer has told nothing */
	if ((!race && cli_failed("mp_conn_recv", mp_conn_recv(hear, &word, 1, NULL))) ||
	    cli_failed("mp_process_start", mp_process_start(consumer->base.process))) {
		mp_process_terminate(producer->base.process); /* leaving main then waits for it */
		return 1;
	}
	status = join_well(producer->base.process);
	mp_queue_close(queue); /* a producer that was killed has not done it */
	return join_well(consumer->base.process) | status;
}

int main(int argc, char *argv[])
{
	struct producer producer;
	struct consumer consumer;
	struct mp_conn *hear;
	int status;

	cli_parse(&program, argc, argv);
	cli_print_lines();
	consumer.patience = race ? 0 : MP_FOREVER;
	if (cli_failed("mp_queue_new",
		       mp_queue_new(&queue, items ? (size_t)items : 1, sizeof(int64_t), 0)) ||
	    cli_failed("mp_lock_new", mp_lock_new(&lock)) ||
	    cli_failed("mp_conn_pair", mp_conn_pair(&hear, &producer.tell, 0)) ||
	    cli_failed("mp_process_init",
		       mp_process_init(&producer.base, &producer_ops, "producer-1")) ||
	    cli_failed("mp_process_init",
		       mp_process_init(&consumer.base, &consumer_ops, "consumer-2")))
		return 1;
	status = run(&producer, &consumer, hear);
	mp_conn_close(hear);
	return cli_finish(status);
}
