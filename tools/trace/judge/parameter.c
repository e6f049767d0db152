/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parameters: what the arguments say of them with which the command was started. */
#include <string.h>

#include "inside.h"

struct reading {
	const struct mp_contract *contract;
	const struct mp_decl *wanted;
	const char *value;
};

static bool has_letter(const struct mp_decl *decl, char letter)
{
	return decl->kind == MP_DECL_PARAMETER && letter != '\0' && decl->short_option == letter;
}

/* "--items" or "--items=5" */
static bool has_word(const struct mp_decl *decl, const char *word)
{
	size_t length = strcspn(word + 2, "=");

	return decl->kind == MP_DECL_PARAMETER && decl->long_option != NULL &&
	       strlen(decl->long_option) == length &&
	       memcmp(decl->long_option, word + 2, length) == 0;
}

/* Who is wanted comes first, should two parameters have one option. */
static const struct mp_decl *with_letter(const struct reading *r, char letter)
{
	if (has_letter(r->wanted, letter))
		return r->wanted;
	for (size_t i = 0; i < r->contract->decl_count; i++)
		if (has_letter(r->contract->decls[i], letter))
			return r->contract->decls[i];
	return NULL;
}

static const struct mp_decl *with_word(const struct reading *r, const char *word)
{
	if (has_word(r->wanted, word))
		return r->wanted;
	for (size_t i = 0; i < r->contract->decl_count; i++)
		if (has_word(r->contract->decls[i], word))
			return r->contract->decls[i];
	return NULL;
}

static void note(struct reading *r, const struct mp_decl *decl, const char *value)
{
	if (decl == r->wanted && value != NULL)
		r->value = value;
}

/* True: the word behind it is its value. */
static bool read_long(struct reading *r, const char *word, const char *next)
{
	const struct mp_decl *decl = with_word(r, word);
	const char *equals = strchr(word, '=');

	if (decl == NULL)
		return false;
	if (decl->flag)
		note(r, decl, equals == NULL ? "yes" : NULL);
	else
		note(r, decl, equals != NULL ? equals + 1 : next);
	return !decl->flag && equals == NULL;
}

/* "-n5", "-xn5": the letters of flags, and perhaps one with a value. Where an option begins that
 * the contract does not know, what follows may be its value. */
static bool read_letters(struct reading *r, const char *word, const char *next)
{
	const struct mp_decl *decl;

	for (const char *c = word + 1; (decl = with_letter(r, *c)) != NULL; c++) {
		if (decl->flag) {
			note(r, decl, "yes");
			continue;
		}
		note(r, decl, c[1] != '\0' ? c + 1 : next);
		return c[1] == '\0';
	}
	return false;
}

const char *mp_parameter_read(const struct mp_judging *judging, const struct mp_decl *decl)
{
	struct reading r = {judging->contract, decl, decl->fallback};
	const struct mp_record *record = judging->model->record;
	char *const *argv = record != NULL ? record->argv : NULL;
	bool takes = false;

	for (size_t i = 1; argv != NULL && argv[0] != NULL && argv[i] != NULL; i++) {
		const char *word = argv[i];

		if (takes || word[0] != '-' || word[1] == '\0')
			takes = false;
		else if (strcmp(word, "--") == 0)
			break;
		else
			takes = (word[1] == '-' ? read_long : read_letters)(&r, word, argv[i + 1]);
	}
	return r.value;
}

const char *mp_parameter_text(const struct mp_judging *judging, const struct mp_decl *decl)
{
	const struct mp_selection *selection = mp_selection_of(judging, decl);

	return selection != NULL ? selection->given : decl->fallback;
}

const struct mp_decl *mp_parameter_find(const struct mp_judging *judging, const char *name)
{
	const struct mp_contract *contract = judging->contract;

	for (size_t i = 0; i < contract->decl_count; i++)
		if (contract->decls[i]->kind == MP_DECL_PARAMETER &&
		    strcmp(contract->decls[i]->name, name) == 0)
			return contract->decls[i];
	return NULL;
}
