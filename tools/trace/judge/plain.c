/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines and names as they are compared: a run of blanks is one blank, and those at the end are
 * left out. Few texts have any such blanks, so only they are copied, once for the whole contract;
 * the sorted copies and what is captured in them never know of it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

struct plain {
	const char *key; /* where the text is in the model */
	struct mp_slice text;
	bool trailed;
};

struct mp_plains {
	struct plain *list; /* by key */
	size_t count;
	char *bytes;
	size_t used;
};

void mp_plains_free(struct mp_plains *plains)
{
	if (plains == NULL)
		return;
	free(plains->list);
	free(plains->bytes);
	free(plains);
}

bool mp_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_plain(struct mp_slice text)
{
	for (size_t i = 0; i < text.length; i++)
		if (text.text[i] == '\t' ||
		    (text.text[i] == ' ' &&
		     (i + 1 == text.length || mp_is_blank(text.text[i + 1]))))
			return false;
	return true;
}

size_t mp_plain_copy(char *to, struct mp_slice text, bool *trailed)
{
	size_t length = 0;

	for (size_t i = 0; i < text.length; i++) {
		bool blank = mp_is_blank(text.text[i]);

		if (!blank || length == 0 || to[length - 1] != ' ')
			to[length++] = blank ? ' ' : text.text[i];
	}
	*trailed = length > 0 && to[length - 1] == ' ';
	return *trailed ? length - 1 : length;
}

/* The first time the copies are counted, the second time made. */
static void visit(struct mp_plains *plains, struct mp_slice text)
{
	struct plain *plain;

	if (is_plain(text))
		return;
	if (plains->list != NULL) {
		plain = &plains->list[plains->count];
		plain->key = text.text;
		plain->text.text = plains->bytes + plains->used;
		plain->text.length =
			mp_plain_copy(plains->bytes + plains->used, text, &plain->trailed);
	}
	plains->count++;
	plains->used += text.length;
}

static void visit_all(struct mp_plains *plains, const struct mp_model *model)
{
	plains->count = plains->used = 0;
	for (size_t i = 0; i < model->act_count; i++) {
		const struct mp_act *act = model->acts[i];

		if (act->text != NULL && act->length > 0)
			visit(plains, (struct mp_slice){act->text, act->length});
	}
	for (size_t i = 0; i < model->process_count; i++) {
		const struct mp_process *process = model->processes[i];

		for (size_t j = 0; j < process->name_count; j++)
			visit(plains, mp_name_slice(&process->names[j]));
	}
}

static int compare_plains(const void *left, const void *right)
{
	uintptr_t a = (uintptr_t)((const struct plain *)left)->key;
	uintptr_t b = (uintptr_t)((const struct plain *)right)->key;

	return (a > b) - (a < b);
}

int mp_plains_build(struct mp_judging *judging)
{
	struct mp_plains *plains = calloc(1, sizeof(*plains));

	judging->plains = plains;
	if (plains == NULL)
		return -ENOMEM;
	visit_all(plains, judging->model);
	if (plains->count == 0)
		return 0;
	plains->bytes = malloc(plains->used);
	plains->list = calloc(plains->count, sizeof(*plains->list));
	if (plains->bytes == NULL || plains->list == NULL) {
		plains->count = 0;
		return -ENOMEM;
	}
	visit_all(plains, judging->model);
	qsort(plains->list, plains->count, sizeof(*plains->list), compare_plains);
	return 0;
}

struct mp_slice mp_plain_of(const struct mp_judging *judging, struct mp_slice text, bool *trailed)
{
	const struct mp_plains *plains = judging->plains;
	struct plain key = {.key = text.text};
	const struct plain *found = NULL;

	if (plains->count > 0)
		found = bsearch(&key, plains->list, plains->count, sizeof(key), compare_plains);
	*trailed = found != NULL && found->trailed;
	return found != NULL ? found->text : text;
}

struct mp_slice mp_name_slice(const struct mp_name *name)
{
	return (struct mp_slice){name->text, strnlen(name->text, MP_COMM_LEN)};
}

int mp_line_match(const struct mp_judging *judging, const struct mp_glob *glob,
		  const struct mp_act *act, uint64_t *work, enum mp_match *out)
{
	struct mp_slice captures[MP_CONTRACT_PIECES];
	struct mp_slice text = {act->text != NULL ? act->text : "", act->length};
	bool trailed = false;

	if (act->headless)
		text.length = 0;
	else
		text = mp_plain_of(judging, text, &trailed);
	text.length += trailed && !act->cut && glob->trails;
	return mp_glob_match(glob, text, act->cut, captures, work, out);
}
