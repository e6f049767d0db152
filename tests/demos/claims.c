// SPDX-License-Identifier: GPL-2.0-or-later
#include "claims.h"
#include "tap.h"
#include "trace.h"

#include <stdio.h>
#include <string.h>

#define FAULTS_MAX 100

/* The interpreter of the system: its libraries are where everybody can read them. */
#define INTERPRETER "/usr/bin/python3"

static const char *demo; /* without "mp-" */

/* The file of a built test of this demo: "twin-pipe". */
static const char *built(const char *what)
{
	char name[64];

	snprintf(name, sizeof(name), "%s-%s", what, demo);
	return trace_path(trace_places.tests, name);
}

static const char *file_of(enum place place)
{
	char name[64];

	switch (place) {
	case DEMO:
		snprintf(name, sizeof(name), "mp-%s", demo);
		return trace_path(trace_places.demos, name);
	case TWIN:
		return built("twin");
	case STRANGER:
		return built("stranger");
	default:
		snprintf(name, sizeof(name), "tests/demos/%s/stranger.py", demo);
		return trace_path(trace_places.sources, name);
	}
}

static void add_words(struct trace_row *row, size_t *count, const char *const words[])
{
	while (*words) {
		if (*count >= TRACE_WORDS - 1)
			tap_bail("a row has too many words");
		row->command[(*count)++] = *words++;
	}
}

static void add_word(struct trace_row *row, size_t *count, const char *word)
{
	add_words(row, count, (const char *const[]){word, NULL});
}

/* "python3 -u stranger.py nine (terminal)": what is tried, without its folders. */
static void describe(const struct trace_row *row, char *into, size_t room)
{
	size_t length = 0;

	for (size_t i = 0; row->command[i] && length < room; i++) {
		const char *last = strrchr(row->command[i], '/');

		length += (size_t)snprintf(into + length, room - length, "%s%s", i ? " " : "",
					   last && *row->command[i] == '/' ? last + 1
									   : row->command[i]);
	}
	if (row->output == RUN_TERMINAL && length < room)
		snprintf(into + length, room - length, " (terminal)");
}

static void stop_what_hangs(struct trace_row *row)
{
	row->options[0] = "-t";
	row->options[1] = "2";
}

static void try_program(const struct program *program)
{
	struct trace_row row = {.output = program->output,
				.breaks = program->breaks ? program->breaks : ""};
	struct trace_report report;
	size_t count = 0;
	char what[256];

	if (program->place != DEMO || program->before[0])
		row.contract = demo;
	if (program->hangs)
		stop_what_hangs(&row);
	add_words(&row, &count, program->before);
	if (program->place == PYTHON)
		add_word(&row, &count, INTERPRETER);
	if (program->unbuffered)
		add_word(&row, &count, "-u");
	add_word(&row, &count, file_of(program->place));
	add_words(&row, &count, program->words);
	describe(&row, what, sizeof(what));
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

static void try_fault(const struct fault *fault, struct trace_report *report)
{
	struct trace_row row = {.contract = demo, .breaks = fault->breaks};
	size_t count = 0;
	char what[256];

	if (fault->hangs)
		stop_what_hangs(&row);
	add_word(&row, &count, built("twin"));
	add_word(&row, &count, fault->name);
	add_words(&row, &count, fault->options);
	describe(&row, what, sizeof(what));
	trace_try(&row, what, report);
}

/* All faults of the twin; then the table, and that each claim has a fault that it alone catches. */
static void try_twin(const struct fault *faults)
{
	static struct trace_report reports[FAULTS_MAX];
	bool alone[TRACE_CLAIMS + 1] = {false};
	size_t count, claims = 0;

	for (count = 0; faults[count].name; count++) {
		if (count == FAULTS_MAX)
			tap_bail("the table of faults is too long");
		try_fault(&faults[count], &reports[count]);
		alone[only_broken(&reports[count])] = true;
		if (reports[count].claims > claims)
			claims = reports[count].claims;
	}
	tap_note("mp-%s: x is a broken claim, ? an inconclusive one", demo);
	for (size_t i = 0; i < count; i++) {
		show_row(&faults[i], &reports[i]);
		trace_free(&reports[i]);
	}
	ok(claims > 0, "mp-%s has claims", demo);
	for (size_t claim = 1; claim <= claims; claim++)
		ok(alone[claim], "mp-%s: a twin is caught by claim %zu alone", demo, claim);
}

int claims_main(int argc, char *argv[], const char *name, const struct program *programs,
		const struct fault *faults)
{
	demo = name;
	trace_begin(argc, argv);
	for (; programs->place; programs++)
		try_program(programs);
	try_twin(faults);
	trace_end();
	return tap_done();
}
