// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The ranks of MPI under the contract of mp-p2p: a whole job, of mp-p2p and of programs that know
 * nothing of us, and each rank by itself. usage: mpi-claims MP-TRACE DEMOS TESTS SOURCES STRANGER
 * MODULES MPIEXEC [PYTHON]
 */
#include "tap.h"
#include "trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ALL = 9 };

static const char *mp_p2p, *stranger, *python, *script, *mpiexec;

struct job {
	const char *const *program; /* which file, below */
	const char *ranks;
	const char *fault;
	const char *breaks;
};

static const struct job jobs[] = {
	{&mp_p2p, "9", NULL, ""},
	{&mp_p2p, "12", NULL, ""},
	{&mp_p2p, "8", NULL, ""},
	{&stranger, "9", NULL, ""},
	{&stranger, "10", NULL, ""},
	{&stranger, "9", "from-the-end", "2 3 4"},
	{&stranger, "9", "misspoken", "2"},
	{&stranger, "9", "other-number", "3"},
	{&stranger, "9", "overheard", "4"},
	{&script, "9", NULL, ""},
	{&script, "11", NULL, ""},
	{&script, "9", "doubled", "1"},
	{&script, "9", "late", "3"},
	{&script, "9", "swapped", "3 4"},
	{0},
};

static void try_job(const struct job *job)
{
	struct trace_row row = {.contract = "p2p", .breaks = job->breaks};
	const char *words[] = {mpiexec, "-n", job->ranks, NULL, NULL, NULL, NULL};
	struct trace_report report;
	char what[256];
	size_t count = 3;

	if (job->program == &script)
		words[count++] = python;
	words[count++] = *job->program;
	words[count++] = job->fault;
	memcpy(row.command, words, sizeof(words));
	snprintf(what, sizeof(what), "mpiexec -n %s %s %s", job->ranks,
		 strrchr(*job->program, '/') + 1, job->fault ? job->fault : "");
	trace_try(&row, what, &report);
	trace_free(&report);
}

/* How many reports there are: those with a claim that does not hold, or the others. */
static int count_reports(bool broken)
{
	char line[512];
	struct run run;
	int count;

	snprintf(line, sizeof(line), "grep -%c '^not ok' %s/rank-* | wc -l", broken ? 'l' : 'L',
		 trace_places.work);
	run_command(&run, NULL, (const char *[]){"sh", "-c", line, NULL});
	count = atoi(run.out);
	run_free(&run);
	return count;
}

/* As many tracers as there are ranks, at the same time; so many of them find a claim broken. */
static void try_ranks(const char *program, const char *fault, int broken)
{
	const char *name = strrchr(program, '/') + 1;
	char line[1024];
	struct run run;

	/* A launcher would stop all ranks when one ends with another status than 0. */
	snprintf(line, sizeof(line),
		 "rm -f %s/rank-*; %s -n %d sh -c '%s -f tap -c %s -o %s/rank-$$ %s %s; :'",
		 trace_places.work, mpiexec, ALL, trace_places.mp_trace, trace_contract("p2p"),
		 trace_places.work, program, fault);
	run_command(&run, NULL, (const char *[]){"sh", "-c", line, NULL});
	ok(run.status == 0, "a job of nine traced ranks of %s %s ends well", name, fault);
	is_int(count_reports(true), broken, "so many of them are not as they should be");
	is_int(count_reports(false), ALL - broken, "all others are");
	run_free(&run);
}

int main(int argc, char *argv[])
{
	trace_begin(argc, argv);
	if (argc < 8)
		tap_bail("needed: a program for MPI, folder of modules, launcher");
	setenv("MPROC_MODULES", argv[6], 1);
	/* Open MPI looks for ssh, and does not like root, nor few processors. */
	setenv("OMPI_MCA_plm_rsh_agent", "false", 1);
	setenv("OMPI_ALLOW_RUN_AS_ROOT", "1", 1);
	setenv("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1", 1);
	setenv("OMPI_MCA_rmaps_base_oversubscribe", "1", 1);
	/* hwloc looks for displays at localhost, and may wait for a name server for seconds. */
	setenv("HWLOC_COMPONENTS", "-gl", 1);
	mpiexec = argv[7];
	python = argv[8];
	mp_p2p = trace_path(trace_places.demos, "mp-p2p");
	stranger = argv[5];
	script = trace_path(trace_places.sources, "tests/demos/p2p/mpi.py");
	for (const struct job *job = jobs; job->program; job++)
		if (job->program != &script || python)
			try_job(job);
	try_ranks(mp_p2p, "", 0);
	try_ranks(stranger, "", 0);
	try_ranks(stranger, "misspoken", 1);
	try_ranks(stranger, "overheard", 1);
	trace_end();
	return tap_done();
}
