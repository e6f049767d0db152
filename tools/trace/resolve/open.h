/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MR_OPEN_H
#define MR_OPEN_H

#include "build.h"

/* A file was opened by name. */
void mr_open(struct mr_build *build, const struct mr_seen *seen);

#endif
