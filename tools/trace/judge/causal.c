/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `meet`: who knows of whom.
 *
 * Every member of the group begins by knowing that it has itself arrived. From then on knowledge
 * travels only the ways the kernel saw: when one process wakes another out of a wait on a futex
 * word, both, and every member that is blocked on that word at that moment, have met: they know
 * what any of them knew. Bytes in a pipe or a socket, and wakes of any other kind, tell the
 * receiver what the sender knew when it sent, and nothing back. Processes that are not members
 * carry what they were told. The members have met when each of them knows of all.
 *
 * That a member knows of another at its first print is then proof that the other had arrived
 * before, whatever the barrier is made of.
 */
#include <errno.h>
#include <stdlib.h>

#include "inside.h"
#include "knowledge.h"

#define NOBODY	UINT32_MAX
#define NOWHERE SIZE_MAX

/* One wait of a member on a word, in the list of those that are blocked on it now. */
struct sleeper {
	size_t order; /* of its MP_ACT_WAIT, which stands where the wait ends */
	size_t previous, next;
	bool linked;
};

/* Bytes in a stream from one offset to another, and what their writer knew. */
struct segment {
	uint64_t from, end;
	struct mp_known *known;
	struct segment *next;
};

struct pipeline {
	uint64_t written, taken;
	struct segment *first, *last;
};

struct following {
	struct mp_trial *trial;
	const struct mp_model *model;
	struct mp_process *const *members;
	size_t count;
	uint32_t *member_of; /* by process: its number among the members, or NOBODY */
	struct mp_knowledge all;
	struct mp_known **known;  /* by process; NULL: itself, or nothing */
	struct sleeper *sleepers; /* by begin */
	size_t sleeper_count, asleep;
	uint32_t *sleeper_of; /* by act */
	size_t *sleeping;     /* by word: the first of its list, or NOWHERE */
	struct pipeline *pipelines;
	uint64_t *race;	       /* by process: when it first lost a race, or MP_NEVER */
	uint64_t *asked;       /* by process: when it must have met, or MP_NEVER */
	unsigned char *shared; /* by word: several processes wait on it or wake it */
	size_t complete;       /* members that know of all */
	struct mp_meeting *meeting;
};

/* --- sets ------------------------------------------------------------------------------------- */

static bool knows_all(const struct following *f, const struct mp_process *process)
{
	const struct mp_known *known = f->known[process->id];

	return known != NULL && known->count == f->count;
}

static void join(struct following *f, const struct mp_process *process)
{
	mp_draft_join(&f->all, f->known[process->id]);
	if (f->member_of[process->id] != NOBODY)
		mp_draft_add(&f->all, f->member_of[process->id]);
}

static void learn(struct following *f, const struct mp_process *process, struct mp_known *known,
		  size_t order)
{
	struct mp_known **mine = &f->known[process->id];
	bool complete = knows_all(f, process);

	if (*mine == known)
		return;
	mp_known_drop(&f->all, *mine);
	*mine = mp_known_ref(known);
	if (complete || f->member_of[process->id] == NOBODY || !knows_all(f, process))
		return;
	if (++f->complete == f->count && !f->meeting->met) {
		const struct mp_act *act = f->model->acts[order];

		*f->meeting = (struct mp_meeting){true, act->at, order, act, NULL};
	}
}

/* `from` tells `to` all it knows. */
static int tell(struct following *f, const struct mp_process *to, struct mp_known *from,
		size_t order)
{
	struct mp_known *known;
	int err;

	if (from == NULL || knows_all(f, to) || f->known[to->id] == from)
		return 0;
	if (!mp_spend(f->trial, f->all.words * 3 + 8))
		return MP_TOO_MUCH_WORK;
	mp_draft_clear(&f->all);
	mp_draft_join(&f->all, from);
	join(f, to);
	err = mp_draft_make(&f->all, &known);
	if (err != 0)
		return err;
	learn(f, to, known, order);
	mp_known_drop(&f->all, known);
	return 0;
}

