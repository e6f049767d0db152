/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stands after a verb: whom, which channel, which signal, how long. */
#include <stdio.h>
#include <string.h>

#include "parser.h"

static void say_each_of(struct mp_parser *p, const struct mp_token *each, struct mp_who *who)
{
	struct mp_place place = mp_place_from(p, each);

	who->place = place;
	who->each = true;
	if (who->decl->kind == MP_DECL_PROCESS)
		mp_mistake(p, MP_MISTAKE_EACH_OF_ONE, place, who->decl->name, NULL, NULL);
}

/* child EXPR of P: a process that has no name, and another one for each value of a counter */
static struct mp_decl *parse_nameless(struct mp_parser *p, struct mp_place *place)
{
	const struct mp_token *first = mp_next(p);
	struct mp_decl *decl = mp_keep(p, sizeof(*decl));

	if (!decl)
		return NULL;
	decl->kind = MP_DECL_PROCESS;
	decl->nameless = true;
	if (!mp_parse_child(p, decl, "the number of the child"))
		return NULL;
	decl->place = *place = mp_place_from(p, first);
	decl->name = mp_keep_text(p, first->text, place->length);
	return decl->name ? decl : NULL;
}

/* No verb begins with a number: "chld 1 of main". */
static bool misspelt_child(struct mp_parser *p, const char *what)
{
	const struct mp_token *token = mp_peek(p, 0);

	/* "worker 1", too, is meant for a child, if not for a name. */
	if (token->kind != MP_TOKEN_WORD || mp_name_find(p, token) ||
	    mp_peek(p, 1)->kind != MP_TOKEN_NUMBER)
		return false;
	if (mp_mistake(p, MP_MISTAKE_EXPECTED, mp_place(p, token), what, mp_show_token(p, token),
		       NULL))
		mp_suggest(p, "child");
	return true;
}

struct mp_who *mp_parse_who(struct mp_parser *p, const char *what)
{
	const struct mp_token *first = mp_peek(p, 0);
	bool each = mp_take(p, "each");
	struct mp_who *who;

	if (each && !mp_need(p, "of"))
		return NULL;
	who = mp_keep(p, sizeof(*who));
	if (!who)
		return NULL;
	who->place = mp_place(p, first);
	if (!each && mp_is(first, "child"))
		who->decl = parse_nameless(p, &who->place);
	else if (each || !misspelt_child(p, what))
		who->decl = mp_name(p, MP_NAMES_WHO, each ? "a group" : what);
	if (who->decl && each)
		say_each_of(p, first, who);
	return who->decl && !p->failed ? who : NULL;
}

static const struct {
	const char *word;
	uint64_t ns;
} units[] = {
	{"ns", 1},
	{"nanosecond", 1},
	{"nanoseconds", 1},
	{"us", 1000},
	{"microsecond", 1000},
	{"microseconds", 1000},
	{"ms", 1000 * 1000},
	{"millisecond", 1000 * 1000},
	{"milliseconds", 1000 * 1000},
	{"s", 1000 * 1000 * 1000},
	{"sec", 1000 * 1000 * 1000},
	{"second", 1000 * 1000 * 1000},
	{"seconds", 1000 * 1000 * 1000},
	{"min", UINT64_C(60) * 1000 * 1000 * 1000},
	{"minute", UINT64_C(60) * 1000 * 1000 * 1000},
	{"minutes", UINT64_C(60) * 1000 * 1000 * 1000},
	{"h", UINT64_C(3600) * 1000 * 1000 * 1000},
	{"hour", UINT64_C(3600) * 1000 * 1000 * 1000},
	{"hours", UINT64_C(3600) * 1000 * 1000 * 1000},
};
#define UNITS (sizeof(units) / sizeof(units[0]))

static uint64_t unit_of(const struct mp_token *token)
{
	size_t i;

	for (i = 0; i < UNITS; i++)
		if (mp_is(token, units[i].word))
			return units[i].ns;
	return 0;
}

bool mp_is_unit(const struct mp_token *token)
{
	return unit_of(token);
}

static const char *unit_like(const struct mp_token *token)
{
	const char *words[UNITS + 1];
	size_t i;

	for (i = 0; i < UNITS; i++)
		words[i] = units[i].word;
	words[UNITS] = NULL;
	return mp_nearest_of(token, words);
}

