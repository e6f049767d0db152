// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The worker. Between two tasks it may be killed at any instruction: each change of the desk that
 * matters is one store. Replies gather on the desk and are sent together, when the chunk is done,
 * when the desk is full, or when some time has passed. If it dies in between, the pool's process
 * finds them there, and knows by their numbers which of them it has already.
 *
 * When the pool's process ends without telling, the kernel kills the worker, which is a daemon:
 * other children of the program may have copies of the other end of the socket, so that there need
 * not be an end of file.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "pool.h"

enum { FLUSH_MS = 10 };

struct worker {
	struct desk *desk;
	int fd;
	pid_t tid;
	uint64_t task;	/* number of the next one */
	uint32_t chunk; /* likewise */
	struct timespec flushed;
};

/* Of one chunk. */
struct buffers {
	unsigned char *inputs, *output;
};

/* --- the socket --- */

/* Whether a call that moved nothing is to be made again. */
static bool ask_again(void)
{
	return errno == EINTR || errno == ECONNRESET;
}

/* `to` NULL: away with it. */
static int get(const struct worker *me, void *to, size_t size)
{
	unsigned char waste[4096], *at = to;
	ssize_t got;

	while (size) {
		got = recv(me->fd, at ? at : waste,
			   at || size < sizeof(waste) ? size : sizeof(waste), 0);
		if (got == 0)
			return MP_END;
		if (got < 0) {
			if (ask_again())
				continue;
			return -errno;
		}
		size -= (size_t)got;
		at = at ? at + got : NULL;
	}
	return 0;
}

static int put(const struct worker *me, const void *from, size_t size)
{
	const unsigned char *at = from;
	ssize_t sent;

	while (size) {
		sent = send(me->fd, at, size, MSG_NOSIGNAL);
		if (sent < 0) {
			if (ask_again())
				continue;
			return -errno;
		}
		size -= (size_t)sent;
		at += sent;
	}
	return 0;
}

/* --- replies --- */

static int flush(struct worker *me)
{
	int rc = put(me, me->desk->replies, me->desk->kept);

	if (rc)
		return rc;
	me->desk->kept = 0;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &me->flushed);
	return 0;
}

static int flush_when_due(struct worker *me)
{
	struct timespec now;
	int64_t ms;

	clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
	ms = (int64_t)(now.tv_sec - me->flushed.tv_sec) * 1000 +
	     (now.tv_nsec - me->flushed.tv_nsec) / 1000000;
	return ms < FLUSH_MS ? 0 : flush(me);
}

static int answer(struct worker *me, struct reply reply, const void *output)
{
	const size_t size = sizeof(reply) + reply.length;
	uint32_t kept = me->desk->kept;
	int rc;

	if (size > DESK_ROOM - kept) {
		rc = flush(me);
		if (rc)
			return rc;
		kept = 0;
	}
	if (size > DESK_ROOM) {
		rc = put(me, &reply, sizeof(reply));
		return rc ? rc : put(me, output, reply.length);
	}
	memcpy(me->desk->replies + kept, &reply, sizeof(reply));
	if (reply.length)
		memcpy(me->desk->replies + kept + sizeof(reply), output, reply.length);
	me->desk->kept = kept + (uint32_t)size;
	return 0;
}

/* --- tasks --- */

static int run_task(struct worker *me, const struct order *order, const void *input, void *output)
{
	struct reply reply = {.task = me->task++};
	size_t length = order->output_size;

	if (length)
		memset(output, 0, length);
	me->desk->begun = me->task;
	reply.status = order->function(input, order->input_size, output, &length);
	/* A child that the function forked has come back from it. It must not do our work. */
	if (mp_self_tid() != me->tid)
		_exit(1);
	if (reply.status == 0 && length > order->output_size)
		reply.status = -EMSGSIZE;
	reply.result = reply.status ? MP_FAILED : 0;
	reply.length = reply.status ? 0 : length;
	return answer(me, reply, output);
}

static int refuse_task(struct worker *me)
{
	return answer(me,
		      (struct reply){.task = me->task++, .result = MP_FAILED, .status = -ENOMEM},
		      NULL);
}

static int run_tasks(struct worker *me, const struct order *order, const struct buffers *buffers)
{
	_Atomic uint32_t *word = &me->desk->chunk[me->chunk++ % AHEAD];
	const bool room = buffers->inputs && buffers->output;
	const uint64_t end = me->task + order->count;
	uint32_t handed = HANDED;
	int rc = 0;

	atomic_compare_exchange_strong(word, &handed, TAKEN);
	for (uint64_t i = 0; i < order->count && *word == TAKEN && !rc; i++) {
		rc = room ? run_task(me, order, buffers->inputs + i * order->input_size,
				     buffers->output)
			  : refuse_task(me);
		if (!rc && i + 1 < order->count)
			rc = flush_when_due(me);
	}
	if (!rc && me->task < end)
		rc = answer(me, (struct reply){.task = me->task, .result = PASSED_OVER}, NULL);
	me->task = end;
	return rc ? rc : flush(me);
}

/* All inputs are received before the first task begins: when the chunk is withdrawn on its way,
 * what still comes are not the inputs. */
static int run_chunk(struct worker *me, const struct order *order)
{
	const size_t size = order->count * order->input_size;
	struct buffers buffers = {
		.inputs = malloc(size ? size : 1),
		.output = malloc(order->output_size ? order->output_size : 1),
	};
	int rc = get(me, buffers.inputs, size);

	if (!rc)
		rc = run_tasks(me, order, &buffers);
	free(buffers.inputs);
	free(buffers.output);
	return rc;
}

/* --- its life --- */

/* Of the pool's ends of all sockets. A task may free its copy of the pool, but not our desk. */
static void let_go_of_pool(struct mp_pool *pool)
{
	for (unsigned i = 0; i < pool->number_of_workers; i++)
		mp_slot_forget(&pool->slots[i]);
	pool->desks = NULL;
}

int mp_pool_worker_run(void *argument)
{
	const struct station *station = argument;
	const struct mp_pool_options options = station->pool->options;
	struct worker me = {
		.desk = station->slot->desk,
		.fd = station->fd,
		.tid = mp_self_tid(),
	};
	struct order order;
	int rc;

	let_go_of_pool(station->pool);
	if (options.initialize && options.initialize(options.argument) != 0)
		return 1;
	me.desk->ready = 1;
	clock_gettime(CLOCK_MONOTONIC_COARSE, &me.flushed);
	while (!(rc = get(&me, &order, sizeof(order))))
		if ((rc = run_chunk(&me, &order)))
			break;
	return rc == MP_END ? 0 : 1;
}
