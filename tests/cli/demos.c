// SPDX-License-Identifier: GPL-2.0-or-later
/* What the demos print, and how they refuse and fail. argv: the folder of the built demos. */
#include "run.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORDS 6

/* `*` stands for any text in a line. */
static bool matches(const char *pattern, const char *text)
{
	while (*pattern && *pattern != '*' && *pattern == *text) {
		pattern++;
		text++;
	}
	if (*pattern != '*')
		return !*pattern && !*text;
	for (;; text++) {
		if (matches(pattern + 1, text))
			return true;
		if (!*text || *text == '\n')
			return false;
	}
}

static const struct {
	const char *words[WORDS];
	const char *out;
} prints[] = {
	{{"mp-pipe"}, "0\n1\n4\n9\n16\n25\n36\n49\n64\n81\nEnd\n"},
	{{"mp-pipe", "-n", "3"}, "0\n1\n4\nEnd\n"},
	{{"mp-pipe", "--items=1"}, "0\nEnd\n"},
	{{"mp-pipe", "-n0"}, "End\n"},
	{{"mp-barrier"},
	 "process p* - test_without_barrier ----> *.*\nprocess p* - test_without_barrier ----> "
	 "*.*\n"
	 "process p* - test_with_barrier ----> *.*\nprocess p* - test_with_barrier ----> *.*\n"},
	{{"mp-barrier", "-p", "1", "--hold", "0"},
	 "process p* - test_without_barrier ----> *.*\nprocess p* - test_without_barrier ----> "
	 "*.*\n"
	 "process p1 - test_with_barrier ----> *.*\n"},
	{{"mp-kill", "--after", "0.25", "--delay", "0.1"},
	 "Process before execution: <Process(Process-1, initial)> False\n"
	 "*\n*\n*\n" /* the process's lines and the next of main's come in any order */
	 "-->1\n-->2\n"
	 "Process terminated: <Process(Process-1, *)> *\n"
	 "Process joined: <Process(Process-1, stopped[SIGTERM])> False\n"
	 "Process exit code: -15\n"},
};

static const struct {
	const char *words[WORDS];
	const char *last; /* lines */
} kills[] = {
	{{"mp-kill", "-s", "KILL"}, "stopped[SIGKILL])> False\nProcess exit code: -9\n"},
	{{"mp-kill", "-s", "SIGHUP"}, "stopped[SIGHUP])> False\nProcess exit code: -1\n"},
	{{"mp-kill", "-s", "13"}, "stopped[SIGPIPE])> False\nProcess exit code: -13\n"},
	{{"mp-kill", "-s", "40"}, "stopped[40])> False\nProcess exit code: -40\n"},
};

static const struct {
	const char *words[WORDS];
	const char *err;
} mistakes[] = {
	{{"mp-pipe", "-n", "-1"}, "mp-pipe: --items: \"-1\" is out of range (0 to 1000000)\n"},
	{{"mp-pipe", "-n", "1000001"},
	 "mp-pipe: --items: \"1000001\" is out of range (0 to 1000000)\n"},
	{{"mp-pipe", "--items", "abc"},
	 "mp-pipe: --items: \"abc\" is not a whole number (0 to 1000000)\n"},
	{{"mp-pipe", "--item", "3"}, "mp-pipe: unknown option \"--item\"; did you mean --items?\n"},
	{{"mp-barrier", "-p", "0"}, "mp-barrier: --parties: \"0\" is out of range (1 to 64)\n"},
	{{"mp-barrier", "-p", "65"}, "mp-barrier: --parties: \"65\" is out of range (1 to 64)\n"},
	{{"mp-barrier", "--hold", "x"},
	 "mp-barrier: --hold: \"x\" is not a number of seconds, like 3 or 0.25 (0 to 3600)\n"},
	{{"mp-kill", "-s", "CHLD"},
	 "mp-kill: --signal: \"CHLD\" is not the name or number of a signal that ends a process\n"},
	{{"mp-kill", "-s", "sigterm"},
	 "mp-kill: --signal: \"sigterm\" is not the name or number of a signal that ends a "
	 "process\n"},
	{{"mp-kill", "--delay", "0.05"},
	 "mp-kill: --delay: \"0.05\" is out of range (0.1 to 3600)\n"},
	{{"mp-kill", "--delay", "0.2", "--after", "1.01"},
	 "mp-kill: --after: the function must have half of its time left, so at most 5 times "
	 "--delay\n"},
};

