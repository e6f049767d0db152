/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a command. Gives: what it wrote, how it ended, and whether it left a process behind.
 * Never: waits longer than it was told to; leaves a process of the command running.
 */
#ifndef RUN_H
#define RUN_H

#include <stdbool.h>
#include <stddef.h>

enum run_output { RUN_PIPE, RUN_TERMINAL, RUN_FULL /* /dev/full */, RUN_CLOSED };

struct run_how {
	enum run_output output; /* what standard output is */
	unsigned seconds;	/* after which it is killed; 0: a minute */
	unsigned descriptors;	/* may be open at most; 0: no limit */
	unsigned user;		/* who runs it; 0: who runs the test */
	const char *folder;	/* to run it in, or NULL */
	const char *const *set; /* "NAME=value" for its environment, or NULL; ends with NULL */
};

struct run {
	int status; /* exit status; 128 + N when signal N killed it; -1 when it took too long */
	char *out;  /* standard output (not of RUN_FULL, RUN_CLOSED), zero-terminated */
	char *err;  /* standard error */
	size_t out_length, err_length;
	bool left; /* a process that it started was still there when it had ended */
};

/* argv[0] is looked up in PATH. `how` may be NULL. Failures of the machine end the test. */
void run_command(struct run *run, const struct run_how *how, const char *const argv[]);
/* The same for a function in a forked process; what it returns is its exit status. */
void run_function(struct run *run, const struct run_how *how, int (*function)(void *),
		  void *argument);
void run_free(struct run *run);

/* A whole file, malloc'd and zero-terminated; failures end the test. *length may be NULL. */
char *run_read_file(const char *path, size_t *length);

/* How many lines text has; one without a newline at its end counts. */
unsigned run_count_lines(const char *text);

#endif
