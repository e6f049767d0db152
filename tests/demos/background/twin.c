// SPDX-License-Identifier: GPL-2.0-or-later
/* What mp-background does, with bare system calls, and one fault. */
#include "faults.h"
#include "twin.h"

#include <signal.h>
#include <string.h>

enum { NUMBERS = 5, STEP = 10 };

static int ready[2]; /* background tells main how far it is */
static bool daemon_wanted;
static pid_t background, other;

static int work_as_daemon(void)
{
	int count = fault("quick-daemon") ? NUMBERS : 1;

	if (!fault("silent-daemon"))
		twin_say("Starting background_process\n");
	for (int i = 0; i < count && !fault("silent-daemon"); i++)
		twin_say("---> %d\n", i);
	if (fault("says-exiting") || fault("finishes") || fault("waited-for"))
		twin_say("Exiting background_process\n");
	twin_tell(ready);
	return fault("waited-for") ? 0 : stopped_end();
}

static int work_to_the_end(void)
{
	twin_say("Starting background_process\n");
	for (int i = 0; i < NUMBERS; i++)
		twin_say("---> %d\n", i);
	twin_tell(ready);
	if (fault("stops-both"))
		stopped_stay();
	if (!fault("unsaid"))
		twin_say("Exiting background_process\n");
	return 0;
}

static int be_background(void *unused)
{
	stopped_enter();
	stopped_prepare();
	if (fault("pokes"))
		signal(SIGTERM, SIG_IGN);
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
			stopped_stay();
		twin_say("---> %d \n", number_at(i));
		if (fault("other-double") && i == 2)
			twin_say("---> %d \n", number_at(i));
		twin_sleep(STEP);
	}
}

static int be_other(void *unused)
{
	stopped_enter();
	if (fault("sibling"))
		kill(background, SIGTERM);
	twin_say("Starting NO_background_process\n");
	print_numbers();
	if (!fault("other-unsaid") && !fault("other-hasty"))
		twin_say("Exiting NO_background_process\n");
	stopped_leave();
	return 0;
}

static void start(void)
{
	background = twin_fork(be_background, NULL);
	twin_hear(ready);
	if (fault("early"))
		stopped_stop(background);
	other = twin_fork(be_other, NULL);
	stopped_start_third(background);
}

static void end(void)
{
	bool stops = daemon_wanted || fault("stops-both") || fault("pokes");

	if (stops && !fault("early") && !fault("third") && !fault("waited-for"))
		stopped_stop(background);
	stopped_wait(background, other);
}

int main(int argc, char *argv[])
{
	twin_begin(faults, argc, argv);
	daemon_wanted = !strcmp(twin_option("--daemon", "yes"), "yes");
	if (fault("nothing"))
		return 0;
	twin_pipe(ready);
	stopped_begin();
	start();
	end();
	return 0;
}
