/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: the command line. Gives: what was asked for, complete and without contradictions. Never:
 * opens or looks up anything: it works while there is still root.
 */
#ifndef MP_OPTIONS_H
#define MP_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct mp_options {
	const char *contract; /* file, "-": standard input, NULL: look for one */
	bool no_contract;
	const char *format;
	const char *output; /* file, "-": standard output, NULL: standard error */
	const char *record; /* file to keep the record in, or NULL */
	const char *from;   /* file to read a record from, "-": standard input, or NULL */
	int64_t timeout_ns; /* 0: none */
	const char *user;
	bool explain;
	bool quiet;
	int verbose;
	const char *color; /* "auto", "always", "never" */
	int64_t buffer;	   /* bytes, a power of two */

	int argc; /* of the command; 0 with --from */
	char **argv;
};

/* Leaves the program for --help, for --version and, with one line, for a mistake. */
void mp_options_parse(int argc, char *argv[], struct mp_options *options);

/* The command's output makes room for a report on standard output. */
bool mp_options_take_stdout(const struct mp_options *options);

#endif
