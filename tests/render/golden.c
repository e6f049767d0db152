/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The reports of the sample, byte for byte as they stand in golden/. With MP_GOLDEN_UPDATE=1 in
 * the environment the files are written instead of compared: look at the difference then.
 */
#include "sample.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

struct look {
	const char *file;
	const char *format;
	void (*make)(struct sample *sample);
	int verbose;
	int width;
	bool utf8, color, quiet, judged, from_file;
};

static const struct look looks[] = {
	{"good.txt", "text", sample_good, 0, 80, true, false, false, true, false},
	{"good-verbose.txt", "text", sample_good, 1, 80, true, false, false, true, false},
	{"good-acts.txt", "text", sample_good, 2, 80, true, false, false, true, false},
	{"unasked-verbose.txt", "text", sample_unasked, 1, 80, true, false, false, true, false},
	{"good-quiet.txt", "text", sample_good, 0, 80, true, false, true, true, false},
	{"good-observed.txt", "text", sample_good, 0, 0, true, false, false, false, false},
	{"good.tap", "tap", sample_good, 0, 0, true, false, false, true, false},
	{"good-verbose.tap", "tap", sample_good, 1, 0, true, false, false, true, false},
	{"left.txt", "text", sample_left, 0, 80, true, false, false, true, false},
	{"left-narrow.txt", "text", sample_left, 0, 40, true, false, false, true, false},
	{"bad.txt", "text", sample_bad, 0, 80, true, false, false, true, false},
	{"bad-ascii.txt", "text", sample_bad, 0, 80, false, false, false, true, false},
	{"bad-color.txt", "text", sample_bad, 0, 100, true, true, false, true, false},
	{"bad-quiet.txt", "text", sample_bad, 0, 80, true, false, true, true, false},
	{"bad-again.txt", "text", sample_bad, 0, 80, true, false, false, true, true},
	{"bad.tap", "tap", sample_bad, 0, 0, true, true, false, true, false},
};

static char *read_golden(const char *path)
{
	static char text[64 * 1024];
	FILE *file = fopen(path, "r");
	size_t size;

	if (file == NULL)
		return NULL;
	size = fread(text, 1, sizeof(text) - 1, file);
	fclose(file);
	text[size] = '\0';
	return text;
}

static void write_golden(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (file == NULL || fputs(text, file) == EOF || fclose(file) != 0)
		tap_bail("cannot write %s", path);
}

/* The first line that differs says more than two pages. */
static void note_difference(const char *got, const char *expected)
{
	while (*got != '\0' && *got == *expected) {
		const char *next = strchr(got, '\n');
		size_t length = next != NULL ? (size_t)(next - got) + 1 : strlen(got);

		if (strncmp(got, expected, length) != 0)
			break;
		got += length;
		expected += length;
	}
	tap_note("got:      %.*s", (int)strcspn(got, "\n"), got);
	tap_note("expected: %.*s", (int)strcspn(expected, "\n"), expected);
}

static void compare(const char *path, const char *got, const char *name)
{
	const char *expected = read_golden(path);

	if (getenv("MP_GOLDEN_UPDATE") != NULL) {
		write_golden(path, got);
		expected = got;
	}
	if (!ok(expected != NULL && strcmp(got, expected) == 0, "%s is as it was", name))
		note_difference(got, expected != NULL ? expected : "(no such file)");
}

static void look_at(const char *folder, const struct look *look)
{
	struct sample sample;
	char path[4096], *got;

	look->make(&sample);
	sample.report.verbose = look->verbose;
	sample.report.width = look->width;
	sample.report.utf8 = look->utf8;
	sample.report.color = look->color;
	sample.report.quiet = look->quiet;
	sample.report.from_file = look->from_file;
	if (look->from_file)
		sample.report.kept = NULL;
	if (!look->judged) {
		sample.report.verdict = NULL;
		sample.report.contract = NULL;
	}
	got = sample_render(&sample, look->format);
	snprintf(path, sizeof(path), "%s/%s", folder, look->file);
	compare(path, got, look->file);
	free(got);
	sample_free(&sample);
}

int main(int argc, char *argv[])
{
	tap_plan(0);
	if (argc != 2)
		tap_bail("the folder of the golden files is missing");
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
		look_at(argv[1], &looks[i]);
	return tap_done();
}
