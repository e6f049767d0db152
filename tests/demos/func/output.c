// SPDX-License-Identifier: GPL-2.0-or-later
#include "output.h"

static const struct print prints[] = {
	{{NULL},
	 ANY_ORDER,
	 "calling myFunc from process n°: 0\n"
	 "calling myFunc from process n°: 1\n"
	 "output from myFunc is :0\n"
	 "calling myFunc from process n°: 2\n"
	 "output from myFunc is :0\n"
	 "output from myFunc is :1\n"},
	{{"--count=1"}, AS_IS, "calling myFunc from process n°: 0\n"},
	{{"-n0"}, AS_IS, ""},
	{{NULL}, AS_IS, NULL},
};
static const struct mistake mistakes[] = {
	{{"-n", "-1"}, "--count: \"-1\" is out of range (0 to 200)"},
	{{"-n", "201"}, "--count: \"201\" is out of range (0 to 200)"},
	{{"--count", "3.5"}, "--count: \"3.5\" is not a whole number (0 to 200)"},
	{{NULL}, NULL},
};
static const struct failure failures[] = {
	{4, "mp_process_start: Too many open files"},
	{5, "mp_process_start: Too many open files"},
	{0, NULL},
};
static const struct output output = {
	"mp-func", prints, mistakes, failures, "", "-n 100",
};

int main(int argc, char *argv[])
{
	return output_main(argc, argv, &output);
}
