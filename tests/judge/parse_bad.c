/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every diagnostic of the parser, compared as a whole; none is without a contract here. */
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mistake.h"
#include "parse_bad.h"
#include "tap.h"

/* --- which sentences have been said ------------------------------------------------------- */

static bool said[MP_MISTAKE_COUNT];

static void remember(const char *message)
{
	enum mp_mistake mistake = parse_mistake(message);

	if (mistake < MP_MISTAKE_COUNT)
		said[mistake] = true;
}

/* --- comparing ---------------------------------------------------------------------------- */

static void check(const char *text, size_t length, const char *expected, const char *what)
{
	struct mp_contract *contract;
	char *got;
	size_t i;

	if (mp_contract_parse("test", text, length, &contract)) {
		ok(false, "no memory for %s", what);
		return;
	}
	got = parse_complaints(contract);
	is_string(got, expected, "%s", what);
	for (i = 0; i < contract->diagnostic_count; i++)
		remember(contract->diagnostics[i].message);
	is_int((int64_t)contract->note_count, 0, "and no notes beside mistakes");
	free(got);
	mp_contract_free(contract);
}

static void check_clause(const struct parse_bad *bad)
{
	char text[2048], expected[2048];
	size_t used;

	snprintf(text, sizeof(text), PARSE_PROLOGUE "  %s\n", bad->clause);
	used = (size_t)snprintf(expected, sizeof(expected), "test:%d:%zu: %s\n      %s\n      %s\n",
				PARSE_LINE, strspn(bad->caret, " ") + 3, bad->message, bad->clause,
				bad->caret);
	if (bad->suggestion && !*bad->suggestion)
		snprintf(expected + used, sizeof(expected) - used, "    leave it out\n");
	else if (bad->suggestion)
		snprintf(expected + used, sizeof(expected) - used, "    did you mean \"%s\"?\n",
			 bad->suggestion);
	check(text, strlen(text), expected, bad->clause);
}

static void check_tables(void)
{
	const struct parse_bad_whole *whole;
	const struct parse_bad *bad;

	for (bad = parse_bad_phrases; bad->clause; bad++)
		check_clause(bad);
	for (bad = parse_bad_clauses; bad->clause; bad++)
		check_clause(bad);
	for (bad = parse_bad_tails; bad->clause; bad++)
		check_clause(bad);
	for (bad = parse_bad_words; bad->clause; bad++)
		check_clause(bad);
	for (whole = parse_bad_wholes; whole->contract; whole++)
		check(whole->contract, strlen(whole->contract), whole->complaints, whole->contract);
}

/* --- what a table does not show well ------------------------------------------------------ */

static void check_text(const char *text, const char *expected, const char *what)
{
	check(text, strlen(text), expected, what);
}

static void check_pictures(void)
{
	static const char zero[] = "claim \"a\"\n main\0 exits\n";

	check(zero, sizeof(zero) - 1,
	      "test:2:6: expected text, saw a zero byte\n"
	      "     main\\x00 exits\n"
	      "         ^~~~\n",
	      "a zero byte");
	check_text("claim \"a\"\n\t main\texits\tonec\n",
		   "test:2:14: expected a count, \"before\", \"after\", \"in the order of\", \"for "
		   "each\", \"when\" or the end of the "
		   "line, saw "
		   "\"onec\"\n"
		   "             main   exits   onec\n"
		   "                            ^~~~\n"
		   "    did you mean \"once\"?\n",
		   "the caret stands right below tabs");
	check_text("claim \"a\"\n main prints \"n\xc2\xb0\" onec\n",
		   "test:2:20: expected a count, \"before\", \"after\", \"in the order of\", \"for "
		   "each\", \"when\" or the end of the "
		   "line, saw "
		   "\"onec\"\n"
		   "     main prints \"n\\xc2\\xb0\" onec\n"
		   "                             ^~~~\n"
		   "    did you mean \"once\"?\n",
		   "and below bytes that are escaped");
	setlocale(LC_CTYPE, "C.UTF-8");
	check_text("claim \"a\"\n main prints \"\u65e5\u672c\u00b0\" onec\n",
		   "test:2:25: expected a count, \"before\", \"after\", \"in the order of\", \"for "
		   "each\", \"when\" or the end of the "
		   "line, saw "
		   "\"onec\"\n"
		   "     main prints \"\u65e5\u672c\u00b0\" onec\n"
		   "                         ^~~~\n"
		   "    did you mean \"once\"?\n",
		   "and below characters that are wide");
	setlocale(LC_CTYPE, "C");
	check_text("claim \"a\"\n main exits with (3\r\n",
		   "test:2:20: expected \")\", saw the end of the line\n"
		   "     main exits with (3\n"
		   "                       ^\n",
		   "a line that ends with a carriage return has none");
	check_text("claim \"a\"\n main exits with   # a comment",
		   "test:2:17: expected an exit code, saw the end of the line\n"
		   "     main exits with   # a comment\n"
		   "                    ^\n",
		   "what is missing is missing in front of a comment");
}

