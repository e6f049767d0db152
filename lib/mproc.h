/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libmproc: processes that work together on one Linux machine.
 *
 * Takes: functions, bytes and names from the program. Gives: child processes (mp_process),
 * message pipes (mp_conn), queues (mp_queue), pools of workers (mp_pool), locks (mp_lock), barriers
 * (mp_barrier), shared numbers (mp_value, mp_array) and named values (mp_namespace) that work
 * across fork; and ranks that send each other messages (mp_comm).
 *
 * Never: prints, exits, changes a signal handler of the caller, or keeps a pointer to memory of
 * the caller longer than the comment of the function says.
 *
 * This header is the manual. What holds everywhere, unless a function says otherwise:
 *
 *   Results      0 is success. A negative number is an errno (-ENOMEM). A positive number is a
 *                named outcome (MP_TIMEOUT, MP_END, …): nothing went wrong, and the caller
 *                decides what it means. Outcome numbers never change their meaning. errno itself
 *                is not part of the interface and may be changed by any call.
 *   Ownership    mp_X_new() and mp_conn_pair() make objects, which the caller owns and
 *                gives back with mp_X_free() or mp_conn_close(). Freeing NULL is allowed and does
 *                nothing. On failure nothing is made and the pointer given for it is NULL.
 *                No other function accepts NULL for an object.
 *   Fork         An object that processes are to share is made before they are started: the
 *                child gets its own handle to the same object, and each process frees its own
 *                handle (ending frees it too).
 *   Threads      Different objects may be used by different threads at once. Of one object, see
 *                its section. A child started by a program with several threads has only the
 *                thread that started it.
 *   Signals      No call fails because a signal handler ran (EINTR): it goes on, and a timeout
 *                still ends when it would have ended. No call raises SIGPIPE (but for what the
 *                program itself has printed, where a call flushes stdio). The calls are not
 *                async-signal-safe.
 *   Time         timeout_ms is in milliseconds, on the monotonic clock: 0 does not wait at all,
 *                MP_FOREVER (any negative number) waits without limit. Of a timeout that is too
 *                large for the clock MP_FOREVER is made.
 *   Exec         Every descriptor of the library is close-on-exec.
 *
 * Standards: C99 or C++11 and later to include; Linux 5.4 and glibc 2.32 or later to run. Without
 * /proc nothing can be started by exec, and a process that took over the number of a dead one may
 * be held for it.
 */
#ifndef MPROC_H
#define MPROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#define MP_API __attribute__((visibility("default")))

#define MP_FOREVER (-1)

/* Named outcomes. New ones are added at the end. */
enum mp_outcome {
	MP_TIMEOUT = 1, /* the time is up; nothing was changed, except that a barrier is broken */
	MP_END,		/* the end: nothing more will come; for who puts: the queue was closed */
	MP_BROKEN,	/* the barrier was broken by a timeout, an abort or a reset */
	MP_OWNER_DIED,	/* the lock is yours now, but who held it died: check what it protects */
	MP_RUNNING,	/* the process has not ended yet, so it has no exit code */
	MP_LOST,	/* a process died with items in hand that it had not done */
	MP_FAILED,	/* the function of the task says that it failed */
	MP_CRASHED,	/* the process that ran the task died */
	MP_DIFFERENT,	/* another value than the one that was expected is there */
	MP_DIED,	/* the rank has died, or left */
};

/*
 * Words for a result of this library: "the time is up" for MP_TIMEOUT, strerror()'s for a
 * negative errno (but its own for -ELIBACC and -ELIBBAD), "success" for 0. A constant string, never
 * NULL, in English, without a newline.
 */
MP_API const char *mp_result_text(int result);

/*
 * What a shared number, or the value of a name, is: one of C's int8_t to uint64_t, float, double.
 * These constants never change; new ones are added at the end.
 */
enum mp_type {
	MP_INT8 = 1,
	MP_UINT8,
	MP_INT16,
	MP_UINT16,
	MP_INT32,
	MP_UINT32,
	MP_INT64,
	MP_UINT64,
	MP_FLOAT,
	MP_DOUBLE,
	MP_STRING, /* only in a namespace: text that ends with a 0 */
	MP_BYTES,  /* only in a namespace: any bytes */
};

/* ------------------------------------------------------------------------------ process --- */

/*
 * A child process that runs one function.
 *
 * A process is held by a pidfd, so nothing here ever acts on a stranger that was given the same
 * number. The object belongs to the process that made it: in a forked copy of it (a child that
 * was started, or a fork(2) of the program's own) mp_process_start(), _join() and _exit_code() of
 * a process that was made before say -ECHILD, and so does what would change it; is_alive and the
 * signals work there too.
 *
 * Exit rule. When a process ends, by returning from its run function, by exit(3), or from
 * main, the children that it started are dealt with as mp_process_finish() says. It does not
 * happen after _exit(2), exec, or death by a signal. Then the daemons of the process are killed
 * (SIGKILL) by the kernel all the same, so that no daemon outlives the program that started it;
 * its other children go on.
 *
 * In the child, in this order: the kernel's name is set; the parent's children are forgotten; every
 * signal that had a handler gets its default action and the signal mask is emptied, as if the
 * child had been exec'ed without blocked signals (ignored signals stay ignored; a signal that was
 * sent before this is done arrives right after); then run(argument) is called. Nothing of this
 * waits for anybody. When run returns, the child's own children are dealt with, stdio is flushed,
 * and the child ends with _exit(2): atexit handlers of the parent do not run in it. A child that
 * calls exit(3) itself runs them. Threads, timers and file locks of the parent are not inherited,
 * as fork(2) says.
 *
 * Threads: several threads may use one process at once, but not while one of them frees it.
 * Processes may be started while other threads do whatever they do, in this library too. In a
 * forked child, though, a lock of the program that another thread held at that moment is locked
 * for ever, and what another thread had just printed into a stdio buffer may be printed twice:
 * programs with many threads are better off with mp_process_new_exec().
 *
 * Descriptors: one that was started costs its parent one descriptor until it is freed (its pidfd);
 * a daemon two, of which one is closed when it is reaped. For the time of the start, up to two
 * more. The child has one (the pidfd of its parent); a daemon has two. All are close-on-exec, and
 * not to be closed by the program: a daemon that closes its own, or executes another program,
 * outlives a parent that is killed. A child that is forked has, besides, what its parent had at
 * that moment, as always; what is behind its copies of other processes mp_process_free() closes.
 *
 * A program that ignores SIGCHLD (or sets SA_NOCLDWAIT), or that waits for any child by itself,
 * lets somebody else take the exit status: join still waits for the end, but mp_process_exit_code()
 * says -ECHILD then.
 */
struct mp_process;

/*
 * Makes a process; nothing runs yet.
 * name       copied; NULL: "Process-N", where N counts the processes made by this one from 1,
 *            the named ones too; children of children have the numbers of their line:
 *            "Process-2:1". May be of any length; the kernel shows its first 15 bytes.
 * run        what the child does. Its result is the exit status, of which the kernel keeps the
 *            low eight bits (0 to 255).
 * argument   handed to run; must live until mp_process_start() has returned (the child has its
 *            own copy of all memory then).
 * 0; -EINVAL (no run); -ENOMEM.
 */
MP_API int mp_process_new(struct mp_process **process, const char *name, int (*run)(void *argument),
			  void *argument);

/*
 * A type of one's own whose objects are processes: its structure begins with a base, and its
 * function gets the base, which is the structure.
 *
 *     struct counter { struct mp_process_base base; int from; };
 *     static int count(struct mp_process_base *base) { … ((struct counter *)base)->from … }
 *     static const struct mp_process_ops counter_ops = {count};
 */
struct mp_process_base;

struct mp_process_ops {
	int (*run)(struct mp_process_base *base); /* as run of mp_process_new() */
};

struct mp_process_base {
	const struct mp_process_ops *ops;
	struct mp_process *process;
};

/*
 * Makes base->process, for all the functions here; to be freed with mp_process_free(). base and
 * ops must live until it was started. name, and results, as for mp_process_new().
 */
MP_API int mp_process_init(struct mp_process_base *base, const struct mp_process_ops *ops,
			   const char *name);

/*
 * A daemon is stopped at the end of its parent instead of being waited for, and may not start
 * processes of its own. Default: no. 0; -EALREADY (it was started); -ECHILD.
 */
MP_API int mp_process_set_daemon(struct mp_process *process, bool daemon);

/*
 * Gives it another name, which is copied. What mp_process_name() said before is no longer valid.
 * 0; -EINVAL (NULL); -EALREADY (it was started); -ECHILD; -ENOMEM.
 */
MP_API int mp_process_set_name(struct mp_process *process, const char *name);

/*
 * Gives it a copy of a descriptor, made at once (so the caller may close his) and closed in this
 * process when it was started. For forked ones and, above all, those that are started by exec. A
 * process that is forked before has the copy too, until it frees its copy of the process.
 * 0; -EBADF; -EMFILE; -EALREADY (it was started); -ECHILD; -ENOMEM.
 */
MP_API int mp_process_give_fd(struct mp_process *process, int fd);

/*
 * In the child: the descriptor that it was given by the first call (index 0), the second (1) …;
 * close-on-exec, the child's own, never one of the first three numbers. -ENOENT: there were not so
 * many.
 */
MP_API int mp_process_given_fd(unsigned index);

