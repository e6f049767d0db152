/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Descriptor tables: who holds which end, and gives it up when. */
#include <linux/sched.h>
#include <sys/syscall.h>

#include "script.h"

static int64_t closes(uint32_t pid)
{
	return (int64_t)(acts_of(pid, MP_ACT_CLOSE_IN) * 10 + acts_of(pid, MP_ACT_CLOSE_OUT));
}

static void pipe_ends(void)
{
	const struct mp_stream *stream;

	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_close(COMMAND, 3);
	ev_close(101, 4);
	ev_exit(101, 0);
	story_model();
	stream = model()->streams[0];
	is_int((int64_t)model()->stream_count, 1, "a pipe is one stream");
	ok(stream->kind == MP_STREAM_PIPE && stream->in == 50 && stream->out == 50, "by its inode");
	is_int(closes(COMMAND), 1, "the command closes the reading end");
	is_int(closes(101), 10, "the child the writing end; to end is not to close");
	ok(end_of(stream, 101)->open_out && !end_of(stream, 101)->open_in, "what the child had");
	ok(end_of(stream, 101)->held_in, "and had had");
	ok(end_of(stream, COMMAND)->open_in, "what the command still has");
	is_int((int64_t)end_of(stream, 101)->closed_in, act(MP_ACT_CLOSE_IN, 0)->at, "since when");
	ok(end_of(stream, 101)->closed_out == MP_NEVER, "or never");
}

static void last_one(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_dup(COMMAND, 4, 7, pipe_in(50), 0);
	ev_close(COMMAND, 4);
	story_model();
	is_int(closes(COMMAND), 0, "with a copy left nothing is given up");
	ev_close(COMMAND, 7);
	story_model();
	is_int(closes(COMMAND), 10, "the last copy counts");
	ev_close(COMMAND, 7);
	story_model();
	is_int(closes(COMMAND), 10, "once");
}

static void dup_over(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_pipe(COMMAND, 6, 5, 51, 0);
	ev_dup(COMMAND, 6, 4, pipe_in(51), 0);
	story_model();
	is_int(pid_of(act(MP_ACT_CLOSE_IN, 0)->who), COMMAND, "dup2 closes what was there");
	is_int((int64_t)act(MP_ACT_CLOSE_IN, 0)->stream->in, 50, "of the old pipe");
	ev_close(COMMAND, 6);
	story_model();
	is_int(closes(COMMAND), 10, "and keeps the new one");
	ev_dup(COMMAND, 4, 4, pipe_in(51), 0);
	story_model();
	is_int(closes(COMMAND), 10, "dup2 to itself is nothing");
}

static void dup_unknown(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_dup(COMMAND, 4, 1, nothing(), 0);
	ev_close(COMMAND, 4);
	ev_close(COMMAND, 1);
	story_model();
	is_int(closes(COMMAND), 10,
	       "a copy of which the kernel says nothing is what the table says");
}

static void at_exec(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, MP_FD_CLOEXEC);
	ev_fork(COMMAND, 101);
	ev_dup(101, 4, 1, pipe_in(50), 0);
	ev_exec(101, 101, "tool", "tool", 5);
	story_model();
	is_int(closes(101), 1, "exec closes what is marked; the copy is not");
	is_int(closes(COMMAND), 0, "and not the parent's");
	ev_mark(COMMAND, 4, false);
	ev_exec(COMMAND, COMMAND, "tool", "tool", 5);
	story_model();
	is_int(closes(COMMAND), 1, "nor what is not marked any more");
}

static void ranges(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_pipe(COMMAND, 900000, 800000, 51, 0);
	ev_fork(COMMAND, 101);
	ev_fork(COMMAND, 102);
	ev_close_range(101, 4, 4294967295u, 0);
	ev_close_range(102, 3, 4294967295u, MP_FD_ONLY_MARK | MP_FD_CLOEXEC);
	story_model();
	is_int(closes(101), 21, "close_range to the end of all numbers");
	is_int(closes(102), 0, "or only marks");
	ev_exec(102, 102, "tool", "tool", 5);
	ev_close_range(101, 9, 3, 0);
	story_model();
	is_int(closes(102), 22, "which exec closes");
	is_int(closes(101), 21, "nothing lies between 9 and 3");
}

static void shared_tables(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork_as(COMMAND, 101, MP_FORK_FILES, 101, COMMAND);
	ev_close(101, 4);
	ev_close(COMMAND, 4);
	story_model();
	is_int(closes(101), 10, "a shared table: who closes");
	is_int(closes(COMMAND), 0, "closes for all");
	ev_fork_as(COMMAND, 102, MP_FORK_FILES, 102, COMMAND);
	ev_exec(102, 102, "tool", "tool", 5);
	ev_close(102, 3);
	ev_fork_as(COMMAND, 103, MP_FORK_FILES, 103, COMMAND);
	ev_close_range(103, 3, 3, MP_FD_UNSHARE);
	ev_close(COMMAND, 3);
	story_model();
	is_int(closes(102), 1, "exec gives a table of one's own");
	is_int(closes(103), 1, "so does close_range");
	is_int(closes(COMMAND), 1, "which leaves the other as it was");
}

