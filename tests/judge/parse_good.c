/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Every production of the language, and what the tree says of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parse_dump.h"
#include "tap.h"
#include "verb.h"

/* What the clauses below speak of. */
#define PROLOGUE                                                                                   \
	"parameter n = option -n --number, default 10\n"                                           \
	"parameter sig = option -s, default TERM\n"                                                \
	"process p = child 1 of main\n"                                                            \
	"process q = child n + 1 of main\n"                                                        \
	"group g = p q\n"                                                                          \
	"channel c = from p to q\n"                                                                \
	"word w = shared by p q\n"                                                                 \
	"memory m = shared by p g\n"
#define PROLOGUE_LINES 8

/* --- declarations ------------------------------------------------------------------------ */

static const struct {
	const char *text, *dump;
} declarations[] = {
	{"parameter a = option -n --items, default 10", "parameter a -n --items default 10"},
	{"parameter a = option --items default 0.5", "parameter a --items default 0.5"},
	{"parameter a = option -x default /tmp/a=b", "parameter a -x default /tmp/a=b"},
	{"parameter a = option --two-words -t default -1", "parameter a -t --two-words default -1"},
	{"parameter a = option -x default a#b", "parameter a -x default a"},
	{"parameter a = flag -x", "parameter a -x flag no"},
	{"parameter a = flag --long -y", "parameter a -y --long flag no"},
	{"process a = main", "process a = main"},
	{"process a = child 2 of main", "process a = child 2 of main"},
	{"process a = child (1 + 2) * 3 of main", "process a = child ((1 + 2) * 3) of main"},
	{"process a = child of main named \"w*\"",
	 "process a = child-named of main named \"<w>*\""},
	{"process a = child of main that prints \"r {0 to 9}*\"",
	 "process a = child-named of main prints \"<r >{0 to 9}*\""},
	{"process a = descendant of main that prints \"x\"",
	 "process a = descendant of main prints \"<x>\""},
	{"process a = descendant of main named \"x\"",
	 "process a = descendant of main named \"<x>\""},
	{"group a = children of main that print \"*\"", "group a = children of main prints \"*\""},
	{"group a = descendants of main that prints \"x{2 * 3}\"",
	 "group a = descendants of main prints \"<x>{=(2 * 3)}\""},
	{"group a = main", "group a = list main"},
	{"group a = children of main", "group a = children of main"},
	{"group a = children of main named \"x\\*y\"",
	 "group a = children of main named \"<x*y>\""},
	{"group a = children 1 to 4 of main", "group a = range 1 to 4 of main"},
	{"group a = descendants of main", "group a = descendants of main"},
	{"group a = descendants of main named \"*\"", "group a = descendants of main named \"*\""},
	{"word a = shared by main", "word a = list main"},
	{"memory a = shared by main", "memory a = list main"},
};

static void check_declaration(const char *text, const char *expected)
{
	char contract[512], dump[512], *got;
	struct mp_contract *parsed;

	snprintf(contract, sizeof(contract), "%s\nclaim \"t\"\n nothing is left\n", text);
	snprintf(dump, sizeof(dump), "%s\nclaim <t>\n  state: nothing-left\n", expected);
	parsed = parse_text(contract);
	got = parsed->diagnostic_count ? parse_complaints(parsed) : parse_dump(parsed);
	is_string(got, dump, "%s", text);
	free(got);
	mp_contract_free(parsed);
}

/* --- clauses ----------------------------------------------------------------------------- */