/*
 * Starts it: all of stdio is flushed (so that nothing is printed twice), then fork(2). Does not
 * block, but for the flush: as fflush(NULL) does, it waits for other threads that are inside of a
 * stdio call, also for one that waits for input. 0; -EALREADY (a process starts only once); -ECHILD
 * (made by another process); -EPERM (this process is a daemon); -EAGAIN, -ENOMEM (fork's reasons);
 * -EMFILE, -ENFILE (no descriptor for the pidfd). After a failure no child exists, nothing is kept,
 * and it may be tried again.
 */
MP_API int mp_process_start(struct mp_process *process);

/* Whether it was started and has not ended. Never reaps, never blocks. */
MP_API bool mp_process_is_alive(const struct mp_process *process);

/*
 * Waits until it has ended, and reaps it. Any number of times. 0; MP_TIMEOUT (it runs on);
 * -ESRCH (not started); -ECHILD (not a child of this process).
 */
MP_API int mp_process_join(struct mp_process *process, int64_t timeout_ms);

/*
 * Sends SIGTERM, SIGKILL, or a signal of choice. Does not wait for the effect. 0, also for one that
 * has ended but was not joined; -ESRCH (not started, or joined); -EINVAL (no such signal).
 */
MP_API int mp_process_terminate(struct mp_process *process);
MP_API int mp_process_kill(struct mp_process *process);
MP_API int mp_process_send_signal(struct mp_process *process, int signal);

/*
 * How it ended: *code is its exit status (0 to 255), or minus the number of the signal that killed
 * it. Does not reap and does not block. 0; MP_RUNNING; -ESRCH (not started); -ECHILD (made by
 * another process, or somebody else took the status). *code is set only with 0.
 */
MP_API int mp_process_exit_code(struct mp_process *process, int *code);

/* Its name; valid until it is freed. */
MP_API const char *mp_process_name(const struct mp_process *process);
MP_API bool mp_process_is_daemon(const struct mp_process *process);
/* Its process id, or -ESRCH before it is started. After the join the number may mean a stranger. */
MP_API pid_t mp_process_pid(const struct mp_process *process);
/*
 * Its pidfd, or -ESRCH before it is started, and when it was found that somebody else took the
 * exit status: poll(2) finds it readable (POLLIN) when the process has ended, so it is what others
 * call its sentinel. It belongs to the process object, which closes it: never close it yourself.
 * -ENOSYS where there are none, as under valgrind before 3.20; all the rest works there, too.
 */
MP_API int mp_process_pidfd(const struct mp_process *process);

/*
 * The children that this process started and that still run, in the order of their start: the
 * first `room` of them are stored in list (which may be NULL if room is 0). How many there are,
 * which may be more than room. Those that have ended are reaped; all objects stay the caller's.
 * Does not block.
 */
MP_API size_t mp_process_active(struct mp_process **list, size_t room);

/*
 * The calling process; never NULL. In one that this library did not start it is called
 * "MainProcess". It is alive, has the caller's pid, no pidfd (-ESRCH) and no exit code
 * (MP_RUNNING), can be signalled, and cannot be changed (-EALREADY), started or joined (-ECHILD).
 * It is the library's: freeing it does nothing. A fork(2) of the program's own keeps it.
 */
MP_API struct mp_process *mp_process_current(void);

/*
 * The process that started the caller; NULL if this library did not. It has a name, a pid and a
 * pidfd; whether it is alive, its end, which a join waits for (but does not reap), and signals work
 * as for a child, and mean that process alone, also when it ended long ago. It has no exit code
 * (-ECHILD) and cannot be changed (-EALREADY) or started (-ECHILD). It is the library's: freeing it
 * does nothing. It is valid in the calling process: a child of it has another parent, but a fork(2)
 * of the program's own keeps it.
 */
MP_API struct mp_process *mp_process_parent(void);

/* The name of the calling process: what its parent gave it, "MainProcess" in a process that was
 * not started by this library. Valid for ever. */
MP_API const char *mp_process_current_name(void);

/*
 * Start by exec. The child executes the program (its own file) anew, and shares no memory with
 * the parent: no threads' locks, no copies of data, no objects made before. It is told which
 * function to run, by a name that both know, and a few bytes; and has what it was given by
 * mp_process_give_fd(). All else is as for a process that is forked: name, numbers of its own
 * children, daemon, parent, signals, and the exit rule.
 *
 * The program registers its functions and then calls mp_process_enter(), both at the beginning of
 * main, whether it is parent or child. In the child main has the arguments of a program that was
 * called with the process's name as its only argument. Descriptors that are not close-on-exec are
 * inherited, as by any exec.
 */

/*
 * Lets processes that are started by exec run a function, which gets the bytes (aligned for any
 * type; read-only, for good) and whose result is the exit status. The name is copied. From the
 * thread of main, before mp_process_enter(). 0 (also when it was done before); -EEXIST (the name is
 * another function's); -EINVAL (NULL); -ENOMEM.
 */
MP_API int mp_process_register(const char *function, int (*run)(const void *argument, size_t size));

/*
 * In a process that was started by exec: runs its function, and ends with exit(3); does not return.
 * When the function is not registered it ends with the exit status 127. In any other process: 0.
 *
 * A program that forgets it would start itself again and again. So, before it was called there,
 * mp_process_start() in a process that was started by exec says -EINPROGRESS.
 */
MP_API int mp_process_enter(void);

/*
 * Makes a process that is started by exec; nothing runs yet. The bytes are copied, and may be
 * megabytes. name as for mp_process_new(). 0; -ENOENT (no such function is registered); -EINVAL;
 * -ENOMEM. mp_process_start() may also say what execve(2) and memfd_create(2) say, then, and -EFBIG
 * (the bytes are more than RLIMIT_FSIZE lets a file have), blocks until the program is executed,
 * and refuses in a program that has more rights than its caller (setuid: -EPERM).
 */
MP_API int mp_process_new_exec(struct mp_process **process, const char *name, const char *function,
			       const void *bytes, size_t size);

/*
 * Nothing more to do: every daemon that this process started and that still runs is sent SIGTERM;
 * then the others are joined in the order in which they were started; then the daemons. A daemon
 * that is still there MP_GRACE_MS after its SIGTERM is killed, also while others are being joined:
 * so no daemon keeps the program from ending, and only another child that does not end can. Blocks
 * until all have been reaped. The exit rule calls it; called before by the program it does the same
 * earlier, and processes may be started again after it. The objects stay the caller's. 0, or the
 * first error met (all processes are tried all the same).
 */
#define MP_GRACE_MS 5000
MP_API int mp_process_finish(void);

/*
 * Frees it. One that has ended is reaped if that was not done. 0; -EBUSY (it still runs: join it
 * first; nothing was freed). In a process that did not make it: always frees its copy.
 */
MP_API int mp_process_free(struct mp_process *process);

/* --------------------------------------------------------------------------------- conn --- */

/*
 * A pipe that carries whole messages: what one call sent, one call receives, or nobody does.
 *
 * A message has 0 to MP_CONN_MAX bytes. One of 1 to MP_CONN_PACKET bytes costs one system call to
 * send, and one to receive into a buffer of 1 to MP_CONN_PACKET bytes. One that is longer, or
 * empty, goes as a parcel: a packet with a descriptor of a file in memory, which takes a few calls
 * more. Either way it is there whole or not at all, also when its sender is killed. Messages
 * arrive in the order in which they were sent. About 200 KiB fit into each direction, where each
 * message counts as some 700 bytes more than it has (so of short ones fewer than 300 fit); of long
 * messages (that memory counts for the sender) about 4 MiB, or four; then sending blocks. A parcel
 * or a descriptor has to wait as well while all processes of the user together have more of them
 * on their way than RLIMIT_NOFILE lets the sender have open; root's do not.
 *
 * A message that does not suit the receive it meets (too long for the buffer, or of another kind)
 * is held: it stays the next one to be received, by this process only. What holds here for a
 * message holds for a descriptor that was sent, too.
 *
 * To receive a parcel a process needs a free descriptor for a moment. A receive into no buffer
 * (size 0), or into one of more than MP_CONN_PACKET bytes, _recv_alloc, _recv_string and _recv_fd
 * make sure of that first: when there is none they say -EMFILE, and nothing is lost. The others
 * say -EMFILE when the kernel has thrown away the descriptor that arrived: that message is lost.
 *
 * With MP_CONN_BYTES the pipe carries a stream of bytes instead, without bounds between them:
 * mp_conn_send() sends all that it is given, in parts if need be; mp_conn_recv() receives at least
 * one byte and at most `size`. Two that send at one end may mix their parts. Empty sends and
 * receives do nothing, and say 0. What needs messages (numbers, strings, _recv_alloc, descriptors,
 * mp_conn_send_timed()) says -EOPNOTSUPP.
 *
 * Fork: both ends exist in every process that was forked after they were made, until each process
 * has closed those that it does not use. The end of file comes only when the *last* process closes
 * the other end: a process that keeps the end that its partner writes to waits for ever. When
 * several processes receive at one end, each message goes to one of them.
 *
 * Threads: one thread at a time may receive, and one thread at a time may send, on one end;
 * closing needs it alone.
 */
struct mp_conn;

