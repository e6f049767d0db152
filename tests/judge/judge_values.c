/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the command line says: flags, clusters of letters, and numbers with digits behind a dot. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "decimal.h"
#include "tap.h"

#define FLAGS                                                                                      \
	"parameter race = flag -r --race\nparameter v = flag -v\nparameter loud = flag --loud\n"   \
	"parameter n = option -n --number, default 3\n"

static void is_given(const char *name, const char *value, const char *a, const char *b,
		     const char *c)
{
	struct story *story = story_new("cmd", a, b, c, NULL);
	char clause[64];

	prints(story, 10, command(story), "x");
	snprintf(clause, sizeof(clause), "  main prints \"y\" when %s is not %s", name, value);
	it_holds(story, FLAGS, clause);
	tap_note("cmd %s %s %s", a, b ? b : "", c ? c : "");
	story_free(story);
}

static void test_flags(void)
{
	is_given("race", "no", "x", NULL, NULL);
	is_given("race", "yes", "-r", NULL, NULL);
	is_given("race", "yes", "--race", NULL, NULL);
	is_given("race", "yes", "-vr", NULL, NULL);
	is_given("v", "yes", "-vr", NULL, NULL);
	is_given("race", "yes", "-rn5", NULL, NULL);
	is_given("n", "5", "-rn5", NULL, NULL);
	is_given("n", "5", "-vrn", "5", NULL);
	is_given("race", "no", "-nr", NULL, NULL);
	is_given("race", "no", "-n", "-r", NULL);
	is_given("race", "no", "--number", "--race", NULL);
	is_given("race", "no", "--", "-r", NULL);
	is_given("race", "no", "-xr", NULL, NULL);
	is_given("race", "no", "--race=no", NULL, NULL);
	is_given("race", "no", "--races", NULL, NULL);
	is_given("loud", "yes", "-r", "--loud", NULL);
	is_given("loud", "no", "-l", "loud", "-");
	is_given("n", "7", "--number=4", "-r", "-n7");
	is_given("n", "3", "-rn", NULL, NULL);
}

/* A script that reads its options and then becomes another program. */
static void test_wrapper(void)
{
	static char *argv[] = {(char *)"sh", (char *)"-c", (char *)"exit 5", (char *)"-n9", NULL};
	struct story *story = story_new("cmd", "-n", "5", NULL);
	struct mp_image *image = calloc(1, sizeof(*image));

	if (image == NULL)
		tap_bail("out of memory");
	image->argv = argv;
	command(story)->images = image;
	command(story)->image_count = 1;
	exits(story, 100, command(story), 5);
	it_holds(story, FLAGS, "  main exits with n");
	story_free(story);
}

#define TIMES                                                                                      \
	"process p = child 1 of main\nparameter delay = option --delay, default 0.25\n"            \
	"parameter n = option -n, default 2\nchannel c = from p to main\n"

/* p sleeps 300 us and lives 500 us */
static struct story *sleeper(const char *delay)
{
	struct story *story = story_new("cmd", "--delay", delay, NULL);
	struct mp_process *p = forks(story, 100, command(story), "p");
	struct mp_stream *pipe = pipes(story);

	sleeps(story, 200, 500, p);
	writes(story, 550, p, pipe, 1);
	waits_for_data(story, 130, 560, command(story), p, pipe);
	reads(story, 560, command(story), pipe, 1);
	exits(story, 600, p, 0);
	return story;
}

static void test_times(void)
{
	struct story *story = sleeper("0.15");

	it_holds(story, TIMES,
		 "  p sleeps at least delay * 2 ms\n  p sleeps at least delay ms once\n"
		 "  p lives at least (delay + 0.1) * 2 ms\n"
		 "  p never sleeps at least delay * n + 0.001 ms\n"
		 "  main waits at least (n * 200) us\n  p lives at least delay - 1 h\n"
		 "  p sleeps at least i * delay ms, for each i from 0 to n\n"
		 "  main waits at least n - 1 times\n  p lives at least 0.0001 - 0.0001 h");
	it_breaks(story, TIMES, "  p sleeps at least delay * 2.1 ms",
		  "p sleeps at least 0.315 ms at least once", "never");
	it_breaks(story, TIMES, "  p lives at least 4 * delay ms", "p lives at least 0.6 ms", NULL);
	it_breaks(story, TIMES, "  p sleeps at least i * delay ms once, for each i from 0 to 3",
		  "p sleeps at least 0.45 ms once (i = 3)", "never");
	it_breaks(story, TIMES, "  main waits at least n * 300 us", NULL, NULL);
	story_model(story)->lost[MP_SLEEP] = 1;
	it_is_open(story, TIMES, "  p sleeps at least delay * 3 ms",
		   "1 sleep event was lost (incomplete)");
	story_free(story);
}

