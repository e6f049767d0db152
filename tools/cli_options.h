/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the parts of cli share.
 *
 * `TOOL --complete WORD…` is how the completions of all shells ask what may stand in place of the
 * last word, which is being typed, behind the other words. So the tools know their options alone,
 * and completions/ has what differs from shell to shell. The answer is a line
 *
 *     SKIP words              the following lines: a word each, and behind a tab what it means
 *     SKIP files PATTERN      names of files
 *     SKIP users              names of users
 *     SKIP command POSITION   the command that begins with that word (the tool itself is word 0)
 *                             is completed as if it stood alone; the following lines are names
 *                             of commands to offer before others
 *
 * for what follows the first SKIP characters of the last word (`--format=` of `--format=te`). No
 * answer: only the user knows.
 */
#ifndef MP_CLI_OPTIONS_H
#define MP_CLI_OPTIONS_H

#include "cli.h"

/* cli.c: the tool's options and then those that every tool has; NULL after the last. */
const struct cli_option *cli_option_at(size_t i);
const struct cli_option *cli_find_name(const char *name, size_t length);
const struct cli_option *cli_find_letter(char letter);

/* cli.c: ends the tool with `mp-pipe: --items: "abc" …`, where the text of the user is quoted. */
_Noreturn void cli_bad_value(const struct cli_option *option, const char *text, const char *format,
			     ...) __attribute__((format(printf, 3, 4)));

/*
 * cli_value.c
 * set    gives the option a value as the user wrote it ("" where it takes none), or ends the tool.
 *        NULL: the value that it has before anything is said.
 * reset  the same, or its default if it has one.
 * range  what values there can be, in words; "" where that goes without saying.
 */
bool cli_takes_value(const struct cli_option *option);
void cli_set(const struct cli_option *option, const char *text);
void cli_reset(const struct cli_option *option);
void cli_range(const struct cli_option *option, char *into, size_t room);

/* cli_help.c */
void cli_put_help(const struct cli_program *program);

/* cli_complete.c: prints the answer to what is in argv[2] and behind. */
void cli_complete(const struct cli_program *program, int argc, char *argv[]);

#endif
