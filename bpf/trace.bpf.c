/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: the families of hooks. Gives: the one object that is loaded. Never: code of its own.
 *
 * One unit rather than several that are linked: the linker of BPF objects does not know functions
 * of the kernel that may be missing.
 */
#include "hook_life.h"
#include "hook_signal.h"
#include "hook_sched.h"
#include "hook_call.h"

char _license[] SEC("license") = "GPL";