#define MP_CONN_MAX    0x40000000 /* bytes in a message: 1 GiB */
#define MP_CONN_PACKET 65536	  /* bytes in a message that goes as one packet */
#define MP_CONN_DUPLEX 1u	  /* both ends send and receive */
#define MP_CONN_BYTES  2u	  /* a stream of bytes */

/*
 * Makes the two ends of a pipe. flags: MP_CONN_DUPLEX, or without it a one-way pipe on which
 * *first only receives and *second only sends, as with pipe(2); and MP_CONN_BYTES.
 * 0; -EINVAL (flags); -EMFILE, -ENFILE, -ENOMEM.
 */
MP_API int mp_conn_pair(struct mp_conn **first, struct mp_conn **second, unsigned flags);

/*
 * Makes an end of a descriptor that came from elsewhere (mp_conn_recv_fd(), mp_process_given_fd()),
 * which then belongs to it, and is close-on-exec. A Unix socket of sequenced packets, as
 * mp_conn_fd() of a pipe with messages, carries messages; a stream socket, or a pipe(2), bytes. It
 * must be connected. A socket sends and receives (the one-way rule of mp_conn_pair() is not in the
 * descriptor), a pipe as its access mode says. A TCP connection that was reset looks as if it was
 * closed. When others read or write the same pipe(2), a timeout there can be late on Linux before
 * 6.4, and with named pipes.
 * 0; -EINVAL (nothing of that kind); -EBADF; -ENOMEM. On failure the descriptor stays the
 * caller's, as it was.
 */
MP_API int mp_conn_from_fd(struct mp_conn **conn, int fd);

/*
 * Sends one message; blocks while the pipe is full. 0; -EPIPE (nobody can receive it any more);
 * -EMSGSIZE (longer than MP_CONN_MAX); -EBADF (this end only receives); for a parcel also -EMFILE,
 * -ENFILE, -ENOMEM, -ENOSPC, -EFBIG (longer than RLIMIT_FSIZE lets a file be). After a failure
 * nothing was sent; but on a stream of bytes a part may have been.
 */
MP_API int mp_conn_send(struct mp_conn *conn, const void *message, size_t size);
/* The same; MP_TIMEOUT (nothing was sent). A stream: -EOPNOTSUPP, as it knows parts. */
MP_API int mp_conn_send_timed(struct mp_conn *conn, const void *message, size_t size,
			      int64_t timeout_ms);

/*
 * Sends into a stream of bytes what can be sent in time. *sent is how many bytes have been, with
 * any result. 0 (all); MP_TIMEOUT; -EPIPE; -EBADF; -EOPNOTSUPP (the pipe carries messages).
 */
MP_API int mp_conn_send_some(struct mp_conn *conn, const void *bytes, size_t size, size_t *sent,
			     int64_t timeout_ms);

/*
 * Receives one message into buffer and stores its length in *length (which may be NULL); blocks
 * until one comes. 0; MP_END; -EMSGSIZE (it is longer than size: *length says how long, and it is
 * held; size 0, with a buffer of NULL, asks for that); -EBADF (this end only sends); -EBADMSG (a
 * descriptor came, which is held; or what something other than this library sent was no message,
 * and is gone); -EMFILE (see above); -ENOMEM, -EIO (the contents of a parcel cannot be read; it is
 * held). After a failure the buffer may have been written to.
 */
MP_API int mp_conn_recv(struct mp_conn *conn, void *buffer, size_t size, size_t *length);
/* The same; MP_TIMEOUT. */
MP_API int mp_conn_recv_timed(struct mp_conn *conn, void *buffer, size_t size, size_t *length,
			      int64_t timeout_ms);

/*
 * Receives one message of any length into memory of its own, which the caller gives back with
 * free(3). A zero byte follows the message, so that it can be used as a string; *length (which may
 * be NULL) does not count it. Results as mp_conn_recv(), without -EMSGSIZE; -ENOMEM (the message
 * is held). Unless 0, *message is NULL.
 */
MP_API int mp_conn_recv_alloc(struct mp_conn *conn, void **message, size_t *length);

/*
 * A string. Its message has no zero byte; received, it ends with one. -EMSGSIZE: it does not fit
 * into size bytes with that; -EBADMSG: a byte within the message is zero. Both are held.
 */
MP_API int mp_conn_send_string(struct mp_conn *conn, const char *string);
MP_API int mp_conn_recv_string(struct mp_conn *conn, char *buffer, size_t size);

/*
 * One number, in the machine's byte order. Receiving says -EBADMSG when the message is not of eight
 * bytes; it is held. An integer is not told from a double.
 */
MP_API int mp_conn_send_int64(struct mp_conn *conn, int64_t value);
MP_API int mp_conn_recv_int64(struct mp_conn *conn, int64_t *value);
MP_API int mp_conn_send_double(struct mp_conn *conn, double value);
MP_API int mp_conn_recv_double(struct mp_conn *conn, double *value);

/*
 * A descriptor: who receives it has one of its own for the same open file, close-on-exec, never one
 * of the first three numbers, and closes it some day; the sender's stays the sender's. Sending: as
 * mp_conn_send(), and -EBADF (fd is not open). Receiving: as mp_conn_recv(); -EBADMSG: a message
 * came; it is held. Unless 0, *fd is -1.
 */
MP_API int mp_conn_send_fd(struct mp_conn *conn, int fd);
MP_API int mp_conn_recv_fd(struct mp_conn *conn, int *fd);

/*
 * Waits until mp_conn_recv() would not block: a message, or the end, is there. When other
 * processes receive at the same end, one of them may still be faster. 0; MP_TIMEOUT; -EBADF (this
 * end only sends).
 */
MP_API int mp_conn_poll(struct mp_conn *conn, int64_t timeout_ms);

/*
 * Its descriptor, for poll(2) and the like; it belongs to the conn. A message that is held does not
 * show in it.
 */
MP_API int mp_conn_fd(const struct mp_conn *conn);

/*
 * Who made the other end: for ends that mp_conn_accept() made, who connected; for the client's,
 * who listened; else who made the pair. The kernel vouches for it. Each pointer may be NULL. By
 * now the process may have ended, or have handed the end on. 0; -EOPNOTSUPP (not a Unix socket).
 */
MP_API int mp_conn_peer(const struct mp_conn *conn, pid_t *pid, uid_t *uid, gid_t *gid);

/* Closes this process's handle of the end, and frees it. What it holds is lost. */
MP_API void mp_conn_close(struct mp_conn *conn);

/*
 * A listener: a name under which processes that are no relatives get a pipe, with both ends
 * sending and receiving.
 *
 * The name is the path of a socket file, which is made with mode 0600: only this user (and root)
 * can connect. Or it begins with '@': such a name is only in the kernel, leaves no file, and every
 * user of the machine can connect; see mp_conn_peer(). Or NULL: a new socket file in a new
 * directory of mode 0700 in $TMPDIR, or /tmp.
 *
 * Fork: several processes may accept; each client goes to one of them. Only the process that made
 * the listener removes its file, when it closes the listener and the file is still that one. A
 * process that ends without closing it leaves the file behind.
 *
 * Threads: any number may accept at once; closing needs it alone.
 */
struct mp_conn_listener;

/*
 * backlog: how many clients, about, may wait to be accepted (0: 128; at most 32767; the system may
 * allow fewer). flags: MP_CONN_BYTES or 0.
 * 0; -EADDRINUSE (another listener, or another socket in use, has the name); -EEXIST (nobody
 * listens there, but a file is there: left by a listener that was killed, or something else. Remove
 * it if it is not needed); -ENAMETOOLONG (more than 107 bytes); -EINVAL (path is "" or "@",
 * backlog, flags); -EACCES, -ENOENT, -ENOTDIR, … (bind(2)'s reasons); -EMFILE, -ENFILE, -ENOMEM.
 */
MP_API int mp_conn_listen(struct mp_conn_listener **listener, const char *path, unsigned backlog,
			  unsigned flags);

/*
 * Waits for the next client; it may have gone again, but what it sent is there.
 * 0; MP_TIMEOUT; -EMFILE, -ENFILE, -ENOMEM (the client goes on waiting).
 */
MP_API int mp_conn_accept(struct mp_conn_listener *listener, struct mp_conn **conn,
			  int64_t timeout_ms);

/* Its name: as it was given, or chosen. Valid until it is closed. */
MP_API const char *mp_conn_listener_path(const struct mp_conn_listener *listener);
/* Its descriptor, for poll(2): readable when a client waits. It belongs to the listener. */
MP_API int mp_conn_listener_fd(const struct mp_conn_listener *listener);
/* Clients that were not accepted find the end of file. */
MP_API void mp_conn_listener_close(struct mp_conn_listener *listener);

/*
 * Connects to a listener. It needs not have accepted for this to succeed, and for messages to be
 * sent. The timeout is for a listener with too many clients waiting; one that is not there is not
 * waited for.
 * 0; MP_TIMEOUT; -ENOENT (no such name); -ECONNREFUSED (nobody listens there); -EPROTOTYPE (it is
 * a datagram socket); -EACCES; -ENAMETOOLONG, -EINVAL (as above); -EMFILE, -ENFILE, -ENOMEM.
 */
MP_API int mp_conn_connect(struct mp_conn **conn, const char *path, int64_t timeout_ms);

/*
 * Waits for any of several things. An item names one thing: a conn (ready when mp_conn_poll() says
 * 0, so also for a message that it holds), a listener (a client waits), a process (it has ended) or
 * else, when the three pointers are NULL, a descriptor (poll(2) says POLLIN, POLLHUP or POLLERR).
 * A thing may be named more than once.
 */
