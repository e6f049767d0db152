/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mp-contract(5) and the parser say the same: every verb and every state has its entry, and every
 * example of the page is a contract, declarations, or clauses without a mistake.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse_dump.h"
#include "tap.h"
#include "verb.h"

/* What the examples of single clauses speak of. */
#define PROLOGUE                                                                                   \
	"parameter n = option -n, default 10\n"                                                    \
	"parameter sig = option -s, default TERM\n"                                                \
	"parameter delay = option --delay, default 0.25\n"                                         \
	"parameter daemon = flag --daemon\n"                                                       \
	"process worker = child 1 of main\n"                                                       \
	"process helper = child 2 of main\n"                                                       \
	"group workers = children of main\n"                                                       \
	"channel results = from worker to main\n"                                                  \
	"word gate = shared by workers main\n"                                                     \
	"memory space = shared by workers main\n"                                                  \
	"claim \"t\"\n"

static char *read_page(const char *path)
{
	char *text = calloc(1, MP_CONTRACT_BYTES);
	FILE *in = fopen(path, "r");

	if (!text || !in || !fread(text, 1, MP_CONTRACT_BYTES - 1, in))
		tap_bail("cannot read %s", path);
	fclose(in);
	return text;
}

/* The language of manual pages writes a backslash as "\e". */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++) {
		*to++ = *text;
		if (text[0] == '\\' && text[1] == 'e')
			text++;
	}
	*to = '\0';
}

static void check_example(char *example, unsigned line)
{
	bool whole = strstr(example, "claim \""), clauses = *example == ' ';
	struct mp_contract *contract;
	char text[4096], *complaints;

	unescape(example);
	snprintf(text, sizeof(text), "%s%s%s", clauses ? PROLOGUE : "", example,
		 clauses || whole ? "" : "claim \"t\"\n main exits\n");
	contract = parse_text(text);
	complaints = parse_complaints(contract);
	is_string(complaints, "", "the example in line %u", line);
	free(complaints);
	mp_contract_free(contract);
}

static unsigned check_examples(const char *page)
{
	static const char opens[] = "\n.Bd -literal", closes[] = "\n.Ed";
	const char *at = page, *end, *c;
	unsigned examples = 0, line = 1;
	char *example;

	while ((c = strstr(at, opens))) {
		for (; at <= c; at++)
			line += *at == '\n';
		at = strchr(c + 1, '\n') + 1;
		end = strstr(at, closes);
		if (!end)
			tap_bail("a block without an end");
		example = strndup(at, (size_t)(end + 1 - at));
		if (!example)
			tap_bail("no memory");
		check_example(example, line);
		free(example);
		examples++;
		line++;
	}
	return examples;
}

/* An entry begins ".It Ic words" or ".It Ar group Ic words"; what follows is an operand. */
static bool has_entry(const char *page, const char *words)
{
	size_t length = strlen(words);
	const char *at = page, *line, *end;

	while ((at = strstr(at, words))) {
		for (line = at; line > page && line[-1] != '\n'; line--)
			;
		end = at + length;
		if (!strncmp(line, ".It ", 4) && !strncmp(at - 3, "Ic ", 3) && strchr(" \n", *end))
			return true;
		at = end;
	}
	return false;
}

static void check_entries(const char *page)
{
	const struct mp_verb_row *row;

	for (row = mp_verbs; row->verb || row->state; row++)
		if (row->singular)
			ok(has_entry(page, row->singular), "there is an entry \"%s\"",
			   row->singular);
	ok(has_entry(page, "at most") && has_entry(page, "nothing is left"),
	   "and for the states that do not begin with a process");
}

int main(int argc, char *argv[])
{
	char *page;

	tap_plan(0);
	if (argc != 2)
		tap_bail("no page was given");
	page = read_page(argv[1]);
	ok(check_examples(page) > 30, "the page has examples");
	check_entries(page);
	free(page);
	return tap_done();
}
