// SPDX-License-Identifier: GPL-2.0-or-later
/* What mp-no-daemon does, with bare system calls, and one fault. */
#include "faults.h"
#include "twin.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NUMBERS = 5, STEP = 10 };

static int ready[2]; /* background_process tells main that it is at work */
static int over[2];  /* nobody writes here: its end is the end of main */
static pid_t background;

static void do_nothing(int signal)
{
}

static void print_at_once(const char *name, int first)
{
	twin_say("Starting %s \n\n---> %d \n\n---> %d \n\n---> %d \n\n---> %d \n\n---> %d \n\n"
		 "Exiting %s \n\n",
		 name, first, first + 1, first + 2, first + 3, first + 4, name);
}

/* The number at place i. */
static int number_at(int first, int i)
{
	if (fault("other-disorder") && first != 0 && i >= NUMBERS - 2)
		return first + (NUMBERS - 2) + (NUMBERS - 1) - i;
	return first + i;
}

static bool is_missing(bool other, int i)
{
	if (fault("none-at-all"))
		return other;
	return i == 2 && fault(other ? "other-missing" : "missing");
}

static void print_numbers(const char *name, bool other)
{
	int first = other && !fault("same") ? NUMBERS : 0;

	for (int i = 0; i < NUMBERS + (fault("more") && !other); i++) {
		if (is_missing(other, i))
			continue;
		if (fault("hasty") && !other && i == NUMBERS - 1)
			twin_say("Exiting %s\n", name);
		twin_say("---> %d\n", number_at(first, i));
		if (fault("double") && !other && i == 2)
			twin_say("---> %d\n", number_at(first, i));
		if (fault("started-late") && !other && i == 0)
			twin_say("Starting %s\n", name);
		twin_sleep(STEP);
	}
}

static void print_all(const char *name, bool other)
{
	bool start_unsaid = other ? fault("other-start-unsaid")
				  : fault("start-unsaid") || fault("started-late");
	bool unsaid = other ? fault("other-unsaid") : fault("unsaid") || fault("hasty");

	if (fault("at-once")) {
		print_at_once(name, other ? NUMBERS : 0);
		return;
	}
	if (!start_unsaid)
		twin_say("Starting %s\n", name);
	print_numbers(name, other);
	if (!unsaid)
		twin_say("Exiting %s\n", name);
}

/* Before it prints, background_process is ready for the signal that it gets. */
static void prepare(void)
{
	if (fault("ignored") || fault("brotherly") || fault("third") || fault("itself"))
		signal(SIGUSR1, SIG_IGN);
	if (fault("handled"))
		signal(SIGUSR1, do_nothing);
	if (fault("itself"))
		kill(getpid(), SIGUSR1);
	twin_tell(ready);
	if (fault("stopped"))
		for (;;)
			twin_sleep(STEP);
}

static int be_background(void *unused)
{
	twin_close(over[1]);
	prepare();
	print_all("background_process", false);
	if (fault("dies"))
		raise(SIGKILL);
	return 0;
}

static int be_other(void *unused)
{
	twin_close(over[1]);
	if (fault("brotherly"))
		kill(background, SIGUSR1);
	print_all(fault("wrong-name") ? "background_process" : "NO_background_process", true);
	if (fault("unwaited"))
		twin_hear(over);
	return 0;
}

static int be_third(void *unused)
{
	return kill(background, SIGUSR1) < 0;
}

/* The signal that main should not send. */
static void disturb(void)
{
	if (fault("stopped"))
		kill(background, SIGTERM);
	if (fault("ignored") || fault("handled"))
		kill(background, SIGUSR1);
	if (fault("paused"))
		kill(background, SIGSTOP);
	if (fault("paused") || fault("continued"))
		kill(background, SIGCONT);
	if (fault("third"))
		twin_reap(twin_fork(be_third, NULL));
	if (fault("too-late")) {
		twin_watch(background);
		kill(background, SIGTERM);
	}
}

int main(int argc, char *argv[])
{
	pid_t other = 0;

	twin_begin(faults, argc, argv);
	if (fault("nothing"))
		return 0;
	twin_pipe(ready);
	twin_pipe(over);
	background = twin_fork(be_background, NULL);
	twin_hear(ready);
	if (fault("one-by-one"))
		twin_reap(background);
	if (!fault("single"))
		other = twin_fork(be_other, NULL);
	disturb();
	if (!fault("one-by-one"))
		twin_reap(background);
	if (fault("unreaped"))
		twin_watch(other);
	else if (!fault("unwaited") && !fault("single"))
		twin_reap(other);
	return 0;
}