struct mp_conn_waiter {
	struct mp_conn *conn;
	struct mp_conn_listener *listener;
	struct mp_process *process;
	int fd;
	bool ready; /* set by mp_conn_wait() */
};

/*
 * 0: `ready` is true in every item that is ready, of which there is one at least, and false in the
 * others. Else false in all: MP_TIMEOUT; -EINVAL (an item names two things; no items and no
 * timeout; more items than the process may have descriptors); -EBADF (a conn that only sends, or
 * fd is not open); -ESRCH (a process that was not started); -ENOMEM. With no items it sleeps.
 */
MP_API int mp_conn_wait(struct mp_conn_waiter items[], size_t count, int64_t timeout_ms);

/* -------------------------------------------------------------------------------- queue --- */

/*
 * A queue of a fixed number of items, in shared memory: any number of processes put, any number
 * get, and each item goes to one of them. For every process that was forked after it was made.
 *
 * An item is 0 to item_max bytes, which are copied in and out. Items leave the queue in the order
 * in which they were put into it; those of one producer so in the order in which he put them. When
 * nobody has to be woken, putting and getting make no system call. Nobody who waits burns the
 * processor, and which of several waiters comes next is not said.
 *
 * Death. A process may be killed at any moment: an item was put wholly or not at all, and was got
 * wholly or is still there. What a process had got when it died is gone with it, but in a queue of
 * tasks. Those who wait because of the dead process go on within a second. A process that is
 * stopped (SIGSTOP) inside of a call can keep the others out until it goes on: their calls with a
 * timeout end with MP_TIMEOUT then, at most 100 ms late. A close takes effect all the same, and
 * the numbers are told as they look, after 100 ms at most; mp_queue_task_done() waits.
 *
 * Queue of tasks (MP_QUEUE_TASKS). An item that was got is in hand of the process that got it,
 * until that process says mp_queue_task_done(); only that process can, and a child forked by it has
 * nothing in hand. mp_queue_join() waits until every item that was put is done. What a process had
 * in hand when it died is kept, and mp_queue_lost() gives it to who asks. The capacity bounds the
 * items that wait, those in hand and those that were lost together: so a producer cannot run away
 * from slow consumers, and a consumer must not put what he needs to be got before he is done.
 *
 * Threads: any number at once, but not while one of them frees it. Items are in hand of a process,
 * not of a thread.
 */
struct mp_queue;

#define MP_QUEUE_MAX   0x7fffffff /* items in a queue, and bytes in an item */
#define MP_QUEUE_TASKS 1u	  /* items are in hand until they are done */

/*
 * Makes an empty queue for `capacity` items of at most item_max bytes. Memory is set aside for all
 * of them, but used only as far as the queue has ever been filled (and four bytes for each).
 * flags: MP_QUEUE_TASKS, or 0.
 * 0; -EINVAL (capacity is not 1 to MP_QUEUE_MAX, item_max is not 0 to MP_QUEUE_MAX, flags);
 * -ENOMEM.
 */
MP_API int mp_queue_new(struct mp_queue **queue, size_t capacity, size_t item_max, unsigned flags);

/*
 * Puts a copy of the item at the end; blocks while the queue is full. item may be NULL when size is
 * 0. 0; MP_TIMEOUT (it is full); MP_END (it was closed); MP_LOST (it is full, and a dead process
 * has some of it in hand: see mp_queue_lost()); -EMSGSIZE (size is larger than item_max). Nothing
 * was put unless it says 0.
 */
MP_API int mp_queue_put(struct mp_queue *queue, const void *item, size_t size, int64_t timeout_ms);

/*
 * Gets the first item into buffer, and its length into *length (which may be NULL); blocks while
 * the queue is empty. 0; MP_TIMEOUT (it is empty); MP_END (it is empty and was closed: nothing will
 * come any more); -EMSGSIZE (the item is longer than size: *length says how long, and it stays the
 * first).
 */
MP_API int mp_queue_get(struct mp_queue *queue, void *buffer, size_t size, size_t *length,
			int64_t timeout_ms);

/*
 * Nobody can put any more; what is in the queue can still be got. Whoever waits to put, or waits to
 * get from an empty queue, is told with MP_END. Any number of times; any process may. 0.
 */
MP_API int mp_queue_close(struct mp_queue *queue);

/*
 * Of a queue of tasks: the item that the calling process has had in hand for longest is done. 0;
 * -EINVAL (it has none in hand: said more often than it got, or no queue of tasks). Waits for
 * nobody but a process that was stopped inside of a call.
 */
MP_API int mp_queue_task_done(struct mp_queue *queue);

/*
 * Waits until every item that was put is done: none waits and none is in hand. (Without
 * MP_QUEUE_TASKS: until all were got.) 0; MP_TIMEOUT; MP_LOST (a process died with items in hand:
 * said within a second of the death, and each time until mp_queue_lost() has taken them all). More
 * may be put at any time, so it is out of date at once unless the producers are done.
 */
MP_API int mp_queue_join(struct mp_queue *queue, int64_t timeout_ms);

/*
 * Takes out the oldest item that a process had in hand when it died, as mp_queue_get() does, and
 * stores the process id in *who (either of length and who may be NULL). It is done then; who wants
 * it to be tried again puts it again. A process that ended in any way has died; one that called
 * exec has not. 0; -ENOENT (there is none); -EMSGSIZE (the item is longer than size: *length and
 * *who are set, and it stays); MP_TIMEOUT (a process that was stopped is inside of a call). Does
 * not block, but makes some system calls for each process that has items in hand.
 */
MP_API int mp_queue_lost(struct mp_queue *queue, void *buffer, size_t size, size_t *length,
			 pid_t *who);

/* How many items wait; out of date as soon as it is known, as are the next. */
MP_API size_t mp_queue_size(const struct mp_queue *queue);
/* How many were put and are not done: those that wait, those in hand, and the lost. */
MP_API size_t mp_queue_unfinished(struct mp_queue *queue);
/* Whether none waits; whether none can be put. */
MP_API bool mp_queue_is_empty(const struct mp_queue *queue);
MP_API bool mp_queue_is_full(struct mp_queue *queue);
MP_API bool mp_queue_is_closed(const struct mp_queue *queue);
/* As it was made. */
MP_API size_t mp_queue_capacity(const struct mp_queue *queue);
MP_API size_t mp_queue_item_max(const struct mp_queue *queue);

/* Frees this process's handle; others go on with theirs, and with what is in the queue. */
MP_API void mp_queue_free(struct mp_queue *queue);
/* --------------------------------------------------------------------------------- pool --- */

/*
 * Worker processes that stand ready, and run functions on inputs.
 *
 * The pool starts its workers when it is made; they are forked copies of the program at that
 * moment, so the functions, and all data that the functions use besides their input, must exist
 * then. (A worker that takes the place of another is a copy of the program at a later moment.) A
 * task is one call of a function in one of the workers. The inputs of a task go to the worker, and
 * its output comes back, as plain bytes: a pointer in them means nothing there, unless it points to
 * what existed before the pool was made, or to shared memory.
 *
 * There is no hidden thread and no hidden process. The pool makes progress while the program is in
 * a call that waits (map, apply, wait, next, join), or asks with timeout 0. In between the workers
 * go on with what was handed to them: at most two chunks of tasks each.
 *
 * Workers are named "PoolWorker-N", N counting from 1 in each pool, and are daemons: at the exit of
 * the program they are stopped as mp_process_finish() says, and they cannot start processes of
 * the library; if the program is killed, so are they. When a worker is told to end, its stdio is
 * flushed.
 *
 * Crash. When a worker dies (by a signal, by exit(3), by whatever), the one task that it had begun
 * and not finished has the outcome MP_CRASHED, or with the option `retry` is run once more. What it
 * had finished is not lost, what it had not begun goes to others, and another worker is started
 * in its place, by the next call that makes progress. A worker that is stopped (SIGSTOP) keeps what
 * it has in hand until it goes on: calls without a timeout wait for that.
 *
 * Fork: the pool and its results belong to the process that made it. In a forked copy, in workers
 * too, all calls that would wait or change anything say -ECHILD; freeing frees the copy, and does
 * nothing to the pool.
 *
 * Threads: one thread at a time may use a pool and all of its results.
 */
struct mp_pool;

#define MP_POOL_MAX 4096 /* workers */

/*
 * What a task does. input: input_size bytes, in an array that is aligned as malloc(3) does it, and
 * gone when the function returns. output: *output_size bytes of zeroes, aligned likewise. It may
 * reduce *output_size to the length of what it has to say; when it leaves it alone, all of it is
 * output.
 * 0: done. Anything else: failed, and the number is kept as the status; there is no output. A
 * length that is larger than the room was is a failure, too, with status -EMSGSIZE; so is, with
 * -ENOMEM, that the worker has no memory for inputs or output.
 */
typedef int mp_pool_function(const void *input, size_t input_size, void *output,
			     size_t *output_size);

/* Zeroes are the defaults. */
struct mp_pool_options {
	int (*initialize)(void *argument); /* runs first in each worker; 0: well; NULL: nothing */
	void *argument;			   /* handed to initialize; must live as long as the pool */
	size_t max_tasks;		   /* then a worker is replaced; 0: never */
	bool retry;			   /* a task whose worker dies is tried once more */
};

