/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a number of rounds. Gives: nanoseconds for a round, on standard output: one byte into a
 * pipe and out of it again, by two system calls that the tracer records. Never: a judgement.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static double now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

int main(int argc, char **argv)
{
	long rounds = argc > 1 ? atol(argv[1]) : 200000;
	double began;
	int ends[2];
	char byte = 0;

	if (rounds <= 0 || pipe(ends) < 0) {
		fprintf(stderr, "bench-calls: give a number of rounds\n");
		return 2;
	}
	began = now_ns();
	for (long i = 0; i < rounds; i++) {
		if (write(ends[1], &byte, 1) != 1 || read(ends[0], &byte, 1) != 1) {
			perror("bench-calls");
			return 1;
		}
	}
	printf("%.0f\n", (now_ns() - began) / (double)rounds);
	return 0;
}
