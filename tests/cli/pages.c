// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What is said in several places must be the same: the options in --help and in the manual page,
 * the sentences in the contract and in the page, the defaults everywhere, and the contract in
 * the program and in its file. argv: the sources, the folder of the built demos, and the demos.
 */
#include "run.h"
#include "tap.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Lines that are collected, to be compared as one text. */
struct list {
	char text[8192];
	size_t length;
};

static void put(struct list *list, const char *text, size_t length)
{
	if (list->length + length + 1 >= sizeof(list->text))
		tap_bail("a list is too long");
	memcpy(list->text + list->length, text, length);
	list->length += length;
	list->text[list->length] = 0;
}

static void put_word(struct list *list, const char *word)
{
	put(list, word, strlen(word));
}

static char *read_named(const char *folder, const char *between, const char *name,
			const char *ending)
{
	char path[4096];

	snprintf(path, sizeof(path), "%s/%s%s%s", folder, between, name, ending);
	return run_read_file(path, NULL);
}

/* The lines of a page between .Sh NAME and the next .Sh, in a copy; "" when it has none. */
static char *section(const char *page, const char *name)
{
	char heading[64];
	const char *start, *end;

	snprintf(heading, sizeof(heading), "\n.Sh %s\n", name);
	start = strstr(page, heading);
	if (!start)
		return strdup("");
	start += strlen(heading);
	end = strstr(start, "\n.Sh ");
	return end ? strndup(start, (size_t)(end - start) + 1) : strdup(start);
}

/* `  -n, --items N   help` and `      --delay SECONDS` become "-n --items N". */
static void options_of_help(const char *help, struct list *list)
{
	const char *line = strstr(help, "\nOptions:\n");

	line = line ? line + strlen("\nOptions:\n") : "";
	for (; *line && *line != '\n'; line = strchr(line, '\n') + 1) {
		char letter[3], name[32], argument[32] = "";

		if (sscanf(line, "  -%1[a-zA-Z], --%31s", letter, name) == 2) {
			put_word(list, "-");
			put_word(list, letter);
			put_word(list, " ");
		} else if (sscanf(line, "      --%31s", name) != 1) {
			continue; /* more of the help before */
		}
		sscanf(strstr(line, "--"), "--%*s %31[A-Z]  ", argument);
		put_word(list, "--");
		put_word(list, name);
		put_word(list, *argument ? " " : "");
		put_word(list, argument);
		put_word(list, "\n");
	}
}

/* `.It Fl n , Fl -items Ar N` becomes "-n --items N". */
static void options_of_page(const char *options, struct list *list)
{
	for (const char *it = strstr(options, ".It Fl "); it; it = strstr(it + 1, "\n.It Fl ")) {
		char line[128], *rest = line, *word;

		snprintf(line, sizeof(line), "%.*s", (int)strcspn(strstr(it, "Fl "), "\n"),
			 strstr(it, "Fl "));
		for (bool flag = false, first = true; (word = strsep(&rest, " "));) {
			if (!strcmp(word, "Fl") || !strcmp(word, "Ar") || !strcmp(word, ",")) {
				flag = *word == 'F';
				continue;
			}
			put_word(list, first ? "" : " ");
			put_word(list, flag ? "-" : "");
			put_word(list, word);
			first = false;
		}
		put_word(list, "\n");
	}
}

/* The titles of the claims, one a line. */
static void titles_of_contract(const char *contract, struct list *list)
{
	const char *claim = strstr(contract, "\nclaim \"");

	for (; claim; claim = strstr(claim, "\nclaim \"")) {
		claim += strlen("\nclaim \"");
		for (; *claim && *claim != '"'; claim++) {
			if (*claim == '\\')
				claim++;
			put(list, claim, 1);
		}
		put_word(list, "\n");
	}
}

/* The items of BEHAVIOUR, each as one line without its full stop. */
static void sentences_of_page(const char *behaviour, struct list *list)
{
	const char *it = strstr(behaviour, ".It\n");

	for (; it; it = strstr(it, ".It\n")) {
		const char *text = it + strlen(".It\n"), *end = strstr(text, "\n.");
		size_t length = end ? (size_t)(end - text) : strlen(text);

		if (length && text[length - 1] == '.')
			length--;
		for (size_t i = 0; i < length; i++)
			put(list, text[i] == '\n' ? " " : text + i, 1);
		put_word(list, "\n");
		it = text;
	}
}

/* Blanks and newlines become one blank: the text before it was filled. */
static char *unfill(const char *text)
{
	char *copy = calloc(1, strlen(text) + 1), *to = copy;

	for (; copy && *text; text++)
		if (*text != ' ' && *text != '\n')
			*to++ = *text;
		else if (to == copy || to[-1] != ' ')
			*to++ = ' ';
	return copy ? copy : strdup("");
}

