// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A process that is terminated in its loop; waited for with waitid, its state asked with kill(0).
 * An argument is a fault.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *wrong = "none";

static int is(const char *name)
{
	return !strcmp(wrong, name);
}

static void say(const char *what, int alive)
{
	printf("Process %s: worker %s\n", what, alive ? "True" : "False");
}

static _Noreturn void work(void)
{
	puts("Starting function");
	for (int i = 0; i < (is("finished") ? 0 : 100); i++)
		usleep(100000);
	puts("Finished function");
	_exit(0);
}

int main(int argc, char *argv[])
{
	siginfo_t end;
	pid_t worker;

	if (argc > 1)
		wrong = argv[1];
	setvbuf(stdout, NULL, _IONBF, 0);
	if (!is("said-late"))
		say("before execution", 0);
	worker = fork();
	if (worker == 0)
		work();
	if (is("said-late"))
		say("before execution", 0);
	say("running", kill(worker, 0) == 0);
	if (is("finished"))
		waitid(P_PID, (id_t)worker, &end, WEXITED | WNOWAIT);
	kill(worker, is("killed") ? SIGKILL : SIGTERM);
	say("terminated", kill(worker, 0) == 0);
	waitid(P_PID, (id_t)worker, &end, WEXITED | (is("unreaped") ? WNOWAIT : 0));
	say("joined", 0);
	printf("Process exit code: %d\n", is("wrong-number")	      ? -2
					  : end.si_code == CLD_EXITED ? end.si_status
								      : -end.si_status);
	return 0;
}
