/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: nothing. Gives: the classes of system calls: how the arguments of each are read.
 * Never: the table itself, which stands once, in calls.bpf.c.
 */
#ifndef MP_CALLS_H
#define MP_CALLS_H

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
	CALL_SENDFILE, /* out, in */
	CALL_SPLICE,   /* in, offset, out */
	CALL_TEE,      /* in, out */
	CALL_VMSPLICE, /* fd, vector, count */
	CALL_OPEN,     /* returns a new descriptor */
	CALL_PIPE,     /* int[2] */
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
	CALL_PLAIN, /* number, arguments and result say enough */
	CALL_IO_URING,
	CALL_RESTART /* restart_syscall: the call that a signal interrupted, continued */
};

#define MP_CALL_NUMBERS 512

/* Newer than some headers; these numbers are the same on every architecture. */
#define MP_NR_FUTEX_WAITV   449
#define MP_NR_FUTEX_WAKE    454
#define MP_NR_FUTEX_WAIT    455
#define MP_NR_FUTEX_REQUEUE 456

extern const __u8 call_classes[MP_CALL_NUMBERS];

/* The number comes from a register: anything may stand there. */
static __always_inline enum call_class class_of(int number)
{
	__u32 index = number;

	if (index >= MP_CALL_NUMBERS)
		return CALL_IGNORED;
	barrier_var(index); /* or the bound is checked on a copy that the verifier cannot follow */
	return call_classes[index & (MP_CALL_NUMBERS - 1)];
}

#endif
