/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the twin of mp-queue can misbehave, and which claims that breaks. */
#ifndef FAULTS_H
#define FAULTS_H

#include "fault.h"

#define FAST                                                                                       \
	{                                                                                          \
		"--delay", "0.01"                                                                  \
	}
#define RACING                                                                                     \
	{                                                                                          \
		"--delay", "0.01", "--race", "yes"                                                 \
	} /* a flag has no value; this one stands alone */

static const struct fault faults[] = {
	{"none", "", "nothing", FAST},
	{"left-at-once", "", "the consumer finds nothing and leaves, as in a race", RACING},
	{"left-unasked", "", "the same, without having been asked to race", FAST},
	{"left-in-between", "", "the consumer leaves when it has taken the first two", RACING},
	/* The producer appends ten random numbers from 0 to 256, pausing a second after each */
	{"nine", "1", "one number fewer is appended", FAST},
	{"eleven", "1", "one number more is appended", FAST},
	{"too-large", "1", "one of the numbers is 300", FAST},
	{"negative", "1", "one of the numbers is -1", FAST},
	{"all-the-same", "1", "all numbers are 7", FAST},
	{"counted", "1", "the numbers are not random, but 0, 1, 2, …", FAST},
	{"counted-from-1", "1", "the numbers are 1, 2, 3, …", FAST},
	{"hurried", "1", "there are no pauses", FAST},
	{"short-pauses", "1", "the pauses are half as long", FAST},
	{"one-pause-short", "1", "there is no pause after the last number", FAST},
	{"pause-before", "1", "the pauses come before the numbers", FAST},
	{"pause-late", "1", "all pauses come at the end", FAST},
	/* The consumer takes items until it finds the queue empty */
	{"empty-unsaid", "2", "the consumer leaves when it has counted ten items", FAST},
	{"empty-twice", "2", "the consumer looks again when it has found nothing", FAST},
	{"went-on", "2", "the consumer takes two more when it has said that it is empty", FAST},
	{"left-early", "2", "the consumer leaves after two items, while more are there", FAST},
	{"left-late", "2 4", "the consumer leaves the last two, when all have been appended", FAST},
	/* Every item that is popped was appended before, and items come out in the order … */
	{"swapped", "3", "the second and the third item change places", FAST},
	{"stack", "3", "the last one in is the first one out", FAST},
	{"popped-first", "3", "the last item is popped, and then appended", FAST},
	{"invented", "3 4", "the last item is another one when it comes out", FAST},
	{"garbled", "3 4", "one line of the consumer does not tell the item", FAST},
	/* No item is popped twice, and none is lost: … */
	{"lost-in-queue", "4", "the consumer has left; the queue forgets an item", RACING},
	{"lost-unasked", "4", "the same, without having been asked to race", FAST},
	{"size-of-before", "4", "the consumer has left; the size is always that of before", RACING},
	{"size-unsaid", "4", "the last size is not printed", FAST},
	{"size-of-all", "4", "the size is always that of all items", FAST},
	{"size-of-bytes", "4", "the size is that of the bytes", FAST},
	{"lost-in-race", "2 4", "the consumer drops the last item, in a race", RACING},
	{"lost-at-end", "2 4", "the consumer drops the last item", FAST},
	{"twice-at-end", "3 4", "the last item is popped twice", FAST},
	{"twice", "3 4", "the second item is popped instead of the third one, too", FAST},
	/* The main process waits for both */
	{"consumer-unreaped", "5", "main leaves when the consumer has ended, and does not wait",
	 FAST},
	{"producer-unreaped", "5", "the same with the producer", FAST},
	/* everything */
	{"nothing", "1 2 3 4 5", "main leaves at once", FAST},
	{0},
};

#endif
