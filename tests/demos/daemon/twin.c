// SPDX-License-Identifier: GPL-2.0-or-later
/* What mp-daemon does, with bare system calls, and one fault. */
#include "faults.h"
#include "twin.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FIRST = 5, NUMBERS = 5, MANY = 50, STEP = 10 };

static int alive[2];   /* the daemon tells that it is at work; the end is its end */
static int printed[2]; /* the plain process tells others that it has printed */
static int sent[2];    /* main tells that the signal is sent */
static int over[2];    /* nobody writes here: its end is the end of main */
static pid_t server, plain;

static _Noreturn void leave(int signal)
{
	_exit(0);
}

/* One byte; false at the end. */
static bool hear(int pipe[2])
{
	char byte;

	return twin_receive(pipe[0], &byte, 1);
}

static void tell(int pipe[2])
{
	char byte = 0;

	twin_send(pipe[1], &byte, 1);
}

static bool blocks_signal(void)
{
	return fault("outlives") || fault("signal-beside");
}

static void choose_action(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	if (blocks_signal())
		sigprocmask(SIG_BLOCK, &set, NULL);
	if (fault("catches"))
		signal(SIGTERM, leave);
	if (fault("deaf"))
		signal(SIGTERM, SIG_IGN);
	if (fault("other-signal"))
		signal(SIGUSR1, SIG_IGN);
}

static _Noreturn void stay(void)
{
	sigset_t none;

	sigemptyset(&none);
	if (fault("outlives"))
		hear(over);
	if (fault("signal-beside"))
		hear(printed);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (fault("other-signal")) {
		twin_sleep(STEP);
		raise(SIGTERM);
	}
	for (;;)
		twin_sleep(STEP);
}

static int be_daemon(void *unused)
{
	int count = fault("many") ? MANY : 1;

	twin_close(over[1]);
	choose_action();
	twin_say("Starting daemon\n");
	for (int i = 0; i < count && !fault("silent"); i++)
		twin_say("---> %d \n", i);
	if (fault("says-exiting") || fault("finishes"))
		twin_say("Exiting daemon\n");
	tell(alive);
	if (fault("finishes") || fault("leaves"))
		return 0;
	if (fault("suicide"))
		raise(SIGTERM);
	stay();
}

/* The number at place i. */
static int number_at(int i)
{
	if (fault("disorder") && i >= NUMBERS - 2)
		return FIRST + (NUMBERS - 2) + (NUMBERS - 1) - i;
	return FIRST + i;
}

static void print_number(int i)
{
	if (fault("mute") || (fault("missing") && i == 2))
		return;
	if (fault("plain-stopped") && i == NUMBERS - 1)
		stay();
	twin_say("---> %d\n", number_at(i));
	if (fault("double") && i == 2)
		twin_say("---> %d\n", number_at(i));
}

/* Until the daemon is gone, or not so long. */
static void wait_for_turn(void)
{
	if (fault("signal-beside"))
		hear(sent);
	else if (!fault("beside") && !fault("first-beside") && !fault("outlives"))
		hear(alive);
}

static int be_plain(void *unused)
{
	twin_close(over[1]);
	twin_say("Starting plain\n");
	if (fault("sibling"))
		kill(server, SIGTERM);
	wait_for_turn();
	for (int i = 0; i < NUMBERS + fault("more"); i++) {
		print_number(i);
		if (i == 0)
			tell(printed);
		if (i == 0 && fault("first-beside"))
			hear(alive);
	}
	if (fault("unwaited"))
		hear(over);
	if (fault("plain-dies"))
		raise(SIGKILL);
	return 0;
}

/* A process besides. */
static int be_third(void *unused)
{
	twin_close(over[1]);
	if (fault("third"))
		return kill(server, SIGTERM) < 0;
	if (fault("left-behind")) {
		hear(over);
		twin_sleep(STEP);
	}
	return 0;
}

static void stop(void)
{
	if (fault("suicide") || fault("sibling") || fault("leaves") || fault("finishes"))
		twin_watch(server); /* only then is it certain that this comes too late */
	if (fault("beside"))
		twin_watch(plain);
	if (fault("first-beside"))
		hear(printed);
	kill(server, fault("sigkill") ? SIGKILL : fault("other-signal") ? SIGUSR1 : SIGTERM);
	if (fault("deaf"))
		kill(server, SIGKILL);
	tell(sent);
}

static void start(void)
{
	server = twin_fork(be_daemon, NULL);
	twin_close(alive[1]);
	hear(alive);
	if (fault("early"))
		stop();
	plain = twin_fork(be_plain, NULL);
	if (fault("left-behind"))
		twin_fork(be_third, NULL);
	if (!fault("busy-main") && !fault("works-on"))
		twin_sleep(STEP);
	if (fault("third"))
		twin_reap(twin_fork(be_third, NULL));
}

static void end(void)
{
	if (!fault("early") && !fault("third"))
		stop();
	if (fault("works-on"))
		twin_sleep(STEP);
	if (fault("starts-more"))
		twin_reap(twin_fork(be_third, NULL));
	if (fault("plain-stopped"))
		kill(plain, SIGTERM);
	if (fault("unreaped"))
		twin_watch(plain);
	else if (!fault("unwaited"))
		twin_reap(plain);
	if (fault("daemon-unreaped"))
		twin_watch(server);
	else if (!fault("outlives"))
		twin_reap(server);
}

int main(int argc, char *argv[])
{
	twin_begin(faults, argc, argv);
	if (fault("nothing"))
		return 0;
	twin_pipe(alive);
	twin_pipe(printed);
	twin_pipe(sent);
	twin_pipe(over);
	start();
	end();
	return 0;
}
