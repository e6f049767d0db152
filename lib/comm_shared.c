// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Messages between ranks of one machine. A message goes through the ring of its sender and its
 * receiver: first its head, then its bytes, in pieces when the ring is too small for all of it. The
 * receiver copies it straight into the buffer of mp_comm_recv(), if that waits for it; else into
 * memory of its own, and appends it to a list when it is complete. So nothing of a message exists
 * for the program before all of it has come, and the order of each source is kept.
 *
 * Whoever waits, for a message or for room, goes on emptying the rings that lead to him. So two
 * ranks that send each other more than the rings hold cannot block each other.
 *
 * Part of a collective may be given up half-way, by either side, because a third rank is gone. Both
 * stay in step: the sender owes the bytes that are missing, and pays before the next head; the
 * receiver lets them flow to nowhere.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "comm_shared.h"

enum { RETRY = 64 };

struct mp_want {
	int source, tag;
	uint32_t number;
	void *buffer; /* NULL with room 0: only to be found */
	size_t room;
	bool takes; /* into the buffer; else it stays in the list */

	/* One of these, when it has come. */
	struct mp_message **found; /* the link to it */
	bool complete;		   /* it is in the buffer */

	int flowing; /* from this rank into the buffer; -1: none does */
	struct mp_comm_status status;
};

/* --- what comes --- */

static bool matches(const struct mp_want *want, int source, const struct mp_head *head)
{
	return (want->source == MP_COMM_ANY || want->source == source) &&
	       (want->tag == MP_COMM_ANY || want->tag == head->tag) && want->number == head->number;
}

/* Whether it is still to be found. */
static bool is_open(const struct mp_want *want)
{
	return want && !want->found && !want->complete && want->flowing < 0;
}

static void search(struct mp_shared_comm *shared, struct mp_want *want)
{
	struct mp_message **link = &shared->first;

	while (*link && !matches(want, (*link)->source, &(*link)->head))
		link = &(*link)->next;
	want->found = *link ? link : NULL;
}

static void append(struct mp_shared_comm *shared, struct mp_message *message)
{
	struct mp_want *want = shared->posted;

	message->next = NULL;
	*shared->last = message;
	if (is_open(want) && matches(want, message->source, &message->head))
		want->found = shared->last;
	shared->last = &message->next;
}

static void unlink_message(struct mp_shared_comm *shared, struct mp_message **link)
{
	struct mp_message *message = *link;

	*link = message->next;
	if (shared->last == &message->next)
		shared->last = link;
	free(message);
}

static struct mp_message *new_message(int source, const struct mp_head *head)
{
	struct mp_message *message = NULL;

	if (head->size < SIZE_MAX - sizeof(*message))
		message = malloc(sizeof(*message) + (size_t)head->size);
	if (message)
		*message = (struct mp_message){.source = source, .head = *head};
	return message;
}

/* Decides where the message goes that was announced. False: there is no memory for it now. */
static bool place(struct mp_shared_comm *shared, int source)
{
	struct mp_stream *stream = &shared->streams[source];
	struct mp_want *want = shared->posted;

	if (is_open(want) && want->takes && stream->head.size <= want->room &&
	    matches(want, source, &stream->head)) {
		want->flowing = source;
		stream->message = NULL;
		stream->at = want->buffer;
	} else {
		stream->message = new_message(source, &stream->head);
		if (!stream->message)
			return false;
		stream->at = stream->message->data;
	}
	stream->left = (size_t)stream->head.size;
	stream->phase = MP_STREAM_FLOWING;
	return true;
}

static void complete(struct mp_shared_comm *shared, int source)
{
	struct mp_stream *stream = &shared->streams[source];
	struct mp_want *want = shared->posted;
	bool is_wanted = stream->phase == MP_STREAM_FLOWING;

	stream->phase = MP_STREAM_IDLE;
	if (!is_wanted)
		return;
	if (stream->message) {
		append(shared, stream->message);
		return;
	}
	want->complete = true;
	want->flowing = -1;
	want->status = (struct mp_comm_status){
		.source = source, .tag = stream->head.tag, .size = (size_t)stream->head.size};
}

/* Copies what is there of the message, and makes room in the ring; whether that was all of it. */
static bool flow(struct mp_shared_comm *shared, int source)
{
	struct mp_stream *stream = &shared->streams[source];
	struct mp_ring *ring = &shared->in[source];
	uint32_t part = stream->left ? mp_ring_filled(ring, 1) : 0;

	if (part > stream->left)
		part = (uint32_t)stream->left;
	if (stream->phase == MP_STREAM_UNWANTED) {
		mp_ring_skip(ring, part);
	} else if (part) {
		mp_ring_get(ring, stream->at, part);
		stream->at += part;
	}
	stream->left -= part;
	if (mp_ring_release(ring))
		mp_bell_ring(&shared->ranks[source].bell);
	return stream->left == 0;
}

