/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <ctype.h>
#include <signal.h>
#include <string.h>

#include "model.h"

#define NUMBER_MOST 64
#define NAME_MOST   16
#define RT_FIRST    34 /* the first two are the C library's own */

#define NAMED(name) [name] = #name
static const char *const names[NUMBER_MOST + 1] = {
	NAMED(SIGHUP),
	NAMED(SIGINT),
	NAMED(SIGQUIT),
	NAMED(SIGILL),
	NAMED(SIGTRAP),
	NAMED(SIGABRT),
	NAMED(SIGBUS),
	NAMED(SIGFPE),
	NAMED(SIGKILL),
	NAMED(SIGUSR1),
	NAMED(SIGSEGV),
	NAMED(SIGUSR2),
	NAMED(SIGPIPE),
	NAMED(SIGALRM),
	NAMED(SIGTERM),
	NAMED(SIGSTKFLT),
	NAMED(SIGCHLD),
	NAMED(SIGCONT),
	NAMED(SIGSTOP),
	NAMED(SIGTSTP),
	NAMED(SIGTTIN),
	NAMED(SIGTTOU),
	NAMED(SIGURG),
	NAMED(SIGXCPU),
	NAMED(SIGXFSZ),
	NAMED(SIGVTALRM),
	NAMED(SIGPROF),
	NAMED(SIGWINCH),
	NAMED(SIGIO),
	NAMED(SIGPWR),
	NAMED(SIGSYS),
	[RT_FIRST] = "SIGRTMIN",
	[RT_FIRST + 1] = "SIGRTMIN+1",
	[RT_FIRST + 2] = "SIGRTMIN+2",
	[RT_FIRST + 3] = "SIGRTMIN+3",
	[RT_FIRST + 4] = "SIGRTMIN+4",
	[RT_FIRST + 5] = "SIGRTMIN+5",
	[RT_FIRST + 6] = "SIGRTMIN+6",
	[RT_FIRST + 7] = "SIGRTMIN+7",
	[RT_FIRST + 8] = "SIGRTMIN+8",
	[RT_FIRST + 9] = "SIGRTMIN+9",
	[RT_FIRST + 10] = "SIGRTMIN+10",
	[RT_FIRST + 11] = "SIGRTMIN+11",
	[RT_FIRST + 12] = "SIGRTMIN+12",
	[RT_FIRST + 13] = "SIGRTMIN+13",
	[RT_FIRST + 14] = "SIGRTMIN+14",
	[RT_FIRST + 15] = "SIGRTMIN+15",
	[NUMBER_MOST - 14] = "SIGRTMAX-14",
	[NUMBER_MOST - 13] = "SIGRTMAX-13",
	[NUMBER_MOST - 12] = "SIGRTMAX-12",
	[NUMBER_MOST - 11] = "SIGRTMAX-11",
	[NUMBER_MOST - 10] = "SIGRTMAX-10",
	[NUMBER_MOST - 9] = "SIGRTMAX-9",
	[NUMBER_MOST - 8] = "SIGRTMAX-8",
	[NUMBER_MOST - 7] = "SIGRTMAX-7",
	[NUMBER_MOST - 6] = "SIGRTMAX-6",
	[NUMBER_MOST - 5] = "SIGRTMAX-5",
	[NUMBER_MOST - 4] = "SIGRTMAX-4",
	[NUMBER_MOST - 3] = "SIGRTMAX-3",
	[NUMBER_MOST - 2] = "SIGRTMAX-2",
	[NUMBER_MOST - 1] = "SIGRTMAX-1",
	[NUMBER_MOST] = "SIGRTMAX",
};

/* Names that mean the same as another. */
static const struct {
	const char *name;
	int number;
} others[] = {{"SIGPOLL", SIGPOLL}, {"SIGIOT", SIGIOT}, {"SIGCLD", SIGCHLD}};

const char *mp_signal_name(int signal)
{
	return signal > 0 && signal <= NUMBER_MOST ? names[signal] : NULL;
}

/* 0: not a number in these bounds. */
static int number_of(const char *text, int most)
{
	int number = 0;

	if (*text == '\0')
		return 0;
	for (; *text != '\0'; text++) {
		if (!isdigit((unsigned char)*text))
			return 0;
		number = number * 10 + (*text - '0');
		if (number > most)
			return 0;
	}
	return number;
}

/* SIGRTMIN+2 and SIGRTMAX-2, of which the table has only the nearer way to say it. */
static int real_time(const char *name)
{
	int room = NUMBER_MOST - RT_FIRST;
	int offset;

	if (strncmp(name, "SIGRTMIN+", 9) == 0) {
		offset = number_of(name + 9, room);
		return offset > 0 || strcmp(name + 9, "0") == 0 ? RT_FIRST + offset : 0;
	}
	if (strncmp(name, "SIGRTMAX-", 9) == 0) {
		offset = number_of(name + 9, room);
		return offset > 0 || strcmp(name + 9, "0") == 0 ? NUMBER_MOST - offset : 0;
	}
	return 0;
}

static int named(const char *name)
{
	for (int i = 1; i <= NUMBER_MOST; i++)
		if (names[i] != NULL && strcmp(names[i], name) == 0)
			return i;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		if (strcmp(others[i].name, name) == 0)
			return others[i].number;
	return real_time(name);
}

int mp_signal_number(const char *text, size_t length)
{
	char name[3 + NAME_MOST + 1] = "SIG";
	bool whole = length > 3 && memcmp(text, "SIG", 3) == 0;

	if (length == 0 || length > NAME_MOST || memchr(text, '\0', length) != NULL)
		return 0;
	memcpy(name + (whole ? 0 : 3), text, length);
	if (isdigit((unsigned char)text[0]))
		return number_of(name + 3, NUMBER_MOST);
	return named(name);
}
