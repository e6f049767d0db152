/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "io.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "act.h"
#include "descriptor.h"
#include "stream.h"
#include "text.h"
#include "wait.h"

static const struct mp_io *io_of(const struct mr_seen *seen)
{
	return (const struct mp_io *)seen->event; /* struct mp_text starts with one */
}

static bool flagged(const struct mp_io *io, uint32_t flag)
{
	return (io->io_flags & flag) != 0;
}

static struct mr_act *add_act(struct mr_build *build, const struct mr_seen *seen,
			      struct mr_stream *stream, enum mp_act_kind kind, int64_t value)
{
	struct mr_act *act = mr_act_add(build, seen, kind);

	if (act == NULL)
		return NULL;
	act->act.stream = &stream->stream;
	act->act.value = value;
	act->act.begin = mr_began(seen->event);
	return act;
}

/* How far a call goes in the stream, so that who wrote can be found for what is read: in bytes,
 * of datagrams in messages, which may be read in part. */
static uint64_t advance(struct mr_stream *stream, const struct mp_io *io)
{
	stream->messages |= flagged(io, MP_IO_DATAGRAM);
	if (flagged(io, MP_IO_DATAGRAM))
		return flagged(io, MP_IO_MANY) ? (uint64_t)io->result : 1;
	if (flagged(io, MP_IO_MANY))
		stream->unaligned = stream->uncounted = true;
	return (uint64_t)io->result;
}

/* Bytes that a call moved; not known where it counts messages. */
static uint64_t bytes(const struct mp_io *io)
{
	return flagged(io, MP_IO_MANY) ? 0 : (uint64_t)io->result;
}

/* Which part of the stream a call wrote or took. */
static void set_part(struct mr_act *act, uint64_t from, uint64_t to)
{
	if (act == NULL)
		return;
	act->act.from = from;
	act->act.to = to;
}

static void wrote(struct mr_build *build, const struct mr_seen *seen, struct mr_stream *stream,
		  struct mr_end *end)
{
	const struct mp_io *io = io_of(seen);
	struct mr_act *act = add_act(build, seen, stream, MP_ACT_WRITE, (int64_t)bytes(io));
	uint64_t from = stream->offset_in;

	stream->stream.writes++;
	stream->stream.bytes_in += bytes(io);
	stream->offset_in += advance(stream, io);
	set_part(act, from, stream->offset_in);
	mr_mark(build, &stream->writes, seen->arrival, stream->offset_in);
	end->end.writes++;
	end->end.bytes_in += bytes(io);
}

static void has_read(struct mr_build *build, const struct mr_seen *seen, struct mr_stream *stream,
		     struct mr_end *end)
{
	const struct mp_io *io = io_of(seen);
	uint64_t from = stream->offset_out;
	struct mr_act *act;

	end->end.attempted_read = true;
	if (flagged(io, MP_IO_PEEK))
		return;
	act = add_act(build, seen, stream, MP_ACT_READ, (int64_t)bytes(io));
	stream->stream.reads++;
	stream->stream.bytes_out += bytes(io);
	stream->offset_out += advance(stream, io);
	set_part(act, from, stream->offset_out);
	mr_mark(build, &stream->reads, seen->arrival, stream->offset_out);
	end->end.reads++;
	end->end.bytes_out += bytes(io);
}

static bool tells_room(int nr)
{
	return nr == SYS_read || nr == SYS_recvfrom || nr == SYS_readv || nr == SYS_preadv2;
}

/*
 * A look at the end without taking it (MSG_PEEK) does not count: the read that follows does.
 * ECONNRESET is not the end either: the program is told of a failure, and what the peer had not
 * read is lost; the next read meets the end.
 */
static bool is_eof(const struct mp_io *io)
{
	if (flagged(io, MP_IO_DATAGRAM) || flagged(io, MP_IO_MANY) || flagged(io, MP_IO_PEEK))
		return false;
	return io->asked > 0 || !tells_room(io->nr);
}

static void met_end(struct mr_build *build, const struct mr_seen *seen, struct mr_stream *stream,
		    struct mr_end *end)
{
	end->end.attempted_read = true;
	end->end.eofs++;
	add_act(build, seen, stream, MP_ACT_EOF, 0);
	mr_mark(build, &stream->eofs, seen->arrival, 0);
}

