/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: nothing. Gives: a run of three processes with two pipes, a contract, and a verdict in
 * which one claim holds, one is broken and one is inconclusive; all made by hand, so that these
 * tests say nothing of the other rooms. Never: the truth about any run.
 */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "render.h"

#define SAMPLE_PROCESSES 3
#define SAMPLE_STREAMS	 2
#define SAMPLE_ACTS	 21
#define SAMPLE_TEXTS	 40

struct sample {
	struct mp_report report; /* the whole of it; all that follows belongs to it */
	struct mp_record *record;
	struct mp_model model;
	struct mp_process processes[SAMPLE_PROCESSES];
	struct mp_process *process_list[SAMPLE_PROCESSES];
	struct mp_name names[SAMPLE_PROCESSES];
	struct mp_image image;
	char *argv[5];
	struct mp_stream streams[SAMPLE_STREAMS];
	struct mp_stream *stream_list[SAMPLE_STREAMS];
	struct mp_end ends[SAMPLE_STREAMS][SAMPLE_PROCESSES];
	struct mp_word_entry word;
	struct mp_memory memories[2];
	struct mp_act acts[SAMPLE_ACTS];
	struct mp_act *act_list[SAMPLE_ACTS];
	struct mp_finding findings[6];
	struct mp_contract *contract, named;
	struct mp_verdict verdict;
	struct mp_claim_verdict claims[3];
	struct mp_clause_verdict clauses[3][2];
	char *owned[SAMPLE_TEXTS];
	size_t owned_count;
};

/* The run as it should be, with its verdict all in good order. */
void sample_good(struct sample *sample);
void sample_unasked(struct sample *sample); /* the same, but for a clause with a false condition */
/* The same with a broken and an inconclusive claim, findings, a process left over. */
void sample_left(struct sample *sample);
/* And with everything missing that can be missing. */
void sample_bad(struct sample *sample);
/* The same with `text` in every place that a program or a contract may fill. */
void sample_hostile(struct sample *sample, const char *text);
void sample_free(struct sample *sample);

/* What the renderer makes of the report: malloc'd, zero-terminated. */
char *sample_render(const struct sample *sample, const char *format);

#endif