/* A system call that fails: no descriptors left, at the first pipe or later. */
static const struct {
	const char *demo;
	unsigned descriptors;
	const char *err;
} failures[] = {
	{"mp-pipe", 4, "mp-pipe: mp_conn_pair: Too many open files\n"},
	{"mp-pipe", 6, "mp-pipe: mp_conn_pair: Too many open files\n"},
	{"mp-pipe", 7, "mp-pipe: mp_process_start: Too many open files\n"},
	{"mp-pipe", 8, "mp-pipe: mp_process_start: Too many open files\n"},
	{"mp-kill", 4, "mp-kill: mp_conn_pair: Too many open files\n"},
	{"mp-kill", 5, "mp-kill: mp_process_start: Too many open files\n"},
	{"mp-barrier", 4, "mp-barrier: mp_process_start: Too many open files\n"},
	{"mp-barrier", 5, "mp-barrier: mp_process_start: Too many open files\n"},
};

static void try_prints(void)
{
	for (size_t i = 0; i < sizeof(prints) / sizeof(*prints); i++) {
		struct run run;

		run_command(&run, NULL, prints[i].words);
		ok(matches(prints[i].out, run.out), "%s %s prints what it should",
		   prints[i].words[0], prints[i].words[1] ? prints[i].words[1] : "");
		if (!matches(prints[i].out, run.out))
			tap_note("%s", run.out);
		ok(run.status == 0 && !*run.err && !run.left, "it ends well and leaves nobody");
		run_free(&run);
	}
}

static void try_kills(void)
{
	for (size_t i = 0; i < sizeof(kills) / sizeof(*kills); i++) {
		struct run_how how = {.folder = "/tmp"}; /* some signals dump core */
		size_t length = strlen(kills[i].last);
		struct run run;

		run_command(&run, &how, kills[i].words);
		is_string(run.out_length > length ? run.out + run.out_length - length : run.out,
			  kills[i].last, "mp-kill -s %s ends as it should", kills[i].words[2]);
		ok(run.status == 0 && !*run.err && !run.left, "it ends well and leaves nobody");
		run_free(&run);
	}
}

static void try_mistakes(void)
{
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(*mistakes); i++) {
		struct run run;

		run_command(&run, NULL, mistakes[i].words);
		is_string(run.err, mistakes[i].err, "%s %s %s is refused", mistakes[i].words[0],
			  mistakes[i].words[1], mistakes[i].words[2]);
		ok(run.status == 2 && !*run.out, "it has done nothing, and says 2");
		run_free(&run);
	}
}

static void try_failures(void)
{
	for (size_t i = 0; i < sizeof(failures) / sizeof(*failures); i++) {
		struct run_how how = {.descriptors = failures[i].descriptors, .seconds = 20};
		struct run run;

		run_command(&run, &how, (const char *[]){failures[i].demo, NULL});
		is_string(run.err, failures[i].err, "%s with %u descriptors names what failed",
			  failures[i].demo, failures[i].descriptors);
		ok(run.status == 1 && !run.left, "it says 1 and leaves nobody");
		run_free(&run);
	}
}

static void try_lost_output(void)
{
	static const char *const demos[] = {"mp-pipe", "mp-kill", "mp-barrier"};
	static const enum run_output outputs[] = {RUN_FULL, RUN_CLOSED};

	for (size_t i = 0; i < 6; i++) {
		struct run_how how = {.output = outputs[i / 3], .seconds = 20};
		struct run run;

		run_command(&run, &how, (const char *[]){demos[i % 3], NULL});
		ok(run.status == 1 && strstr(run.err, "standard output: ") && !run.left,
		   "%s notices that its output is lost (%s)", demos[i % 3],
		   i / 3 ? "closed" : "full");
		run_free(&run);
	}
}

/* head goes away after one line: nobody may be killed by that or be left. */
static void try_closed_pipe(void)
{
	static const char *const demos[] = {"mp-pipe -n 100000", "mp-kill --delay 0.1 --after 0.3",
					    "mp-barrier"};

	for (size_t i = 0; i < 3; i++) {
		char line[128];
		struct run run;

		snprintf(line, sizeof(line), "{ sleep 0.1; %s; echo $? >&2; } | true", demos[i]);
		run_command(&run, NULL, (const char *[]){"sh", "-c", line, NULL});
		ok(strstr(run.err, "standard output: ") && strstr(run.err, "\n1\n") && !run.left,
		   "%s looks after its children when nobody reads", demos[i]);
		run_free(&run);
	}
}

int main(int argc, char *argv[])
{
	char path[4096];

	tap_plan(0);
	if (argc != 2)
		tap_bail("the folder of the demos is needed");
	snprintf(path, sizeof(path), "%s:%s", argv[1], getenv("PATH"));
	setenv("PATH", path, 1);
	try_prints();
	try_kills();
	try_mistakes();
	try_failures();
	try_lost_output();
	try_closed_pipe();
	return tap_done();
}
