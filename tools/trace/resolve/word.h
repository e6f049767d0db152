/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MR_WORD_H
#define MR_WORD_H

#include "build.h"

/* MP_FUTEX */
void mr_futex(struct mr_build *build, const struct mr_seen *seen);
/* The word of futex event `arrival`; NULL: not known. */
struct mp_word_entry *mr_word_of(const struct mr_build *build, size_t arrival);
/* Was event `arrival` a call that wakes, and did it? */
bool mr_word_can_wake(const struct mr_build *build, size_t arrival);
/* May it have ended this wait? */
bool mr_word_wakes(const struct mr_build *build, const struct mr_act *wait, size_t arrival);
/* It did: waiters that had been moved were waiting, at the end, for the word they went to. */
void mr_word_woke(const struct mr_build *build, struct mr_act *wait, size_t arrival);
/* A thread ended while blocked in futex(2) and that is all we know: the word at this address. */
struct mp_word_entry *mr_word_private(struct mr_build *build, const struct mr_process *process,
				      uint64_t address);
/* Waits that were over before they blocked: finds who woke them. Before mr_wakes_finish. */
void mr_words_finish(struct mr_build *build);

#endif
