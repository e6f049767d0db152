/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who and what the declared names mean. Every name is looked up once, before any clause is
 * judged, in the order of the contract: a name can only speak of names above it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

/* Members of all groups together; many groups of many processes are many times many. */
#define MEMBERS (4 * 1024 * 1024)

struct selecting {
	struct mp_judging *judging;
	const struct mp_scope *scope;
	struct mp_selection *mine;
	size_t room;   /* for members, over all names */
	FILE *problem; /* open while the texts are written */
	size_t lines;  /* that were looked at */
	const struct mp_act *last_line;
};

const struct mp_selection *mp_selection_of(const struct mp_judging *judging,
					   const struct mp_decl *decl)
{
	if (decl == NULL)
		return NULL;
	for (size_t i = 0; decl->nameless && i < MP_CLAUSE_NAMES; i++)
		if (judging->trial->nameless[i].decl == decl)
			return &judging->trial->nameless[i];
	for (size_t i = 0; i < judging->contract->decl_count; i++)
		if (judging->selections[i].decl == decl)
			return &judging->selections[i];
	return NULL;
}

/* The processes of a name above this one; NULL: there are none, and why is noted. */
static const struct mp_selection *above(struct selecting *s, const struct mp_decl *decl)
{
	const struct mp_selection *other = mp_selection_of(s->judging, decl);

	if (other == NULL)
		return NULL;
	s->mine->kinds |= other->kinds;
	s->mine->blind |= other->blind;
	s->mine->cut |= other->cut;
	if (other->problem == NULL && other->stuck == 0)
		return other;
	s->mine->stuck = other->stuck;
	s->mine->problem_kinds |= other->problem_kinds;
	s->mine->problem_blind |= other->problem_blind;
	if (other->problem != NULL && s->mine->problem == NULL) {
		s->mine->problem = strdup(other->problem);
		s->mine->expected = strdup(other->expected);
	}
	return NULL;
}

static int add_member(struct selecting *s, struct mp_process *process)
{
	struct mp_selection *mine = s->mine;

	if (s->judging->marks[process->id] != 0)
		return 0;
	if (s->room == 0)
		return MP_TOO_MUCH_WORK;
	if ((mine->count & (mine->count - 1)) == 0) {
		size_t room = mine->count == 0 ? 1 : mine->count * 2;
		struct mp_process **members =
			realloc(mine->members, room * sizeof(struct mp_process *));

		if (members == NULL)
			return -ENOMEM;
		mine->members = members;
	}
	s->room--;
	s->judging->marks[process->id] = 1;
	mine->members[mine->count++] = process;
	return 0;
}

static int value_of(struct selecting *s, const struct mp_expr *expr, int64_t *out)
{
	return mp_value(s->scope, expr, out);
}

/* The children that count: those of the last program image; all, when that one forked none. */
static size_t first_child(const struct mp_process *parent)
{
	size_t first = mp_process_first_child(parent);

	return first < parent->child_count ? first : 0;
}

/* Does it have such a name? The one it was born with is its parent's, unless it stayed. */
static int is_named(struct selecting *s, struct mp_glob *glob, const struct mp_process *process,
		    bool *out)
{
	size_t from = process->name_count > 1 ? 1 : 0;
	int err = 0;

	*out = false;
	for (size_t i = from; err == 0 && !*out && i < process->name_count; i++)
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
	s->mine->cut |= perhaps && !*out;
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
	return err == 0 && fits ? add_member(s, process) : err;
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
		err = add_member(s, parent->children[skip + (size_t)i - 1]);
	return err;
}

static int choose_number(struct selecting *s)
{
	const struct mp_decl *decl = s->mine->decl;
	const struct mp_selection *of = above(s, decl->of);
	int64_t first, last;
	int err;

	if (of == NULL)
		return 0;
	err = value_of(s, decl->ordinal, &first);
	last = first;
	s->mine->ordinal = first;
	if (err == 0 && decl->select == MP_SELECT_RANGE)
		err = value_of(s, decl->ordinal_last, &last);
	return err != 0 ? err : choose_child(s, of, first, last);
}