/* Where the expression ends that begins here: a unit may stand where no name can. */
static size_t behind_expr(const struct mp_parser *p, size_t ahead)
{
	for (;; ahead++) {
		while (mp_is(mp_peek(p, ahead), "(") || mp_is(mp_peek(p, ahead), "-"))
			ahead++;
		if (mp_peek(p, ahead)->kind != MP_TOKEN_END)
			ahead++;
		while (mp_is(mp_peek(p, ahead), ")"))
			ahead++;
		if (!mp_is(mp_peek(p, ahead), "+") && !mp_is(mp_peek(p, ahead), "-") &&
		    !mp_is(mp_peek(p, ahead), "*"))
			return ahead;
	}
}

/* Is it a time, rather than a count, that begins here? Behind a plain number a word that is no
 * unit was meant to be one. */
static bool time_follows(const struct mp_parser *p, size_t ahead)
{
	size_t behind = behind_expr(p, ahead);
	const struct mp_token *unit = mp_peek(p, behind);
	bool plain = behind == ahead + 1 && mp_peek(p, ahead)->kind == MP_TOKEN_NUMBER;

	return unit_of(unit) || (plain && unit->kind == MP_TOKEN_WORD && !mp_is(unit, "times") &&
				 !mp_is(unit, "time"));
}

/* What is known of it already fits into 64 bits, and is not below 0. */
static bool time_fits(struct mp_parser *p, const struct mp_time *time, const struct mp_token *from)
{
	struct mp_place place = mp_place_from(p, from);
	struct mp_decimal number;
	uint64_t ns;

	if (!mp_constant_decimal(time->number, &number))
		return true;
	if (number.digits < 0)
		mp_mistake(p, MP_MISTAKE_NEGATIVE_TIME, place, mp_show_span(p, from, mp_peek(p, 0)),
			   NULL, NULL);
	else if (!mp_decimal_ns(number, time->unit, &ns))
		mp_mistake(p, MP_MISTAKE_LONG_TIME, place, mp_show_span(p, from, mp_peek(p, 0)),
			   NULL, NULL);
	return !p->failed;
}

bool mp_parse_time(struct mp_parser *p, struct mp_time *time)
{
	const struct mp_token *from = mp_peek(p, 0), *unit;

	time->number = mp_parse_decimal(p, "a time such as 3 s or 250 ms");
	if (!time->number)
		return false;
	unit = mp_peek(p, 0);
	time->unit = unit_of(unit);
	if (!time->unit) {
		if (mp_mistake(p, MP_MISTAKE_EXPECTED, mp_place(p, unit), "ms, s, min or h",
			       mp_show_token(p, unit), NULL))
			mp_suggest(p, unit_like(unit));
		return false;
	}
	mp_next(p);
	return time_fits(p, time, from);
}

static struct mp_signal_word *parse_capture(struct mp_parser *p, struct mp_signal_word *signal)
{
	const struct mp_token *open = mp_next(p), *name = mp_peek(p, 0);
	const struct mp_decl *decl = mp_name_find(p, name);

	if (name->kind != MP_TOKEN_WORD) {
		mp_expected(p, "a name");
		return NULL;
	}
	if (decl || mp_is_counter(p, name)) {
		mp_mistake(p, MP_MISTAKE_CAPTURE_NAME, mp_place(p, name),
			   mp_show(p, name->text, name->length),
			   decl ? mp_kind_word(decl->kind) : "counter", NULL);
		return NULL;
	}
	mp_next(p);
	signal->capture = mp_keep_text(p, name->text, name->length);
	if (!signal->capture || !mp_need(p, "}"))
		return NULL;
	signal->place = mp_place_from(p, open);
	return signal;
}

static struct mp_signal_word *signal_parameter(struct mp_parser *p, const struct mp_token *token,
					       struct mp_signal_word *signal)
{
	const char *fallback = signal->parameter->fallback;

	mp_name_used(p, signal->parameter);
	if (!fallback || mp_signal_number(fallback, strlen(fallback)))
		return signal;
	mp_mistake(p, MP_MISTAKE_BAD_DEFAULT, mp_place(p, token), signal->parameter->name,
		   "a signal", mp_show(p, fallback, strlen(fallback)));
	return NULL;
}

