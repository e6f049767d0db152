// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mp-func: several processes run one function, each with a number of its own.
 *
 *     main    start 0   start 1   start 2 | join 0   join 1   join 2
 *                |         |         |
 *             myFunc(0) myFunc(1) myFunc(2)
 *
 * The point to see: all are started before the first is joined, so they run side by side. The
 * lines of one process stay in order; those of different ones mix as they like, and another time
 * in another way.
 */
#include "cli.h"
#include "contract_section.h"
#include "join.h"
#include "myfunc.h"

#include <mproc.h>
#include <stdio.h>

#define COUNT_MAX 200 /* they print 20100 lines */

static int64_t count;

static const struct cli_option options[] = {
	{'n', "count", "N", CLI_NUMBER, &count, "3", .least = 0, .most = COUNT_MAX,
	 .help = "start N processes, with the numbers 0 to N - 1"},
	{0},
};
static const struct cli_example examples[] = {
	{"mp-func -n 8", "Run it several times: the lines of the eight processes mix."},
	{"sudo mp-trace mp-func", "Shows that they are there at the same time."},
	{0},
};
static const struct cli_program program = {
	.name = "mp-func",
	.purpose = "several processes run one function",
	.description =
		"Several processes run one function at the same time. It prints the number that "
		"it is given, and so many lines. Process 0 prints its heading only.",
	.options = options,
	.examples = examples,
	.see = "mp-func(1), mp-spawn(1), mp-trace(1), mproc(3)",
};

/* What each process does: it has a copy of the number as it was when the process was started. */
static int run(void *number)
{
	myfunc(*(int64_t *)number);
	return cli_finish(0);
}

/* Returns how many could be started. */
static int64_t start_all(struct mp_process *processes[])
{
	int64_t i;

	for (i = 0; i < count; i++)
		if (cli_failed("mp_process_new", mp_process_new(&processes[i], NULL, run, &i)) ||
		    cli_failed("mp_process_start", mp_process_start(processes[i])))
			break;
	return i;
}

int main(int argc, char *argv[])
{
	struct mp_process *processes[COUNT_MAX];
	int64_t started;
	int status = 0;

	cli_parse(&program, argc, argv);
	cli_print_lines();
	started = start_all(processes);
	for (int64_t i = 0; i < started; i++)
		status |= join_well(processes[i]);
	return cli_finish(status || started < count);
}
