// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mp-spawn: processes are started one after the other, and each is waited for.
 *
 *     main    start 0, join 0      start 1, join 1      start 2, join 2  …
 *                |       |            |       |            |       |
 *             myFunc(0) ends       myFunc(1) ends       myFunc(2) ends
 *
 * The point to see: with the join inside of the loop nothing runs side by side, and so the lines
 * come in the same order every time. mp-func does the same with two loops.
 */
#include "cli.h"
#include "contract_section.h"
#include "join.h"
#include "myfunc.h"

#include <mproc.h>
#include <stdio.h>

static int64_t count;

static const struct cli_option options[] = {
	{'n', "count", "N", CLI_NUMBER, &count, "6", .least = 0, .most = 200,
	 .help = "start N processes, with the numbers 0 to N - 1"},
	{0},
};
static const struct cli_example examples[] = {
	{"mp-spawn -n 3", "Three headings, with 0, 1 and 2 lines."},
	{"sudo mp-trace mp-spawn", "Shows that there are never two of them at once."},
	{0},
};
static const struct cli_program program = {
	.name = "mp-spawn",
	.purpose = "processes that are started one after the other",
	.description =
		"Processes run one function, one after the other: each is joined before the next "
		"is started. The function prints the number that it is given, and so many lines.",
	.options = options,
	.examples = examples,
	.see = "mp-spawn(1), mp-func(1), mp-trace(1), mproc(3)",
};

/* What each process does. */
static int run(void *number)
{
	myfunc(*(int64_t *)number);
	return cli_finish(0);
}

int main(int argc, char *argv[])
{
	int status = 0;

	cli_parse(&program, argc, argv);
	cli_print_lines();
	for (int64_t i = 0; i < count && status == 0; i++) {
		struct mp_process *process;

		if (cli_failed("mp_process_new", mp_process_new(&process, NULL, run, &i)) ||
		    cli_failed("mp_process_start", mp_process_start(process)))
			return 1;
		status = join_well(process);
	}
	return cli_finish(status);
}
