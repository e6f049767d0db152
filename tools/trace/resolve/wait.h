/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MR_WAIT_H
#define MR_WAIT_H

#include "build.h"

/* What a call on a descriptor waited for. */
struct mr_waited {
	struct mr_stream *stream; /* NULL: none */
	uint16_t mode;		  /* of the object */
	bool writing;
	bool clock; /* that a timer ends: it sleeps */
};

/* The call of this event blocked, or would have: each adds the act, if it was a wait. */
void mr_wait_io(struct mr_build *build, const struct mr_seen *seen, const struct mr_waited *waited,
		int64_t result);
void mr_wait_open(struct mr_build *build, const struct mr_seen *seen);
struct mr_act *mr_wait_word(struct mr_build *build, const struct mr_seen *seen,
			    struct mp_word_entry *word);
void mr_wait_child(struct mr_build *build, const struct mr_seen *seen, struct mr_process *child);
void mr_wait_call(struct mr_build *build, const struct mr_seen *seen);

/* SIGCHLD has been delivered, and perhaps its handler runs: that may have ended a wait. */
void mr_wait_told(struct mr_build *build, const struct mr_seen *seen, bool handled);

/* The thread has ended, may be in the middle of a wait. */
void mr_wait_exit(struct mr_build *build, const struct mr_seen *seen);

#endif
