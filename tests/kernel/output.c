// SPDX-License-Identifier: GPL-2.0-or-later
/* In whatever way a program writes to its standard output: no contract holds that forbids it. */
#include "tap.h"
#include "trace.h"

#include <stdio.h>
#include <string.h>

/* Where the text is not kept, or nothing of it is seen, it is at least known that this is so. */
static const struct {
	const char *way;
	enum trace_result result;
} writings[] = {
	{"write", TRACE_BROKEN},
	{"writev", TRACE_BROKEN},
	{"pwrite", TRACE_BROKEN},
	{"send", TRACE_BROKEN},
	{"vmsplice", TRACE_INCONCLUSIVE},
	{"sendfile", TRACE_INCONCLUSIVE},
	{"copy_file_range", TRACE_INCONCLUSIVE},
	{"splice", TRACE_INCONCLUSIVE},
	{"tee", TRACE_INCONCLUSIVE},
	{"aio", TRACE_INCONCLUSIVE},
	{"io_uring", TRACE_INCONCLUSIVE},
	{"inherited", TRACE_INCONCLUSIVE},
};

/* The one who writes says nothing bad; the path of a contract that says so. */
static const char *make_contract(const char *who)
{
	const char *path = trace_path(trace_places.work, "never.contract");
	FILE *file = fopen(path, "w");

	if (!file)
		tap_bail("cannot write %s", path);
	fprintf(file,
		"claim \"It says nothing bad\"\n"
		"    %s never prints \"bad\"\n"
		"claim \"It did write\"\n"
		"    main exits with 0\n",
		who);
	fclose(file);
	return path;
}

int main(int argc, char *argv[])
{
	struct trace_report report;

	trace_begin(argc, argv);
	if (argc != 6)
		tap_bail("the program that writes is missing");
	for (size_t i = 0; i < sizeof(writings) / sizeof(*writings); i++) {
		const char *way = writings[i].way;
		const char *who = strcmp(way, "inherited") ? "main" : "child 1 of main";
		const char *const options[] = {"-c", make_contract(who), NULL};
		bool good;

		trace_judge(&report, NULL, options, (const char *[]){argv[5], way, NULL});
		good = is_int(report.results[0], writings[i].result,
			      "%s: a contract that forbids it", way);
		good &= is_int(report.results[1], TRACE_HOLDS, "%s: it was written", way);
		if (!good)
			trace_show(&report);
		trace_free(&report);
	}
	trace_end();
	return tap_done();
}
