/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From a phrase to the acts it speaks of. The table of verbs says which kinds of act a verb
 * means; here is what has to fit besides: whom, which channel, which word, which signal, how
 * long. What the pattern and the number ask is for select to decide, once for each counter; so a
 * view is made again only when it is to be of others.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

enum { WHO = 1, WHOM = 2 };

struct gathering {
	struct mp_trial *trial;
	struct mp_judging *judging;
	struct mp_side *side;
	const struct mp_phrase *phrase;
	const struct mp_selection *object; /* NULL: the verb has none */
	int signal;			   /* 0: any */
};

int mp_occurrence_compare(const struct mp_occurrence *a, const struct mp_occurrence *b)
{
	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return (a->order > b->order) - (a->order < b->order);
}

static int compare_occurrences(const void *a, const void *b)
{
	return mp_occurrence_compare(a, b);
}

int mp_view_add(struct mp_view *view, const struct mp_occurrence *occurrence)
{
	if (view->count == view->room) {
		size_t room = view->room * 2 + 16;
		struct mp_occurrence *list = realloc(view->list, room * sizeof(*list));

		if (list == NULL)
			return -ENOMEM;
		view->list = list;
		view->room = room;
	}
	view->list[view->count++] = *occurrence;
	return 0;
}

static void mark(struct gathering *g, const struct mp_party *party, unsigned char bit, bool set)
{
	for (size_t i = 0; i < party->count; i++) {
		unsigned char *mark = &g->judging->marks[party->members[i]->id];

		*mark = set ? *mark | bit : *mark & (unsigned char)~bit;
	}
}

static bool is_marked(const struct gathering *g, const struct mp_process *process,
		      unsigned char bit)
{
	return process != NULL && (g->judging->marks[process->id] & bit) != 0;
}

/* It really went to sleep until somebody did something; a full pipe is not waiting. */
static bool really_waits(const struct mp_act *act)
{
	return !act->raced && !act->writing;
}

/* Only its own threads ended it, or could: a private word is known to no other process. */
static bool among_threads(const struct mp_act *act)
{
	bool private = act->word != NULL && act->word->owner != NULL;

	return act->whom != NULL ? act->whom == act->who : private;
}

/* `closes C`: the reading end for the one the channel leads to, else the writing end. */
static bool closes_its_end(const struct gathering *g, const struct mp_act *act)
{
	const struct mp_selection *to = mp_selection_of(g->judging, g->object->decl->to);

	for (size_t i = 0; to != NULL && i < to->count; i++)
		if (to->members[i] == act->who)
			return act->kind == MP_ACT_CLOSE_OUT;
	return act->kind == MP_ACT_CLOSE_IN;
}

static bool fits_object(const struct gathering *g, const struct mp_act *act)
{
	if (g->object == NULL)
		return true;
	if (g->object->words != NULL)
		return act->word != NULL && g->object->words[act->word->id] != 0;
	if (g->object->memories != NULL)
		return act->memory != NULL && g->object->memories[act->memory->id] != 0;
	return act->stream == g->object->stream;
}

static bool fits(const struct gathering *g, const struct mp_act *act)
{
	uint64_t least = g->side->least;

	if (!is_marked(g, act->who, WHO) || !fits_object(g, act))
		return false;
	if (g->phrase->whom != NULL && !is_marked(g, act->whom, WHOM))
		return false;
	if (g->signal != 0 && act->value != g->signal)
		return false;
	if (act->kind == MP_ACT_WAIT && (!really_waits(act) || act->at - act->begin < least))
		return false;
	if (g->phrase->verb == MP_VERB_WAITS && among_threads(act))
		return false;
	if (act->kind == MP_ACT_SLEEP && (act->value < 0 || (uint64_t)act->value < least))
		return false;
	return g->phrase->verb != MP_VERB_CLOSES || closes_its_end(g, act);
}

