// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mp-name: a process has a name.
 *
 *     main    makes "myFunc process"   makes another, without saying how it is called
 *                    |                        |
 *             myFunc process             Process-2
 *
 * The point to see: a name can be given; without one, a process is called by its number among
 * those that were made, so the second one is Process-2 although the first has another name. The
 * kernel knows these names, too: while the two sleep, `ps -e` and top(1) show them.
 */
#include "cli.h"
#include "contract_section.h"
#include "join.h"

#include <mproc.h>
#include <stdio.h>

static int64_t delay;

static const struct cli_option options[] = {
	{0, "delay", "SECONDS", CLI_SECONDS, &delay, "3", .most = 3600 * CLI_SECOND,
	 .help = "how long each process sleeps between its two lines"},
	{0},
};
static const struct cli_example examples[] = {
	{"mp-name --delay 0.5", "Both processes are there for half a second."},
	{"mp-name & sleep 1; ps -o pid,comm; wait", "ps(1) shows the names."},
	{"sudo mp-trace mp-name", "Shows the names as the kernel has them."},
	{0},
};
static const struct cli_program program = {
	.name = "mp-name",
	.purpose = "naming processes",
	.description =
		"Two processes run the same function at the same time: each prints its name, "
		"sleeps, and prints its name again. One was given its name; the other one has the "
		"name that every process gets if nobody says how it is called.",
	.options = options,
	.examples = examples,
	.see = "mp-name(1), mp-trace(1), mproc(3), ps(1)",
};

/* What both do. */
static int work(void *unused)
{
	const char *name = mp_process_current_name();

	printf("Starting process name = %s\n", name);
	cli_pause(delay);
	printf("Exiting process name = %s\n", name);
	return cli_finish(0);
}

int main(int argc, char *argv[])
{
	struct mp_process *with_name, *with_default_name;

	cli_parse(&program, argc, argv);
	cli_print_lines();
	if (cli_failed("mp_process_new",
		       mp_process_new(&with_name, "myFunc process", work, NULL)) ||
	    cli_failed("mp_process_new", mp_process_new(&with_default_name, NULL, work, NULL)) ||
	    cli_failed("mp_process_start", mp_process_start(with_name)))
		return 1;
	if (cli_failed("mp_process_start", mp_process_start(with_default_name))) {
		mp_process_terminate(with_name); /* leaving main then waits for it */
		return 1;
	}
	return cli_finish(join_well(with_name) | join_well(with_default_name));
}
