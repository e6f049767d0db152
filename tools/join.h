/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a process that a demo has started. Gives: that it has been waited for, and whether all
 * went well; if a signal has ended it, that is said. Never: says again what the process has said of
 * its failure itself.
 */
#ifndef MP_JOIN_H
#define MP_JOIN_H

#include <mproc.h>

/* Waits for its end, however long that takes, and frees it. Returns 0 when it exited with 0, else
 * 1. When waiting itself fails, that is said, and the process is kept: leaving main waits for it.
 */
int join_well(struct mp_process *process);

#endif
