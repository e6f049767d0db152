/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: the descriptors of this process that survive an exec. Gives: one MP_FD_HELD event each,
 * because the kernel side only sees descriptors that come later. Never: opens or closes one.
 */
#ifndef MP_INHERIT_H
#define MP_INHERIT_H

#include <stdbool.h>
#include <stddef.h>

#include "record.h"

struct mp_inherited {
	struct mp_fd *events;
	size_t count;
};

/* 0 or a negative errno (/proc is not there). */
int mp_inherited_list(bool output_to_stderr, struct mp_inherited *inherited);

/* Appends them as events of that process. 0 or a negative errno. */
int mp_inherited_append(const struct mp_inherited *inherited, const struct mp_event *by,
			struct mp_record *record);

void mp_inherited_free(struct mp_inherited *inherited);

#endif
