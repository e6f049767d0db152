/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a command and an identity. Gives: a child that waits behind a gate, and becomes the
 * command when the gate is opened. Never: marks, traces or reaps it.
 */
#ifndef MP_GATE_H
#define MP_GATE_H

#include <stdbool.h>
#include <sys/types.h>

#include "privilege.h"

struct mp_gate {
	pid_t pid;
	int pidfd;
	int open;   /* a byte written here opens the gate; closing it ends the child */
	int failed; /* an int arrives here when the command could not be started: its errno */
};

/* Forks the child. `umask` is the one the command shall have. 0 or a negative errno. */
int mp_gate_start(const struct mp_identity *identity, char **argv, bool output_to_stderr,
		  mode_t umask, struct mp_gate *gate);

/* Lets the command go. 0; a negative errno: it could not become the command and has ended. */
int mp_gate_open(struct mp_gate *gate);

/* Closes what is open; a child that still waits ends. */
void mp_gate_close(struct mp_gate *gate);

/* The file that running `name` would run for this process: a name with a slash as it is, else
 * the first in PATH. 0 with *path malloc'd and absolute, -ENOENT, -EACCES or another. */
int mp_program_find(const char *name, char **path);

#endif
