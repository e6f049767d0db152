/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MR_REAP_H
#define MR_REAP_H

#include "build.h"

/* MP_WAIT: the caller waited for a child, found one, may have reaped it. */
void mr_reap(struct mr_build *build, const struct mr_seen *seen);

#endif
