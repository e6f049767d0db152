/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: nothing. Gives: the wire format between the kernel side and everybody else, which is
 * also the body of a record file. Never: pointers, `long`, `bool`, or anything whose size or
 * padding depends on the compiler; every struct is a multiple of eight bytes and is asserted.
 *
 * One struct per kind of event. Every struct starts with `struct mp_event`. All times are
 * nanoseconds of CLOCK_MONOTONIC. A process is keyed by `pid` (its thread group in the first
 * pid namespace) together with `start` (when its group leader was created), because a pid is
 * used again.
 */
#ifndef MP_EVENT_H
#define MP_EVENT_H

#ifdef __bpf__
typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef int __s32;
typedef unsigned long long __u64;
typedef long long __s64;
#else
#include <linux/types.h>
#endif

/* Raised when the meaning or the size of any event changes: a record says which it holds. */
#define MP_EVENT_VERSION 3

#define MP_COMM_LEN   16
#define MP_TEXT_SMALL 256  /* most lines fit in this */
#define MP_TEXT_LARGE 8192 /* the largest stdio buffer in use; a longer write is cut short */
#define MP_ARGV_LEN   512
#define MP_PATH_LEN   768 /* 512 bytes of whole names, and one more name */
#define MP_MAP_NAME   64

/* clang-format off */
enum mp_kind {
	MP_FORK = 1,   /* a process or a thread was created            struct mp_fork   */
	MP_EXEC,       /* a new program image                          struct mp_exec   */
	MP_EXIT,       /* a thread has ended                           struct mp_exit   */
	MP_RENAME,     /* the kernel's name of a thread was changed    struct mp_rename */
	MP_SIGNAL,     /* a signal was sent (seen in the sender)       struct mp_signal */
	MP_DELIVER,    /* a signal was delivered (seen in the target)  struct mp_deliver*/
	MP_IO,         /* read, write and their relatives              struct mp_io     */
	MP_TEXT,       /* a write to descriptor 1 or 2, with its bytes struct mp_text   */
	MP_FD,         /* a descriptor came, moved or went             struct mp_fd     */
	MP_FUTEX,      /* any operation of futex(2)                    struct mp_futex  */
	MP_WAIT,       /* wait4(2), waitid(2)                          struct mp_wait   */
	MP_SLEEP,      /* nanosleep(2), clock_nanosleep(2)             struct mp_sleep  */
	MP_CALL,       /* poll, select, epoll, kill, prctl, …: only its number, arguments, result */
	MP_WAKE,       /* a blocked thread was made runnable           struct mp_wake   */
	MP_BLIND,      /* something we do not decode                   struct mp_blind  */
	MP_OPEN,       /* a file was opened by name                    struct mp_open   */
	MP_MAP,        /* memory that processes can share came or went struct mp_map    */
	MP_KINDS
};
/* clang-format on */

/* mp_event.flags, any kind */
#define MP_F_BLOCKED 1 /* the call really went to sleep; `begin` says when */
#define MP_F_CUT     2 /* text or argv was longer than what is here */
#define MP_F_RESTART 4 /* a signal interrupted the call; the kernel may run it again */
#define MP_F_SHORT   8 /* some user memory could not be read: fields below it are zero */

struct mp_event {
	__u16 kind;
	__u16 flags;
	__u32 size; /* of the whole event, a multiple of eight */
	__u32 pid;  /* who did it */
	__u32 tid;
	__u64 start;
	__u64 begin; /* when it blocked, or the same as end */
	__u64 end;
};

/* What a descriptor refers to, the same in every process. `ino` 0: not known. */
struct mp_object {
	__u64 ino;
	__u64 peer;   /* inode of the other socket of a connected AF_UNIX pair, or 0 */
	__u32 dev;    /* the kernel's own coding of the device number (not stat's) */
	__u16 mode;   /* i_mode: S_IFIFO, S_IFSOCK, S_IFREG, S_IFCHR; 0 for anonymous inodes */
	__u16 access; /* MP_READS | MP_WRITES: how this descriptor was opened */
};
#define MP_READS  1
#define MP_WRITES 2

struct mp_fork {
	struct mp_event e; /* pid, tid: the parent */
	__u64 child_start;
	__u32 child_pid;
	__u32 child_tid;
	__u32 child_vpid; /* the tid as the child's own pid namespace numbers it */
	__u32 child_flags;
	__u32 real_parent; /* pid of the process that will be told of its end (CLONE_PARENT) */
	__u32 pad;
	char comm[MP_COMM_LEN];
};
#define MP_FORK_THREAD 1 /* same process: CLONE_THREAD */
#define MP_FORK_VM     2 /* shares memory: vfork, posix_spawn */
#define MP_FORK_FILES  4 /* shares the descriptor table: CLONE_FILES */

struct mp_exec {
	struct mp_event e;
	__u32 old_tid; /* the thread that called execve; it takes over the pid */
	__u32 argv_len;
	char comm[MP_COMM_LEN];
	char argv[MP_ARGV_LEN]; /* words, each ended by a zero byte; MP_F_CUT: there was more */
};

