/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "word.h"

#include <errno.h>
#include <linux/futex.h>

#include "act.h"
#include "memory.h"
#include "wait.h"
#include "wake.h"

#define FUTEX_LOCK_PI2_OP 13 /* since 5.14 */

/* What an operation does. Those on priority inheritance return 0 when they woke somebody. */
struct operation {
	bool waits, wakes, moves, returns_zero, exact;
};
static const struct operation operations[] = {
	[FUTEX_WAIT] = {.waits = true},
	[FUTEX_WAIT_BITSET] = {.waits = true},
	[FUTEX_LOCK_PI] = {.waits = true},
	[FUTEX_LOCK_PI2_OP] = {.waits = true},
	[FUTEX_WAIT_REQUEUE_PI] = {.waits = true},
	[FUTEX_WAKE] = {.wakes = true, .exact = true},
	[FUTEX_WAKE_BITSET] = {.wakes = true, .exact = true},
	[FUTEX_WAKE_OP] = {.wakes = true},
	[FUTEX_UNLOCK_PI] = {.wakes = true, .returns_zero = true},
	[FUTEX_REQUEUE] = {.wakes = true, .moves = true},
	[FUTEX_CMP_REQUEUE] = {.wakes = true, .moves = true},
	[FUTEX_CMP_REQUEUE_PI] = {.wakes = true, .moves = true},
};

static const struct operation *operation_of(const struct mp_futex *futex)
{
	static const struct operation none = {0};

	return futex->op < sizeof(operations) / sizeof(operations[0]) ? &operations[futex->op]
								      : &none;
}

/* ---- words ---- */

static struct mr_word *word_new(struct mr_build *build, const struct mp_word *key,
				const struct mr_process *owner)
{
	struct mp_model *model = build->model;
	struct mr_word *word = mr_keep(build, sizeof(*word));
	struct mp_word_entry **words = mr_grow(build, model->words, model->word_count,
					       &build->word_room, sizeof(struct mp_word_entry *));

	if (word == NULL || words == NULL)
		return NULL;
	word->entry = (struct mp_word_entry){.id = model->word_count, .key = *key};
	if (owner != NULL)
		word->entry.owner = (struct mp_process *)&owner->process;
	word->last_early = &word->early;
	model->words = words;
	words[model->word_count++] = &word->entry;
	return word;
}

/*
 * A private word is an address in one memory: of a process, as long as it runs the same image;
 * the child of a vfork uses its parent's until it execs.
 */
static struct mr_word *word_at(struct mr_build *build, const struct mr_process *process,
			       const struct mp_word *at)
{
	const struct mr_process *owner = at->ino == 0 && at->dev == 0 ? process->memory : NULL;
	struct mr_key key = {at->offset, at->ino, at->dev};
	struct mr_word *word;

	/* No device has so large a number, so these keys are apart from those of shared words. */
	if (owner != NULL) {
		key.b = owner->process.image_count;
		key.c = ((uint64_t)1 << 32) + owner->process.id;
	}
	word = mr_map_find(&build->words, key);
	if (word != NULL)
		return word;
	word = word_new(build, at, owner);
	if (word != NULL)
		mr_set(build, &build->words, key, word);
	return word;
}

struct mp_word_entry *mr_word_private(struct mr_build *build, const struct mr_process *process,
				      uint64_t address)
{
	struct mp_word at = {.offset = address};
	struct mr_word *word = word_at(build, process, &at);

	return word == NULL ? NULL : &word->entry;
}

static struct mr_key index_key(size_t arrival)
{
	return (struct mr_key){arrival, 0, 0};
}

static struct mr_key move_key(const struct mp_word_entry *from, const struct mp_word_entry *to)
{
	return (struct mr_key){from->id, to->id, 0};
}

struct mp_word_entry *mr_word_of(const struct mr_build *build, size_t arrival)
{
	return build->moments[arrival].touched;
}

static struct mp_word_entry *second_of(const struct mr_build *build, size_t arrival)
{
	return mr_map_find(&build->seconds, index_key(arrival));
}

/* ---- calls ---- */

static void wait(struct mr_build *build, const struct mr_seen *seen, struct mr_word *word)
{
	const struct mp_futex *futex = (const struct mp_futex *)seen->event;
	bool blocked = (futex->e.flags & MP_F_BLOCKED) != 0;
	bool raced = futex->result == -EAGAIN;
	struct mr_early *early;
	struct mr_act *act;

	/* A timeout that is over at once, an interruption, a mistake. */
	if (!blocked && futex->result != 0 && !raced)
		return;
	act = mr_wait_word(build, seen, word == NULL ? NULL : &word->entry);
	if (act == NULL)
		return;
	act->act.raced = raced;
	if (raced || futex->result != 0 || word == NULL)
		return;
	/* It was queued, and was woken before it came to sleep, or when a timer or a signal had
	 * just ended its sleep: nobody's MP_WAKE says by whom. */
	early = mr_scratch(build, sizeof(*early));
	if (early == NULL)
		return;
	early->wait = act;
	*word->last_early = early;
	word->last_early = &early->next;
}

