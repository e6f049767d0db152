/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * No memory, at every place where memory is asked for. The linker puts __wrap_calloc() in the
 * place of calloc(): the parser has no other way to it.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "parse_dump.h"
#include "tap.h"

static long left = -1; /* so many are granted; -1: all */

void *__real_calloc(size_t count, size_t size);
void *__wrap_calloc(size_t count, size_t size);

void *__wrap_calloc(size_t count, size_t size)
{
	if (!left)
		return NULL;
	if (left > 0)
		left--;
	return __real_calloc(count, size);
}

static const char good[] =
	"parameter n = option -n --number, default 10\n"
	"parameter f = flag -f\n"
	"process p = child n of main\n"
	"process q = child of main named \"q*\"\n"
	"group g = p q\n"
	"channel c = from p to q\n"
	"word w = shared by g\n"
	"claim \"t\"\n"
	"  p prints \"{i * i}\" once, for each i from 0 to n - 1, in order\n"
	"  p dies of {x} before main prints \"a*{x}{n}\"\n"
	"  each of g writes c as often as q waits on w\n"
	"  p exits with -1 * -2\n"
	"claim \"u\"\n"
	"  at most 3 of g at once\n"
	"  main outlives each of g when n is not 2 and p exits before q exits\n"
	"  p exits for each i from 0 to n, for each j from i to n when f is yes\n"
	"  child n of main prints \"{x}\" in the order of p prints \"{x}\"\n"
	"  p lives at least n * 0.5 s\n";
static const char bad[] = "proces p = child 1 of main\n"
			  "process q = nobody\n"
			  "claim \"t\"\n"
			  "  p wirtes c\n"
			  "  p exits wiht 3\n"
			  "  p prints \"{\"\n"
			  "claim \"t\"\n";

static void check(const char *text, size_t mistakes, const char *what)
{
	struct mp_contract *contract = NULL;
	long granted;
	int err = -ENOMEM, wrong = 0;

	for (granted = 0; err && granted < 10000; granted++) {
		left = granted;
		err = mp_contract_parse("memory", text, strlen(text), &contract);
		left = -1;
		wrong += err && err != -ENOMEM;
	}
	is_int(wrong, 0, "%s: want of memory is -ENOMEM and nothing else", what);
	is_int(err, 0, "%s: with enough of it (%ld pieces) there is a contract", what, granted - 1);
	ok(granted > 20, "%s: memory is really counted", what);
	is_int(err ? -1 : (int64_t)contract->diagnostic_count, (int64_t)mistakes,
	       "%s: the same contract as ever", what);
	if (!err)
		mp_contract_free(contract);
}

int main(void)
{
	tap_plan(8);
	check(good, 0, "a good contract");
	check(bad, 6, "a bad contract");
	return tap_done();
}