static const struct {
	const char *text, *dump;
} clauses[] = {
	/* verbs and their operands */
	{"p forks", "count: p [forks]; some"},
	{"main forks p", "count: main [forks] whom p; some"},
	{"main forks each of g", "count: main [forks] whom each-of g; some"},
	{"p execs \"/bin/*\"", "count: p [execs] \"</bin/>*\"; some"},
	{"p execs", "count: p [execs]; some"},
	{"p exits", "count: p [exits]; some"},
	{"p exits with 0", "count: p [exits] with 0; some"},
	{"each of g exits with n * 2", "count: each-of g [exits] with (n * 2); some"},
	{"p dies", "count: p [dies]; some"},
	{"p dies of SIGKILL", "count: p [dies] signal 9; some"},
	{"p dies of KILL", "count: p [dies] signal 9; some"},
	{"p dies of 9", "count: p [dies] signal 9; some"},
	{"p dies of sig", "count: p [dies] signal =sig; some"},
	{"p dies of {x}", "count: p [dies] signal {x}; some"},
	{"p dies of { x } once", "count: p [dies] signal {x}; exactly 1"},
	{"p dies of SIGRTMIN+2", "count: p [dies] signal 36; some"},
	{"p ends", "count: p [ends]; some"},
	{"main reaps g", "count: main [reaps] whom g; some"},
	{"p signals main", "count: p [signals] whom main; some"},
	{"p signals main with INT, twice", "count: p [signals] whom main signal 2; exactly 2"},
	{"p receives 15", "count: p [receives] signal 15; some"},
	{"p is named \"a b\"", "count: p [is named] \"<a b>\"; some"},
	{"p writes c", "count: p [writes] object c; some"},
	{"q reads c", "count: q [reads] object c; some"},
	{"q reads from p", "count: q [reads from] whom p; some"},
	{"g read from each of g", "count: g [reads from] whom each-of g; some"},
	{"q starts reading c", "count: q [starts reading] object c; some"},
	{"q reads the end of c", "count: q [reads the end of] object c; some"},
	{"q closes c", "count: q [closes] object c; some"},
	{"q closes the writing end of c", "count: q [closes the writing end of] object c; some"},
	{"q closes the reading end of c", "count: q [closes the reading end of] object c; some"},
	{"p waits", "count: p [waits]; some"},
	{"p waits at least 3 s", "count: p [waits] least 3000000000; some"},
	{"p waits at least 3 times", "count: p [waits]; least 3"},
	{"p waits at least n times", "count: p [waits]; least n"},
	{"p waits at least 1 min at least 2 times", "count: p [waits] least 60000000000; least 2"},
	{"p waits for q", "count: p [waits for] whom q; some"},
	{"main waits for each of g", "count: main [waits for] whom each-of g; some"},
	{"p waits on w", "count: p [waits on] object w; some"},
	{"p wakes q", "count: p [wakes] whom q; some"},
	{"p wakes w", "count: p [wakes] object w; some"},
	{"p wakes each of g", "count: p [wakes] whom each-of g; some"},
	{"g meet", "count: g [meets]; some"},
	{"p flushes twice", "count: p [flushes]; exactly 2"},
	{"p sleeps", "count: p [sleeps]; some"},
	{"p sleeps at least 250 ms", "count: p [sleeps] least 250000000; some"},
	{"p sleeps at least 1.5 s twice", "count: p [sleeps] least 1500000000; exactly 2"},
	{"p sleeps at least 1.25ms", "count: p [sleeps] least 1250000; some"},
	{"p sleeps at least 2 h", "count: p [sleeps] least 7200000000000; some"},
	{"p sleeps at least 2 minutes", "count: p [sleeps] least 120000000000; some"},
	{"p sleeps at least 7 us", "count: p [sleeps] least 7000; some"},
	{"p sleeps at least 9 ns", "count: p [sleeps] least 9; some"},
	{"p sleeps at least 0.0000000019 seconds", "count: p [sleeps] least 1; some"},
	{"p prints \"x\"", "count: p [prints] \"<x>\"; some"},
	{"p complains \"\"", "count: p [complains] \"\"; some"},
	/* counts */
	{"p never exits", "count: p [exits]; never"},
	{"p exits never", "count: p [exits]; never"},
	{"each of g never waits", "count: each-of g [waits]; never"},
	{"p forks once", "count: p [forks]; exactly 1"},
	{"p forks twice", "count: p [forks]; exactly 2"},
	{"p forks exactly 1 time", "count: p [forks]; exactly 1"},
	{"p forks exactly n + 1 times", "count: p [forks]; exactly (n + 1)"},
	{"p forks at least 2 times", "count: p [forks]; least 2"},
	{"p forks at most 0 times", "count: p [forks]; most 0"},
	{"p forks at least once", "count: p [forks]; least 1"},
	{"p forks at most twice", "count: p [forks]; most 2"},
	{"p forks exactly once", "count: p [forks]; exactly 1"},
	{"p waits at least once", "count: p [waits]; least 1"},
	{"p waits at least 3 s at most once", "count: p [waits] least 3000000000; most 1"},
	{"q writes c as often as p writes c",
	 "count: q [writes] object c; as-often as p [writes] object c"},
	/* for each */
	{"p prints \"{i}\" for each i from 1 to n",
	 "count: p [prints] \"{=i}\"; some; i from 1 to n"},
	{"p prints \"{i * i}\" once, for each i from 0 to n - 1, in order",
	 "count: p [prints] \"{=(i * i)}\"; exactly 1; i from 0 to (n - 1) in order"},
	{"p never prints \"{i}\" for each i from -3 to -1",
	 "count: p [prints] \"{=i}\"; never; i from (0 - 3) to (0 - 1)"},
	{"p exits with i for each i from 0 to 0", "count: p [exits] with i; some; i from 0 to 0"},
	{"p forks exactly i times for each i from 1 to 1",
	 "count: p [forks]; exactly i; i from 1 to 1"},
	{"p prints \"{i}{j}\", for each i from 1 to n, for each j from i to i * 2, in order",
	 "count: p [prints] \"{=i}{=j}\"; some; i from 1 to n; j from i to (i * 2) in order"},
	{"p exits before q exits for each i from 1 to 2",
	 "before: p [exits] < q [exits]; i from 1 to 2"},
	{"g run one at a time for each i from 1 to 2", "state: one-at-a-time g; i from 1 to 2"},
	{"g meet for each i from 1 to 2", "count: g [meets]; some; i from 1 to 2"},
	/* processes without a name */
	{"child 2 of main exits", "count: child 2 of main [exits]; some"},
	{"main forks child n+1 of p", "count: main [forks] whom child n+1 of p; some"},
	{"p wakes child (2) of p", "count: p [wakes] whom child (2) of p; some"},
	{"child i of main outlives child i + 1 of main for each i from 1 to n",
	 "state: outlives child i of main other child i + 1 of main; i from 1 to n"},
	/* orders */
	{"p exits before q exits", "before: p [exits] < q [exits]"},
	{"p exits after q exits", "before: q [exits] < p [exits]"},
	{"first p forks before last q forks", "before: first p [forks] < last q [forks]"},
	{"each p writes c after each q reads c",
	 "before: each q [reads] object c < each p [writes] object c"},
	{"each of g exits before each of g ends", "before: each-of g [exits] < each-of g [ends]"},
	{"each each of g exits before main exits", "before: each each-of g [exits] < main [exits]"},
	{"g meet before each of g prints \"x\"", "before: g [meets] < each-of g [prints] \"<x>\""},
	{"g exits after g meet", "before: g [meets] < g [exits]"},
	{"p dies of {x} before main prints \"-{x}\"",
	 "before: p [dies] signal {x} < main [prints] \"<->{x}\""},
	{"p prints \"a {x}\" in the order of q prints \"b {x}\"",
	 "same-order: p [prints] \"<a >{x}\" as q [prints] \"<b >{x}\""},
	{"p dies of {x} in the order of q prints \"{x}{y}\" for each i from 1 to 2",
	 "same-order: p [dies] signal {x} as q [prints] \"{x}{y}\"; i from 1 to 2"},
	/* conditions */
	{"p exits when n is 3", "count: p [exits]; some; when n is 3"},
	{"p exits once, when sig is not TERM and n is at least 2",
	 "count: p [exits]; exactly 1; when sig is not <TERM>; when n is at least 2"},
	{"p exits when 2 * n - 0.5 is at most n",
	 "count: p [exits]; some; when ((2 * n) - 5/10^1) is at "
	 "most n"},
	{"p exits when sig is SIGRTMIN+1 # why",
	 "count: p [exits]; some; when sig is <SIGRTMIN+1>"},
	{"p exits when nothing is left and n is 3",
	 "count: p [exits]; some; when state: nothing-left; when n is 3"},
	{"p waits for each i from 1 to 2", "count: p [waits]; some; i from 1 to 2"},
	{"p exits when -1 is (n)", "count: p [exits]; some; when (0 - 1) is n"},
	{"p exits for each i from 1 to 2 when i is n and p exits with i and n is 0",
	 "count: p [exits]; some; i from 1 to 2; when varying i is n; when varying count: p "
	 "[exits] with i; "
	 "some; when n is 0"},
	{"g run one at a time when p exits before q exits and g exit at least n times",
	 "state: one-at-a-time g; when before: p [exits] < q [exits]; when count: g [exits]; least "
	 "n"},
	{"p exits when p is named \"x\"",
	 "count: p [exits]; some; when count: p [is named] \"<x>\"; some"},
	{"p exits for each i from 1 to 2 when child i of main ends before q ends",
	 "count: p [exits]; some; i from 1 to 2; when varying before: child i of main [ends] < q "
	 "[ends]"},
	{"nothing is left when g run at the same time",
	 "state: nothing-left; when state: same-time g"},
	/* times that are reckoned */
	{"p sleeps at least n s", "count: p [sleeps] least n x 1000000000; some"},
	{"p waits at least n * 10 ms", "count: p [waits] least (n * 10) x 1000000; some"},
	{"p waits at least (n + 0.25) * 2 min at least n times",
	 "count: p [waits] least ((n + 25/10^2) * 2) x 60000000000; least n"},
	{"p lives at least 2 * 1.5 s", "state: lives p least 3000000000"},
	{"p lives at least i s for each i from 1 to n",
	 "state: lives p least i x 1000000000; i from 1 to n"},
	/* states */
	{"g run at the same time", "state: same-time g"},
	{"g runs at the same time", "state: same-time g"},
	{"g run one at a time", "state: one-at-a-time g"},
	{"g runs one at a time", "state: one-at-a-time g"},
	{"at most n of g at once", "state: at-once n g"},
	{"p lives at least 3 s", "state: lives p least 3000000000"},
	{"each of g live at least 3 s", "state: lives each-of g least 3000000000"},
	{"main outlives p", "state: outlives main other p"},
	{"main outlives each of g", "state: outlives main other each-of g"},
	{"each of g outlive main", "state: outlives each-of g other main"},
	{"g print one at a time", "state: print-in-turn g"},
	{"g prints one at a time", "state: print-in-turn g"},
	{"nothing is left", "state: nothing-left"},
	/* patterns */
	{"p prints \"a*b\"", "count: p [prints] \"<a>*<b>\"; some"},
	{"p prints \"***\"", "count: p [prints] \"*\"; some"},
	{"p prints \"{x} and {x}\"", "count: p [prints] \"{x}< and >{x}\"; some"},
	{"p prints \"{x}{y}\"", "count: p [prints] \"{x}{y}\"; some"},
	{"p prints \"{n}{ n }{x-1}{7}\"", "count: p [prints] \"{=n}{=n}{x-1}{=7}\"; some"},
	{"p prints \"{0 to 256}{-n to n * 2}\"",
	 "count: p [prints] \"{0 to 256}{(0 - n) to (n * 2)}\"; some"},
	{"p prints \"[{i * i for i from 0 to n - 1}]\"",
	 "count: p [prints] \"<[>{(i * i) for i from 0 to (n - 1)}<]>\"; some"},
	{"p prints \"{k, for k from 0 to i}{i}\" for each i from 0 to 3",
	 "count: p [prints] \"{k for k from 0 to i}{=i}\"; some; i from 0 to 3"},
	{"p prints \"{to} {for}\"", "count: p [prints] \"{to}< >{for}\"; some"},
	{"p prints \"{(n + 1) * -2}\"", "count: p [prints] \"{=((n + 1) * (0 - 2))}\"; some"},
	{"p prints \"\\\"\\\\\\*\\{\\}\\t\\x41\\xfF\"",
	 "count: p [prints] \"<\"\\*{}\tA\xff>\"; some"},
	{"p prints \"a # b, c\" # a comment with \"quotes",
	 "count: p [prints] \"<a # b, c>\"; some"},
	{"p prints \"n\xc2\xb0: *\"", "count: p [prints] \"<n\xc2\xb0: >*\"; some"},
	/* expressions */
	{"p exits with 1 + 2 * 3 - 4", "count: p [exits] with ((1 + (2 * 3)) - 4); some"},
	{"p exits with n*2+1", "count: p [exits] with ((n * 2) + 1); some"},
	{"p exits with ((((7))))", "count: p [exits] with 7; some"},
	{"p exits with n -1", "count: p [exits] with (n - 1); some"},
	/* fillers */
	{",p,,exits, with ,0,once,", "count: p [exits] with 0; exactly 1"},
};