static void woke(struct mr_build *build, const struct mr_seen *seen, struct mr_word *word)
{
	const struct mp_futex *futex = (const struct mp_futex *)seen->event;
	uint64_t seen_to_wake = mr_wake_count(seen);

	if (operation_of(futex)->exact && futex->result > 0 &&
	    (uint64_t)futex->result > seen_to_wake)
		mr_mark(build, &word->spare, seen->arrival, (uint64_t)futex->result - seen_to_wake);
}

static void moved(struct mr_build *build, const struct mr_seen *seen, struct mr_word *from,
		  struct mr_word *to)
{
	/* The index of the event, so that it is not mistaken for nothing. */
	mr_set(build, &build->requeues, move_key(&from->entry, &to->entry),
	       &build->moments[seen->arrival]);
}

/* The kernel may not have been able to tell whether a word is shared. NULL: nor can we. */
static struct mr_word *word_seen(struct mr_build *build, const struct mr_seen *seen,
				 const struct mp_word *at)
{
	struct mp_word word = *at;

	if ((seen->event->flags & MP_F_SHORT) == 0 || at->ino != 0 || at->dev != 0 ||
	    mr_memory_word(build, seen->process, &word))
		return word_at(build, seen->process, &word);
	build->model->lost[MP_FUTEX]++; /* whom it concerned is lost */
	return NULL;
}

void mr_futex(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_futex *futex = (const struct mp_futex *)seen->event;
	const struct operation *operation = operation_of(futex);
	struct mr_word *word, *second = NULL;

	if (seen->process->gated)
		return;
	word = word_seen(build, seen, &futex->word);
	build->moments[seen->arrival].touched = word == NULL ? NULL : &word->entry;
	if (word != NULL && (operation->moves || futex->op == FUTEX_WAKE_OP)) {
		second = word_seen(build, seen, &futex->word2);
		if (second != NULL)
			mr_set(build, &build->seconds, index_key(seen->arrival), second);
	}
	if (word != NULL)
		mr_mark(build, &word->calls, seen->arrival,
			operation->exact && futex->result >= 0 ? (uint64_t)futex->result
							       : MR_NO_WAKE);
	if (operation->waits)
		wait(build, seen, word);
	if (operation->wakes && word != NULL)
		woke(build, seen, word);
	if (operation->moves && second != NULL && futex->result > 0)
		moved(build, seen, word, second);
}

/* ---- who woke whom ---- */

bool mr_word_can_wake(const struct mr_build *build, size_t arrival)
{
	const struct mp_futex *futex =
		(const struct mp_futex *)mp_record_event(build->record, arrival);
	const struct operation *operation = operation_of(futex);

	return operation->wakes &&
	       (futex->result > 0 || (operation->returns_zero && futex->result == 0));
}

/* Were waiters moved from here to there since this wait began? */
static bool was_moved(const struct mr_build *build, const struct mr_act *wait,
		      const struct mp_word_entry *to)
{
	const struct mr_moment *moment =
		mr_map_find(&build->requeues, move_key(wait->act.word, to));

	return moment != NULL && moment->at >= wait->act.begin;
}

bool mr_word_wakes(const struct mr_build *build, const struct mr_act *wait, size_t arrival)
{
	struct mp_word_entry *word = mr_word_of(build, arrival);

	if (wait->act.word == NULL || word == NULL || !mr_word_can_wake(build, arrival))
		return false;
	if (word == wait->act.word || second_of(build, arrival) == wait->act.word)
		return true;
	return was_moved(build, wait, word);
}

void mr_word_woke(const struct mr_build *build, struct mr_act *wait, size_t arrival)
{
	if (second_of(build, arrival) != wait->act.word)
		wait->act.word = mr_word_of(build, arrival);
}

/* Each call that woke more than were seen to wake stands for so many of these waits, in order. */
static void match_early(struct mr_build *build, struct mr_word *word)
{
	struct mr_mark *spare = word->spare.marks;
	struct mr_mark *last = spare + word->spare.count;

	for (struct mr_early *early = word->early; early != NULL; early = early->next) {
		struct mr_act *wait = early->wait;
		uint64_t floor = build->moments[wait->arrival].floor;

		if (wait->act.whom != NULL)
			continue;
		while (spare != last &&
		       (spare->number == 0 || build->moments[spare->arrival].at < floor))
			spare++;
		if (spare == last)
			return;
		/* That call began only after the wait was over. */
		if (build->moments[spare->arrival].floor > wait->act.at)
			continue;
		spare->number--;
		mr_wake_early(build, spare->arrival, wait);
	}
}

void mr_words_finish(struct mr_build *build)
{
	for (size_t i = 0; i < build->model->word_count; i++)
		match_early(build, (struct mr_word *)build->model->words[i]);
}
