/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Declarations: a keyword, a name, "=", and what the name stands for. */
#include <stdio.h>
#include <string.h>

#include "parser.h"

static bool take_option(struct mp_parser *p, struct mp_decl *decl)
{
	const struct mp_token *token = mp_peek(p, 0);
	bool is_long = token->length > 3 && !memcmp(token->text, "--", 2);
	bool is_short = token->length == 2 && token->text[1] != '-';

	if (token->kind != MP_TOKEN_OPTION || !(is_long || is_short) ||
	    (is_long ? decl->long_option != NULL : decl->short_option)) {
		mp_mistake(p, MP_MISTAKE_BAD_OPTION, mp_place(p, token), mp_show_token(p, token),
			   NULL, NULL);
		return false;
	}
	mp_next(p);
	if (is_short)
		decl->short_option = token->text[1];
	else
		decl->long_option = mp_keep_text(p, token->text + 2, token->length - 2);
	return !p->no_memory;
}

static bool take_default(struct mp_parser *p, struct mp_decl *decl)
{
	struct mp_token value;

	if (!mp_need(p, "default"))
		return false;
	if (mp_at_end(p))
		return mp_expected(p, "the value that counts when the option is not given");
	if (!mp_take_value(p, &value))
		return false;
	decl->fallback = mp_keep_text(p, value.text, value.length);
	return decl->fallback;
}

/* parameter NAME = option [-x] [--long], default VALUE | flag [-x] [--long] */
static bool parse_parameter(struct mp_parser *p, struct mp_decl *decl)
{
	static const char *const words[] = {"option", "flag", NULL};
	const struct mp_token *token = mp_peek(p, 0);

	decl->flag = mp_take(p, "flag");
	if (decl->flag)
		decl->fallback = "no";
	else if (!mp_take(p, "option")) {
		if (mp_mistake(p, MP_MISTAKE_EXPECTED, mp_place(p, token), "\"option\" or \"flag\"",
			       mp_show_token(p, token), NULL))
			mp_suggest(p, mp_nearest_of(token, words));
		return false;
	}
	do
		if (!take_option(p, decl))
			return false;
	while (mp_peek(p, 0)->kind == MP_TOKEN_OPTION);
	return decl->flag || take_default(p, decl);
}

static bool parse_of(struct mp_parser *p, struct mp_decl *decl)
{
	if (!mp_need(p, "of"))
		return false;
	decl->of = mp_name(p, MP_NAMES_PROCESS, "a process");
	return decl->of;
}

static bool parse_named(struct mp_parser *p, struct mp_decl *decl)
{
	decl->named = mp_parse_plain(p);
	return decl->named;
}

static bool counts_from_one(struct mp_parser *p, const struct mp_expr *expr)
{
	int64_t number;

	if (!mp_constant(expr, &number) || number >= 1)
		return true;
	mp_mistake(p, MP_MISTAKE_CHILD_NUMBER, expr->place, mp_show_number(p, number), NULL, NULL);
	return false;
}

bool mp_parse_child(struct mp_parser *p, struct mp_decl *decl, const char *what)
{
	decl->select = MP_SELECT_CHILD;
	decl->ordinal = mp_parse_expr(p, what);
	return decl->ordinal && counts_from_one(p, decl->ordinal) && parse_of(p, decl);
}

static void suggest_number(struct mp_parser *p, const struct mp_decl *decl)
{
	char meant[96];

	snprintf(meant, sizeof(meant), "child 1 of %.64s", decl->of->name);
	mp_suggest(p, meant);
}

