/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * States of processes over time: together, one at a time, at most so many, for at least so long,
 * longer than another, printing in turn, nothing left.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "inside.h"

/* A process (or a line of one) from one moment to another. */
struct span {
	uint64_t from, to; /* MP_NEVER: it did not end */
	const struct mp_process *process;
	const struct mp_act *act;
	bool loose; /* nobody let it end before the next was forked: that was a race */
	bool held;  /* unless who forked the next waited for it by way of another */
};

struct stating {
	struct mp_trial *trial;
	struct mp_judging *judging;
	const struct mp_clause *clause;
	struct mp_party group, other;
	struct mp_doubt doubt;
	int64_t most;	/* at once */
	uint64_t least; /* lives at least */
};

/* --- how a state's verdict comes to be ------------------------------------------------------- */

static void say_expected(struct stating *s)
{
	FILE *out = s->trial->expected;
	const struct mp_verb_row *row = mp_state_row(s->clause->state);

	if (s->clause->state == MP_STATE_AT_ONCE)
		fprintf(out, "at most %" PRId64 " of %s at once", s->most,
			s->group.who->decl->name);
	else if (s->clause->state == MP_STATE_NOTHING_LEFT)
		fputs("nothing is left when the command has ended", out);
	if (row->plural == NULL || s->group.who == NULL) {
		mp_say_counters(out, s->trial);
		return;
	}
	mp_say_party(out, s->judging, &s->group);
	fprintf(out, " %s",
		s->group.who->decl->kind == MP_DECL_PROCESS ? row->singular : row->plural);
	if (s->clause->least.number != NULL) {
		fputc(' ', out);
		mp_say_duration(out, s->least);
	}
	if (s->other.who != NULL) {
		fputc(' ', out);
		mp_say_party(out, s->judging, &s->other);
	}
	mp_say_counters(out, s->trial);
}

/* Broken as far as was seen; with something missing, inconclusive. */
static int break_state(struct stating *s, bool *mine)
{
	int err;

	*mine = true;
	if (mp_doubt_any(&s->doubt))
		err = mp_trial_inconclusive(s->trial, &s->doubt, mine);
	else
		err = mp_trial_broken(s->trial);
	if (err == 0 && *mine)
		say_expected(s);
	return err;
}

/* It holds, unless something is missing. */
static int hold_state(struct stating *s)
{
	bool mine;
	int err;

	if (!mp_doubt_any(&s->doubt) || s->trial->verdict->outcome != MP_HOLDS)
		return 0;
	err = mp_trial_inconclusive(s->trial, &s->doubt, &mine);
	if (err != 0 || !mine)
		return err;
	say_expected(s);
	fputs("nothing against it, as far as it was seen", s->trial->seen);
	return 0;
}

/* The act of one kind by (or, with `whom`, done to) a process, for the list of what decides. */
static const struct mp_act *act_of(const struct stating *s, const struct mp_process *process,
				   enum mp_act_kind kind, bool whom)
{
	size_t count;
	const size_t *acts = mp_index_acts(whom ? &s->judging->by_whom : &s->judging->by_who,
					   process, kind, &count);

	return count > 0 ? s->judging->model->acts[acts[0]] : NULL;
}

static void decide_by_end(struct stating *s, const struct mp_process *process)
{
	mp_trial_act(s->trial, act_of(s, process, MP_ACT_EXIT, false));
	mp_trial_act(s->trial, act_of(s, process, MP_ACT_DIE, false));
}

static void say_at(struct stating *s, const struct mp_process *process, const char *what,
		   uint64_t at)
{
	mp_say_process(s->trial->seen, s->judging, process);
	fprintf(s->trial->seen, " %s at ", what);
	mp_say_time(s->trial->seen, s->judging, at);
}

/* --- together, and one at a time ------------------------------------------------------------- */

static int compare_spans(const void *left, const void *right)
{
	const struct span *a = left, *b = right;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	return (a->to > b->to) - (a->to < b->to);
}

/* Of each that was gone before another was forked: was it let end before the first of these? */
static int find_loose(struct stating *s, struct span *spans, size_t count)
{
	int err = 0;

	for (size_t i = 0; err == 0 && i < count; i++) {
		size_t from = i + 1, to = count;
		enum mp_truth let = MP_YES;

		while (from < to) {
			size_t middle = from + (to - from) / 2;

			if (spans[middle].from < spans[i].to)
				from = middle + 1;
			else
				to = middle;
		}
		if (from < count)
			err = mp_let_end(s->trial, spans[i].process, spans[from].process, &let);
		spans[i].loose = let != MP_YES;
		spans[i].held = let == MP_MAYBE;
	}
	return err;
}

