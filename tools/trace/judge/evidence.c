/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a verdict rests on, and what of that is missing: lost events, calls that are not decoded,
 * descriptors whose way was lost. The table of verbs says which of these matter to whom.
 */
#include <inttypes.h>
#include <string.h>

#include "inside.h"

/* As they stand in "12 … were lost". */
static const char *const kind_names[MP_KINDS][2] = {
	[MP_FORK] = {"fork event", "fork events"},
	[MP_EXEC] = {"exec event", "exec events"},
	[MP_EXIT] = {"exit event", "exit events"},
	[MP_RENAME] = {"rename event", "rename events"},
	[MP_SIGNAL] = {"signal event", "signal events"},
	[MP_DELIVER] = {"signal delivery event", "signal delivery events"},
	[MP_IO] = {"read and write event", "read and write events"},
	[MP_TEXT] = {"printed text event", "printed text events"},
	[MP_FD] = {"descriptor event", "descriptor events"},
	[MP_FUTEX] = {"futex event", "futex events"},
	[MP_WAIT] = {"wait event", "wait events"},
	[MP_SLEEP] = {"sleep event", "sleep events"},
	[MP_CALL] = {"system call event", "system call events"},
	[MP_WAKE] = {"wake event", "wake events"},
	[MP_BLIND] = {"event", "events"},
	[MP_OPEN] = {"event of an opened file", "events of opened files"},
	[MP_MAP] = {"event of mapped memory", "events of mapped memory"},
};

static const char *const blind_names[MP_BLIND_CAUSES] = {
	[MP_BLIND_ASYNC] = "used io_uring or AIO, whose input and output are not seen",
	[MP_BLIND_32BIT] = "made system calls of another ABI, which are not decoded",
	[MP_BLIND_FUTEX_WAITV] = "waited for several futex words at once, which is not decoded",
	[MP_BLIND_TERMINAL] = "may have waited at a terminal, and who wrote there is not seen",
};

static const char *const stuck_names[MP_STUCKS] = {
	[MP_TOO_MUCH_WORK] = "it takes more work to decide than a contract may ask for",
	[MP_OVERFLOW] = "a number in it does not fit into 64 bits",
	[MP_TOO_DEEP] = "an expression in it is too deep",
};

uint32_t mp_lost_kinds(const struct mp_judging *judging)
{
	uint32_t lost = 0;

	for (unsigned kind = 1; kind < MP_KINDS; kind++)
		if (judging->model->lost[kind] != 0)
			lost |= MP_BIT(kind);
	return lost;
}

bool mp_doubt_any(const struct mp_doubt *doubt)
{
	return doubt->kinds != 0 || doubt->blind != 0 || doubt->descriptors || doubt->cut ||
	       doubt->mixed || doubt->polled || doubt->unseen != NULL || doubt->stuck != 0 ||
	       doubt->raced != NULL;
}

struct mp_doubt mp_doubt_both(struct mp_doubt a, struct mp_doubt b)
{
	a.kinds |= b.kinds;
	a.blind |= b.blind;
	if (a.blind_who == NULL)
		a.blind_who = b.blind_who;
	a.descriptors |= b.descriptors;
	a.cut |= b.cut;
	a.spliced |= b.spliced;
	a.mixed |= b.mixed;
	a.polled |= b.polled;
	if (a.unseen == NULL)
		a.unseen = b.unseen;
	if (a.stuck == 0)
		a.stuck = b.stuck;
	if (a.raced == NULL)
		a.raced = b.raced;
	return a;
}

static void blind_of(struct mp_doubt *doubt, const struct mp_process *process, uint32_t matters)
{
	uint32_t blind = (uint32_t)process->blind & matters;

	if (blind != 0 && doubt->blind == 0)
		doubt->blind_who = process;
	doubt->blind |= blind;
}

struct mp_doubt mp_doubt_row(const struct mp_judging *judging, const struct mp_verb_row *row,
			     const struct mp_party *party)
{
	const struct mp_model *model = judging->model;
	struct mp_doubt doubt = {0};

	doubt.kinds = row->kinds & mp_lost_kinds(judging);
	doubt.descriptors = (row->kinds & MP_BIT(MP_FD)) != 0 && model->fd_unsure;
	if ((model->blind & row->blind) == 0)
		return doubt;
	for (size_t i = 0; party != NULL && i < party->count; i++)
		blind_of(&doubt, party->members[i], row->blind);
	/* Anybody may have carried the news of an arrival, have written, have been woken, or have
	 * been left over. */
	if (party == NULL || row->verb == MP_VERB_MEET || row->verb == MP_VERB_READS_FROM ||
	    row->verb == MP_VERB_WAKES)
		for (size_t i = 0; i < model->process_count; i++)
			blind_of(&doubt, model->processes[i], row->blind);
	return doubt;
}

/* Text is missing of which nobody knows how many lines it was. */
static void hides(struct mp_doubt *doubt, const struct mp_verb_row *row, const struct mp_side *side)
{
	unsigned which = ((row->acts & MP_BIT(MP_ACT_PRINT)) != 0 ? 1 : 0) |
			 ((row->acts & MP_BIT(MP_ACT_COMPLAIN)) != 0 ? 2 : 0);

	for (size_t i = 0; which != 0 && i < side->who.count; i++) {
		const struct mp_process *process = side->who.members[i];

		doubt->spliced |= (process->spliced & which) != 0;
		doubt->cut |= ((process->hides | process->spliced) & which) != 0;
	}
}