/* What a process would tell; a member that was told nothing still tells of itself. */
static int knowledge_of(struct following *f, const struct mp_process *process)
{
	if (f->known[process->id] != NULL || f->member_of[process->id] == NOBODY)
		return 0;
	if (!mp_spend(f->trial, f->all.words * 2))
		return MP_TOO_MUCH_WORK;
	mp_draft_clear(&f->all);
	join(f, process);
	return mp_draft_make(&f->all, &f->known[process->id]);
}

/* --- words ------------------------------------------------------------------------------------ */

static const struct mp_process *sleeper_process(const struct following *f, size_t at)
{
	return f->model->acts[f->sleepers[at].order]->who;
}

static void fall_asleep(struct following *f, size_t at)
{
	struct sleeper *sleeper = &f->sleepers[at];
	size_t *first = &f->sleeping[f->model->acts[sleeper->order]->word->id];

	sleeper->previous = NOWHERE;
	sleeper->next = *first;
	sleeper->linked = true;
	if (*first != NOWHERE)
		f->sleepers[*first].previous = at;
	*first = at;
}

static void wake_up(struct following *f, size_t order)
{
	size_t at = f->sleeper_of[order];
	struct sleeper *sleeper;

	if (at == NOBODY || !f->sleepers[at].linked || f->model->acts[order]->unfinished)
		return;
	sleeper = &f->sleepers[at];
	if (sleeper->previous != NOWHERE)
		f->sleepers[sleeper->previous].next = sleeper->next;
	else
		f->sleeping[f->model->acts[order]->word->id] = sleeper->next;
	if (sleeper->next != NOWHERE)
		f->sleepers[sleeper->next].previous = sleeper->previous;
	sleeper->linked = false;
}

/* Both, and all that sleep on the word, from now on know what any of them knew. */
static int meet_at_word(struct following *f, const struct mp_act *act, size_t order)
{
	size_t first = f->sleeping[act->word->id], crowd = 2;
	struct mp_known *known;
	int err;

	mp_draft_clear(&f->all);
	join(f, act->who);
	join(f, act->whom);
	for (size_t i = first; i != NOWHERE; i = f->sleepers[i].next, crowd++) {
		if (!mp_spend(f->trial, knows_all(f, act->who) ? 2 : f->all.words + 2))
			return MP_TOO_MUCH_WORK;
		/* Who knows all has nothing to learn from them. */
		if (!knows_all(f, act->who))
			join(f, sleeper_process(f, i));
	}
	if (!mp_spend(f->trial, f->all.words * 4 + crowd))
		return MP_TOO_MUCH_WORK;
	err = mp_draft_make(&f->all, &known);
	if (err != 0)
		return err;
	learn(f, act->who, known, order);
	learn(f, act->whom, known, order);
	for (size_t i = first; i != NOWHERE; i = f->sleepers[i].next)
		learn(f, sleeper_process(f, i), known, order);
	mp_known_drop(&f->all, known);
	return 0;
}

static int take_wake(struct following *f, const struct mp_act *act, size_t order)
{
	int err;

	if (act->who == NULL || act->whom == NULL)
		return 0;
	if (act->word != NULL)
		return meet_at_word(f, act, order);
	err = knowledge_of(f, act->who);
	return err != 0 ? err : tell(f, act->whom, f->known[act->who->id], order);
}

/* --- streams ---------------------------------------------------------------------------------- */

