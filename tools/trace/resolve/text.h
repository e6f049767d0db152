/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MR_TEXT_H
#define MR_TEXT_H

#include "build.h"

/* Bytes went to descriptor 1 or 2: lines come out where they end. `text` NULL: not known which. */
void mr_text_written(struct mr_build *build, const struct mr_seen *seen, int fd, const char *text,
		     size_t length, int64_t written);
/* There will be no newline any more. */
void mr_text_finish(struct mr_build *build, struct mr_process *process);

#endif
