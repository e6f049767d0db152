/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MR_ORDER_H
#define MR_ORDER_H

#include "build.h"

/* Moves what caused something to before what it caused, as far as the streams tell. */
void mr_order_streams(struct mr_build *build);
/* Event `cause` took effect before `effect`, but not before its call can have begun. */
void mr_order_not_later(struct mr_build *build, size_t cause, uint64_t effect);

#endif