static bool is_one(const struct mp_decl *decl)
{
	return decl->select == MP_SELECT_CHILD_NAMED || decl->select == MP_SELECT_DESCENDANT;
}

static bool is_deep(const struct mp_decl *decl)
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
	fprintf(s->problem, "; they printed %zu %s, the last ", s->lines,
		s->lines == 1 ? "line" : "lines");
	mp_say_quoted(s->problem,
		      (struct mp_slice){last->text != NULL ? last->text : "", last->length});
}

/* A selector for one process found `count`; for a group, none. */
static void say_found(struct selecting *s, const struct mp_selection *of)
{
	const struct mp_decl *decl = s->mine->decl;
	const char *name = of->decl->name;

	if (s->mine->count == 1 || (!is_one(decl) && s->mine->count > 0))
		return;
	if (s->mine->count > 1) {
		fprintf(s->problem, "%zu %s of %s %s: ", s->mine->count,
			is_deep(decl) ? "descendants" : "children", name, said_of(decl, true));
		mp_say_members(s->problem, s->judging, s->mine->members, s->mine->count);
		return;
	}
	if (decl->named != NULL || decl->prints != NULL)
		fprintf(s->problem, "no %s of %s %s: ", is_deep(decl) ? "descendant" : "child",
			name, said_of(decl, false));
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

static int choose_family(struct selecting *s)
{
	const struct mp_decl *decl = s->mine->decl;
	const struct mp_selection *of = above(s, decl->of);
	const struct mp_pattern *pattern = decl->named != NULL ? decl->named : decl->prints;
	struct mp_glob glob = {0};
	int err = 0;

	if (of == NULL)
		return 0;
	note_evidence(s->mine);
	s->lines = 0;
	s->last_line = NULL;
	if (pattern != NULL)
		err = mp_glob_set(&glob, s->scope, pattern, NULL, 0);
	for (size_t i = 0; err == 0 && i < of->count; i++)
		err = add_family(s, of->members[i], &glob, is_deep(decl));
	mp_glob_free(&glob);
	if (err == 0)
		say_found(s, of);
	return err;
}

static int choose_list(struct selecting *s)
{
	const struct mp_decl *decl = s->mine->decl;
	int err = 0;

	for (size_t i = 0; err == 0 && i < decl->member_count; i++) {
		const struct mp_selection *other = above(s, decl->members[i]);

		if (other == NULL)
			return 0;
		for (size_t j = 0; err == 0 && j < other->count; j++)
			err = add_member(s, other->members[j]);
	}
	return err;
}

static int choose_main(struct selecting *s)
{
	s->mine->kinds = 0;
	return add_member(s, s->judging->model->processes[0]);
}

/* --- channels ------------------------------------------------------------------------------ */

/* What P and Q did with one stream. */
struct use {
	bool wrote, read, tried, held_in, held_out;
};

static struct use use_of(struct mp_judging *judging, const struct mp_stream *stream,
			 const struct mp_selection *from, const struct mp_selection *to)
{
	struct use use = {0};

	for (size_t i = 0; i < stream->end_count; i++) {
		const struct mp_end *end = &stream->ends[i];
		unsigned char mark = judging->marks[end->process->id];

		if ((mark & 1) != 0) {
			use.wrote |= end->writes > 0;
			use.held_in |= end->held_in;
		}
		if ((mark & 2) != 0) {
			use.read |= end->reads > 0;
			use.tried |= end->reads > 0 || end->eofs > 0 || end->attempted_read;
			use.held_out |= end->held_out;
		}
	}
	return use;
}

static void mark_ends(struct mp_judging *judging, const struct mp_selection *selection,
		      unsigned char bit, bool set)
{
	for (size_t i = 0; i < selection->count; i++) {
		unsigned char *mark = &judging->marks[selection->members[i]->id];

		*mark = set ? *mark | bit : *mark & (unsigned char)~bit;
	}
}

static size_t find_streams(struct selecting *s, const struct mp_selection *from,
			   const struct mp_selection *to, bool holding)
{
	const struct mp_model *model = s->judging->model;
	size_t found = 0;

	for (size_t i = 0; i < model->stream_count; i++) {
		struct mp_stream *stream = model->streams[i];
		struct use use = use_of(s->judging, stream, from, to);
		/* One that leads out of the tree is held by all and joins nobody. */
		bool fits = holding ? !stream->inherited && ((use.wrote && use.held_out) ||
							     (use.tried && use.held_in))
				    : use.wrote && use.read;

		if (fits && found++ == 0)
			s->mine->stream = stream;
	}
	return found;
}

static int choose_channel(struct selecting *s)
{
	const struct mp_decl *decl = s->mine->decl;
	const struct mp_selection *from = above(s, decl->from), *to = above(s, decl->to);
	size_t found;

	if (from == NULL || to == NULL)
		return 0;
	mark_ends(s->judging, from, 1, true);
	mark_ends(s->judging, to, 2, true);
	found = find_streams(s, from, to, false);
	if (found == 0) {
		found = find_streams(s, from, to, true);
		s->mine->by_holding = true;
	}
	mark_ends(s->judging, from, 1, false);
	mark_ends(s->judging, to, 2, false);
	s->mine->problem_kinds |= MP_BIT(MP_IO) | MP_BIT(MP_TEXT) | MP_BIT(MP_FD) | MP_VERB_ALWAYS;
	s->mine->problem_blind |= MP_BIT(MP_BLIND_IO_URING) | MP_BIT(MP_BLIND_32BIT);
	/* Chosen for want of traffic: what was lost might have been the traffic of another one. */
	if (found == 1 && s->mine->by_holding)
		s->mine->kinds |= MP_BIT(MP_IO) | MP_BIT(MP_TEXT) | MP_BIT(MP_FD);
	if (found == 1)
		return 0;
	s->mine->stream = NULL;
	if (found == 0)
		fprintf(s->problem, "no pipe or socket leads from %s to %s", decl->from->name,
			decl->to->name);
	else
		fprintf(s->problem, "%zu pipes or sockets lead from %s to %s", found,
			decl->from->name, decl->to->name);
	return 0;
}

/* --- words and memory ---------------------------------------------------------------------- */

/* What several processes have in common: marks by id, and the acts that show that one has it. */
struct common {
	size_t count;
	unsigned char *marks, *touched;
	const struct mp_process *without; /* the first that has nothing at all */
	enum mp_act_kind kinds[2];
	size_t (*thing)(const struct mp_act *act); /* its id, or SIZE_MAX */
};

static size_t word_of(const struct mp_act *act)
{
	return act->word != NULL ? act->word->id : SIZE_MAX;
}

static size_t memory_of(const struct mp_act *act)
{
	return act->memory != NULL ? act->memory->id : SIZE_MAX;
}

/* Leaves only what `process` touched. */
static void keep_touched(struct selecting *s, const struct mp_process *process,
			 struct common *common)
{
	const struct mp_model *model = s->judging->model;
	bool any = false;

	memset(common->touched, 0, common->count);
	for (size_t k = 0; k < 2; k++) {
		size_t count;
		const size_t *acts =
			mp_index_acts(&s->judging->by_who, process, common->kinds[k], &count);

		for (size_t i = 0; i < count; i++) {
			size_t thing = common->thing(model->acts[acts[i]]);

			if (thing != SIZE_MAX)
				common->touched[thing] = 1;
			any |= thing != SIZE_MAX;
		}
	}
	if (!any && common->without == NULL)
		common->without = process;
	for (size_t i = 0; i < common->count; i++)
		common->marks[i] &= common->touched[i];
}

/* *marks is made, with what all members of the declaration touched; *any: there is something. */
static int choose_common(struct selecting *s, struct common *common, unsigned char **marks,
			 bool *any)
{
	const struct mp_decl *decl = s->mine->decl;
	bool anybody = false;

	common->touched = calloc(common->count + 1, 1);
	common->marks = *marks = malloc(common->count + 1);
	if (common->touched == NULL || *marks == NULL) {
		free(common->touched);
		return -ENOMEM;
	}
	memset(*marks, 1, common->count);
	for (size_t i = 0; i < decl->member_count; i++) {
		const struct mp_selection *other = above(s, decl->members[i]);

		anybody |= other != NULL && other->count > 0;
		for (size_t j = 0; other != NULL && j < other->count; j++)
			keep_touched(s, other->members[j], common);
	}
	free(common->touched);
	for (size_t i = 0; anybody && i < common->count; i++)
		*any |= (*marks)[i] != 0;
	return 0;
}

static int choose_word(struct selecting *s)
{
	struct common common = {.count = s->judging->model->word_count,
				.kinds = {MP_ACT_WAIT, MP_ACT_WAKE},
				.thing = word_of};
	bool any = false;
	int err = choose_common(s, &common, &s->mine->words, &any);

	if (err != 0)
		return err;
	s->mine->problem_kinds |= MP_BIT(MP_FUTEX) | MP_BIT(MP_WAKE) | MP_VERB_ALWAYS;
	s->mine->problem_blind |= MP_BIT(MP_BLIND_FUTEX_WAITV) | MP_BIT(MP_BLIND_32BIT);
	if (!any && s->mine->problem == NULL)
		fprintf(s->problem, "there is no futex word that all of them waited on or woke");
	return 0;
}

/* What was lost may also be that somebody gave it up before he had a child that inherits it. */
static int choose_memory(struct selecting *s)
{
	struct common common = {.count = s->judging->model->memory_count,
				.kinds = {MP_ACT_MAP, MP_ACT_MAP},
				.thing = memory_of};
	bool any = false;
	int err = choose_common(s, &common, &s->mine->memories, &any);

	if (err != 0)
		return err;
	s->mine->kinds |= MP_BIT(MP_MAP);
	s->mine->problem_kinds |= MP_BIT(MP_MAP) | MP_VERB_ALWAYS;
	s->mine->problem_blind |= MP_BIT(MP_BLIND_32BIT);
	if (any || s->mine->problem != NULL)
		return 0;
	fputs("there is no shared memory that all of them had and could write to", s->problem);
	if (common.without != NULL) {
		fputs("; ", s->problem);
		mp_say_process(s->problem, s->judging, common.without);
		fputs(" had none at all", s->problem);
	}
	return 0;
}

/* --- all ----------------------------------------------------------------------------------- */

static int (*const choosers[])(struct selecting *s) = {
	[MP_SELECT_MAIN] = choose_main,		 [MP_SELECT_CHILD] = choose_number,
	[MP_SELECT_CHILD_NAMED] = choose_family, [MP_SELECT_RANGE] = choose_number,
	[MP_SELECT_CHILDREN] = choose_family,	 [MP_SELECT_DESCENDANTS] = choose_family,
	[MP_SELECT_LIST] = choose_list,		 [MP_SELECT_DESCENDANT] = choose_family,
};

static int choose(struct selecting *s)
{
	switch (s->mine->decl->kind) {
	case MP_DECL_CHANNEL:
		return choose_channel(s);
	case MP_DECL_WORD:
		return choose_word(s);
	case MP_DECL_MEMORY:
		return choose_memory(s);
	case MP_DECL_PROCESS:
	case MP_DECL_GROUP:
		return choosers[s->mine->decl->select](s);
	case MP_DECL_PARAMETER:
		s->mine->given = mp_parameter_read(s->judging, s->mine->decl);
		break;
	}
	return 0;
}

/* "multiply is child 2 of main" */
static int say_expected(struct selecting *s)
{
	const struct mp_decl *decl = s->mine->decl;
	size_t size;
	FILE *out = open_memstream(&s->mine->expected, &size);
	int64_t first = 0, last = 0;

	if (out == NULL)
		return -ENOMEM;
	if (decl->ordinal != NULL)
		value_of(s, decl->ordinal, &first);
	if (decl->ordinal_last != NULL)
		value_of(s, decl->ordinal_last, &last);
	fprintf(out, "%s is ", decl->nameless ? "there" : decl->name);
	if (decl->kind == MP_DECL_CHANNEL)
		fprintf(out, "the one channel from %s to %s", decl->from->name, decl->to->name);
	else if (decl->kind == MP_DECL_WORD)
		fprintf(out, "a word of memory that all of them share");
	else if (decl->kind == MP_DECL_MEMORY)
		fprintf(out, "memory that all of them share and can write to");
	else if (decl->select == MP_SELECT_CHILD)
		fprintf(out, "child %" PRId64 " of %s", first, decl->of->name);
	else if (decl->select == MP_SELECT_RANGE)
		fprintf(out, "children %" PRId64 " to %" PRId64 " of %s", first, last,
			decl->of->name);
	else if (is_one(decl))
		fprintf(out, "the one %s of %s", is_deep(decl) ? "descendant" : "child",
			decl->of->name);
	else
		fprintf(out, "the %s of %s",
			decl->select == MP_SELECT_DESCENDANTS ? "descendants" : "children",
			decl->of != NULL ? decl->of->name : decl->name);
	if (decl->named != NULL) {
		fprintf(out, " named ");
		mp_say_pattern(out, s->scope, decl->named);
	}
	if (decl->prints != NULL) {
		fprintf(out, " that %s ", is_one(decl) ? "prints" : "print");
		mp_say_pattern(out, s->scope, decl->prints);
	}
	return fclose(out) == 0 ? 0 : -ENOMEM;
}

static int select_one(struct selecting *s)
{
	struct mp_selection *mine = s->mine;
	char *problem = NULL;
	size_t size = 0;
	int err;

	/* Children are counted from fork to fork, and exec decides which of them count. */
	mine->kinds = MP_BIT(MP_FORK) | MP_BIT(MP_EXEC);
	s->problem = open_memstream(&problem, &size);
	if (s->problem == NULL)
		return -ENOMEM;
	err = choose(s);
	for (size_t i = 0; i < mine->count; i++)
		s->judging->marks[mine->members[i]->id] = 0;
	if (fclose(s->problem) != 0 && err == 0)
		err = -ENOMEM;
	if (err == 0 && size > 0 && mine->problem == NULL) {
		mine->problem = problem;
		problem = NULL;
		mine->problem_kinds |= mine->kinds;
		err = say_expected(s);
	}
	free(problem);
	if (err > 0) {
		mine->stuck = (enum mp_stuck)err;
		err = 0;
	}
	return err;
}

/* Who has a name of its own in the contract. */
static int name_the_known(struct mp_judging *judging)
{
	const struct mp_contract *contract = judging->contract;

	judging->known = calloc(judging->model->process_count + 1, sizeof(*judging->known));
	if (judging->known == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < contract->decl_count; i++) {
		const struct mp_selection *selection = &judging->selections[i];

		if (contract->decls[i]->kind == MP_DECL_PROCESS && selection->count == 1 &&
		    judging->known[selection->members[0]->id] == NULL)
			judging->known[selection->members[0]->id] = contract->decls[i];
	}
	return 0;
}

int mp_select_all(struct mp_judging *judging)
{
	const struct mp_contract *contract = judging->contract;
	struct mp_scope scope = {.judging = judging};
	struct selecting s = {.judging = judging, .scope = &scope, .room = MEMBERS};
	int err = 0;

	judging->selections = calloc(contract->decl_count + 1, sizeof(*judging->selections));
	judging->marks = calloc(judging->model->process_count + 1, 1);
	if (judging->selections == NULL || judging->marks == NULL)
		return -ENOMEM;
	for (size_t i = 0; err == 0 && i < contract->decl_count; i++) {
		s.mine = &judging->selections[i];
		s.mine->decl = contract->decls[i];
		err = select_one(&s);
	}
	return err != 0 ? err : name_the_known(judging);
}

int mp_select_nameless(const struct mp_scope *scope, const struct mp_decl *decl,
		       struct mp_selection *out)
{
	struct selecting s = {
		.judging = scope->judging, .scope = scope, .mine = out, .room = MEMBERS};

	mp_selection_free(out);
	out->decl = decl;
	return select_one(&s);
}

void mp_selection_free(struct mp_selection *selection)
{
	free(selection->members);
	free(selection->words);
	free(selection->memories);
	free(selection->expected);
	free(selection->problem);
	*selection = (struct mp_selection){0};
}

void mp_select_free(struct mp_judging *judging)
{
	for (size_t i = 0; judging->selections != NULL && i < judging->contract->decl_count; i++)
		mp_selection_free(&judging->selections[i]);
	free(judging->selections);
	free(judging->known);
	free(judging->marks);
}