static int take_write(struct following *f, const struct mp_act *act)
{
	struct pipeline *p = &f->pipelines[act->stream->id];
	struct mp_known *known;
	struct segment *segment;
	int err;

	if (act->who == NULL || act->value <= 0)
		return 0;
	err = knowledge_of(f, act->who);
	if (err != 0)
		return err;
	known = f->known[act->who->id];
	p->written += (uint64_t)act->value;
	/* Who knows nothing has nothing to tell. */
	if (known == NULL)
		return 0;
	if (p->last != NULL && p->last->known == known &&
	    p->last->end + (uint64_t)act->value == p->written) {
		p->last->end = p->written;
		return 0;
	}
	segment = malloc(sizeof(*segment));
	if (segment == NULL)
		return -ENOMEM;
	*segment = (struct segment){p->written - (uint64_t)act->value, p->written,
				    mp_known_ref(known), NULL};
	if (p->last != NULL)
		p->last->next = segment;
	else
		p->first = segment;
	p->last = segment;
	return 0;
}

static void drop_first(struct following *f, struct pipeline *p)
{
	struct segment *segment = p->first;

	p->first = segment->next;
	if (p->first == NULL)
		p->last = NULL;
	mp_known_drop(&f->all, segment->known);
	free(segment);
}

static int take_read(struct following *f, const struct mp_act *act, size_t order)
{
	struct pipeline *p = &f->pipelines[act->stream->id];
	int err = 0;

	if (act->who == NULL || act->value <= 0)
		return 0;
	p->taken += (uint64_t)act->value;
	while (err == 0 && p->first != NULL && p->first->from < p->taken) {
		struct segment *segment = p->first;

		err = tell(f, act->who, segment->known, order);
		if (segment->end > p->taken)
			break;
		drop_first(f, p);
	}
	return err;
}

/* --- the walk --------------------------------------------------------------------------------- */

static int take(struct following *f, size_t order)
{
	const struct mp_act *act = f->model->acts[order];

	if (!mp_act_counts(f->trial->judging, act))
		return 0;
	switch (act->kind) {
	case MP_ACT_WAKE:
		return take_wake(f, act, order);
	case MP_ACT_WRITE:
		return act->stream != NULL ? take_write(f, act) : 0;
	case MP_ACT_READ:
		return act->stream != NULL ? take_read(f, act, order) : 0;
	case MP_ACT_WAIT:
		wake_up(f, order);
		return 0;
	default:
		return 0;
	}
}

/*
 * A member that came just too late to sleep, because the word had changed already, knows of nobody
 * and nobody knows of it: it may have met the others all the same. What it lost after the moment
 * that it is asked about (a lock, say) excuses nothing.
 */
static bool has_raced(const struct following *f, const struct mp_process *process)
{
	return f->race[process->id] != MP_NEVER && f->race[process->id] <= f->asked[process->id];
}

static const struct mp_process *racer(const struct following *f, const struct mp_process *a,
				      const struct mp_process *b)
{
	return has_raced(f, a) ? a : has_raced(f, b) ? b : NULL;
}

/* What one member lacks; false: nothing. *excused: a race explains every lack so far. */
static bool lacks(const struct following *f, const struct mp_process *process,
		  struct mp_probe *probe, bool *excused)
{
	const struct mp_known *known = f->known[process->id];
	bool any = false;

	if (knows_all(f, process) || f->count == 1)
		return false;
	for (size_t i = 0; i < f->count; i++) {
		const struct mp_process *other = f->members[i], *by;

		if (other == process || mp_known_has(known, i))
			continue;
		if (!any && probe->lacks == NULL) {
			probe->lacks = other;
			probe->unaware = process;
		}
		any = true;
		by = racer(f, process, other);
		*excused &= by != NULL;
		if (probe->raced == NULL)
			probe->raced = by;
		if (!*excused)
			break;
	}
	return any;
}

static void answer(const struct following *f, struct mp_probe *probe)
{
	bool excused = true, any = false;

	probe->lacks = probe->unaware = probe->raced = NULL;
	if (probe->who != NULL && f->member_of[probe->who->id] != NOBODY)
		any = lacks(f, probe->who, probe, &excused);
	else
		for (size_t i = 0; i < f->count && excused; i++)
			any |= lacks(f, f->members[i], probe, &excused);
	probe->met = !any;
	if (!any || !excused)
		probe->raced = NULL;
}