/* The line of the dump that is the clause's. */
static void check_clause(const char *text, const char *expected)
{
	char contract[1024], *got, *line;
	struct mp_contract *parsed;

	snprintf(contract, sizeof(contract), PROLOGUE "claim \"t\"\n\t%s\n", text);
	parsed = parse_text(contract);
	got = parsed->diagnostic_count ? parse_complaints(parsed) : parse_dump(parsed);
	line = strstr(got, "\n  ");
	line = line && !parsed->diagnostic_count ? line + 3 : got;
	line[strcspn(line, "\n")] = '\0';
	is_string(line, expected, "%s", text);
	free(got);
	mp_contract_free(parsed);
}

/* --- every row of the table, in both of its forms ----------------------------------------- */

static const char *const operands[] = {
	[MP_OPERAND_NONE] = "",		[MP_OPERAND_WHOM] = "each of g",
	[MP_OPERAND_MAYBE_WHOM] = "p",	[MP_OPERAND_WHOM_SIGNAL] = "p with sig",
	[MP_OPERAND_SIGNAL] = "HUP",	[MP_OPERAND_OF_SIGNAL] = "of {x}",
	[MP_OPERAND_PATTERN] = "\"x\"", [MP_OPERAND_MAYBE_PATTERN] = "\"x\"",
	[MP_OPERAND_CODE] = "with 3",	[MP_OPERAND_CHANNEL] = "c",
	[MP_OPERAND_WORD] = "w",	[MP_OPERAND_WHOM_OR_WORD] = "w",
	[MP_OPERAND_MEMORY] = "m",	[MP_OPERAND_LEAST] = "at least 3 s",
	[MP_OPERAND_TIME] = "3 s",
};

