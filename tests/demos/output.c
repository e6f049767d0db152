// SPDX-License-Identifier: GPL-2.0-or-later
#include "output.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct output *demo;

/* Does the text up to its newline (or its end) fit? `*` stands for any text. */
static bool line_fits(const char *pattern, const char *text)
{
	while (*pattern && *pattern != '\n' && *pattern != '*' && *pattern == *text) {
		pattern++;
		text++;
	}
	if (*pattern != '*')
		return (!*pattern || *pattern == '\n') && (!*text || *text == '\n');
	for (;; text++) {
		if (line_fits(pattern + 1, text))
			return true;
		if (!*text || *text == '\n')
			return false;
	}
}

static const char *next_line(const char *text)
{
	return strchr(text, '\n') + 1;
}

static bool all_fit(const char *pattern, const char *text)
{
	while (*pattern && *text && line_fits(pattern, text)) {
		pattern = next_line(pattern);
		text = next_line(text);
	}
	return !*pattern && !*text;
}

/* Each line of the pattern takes the first line of the text that fits and is not taken. */
static bool all_fit_somewhere(const char *pattern, const char *text)
{
	unsigned count = run_count_lines(text);
	bool *taken = calloc(count + 1, sizeof(*taken)), fit = true;

	if (!taken)
		tap_bail("no memory");
	fit = run_count_lines(pattern) == count;
	for (; fit && *pattern; pattern = next_line(pattern)) {
		const char *line = text;
		unsigned i = 0;

		for (; i < count && (taken[i] || !line_fits(pattern, line)); i++)
			line = next_line(line);
		fit = i < count;
		if (fit)
			taken[i] = true;
	}
	free(taken);
	return fit;
}

static const char *last_lines(const char *text, unsigned count)
{
	unsigned lines = run_count_lines(text);

	for (; lines > count; lines--)
		text = next_line(text);
	return text;
}

static bool fits(const struct print *print, const char *text)
{
	size_t length = strlen(text);

	if (length && text[length - 1] != '\n')
		return false;
	if (print->order == ANY_ORDER)
		return all_fit_somewhere(print->out, text);
	if (print->order == LAST_LINES)
		text = last_lines(text, run_count_lines(print->out));
	return all_fit(print->out, text);
}

/* "mp-pipe -n 3" */
static const char *command_line(const char *const words[], char *line, size_t room)
{
	size_t length = (size_t)snprintf(line, room, "%s", demo->name);

	for (; *words && length < room; words++)
		length += (size_t)snprintf(line + length, room - length, " %s", *words);
	return line;
}

static void run_demo(struct run *run, const struct run_how *how, const char *const words[])
{
	const char *argv[OUTPUT_WORDS + 1] = {demo->name};

	for (size_t i = 0; words[i]; i++)
		argv[i + 1] = words[i];
	run_command(run, how, argv);
}

static void try_print(const struct print *print)
{
	struct run_how how = {.folder = "/tmp"}; /* some signals dump core */
	char line[128];
	struct run run;

	run_demo(&run, &how, print->words);
	command_line(print->words, line, sizeof(line));
	if (!ok(fits(print, run.out), "%s prints what it should", line))
		tap_note("%s", run.out);
	if (!ok(run.status == 0 && !*run.err && !run.left, "%s ends well and leaves nobody", line))
		tap_note("%d: %s", run.status, run.err);
	run_free(&run);
}

/* "mp-pipe: ERR\n" */
static void said_only(const char *err, const char *wanted, const char *what)
{
	char line[512];

	snprintf(line, sizeof(line), "%s: %s\n", demo->name, wanted);
	is_string(err, line, "%s", what);
}

static void try_mistake(const struct mistake *mistake)
{
	char line[128];
	struct run run;

	run_demo(&run, NULL, mistake->words);
	said_only(run.err, mistake->err, command_line(mistake->words, line, sizeof(line)));
	ok(run.status == 2 && !*run.out, "%s has done nothing, and says 2", line);
	run_free(&run);
}

