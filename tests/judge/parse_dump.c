/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "parse_dump.h"
#include "tap.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser.h"
#include "verb.h"

static void dump_expr(FILE *out, const struct mp_expr *expr)
{
	static const char signs[] = {
		[MP_EXPR_ADD] = '+', [MP_EXPR_SUBTRACT] = '-', [MP_EXPR_MULTIPLY] = '*'};

	if (expr->kind == MP_EXPR_NUMBER) {
		fprintf(out, "%" PRId64 "%s%.0u", expr->number, expr->scale ? "/10^" : "",
			expr->scale);
	} else if (expr->kind == MP_EXPR_NAME) {
		fprintf(out, "%s", expr->name);
	} else {
		fputc('(', out);
		dump_expr(out, expr->left);
		fprintf(out, " %c ", signs[expr->kind]);
		dump_expr(out, expr->right);
		fputc(')', out);
	}
}

static void dump_range(FILE *out, const char *before, const struct mp_piece *piece)
{
	fputs(before, out);
	dump_expr(out, piece->from);
	fputs(" to ", out);
	dump_expr(out, piece->to);
	fputc('}', out);
}

static void dump_piece(FILE *out, const struct mp_piece *piece)
{
	switch (piece->kind) {
	case MP_PIECE_TEXT:
		fprintf(out, "<%.*s>", (int)piece->length, piece->text);
		break;
	case MP_PIECE_ANY:
		fputc('*', out);
		break;
	case MP_PIECE_CAPTURE:
		fprintf(out, "{%s}", piece->text);
		break;
	case MP_PIECE_VALUE:
		fprintf(out, "{=");
		dump_expr(out, piece->expr);
		fputc('}', out);
		break;
	case MP_PIECE_NUMBER:
		dump_range(out, "{", piece);
		break;
	case MP_PIECE_LIST:
		fputc('{', out);
		dump_expr(out, piece->expr);
		fprintf(out, " for %s ", piece->counter);
		dump_range(out, "from ", piece);
		break;
	}
}

static void dump_pattern(FILE *out, const struct mp_pattern *pattern)
{
	size_t i;

	fputc('"', out);
	for (i = 0; i < pattern->count; i++)
		dump_piece(out, &pattern->pieces[i]);
	fputc('"', out);
}

static void dump_parameter(FILE *out, const struct mp_decl *decl)
{
	if (decl->short_option)
		fprintf(out, " -%c", decl->short_option);
	if (decl->long_option)
		fprintf(out, " --%s", decl->long_option);
	fprintf(out, decl->flag ? " flag %s" : " default %s", decl->fallback);
}

static void dump_select(FILE *out, const struct mp_decl *decl)
{
	static const char *const words[] = {"main",	"child",       "child-named", "range",
					    "children", "descendants", "list",	      "descendant"};
	size_t i;

	fprintf(out, " = %s", words[decl->select]);
	if (decl->ordinal) {
		fputc(' ', out);
		dump_expr(out, decl->ordinal);
	}
	if (decl->ordinal_last) {
		fprintf(out, " to ");
		dump_expr(out, decl->ordinal_last);
	}
	if (decl->of)
		fprintf(out, " of %s", decl->of->name);
	if (decl->prints) {
		fprintf(out, " prints ");
		dump_pattern(out, decl->prints);
	}
	if (decl->named) {
		fprintf(out, " named ");
		dump_pattern(out, decl->named);
	}
	for (i = 0; i < decl->member_count; i++)
		fprintf(out, " %s", decl->members[i]->name);
}

static void dump_decl(FILE *out, const struct mp_decl *decl)
{
	static const char *const words[] = {"parameter", "process", "group",
					    "channel",	 "word",    "memory"};

	fprintf(out, "%s %s", words[decl->kind], decl->name);
	if (decl->kind == MP_DECL_PARAMETER)
		dump_parameter(out, decl);
	else if (decl->kind == MP_DECL_CHANNEL)
		fprintf(out, " from %s to %s", decl->from->name, decl->to->name);
	else
		dump_select(out, decl);
	fputc('\n', out);
}

static void dump_who(FILE *out, const struct mp_who *who)
{
	fprintf(out, "%s%s", who->each ? "each-of " : "", who->decl->name);
}

static void dump_signal(FILE *out, const struct mp_signal_word *signal)
{
	if (signal->capture)
		fprintf(out, " signal {%s}", signal->capture);
	else if (signal->parameter)
		fprintf(out, " signal =%s", signal->parameter->name);
	else
		fprintf(out, " signal %d", signal->number);
}

static void dump_least(FILE *out, const struct mp_time *time)
{
	struct mp_decimal number;
	uint64_t ns;

	if (!time->number)
		return;
	fprintf(out, " least ");
	if (mp_constant_decimal(time->number, &number) && mp_decimal_ns(number, time->unit, &ns)) {
		fprintf(out, "%" PRIu64, ns);
		return;
	}
	dump_expr(out, time->number);
	fprintf(out, " x %" PRIu64, time->unit);
}

static void dump_operands(FILE *out, const struct mp_phrase *phrase)
{
	if (phrase->whom) {
		fprintf(out, " whom ");
		dump_who(out, phrase->whom);
	}
	if (phrase->object)
		fprintf(out, " object %s", phrase->object->name);
	if (phrase->pattern) {
		fputc(' ', out);
		dump_pattern(out, phrase->pattern);
	}
	if (phrase->signal)
		dump_signal(out, phrase->signal);
	if (phrase->number) {
		fprintf(out, " with ");
		dump_expr(out, phrase->number);
	}
	dump_least(out, &phrase->least);
}

