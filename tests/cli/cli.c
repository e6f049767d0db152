// SPDX-License-Identifier: GPL-2.0-or-later
/* Every kind of option, every mistake, and output that is lost. */
#include "cli.h"
#include "run.h"
#include "tap.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int64_t number, seconds, size;
static const char *choice, *word;
static bool flag;
static int count, signal_number;

static const char *const choices[] = {"text", "tap", NULL};
static const struct cli_option options[] = {
	{'n', "number", "N", CLI_NUMBER, &number, "10", .least = -5, .most = 100,
	 .help = "a number"},
	{'t', "time", "SECONDS", CLI_SECONDS, &seconds, "0.05", .most = 60 * CLI_SECOND,
	 .help = "a time"},
	{0, "size", "SIZE", CLI_SIZE, &size, "8M", .least = 4096, .most = INT64_C(1) << 30,
	 .help = "a size"},
	{'f', "format", "FORMAT", CLI_CHOICE, &choice, "text", .choices = choices,
	 .help = "a choice"},
	{'o', "output", "FILE", CLI_TEXT, &word, .offer = "files *.txt", .help = "a word"},
	{'q', "quiet", NULL, CLI_FLAG, &flag, .help = "a flag"},
	{'v', "verbose", NULL, CLI_COUNT, &count, .help = "a count"},
	{'s', "signal", "SIGNAL", CLI_PARSED, &signal_number, "TERM", .parse = cli_read_signal,
	 .wants = "a signal", .choices = choices, .help = "a signal"},
	{0},
};
static const struct cli_program program = {
	.name = "tool",
	.purpose = "a trial",
	.description = "It does nothing.",
	.options = options,
};

struct words {
	const char *words; /* of the command line, blanks between them */
	bool operands;
};
static const char *commands;

/* Parses and prints everything: what a tool would see. */
static int parse(void *argument)
{
	const struct words *given = argument;
	struct cli_program tool = program;
	char *argv[16] = {(char *)"tool"}, *copy = strdup(given->words), *rest = copy, *one;
	int argc = 1, first;

	while ((one = strsep(&rest, " ")) && argc < 15)
		if (*given->words)
			argv[argc++] = one;
	tool.operands = given->operands;
	tool.commands = commands;
	first = cli_parse(&tool, argc, argv);
	printf("n=%lld t=%lld size=%lld f=%s o=%s q=%d v=%d s=%d first=%s\n", (long long)number,
	       (long long)seconds, (long long)size, choice, word ? word : "-", flag, count,
	       signal_number, argv[first] ? argv[first] : "-");
	free(copy);
	return cli_finish(0);
}

#define DEFAULTS "n=10 t=50000000 size=8388608 f=text o=- q=0 v=0 s=15 first=-\n"

static const struct {
	const char *words, *out;
} good[] = {
	{"", DEFAULTS},
	{"-n 5", "n=5 t=50000000 size=8388608 f=text o=- q=0 v=0 s=15 first=-\n"},
	{"-n5", "n=5 t=50000000 size=8388608 f=text o=- q=0 v=0 s=15 first=-\n"},
	{"--number 5", "n=5 t=50000000 size=8388608 f=text o=- q=0 v=0 s=15 first=-\n"},
	{"--number=5 -n6 --number=-5",
	 "n=-5 t=50000000 size=8388608 f=text o=- q=0 v=0 s=15 first=-\n"},
	{"-t .3", "n=10 t=300000000 size=8388608 f=text o=- q=0 v=0 s=15 first=-\n"},
	{"-t 1.000000001", "n=10 t=1000000001 size=8388608 f=text o=- q=0 v=0 s=15 first=-\n"},
	{"-t 0.0000000001", "n=10 t=0 size=8388608 f=text o=- q=0 v=0 s=15 first=-\n"},
	{"-t 60", "n=10 t=60000000000 size=8388608 f=text o=- q=0 v=0 s=15 first=-\n"},
	{"--size 4096", "n=10 t=50000000 size=4096 f=text o=- q=0 v=0 s=15 first=-\n"},
	{"--size 1G", "n=10 t=50000000 size=1073741824 f=text o=- q=0 v=0 s=15 first=-\n"},
	{"-f tap", "n=10 t=50000000 size=8388608 f=tap o=- q=0 v=0 s=15 first=-\n"},
	{"-o -", "n=10 t=50000000 size=8388608 f=text o=- q=0 v=0 s=15 first=-\n"},
	{"-o --quiet", "n=10 t=50000000 size=8388608 f=text o=--quiet q=0 v=0 s=15 first=-\n"},
	{"-vqvn7", "n=7 t=50000000 size=8388608 f=text o=- q=1 v=2 s=15 first=-\n"},
	{"--verbose --quiet --quiet",
	 "n=10 t=50000000 size=8388608 f=text o=- q=1 v=1 s=15 first=-\n"},
	{"-s KILL", "n=10 t=50000000 size=8388608 f=text o=- q=0 v=0 s=9 first=-\n"},
	{"-s SIGINT", "n=10 t=50000000 size=8388608 f=text o=- q=0 v=0 s=2 first=-\n"},
	{"-s 1", "n=10 t=50000000 size=8388608 f=text o=- q=0 v=0 s=1 first=-\n"},
	{"-s 64", "n=10 t=50000000 size=8388608 f=text o=- q=0 v=0 s=64 first=-\n"},
	{"--version", "tool (mp-tools) " MP_VERSION "\n"},
	{"-q --version --what", "tool (mp-tools) " MP_VERSION "\n"},
};

