// SPDX-License-Identifier: GPL-2.0-or-later
/* A module of another version of the library, which must not be run. */
#include <mproc.h>
#include <stdlib.h>

#include "comm.h"

static int run_strange(int (*run)(struct mp_comm *comm, void *argument), void *argument,
		       int *status)
{
	abort();
}

__attribute__((visibility("default"))) extern const struct mp_comm_module mp_comm_module;
const struct mp_comm_module mp_comm_module = {.abi = MP_COMM_ABI + 1, .run = run_strange};
