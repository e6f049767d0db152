/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a record. Gives: the model: processes, streams, words, and the acts by which processes
 * touched each other, in the order in which they took effect; and findings that hold without any
 * contract. Never: reads a file, knows a contract, prints.
 *
 * Everything in a model belongs to it and lives until mp_model_free(). Lists are arrays with a
 * count. Pointers between entries stay valid because nothing is moved after mp_model_build().
 */
#ifndef MP_MODEL_H
#define MP_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "record.h"

#define MP_NEVER UINT64_MAX

struct mp_name {
	uint64_t at;
	char text[MP_COMM_LEN]; /* zero-terminated; may hold any byte */
};

struct mp_image { /* one successful exec */
	uint64_t at;
	char **argv; /* NULL after the last */
	bool cut;    /* argv was longer */
};

struct mp_process {
	size_t id; /* index in model->processes; the command is 0 */
	uint32_t pid;
	uint32_t vpid; /* as the process itself sees it */
	uint64_t start;
	struct mp_process *parent;    /* who forked it; NULL for the command */
	struct mp_process **children; /* in the order of their forks */
	size_t child_count;
	size_t threads; /* that it ever had, 1 or more */

	struct mp_name *names; /* the first is the name at birth */
	size_t name_count;
	struct mp_image *images;
	size_t image_count;

	uint64_t born;
	uint64_t ended;	   /* MP_NEVER: still there when the record ends */
	int status;	   /* as wait(2) gives it, valid when ended */
	bool killed_by_us; /* by --timeout or at the end of the run, not by the program */
	bool autoreaped;
	struct mp_process *reaper; /* NULL: nobody in the tree did */
	uint64_t reaped;	   /* MP_NEVER: not seen */
	bool reaped_by_poll;	   /* by a wait with WNOHANG: the reaper did not wait for it */

	/* what it was blocked in when it ended or the record did; NULL: nothing */
	const struct mp_act *blocked;
	/* the MP_ACT_RECEIVE of the signal that had stopped it then; NULL: none */
	const struct mp_act *stopped;

	uint64_t blind;	  /* bit per enum mp_blind_cause */
	unsigned hides;	  /* bit 0: lines that it printed are not known; bit 1: complained */
	unsigned spliced; /* the same, where the kernel moved them: nothing of them was seen */
	/* sockets of which it is not known where they lead: it took bytes from one; it wrote into
	 * them so often; it had to do with one */
	bool reads_unseen;
	size_t writes_unseen;
	bool uses_unseen;
};

enum mp_stream_kind { MP_STREAM_PIPE, MP_STREAM_SOCKET, MP_STREAM_FIFO };

/* One direction of a pipe or of a connected pair of sockets: bytes go in at one end only. */
struct mp_stream {
	size_t id;
	enum mp_stream_kind kind;
	uint32_t dev;
	uint64_t in;		 /* inode by which writers hold it */
	uint64_t out;		 /* inode by which readers hold it; the same for a pipe */
	struct mp_stream *other; /* the opposite direction of a pair of sockets, else NULL */
	uint64_t bytes_in, bytes_out;
	uint64_t writes, reads; /* calls that moved something */
	bool inherited;		/* the command had it from the start: it leads out of the tree */
	bool gaps; /* more went through it than its acts say: see `from` and `to` of an act */
	struct mp_end *ends; /* per process that ever held or used it */
	size_t end_count;
};

/* What one process did with one stream. */
struct mp_end {
	struct mp_process *process;
	struct mp_stream *stream;
	bool held_in, held_out; /* ever had a descriptor for it */
	bool open_in, open_out; /* still has, when the process or the record ends */
	uint64_t writes, reads, bytes_in, bytes_out;
	uint64_t eofs;
	bool attempted_read; /* a read that succeeded, met the end, or was blocked at the end */
	uint64_t closed_in,
		closed_out; /* when its last descriptor was closed by a call; or MP_NEVER */
};

