// SPDX-License-Identifier: GPL-2.0-or-later
#include "output.h"

static const struct print prints[] = {
	{{NULL},
	 AS_IS,
	 "calling myFunc from process n°: 0\n"
	 "calling myFunc from process n°: 1\n"
	 "output from myFunc is :0\n"
	 "calling myFunc from process n°: 2\n"
	 "output from myFunc is :0\n"
	 "output from myFunc is :1\n"
	 "calling myFunc from process n°: 3\n"
	 "output from myFunc is :0\n"
	 "output from myFunc is :1\n"
	 "output from myFunc is :2\n"
	 "calling myFunc from process n°: 4\n"
	 "output from myFunc is :0\n"
	 "output from myFunc is :1\n"
	 "output from myFunc is :2\n"
	 "output from myFunc is :3\n"
	 "calling myFunc from process n°: 5\n"
	 "output from myFunc is :0\n"
	 "output from myFunc is :1\n"
	 "output from myFunc is :2\n"
	 "output from myFunc is :3\n"
	 "output from myFunc is :4\n"},
	{{"--count=1"}, AS_IS, "calling myFunc from process n°: 0\n"},
	{{"-n0"}, AS_IS, ""},
	{{"-n", "50"}, LAST_LINES, "output from myFunc is :48\n"},
	{{NULL}, AS_IS, NULL},
};
static const struct mistake mistakes[] = {
	{{"-n", "-1"}, "--count: \"-1\" is out of range (0 to 200)"},
	{{"-n", "201"}, "--count: \"201\" is out of range (0 to 200)"},
	{{"--count", "six"}, "--count: \"six\" is not a whole number (0 to 200)"},
	{{NULL}, NULL},
};
static const struct output output = {
	"mp-spawn", prints, mistakes, NULL, "", "-n 100",
};

int main(int argc, char *argv[])
{
	return output_main(argc, argv, &output);
}
