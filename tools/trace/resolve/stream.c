/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "stream.h"

#include <sys/stat.h>

#include "io.h"

static struct mr_key node_key(uint32_t dev, uint64_t ino)
{
	return (struct mr_key){dev, ino, 0};
}

static struct mr_stream *stream_new(struct mr_build *build, enum mp_stream_kind kind, uint32_t dev,
				    uint64_t in, uint64_t out)
{
	struct mp_model *model = build->model;
	struct mr_stream *stream = mr_keep(build, sizeof(*stream));
	struct mp_stream **streams = mr_grow(build, model->streams, model->stream_count,
					     &build->stream_room, sizeof(struct mp_stream *));

	if (stream == NULL || streams == NULL)
		return NULL;
	stream->stream = (struct mp_stream){
		.id = model->stream_count, .kind = kind, .dev = dev, .in = in, .out = out};
	stream->last_end = &stream->ends;
	model->streams = streams;
	streams[model->stream_count++] = &stream->stream;
	return stream;
}

/* ---- nodes ---- */

static struct mr_node *node_new(struct mr_build *build, const struct mp_object *object,
				enum mr_origin origin)
{
	struct mr_node *node = mr_scratch(build, sizeof(*node));

	if (node == NULL)
		return NULL;
	node->object = *object;
	node->socket = S_ISSOCK(object->mode);
	node->named = origin == MR_NAMED;
	node->inherited = origin == MR_HELD;
	mr_set(build, &build->nodes, node_key(object->dev, object->ino), node);
	return node;
}

/* What is read from a node; the streams of sockets are made when their peer is known. */
static struct mr_stream *reads_of(struct mr_build *build, struct mr_node *node)
{
	enum mp_stream_kind kind = node->socket	 ? MP_STREAM_SOCKET
				   : node->named ? MP_STREAM_FIFO
						 : MP_STREAM_PIPE;
	uint64_t in = node->socket ? node->peer->object.ino : node->object.ino;

	if (node->reads != NULL)
		return node->reads;
	node->reads = stream_new(build, kind, node->object.dev, in, node->object.ino);
	if (node->reads == NULL)
		return NULL;
	node->reads->stream.inherited = node->inherited || (node->socket && node->peer->inherited);
	/* What was sent before accept(2) may have been sent to nobody that we know. */
	node->reads->unaligned = node->socket;
	node->reads->writer = node->peer;
	return node->reads;
}

static struct mr_node *peer_of(struct mr_build *build, const struct mr_node *node, uint64_t ino)
{
	struct mp_object object = node->object;
	struct mr_node *peer = mr_map_find(&build->nodes, node_key(object.dev, ino));

	object.peer = node->object.ino;
	object.ino = ino;
	return peer != NULL ? peer : node_new(build, &object, MR_SEEN);
}

/* A socket that is connected to another one than before: what comes now are new streams. */
static void connect_to(struct mr_build *build, struct mr_node *node, uint64_t ino)
{
	struct mr_node *peer = peer_of(build, node, ino);

	if (peer == NULL || peer == node || !peer->socket)
		return;
	if (node->peer != NULL)
		node->reads = NULL;
	node->peer = peer;
	/* Of datagram sockets many may be connected to one, which is connected to none. */
	if (peer->peer == NULL)
		peer->peer = node;
	mr_io_send(build, node);
	mr_io_send(build, peer);
}

struct mr_node *mr_node_of(struct mr_build *build, const struct mp_object *object,
			   enum mr_origin origin)
{
	struct mr_node *node;

	if (object->ino == 0 || (!S_ISFIFO(object->mode) && !S_ISSOCK(object->mode)))
		return NULL;
	node = mr_map_find(&build->nodes, node_key(object->dev, object->ino));
	if (node == NULL || node->socket != (bool)S_ISSOCK(object->mode) ||
	    (origin == MR_NEW && node->seen))
		node = node_new(build, object, origin);
	if (node == NULL)
		return NULL;
	node->seen = true;
	if (!node->socket || object->peer == 0)
		return node;
	/* The peer is forgotten by the kernel when it is closed, but not here. */
	if (node->peer == NULL || node->peer->object.ino != object->peer)
		connect_to(build, node, object->peer);
	return node;
}

static void tie(struct mr_build *build, struct mr_node *one, struct mr_node *other)
{
	struct mr_stream *there, *back;

	one->peer = other;
	other->peer = one;
	there = reads_of(build, one);
	back = reads_of(build, other);
	if (there == NULL || back == NULL)
		return;
	there->stream.other = &back->stream;
	back->stream.other = &there->stream;
	there->unaligned = back->unaligned = false;
	there->paired = back->paired = true;
}

void mr_node_pair(struct mr_build *build, const struct mp_object *one,
		  const struct mp_object *other, struct mr_node *nodes[2])
{
	bool sockets = S_ISSOCK(one->mode) && S_ISSOCK(other->mode) && one->ino != other->ino;

	nodes[0] = nodes[1] = NULL;
	if (one->ino == 0 || other->ino == 0 || (!sockets && !S_ISFIFO(one->mode)))
		return;
	nodes[0] = nodes[1] = node_new(build, one, MR_SEEN);
	if (nodes[0] == NULL)
		return;
	if (!sockets) {
		reads_of(build, nodes[0]);
		return;
	}
	nodes[1] = node_new(build, other, MR_SEEN);
	if (nodes[1] != NULL)
		tie(build, nodes[0], nodes[1]);
}

