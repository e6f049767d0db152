// SPDX-License-Identifier: LGPL-2.1-or-later
/* Processes that are part of a type of the program's own, which says what they do. */
#include <errno.h>
#include <stddef.h>

#include "internal.h"

static int run_base(void *argument)
{
	struct mp_process_base *base = argument;

	return base->ops->run(base);
}

int mp_process_init(struct mp_process_base *base, const struct mp_process_ops *ops,
		    const char *name)
{
	base->ops = ops;
	base->process = NULL;
	if (!ops || !ops->run)
		return -EINVAL;
	return mp_process_new(&base->process, name, run_base, base);
}
