/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: nothing. Gives: the table of the system calls that are recorded, and how each is read.
 * Never: a number of one architecture; a call that an architecture does not have is left out.
 */
#ifndef MP_CALLS_H
#define MP_CALLS_H

#include <asm/unistd.h>

#include "kernel.h"

enum call_class {
	CALL_IGNORED = 0,
	CALL_READ,     /* fd, buffer, length */
	CALL_READV,    /* fd, vector, count */
	CALL_RECVFROM, /* fd, buffer, length, flags */
	CALL_RECVMSG,  /* fd, message, flags */
	CALL_RECVMMSG, /* fd, messages, count, flags */
	CALL_WRITE,
	CALL_WRITEV,
	CALL_SENDTO,
	CALL_SENDMSG,
	CALL_SENDMMSG,
	CALL_SENDFILE,	/* out, in */
	CALL_SPLICE,	/* in, offset, out; between files, too */
	CALL_TEE,	/* in, out */
	CALL_VMSPLICE,	/* fd, vector, count */
	CALL_OPEN,	/* returns a new descriptor */
	CALL_OPEN_FILE, /* of a file */
	CALL_PIPE,	/* int[2] */
	CALL_SOCKETPAIR,
	CALL_DUP,
	CALL_DUP2,
	CALL_FCNTL,
	CALL_IOCTL,
	CALL_CLOSE,
	CALL_CLOSE_RANGE,
	CALL_FUTEX,
	CALL_FUTEX_WAKE, /* the calls of 6.7 that split futex(2) */
	CALL_FUTEX_WAIT,
	CALL_FUTEX_REQUEUE,
	CALL_FUTEX_WAITV,
	CALL_WAIT4,
	CALL_WAITID,
	CALL_NANOSLEEP,
	CALL_CLOCK_NANOSLEEP,
	CALL_PRCTL,
	CALL_MMAP,
	CALL_MUNMAP,
	CALL_MREMAP,
	CALL_MPROTECT,
	CALL_MADVISE,
	CALL_SHMAT,
	CALL_SHMDT,
	CALL_PLAIN,  /* number, arguments and result say enough */
	CALL_ASYNC,  /* input and output that go on by themselves */
	CALL_RESTART /* restart_syscall: the call that a signal interrupted, continued */
};

#define MP_CALL_NUMBERS 512

/* Newer than some headers; these numbers are the same on every architecture. */
#define MP_NR_FUTEX_WAITV   449
#define MP_NR_FUTEX_WAKE    454
#define MP_NR_FUTEX_WAIT    455
#define MP_NR_FUTEX_REQUEUE 456

