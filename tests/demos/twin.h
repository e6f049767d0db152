/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: the words of a twin's command line. Gives: which fault it shall have, and system calls
 * that end the program when they fail. Never: libmproc, stdio for what is judged: a twin says
 * itself how many writes a line has.
 */
#ifndef TWIN_H
#define TWIN_H

#include "fault.h"

#include <stdint.h>
#include <sys/types.h>

/* argv: FAULT and then [OPTION VALUE]…; an unknown fault is a usage error. */
void twin_begin(const struct fault *faults, int argc, char *argv[]);
/* What stands behind the option ("-p", "--delay"), or `fallback`. */
const char *twin_option(const char *option, const char *fallback);
long twin_number(const char *option, long fallback);

/* Has the twin this fault? The name must be in its table (else abort: a typing mistake). */
bool fault(const char *name);

/* A child that runs `work` and exits with its result. */
pid_t twin_fork(int (*work)(void *), void *argument);
void twin_pipe(int ends[2]);
void twin_close(int fd);
void twin_send(int fd, const void *bytes, size_t length); /* one write */
bool twin_receive(int fd, void *bytes, size_t length);	  /* false at the end */
/* One byte into a pipe, and out of it: false at the end. */
void twin_tell(const int ends[2]);
bool twin_hear(const int ends[2]);
int twin_reap(pid_t pid);						      /* its wait status */
int twin_watch(pid_t pid);						      /* leaves a zombie */
void twin_say(const char *format, ...) __attribute__((format(printf, 1, 2))); /* one write */
void twin_sleep(unsigned milliseconds);

/* Shared with every child forked later; zeroed. */
void *twin_share(size_t bytes);

/* futex words in shared memory */
void twin_wait(uint32_t *word, uint32_t value); /* sleeps while the word has this value */
void twin_wake(uint32_t *word, int processes);
void twin_lock(uint32_t *word);
void twin_unlock(uint32_t *word);

#endif
