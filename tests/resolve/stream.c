/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes through pipes and sockets. */
#include <errno.h>
#include <sys/syscall.h>

#include "script.h"

static const struct mp_stream *stream(size_t i)
{
	return model()->streams[i];
}

static void bytes(void)
{
	const struct mp_end *end;

	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_write(COMMAND, 4, pipe_in(50), 10);
	ev_write(COMMAND, 4, nothing(), 5);
	ev_write(COMMAND, 4, pipe_in(50), -EAGAIN);
	ev_read(101, 3, pipe_out(50), 12);
	ev_read(101, 3, pipe_out(50), -EAGAIN);
	ev_read(101, 3, pipe_out(50), 3);
	story_model();
	is_int((int64_t)stream(0)->bytes_in, 15, "bytes that went in, also by the table's word");
	is_int((int64_t)stream(0)->bytes_out, 15, "and out");
	is_int((int64_t)stream(0)->writes, 2, "calls that moved something");
	is_int((int64_t)stream(0)->reads, 2, "either way");
	end = end_of(stream(0), 101);
	ok(end->reads == 2 && end->bytes_out == 15 && end->writes == 0, "each process's part");
	ok(end->attempted_read && !end_of(stream(0), COMMAND)->attempted_read, "who tried to read");
	is_int(act(MP_ACT_READ, 0)->value, 12, "the acts say how many");
	ok(act(MP_ACT_WRITE, 1)->from == 10 && act(MP_ACT_WRITE, 1)->to == 15 &&
		   act(MP_ACT_READ, 1)->from == 12 && act(MP_ACT_READ, 1)->to == 15,
	   "and which");
	ok(!stream(0)->gaps, "all that was written is seen");
}

static void read_as(int nr, int64_t result, uint64_t asked, uint32_t flags)
{
	story();
	ev_socketpair(COMMAND, 3, 4, 60, 61);
	ev_io(COMMAND, nr, 3, sock(60, 61), MP_READS, result, asked, flags);
	story_model();
}

static void ends(void)
{
	static const struct {
		int nr;
		uint64_t asked;
		int64_t ends;
		const char *what;
	} rows[] = {
		{SYS_recvmsg, 0, 1, "also where nobody knows how much was asked for"},
		{SYS_read, 0, 0, "but not when nothing was asked for"},
		{SYS_recvfrom, 0, 0, "nor of a socket"},
		{SYS_readv, 0, 0, "nor into pieces without room"},
		{SYS_preadv2, 0, 0, "in any call"},
		{SYS_readv, 100, 1, "as it is when there was some"},
	};

	read_as(SYS_read, 0, 100, 0);
	is_int((int64_t)acts(MP_ACT_EOF), 1, "a read of nothing is the end of file");
	is_int((int64_t)act(MP_ACT_EOF, 0)->stream->out, 60, "of what is read there");
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		read_as(rows[i].nr, 0, rows[i].asked, 0);
		is_int((int64_t)acts(MP_ACT_EOF), rows[i].ends, "%s", rows[i].what);
	}
	read_as(SYS_recvfrom, 0, 100, MP_IO_DATAGRAM);
	is_int((int64_t)acts(MP_ACT_EOF), 0, "an empty datagram is none");
	is_int((int64_t)acts(MP_ACT_READ), 1, "but a message");
	read_as(SYS_recvfrom, 0, 100, MP_IO_PEEK);
	is_int((int64_t)acts(MP_ACT_EOF), 0, "a look is none");
	read_as(SYS_recvfrom, 5, 100, MP_IO_PEEK);
	is_int((int64_t)acts(MP_ACT_READ), 0, "nor a read");
	ok(end_of(stream(1), COMMAND) == NULL || !end_of(stream(1), COMMAND)->attempted_read,
	   "of the other direction least");
	read_as(SYS_recvmmsg, 3, 0, MP_IO_MANY);
	is_int((int64_t)acts(MP_ACT_READ), 1, "many messages are one call");
	is_int((int64_t)stream(0)->bytes_out, 0, "of unknown length");
	read_as(SYS_read, -ECONNRESET, 100, 0);
	is_int((int64_t)acts(MP_ACT_EOF), 0, "a reset is a failure and not the end");
}

