// SPDX-License-Identifier: GPL-2.0-or-later
#include "output.h"

#define HEADING(i) "calling myFunc from process n°: " #i "\n"
#define LINE(j)	   "output from myFunc is :" #j "\n"

static const struct print prints[] = {
	{{"-n", "3"},
	 AS_IS,
	 HEADING(0) HEADING(1) LINE(0) HEADING(2) LINE(0) LINE(1) "namespace: 0=0 1=1 2=2\n"},
	{{"-n0"}, AS_IS, "namespace:\n"},
	{{"--count=1"}, AS_IS, HEADING(0) "namespace: 0=0\n"},
	{{NULL}, LAST_LINES, LINE(3) LINE(4) "namespace: 0=0 1=1 2=2 3=3 4=4 5=5\n"},
	{{NULL}, AS_IS, NULL},
};
static const struct mistake mistakes[] = {
	{{"-n", "-1"}, "--count: \"-1\" is out of range (0 to 200)"},
	{{"-n", "201"}, "--count: \"201\" is out of range (0 to 200)"},
	{{"--count", "six"}, "--count: \"six\" is not a whole number (0 to 200)"},
	{{"--cuont", "3"}, "unknown option \"--cuont\"; did you mean --count?"},
	{{NULL}, NULL},
};
static const struct output output = {"mp-namespace", prints, mistakes, NULL, "", "-n 200"};

int main(int argc, char *argv[])
{
	return output_main(argc, argv, &output);
}