/* From fork until reaped, or until the end when nobody reaps it; sorted by fork. When waits were
 * lost only the time until its end is certain. */
static int lifetimes(struct stating *s, bool certain, struct span **out)
{
	struct span *spans = malloc(s->group.count * sizeof(*spans));

	if (spans == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < s->group.count; i++) {
		const struct mp_process *process = s->group.members[i];
		bool ended = process->ended != MP_NEVER && !process->killed_by_us;
		uint64_t to = !ended					? MP_NEVER
			      : process->reaped != MP_NEVER && !certain ? process->reaped
									: process->ended;

		spans[i] = (struct span){.from = process->born, .to = to, .process = process};
	}
	qsort(spans, s->group.count, sizeof(*spans), compare_spans);
	*out = spans;
	return find_loose(s, spans, s->group.count);
}

static int say_gone(struct stating *s, const struct span *early, const struct span *late)
{
	bool mine;
	int err = break_state(s, &mine);

	if (err != 0 || !mine)
		return err;
	say_at(s, early->process,
	       early->process->reaped != early->to ? "ended"
	       : early->process->reaped_by_poll	   ? "was reaped"
						   : "was waited for and reaped",
	       early->to);
	fputs(", before ", s->trial->seen);
	say_at(s, late->process, "was forked", late->from);
	decide_by_end(s, early->process);
	mp_trial_act(s->trial, act_of(s, early->process, MP_ACT_REAP, true));
	mp_trial_act(s->trial, act_of(s, late->process, MP_ACT_FORK, true));
	return 0;
}

/* Quicker than the next fork: but somebody looked for it again and again meanwhile. */
static bool was_watched(const struct stating *s, const struct span *span)
{
	const struct mp_act *reap = act_of(s, span->process, MP_ACT_REAP, true);

	return span->loose && reap != NULL && reap->watched;
}

/* It holds, unless one that was quicker may have been waited for after all. */
static int open_quick(struct stating *s, const struct span *spans, const struct span *late)
{
	for (; spans < late && !mp_doubt_any(&s->doubt); spans++) {
		if (spans->to > late->from)
			continue;
		if (was_watched(s, spans))
			return mp_trial_open(s->trial,
					     "it was looked for one again and again until it had "
					     "ended, before another was forked: that may be a way "
					     "to wait");
		if (spans->held)
			return mp_trial_open(s->trial,
					     "one ended while who forked another was held up by a "
					     "third: that may be a way to wait");
	}
	return hold_state(s);
}

/* That nobody let them end is known only if all waits and sleeps are, of whoever may have. */
static void doubt_rests(struct stating *s, const struct span *spans, const struct span *late)
{
	while (spans < late && !(spans->loose && spans->to <= late->from))
		spans++;
	if (spans == late)
		return;
	s->doubt =
		mp_doubt_both(s->doubt, mp_doubt_row(s->judging, mp_verb_row(MP_VERB_WAITS), NULL));
	s->doubt = mp_doubt_both(s->doubt,
				 mp_doubt_row(s->judging, mp_verb_row(MP_VERB_SLEEPS), NULL));
}

/* Who was merely quicker than the next fork was there together with the next. */
static int check_same_time(struct stating *s)
{
	const struct span *early = NULL, *late;
	struct span *spans = NULL;
	int err = lifetimes(s, false, &spans);

	if (err == 0) {
		late = &spans[s->group.count - 1];
		for (const struct span *span = spans; span < late; span++)
			if (!span->loose && span->to <= late->from &&
			    (early == NULL || span->to < early->to))
				early = span;
		if (early == NULL)
			doubt_rests(s, spans, late);
		err = early == NULL ? open_quick(s, spans, late) : say_gone(s, early, late);
	}
	free(spans);
	return err;
}

