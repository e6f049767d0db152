/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MR_ACT_H
#define MR_ACT_H

#include "build.h"

/* A new act of who did this event, at its moment; NULL when there is no memory, or when nothing
 * that the process does counts yet (the command before its first exec). */
struct mr_act *mr_act_add(struct mr_build *build, const struct mr_seen *seen,
			  enum mp_act_kind kind);
/* The same of somebody else, decided by event number `arrival`. */
struct mr_act *mr_act_of(struct mr_build *build, struct mr_process *who, uint32_t tid,
			 size_t arrival, enum mp_act_kind kind);
/* Gives every act its time, puts them in order and hands them to the model. */
void mr_acts_finish(struct mr_build *build);

#endif
