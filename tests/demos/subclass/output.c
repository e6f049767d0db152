// SPDX-License-Identifier: GPL-2.0-or-later
#include "output.h"

static const struct print prints[] = {
	{{NULL},
	 AS_IS,
	 "called run method in Process-1\n"
	 "called run method in Process-2\n"
	 "called run method in Process-3\n"
	 "called run method in Process-4\n"
	 "called run method in Process-5\n"
	 "called run method in Process-6\n"
	 "called run method in Process-7\n"
	 "called run method in Process-8\n"
	 "called run method in Process-9\n"
	 "called run method in Process-10\n"},
	{{"-n", "2"},
	 AS_IS,
	 "called run method in Process-1\n"
	 "called run method in Process-2\n"},
	{{"--count=1"}, AS_IS, "called run method in Process-1\n"},
	{{"-n0"}, AS_IS, ""},
	{{"-n", "100"}, LAST_LINES, "called run method in Process-100\n"},
	{{NULL}, AS_IS, NULL},
};
static const struct mistake mistakes[] = {
	{{"-n", "-1"}, "--count: \"-1\" is out of range (0 to 1000)"},
	{{"-n", "1001"}, "--count: \"1001\" is out of range (0 to 1000)"},
	{{"--count", "ten"}, "--count: \"ten\" is not a whole number (0 to 1000)"},
	{{NULL}, NULL},
};
static const struct output output = {
	"mp-subclass", prints, mistakes, NULL, "-n 3", "-n 300",
};

int main(int argc, char *argv[])
{
	return output_main(argc, argv, &output);
}
