/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the files of this room share while a model is being built, and nobody else sees. Events
 * are looked at once, in the order of arrival; what can only be known later (who woke whom, when
 * a late event really took effect) is settled at the end, in order.c and wake.c.
 *
 * When there is no memory, functions return NULL or do nothing and set build->failed; whoever
 * drives looks at it after every event.
 */
#ifndef MR_BUILD_H
#define MR_BUILD_H

#include "arena.h"
#include "model.h"

#define MR_NOWHERE SIZE_MAX /* the index of no event */

struct mr_table;
struct mr_space;
struct mr_wake;

/* When event i took effect: at `end`, or earlier when something that it caused came earlier. */
struct mr_moment {
	uint64_t at;
	uint64_t floor; /* the thread's call before this one had ended by then: not earlier */
	void *touched;	/* the stream or the word of the call */
};

/* An act and what is not for the reader of a model. */
struct mr_act {
	struct mp_act act;
	struct mr_act *next; /* in the order in which they were found */
	size_t arrival;	     /* index of the event that decides it */
	bool pidfd;	     /* MP_ON_READINESS, of a process that watches others end */
	bool signals;	     /* MP_ACT_WAIT: for signals, alone or among other things */
	bool handled;	     /* MP_ACT_WAIT: until the handler of SIGCHLD ran */
	bool timed;	     /* takes its time from the moment of its event */
	bool taken_back;     /* it was none */
	uint64_t chosen;     /* MP_ACT_SLEEP: not earlier it was chosen how long */
	struct mr_wake *wake;
};

/* A list of events and numbers, for what is matched at the end. */
struct mr_mark {
	size_t arrival;
	uint64_t number;
};
struct mr_marks {
	struct mr_mark *marks;
	size_t count, room;
};

struct mr_end {
	struct mp_end end;
	struct mr_end *next; /* of the same stream */
	struct mr_act *closed_in, *closed_out;
};

struct mr_stream {
	struct mp_stream stream;
	struct mr_end *ends, **last_end;
	struct mr_marks writes; /* number: the offset behind the last byte */
	struct mr_marks reads;
	struct mr_marks eofs;
	struct mr_marks closes; /* of writing ends */
	uint64_t offset_in, offset_out;
	uint64_t empty;		/* writes of no bytes: messages, if it is of SOCK_SEQPACKET */
	bool unaligned;		/* some call moved bytes of which we do not know how many */
	struct mr_node *writer; /* the socket that is written to, or NULL */
	bool paired;		/* made by socketpair(2): all that was ever written is seen */
	bool messages;		/* what is written together is read together */
	bool uncounted;		/* one moved so many messages, and it is bytes that count here */
};

/* The event at hand. */
struct mr_seen {
	const struct mp_event *event;
	size_t arrival;
	struct mr_thread *thread;   /* NULL: pid 0 */
	struct mr_process *process; /* NULL: pid 0 */
};

/* A call that wrote into a socket of which it was not known where it leads. */
struct mr_unsent {
	struct mr_seen seen;
	struct mr_unsent *next;
};

/* A pipe, a FIFO or one socket, as the kernel numbers it. */
struct mr_node {
	struct mp_object object;
	bool socket;
	bool seen;	/* more of it than that it is the peer of another */
	bool named;	/* opened by name */
	bool inherited; /* the command had it from the start */
	struct mr_unsent *unsent, **last_unsent; /* written before its peer was known */
	struct mr_node *peer;			 /* the other socket */
	struct mr_stream *reads; /* what is read here; of a pipe also what is written here */
};

#define MR_NO_WAKE UINT64_MAX
struct mr_early {
	struct mr_early *next;
	struct mr_act *wait;
};

struct mr_word {
	struct mp_word_entry entry;
	struct mr_marks calls; /* all; number: the result of a wake, or MR_NO_WAKE */
	struct mr_marks spare; /* wakes that woke `number` more than were seen to wake */
	struct mr_early *early, **last_early; /* waits that were over before they blocked */
};

/* An act that is one only if the process does not become another program. */
struct mr_inherited {
	struct mr_act *act;
	struct mr_inherited *next;
};

/* One MP_WAKE of a traced thread. */
struct mr_wake {
	const struct mp_wake *event;
	size_t arrival;
	struct mr_wake *next;	 /* all, in the order of arrival */
	struct mr_wake *pending; /* the next of the same call */
	struct mr_process *waker, *target;
	uint32_t target_tid;
	size_t cause;	      /* index of the event that explains it, or MR_NOWHERE */
	size_t earlier;	      /* the one before, when that may explain it too */
	struct mr_act *ended; /* the wait that was over with it */
};