/* `execs "sort"` means a program, wherever it is; `execs "/bin/sort"` means that file. */
static bool names_a_path(const struct mp_pattern *pattern)
{
	for (size_t i = 0; i < pattern->count; i++)
		if (pattern->pieces[i].kind == MP_PIECE_TEXT &&
		    memchr(pattern->pieces[i].text, '/', pattern->pieces[i].length) != NULL)
			return true;
	return false;
}

static struct mp_slice last_part(struct mp_slice path)
{
	const char *slash = memrchr(path.text, '/', path.length);

	if (slash == NULL)
		return path;
	return (struct mp_slice){slash + 1, path.length - (size_t)(slash + 1 - path.text)};
}

/* What the pattern is for, and how sure it is. */
static struct mp_slice text_of(const struct gathering *g, const struct mp_act *act,
			       struct mp_occurrence *occurrence)
{
	struct mp_slice text = {act->text != NULL ? act->text : "", act->length};
	bool is_path = act->kind == MP_ACT_EXEC || act->kind == MP_ACT_OPEN;

	occurrence->cut = act->cut;
	if (act->headless) /* of what it begins with nothing is known */
		return (struct mp_slice){"", 0};
	text = mp_plain_of(g->judging, text, &occurrence->trailed);
	if (!is_path || g->phrase->pattern == NULL)
		return text;
	if (!names_a_path(g->phrase->pattern)) {
		/* Of a path that was cut the first parts are missing. */
		occurrence->cut = act->cut && (act->kind != MP_ACT_OPEN || act->length == 0);
		return last_part(text);
	}
	if (act->kind == MP_ACT_OPEN && act->cut)
		text.length = 0; /* so it may be any path */
	return text;
}

static int add_act(struct gathering *g, size_t order)
{
	const struct mp_act *act = g->judging->model->acts[order];
	struct mp_occurrence occurrence = {
		.at = act->at,
		.order = order,
		.act = act,
		.who = act->who,
		.value = act->value,
	};

	occurrence.text = text_of(g, act, &occurrence);
	return mp_view_add(&g->side->view, &occurrence);
}

static int add_fitting(struct gathering *g, const struct mp_index *index,
		       const struct mp_party *party, enum mp_act_kind kind)
{
	for (size_t i = 0; i < party->count; i++) {
		size_t count;
		const size_t *acts = mp_index_acts(index, party->members[i], kind, &count);

		if (!mp_spend(g->trial, count * 4 + 8))
			return MP_TOO_MUCH_WORK;
		for (size_t j = 0; j < count; j++) {
			int err = 0;

			if (fits(g, g->judging->model->acts[acts[j]]))
				err = add_act(g, acts[j]);
			if (err != 0)
				return err;
		}
	}
	return 0;
}

static size_t size_of(const struct mp_index *index, const struct mp_party *party,
		      enum mp_act_kind kind)
{
	size_t total = 0, count;

	for (size_t i = 0; i < party->count; i++) {
		mp_index_acts(index, party->members[i], kind, &count);
		total += count;
	}
	return total;
}

/* By those who act or by those it is done to, whichever is less to look at. */
static int gather_kind(struct gathering *g, enum mp_act_kind kind)
{
	const struct mp_judging *judging = g->judging;

	if (g->phrase->whom != NULL && size_of(&judging->by_whom, &g->side->whom, kind) <
					       size_of(&judging->by_who, &g->side->who, kind))
		return add_fitting(g, &judging->by_whom, &g->side->whom, kind);
	return add_fitting(g, &judging->by_who, &g->side->who, kind);
}

static int gather_acts(struct gathering *g)
{
	uint32_t kinds = mp_verb_row(g->phrase->verb)->acts;
	int err = 0;

	for (unsigned kind = 1; err == 0 && kind < MP_ACT_KINDS; kind++)
		if ((kinds & MP_BIT(kind)) != 0)
			err = gather_kind(g, (enum mp_act_kind)kind);
	return err;
}

