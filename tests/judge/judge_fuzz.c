/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random models against random contracts: whatever they are, there is a verdict, it is one of
 * three, and it says what it must say; a condition that is true and a counter that is not used
 * change nothing. The seed is fixed; FUZZ_ROUNDS and FUZZ_SEED change it.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "tap.h"

#define ROUNDS	  1500
#define PROCESSES 5
#define CLAUSES	  12

static uint64_t state;

static unsigned roll(unsigned sides)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)(state >> 33) % sides;
}

static const char *one_of(const char *const *words, unsigned count)
{
	return words[roll(count)];
}
#define ONE_OF(...)                                                                                \
	one_of((const char *const[]){__VA_ARGS__},                                                 \
	       sizeof((const char *const[]){__VA_ARGS__}) / sizeof(char *))

/* --- models ----------------------------------------------------------------------------------- */

struct world {
	struct story *story;
	struct mp_process *process[PROCESSES];
	unsigned count;
	struct mp_stream *stream[3];
	struct mp_word_entry *word[3];
	struct mp_memory *memory[2];
};

static struct mp_process *somebody(struct world *w)
{
	return w->process[roll(w->count)];
}

static void random_wait(struct world *w, unsigned at)
{
	struct mp_process *who = somebody(w);
	struct mp_act *act;

	switch (roll(5)) {
	case 0:
		is_woken(w->story, at, at + roll(50), who, somebody(w), w->word[roll(3)]);
		return;
	case 1:
		loses_race(w->story, at, who, w->word[roll(3)]);
		return;
	case 2:
		act = waits_for_data(w->story, at, at + roll(50), who, somebody(w),
				     w->stream[roll(3)]);
		act->writing = roll(3) == 0;
		return;
	case 3:
		waits_for_end(w->story, at, at + roll(50), who, somebody(w));
		return;
	default:
		wakes(w->story, at, who, roll(4) == 0 ? NULL : somebody(w),
		      roll(2) == 0 ? NULL : w->word[roll(3)]);
	}
}

static void random_stream(struct world *w, unsigned at)
{
	static void (*const moves[])(struct story *, unsigned, struct mp_process *,
				     struct mp_stream *, int) = {writes, reads};
	static void (*const ends[])(struct story *, unsigned, struct mp_process *,
				    struct mp_stream *) = {reads_end, closes_in, closes_out};

	if (roll(3) > 0)
		moves[roll(2)](w->story, at, somebody(w), w->stream[roll(3)], (int)roll(9));
	else
		ends[roll(3)](w->story, at, somebody(w), w->stream[roll(3)]);
}

static void random_line(struct world *w, unsigned at)
{
	char line[64];
	struct mp_act *act;

	snprintf(line, sizeof(line), "%s %u%s", ONE_OF("item", "step", "x", "{}", "a*b"), roll(6),
		 ONE_OF("", " done", " done done", "\x1b[31m", "\\"));
	act = prints_slowly(w->story, at, at + roll(20), somebody(w), line);
	act->cut = roll(15) == 0;
	if (roll(6) == 0)
		act->kind = MP_ACT_COMPLAIN;
}

static void random_process(struct world *w, unsigned at)
{
	struct mp_process *who = somebody(w);

	switch (roll(6)) {
	case 0:
		sends(w->story, at, who, somebody(w), (int)roll(64) + 1);
		break;
	case 1:
		receives(w->story, at, who, (int)roll(20) + 1);
		break;
	case 2:
		is_named(w->story, at, who, ONE_OF("a", "b", "item 3", "123456789012345"));
		break;
	case 3:
		execs(w->story, at, who, ONE_OF("sort", "/bin/sort", "", "/"));
		break;
	case 4:
		sleeps(w->story, at, at + roll(9999), who);
		break;
	default:
		reaps(w->story, at, command(w->story), who);
	}
}

static void random_ends(struct world *w)
{
	for (unsigned i = 0; i < w->count; i++) {
		unsigned at = 500 + roll(1000);

		switch (roll(4)) {
		case 0:
			exits(w->story, at, w->process[i], (int)roll(3));
			break;
		case 1:
			dies(w->story, at, w->process[i], (int)roll(20) + 1, somebody(w));
			break;
		case 2:
			if (roll(3) == 0)
				hangs_reading(w->story, at - 10, at, w->process[i],
					      w->stream[roll(3)]);
			is_stopped(w->story, at, w->process[i]);
			break;
		default:
			break;
		}
	}
}

