// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Every program under every contract that it should keep or break: the demos with their options,
 * the twins with each of their faults, the strangers healthy and with a fault. The last word of
 * the command line is the demo whose contract it is about.
 */
#include "faults.h"
#include "tap.h"
#include "trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The interpreter of the system: its libraries are where everybody can read them. */
#define PYTHON "/usr/bin/python3"

enum place { DEMO, RAW, PYTHON_FILE };

struct program {
	const char *demo; /* whose contract */
	enum place place;
	const char *words[6]; /* the program's file and its arguments */
	enum run_output output;
	const char *breaks;
	bool unbuffered; /* python3 -u */
	bool hangs;
};

static const struct program programs[] = {
	{"mp-pipe", DEMO, {"mp-pipe"}, RUN_PIPE, .breaks = ""},
	{"mp-pipe", DEMO, {"mp-pipe"}, RUN_TERMINAL, .breaks = ""},
	{"mp-pipe", DEMO, {"mp-pipe", "-n", "0"}, RUN_PIPE, .breaks = ""},
	{"mp-pipe", DEMO, {"mp-pipe", "-n1"}, RUN_PIPE, .breaks = ""},
	{"mp-pipe", DEMO, {"mp-pipe", "--items=1000"}, RUN_PIPE, .breaks = ""},
	{"mp-barrier", DEMO, {"mp-barrier"}, RUN_PIPE, .breaks = ""},
	{"mp-barrier", DEMO, {"mp-barrier"}, RUN_TERMINAL, .breaks = ""},
	{"mp-barrier", DEMO, {"mp-barrier", "-p", "1"}, RUN_PIPE, .breaks = ""},
	{"mp-barrier", DEMO, {"mp-barrier", "--parties", "7"}, RUN_PIPE, .breaks = ""},
	{"mp-barrier", DEMO, {"mp-barrier", "--delay", "0", "--hold", "0"}, RUN_PIPE, .breaks = ""},
	{"mp-kill", DEMO, {"mp-kill"}, RUN_PIPE, .breaks = ""},
	{"mp-kill", DEMO, {"mp-kill"}, RUN_TERMINAL, .breaks = ""},
	{"mp-kill", DEMO, {"mp-kill", "-s", "KILL", "--after", "0.3"}, RUN_PIPE, .breaks = ""},
	{"mp-kill",
	 DEMO,
	 {"mp-kill", "--signal=SIGUSR1", "--delay", "0.1"},
	 RUN_PIPE,
	 .breaks = ""},
	{"mp-kill", DEMO, {"mp-kill", "-s2"}, RUN_PIPE, .breaks = ""},
	{"mp-kill", DEMO, {"mp-kill", "-s", "40"}, RUN_PIPE, .breaks = ""},

	{"mp-pipe", RAW, {"stranger-pipe"}, RUN_PIPE, .breaks = ""},
	{"mp-pipe", RAW, {"stranger-pipe"}, RUN_TERMINAL, .breaks = ""},
	{"mp-pipe", RAW, {"stranger-pipe", "nine"}, RUN_PIPE, .breaks = "1 5"},
	{"mp-pipe", RAW, {"stranger-pipe", "unclosed"}, RUN_PIPE, .breaks = "1"},
	{"mp-pipe", RAW, {"stranger-pipe", "counts"}, RUN_PIPE, .breaks = "2"},
	{"mp-pipe", RAW, {"stranger-pipe", "one-by-one"}, RUN_PIPE, .breaks = "3"},
	{"mp-pipe", RAW, {"stranger-pipe", "hang"}, RUN_PIPE, .breaks = "2 4 5 6", .hangs = true},
	{"mp-pipe", RAW, {"stranger-pipe", "wrong"}, RUN_PIPE, .breaks = "5"},
	{"mp-pipe", RAW, {"stranger-pipe", "fails"}, RUN_PIPE, .breaks = "6"},
	{"mp-barrier", RAW, {"stranger-barrier"}, RUN_PIPE, .breaks = ""},
	{"mp-barrier", RAW, {"stranger-barrier"}, RUN_TERMINAL, .breaks = ""},
	{"mp-barrier", RAW, {"stranger-barrier", "barrier-of-one"}, RUN_PIPE, .breaks = "1"},
	{"mp-barrier", RAW, {"stranger-barrier", "no-lock"}, RUN_PIPE, .breaks = "2"},
	{"mp-barrier", RAW, {"stranger-barrier", "p3-waits"}, RUN_PIPE, .breaks = "3"},
	{"mp-barrier", RAW, {"stranger-barrier", "one-by-one"}, RUN_PIPE, .breaks = "4"},
	{"mp-barrier", RAW, {"stranger-barrier", "unreaped"}, RUN_PIPE, .breaks = "4"},
	{"mp-kill", RAW, {"stranger-kill"}, RUN_PIPE, .breaks = ""},
	{"mp-kill", RAW, {"stranger-kill"}, RUN_TERMINAL, .breaks = ""},
	{"mp-kill", RAW, {"stranger-kill", "said-late"}, RUN_PIPE, .breaks = "1"},
	{"mp-kill", RAW, {"stranger-kill", "killed"}, RUN_PIPE, .breaks = "2"},
	{"mp-kill", RAW, {"stranger-kill", "finished"}, RUN_PIPE, .breaks = "2 3 4"},
	{"mp-kill", RAW, {"stranger-kill", "wrong-number"}, RUN_PIPE, .breaks = "4"},
	{"mp-kill", RAW, {"stranger-kill", "unreaped"}, RUN_PIPE, .breaks = "5"},

	{"mp-pipe", PYTHON_FILE, {"pipe.py"}, RUN_PIPE, .breaks = ""},
	{"mp-pipe", PYTHON_FILE, {"pipe.py"}, RUN_TERMINAL, .breaks = ""},
	{"mp-pipe", PYTHON_FILE, {"pipe.py"}, RUN_PIPE, .breaks = "", .unbuffered = true},
	{"mp-pipe", PYTHON_FILE, {"pipe.py", "nine"}, RUN_PIPE, .breaks = "1 5"},
	{"mp-pipe", PYTHON_FILE, {"pipe.py", "unclosed"}, RUN_PIPE, .breaks = "1"},
	{"mp-pipe", PYTHON_FILE, {"pipe.py", "counts"}, RUN_PIPE, .breaks = "2"},
	{"mp-pipe", PYTHON_FILE, {"pipe.py", "one-by-one"}, RUN_PIPE, .breaks = "3"},
	{"mp-pipe",
	 PYTHON_FILE,
	 {"pipe.py", "hang"},
	 RUN_TERMINAL,
	 .breaks = "2 4 5 6",
	 .hangs = true},
	{"mp-pipe", PYTHON_FILE, {"pipe.py", "wrong"}, RUN_TERMINAL, .breaks = "5"},
	{"mp-pipe", PYTHON_FILE, {"pipe.py", "early-end"}, RUN_TERMINAL, .breaks = "5"},
	{"mp-pipe", PYTHON_FILE, {"pipe.py", "fails"}, RUN_PIPE, .breaks = "6"},
	{"mp-barrier", PYTHON_FILE, {"barrier.py"}, RUN_PIPE, .breaks = ""},
	{"mp-barrier", PYTHON_FILE, {"barrier.py"}, RUN_TERMINAL, .breaks = ""},
	{"mp-barrier", PYTHON_FILE, {"barrier.py"}, RUN_PIPE, .breaks = "", .unbuffered = true},
	{"mp-barrier", PYTHON_FILE, {"barrier.py", "early"}, RUN_TERMINAL, .breaks = "1"},
	{"mp-barrier", PYTHON_FILE, {"barrier.py", "barrier-of-one"}, RUN_TERMINAL, .breaks = "1"},
	{"mp-barrier", PYTHON_FILE, {"barrier.py", "no-lock"}, RUN_TERMINAL, .breaks = "2"},
	{"mp-barrier", PYTHON_FILE, {"barrier.py", "p3-waits"}, RUN_TERMINAL, .breaks = "3"},
	{"mp-barrier", PYTHON_FILE, {"barrier.py", "one-by-one"}, RUN_TERMINAL, .breaks = "4"},
	{"mp-barrier", PYTHON_FILE, {"barrier.py", "unreaped"}, RUN_TERMINAL, .breaks = "4"},
	{"mp-kill", PYTHON_FILE, {"kill.py"}, RUN_TERMINAL, .breaks = ""},
	{"mp-kill", PYTHON_FILE, {"kill.py"}, RUN_PIPE, .breaks = "", .unbuffered = true},
	/* Into a pipe Python prints when the buffer is full, at the end, and before it forks. */
	{"mp-kill", PYTHON_FILE, {"kill.py"}, RUN_PIPE, .breaks = ""},
	{"mp-kill", PYTHON_FILE, {"kill.py", "said-late"}, RUN_TERMINAL, .breaks = "1"},
	{"mp-kill", PYTHON_FILE, {"kill.py", "killed"}, RUN_TERMINAL, .breaks = "2"},
	{"mp-kill", PYTHON_FILE, {"kill.py", "finished"}, RUN_TERMINAL, .breaks = "2 3 4"},
	{"mp-kill", PYTHON_FILE, {"kill.py", "wrong-number"}, RUN_TERMINAL, .breaks = "4"},
	{"mp-kill", PYTHON_FILE, {"kill.py", "unreaped"}, RUN_TERMINAL, .breaks = "5"},
};

