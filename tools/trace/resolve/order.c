/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An event is stamped when its call is over, but what the call did was done a little earlier: a
 * reader may have had the bytes, and be out of its own call, while the writer is still on the way
 * out of his. So the time of a cause is taken back to just before its first effect; never to
 * before the end of the same thread's call before it, where it cannot have been.
 */
#include "order.h"

/* A socket may have been shut down long before it was closed; within this it was the close. */
#define CLOSE_DELAY_NS 20000000

void mr_order_not_later(struct mr_build *build, size_t cause, uint64_t effect)
{
	struct mr_moment *moment = &build->moments[cause];
	uint64_t before = effect == 0 ? 0 : effect - 1;

	if (moment->at > before && moment->floor <= moment->at)
		moment->at = before > moment->floor ? before : moment->floor;
}

/* Each write is not later than the first read that took one of its bytes. */
static void order_writes(struct mr_build *build, const struct mr_stream *stream)
{
	const struct mr_mark *reads = stream->reads.marks;
	size_t read = 0;
	uint64_t from = 0;

	for (size_t i = 0; i < stream->writes.count && read < stream->reads.count; i++) {
		const struct mr_mark *write = &stream->writes.marks[i];

		while (read < stream->reads.count && reads[read].number <= from)
			read++;
		if (read < stream->reads.count)
			mr_order_not_later(build, write->arrival,
					   build->moments[reads[read].arrival].at);
		from = write->number;
	}
}

/* The first time that the end was met after `floor`; MP_NEVER: it was not. */
static uint64_t end_after(const struct mr_build *build, const struct mr_stream *stream,
			  uint64_t floor)
{
	size_t low = 0, high = stream->eofs.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (build->moments[stream->eofs.marks[middle].arrival].at > floor)
			high = middle;
		else
			low = middle + 1;
	}
	return low == stream->eofs.count ? MP_NEVER
					 : build->moments[stream->eofs.marks[low].arrival].at;
}

/* Whoever met the end did so when all writing ends had been closed. */
static void order_closes(struct mr_build *build, const struct mr_stream *stream)
{
	for (size_t i = 0; i < stream->closes.count; i++) {
		size_t close = stream->closes.marks[i].arrival;
		const struct mr_moment *moment = &build->moments[close];
		uint64_t end = end_after(build, stream, moment->floor);

		if (end > moment->at)
			continue;
		if (stream->stream.kind == MP_STREAM_SOCKET && moment->at - end > CLOSE_DELAY_NS)
			continue;
		mr_order_not_later(build, close, end);
	}
}

void mr_order_streams(struct mr_build *build)
{
	for (size_t i = 0; i < build->model->stream_count; i++) {
		const struct mr_stream *stream = (struct mr_stream *)build->model->streams[i];

		if (!stream->unaligned && !stream->stream.inherited)
			order_writes(build, stream);
		order_closes(build, stream);
	}
}
