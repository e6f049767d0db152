// SPDX-License-Identifier: GPL-2.0-or-later
#include "output.h"

#define OTHERS                                                                                     \
	"process p* - test_without_barrier ----> *.*\n"                                            \
	"process p* - test_without_barrier ----> *.*\n"

static const struct print prints[] = {
	/* In time for the others' lines to be there before; in order they need not be. */
	{{"--delay", "1"},
	 ANY_ORDER,
	 OTHERS "process p* - test_with_barrier ----> *.*\n"
		"process p* - test_with_barrier ----> *.*\n"},
	{{"-p", "1", "--delay", "1"},
	 ANY_ORDER,
	 OTHERS "process p1 - test_with_barrier ----> *.*\n"},
	{{NULL}, AS_IS, NULL},
};
static const struct mistake mistakes[] = {
	{{"-p", "0"}, "--parties: \"0\" is out of range (1 to 64)"},
	{{"-p", "65"}, "--parties: \"65\" is out of range (1 to 64)"},
	{{"--hold", "x"}, "--hold: \"x\" is not a number of seconds, like 3 or 0.25 (0 to 3600)"},
	{{NULL}, NULL},
};
static const struct failure failures[] = {
	{4, "mp_process_start: Too many open files"},
	{5, "mp_process_start: Too many open files"},
	{0, NULL},
};
static const struct output output = {"mp-barrier", prints, mistakes, failures, "", "--delay 1"};

int main(int argc, char *argv[])
{
	return output_main(argc, argv, &output);
}