/* Whether a descriptor was the last one is known only when all have been seen that came. */
static int gather_closes(struct gathering *g)
{
	const struct mp_verb_row *row = mp_verb_row(g->phrase->verb);
	struct mp_doubt doubt = mp_doubt_row(g->judging, row, &g->side->who);
	bool sure = !doubt.descriptors && doubt.blind == 0 && (doubt.kinds & MP_BIT(MP_FD)) == 0;
	int err = gather_acts(g);

	for (size_t i = 0; err == 0 && i < g->side->view.count; i++)
		g->side->view.list[i].mixed = !sure;
	return err;
}

static bool is_read_of(const struct mp_act *act, const struct mp_stream *stream)
{
	if (act->stream != stream)
		return false;
	return act->kind != MP_ACT_WAIT || (act->wait == MP_ON_STREAM && !act->writing);
}

/* The earliest beginning of any read of one process. */
static int first_read(struct gathering *g, const struct mp_process *process,
		      struct mp_occurrence *first, bool *found)
{
	static const enum mp_act_kind kinds[] = {MP_ACT_READ, MP_ACT_EOF, MP_ACT_WAIT};
	const struct mp_model *model = g->judging->model;

	for (size_t k = 0; k < sizeof(kinds) / sizeof(kinds[0]); k++) {
		size_t count;
		const size_t *acts = mp_index_acts(&g->judging->by_who, process, kinds[k], &count);

		if (!mp_spend(g->trial, count * 2))
			return MP_TOO_MUCH_WORK;
		for (size_t i = 0; i < count; i++) {
			const struct mp_act *act = model->acts[acts[i]];
			struct mp_occurrence this = {
				.at = act->begin, .order = acts[i], .act = act, .who = process};

			if (!is_read_of(act, g->object->stream) ||
			    (*found && mp_occurrence_compare(&this, first) >= 0))
				continue;
			*first = this;
			*found = true;
		}
	}
	return 0;
}

static int gather_first_reads(struct gathering *g)
{
	int err = 0;

	for (size_t i = 0; err == 0 && i < g->side->who.count; i++) {
		struct mp_occurrence first;
		bool found = false;

		err = first_read(g, g->side->who.members[i], &first, &found);
		if (err == 0 && found)
			err = mp_view_add(&g->side->view, &first);
	}
	return err;
}

/* The name at birth counts too where it is the process's own, and a name that is given again does
 * not. */
static int gather_names(struct gathering *g)
{
	for (size_t i = 0; i < g->side->who.count; i++) {
		const struct mp_process *process = g->side->who.members[i];

		for (size_t j = mp_process_first_name(process); j < process->name_count; j++) {
			const struct mp_name *name = &process->names[j];
			struct mp_occurrence this = {
				.at = name->at,
				.who = process,
				.text = mp_name_slice(name),
			};
			int err;

			if (name->at > g->judging->until ||
			    (j > 0 && strcmp(name->text, name[-1].text) == 0))
				continue;
			if (!mp_spend(g->trial, 4))
				return MP_TOO_MUCH_WORK;
			this.full = this.text.length == MP_COMM_LEN - 1;
			this.text = mp_plain_of(g->judging, this.text, &this.trailed);
			err = mp_view_add(&g->side->view, &this);
			if (err != 0)
				return err;
		}
	}
	return 0;
}

/* Lines that went out together have the same time. */
static int gather_flushes(struct gathering *g)
{
	const struct mp_view *view = &g->side->view;
	const struct mp_act *before;
	size_t kept = 0;
	int err = gather_acts(g);

	for (size_t i = 0; err == 0 && i < view->count; i++) {
		before = kept > 0 ? view->list[kept - 1].act : NULL;
		if (before == NULL || before->who != view->list[i].who ||
		    before->at != view->list[i].at)
			view->list[kept++] = view->list[i];
	}
	g->side->view.count = kept;
	return err;
}