/* A head is published in one piece, so it is there as a whole or not at all. */
static bool announced(struct mp_shared_comm *shared, int source)
{
	struct mp_stream *stream = &shared->streams[source];

	if (mp_ring_filled(&shared->in[source], sizeof(stream->head)) < sizeof(stream->head))
		return false;
	mp_ring_get(&shared->in[source], &stream->head, sizeof(stream->head));
	stream->phase = MP_STREAM_ANNOUNCED;
	return true;
}

/* One step; whether there may be another. */
static bool take_step(struct mp_shared_comm *shared, int source)
{
	struct mp_stream *stream = &shared->streams[source];

	if (stream->phase == MP_STREAM_IDLE && !announced(shared, source))
		return false;
	if (stream->phase == MP_STREAM_ANNOUNCED && !place(shared, source))
		return false;
	if (flow(shared, source))
		complete(shared, source);
	else if (mp_ring_filled(&shared->in[source], 1) == 0)
		return false;
	/* What nobody has asked for yet may wait in the ring. */
	return !shared->posted || !(shared->posted->found || shared->posted->complete);
}

/* Takes in what has come from one rank: all that was there at the beginning, and not for ever. */
static void take_from(struct mp_shared_comm *shared, int source)
{
	struct mp_ring *ring = &shared->in[source];
	uint32_t before = ring->own;

	while (take_step(shared, source) && ring->own - before < ring->size)
		;
}

static void take_in(struct mp_shared_comm *shared)
{
	unsigned size = (unsigned)shared->comm.size;

	/* Not always the same one first, so that none is always the last. */
	shared->turn = (shared->turn + 1) % size;
	for (unsigned i = 0, source = shared->turn; i < size; i++, source = (source + 1) % size)
		if ((int)source != shared->comm.rank)
			take_from(shared, (int)source);
}

/* --- waiting --- */

static void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#endif
}

/*
 * How often to look before the bell is armed. Looking on pays if the others run at the same time:
 * the answer comes sooner than a sleeper can be woken. If they do not, it keeps the processor from
 * them. So a sleep halves it, an answer in time sets it up again, and now and then it is tried.
 */
static unsigned begin_looks(struct mp_shared_comm *shared)
{
	if (++shared->waits % RETRY == 0)
		shared->spins = shared->most_spins;
	return shared->spins;
}

static void end_looks(struct mp_shared_comm *shared, bool slept)
{
	shared->spins = slept ? shared->spins / 2 : shared->most_spins;
}

/* For who only ever asks, and never sleeps. */
static void look_now_and_then(struct mp_shared_comm *shared, int rank)
{
	if (!mp_deadline_passed(&shared->look))
		return;
	mp_ranks_look(shared, rank);
	shared->look = mp_deadline_in(MP_RECHECK_MS);
}

/*
 * Takes in what comes, until look() says something else than MP_TIMEOUT: not yet. The bell is armed
 * before the last look, so that nothing can happen unnoticed between it and the sleep. `rank` is
 * who matters most.
 */
static int wait_for(struct mp_shared_comm *shared, int (*look)(struct mp_shared_comm *, void *),
		    void *what, int rank, const struct mp_deadline *deadline)
{
	_Atomic uint32_t *bell = &shared->ranks[shared->comm.rank].bell;
	unsigned looks = 0, most = begin_looks(shared);
	bool armed = false;
	int rc;

	for (;;) {
		take_in(shared);
		rc = look(shared, what);
		if (rc != MP_TIMEOUT || mp_deadline_passed(deadline))
			break;
		if (looks++ < most) {
			relax();
		} else if (!armed) {
			mp_bell_arm(bell);
			armed = true;
		} else {
			if (!mp_bell_sleep(bell, deadline))
				mp_ranks_look(shared, rank);
			armed = false;
		}
	}
	if (armed)
		mp_bell_disarm(bell);
	if (looks)
		end_looks(shared, looks > most);
	if (rc == MP_TIMEOUT)
		look_now_and_then(shared, rank);
	return rc;
}

/* Whether somebody is gone without whom the collective cannot be completed. */
static bool is_lost(const struct mp_shared_comm *shared, uint32_t number)
{
	for (int rank = 0; rank < shared->comm.size; rank++)
		if (mp_rank_is_gone(shared, rank) &&
		    (int32_t)(shared->ranks[rank].done - number) < 0)
			return true;
	return false;
}

static bool all_others_gone(const struct mp_shared_comm *shared)
{
	for (int rank = 0; rank < shared->comm.size; rank++)
		if (rank != shared->comm.rank && !mp_rank_is_gone(shared, rank))
			return false;
	return true;
}

