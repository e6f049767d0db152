/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A traced program, a contract or a file name may hold any byte. Whatever they hold, the report
 * has the same lines, and no byte in it but what we wrote and printable ASCII, and the letters of
 * a contract where its reader can read them.
 */
#include "sample.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

static const char *const texts[] = {
	"a # TODO",
	"# SKIP all is well",
	"\\# TODO",
	"\033[31mred\033[0m",
	"\033]0;title\007",
	"x\nok 3 - invented",
	"x\rok 3",
	"\nBail out!",
	"\n1..0 # SKIP",
	"\302\23331m",
	"\xff\xfe\x80",
	"\u202e\u200b",
	"%s%n%1000000d",
	"\\x1b[31m",
	"\x7f\x08\x08",
	"",
	" ",
};

static size_t lines_of(const char *text)
{
	size_t lines = 0;

	for (; *text != '\0'; text++)
		lines += *text == '\n';
	return lines;
}

static bool all_printable(const char *text)
{
	for (; *text != '\0'; text++) {
		unsigned char byte = (unsigned char)*text;

		if (byte != '\n' && (byte < 0x20 || byte > 0x7e)) {
			tap_note("byte 0x%02x", byte);
			return false;
		}
	}
	return true;
}

/* Below the command, what is not ours stands behind blanks or behind words of ours. */
static bool is_ours(const char *line)
{
	static const char *const starts[] = {
		" ",
		"\n",
		"Processes ",
		"Channels\n",
		"Acts ",
		"Still waiting at the end\n",
		"Claims\n",
		"Findings\n",
		"Missing\n",
		"1 of 3 claims holds",
		"The run is kept: ",
	};

	for (size_t i = 0; i < sizeof(starts) / sizeof(starts[0]); i++) {
		if (strncmp(line, starts[i], strlen(starts[i])) == 0)
			return true;
	}
	tap_note("not ours: %.*s", (int)strcspn(line, "\n"), line);
	return false;
}

static bool all_ours(const char *text)
{
	for (text = strchr(text, '\n'); text != NULL && text[1] != '\0';
	     text = strchr(text + 1, '\n')) {
		if (!is_ours(text + 1))
			return false;
	}
	return true;
}

static void check_text(const char *text)
{
	struct sample sample;
	char *got;

	sample_hostile(&sample, text);
	sample.report.verbose = 2;
	sample.report.utf8 = false;
	got = sample_render(&sample, "text");
	ok(all_printable(got), "the text is printable");
	ok(all_ours(got), "and every line is ours");
	free(got);
	sample_free(&sample);
}

/* "ok 1 - …" with the outcome that the verdict has, in order, and nothing that excuses it. */
static bool is_point(const char *line, size_t length, size_t number)
{
	static const char *const starts[] = {"ok 1 - ", "not ok 2 - ", "not ok 3 - "};

	return number < 3 && strncmp(line, starts[number], strlen(starts[number])) == 0 &&
	       memchr(line, '#', length) == NULL;
}

/* A comment has its only `#` in front. */
static bool is_comment(const char *line, size_t length)
{
	return length > 1 && line[0] == '#' && line[1] == ' ' &&
	       memchr(line + 1, '#', length - 1) == NULL;
}

static size_t points_of(const char *tap)
{
	size_t points = 0;

	if (strncmp(tap, "TAP version 13\n1..3\n", 20) != 0)
		return 0;
	for (tap += 20; *tap != '\0';) {
		size_t length = strcspn(tap, "\n");

		if (is_point(tap, length, points)) {
			points++;
		} else if (!is_comment(tap, length)) {
			tap_note("neither point nor comment: %.*s", (int)length, tap);
			return 0;
		}
		tap += length + (tap[length] == '\n');
	}
	return points;
}

static void check_tap(const char *text)
{
	struct sample sample;
	char *got;

	sample_hostile(&sample, text);
	sample.report.verbose = 1;
	got = sample_render(&sample, "tap");
	ok(all_printable(got), "the TAP is printable");
	is_int((int64_t)points_of(got), 3, "and holds three points and comments");
	free(got);
	sample_free(&sample);
}

/* TAP is not wrapped: whatever the names are, no line is added or taken away. */
static void check_lines(const char *text)
{
	struct sample calm, hostile;
	char *expected, *got;

	sample_hostile(&calm, "abc");
	sample_hostile(&hostile, text);
	expected = sample_render(&calm, "tap");
	got = sample_render(&hostile, "tap");
	is_int((int64_t)lines_of(got), (int64_t)lines_of(expected), "TAP has its lines");
	free(expected);
	free(got);
	sample_free(&calm);
	sample_free(&hostile);
}

/* The contract's name, and nothing that the traced program says, in its reader's own letters. */
static void test_letters(const char *format)
{
	struct sample sample;
	char *got;

	sample_hostile(&sample, "stra\u00dfe");
	got = sample_render(&sample, format);
	ok(strstr(got, " stra\u00dfe:") != NULL, "%s shows the letters of a contract", format);
	ok(strstr(got, "stra\\xc3\\x9fe 4711") != NULL && strstr(got, "stra\u00dfe 4711") == NULL,
	   "but those of a process only as escapes");
	free(got);
	sample_free(&sample);
}

static void test_long(void)
{
	static char text[100000];
	const char *quote;
	struct sample sample;
	char *got;

	memset(text, '\n', sizeof(text) - 1);
	sample_hostile(&sample, text);
	sample.report.verbose = 2;
	got = sample_render(&sample, "text");
	ok(strlen(got) < 200000, "a hundred thousand newlines do not fill the screen");
	quote = strstr(got, "\"\\x0a");
	ok(quote != NULL && strcspn(quote, "\n") < 1000, "a line is quoted to its 240th byte");
	free(got);
	sample_free(&sample);
}

static void test_write_error(void)
{
	static const char *const formats[] = {"text", "tap"};
	struct sample sample;

	sample_good(&sample);
	for (size_t i = 0; i < 2; i++) {
		FILE *full = fopen("/dev/full", "w");

		if (full == NULL)
			tap_bail("no /dev/full");
		is_int(mp_renderer_find(formats[i])->render(&sample.report, full), -ENOSPC,
		       "%s: a full disk is reported", formats[i]);
		fclose(full);
	}
	sample_free(&sample);
}

static void test_table(void)
{
	struct sample sample;

	ok(mp_renderer_find("junit") == NULL, "a format that is not there is not found");
	sample_good(&sample);
	sample.report.verdict = NULL;
	is_int(mp_renderer_find("tap")->render(&sample.report, stderr), -EINVAL,
	       "TAP needs a verdict");
	sample_free(&sample);
}

int main(void)
{
	tap_plan(0);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		tap_note("text %zu", i);
		check_text(texts[i]);
		check_tap(texts[i]);
		check_lines(texts[i]);
	}
	test_long();
	test_write_error();
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL)
		tap_bail("there is no locale C.UTF-8");
	test_letters("text");
	test_letters("tap");
	setlocale(LC_CTYPE, "C");
	test_table();
	return tap_done();
}