/* The default that is the next to be mentioned behind the option. */
static bool says_default(const char *text, const char *option, const char *words, const char *value)
{
	const char *said = strstr(text, option);
	size_t length;

	said = said ? strstr(said, words) : NULL;
	if (!said)
		return false;
	said += strlen(words);
	length = strcspn(said, " ,:)");
	length -= length && said[length - 1] == '.';
	return length == strlen(value) && !strncmp(said, value, length);
}

/* `parameter items = option -n --items, default 10`; a flag has no default. */
static void try_parameter(const char *demo, const char *parameter, const char *help,
			  const char *page)
{
	char line[128], name[32], value[32], option[64];
	const char *dashes, *words;

	snprintf(line, sizeof(line), "%.*s", (int)strcspn(parameter, "\n"), parameter);
	dashes = strstr(line, " --");
	words = strstr(line, " default ");
	if (!dashes || sscanf(dashes, " --%31[^ ,]", name) != 1 ||
	    (words && sscanf(words, " default %31s", value) != 1))
		tap_bail("%s: a parameter is not understood: %s", demo, line);
	snprintf(option, sizeof(option), " --%s ", name);
	ok(words ? says_default(help, option, "default ", value) : !!strstr(help, option),
	   "%s: --help and the contract say the same of --%s", demo, name);
	snprintf(option, sizeof(option), "Fl -%s ", name);
	ok(words ? says_default(page, option, "default is ", value) : !!strstr(page, option),
	   "%s: the page and the contract say the same of --%s", demo, name);
}

static void try_parameters(const char *demo, const char *contract, const char *help,
			   const char *page)
{
	char *plain_help = unfill(help), *plain_page = unfill(page);
	const char *line = strstr(contract, "\nparameter ");

	for (; line; line = strstr(line, "\nparameter "))
		try_parameter(demo, ++line, plain_help, plain_page);
	free(plain_page);
	free(plain_help);
}

/* The program has the file's bytes in it, after a strip too. */
static void try_section(const char *demo, const char *folder, const char *contract)
{
	char path[4096], stripped[] = "/tmp/mp-stripped-XXXXXX";
	struct run run;
	size_t length;
	char *bytes;

	snprintf(path, sizeof(path), "%s/%s", folder, demo);
	bytes = run_read_file(path, &length);
	ok(memmem(bytes, length, contract, strlen(contract)), "%s carries its contract", demo);
	free(bytes);
	close(mkstemp(stripped));
	run_command(&run, NULL, (const char *[]){"strip", "-s", "-o", stripped, path, NULL});
	bytes = run_read_file(stripped, &length);
	ok(run.status == 0 && memmem(bytes, length, contract, strlen(contract)) &&
		   memmem(bytes, length, ".mp_contract", strlen(".mp_contract")),
	   "%s carries it when it is stripped", demo);
	unlink(stripped);
	free(bytes);
	run_free(&run);
}

static void try_demo(const char *demo, const char *sources, const char *folder)
{
	char *page = read_named(sources, "man/", demo, ".1"), path[4096];
	char *contract = read_named(sources, "tools/contracts/", demo, ".contract");
	char *options = section(page, "OPTIONS"), *behaviour = section(page, "BEHAVIOUR");
	struct list ours = {0}, theirs = {0};
	struct run run;

	snprintf(path, sizeof(path), "%s/%s", folder, demo);
	run_command(&run, NULL, (const char *[]){path, "--help", NULL});
	options_of_help(run.out, &ours);
	options_of_page(options, &theirs);
	ok(run_count_lines(ours.text) >= 3, "%s has options", demo);
	is_string(theirs.text, ours.text, "%s: the page and --help have the same options", demo);
	ours = theirs = (struct list){0};
	titles_of_contract(contract, &ours);
	sentences_of_page(behaviour, &theirs);
	ok(run_count_lines(ours.text) >= 2, "%s has claims", demo);
	is_string(theirs.text, ours.text, "%s: the page and the contract say the same", demo);
	try_parameters(demo, contract, run.out, options);
	try_section(demo, folder, contract);
	run_free(&run);
	free(behaviour);
	free(options);
	free(contract);
	free(page);
}

int main(int argc, char *argv[])
{
	tap_plan(0);
	if (argc < 4)
		tap_bail("needed: sources, folder of the demos, demos");
	for (int i = 3; i < argc; i++)
		try_demo(argv[i], argv[1], argv[2]);
	return tap_done();
}
