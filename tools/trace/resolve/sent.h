/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MR_SENT_H
#define MR_SENT_H

#include "build.h"

/* MP_SIGNAL: somebody sent a signal. MP_DELIVER: a process got one. */
void mr_sent(struct mr_build *build, const struct mr_seen *seen);
void mr_delivered(struct mr_build *build, const struct mr_seen *seen);
/* Who sent it to `process` last; NULL: nobody that we know. */
const struct mr_sender *mr_sent_last(const struct mr_process *process, int signal);
/* The process has ended: what was delivered as SIGKILL may have been another. */
void mr_sent_finish(struct mr_build *build, struct mr_process *process);

#endif