static const __u8 call_classes[MP_CALL_NUMBERS] = {
	[__NR_read] = CALL_READ,
	[__NR_readv] = CALL_READV,
	[__NR_preadv2] = CALL_READV,
	[__NR_recvfrom] = CALL_RECVFROM,
	[__NR_recvmsg] = CALL_RECVMSG,
	[__NR_recvmmsg] = CALL_RECVMMSG,
	[__NR_write] = CALL_WRITE,
	[__NR_writev] = CALL_WRITEV,
	[__NR_pwrite64] = CALL_WRITE,
	[__NR_pwritev] = CALL_WRITEV,
	[__NR_pwritev2] = CALL_WRITEV,
	[__NR_sendto] = CALL_SENDTO,
	[__NR_sendmsg] = CALL_SENDMSG,
	[__NR_sendmmsg] = CALL_SENDMMSG,
	[__NR_sendfile] = CALL_SENDFILE,
	[__NR_splice] = CALL_SPLICE,
	[__NR_copy_file_range] = CALL_SPLICE,
	[__NR_tee] = CALL_TEE,
	[__NR_vmsplice] = CALL_VMSPLICE,
	[__NR_openat] = CALL_OPEN_FILE,
	[__NR_openat2] = CALL_OPEN_FILE,
	[__NR_open_by_handle_at] = CALL_OPEN_FILE,
	[__NR_socket] = CALL_OPEN,
	[__NR_accept] = CALL_OPEN,
	[__NR_accept4] = CALL_OPEN,
	[__NR_eventfd2] = CALL_OPEN,
	[__NR_signalfd4] = CALL_OPEN,
	[__NR_timerfd_create] = CALL_OPEN,
	[__NR_inotify_init1] = CALL_OPEN,
	[__NR_memfd_create] = CALL_OPEN,
	[__NR_epoll_create1] = CALL_OPEN,
	[__NR_pidfd_open] = CALL_OPEN,
	[__NR_pidfd_getfd] = CALL_OPEN,
	[__NR_userfaultfd] = CALL_OPEN,
	[__NR_pipe2] = CALL_PIPE,
	[__NR_socketpair] = CALL_SOCKETPAIR,
	[__NR_dup] = CALL_DUP,
	[__NR_dup3] = CALL_DUP2,
	[__NR_fcntl] = CALL_FCNTL,
	[__NR_ioctl] = CALL_IOCTL,
	[__NR_close] = CALL_CLOSE,
	[__NR_close_range] = CALL_CLOSE_RANGE,
	[__NR_futex] = CALL_FUTEX,
	[MP_NR_FUTEX_WAITV] = CALL_FUTEX_WAITV,
	[MP_NR_FUTEX_WAKE] = CALL_FUTEX_WAKE,
	[MP_NR_FUTEX_WAIT] = CALL_FUTEX_WAIT,
	[MP_NR_FUTEX_REQUEUE] = CALL_FUTEX_REQUEUE,
	[__NR_wait4] = CALL_WAIT4,
	[__NR_waitid] = CALL_WAITID,
	[__NR_nanosleep] = CALL_NANOSLEEP,
	[__NR_clock_nanosleep] = CALL_CLOCK_NANOSLEEP,
	[__NR_prctl] = CALL_PRCTL,
	[__NR_mmap] = CALL_MMAP,
	[__NR_munmap] = CALL_MUNMAP,
	[__NR_mremap] = CALL_MREMAP,
	[__NR_mprotect] = CALL_MPROTECT,
	[__NR_pkey_mprotect] = CALL_MPROTECT,
	[__NR_madvise] = CALL_MADVISE,
	[__NR_shmat] = CALL_SHMAT,
	[__NR_shmdt] = CALL_SHMDT,
	[__NR_ppoll] = CALL_PLAIN,
	[__NR_pselect6] = CALL_PLAIN,
	[__NR_epoll_pwait] = CALL_PLAIN,
	[__NR_epoll_pwait2] = CALL_PLAIN,
	[__NR_kill] = CALL_PLAIN,
	[__NR_tkill] = CALL_PLAIN,
	[__NR_tgkill] = CALL_PLAIN,
	[__NR_pidfd_send_signal] = CALL_PLAIN,
	[__NR_rt_sigqueueinfo] = CALL_PLAIN,
	[__NR_rt_tgsigqueueinfo] = CALL_PLAIN,
	[__NR_rt_sigtimedwait] = CALL_PLAIN,
	[__NR_rt_sigsuspend] = CALL_PLAIN,
	[__NR_io_setup] = CALL_ASYNC,
	[__NR_io_submit] = CALL_ASYNC,
	[__NR_io_uring_setup] = CALL_ASYNC,
	[__NR_io_uring_enter] = CALL_ASYNC, /* a ring may be inherited */
	[__NR_connect] = CALL_PLAIN,
	[__NR_unshare] = CALL_PLAIN,
	[__NR_flock] = CALL_PLAIN,
	[__NR_mq_timedsend] = CALL_PLAIN,
	[__NR_mq_timedreceive] = CALL_PLAIN,
	[__NR_msgsnd] = CALL_PLAIN,
	[__NR_msgrcv] = CALL_PLAIN,
	[__NR_msgctl] = CALL_PLAIN,
	[__NR_semop] = CALL_PLAIN,
	[__NR_semtimedop] = CALL_PLAIN,
	[__NR_semctl] = CALL_PLAIN,
	[__NR_restart_syscall] = CALL_RESTART,
/* The older forms, which newer architectures do not have. */
#ifdef __NR_open
	[__NR_open] = CALL_OPEN_FILE,
	[__NR_creat] = CALL_OPEN_FILE,
	[__NR_eventfd] = CALL_OPEN,
	[__NR_signalfd] = CALL_OPEN,
	[__NR_inotify_init] = CALL_OPEN,
	[__NR_epoll_create] = CALL_OPEN,
	[__NR_pipe] = CALL_PIPE,
	[__NR_dup2] = CALL_DUP2,
	[__NR_poll] = CALL_PLAIN,
	[__NR_select] = CALL_PLAIN,
	[__NR_epoll_wait] = CALL_PLAIN,
	[__NR_pause] = CALL_PLAIN,
#endif
};

/* The number comes from a register: anything may stand there. */
static __always_inline enum call_class class_of(int number)
{
	__u32 index = number;

	if (index >= MP_CALL_NUMBERS)
		return CALL_IGNORED;
	barrier_var(index); /* or the bound is checked on a copy that the verifier cannot follow */
	return call_classes[index & (MP_CALL_NUMBERS - 1)];
}

/* A number of another table: here it means something else, or nothing. */
static __always_inline bool is_foreign(const struct task_struct *task, int number)
{
	return task_is_32bit(task) || (number >= 0 && (number & MACHINE_FOREIGN) != 0);
}

/* Of what is foreign it is told that it was made, whatever the number. */
static __always_inline bool is_recorded(const struct task_struct *task, int number)
{
	return class_of(number) != CALL_IGNORED || is_foreign(task, number);
}

#endif
