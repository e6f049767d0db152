/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: the table of the machine that it is built for. Gives: the call that a task is in, its
 * arguments and its place, and whether it is one of another ABI. Never: the number of a call;
 * these come from the machine's own <asm/unistd.h>, see calls.h.
 *
 * A table has the structs in which the kernel of that machine keeps these things, and names their
 * fields:
 *
 *   MACHINE_CALL                 the number of the call; -1 in user space
 *   MACHINE_ARG0 … MACHINE_ARG5  the arguments, which still stand there when the call ends
 *   MACHINE_PLACE                the instruction that follows when the task goes on
 *   MACHINE_CALL_BYTES           how long the instruction is that makes a call
 *   MACHINE_FLAGS, MACHINE_32BIT in struct thread_info: the bit of a call, or a task, of 32 bits
 *   MACHINE_FOREIGN          the bit of numbers that are of another table, or 0
 */
#ifndef MP_MACHINE_H
#define MP_MACHINE_H

#if defined(__TARGET_ARCH_x86)
#include "machine_x86.h"
#elif defined(__TARGET_ARCH_arm64)
#include "machine_arm64.h"
#else
#error "the registers of this machine are not known here: give it a table like machine_arm64.h"
#endif

#define regs_call(regs)	    ((int)(regs)->MACHINE_CALL)
#define regs_place(regs)    ((__u64)(regs)->MACHINE_PLACE)
#define task_is_32bit(task) (((task)->thread_info.MACHINE_FLAGS & MACHINE_32BIT) != 0)

static __always_inline void regs_args(const struct pt_regs *regs, __u64 args[6])
{
	args[0] = regs->MACHINE_ARG0;
	args[1] = regs->MACHINE_ARG1;
	args[2] = regs->MACHINE_ARG2;
	args[3] = regs->MACHINE_ARG3;
	args[4] = regs->MACHINE_ARG4;
	args[5] = regs->MACHINE_ARG5;
}

#endif
