// SPDX-License-Identifier: LGPL-2.1-or-later
#include <pthread.h>
#include <signal.h>
#include <stdio.h>

#include "internal.h"

/* As exec does it: what is handled gets its default, what is ignored stays so. */
static void reset_handlers(void)
{
	const struct sigaction standard = {.sa_handler = SIG_DFL};
	struct sigaction now;

	for (int number = 1; number <= SIGRTMAX; number++) {
		if (sigaction(number, NULL, &now) < 0)
			continue;
		if (now.sa_handler != SIG_DFL && now.sa_handler != SIG_IGN)
			sigaction(number, &standard, NULL);
	}
}

/* Every signal is blocked until here, so that none could run a handler of the parent. */
void mp_signals_reset(void)
{
	sigset_t none;

	reset_handlers();
	sigemptyset(&none);
	pthread_sigmask(SIG_SETMASK, &none, NULL);
}

/* Those whose handlers end a system call with EINTR. */
static void find_interrupting(sigset_t *set)
{
	struct sigaction now;

	sigemptyset(set);
	for (int number = 1; number <= SIGRTMAX; number++) {
		if (sigaction(number, NULL, &now) < 0 || (now.sa_flags & SA_RESTART))
			continue;
		if (now.sa_handler != SIG_DFL && now.sa_handler != SIG_IGN)
			sigaddset(set, number);
	}
}

/* glibc throws away what it could not write, also when a signal was the reason: so these wait. What
 * kills, or restarts the write, does not lose anything, and may come. */
void mp_signals_flush(void)
{
	sigset_t interrupting, before;

	find_interrupting(&interrupting);
	pthread_sigmask(SIG_BLOCK, &interrupting, &before);
	fflush(NULL);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}