static void failures(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_write(COMMAND, 4, pipe_in(50), -EPIPE);
	ev_write(COMMAND, 4, pipe_in(50), 0);
	ev_read(COMMAND, 3, pipe_out(50), -EIO);
	next_flags(MP_F_RESTART);
	ev_read(COMMAND, 3, pipe_out(50), -512);
	story_model();
	is_int((int64_t)(acts(MP_ACT_WRITE) + acts(MP_ACT_READ) + acts(MP_ACT_EOF)), 0,
	       "calls that failed or were interrupted moved nothing");
}

static void pairs(void)
{
	story();
	ev_socketpair(COMMAND, 3, 4, 60, 61);
	ev_fork(COMMAND, 101);
	ev_close(COMMAND, 4);
	ev_close(101, 3);
	ev_write(COMMAND, 3, sock(60, 61), 4);
	ev_write(101, 4, sock(61, 0), 6); /* the kernel has forgotten the peer */
	ev_read(101, 4, sock(61, 60), 4);
	ev_read(COMMAND, 3, sock(60, 0), 6);
	story_model();
	is_int((int64_t)model()->stream_count, 2, "two streams");
	is_int((int64_t)stream(0)->out, 60, "one is read at the first socket");
	is_int((int64_t)stream(0)->bytes_in, 6, "and written at the other");
	is_int((int64_t)stream(1)->bytes_in, 4, "the other way round");
	is_int((int64_t)stream(1)->bytes_out, 4, "what goes in comes out");
}

static void connected(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_open(101, SYS_socket, 3, sock(71, 0), 0);
	ev_write(101, 3, sock(71, 72), 5);
	ev_open(COMMAND, SYS_accept4, 5, sock(72, 71), 0);
	ev_read(COMMAND, 5, sock(72, 71), 5);
	ev_write(COMMAND, 5, sock(72, 71), 7);
	ev_read(101, 3, sock(71, 72), 7);
	story_model();
	is_int((int64_t)model()->stream_count, 2, "a connection is two streams");
	ok(stream(0)->other == stream(1) && stream(1)->other == stream(0), "opposite ways");
	is_int((int64_t)stream(0)->bytes_in, 5, "there");
	is_int((int64_t)stream(0)->bytes_out, 5, "there");
	is_int((int64_t)stream(1)->bytes_in, 7, "and back");
	ev_open(COMMAND, SYS_socket, 6, sock(72, 0), 0);
	ev_write(COMMAND, 6, sock(72, 0), 7);
	story_model();
	is_int((int64_t)acts(MP_ACT_WRITE), 2, "a new socket with an old number has no peer");
}

static void network(void)
{
	story();
	ev_open(COMMAND, SYS_socket, 3, sock(80, 0), 0);
	next_blocked(now() - 1);
	ev_read(COMMAND, 3, sock(80, 0), 100);
	ev_write(COMMAND, 3, sock(80, 0), 100);
	story_model();
	is_int((int64_t)model()->stream_count, 0, "a socket to elsewhere is no stream");
	is_int(act(MP_ACT_WAIT, 0)->wait, MP_ON_OTHER, "but something to wait on");
}

static void datagrams(void)
{
	story();
	ev_socketpair(COMMAND, 3, 4, 60, 61);
	ev_io(COMMAND, SYS_write, 3, sock(60, 61), MP_WRITES, 100, 100, MP_IO_DATAGRAM);
	next_end(20000);
	ev_io(COMMAND, SYS_read, 4, sock(61, 60), MP_READS, 10, 10, MP_IO_DATAGRAM);
	next_end(21000);
	ev_io(COMMAND, SYS_read, 4, sock(61, 60), MP_READS, 10, 10, MP_IO_DATAGRAM);
	next_tid(150);
	ev_io(COMMAND, SYS_write, 3, sock(60, 61), MP_WRITES, 100, 100, MP_IO_DATAGRAM);
	story_model();
	ok(act(MP_ACT_WRITE, 1)->at < 21000, "of datagrams the messages are counted");
}