static bool is_hopeless(const struct mp_shared_comm *shared, const struct mp_want *want)
{
	if (want->number)
		return is_lost(shared, want->number);
	if (want->flowing >= 0)
		return mp_rank_is_gone(shared, want->flowing);
	if (want->source == MP_COMM_ANY)
		return all_others_gone(shared);
	return want->source != shared->comm.rank && mp_rank_is_gone(shared, want->source);
}

/* Whether a message that might be the wanted one waits for memory. */
static bool is_starved(const struct mp_shared_comm *shared, const struct mp_want *want)
{
	for (int source = 0; source < shared->comm.size; source++)
		if (shared->streams[source].phase == MP_STREAM_ANNOUNCED &&
		    matches(want, source, &shared->streams[source].head))
			return true;
	return false;
}

/* Its sender died in the middle of it, or may give it up. Then the rest of it comes all the same,
 * and a sender that is gone by now may have sent it, and more, since the last look. What others
 * have sent meanwhile was not looked at. */
static void forget_half(struct mp_shared_comm *shared, struct mp_want *want)
{
	shared->streams[want->flowing].phase = MP_STREAM_UNWANTED;
	want->flowing = -1;
	search(shared, want);
}

static int look_for_message(struct mp_shared_comm *shared, void *what)
{
	struct mp_want *want = what;

	if (!want->found && !want->complete && is_hopeless(shared, want)) {
		/* What it sent before it was seen to be gone is there, but may have come after
		 * the last look. */
		take_in(shared);
		if (want->flowing >= 0)
			forget_half(shared, want);
		else if (is_open(want) && !is_starved(shared, want))
			return MP_DIED;
	}
	if (want->found || want->complete)
		return 0;
	return want->flowing < 0 && is_starved(shared, want) ? -ENOMEM : MP_TIMEOUT;
}

/* --- receiving --- */

static int find(struct mp_shared_comm *shared, struct mp_want *want,
		const struct mp_deadline *deadline)
{
	int rc;

	want->flowing = -1;
	search(shared, want);
	if (want->found)
		return 0;
	shared->posted = want;
	rc = wait_for(shared, look_for_message, want, want->source, deadline);
	shared->posted = NULL;
	return rc;
}

static void describe(struct mp_want *want)
{
	const struct mp_message *message;

	if (want->complete)
		return;
	message = *want->found;
	want->status = (struct mp_comm_status){.source = message->source,
					       .tag = message->head.tag,
					       .size = (size_t)message->head.size};
}

static int receive(struct mp_shared_comm *shared, struct mp_want *want)
{
	const struct mp_deadline never = {.never = true};
	int rc = find(shared, want, &never);

	if (rc)
		return rc;
	describe(want);
	if (want->complete)
		return 0;
	if (want->status.size > want->room)
		return -EMSGSIZE;
	if (want->status.size)
		memcpy(want->buffer, (*want->found)->data, want->status.size);
	unlink_message(shared, want->found);
	return 0;
}

int mp_shared_recv(struct mp_comm *comm, int from, int tag, void *buffer, size_t size,
		   struct mp_comm_status *status)
{
	struct mp_want want = {
		.source = from, .tag = tag, .buffer = buffer, .room = size, .takes = true};
	int rc = receive(mp_shared_of(comm), &want);

	if (rc == 0 || rc == -EMSGSIZE)
		*status = want.status;
	return rc;
}

int mp_shared_probe(struct mp_comm *comm, int from, int tag, struct mp_comm_status *status,
		    int64_t timeout_ms)
{
	const struct mp_deadline deadline = mp_deadline_in(timeout_ms);
	struct mp_want want = {.source = from, .tag = tag};
	int rc = find(mp_shared_of(comm), &want, &deadline);

	if (rc)
		return rc;
	describe(&want);
	*status = want.status;
	return 0;
}

/* --- sending --- */

struct sending {
	int to;
	uint32_t number;
	uint32_t needed; /* bytes of room */
};

static int look_for_room(struct mp_shared_comm *shared, void *what)
{
	const struct sending *sending = what;
	struct mp_ring *ring = &shared->out[sending->to];

	if (mp_rank_is_gone(shared, sending->to) ||
	    (sending->number && is_lost(shared, sending->number)))
		return MP_DIED;
	mp_ring_want(ring);
	return mp_ring_room(ring, sending->needed) < sending->needed ? MP_TIMEOUT : 0;
}

/* Waits for so much room; how much there is, or MP_DIED. */
static int make_room(struct mp_shared_comm *shared, struct sending *sending, uint32_t *room)
{
	const struct mp_deadline never = {.never = true};
	struct mp_ring *ring = &shared->out[sending->to];
	int rc = 0;

	if (mp_ring_room(ring, ring->size / 4) < sending->needed)
		rc = wait_for(shared, look_for_room, sending, sending->to, &never);
	*room = mp_ring_room(ring, ring->size / 4);
	return rc;
}