/*
 * Makes a pool with so many workers; 0: as many as there are processors online. options: copied;
 * NULL: the defaults. Does not wait for their initializers.
 * 0; -EINVAL (more than MP_POOL_MAX); -ENOMEM; what mp_process_start() says, first of all -EAGAIN
 * (fork) and -EPERM (this process is a daemon); -EMFILE, -ENFILE (three descriptors a worker, and
 * four more for a moment). After a failure no worker exists.
 */
MP_API int mp_pool_new(struct mp_pool **pool, unsigned workers,
		       const struct mp_pool_options *options);

/* What has become of a task. */
struct mp_pool_outcome {
	int result;    /* 0, MP_FAILED, MP_CRASHED, MP_RUNNING; or why it was given up, see below */
	int status;    /* with 0 and MP_FAILED: what the function returned */
	size_t length; /* with 0: bytes of output */
};

/*
 * `count` calls of one function. Input i is at inputs + i * input_size, output i is written to
 * outputs + i * output_size. Without inputs (input_size 0) or outputs (output_size 0) the pointer
 * may be NULL. The outputs of tasks that are not done hold anything.
 * chunk      how many tasks are handed to a worker at a time, and their outputs handed back: 0
 *            leaves it to the pool, which makes about four chunks for each worker; 1 is best when
 *            tasks take long, or each output is wanted at once.
 * outcomes   NULL, or room for `count` of them, which are right when the call, or the wait, is
 * over.
 */
struct mp_pool_job {
	mp_pool_function *function;
	const void *inputs;
	size_t input_size;
	void *outputs;
	size_t output_size;
	size_t count;
	size_t chunk;
	struct mp_pool_outcome *outcomes;
};

/*
 * Runs all tasks and waits for them; a task that fails does not keep the others from being run.
 * When all workers are idle each gets a chunk before one of them gets a second one.
 * 0: all are done. MP_FAILED, MP_CRASHED: the outcome of the first task, by its index, that is not
 * done; the others are over, too. MP_TIMEOUT: the time is up. -EINVAL (no function, inputs or
 * outputs; or too many bytes for any memory); -ENOMEM; -ESHUTDOWN (the pool was closed);
 * -ECHILD; or, when no worker is left and none can be started: why (see mp_pool_new()), or
 * -ENOTRECOVERABLE: one after the other died before its initializer was done, or the initializer
 * failed. After MP_TIMEOUT and these last ones, tasks that were not begun are not run, those that
 * are run go on, but nobody hears of them: no output is written after the return, and their outcome
 * is what the call returned. The pool is as usable as before.
 */
MP_API int mp_pool_map(struct mp_pool *pool, const struct mp_pool_job *job, int64_t timeout_ms);

/* The same for one task. outcome: NULL, or where its outcome goes. */
MP_API int mp_pool_apply(struct mp_pool *pool, mp_pool_function *function, const void *input,
			 size_t input_size, void *output, size_t room,
			 struct mp_pool_outcome *outcome, int64_t timeout_ms);

/*
 * Tasks that were handed in and are perhaps not over yet. A result belongs to the caller, who
 * frees it; before or after the pool.
 *
 * It is ready when all of its tasks are over. While it is not, the inputs, outputs and outcomes of
 * a map must stay where they are, and belong to the pool. An apply copies its input, and keeps its
 * output until it is fetched.
 */
struct mp_pool_result;

/* Hand in, and return. 0; -EINVAL, -ENOMEM, -ESHUTDOWN, -ECHILD as above. */
MP_API int mp_pool_map_async(struct mp_pool *pool, const struct mp_pool_job *job,
			     struct mp_pool_result **result);
MP_API int mp_pool_apply_async(struct mp_pool *pool, mp_pool_function *function, const void *input,
			       size_t input_size, size_t room, struct mp_pool_result **result);

/*
 * Waits until it is ready, and works for all results of the pool meanwhile. Timeout 0 asks whether
 * it is. 0 (ready, be the tasks done or not); MP_TIMEOUT; -ECHILD; or, when there is no worker, why
 * none can be started, as with mp_pool_map(): the tasks stay, and the next call tries again.
 */
MP_API int mp_pool_result_wait(struct mp_pool_result *result, int64_t timeout_ms);

/*
 * What has become of it; does not wait. Of an apply, *outcome, and its output in `output`; of a
 * map, *outcome is that of its first task that was not done, or else of its first one, and output
 * is not used. outcome may be NULL. Any number of times. 0, MP_FAILED, MP_CRASHED: as
 * mp_pool_map(); MP_RUNNING: it is not ready; -ECANCELED: the pool was terminated, or freed;
 * -EMSGSIZE: the output is longer than room.
 */
MP_API int mp_pool_result_get(const struct mp_pool_result *result, void *output, size_t room,
			      struct mp_pool_outcome *outcome);

/*
 * Wait for one task after the other: in the order of the inputs, or as they get done. Each call
 * tells one index. The two orders do not disturb each other.
 * 0, MP_FAILED, MP_CRASHED, -ECANCELED: the outcome of task *index; MP_END: all were told;
 * MP_TIMEOUT and the other errors as mp_pool_result_wait(), and no task is passed over. *index is
 * set only with the outcome of a task.
 */
MP_API int mp_pool_result_next(struct mp_pool_result *result, size_t *index, int64_t timeout_ms);
MP_API int mp_pool_result_next_done(struct mp_pool_result *result, size_t *index,
				    int64_t timeout_ms);

/* Frees it. If it is not ready: tasks that were not begun are not run, and of those that are run
 * nobody hears; nothing is written to outputs and outcomes any more. */
MP_API void mp_pool_result_free(struct mp_pool_result *result);

/* No more work is taken in; what was taken in is still done by calls that wait. When nobody has
 * anything more to do, the workers end. 0; -ECHILD. Any number of times. */
MP_API int mp_pool_close(struct mp_pool *pool);

/*
 * Ends it at once: workers are sent SIGTERM (and SIGCONT, for one that is stopped), and all that is
 * not done yet has the outcome -ECANCELED. Does not wait: mp_pool_join() does, and kills
 * those that are still there MP_GRACE_MS after the SIGTERM. 0; -ECHILD. Any number of times.
 */
MP_API int mp_pool_terminate(struct mp_pool *pool);

/*
 * Waits until all work is done and all workers have ended, and reaps them. 0; MP_TIMEOUT; -EBUSY
 * (close or terminate it first); -ECHILD; or why no worker can be started for the work that is
 * left, as mp_pool_result_wait().
 */
MP_API int mp_pool_join(struct mp_pool *pool, int64_t timeout_ms);

/* Terminates it, waits for the end of all workers, and frees it. To let them finish, and to have
 * what they have printed into stdio's buffers: close and join it before. */
MP_API void mp_pool_free(struct mp_pool *pool);

/* How many workers it was made with. */
MP_API unsigned mp_pool_workers(const struct mp_pool *pool);
/* The process ids of the workers that it has now, the first `room` of them (pids may be NULL for
 * 0). How many there are: fewer than mp_pool_workers() when some have ended or cannot be started.
 */
MP_API unsigned mp_pool_pids(const struct mp_pool *pool, pid_t *pids, unsigned room);
/* How many workers have ended otherwise than they should, as far as the pool has noticed. */
MP_API size_t mp_pool_crashes(const struct mp_pool *pool);

/* --------------------------------------------------------------------------------- lock --- */

/*
 * A lock that one thread of one process holds at a time; for every process that was forked after
 * it was made. Taking it when it is free, and releasing it when nobody waits, makes no system call.
 *
 * The holder is a thread: only the thread that took it can release it. A child does not hold what
 * its parent held at the fork. Not recursive. Which of several waiters comes next is not said.
 *
 * When a holder ends, by whatever death or exec, without releasing it, the next one to take it gets
 * it with MP_OWNER_DIED: what the lock protects may be half done. Who is told repairs it and
 * releases the lock as usual, or gives up with mp_lock_abandon().
 *
 * Threads: any number at once, but not while one of them frees it.
 */
struct mp_lock;

/* 0; -ENOMEM. */
MP_API int mp_lock_new(struct mp_lock **lock);

/*
 * Takes it; blocks while another one holds it. With timeout 0 it is a try. 0 (it is yours);
 * MP_OWNER_DIED (it is yours too, and the next will get 0); MP_TIMEOUT; -EDEADLK (you hold it);
 * -ENOTRECOVERABLE (it was abandoned: it is not yours).
 */
MP_API int mp_lock_acquire(struct mp_lock *lock, int64_t timeout_ms);

/* Gives it up. 0; -EPERM (the calling thread does not hold it). */
MP_API int mp_lock_release(struct mp_lock *lock);

/*
 * Gives it up for ever, because what it protects cannot be repaired: who waits for it, and who
 * comes later, gets -ENOTRECOVERABLE. 0; -EPERM (the calling thread does not hold it).
 */
MP_API int mp_lock_abandon(struct mp_lock *lock);

/* Frees this process's handle; others go on with theirs. 0; -EBUSY (the calling thread holds it:
 * nothing was freed). */
MP_API int mp_lock_free(struct mp_lock *lock);

/* -------------------------------------------------------------------------------- rlock --- */