struct mp_exit {
	struct mp_event e; /* begin: since when it was blocked (MP_F_BLOCKED) when it ended */
	__s32 thread_status;
	__s32 status; /* of the whole process, as wait(2) gives it; valid with MP_EXIT_LAST */
	__u32 exit_flags;
	__s32 nr; /* the system call it was in, or -1 */
	__u64 args[6];
	struct mp_object object; /* of args[0] where that is a descriptor */
};
#define MP_EXIT_LAST	 1 /* the last thread: the process ends */
#define MP_EXIT_AUTOREAP 2 /* its parent ignores SIGCHLD: nobody has to reap it */

struct mp_rename {
	struct mp_event e;
	char comm[MP_COMM_LEN];
};

struct mp_signal {
	struct mp_event e; /* pid 0: sent from outside of the traced tree or by the kernel */
	__u64 target_start;
	__u32 target_pid;
	__u32 target_tid;
	__u32 target_vpid;
	__s32 signal;
	__s32 code;	/* si_code: <= 0 a process asked for it; > 0 the kernel did */
	__s32 result;	/* TRACE_SIGNAL_*: 0 sent, 1 ignored, 2 already pending, 3, 4 lost */
	__u32 to_group; /* to the process rather than to one thread */
	__u32 target_traced;
};

struct mp_deliver {
	struct mp_event e;
	__s32 signal;
	__s32 code;
	__u32 action; /* 0 default, 1 ignored, 2 a handler runs */
	__u32 pad;
};

struct mp_io {
	struct mp_event e;
	__s32 nr;
	__s32 fd;
	__s64 result;	 /* bytes, or a negative errno */
	__u64 asked;	 /* bytes asked for, of readv(2) when it got none; else 0 where no one
			  * number of the call says it */
	__u32 direction; /* MP_READS or MP_WRITES */
	__u32 io_flags;
	struct mp_object object;
};
#define MP_IO_PEEK     1 /* recv with MSG_PEEK: the bytes stay */
#define MP_IO_DATAGRAM 2 /* one call is one message, and length 0 is not end of file */
#define MP_IO_MANY     4 /* sendmmsg, recvmmsg: result counts messages, not bytes */
#define MP_IO_RIGHTS   8 /* descriptors were passed with it: the table cannot be followed */

struct mp_text {
	struct mp_io io;
	__u32 length; /* bytes in text; less than io.result with MP_F_CUT */
	__u32 pad;
	char text[]; /* MP_TEXT_SMALL or MP_TEXT_LARGE bytes are reserved */
};

/* fd_op of struct mp_fd */
enum mp_fd_op {
	MP_FD_HELD = 1,	   /* the command had it from the start */
	MP_FD_OPEN,	   /* fd is new: open, socket, accept, eventfd, memfd_create, … */
	MP_FD_PAIR,	   /* fd (reading) and fd2 (writing) are new: pipe, socketpair */
	MP_FD_DUP,	   /* fd2 is now the same as fd; what fd2 was before is closed */
	MP_FD_CLOSE,	   /* fd is gone, also when close() reported an error other than EBADF */
	MP_FD_CLOSE_RANGE, /* fd to fd2 are gone, or close-on-exec with MP_FD_ONLY_MARK */
	MP_FD_MARK,	   /* close-on-exec of fd is now MP_FD_CLOEXEC or not: fcntl, ioctl */
};
struct mp_fd {
	struct mp_event e;
	__s32 nr; /* -1 for MP_FD_HELD */
	__u32 fd_op;
	__u32 fd;
	__u32 fd2;
	__u32 fd_flags;
	__u32 pad;
	struct mp_object object;
	struct mp_object object2;
};
#define MP_FD_CLOEXEC	1
#define MP_FD_ONLY_MARK 2 /* close_range with CLOSE_RANGE_CLOEXEC */
#define MP_FD_UNSHARE	4 /* close_range with CLOSE_RANGE_UNSHARE: the table is its own now */

/*
 * The name is that of the kernel, not the caller's: its parts from the last one to the first, each
 * ended by a zero byte. MP_F_CUT: the first parts are not here. MP_F_SHORT: nor is the last one.
 */
struct mp_open {
	struct mp_event e;
	__s32 nr;
	__u32 fd;
	struct mp_object object;
	__u32 length; /* bytes in path */
	__u32 pad;
	char path[]; /* MP_PATH_LEN bytes are reserved */
};

/* map_op of struct mp_map */
enum mp_map_op {
	MP_MAP_SHARED = 1, /* memory that the file's other users see, too, is mapped */
	MP_MAP_GONE,	   /* whatever was mapped from address on is no longer */
	MP_MAP_MOVED,	   /* what was at address is at to, with another length */
	MP_MAP_PROTECTED,  /* may be written to from now on, with MP_MAP_WRITABLE, or may not */
	MP_MAP_DETACHED,   /* the segment of System V that was attached at address is gone */
	MP_MAP_INHERITED,  /* children get it, or with MP_MAP_KEPT_BACK they do not */
};
/*
 * Private memory is of no interest, and before the first MP_MAP_SHARED of a run the other
 * operations are not, either. The file is the one that the kernel maps, also where the caller
 * named none; a number of an inode is used again, together with the generation it is not.
 * MP_F_SHORT: the mapping could not be looked at, because another thread was changing it or one
 * beside it, and nothing is known of the file.
 */