static const struct {
	const char *demo, *twin;
	const struct fault *faults;
} twins[] = {
	{"mp-pipe", "twin-pipe", pipe_faults},
	{"mp-barrier", "twin-barrier", barrier_faults},
	{"mp-kill", "twin-kill", kill_faults},
};

/* "mp-pipe --items=1000 (terminal)" */
static void describe(const struct program *program, char *into, size_t room)
{
	static const char *const before[] = {"", "", "python3 "};
	size_t length = (size_t)snprintf(into, room, "%s%s", before[program->place],
					 program->unbuffered ? "-u " : "");

	for (size_t i = 0; program->words[i] && length < room; i++)
		length += (size_t)snprintf(into + length, room - length, "%s%s", i ? " " : "",
					   program->words[i]);
	if (program->output == RUN_TERMINAL && length < room)
		snprintf(into + length, room - length, " (terminal)");
}

/* A stranger is judged by the demo's contract file, a demo by the one it carries. */
static void try_program(const struct program *program)
{
	struct trace_row row = {.output = program->output, .breaks = program->breaks};
	const char *const folders[] = {trace_places.demos, trace_places.strangers, NULL};
	struct trace_report report;
	size_t count = 0, option = 0;
	char what[128];

	if (program->place != DEMO)
		row.contract = program->demo;
	if (program->hangs) {
		row.options[option++] = "-t";
		row.options[option++] = "2";
	}
	if (program->place == PYTHON_FILE) {
		row.command[count++] = PYTHON;
		if (program->unbuffered)
			row.command[count++] = "-u";
		row.command[count++] = trace_path(
			trace_path(trace_places.sources, "tests/strangers"), program->words[0]);
	} else {
		row.command[count++] = trace_path(folders[program->place], program->words[0]);
	}
	for (size_t i = 1; program->words[i]; i++)
		row.command[count++] = program->words[i];
	describe(program, what, sizeof(what));
	trace_try(&row, what, &report);
	trace_free(&report);
}

