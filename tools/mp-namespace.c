// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mp-namespace: what a process leaves in shared memory is there when it has gone.
 *
 *     main      opens myFunc.so | start 0, join | start 1, join | …  | reads them all
 *                                     |               |                ^
 *     processes                   myFunc(0)       myFunc(1)            |
 *                                     v               v                |
 *     namespace                      0=0             1=1  . . . . . . ´
 *
 * The point to see: a process works on a copy of all memory, and what it changes there goes with
 * it. Only memory that was made to be shared, before the processes were started, stays. The
 * function is in a module, which is loaded before, too, and then all have it.
 */
#include "cli.h"
#include "contract_section.h"
#include "join.h"

#include <dlfcn.h>
#include <errno.h>
#include <inttypes.h>
#include <libgen.h>
#include <limits.h>
#include <mproc.h>
#include <stdio.h>
#include <stdlib.h>

#define COUNT_MAX 200
#define ROOM	  (COUNT_MAX * 64) /* bytes; a short name with a number takes less than 64 */

static int64_t count;

static const struct cli_option options[] = {
	{'n', "count", "N", CLI_NUMBER, &count, "6", .least = 0, .most = COUNT_MAX,
	 .help = "start N processes, with the numbers 0 to N - 1"},
	{0},
};
static const struct cli_example examples[] = {
	{"mp-namespace -n 3", "The last line is `namespace: 0=0 1=1 2=2'."},
	{"sudo mp-trace mp-namespace", "Shows that the processes have memory in common."},
	{0},
};
static const struct cli_program program = {
	.name = "mp-namespace",
	.purpose = "processes that leave their results in a namespace",
	.description =
		"Processes run, one after the other, a function of a module. Each leaves its "
		"result under its number in a namespace that all share. At the end the main "
		"process reads what the others, which have all gone, have left.",
	.options = options,
	.examples = examples,
	.see = "mp-namespace(1), mp-spawn(1), mp-trace(1), mproc(3)",
};

static int64_t (*my_func)(int64_t number); /* see myfunc.h */
static struct mp_namespace *results;

/* Beside the program, where the build puts it, or from where it is installed. */
static int load_module(void)
{
	static const char *const places[] = {".", MP_MODULES};
	char self[PATH_MAX], path[2 * PATH_MAX], *folder;
	void *module = NULL;

	if (!realpath("/proc/self/exe", self))
		return cli_fail_call("/proc/self/exe", errno);
	folder = dirname(self);
	for (size_t i = 0; i < 2 && !module; i++) {
		snprintf(path, sizeof(path), "%s/%s/myFunc.so", folder, places[i]);
		module = dlopen(path, RTLD_NOW);
	}
	my_func = module ? (int64_t(*)(int64_t))dlsym(module, "myfunc") : NULL;
	return my_func ? 0 : cli_fail("dlopen: %s", dlerror());
}

static const char *name_of(int64_t number)
{
	static char name[24];

	snprintf(name, sizeof(name), "%" PRId64, number);
	return name;
}

/* What each process does. */
static int run(void *number)
{
	int64_t i = *(int64_t *)number, result = my_func(i);

	if (cli_failed("mp_namespace_set_int64",
		       mp_namespace_set_int64(results, name_of(i), result)))
		return 1;
	return cli_finish(0);
}

static int run_one_by_one(void)
{
	int status = 0;

	for (int64_t i = 0; i < count && status == 0; i++) {
		struct mp_process *process;

		if (cli_failed("mp_process_new", mp_process_new(&process, NULL, run, &i)) ||
		    cli_failed("mp_process_start", mp_process_start(process)))
			return 1;
		status = join_well(process);
	}
	return status;
}

/* `namespace: 0=0 1=1 2=2` */
static int print_results(void)
{
	int64_t result;

	printf("namespace:");
	for (int64_t i = 0; i < count; i++) {
		if (cli_failed("mp_namespace_get_int64",
			       mp_namespace_get_int64(results, name_of(i), &result)))
			return 1;
		printf(" %" PRId64 "=%" PRId64, i, result);
	}
	printf("\n");
	return 0;
}

int main(int argc, char *argv[])
{
	cli_parse(&program, argc, argv);
	cli_print_lines();
	if (load_module() || cli_failed("mp_namespace_new", mp_namespace_new(&results, ROOM)) ||
	    run_one_by_one() || print_results())
		return 1;
	return cli_finish(0);
}