static const char *signal_like(const struct mp_parser *p, const struct mp_token *token)
{
	struct mp_nearest near;
	size_t i;
	int number;

	mp_nearest_start(&near, token->text, token->length);
	for (i = 0; i < p->contract->decl_count; i++)
		if (p->contract->decls[i]->kind == MP_DECL_PARAMETER)
			mp_nearest_try(&near, p->contract->decls[i]->name,
				       strlen(p->contract->decls[i]->name));
	for (number = 1; number <= 64; number++) {
		const char *name = mp_signal_name(number);

		if (!name)
			continue;
		mp_nearest_try(&near, name, strlen(name));
		if (!strncmp(name, "SIG", 3))
			mp_nearest_try(&near, name + 3, strlen(name + 3));
	}
	return near.word;
}

static struct mp_signal_word *parse_signal(struct mp_parser *p)
{
	struct mp_signal_word *signal = mp_keep(p, sizeof(*signal));
	const struct mp_token *first = mp_peek(p, 0);
	struct mp_token token;

	if (!signal)
		return NULL;
	if (mp_is(first, "{"))
		return parse_capture(p, signal);
	token = mp_take_run(p);
	signal->place = mp_place(p, &token);
	signal->parameter = mp_name_find(p, &token);
	if (signal->parameter && signal->parameter->kind == MP_DECL_PARAMETER)
		return signal_parameter(p, &token, signal);
	signal->parameter = NULL;
	signal->number = mp_signal_number(token.text, token.length);
	if (signal->number)
		return signal;
	if (mp_mistake(p, MP_MISTAKE_EXPECTED, mp_place(p, &token), "a signal such as TERM",
		       mp_show_token(p, &token), NULL))
		mp_suggest(p, signal_like(p, &token));
	return NULL;
}

static bool operand_none(struct mp_parser *p, struct mp_phrase *phrase)
{
	return true;
}

static bool operand_whom(struct mp_parser *p, struct mp_phrase *phrase)
{
	phrase->whom = mp_parse_who(p, "a process or a group");
	return phrase->whom;
}

static bool begins_who(const struct mp_token *token)
{
	return mp_is(token, "each") || mp_is(token, "child");
}

/* A name of any kind is taken for it: the right word is then asked for. */
static bool operand_maybe_whom(struct mp_parser *p, struct mp_phrase *phrase)
{
	const struct mp_token *token = mp_peek(p, 0);

	return (mp_name_find(p, token) || begins_who(token)) ? operand_whom(p, phrase) : true;
}

static bool with_signal(struct mp_parser *p, struct mp_phrase *phrase, const char *word)
{
	if (!mp_take(p, word))
		return true;
	phrase->signal = parse_signal(p);
	return phrase->signal;
}

static bool operand_whom_signal(struct mp_parser *p, struct mp_phrase *phrase)
{
	return operand_whom(p, phrase) && with_signal(p, phrase, "with");
}

static bool operand_of_signal(struct mp_parser *p, struct mp_phrase *phrase)
{
	return with_signal(p, phrase, "of");
}

/* "receives" is for signals only. */
static bool no_channel(struct mp_parser *p, const struct mp_token *token)
{
	const char *name = mp_show(p, token->text, token->length);
	char meant[96];

	if (!mp_names_channel(p, token))
		return true;
	snprintf(meant, sizeof(meant), "reads %.64s", name);
	if (mp_mistake(p, MP_MISTAKE_WRONG_KIND, mp_place(p, token), "a signal such as TERM", name,
		       mp_kind_word(MP_DECL_CHANNEL)))
		mp_suggest(p, meant);
	return false;
}

static bool operand_signal(struct mp_parser *p, struct mp_phrase *phrase)
{
	if (!no_channel(p, mp_peek(p, 0)))
		return false;
	phrase->signal = parse_signal(p);
	return phrase->signal;
}

static bool operand_pattern(struct mp_parser *p, struct mp_phrase *phrase)
{
	phrase->pattern = mp_parse_pattern(p);
	return phrase->pattern;
}

static bool operand_maybe_pattern(struct mp_parser *p, struct mp_phrase *phrase)
{
	return mp_peek(p, 0)->kind == MP_TOKEN_TEXT ? operand_pattern(p, phrase) : true;
}

