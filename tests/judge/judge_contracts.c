/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The contracts of the first three demos: a good run of each, and runs with one fault each. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "tap.h"

static char *contract_of(const char *name)
{
	char path[512], *text;
	size_t length;

	snprintf(path, sizeof(path), "%s/%s.contract", CONTRACTS, name);
	if (mp_contract_read(path, &text, &length) != 0)
		tap_bail("cannot read %s", path);
	return text;
}

/* --- mp-pipe ---------------------------------------------------------------------------------- */

enum pipe_fault {
	PIPE_GOOD,
	PIPE_NINE,	    /* numbers instead of ten */
	PIPE_CREATE_KEEPS,  /* its writing end until it ends */
	PIPE_SHORT_SQUARES, /* one square is not sent on */
	PIPE_SECOND_AFTER,  /* multiply is started when create has been waited for */
	PIPE_MAIN_KEEPS,    /* the writing end of the second pipe, and hangs */
	PIPE_LATE_CLOSE,    /* main closes after its first read */
	PIPE_WRONG_SQUARE,
	PIPE_SWAPPED, /* two squares in the wrong order */
	PIPE_NO_END,  /* the word is not printed */
	PIPE_EXIT_1,
	PIPE_NOT_REAPED,
	PIPE_MISSING_CHILD,
};

static void squares(struct story *story, struct mp_stream *second, enum pipe_fault fault)
{
	char line[16];

	for (int i = 0; i < 10; i++) {
		int shown = fault == PIPE_SWAPPED && i == 4   ? 5
			    : fault == PIPE_SWAPPED && i == 5 ? 4
							      : i;

		if (fault == PIPE_SHORT_SQUARES && i == 9)
			return;
		reads(story, 430 + (unsigned)i * 10, command(story), second, 8);
		snprintf(line, sizeof(line), "%d",
			 fault == PIPE_WRONG_SQUARE && i == 7 ? 48 : shown * shown);
		prints(story, 431 + (unsigned)i * 10, command(story), line);
	}
}

static struct story *pipe_story(enum pipe_fault fault)
{
	struct story *story = story_new("/usr/bin/mp-pipe", NULL);
	struct mp_process *main = command(story), *create, *multiply;
	struct mp_stream *first = pipes(story), *second = pipes(story);
	unsigned late = fault == PIPE_LATE_CLOSE ? 600 : 200;

	create = forks(story, 100, main, "create_items");
	if (fault == PIPE_MISSING_CHILD) {
		exits(story, 900, main, 1);
		return story;
	}
	multiply = forks(story, fault == PIPE_SECOND_AFTER ? 320 : 110, main, "multiply_items");
	holds_in(story, second, multiply);
	for (unsigned i = 0; i < 10; i++) {
		if (fault != PIPE_NINE || i < 9)
			writes(story, 210 + i, create, first, 8);
		if (fault != PIPE_NINE || i < 9)
			reads(story, 330 + i, multiply, first, 8);
		if (fault != PIPE_SHORT_SQUARES || i < 9)
			if (fault != PIPE_NINE || i < 9)
				writes(story, 340 + i, multiply, second, 8);
	}
	if (fault != PIPE_CREATE_KEEPS)
		closes_in(story, 250, create, first);
	exits(story, 260, create, 0);
	if (fault == PIPE_SECOND_AFTER)
		reaps(story, 310, main, create);
	reads_end(story, 360, multiply, first);
	exits(story, 370, multiply, fault == PIPE_EXIT_1 ? 1 : 0);
	closes_in(story, late, main, first);
	if (fault != PIPE_MAIN_KEEPS)
		closes_in(story, late + 1, main, second);
	squares(story, second, fault == PIPE_NINE ? PIPE_SHORT_SQUARES : fault);
	if (fault == PIPE_NINE || fault == PIPE_SHORT_SQUARES)
		prints(story, 560, main, "81");
	if (fault == PIPE_MAIN_KEEPS) {
		hangs_reading(story, 600, 900, main, second);
		is_stopped(story, 900, main);
		return story;
	}
	reads_end(story, 700, main, second);
	if (fault != PIPE_NO_END)
		prints(story, 710, main, "End");
	if (fault != PIPE_SECOND_AFTER)
		reaps(story, 800, main, create);
	if (fault != PIPE_NOT_REAPED)
		reaps(story, 810, main, multiply);
	exits(story, 900, main, 0);
	return story;
}

