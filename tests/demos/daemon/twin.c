// SPDX-License-Identifier: GPL-2.0-or-later
/* What mp-daemon does, with bare system calls, and one fault. */
#include "faults.h"
#include "twin.h"

#include <signal.h>

enum { FIRST = 5, NUMBERS = 5, MANY = 50, STEP = 10 };

static int alive[2];   /* the daemon tells that it is at work; the end is its end */
static int printed[2]; /* the plain process tells others that it has printed */
static int sent[2];    /* main tells that the signal is sent */
static pid_t server, plain;

static int be_daemon(void *unused)
{
	int count = fault("many") ? MANY : 1;
	sigset_t all;

	sigfillset(&all);
	stopped_enter();
	stopped_prepare();
	if (fault("signal-beside"))
		sigprocmask(SIG_BLOCK, &all, NULL);
	twin_say("Starting daemon\n");
	for (int i = 0; i < count && !fault("silent"); i++)
		twin_say("---> %d \n", i);
	if (fault("says-exiting") || fault("finishes"))
		twin_say("Exiting daemon\n");
	twin_tell(alive);
	if (fault("signal-beside"))
		twin_hear(printed);
	return stopped_end();
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
	if (fault("other-stopped") && i == NUMBERS - 1)
		stopped_stay();
	twin_say("---> %d\n", number_at(i));
	if (fault("double") && i == 2)
		twin_say("---> %d\n", number_at(i));
}

/* Until the daemon is gone, or not so long. */
static void wait_for_turn(void)
{
	if (fault("signal-beside"))
		twin_hear(sent);
	else if (!fault("beside") && !fault("first-beside") && !fault("outlives"))
		twin_hear(alive);
}

static int be_plain(void *unused)
{
	stopped_enter();
	twin_say("Starting plain\n");
	if (fault("sibling"))
		kill(server, SIGTERM);
	wait_for_turn();
	for (int i = 0; i < NUMBERS + fault("more"); i++) {
		print_number(i);
		if (i == 0)
			twin_tell(printed);
		if (i == 0 && fault("first-beside"))
			twin_hear(alive);
	}
	stopped_leave();
	return 0;
}

static void stop(void)
{
	if (fault("beside"))
		twin_watch(plain);
	if (fault("first-beside"))
		twin_hear(printed);
	stopped_stop(server);
	twin_tell(sent);
}

static void start(void)
{
	server = twin_fork(be_daemon, NULL);
	twin_close(alive[1]);
	twin_hear(alive);
	if (fault("early"))
		stop();
	plain = twin_fork(be_plain, NULL);
	if (!fault("busy-main") && !fault("works-on"))
		twin_sleep(STEP);
	stopped_start_third(server);
}

int main(int argc, char *argv[])
{
	twin_begin(faults, argc, argv);
	if (fault("nothing"))
		return 0;
	twin_pipe(alive);
	twin_pipe(printed);
	twin_pipe(sent);
	stopped_begin();
	start();
	if (!fault("early") && !fault("third"))
		stop();
	stopped_wait(server, plain);
	return 0;
}
