/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Patterns against lines: what fits, what is captured, what a cut line leaves open. */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "inside.h"
#include "tap.h"

#define WORK UINT64_C(1000000)

/* "a{x}*": the same little language as a contract's, without values. */
static int glob_of(const char *text, struct mp_glob *glob)
{
	static struct mp_piece pieces[MP_CONTRACT_PIECES];
	static char names[MP_CONTRACT_PIECES][8];
	struct mp_pattern pattern = {.pieces = pieces};
	struct mp_scope scope = {0};

	while (*text != '\0') {
		struct mp_piece *piece = &pieces[pattern.count++];
		size_t length = strcspn(text, "*{");

		memset(piece, 0, sizeof(*piece));
		piece->text = text;
		piece->length = length;
		piece->kind = MP_PIECE_TEXT;
		if (*text == '*') {
			piece->kind = MP_PIECE_ANY;
			length = 1;
		} else if (*text == '{') {
			length = strcspn(text, "}") + 1;
			piece->kind = MP_PIECE_CAPTURE;
			memcpy(names[pattern.count - 1], text + 1, length - 2);
			names[pattern.count - 1][length - 2] = '\0';
			piece->text = names[pattern.count - 1];
		}
		text += length;
	}
	memset(glob, 0, sizeof(*glob));
	return mp_glob_set(glob, &scope, &pattern, NULL, 0);
}

/* `captured`: every capture in order, with a bar after each. */
static void fits(const char *pattern, const char *text, bool cut, enum mp_match expected,
		 const char *captured)
{
	struct mp_slice captures[MP_CONTRACT_PIECES] = {0};
	struct mp_slice line = {text, strlen(text)};
	uint64_t work = WORK;
	enum mp_match match;
	char got[256] = "";
	struct mp_glob glob;
	int err = glob_of(pattern, &glob);

	if (err == 0)
		err = mp_glob_match(&glob, line, cut, captures, &work, &match);
	is_int(err == 0 ? (int)match : -1, expected, "\"%s\" on \"%s\"%s", pattern, text,
	       cut ? "..." : "");
	if (captured != NULL) {
		for (size_t i = 0; err == 0 && match == MP_MATCH_YES && i < glob.name_count; i++) {
			strncat(got, captures[i].text, captures[i].length);
			strcat(got, "|");
		}
		is_string(got, captured, "\"%s\" on \"%s\" captures", pattern, text);
	}
	mp_glob_free(&glob);
}

static void test_whole(void)
{
	fits("", "", false, MP_MATCH_YES, NULL);
	fits("", "a", false, MP_MATCH_NO, NULL);
	fits("End", "End", false, MP_MATCH_YES, NULL);
	fits("End", "End.", false, MP_MATCH_NO, NULL);
	fits("End", "The End", false, MP_MATCH_NO, NULL);
	fits("*", "", false, MP_MATCH_YES, NULL);
	fits("*", "anything", false, MP_MATCH_YES, NULL);
	fits("a*b", "ab", false, MP_MATCH_YES, NULL);
	fits("a*b", "a b b", false, MP_MATCH_YES, NULL);
	fits("a*b", "a b c", false, MP_MATCH_NO, NULL);
	fits("ab*ba", "aba", false, MP_MATCH_NO, NULL);
	fits("*ab*ab*", "xaby", false, MP_MATCH_NO, NULL);
	fits("*ab*ab*", "xabyabz", false, MP_MATCH_YES, NULL);
	fits("*a*b*c", "abcabc", false, MP_MATCH_YES, NULL);
}

static void test_captures(void)
{
	fits("{x}", "", false, MP_MATCH_NO, "");
	fits("{x}", "a b", false, MP_MATCH_YES, "a b|");
	fits("item {x} popped*", "item 12 popped by c", false, MP_MATCH_YES, "12|");
	fits("item {x} popped*", "item  popped", false, MP_MATCH_NO, "");
	fits("{x} {y}", "a b c", false, MP_MATCH_YES, "a|b c|");
	fits("{x}*", "abc", false, MP_MATCH_YES, "a|");
	fits("*{x}", "abc", false, MP_MATCH_YES, "abc|");
	fits("{x}{y}", "abc", false, MP_MATCH_YES, "a|bc|");
	fits("{x}{y}", "a", false, MP_MATCH_NO, "");
	fits("{x}b{y}d", "abcd", false, MP_MATCH_YES, "a|c|");
	fits("{x}={x}", "ab=ab", false, MP_MATCH_YES, "ab|");
	fits("{x}={x}", "ab=ac", false, MP_MATCH_NO, "");
	fits("*{x}={x}*", "aab=abc", false, MP_MATCH_YES, "ab|");
	fits("{x}{x}", "abab", false, MP_MATCH_YES, "ab|");
}

static void test_cut(void)
{
	fits("abc*", "abcd", true, MP_MATCH_YES, NULL);
	fits("abc*", "ab", true, MP_MATCH_CUT, NULL);
	fits("abd*", "abc", true, MP_MATCH_NO, NULL);
	fits("abc", "abc", true, MP_MATCH_CUT, NULL);
	fits("abc", "abcd", true, MP_MATCH_NO, NULL);
	fits("a*z", "abc", true, MP_MATCH_CUT, NULL);
	fits("a*z", "bbc", true, MP_MATCH_NO, NULL);
	fits("a*b*", "aab", true, MP_MATCH_YES, NULL);
	fits("a{x}", "abc", true, MP_MATCH_CUT, NULL);
	fits("{x} *", "ab cd", true, MP_MATCH_YES, "ab|");
}

static void name_fits(const char *pattern, const char *name, bool expected)
{
	uint64_t work = WORK;
	struct mp_glob glob;
	bool got = !expected;
	int err = glob_of(pattern, &glob);

	if (err == 0)
		err = mp_glob_names(&glob, name, &work, &got);
	ok(err == 0 && got == expected, "the name \"%s\" %s \"%s\"", name,
	   expected ? "fits" : "does not fit", pattern);
	mp_glob_free(&glob);
}

static void test_names(void)
{
	name_fits("p1 - test_with_barrier", "p1 - test_with_", true);
	name_fits("p1 - test_with_barrier", "p1 - test_witho", false);
	name_fits("p1*", "p1 - test_with_", true);
	name_fits("p1*barrier", "p1 - test_with_", false);
	name_fits("worker", "work", false);
}

/* Patterns and lines that make a backtracking matcher run for ever. */
static void test_work(void)
{
	char line[4001], pattern[256] = "";
	struct mp_slice captures[MP_CONTRACT_PIECES] = {0};
	clock_t began = clock();
	uint64_t work = WORK;
	enum mp_match match = MP_MATCH_NO;
	struct mp_glob glob;
	int err;

	memset(line, 'a', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	for (int i = 0; i < 30; i++)
		strcat(pattern, "*a");
	strcat(pattern, "*b");
	fits(pattern, line, false, MP_MATCH_NO, NULL);
	err = glob_of("{x}*{y}*{x}*{y}*{z}{z}b", &glob);
	if (err == 0)
		err = mp_glob_match(&glob, (struct mp_slice){line, sizeof(line) - 1}, false,
				    captures, &work, &match);
	is_int(err, MP_TOO_MUCH_WORK, "repeated captures stop when the work is used up");
	mp_glob_free(&glob);
	ok(clock() - began < CLOCKS_PER_SEC, "and soon");
}

int main(void)
{
	tap_plan(0);
	test_whole();
	test_captures();
	test_cut();
	test_names();
	test_work();
	return tap_done();
}
