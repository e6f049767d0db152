/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include <string.h>

#include "cli.h"
#include "collect.h"
#include "render.h"

#define FORMATS_MOST 16
#define TIMEOUT_MOST (1000000 * CLI_SECOND)

static struct mp_options given;
static const char *formats[FORMATS_MOST]; /* the names of mp_renderers, and NULL */
static const char *const colors[] = {"auto", "always", "never", NULL};

static const struct cli_option table[] = {
	{'c', "contract", "FILE", CLI_TEXT, &given.contract, .offer = "files *.contract",
	 .help = "judge against the contract in FILE"},
	{'n', "no-contract", NULL, CLI_FLAG, &given.no_contract, .help = "only observe"},
	{'f', "format", "FORMAT", CLI_CHOICE, &given.format, "text", .choices = formats,
	 .help = "text is for people; tap is one test point for each claim"},
	{'o', "output", "FILE", CLI_TEXT, &given.output, .offer = "files *",
	 .help = "write the report to FILE (default: standard error); with - to standard output, "
		 "and the command's own output goes to standard error"},
	{'r', "record", "FILE", CLI_TEXT, &given.record, .offer = "files *.mpt",
	 .help = "keep what was seen in FILE, for --from"},
	{0, "from", "RECORD", CLI_TEXT, &given.from, .offer = "files *.mpt",
	 .help = "run nothing: judge what --record has kept"},
	{'t', "timeout", "SECONDS", CLI_SECONDS, &given.timeout_ns, .least = CLI_SECOND / 1000,
	 .most = TIMEOUT_MOST,
	 .help = "stop the command after that time, then say who was waiting for whom"},
	{'u', "user", "USER", CLI_TEXT, &given.user, .offer = "users",
	 .help = "run the command as USER (default: who called sudo)"},
	{0, "explain", NULL, CLI_FLAG, &given.explain,
	 .help = "print the sentences of the contract and leave"},
	{'q', "quiet", NULL, CLI_FLAG, &given.quiet,
	 .help = "report only what is not as it should be"},
	{'v', "verbose", NULL, CLI_COUNT, &given.verbose,
	 .help = "show every clause and program image; twice: every act too"},
	{0, "color", "WHEN", CLI_CHOICE, &given.color, "auto", .choices = colors,
	 .help = "colour in the text report"},
	{0, "buffer", "SIZE", CLI_SIZE, &given.buffer, "4M", .least = MP_BUFFER_LEAST,
	 .most = MP_BUFFER_MOST,
	 .help = "room for events that wait to be read; rounded up to a power of two"},
	{0},
};

static const char *const uses[] = {
	"[OPTIONS] [--] COMMAND [ARG...]",
	"[OPTIONS] --from RECORD",
	"--explain [-v] [-c FILE] [COMMAND]",
	NULL,
};

static const struct cli_example examples[] = {
	{"sudo mp-trace mp-barrier", "Runs a demo and judges the contract that it carries."},
	{"sudo mp-trace --no-contract sh -c 'seq 9 | sort'",
	 "Shows who forked, what went through which pipe, and who reaped whom."},
	{"sudo mp-trace -c pipe.contract -r run.mpt python3 pipe.py",
	 "Judges a program by a contract of your own, and keeps what was seen."},
	{"mp-trace --from run.mpt -v", "Looks at it again, clause by clause, without root."},
	{"mp-trace --explain mp-pipe", "Says what the contract of mp-pipe claims."},
	{0},
};

static const struct cli_status statuses[] = {
	{"0", "every claim holds"},
	{"1", "a claim is broken"},
	{"2", "what was asked for cannot be done: options, privileges, no such command, a contract "
	      "with mistakes"},
	{"3", "no claim is broken, but not all could be decided"},
	{"other", "without a contract, the command's own status (128+N: killed by signal N)"},
	{0},
};

static const struct cli_program program = {
	.name = "mp-trace",
	.purpose = "see what a program's processes do, and judge it",
	.uses = uses,
	.operands = true,
	.commands = MP_CONTRACTS_DIR "/*.contract",
	.description =
		"Runs a command, records what the kernel sees of all its processes, and reports "
		"who started, waited for, spoke with and reaped whom. When there is a contract, "
		"every claim of it is judged by what was seen: it holds, it is broken, or it is "
		"inconclusive because something that matters was not seen.\n\n"
		"Root is needed to watch and is given up before the command starts. The contract "
		"is looked for in the command's own file, then among the installed contracts.",
	.options = table,
	.examples = examples,
	.statuses = statuses,
	.see = "mp-tools(7), mp-contract(5), mp-record(5)",
};

static void list_formats(void)
{
	for (size_t i = 0; i + 1 < FORMATS_MOST && mp_renderers[i].name != NULL; i++)
		formats[i] = mp_renderers[i].name;
}

static bool is_tap(void)
{
	return strcmp(given.format, "tap") == 0;
}

/* What would be taken and not done is refused. */
static void check_explain(void)
{
	if (given.explain && (given.output != NULL || given.record != NULL ||
			      given.timeout_ns != 0 || given.user != NULL || is_tap()))
		cli_usage("--explain runs nothing and prints to standard output: --format tap, "
			  "--output, --record, --timeout and --user are not for it");
}

/* Where a run is asked for and where one is read, different options make sense. */
static void check_source(void)
{
	if (given.from != NULL && given.argc > 0)
		cli_usage("--from reads a record: there is no command to run");
	if (given.from != NULL &&
	    (given.record != NULL || given.timeout_ns != 0 || given.user != NULL))
		cli_usage("--record, --timeout and --user are for a run, not for --from");
	if (given.from == NULL && given.argc == 0 && !(given.explain && given.contract != NULL))
		cli_usage("a command or --from RECORD is needed; mp-trace --help explains");
	if (given.argc > 0 && given.argv[0][0] == '\0')
		cli_usage("the command is an empty word");
}

static void check_contract(void)
{
	if (given.contract != NULL && given.no_contract)
		cli_usage("--contract and --no-contract contradict each other");
	if (given.no_contract && given.explain)
		cli_usage("--explain needs a contract");
	if (given.no_contract && is_tap())
		cli_usage("--format tap needs a contract: its claims are the test points");
	if (given.contract != NULL && given.from != NULL && strcmp(given.contract, "-") == 0 &&
	    strcmp(given.from, "-") == 0)
		cli_usage("standard input cannot be both the contract and the record");
}

static void check_outputs(void)
{
	if (given.record != NULL && strcmp(given.record, "-") == 0)
		cli_usage("--record needs a file");
	if (given.record != NULL && given.output != NULL && strcmp(given.record, given.output) == 0)
		cli_usage("--record and --output cannot be the same file");
}

static int64_t power_of_two(int64_t bytes)
{
	int64_t power = MP_BUFFER_LEAST;

	while (power < bytes)
		power *= 2;
	return power;
}

void mp_options_parse(int argc, char *argv[], struct mp_options *options)
{
	int first;

	list_formats();
	first = cli_parse(&program, argc, argv);
	given.argc = argc - first;
	given.argv = argv + first;
	given.buffer = power_of_two(given.buffer);
	check_source();
	check_explain();
	check_contract();
	check_outputs();
	*options = given;
}

bool mp_options_take_stdout(const struct mp_options *options)
{
	return options->output != NULL && strcmp(options->output, "-") == 0;
}