static void copies(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_pipe(101, 4 + 16, 3 + 16, 51, 0);
	ev_close(101, 3);
	ev_fork(101, 102);
	ev_close(102, 20);
	ev_close(COMMAND, 3);
	ev_close(101, 20);
	story_model();
	is_int(closes(COMMAND), 1, "what a child does to its copy");
	is_int(closes(101), 11, "changes neither parent");
	is_int(closes(102), 10, "nor sister");
}

static void late_close(void)
{
	story();
	ev_thread(COMMAND, 150);
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_pipe(COMMAND, 5, 4, 51, 0); /* 4 was closed by the other, who is still on its way out */
	next_tid(150);
	ev_close(COMMAND, 4);
	story_model();
	is_int((int64_t)acts(MP_ACT_CLOSE_IN), 1, "a close that is reported late was one");
	is_int((int64_t)act(MP_ACT_CLOSE_IN, 0)->stream->in, 50, "of what had been there");
	is_int((int64_t)acts(MP_ACT_CLOSE_OUT), 0, "not of what is there now");
	ev_fork(COMMAND, 101);
	ev_close(101, 4);
	ev_close(COMMAND, 4);
	story_model();
	is_int((int64_t)acts(MP_ACT_CLOSE_OUT), 2, "the next close is one");
}

static void used_while_closed(void)
{
	story();
	ev_thread(COMMAND, 150);
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_close(COMMAND, 3);
	next_tid(150);
	next_blocked(now() - 1500);
	ev_read(COMMAND, 3, nothing(), 5);
	story_model();
	is_int((int64_t)acts(MP_ACT_READ), 1, "a descriptor that was closed while it was used");
	ev_read(COMMAND, 3, nothing(), 5);
	story_model();
	is_int((int64_t)acts(MP_ACT_READ), 1, "cannot be used later");
}

static void unshared(uint64_t what, int64_t result)
{
	const uint64_t args[6] = {what};

	ev_call(COMMAND, SYS_unshare, result, args);
}

/* Two with one table: what one closes is closed for the other, until each has its own. */
static void together(uint64_t what, int64_t result, bool first_closes_too)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork_as(COMMAND, 101, MP_FORK_VM | MP_FORK_FILES, 101, COMMAND);
	unshared(what, result);
	ev_close(101, 4);
	ev_close(COMMAND, 4);
	story_model();
	is_int(closes(101), 10, "who shares his descriptors closes");
	is_int(closes(COMMAND), first_closes_too ? 10 : 0, "what the other %s",
	       first_closes_too ? "still has" : "has not any more");
	ok(!model()->fd_unsure, "and all of that is known");
}

static bool thread_unsure(uint32_t flags, uint64_t what, int64_t result)
{
	story();
	ev_thread_as(COMMAND, 150, flags);
	unshared(what, result);
	story_model();
	return model()->fd_unsure;
}

static void apart(void)
{
	together(CLONE_FS, 0, false);
	together(CLONE_FILES, -1, false);
	together(CLONE_FILES, 0, true);
	ok(!thread_unsure(MP_FORK_VM | MP_FORK_FILES, CLONE_FS, 0), "threads have one table");
	ok(thread_unsure(MP_FORK_VM | MP_FORK_FILES, CLONE_FILES, 0), "or go apart,");
	ok(!thread_unsure(MP_FORK_VM | MP_FORK_FILES, CLONE_FILES, -1), "unless they may not,");
	ok(thread_unsure(MP_FORK_VM, 0, 0), "or one begins with its own");
}

static void corrected(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_write(101, 9, pipe_in(50), 3);
	ev_close(101, 4);
	story_model();
	is_int(closes(101), 0, "a descriptor that came unseen is known when it is used");
	ev_close(101, 9);
	story_model();
	is_int(closes(101), 10, "and may be the last");
	ev_io(101, SYS_recvmsg, 3, sock(60, 61), MP_READS, 1, 0, MP_IO_RIGHTS);
	story_model();
	ok(model()->fd_unsure, "descriptors in a message make the table unsure");
}

static void received(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_close(101, 3);
	ev_close(101, 4);
	ev_open(101, SYS_recvmsg, 5, pipe_in(50), 0);
	ev_exit(101, 0);
	story_model();
	is_int((int64_t)model()->stream_count, 1, "a pipe that came in a message is the same");
	ok(end_of(model()->streams[0], 101)->open_in, "and is held");
	ok(end_of(model()->streams[0], 101)->closed_in == MP_NEVER, "again");
}

