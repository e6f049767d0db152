// SPDX-License-Identifier: GPL-2.0-or-later
#include "join.h"

#include "cli.h"

int join_well(struct mp_process *process)
{
	int code = 1;

	if (cli_failed("mp_process_join", mp_process_join(process, MP_FOREVER)) ||
	    cli_failed("mp_process_exit_code", mp_process_exit_code(process, &code)))
		return 1;
	if (code < 0)
		cli_fail("%s was ended by %s", mp_process_name(process), cli_signal_name(-code));
	mp_process_free(process);
	return code != 0;
}
