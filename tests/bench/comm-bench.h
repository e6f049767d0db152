/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: two functions that send to, and receive from, the one other party. Gives: the measure of
 * them. Never: knows what they are.
 */
#ifndef COMM_BENCH_H
#define COMM_BENCH_H

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { SMALL = 8, LARGE = 1 << 20, LARGE_EVERY = 100 };

static inline double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static inline double there_and_back(int party, long rounds, void *data, size_t size,
				    void (*send)(const void *, size_t),
				    void (*recv)(void *, size_t))
{
	double began = now_ns();

	for (long i = 0; i < rounds; i++) {
		if (party == 0)
			send(data, size);
		recv(data, size);
		if (party == 1)
			send(data, size);
	}
	return (now_ns() - began) / (double)rounds / 2;
}

/* Party 0 prints. */
static inline void measure(int party, long rounds, void (*send)(const void *, size_t),
			   void (*recv)(void *, size_t))
{
	void *data = calloc(1, LARGE);
	double small, large;

	if (!data)
		return;
	there_and_back(party, 100, data, SMALL, send, recv);
	small = there_and_back(party, rounds, data, SMALL, send, recv);
	large = there_and_back(party, rounds / LARGE_EVERY + 1, data, LARGE, send, recv);
	if (party == 0)
		printf("%.0f %.0f\n", small, LARGE * 1e3 / large);
	free(data);
}

#endif
