/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mp-trace: runs a command, records what the kernel saw of its processes, and judges a contract
 * against it. This is the table of contents; each step is a call of one room.
 */
#include "session.h"

static int (*const steps[])(struct mp_session *session) = {
	mp_begin,	      /* the command stands behind its gate, or a record is read; no root */
	mp_take_locale,	      /* of who reads the report */
	mp_choose_contract,   /* named, in the command's own file, or installed */
	mp_explain,	      /* --explain ends here */
	mp_open_outputs,      /* before anything runs for nothing */
	mp_run,		      /* kernel -> record */
	mp_keep_record,	      /* --record */
	mp_resolve_and_judge, /* record -> model -> verdict */
	mp_report,	      /* verdict -> picture */
	mp_exit_status,
};

int main(int argc, char *argv[])
{
	struct mp_session session = {
		.record_file = MP_OUTPUT_NONE,
		.report_file = MP_OUTPUT_NONE,
	};
	int status = MP_GO_ON;

	mp_options_parse(argc, argv, &session.options);
	for (size_t i = 0; status == MP_GO_ON; i++)
		status = steps[i](&session);
	mp_session_end(&session);
	return status;
}
