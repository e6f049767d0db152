/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was printed, line by line. */
#include <string.h>
#include <sys/syscall.h>

#include "script.h"

static bool line(const struct mp_act *one, const char *text)
{
	return one != NULL && one->length == strlen(text) && strcmp(one->text, text) == 0 &&
	       !one->cut && !one->joined;
}

static void lines(void)
{
	story();
	ev_text(COMMAND, 1, "one\ntwo\n");
	ev_text(COMMAND, 2, "trouble\n");
	ev_text(COMMAND, 1, "\n");
	story_model();
	ok(line(act(MP_ACT_PRINT, 0), "one"), "a line");
	ok(line(act(MP_ACT_PRINT, 1), "two"), "two in one write");
	ok(line(act(MP_ACT_PRINT, 2), ""), "an empty one");
	ok(line(act(MP_ACT_COMPLAIN, 0), "trouble"), "descriptor 2 complains");
}

static void pieces(void)
{
	uint64_t first, last;

	story();
	ev_fork(COMMAND, 101);
	next_blocked(now() + 100);
	ev_text(COMMAND, 1, "4");
	first = now();
	ev_text(101, 1, "other\n");
	ev_text(COMMAND, 2, "not this");
	ev_text(COMMAND, 1, "2");
	ev_text(COMMAND, 1, "\r\nrest");
	last = now();
	story_model();
	ok(line(act_of(COMMAND, MP_ACT_PRINT, 0), "42\r"), "pieces of a line are joined");
	is_int((int64_t)act_of(COMMAND, MP_ACT_PRINT, 0)->begin, (int64_t)first - 900,
	       "it begins with the first");
	is_int((int64_t)act_of(COMMAND, MP_ACT_PRINT, 0)->at, (int64_t)last,
	       "and ends with its newline");
	ok(line(act_of(101, MP_ACT_PRINT, 0), "other"), "each process has lines of its own");
}

static void unended(void)
{
	story();
	ev_text(COMMAND, 1, "no ");
	ev_exec(COMMAND, COMMAND, "c", "c", 2);
	ev_text(COMMAND, 1, "newline");
	story_model();
	is_string(act(MP_ACT_PRINT, 0)->text, "no newline", "exec keeps what was begun");
	ok(act(MP_ACT_PRINT, 0)->joined, "a last line without newline");
	is_int((int64_t)act(MP_ACT_PRINT, 0)->at, (int64_t)now(), "is as old as its last piece");
}

static void cut(void)
{
	const struct mp_act *one;

	story();
	next_flags(MP_F_CUT);
	ev_text_as(COMMAND, 1, other(S_IFCHR), "whole\nhal", 9, 100);
	ev_text(COMMAND, 1, "tail\nsure\n");
	story_model();
	ok(line(act(MP_ACT_PRINT, 0), "whole"), "what is before the cut is sure");
	one = act(MP_ACT_PRINT, 1);
	ok(one->cut && !one->headless && strcmp(one->text, "hal") == 0,
	   "what is at the cut is marked");
	one = act(MP_ACT_PRINT, 2);
	ok(one->cut && one->headless && strcmp(one->text, "tail") == 0,
	   "so is what comes up to the next newline");
	ok(!act(MP_ACT_PRINT, 3)->headless, "and no more than that");
	is_int((int64_t)process(COMMAND)->hides, 1, "how many lines are hidden nobody knows");
	ok(line(act(MP_ACT_PRINT, 3), "sure"), "then all is well");
	is_int((int64_t)acts(MP_ACT_PRINT), 4, "and no more");
}

static void cut_edges(void)
{
	story();
	ev_text_as(COMMAND, 1, other(S_IFCHR), "whole\n", 6, 100);
	story_model();
	is_int((int64_t)acts(MP_ACT_PRINT), 2, "a cut behind a newline");
	ok(act(MP_ACT_PRINT, 1)->cut && act(MP_ACT_PRINT, 1)->length == 0, "hides a line");
	story();
	next_flags(MP_F_SHORT);
	ev_text_as(COMMAND, 1, other(S_IFCHR), "", 0, 100);
	ev_io(COMMAND, SYS_splice, 1, pipe_in(50), MP_WRITES, 10, 0, 0);
	story_model();
	is_int((int64_t)acts(MP_ACT_PRINT), 2, "text that could not be read, or was not");
	ok(act(MP_ACT_PRINT, 0)->cut && act(MP_ACT_PRINT, 1)->cut, "is cut as a whole");
	ok(process(COMMAND)->hides == 1 && process(COMMAND)->spliced == 1, "for either reason");
	story();
	ev_text_as(COMMAND, 1, other(S_IFCHR), "abc\ndef\n", 8, 3);
	ev_text_as(COMMAND, 1, other(S_IFCHR), "abc\n", 4, -11);
	story_model();
	is_int((int64_t)acts(MP_ACT_PRINT), 1, "only what was written counts");
	is_string(act(MP_ACT_PRINT, 0)->text, "abc", "not what was asked for");
}

static void through_a_pipe(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_dup(COMMAND, 4, 1, pipe_in(50), 0);
	ev_fork(COMMAND, 101);
	ev_text_as(COMMAND, 1, pipe_in(50), "hello\n", 6, 6);
	ev_text_as(COMMAND, 1, nothing(), "again\n", 6, 6);
	next_end(20000);
	ev_read(101, 3, pipe_out(50), 18);
	ev_text_as(COMMAND, 1, pipe_in(50), "third\n", 6, 6);
	story_model();
	is_int((int64_t)acts(MP_ACT_PRINT), 3, "what goes into a pipe is printed");
	is_int((int64_t)acts(MP_ACT_WRITE), 3, "and written");
	ok(act(MP_ACT_PRINT, 2)->at < 20000, "and not later than it is read");
}

static void any_byte(void)
{
	story();
	ev_text_as(COMMAND, 1, other(S_IFCHR), "a\0\x1b\xff\nb", 6, 6);
	story_model();
	is_int((int64_t)act(MP_ACT_PRINT, 0)->length, 4, "zero bytes are bytes");
	ok(memcmp(act(MP_ACT_PRINT, 0)->text, "a\0\x1b\xff", 5) == 0, "and nothing is changed");
}

static void long_line(void)
{
	char text[200];

	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	story();
	for (int i = 0; i < 50; i++)
		ev_text(COMMAND, 1, text);
	ev_text(COMMAND, 1, "\n");
	story_model();
	is_int((int64_t)act(MP_ACT_PRINT, 0)->length, 50 * 199, "a long line of many pieces");
}

int main(void)
{
	tap_plan(0);
	lines();
	pieces();
	unended();
	cut();
	cut_edges();
	through_a_pipe();
	any_byte();
	long_line();
	story_end();
	return tap_done();
}