/* [named "GLOB" | that prints "PATTERN"]; the whole family does when it may be left out */
static bool parse_which(struct mp_parser *p, struct mp_decl *decl, bool all)
{
	static const char *const words[] = {"named", "that", NULL}, *const verbs[] = {"prints",
										      NULL};
	const struct mp_token *token = mp_peek(p, 0);

	if (mp_take(p, "named"))
		return parse_named(p, decl);
	if (mp_take(p, "that")) {
		token = mp_peek(p, 0);
		if (mp_take(p, "prints") || mp_take(p, "print")) {
			decl->prints = mp_parse_printed(p);
			return decl->prints;
		}
		if (mp_mistake(p, MP_MISTAKE_EXPECTED, mp_place(p, token), "\"prints\"",
			       mp_show_token(p, token), NULL))
			mp_suggest(p, mp_nearest_of(token, verbs));
		return false;
	}
	if (all && mp_at_end(p))
		return true;
	if (!mp_mistake(p, MP_MISTAKE_EXPECTED, mp_place(p, token),
			all ? "\"named\", \"that prints\" or the end of the line"
			    : "\"named\" or \"that prints\"",
			mp_show_token(p, token), NULL))
		return false;
	if (decl->select == MP_SELECT_CHILD_NAMED && mp_at_end(p))
		suggest_number(p, decl);
	else
		mp_suggest(p, mp_nearest_of(token, words));
	return false;
}

static bool parse_one(struct mp_parser *p, struct mp_decl *decl, enum mp_select_kind select)
{
	decl->select = select;
	return parse_of(p, decl) && parse_which(p, decl, false);
}

static bool parse_child(struct mp_parser *p, struct mp_decl *decl)
{
	if (!mp_is(mp_peek(p, 0), "of"))
		return mp_parse_child(p, decl, "the number of the child, or \"of\"");
	return parse_one(p, decl, MP_SELECT_CHILD_NAMED);
}

/* process NAME = main | child EXPR of P | child|descendant of P named "GLOB"|that prints "…" */
static bool parse_process(struct mp_parser *p, struct mp_decl *decl)
{
	static const char *const words[] = {"main", "child", "descendant", NULL};
	const struct mp_token *token = mp_peek(p, 0);

	decl->select = MP_SELECT_CHILD; /* so that a broken declaration is not main */
	if (mp_take(p, "child"))
		return parse_child(p, decl);
	if (mp_take(p, "descendant"))
		return parse_one(p, decl, MP_SELECT_DESCENDANT);
	if (mp_take(p, "main")) {
		decl->select = MP_SELECT_MAIN;
		return true;
	}
	if (mp_mistake(p, MP_MISTAKE_EXPECTED, mp_place(p, token),
		       "\"main\", \"child\" or \"descendant\"", mp_show_token(p, token), NULL))
		mp_suggest(p, mp_synonym(token, MP_DECLARED) ? mp_synonym(token, MP_DECLARED)
							     : mp_nearest_of(token, words));
	return false;
}

static bool parse_some(struct mp_parser *p, struct mp_decl *decl)
{
	return parse_of(p, decl) && parse_which(p, decl, true);
}

static bool parse_children(struct mp_parser *p, struct mp_decl *decl)
{
	if (mp_is(mp_peek(p, 0), "of")) {
		decl->select = MP_SELECT_CHILDREN;
		return parse_some(p, decl);
	}
	decl->select = MP_SELECT_RANGE;
	return mp_parse_range(p, &decl->ordinal, &decl->ordinal_last) &&
	       counts_from_one(p, decl->ordinal) && parse_of(p, decl);
}

static bool add_member(struct mp_parser *p, struct mp_decl *decl, const char *what)
{
	const struct mp_token *token = mp_peek(p, 0);
	struct mp_decl *member = mp_name(p, MP_NAMES_WHO, what), **grown;
	size_t i;

	for (i = 0; member && i < decl->member_count; i++)
		if (decl->members[i] == member) {
			mp_mistake(p, MP_MISTAKE_TWICE_LISTED, mp_place(p, token), member->name,
				   NULL, NULL);
			return false;
		}
	grown = member ? mp_keep_more(p, decl->members, i, sizeof(struct mp_decl *)) : NULL;
	if (!grown)
		return false;
	decl->members = grown;
	grown[decl->member_count++] = member;
	return true;
}