static bool is_before(const struct mp_probe *probe, const struct mp_act *act, size_t order)
{
	return probe->at != act->at ? probe->at < act->at : probe->order <= order;
}

static int walk(struct following *f, struct mp_probe *probes, size_t probe_count)
{
	const struct mp_model *model = f->model;
	size_t next = 0;
	int err = 0;

	for (size_t i = 0; err == 0 && i < model->act_count; i++) {
		const struct mp_act *act = model->acts[i];

		for (; next < probe_count && is_before(&probes[next], act, i); next++)
			answer(f, &probes[next]);
		for (; f->asleep < f->sleeper_count &&
		       model->acts[f->sleepers[f->asleep].order]->begin <= act->at;
		     f->asleep++)
			fall_asleep(f, f->asleep);
		err = mp_spend(f->trial, 2) ? take(f, i) : MP_TOO_MUCH_WORK;
	}
	for (; next < probe_count; next++)
		answer(f, &probes[next]);
	return err;
}

/* --- before and after --------------------------------------------------------------------------
 */

static int compare_begins(const void *left, const void *right, void *context)
{
	const struct following *f = context;
	const struct sleeper *a = left, *b = right;
	uint64_t x = f->model->acts[a->order]->begin, y = f->model->acts[b->order]->begin;

	if (x != y)
		return x < y ? -1 : 1;
	return (a->order > b->order) - (a->order < b->order);
}

static bool is_sleep_of_member(const struct following *f, const struct mp_act *act)
{
	return act->kind == MP_ACT_WAIT && act->wait == MP_ON_WORD && !act->raced &&
	       act->word != NULL && act->who != NULL && f->member_of[act->who->id] != NOBODY;
}

/* Which words does more than one process touch? A race for another is none. */
static int find_shared(struct following *f)
{
	const struct mp_model *model = f->model;
	const struct mp_process **toucher = calloc(model->word_count + 1, sizeof(*toucher));

	if (toucher == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < model->act_count; i++) {
		const struct mp_act *act = model->acts[i];

		if (act->word == NULL || act->who == NULL)
			continue;
		if (toucher[act->word->id] == NULL)
			toucher[act->word->id] = act->who;
		else if (toucher[act->word->id] != act->who)
			f->shared[act->word->id] = 1;
	}
	free(toucher);
	return 0;
}

static void note_race(struct following *f, const struct mp_act *act)
{
	if (act->kind == MP_ACT_WAIT && act->raced && act->word != NULL && act->who != NULL &&
	    f->shared[act->word->id] != 0 && f->race[act->who->id] == MP_NEVER)
		f->race[act->who->id] = act->at;
}

/* Who sleeps on words, and when. */
static int find_sleepers(struct following *f)
{
	const struct mp_model *model = f->model;
	size_t count = 0;

	for (size_t i = 0; i < model->act_count; i++) {
		count += is_sleep_of_member(f, model->acts[i]);
		note_race(f, model->acts[i]);
	}
	f->sleepers = malloc((count + 1) * sizeof(*f->sleepers));
	if (f->sleepers == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < model->act_count; i++)
		if (is_sleep_of_member(f, model->acts[i]))
			f->sleepers[f->sleeper_count++] = (struct sleeper){.order = i};
	if (count > 1)
		qsort_r(f->sleepers, count, sizeof(*f->sleepers), compare_begins, f);
	for (size_t i = 0; i < count; i++)
		f->sleeper_of[f->sleepers[i].order] = (uint32_t)i;
	return 0;
}

