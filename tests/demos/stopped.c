// SPDX-License-Identifier: GPL-2.0-or-later
#include "stopped.h"

#include <signal.h>
#include <unistd.h>

enum { STEP = 10 };

static int over[2]; /* nobody writes here: its end is the end of main */

void stopped_begin(void)
{
	twin_pipe(over);
}

void stopped_enter(void)
{
	twin_close(over[1]);
}

/* --- the daemon --- */

static _Noreturn void leave(int signal)
{
	_exit(0);
}

void stopped_prepare(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	if (fault("outlives"))
		sigprocmask(SIG_BLOCK, &set, NULL);
	if (fault("catches"))
		signal(SIGTERM, leave);
	if (fault("deaf"))
		signal(SIGTERM, SIG_IGN);
	if (fault("other-signal"))
		signal(SIGUSR1, SIG_IGN);
}

void stopped_stay(void)
{
	sigset_t none;

	sigemptyset(&none);
	if (fault("outlives"))
		twin_hear(over);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (fault("other-signal")) {
		twin_sleep(STEP);
		raise(SIGTERM);
	}
	for (;;)
		twin_sleep(STEP);
}

int stopped_end(void)
{
	if (fault("finishes") || fault("leaves"))
		return 0;
	if (fault("suicide"))
		raise(SIGTERM);
	stopped_stay();
}

/* --- beside it --- */

void stopped_leave(void)
{
	if (fault("unwaited"))
		twin_hear(over);
	if (fault("other-dies"))
		raise(SIGKILL);
}

static int be_third(void *daemon)
{
	stopped_enter();
	if (fault("third"))
		return kill(*(pid_t *)daemon, SIGTERM) < 0;
	if (fault("left-behind")) {
		twin_hear(over);
		twin_sleep(STEP);
	}
	return 0;
}

/* --- main --- */

void stopped_stop(pid_t daemon)
{
	if (fault("suicide") || fault("sibling") || fault("leaves") || fault("finishes"))
		twin_watch(daemon); /* only then is it certain that this comes too late */
	kill(daemon, fault("sigkill") ? SIGKILL : fault("other-signal") ? SIGUSR1 : SIGTERM);
	if (fault("deaf"))
		kill(daemon, SIGKILL);
}

void stopped_start_third(pid_t daemon)
{
	if (fault("left-behind"))
		twin_fork(be_third, &daemon);
	if (fault("third"))
		twin_reap(twin_fork(be_third, &daemon));
}

void stopped_wait(pid_t daemon, pid_t other)
{
	if (fault("works-on"))
		twin_sleep(STEP);
	if (fault("starts-more"))
		twin_reap(twin_fork(be_third, &daemon));
	if (fault("other-stopped"))
		kill(other, SIGTERM);
	if (fault("unreaped"))
		twin_watch(other);
	else if (!fault("unwaited"))
		twin_reap(other);
	if (fault("daemon-unreaped"))
		twin_watch(daemon);
	else if (!fault("outlives"))
		twin_reap(daemon);
}
