// SPDX-License-Identifier: GPL-2.0-or-later
/* What mp-background does, with bare system calls, and one fault. */
#include "faults.h"
#include "twin.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NUMBERS = 5, STEP = 10 };

static int ready[2]; /* background tells main how far it is */
static int over[2];  /* nobody writes here: its end is the end of main */
static bool daemon_wanted;
static pid_t background, other;

static _Noreturn void leave(int signal)
{
	_exit(0);
}

static void tell_main(void)
{
	char byte = 0;

	twin_send(ready[1], &byte, 1);
}

static void wait_for_end_of_main(void)
{
	char byte;

	twin_receive(over[0], &byte, 1);
}

static void choose_action(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	if (fault("outlives"))
		sigprocmask(SIG_BLOCK, &set, NULL);
	if (fault("catches"))
		signal(SIGTERM, leave);
	if (fault("deaf") || fault("pokes"))
		signal(SIGTERM, SIG_IGN);
	if (fault("other-signal"))
		signal(SIGUSR1, SIG_IGN);
}

static _Noreturn void stay(void)
{
	sigset_t none;

	sigemptyset(&none);
	if (fault("outlives"))
		wait_for_end_of_main();
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (fault("other-signal")) {
		twin_sleep(STEP);
		raise(SIGTERM);
	}
	for (;;)
		twin_sleep(STEP);
}

static int work_as_daemon(void)
{
	int count = fault("quick-daemon") ? NUMBERS : 1;

	if (!fault("silent-daemon"))
		twin_say("Starting background_process\n");
	for (int i = 0; i < count && !fault("silent-daemon"); i++)
		twin_say("---> %d\n", i);
	if (fault("says-exiting") || fault("finishes") || fault("waited-for"))
		twin_say("Exiting background_process\n");
	tell_main();
	if (fault("finishes") || fault("leaves") || fault("waited-for"))
		return 0;
	if (fault("suicide"))
		raise(SIGTERM);
	stay();
}

static int work_to_the_end(void)
{
	twin_say("Starting background_process\n");
	for (int i = 0; i < NUMBERS; i++)
		twin_say("---> %d\n", i);
	tell_main();
	if (fault("stops-both"))
		stay();
	if (!fault("unsaid"))
		twin_say("Exiting background_process\n");
	return 0;
}

static int be_background(void *unused)
{
	twin_close(over[1]);
	choose_action();
	return daemon_wanted ? work_as_daemon() : work_to_the_end();
}

/* The number at place i of NO_background_process. */
static int number_at(int i)
{
	if (fault("other-disorder") && i >= NUMBERS - 2)
		return NUMBERS + (NUMBERS - 2) + (NUMBERS - 1) - i;
	return NUMBERS + i;
}

static void print_numbers(void)
{
	for (int i = 0; i < NUMBERS + fault("other-more"); i++) {
		if (fault("other-missing") && i == 2)
			continue;
		if (fault("other-hasty") && i == NUMBERS - 1)
			twin_say("Exiting NO_background_process\n");
		if (fault("other-stopped") && i == NUMBERS - 1)
			stay();
		twin_say("---> %d \n", number_at(i));
		if (fault("other-double") && i == 2)
			twin_say("---> %d \n", number_at(i));
		twin_sleep(STEP);
	}
}

static int be_other(void *unused)
{
	twin_close(over[1]);
	if (fault("sibling"))
		kill(background, SIGTERM);
	twin_say("Starting NO_background_process\n");
	print_numbers();
	if (fault("unwaited"))
		wait_for_end_of_main();
	if (!fault("other-unsaid") && !fault("other-hasty"))
		twin_say("Exiting NO_background_process\n");
	if (fault("other-dies"))
		raise(SIGKILL);
	return 0;
}

/* A process besides. */
static int be_third(void *unused)
{
	twin_close(over[1]);
	if (fault("third"))
		return kill(background, SIGTERM) < 0;
	if (fault("left-behind")) {
		wait_for_end_of_main();
		twin_sleep(STEP);
	}
	return 0;
}

static void stop(void)
{
	if (fault("suicide") || fault("sibling") || fault("leaves") || fault("finishes"))
		twin_watch(background); /* only then is it certain that this comes too late */
	kill(background, fault("sigkill") ? SIGKILL : fault("other-signal") ? SIGUSR1 : SIGTERM);
	if (fault("deaf"))
		kill(background, SIGKILL);
}

static void start(void)
{
	char byte;

	background = twin_fork(be_background, NULL);
	twin_receive(ready[0], &byte, 1);
	if (fault("early"))
		stop();
	other = twin_fork(be_other, NULL);
	if (fault("left-behind"))
		twin_fork(be_third, NULL);
	if (fault("third"))
		twin_reap(twin_fork(be_third, NULL));
}

static void end(void)
{
	bool stops = daemon_wanted || fault("stops-both") || fault("pokes");

	if (stops && !fault("early") && !fault("third") && !fault("waited-for"))
		stop();
	if (fault("works-on"))
		twin_sleep(STEP);
	if (fault("starts-more"))
		twin_reap(twin_fork(be_third, NULL));
	if (fault("other-stopped"))
		kill(other, SIGTERM);
	if (fault("unreaped"))
		twin_watch(other);
	else if (!fault("unwaited"))
		twin_reap(other);
	if (fault("daemon-unreaped"))
		twin_watch(background);
	else if (!fault("outlives"))
		twin_reap(background);
}

int main(int argc, char *argv[])
{
	twin_begin(faults, argc, argv);
	daemon_wanted = !strcmp(twin_option("--daemon", "yes"), "yes");
	if (fault("nothing"))
		return 0;
	twin_pipe(ready);
	twin_pipe(over);
	start();
	end();
	return 0;
}
