/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Causes never come after their effects, in whatever order the events arrived. */
#include <linux/futex.h>
#include <sys/syscall.h>

#include "script.h"

#define WRITER 101
#define READER 102

static void two_and_a_pipe(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, WRITER);
	ev_fork(COMMAND, READER);
	ev_close(WRITER, 3);
	ev_close(READER, 4);
	ev_close(COMMAND, 3);
}

static void late_writer(void)
{
	two_and_a_pipe();
	ev_close(COMMAND, 4);
	next_end(20000);
	ev_wake(WRITER, SYS_write, READER, SYS_read);
	next_blocked(15000);
	next_end(21000);
	ev_read(READER, 3, pipe_out(50), 5);
	next_end(22000);
	ev_write(WRITER, 4, pipe_in(50), 5);
	story_model();
	ok(act(MP_ACT_WRITE, 0)->at < act(MP_ACT_READ, 0)->at,
	   "a write that is reported after its read came before it");
	ok(act(MP_ACT_WRITE, 0)->at <= 20000, "and before the wake that it caused");
	is_int(pid_of(act_of(READER, MP_ACT_WAIT, 0)->whom), WRITER, "who waited was woken by it");
	is_int(act_of(READER, MP_ACT_WAIT, 0)->begin, 15000, "the wait began when it blocked");
	is_int(act_of(READER, MP_ACT_WAIT, 0)->at, 21000, "and ended with the read");
	is_int(acts_of(WRITER, MP_ACT_WAKE), 1, "the writer woke the reader");
	ok(act(MP_ACT_WAKE, 0)->stream == act(MP_ACT_READ, 0)->stream, "through the stream");
}

static void late_writer_unblocked(void)
{
	two_and_a_pipe();
	ev_close(COMMAND, 4);
	next_end(20000);
	ev_read(READER, 3, pipe_out(50), 3);
	next_end(21000);
	ev_read(READER, 3, pipe_out(50), 2);
	next_end(22000);
	ev_write(WRITER, 4, pipe_in(50), 4);
	next_end(23000);
	ev_write(WRITER, 4, pipe_in(50), 1);
	story_model();
	ok(act(MP_ACT_WRITE, 0)->at < 20000, "a write is before the first read of its bytes");
	is_int(act(MP_ACT_WRITE, 1)->at, 22000, "but not before the call before it");
	is_int(act(MP_ACT_WRITE, 0)->value + act(MP_ACT_WRITE, 1)->value, 5, "nothing is lost");
}

static void late_close(void)
{
	two_and_a_pipe();
	next_end(20000);
	ev_close(COMMAND, 4);
	next_end(21000);
	ev_read(READER, 3, pipe_out(50), 0);
	next_end(22000);
	ev_close(WRITER, 4);
	story_model();
	is_int(acts(MP_ACT_EOF), 1, "one end of file");
	ok(act_of(WRITER, MP_ACT_CLOSE_IN, 0)->at < 21000, "the last close is before it");
	is_int(act_of(COMMAND, MP_ACT_CLOSE_IN, 0)->at, 20000, "the others stay where they were");
}

static void order_of_list(void)
{
	const struct mp_model *all = story_model();
	bool sorted = true;

	for (size_t i = 1; i < all->act_count; i++)
		sorted &= all->acts[i - 1]->at <= all->acts[i]->at;
	ok(sorted, "acts are sorted by time");
}

static void late_waker(void)
{
	struct mp_word word = shared(9, 64);

	two_and_a_pipe();
	next_end(20000);
	ev_wake(WRITER, SYS_futex, READER, SYS_futex);
	next_blocked(15000);
	next_end(21000);
	ev_futex(READER, FUTEX_WAIT, word, 0);
	next_end(21500);
	ev_text(READER, 1, "through\n");
	next_end(22000);
	ev_futex(WRITER, FUTEX_WAKE, word, 1);
	story_model();
	is_int(acts(MP_ACT_WAKE), 1, "one wake");
	ok(act(MP_ACT_WAKE, 0)->at <= 20000, "when it was done");
	is_int(pid_of(act(MP_ACT_WAKE, 0)->whom), READER, "of the reader");
	ok(act(MP_ACT_WAKE, 0)->word == act(MP_ACT_WAIT, 0)->word, "on the word");
	is_int(pid_of(act(MP_ACT_WAIT, 0)->whom), WRITER, "by the writer");
}

static void other_bytes(void)
{
	two_and_a_pipe();
	ev_write(WRITER, 4, pipe_in(50), 10);
	next_end(20000);
	ev_read(READER, 3, pipe_out(50), 10);
	next_end(30000);
	ev_write(WRITER, 4, pipe_in(50), 10);
	next_end(40000);
	ev_read(READER, 3, pipe_out(50), 10);
	story_model();
	is_int((int64_t)act(MP_ACT_WRITE, 1)->at, 30000, "reads of other bytes move no write");
}

static void shut_down(void)
{
	for (int late = 0; late < 2; late++) {
		story();
		ev_socketpair(COMMAND, 3, 4, 60, 61);
		ev_fork(COMMAND, WRITER);
		next_end(100000);
		ev_read(COMMAND, 3, sock(60, 61), 0);
		next_end(late ? 5000000000 : 150000);
		ev_close(WRITER, 4);
		story_model();
		is_int((int64_t)act_of(WRITER, MP_ACT_CLOSE_IN, 0)->at, late ? 5000000000 : 99999,
		       "a socket that is closed %s", late ? "long after it was shut down" : "late");
	}
}

static void ties(void)
{
	two_and_a_pipe();
	next_end(20000);
	ev_text(READER, 1, "no newline");
	next_end(20000);
	ev_write(WRITER, 4, pipe_in(50), 1);
	next_end(20000);
	ev_text(READER, 2, "line\n");
	story_model();
	ok(act(MP_ACT_PRINT, 0)->at == 20000 && act(MP_ACT_COMPLAIN, 0)->at == 20000,
	   "at one time");
	is_int(model()->acts[model()->act_count - 3]->kind, MP_ACT_PRINT, "what came first");
	is_int(model()->acts[model()->act_count - 2]->kind, MP_ACT_WRITE, "goes before");
	is_int(model()->acts[model()->act_count - 1]->kind, MP_ACT_COMPLAIN, "what came later");
}

int main(void)
{
	tap_plan(0);
	late_writer();
	order_of_list();
	late_writer_unblocked();
	late_close();
	order_of_list();
	late_waker();
	other_bytes();
	shut_down();
	ties();
	story_end();
	return tap_done();
}
