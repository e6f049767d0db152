/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is meant by a place in the family: a child by its number, children and descendants by their
 * names or by what they print.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "select.h"

/* The children that count: those of the last program image; all, when that one forked none. */
static size_t first_child(const struct mp_process *parent)
{
	size_t first = mp_process_first_child(parent);

	return first < parent->child_count ? first : 0;
}

/* Does it ever have such a name? */
static int is_named(struct selecting *s, struct mp_glob *glob, const struct mp_process *process,
		    bool *out)
{
	int err = 0;

	*out = false;
	for (size_t i = mp_process_first_name(process);
	     err == 0 && !*out && i < process->name_count; i++)
		err = mp_glob_names(glob, process->names[i].text, &s->judging->work, out);
	return err;
}

/* Did it print such a line? A line that was cut may be one, so who is meant is not sure. */
static int has_printed(struct selecting *s, struct mp_glob *glob, const struct mp_process *process,
		       bool *out)
{
	struct mp_judging *judging = s->judging;
	bool perhaps = false;
	size_t count;
	const size_t *acts = mp_index_acts(&judging->by_who, process, MP_ACT_PRINT, &count);
	int err = 0;

	*out = false;
	for (size_t i = 0; err == 0 && !*out && i < count; i++) {
		enum mp_match match;

		s->lines++;
		s->last_line = judging->model->acts[acts[i]];
		err = mp_line_match(judging, glob, s->last_line, &judging->work, &match);
		*out = err == 0 && match == MP_MATCH_YES;
		perhaps |= err == 0 && match == MP_MATCH_CUT;
	}
	perhaps |= ((process->hides | process->spliced) & 1) != 0;
	s->mine->cut |= perhaps && !*out;
	s->mine->spliced |= (process->spliced & 1) != 0 && !*out;
	s->mine->blind |= (uint32_t)process->blind & mp_verb_row(MP_VERB_PRINTS)->blind;
	return err;
}

static int add_named(struct selecting *s, struct mp_glob *glob, struct mp_process *process)
{
	bool fits = true;
	int err = 0;

	if (s->mine->decl->named != NULL)
		err = is_named(s, glob, process, &fits);
	else if (s->mine->decl->prints != NULL)
		err = has_printed(s, glob, process, &fits);
	return err == 0 && fits ? mp_select_add(s, process) : err;
}

/* Children of P, or everything that descends from them (processes stand by birth: a parent
 * comes before its children, so one pass is enough). */
static int add_family(struct selecting *s, const struct mp_process *parent, struct mp_glob *glob,
		      bool deep)
{
	const struct mp_model *model = s->judging->model;
	unsigned char *family;
	int err = 0;

	if (!deep) {
		for (size_t i = first_child(parent); err == 0 && i < parent->child_count; i++)
			err = add_named(s, glob, parent->children[i]);
		return err;
	}
	family = calloc(model->process_count, 1);
	if (family == NULL)
		return -ENOMEM;
	for (size_t i = first_child(parent); i < parent->child_count; i++)
		family[parent->children[i]->id] = 1;
	for (size_t i = 0; err == 0 && i < model->process_count; i++) {
		struct mp_process *process = model->processes[i];

		if (process->parent != NULL && family[process->parent->id] != 0)
			family[process->id] = 1;
		if (family[process->id] != 0)
			err = add_named(s, glob, process);
	}
	free(family);
	return err;
}

/* "main forked 3" */
static void say_forked(struct selecting *s, const struct mp_process *parent, const char *name)
{
	size_t count = parent->child_count - first_child(parent);

	if (count == 0)
		fprintf(s->problem, "%s forked none", name);
	else
		fprintf(s->problem, "%s forked %zu", name, count);
}

static int choose_child(struct selecting *s, const struct mp_selection *of, int64_t first,
			int64_t last)
{
	const struct mp_process *parent = of->members[0];
	size_t skip = first_child(parent), count = parent->child_count - skip;
	int err = 0;

	if (first < 1 && first <= last) {
		fprintf(s->problem, "there is no child %" PRId64 " of %s: they are numbered from 1",
			first, of->decl->name);
		return 0;
	}
	if (last < first)
		return 0; /* nobody: a program may be asked to start no worker at all */
	if ((uint64_t)last > count) {
		fprintf(s->problem, "there is no child %" PRIu64 " of %s: ",
			(uint64_t)first > count ? (uint64_t)first : (uint64_t)count + 1,
			of->decl->name);
		say_forked(s, parent, of->decl->name);
		return 0;
	}
	for (int64_t i = first; err == 0 && i <= last; i++)
		err = mp_select_add(s, parent->children[skip + (size_t)i - 1]);
	return err;
}

