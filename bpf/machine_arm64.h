/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Takes: nothing. Gives: the table of arm64, see machine.h. Never: anything else. */
#ifndef MP_MACHINE_ARM64_H
#define MP_MACHINE_ARM64_H

struct pt_regs {
	__u64 regs[31];
	__u64 pc;
	__u64 orig_x0;
	__s32 syscallno;
} __attribute__((preserve_access_index));

struct thread_info {
	unsigned long flags;
} __attribute__((preserve_access_index));

#define MACHINE_CALL	   syscallno
#define MACHINE_ARG0	   orig_x0 /* the result takes the place of the first one */
#define MACHINE_ARG1	   regs[1]
#define MACHINE_ARG2	   regs[2]
#define MACHINE_ARG3	   regs[3]
#define MACHINE_ARG4	   regs[4]
#define MACHINE_ARG5	   regs[5]
#define MACHINE_PLACE	   pc
#define MACHINE_CALL_BYTES 4 /* svc */
#define MACHINE_FLAGS	   flags
#define MACHINE_32BIT	   (1UL << 22) /* TIF_32BIT: of the task */
#define MACHINE_FOREIGN	   0

#endif