static void random_having(struct world *w, unsigned at)
{
	if (roll(2) == 0)
		opens(w->story, at, somebody(w), ONE_OF("/", "/bin/sort", "", "sort", "/a  b "))
			->cut = roll(5) == 0;
	else if (roll(3) == 0)
		inherits(w->story, at, somebody(w), somebody(w), w->memory[roll(2)]);
	else
		maps(w->story, at, somebody(w), w->memory[roll(2)]);
}

static void random_losses(struct world *w)
{
	struct mp_model *model = story_model(w->story);

	if (roll(3) == 0)
		model->lost[roll(MP_KINDS - 1) + 1] = roll(20);
	if (roll(5) == 0) {
		somebody(w)->blind = UINT64_C(1) << (roll(MP_BLIND_CAUSES - 1) + 1);
		model->blind = ~UINT64_C(0);
	}
	if (roll(4) == 0)
		model->lost[MP_DELIVER] = 1;
	model->fd_unsure = roll(8) == 0;
}

static struct story *random_story(void)
{
	struct world w = {.story = story_new("cmd", "-n", "4", NULL), .count = 1};
	unsigned acts = roll(60), family = roll(PROCESSES);

	w.process[0] = command(w.story);
	for (unsigned i = 0; i < family; i++) {
		struct mp_process *parent = w.process[roll(3) == 0 ? roll(w.count) : 0];

		w.process[w.count++] = forks(w.story, 10 + roll(300), parent, "cmd");
	}
	for (unsigned i = 0; i < 2; i++)
		w.memory[i] = memories(w.story);
	for (unsigned i = 0; i < 3; i++) {
		w.stream[i] = pipes(w.story);
		w.word[i] = words(w.story);
	}
	for (unsigned i = 0; i < acts; i++) {
		static void (*const kinds[])(struct world *, unsigned) = {
			random_wait, random_stream, random_line, random_process, random_having};

		kinds[roll(5)](&w, 20 + roll(1200));
	}
	random_ends(&w);
	random_losses(&w);
	return w.story;
}

/* --- contracts -------------------------------------------------------------------------------- */

struct text {
	char bytes[8192];
	size_t length;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *format, ...)
{
	va_list values;
	int length;

	va_start(values, format);
	length = vsnprintf(text->bytes + text->length, sizeof(text->bytes) - text->length, format,
			   values);
	va_end(values);
	text->length += (size_t)length;
	if (text->length >= sizeof(text->bytes))
		text->length = sizeof(text->bytes) - 1;
}

static const char *who(void)
{
	return ONE_OF("main", "one", "two", "some", "main", "one", "two", "child n - 3 of main");
}

static const char *pattern(bool counter)
{
	if (counter && roll(2) == 0)
		return ONE_OF("item {i}", "step {i} *", "* {i * i}", "*{i}*", "{z} {i} *");
	return ONE_OF("item *", "* done", "*", "{x} {y}", "item {x}*", "{x}*{x}", "step {n}", "",
		      "a\\*b *");
}

static void add_phrase(struct text *text, bool counter)
{
	switch (roll(14)) {
	case 0:
		add(text, "%s %s \"%s\"", who(), ONE_OF("prints", "complains"), pattern(counter));
		break;
	case 1:
		add(text, "each of g prints \"%s\"", pattern(counter));
		break;
	case 2:
		add(text, "%s %s %s", who(),
		    ONE_OF("forks", "reaps", "waits for", "wakes", "signals"),
		    ONE_OF("main", "one", "two", "g", "each of g"));
		break;
	case 3:
		add(text, "%s exits with %s", counter ? "child i of main" : who(),
		    counter ? "i - 1" : "n - 4");
		break;
	case 4:
		add(text, "%s %s", who(),
		    ONE_OF("exits", "dies", "ends", "execs", "forks", "waits"));
		break;
	case 5:
		add(text, "%s %s c", who(),
		    ONE_OF("writes", "reads", "starts reading", "reads the end of", "closes",
			   "closes the writing end of", "closes the reading end of"));
		break;
	case 6:
		add(text, "%s %s w", who(), ONE_OF("waits on", "wakes"));
		break;
	case 7:
		add(text, "%s dies of %s", who(), ONE_OF("TERM", "{x}", "s"));
		break;
	case 8:
		add(text, "%s receives %s", who(), ONE_OF("9", "{x}", "s"));
		break;
	case 9:
		add(text, "%s is named \"%s\"", who(),
		    ONE_OF("a", "item*", "1234567890123456", "{x}"));
		break;
	case 10:
		add(text, "%s %s at least %s%u ms", who(), ONE_OF("sleeps", "waits"),
		    ONE_OF("", "n * ", "d * "), roll(5));
		break;
	case 12:
		add(text, "%s maps m", who());
		break;
	case 11:
		add(text, "g print \"%s\"", pattern(counter));
		break;
	default:
		add(text, "%s %s \"%s\"", who(), ONE_OF("execs", "opens"),
		    ONE_OF("sort", "*/sort", "*", "{x}"));
	}
}

