/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: things of the model and of the verdict. Gives: the words for them, escaped, the same in
 * every format. Never: lays anything out; lets a word grow without a bound.
 */
#ifndef MP_WORDS_H
#define MP_WORDS_H

#include "render.h"

/* Enough for a few lines of a terminal; what is longer ends in "...". */
#define MP_WORDS_BYTES 1600

struct mp_words {
	char text[MP_WORDS_BYTES]; /* zero-terminated, of what show.h shows */
	size_t length;
	unsigned escape; /* see show.h */
	bool cut;
};

void mp_words_begin(struct mp_words *words, bool tap);
/* Our own words. */
void mp_words_add(struct mp_words *words, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* A stranger's bytes: as show.h shows them, in ASCII. */
void mp_words_foreign(struct mp_words *words, const char *text, size_t length);
/* What somebody wrote for who reads it: also beyond ASCII. */
void mp_words_written(struct mp_words *words, const char *text, size_t length);
/* How wide they are on a terminal. */
int mp_words_columns(const struct mp_words *words);

/* "create_items 4712"; "somebody outside" for NULL */
void mp_words_process(struct mp_words *words, const struct mp_process *process, uint64_t at);
/* "exit 0, reaped by sh 4711"; *wrong: not as it should be. What may only have been lost is not
 * said to be missing. */
void mp_words_end(struct mp_words *words, const struct mp_model *model,
		  const struct mp_process *process, bool *wrong);
/* "exit 0", "SIGTERM" for a status of wait(2) */
void mp_words_status(struct mp_words *words, int status);
void mp_words_signal(struct mp_words *words, int64_t signal);
/* "pipe 1" */
void mp_words_stream(struct mp_words *words, const struct mp_stream *stream);
/* "futex word 1", "a futex word" for NULL */
void mp_words_futex(struct mp_words *words, const struct mp_word_entry *word);
/* "shared memory 1 (4096 bytes)", with the name of its file where it has one */
void mp_words_memory(struct mp_words *words, const struct mp_memory *memory);
/* "reads 4 bytes from pipe 1" */
void mp_words_act(struct mp_words *words, const struct mp_act *act);
/* "waits for data in pipe 1", without how it ended */
void mp_words_wait(struct mp_words *words, const struct mp_act *act);
/* "is stopped by SIGSTOP from sh 12", of the MP_ACT_RECEIVE that did it */
void mp_words_stopped(struct mp_words *words, const struct mp_act *act);
void mp_words_finding(struct mp_words *words, const struct mp_finding *finding);
/* "12.5" milliseconds after the run began */
void mp_words_time(struct mp_words *words, const struct mp_model *model, uint64_t at);
/* "12.5 ms", "3.2 s" */
void mp_words_duration(struct mp_words *words, uint64_t ns);
/* "1 event", "2 events" */
void mp_words_count(struct mp_words *words, uint64_t count, const char *one, const char *many);

/* "FILE:LINE" and the words of a clause as they stand in the contract. */
void mp_words_place(struct mp_words *words, const struct mp_contract *contract,
		    const struct mp_place *place);
void mp_words_clause(struct mp_words *words, const struct mp_contract *contract,
		     const struct mp_clause *clause);
/* "3 of 6 claims hold, 1 broken, 2 inconclusive" */
void mp_words_summary(struct mp_words *words, const struct mp_verdict *verdict);
/*
 * Says each cause why something may be missing from the model, one sentence each; returns how
 * many there are.
 */
typedef void mp_say(void *to, const char *sentence);
size_t mp_say_missing(const struct mp_model *model, bool tap, mp_say *say, void *to);

/* When the run began and how long it took, as all times of a report count. */
uint64_t mp_run_began(const struct mp_model *model);
uint64_t mp_run_lasted(const struct mp_model *model);

#endif