static const struct {
	const char *words, *err;
} bad[] = {
	{"-n abc", "tool: --number: \"abc\" is not a whole number (-5 to 100)\n"},
	{"-n 5x", "tool: --number: \"5x\" is not a whole number (-5 to 100)\n"},
	{"--number=", "tool: --number: \"\" is not a whole number (-5 to 100)\n"},
	{"-n +5", "tool: --number: \"+5\" is not a whole number (-5 to 100)\n"},
	{"-n 101", "tool: --number: \"101\" is out of range (-5 to 100)\n"},
	{"-n -6", "tool: --number: \"-6\" is out of range (-5 to 100)\n"},
	{"-n 99999999999999999999999",
	 "tool: --number: \"99999999999999999999999\" is out of range (-5 to 100)\n"},
	{"-t x", "tool: --time: \"x\" is not a number of seconds, like 3 or 0.25 (0 to 60)\n"},
	{"-t .", "tool: --time: \".\" is not a number of seconds, like 3 or 0.25 (0 to 60)\n"},
	{"-t -1", "tool: --time: \"-1\" is not a number of seconds, like 3 or 0.25 (0 to 60)\n"},
	{"-t 1.2.3",
	 "tool: --time: \"1.2.3\" is not a number of seconds, like 3 or 0.25 (0 to 60)\n"},
	{"-t 1e3", "tool: --time: \"1e3\" is not a number of seconds, like 3 or 0.25 (0 to 60)\n"},
	{"-t 60.1", "tool: --time: \"60.1\" is out of range (0 to 60)\n"},
	{"-t 99999999999999", "tool: --time: \"99999999999999\" is out of range (0 to 60)\n"},
	{"--size 4095", "tool: --size: \"4095\" is out of range (4096 to 1073741824 bytes)\n"},
	{"--size 8Q", "tool: --size: \"8Q\" is not a number of bytes, like 4096, 64K or 8M\n"},
	{"--size 8MB", "tool: --size: \"8MB\" is not a number of bytes, like 4096, 64K or 8M\n"},
	{"--size 9999999999999G",
	 "tool: --size: \"9999999999999G\" is out of range (4096 to 1073741824 bytes)\n"},
	{"-f tpa", "tool: --format: \"tpa\" is not one of text, tap; did you mean tap?\n"},
	{"-f zzzz", "tool: --format: \"zzzz\" is not one of text, tap\n"},
	{"-s STOP", "tool: --signal: \"STOP\" is not a signal\n"},
	{"-s CHLD", "tool: --signal: \"CHLD\" is not a signal\n"},
	{"-s 32", "tool: --signal: \"32\" is not a signal\n"},
	{"-s 0", "tool: --signal: \"0\" is not a signal\n"},
	{"-s 65", "tool: --signal: \"65\" is not a signal\n"},
	{"-s 9x", "tool: --signal: \"9x\" is not a signal\n"},
	{"-s SIG", "tool: --signal: \"SIG\" is not a signal\n"},
	{"-n", "tool: -n needs a value: -n N\n"},
	{"--number", "tool: --number needs a value: --number N\n"},
	{"--quiet=1", "tool: --quiet takes no value\n"},
	{"-x", "tool: unknown option \"-x\"; tool --help lists them\n"},
	{"-qx", "tool: unknown option \"-x\"; tool --help lists them\n"},
	{"--nubmer 3", "tool: unknown option \"--nubmer\"; did you mean --number?\n"},
	{"--num 3", "tool: unknown option \"--num\"; did you mean --number?\n"},
	{"--hepl", "tool: unknown option \"--hepl\"; did you mean --help?\n"},
	{"--elephant=3", "tool: unknown option \"--elephant=3\"; tool --help lists them\n"},
	{"--\033[31m", "tool: unknown option \"--\\x1b[31m\"; tool --help lists them\n"},
	{"word", "tool: only options are expected, not \"word\"; tool --help lists them\n"},
	{"-q -- word", "tool: only options are expected, not \"word\"; tool --help lists them\n"},
};