static int compare_times(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* The first span with which there are more than `most` at once, or with `perhaps` may have been;
 * *count how many then. */
static int find_crowd(const struct span *spans, size_t total, int64_t most, bool perhaps,
		      const struct span **crowd, int64_t *count)
{
	uint64_t *ends = malloc(total * sizeof(*ends));
	size_t gone = 0;

	*crowd = NULL;
	if (ends == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < total; i++)
		ends[i] = perhaps && spans[i].loose ? MP_NEVER : spans[i].to;
	qsort(ends, total, sizeof(*ends), compare_times);
	for (size_t i = 0; i < total; i++) {
		while (gone < total && ends[gone] <= spans[i].from)
			gone++;
		*count = (int64_t)(i + 1) - (int64_t)gone;
		if (*count > most) {
			*crowd = &spans[i];
			break;
		}
	}
	free(ends);
	return 0;
}

static void say_crowd(struct stating *s, const struct span *spans, const struct span *crowd,
		      int64_t count)
{
	size_t named = 0;

	say_at(s, crowd->process, "was forked", crowd->from);
	fputs(count == 2 ? ", while " : ", while there were still ", s->trial->seen);
	mp_trial_act(s->trial, act_of(s, crowd->process, MP_ACT_FORK, true));
	for (const struct span *other = spans; other < crowd; other++) {
		if (other->to <= crowd->from)
			continue;
		if (named > 0)
			fputs(named + 2 == (size_t)count ? " and " : ", ", s->trial->seen);
		if (named == 3 && count > 5) {
			fprintf(s->trial->seen, "%" PRId64 " more", count - 4);
			return;
		}
		mp_say_process(s->trial->seen, s->judging, other->process);
		mp_trial_act(s->trial, act_of(s, other->process, MP_ACT_FORK, true));
		named++;
	}
	if (count == 2)
		fputs(" was still there", s->trial->seen);
}

/* There were not too many; but somebody was gone only because he was quick. */
static int hold_crowd(struct stating *s, const struct span *spans)
{
	const struct span *crowd, *early = spans;
	int64_t count;
	char *cause = NULL;
	size_t size;
	FILE *out;
	int err = find_crowd(spans, s->group.count, s->most, true, &crowd, &count);

	if (err != 0 || crowd == NULL || mp_doubt_any(&s->doubt))
		return err != 0 ? err : hold_state(s);
	while (!early->loose || early->to > crowd->from)
		early++;
	out = open_memstream(&cause, &size);
	if (out == NULL)
		return -ENOMEM;
	mp_say_process(out, s->judging, early->process);
	fputs(" had ended before ", out);
	mp_say_process(out, s->judging, crowd->process);
	fputs(" was forked, but nobody had waited for that: another time they may meet", out);
	err = fclose(out) == 0 ? mp_trial_open(s->trial, cause) : -ENOMEM;
	free(cause);
	return err;
}

/* At most s->most at once. */
static int check_crowd(struct stating *s)
{
	bool certain = s->doubt.kinds == MP_BIT(MP_WAIT) && s->doubt.blind == 0;
	struct mp_doubt doubt = s->doubt;
	const struct span *crowd;
	struct span *spans = NULL;
	bool mine = true;
	int64_t count;
	int err = lifetimes(s, certain, &spans);

	if (err == 0)
		err = find_crowd(spans, s->group.count, s->most, false, &crowd, &count);
	if (err == 0 && crowd == NULL)
		err = hold_crowd(s, spans);
	if (err == 0 && crowd != NULL) {
		/* They lived together: no wait that was lost can change that. */
		if (certain)
			s->doubt = (struct mp_doubt){0};
		err = break_state(s, &mine);
		s->doubt = doubt;
		if (err == 0 && mine)
			say_crowd(s, spans, crowd, count);
	}
	free(spans);
	return err;
}

static int check_one_at_a_time(struct stating *s)
{
	s->most = 1;
	return check_crowd(s);
}

static int check_at_once(struct stating *s)
{
	int err = mp_value(&s->trial->scope, s->clause->number, &s->most);

	return err != 0 ? err : check_crowd(s);
}

/* --- lives, outlives -------------------------------------------------------------------------- */

static bool was_stopped(const struct mp_process *process)
{
	return process->killed_by_us || process->ended == MP_NEVER;
}

static uint64_t end_of(const struct stating *s, const struct mp_process *process)
{
	const struct mp_record *record = s->judging->model->record;

	if (process->ended != MP_NEVER)
		return process->ended;
	return record != NULL && record->ended >= process->born ? record->ended : process->born;
}

static int inconclusive_stop(struct stating *s, const struct mp_process *process)
{
	bool mine;
	int err = mp_trial_inconclusive(s->trial, &s->doubt, &mine);
	FILE *out;
	size_t size;

	if (err != 0 || !mine)
		return err;
	say_expected(s);
	mp_say_process(s->trial->seen, s->judging, process);
	fprintf(s->trial->seen, " %s", mp_no_end(s->judging));
	if (mp_doubt_any(&s->doubt))
		return 0;
	free(s->trial->verdict->cause);
	s->trial->verdict->cause = NULL;
	out = open_memstream(&s->trial->verdict->cause, &size);
	if (out == NULL)
		return -ENOMEM;
	fputs("the run was stopped before ", out);
	mp_say_process(out, s->judging, process);
	fputs(" ended", out);
	return fclose(out) == 0 ? 0 : -ENOMEM;
}

static int check_life(struct stating *s, const struct mp_process *process)
{
	uint64_t life = end_of(s, process) - process->born;
	bool mine;
	int err;

	if (life >= s->least)
		return 0;
	if (was_stopped(process))
		return inconclusive_stop(s, process);
	err = break_state(s, &mine);
	if (err != 0 || !mine)
		return err;
	mp_say_process(s->trial->seen, s->judging, process);
	fputs(" lived ", s->trial->seen);
	mp_say_duration(s->trial->seen, life);
	fputs(": ", s->trial->seen);
	mp_say_end(s->trial->seen, s->judging, process);
	decide_by_end(s, process);
	return 0;
}

static int check_lives(struct stating *s)
{
	int err = mp_time_value(&s->trial->scope, &s->clause->least, &s->least);

	for (size_t i = 0; err == 0 && i < s->group.count; i++)
		if (s->trial->verdict->outcome != MP_BROKEN)
			err = check_life(s, s->group.members[i]);
	return err != 0 ? err : hold_state(s);
}

/* Who ended first of the one party must end after who ended last of the other. */
static int check_outlives(struct stating *s)
{
	const struct mp_process *first = s->group.members[0], *last = s->other.members[0];
	bool mine;
	int err;

	for (size_t i = 1; i < s->group.count; i++)
		if (!was_stopped(s->group.members[i]) &&
		    (was_stopped(first) || s->group.members[i]->ended < first->ended))
			first = s->group.members[i];
	for (size_t i = 1; i < s->other.count; i++)
		if (!was_stopped(last) &&
		    (was_stopped(s->other.members[i]) || s->other.members[i]->ended > last->ended))
			last = s->other.members[i];
	if (was_stopped(first) && was_stopped(last))
		return inconclusive_stop(s, last);
	if (was_stopped(first) || (!was_stopped(last) && first->ended > last->ended))
		return hold_state(s);
	err = break_state(s, &mine);
	if (err != 0 || !mine)
		return err;
	say_at(s, first, "ended", first->ended);
	fputs(", and ", s->trial->seen);
	if (was_stopped(last)) {
		mp_say_process(s->trial->seen, s->judging, last);
		fprintf(s->trial->seen, " %s", mp_no_end(s->judging));
	} else {
		say_at(s, last, "ended", last->ended);
	}
	decide_by_end(s, first);
	decide_by_end(s, last);
	return 0;
}

/* --- printing in turn ------------------------------------------------------------------------ */

static int add_lines(struct stating *s, const struct mp_process *process, struct span *spans,
		     size_t *count)
{
	size_t lines;
	const size_t *acts = mp_index_acts(&s->judging->by_who, process, MP_ACT_PRINT, &lines);

	for (size_t i = 0; spans != NULL && i < lines; i++) {
		const struct mp_act *act = s->judging->model->acts[acts[i]];

		spans[*count + i] = (struct span){
			.from = act->begin, .to = act->at, .process = process, .act = act};
	}
	*count += lines;
	return 0;
}

static int say_overlap(struct stating *s, const struct span *a, const struct span *b)
{
	bool mine;
	int err = break_state(s, &mine);

	if (err != 0 || !mine)
		return err;
	mp_say_process(s->trial->seen, s->judging, b->process);
	fputs(" began to print ", s->trial->seen);
	mp_say_quoted(s->trial->seen, (struct mp_slice){b->act->text, b->act->length});
	fputs(" at ", s->trial->seen);
	mp_say_time(s->trial->seen, s->judging, b->from);
	fputs(", while ", s->trial->seen);
	mp_say_process(s->trial->seen, s->judging, a->process);
	fputs(" was printing ", s->trial->seen);
	mp_say_quoted(s->trial->seen, (struct mp_slice){a->act->text, a->act->length});
	fputs(" until ", s->trial->seen);
	mp_say_time(s->trial->seen, s->judging, a->to);
	mp_trial_act(s->trial, a->act);
	mp_trial_act(s->trial, b->act);
	return 0;
}

/* No line of one member begins while a line of another is being written. Until that happens the
 * lines of different members follow each other, so the one that lasts longest is all there is to
 * remember. */
static int find_overlap(struct stating *s, const struct span *spans, size_t count)
{
	const struct span *longest = NULL;

	for (size_t i = 0; i < count; i++) {
		const struct span *this = &spans[i];

		if (longest != NULL && longest->process != this->process &&
		    longest->to > this->from)
			return say_overlap(s, longest, this);
		if (longest == NULL || this->to >= longest->to)
			longest = this;
	}
	return hold_state(s);
}

static int check_print_in_turn(struct stating *s)
{
	struct span *spans;
	size_t total = 0, count = 0;
	int err;

	for (size_t i = 0; i < s->group.count; i++)
		add_lines(s, s->group.members[i], NULL, &total);
	spans = malloc((total + 1) * sizeof(*spans));
	if (spans == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < s->group.count; i++)
		add_lines(s, s->group.members[i], spans, &count);
	qsort(spans, count, sizeof(*spans), compare_spans);
	err = find_overlap(s, spans, count);
	free(spans);
	return err;
}

/* --- nothing is left ------------------------------------------------------------------------- */

/* Its parent has to reap it and has not: somebody else will only when that parent has ended. */
static bool is_zombie(const struct mp_process *process, uint64_t when)
{
	if (process->autoreaped || process->reaped <= when)
		return false;
	return process->parent == NULL || process->parent->ended >= when;
}

static int say_left(struct stating *s, const struct mp_process *process, bool zombie)
{
	const struct mp_process *command = s->judging->model->processes[0];
	bool mine;
	int err = break_state(s, &mine);

	if (err != 0 || !mine)
		return err;
	mp_say_process(s->trial->seen, s->judging, process);
	if (zombie) {
		fputs(" ended at ", s->trial->seen);
		mp_say_time(s->trial->seen, s->judging, process->ended);
		fputs(" and was not reaped", s->trial->seen);
	} else {
		fputs(" was still running", s->trial->seen);
	}
	if (was_stopped(command)) {
		fputs(" when the run was stopped", s->trial->seen);
	} else {
		fputs(zombie ? " before " : " when ", s->trial->seen);
		say_at(s, command, "ended", command->ended);
	}
	decide_by_end(s, process);
	decide_by_end(s, command);
	return 0;
}

static int check_nothing_left(struct stating *s)
{
	const struct mp_model *model = s->judging->model;
	const struct mp_process *command = model->processes[0];
	uint64_t when = was_stopped(command) ? s->judging->until : command->ended;

	for (size_t i = 1; i < model->process_count; i++) {
		const struct mp_process *process = model->processes[i];

		if (was_stopped(process) || process->ended > when)
			return say_left(s, process, false);
		if (is_zombie(process, when))
			return say_left(s, process, true);
	}
	return was_stopped(command) ? say_left(s, command, false) : hold_state(s);
}

/* ------------------------------------------------------------------------------------------------
 */

static int (*const checks[])(struct stating *s) = {
	[MP_STATE_SAME_TIME] = check_same_time,
	[MP_STATE_ONE_AT_A_TIME] = check_one_at_a_time,
	[MP_STATE_AT_ONCE] = check_at_once,
	[MP_STATE_LIVES] = check_lives,
	[MP_STATE_OUTLIVES] = check_outlives,
	[MP_STATE_PRINT_IN_TURN] = check_print_in_turn,
	[MP_STATE_NOTHING_LEFT] = check_nothing_left,
};

static void fill(const struct stating *s, struct mp_party *party, const struct mp_who *who)
{
	const struct mp_selection *selection =
		who != NULL ? mp_selection_of(s->judging, who->decl) : NULL;

	if (selection != NULL)
		*party = (struct mp_party){who, selection->members, selection->count};
}

int mp_check_state(struct mp_trial *trial)
{
	struct stating s = {
		.trial = trial,
		.judging = trial->judging,
		.clause = trial->clause,
	};
	const struct mp_verb_row *row = mp_state_row(trial->clause->state);

	fill(&s, &s.group, trial->clause->group);
	fill(&s, &s.other, trial->clause->other);
	if (!mp_spend(trial, (s.group.count + 1) * 64))
		return MP_TOO_MUCH_WORK;
	s.doubt = mp_doubt_row(trial->judging, row, s.group.who != NULL ? &s.group : NULL);
	/* Of nobody everything is true. */
	if ((s.group.who != NULL && s.group.count == 0) ||
	    (s.other.who != NULL && s.other.count == 0))
		return hold_state(&s);
	return checks[trial->clause->state](&s);
}
