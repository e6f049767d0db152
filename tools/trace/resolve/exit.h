/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MR_EXIT_H
#define MR_EXIT_H

#include "build.h"

/* MP_EXIT: a thread has ended, and its process with the last one. */
void mr_exit(struct mr_build *build, const struct mr_seen *seen);
/* The process has ended, as far as the tree and its descriptors go; nothing, the second time. */
void mr_exit_process(struct mr_build *build, struct mr_process *process);
/* How every process ended; those that are still there lose their tables. */
void mr_exits_finish(struct mr_build *build);

#endif