static void add_count(struct text *text)
{
	bool counter = roll(3) == 0;

	add_phrase(text, counter);
	switch (roll(5)) {
	case 0:
		add(text, " %s", ONE_OF("never", "once", "twice"));
		break;
	case 1:
		add(text, " %s %s times", ONE_OF("exactly", "at least", "at most"),
		    ONE_OF("0", "3", "n", "n * n", "(n - 3) * 2"));
		break;
	case 2:
		add(text, " as often as ");
		add_phrase(text, false);
		return;
	default:
		break;
	}
	if (counter && roll(3) == 0)
		add(text, ", for each j from 0 to 2");
	if (counter)
		add(text, ", for each i from %s to %s%s", ONE_OF("0", "n - 4", "2"),
		    ONE_OF("n", "n + 3", "9"), ONE_OF("", ", in order"));
	if (counter && roll(3) == 0)
		add(text, " when %s",
		    ONE_OF("i is not 2", "one prints \"item {i}\"", "child i of main exits",
			   "i is at least n and two never exits"));
}

static void add_same_order(struct text *text)
{
	add(text, "%s prints \"%s\" in the order of %s prints \"%s\"", who(),
	    ONE_OF("item {x}", "{x} *", "{x}{y}"), who(), ONE_OF("step {x}", "{x} *", "{x} done"));
}

static void add_order(struct text *text)
{
	add(text, "%s", ONE_OF("", "", "first ", "last ", "each "));
	add_phrase(text, false);
	add(text, " %s %s", ONE_OF("before", "after"), ONE_OF("", "first ", "last ", "each "));
	add_phrase(text, false);
}

static void add_state(struct text *text)
{
	add(text, "%s",
	    ONE_OF("g run at the same time", "g run one at a time", "at most n - 3 of g at once",
		   "one lives at least 1 ms", "one outlives two", "g print one at a time",
		   "nothing is left", "g meet", "all meet"));
}

static void random_clause(struct text *text)
{
	add(text, "  ");
	switch (roll(5)) {
	case 0:
		add_order(text);
		break;
	case 4:
		if (roll(3) == 0) {
			add_same_order(text);
			break;
		}
		__attribute__((fallthrough));
	case 1:
		add_state(text);
		break;
	case 2:
		if (roll(3) == 0) {
			add(text, "g meet before ");
			add_phrase(text, false);
			break;
		}
		__attribute__((fallthrough));
	default:
		add_count(text);
	}
}

static void declare(struct text *text)
{
	add(text, "parameter n = option -n, default 3\nparameter s = option -s, default TERM\n"
		  "parameter d = option -d, default 0.25\n");
	add(text, "process one = child %u of main\n", roll(3) + 1);
	add(text, "process two = child 1 of %s\n", ONE_OF("main", "one"));
	add(text, "process some = child of main named \"%s\"\n", ONE_OF("a", "cmd", "*", "item*"));
	add(text, "group g = %s\n",
	    ONE_OF("one two", "children of main", "children 1 to n - 2 of main",
		   "children 1 to n - 4 of main", "descendants of main",
		   "children of one named \"*\""));
	add(text, "group all = g main\n");
	add(text, "channel c = from %s to %s\n", ONE_OF("main", "one"), ONE_OF("two", "some"));
	add(text, "memory m = shared by %s\n", ONE_OF("one two", "g", "main", "all"));
	add(text, "word w = shared by %s\nclaim \"fuzz\"\n", ONE_OF("one two", "g", "main", "all"));
}

/* --- rounds ----------------------------------------------------------------------------------- */

static bool well_formed(const struct mp_clause_verdict *v)
{
	bool texts = v->expected != NULL && v->seen != NULL && v->expected[0] != '\0' &&
		     v->seen[0] != '\0';

	if (v->act_count > MP_DECIDING_ACTS)
		return false;
	for (size_t i = 0; i < v->act_count; i++)
		if (v->acts[i] == NULL || (i > 0 && v->acts[i]->at < v->acts[i - 1]->at))
			return false;
	if (v->outcome == MP_HOLDS)
		return v->expected == NULL && v->seen == NULL && v->cause == NULL;
	if (v->outcome == MP_BROKEN)
		return texts && v->cause == NULL;
	return v->outcome == MP_INCONCLUSIVE && texts && v->cause != NULL && v->cause[0] != '\0';
}

static size_t outcomes[3], unparsed;