/* A quarter of the ring at a time, so that the reader copies while the writer does. */
static uint32_t piece(const struct mp_ring *ring, uint32_t room, size_t left)
{
	if (room > ring->size / 4)
		room = ring->size / 4;
	return left < room ? (uint32_t)left : room;
}

/* The bytes that come after what has been put; NULL: any. */
static int put_all(struct mp_shared_comm *shared, const struct sending *sending, uint32_t room,
		   const unsigned char *data, size_t left)
{
	struct sending more = {.to = sending->to, .number = sending->number, .needed = 1};
	struct mp_ring *ring = &shared->out[sending->to];
	uint32_t part;
	int rc = 0;

	for (;;) {
		part = piece(ring, room, left);
		if (!data) {
			mp_ring_skip(ring, part);
		} else if (part) {
			mp_ring_put(ring, data, part);
			data += part;
		}
		mp_ring_publish(ring);
		mp_bell_ring(&shared->ranks[sending->to].bell);
		left -= part;
		if (!left)
			break;
		rc = make_room(shared, &more, &room);
		if (rc)
			break;
	}
	shared->owed[sending->to] = left;
	return rc;
}

static int stream(struct mp_shared_comm *shared, struct sending *sending,
		  const struct mp_head *head, const unsigned char *data)
{
	size_t owed = shared->owed[sending->to];
	uint32_t room;
	int rc = 0;

	if (owed)
		rc = put_all(shared, sending, 0, NULL, owed);
	if (rc == 0)
		rc = make_room(shared, sending, &room);
	if (rc)
		return rc;
	mp_ring_put(&shared->out[sending->to], head, sizeof(*head));
	return put_all(shared, sending, room - (uint32_t)sizeof(*head), data, (size_t)head->size);
}

static int send_to_self(struct mp_shared_comm *shared, const struct mp_head *head, const void *data)
{
	struct mp_message *message = new_message(shared->comm.rank, head);

	if (!message)
		return -ENOMEM;
	if (head->size)
		memcpy(message->data, data, (size_t)head->size);
	append(shared, message);
	return 0;
}

static int send_head(struct mp_shared_comm *shared, int to, const struct mp_head *head,
		     const void *data)
{
	struct sending sending = {.to = to, .number = head->number, .needed = sizeof(*head)};

	if (to == shared->comm.rank)
		return send_to_self(shared, head, data);
	if (mp_rank_is_gone(shared, to))
		return MP_DIED;
	return stream(shared, &sending, head, data);
}

int mp_shared_send(struct mp_comm *comm, int to, int tag, const void *data, size_t size)
{
	const struct mp_head head = {.size = size, .tag = tag};

	return send_head(mp_shared_of(comm), to, &head, data);
}

/* --- parts of collectives --- */

/* What is left of collectives that failed. */
static void drop_old_parts(struct mp_shared_comm *shared)
{
	struct mp_message **link = &shared->first;

	while (*link) {
		uint32_t number = (*link)->head.number;

		if (number && (int32_t)(number - shared->number) < 0)
			unlink_message(shared, link);
		else
			link = &(*link)->next;
	}
}

int mp_shared_begin(struct mp_comm *comm)
{
	struct mp_shared_comm *shared = mp_shared_of(comm);

	/* 0 is for the messages of the program. */
	if (++shared->number == 0)
		shared->number = 1;
	drop_old_parts(shared);
	return is_lost(shared, shared->number) ? MP_DIED : 0;
}

int mp_shared_send_part(struct mp_comm *comm, int to, const void *data, size_t size)
{
	struct mp_shared_comm *shared = mp_shared_of(comm);
	const struct mp_head head = {.size = size, .number = shared->number};

	return send_head(shared, to, &head, data);
}

int mp_shared_recv_part(struct mp_comm *comm, int from, void *buffer, size_t size)
{
	struct mp_shared_comm *shared = mp_shared_of(comm);
	struct mp_want want = {
		.source = from,
		.number = shared->number,
		.buffer = buffer,
		.room = size,
		.takes = true,
	};
	int rc = receive(shared, &want);

	if (rc == -EMSGSIZE || (rc == 0 && want.status.size != size))
		return -EBADMSG;
	/* Who has given it up, because somebody is lost, sent anything for the rest of it. */
	return rc == 0 && is_lost(shared, want.number) ? MP_DIED : rc;
}

int mp_shared_end(struct mp_comm *comm, int rc)
{
	struct mp_shared_comm *shared = mp_shared_of(comm);

	if (rc == 0)
		shared->ranks[comm->rank].done = shared->number;
	return rc;
}
