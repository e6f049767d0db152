/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes: nothing. Gives: what the files have in common that let ranks on one machine talk through
 * shared memory. Never: holds a lock of one rank against another.
 *
 * In shared memory: a place for each rank, and a ring for each ordered pair. All else is private to
 * each rank.
 */
#ifndef MP_COMM_SHARED_H
#define MP_COMM_SHARED_H

#include "comm.h"
#include "comm_ring.h"

enum mp_rank_state { MP_RANK_STARTING, MP_RANK_PRESENT, MP_RANK_GONE };

/* A rank as the others see it. */
struct mp_rank {
	_Alignas(64) _Atomic uint32_t bell;
	_Atomic uint32_t state; /* only ever grows */
	_Atomic uint32_t done;	/* the number of the last collective it has completed */
	struct mp_life life;	/* from MP_RANK_PRESENT on */
};

/* What goes through a ring before the bytes of a message. */
struct mp_head {
	uint64_t size;
	uint32_t number; /* of the collective it belongs to; 0: the program's */
	int32_t tag;
};

/* A message that has come and that nobody has asked for yet. */
struct mp_message {
	struct mp_message *next;
	int source;
	struct mp_head head;
	unsigned char data[];
};

/* The message that comes out of one ring. */
struct mp_stream {
	enum {
		MP_STREAM_IDLE,
		MP_STREAM_ANNOUNCED,
		MP_STREAM_FLOWING,
		MP_STREAM_UNWANTED, /* flows on, to nowhere */
	} phase;
	struct mp_head head;
	struct mp_message *message; /* NULL: straight into the buffer of who waits for it */
	unsigned char *at;
	size_t left;
};

struct mp_want;

struct mp_shared_comm {
	struct mp_comm comm;
	void *memory; /* shared */
	size_t memory_size;
	struct mp_life runner; /* who started the ranks */

	struct mp_rank *ranks;
	struct mp_ring *in, *out;  /* by the other rank */
	struct mp_stream *streams; /* likewise */
	size_t *owed;		   /* bytes of a message that was given up half-way, likewise */
	struct mp_message *first, **last;
	struct mp_want *posted;	 /* what the rank waits for */
	uint32_t number;	 /* of the collective it is in, or was in last */
	unsigned turn;		 /* which ring is looked at first */
	unsigned looked;	 /* whose life was looked at last */
	struct mp_deadline look; /* when to do so though there was no sleep */
	unsigned waits;		 /* how many there were */
	unsigned spins;		 /* how often it looks before it sleeps */
	unsigned most_spins;
};

static inline struct mp_shared_comm *mp_shared_of(struct mp_comm *comm)
{
	return (struct mp_shared_comm *)comm;
}

/*
 * comm_ranks.c: who is there.
 * leave  marks a rank as gone, and wakes everybody. By itself, or by who found it dead.
 * look   for ranks that died without a word: the one that matters most (or -1) and some others.
 */
bool mp_rank_is_gone(const struct mp_shared_comm *shared, int rank);
void mp_rank_leave(struct mp_shared_comm *shared, int rank);
void mp_ranks_look(struct mp_shared_comm *shared, int first);

/* comm_shared.c: messages between ranks. */
int mp_shared_send(struct mp_comm *comm, int to, int tag, const void *data, size_t size);
int mp_shared_recv(struct mp_comm *comm, int from, int tag, void *buffer, size_t size,
		   struct mp_comm_status *status);
int mp_shared_probe(struct mp_comm *comm, int from, int tag, struct mp_comm_status *status,
		    int64_t timeout_ms);
/*
 * The same for parts of a collective: begin (0, MP_DIED), then any number of sends and receives,
 * then end, which is given the result so far and gives it back.
 */
int mp_shared_begin(struct mp_comm *comm);
int mp_shared_send_part(struct mp_comm *comm, int to, const void *data, size_t size);
int mp_shared_recv_part(struct mp_comm *comm, int from, void *buffer, size_t size);
int mp_shared_end(struct mp_comm *comm, int rc);

/* comm_collective.c: made of such parts. */
int mp_shared_barrier(struct mp_comm *comm);
int mp_shared_broadcast(struct mp_comm *comm, int root, void *data, size_t size);
int mp_shared_scatter(struct mp_comm *comm, int root, const void *in, void *out, size_t size);
int mp_shared_gather(struct mp_comm *comm, int root, const void *in, void *out, size_t size);
int mp_shared_all_to_all(struct mp_comm *comm, const void *in, void *out, size_t size);

#endif