int mp_choose_numbered(struct selecting *s)
{
	const struct mp_decl *decl = s->mine->decl;
	const struct mp_selection *of = mp_select_above(s, decl->of);
	int64_t first, last;
	int err;

	if (of == NULL)
		return 0;
	err = mp_select_value(s, decl->ordinal, &first);
	last = first;
	s->mine->ordinal = first;
	if (err == 0 && decl->select == MP_SELECT_RANGE)
		err = mp_select_value(s, decl->ordinal_last, &last);
	return err != 0 ? err : choose_child(s, of, first, last);
}

bool mp_selects_one(const struct mp_decl *decl)
{
	return decl->select == MP_SELECT_CHILD_NAMED || decl->select == MP_SELECT_DESCENDANT;
}

bool mp_selects_deep(const struct mp_decl *decl)
{
	return decl->select == MP_SELECT_DESCENDANTS || decl->select == MP_SELECT_DESCENDANT;
}

/* What the selector asks of a process, as it is said of those who do it. */
static const char *said_of(const struct mp_decl *decl, bool many)
{
	if (decl->prints != NULL)
		return "printed such a line";
	return many ? "have such a name" : "has such a name";
}

static void say_lines(struct selecting *s)
{
	const struct mp_act *last = s->last_line;

	if (last == NULL) {
		fputs("; they printed nothing", s->problem);
		return;
	}
	fputs("; they ", s->problem);
	mp_say_lines(s->problem, "printed", s->lines, last);
}

/* A selector for one process found `count`; for a group, none. */
static void say_found(struct selecting *s, const struct mp_selection *of)
{
	const struct mp_decl *decl = s->mine->decl;
	const char *name = of->decl->name;

	if (s->mine->count == 1 || (!mp_selects_one(decl) && s->mine->count > 0))
		return;
	if (s->mine->count > 1) {
		fprintf(s->problem, "%zu %s of %s %s: ", s->mine->count,
			mp_selects_deep(decl) ? "descendants" : "children", name,
			said_of(decl, true));
		mp_say_members(s->problem, s->judging, s->mine->members, s->mine->count);
		return;
	}
	if (decl->named != NULL || decl->prints != NULL)
		fprintf(s->problem,
			"no %s of %s %s: ", mp_selects_deep(decl) ? "descendant" : "child", name,
			said_of(decl, false));
	else
		fprintf(s->problem, "there is none: ");
	say_forked(s, of->members[0], name);
	if (decl->prints != NULL)
		say_lines(s);
}

/* What who is meant depends on. */
static void note_evidence(struct mp_selection *mine)
{
	const struct mp_verb_row *row = mp_verb_row(MP_VERB_PRINTS);

	if (mine->decl->named != NULL)
		mine->kinds |= MP_BIT(MP_RENAME);
	if (mine->decl->prints == NULL)
		return;
	mine->kinds |= row->kinds;
	mine->problem_blind |= row->blind;
}

/* The values of a list are paid for; who has nothing left need not ask for more of them. */
static int set_pattern(struct selecting *s, struct mp_glob *glob, const struct mp_pattern *pattern)
{
	uint64_t *work = &s->judging->work, price;
	int err = *work > 0 ? mp_glob_set(glob, s->scope, pattern, NULL, 0) : MP_TOO_MUCH_WORK;

	price = (uint64_t)glob->length * 8;
	if (err == 0 && price > *work)
		err = MP_TOO_MUCH_WORK;
	*work -= price < *work ? price : *work;
	return err;
}

int mp_choose_family(struct selecting *s)
{
	const struct mp_decl *decl = s->mine->decl;
	const struct mp_selection *of = mp_select_above(s, decl->of);
	const struct mp_pattern *pattern = decl->named != NULL ? decl->named : decl->prints;
	struct mp_glob glob = {0};
	int err = 0;

	if (of == NULL)
		return 0;
	note_evidence(s->mine);
	s->lines = 0;
	s->last_line = NULL;
	if (pattern != NULL)
		err = set_pattern(s, &glob, pattern);
	for (size_t i = 0; err == 0 && i < of->count; i++)
		err = add_family(s, of->members[i], &glob, mp_selects_deep(decl));
	mp_glob_free(&glob);
	if (err == 0)
		say_found(s, of);
	return err;
}