static void check_form(const struct mp_verb_row *row, const char *who, const char *words)
{
	struct mp_contract *parsed;
	struct mp_clause *clause;
	char contract[1024];

	snprintf(contract, sizeof(contract), PROLOGUE "claim \"t\"\n %s %s %s\n", who, words,
		 operands[row->operand]);
	parsed = parse_text(contract);
	clause = parsed->diagnostic_count ? NULL : parsed->claims[0]->clauses[0];
	ok(clause && clause->state == row->state &&
		   (clause->first ? clause->first->verb : 0) == row->verb,
	   "\"%s\" is its row", words);
	mp_contract_free(parsed);
}

static void check_row(const struct mp_verb_row *row)
{
	bool group = row->verb == MP_VERB_MEET || (row->state && row->operand == MP_OPERAND_NONE);
	const char *who = group ? "g" : row->state == MP_STATE_OUTLIVES ? "main" : "p";

	ok((row->kinds & MP_VERB_ALWAYS) == MP_VERB_ALWAYS && row->about,
	   "row %d %d rests on forks, execs and exits", (int)row->verb, (int)row->state);
	if (!row->singular)
		return;
	check_form(row, who, row->singular);
	check_form(row, group ? "g" : row->state ? "main" : "each of g", row->plural);
}

static void check_rows(void)
{
	const struct mp_verb_row *row;
	int verb = 0, state = 0;

	for (row = mp_verbs; row->verb || row->state; row++) {
		if (row->verb)
			is_int((int)mp_verb_row(row->verb)->verb, ++verb, "verbs are in order");
		else
			is_int((int)mp_state_row(row->state)->state, ++state,
			       "states are in order");
		check_row(row);
	}
	is_int(verb, MP_VERBS - 1, "every verb has a row");
	is_int(state, MP_STATE_NOTHING_LEFT, "every state has a row");
}