static void moved(struct mr_build *build, const struct mr_seen *seen, struct mr_stream *stream)
{
	const struct mp_io *io = io_of(seen);
	struct mr_end *end = mr_end_of(build, seen->process, stream);
	bool message = flagged(io, MP_IO_DATAGRAM) && !flagged(io, MP_IO_MANY);

	if (end == NULL)
		return;
	mr_end_held(end, io->direction);
	stream->empty += io->result == 0 && io->direction == MP_WRITES;
	if (io->result > 0 || (io->result == 0 && message)) {
		if (io->direction == MP_WRITES)
			wrote(build, seen, stream, end);
		else
			has_read(build, seen, stream, end);
	} else if (io->result == 0 && io->direction == MP_READS && is_eof(io)) {
		met_end(build, seen, stream, end);
	} else if (io->direction == MP_READS && (io->e.flags & MP_F_BLOCKED) != 0) {
		end->end.attempted_read = true;
	}
}

static void keep(struct mr_build *build, const struct mr_seen *seen, struct mr_node *node)
{
	struct mr_unsent *unsent = mr_scratch(build, sizeof(*unsent));

	if (unsent == NULL)
		return;
	unsent->seen = *seen;
	if (node->unsent == NULL)
		node->last_unsent = &node->unsent;
	*node->last_unsent = unsent;
	node->last_unsent = &unsent->next;
}

/*
 * A socket that leads nowhere as far as we know: to another machine, or to one of us. Where it
 * leads may come out: who connects to a socket can write before the other end is accepted.
 */
static void through_nothing(struct mr_build *build, const struct mr_seen *seen,
			    struct mr_node *node, uint16_t mode)
{
	const struct mp_io *io = io_of(seen);
	struct mp_process *process = &seen->process->process;

	if (!S_ISSOCK(mode))
		return;
	process->uses_unseen = true;
	if (io->result <= 0)
		return;
	if (io->direction == MP_READS)
		process->reads_unseen = true;
	else
		process->writes_unseen++;
	if (io->direction == MP_WRITES && node != NULL && !flagged(io, MP_IO_DATAGRAM))
		keep(build, seen, node);
}

void mr_io_send(struct mr_build *build, struct mr_node *node)
{
	struct mr_stream *stream = mr_node_stream(build, node, MP_WRITES);

	for (; stream != NULL && node->unsent != NULL; node->unsent = node->unsent->next) {
		node->unsent->seen.process->process.writes_unseen--;
		build->moments[node->unsent->seen.arrival].touched = stream;
		moved(build, &node->unsent->seen, stream);
	}
}

static void through(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_io *io = io_of(seen);
	struct mr_waited waited = {.writing = io->direction == MP_WRITES};
	struct mr_node *node =
		mr_descriptor_used(build, seen, (uint32_t)io->fd, &io->object, &waited.mode);

	if (seen->process->gated)
		return;
	if (flagged(io, MP_IO_RIGHTS) && io->direction == MP_READS)
		build->model->fd_unsure = true;
	waited.stream = mr_node_stream(build, node, io->direction);
	build->moments[seen->arrival].touched = waited.stream;
	waited.clock = mr_descriptor_clock(seen->process, (uint32_t)io->fd);
	mr_wait_io(build, seen, &waited, io->result);
	if (waited.stream == NULL) {
		through_nothing(build, seen, node, waited.mode);
		return;
	}
	if (waited.writing)
		seen->process->broken = io->result == -EPIPE ? waited.stream : NULL;
	moved(build, seen, waited.stream);
}

static bool is_text(const struct mp_io *io)
{
	return io->direction == MP_WRITES && (io->fd == 1 || io->fd == 2) && io->result > 0;
}

void mr_io(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_io *io = io_of(seen);

	through(build, seen);
	/* splice(2), send(2) and such: something was printed, but nobody has seen what. */
	if (is_text(io))
		mr_text_written(build, seen, io->fd, NULL, 0, io->result);
}

void mr_io_text(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_text *text = (const struct mp_text *)seen->event;
	size_t length = text->length;

	through(build, seen);
	if (!is_text(&text->io))
		return;
	if (length > (uint64_t)text->io.result)
		length = (size_t)text->io.result;
	if (length > text->io.e.size - sizeof(*text))
		length = text->io.e.size - sizeof(*text);
	mr_text_written(build, seen, text->io.fd, text->text, length, text->io.result);
}
