// SPDX-License-Identifier: GPL-2.0-or-later
/* What mp-kill does, with bare system calls, and one fault. */
#include "faults.h"
#include "twin.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STEP = 100 };

static int ready[2]; /* the worker tells main that its loop runs */

static _Noreturn void leave(int signal)
{
	_exit(1);
}

/* Finishes the function of its parent when that is dead; main hears of its end by its pipe. */
static int take_over(void *parent)
{
	while (getppid() == *(pid_t *)parent)
		twin_sleep(1);
	twin_say("Finished function\n");
	return 0;
}

static int work(void *unused)
{
	pid_t self = getpid();

	if (fault("catches"))
		signal(SIGTERM, leave);
	twin_say("Starting function\n");
	if (fault("finishes-first") || fault("finished"))
		twin_say("Finished function\n");
	if (fault("passed-on"))
		twin_fork(take_over, &self);
	twin_tell(ready);
	if (fault("finished"))
		return 0;
	if (fault("suicide"))
		raise(SIGTERM);
	for (int i = 0; i < 50; i++)
		twin_sleep(STEP);
	return 0;
}

/* A process besides: it sends the signal, or it stays behind. */
static int meddle(void *worker)
{
	if (fault("sibling"))
		return kill(*(pid_t *)worker, SIGTERM) < 0;
	for (int i = 0; i < 50; i++)
		twin_sleep(STEP);
	return 0;
}

static void say_before(void)
{
	twin_say("Process before execution: <Process(Process-1, initial)> %s\n",
		 fault("alive-before") ? "True" : "False");
}

static void say_running(void)
{
	twin_say("Process running: <Process(Process-1, started)> %s\n",
		 fault("dead-while-running") ? "False" : "True");
}

static void say_joined(void)
{
	twin_say("Process joined: <Process(Process-1, stopped)> %s\n",
		 fault("alive-after") ? "True" : "False");
}

static void say_exit_code(int status)
{
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);

	if (fault("plus"))
		code = -code;
	if (fault("wrong-number"))
		code = -SIGINT;
	twin_say("Process exit code: %d\n", code);
}

static pid_t start(void)
{
	pid_t worker;

	if (!fault("said-late"))
		say_before();
	if (fault("said-early"))
		say_running();
	worker = twin_fork(work, NULL);
	if (fault("said-late"))
		say_before();
	if (!fault("said-early"))
		say_running();
	return worker;
}

static void terminate(pid_t worker)
{
	if (fault("finished") || fault("suicide"))
		twin_watch(worker);
	if (fault("joined-early"))
		say_joined();
	if (fault("sibling"))
		twin_reap(twin_fork(meddle, &worker));
	else if (!fault("suicide"))
		kill(worker, fault("sigkill") ? SIGKILL : SIGTERM);
	if (fault("twice")) {
		twin_watch(worker);
		kill(worker, SIGTERM);
	}
}

static void join(pid_t worker)
{
	int status = fault("unreaped") ? twin_watch(worker) : twin_reap(worker);

	if (!fault("joined-early"))
		say_joined();
	say_exit_code(status);
	if (fault("passed-on")) {
		twin_close(ready[1]);
		twin_hear(ready);
	}
}

int main(int argc, char *argv[])
{
	pid_t worker;

	twin_begin(faults, argc, argv);
	if (fault("nothing"))
		return 0;
	twin_pipe(ready);
	worker = start();
	twin_hear(ready);
	if (fault("left-behind"))
		twin_fork(meddle, NULL);
	terminate(worker);
	join(worker);
	return 0;
}
