/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MR_FINDING_H
#define MR_FINDING_H

#include "build.h"

/* What is not as it should be, whatever the contract says. Last of all. */
void mr_findings(struct mr_build *build);

#endif