static void spliced(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_pipe(COMMAND, 6, 5, 51, 0);
	ev_fork(COMMAND, 101);
	next_end(20000);
	ev_wake(COMMAND, SYS_splice, 101, SYS_read);
	next_blocked(15000);
	next_end(22000);
	ev_read(101, 5, pipe_out(51), 8);
	ev_io(COMMAND, SYS_splice, 3, pipe_out(50), MP_READS, 8, 0, 0);
	ev_io(COMMAND, SYS_splice, 6, pipe_in(51), MP_WRITES, 8, 0, 0);
	story_model();
	is_int(pid_of(act(MP_ACT_WAIT, 0)->whom), COMMAND,
	       "splice reads, and what it writes wakes");
	ok(act(MP_ACT_WRITE, 0)->at < 20000, "in time");
}

static void before_accept(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_open(101, SYS_socket, 3, sock(71, 0), 0);
	ev_write(101, 3, sock(71, 0), 5); /* nobody has accepted it yet */
	ev_open(COMMAND, SYS_accept4, 5, sock(72, 71), 0);
	next_end(20000);
	ev_read(COMMAND, 5, sock(72, 71), 5);
	next_end(30000);
	ev_write(101, 3, sock(71, 72), 5);
	story_model();
	is_int((int64_t)acts_of(101, MP_ACT_WRITE), 2,
	       "what was written before it was accepted counts");
	ok(act(MP_ACT_WRITE, 0)->stream == act(MP_ACT_READ, 0)->stream &&
		   act(MP_ACT_WRITE, 0)->to == 5 && act(MP_ACT_WRITE, 0)->at < 20000,
	   "at its time, and is what is read");
	is_int((int64_t)process(101)->writes_unseen, 0, "nothing went nowhere");
	is_int((int64_t)act(MP_ACT_WRITE, 1)->at, 30000, "what comes later is later");
	story();
	ev_fork(COMMAND, 101);
	ev_open(101, SYS_socket, 3, sock(71, 0), 0);
	ev_write(101, 3, sock(71, 0), 5);
	ev_close(101, 3);
	ev_open(COMMAND, SYS_accept4, 5, sock(72, 0), 0);
	ev_read(COMMAND, 5, sock(72, 0), 5);
	story_model();
	ok(process(101)->writes_unseen == 1 && process(COMMAND)->reads_unseen,
	   "who has hung up before that is not known");
	ok(process(101)->uses_unseen && process(COMMAND)->uses_unseen, "of both it is known");
}

/* Where something went through that was not seen, nobody knows who wrote what is read. */
static void gaps(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_write(COMMAND, 4, pipe_in(50), 10);
	ev_read(COMMAND, 3, pipe_out(50), 12);
	story_model();
	ok(stream(0)->gaps, "more was read than written");
	story();
	ev_held(0, pipe_out(90));
	ev_read(COMMAND, 0, pipe_out(90), 12);
	story_model();
	ok(stream(0)->gaps, "a pipe from outside");
	story();
	ev_fork(COMMAND, 101);
	ev_open(101, SYS_socket, 3, sock(71, 0), 0);
	ev_open(COMMAND, SYS_accept4, 5, sock(72, 71), 0);
	ev_write(101, 3, sock(71, 72), 5);
	ev_read(COMMAND, 5, sock(72, 71), 5);
	story_model();
	ok(!stream(0)->gaps, "a connection, accepted before the first byte");
	story();
	ev_fork(COMMAND, 101);
	ev_open(101, SYS_socket, 3, sock(71, 0), 0);
	ev_write(101, 3, sock(71, 0), 5);
	ev_open(COMMAND, SYS_accept4, 5, sock(72, 71), 0);
	ev_write(101, 3, sock(71, 72), 5);
	ev_read(COMMAND, 5, sock(72, 71), 5);
	story_model();
	ok(!stream(0)->gaps, "and after it");
	story();
	ev_socketpair(COMMAND, 3, 4, 60, 61);
	ev_io(COMMAND, SYS_sendmmsg, 3, sock(60, 61), MP_WRITES, 2, 0, MP_IO_MANY);
	ev_read(COMMAND, 4, sock(61, 60), 1);
	story_model();
	ok(stream(1)->gaps, "messages of unknown length among bytes");
	ok(!stream(0)->gaps, "not the other way");
}