/* `# nine              x . . . x .` */
static void show_row(const struct fault *fault, const struct trace_report *report)
{
	static const char signs[] = {' ', '.', 'x', '?'};
	char line[2 * TRACE_CLAIMS + 1] = "";

	for (size_t i = 0; i < report->claims; i++) {
		line[2 * i] = signs[report->results[i]];
		line[2 * i + 1] = ' ';
	}
	tap_note("%-18s %s", fault->name, line);
}

/* Which claim alone does the report break? 0: none, or several. */
static size_t only_broken(const struct trace_report *report)
{
	size_t only = 0, broken = 0;

	for (size_t i = 0; i < report->claims; i++)
		if (report->results[i] != TRACE_HOLDS) {
			only = i + 1;
			broken++;
		}
	return broken == 1 && report->results[only - 1] == TRACE_BROKEN ? only : 0;
}

static void try_fault(const char *demo, const char *twin, const struct fault *fault,
		      struct trace_report *report)
{
	struct trace_row row = {.contract = demo, .breaks = fault->breaks};
	char what[128];

	row.command[0] = trace_path(trace_places.twins, twin);
	row.command[1] = fault->name;
	if (!strcmp(fault->name, "one-short")) {
		row.command[2] = "-p";
		row.command[3] = "3";
	}
	if (fault->hangs) {
		row.options[0] = "-t";
		row.options[1] = "2";
	}
	snprintf(what, sizeof(what), "%s %s", twin, fault->name);
	trace_try(&row, what, report);
}

/* All faults of a twin; then the table, and that each claim has a fault that it alone catches. */
static void try_twin(const char *demo, const char *twin, const struct fault *faults)
{
	struct trace_report reports[64];
	bool alone[TRACE_CLAIMS + 1] = {false};
	size_t count, claims = 0;

	for (count = 0; faults[count].name && count < 64; count++) {
		try_fault(demo, twin, &faults[count], &reports[count]);
		alone[only_broken(&reports[count])] = true;
		if (reports[count].claims > claims)
			claims = reports[count].claims;
	}
	tap_note("%s: x is a broken claim, ? an inconclusive one", demo);
	for (size_t i = 0; i < count; i++) {
		show_row(&faults[i], &reports[i]);
		trace_free(&reports[i]);
	}
	ok(claims > 0, "%s has claims", demo);
	for (size_t claim = 1; claim <= claims; claim++)
		ok(alone[claim], "%s: a twin is caught by claim %zu alone", demo, claim);
}

int main(int argc, char *argv[])
{
	const char *demo = argc > 6 ? argv[6] : "";

	trace_begin(argc, argv);
	for (size_t i = 0; i < sizeof(programs) / sizeof(*programs); i++)
		if (!strcmp(programs[i].demo, demo))
			try_program(&programs[i]);
	for (size_t i = 0; i < sizeof(twins) / sizeof(*twins); i++)
		if (!strcmp(twins[i].demo, demo))
			try_twin(twins[i].demo, twins[i].twin, twins[i].faults);
	trace_end();
	return tap_done();
}
