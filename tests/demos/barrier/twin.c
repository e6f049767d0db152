// SPDX-License-Identifier: GPL-2.0-or-later
/* What mp-barrier does, with bare system calls, and one fault. */
#include "faults.h"
#include "twin.h"

#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static struct shared {
	uint32_t arrived; /* how many have come to the barrier */
	uint32_t open;	  /* the barrier's word: 1 when all may pass */
	uint32_t lock;
	uint32_t own_locks[66];
} * shared;
static int wire[2]; /* from p4 to p3, where p3 is to wait */
static long parties;

/* Nothing but time tells the twins which of them comes first. */
enum { STEP = 60 };

static void barrier(void)
{
	long needed = parties;

	if (fault("barrier-of-one"))
		needed = 1;
	if (fault("one-short"))
		needed = parties - 1;
	if (fault("p4-joins"))
		needed = parties + 1;
	if (__atomic_add_fetch(&shared->arrived, 1, __ATOMIC_SEQ_CST) >= needed) {
		__atomic_store_n(&shared->open, 1, __ATOMIC_SEQ_CST);
		twin_wake(&shared->open, 66);
		return;
	}
	twin_wait(&shared->open, 0);
}

/* One line in two writes, with time between them for everybody else. */
static void print_line(long number)
{
	uint32_t *lock = fault("own-lock") ? &shared->own_locks[number] : &shared->lock;
	bool locked = !fault("no-lock");

	if (locked)
		twin_lock(lock);
	twin_say("process p%ld - test_with_barrier ----> ", number);
	if (locked && fault("short-lock")) {
		twin_unlock(lock);
		locked = false;
	}
	twin_sleep(STEP);
	twin_say("now\n");
	if (locked)
		twin_unlock(lock);
}

/* told-by-main: main lets p1 go when it is there, and the others come after that. */
static void obey(long number)
{
	__atomic_add_fetch(&shared->arrived, number == 1, __ATOMIC_SEQ_CST);
	while (number != 1 && !__atomic_load_n(&shared->open, __ATOMIC_SEQ_CST))
		twin_sleep(STEP);
	twin_wait(&shared->open, 0);
}

static void command(void)
{
	while (!__atomic_load_n(&shared->arrived, __ATOMIC_SEQ_CST))
		twin_sleep(1);
	twin_sleep(STEP); /* now p1 sleeps */
	__atomic_store_n(&shared->open, 1, __ATOMIC_SEQ_CST);
	twin_wake(&shared->open, 66);
}

/* The parties come one by one, the last one last; so it is known who waits. */
static int with_barrier(void *argument)
{
	long number = (long)argument;
	bool speechless = number == 1 && fault("speechless");

	if (fault("print-first") && number == 1)
		print_line(number);
	if (fault("early"))
		twin_sleep(number == 1 ? 2 * STEP : 0);
	else if (!fault("by-the-clock"))
		twin_sleep((unsigned)(number * STEP));
	if (fault("by-the-clock"))
		twin_sleep(2 * STEP);
	else if (fault("told-by-main"))
		obey(number);
	else if (fault("early") && number == 2)
		__atomic_add_fetch(&shared->arrived, 1, __ATOMIC_SEQ_CST);
	else
		barrier();
	if (!speechless && !(fault("print-first") && number == 1))
		print_line(number);
	if (fault("twice") && number == 1)
		print_line(number);
	return 0;
}

/* Before it prints, p3 or p4 does what it should not. */
static void meddle(long number)
{
	bool third = number == parties + 1;

	if (fault("p3-waits") && third)
		twin_hear(wire);
	if (fault("p3-waits") && !third) {
		twin_sleep(STEP);
		twin_tell(wire);
	}
	if (fault("p4-joins") && !third)
		barrier();
	if (fault("p4-locks") && third) {
		twin_lock(&shared->lock);
		twin_sleep(2 * STEP);
		twin_unlock(&shared->lock);
	}
	if (fault("p4-locks") && !third) {
		twin_sleep(STEP);
		twin_lock(&shared->lock);
		twin_unlock(&shared->lock);
	}
}

static int without_barrier(void *argument)
{
	long number = (long)argument;

	meddle(number);
	if (!(fault("p3-silent") && number == parties + 1))
		twin_say("process p%ld - test_without_barrier ----> now\n", number);
	return 0;
}

int main(int argc, char *argv[])
{
	pid_t pids[66];
	long count;

	twin_begin(faults, argc, argv);
	parties = twin_number("-p", 2);
	if (fault("nothing") || parties < 1 || parties > 64)
		return 0;
	shared = twin_share(sizeof(*shared));
	twin_pipe(wire);
	count = parties + 2;
	for (long i = 0; i < count; i++) {
		if (fault("p4-late") && i == count - 1)
			twin_reap(pids[i - 1]);
		pids[i] = twin_fork(i < parties ? with_barrier : without_barrier, (void *)(i + 1));
	}
	if (fault("told-by-main"))
		command();
	for (long i = 0; i < count; i++)
		if (!(fault("p4-late") && i == count - 2) && !(fault("unreaped") && i == count - 1))
			twin_reap(pids[i]);
	return 0;
}
