// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Numbers through two pipes, written by somebody who has never heard of mp-pipe: fork, pipe, dup2,
 * stdio, numbers as text. An argument is a fault.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *wrong = "none";

static int is(const char *name)
{
	return !strcmp(wrong, name);
}

static void check(int result, const char *what)
{
	if (result >= 0)
		return;
	perror(what);
	exit(1);
}

/* The n-th child of the line: reads descriptor 0, writes descriptor `out`. */
static void produce(int out)
{
	char text[32];

	for (int i = 0; i < (is("nine") ? 9 : 10); i++)
		check((int)write(out, text, (size_t)sprintf(text, "%d\n", i)), "write");
	if (!is("unclosed"))
		close(out);
}

static void transform(FILE *in, int out)
{
	char line[32], text[32];

	while (fgets(line, sizeof(line), in)) {
		int number = atoi(line);

		check((int)write(out, text, (size_t)sprintf(text, "%d\n", number * number)),
		      "write");
		if (is("counts") && number == 9)
			_exit(0);
	}
	close(out);
}

static void print_all(FILE *in)
{
	char line[32];

	while (fgets(line, sizeof(line), in))
		fputs(is("wrong") && !strcmp(line, "81\n") ? "80\n" : line, stdout);
	puts("End");
}

int main(int argc, char *argv[])
{
	int a[2], b[2], status;
	pid_t child;

	if (argc > 1)
		wrong = argv[1];
	check(pipe(a), "pipe");
	check(pipe(b), "pipe");
	child = fork();
	check(child, "fork");
	if (child == 0) {
		close(a[0]);
		close(b[0]);
		close(b[1]);
		produce(a[1]);
		_exit(0);
	}
	if (is("one-by-one"))
		waitpid(child, &status, 0);
	child = fork();
	check(child, "fork");
	if (child == 0) {
		check(dup2(a[0], 0), "dup2");
		close(a[0]);
		close(a[1]);
		close(b[0]);
		transform(stdin, b[1]);
		_exit(is("fails"));
	}
	close(a[0]);
	if (!is("hang"))
		close(a[1]);
	close(b[1]);
	print_all(fdopen(b[0], "r"));
	fflush(stdout);
	while (wait(&status) > 0)
		;
	return 0;
}
