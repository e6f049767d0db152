/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MR_IO_H
#define MR_IO_H

#include "build.h"

/* MP_IO and MP_TEXT: bytes through a descriptor. */
void mr_io(struct mr_build *build, const struct mr_seen *seen);
void mr_io_text(struct mr_build *build, const struct mr_seen *seen);
/* Now it is known where the socket leads: what was written into it went there. */
void mr_io_send(struct mr_build *build, struct mr_node *node);

#endif
