/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: the families of hooks. Gives: the one object that is loaded. Never: code of its own.
 *
 * One unit rather than several that are linked: the linker of BPF objects does not know functions
 * of the kernel that may be missing.
 *
 * A light skeleton has room for 32 functions, hooks and all: with more it is generated, but the
 * kernel refuses it. So functions are made part of their caller unless the verifier would read
 * them far too often.
 */
#include "hook_life.h"
#include "hook_signal.h"
#include "hook_sched.h"
#include "hook_call.h"

char _license[] SEC("license") = "GPL";