static void sockets(void)
{
	const struct mp_stream *there, *back;

	story();
	ev_socketpair(COMMAND, 3, 4, 60, 61);
	ev_fork(COMMAND, 101);
	ev_close(COMMAND, 4);
	story_model();
	is_int((int64_t)model()->stream_count, 2, "a pair of sockets is two streams");
	there = model()->streams[0];
	back = model()->streams[1];
	ok(there->other == back && back->other == there, "each the other's opposite");
	is_int(closes(COMMAND), 11, "its only descriptor of one socket");
	is_int((int64_t)act(MP_ACT_CLOSE_IN, 0)->stream->in, 61, "writes one");
	is_int((int64_t)act(MP_ACT_CLOSE_OUT, 0)->stream->out, 61, "and reads the other");
}

static void reused_inode(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_close(COMMAND, 4);
	ev_close(COMMAND, 3);
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_write(COMMAND, 4, pipe_in(50), 1);
	story_model();
	is_int((int64_t)model()->stream_count, 2, "an inode that is used again: a new stream");
	is_int((int64_t)model()->streams[0]->writes, 0, "not the old");
	is_int((int64_t)model()->streams[1]->writes, 1, "one");
}

static void inherited(void)
{
	story_gated();
	ev_held(0, pipe_out(40));
	ev_held(1, sock(41, 42));
	ev_held(2, other(S_IFCHR));
	ev_exec(COMMAND, COMMAND, "c", "c", 2);
	ev_read(COMMAND, 0, pipe_out(40), 3);
	ev_pipe(COMMAND, 4, 3, 50, 0);
	story_model();
	is_int((int64_t)model()->stream_count, 4, "what the command had from the start");
	ok(model()->streams[0]->inherited && model()->streams[1]->inherited &&
		   model()->streams[2]->inherited,
	   "is marked");
	ok(!model()->streams[3]->inherited, "what it made is not");
}

static void fifo(void)
{
	story();
	ev_open(COMMAND, SYS_openat, 3, pipe_out(70), 0);
	next_blocked(now() - 1);
	ev_open(COMMAND, SYS_openat, 4, pipe_in(70), 0);
	ev_close(COMMAND, 4);
	ev_open(COMMAND, SYS_openat, 4, pipe_in(70), 0);
	story_model();
	ok(model()->streams[0]->kind == MP_STREAM_FIFO, "a named pipe");
	is_int((int64_t)model()->stream_count, 1, "is the same when it is opened again");
	is_int(act(MP_ACT_WAIT, 0)->wait, MP_ON_FIFO, "opening it may wait");
}

static void closed_while_blocked(void)
{
	story();
	ev_thread(COMMAND, 150);
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_close(COMMAND, 3);
	next_tid(150);
	next_blocked(now() - 1500);
	ev_read(COMMAND, 3, pipe_out(50), 5);
	ev_exit(COMMAND, 0);
	story_model();
	ok(!end_of(model()->streams[0], COMMAND)->open_out,
	   "a read that began before the close does not open the descriptor again");
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_close(COMMAND, 3);
	ev_read(COMMAND, 3, pipe_out(50), 5);
	ev_exit(COMMAND, 0);
	story_model();
	ok(end_of(model()->streams[0], COMMAND)->open_out, "one that began later shows that it is");
}

static void owed_to_nobody(void)
{
	story();
	ev_thread(COMMAND, 150);
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_pipe(COMMAND, 5, 4, 51, 0);
	ev_fork(COMMAND, 101);
	ev_close(101, 4);
	story_model();
	is_int((int64_t)acts_of(101, MP_ACT_CLOSE_OUT), 1, "nobody owes a child a close");
	ev_close(COMMAND, 4);
	story_model();
	is_int((int64_t)acts_of(COMMAND, MP_ACT_CLOSE_OUT), 1, "nor who has opened it himself");
}

static void unseen_pipe(void)
{
	story();
	ev_open(COMMAND, SYS_recvmsg, 5, pipe_in(50), 0);
	story_model();
	is_int(model()->streams[0]->kind, MP_STREAM_PIPE, "what comes in a message has no name");
}

int main(void)
{
	tap_plan(0);
	pipe_ends();
	last_one();
	dup_over();
	dup_unknown();
	at_exec();
	ranges();
	shared_tables();
	copies();
	late_close();
	used_while_closed();
	apart();
	corrected();
	received();
	sockets();
	reused_inode();
	inherited();
	fifo();
	closed_while_blocked();
	owed_to_nobody();
	unseen_pipe();
	story_end();
	return tap_done();
}
