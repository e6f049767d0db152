/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The grammar of mp-contract(5) is the parser's: thousands of sentences are made from it, and the
 * parser takes each one, unless the sentence makes no sense in one of the ways that the page tells;
 * every form of the grammar is in one that it took. Then the sentences are spoilt, and the parser
 * takes what is left exactly when the grammar has it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grammar.h"
#include "mistake.h"
#include "parse_dump.h"
#include "tap.h"
#include "verb.h"

#define ROUNDS 20000
#define MOST   400000 /* to come by every form in a sentence that makes sense */

#define PROLOGUE                                                                                   \
	"parameter n = option -n, default 10\n"                                                    \
	"parameter sig = option --sig, default TERM\n"                                             \
	"parameter mode = option --mode, default fast\n"                                           \
	"parameter race = flag --race\n"                                                           \
	"process p = child 1 of main\n"                                                            \
	"process q = child 2 of main\n"                                                            \
	"group g = p q\n"                                                                          \
	"group h = children of main\n"                                                             \
	"channel c = from p to q\n"                                                                \
	"channel first = from q to p\n"                                                            \
	"word w = shared by p q\n"                                                                 \
	"memory m = shared by p q\n"

/* --- words --------------------------------------------------------------------------------- */

static uint32_t seed = 20240229;

/* Marsaglia's xorshift: the same numbers everywhere. */
static uint32_t number(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % below;
}

static bool listed(const char *word, const char *const *list)
{
	for (; *list != NULL; list++)
		if (strcmp(word, *list) == 0)
			return true;
	return false;
}

/* What may stand for each class; what fits besides is found below. */
static const struct class
{
	const char *name, *rule; /* NULL: in every rule */
	const char *const words[12];
} classes[] = {
	{"PROCESS", NULL, {"p", "q"}},
	{"GROUP", NULL, {"g", "h"}},
	{"CHANNEL", NULL, {"c", "first"}},
	{"WORD", NULL, {"w"}},
	{"MEMORY", NULL, {"m"}},
	{"PARAMETER", "ATOM", {"n"}},
	{"PARAMETER", "SIGNAL", {"sig", "n"}},
	{"PARAMETER", NULL, {"mode", "sig", "race", "n"}},
	{"NAME", NULL, {"new", "i", "j", "k", "last-one"}},
	{"COUNTER", NULL, {"i", "j", "k"}},
	{"TAKEN", NULL, {"x"}},
	{"NUMBER", NULL, {"1", "2", "3", "0", "40", "0.5"}},
	{"OPTION", NULL, {"-x", "--long"}},
	{"VALUE", NULL, {"fast", "yes", "no", "a=b", "/tmp"}},
	{"SIGNAME", NULL, {"TERM", "SIGKILL", "15", "SIGRTMIN+1"}},
	{"TEXT", NULL, {"abc", ": ", "\\*", "\\\"", "\\x41", "\\t", "\\\\", "\\{", "\\}", "n"}},
};

static const struct class *class_of(const struct grammar_node *node)
{
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++)
		if (strcmp(classes[i].name, node->text) == 0 &&
		    (classes[i].rule == NULL || strcmp(classes[i].rule, node->rule) == 0))
			return &classes[i];
	tap_bail("the page has a class of words that is not known: %s", node->text);
}

static const char *choose(const struct grammar_node *node)
{
	const struct class *class;
	uint32_t count = 0;

	if (node->kind == GRAMMAR_WORD)
		return node->text;
	for (class = class_of(node); class->words[count] != NULL;)
		count++;
	return class->words[number(count)];
}

/* --- what fits ----------------------------------------------------------------------------- */

static struct grammar grammar;

static bool is_reserved(const char *word)
{
	const struct grammar_node *rule = grammar_rule(&grammar, "RESERVED");

	for (const struct grammar_node *row = rule->in->in; row != NULL; row = row->next)
		if (strcmp(row->in->text, word) == 0)
			return true;
	return false;
}

static bool is_declared(const char *word)
{
	static const char *const declared[] = {"main", "n", "sig", "mode",  "race", "p", "q",
					       "g",    "h", "c",   "first", "w",    "m", NULL};

	return listed(word, declared);
}

static bool is_parameter(const char *word)
{
	return listed(word, (const char *const[]){"n", "sig", "mode", "race", NULL});
}