static void dump_phrase(FILE *out, const struct mp_phrase *phrase)
{
	static const char *const picks[] = {"", "first ", "last ", "each "};

	fprintf(out, "%s", picks[phrase->pick]);
	dump_who(out, &phrase->who);
	fprintf(out, " [%s]", mp_verb_row(phrase->verb)->singular);
	dump_operands(out, phrase);
}

static void dump_count(FILE *out, const struct mp_clause *clause)
{
	static const char *const words[] = {"some",  "never", "exactly",
					    "least", "most",  "as-often"};

	dump_phrase(out, clause->first);
	fprintf(out, "; %s", words[clause->count]);
	if (clause->number) {
		fputc(' ', out);
		dump_expr(out, clause->number);
	}
	if (clause->second) {
		fprintf(out, " as ");
		dump_phrase(out, clause->second);
	}
}

static void dump_state(FILE *out, const struct mp_clause *clause)
{
	static const char *const words[] = {"",	     "same-time", "one-at-a-time", "at-once",
					    "lives", "outlives",  "print-in-turn", "nothing-left"};

	fprintf(out, "%s", words[clause->state]);
	if (clause->number) {
		fputc(' ', out);
		dump_expr(out, clause->number);
	}
	if (clause->group) {
		fputc(' ', out);
		dump_who(out, clause->group);
	}
	if (clause->other) {
		fprintf(out, " other ");
		dump_who(out, clause->other);
	}
	dump_least(out, &clause->least);
}

static void dump_body(FILE *out, const struct mp_clause *clause)
{
	static const char *const words[] = {"count", "before", "same-order", "state"};

	fprintf(out, "%s: ", words[clause->kind]);
	if (clause->kind == MP_CLAUSE_COUNT) {
		dump_count(out, clause);
	} else if (clause->kind == MP_CLAUSE_STATE) {
		dump_state(out, clause);
	} else {
		dump_phrase(out, clause->first);
		fprintf(out, clause->kind == MP_CLAUSE_BEFORE ? " < " : " as ");
		dump_phrase(out, clause->second);
	}
}

static void dump_condition(FILE *out, const struct mp_condition *condition)
{
	static const char *const words[] = {"is", "is not", "is at least", "is at most"};

	fprintf(out, "; when%s ", condition->varies ? " varying" : "");
	if (condition->clause) {
		dump_body(out, condition->clause);
		return;
	}
	dump_expr(out, condition->left);
	fprintf(out, " %s ", words[condition->relation]);
	if (condition->text)
		fprintf(out, "<%s>", condition->text);
	else
		dump_expr(out, condition->right);
}

static void dump_clause(FILE *out, const struct mp_clause *clause)
{
	size_t i;

	fprintf(out, "  ");
	dump_body(out, clause);
	for (i = 0; i < clause->counter_count; i++) {
		fprintf(out, "; %s from ", clause->counters[i].name);
		dump_expr(out, clause->counters[i].from);
		fprintf(out, " to ");
		dump_expr(out, clause->counters[i].to);
	}
	fprintf(out, "%s", clause->in_order ? " in order" : "");
	for (i = 0; i < clause->condition_count; i++)
		dump_condition(out, clause->conditions[i]);
	fputc('\n', out);
}

char *parse_dump(const struct mp_contract *contract)
{
	char *text = NULL;
	size_t size, i, k;
	FILE *out = open_memstream(&text, &size);

	for (i = 1; i < contract->decl_count; i++)
		dump_decl(out, contract->decls[i]);
	for (i = 0; i < contract->claim_count; i++) {
		fprintf(out, "claim <%s>\n", contract->claims[i]->title);
		for (k = 0; k < contract->claims[i]->clause_count; k++)
			dump_clause(out, contract->claims[i]->clauses[k]);
	}
	fclose(out);
	return text;
}

char *parse_complaints(const struct mp_contract *contract)
{
	char *all = NULL, *one;
	size_t size, i;
	FILE *out = open_memstream(&all, &size);

	for (i = 0; i < contract->diagnostic_count; i++) {
		one = mp_diagnostic_text(contract, &contract->diagnostics[i]);
		fputs(one ? one : "no memory\n", out);
		free(one);
	}
	fclose(out);
	return all;
}

struct mp_contract *parse_text(const char *text)
{
	struct mp_contract *contract;

	return mp_contract_parse("test", text, strlen(text), &contract) ? NULL : contract;
}

/* Does the message say this sentence, whatever stands for %1, %2 and %3? */
static bool fits(const char *message, const char *sentence)
{
	size_t plain = strcspn(sentence, "%");
	const char *rest = sentence + plain;

	if (strncmp(message, sentence, plain))
		return false;
	if (!*rest)
		return !message[plain];
	for (message += plain; *message; message++)
		if (fits(message, rest + 2))
			return true;
	return fits(message, rest + 2);
}

/* "expected %1, saw %2" fits others, too: the longest is meant. */
enum mp_mistake parse_mistake(const char *message)
{
	size_t i, best = MP_MISTAKE_COUNT;

	for (i = 0; i < MP_MISTAKE_COUNT; i++)
		if (fits(message, mp_mistakes[i]) &&
		    (best == MP_MISTAKE_COUNT ||
		     strlen(mp_mistakes[i]) > strlen(mp_mistakes[best])))
			best = i;
	return (enum mp_mistake)best;
}

char *parse_page(const char *path)
{
	char *text = calloc(1, MP_CONTRACT_BYTES);
	FILE *in = fopen(path, "r");

	if (!text || !in || !fread(text, 1, MP_CONTRACT_BYTES - 1, in))
		tap_bail("cannot read %s", path);
	fclose(in);
	return text;
}
