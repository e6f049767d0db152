// SPDX-License-Identifier: LGPL-2.1-or-later
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "internal.h"

static const char *const outcomes[] = {
	[0] = "success",
	[MP_TIMEOUT] = "the time is up",
	[MP_END] = "the end was reached",
	[MP_BROKEN] = "the barrier is broken",
	[MP_OWNER_DIED] = "the owner of the lock died",
	[MP_RUNNING] = "the process is still running",
	[MP_LOST] = "a process died with items in hand",
	[MP_FAILED] = "the task failed",
	[MP_CRASHED] = "the process that ran the task died",
	[MP_DIFFERENT] = "another value is there",
	[MP_DIED] = "the rank has died or left",
};

const char *mp_result_text(int result)
{
	const char *text = NULL;

	if (result == -ELIBACC)
		text = "the module for this MPI cannot be loaded (MPROC_MODULES names its folder)";
	else if (result == -ELIBBAD)
		text = "the module for this MPI is of another version";
	else if (result < 0 && result >= -INT_MAX)
		text = strerrordesc_np(-result);
	else if ((size_t)result < sizeof(outcomes) / sizeof(outcomes[0]))
		text = outcomes[result];
	return text ? text : "unknown result";
}