static bool is_word(const char *word)
{
	size_t letters = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_");

	return letters > 0 &&
	       strspn(word + letters, "abcdefghijklmnopqrstuvwxyz-0123456789+") ==
		       strlen(word + letters) &&
	       strchr(word, '+') == NULL;
}

/* Counters stand behind "for each" and, in a list, behind "for". */
static bool is_counter(const struct grammar_sentence *sentence, const char *word)
{
	for (size_t i = 1; i < sentence->count; i++)
		if (strcmp(sentence->words[i], word) == 0 &&
		    (strcmp(sentence->words[i - 1], "for") == 0 ||
		     strcmp(sentence->words[i - 1], "each") == 0))
			return true;
	return false;
}

static bool is_number(const char *word)
{
	return *word >= '0' && *word <= '9';
}

static bool in_class(const struct grammar_node *node, const struct grammar_sentence *sentence,
		     const char *word)
{
	const char *class = node->text;

	if (strcmp(class, "NAME") == 0)
		return is_word(word) && !is_declared(word) && !is_reserved(word);
	if (strcmp(class, "COUNTER") == 0)
		return is_counter(sentence, word) && !is_declared(word) && !is_reserved(word);
	if (strcmp(class, "TAKEN") == 0)
		return is_word(word) && !is_declared(word) && !is_counter(sentence, word);
	if (strcmp(class, "NUMBER") == 0)
		return is_number(word);
	if (strcmp(class, "VALUE") == 0)
		return strchr(word, '"') == NULL &&
		       (strcmp(node->rule, "CONDITION") != 0 ||
			!(is_number(word) || is_parameter(word) || is_counter(sentence, word) ||
			  listed(word, (const char *const[]){"(", "-", "not", "at", NULL})));
	if (strcmp(class, "TEXT") == 0)
		return strpbrk(word, "\"*{}") == NULL || *word == '\\' ||
		       (strcmp(node->rule, "TITLE") == 0 && *word != '"');
	return listed(word, class_of(node)->words);
}

/* As after one or as after many: "runs" and "run". */
static bool other_form(const char *known, const char *word)
{
	for (const struct mp_verb_row *row = mp_verbs; row->verb || row->state; row++) {
		size_t one = row->singular != NULL ? strcspn(row->singular, " ") : 0;
		size_t many = row->plural != NULL ? strcspn(row->plural, " ") : 0;
		const char *words[] = {row->singular, row->plural};
		size_t lengths[] = {one, many};

		for (int i = 0; i < 2 && one > 0; i++)
			if (strlen(known) == lengths[i] &&
			    strncmp(known, words[i], lengths[i]) == 0 &&
			    strlen(word) == lengths[1 - i] &&
			    strncmp(word, words[1 - i], lengths[1 - i]) == 0)
				return true;
	}
	return false;
}

/* The "is" of "nothing is left" is no verb that a process could have. */
static bool has_forms(const struct grammar_node *node)
{
	return strcmp(node->rule, "VERB") == 0 ||
	       ((strcmp(node->rule, "STATE") == 0 || strcmp(node->rule, "COMPARED") == 0) &&
		strcmp(node->text, "is") != 0);
}

static bool fits(const struct grammar_node *node, const struct grammar_sentence *sentence,
		 size_t at)
{
	const char *word = sentence->words[at];

	if (node->kind == GRAMMAR_CLASS)
		return in_class(node, sentence, word);
	return strcmp(node->text, word) == 0 || (has_forms(node) && other_form(node->text, word));
}

/* --- what the parser says ------------------------------------------------------------------ */

/* Blanks stand between words, but not between the pieces of a text. */
static void join(const struct grammar_sentence *sentence, char *text, size_t room)
{
	bool quoted = false, braced = false;
	size_t used = 0;

	for (size_t i = 0; i < sentence->count; i++) {
		const char *word = sentence->words[i];
		bool quote = strcmp(word, "\"") == 0;

		used += (size_t)snprintf(text + used, room - used, "%s%s",
					 i > 0 && (!quoted || braced) ? " " : "", word);
		if (quote) {
			quoted = !quoted;
			braced = false;
		} else if (quoted && strchr("{}", *word) != NULL) {
			braced = *word == '{';
		}
	}
}

