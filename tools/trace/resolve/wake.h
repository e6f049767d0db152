/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MR_WAKE_H
#define MR_WAKE_H

#include "build.h"

/* MP_WAKE: somebody made a blocked thread runnable. What for is known when his call is over. */
void mr_wake(struct mr_build *build, const struct mr_seen *seen);
/* A call of the thread is over: it explains what the thread has woken since the one before. */
void mr_wake_settle(struct mr_build *build, const struct mr_seen *seen);
/* Is this one more event of the call that was reported last? */
bool mr_wake_same_call(const struct mr_build *build, const struct mr_seen *seen);
/* The thread has ended: so does this. */
void mr_wake_exit(struct mr_build *build, const struct mr_seen *seen);
/* How many threads that were blocked in futex(2) did the call of this event wake? */
uint64_t mr_wake_count(const struct mr_seen *seen);

/* SIGCHLD has been delivered: that ended `wait`, the last call of this thread. */
void mr_wake_told(struct mr_build *build, const struct mr_seen *seen, struct mr_act *wait);
/* What ended the wait that this event reports, and is `act`. */
void mr_wake_ended(const struct mr_seen *seen, struct mr_act *act);

/* The call of event `cause` ended this wait, though it was not seen to wake the sleeper. */
void mr_wake_early(struct mr_build *build, size_t cause, struct mr_act *wait);

/* When all is known: names who ended each wait, and when. */
void mr_wakes_finish(struct mr_build *build);

#endif
