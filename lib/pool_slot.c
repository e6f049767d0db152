// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The place of one worker. When a worker dies another one gets its place, and its desk.
 *
 * A worker is dead when its process has ended, and not before: only then is settled what it had in
 * hand, since from then on nothing changes any more. When its end of the socket closes it is over
 * soon: it is flushing its files; or a task has closed descriptors that were not its own, and it
 * will notice when it sends replies, which are found on its desk. One that sends what no worker
 * sends is killed.
 */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "pool.h"

static struct chunk *chunk_at(struct slot *slot, uint32_t number)
{
	return &slot->chunks[number % AHEAD];
}

unsigned mp_slot_chunks(const struct slot *slot)
{
	return slot->next - slot->oldest;
}

unsigned mp_slot_load(const struct slot *slot)
{
	unsigned load = 0;

	for (uint32_t number = slot->oldest; number != slot->next; number++)
		load += slot->chunks[number % AHEAD].light ? 1 : 2;
	return load;
}

bool mp_slot_is_open(const struct slot *slot)
{
	return slot->process && !slot->leaving && !slot->deaf && slot->sent == slot->to_send &&
	       mp_slot_chunks(slot) < AHEAD;
}

/* --- coming and going --- */

static void clear(struct slot *slot)
{
	*slot = (struct slot){.desk = slot->desk, .fd = -1};
}

static void reset_desk(struct desk *desk)
{
	desk->ready = 0;
	desk->kept = 0;
	desk->begun = 0;
}

static int new_process(struct mp_pool *pool, struct slot *slot, struct station *station)
{
	char name[32];
	int rc;

	snprintf(name, sizeof(name), "PoolWorker-%u", pool->names + 1);
	rc = mp_process_new(&slot->process, name, mp_pool_worker_run, station);
	if (rc)
		return rc;
	mp_process_set_daemon(slot->process, true);
	rc = mp_process_start(slot->process);
	if (rc) {
		mp_process_free(slot->process);
		slot->process = NULL;
		return rc;
	}
	pool->names++;
	return 0;
}

int mp_slot_start(struct mp_pool *pool, struct slot *slot)
{
	struct station station = {.pool = pool, .slot = slot};
	int fds[2], rc;

	clear(slot);
	reset_desk(slot->desk);
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) < 0)
		return -errno;
	rc = mp_fd_both_above_stdio(fds);
	if (rc)
		return rc;
	slot->fd = fds[0];
	station.fd = fds[1];
	rc = new_process(pool, slot, &station);
	close(fds[1]);
	if (rc) {
		close(fds[0]);
		clear(slot);
	}
	return rc;
}

void mp_slot_forget(struct slot *slot)
{
	if (slot->fd >= 0)
		close(slot->fd);
	mp_process_free(slot->process);
	clear(slot);
}

void mp_slot_dismiss(struct slot *slot)
{
	slot->leaving = true;
	mp_slot_push(slot);
}

/* --- towards the worker --- */

/* The inputs of a chunk that was withdrawn on its way may not be there any more, but the worker
 * counts on so many bytes. It will not look at them. */
static const unsigned char filler[64 * 1024];

static struct iovec rest_of_inputs(struct slot *slot, size_t sent)
{
	const struct chunk *chunk = chunk_at(slot, slot->next - 1);
	const size_t left = slot->to_send - sizeof(slot->order) - sent;
	const unsigned char *inputs;

	if (!chunk->job)
		return (struct iovec){
			.iov_base = (void *)(uintptr_t)filler,
			.iov_len = left < sizeof(filler) ? left : sizeof(filler),
		};
	inputs = chunk->job->job.inputs;
	if (left)
		inputs += chunk->first * slot->order.input_size + sent;
	return (struct iovec){.iov_base = (void *)(uintptr_t)inputs, .iov_len = left};
}