/*
 * A lock that its holder may take again: it is free when it was released as often as it was taken.
 * For the rest it is like a lock (see there): a child of the holder does not hold it, and the next
 * one is told when a holder died, however often he had taken it. It cannot be abandoned.
 *
 * Threads: any number at once, but not while one of them frees it.
 */
struct mp_rlock;

/* 0; -ENOMEM. */
MP_API int mp_rlock_new(struct mp_rlock **rlock);

/*
 * Takes it, once more if the calling thread holds it, which never blocks. 0; MP_OWNER_DIED (it is
 * yours, and whoever held it before died; taking it again gives 0); MP_TIMEOUT; -EAGAIN (taken
 * UINT_MAX times).
 */
MP_API int mp_rlock_acquire(struct mp_rlock *rlock, int64_t timeout_ms);

/* Takes back one acquire; the last one frees it for others. 0; -EPERM (the calling thread does not
 * hold it). */
MP_API int mp_rlock_release(struct mp_rlock *rlock);

/* How often the calling thread holds it; 0 when it does not. */
MP_API unsigned mp_rlock_count(const struct mp_rlock *rlock);

/* Frees this process's handle; others go on with theirs. 0; -EBUSY (the calling thread holds it:
 * nothing was freed). */
MP_API int mp_rlock_free(struct mp_rlock *rlock);

/* ---------------------------------------------------------------------------- semaphore --- */

/*
 * A number of units that processes take and give back; for every process that was forked after it
 * was made. Who finds none waits for one. Taking one that is there, and giving one back when nobody
 * waits, makes no system call (after a waiter was killed, giving one back makes one).
 *
 * A unit has no owner: any process may give back what another one took, and nobody gives back what
 * a process held that died. Where that matters, use locks. Which of several waiters gets the next
 * unit is not said. A waiter that dies or is stopped when a unit comes keeps it from the others
 * for less than a second.
 *
 * Threads: any number at once, but not while one of them frees it.
 */
struct mp_semaphore;

#define MP_SEMAPHORE_MAX 2147483647 /* units */

/*
 * value  units at the beginning.
 * most   more there will never be, so that a release too many is noticed; 0: MP_SEMAPHORE_MAX.
 * 0; -EINVAL (value is more than most, or most than MP_SEMAPHORE_MAX); -ENOMEM.
 */
MP_API int mp_semaphore_new(struct mp_semaphore **semaphore, unsigned value, unsigned most);

/* Takes a unit; blocks while there is none. With timeout 0 it is a try. 0; MP_TIMEOUT. */
MP_API int mp_semaphore_acquire(struct mp_semaphore *semaphore, int64_t timeout_ms);

/* Gives one back, and wakes one that waits. Never blocks. 0; -EOVERFLOW (there are `most` already:
 * nothing was changed). */
MP_API int mp_semaphore_release(struct mp_semaphore *semaphore);

/* How many units are there; out of date as soon as it is known. */
MP_API unsigned mp_semaphore_value(const struct mp_semaphore *semaphore);

/* Frees this process's handle; others go on with theirs. */
MP_API void mp_semaphore_free(struct mp_semaphore *semaphore);

/* ---------------------------------------------------------------------------- condition --- */

/*
 * A place to wait until another process has changed something that a lock protects. Who finds that
 * he cannot go on waits, which gives up the lock for the time; who has changed something notifies,
 * with the lock held.
 *
 * Exactly those who wait at the moment of a notification can be woken by it, the longest waiting
 * first, and each is woken by one only. There are no wake-ups without a cause, but when a waiter
 * has the lock again, others may have had it before: look again whether you can go on.
 *
 * Deaths. A waiter that was killed takes no notification from the others: what reached it before
 * it had the lock goes, within a second, to one of those who waited at the same time. When somebody
 * dies while he holds the lock, one waiter ends its wait with MP_OWNER_DIED, within a second; when
 * the lock is abandoned, all of them end it with -ENOTRECOVERABLE.
 *
 * Threads: any number at once, but not while one of them frees it.
 */
struct mp_condition;

#define MP_CONDITION_MAX 1024 /* waiters at one time */

/*
 * lock  stays the caller's, and must be freed after the condition. Several conditions may share it.
 * 0; -ENOMEM.
 */
MP_API int mp_condition_new(struct mp_condition **condition, struct mp_lock *lock);

/*
 * Releases the lock, waits for a notification, and takes the lock again, for which there is no
 * time limit. The lock is held afterwards, but for the errors.
 * 0 (notified); MP_TIMEOUT (not notified); MP_OWNER_DIED (the lock's last holder died; notified or
 * not, look at what the lock protects); -EPERM (the calling thread does not hold the lock; nothing
 * was done); -EAGAIN (MP_CONDITION_MAX wait already; the lock is held on); -ENOTRECOVERABLE (the
 * lock was abandoned and is not held).
 */
MP_API int mp_condition_wait(struct mp_condition *condition, int64_t timeout_ms);

/*
 * Waits until the predicate is true; it is called with the lock held, first before any wait, last
 * when the time is up. 0 (it is true); otherwise as mp_condition_wait(): with MP_OWNER_DIED the
 * predicate was not asked again.
 */
MP_API int mp_condition_wait_for(struct mp_condition *condition, bool (*predicate)(void *argument),
				 void *argument, int64_t timeout_ms);

/*
 * Wakes as many as n of those that wait now, or all of them; if fewer wait, so many. They go on
 * when they get the lock. Never blocks. 0; -EPERM (the calling thread does not hold the lock).
 */
MP_API int mp_condition_notify(struct mp_condition *condition, unsigned n);
MP_API int mp_condition_notify_all(struct mp_condition *condition);

/* Frees this process's handle; others go on with theirs. The lock stays. */
MP_API void mp_condition_free(struct mp_condition *condition);

/* -------------------------------------------------------------------------------- event --- */

/*
 * Something that happens, once or again: a flag on which any number of processes can wait; for
 * every process that was forked after it was made. Asking makes no system call, nor does waiting
 * for one that is set.
 *
 * Who waits at the moment of the set goes on, though the event is cleared right after it. A setter
 * that is killed has set it or not; if it has, the waiters go on within a second.
 *
 * Threads: any number at once, but not while one of them frees it.
 */
struct mp_event;

/* It is not set. 0; -ENOMEM. */
MP_API int mp_event_new(struct mp_event **event);

/* Sets it and lets all go on who wait; or clears it again. Never block. 0. */
MP_API int mp_event_set(struct mp_event *event);
MP_API int mp_event_clear(struct mp_event *event);

MP_API bool mp_event_is_set(const struct mp_event *event);

/* Waits until it is set. 0 (it is, or was set while waiting); MP_TIMEOUT. */
MP_API int mp_event_wait(struct mp_event *event, int64_t timeout_ms);

/* Frees this process's handle; others go on with theirs. */
MP_API void mp_event_free(struct mp_event *event);

/* ------------------------------------------------------------------------------ barrier --- */

/*
 * A place where `parties` threads of any processes wait until all of them have come; then all go
 * on, and the next round begins. For every process that was forked after it was made.
 *
 * Every party but the last of a round sleeps in the kernel (FUTEX_WAIT, on one word for the round);
 * the last one wakes all of them with one call. It first makes sure that they sleep, for at most a
 * second, so that the meeting can be seen from outside.
 *
 * A broken barrier lets nobody wait: each party gets MP_BROKEN until mp_barrier_reset().
 *
 * Deaths. A process belongs to the barrier from its first wait, or from mp_barrier_enroll(), until
 * it frees its handle or ends in good order: its run function returns, or it calls exit(3), or
 * returns from main. When one that belongs dies otherwise (by a signal, or by _exit(2)), whether it
 * waits or not, who waits for the others is told with MP_BROKEN within a second: the barrier is
 * broken. mp_barrier_reset() forgets the dead. One that ended in good order is not missed: who
 * waits for another one to come goes on waiting. Of twice as many processes as there are parties,
 * and 64 more, deaths are noticed.
 *
 * Threads: any number at once, but not while one of them frees it.
 */
struct mp_barrier;

#define MP_BARRIER_MAX 32767 /* parties */

/* 0; -EINVAL (parties is not 1 to MP_BARRIER_MAX); -ENOMEM. */
MP_API int mp_barrier_new(struct mp_barrier **barrier, unsigned parties);

/*
 * The calling process will come: if it dies before its first wait, that is noticed, too. To be
 * called by each party when it begins; any number of times. 0; -EAGAIN (too many belong already).
 */
MP_API int mp_barrier_enroll(struct mp_barrier *barrier);

/*
 * Waits for the others. 0: all have come. MP_TIMEOUT: they had not in time, and the barrier is
 * broken now. MP_BROKEN: it is, or was broken while waiting. With one party it returns at once.
 */
MP_API int mp_barrier_wait(struct mp_barrier *barrier, int64_t timeout_ms);

/*
 * The same, and with 0 tells in *index as which party of the round it came, from 0 to parties - 1:
 * so one of them can do what is to be done once in a round.
 */
MP_API int mp_barrier_wait_index(struct mp_barrier *barrier, int64_t timeout_ms, unsigned *index);

/* Breaks it: who waits, and who comes, gets MP_BROKEN. 0. */
MP_API int mp_barrier_abort(struct mp_barrier *barrier);

/* Makes it whole and empty, and forgets the dead; who waits at this moment gets MP_BROKEN. 0. */
MP_API int mp_barrier_reset(struct mp_barrier *barrier);