static bool operand_code(struct mp_parser *p, struct mp_phrase *phrase)
{
	const struct mp_token *from;
	int64_t code;

	if (!mp_take(p, "with"))
		return true;
	from = mp_peek(p, 0);
	phrase->number = mp_parse_expr(p, "an exit code");
	if (!phrase->number)
		return false;
	if (!mp_constant(phrase->number, &code) || (code >= 0 && code <= 255))
		return true;
	mp_mistake(p, MP_MISTAKE_EXIT_CODE, mp_place_from(p, from), mp_show_number(p, code), NULL,
		   NULL);
	return false;
}

static bool operand_channel(struct mp_parser *p, struct mp_phrase *phrase)
{
	const struct mp_decl *decl = mp_name_find(p, mp_peek(p, 0));
	bool from = phrase->verb == MP_VERB_READS && decl && !p->failed &&
		    MP_NAMES(decl->kind) & MP_NAMES_WHO;

	phrase->object = mp_name(p, MP_NAMES(MP_DECL_CHANNEL), "a channel");
	if (from) /* what a process wrote is read from it */
		mp_suggest(p, "from");
	return phrase->object;
}

static bool operand_word(struct mp_parser *p, struct mp_phrase *phrase)
{
	phrase->object = mp_name(p, MP_NAMES(MP_DECL_WORD), "a word of memory");
	return phrase->object;
}

static bool operand_memory(struct mp_parser *p, struct mp_phrase *phrase)
{
	phrase->object = mp_name(p, MP_NAMES(MP_DECL_MEMORY), "a shared memory");
	return phrase->object;
}

static bool operand_whom_or_word(struct mp_parser *p, struct mp_phrase *phrase)
{
	static const char what[] = "a process, a group or a word of memory";
	const struct mp_decl *decl = mp_name_find(p, mp_peek(p, 0));

	if (decl && decl->kind == MP_DECL_WORD)
		return operand_word(p, phrase);
	if (decl ? MP_NAMES(decl->kind) & MP_NAMES_WHO : begins_who(mp_peek(p, 0)))
		return operand_whom(p, phrase);
	mp_name_mistake(p, mp_peek(p, 0), MP_NAMES_WHO | MP_NAMES(MP_DECL_WORD), what);
	return false;
}

/* "at least 3 s" says how long, "at least 3 times" says how often and belongs to the clause. */
static bool operand_least(struct mp_parser *p, struct mp_phrase *phrase)
{
	if (!mp_is(mp_peek(p, 0), "at") || !mp_is(mp_peek(p, 1), "least") || !time_follows(p, 2))
		return true;
	mp_next(p);
	mp_next(p);
	return mp_parse_time(p, &phrase->least);
}

static bool operand_time(struct mp_parser *p, struct mp_phrase *phrase)
{
	return mp_parse_time(p, &phrase->least);
}

typedef bool operand(struct mp_parser *p, struct mp_phrase *phrase);
static operand *const operands[] = {
	[MP_OPERAND_NONE] = operand_none,
	[MP_OPERAND_WHOM] = operand_whom,
	[MP_OPERAND_MAYBE_WHOM] = operand_maybe_whom,
	[MP_OPERAND_WHOM_SIGNAL] = operand_whom_signal,
	[MP_OPERAND_SIGNAL] = operand_signal,
	[MP_OPERAND_OF_SIGNAL] = operand_of_signal,
	[MP_OPERAND_PATTERN] = operand_pattern,
	[MP_OPERAND_MAYBE_PATTERN] = operand_maybe_pattern,
	[MP_OPERAND_CODE] = operand_code,
	[MP_OPERAND_CHANNEL] = operand_channel,
	[MP_OPERAND_WORD] = operand_word,
	[MP_OPERAND_WHOM_OR_WORD] = operand_whom_or_word,
	[MP_OPERAND_MEMORY] = operand_memory,
	[MP_OPERAND_LEAST] = operand_least,
	[MP_OPERAND_TIME] = operand_time,
};

bool mp_parse_operand(struct mp_parser *p, const struct mp_verb_row *row, struct mp_phrase *phrase)
{
	return operands[row->operand](p, phrase);
}
