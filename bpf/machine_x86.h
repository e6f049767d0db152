/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes: nothing. Gives: the table of x86-64, see machine.h. Never: anything else. */
#ifndef MP_MACHINE_X86_H
#define MP_MACHINE_X86_H

struct pt_regs {
	unsigned long di, si, dx, r10, r8, r9, orig_ax, ip;
} __attribute__((preserve_access_index));

struct thread_info {
	__u32 status;
} __attribute__((preserve_access_index));

#define MACHINE_CALL	   orig_ax
#define MACHINE_ARG0	   di
#define MACHINE_ARG1	   si
#define MACHINE_ARG2	   dx
#define MACHINE_ARG3	   r10
#define MACHINE_ARG4	   r8
#define MACHINE_ARG5	   r9
#define MACHINE_PLACE	   ip
#define MACHINE_CALL_BYTES 2 /* syscall, and int 0x80 too */
#define MACHINE_FLAGS	   status
#define MACHINE_32BIT	   2	     /* TS_COMPAT: of the call */
#define MACHINE_FOREIGN	   (1 << 30) /* x32: pointers of 32 bits in a task of 64 */

#endif
