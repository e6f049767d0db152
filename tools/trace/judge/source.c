/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Whose bytes were read. Every write has its part of the stream, in the order in which the writes
 * were over; a read takes the next bytes. Of two that wrote at the same time, one of them blocked
 * half-way because the stream was full, nobody knows whose bytes lie where: they are a crowd, and
 * only who reads all that the crowd wrote has surely read from each of them.
 */
#include <errno.h>
#include <stdlib.h>

#include "inside.h"

struct mp_sources {
	const struct mp_act **writes; /* by stream, then by place in it */
	size_t *crowd;		      /* of each: the first of its crowd */
	size_t *start;		      /* of each stream, and one more at the end */
};

void mp_sources_free(struct mp_sources *sources)
{
	if (sources == NULL)
		return;
	free(sources->writes);
	free(sources->crowd);
	free(sources->start);
	free(sources);
}

static bool is_write(const struct mp_act *act)
{
	return act->kind == MP_ACT_WRITE && act->stream != NULL && act->who != NULL;
}

/* Times are taken back where an effect was seen earlier; how long a call took is not. */
static uint64_t end_of(const struct mp_act *act)
{
	return act->event != NULL ? act->event->end : act->at;
}

static uint64_t begin_of(const struct mp_act *act)
{
	return act->event != NULL ? act->event->begin : act->begin;
}

static int compare_writes(const void *left, const void *right)
{
	const struct mp_act *a = *(const struct mp_act *const *)left;
	const struct mp_act *b = *(const struct mp_act *const *)right;

	if (a->stream->id != b->stream->id)
		return a->stream->id < b->stream->id ? -1 : 1;
	return (a->from > b->from) - (a->from < b->from);
}

/* A write belongs to the crowd before it when it had begun before that one's last was over. */
static void find_crowds(struct mp_sources *sources, size_t from, size_t to)
{
	size_t *crowd = sources->crowd, first;

	for (size_t i = from; i < to; i++) {
		for (first = i; first > from; first = crowd[first - 1])
			if (end_of(sources->writes[first - 1]) <= begin_of(sources->writes[i]))
				break;
		crowd[i] = first;
	}
	/* A later one may have joined several crowds. */
	for (size_t i = to; i > from; i--)
		if (i < to && crowd[i] < i && crowd[i] < crowd[i - 1])
			crowd[i - 1] = crowd[i];
}

static size_t count_writes(const struct mp_model *model, size_t *start)
{
	size_t count = 0;

	for (size_t i = 0; i < model->act_count; i++)
		if (is_write(model->acts[i])) {
			start[model->acts[i]->stream->id + 1]++;
			count++;
		}
	for (size_t i = 0; i < model->stream_count; i++)
		start[i + 1] += start[i];
	return count;
}

static int fill(struct mp_sources *sources, const struct mp_model *model)
{
	size_t count = 0, room;

	sources->start = calloc(model->stream_count + 2, sizeof(*sources->start));
	if (sources->start == NULL)
		return -ENOMEM;
	room = count_writes(model, sources->start) + 1;
	sources->writes = malloc(room * sizeof(struct mp_act *));
	sources->crowd = malloc(room * sizeof(*sources->crowd));
	if (sources->writes == NULL || sources->crowd == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < model->act_count; i++)
		if (is_write(model->acts[i]))
			sources->writes[count++] = model->acts[i];
	if (count > 1)
		qsort(sources->writes, count, sizeof(struct mp_act *), compare_writes);
	for (size_t i = 0; i < model->stream_count; i++)
		find_crowds(sources, sources->start[i], sources->start[i + 1]);
	return 0;
}

static int have_sources(struct mp_judging *judging)
{
	int err = 0;

	if (judging->sources != NULL)
		return 0;
	judging->sources = calloc(1, sizeof(*judging->sources));
	if (judging->sources == NULL)
		return -ENOMEM;
	err = fill(judging->sources, judging->model);
	if (err != 0) {
		mp_sources_free(judging->sources);
		judging->sources = NULL;
	}
	return err;
}