/* What a sentence of the grammar may be told all the same; the page says so, too. */
static const enum mp_mistake senseless[] = {
	MP_MISTAKE_BACKWARD,	  MP_MISTAKE_CHILD_NUMBER, MP_MISTAKE_EXIT_CODE,
	MP_MISTAKE_BELOW_ZERO,	  MP_MISTAKE_SELF_CHANNEL, MP_MISTAKE_SELF_OUTLIVES,
	MP_MISTAKE_TWICE_LISTED,  MP_MISTAKE_BAD_OPTION,   MP_MISTAKE_NOTHING_SHARED,
	MP_MISTAKE_SAME_COUNTER,  MP_MISTAKE_NEVER_SO,	   MP_MISTAKE_COUNTS_ALREADY,
	MP_MISTAKE_MANY_COUNTERS, MP_MISTAKE_RESERVED,	   MP_MISTAKE_SIGNAL_NAME,
	MP_MISTAKE_NEGATIVE_TIME,
};

static bool makes_sense(const struct grammar_sentence *sentence, const char *message)
{
	static const char *const parts[] = {"0.5", "i", "j", "k", NULL};
	enum mp_mistake mistake = parse_mistake(message);
	bool part = false;

	for (size_t i = 0; i < sizeof(senseless) / sizeof(senseless[0]); i++)
		if (mistake == senseless[i])
			return false;
	for (size_t i = 0; i < sentence->count; i++)
		part |= listed(sentence->words[i], parts);
	/* a part of a number where only whole ones go; a counter that a range does not know */
	return !(part && (mistake == MP_MISTAKE_EXPECTED || mistake == MP_MISTAKE_UNDECLARED ||
			  mistake == MP_MISTAKE_ITSELF));
}

enum answer { TAKES, REFUSES, SENSELESS };

/* A declaration or a claim, or a clause. */
static enum answer ask(const struct grammar_sentence *sentence, bool clause, char *said,
		       size_t room)
{
	char line[2048] = "", text[4096];
	struct mp_contract *contract;
	enum answer answer = TAKES;

	join(sentence, line, sizeof(line));
	snprintf(text, sizeof(text), PROLOGUE "%s%s\n%s main exits\n",
		 clause ? "claim \"t\"\n " : "", line,
		 clause || strncmp(line, "claim", 5) == 0 ? "" : "claim \"t\"\n");
	contract = parse_text(text);
	if (contract == NULL)
		tap_bail("no memory");
	if (contract->diagnostic_count > 0) {
		const char *message = contract->diagnostics[0].message;

		answer = makes_sense(sentence, message) ? REFUSES : SENSELESS;
		snprintf(said, room, "%s: %s", line, message);
	} else {
		snprintf(said, room, "%s", line);
	}
	mp_contract_free(contract);
	return answer;
}

static bool grammar_knows(const struct grammar_sentence *sentence, bool clause)
{
	return sentence->count == 0 || (clause ? grammar_has(&grammar, "CLAUSE", sentence)
					       : grammar_has(&grammar, "DECLARATION", sentence) ||
							 grammar_has(&grammar, "CLAIM", sentence));
}

/* --- sentences of the page ----------------------------------------------------------------- */

static const char *const starts[] = {"DECLARATION", "CLAUSE", "CLAUSE", "CLAUSE", "CLAIM"};

static void prove_forms(void)
{
	for (size_t i = 0; i < grammar.node_count; i++)
		grammar.nodes[i].proved += grammar.nodes[i].used;
}

static bool all_proved(void)
{
	for (size_t i = 0; i < grammar.node_count; i++)
		if (grammar.nodes[i].proved == 0 && strcmp(grammar.nodes[i].rule, "RESERVED") != 0)
			return false;
	return true;
}

/* False: it speaks of a counter that is not there. */
static bool make_one(struct grammar_sentence *sentence, bool *clause)
{
	const char *start = starts[number(sizeof(starts) / sizeof(starts[0]))];

	*clause = strcmp(start, "CLAUSE") == 0;
	return grammar_make(&grammar, start, sentence) && grammar_knows(sentence, *clause);
}

static void check_sentences(void)
{
	unsigned good = 0, refused = 0, senseless_ones = 0;
	struct grammar_sentence sentence;
	char said[4096];
	bool clause;

	for (unsigned round = 0; round < ROUNDS || (round < MOST && !all_proved()); round++) {
		enum answer answer;

		if (!make_one(&sentence, &clause))
			continue;
		answer = ask(&sentence, clause, said, sizeof(said));
		good += answer == TAKES;
		senseless_ones += answer == SENSELESS;
		if (answer == TAKES)
			prove_forms();
		if (answer == REFUSES && refused++ < 10)
			tap_note("%s", said);
	}
	is_int(refused, 0, "the parser takes what the grammar has: %u sentences", good);
	ok(good > ROUNDS / 3, "and %u made no sense", senseless_ones);
}