MP_API unsigned mp_barrier_parties(const struct mp_barrier *barrier);
/* How many have come in this round; out of date as soon as it is known. */
MP_API unsigned mp_barrier_waiting(const struct mp_barrier *barrier);
MP_API bool mp_barrier_is_broken(const struct mp_barrier *barrier);

/* Frees this process's handle; others go on with theirs. */
MP_API void mp_barrier_free(struct mp_barrier *barrier);

/* -------------------------------------------------------------------------------- value --- */

/*
 * A number in memory that processes share, with a lock; for every process that was forked after
 * it was made.
 *
 * mp_value_get_…, _set_… and _add_… do one thing as a whole: they take the lock by themselves
 * (and block while another one holds it), so no addition is lost. What needs more than one of them
 * stands between mp_value_acquire() and mp_value_release(), where they work too. A program may
 * also read and write the memory itself, under the lock, or in its own way.
 *
 * The lock belongs to a thread, and is recursive: who holds it may acquire it again, and releases
 * it as often. A child does not hold what its parent held at the fork. When the holder ends
 * without releasing it, the next acquire says MP_OWNER_DIED, however often get, set and add were
 * called since; they themselves go on as ever. Whoever dies inside of one of them leaves the old
 * number or the new one, and nothing to be told.
 *
 * Each takes a page of memory (4096 bytes, or more); many numbers are better off in an mp_array.
 *
 * Threads: any number at once, but not while one of them frees it.
 */
struct mp_value;

/* The number is 0. 0; -EINVAL (no type of number); -ENOMEM. */
MP_API int mp_value_new(struct mp_value **value, enum mp_type type);

/* Where it is, aligned for its type: the same memory in every process. Until it is freed. */
MP_API void *mp_value_data(struct mp_value *value);
MP_API enum mp_type mp_value_type(const struct mp_value *value);

/*
 * Takes the lock; blocks while another one holds it. With timeout 0 it is a try. 0 (it is yours);
 * MP_OWNER_DIED (it is yours too, and the next will get 0: see what the dead holder left in the
 * memory); MP_TIMEOUT.
 */
MP_API int mp_value_acquire(struct mp_value *value, int64_t timeout_ms);
/* Gives it up, once. 0; -EPERM (the calling thread does not hold it). */
MP_API int mp_value_release(struct mp_value *value);

/*
 * For every type of integer. *sum, if sum is not NULL, is what the number is after the addition.
 * 0; -EINVAL (it is floating); -ERANGE (the number, or the new one, does not fit its type or
 * int64_t: nothing was changed).
 */
MP_API int mp_value_get_int64(struct mp_value *value, int64_t *number);
MP_API int mp_value_set_int64(struct mp_value *value, int64_t number);
MP_API int mp_value_add_int64(struct mp_value *value, int64_t number, int64_t *sum);

/*
 * The same for MP_FLOAT and MP_DOUBLE. A float takes the nearest number that it has. 0; -EINVAL
 * (it is an integer); -ERANGE (finite numbers would become an infinite one: nothing was changed).
 */
MP_API int mp_value_get_double(struct mp_value *value, double *number);
MP_API int mp_value_set_double(struct mp_value *value, double number);
MP_API int mp_value_add_double(struct mp_value *value, double number, double *sum);

/* Frees this process's handle; others go on with theirs. 0; -EBUSY (the calling thread holds the
 * lock: nothing was freed). */
MP_API int mp_value_free(struct mp_value *value);

/* -------------------------------------------------------------------------------- array --- */

/*
 * A fixed count of numbers of one type, side by side in memory that processes share, with one
 * lock for all of them. As for mp_value (see there for the lock, for threads, and for who dies)
 * but with an index, which counts from 0. Copying a part is memcpy(3) under the lock. To share a
 * struct, make an array of as many MP_UINT8 as it has bytes.
 */
struct mp_array;

/*
 * Every number is 0. A count of 0 is allowed. The memory is taken as it is touched, be it only
 * read. 0; -EINVAL (no type of number); -ENOMEM (also when so many numbers cannot be).
 */
MP_API int mp_array_new(struct mp_array **array, enum mp_type type, size_t count);

/* Where the first one is, aligned to 64 bytes: the same memory in every process. Never NULL. */
MP_API void *mp_array_data(struct mp_array *array);
MP_API enum mp_type mp_array_type(const struct mp_array *array);
MP_API size_t mp_array_count(const struct mp_array *array);

/* As mp_value_acquire() and mp_value_release(). */
MP_API int mp_array_acquire(struct mp_array *array, int64_t timeout_ms);
MP_API int mp_array_release(struct mp_array *array);

/* As for mp_value; and -ERANGE says too that there is no such index. */
MP_API int mp_array_get_int64(struct mp_array *array, size_t index, int64_t *number);
MP_API int mp_array_set_int64(struct mp_array *array, size_t index, int64_t number);
MP_API int mp_array_add_int64(struct mp_array *array, size_t index, int64_t number, int64_t *sum);
MP_API int mp_array_get_double(struct mp_array *array, size_t index, double *number);
MP_API int mp_array_set_double(struct mp_array *array, size_t index, double number);
MP_API int mp_array_add_double(struct mp_array *array, size_t index, double number, double *sum);

/* As mp_value_free(). */
MP_API int mp_array_free(struct mp_array *array);

/* ---------------------------------------------------------------------------- namespace --- */

/*
 * Values that have names, in memory that processes share; for every process that was forked after
 * it was made. What a process left there is there after it has gone.
 *
 * A name has 1 to MP_NAME_MAX bytes and ends with a 0. A value is an int64_t, a double, a string
 * or any bytes, and is copied in and out. Every call does its work as a whole, under a lock of its
 * own: it may block for as long as others need for theirs. A process may die at any moment: the
 * value is the old one or the new one, and nobody has to be told. One that is stopped in the middle
 * of a call holds up the others until it goes on or dies.
 *
 * Room: a name with its value takes 17 bytes, its length, and that of the value (8 for a number,
 * one more than its length for a string), rounded up to a multiple of 8. All that is there at one
 * time fits into the `bytes` of mp_namespace_new(); what was replaced or deleted takes none of it.
 * The memory taken from the system is up to twice that, as it is written.
 *
 * Time: a call looks at the names one by one; it is made for tens or hundreds of them. To replace
 * a number is one store. Other changes copy all values now and then: when more was replaced and
 * deleted than is there, or when there is no room left behind it. With twice the bytes that are
 * needed that is rare.
 *
 * Threads: any number at once, but not while one of them frees it.
 */
struct mp_namespace;

#define MP_NAME_MAX 255 /* bytes in a name */

/* It is empty. 0; -EINVAL (no bytes); -ENOMEM. */
MP_API int mp_namespace_new(struct mp_namespace **ns, size_t bytes);

/*
 * Gives the name a value, in place of any that it has, of whatever type. 0; -ENOSPC (no room:
 * nothing was changed); -EINVAL (no such name can be).
 */
MP_API int mp_namespace_set_int64(struct mp_namespace *ns, const char *name, int64_t number);
MP_API int mp_namespace_set_double(struct mp_namespace *ns, const char *name, double number);
MP_API int mp_namespace_set_string(struct mp_namespace *ns, const char *name, const char *text);
MP_API int mp_namespace_set_bytes(struct mp_namespace *ns, const char *name, const void *bytes,
				  size_t size);

/* The same, but only if the name has no value. Also -EEXIST (it has one: nothing was changed). */
MP_API int mp_namespace_create_int64(struct mp_namespace *ns, const char *name, int64_t number);
MP_API int mp_namespace_create_double(struct mp_namespace *ns, const char *name, double number);
MP_API int mp_namespace_create_string(struct mp_namespace *ns, const char *name, const char *text);
MP_API int mp_namespace_create_bytes(struct mp_namespace *ns, const char *name, const void *bytes,
				     size_t size);

/*
 * The same, but only if the value is the expected one, of the same type and bit by bit (so 0.0 is
 * not -0.0). Also MP_DIFFERENT (it is another); -ENOENT (there is none): nothing was changed.
 */
MP_API int mp_namespace_swap_int64(struct mp_namespace *ns, const char *name, int64_t expected,
				   int64_t number);
MP_API int mp_namespace_swap_double(struct mp_namespace *ns, const char *name, double expected,
				    double number);
MP_API int mp_namespace_swap_string(struct mp_namespace *ns, const char *name, const char *expected,
				    const char *text);
MP_API int mp_namespace_swap_bytes(struct mp_namespace *ns, const char *name, const void *expected,
				   size_t expected_size, const void *bytes, size_t size);

/* The value of a name. 0; -ENOENT; -EINVAL (it has another type; or no such name can be). */
MP_API int mp_namespace_get_int64(struct mp_namespace *ns, const char *name, int64_t *number);
MP_API int mp_namespace_get_double(struct mp_namespace *ns, const char *name, double *number);
/*
 * Into a buffer of `size` bytes; *length (which may be NULL) is how long it is. A string's length
 * is without the 0 that ends it, which needs room, too. Also -EMSGSIZE (the buffer is too small:
 * nothing was stored but *length).
 */
MP_API int mp_namespace_get_string(struct mp_namespace *ns, const char *name, char *buffer,
				   size_t size, size_t *length);
MP_API int mp_namespace_get_bytes(struct mp_namespace *ns, const char *name, void *buffer,
				  size_t size, size_t *length);

