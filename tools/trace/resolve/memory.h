/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who has which memory mapped that others can see, too: from the call that maps it, or from the
 * fork, until it is unmapped or the process becomes another program. Knows nothing of what is
 * done with it.
 */
#ifndef MR_MEMORY_H
#define MR_MEMORY_H

#include "build.h"

/* MP_MAP */
void mr_memory(struct mr_build *build, const struct mr_seen *seen);
/*
 * Puts the file and the place in it to a word of which only the address is known; private memory
 * has none. False: it is not known what is mapped there.
 */
bool mr_memory_word(struct mr_build *build, const struct mr_process *process, struct mp_word *word);
/* The child of this fork has what its parent has; `same`: it is the same memory altogether. */
void mr_memory_fork(struct mr_build *build, const struct mr_seen *seen, struct mr_process *child,
		    bool same);
/*
 * What it had is gone. What it had only from its fork never was its own: a process that starts
 * another program forks first, and has no use for what it inherits on the way.
 */
void mr_memory_exec(struct mr_process *process);
void mr_memory_end(struct mr_process *process);

#endif
