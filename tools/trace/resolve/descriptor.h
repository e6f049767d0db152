/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MR_DESCRIPTOR_H
#define MR_DESCRIPTOR_H

#include "build.h"

/* MP_FD: a descriptor came, moved or went. */
void mr_descriptors_change(struct mr_build *build, const struct mr_seen *seen);
/* At exec: close-on-exec, and the table is the process's own from here on. */
void mr_descriptors_exec(struct mr_build *build, const struct mr_seen *seen);
/* The process or the record has ended: what is still open. */
void mr_descriptors_end(struct mr_build *build, struct mr_process *process);
/* The pipe or socket that a call on `fd` used, of which the kernel said `object`; this corrects
 * the table. *mode: what it was. NULL: neither a pipe nor a socket. */
struct mr_node *mr_descriptor_used(struct mr_build *build, const struct mr_seen *seen, uint32_t fd,
				   const struct mp_object *object, uint16_t *mode);
/* A call of unshare(2): it may have been the descriptors that were shared. */
void mr_descriptors_unshare(struct mr_build *build, const struct mr_seen *seen);
/* Has it a descriptor that tells of the end of a process? */
bool mr_descriptors_pidfd(struct mr_build *build, const struct mr_process *process);
/* Is it one that another clock makes ready: timerfd_create(2)? */
bool mr_descriptor_clock(const struct mr_process *process, uint32_t fd);

#endif