/* *type is MP_INT64, MP_DOUBLE, MP_STRING or MP_BYTES. 0; -ENOENT; -EINVAL. */
MP_API int mp_namespace_type(struct mp_namespace *ns, const char *name, enum mp_type *type);

/* Takes the name and its value away. 0; -ENOENT; -EINVAL. */
MP_API int mp_namespace_delete(struct mp_namespace *ns, const char *name);

/* Waits until the name has a value. 0; MP_TIMEOUT; -EINVAL. */
MP_API int mp_namespace_wait(struct mp_namespace *ns, const char *name, int64_t timeout_ms);

/* How many names there are; out of date as soon as it is known. */
MP_API size_t mp_namespace_count(struct mp_namespace *ns);

/*
 * Replaces the name in the buffer with the next one in the order of their bytes; "" comes before
 * all. Called again and again, it tells of every name that is there all the while exactly once; of
 * one that comes or goes meanwhile, perhaps. 0; MP_END (there is no next one: the buffer is as it
 * was).
 */
MP_API int mp_namespace_next(struct mp_namespace *ns, char name[MP_NAME_MAX + 1]);

/* Frees this process's handle; others go on with theirs. */
MP_API void mp_namespace_free(struct mp_namespace *ns);
/* --------------------------------------------------------------------------------- comm --- */

/*
 * Ranks: processes with the numbers 0 to size - 1 that run one program and send each other
 * messages, as in MPI.
 *
 * Alone, mp_comm_run() starts the ranks on this machine; they share memory, and nobody needs a
 * system call to send or receive while the other side is awake. Started by the mpiexec of Open MPI
 * or MPICH, the process is itself one rank of a job, on as many machines as the job has, and the
 * messages are MPI's. The program is the same.
 *
 * A message has a sender, a receiver, a tag (0 to MP_COMM_TAG_MAX) and 0 to MP_COMM_MAX bytes.
 * Messages from one rank to another are received in the order in which they were sent, among those
 * that the source and the tag of the receive allow. Sending may return before the message was
 * received. A rank that waits takes in whatever else comes for it, into memory of its own, until
 * it is asked for.
 *
 * A rank that is gone, because it died or left its run function: what it has sent completely can
 * still be received. Then receiving from it, or sending to it, says MP_DIED, within a second. A
 * message that it had not received is lost. Under MPI this is so for a rank that left; when one
 * dies, the launcher ends the whole job.
 *
 * Fork: the comm belongs to the process of its rank; not even its children may use it.
 * Threads: one at a time.
 */
struct mp_comm;

#define MP_COMM_RANKS_MAX 256	     /* ranks that mp_comm_run() starts */
#define MP_COMM_TAG_MAX	  32767	     /* the largest tag */
#define MP_COMM_MAX	  2147483647 /* bytes in a message */
#define MP_COMM_ANY	  (-1)	     /* any source, or any tag */

struct mp_comm_status {
	int source;
	int tag;
	size_t size; /* of the whole message, in bytes */
};

/*
 * Runs run(comm, argument) in every rank. `ranks` is 1 to MP_COMM_RANKS_MAX. The comm exists until
 * run returns.
 *
 * Alone: each rank is a child process (mp_process(3) says what a child is like), named "rank-0" and
 * so on; run's result is its exit status. Blocks until all have ended, and reaps them. *status is 0
 * if all of them ended with 0; else what mp_process_exit_code() says of the lowest rank that did
 * not: 1 to 255, or minus the number of the signal that killed it. The other ranks are not stopped
 * when one fails.
 *
 * Under a launcher: `ranks` does not count, mp_comm_size() is the job's. run is called in this
 * process. *status is the low eight bits of its result; end the process with it. Waits until all
 * ranks of the job have returned from run; but if run's result is not 0 and the others do not
 * return within a second, the job is aborted (MPI_Abort) with that status, so that nobody waits
 * for ever for a rank that has failed. At its end a job is aborted, too, in which some ranks were
 * waiting for others in something that all do together, and these had left without it. Once in a
 * program.
 *
 * The environment says which it is: OMPI_COMM_WORLD_SIZE is set by Open MPI, PMI_RANK and PMI_SIZE
 * by MPICH. MPROC_MPI, if it is set, decides: "openmpi", "mpich" or "none".
 *
 * 0 (run was called in every rank, and *status is set). A negative errno: no rank is left.
 * -EINVAL (ranks; no run; MPROC_MPI is another word); -ENOMEM; what mp_process_start() says;
 * -ECHILD (the ranks have run, but somebody else took an exit status). Under a launcher: -ELIBACC
 * (libmproc's module for this MPI is not installed, or cannot be loaded; the variable MPROC_MODULES
 * may name the directory that has it); -ELIBBAD (it is of
 * another version); -EALREADY (not the first time, or in a child); -EIO (MPI does not start).
 */
MP_API int mp_comm_run(unsigned ranks, int (*run)(struct mp_comm *comm, void *argument),
		       void *argument, int *status);

/* The caller's number, and how many there are. */
MP_API int mp_comm_rank(const struct mp_comm *comm);
MP_API int mp_comm_size(const struct mp_comm *comm);

/*
 * Sends a message; when it returns, data may be changed. Blocks while the destination takes
 * nothing and what is under way to it is full (4 KiB at least). Meanwhile the caller takes in what
 * is sent to it, so two ranks may send each other messages of any size at once. To itself, too.
 * 0; MP_DIED; -EINVAL (no such rank or tag); -EMSGSIZE (too long); -ENOMEM (to itself only).
 */
MP_API int mp_comm_send(struct mp_comm *comm, int destination, int tag, const void *data,
			size_t size);

/*
 * Receives the first message from source with that tag; MP_COMM_ANY for either takes any. Blocks
 * until one is there. status may be NULL.
 * 0; -EMSGSIZE (it has more than size bytes; it is kept, and *status describes it); MP_DIED (the
 * source is gone; of any source: all the other ranks are); -EDEADLK (only the caller itself could
 * send it, and has not); -EINVAL (no such rank or tag); -ENOMEM (it could not be taken in; try
 * again). Unless it is 0, what is in the buffer is not said; *status is set with 0 and -EMSGSIZE.
 */
MP_API int mp_comm_recv(struct mp_comm *comm, int source, int tag, void *buffer, size_t size,
			struct mp_comm_status *status);

/*
 * Waits until mp_comm_recv() with this source and tag would not block, and describes the message
 * in *status, which may be NULL. 0; MP_TIMEOUT; MP_DIED, -EDEADLK (but with timeout 0: MP_TIMEOUT),
 * -EINVAL, -ENOMEM as there.
 */
MP_API int mp_comm_probe(struct mp_comm *comm, int source, int tag, struct mp_comm_status *status,
			 int64_t timeout_ms);

/*
 * Sends one message, then receives another; data and buffer may not overlap. As every rank does
 * both, none waits in vain for the other's half. Results as of the two; when sending fails nothing
 * is received.
 */
MP_API int mp_comm_sendrecv(struct mp_comm *comm, int destination, int send_tag, const void *data,
			    size_t size, int source, int recv_tag, void *buffer, size_t room,
			    struct mp_comm_status *status);

/*
 * What all ranks do together. Every rank calls the same ones in the same order, with the same root,
 * size, type and so on; `size` counts the bytes for, or from, one rank, at most MP_COMM_MAX; in and
 * out may not overlap. They block until the caller's part is done. Messages of the program are not
 * mixed up with them.
 *
 * 0; MP_DIED (a rank is gone that has not done its part: every rank that still waits for somebody
 * gets it, and so does who calls the next one; a rank whose part was done before got 0); -EINVAL
 * (root, type, operation); -EMSGSIZE (too much); -EBADMSG (the ranks do not agree about the size;
 * not always noticed); -ENOMEM (out is not complete).
 *
 * MPI cannot give up what it has begun: there the memory of a call that said MP_DIED may be used,
 * and written to, until the process ends. So it has to stay, and not on the stack of a function
 * that returns.
 */

/* Until all have come. */
MP_API int mp_comm_barrier(struct mp_comm *comm);
/* Root's data for everybody. */
MP_API int mp_comm_broadcast(struct mp_comm *comm, int root, void *data, size_t size);
/* Rank r gets the r-th piece of root's in, which is used in root only. */
MP_API int mp_comm_scatter(struct mp_comm *comm, int root, const void *in, void *out, size_t size);
/* Root's out gets everybody's in, in the order of the ranks; it is used in root only. */
MP_API int mp_comm_gather(struct mp_comm *comm, int root, const void *in, void *out, size_t size);
/* The r-th piece of in goes to rank r; the r-th piece of out comes from there. */
MP_API int mp_comm_all_to_all(struct mp_comm *comm, const void *in, void *out, size_t size);

enum mp_comm_operation { MP_SUM, MP_PRODUCT, MP_MIN, MP_MAX };

/*
 * Combines the numbers of all ranks, each with those at the same place: root's out, which is used
 * in root only, gets `count` of them. Always in the order of the ranks, from 0 up, so sums of
 * floating point numbers are the same every time. Sums and products of integers wrap around. A
 * NaN is neither the least nor the greatest, unless all are.
 */
MP_API int mp_comm_reduce(struct mp_comm *comm, int root, const void *in, void *out, size_t count,
			  enum mp_type type, enum mp_comm_operation operation);

#ifdef __cplusplus
}
#endif

#endif
