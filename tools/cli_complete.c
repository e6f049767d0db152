// SPDX-License-Identifier: GPL-2.0-or-later
/* What a shell may offer for the next word of a command line; options are not judged here. */
#include "cli_options.h"

#include <glob.h>
#include <stdio.h>
#include <string.h>

static void offer_options(void)
{
	const struct cli_option *option;

	printf("0 words\n");
	for (size_t i = 0; (option = cli_option_at(i)); i++) {
		if (option->letter)
			printf("-%c\t%s\n", option->letter, option->help);
		printf("--%s\t%s\n", option->name, option->help);
	}
}

static void offer_value(const struct cli_option *option, size_t skip)
{
	if (option->offer)
		printf("%zu %s\n", skip, option->offer);
	if (option->choices)
		printf("%zu words\n", skip);
	for (const char *const *choice = option->choices; choice && *choice; choice++)
		printf("%s\n", *choice);
}

/*
 * `name` is what is typed of the command's name; NULL: something behind it is being typed. Where it
 * is empty, the few names are alone: nobody would find them among all commands.
 */
static void offer_command(const char *pattern, int position, const char *name)
{
	glob_t files = {0};

	if (name && !glob(pattern, 0, NULL, &files) && !*name)
		printf("0 words\n");
	else
		printf("0 command %d\n", position);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		const char *base = strrchr(files.gl_pathv[i], '/') + 1;

		printf("%.*s\n", (int)(strrchr(base, '.') - base), base);
	}
	globfree(&files);
}

/*
 * The option in `word` that takes a value, or NULL. *start is where in the word the value begins;
 * 0: it is the next word.
 */
static const struct cli_option *find_taker(const char *word, size_t *start)
{
	const struct cli_option *option = NULL;
	size_t i = 1;

	if (word[1] == '-') {
		i += strcspn(word, "=");
		option = cli_find_name(word + 2, i - 3);
		*start = word[i - 1] ? i : 0;
		return option && option->argument ? option : NULL;
	}
	for (; word[i] && (option = cli_find_letter(word[i])); i++)
		if (option->argument) {
			*start = word[i + 1] ? i + 1 : 0;
			return option;
		}
	return NULL;
}

void cli_complete(const struct cli_program *program, int argc, char *argv[])
{
	const struct cli_option *taker = NULL;
	int last = argc - 1, i = 2;
	bool ended = false; /* by "--" */
	size_t start = 0;

	for (; i < last && !ended && argv[i][0] == '-' && argv[i][1]; i++) {
		ended = !strcmp(argv[i], "--");
		taker = ended ? NULL : find_taker(argv[i], &start);
		i += taker && !start;
	}
	if (i > last) { /* taken already, so the option before is the one that took it */
		if (taker)
			offer_value(taker, 0);
	} else if (i == last && !ended && argv[i][0] == '-') {
		taker = find_taker(argv[i], &start);
		if (taker && start)
			offer_value(taker, start);
		else
			offer_options();
	} else if (program->commands) {
		offer_command(program->commands, i - 1, i == last ? argv[i] : NULL);
	} else if (i == last && !ended) {
		offer_options();
	}
}
