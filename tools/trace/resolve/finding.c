/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "finding.h"
void mr_findings(struct mr_build *build)
{
}
