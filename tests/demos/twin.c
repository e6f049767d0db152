// SPDX-License-Identifier: GPL-2.0-or-later
#include "twin.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct fault *table, *chosen;
static char **options; /* and their values, in pairs; ends with NULL */

static const struct fault *find(const char *name)
{
	for (const struct fault *f = table; f->name; f++)
		if (!strcmp(f->name, name))
			return f;
	return NULL;
}

static _Noreturn void usage(const char *program)
{
	fprintf(stderr, "usage: %s FAULT [OPTION VALUE]...\n", program);
	for (const struct fault *f = table; f->name; f++)
		fprintf(stderr, "  %-18s breaks %-12s %s\n", f->name, *f->breaks ? f->breaks : "-",
			f->what);
	exit(2);
}

void twin_begin(const struct fault *faults, int argc, char *argv[])
{
	table = faults;
	chosen = argc > 1 ? find(argv[1]) : NULL;
	if (!chosen || argc % 2 != 0)
		usage(argv[0]);
	options = argv + 2;
}

const char *twin_option(const char *option, const char *fallback)
{
	for (char **word = options; *word; word += 2)
		if (!strcmp(*word, option))
			return word[1];
	return fallback;
}

long twin_number(const char *option, long fallback)
{
	const char *text = twin_option(option, NULL);

	return text ? strtol(text, NULL, 10) : fallback;
}

bool fault(const char *name)
{
	if (!find(name)) {
		fprintf(stderr, "the table has no fault \"%s\"\n", name);
		abort();
	}
	return !strcmp(chosen->name, name);
}

static _Noreturn void give_up(const char *what)
{
	perror(what);
	_exit(1);
}

pid_t twin_fork(int (*work)(void *), void *argument)
{
	pid_t pid = fork();

	if (pid < 0)
		give_up("fork");
	if (pid == 0)
		_exit(work(argument));
	return pid;
}

void twin_pipe(int ends[2])
{
	if (pipe(ends) < 0)
		give_up("pipe");
}

void twin_close(int fd)
{
	if (close(fd) < 0)
		give_up("close");
}

void twin_send(int fd, const void *bytes, size_t length)
{
	if (write(fd, bytes, length) != (ssize_t)length)
		give_up("write");
}

bool twin_receive(int fd, void *bytes, size_t length)
{
	ssize_t got = read(fd, bytes, length);

	if (got != 0 && got != (ssize_t)length)
		give_up("read");
	return got != 0;
}

void twin_tell(const int ends[2])
{
	char byte = 0;

	twin_send(ends[1], &byte, 1);
}

bool twin_hear(const int ends[2])
{
	char byte;

	return twin_receive(ends[0], &byte, 1);
}

int twin_reap(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		give_up("waitpid");
	return status;
}

int twin_watch(pid_t pid)
{
	siginfo_t end;

	if (waitid(P_PID, (id_t)pid, &end, WEXITED | WNOWAIT) < 0)
		give_up("waitid");
	return end.si_code == CLD_EXITED ? end.si_status << 8 : end.si_status;
}

void twin_say(const char *format, ...)
{
	char line[256];
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	twin_send(STDOUT_FILENO, line, (size_t)length);
}

void twin_sleep(unsigned milliseconds)
{
	struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};

	while (nanosleep(&time, &time) < 0 && errno == EINTR)
		;
}

void *twin_share(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		give_up("mmap");
	return memory;
}

void twin_wait(uint32_t *word, uint32_t value)
{
	while (__atomic_load_n(word, __ATOMIC_SEQ_CST) == value)
		if (syscall(SYS_futex, word, FUTEX_WAIT, value, NULL, NULL, 0) < 0 &&
		    errno != EAGAIN && errno != EINTR)
			give_up("futex");
}

void twin_wake(uint32_t *word, int processes)
{
	if (syscall(SYS_futex, word, FUTEX_WAKE, processes, NULL, NULL, 0) < 0)
		give_up("futex");
}

/* 0: free, 1: held, 2: held and somebody may be waiting. */
void twin_lock(uint32_t *word)
{
	uint32_t free = 0;

	if (__atomic_compare_exchange_n(word, &free, 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))
		return;
	while (__atomic_exchange_n(word, 2, __ATOMIC_SEQ_CST) != 0)
		twin_wait(word, 2);
}

void twin_unlock(uint32_t *word)
{
	if (__atomic_exchange_n(word, 0, __ATOMIC_SEQ_CST) == 2)
		twin_wake(word, 1);
}
