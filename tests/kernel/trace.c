// SPDX-License-Identifier: GPL-2.0-or-later
#include "trace.h"
#include "tap.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct trace_places trace_places;

void trace_begin(int argc, char *argv[])
{
	tap_plan(0);
	if (argc < 5)
		tap_bail("needed: mp-trace, folders of demos and of their tests, sources");
	trace_places =
		(struct trace_places){argv[1], argv[2], argv[3], argv[4], "/tmp/mp-kernel-XXXXXX"};
	if (geteuid() != 0) {
		tap_skip(1, "mp-trace needs root: run this test as root");
		exit(tap_done());
	}
	/* Here root itself calls; what sudo changes has rows of its own. */
	unsetenv("SUDO_UID");
	unsetenv("SUDO_GID");
	unsetenv("SUDO_USER");
	unsetenv("SUDO_COMMAND");
	unsetenv("PYTHONUNBUFFERED"); /* only what a row says with -u is unbuffered */
	if (!mkdtemp(trace_places.work))
		tap_bail("cannot make a folder in /tmp");
	chmod(trace_places.work, 0755);
}

static int delete (const char *path, const struct stat *status, int kind, struct FTW *place)
{
	return remove(path);
}

void trace_end(void)
{
	nftw(trace_places.work, delete, 8, FTW_DEPTH | FTW_PHYS);
}

const char *trace_path(const char *folder, const char *name)
{
	char *path;

	if (asprintf(&path, "%s/%s", folder, name) < 0)
		tap_bail("no memory");
	return path;
}

const char *trace_contract(const char *demo)
{
	char *path;

	if (asprintf(&path, "%s/tools/contracts/mp-%s.contract", trace_places.sources, demo) < 0)
		tap_bail("no memory");
	return path;
}

/* ok N, not ok N: the next claim of the report. */
static void take_point(struct trace_report *report, const char *line, bool *well)
{
	bool holds = !strncmp(line, "ok ", 3);
	size_t number = strtoul(line + (holds ? 3 : 7), NULL, 10);

	if (number != report->claims + 1 || number > TRACE_CLAIMS || strchr(line, '#')) {
		*well = false;
		return;
	}
	report->claims = number;
	report->results[number - 1] = holds ? TRACE_HOLDS : TRACE_INCONCLUSIVE;
}

/* A claim is broken when one of its clauses is; else it was inconclusive. */
static void take_line(struct trace_report *report, const char *line, bool *well, size_t *planned)
{
	if (!strncmp(line, "ok ", 3) || !strncmp(line, "not ok ", 7))
		take_point(report, line, well);
	else if (!strncmp(line, "# broken: ", 10) && report->claims)
		report->results[report->claims - 1] = TRACE_BROKEN;
	else if (!strncmp(line, "1..", 3) && *planned == 0)
		*planned = strtoul(line + 3, NULL, 10);
	else if (*line != '#')
		*well = false;
}

static void parse(struct trace_report *report)
{
	char *copy = strdup(report->tap), *rest = copy, *line = strsep(&rest, "\n");
	size_t planned = 0;

	report->well_formed = line && !strcmp(line, "TAP version 13");
	while ((line = strsep(&rest, "\n")))
		if (rest || *line)
			take_line(report, line, &report->well_formed, &planned);
	if (report->claims != planned || planned == 0)
		report->well_formed = false;
	free(copy);
	for (size_t i = 0; i < report->claims; i++)
		if (report->results[i] != TRACE_HOLDS)
			sprintf(report->broken + strlen(report->broken), "%s%zu",
				*report->broken ? " " : "", i + 1);
}

void trace_run(struct run *run, const struct run_how *how, const char *const words[])
{
	const char *argv[2 * TRACE_WORDS] = {trace_places.mp_trace};
	size_t count = 1;

	while (*words)
		argv[count++] = *words++;
	run_command(run, how, argv);
}

void trace_judge(struct trace_report *report, const struct run_how *how,
		 const char *const options[], const char *const command[])
{
	static unsigned number;
	char file[128];
	const char *words[2 * TRACE_WORDS] = {"-f", "tap", "-o", file};
	size_t count = 4;

	snprintf(file, sizeof(file), "%s/report-%u", trace_places.work, number++);
	while (options && *options)
		words[count++] = *options++;
	words[count++] = "--";
	while (*command)
		words[count++] = *command++;
	*report = (struct trace_report){0};
	trace_run(&report->run, how, words);
	if (access(file, F_OK) == 0) {
		report->tap = run_read_file(file, NULL);
		parse(report);
	}
}

void trace_free(struct trace_report *report)
{
	run_free(&report->run);
	free(report->tap);
}

static void show_text(const char *label, const char *text)
{
	char *copy = strdup(text ? text : "(none)"), *rest = copy, *line;
	int lines = 0;

	while ((line = strsep(&rest, "\n")) && lines++ < 60)
		if (*line)
			tap_note("%s: %s", label, line);
	free(copy);
}

void trace_show(const struct trace_report *report)
{
	show_text("report", report->tap);
	show_text("stderr", report->run.err);
	show_text("stdout", report->run.out);
}

static bool any_inconclusive(const struct trace_report *report)
{
	for (size_t i = 0; i < report->claims; i++)
		if (report->results[i] == TRACE_INCONCLUSIVE)
			return true;
	return false;
}

void trace_try(const struct trace_row *row, const char *what, struct trace_report *report)
{
	struct run_how how = {.output = row->output};
	const char *options[10] = {0};
	size_t count = 0;
	bool good;

	if (row->contract) {
		options[count++] = "-c";
		options[count++] = trace_contract(row->contract);
	}
	for (size_t i = 0; row->options[i]; i++)
		options[count++] = row->options[i];
	trace_judge(report, &how, options, row->command);
	good = is_int(report->run.status, *row->breaks ? 1 : 0, "%s: exit status", what);
	good &= ok(report->well_formed && !any_inconclusive(report) && !report->run.left,
		   "%s: a whole report, and nothing left running", what);
	good &= is_string(report->broken, row->breaks, "%s: the claims that break", what);
	if (!good)
		trace_show(report);
}