/* Was `process` ever blocked in a wait that this child's end answered? */
static bool waited_for_end(const struct gathering *g, const struct mp_process *process,
			   const struct mp_process *child)
{
	size_t count;
	const size_t *acts = mp_index_acts(&g->judging->by_whom, child, MP_ACT_WAIT, &count);

	for (size_t i = 0; i < count; i++) {
		const struct mp_act *act = g->judging->model->acts[acts[i]];

		if (act->who == process && act->wait == MP_ON_CHILD && really_waits(act))
			return true;
	}
	return false;
}

/* The last act of `kind` before the one at `order`, by whom that is; NULL: there is none. */
static const struct mp_act *last_before(const struct gathering *g, size_t order,
					enum mp_act_kind kind)
{
	struct mp_act **all = g->judging->model->acts;
	size_t count, low = 0, middle;
	const size_t *acts = mp_index_acts(&g->judging->by_who, all[order]->who, kind, &count);

	while (low < count) {
		middle = low + (count - low) / 2;
		if (acts[middle] < order)
			low = middle + 1;
		else
			count = middle;
	}
	return low > 0 ? all[acts[low - 1]] : NULL;
}

/* Who has slept until a signal told of the end of a child, and then looks who has ended, waited for
 * all whom he finds: of several that end together, one signal tells. */
static bool was_told(const struct gathering *g, size_t order)
{
	const struct mp_act *act = g->judging->model->acts[order];
	const struct mp_act *wait = last_before(g, order, MP_ACT_WAIT);
	const struct mp_act *nap = last_before(g, order, MP_ACT_SLEEP);

	return wait != NULL && wait->told && wait->begin >= act->whom->born &&
	       (nap == NULL || nap->at <= wait->begin);
}

/*
 * A wait for a child that had ended already does not block, but whoever wrote it waited for the
 * child: such a reap counts when no blocked wait was counted for the same child. Who looked, and
 * found it at the first time, may have meant to wait, had it not been there.
 */
static int add_reap(struct gathering *g, size_t order, const struct mp_process *child)
{
	const struct mp_act *act = g->judging->model->acts[order];
	bool sure = !act->poll || was_told(g, order);
	int err;

	if (!is_marked(g, act->who, WHO) || waited_for_end(g, act->who, child) ||
	    !(sure || act->first_look))
		return 0;
	err = add_act(g, order);
	if (err == 0)
		g->side->view.list[g->side->view.count - 1].mixed = !sure;
	return err;
}

static int gather_waits_for(struct gathering *g)
{
	const struct mp_index *index = &g->judging->by_whom;
	int err = gather_acts(g);

	for (size_t i = 0; err == 0 && i < g->side->whom.count; i++) {
		const struct mp_process *child = g->side->whom.members[i];
		size_t count;
		const size_t *acts = mp_index_acts(index, child, MP_ACT_REAP, &count);

		for (size_t j = 0; err == 0 && j < count; j++)
			err = add_reap(g, acts[j], child);
	}
	return err;
}

/* Who wrote the bytes, where that can be known at all. */
static int add_read(struct gathering *g, size_t order, bool known)
{
	const struct mp_act *act = g->judging->model->acts[order];
	enum mp_source source;
	int err = mp_source_of(g->trial, act, WHOM, &source);

	if (err != 0 || source == MP_SOURCE_OTHER)
		return err;
	err = add_act(g, order);
	if (err == 0)
		g->side->view.list[g->side->view.count - 1].mixed =
			!known || source == MP_SOURCE_UNSURE;
	return err;
}

