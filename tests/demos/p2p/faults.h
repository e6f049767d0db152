/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the twin of mp-p2p can misbehave, and which claims that breaks. */
#ifndef FAULTS_H
#define FAULTS_H

#include "fault.h"

static const struct fault faults[] = {
	{"none", "", "nothing"},
	/* Nine processes each know their own rank */
	{"rank-missing", "1", "rank 5 is not started"},
	{"rank-too-many", "1", "there is a rank 9"},
	{"rank-doubled", "1", "rank 6 takes itself for rank 5"},
	{"rank-silent", "1", "rank 7 does not say its number"},
	{"rank-stutters", "1", "rank 2 says its number twice"},
	{"rank-lent", "1", "rank 2 says the number of rank 3, which says none"},
	{"one-by-one", "1", "each rank is waited for before the next one is started"},
	{"alone", "1", "there is no process but rank 0"},
	{"one-process", "1", "one process is all ranks"},
	{"from-one", "1 2 3 4", "the ranks count from 1"},
	/* Rank 0 sends the number 10000000 to rank 4, and rank 1 sends the text "hello" to rank 8
	 */
	{"unsaid", "2", "rank 0 does not say that it sends"},
	{"said-twice", "2", "rank 1 says twice that it sends"},
	{"other-text", "2 3", "rank 1 sends \"help\""},
	{"more-text", "2 3", "rank 1 sends \"hello world\""},
	{"wrong-address", "2", "rank 0 says that it sends to rank 5"},
	{"third-sender", "2", "rank 2 says that it sends, too"},
	{"senders-swapped", "2 3", "rank 1 sends the number, and rank 0 the text"},
	/* Rank 4 and rank 8 wait until their message has come, and print it; it comes from … */
	{"wrong-number", "3", "rank 4 prints 10000001"},
	{"unprinted", "3", "rank 8 does not print what has come"},
	{"printed-twice", "3", "rank 4 prints its message twice"},
	{"impatient", "3", "rank 4 prints the number before rank 0 has begun"},
	{"afterwards", "3", "rank 4 prints the number, and then receives it"},
	{"gives-up", "3", "rank 4 does not wait long enough"},
	{"never-sent", "3", "rank 0 says that it sends, and does not", .hangs = true},
	{"relayed", "3", "rank 0 sends the number to rank 5, which sends it to rank 4"},
	{"forged", "3", "rank 4 gets the number from rank 3"},
	/* A message goes to its receiver and to nobody else */
	{"overheard", "4", "rank 5 prints the number, too"},
	{"broadcast", "4", "everybody gets the number and prints it"},
	{"broadcast-unsaid", "4", "everybody gets the number, only rank 4 prints it"},
	{"copied", "4", "rank 1 sends the text to rank 7, too, which says nothing"},
	{"receivers-swapped", "3 4", "rank 8 gets the number, and rank 4 the text"},
	{"misdirected", "3 4", "rank 5 gets the number, and rank 4 waits", .hangs = true},
	/* With fewer ranks than the messages need, the tool says so and exits with 2 */
	{"none", "", "nothing", {"-n", "8"}},
	{"few-well", "5", "it exits with 0", {"-n", "8"}},
	{"few-one", "5", "it exits with 1", {"-n", "8"}},
	{"few-silent", "5", "it does not say why", {"-n", "8"}},
	{"few-killed", "5", "it says so, and dies", {"-n", "8"}},
	{"few-hangs", "5", "it says so, and stays", {"-n", "8"}, .hangs = true},
	{"few-sends", "5", "what can be sent is sent first", {"-n", "8"}},
	{"needs-ten", "1 5", "nine are not enough for it"},
	/* everything */
	{"nothing", "1", "main leaves at once"},
	{0},
};

#endif