static void try_pipe(const char *contract, enum pipe_fault fault, const char *claims,
		     const char *what)
{
	struct story *story = pipe_story(fault);

	breaks_claims(story, contract, claims, what);
	story_free(story);
}

#define PIPE_DECLS                                                                                 \
	"process create = child 1 of main\nprocess multiply = child 2 of main\n"                   \
	"channel first = from create to multiply\nchannel second = from multiply to main\n"

static void say_pipe(void)
{
	struct story *story = pipe_story(PIPE_NINE);

	it_breaks(story, PIPE_DECLS, "  create writes first exactly 10 times",
		  "create writes first exactly 10 times", "9 times; the last was at 0.2 ms");
	story_free(story);
	story = pipe_story(PIPE_LATE_CLOSE);
	it_breaks(
		story, PIPE_DECLS,
		"  main closes the writing end of first before main starts reading second",
		"main closes the writing end of first before main starts reading second",
		"main closes the writing end of first at 0.6 ms, after main starts reading second "
		"at 0.4 ms");
	story_free(story);
	story = pipe_story(PIPE_MAIN_KEEPS);
	it_breaks(story, PIPE_DECLS, "  main prints \"End\" once", "main prints \"End\" once",
		  "never; it printed 10 lines, the last \"81\" at 0.5 ms; when the run was stopped "
		  "main was blocked reading second, whose writing end main held open since 0.6 ms");
	story_free(story);
	story = pipe_story(PIPE_MISSING_CHILD);
	it_breaks(story, PIPE_DECLS, "  multiply reads the end of first once",
		  "multiply is child 2 of main", "there is no child 2 of main: main forked 1");
	story_free(story);
}

static void test_pipe(void)
{
	char *contract = contract_of("mp-pipe");

	try_pipe(contract, PIPE_GOOD, "", "mp-pipe");
	try_pipe(contract, PIPE_NINE, "1", "nine numbers");
	try_pipe(contract, PIPE_CREATE_KEEPS, "1", "create does not close");
	try_pipe(contract, PIPE_SHORT_SQUARES, "2", "a square is not sent on");
	try_pipe(contract, PIPE_SECOND_AFTER, "3", "one after the other");
	try_pipe(contract, PIPE_MAIN_KEEPS, "4 5 6", "main keeps a writing end and hangs");
	try_pipe(contract, PIPE_LATE_CLOSE, "4", "main closes too late");
	try_pipe(contract, PIPE_WRONG_SQUARE, "5", "a wrong square");
	try_pipe(contract, PIPE_SWAPPED, "5", "squares out of order");
	try_pipe(contract, PIPE_NO_END, "5", "no End");
	try_pipe(contract, PIPE_EXIT_1, "6", "multiply exits with 1");
	try_pipe(contract, PIPE_NOT_REAPED, "6", "multiply is not reaped");
	try_pipe(contract, PIPE_MISSING_CHILD, "1 2 3 4 5 6", "multiply was never started");
	free(contract);
	say_pipe();
}

/* --- mp-barrier ------------------------------------------------------------------------------- */

enum barrier_fault {
	BARRIER_GOOD,
	BARRIER_OF_ONE,	 /* nobody waits; the lock is contended afterwards */
	BARRIER_EARLY,	 /* p1 prints, then goes to the barrier */
	BARRIER_NO_LOCK, /* the lines are written at the same time */
	BARRIER_P3_WAITS,
	BARRIER_SERIAL, /* p4 is started when p1 has been waited for */
	BARRIER_POLLED, /* not a fault: p1 was found dead by a poll */
	BARRIER_NOT_REAPED,
	BARRIER_P2_SILENT,
};