/* A futex word, the same for all processes that share it. */
struct mp_word_entry {
	size_t id;
	struct mp_word key;
	struct mp_process *owner; /* private words: whose; NULL when shared */
};

/* Memory that several processes can see: a file, one without a name, or a segment of System V. */
struct mp_memory {
	size_t id;
	struct mp_object object; /* the file that the kernel maps */
	uint32_t generation;
	bool system_v;	  /* object.ino is the number of the segment */
	bool anonymous;	  /* no file was named: it is as old as its first mapping */
	const char *name; /* of the file, as the kernel has it; may hold any byte */
	uint64_t bytes;	  /* that were mapped first */
};

enum mp_act_kind {
	/* who, whom = the other process, value, text, stream, word: as each kind says */
	MP_ACT_FORK = 1,  /* whom: the child */
	MP_ACT_EXEC,	  /* text: argv[0] */
	MP_ACT_EXIT,	  /* the process ended by itself; value: exit code 0..255 */
	MP_ACT_DIE,	  /* the process was killed; value: signal; whom: who sent it, or NULL */
	MP_ACT_REAP,	  /* whom: the child */
	MP_ACT_SIGNAL,	  /* who asked for it; whom: the target (NULL: outside); value: signal */
	MP_ACT_RECEIVE,	  /* a signal was delivered; value: signal; whom: the sender or NULL */
	MP_ACT_NAME,	  /* text: the new name */
	MP_ACT_WRITE,	  /* stream; value: bytes */
	MP_ACT_READ,	  /* stream; value: bytes */
	MP_ACT_EOF,	  /* stream: a read met the end of file */
	MP_ACT_CLOSE_IN,  /* stream: gave up its last writing descriptor, by a call */
	MP_ACT_CLOSE_OUT, /* stream: gave up its last reading descriptor, by a call */
	MP_ACT_WAIT, /* blocked until another did something; wait says on what; whom: who woke it */
	MP_ACT_WAKE, /* whom: a process that was blocked; word or stream where known */
	MP_ACT_SLEEP,	 /* value: nanoseconds slept at least */
	MP_ACT_PRINT,	 /* text: one line written to descriptor 1, without its newline */
	MP_ACT_COMPLAIN, /* the same for descriptor 2 */
	MP_ACT_OPEN,	 /* text: the path of a file, a folder, a named pipe or a device */
	MP_ACT_MAP,	 /* memory that can be written; whom: from whom it was inherited, or NULL */
	MP_ACT_KINDS
};

enum mp_wait_on {
	MP_ON_NOTHING = 0,
	MP_ON_WORD,   /* futex */
	MP_ON_CHILD,  /* wait4, waitid, or what a child's end answered: poll of a pidfd, sigsuspend
		       */
	MP_ON_STREAM, /* read of an empty stream (or write to a full one) */
	MP_ON_READINESS,  /* poll, select, epoll_wait */
	MP_ON_MESSAGE,	  /* of a queue of POSIX or System V (or room in it) */
	MP_ON_SEMAPHORE,  /* of System V; those of POSIX are words */
	MP_ON_FILE_LOCK,  /* flock, fcntl */
	MP_ON_CONNECTION, /* accept (or connect, when too many wait for that) */
	MP_ON_FIFO,	  /* open of one that nobody has at the other end */
	MP_ON_SIGNAL,	  /* sigsuspend, pause, sigtimedwait */
	MP_ON_OTHER	  /* another descriptor: eventfd, terminal, network socket, … */
};

