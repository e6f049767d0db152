/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tap.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct {
	pid_t planner;
	pid_t counted;	  /* whose points `run` and `failed` are */
	unsigned planned; /* 0: at the end */
	unsigned run;
	unsigned failed;
} tap;

static bool reporting(void)
{
	return getpid() == tap.planner;
}

/* A child answers for what failed in it, not for what had failed before it was forked. */
static void begin_to_count(void)
{
	if (tap.counted == getpid())
		return;
	tap.counted = getpid();
	tap.run = 0;
	tap.failed = 0;
}

void tap_plan(unsigned points)
{
	tap.planner = getpid();
	begin_to_count();
	tap.planned = points;
	/* A child that is forked between two points must not print what is buffered here. */
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	printf("TAP version 13\n");
	if (points > 0)
		printf("1..%u\n", points);
}

static void print_escaped(FILE *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == '#' || *text == '\\' || *text < ' ' || *text > '~')
			fprintf(out, "\\x%02x", (unsigned char)*text);
		else
			fputc(*text, out);
	}
}

__attribute__((format(printf, 4, 0))) static bool point(bool passed, const char *file, int line,
							const char *format, va_list values)
{
	char what[512];

	vsnprintf(what, sizeof(what), format, values);
	begin_to_count();
	tap.run++;
	if (!passed)
		tap.failed++;
	if (reporting()) {
		printf("%sok %u - ", passed ? "" : "not ", tap.run);
		print_escaped(stdout, what);
		putchar('\n');
		if (!passed)
			printf("# failed at %s:%d\n", file, line);
	} else if (!passed) {
		fprintf(stderr, "# in child %d: failed at %s:%d: %s\n", (int)getpid(), file, line,
			what);
	}
	return passed;
}

bool tap_ok(bool passed, const char *file, int line, const char *format, ...)
{
	va_list values;

	va_start(values, format);
	point(passed, file, line, format, values);
	va_end(values);
	return passed;
}

bool tap_is_int(int64_t got, int64_t expected, const char *file, int line, const char *format, ...)
{
	bool passed = got == expected;
	va_list values;

	va_start(values, format);
	point(passed, file, line, format, values);
	va_end(values);
	if (!passed)
		tap_note("got %" PRId64 ", expected %" PRId64, got, expected);
	return passed;
}

static void note_string(const char *label, const char *text)
{
	FILE *out = reporting() ? stdout : stderr;

	fprintf(out, "# %s: ", label);
	print_escaped(out, text != NULL ? text : "(null)");
	fputc('\n', out);
}

bool tap_is_string(const char *got, const char *expected, const char *file, int line,
		   const char *format, ...)
{
	bool passed =
		got == expected || (got != NULL && expected != NULL && strcmp(got, expected) == 0);
	va_list values;

	va_start(values, format);
	point(passed, file, line, format, values);
	va_end(values);
	if (!passed) {
		note_string("     got", got);
		note_string("expected", expected);
	}
	return passed;
}

void tap_skip(unsigned points, const char *format, ...)
{
	char why[256];
	va_list values;

	va_start(values, format);
	vsnprintf(why, sizeof(why), format, values);
	va_end(values);
	for (; points > 0; points--) {
		tap.run++;
		if (reporting())
			printf("ok %u # SKIP %s\n", tap.run, why);
	}
}

void tap_note(const char *format, ...)
{
	FILE *out = reporting() ? stdout : stderr;
	va_list values;

	fputs("# ", out);
	va_start(values, format);
	vfprintf(out, format, values);
	va_end(values);
	fputc('\n', out);
}

void tap_bail(const char *format, ...)
{
	va_list values;

	fputs("Bail out! ", stdout);
	va_start(values, format);
	vprintf(format, values);
	va_end(values);
	putchar('\n');
	exit(1);
}

int tap_done(void)
{
	bool kept;

	begin_to_count();
	kept = tap.planned == 0 || tap.run == tap.planned;
	if (!reporting())
		return tap.failed == 0 ? 0 : 1;
	if (tap.planned == 0)
		printf("1..%u\n", tap.run);
	else if (!kept)
		printf("# planned %u points, ran %u\n", tap.planned, tap.run);
	if (tap.failed > 0)
		printf("# %u of %u points failed\n", tap.failed, tap.run);
	fflush(stdout);
	return tap.failed == 0 && kept && tap.run > 0 ? 0 : 1;
}
