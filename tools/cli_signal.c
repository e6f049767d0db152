// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Signals that end a process unless it asked for something else. */
/* clang-format off */
#define SIGNALS(S) \
	S(HUP) S(INT) S(QUIT) S(ILL) S(TRAP) S(ABRT) S(BUS) S(FPE) S(KILL) S(USR1) S(SEGV) \
	S(USR2) S(PIPE) S(ALRM) S(TERM) S(STKFLT) S(XCPU) S(XFSZ) S(VTALRM) S(PROF) S(IO) \
	S(PWR) S(SYS)
/* clang-format on */
#define ROW(name)  {#name, SIG##name},
#define NAME(name) #name,

static const struct {
	const char *name;
	int number;
} deadly[] = {SIGNALS(ROW)};
const char *const cli_signals[] = {SIGNALS(NAME) NULL};
#define DEADLY (sizeof(deadly) / sizeof(*deadly))

/* The name may begin with SIG. */
bool cli_read_signal(const char *text, void *value)
{
	char *end;
	long number = *text >= '1' && *text <= '9' ? strtol(text, &end, 10) : 0;
	const char *name = strncmp(text, "SIG", 3) ? text : text + 3;

	if (number && *end)
		return false;
	for (size_t i = 0; i < DEADLY; i++)
		if (deadly[i].number == number || !strcmp(deadly[i].name, name)) {
			*(int *)value = deadly[i].number;
			return true;
		}
	*(int *)value = (int)number;
	return number >= SIGRTMIN && number <= SIGRTMAX;
}

const char *cli_signal_name(int number)
{
	static char text[32];

	snprintf(text, sizeof(text), "%d", number);
	for (size_t i = 0; i < DEADLY; i++)
		if (deadly[i].number == number)
			snprintf(text, sizeof(text), "SIG%s", deadly[i].name);
	return text;
}