struct mp_act {
	enum mp_act_kind kind;
	struct mp_process *who; /* NULL: outside of the tree */
	uint32_t tid;
	struct mp_process *whom;
	struct mp_stream *stream;
	struct mp_word_entry *word;
	struct mp_memory *memory;
	enum mp_wait_on wait;
	bool writing;	 /* a MP_ACT_WAIT on a stream that was full rather than empty */
	bool raced;	 /* MP_ACT_WAIT: a futex word had changed already (EAGAIN): not blocked */
	bool unfinished; /* MP_ACT_WAIT: still blocked when the process or the record ended */
	bool told;	 /* MP_ACT_WAIT: for signals, and one said that the child had ended */
	bool poll;	 /* MP_ACT_REAP: by WNOHANG */
	bool first_look; /* MP_ACT_REAP, poll: nobody had looked for this child in vain, or
			  * not since SIGCHLD had cut short what its parent was waiting in */
	bool watched;	 /* MP_ACT_REAP, poll: it had, since it forked last */
	bool cut; /* text was cut short: what follows is not known (of a path: what precedes) */
	bool headless; /* and what comes before it is not known either */
	bool joined;   /* MP_ACT_PRINT: the line was not ended by a newline */
	int64_t value;
	uint64_t from, to; /* MP_ACT_WRITE, _READ: its part of the stream, in bytes or messages */
	const char *text;  /* `length` bytes (and a zero); may hold any byte but newline */
	size_t length;
	uint64_t begin; /* blocked since; of a line, the first of its writes; else as at */
	uint64_t at;	/* when it took effect: never later than what it caused */
	const struct mp_event *event; /* that decides it */
};

enum mp_finding_kind {
	MP_FIND_ZOMBIE = 1, /* process: ended and was never reaped by the parent that lived on */
	MP_FIND_LEFT,	    /* process: still running when the command had ended */
	MP_FIND_END_OPEN,   /* process holds stream's writing end while `other` waits for its end */
	MP_FIND_SIGPIPE,    /* process died of SIGPIPE */
	MP_FIND_OWNER_DIED, /* process died holding a word that others wait for */
	MP_FIND_LOST_WAKE,  /* process woke a word that nobody waited for, and somebody waits now */
	MP_FIND_KINDS
};

struct mp_finding {
	enum mp_finding_kind kind;
	struct mp_process *process;
	struct mp_process *other;
	struct mp_stream *stream;
	struct mp_word_entry *word;
	uint64_t at;
};

struct mp_model {
	const struct mp_record *record;
	struct mp_process **processes; /* by birth; [0] is the command */
	size_t process_count;
	struct mp_stream **streams;
	size_t stream_count;
	struct mp_word_entry **words;
	size_t word_count;
	struct mp_memory **memories;
	size_t memory_count;
	struct mp_act **acts; /* sorted by `at`, then by arrival */
	size_t act_count;
	struct mp_finding *findings;
	size_t finding_count;
	uint64_t lost[MP_KINDS]; /* losses.lost + losses.missed (+ unmarked under MP_FORK) */
	uint64_t blind;		 /* bit per enum mp_blind_cause, of any process */
	bool fd_unsure; /* not all descriptors could be followed: who holds what is not sure */
	struct mp_model_store *store;
};

/* 0 or -ENOMEM, or -EBADMSG when the record makes no sense (no command). */
int mp_model_build(const struct mp_record *record, struct mp_model **out);
void mp_model_free(struct mp_model *model); /* NULL is fine */

/* The name of a process at a time, never NULL; its last name for MP_NEVER. */
const char *mp_process_name(const struct mp_process *process, uint64_t at);

/* The index in process->names of the first that is its own: what it has from its parent until it
 * becomes another program is not. */
size_t mp_process_first_name(const struct mp_process *process);

/* Children that the last program image of `process` forked (see mp-contract(5), "child of"):
 * the index in process->children of the first of them. */
size_t mp_process_first_child(const struct mp_process *process);

/* Is `process` a descendant of `ancestor` (not itself)? */
bool mp_process_descends(const struct mp_process *process, const struct mp_process *ancestor);

/* "SIGTERM" for 15; "signal 70" style names are never needed: NULL when there is none. */
const char *mp_signal_name(int signal);
/* Accepts "SIGTERM", "TERM", "15"; 0 when it is none. Real-time: "SIGRTMIN+2". */
int mp_signal_number(const char *text, size_t length);

#endif