/* Two reads get nothing: which of them met the end? */
static void read_empty(int64_t written, uint32_t flags, struct mp_object in, struct mp_object out)
{
	story();
	ev_pipe(COMMAND, 6, 5, 50, 0);
	ev_socketpair(COMMAND, 3, 4, 60, 61);
	ev_io(COMMAND, SYS_write, 3, in, MP_WRITES, 1, 0, flags);
	ev_io(COMMAND, SYS_write, 3, in, MP_WRITES, written, 0, flags);
	ev_io(COMMAND, SYS_read, 4, out, MP_READS, 1, 10, flags);
	ev_io(COMMAND, SYS_read, 4, out, MP_READS, 0, 10, flags);
	ev_io(COMMAND, SYS_read, 4, out, MP_READS, 0, 10, flags);
	story_model();
}

static void empty(void)
{
	read_empty(0, 0, sock(60, 61), sock(61, 60));
	ok(model()->fd_unsure, "it may have been an empty message");
	is_int((int64_t)acts(MP_ACT_EOF), 1, "but only one of the two");
	is_int((int64_t)end_of(act(MP_ACT_EOF, 0)->stream, COMMAND)->eofs, 1, "and so in all");
	read_empty(1, 0, sock(60, 61), sock(61, 60));
	ok(!model()->fd_unsure && acts(MP_ACT_EOF) == 2, "not when there was no such message");
	read_empty(0, 0, sock(61, 60), sock(61, 60));
	ok(!model()->fd_unsure && acts(MP_ACT_EOF) == 2, "or it went the other way");
	read_empty(0, 0, pipe_in(50), pipe_out(50));
	ok(!model()->fd_unsure && acts(MP_ACT_EOF) == 2, "or into a pipe");
	read_empty(0, MP_IO_DATAGRAM, sock(60, 61), sock(61, 60));
	ok(!model()->fd_unsure && acts(MP_ACT_EOF) == 0, "a datagram is one for certain");
}

/* Messages are counted one by one, whatever of them was read. */
static void messages(void)
{
	story();
	ev_socketpair(COMMAND, 3, 4, 60, 61);
	ev_io(COMMAND, SYS_write, 3, sock(60, 61), MP_WRITES, 100, 100, MP_IO_DATAGRAM);
	ev_io(COMMAND, SYS_sendmmsg, 3, sock(60, 61), MP_WRITES, 2, 0, MP_IO_MANY | MP_IO_DATAGRAM);
	ev_io(COMMAND, SYS_read, 4, sock(61, 60), MP_READS, 10, 10, MP_IO_DATAGRAM);
	ev_io(COMMAND, SYS_read, 4, sock(61, 60), MP_READS, 10, 10, MP_IO_DATAGRAM);
	story_model();
	ok(act(MP_ACT_WRITE, 1)->from == 1 && act(MP_ACT_WRITE, 1)->to == 3 &&
		   act(MP_ACT_READ, 1)->from == 1 && act(MP_ACT_READ, 1)->to == 2,
	   "messages have their place");
	ok(!stream(1)->gaps, "in a pair");
	story();
	ev_open(COMMAND, SYS_socket, 3, sock(71, 72), 0);
	ev_open(COMMAND, SYS_socket, 4, sock(72, 0), 0);
	ev_io(COMMAND, SYS_write, 3, sock(71, 72), MP_WRITES, 100, 100, MP_IO_DATAGRAM);
	ev_io(COMMAND, SYS_read, 4, sock(72, 0), MP_READS, 10, 10, MP_IO_DATAGRAM);
	story_model();
	ok(stream(0)->gaps, "but a socket with a name takes them from anybody");
	story();
	ev_open(COMMAND, SYS_socket, 3, sock(80, 0), 0);
	ev_read(COMMAND, 3, sock(80, 0), 100);
	story_model();
	ok(process(COMMAND)->reads_unseen, "what comes from elsewhere has no known writer");
}

int main(void)
{
	tap_plan(0);
	bytes();
	ends();
	failures();
	pairs();
	connected();
	network();
	datagrams();
	spliced();
	before_accept();
	gaps();
	messages();
	empty();
	story_end();
	return tap_done();
}