/* The first write of the crowd in which the first byte of the read lies. */
static size_t find_first(const struct mp_sources *sources, const struct mp_act *read)
{
	size_t from = sources->start[read->stream->id], end = sources->start[read->stream->id + 1];
	size_t to = end;

	while (from < to) {
		size_t middle = from + (to - from) / 2;

		if (sources->writes[middle]->to <= read->from)
			from = middle + 1;
		else
			to = middle;
	}
	return from < end ? sources->crowd[from] : end;
}

static size_t crowd_end(const struct mp_sources *sources, size_t first, size_t end)
{
	size_t i = first + 1;

	while (i < end && sources->crowd[i] == first)
		i++;
	return i;
}

/* Did the read take a byte of the marked ones among writes[first] to writes[to - 1]? */
static enum mp_source ask_crowd(const struct mp_trial *trial, const struct mp_act *read,
				size_t first, size_t to, unsigned char bit)
{
	const struct mp_sources *sources = trial->judging->sources;
	const struct mp_act *const *writes = (const struct mp_act *const *)sources->writes;
	bool whole = read->from <= writes[first]->from && read->to >= writes[to - 1]->to;
	size_t marked = 0;

	for (size_t i = first; i < to; i++)
		marked += (trial->judging->marks[writes[i]->who->id] & bit) != 0;
	if (marked == 0)
		return MP_SOURCE_OTHER;
	return whole || marked == to - first ? MP_SOURCE_MARKED : MP_SOURCE_UNSURE;
}

/* Where not all writes are known, any of those who could write may have written it. */
static enum mp_source ask_holders(const struct mp_trial *trial, const struct mp_stream *stream,
				  unsigned char bit)
{
	for (size_t i = 0; i < stream->end_count; i++)
		if (stream->ends[i].held_in &&
		    (trial->judging->marks[stream->ends[i].process->id] & bit) != 0)
			return MP_SOURCE_UNSURE;
	return MP_SOURCE_OTHER;
}

int mp_source_of(struct mp_trial *trial, const struct mp_act *read, unsigned char bit,
		 enum mp_source *out)
{
	const struct mp_sources *sources;
	size_t end, to;
	int err = have_sources(trial->judging);

	*out = MP_SOURCE_OTHER;
	if (err != 0 || read->stream == NULL)
		return err;
	if (!mp_spend(trial, 64 + (read->stream->gaps ? read->stream->end_count : 0)))
		return MP_TOO_MUCH_WORK;
	if (read->stream->gaps) {
		*out = ask_holders(trial, read->stream, bit);
		return 0;
	}
	sources = trial->judging->sources;
	end = sources->start[read->stream->id + 1];
	for (size_t i = find_first(sources, read); i < end; i = to) {
		enum mp_source source;

		if (*out == MP_SOURCE_MARKED || sources->writes[i]->from >= read->to)
			break;
		to = crowd_end(sources, i, end);
		if (!mp_spend(trial, to - i))
			return MP_TOO_MUCH_WORK;
		source = ask_crowd(trial, read, i, to, bit);
		*out = source != MP_SOURCE_OTHER ? source : *out;
	}
	return 0;
}

int mp_source_writers(struct mp_trial *trial, const struct mp_act *read,
		      void (*each)(void *context, struct mp_process *writer), void *context)
{
	const struct mp_sources *sources;
	int err = have_sources(trial->judging);
	size_t end;

	if (err != 0 || read->stream == NULL || read->stream->gaps)
		return err;
	sources = trial->judging->sources;
	end = sources->start[read->stream->id + 1];
	for (size_t i = find_first(sources, read); i < end; i++) {
		if (sources->writes[i]->from >= read->to)
			break;
		if (!mp_spend(trial, 8))
			return MP_TOO_MUCH_WORK;
		each(context, sources->writes[i]->who);
	}
	return 0;
}
