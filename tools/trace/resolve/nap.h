/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MR_NAP_H
#define MR_NAP_H

#include "build.h"

/* MP_SLEEP */
void mr_sleep(struct mr_build *build, const struct mr_seen *seen);
/* Any other call by which a thread only let time pass. */
struct mr_act *mr_nap(struct mr_build *build, const struct mr_seen *seen, int64_t result);
/* It had chosen so many nanoseconds; MP_NEVER: that is not known. */
void mr_nap_asked(struct mr_act *act, uint64_t asked, int64_t result);

#endif