/* Words that are not options, where they are allowed: options end there. */
static const struct {
	const char *words, *first;
} stops[] = {
	{"ls -n x", "first=ls"}, {"-q ls --what", "first=ls"}, {"-- -q", "first=-q"},
	{"- -q", "first=-"},	 {"-n 3 -- -- x", "first=--"},
};

#define ALL                                                                                        \
	"0 words\n-n\ta number\n--number\ta number\n-t\ta time\n--time\ta time\n"                  \
	"--size\ta size\n-f\ta choice\n--format\ta choice\n-o\ta word\n--output\ta word\n"         \
	"-q\ta flag\n--quiet\ta flag\n-v\ta count\n--verbose\ta count\n-s\ta signal\n"             \
	"--signal\ta signal\n--help\tshow this and leave\n--version\tshow the version and leave\n"

/* What shells are told, behind --complete; and when the words behind options are a command. */
static const struct {
	const char *words, *out, *of_command;
} offers[] = {
	{"", "", ""},
	{" ", ALL, "0 words\nls\nps\n"},
	{" w", ALL, "0 command 1\nls\nps\n"},
	{" -", ALL, ALL},
	{" --format", ALL, ALL},
	{" -f", ALL, ALL},
	{" -qx", ALL, ALL},
	{" --what=", ALL, ALL},
	{" --quiet=", ALL, ALL},
	{" -f ", "0 words\ntext\ntap\n", "0 words\ntext\ntap\n"},
	{" -qf t", "0 words\ntext\ntap\n", "0 words\ntext\ntap\n"},
	{" -qft", "3 words\ntext\ntap\n", "3 words\ntext\ntap\n"},
	{" --format -", "0 words\ntext\ntap\n", "0 words\ntext\ntap\n"},
	{" --format=", "9 words\ntext\ntap\n", "9 words\ntext\ntap\n"},
	{" -s ", "0 words\ntext\ntap\n", "0 words\ntext\ntap\n"},
	{" -o ", "0 files *.txt\n", "0 files *.txt\n"},
	{" -oa", "2 files *.txt\n", "2 files *.txt\n"},
	{" --output=a=b", "9 files *.txt\n", "9 files *.txt\n"},
	{" -n ", "", ""},
	{" --number=", "", ""},
	{" -qn5 -f tap --size=3 --time 4 -", ALL, ALL},
	{" --what -x ", ALL, "0 words\nls\nps\n"},
	{" -f -- -", ALL, ALL},
	{" -- ", "", "0 words\nls\nps\n"},
	{" -- -", "", "0 command 2\nls\nps\n"},
	{" -q ls -", "", "0 command 2\n"},
	{" -o - - ", "", "0 command 3\n"},
	{" -q -- -- ls ", "", "0 command 3\n"},
};

static void try_offer(struct words *words, const char *expected)
{
	char all[100];
	struct run run;

	snprintf(all, sizeof(all), "--complete%s", words->words);
	words->words = all;
	run_function(&run, NULL, parse, words);
	is_string(run.out, expected, "'%s' is answered%s", all,
		  commands ? ", with a command behind" : "");
	ok(run.status == 0 && !*run.err, "'%s' is no mistake", all);
	run_free(&run);
}

static void try_offers(void)
{
	char folder[] = "/tmp/cli.XXXXXX", pattern[40], ls[40], ps[40];

	if (!mkdtemp(folder))
		tap_bail("mkdtemp");
	snprintf(pattern, sizeof(pattern), "%s/*.contract", folder);
	snprintf(ls, sizeof(ls), "%s/ls.contract", folder);
	snprintf(ps, sizeof(ps), "%s/ps.contract", folder);
	for (size_t i = 0; i < sizeof(offers) / sizeof(*offers); i++)
		try_offer(&(struct words){offers[i].words, false}, offers[i].out);
	commands = pattern;
	try_offer(&(struct words){" ", true}, "0 command 1\n");
	close(creat(ps, 0600));
	close(creat(ls, 0600));
	for (size_t i = 0; i < sizeof(offers) / sizeof(*offers); i++)
		try_offer(&(struct words){offers[i].words, true}, offers[i].of_command);
	commands = NULL;
	unlink(ls);
	unlink(ps);
	rmdir(folder);
}