/* --- positions --------------------------------------------------------------------------- */

static void is_at(const struct mp_contract *contract, struct mp_place place, const char *text)
{
	size_t length;
	const char *line = mp_contract_line(contract, place.line, &length);
	char *part = NULL;

	if (line && place.column - 1 + place.length <= length)
		part = strndup(line + place.column - 1, place.length);
	is_string(part, text, "the place of <%s> is its text", text);
	free(part);
}

static void check_places(void)
{
	static const char text[] =
		PROLOGUE "claim \"t\" # one\n"
			 "\tmain closes the writing end of c before last p  dies of {x}\n"
			 "\tp exits with (n + 1) * 2 once\n"
			 "\tp prints \"{n * 2}\", for each i from 0 to 1\n";
	struct mp_contract *contract = parse_text(text);
	struct mp_clause **c = contract->claims[0]->clauses;

	is_int((int64_t)contract->diagnostic_count, 0, "positions: a good contract");
	is_at(contract, contract->decls[5]->place, "g");
	is_at(contract, contract->claims[0]->place, "\"t\"");
	is_at(contract, c[0]->place, "main closes the writing end of c before last p  dies of {x}");
	is_at(contract, c[0]->first->place, "main closes the writing end of c");
	is_at(contract, c[0]->first->verb_place, "closes the writing end of");
	is_at(contract, c[0]->first->who.place, "main");
	is_at(contract, c[0]->second->place, "p  dies of {x}");
	is_at(contract, c[0]->second->signal->place, "{x}");
	is_at(contract, c[1]->place, "p exits with (n + 1) * 2 once");
	is_at(contract, c[1]->first->number->place, "(n + 1) * 2");
	is_at(contract, c[1]->number->place, "once");
	is_at(contract, c[2]->first->pattern->place, "\"{n * 2}\"");
	is_at(contract, c[2]->first->pattern->pieces[0].expr->place, "n * 2");
	is_int(c[2]->first->place.line, PROLOGUE_LINES + 4, "and the line is right");
	mp_contract_free(contract);
}