#define NO_CONTRACT 3 /* of enum mp_outcome there are 0 to 2 */
#define NO_VERDICT  4

static int judge_text(struct story *story, const struct text *text)
{
	struct mp_contract *contract;
	struct mp_verdict *verdict = NULL;
	char *why = NULL;
	int outcome = NO_VERDICT;

	if (mp_contract_parse("fuzz", text->bytes, text->length, &contract) != 0)
		tap_bail("out of memory");
	if (contract->diagnostic_count > 0)
		outcome = NO_CONTRACT;
	else if (mp_judge(contract, story_model(story), &verdict, &why) == 0 &&
		 verdict->claim_count == 1 && well_formed(&verdict->claims[0].clauses[0]))
		outcome = (int)verdict->outcome;
	free(why);
	mp_verdict_free(verdict);
	mp_contract_free(contract);
	return outcome;
}

/* The same clause, asked with the same right, must find the same. */
static bool try_again(struct story *story, const struct text *clause, int outcome)
{
	static const struct {
		const char *tail;
		bool asked;
	} tails[] = {
		{" when n is 4", true},
		{" when n is at least 4.0 and n is at most 4", true},
		{" when n is 5", false},
		{" when n is not 4 and one ends", false},
		{" for each k from n to 4", true},
		{" for each k from 7 to n", false},
		{" for each k from 1 to 3 when k is at least 2", true},
		{" for each k from 1 to 3 when k is at most 0", false},
	};
	size_t which = roll(sizeof(tails) / sizeof(tails[0]));
	struct text text = *clause;
	int again;

	if (strstr(text.bytes, " when ") != NULL)
		return true;
	add(&text, "%s\n", tails[which].tail);
	again = judge_text(story, &text);
	if (!tails[which].asked) /* unless the value of n is another one */
		outcome = story_model(story)->lost[MP_EXEC] > 0 ? MP_INCONCLUSIVE : MP_HOLDS;
	if (again == NO_CONTRACT || again == outcome)
		return true;
	tap_note("%d, then %d: %s", outcome, again, text.bytes);
	return false;
}

/* Signals that were delivered are missing: a clause that holds in either case holds, no other. */
static bool try_unsure(struct story *story, const struct text *clause, int outcome)
{
	struct text text = *clause;
	int again;

	if (story_model(story)->lost[MP_DELIVER] == 0 || strstr(text.bytes, " when ") != NULL ||
	    strstr(text.bytes, ", in order") != NULL)
		return true;
	add(&text, " when main never receives 64\n");
	again = judge_text(story, &text);
	if (again == (outcome == MP_HOLDS ? MP_HOLDS : MP_INCONCLUSIVE))
		return true;
	tap_note("%d, then %d: %s", outcome, again, text.bytes);
	return false;
}

static bool try_clause(struct story *story, const struct text *declared)
{
	struct text text = *declared;
	int outcome;

	random_clause(&text);
	outcome = judge_text(story, &text);
	if (outcome == NO_VERDICT)
		tap_note("%s", text.bytes);
	if (outcome == NO_CONTRACT)
		unparsed++;
	if (outcome >= NO_CONTRACT)
		return outcome == NO_CONTRACT;
	outcomes[outcome]++;
	return try_again(story, &text, outcome) && try_unsure(story, &text, outcome);
}

static unsigned number_from(const char *name, unsigned otherwise)
{
	const char *text = getenv(name);

	return text != NULL ? (unsigned)strtoul(text, NULL, 10) : otherwise;
}

int main(void)
{
	unsigned rounds = number_from("FUZZ_ROUNDS", ROUNDS), bad = 0;

	state = number_from("FUZZ_SEED", 1) * UINT64_C(0x9e3779b97f4a7c15);
	tap_plan(0);
	for (unsigned i = 0; i < rounds; i++) {
		struct story *story = random_story();
		struct text declared = {.length = 0};

		declare(&declared);
		for (unsigned j = 0; j < CLAUSES; j++)
			bad += !try_clause(story, &declared);
		story_free(story);
	}
	tap_note("held %zu, broken %zu, inconclusive %zu, not a contract %zu", outcomes[MP_HOLDS],
		 outcomes[MP_BROKEN], outcomes[MP_INCONCLUSIVE], unparsed);
	is_int(bad, 0, "every verdict is well formed");
	ok(outcomes[MP_HOLDS] > rounds / 4 && outcomes[MP_BROKEN] > rounds / 4 &&
		   outcomes[MP_INCONCLUSIVE] > rounds / 4,
	   "all three outcomes come");
	ok(unparsed < rounds * CLAUSES / 4, "most of it were contracts");
	return tap_done();
}