static void try_good(void)
{
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		struct words words = {good[i].words, false};
		struct run run;

		run_function(&run, NULL, parse, &words);
		is_string(run.out, good[i].out, "'%s' is understood", words.words);
		ok(run.status == 0 && !*run.err, "'%s' is no mistake", words.words);
		run_free(&run);
	}
}

static void try_bad(void)
{
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct words words = {bad[i].words, false};
		struct run run;

		run_function(&run, NULL, parse, &words);
		is_string(run.err, bad[i].err, "'%s' gets its message", words.words);
		ok(run.status == 2 && !*run.out, "'%s' is a mistake", words.words);
		run_free(&run);
	}
}

static void try_stops(void)
{
	for (size_t i = 0; i < sizeof(stops) / sizeof(*stops); i++) {
		struct words words = {stops[i].words, true};
		struct run run;

		run_function(&run, NULL, parse, &words);
		ok(run.status == 0 && strstr(run.out, stops[i].first), "'%s' gives %s", words.words,
		   stops[i].first);
		run_free(&run);
	}
}

static void try_lost_output(void)
{
	static const struct {
		enum run_output output;
		const char *words, *why;
	} rows[] = {
		{RUN_FULL, "", "No space left on device"},
		{RUN_FULL, "--help", "No space left on device"},
		{RUN_FULL, "--version", "No space left on device"},
		{RUN_CLOSED, "", "Bad file descriptor"},
		{RUN_CLOSED, "--help", "Bad file descriptor"},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct words words = {rows[i].words, false};
		struct run_how how = {.output = rows[i].output};
		struct run run;

		run_function(&run, &how, parse, &words);
		is_int(run.status, 1, "'%s': lost output is a failure", words.words);
		ok(strstr(run.err, rows[i].why) && run_count_lines(run.err) == 1,
		   "'%s': one line says %s", words.words, rows[i].why);
		run_free(&run);
	}
}

static int print_lines(void *unused)
{
	cli_print_lines();
	printf("one\n");
	if (fork() == 0)
		_exit(0);
	printf("two\n");
	abort(); /* whatever was not written is lost */
}

static void try_lines(void)
{
	struct run run;

	run_function(&run, NULL, print_lines, NULL);
	is_string(run.out, "one\ntwo\n", "lines are written when they are printed");
	run_free(&run);
}

static void try_nearest(void)
{
	static const char *const known[] = {"items", "delay", "help", NULL};

	is_string(cli_nearest("itmes", known), "items", "a swap is near");
	is_string(cli_nearest("dela", known), "delay", "a beginning is near");
	is_string(cli_nearest("hulp", known), "help", "another letter is near");
	is_string(cli_nearest("zebra", known), NULL, "what is not alike is not near");
	is_string(cli_nearest("", known), NULL, "nothing is near nothing");
}

static void try_help(void)
{
	struct words words = {"--help", false};
	struct run run;

	run_function(&run, NULL, parse, &words);
	is_int(run.status, 0, "--help is no failure");
	ok(strstr(run.out, "Usage: tool [OPTIONS]\n"), "--help shows the usage");
	ok(strstr(run.out, "  -n, --number N        a number (-5 to 100; default 10)\n"),
	   "--help shows range and default");
	ok(strstr(run.out, "      --size SIZE       a size (4096 to 1073741824; default 8M)\n"),
	   "--help shows the default as a user writes it");
	ok(strstr(run.out, "  -f, --format FORMAT   a choice (text, tap; default text)\n"),
	   "--help shows choices");
	ok(strstr(run.out, "  -q, --quiet           a flag\n"), "--help shows flags");
	ok(strstr(run.out, "      --version         "), "--help shows the common options");
	run_free(&run);
}

int main(void)
{
	tap_plan(0);
	try_good();
	try_bad();
	try_stops();
	try_offers();
	try_lost_output();
	try_lines();
	try_nearest();
	try_help();
	return tap_done();
}