static void try_failure(const struct failure *failure)
{
	struct run_how how = {.descriptors = failure->descriptors, .seconds = 20};
	struct run run;

	run_demo(&run, &how, (const char *[]){NULL});
	said_only(run.err, failure->err, "what failed is named");
	ok(run.status == 1 && !run.left, "with %u descriptors %s says 1 and leaves nobody",
	   failure->descriptors, demo->name);
	run_free(&run);
}

static void run_in_shell(struct run *run, const struct run_how *how, const char *before,
			 const char *options, const char *after)
{
	char line[256];

	snprintf(line, sizeof(line), "%s %s %s%s", before, demo->name, options, after);
	run_command(run, how, (const char *[]){"sh", "-c", line, NULL});
}

static void try_lost_output(void)
{
	static const struct {
		enum run_output output;
		const char *name;
	} outputs[] = {{RUN_FULL, "full"}, {RUN_CLOSED, "closed"}};

	for (size_t i = 0; i < 2; i++) {
		struct run_how how = {.output = outputs[i].output, .seconds = 20};
		struct run run;

		run_in_shell(&run, &how, "exec", demo->short_options, "");
		ok(run.status == 1 && strstr(run.err, "standard output: ") && !run.left,
		   "%s notices that its output is lost (%s)", demo->name, outputs[i].name);
		run_free(&run);
	}
}

/* Its reader goes away: nobody may be killed by that or be left. */
static void try_closed_pipe(void)
{
	struct run run;

	run_in_shell(&run, NULL, "{ sleep 0.1;", demo->long_options, "; echo $? >&2; } | true");
	ok(strstr(run.err, "standard output: ") && strstr(run.err, "\n1\n") && !run.left,
	   "%s looks after its children when nobody reads", demo->name);
	run_free(&run);
}

/* What its caller ignores, it does not: it learns how its children end, and can stop them. */
static void try_ignored_signals(void)
{
	struct run_how how = {.seconds = 20};
	struct run run;

	run_in_shell(&run, &how, "exec env --ignore-signal=CHLD,TERM", demo->short_options, "");
	ok(run.status == 0 && !*run.err && !run.left, "%s ends well where signals are ignored",
	   demo->name);
	run_free(&run);
}

/* Its main process is killed: whoever is left may finish, and waits for nobody for ever. */
static void try_killed(void)
{
	struct run_how how = {.seconds = 20};
	struct run run;

	run_in_shell(&run, &how, "{", demo->long_options,
		     "& sleep 0.1; kill -KILL $!; } 2>/dev/null | cat >/dev/null");
	/* cat(1) ends when the last of them does; that one may not quite be gone yet. */
	ok(run.status == 0, "all of %s come to an end when its main process is killed", demo->name);
	run_free(&run);
}

/* One of its processes is killed: the main process learns of it, and nobody waits for ever. */
static void try_child_killed(void)
{
	struct run_how how = {.seconds = 20};
	struct run run;

	run_in_shell(&run, &how, "", demo->long_options,
		     "& sleep 0.1; read -r child rest </proc/$!/task/$!/children; "
		     "kill -KILL $child; wait $!; true");
	ok(run.status == 0 && !run.left, "%s comes to an end when one of its processes is killed",
	   demo->name);
	run_free(&run);
}

int output_main(int argc, char *argv[], const struct output *output)
{
	char path[4096];

	demo = output;
	tap_plan(0);
	if (argc != 2)
		tap_bail("the folder of the demos is needed");
	snprintf(path, sizeof(path), "%s:%s", argv[1], getenv("PATH"));
	setenv("PATH", path, 1);
	for (const struct print *print = demo->prints; print->out; print++)
		try_print(print);
	for (const struct mistake *mistake = demo->mistakes; mistake->err; mistake++)
		try_mistake(mistake);
	for (const struct failure *f = demo->failures; f && f->err; f++)
		try_failure(f);
	try_lost_output();
	try_closed_pipe();
	try_ignored_signals();
	try_killed();
	try_child_killed();
	return tap_done();
}