static void is_unusable(const char *delay, const char *clause, const char *why)
{
	struct story *story = sleeper(delay);
	struct mp_verdict *verdict;
	char text[512], *said;

	snprintf(text, sizeof(text), TIMES "claim \"it\"\n  %s\n", clause);
	verdict = opinion(story, text, &said);
	ok(verdict == NULL, "%s with --delay %s cannot be judged", clause, delay);
	is_string(said, why, "and that is said");
	free(said);
	mp_verdict_free(verdict);
	story_free(story);
}

static void test_unusable(void)
{
	is_unusable("soon", "p lives at least delay s",
		    "parameter delay: \"soon\" is not a number of at most 18 digits");
	is_unusable("99999999999999999999", "p lives at least delay s",
		    "parameter delay: \"99999999999999999999\" is not a number of at most 18 "
		    "digits");
	is_unusable("99999999999999", "p sleeps at least 2 * delay s",
		    "parameter delay: \"99999999999999\" is not small enough for a time");
	is_unusable("999999999999999999", "p lives at least 100 * delay ns",
		    "parameter delay: \"999999999999999999\" is not small enough for a time");
}

static const struct {
	const char *text;
	int64_t digits;
	int scale; /* -1: no number */
} numbers[] = {
	{"0", 0, 0},
	{"10", 10, 0},
	{"-1", -1, 0},
	{"0.25", 25, 2},
	{"-0.50", -5, 1},
	{"1.0", 1, 0},
	{"0.000000000000000000000000", 0, 0},
	{"123456789012345678.5", 1234567890123456785, 1},
	{"0.000000000000000001", 1, 18},
	{"9223372036854775807", INT64_MAX, 0},
	{"", 0, -1},
	{"-", 0, -1},
	{".5", 5, 1},
	{"5.", 5, 0},
	{"0.", 0, 0},
	{".", 0, -1},
	{"-.", 0, -1},
	{"..5", 0, -1},
	{"1.2.3", 0, -1},
	{"1e3", 0, -1},
	{"+1", 0, -1},
	{" 1", 0, -1},
	{"1 ", 0, -1},
	{"9223372036854775808", 0, -1},
	{"0.0000000000000000001", 0, -1},
};

static void test_numbers(void)
{
	struct mp_decimal got;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		bool number = mp_decimal_read(numbers[i].text, strlen(numbers[i].text), &got);

		ok(number == (numbers[i].scale >= 0) &&
			   (!number || (got.digits == numbers[i].digits &&
					got.scale == (unsigned)numbers[i].scale)),
		   "\"%s\"", numbers[i].text);
	}
}

static struct mp_decimal number(const char *text)
{
	struct mp_decimal out;

	if (!mp_decimal_read(text, strlen(text), &out))
		tap_bail("%s", text);
	return out;
}

static void test_order(void)
{
	static const char *const up[] = {"-9223372036854775807",
					 "-1.5",
					 "-1.25",
					 "-0.000000000000000001",
					 "0",
					 "0.000000000000000001",
					 "0.9",
					 "1",
					 "1.000000000000000001",
					 "9223372036854775807"};

	for (size_t i = 0; i < sizeof(up) / sizeof(up[0]); i++)
		for (size_t j = 0; j < sizeof(up) / sizeof(up[0]); j++)
			is_int(mp_decimal_compare(number(up[i]), number(up[j])), (i > j) - (i < j),
			       "%s and %s", up[i], up[j]);
}

static void test_arithmetic(void)
{
	struct mp_decimal out;
	uint64_t ns;

	ok(mp_decimal_add(number("0.1"), number("0.2"), &out) && out.digits == 3 && out.scale == 1,
	   "0.1 + 0.2 is 0.3");
	ok(mp_decimal_subtract(number("1"), number("0.99"), &out) && out.digits == 1 &&
		   out.scale == 2,
	   "1 - 0.99 is 0.01");
	ok(mp_decimal_multiply(number("0.25"), number("4"), &out) && out.digits == 1 &&
		   out.scale == 0,
	   "0.25 * 4 is 1");
	ok(!mp_decimal_multiply(number("0.0000000001"), number("0.0000000001"), &out),
	   "what has too many digits is not rounded");
	ok(!mp_decimal_add(number("9223372036854775807"), number("1"), &out) &&
		   !mp_decimal_add(number("9223372036854775807"), number("0.1"), &out) &&
		   !mp_decimal_subtract(number("-9223372036854775807"), number("2"), &out) &&
		   !mp_decimal_multiply(number("4294967296"), number("4294967296"), &out),
	   "nor does anything wrap around");
	ok(mp_decimal_ns(number("1.5"), 60000000000, &ns) && ns == 90000000000, "1.5 minutes");
	ok(mp_decimal_ns(number("0.123456789012345678"), 3600000000000, &ns) && ns == 444444440444,
	   "a part of an hour, down to the nanosecond");
	ok(mp_decimal_ns(number("-3"), 1000, &ns) && ns == 0, "below 0 is 0");
	ok(!mp_decimal_ns(number("18446744074"), 1000000000, &ns), "too long");
}

int main(void)
{
	tap_plan(0);
	test_flags();
	test_wrapper();
	test_times();
	test_unusable();
	test_numbers();
	test_order();
	test_arithmetic();
	return tap_done();
}