struct mp_map {
	struct mp_event e;
	__s32 nr;
	__u32 map_op;
	__u64 address;
	__u64 length; /* in whole pages of this machine */
	__u64 to;     /* MP_MAP_MOVED; MP_MAP_SHARED: the offset of `address` in the file */
	__u64 to_length;
	__u32 map_flags;
	__u32 generation;
	struct mp_object object;
	char name[MP_MAP_NAME]; /* of the file: its last part, or what the kernel calls it */
};
#define MP_MAP_WRITABLE	 1
#define MP_MAP_SYSTEM_V	 2  /* the inode is the number of a segment */
#define MP_MAP_LEFT	 4  /* MP_MAP_MOVED: what was at address stays there, too */
#define MP_MAP_KEPT_BACK 8  /* MP_MAP_INHERITED */
#define MP_MAP_NAMELESS	 16 /* the caller named no file: nobody else has this one yet */

/*
 * A futex word. Shared (dev or ino not 0): inode and offset. Private: of this process only.
 * MP_F_SHORT: another thread was changing the mappings of the process, and of a word that has no
 * inode only the address is known: it may be shared, too.
 */
struct mp_word {
	__u64 ino;
	__u64 offset; /* in the file, or the address */
	__u32 dev;
	__u32 pad;
};

struct mp_futex {
	struct mp_event e;
	__s32 nr;
	__u32 op; /* FUTEX_WAIT … without the private and clock bits, see linux/futex.h */
	__s64 result;
	__u64 value;
	__u64 value2; /* how many to requeue, where the operation has it */
	struct mp_word word;
	struct mp_word word2;
};

struct mp_wait {
	struct mp_event e;
	__s32 nr;
	__s32 result;  /* wait4: vpid or 0; waitid: 0; or a negative errno */
	__s32 options; /* WNOHANG, WNOWAIT, WEXITED, … */
	__u32 found;   /* vpid of the child found, 0: none */
	__s32 status;  /* as wait(2) encodes it; 0 where the caller gave nowhere to put it */
	__s32 code;    /* waitid: si_code (CLD_EXITED …); wait4: 0 */
	__s64 wanted;  /* the pid, group or descriptor asked for */
};

struct mp_sleep {
	struct mp_event e;
	__s32 nr;
	__s32 result;
	__u64 asked; /* nanoseconds; MP_SLEEP_UNTIL: the clock's reading to wait for */
	__u32 sleep_flags;
	__u32 clock;
};
#define MP_SLEEP_UNTIL 1

struct mp_call {
	struct mp_event e;
	__s32 nr;
	__u32 pad;
	__s64 result;
	__u64 args[6];
};

struct mp_wake {
	struct mp_event e; /* pid 0: an interrupt, or a process that is not traced */
	__u64 target_start;
	__u32 target_pid;
	__u32 target_tid;
	__s32 nr;	 /* the call the waker is in, -1: none */
	__s32 target_nr; /* the call the target is blocked in, -1: none */
};

struct mp_blind {
	struct mp_event e;
	__u32 cause;
	__s32 nr;
};
enum mp_blind_cause {
	MP_BLIND_ASYNC = 1,   /* input and output of io_uring or AIO, which go on by themselves */
	MP_BLIND_32BIT,	      /* system calls of another ABI */
	MP_BLIND_FUTEX_WAITV, /* waiting for several words at once */
	MP_BLIND_TERMINAL,    /* never sent: found in what was (resolve/writer.c) */
	MP_BLIND_CAUSES
};

#define MP_ASSERT_SIZE(type, bytes)                                                                \
	_Static_assert(sizeof(struct type) == (bytes), #type " has changed its size")
MP_ASSERT_SIZE(mp_event, 40);
MP_ASSERT_SIZE(mp_object, 24);
MP_ASSERT_SIZE(mp_fork, 88);
MP_ASSERT_SIZE(mp_exec, 64 + MP_ARGV_LEN);
MP_ASSERT_SIZE(mp_exit, 128);
MP_ASSERT_SIZE(mp_rename, 56);
MP_ASSERT_SIZE(mp_signal, 80);
MP_ASSERT_SIZE(mp_deliver, 56);
MP_ASSERT_SIZE(mp_io, 96);
MP_ASSERT_SIZE(mp_text, 104);
MP_ASSERT_SIZE(mp_fd, 112);
MP_ASSERT_SIZE(mp_word, 24);
MP_ASSERT_SIZE(mp_futex, 120);
MP_ASSERT_SIZE(mp_wait, 72);
MP_ASSERT_SIZE(mp_sleep, 64);
MP_ASSERT_SIZE(mp_call, 104);
MP_ASSERT_SIZE(mp_wake, 64);
MP_ASSERT_SIZE(mp_blind, 48);
MP_ASSERT_SIZE(mp_open, 80);
MP_ASSERT_SIZE(mp_map, 176);

#endif
