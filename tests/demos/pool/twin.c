// SPDX-License-Identifier: GPL-2.0-or-later
/* What mp-pool does, with bare system calls, and one fault. */
#include "faults.h"
#include "twin.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CREW = 16, INPUTS = 200, STOP = -1 };

struct answer {
	long input, output;
};

static struct member {
	pid_t pid;
	int to[2], from[2]; /* pipes: [0] is read, [1] is written */
	bool over;	    /* it has ended, and was waited for */
} crew[CREW];
static long workers, inputs;
static long results[INPUTS + 1];

/* Whose input is it? */
static long owner(long input)
{
	if (fault("greedy") || fault("greedy-told"))
		return 0;
	if (fault("one-idle") || fault("main-helps"))
		return input % workers % (workers - 1);
	return input % workers;
}

static void answer(long self, long input)
{
	struct answer answer = {input, input * input + (fault("wrong") && input == 3)};

	twin_send(crew[self].from[1], &answer, sizeof(answer));
}

/* What is left when the worker itself is gone. */
static int help(void *unused)
{
	twin_sleep(200);
	return 0;
}

static int work(void *argument)
{
	long self = (long)argument, input;

	for (long i = 0; i <= self; i++)
		if (!crew[i].over)
			twin_close(crew[i].to[1]);
	for (long i = 0; fault("unread") && i < inputs; i++)
		if (owner(i) == self)
			answer(self, i);
	while (twin_receive(crew[self].to[0], &input, sizeof(input)) && input != STOP)
		answer(self, input);
	if (self == 0 && fault("helper-left"))
		twin_fork(help, NULL);
	if (fault("outlives") && self == workers - 1)
		twin_sleep(200);
	return fault("fails") && self == 0 ? 3 : 0;
}

static void start(long self)
{
	twin_pipe(crew[self].to);
	if (fault("one-pipe") && self > 0)
		memcpy(crew[self].from, crew[0].from, sizeof(crew[self].from));
	else
		twin_pipe(crew[self].from);
	crew[self].pid = twin_fork(work, (void *)self);
	twin_close(crew[self].to[0]);
}

static void give(long i)
{
	if (!fault("unread") && !(fault("main-helps") && i % workers == workers - 1))
		twin_send(crew[owner(i)].to[1], &i, sizeof(i));
}

static void fetch(long i)
{
	struct answer answer = {i, i * i};
	bool unheard = fault("unheard") && owner(i) == workers - 1;

	if (!unheard && !(fault("main-helps") && i % workers == workers - 1))
		twin_receive(crew[owner(i)].from[0], &answer, sizeof(answer));
	results[answer.input] = answer.output;
}

static void stop(long self)
{
	long word = STOP;

	if (crew[self].over)
		return;
	if (fault("told") || fault("greedy-told"))
		twin_send(crew[self].to[1], &word, sizeof(word));
	else if (fault("killed"))
		kill(crew[self].pid, SIGTERM);
	else
		twin_close(crew[self].to[1]);
}

static void join(long self)
{
	if (!crew[self].over)
		twin_reap(crew[self].pid);
	crew[self].over = true;
}

/* Somebody has gone, and something more is handed out. */
static void work_late(void)
{
	stop(0);
	join(0);
	twin_send(crew[1].to[1], &(long){1}, sizeof(long));
	fetch(1);
}

static void share_out(void)
{
	for (long i = 0; i < inputs; i++)
		give(i);
	for (long i = 0; i < inputs; i++)
		fetch(i);
	if (fault("late-work"))
		work_late();
}

/* The workers come after each other, or the last one does. */
static void take_turns(void)
{
	long together = fault("one-by-one") ? 1 : workers - 1;

	for (long first = 0; first < workers; first += together) {
		long end = first + together < workers ? first + together : workers;

		for (long self = first; self < end; self++)
			start(self);
		for (long i = 0; i < inputs; i++)
			if (owner(i) >= first && owner(i) < end)
				give(i);
		for (long i = 0; i < inputs; i++)
			if (owner(i) >= first && owner(i) < end)
				fetch(i);
		for (long self = first; self < end; self++) {
			stop(self);
			join(self);
		}
	}
}

static void arrange(void)
{
	long spare = results[2];

	if (fault("swapped")) {
		results[2] = results[1];
		results[1] = spare;
	}
	if (fault("lost"))
		memmove(results + 2, results + 3, (size_t)(--inputs - 2) * sizeof(*results));
	if (fault("doubled"))
		memmove(results + 3, results + 2, (size_t)(++inputs - 3) * sizeof(*results));
}

static long nth(long i)
{
	long rounds = (inputs + workers - 1) / workers;

	if (fault("as-they-come"))
		return results[i % rounds * workers + i / rounds];
	return results[fault("backwards") ? inputs - 1 - i : i];
}

static void say_results(void)
{
	char line[4096] = "Pool    : [";
	size_t length = strlen(line);

	if (fault("result-unsaid"))
		return;
	arrange();
	for (long i = 0; i < inputs; i++)
		length += (size_t)snprintf(line + length, sizeof(line) - length, "%s%ld",
					   i ? ", " : "", nth(i));
	strcat(line, "]\n");
	twin_send(STDOUT_FILENO, line, strlen(line));
	if (fault("said-twice"))
		twin_send(STDOUT_FILENO, line, strlen(line));
}

static void look_at_ends(void)
{
	siginfo_t end;

	for (long self = 0; self < workers; self++)
		waitid(P_PID, (id_t)crew[self].pid, &end, WEXITED | WNOWAIT);
}

static void close_and_join(void)
{
	long last = workers - 1;

	for (long self = 0; self < workers; self++)
		stop(self);
	if (fault("said-before-join") || fault("one-unjoined"))
		look_at_ends();
	if (fault("said-before-join"))
		say_results();
	for (long self = 0; self < workers; self++)
		if (self != last || !(fault("one-unjoined") || fault("outlives")))
			join(self);
}

int main(int argc, char *argv[])
{
	twin_begin(faults, argc, argv);
	workers = twin_number("-w", 4) - fault("three") + fault("five");
	inputs = twin_number("-n", 100);
	if (fault("nothing") || workers > CREW || inputs > INPUTS)
		return 0;
	if (fault("one-by-one") || fault("one-late")) {
		take_turns();
	} else {
		for (long self = 0; self < workers; self++)
			start(self);
		share_out();
	}
	if (fault("said-before-close"))
		say_results();
	close_and_join();
	if (!fault("said-before-close") && !fault("said-before-join"))
		say_results();
	return 0;
}