static void meet_and_print(struct story *story, struct mp_process **p, enum barrier_fault fault)
{
	struct mp_word_entry *barrier = words(story), *lock = words(story);

	if (fault == BARRIER_EARLY)
		prints(story, 190, p[0], "process p1 ----> 1");
	if (fault != BARRIER_OF_ONE)
		is_woken(story, 200, 300, p[0], p[1], barrier);
	if (fault != BARRIER_P2_SILENT)
		prints_slowly(story, 310, 320, p[1], "process p2 ----> 1");
	is_woken(story, 315, 321, p[0], p[1], lock);
	if (fault != BARRIER_EARLY)
		prints_slowly(story, fault == BARRIER_NO_LOCK ? 312 : 330, 340, p[0],
			      "process p1 ----> 1");
}

static struct story *barrier_story(enum barrier_fault fault)
{
	struct story *story = story_new("mp-barrier", NULL);
	struct mp_process *main = command(story), *p[4];
	static const char *const names[] = {"p1 - test_with_", "p2 - test_with_", "p3 - test_witho",
					    "p4 - test_witho"};

	for (unsigned i = 0; i < 4; i++)
		p[i] = forks(story, fault == BARRIER_SERIAL && i == 3 ? 500 : 100 + i, main,
			     names[i]);
	meet_and_print(story, p, fault);
	if (fault == BARRIER_P3_WAITS)
		is_woken(story, 200, 250, p[2], p[0], words(story));
	prints(story, 150, p[2], "process p3 ----> 0");
	prints(story, 510, p[3], "process p4 ----> 0");
	for (unsigned i = 0; i < 4; i++) {
		exits(story, (i == 3 ? 520 : 400) + i, p[i], 0);
		if (fault == BARRIER_NOT_REAPED && i == 3)
			continue;
		if (fault == BARRIER_POLLED && i == 0)
			polls(story, 430, main, p[i]);
		else
			reaps(story, (i == 3 ? 530 : 450) + i, main, p[i]);
	}
	exits(story, 600, main, 0);
	return story;
}

static void try_barrier(const char *contract, enum barrier_fault fault, const char *claims,
			const char *what)
{
	struct story *story = barrier_story(fault);

	breaks_claims(story, contract, claims, what);
	story_free(story);
}

static void test_barrier(void)
{
	char *contract = contract_of("mp-barrier");
	struct story *story = barrier_story(BARRIER_OF_ONE);

	it_breaks(
		story, "group waiters = children 1 to 2 of main",
		"  waiters meet before each of waiters prints \"process *\"",
		"waiters meet before \"p2 - test_with_\" (pid 1002) prints \"process *\"",
		"\"p2 - test_with_\" (pid 1002) prints \"process *\" at 0.3 ms, before it had met "
		"\"p1 - test_with_\" (pid 1001)");
	story_free(story);
	try_barrier(contract, BARRIER_GOOD, "", "mp-barrier");
	try_barrier(contract, BARRIER_OF_ONE, "1", "a barrier of one");
	try_barrier(contract, BARRIER_EARLY, "1", "p1 passes early");
	try_barrier(contract, BARRIER_NO_LOCK, "2", "no lock");
	try_barrier(contract, BARRIER_P3_WAITS, "3", "p3 waits");
	try_barrier(contract, BARRIER_SERIAL, "4", "p4 is started late");
	try_barrier(contract, BARRIER_POLLED, "", "p1 found dead by a poll");
	try_barrier(contract, BARRIER_NOT_REAPED, "4", "p4 is not reaped");
	try_barrier(contract, BARRIER_P2_SILENT, "1 2", "p2 prints nothing");
	free(contract);
}

/* --- mp-kill ---------------------------------------------------------------------------------- */

enum kill_fault {
	KILL_GOOD,
	KILL_STARTED_EARLY, /* the child is there before the first line */
	KILL_WITH_KILL,	    /* SIGKILL instead of SIGTERM */
	KILL_FINISHES,	    /* the child, before the signal */
	KILL_WRONG_CODE,
	KILL_JOINED_EARLY, /* the line is printed while the child lives */
	KILL_ZOMBIE,
};

static struct story *kill_story(enum kill_fault fault, const char *option)
{
	struct story *story = story_new("mp-kill", option, NULL);
	struct mp_process *main = command(story), *worker;
	int signal = fault == KILL_WITH_KILL ? SIGKILL : SIGTERM;