static void check_long_lines(void)
{
	char text[5000] = "claim \"a\"\n main prints \"";
	size_t used = strlen(text);

	memset(text + used, 'x', 4500);
	strcpy(text + used + 4500, "\"\n");
	check(text, strlen(text),
	      "test:2:4097: the line is longer than 4096 bytes\n"
	      "    ...xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	      "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...\n"
	      "                                                                               ^\n",
	      "a line that is too long is told, and shown in part");
}

static void check_words(void)
{
	char text[2000] = "claim \"a\"\n main exits with 1";
	size_t i;

	for (i = 0; i < 100; i++)
		strcat(text, "+1");
	check_text(
		text,
		"test:2:79: the line has more than 64 words\n"
		"    ...exits with 1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+"
		"1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1+1...\n"
		"                                                                               "
		"^\n",
		"a line of too many words");
}

static void check_pieces(void)
{
	char text[2000] = "claim \"a\"\n main prints \"";
	size_t i;

	for (i = 0; i < 32; i++)
		strcat(text, "*x");
	strcat(text, "*\"");
	check_text(text,
		   "test:2:79: the pattern has more than 64 pieces\n"
		   "    ...prints "
		   "\"*x*x*x*x*x*x*x*x*x*x*x*x*x*x*x*x*x*x*x*x*x*x*x*x*x*x*x*x*x*x*x*x*\"\n"
		   "                                                                               "
		   "^\n",
		   "a pattern of too many pieces");
}

/* A contract of `count` lines that are all the same, behind a beginning. */
static char *repeat(const char *begin, const char *line, size_t count)
{
	char *text = malloc(strlen(begin) + strlen(line) * count + 1), *at;

	if (!text)
		tap_bail("no memory");
	at = stpcpy(text, begin);
	while (count--)
		at = stpcpy(at, line);
	return text;
}

static void check_repeated(const char *begin, const char *line, size_t count, const char *expected,
			   const char *what)
{
	char *text = repeat(begin, line, count);

	check(text, strlen(text), expected, what);
	free(text);
}

static void check_bounds(void)
{
	check_repeated("", "#\n", MP_CONTRACT_BYTES,
		       "test:1:1: the contract is larger than 1048576 bytes\n",
		       "a contract that is too large");
	check_repeated("claim \"a\"\n main exits\n", "#\n", 20000,
		       "test:20001:1: the contract has more than 20000 lines\n    #\n    ^\n",
		       "a contract of too many lines");
	check_repeated("claim \"a\"\n main exits\n", "#\n", 19998, "",
		       "a contract of as many lines as there may be");
}

static void check_names(void)
{
	char *text = malloc(40 * MP_CONTRACT_NAMES), *at = text;
	int i;

	if (!text)
		tap_bail("no memory");
	for (i = 1; i <= MP_CONTRACT_NAMES; i++)
		at += sprintf(at, "process p%d = child 1 of main\n", i);
	strcpy(at, "claim \"a\"\n p1 exits\n");
	check(text, strlen(text),
	      "test:512:9: more than 512 names are declared\n"
	      "    process p512 = child 1 of main\n"
	      "            ^~~~\n",
	      "too many names");
	free(text);
}

static void check_many(void)
{
	char *text = repeat("claim \"a\"\n", " main exit twice twice\n", 1000);
	struct mp_contract *contract = parse_text(text);
	size_t last = contract->diagnostic_count - 1;
	char *shown = mp_diagnostic_text(contract, &contract->diagnostics[last]);

	is_int((int64_t)contract->diagnostic_count, MP_CONTRACT_DIAGNOSTICS + 1,
	       "only so many mistakes are told, and that there are more");
	is_string(shown,
		  "test:22:18: there are more mistakes from here on; they are not shown\n"
		  "     main exit twice twice\n"
		  "                     ^~~~~\n",
		  "and from where on");
	remember(contract->diagnostics[last].message);
	free(shown);
	mp_contract_free(contract);
	free(text);
}

/* Not pretty, but no mistake either. */
static void check_name(void)
{
	struct mp_contract *contract;
	char *shown;

	if (mp_contract_parse("a\nb\033[1m", "", 0, &contract))
		tap_bail("no memory");
	shown = mp_diagnostic_text(contract, &contract->diagnostics[0]);
	is_string(shown, "a\\x0ab\\x1b[1m:1:1: expected a claim, saw none in the whole contract\n",
		  "the name of a contract cannot deceive a terminal");
	free(shown);
	mp_contract_free(contract);
}

static void check_said(void)
{
	size_t i;

	said[MP_MISTAKE_UNUSED] = true; /* a note: see parse_good.c */
	for (i = 0; i < MP_MISTAKE_COUNT; i++)
		ok(said[i], "has been said: %s", mp_mistakes[i]);
}

int main(void)
{
	tap_plan(0);
	check_tables();
	check_pictures();
	check_long_lines();
	check_words();
	check_pieces();
	check_bounds();
	check_names();
	check_many();
	check_name();
	check_said();
	return tap_done();
}