/* --- lines, ends of lines, notes --------------------------------------------------------- */

static void check_same(const char *text, const char *expected, const char *what)
{
	struct mp_contract *contract = parse_text(text);
	char *got = contract->diagnostic_count ? parse_complaints(contract) : parse_dump(contract);

	is_string(got, expected, "%s", what);
	free(got);
	mp_contract_free(contract);
}

static void check_lines(void)
{
	static const char dump[] = "process p = child 1 of main\nclaim <a \"b\" \\ {c} \xff*>\n"
				   "  count: p [exits]; some\n  count: p [forks]; some\n";

	check_same("process p = child 1 of main\nclaim \"a \\\"b\\\" \\\\ {c} \\xff\\*\"\n"
		   " p exits\n\tp forks\n",
		   dump, "lines that end as they do here");
	check_same("process p = child 1 of main\r\nclaim \"a \\\"b\\\" \\\\ {c} \\xFF*\"\r\n\r\n"
		   "  p exits\r\n \t# no clause\r\n\tp forks\r\n",
		   dump, "lines that end as elsewhere");
	check_same("\xef\xbb\xbfprocess p = child 1 of main\nclaim \"a \\\"b\\\" \\\\ \\{c\\} "
		   "\\xff*\"\n"
		   "# no clause\n p exits\n\n   \n \tp forks # no end",
		   dump, "a byte order mark, and no newline at the end");
}

static void check_notes(void)
{
	struct mp_contract *contract = parse_text("process p = child 1 of main\n"
						  "group g = p\nclaim \"t\"\n main exits\n");
	char *text;

	is_int((int64_t)contract->diagnostic_count, 0, "a name that is not used is no mistake");
	is_int((int64_t)contract->note_count, 1, "but a note");
	text = mp_diagnostic_text(contract, &contract->notes[0]);
	is_string(text,
		  "test:2:7: \"g\" is declared and never used\n    group g = p\n          ^\n",
		  "and the note says where");
	free(text);
	mp_contract_free(contract);
}

int main(void)
{
	size_t i;

	tap_plan(0);
	for (i = 0; i < sizeof(declarations) / sizeof(declarations[0]); i++)
		check_declaration(declarations[i].text, declarations[i].dump);
	for (i = 0; i < sizeof(clauses) / sizeof(clauses[0]); i++)
		check_clause(clauses[i].text, clauses[i].dump);
	check_rows();
	check_places();
	check_lines();
	check_notes();
	return tap_done();
}
