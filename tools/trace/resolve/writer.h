/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MR_WRITER_H
#define MR_WRITER_H

#include "build.h"

/* Who ended the waits for data of which that is still not known; at terminals it stays so. Needs
 * the gaps of streams. */
void mr_writers_finish(struct mr_build *build);

#endif
