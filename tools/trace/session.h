/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: what was asked for. Gives: the steps from there to an exit status, one function each;
 * main.c has their order. Never: does a room's work: each step calls one room and says what went
 * wrong.
 */
#ifndef MP_SESSION_H
#define MP_SESSION_H

#include "collect.h"
#include "judge.h"
#include "options.h"
#include "output.h"
#include "render.h"

#define MP_GO_ON (-1) /* every other value that a step returns is the exit status */

struct mp_session {
	struct mp_options options;
	struct mp_collector *collector; /* NULL: the record comes from a file, or is not needed */
	struct mp_record *record;
	char *program; /* whose contract is looked for, or NULL */
	struct mp_contract *contract;
	struct mp_output record_file;
	struct mp_output report_file;
	struct mp_model *model;
	struct mp_verdict *verdict;
};

/* source.c: with the end of it root is given up for good */
int mp_begin(struct mp_session *session);
int mp_run(struct mp_session *session);
int mp_keep_record(struct mp_session *session);

/* terms.c */
int mp_choose_contract(struct mp_session *session);
int mp_explain(struct mp_session *session); /* only when it was asked for */
int mp_resolve_and_judge(struct mp_session *session);

/* report.c */
int mp_take_locale(struct mp_session *session); /* once root is given up */
int mp_open_outputs(struct mp_session *session);
int mp_report(struct mp_session *session);
int mp_exit_status(struct mp_session *session); /* never MP_GO_ON */

void mp_session_end(struct mp_session *session);

#endif
