/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: the fact that this process is the subreaper of all that it started. Gives: the end of
 * all of it. Never: signals a process that is not its descendant.
 */
#ifndef MP_TREE_H
#define MP_TREE_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Reaps what has ended. *status is set when `command` was among it (*seen becomes true). True:
 * there may be more to come. False: no descendant is left.
 */
bool mp_tree_reap(pid_t command, int *status, bool *seen);

/*
 * Stops every descendant where it is, so that none gets on because another has gone, then kills
 * them all. They are still to be reaped. 0 or a negative errno (/proc is not there).
 */
int mp_tree_kill(void);

#endif
