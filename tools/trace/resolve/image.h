/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MR_IMAGE_H
#define MR_IMAGE_H

#include "build.h"

void mr_image_exec(struct mr_build *build, const struct mr_seen *seen);

#endif