struct mp_doubt mp_doubt_side(const struct mp_judging *judging, const struct mp_side *side)
{
	const struct mp_verb_row *row = mp_verb_row(side->phrase->verb);
	struct mp_doubt doubt = mp_doubt_row(judging, row, &side->who);

	doubt.raced = side->raced;
	hides(&doubt, row, side);
	for (size_t i = 0; row->verb == MP_VERB_READS_FROM && i < side->who.count; i++)
		if (side->who.members[i]->reads_unseen)
			doubt.unseen = side->who.members[i];
	return doubt;
}

static struct mp_doubt doubt_name(const struct mp_judging *judging, const struct mp_decl *decl)
{
	const struct mp_selection *selection = mp_selection_of(judging, decl);
	struct mp_doubt doubt = {0};

	if (selection == NULL)
		return doubt;
	doubt.kinds = selection->kinds & mp_lost_kinds(judging);
	doubt.blind = selection->blind;
	doubt.cut = selection->cut;
	doubt.spliced = selection->spliced;
	doubt.unseen = selection->unseen;
	doubt.descriptors = (selection->kinds & MP_BIT(MP_FD)) != 0 && judging->model->fd_unsure;
	return doubt;
}

struct mp_doubt mp_doubt_names(const struct mp_judging *judging, const struct mp_clause *clause)
{
	const struct mp_decl *names[MP_CLAUSE_NAMES];
	size_t count = mp_clause_names(clause, names);
	struct mp_doubt doubt = {0};

	for (size_t i = 0; i < count; i++)
		doubt = mp_doubt_both(doubt, doubt_name(judging, names[i]));
	return doubt;
}

static void say_lost_number(FILE *out, unsigned kind, uint64_t count, const char *why)
{
	fprintf(out, "%" PRIu64 " %s %s lost (%s)", count, kind_names[kind][count != 1],
		count == 1 ? "was" : "were", why);
}

/* The record knows why they are lost; a model by itself only how many. */
static void say_lost(FILE *out, const struct mp_model *model, unsigned kind)
{
	const struct mp_losses *losses = model->record != NULL ? &model->record->losses : NULL;

	if (losses != NULL && losses->lost[kind] != 0)
		say_lost_number(out, kind, losses->lost[kind], "no room for more");
	else if (losses != NULL && losses->missed[kind] != 0)
		say_lost_number(out, kind, losses->missed[kind], "the kernel skipped the tracer");
	else if (losses != NULL && kind == MP_FORK && losses->unmarked != 0)
		fprintf(out, "%" PRIu64 " children could not be followed (no memory)",
			losses->unmarked);
	else
		say_lost_number(out, kind, model->lost[kind], "incomplete");
}

static void say_lost_kinds(FILE *out, const struct mp_judging *judging,
			   const struct mp_doubt *doubt, const char **between)
{
	for (unsigned kind = 1; kind < MP_KINDS; kind++) {
		if ((doubt->kinds & MP_BIT(kind)) == 0)
			continue;
		fputs(*between, out);
		say_lost(out, judging->model, kind);
		*between = "; ";
	}
}

static void say_blindness(FILE *out, const struct mp_judging *judging, const struct mp_doubt *doubt,
			  const char **between)
{
	for (unsigned cause = 1; cause < MP_BLIND_CAUSES; cause++) {
		if ((doubt->blind & MP_BIT(cause)) == 0)
			continue;
		fputs(*between, out);
		if (doubt->blind_who != NULL)
			mp_say_process(out, judging, doubt->blind_who);
		else
			fputs("a process", out);
		fprintf(out, " %s", blind_names[cause]);
		*between = "; ";
	}
}

void mp_say_doubt(FILE *out, const struct mp_judging *judging, const struct mp_doubt *doubt)
{
	const char *between = "";

	if (doubt->stuck != 0) {
		fputs(stuck_names[doubt->stuck], out);
		between = "; ";
	}
	say_lost_kinds(out, judging, doubt, &between);
	say_blindness(out, judging, doubt, &between);
	if (doubt->descriptors) {
		fprintf(out, "%snot all descriptors could be followed: who holds what is not sure",
			between);
		between = "; ";
	}
	if (doubt->cut) {
		fprintf(out, "%sthe text that decides was %s", between,
			doubt->spliced ? "moved inside the kernel, and was not seen"
				       : "longer than what is kept of it");
		between = "; ";
	}
	if (doubt->mixed) {
		fprintf(out, "%sit is not sure who wrote the bytes that were read", between);
		between = "; ";
	}
	if (doubt->polled) {
		fprintf(out,
			"%sit had ended when it was first looked for, by a call that does not wait",
			between);
		between = "; ";
	}
	if (doubt->unseen != NULL) {
		fputs(between, out);
		mp_say_process(out, judging, doubt->unseen);
		fprintf(out, " %s a socket whose other end is not known",
			doubt->unseen->reads_unseen ? "read from" : "wrote into");
		between = "; ";
	}
	if (doubt->raced == NULL)
		return;
	fputs(between, out);
	mp_say_process(out, judging, doubt->raced);
	fputs(" came just too late to wait: the futex word had changed already (EAGAIN)", out);
}