static void check_coverage(void)
{
	for (size_t i = 0; i < grammar.node_count; i++) {
		const struct grammar_node *node = &grammar.nodes[i];

		if (node->kind == GRAMMAR_WORD && strcmp(node->rule, "RESERVED") != 0)
			ok(node->proved > 0, "%s: \"%s\" %u times", node->rule, node->text,
			   node->proved);
		else if (node->kind == GRAMMAR_RULE || node->kind == GRAMMAR_CLASS)
			ok(node->proved > 0, "%s: %s %u times", node->rule, node->text,
			   node->proved);
	}
}

/* --- spoilt sentences ---------------------------------------------------------------------- */

static const char *any_word(void)
{
	static const char *const junk[] = {"i",	   "are",  "print", "runs", "/",   "?", "all",
					   "the",  "main", "n",	    "p",    "g",   "x", "new",
					   "TERM", "0.5",  "-x",    "yes",  "abc", "c", "is"};
	const struct grammar_node *node;

	if (number(3) == 0)
		return junk[number(sizeof(junk) / sizeof(junk[0]))];
	do
		node = &grammar.nodes[number((uint32_t)grammar.node_count)];
	while (node->kind != GRAMMAR_WORD && node->kind != GRAMMAR_CLASS);
	return choose(node);
}

static void spoil(struct grammar_sentence *sentence)
{
	size_t at = number((uint32_t)sentence->count), to = number((uint32_t)sentence->count);
	const char *word = sentence->words[at];

	switch (number(4)) {
	case 0:
		sentence->words[at] = sentence->words[to];
		sentence->words[to] = word;
		break;
	case 1:
		sentence->words[at] = any_word();
		break;
	case 2:
		sentence->count--;
		memmove(&sentence->words[at], &sentence->words[at + 1],
			(sentence->count - at) * sizeof(word));
		break;
	default:
		if (sentence->count == GRAMMAR_WORDS)
			break;
		memmove(&sentence->words[at + 1], &sentence->words[at],
			(sentence->count - at) * sizeof(word));
		sentence->words[at] = any_word();
		sentence->count++;
	}
}

static void check_spoilt(void)
{
	unsigned good = 0, bad = 0, more = 0, less = 0;
	struct grammar_sentence sentence;
	char said[4096];
	bool clause;

	for (unsigned round = 0; round < ROUNDS; round++) {
		enum answer answer;
		bool known;

		if (!make_one(&sentence, &clause))
			continue;
		for (uint32_t times = 1 + number(2); times > 0 && sentence.count > 0; times--)
			spoil(&sentence);
		known = grammar_knows(&sentence, clause);
		answer = ask(&sentence, clause, said, sizeof(said));
		good += known && answer == TAKES;
		bad += !known && answer != TAKES;
		if (answer == TAKES && !known && more++ < 10)
			tap_note("only the parser: %s", said);
		if (answer == REFUSES && known && less++ < 10)
			tap_note("only the grammar: %s", said);
	}
	is_int(more, 0, "the parser takes nothing else: %u that were not in the grammar", bad);
	is_int(less, 0, "and still all of it: %u that were", good);
}

/* --- the page ------------------------------------------------------------------------------ */

/* In the language of manual pages a dash is "\-" and a backslash "\e". */
static char *find_grammar(char *page)
{
	static const char opens[] = "\n.Bd -unfilled -offset indent\nDECLARATION:";
	char *start = strstr(page, opens), *end = start ? strstr(start, "\n.Ed") : NULL, *to, *at;

	if (end == NULL)
		tap_bail("the page has no grammar");
	start += strlen(opens) - strlen("DECLARATION:");
	for (to = at = start; at < end; at++)
		if (at[0] != '\\' || at[1] != '-')
			*to++ = *at;
	*to = '\0';
	return start;
}

int main(int argc, char *argv[])
{
	char *page;

	tap_plan(0);
	if (argc != 2)
		tap_bail("no page was given");
	page = parse_page(argv[1]);
	grammar = (struct grammar){.fits = fits, .choose = choose, .number = number};
	ok(grammar_read(&grammar, find_grammar(page)), "the grammar of the page can be read");
	check_sentences();
	check_coverage();
	check_spoilt();
	grammar_free(&grammar);
	free(page);
	return tap_done();
}
