// SPDX-License-Identifier: GPL-2.0-or-later
/* --help: the tables of a tool as a page that teaches. */
#include "cli_options.h"

#include <stdio.h>
#include <string.h>

#define WIDTH	    79
#define HELP_COLUMN 24 /* where the help of an option begins */

/* One paragraph, filled, from `indent` on (the cursor is there already); returns its end. */
static const char *put_paragraph(const char *text, int indent)
{
	int column = indent;
	bool first = true;

	while (*text && *text != '\n') {
		int length = (int)strcspn(text, " \n");

		if (!first && column + 1 + length > WIDTH) {
			printf("\n%*s", indent, "");
			column = indent;
		} else if (!first) {
			putchar(' ');
			column++;
		}
		printf("%.*s", length, text);
		column += length;
		first = false;
		text += length;
		text += strspn(text, " ");
		if (*text == '\n' && text[1] != '\n')
			text++;
	}
	putchar('\n');
	return text;
}

static void put_description(const char *text)
{
	while (text && *text) {
		text = put_paragraph(text, 0);
		text += strspn(text, "\n");
		putchar('\n');
	}
}

/* The help of an option with its range and default behind, as one paragraph. */
static void put_option_help(const struct cli_option *option)
{
	char range[256], fallback[128] = "", all[1024];

	cli_range(option, range, sizeof(range));
	if (option->fallback)
		snprintf(fallback, sizeof(fallback), "%sdefault %s", *range ? "; " : "",
			 option->fallback);
	if (*range || *fallback)
		snprintf(all, sizeof(all), "%s (%s%s)", option->help, range, fallback);
	else
		snprintf(all, sizeof(all), "%s", option->help);
	put_paragraph(all, HELP_COLUMN);
}

static void put_option(const struct cli_option *option)
{
	char letter[] = {'-', option->letter, ',', 0};
	int column = printf("  %-3s --%s%s%s", option->letter ? letter : "", option->name,
			    option->argument ? " " : "", option->argument ? option->argument : "");

	if (column + 2 > HELP_COLUMN) {
		putchar('\n');
		column = 0;
	}
	printf("%*s", HELP_COLUMN - column, "");
	put_option_help(option);
}

static void put_usage(const struct cli_program *tool)
{
	static const char *const only_options[] = {"[OPTIONS]", NULL};
	const char *lead = "Usage:";

	for (const char *const *use = tool->uses ? tool->uses : only_options; *use; use++) {
		printf("%s %s %s\n", lead, tool->name, *use);
		lead = "      ";
	}
}

static void put_statuses(const struct cli_program *tool)
{
	static const struct cli_status demo[] = {
		{"0", "all went well"},
		{"1", "a system call failed, or the output could not be written"},
		{"2", "an option or its value is wrong"},
		{0},
	};

	printf("\nExit status:\n");
	for (const struct cli_status *s = tool->statuses ? tool->statuses : demo; s->code; s++) {
		printf("  %-5s ", s->code);
		put_paragraph(s->meaning, 8);
	}
}

void cli_put_help(const struct cli_program *tool)
{
	const struct cli_option *option;

	printf("%s: %s\n\n", tool->name, tool->purpose);
	put_usage(tool);
	putchar('\n');
	put_description(tool->description);
	printf("Options:\n");
	for (size_t i = 0; (option = cli_option_at(i)); i++)
		put_option(option);
	if (tool->examples)
		printf("\nExamples:\n");
	for (const struct cli_example *e = tool->examples; e && e->command; e++) {
		printf("  %s\n      ", e->command);
		put_paragraph(e->what, 6);
	}
	put_statuses(tool);
	if (tool->see)
		printf("\nSee also: %s\n", tool->see);
}