	worker = forks(story, fault == KILL_STARTED_EARLY ? 50 : 150, main, "worker");
	prints(story, 100, main, "Process before execution: <Process> False");
	prints(story, 200, main, "Process running: <Process> True");
	if (fault == KILL_FINISHES) {
		prints(story, 240, worker, "Finished function");
		exits(story, 250, worker, 0);
	}
	sends(story, 300, main, worker, signal);
	if (fault != KILL_FINISHES) {
		receives(story, 310, worker, signal);
		dies(story, 320, worker, signal, main);
	}
	prints(story, 305, main, "Process terminated: <Process> True");
	if (fault != KILL_ZOMBIE)
		reaps(story, 400, main, worker);
	prints(story, fault == KILL_JOINED_EARLY ? 308 : 410, main,
	       "Process joined: <Process> False");
	prints(story, 420, main,
	       fault == KILL_WRONG_CODE	 ? "Process exit code: -16"
	       : fault == KILL_WITH_KILL ? "Process exit code: -9"
					 : "Process exit code: -15");
	exits(story, 500, main, 0);
	return story;
}

static void try_kill(const char *contract, enum kill_fault fault, const char *option,
		     const char *claims, const char *what)
{
	struct story *story = kill_story(fault, option);

	breaks_claims(story, contract, claims, what);
	story_free(story);
}

#define KILL_DECLS                                                                                 \
	"parameter signal = option -s --signal, default TERM\nprocess worker = child 1 of main\n"

static void say_kill(void)
{
	struct story *story = kill_story(KILL_WITH_KILL, NULL);

	it_breaks(story, KILL_DECLS, "  main signals worker with signal once",
		  "main signals worker with SIGTERM once",
		  "never; it sent SIGKILL to worker at 0.3 ms");
	it_breaks(story, KILL_DECLS, "  worker dies of signal",
		  "worker dies of SIGTERM at least once", "never; it died of SIGKILL at 0.3 ms");
	story_free(story);
	story = kill_story(KILL_FINISHES, NULL);
	it_breaks(story, KILL_DECLS, "  worker never prints \"Finished function\"",
		  "worker never prints \"Finished function\"", "once, at 0.2 ms");
	story_free(story);
	story = kill_story(KILL_ZOMBIE, NULL);
	it_breaks(story, KILL_DECLS, "  nothing is left",
		  "nothing is left when the command has ended",
		  "worker ended at 0.3 ms and was not reaped before main ended at 0.5 ms");
	it_breaks(story, KILL_DECLS, "  main reaps worker once", "main reaps worker once",
		  "never; worker ended at 0.3 ms and nobody reaped it");
	story_free(story);
	story = kill_story(KILL_WRONG_CODE, NULL);
	it_breaks(story, KILL_DECLS,
		  "  worker dies of {n} before main prints \"Process exit code: -{n}\"",
		  "worker dies of {n} before main prints \"Process exit code: -{n}\" (n = \"16\")",
		  "worker never dies of {n}; it died of SIGTERM at 0.3 ms");
	story_free(story);
}

static void test_kill(void)
{
	char *contract = contract_of("mp-kill");

	try_kill(contract, KILL_GOOD, NULL, "", "mp-kill");
	try_kill(contract, KILL_WITH_KILL, "--signal=KILL", "", "mp-kill --signal=KILL");
	try_kill(contract, KILL_WITH_KILL, "-s9", "", "mp-kill -s9");
	try_kill(contract, KILL_STARTED_EARLY, NULL, "1", "started before the first line");
	try_kill(contract, KILL_WITH_KILL, NULL, "2", "SIGKILL instead of SIGTERM");
	try_kill(contract, KILL_FINISHES, NULL, "2 3 4", "finishes before the signal");
	try_kill(contract, KILL_WRONG_CODE, NULL, "4", "wrong exit code");
	try_kill(contract, KILL_JOINED_EARLY, NULL, "4", "says joined while it lives");
	try_kill(contract, KILL_ZOMBIE, NULL, "5", "not reaped");
	free(contract);
	say_kill();
}

int main(void)
{
	tap_plan(0);
	test_pipe();
	test_barrier();
	test_kill();
	return tap_done();
}