struct mr_stream *mr_node_stream(struct mr_build *build, struct mr_node *node, unsigned direction)
{
	struct mr_node *end = node;

	if (node == NULL)
		return NULL;
	if (node->socket && direction == MP_WRITES)
		end = node->peer;
	return end == NULL || (end->socket && end->peer == NULL) ? NULL : reads_of(build, end);
}

/* ---- ends ---- */

static struct mr_key end_key(const struct mp_process *process, const struct mp_stream *stream)
{
	return (struct mr_key){process->id, stream->id, 0};
}

struct mr_end *mr_end_find(const struct mr_build *build, const struct mp_process *process,
			   const struct mp_stream *stream)
{
	return mr_map_find(&build->ends, end_key(process, stream));
}

struct mr_end *mr_end_of(struct mr_build *build, struct mr_process *process,
			 struct mr_stream *stream)
{
	struct mr_end *end = mr_end_find(build, &process->process, &stream->stream);

	if (end != NULL)
		return end;
	if (build->end_room == 0) {
		build->model->fd_unsure = true;
		return NULL;
	}
	end = mr_scratch(build, sizeof(*end));
	if (end == NULL)
		return NULL;
	build->end_room--;
	end->end = (struct mp_end){.process = &process->process,
				   .stream = &stream->stream,
				   .closed_in = MP_NEVER,
				   .closed_out = MP_NEVER};
	*stream->last_end = end;
	stream->last_end = &end->next;
	stream->stream.end_count++;
	mr_set(build, &build->ends, end_key(&process->process, &stream->stream), end);
	return end;
}

void mr_end_held(struct mr_end *end, unsigned access)
{
	end->end.held_in |= (access & MP_WRITES) != 0;
	end->end.held_out |= (access & MP_READS) != 0;
}

/* When it was closed last; nobody has closed what he has again. */
static uint64_t closed(const struct mr_build *build, const struct mr_act *act, bool open)
{
	return act == NULL || open ? MP_NEVER : build->moments[act->arrival].at;
}

static void finish(struct mr_build *build, struct mr_stream *stream)
{
	struct mp_stream *public = &stream->stream;
	size_t count = 0;

	public->ends = mr_keep(build, (public->end_count + 1) * sizeof(*public->ends));
	if (public->ends == NULL)
		return;
	for (struct mr_end *end = stream->ends; end != NULL; end = end->next) {
		end->end.closed_in = closed(build, end->closed_in, end->end.open_in);
		end->end.closed_out = closed(build, end->closed_out, end->end.open_out);
		public->ends[count++] = end->end;
	}
}

/* Streams of sockets that were not made by socketpair: each other's opposite when both ends say
 * so. */
static void find_others(struct mr_build *build, struct mr_stream *stream)
{
	struct mp_stream *public = &stream->stream;
	struct mr_node *node;

	if (public->kind != MP_STREAM_SOCKET || public->other != NULL)
		return;
	node = mr_map_find(&build->nodes, node_key(public->dev, public->in));
	if (node == NULL || node->reads == NULL || node->reads->stream.in != public->out)
		return;
	public->other = &node->reads->stream;
	node->reads->stream.other = public;
}

/*
 * Is there more than we saw? What was written to nobody as far as we know, or by somebody outside,
 * or by a call that gave no number. Datagram sockets take messages of anybody who knows their name.
 */
static bool has_gaps(const struct mr_stream *stream)
{
	const struct mp_stream *public = &stream->stream;

	if (public->inherited || stream->uncounted || stream->offset_out > stream->offset_in)
		return true;
	if (public->kind != MP_STREAM_SOCKET || stream->paired)
		return false;
	return stream->messages || stream->writer == NULL || stream->writer->unsent != NULL;
}

/*
 * Who reads an empty message of SOCK_SEQPACKET gets what he gets at the end. Of SOCK_STREAM to
 * write nothing sends nothing; which of them it is nobody has told. So as many ends as there may
 * be messages are none, for all that is known.
 */
static void doubt_end(struct mr_build *build, struct mr_act *act)
{
	struct mr_stream *stream = (struct mr_stream *)act->act.stream;
	struct mr_end *end;

	if (act->act.kind != MP_ACT_EOF || stream->stream.kind != MP_STREAM_SOCKET ||
	    stream->empty == 0)
		return;
	stream->empty--;
	act->taken_back = true;
	build->model->fd_unsure = true;
	end = mr_end_find(build, act->act.who, &stream->stream);
	if (end != NULL)
		end->end.eofs--;
}

void mr_streams_finish(struct mr_build *build)
{
	for (struct mr_act *act = build->acts; act != NULL; act = act->next)
		doubt_end(build, act);
	for (size_t i = 0; i < build->model->stream_count; i++) {
		struct mr_stream *stream = (struct mr_stream *)build->model->streams[i];

		stream->stream.gaps = has_gaps(stream);
		find_others(build, stream);
		finish(build, stream);
	}
}
