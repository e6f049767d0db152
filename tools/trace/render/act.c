/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An act of the model in words: one function for each kind, and the table of them. */
#include "words.h"

#include <inttypes.h>
#include <string.h>

#define QUOTED_MOST 240 /* bytes of a line: enough to know it by */

static void other(struct mp_words *words, const struct mp_act *act)
{
	mp_words_process(words, act->whom, act->at);
}

/* A quote in the text is escaped too: who reads it must see where the text ends. */
static void quoted(struct mp_words *words, const struct mp_act *act)
{
	const char *text = act->text != NULL ? act->text : "";
	size_t length = act->length < QUOTED_MOST ? act->length : QUOTED_MOST;
	bool whole = length == act->length && !act->cut;

	mp_words_add(words, "\"");
	while (length > 0) {
		const char *quote = memchr(text, '"', length);
		size_t before = quote != NULL ? (size_t)(quote - text) : length;

		mp_words_foreign(words, text, before);
		if (quote == NULL)
			break;
		mp_words_add(words, "\\x22");
		text += before + 1;
		length -= before + 1;
	}
	mp_words_add(words, whole ? "\"" : "\"...");
}

static void act_fork(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "forks ");
	if (act->whom != NULL)
		mp_words_process(words, act->whom, MP_NEVER);
}

static void act_exec(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "execs ");
	quoted(words, act);
}

static void act_exit(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "exits with %" PRId64, act->value);
}

static void act_die(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "dies of ");
	mp_words_signal(words, act->value);
	if (act->whom == NULL)
		return;
	mp_words_add(words, " sent by ");
	other(words, act);
}

static void act_reap(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "reaps ");
	other(words, act);
	if (act->poll)
		mp_words_add(words, " without waiting");
}

static void act_signal(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "sends ");
	mp_words_signal(words, act->value);
	mp_words_add(words, " to ");
	other(words, act);
}

static void signal_from(struct mp_words *words, const struct mp_act *act)
{
	mp_words_signal(words, act->value);
	if (act->whom == NULL)
		return;
	mp_words_add(words, " from ");
	other(words, act);
}

static void act_receive(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "receives ");
	signal_from(words, act);
}

void mp_words_stopped(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "is stopped by ");
	signal_from(words, act);
}

static void act_name(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "is named ");
	quoted(words, act);
}

static void bytes(struct mp_words *words, const struct mp_act *act, const char *verb,
		  const char *where)
{
	mp_words_add(words, "%s ", verb);
	mp_words_count(words, act->value > 0 ? (uint64_t)act->value : 0, "byte", "bytes");
	mp_words_add(words, " %s ", where);
	mp_words_stream(words, act->stream);
}

static void act_write(struct mp_words *words, const struct mp_act *act)
{
	bytes(words, act, "writes", "into");
}

static void act_read(struct mp_words *words, const struct mp_act *act)
{
	bytes(words, act, "reads", "from");
}

static void act_eof(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "reads the end of ");
	mp_words_stream(words, act->stream);
}

static void act_close_in(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "closes the writing end of ");
	mp_words_stream(words, act->stream);
}

static void act_close_out(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "closes the reading end of ");
	mp_words_stream(words, act->stream);
}

static void on_nothing(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "for nothing that is known");
}

static void on_word(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "on ");
	mp_words_futex(words, act->word);
}

static void on_child(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "for a child to end");
}

static void on_stream(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, act->writing ? "for room in " : "for data in ");
	mp_words_stream(words, act->stream);
}

static void on_readiness(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "for a descriptor to become ready");
}

static void on_message(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "for %s a queue of messages", act->writing ? "room in" : "data in");
}

static void on_semaphore(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "for a semaphore");
}

static void on_file_lock(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "for the lock of a file");
}

static void on_connection(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, act->writing ? "to be connected" : "for somebody to connect");
}

static void on_fifo(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "for somebody to open the other end of a FIFO");
}

static void on_signal(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "for a signal");
}

static void on_other(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "for another descriptor");
}

static void (*const waits[])(struct mp_words *words, const struct mp_act *act) = {
	[MP_ON_NOTHING] = on_nothing,	    [MP_ON_WORD] = on_word,
	[MP_ON_CHILD] = on_child,	    [MP_ON_STREAM] = on_stream,
	[MP_ON_READINESS] = on_readiness,   [MP_ON_MESSAGE] = on_message,
	[MP_ON_SEMAPHORE] = on_semaphore,   [MP_ON_FILE_LOCK] = on_file_lock,
	[MP_ON_CONNECTION] = on_connection, [MP_ON_FIFO] = on_fifo,
	[MP_ON_SIGNAL] = on_signal,	    [MP_ON_OTHER] = on_other,
};

void mp_words_wait(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "waits ");
	waits[act->wait](words, act);
}

static void act_wait(struct mp_words *words, const struct mp_act *act)
{
	if (act->raced) {
		mp_words_add(words, "comes too late to wait ");
		waits[act->wait](words, act);
		return;
	}
	mp_words_wait(words, act);
	if (act->unfinished) {
		mp_words_add(words, " and is still waiting");
		return;
	}
	if (act->whom != NULL) {
		mp_words_add(words, ", woken by ");
		other(words, act);
	}
	if (act->at > act->begin) {
		mp_words_add(words, " after ");
		mp_words_duration(words, act->at - act->begin);
	}
}

static void act_wake(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "wakes ");
	other(words, act);
	if (act->word != NULL) {
		mp_words_add(words, " on ");
		mp_words_futex(words, act->word);
	} else if (act->stream != NULL) {
		mp_words_add(words, " through ");
		mp_words_stream(words, act->stream);
	}
}

static void act_sleep(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "sleeps ");
	mp_words_duration(words, act->value > 0 ? (uint64_t)act->value : 0);
}

static void act_print(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "prints ");
	quoted(words, act);
}

static void act_complain(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, "complains ");
	quoted(words, act);
}

static void act_open(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, act->length > 0 ? "opens " : "opens a file whose name is not known");
	if (act->length > 0)
		quoted(words, act);
}

static void act_map(struct mp_words *words, const struct mp_act *act)
{
	mp_words_add(words, act->whom != NULL ? "inherits " : "maps ");
	mp_words_memory(words, act->memory);
	if (act->whom == NULL)
		return;
	mp_words_add(words, " from ");
	other(words, act);
}

static void (*const acts[MP_ACT_KINDS])(struct mp_words *words, const struct mp_act *act) = {
	[MP_ACT_FORK] = act_fork,
	[MP_ACT_EXEC] = act_exec,
	[MP_ACT_EXIT] = act_exit,
	[MP_ACT_DIE] = act_die,
	[MP_ACT_REAP] = act_reap,
	[MP_ACT_SIGNAL] = act_signal,
	[MP_ACT_RECEIVE] = act_receive,
	[MP_ACT_NAME] = act_name,
	[MP_ACT_WRITE] = act_write,
	[MP_ACT_READ] = act_read,
	[MP_ACT_EOF] = act_eof,
	[MP_ACT_CLOSE_IN] = act_close_in,
	[MP_ACT_CLOSE_OUT] = act_close_out,
	[MP_ACT_WAIT] = act_wait,
	[MP_ACT_WAKE] = act_wake,
	[MP_ACT_SLEEP] = act_sleep,
	[MP_ACT_PRINT] = act_print,
	[MP_ACT_COMPLAIN] = act_complain,
	[MP_ACT_OPEN] = act_open,
	[MP_ACT_MAP] = act_map,
};

void mp_words_act(struct mp_words *words, const struct mp_act *act)
{
	acts[act->kind](words, act);
}