static int gather_reads_from(struct gathering *g)
{
	struct mp_doubt doubt = mp_doubt_row(g->judging, mp_verb_row(g->phrase->verb), NULL);
	bool known = !mp_doubt_any(&doubt);
	int err = 0;

	for (size_t i = 0; err == 0 && i < g->side->who.count; i++) {
		size_t count;
		const size_t *acts = mp_index_acts(&g->judging->by_who, g->side->who.members[i],
						   MP_ACT_READ, &count);

		for (size_t j = 0; err == 0 && j < count; j++)
			err = add_read(g, acts[j], known);
	}
	return err;
}

static int gather_meeting(struct gathering *g)
{
	struct mp_meeting meeting;
	int err = mp_meet_follow(g->trial, g->side->who.members, g->side->who.count, NULL, 0,
				 &meeting);
	struct mp_occurrence this;

	if (err == 0 && !meeting.met)
		g->side->raced = meeting.raced;
	if (err != 0 || !meeting.met)
		return err;
	this = (struct mp_occurrence){.at = meeting.at, .order = meeting.order, .act = meeting.act};
	return mp_view_add(&g->side->view, &this);
}

static int (*const gatherers[MP_VERBS])(struct gathering *g) = {
	[MP_VERB_READS_FROM] = gather_reads_from, [MP_VERB_STARTS_READING] = gather_first_reads,
	[MP_VERB_IS_NAMED] = gather_names,	  [MP_VERB_WAITS_FOR] = gather_waits_for,
	[MP_VERB_FLUSHES] = gather_flushes,	  [MP_VERB_MEET] = gather_meeting,
	[MP_VERB_CLOSES] = gather_closes,	  [MP_VERB_CLOSES_WRITING] = gather_closes,
	[MP_VERB_CLOSES_READING] = gather_closes,
};

/* The list of a single process may be another's next time; the lists of groups stay. */
static struct mp_built party_of(const struct mp_party *party)
{
	if (party->count == 1)
		return (struct mp_built){NULL, party->members[0], 1};
	return (struct mp_built){party->count > 0 ? party->members : NULL, NULL, party->count};
}

static bool is_for(const struct mp_built *built, const struct mp_party *party)
{
	struct mp_built now = party_of(party);

	return built->members == now.members && built->one == now.one && built->count == now.count;
}

static int build(struct mp_trial *trial, struct mp_side *side)
{
	const struct mp_phrase *phrase = side->phrase;
	struct gathering g = {
		.trial = trial,
		.judging = trial->judging,
		.side = side,
		.phrase = phrase,
		.object = mp_selection_of(trial->judging, phrase->object),
	};
	int err = 0;

	if (phrase->signal != NULL)
		err = mp_signal_of(trial->judging, phrase->signal, &g.signal);
	if (err != 0)
		return err;
	mark(&g, &side->who, WHO, true);
	mark(&g, &side->whom, WHOM, true);
	err = gatherers[phrase->verb] != NULL ? gatherers[phrase->verb](&g) : gather_acts(&g);
	mark(&g, &side->who, WHO, false);
	mark(&g, &side->whom, WHOM, false);
	if (side->view.count > 1)
		qsort(side->view.list, side->view.count, sizeof(*side->view.list),
		      compare_occurrences);
	return err;
}

int mp_view_build(struct mp_trial *trial, struct mp_side *side)
{
	int err = mp_time_value(&trial->scope, &side->phrase->least, &side->least);

	if (err != 0 ||
	    (side->built && side->built_least == side->least &&
	     is_for(&side->built_who, &side->who) && is_for(&side->built_whom, &side->whom)))
		return err;
	mp_side_free(side);
	err = build(trial, side);
	side->built = err == 0;
	side->built_least = side->least;
	side->built_who = party_of(&side->who);
	side->built_whom = party_of(&side->whom);
	return err;
}

void mp_side_free(struct mp_side *side)
{
	free(side->view.list);
	free(side->view.by_head);
	free(side->view.by_tail);
	free(side->view.cuts);
	side->view = (struct mp_view){0};
	mp_hits_free(&side->hits);
	mp_glob_free(&side->glob);
	side->raced = NULL;
	side->built = false;
}
