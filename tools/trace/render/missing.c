/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Why something may be missing from the record, in words: lost, skipped, not decoded. */
#include "words.h"

static const char *const kinds[MP_KINDS][2] = {
	[MP_FORK] = {"birth", "births"},
	[MP_EXEC] = {"exec", "execs"},
	[MP_EXIT] = {"end of a thread", "ends of threads"},
	[MP_RENAME] = {"change of name", "changes of name"},
	[MP_SIGNAL] = {"sent signal", "sent signals"},
	[MP_DELIVER] = {"delivered signal", "delivered signals"},
	[MP_IO] = {"read or write", "reads and writes"},
	[MP_TEXT] = {"printed text", "printed texts"},
	[MP_FD] = {"descriptor operation", "descriptor operations"},
	[MP_FUTEX] = {"futex operation", "futex operations"},
	[MP_WAIT] = {"wait for a child", "waits for children"},
	[MP_SLEEP] = {"sleep", "sleeps"},
	[MP_CALL] = {"other system call", "other system calls"},
	[MP_WAKE] = {"wake", "wakes"},
	[MP_BLIND] = {"call that is not decoded", "calls that are not decoded"},
	[MP_OPEN] = {"opened file", "opened files"},
	[MP_MAP] = {"change of mapped memory", "changes of mapped memory"},
};

static const char *const blind[MP_BLIND_CAUSES] = {
	[MP_BLIND_ASYNC] = "io_uring or AIO was used: its input and output are not seen",
	[MP_BLIND_32BIT] = "system calls of another ABI were made: they are not decoded",
	[MP_BLIND_FUTEX_WAITV] = "futex_waitv was used: it is not decoded",
	[MP_BLIND_TERMINAL] = "a terminal was made: who writes there for whom is not seen",
};

struct saying {
	struct mp_words words;
	bool tap;
	mp_say *say;
	void *to;
	size_t said;
};

static struct mp_words *begin(struct saying *saying)
{
	mp_words_begin(&saying->words, saying->tap);
	return &saying->words;
}

static void end(struct saying *saying)
{
	saying->say(saying->to, saying->words.text);
	saying->said++;
}

/* `how` says what happened to so many events of a kind. */
static void say_kinds(struct saying *saying, const uint64_t counts[MP_KINDS], const char *how)
{
	for (size_t kind = 1; kind < MP_KINDS; kind++) {
		if (counts[kind] == 0)
			continue;
		mp_words_count(begin(saying), counts[kind], kinds[kind][0], kinds[kind][1]);
		mp_words_add(&saying->words, " %s", how);
		end(saying);
	}
}

static void say_blind(struct saying *saying, uint64_t causes)
{
	for (size_t cause = 1; cause < MP_BLIND_CAUSES; cause++) {
		if ((causes & UINT64_C(1) << cause) == 0)
			continue;
		mp_words_add(begin(saying), "%s", blind[cause]);
		end(saying);
	}
}

size_t mp_say_missing(const struct mp_model *model, bool tap, mp_say *say, void *to)
{
	const struct mp_losses *losses = &model->record->losses;
	struct saying saying = {.tap = tap, .say = say, .to = to};

	say_kinds(&saying, losses->lost, "lost: no room (see --buffer; a record holds 1 GiB)");
	say_kinds(&saying, losses->missed, "missed: the kernel skipped the hook");
	if (losses->unmarked > 0) {
		mp_words_count(begin(&saying), losses->unmarked, "child was", "children were");
		mp_words_add(&saying.words, " not traced: the kernel had no memory to mark it");
		end(&saying);
	}
	say_blind(&saying, model->blind);
	if (model->fd_unsure) {
		mp_words_add(begin(&saying),
			     "not all descriptors could be followed: who holds which "
			     "end is not sure");
		end(&saying);
	}
	return saying.said;
}