static int make_room(struct following *f)
{
	const struct mp_model *model = f->model;
	size_t processes = model->process_count + 1;

	f->member_of = malloc(processes * sizeof(*f->member_of));
	f->known = calloc(processes, sizeof(struct mp_known *));
	f->race = malloc(processes * sizeof(*f->race));
	f->asked = malloc(processes * sizeof(*f->asked));
	f->sleeper_of = malloc((model->act_count + 1) * sizeof(*f->sleeper_of));
	f->sleeping = malloc((model->word_count + 1) * sizeof(*f->sleeping));
	f->shared = calloc(model->word_count + 1, 1);
	f->pipelines = calloc(model->stream_count + 1, sizeof(*f->pipelines));
	if (f->member_of == NULL || f->known == NULL || f->race == NULL || f->asked == NULL ||
	    f->sleeper_of == NULL || f->sleeping == NULL || f->shared == NULL ||
	    f->pipelines == NULL)
		return -ENOMEM;
	return mp_knowledge_init(&f->all, f->count);
}

static int prepare(struct following *f, const struct mp_probe *probes, size_t probe_count)
{
	const struct mp_model *model = f->model;
	int err = make_room(f);

	if (err != 0)
		return err;
	for (size_t i = 0; i < model->process_count; i++) {
		f->member_of[i] = NOBODY;
		f->race[i] = f->asked[i] = MP_NEVER;
	}
	for (size_t i = 0; i < f->count; i++)
		f->member_of[f->members[i]->id] = (uint32_t)i;
	for (size_t i = 0; i < model->act_count; i++)
		f->sleeper_of[i] = NOBODY;
	for (size_t i = 0; i < model->word_count; i++)
		f->sleeping[i] = NOWHERE;
	for (size_t i = 0; i < probe_count; i++)
		if (probes[i].who != NULL && probes[i].at < f->asked[probes[i].who->id])
			f->asked[probes[i].who->id] = probes[i].at;
	err = find_shared(f);
	return err != 0 ? err : find_sleepers(f);
}

static void clean_up(struct following *f)
{
	for (size_t i = 0; f->pipelines != NULL && i < f->model->stream_count; i++)
		while (f->pipelines[i].first != NULL)
			drop_first(f, &f->pipelines[i]);
	for (size_t i = 0; f->known != NULL && i < f->model->process_count; i++)
		mp_known_drop(&f->all, f->known[i]);
	mp_knowledge_free(&f->all);
	free(f->member_of);
	free(f->known);
	free(f->race);
	free(f->asked);
	free(f->sleepers);
	free(f->sleeper_of);
	free(f->sleeping);
	free(f->shared);
	free(f->pipelines);
}

static int compare_probes(const void *left, const void *right)
{
	const struct mp_probe *a = left, *b = right;

	if (a->at != b->at)
		return a->at < b->at ? -1 : 1;
	return (a->order > b->order) - (a->order < b->order);
}

/* A group of one has met as soon as its member is there; others that never did may have raced. */
static void finish(struct following *f)
{
	struct mp_probe all = {0};

	if (f->count == 1)
		*f->meeting = (struct mp_meeting){.met = true, .at = f->members[0]->born};
	if (f->meeting->met)
		return;
	answer(f, &all);
	f->meeting->raced = all.raced;
}

int mp_meet_follow(struct mp_trial *trial, struct mp_process *const *members, size_t count,
		   struct mp_probe *probes, size_t probe_count, struct mp_meeting *out)
{
	struct following f = {
		.trial = trial,
		.model = trial->judging->model,
		.members = members,
		.count = count,
		.meeting = out,
	};
	int err;

	*out = (struct mp_meeting){.met = count == 0, .at = trial->judging->began};
	for (size_t i = 0; count == 0 && i < probe_count; i++)
		probes[i].met = true;
	if (count == 0)
		return 0;
	if (f.model->act_count >= NOBODY || count >= NOBODY)
		return MP_TOO_MUCH_WORK;
	if (probe_count > 1)
		qsort(probes, probe_count, sizeof(*probes), compare_probes);
	err = prepare(&f, probes, probe_count);
	if (err == 0)
		err = walk(&f, probes, probe_count);
	if (err == 0)
		finish(&f);
	clean_up(&f);
	return err;
}
