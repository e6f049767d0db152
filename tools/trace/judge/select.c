/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who and what the declared names mean. Every name is looked up once, before any clause is
 * judged, in the order of the contract: a name can only speak of names above it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "select.h"

/* Members of all groups together; many groups of many processes are many times many. */
#define MEMBERS (4 * 1024 * 1024)

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

const struct mp_selection *mp_select_above(struct selecting *s, const struct mp_decl *decl)
{
	const struct mp_selection *other = mp_selection_of(s->judging, decl);

	if (other == NULL)
		return NULL;
	s->mine->kinds |= other->kinds;
	s->mine->blind |= other->blind;
	s->mine->cut |= other->cut;
	s->mine->spliced |= other->spliced;
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

int mp_select_add(struct selecting *s, struct mp_process *process)
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

int mp_select_value(struct selecting *s, const struct mp_expr *expr, int64_t *out)
{
	return mp_value(s->scope, expr, out);
}

static int choose_list(struct selecting *s)
{
	const struct mp_decl *decl = s->mine->decl;
	int err = 0;

	for (size_t i = 0; err == 0 && i < decl->member_count; i++) {
		const struct mp_selection *other = mp_select_above(s, decl->members[i]);

		if (other == NULL)
			return 0;
		for (size_t j = 0; err == 0 && j < other->count; j++)
			err = mp_select_add(s, other->members[j]);
	}
	return err;
}

static int choose_main(struct selecting *s)
{
	s->mine->kinds = 0;
	return mp_select_add(s, s->judging->model->processes[0]);
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

static bool wrote_unseen(const struct mp_process *process)
{
	return process->writes_unseen > 0;
}

static bool read_unseen(const struct mp_process *process)
{
	return process->reads_unseen;
}

static bool used_unseen(const struct mp_process *process)
{
	return process->uses_unseen;
}

/* The first of them that did so; NULL: nobody. */
static const struct mp_process *who_did(const struct mp_selection *selection,
					bool (*did)(const struct mp_process *process))
{
	for (size_t i = 0; i < selection->count; i++)
		if (did(selection->members[i]))
			return selection->members[i];
	return NULL;
}

/* The channel may be a socket of which nobody knows where it leads. */
static const struct mp_process *through_unseen(const struct mp_selection *from,
					       const struct mp_selection *to)
{
	const struct mp_process *reader = who_did(to, read_unseen);
	const struct mp_process *writer = who_did(from, wrote_unseen);

	if (reader != NULL && who_did(from, used_unseen) != NULL)
		return reader;
	return who_did(to, used_unseen) != NULL ? writer : NULL;
}

static int choose_channel(struct selecting *s)
{
	const struct mp_decl *decl = s->mine->decl;
	const struct mp_selection *from = mp_select_above(s, decl->from),
				  *to = mp_select_above(s, decl->to);
	size_t found;

	if (from == NULL || to == NULL)
		return 0;
	mark_ends(s->judging, from, 1, true);
	mark_ends(s->judging, to, 2, true);
	found = find_streams(s, from, to, false);
	if (found == 0) {
		found = find_streams(s, from, to, true);
		s->mine->by_holding = true;
		s->mine->unseen = through_unseen(from, to);
	}
	mark_ends(s->judging, from, 1, false);
	mark_ends(s->judging, to, 2, false);
	s->mine->problem_kinds |= MP_BIT(MP_IO) | MP_BIT(MP_TEXT) | MP_BIT(MP_FD) | MP_VERB_ALWAYS;
	s->mine->problem_blind |= MP_BIT(MP_BLIND_ASYNC) | MP_BIT(MP_BLIND_32BIT);
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
		const struct mp_selection *other = mp_select_above(s, decl->members[i]);

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
	[MP_SELECT_MAIN] = choose_main,
	[MP_SELECT_CHILD] = mp_choose_numbered,
	[MP_SELECT_CHILD_NAMED] = mp_choose_family,
	[MP_SELECT_RANGE] = mp_choose_numbered,
	[MP_SELECT_CHILDREN] = mp_choose_family,
	[MP_SELECT_DESCENDANTS] = mp_choose_family,
	[MP_SELECT_LIST] = choose_list,
	[MP_SELECT_DESCENDANT] = mp_choose_family,
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
		mp_select_value(s, decl->ordinal, &first);
	if (decl->ordinal_last != NULL)
		mp_select_value(s, decl->ordinal_last, &last);
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
	else if (mp_selects_one(decl))
		fprintf(out, "the one %s of %s", mp_selects_deep(decl) ? "descendant" : "child",
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
		fprintf(out, " that %s ", mp_selects_one(decl) ? "prints" : "print");
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