/* One or more, to the end of the line. */
static bool parse_list(struct mp_parser *p, struct mp_decl *decl, const char *first)
{
	decl->select = MP_SELECT_LIST;
	if (!add_member(p, decl, first))
		return false;
	while (!mp_at_end(p))
		if (!add_member(p, decl, "a process or a group"))
			return false;
	return true;
}

/* A word that is no name, and looks like one of those that begin a selection. */
static bool misspelt_selection(struct mp_parser *p, const char *what)
{
	static const char *const words[] = {"children", "descendants", NULL};
	const struct mp_token *token = mp_peek(p, 0);
	const char *meant = mp_name_find(p, token) ? NULL : mp_nearest_of(token, words);

	if (meant && mp_mistake(p, MP_MISTAKE_EXPECTED, mp_place(p, token), what,
				mp_show_token(p, token), NULL))
		mp_suggest(p, meant);
	return meant;
}

/* group NAME = P Q R … | children A to B of P | children|descendants of P [named "GLOB"|that print
 * "…"] */
static bool parse_group(struct mp_parser *p, struct mp_decl *decl)
{
	static const char what[] = "processes, groups, \"children\" or \"descendants\"";

	if (mp_take(p, "children"))
		return parse_children(p, decl);
	if (mp_take(p, "descendants")) {
		decl->select = MP_SELECT_DESCENDANTS;
		return parse_some(p, decl);
	}
	return !misspelt_selection(p, what) && parse_list(p, decl, what);
}

static bool same_process(const struct mp_decl *a, const struct mp_decl *b)
{
	return a == b || (a->select == MP_SELECT_MAIN && b->select == MP_SELECT_MAIN);
}

/* channel NAME = from P to Q */
static bool parse_channel(struct mp_parser *p, struct mp_decl *decl)
{
	const struct mp_token *last;

	if (!mp_need(p, "from"))
		return false;
	decl->from = mp_name(p, MP_NAMES_PROCESS, "a process");
	if (!decl->from || !mp_need(p, "to"))
		return false;
	last = mp_peek(p, 0);
	decl->to = mp_name(p, MP_NAMES_PROCESS, "a process");
	if (!decl->to || !same_process(decl->from, decl->to))
		return decl->to;
	mp_mistake(p, MP_MISTAKE_SELF_CHANNEL, mp_place(p, last), decl->to->name, NULL, NULL);
	return false;
}

/* word NAME = shared by P Q …; memory NAME = shared by P Q … */
static bool parse_shared(struct mp_parser *p, struct mp_decl *decl)
{
	return mp_need(p, "shared") && mp_need(p, "by") &&
	       parse_list(p, decl, "a process or a group");
}

static const struct {
	enum mp_decl_kind kind;
	bool (*parse)(struct mp_parser *p, struct mp_decl *decl);
} declarations[] = {
	{MP_DECL_PARAMETER, parse_parameter}, {MP_DECL_PROCESS, parse_process},
	{MP_DECL_GROUP, parse_group},	      {MP_DECL_CHANNEL, parse_channel},
	{MP_DECL_WORD, parse_shared},	      {MP_DECL_MEMORY, parse_shared},
};
#define DECLARATIONS (sizeof(declarations) / sizeof(declarations[0]))

/* A name whose declaration is wrong is declared all the same: one mistake, one diagnostic. */
bool mp_parse_declaration(struct mp_parser *p, const char *keyword)
{
	struct mp_decl *decl;
	size_t i;

	for (i = 0; i < DECLARATIONS; i++)
		if (!strcmp(keyword, mp_kind_word(declarations[i].kind)))
			break;
	if (i == DECLARATIONS)
		return false;
	decl = mp_name_new(p, declarations[i].kind);
	if (!decl)
		return true;
	if (mp_need(p, "=") && declarations[i].parse(p, decl))
		mp_need_end(p);
	mp_name_declare(p, decl);
	return true;
}
