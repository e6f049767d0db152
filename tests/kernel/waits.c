// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Who waits for whom in calls that know no descriptor of a pipe, who talks through sockets, and who
 * has what came through them.
 */
#include "tap.h"
#include "trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *waiter;

static const char waits_contract[] = "process k = child 1 of main\n"
				     "claim \"It waits until main lets it go on\"\n"
				     "    k waits\n"
				     "    k waits for main before k prints \"got it\"\n"
				     "    main wakes k\n"
				     "claim \"It finds at once what it wants\"\n"
				     "    k never waits\n"
				     "    k never waits for main\n"
				     "    main never wakes k\n"
				     "claim \"It gets it\"\n"
				     "    k prints \"got it\" once\n"
				     "    k exits with 0\n";

static const char told_contract[] = "process k = child 1 of main\n"
				    "claim \"It waits for its child\"\n"
				    "    main waits for k\n"
				    "claim \"It does not\"\n"
				    "    main never waits for k\n"
				    "claim \"It goes well\"\n"
				    "    main reaps k once\n"
				    "    main exits with 0\n";

static const char socket_contract[] = "process k = child 1 of main\n"
				      "channel up = from k to main\n"
				      "claim \"What is said before the call is taken is heard\"\n"
				      "    k writes up once\n"
				      "    main reads up once\n"
				      "    main reads from k once\n"
				      "claim \"Nothing is said\"\n"
				      "    k never writes up\n"
				      "    main never reads from k\n"
				      "claim \"It goes well\"\n"
				      "    k exits with 0\n"
				      "    main exits with 0\n";

static const char pass_contract[] = "process k = child 1 of main\n"
				    "channel down = from main to k\n"
				    "claim \"It gives up the end that it was given\"\n"
				    "    main closes the writing end of down\n"
				    "claim \"It was given that twice\"\n"
				    "    main never closes the writing end of down\n"
				    "claim \"It goes well\"\n"
				    "    k exits with 0\n"
				    "    main exits with 0\n";

static const char end_contract[] = "process k = child 1 of main\n"
				   "channel up = from k to main\n"
				   "claim \"It meets the end once\"\n"
				   "    main reads the end of up once\n"
				   "claim \"It meets no end\"\n"
				   "    main never reads the end of up\n"
				   "claim \"It goes well\"\n"
				   "    main exits with 0\n";

static const char clock_contract[] = "process k = child 1 of main\n"
				     "claim \"They have nothing to do with each other\"\n"
				     "    main waits\n"
				     "    k never wakes main\n"
				     "claim \"One lets the other go on\"\n"
				     "    k wakes main\n"
				     "claim \"It goes well\"\n"
				     "    main exits with 0\n";

static const char terminal_contract[] = "process k = child 1 of main\n"
					"claim \"It waits until main writes\"\n"
					"    k waits for main\n"
					"    main wakes k\n"
					"claim \"They have nothing to do with each other\"\n"
					"    k never waits for main\n"
					"    main never wakes k\n"
					"claim \"It goes well\"\n"
					"    main waits for k\n"
					"    main exits with 0\n";

static const char *make_contract(const char *name, const char *text)
{
	const char *path = trace_path(trace_places.work, name);
	FILE *file = fopen(path, "w");

	if (!file || fputs(text, file) < 0 || fclose(file) != 0)
		tap_bail("cannot write %s", path);
	return path;
}

/* "1" or "1 2": the claims that do not hold; they are all broken, or all open. */
static void judge(const char *contract, const char *what, const char *how, int status,
		  const char *failing)
{
	const char *const options[] = {"-c", contract, NULL};
	const char *const command[] = {waiter, what, *how ? how : NULL, NULL};
	struct trace_report report;
	bool good;

	trace_judge(&report, NULL, options, command);
	good = is_int(report.run.status, status, "%s %s: exit status", what, how);
	good &= ok(report.well_formed && !report.run.left, "%s %s: a whole report", what, how);
	good &= is_string(report.broken, failing, "%s %s: the claims that do not hold", what, how);
	if (!good)
		trace_show(&report);
	trace_free(&report);
}

int main(int argc, char *argv[])
{
	static const char *const calls[] = {"mq", "mqpoll", "msg", "sem", "lock", "flock"};
	static const char *const tells[] = {"poll", "select", "epoll", "ever"};
	const char *waits, *sockets, *passes, *told;

	trace_begin(argc, argv);
	if (argc != 6)
		tap_bail("the waiter is missing");
	waiter = argv[5];
	waits = make_contract("waits.contract", waits_contract);
	sockets = make_contract("sockets.contract", socket_contract);
	for (size_t i = 0; i < sizeof(calls) / sizeof(*calls); i++) {
		judge(waits, calls[i], "", 1, "2");
		judge(waits, calls[i], "now", 1, "1");
	}
	told = make_contract("told.contract", told_contract);
	for (size_t i = 0; i < sizeof(tells) / sizeof(*tells); i++)
		judge(told, "told", tells[i], 1, "2");
	judge(told, "told", "time", 1, "1"); /* that is to sleep */
	judge(sockets, "unix", "", 1, "2");
	/* Whom the bytes came from cannot be known any more: nothing is said of that. */
	judge(sockets, "unix", "gone", 3, "1 2");
	judge(sockets, "tcp", "", 3, "1 2");
	judge(make_contract("end.contract", end_contract), "nothing", "", 1, "2");
	judge(make_contract("clock.contract", clock_contract), "clock", "", 1, "2");
	judge(make_contract("terminal.contract", terminal_contract), "terminal", "", 3, "1 2");
	passes = make_contract("pass.contract", pass_contract);
	judge(passes, "pass", "", 1, "1");
	judge(passes, "pass", "signed", 1, "1");
	/* Of what comes with several messages at once only this much is known. */
	judge(passes, "pass", "many", 3, "1 2");
	judge(passes, "pass", "much", 1, "2");
	judge(passes, "pass", "apart", 3, "1 2");
	trace_end();
	return tap_done();
}
