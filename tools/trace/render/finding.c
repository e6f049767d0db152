/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A finding of the model in words: one function for each kind, and the table of them. */
#include "words.h"

static void find_zombie(struct mp_words *words, const struct mp_finding *finding)
{
	mp_words_process(words, finding->process, MP_NEVER);
	mp_words_add(words, " has ended and was never reaped");
	if (finding->process->parent == NULL)
		return;
	mp_words_add(words, " by ");
	mp_words_process(words, finding->process->parent, MP_NEVER);
}

static void find_left(struct mp_words *words, const struct mp_finding *finding)
{
	mp_words_process(words, finding->process, MP_NEVER);
	mp_words_add(words, " was still running when the command had ended");
}

static void find_end_open(struct mp_words *words, const struct mp_finding *finding)
{
	mp_words_process(words, finding->process, MP_NEVER);
	mp_words_add(words, " holds the writing end of ");
	mp_words_stream(words, finding->stream);
	mp_words_add(words, " open, so ");
	if (finding->other == finding->process)
		mp_words_add(words, "it");
	else
		mp_words_process(words, finding->other, MP_NEVER);
	mp_words_add(words, " waits for the end of it for ever");
}

static void find_sigpipe(struct mp_words *words, const struct mp_finding *finding)
{
	mp_words_process(words, finding->process, MP_NEVER);
	mp_words_add(words, " died of SIGPIPE: it wrote where nobody reads any more");
}

static void find_owner_died(struct mp_words *words, const struct mp_finding *finding)
{
	mp_words_process(words, finding->process, MP_NEVER);
	mp_words_add(words, " died holding ");
	mp_words_futex(words, finding->word);
	mp_words_add(words, ", for which ");
	mp_words_process(words, finding->other, MP_NEVER);
	mp_words_add(words, " waits");
}

static void find_lost_wake(struct mp_words *words, const struct mp_finding *finding)
{
	mp_words_process(words, finding->process, MP_NEVER);
	mp_words_add(words, " woke ");
	mp_words_futex(words, finding->word);
	mp_words_add(words, " when nobody waited on it; ");
	mp_words_process(words, finding->other, MP_NEVER);
	mp_words_add(words, " waits on it now");
}

static void (*const findings[MP_FIND_KINDS])(struct mp_words *words,
					     const struct mp_finding *finding) = {
	[MP_FIND_ZOMBIE] = find_zombie,		[MP_FIND_LEFT] = find_left,
	[MP_FIND_END_OPEN] = find_end_open,	[MP_FIND_SIGPIPE] = find_sigpipe,
	[MP_FIND_OWNER_DIED] = find_owner_died, [MP_FIND_LOST_WAKE] = find_lost_wake,
};

void mp_words_finding(struct mp_words *words, const struct mp_finding *finding)
{
	findings[finding->kind](words, finding);
}
