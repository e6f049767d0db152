/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A reader whose wake no call explains. Of several that wait for one pipe the kernel wakes one, who
 * wakes the next; and a reader of a socket that was woken for nothing may find the data before it
 * sleeps again, so that who wrote them wakes nobody. The reader waited for the writer all the same:
 * for who wrote the first byte that it got, if he did since the wait began.
 */
#include "writer.h"

#include "wake.h"

static bool is_unexplained(const struct mp_act *act)
{
	return act->kind == MP_ACT_WAIT && act->wait == MP_ON_STREAM && !act->writing &&
	       !act->unfinished && act->whom == NULL && !act->stream->gaps;
}

static size_t first_from(const struct mr_marks *marks, size_t arrival)
{
	size_t low = 0, high = marks->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (marks->marks[middle].arrival < arrival)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static size_t first_beyond(const struct mr_marks *marks, uint64_t number)
{
	size_t low = 0, high = marks->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (marks->marks[middle].number <= number)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static void find_writer(struct mr_build *build, struct mr_act *wait)
{
	const struct mr_stream *stream = (const struct mr_stream *)wait->act.stream;
	const struct mr_mark *reads = stream->reads.marks, *writes = stream->writes.marks;
	size_t read = first_from(&stream->reads, wait->arrival), write;
	const struct mp_event *event;

	if (read == stream->reads.count || reads[read].arrival != wait->arrival)
		return;
	write = first_beyond(&stream->writes, read > 0 ? reads[read - 1].number : 0);
	if (write == stream->writes.count)
		return;
	event = mp_record_event(build->record, writes[write].arrival);
	if (event->end > wait->act.begin && event->tid != wait->act.tid)
		mr_wake_early(build, writes[write].arrival, wait);
}

/* What is written at one end of a terminal the kernel hands on later, by itself. */
static bool may_be_at_terminal(const struct mp_act *act)
{
	return act->kind == MP_ACT_WAIT && act->whom == NULL &&
	       (act->wait == MP_ON_OTHER || act->wait == MP_ON_READINESS);
}

static void doubt_terminal(struct mr_build *build, const struct mp_act *act)
{
	act->who->blind |= UINT64_C(1) << MP_BLIND_TERMINAL;
	build->model->blind |= UINT64_C(1) << MP_BLIND_TERMINAL;
}

void mr_writers_finish(struct mr_build *build)
{
	for (struct mr_act *act = build->acts; act != NULL && !build->failed; act = act->next) {
		if (is_unexplained(&act->act))
			find_writer(build, act);
		else if (build->terminals && may_be_at_terminal(&act->act))
			doubt_terminal(build, &act->act);
	}
}