static ssize_t send_some(struct slot *slot)
{
	struct iovec parts[2] = {{0}};
	struct msghdr header = {.msg_iov = parts, .msg_iovlen = 2};

	if (slot->sent < sizeof(slot->order)) {
		parts[0].iov_base = (unsigned char *)&slot->order + slot->sent;
		parts[0].iov_len = sizeof(slot->order) - slot->sent;
		parts[1] = rest_of_inputs(slot, 0);
	} else {
		parts[1] = rest_of_inputs(slot, slot->sent - sizeof(slot->order));
	}
	return sendmsg(slot->fd, &header, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* That the worker is gone shows when it is listened to. */
void mp_slot_push(struct slot *slot)
{
	ssize_t sent;

	while (slot->sent < slot->to_send) {
		sent = send_some(slot);
		if (sent < 0 && errno != EINTR)
			return;
		if (sent > 0)
			slot->sent += (size_t)sent;
	}
	if (slot->leaving && slot->fd >= 0)
		shutdown(slot->fd, SHUT_WR);
}

void mp_slot_hand(struct slot *slot, const struct chunk *chunk)
{
	const struct mp_pool_job *job = &chunk->job->job;

	slot->order = (struct order){
		.function = job->function,
		.count = chunk->count,
		.input_size = job->input_size,
		.output_size = job->output_size,
	};
	slot->sent = 0;
	slot->to_send = sizeof(slot->order) + chunk->count * job->input_size;
	slot->desk->chunk[slot->next % AHEAD] = HANDED;
	*chunk_at(slot, slot->next++) = *chunk;
	slot->given += chunk->count;
	mp_slot_push(slot);
}

/* The worker will pass it over, from the beginning or after the task in its hands. */
static void forget_chunk(struct slot *slot, uint32_t number, bool begun)
{
	chunk_at(slot, number)->job = NULL;
	chunk_at(slot, number)->light = !begun;
	if (number == slot->oldest)
		slot->into = NULL;
}

bool mp_slot_withdraw_newest(struct slot *slot)
{
	const uint32_t number = slot->next - 1;
	struct chunk *chunk = chunk_at(slot, number);
	uint32_t handed = HANDED;

	if (!chunk->job ||
	    !atomic_compare_exchange_strong(&slot->desk->chunk[number % AHEAD], &handed, WITHDRAWN))
		return false;
	mp_pool_result_give_back(chunk->job, chunk->first, chunk->count);
	forget_chunk(slot, number, false);
	return true;
}

void mp_slot_withdraw(struct slot *slot, const struct mp_pool_result *job)
{
	uint32_t before;

	for (uint32_t number = slot->oldest; number != slot->next; number++) {
		if (chunk_at(slot, number)->job != job)
			continue;
		before = atomic_exchange(&slot->desk->chunk[number % AHEAD], WITHDRAWN);
		forget_chunk(slot, number, before == TAKEN);
	}
}

/* --- from the worker --- */

static void pass(struct slot *slot, size_t tasks)
{
	slot->passed += tasks;
	slot->received += tasks;
	if (slot->passed == chunk_at(slot, slot->oldest)->count) {
		slot->passed = 0;
		slot->oldest++;
	}
}

/* A reply has come, but for its output. False: no worker would send it. Of a task that was
 * reported before, it is one that was sent and lay on the desk, too. */
static bool begin_reply(struct slot *slot)
{
	const struct reply *reply = &slot->reply;
	const struct chunk *chunk = chunk_at(slot, slot->oldest);
	const struct mp_pool_job *job;

	slot->into = NULL;
	if (reply->length > PTRDIFF_MAX - sizeof(*reply) || reply->task > slot->received)
		return false;
	if (reply->task < slot->received)
		return true;
	if (!mp_slot_chunks(slot))
		return false;
	if (!chunk->job)
		return true;
	job = &chunk->job->job;
	if ((reply->result != 0 && reply->result != MP_FAILED) || reply->length > job->output_size)
		return false;
	if (reply->length)
		slot->into = (unsigned char *)job->outputs +
			     (chunk->first + slot->passed) * job->output_size;
	return true;
}

/* Its output has come, too. */
static void end_reply(struct slot *slot)
{
	const struct reply *reply = &slot->reply;
	struct chunk chunk = *chunk_at(slot, slot->oldest);
	const size_t index = chunk.first + slot->passed;

	if (reply->task < slot->received)
		return;
	pass(slot, reply->result == PASSED_OVER ? chunk.count - slot->passed : 1);
	if (chunk.job)
		mp_pool_result_note(chunk.job, index,
				    (struct mp_pool_outcome){
					    .result = reply->result,
					    .status = reply->status,
					    .length = (size_t)reply->length,
				    });
}

/* Takes of `size` bytes what the reply still lacks of itself, or of its output. */
static size_t fill(struct slot *slot, const unsigned char *bytes, size_t size)
{
	const bool in_output = slot->got >= sizeof(slot->reply);
	const size_t missing = in_output ? sizeof(slot->reply) + slot->reply.length - slot->got
					 : sizeof(slot->reply) - slot->got;
	const size_t taken = size < missing ? size : missing;

	if (!in_output)
		memcpy((unsigned char *)&slot->reply + slot->got, bytes, taken);
	else if (slot->into && taken)
		memcpy(slot->into + slot->got - sizeof(slot->reply), bytes, taken);
	slot->got += taken;
	return taken;
}

static bool consume(struct slot *slot, const unsigned char *bytes, size_t size)
{
	while (size) {
		const size_t taken = fill(slot, bytes, size);

		bytes += taken;
		size -= taken;
		if (slot->got == sizeof(slot->reply) && !begin_reply(slot))
			return false;
		if (slot->got >= sizeof(slot->reply) &&
		    slot->got == sizeof(slot->reply) + slot->reply.length) {
			end_reply(slot);
			slot->got = 0;
		}
	}
	return true;
}

static void hear(struct mp_pool *pool, struct slot *slot, const unsigned char *bytes, size_t size)
{
	if (!slot->proven)
		pool->false_starts = 0;
	slot->proven = true;
	if (consume(slot, bytes, size))
		return;
	slot->deaf = true;
	mp_process_kill(slot->process);
}

bool mp_slot_pull(struct mp_pool *pool, struct slot *slot)
{
	ssize_t got = recv(slot->fd, pool->buffer, sizeof(pool->buffer), MSG_DONTWAIT);

	if (got < 0)
		return errno == EINTR || errno == ECONNRESET;
	if (got > 0)
		hear(pool, slot, pool->buffer, (size_t)got);
	else
		slot->deaf = true;
	return !slot->deaf;
}

/* --- the end --- */

/* What it had sent, then what it had not. */
static void collect(struct mp_pool *pool, struct slot *slot)
{
	const uint32_t kept = slot->desk->kept;

	while (!slot->deaf && mp_slot_pull(pool, slot))
		;
	slot->got = 0;
	if (kept <= DESK_ROOM)
		consume(slot, slot->desk->replies, kept);
}

/* The task that it had begun is tried again, or has crashed. Tasks that it had not begun go to
 * others, unless too many have died of receiving them. */
static bool gets_another_try(const struct mp_pool *pool, struct slot *slot,
			     const struct chunk *chunk, size_t index)
{
	if (slot->desk->begun > slot->received)
		return pool->options.retry && mp_pool_result_may_retry(chunk->job, index);
	return !slot->desk->ready || !mp_pool_result_is_deadly(chunk->job, index);
}

static void settle_oldest(const struct mp_pool *pool, struct slot *slot, const struct chunk *chunk)
{
	size_t first = chunk->first + slot->passed, count = chunk->count - slot->passed;
	struct mp_pool_result *job = chunk->job;
	const bool again = gets_another_try(pool, slot, chunk, first);

	mp_pool_result_give_back(job, first, count);
	if (!again)
		mp_pool_result_note(job, first, (struct mp_pool_outcome){.result = MP_CRASHED});
}

static void settle(const struct mp_pool *pool, struct slot *slot)
{
	for (uint32_t number = slot->oldest; number != slot->next; number++) {
		const struct chunk *chunk = chunk_at(slot, number);

		if (!chunk->job)
			continue;
		if (number == slot->oldest)
			settle_oldest(pool, slot, chunk);
		else
			mp_pool_result_give_back(chunk->job, chunk->first, chunk->count);
	}
}

/* One that was told to end has done before what it had in hand. */
static bool has_crashed(const struct slot *slot)
{
	int code = 0;

	if (!slot->leaving || mp_slot_chunks(slot) > 0)
		return true;
	return mp_process_exit_code(slot->process, &code) == 0 && code != 0;
}

void mp_slot_bury(struct mp_pool *pool, struct slot *slot)
{
	collect(pool, slot);
	settle(pool, slot);
	pool->false_starts = slot->desk->ready ? 0 : pool->false_starts + 1;
	mp_process_join(slot->process, MP_FOREVER);
	if (!pool->terminated && has_crashed(slot))
		pool->crashes++;
	mp_slot_forget(slot);
}
