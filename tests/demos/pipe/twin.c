// SPDX-License-Identifier: GPL-2.0-or-later
/* What mp-pipe does, with bare system calls, and one fault. */
#include "faults.h"
#include "twin.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static int first[2], second[2]; /* pipes: [0] is read, [1] is written */
static long items;

static int create_items(void *unused)
{
	long count = items - (fault("nine") || fault("nine-invented")) + fault("eleven");

	twin_close(first[0]);
	for (long i = 0; i < count; i++) {
		if (fault("halves")) {
			twin_send(first[1], &i, sizeof(i) / 2);
			twin_send(first[1], (char *)&i + sizeof(i) / 2, sizeof(i) / 2);
		} else {
			twin_send(first[1], &i, sizeof(i));
		}
	}
	if (!fault("create-unclosed"))
		twin_close(first[1]);
	return fault("create-fails") ? 3 : 0;
}

/* A number that came in two writes may be read in two halves. */
static bool receive(long *number)
{
	char *bytes = (char *)number;

	if (!fault("halves"))
		return twin_receive(first[0], number, sizeof(*number));
	return twin_receive(first[0], bytes, sizeof(*number) / 2) &&
	       twin_receive(first[0], bytes + sizeof(*number) / 2, sizeof(*number) / 2);
}

static int multiply_items(void *unused)
{
	long *squares = calloc((size_t)items + 2, sizeof(*squares)), number, count = 0;

	twin_close(first[1]);
	while (!(fault("multiply-counts") && count == items) && receive(&number)) {
		squares[count] =
			fault("wrong-multiply") ? number * number * number : number * number;
		if (!fault("multiply-batches") && !(fault("multiply-skips") && count == items - 1))
			twin_send(second[1], &squares[count], sizeof(*squares));
		count++;
	}
	if (fault("end-twice"))
		receive(&number);
	if (fault("multiply-batches"))
		twin_send(second[1], squares, (size_t)count * sizeof(*squares));
	twin_close(second[1]);
	if (fault("multiply-dies"))
		raise(SIGKILL);
	return 0;
}

/* What main does after its first read is too late. */
static void close_late(long count)
{
	if (count != 0)
		return;
	if (fault("late-first"))
		twin_close(first[1]);
	if (fault("late-second"))
		twin_close(second[1]);
}

static void print_squares(void)
{
	long *squares = calloc((size_t)items + 2, sizeof(*squares)), count = 0;
	long invented = fault("nine-invented") || fault("multiply-skips");

	while (twin_receive(second[0], &squares[count], sizeof(*squares))) {
		close_late(count);
		count++;
		if (fault("end-early") && count == items)
			twin_say("End\n");
		if (fault("hang-second") && count <= items)
			twin_say("%ld\n", squares[count - 1]);
	}
	if (invented)
		squares[count++] = (items - 1) * (items - 1);
	if (fault("disorder")) {
		squares[0] = 1;
		squares[1] = 0;
	}
	for (long i = 0; i < count && i < items; i++) {
		twin_say("%ld\n", squares[i] + (fault("wrong-square") && i == items - 1));
		if (fault("stutter") && i == 2)
			twin_say("%ld\n", squares[i]);
	}
	if (!fault("end-early") && !fault("end-unsaid"))
		twin_say("End\n");
}

int main(int argc, char *argv[])
{
	pid_t create, multiply;

	twin_begin(faults, argc, argv);
	items = twin_number("-n", 10);
	if (fault("nothing"))
		return 0;
	twin_pipe(first);
	create = twin_fork(create_items, NULL);
	if (fault("one-by-one"))
		twin_reap(create);
	twin_pipe(second);
	multiply = twin_fork(multiply_items, NULL);
	twin_close(first[0]);
	if (!fault("late-first") && !fault("hang-first"))
		twin_close(first[1]);
	if (!fault("late-second") && !fault("hang-second"))
		twin_close(second[1]);
	print_squares();
	if (!fault("one-by-one"))
		twin_reap(create);
	if (!fault("unreaped"))
		twin_reap(multiply);
	return 0;
}
