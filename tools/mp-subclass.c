// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mp-subclass: a type of one's own whose objects are processes.
 *
 *     struct mp_process_base           what the library knows: a process, and a table of functions
 *              ^
 *              | is the first member of
 *     struct my_process                 with a run of its own in that table
 *
 * The point to see: nobody calls run. To start an object makes a process, and the process calls
 * the run of its type. Each object here is joined before the next one is made.
 */
#include "cli.h"
#include "contract_section.h"
#include "join.h"

#include <mproc.h>
#include <stdio.h>

static int64_t count;

static const struct cli_option options[] = {
	{'n', "count", "N", CLI_NUMBER, &count, "10", .least = 0, .most = 1000,
	 .help = "start N processes, one after the other"},
	{0},
};
static const struct cli_example examples[] = {
	{"mp-subclass -n 2", "Process-1 says that its run method was called, then Process-2."},
	{"sudo mp-trace mp-subclass", "Shows that there are never two of them at once."},
	{0},
};
static const struct cli_program program = {
	.name = "mp-subclass",
	.purpose = "processes with a run method of their own",
	.description =
		"A process type has a run method of its own, as a subclass has that overrides the "
		"one of its base class. So many objects of the type are made and started, and each "
		"is joined before the next one is made. They get no names, so they are called "
		"Process-1, Process-2 and so on.",
	.options = options,
	.examples = examples,
	.see = "mp-subclass(1), mp-trace(1), mproc(3)",
};

struct my_process {
	struct mp_process_base base; /* first, so that the base is the object */
};

/* The overridden method: in the process, for the object that was started. */
static int my_process_run(struct mp_process_base *self)
{
	printf("called run method in %s\n", mp_process_name(self->process));
	return cli_finish(0);
}

static const struct mp_process_ops my_process_ops = {my_process_run};

int main(int argc, char *argv[])
{
	int status = 0;

	cli_parse(&program, argc, argv);
	cli_print_lines();
	for (int64_t i = 0; i < count && status == 0; i++) {
		struct my_process process;

		if (cli_failed("mp_process_init",
			       mp_process_init(&process.base, &my_process_ops, NULL)) ||
		    cli_failed("mp_process_start", mp_process_start(process.base.process)))
			return 1;
		status = join_well(process.base.process);
	}
	return cli_finish(status);
}
