/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a tool's table of options and the words of its command line. Gives: the values, or a
 * --help that teaches, a --version, or one line that says what is wrong. Never: guesses: options
 * are not abbreviated, numbers have no leftovers, and output that was lost is an error.
 */
#ifndef MP_CLI_H
#define MP_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The type that `value` points to stands behind each. */
enum cli_kind {
	CLI_FLAG,    /* bool: was it there? */
	CLI_COUNT,   /* int: how often was it there? */
	CLI_NUMBER,  /* int64_t: a whole number, least to most */
	CLI_SIZE,    /* int64_t: bytes, least to most; 4096, 4K, 8M */
	CLI_SECONDS, /* int64_t: nanoseconds, least to most; written as seconds: 3, 0.25 */
	CLI_CHOICE,  /* const char *: one of `choices` (the pointer is the table's) */
	CLI_TEXT,    /* const char *: any word */
	CLI_PARSED,  /* whatever `parse` makes of it */
};

struct cli_option {
	char letter;	      /* 0: none */
	const char *name;     /* without the dashes */
	const char *argument; /* what it is called in --help; NULL for FLAG and COUNT */
	enum cli_kind kind;
	void *value;
	/*
	 * The default as a user would write it. cli_parse() gives it to *value first of all, so
	 * that what --help says is what happens. NULL: false, 0 or NULL; PARSED: left alone.
	 */
	const char *fallback;
	int64_t least, most;	    /* NUMBER, SIZE, SECONDS (in nanoseconds); both 0: 0 or more */
	const char *const *choices; /* CHOICE; PARSED: words to offer; ends with NULL */
	bool (*parse)(const char *text, void *value); /* PARSED: false when it is none */
	const char *wants;			      /* PARSED: `"x" is not …`: "a signal" */
	const char *offer; /* TEXT: what to offer in a shell, as cli_options.h says it, or NULL */
	const char *help;
};

struct cli_example {
	const char *command;
	const char *what; /* it shows */
};

struct cli_status {
	const char *code;
	const char *meaning;
};

struct cli_program {
	const char *name;
	const char *purpose;	 /* half a line */
	const char *const *uses; /* what may follow the name, "[OPTIONS] COMMAND [ARG…]"; ends with
				    NULL. No table: only options */
	bool operands;		 /* words that are not options are allowed; options end there */
	const char *commands;	 /* not NULL: they are a command, and the files of this pattern are
				    named after those that shells offer before others */
	const char *description;	    /* paragraphs, "\n\n" between them; they are filled */
	const struct cli_option *options;   /* ends with a NULL name; --help and --version are
					       added */
	const struct cli_example *examples; /* ends with a NULL command */
	const struct cli_status *statuses;  /* ends with a NULL code; no table: 0, 1 and 2 as the
					       demos use them */
	const char *see;		    /* "mp-pipe(1), mp-trace(1)" */
};

#define CLI_SECOND INT64_C(1000000000)

/*
 * First of all in main(). Opens what of descriptors 0 to 2 is closed (so that nothing else can
 * get these numbers; output to it still fails), then parses. Returns the index in argv of the
 * first word that is not an option. --help and --version end the program here with 0, a mistake
 * with one line on standard error and 2. --complete WORD… is for shells, and ends it too: see
 * cli_options.h.
 */
int cli_parse(const struct cli_program *program, int argc, char *argv[]);

/*
 * For programs that fork and show who printed what when: standard output gets one write(2) a
 * line, also into a pipe or a file. So a child never inherits half a line to print again, and
 * lines of several processes do not mix. A reader that goes away makes writing fail instead of
 * killing (SIGPIPE is ignored): the program can still look after its children. What the caller may
 * have ignored is not: with SIGCHLD ignored the kernel keeps no exit status, and who ignores
 * SIGTERM cannot be stopped by it.
 */
void cli_print_lines(void);

/* "NAME: message" on standard error; returns 1, for `return cli_fail(…)`. */
int cli_fail(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* "NAME: WHAT: reason"; error is an errno, negative or not. Returns 1. */
int cli_fail_call(const char *what, int error);
/* Did the call fail (result < 0, an errno)? Then its name and the reason have been said. */
bool cli_failed(const char *call, int result);
/* A mistake that only shows when several values are looked at together. Exit 2. */
_Noreturn void cli_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/*
 * Last of all in main(), and in a child's function: everything that was printed must have
 * arrived. Returns status, or 1 (with one line) when status was 0 and output was lost.
 */
int cli_finish(int status);

/* `parse` of an option that takes a signal which ends a process unless that process asked for
 * something else: TERM, SIGTERM, 15, or the number of a real-time signal. The value is an int. */
bool cli_read_signal(const char *text, void *value);
/* The names that it knows, without SIG; ends with NULL. */
extern const char *const cli_signals[];
/* "SIGTERM"; the number as text for one that has no name here. Valid until the next call. */
const char *cli_signal_name(int number);

/* Sleeps for so many nanoseconds, whatever signal handlers run meanwhile. */
void cli_pause(int64_t time);

/* The word of `words` (ends with NULL) that is most like `word`, or NULL when none is. */
const char *cli_nearest(const char *word, const char *const *words);

#endif
