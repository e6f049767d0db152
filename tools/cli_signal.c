// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Signals that end a process unless it asked for something else. The name may begin with SIG. */
/* clang-format off */
static const struct { const char *name; int number; } deadly[] = {
	{"HUP", SIGHUP}, {"INT", SIGINT}, {"QUIT", SIGQUIT}, {"ILL", SIGILL}, {"TRAP", SIGTRAP},
	{"ABRT", SIGABRT}, {"BUS", SIGBUS}, {"FPE", SIGFPE}, {"KILL", SIGKILL}, {"USR1", SIGUSR1},
	{"SEGV", SIGSEGV}, {"USR2", SIGUSR2}, {"PIPE", SIGPIPE}, {"ALRM", SIGALRM},
	{"TERM", SIGTERM}, {"STKFLT", SIGSTKFLT}, {"XCPU", SIGXCPU}, {"XFSZ", SIGXFSZ},
	{"VTALRM", SIGVTALRM}, {"PROF", SIGPROF}, {"IO", SIGIO}, {"PWR", SIGPWR}, {"SYS", SIGSYS},
};
/* clang-format on */
#define DEADLY (sizeof(deadly) / sizeof(*deadly))

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
