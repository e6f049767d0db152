/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: nothing. Gives: the maps and the control words, defined once. Never: a hook.
 */
#include "hook.h"

struct mp_ring_map ring SEC(".maps");
struct mp_task_map tasks SEC(".maps");
struct mp_control control = {};

char _license[] SEC("license") = "GPL";