struct mr_thread {
	struct mr_process *process;
	uint32_t tid;
	bool exited;
	size_t exit_arrival;
	uint64_t floor;			    /* end of its last call */
	uint64_t spoke;			    /* the same, of those not only with its own threads */
	size_t last;			    /* index of its last call, or MR_NOWHERE */
	struct mr_wake *wake;		    /* the last that woke it during the call it is in */
	struct mr_wake *wakes, **last_wake; /* that it has done during the call it is in */
	struct mr_wake *settled;	    /* that it did during the call before */
	struct mr_act *interrupted;	    /* its last call: a wait that a signal ended */
	uint64_t told;	    /* when SIGCHLD, since its last wait, cut a call short; 0: never */
	struct mr_act *nap; /* its last call: a sleep that a signal ended */
};

/* Bytes written to descriptor 1 or 2 since the last newline. */
struct mr_line {
	char *text;
	size_t length, room;
	uint64_t begin;
	size_t arrival; /* of the last piece */
	uint32_t tid;
	bool open; /* there is a piece, may be of no bytes */
	bool cut;
	bool headless; /* something is missing before the first piece */
};

/* Who sent a signal to a process last. */
struct mr_sender {
	struct mr_process *who; /* NULL: the kernel, or somebody outside */
	uint64_t at;
	bool sent;
	bool outside; /* somebody asked for it who is not traced */
};

struct mr_ring {
	struct mr_ring *before, *after;
};

struct mr_process {
	struct mp_process process;
	size_t child_room, name_room, image_room;
	bool gated; /* the command before its first exec: what it does is ours */
	bool ended;
	uint64_t looked;    /* when it last looked for a child (it itself was looked for) in vain */
	bool reaps_unknown; /* a wait of it found a child that we could not name */
	const struct mp_exit *exit;
	size_t exit_arrival;
	struct mr_process *guardian;	/* who will be told of its end */
	struct mr_process *alike;	/* an older one with the same vpid */
	struct mr_ring zombies;		/* children that have ended and were not reaped */
	struct mr_ring among;		/* its own place in such a ring */
	struct mr_process *memory;	/* whose private words it uses */
	struct mr_table *table;		/* NULL: it has ended */
	struct mr_space *space;		/* what it has mapped; NULL: nothing, or it has ended */
	struct mr_inherited *inherited; /* acts by which it got what its parent had mapped */
	struct mr_sender *senders;	/* by signal; NULL: none yet */
	uint64_t fatal;			/* bit per signal delivered with its default action */
	const struct mp_event *killed; /* delivery of SIGKILL, which may stand for another signal */
	size_t killed_arrival;
	struct mr_stream *broken; /* its last write here met EPIPE */
	struct mr_line lines[2];
	struct mr_act *blocked;
};

struct mp_model_store {
	struct mr_arena arena;
};

struct mr_build {
	struct mp_model *model;
	const struct mp_record *record;
	struct mr_arena *keep;	 /* lives as long as the model */
	struct mr_arena scratch; /* goes when the model is built */
	bool failed;
	uint64_t work;	 /* descriptors looked at, so that no record keeps us busy for ever */
	size_t end_room; /* ends that may still be made */
	size_t pages;	 /* that all tables have room for */
	size_t regions;	 /* of mapped memory that were made */
	uint64_t looks;	 /* at regions and processes, for the same reason */
	uint64_t unseen; /* mappings of files that could not be looked at */
	struct mr_process *command;
	bool terminals;	  /* somebody has made one */
	uint64_t stopped; /* when the first process was killed by us; MP_NEVER: none */
	size_t process_room, stream_room, word_room, memory_room, finding_room;
	struct mr_act *acts, **last_act;
	struct mr_wake *wakes, **last_wake;
	struct mr_moment *moments;
	struct mr_map processes; /* pid, start */
	struct mr_map pids;	 /* pid: the newest */
	struct mr_map vpids;	 /* vpid: the newest, the others through `alike` */
	struct mr_map threads;	 /* process, tid */
	struct mr_map nodes;	 /* dev, ino */
	struct mr_map ends;	 /* process, stream */
	struct mr_map words;
	struct mr_map memories; /* dev, ino, generation */
	struct mr_map seconds;	/* index of a futex event: its second word */
	struct mr_map requeues; /* word, word: the last event that moved waiters */
};

/* Zeroed memory of the model, or for the time of building. */
void *mr_keep(struct mr_build *build, size_t size);
void *mr_scratch(struct mr_build *build, size_t size);
/* Room for one more in an array of the model; where it is now, or NULL. */
void *mr_grow(struct mr_build *build, void *array, size_t count, size_t *room, size_t size);
void mr_mark(struct mr_build *build, struct mr_marks *marks, size_t arrival, uint64_t number);
void mr_set(struct mr_build *build, struct mr_map *map, struct mr_key key, void *value);
/* False: more was asked than any honest record needs; who holds what is then not sure. */
bool mr_afford(struct mr_build *build, uint64_t amount);

/* Since when the call of this event was blocked; `end` when it was not. */
uint64_t mr_began(const struct mp_event *event);
/* A signal ended the call before it was done. */
bool mr_interrupted(const struct mp_event *event, int64_t result);
/* The number of the system call of an event, or -1. */
int mr_call_number(const struct mp_event *event);

#endif
