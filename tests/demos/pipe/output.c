// SPDX-License-Identifier: GPL-2.0-or-later
#include "output.h"

static const struct print prints[] = {
	{{NULL}, AS_IS, "0\n1\n4\n9\n16\n25\n36\n49\n64\n81\nEnd\n"},
	{{"-n", "3"}, AS_IS, "0\n1\n4\nEnd\n"},
	{{"--items=1"}, AS_IS, "0\nEnd\n"},
	{{"-n0"}, AS_IS, "End\n"},
	{{NULL}, AS_IS, NULL},
};
static const struct mistake mistakes[] = {
	{{"-n", "-1"}, "--items: \"-1\" is out of range (0 to 1000000)"},
	{{"-n", "1000001"}, "--items: \"1000001\" is out of range (0 to 1000000)"},
	{{"--items", "abc"}, "--items: \"abc\" is not a whole number (0 to 1000000)"},
	{{"--item", "3"}, "unknown option \"--item\"; did you mean --items?"},
	{{NULL}, NULL},
};
static const struct failure failures[] = {
	{4, "mp_conn_pair: Too many open files"},
	{6, "mp_conn_pair: Too many open files"},
	{7, "mp_process_start: Too many open files"},
	{8, "mp_process_start: Too many open files"},
	{0, NULL},
};
static const struct output output = {"mp-pipe", prints, mistakes, failures, "", "-n 100000"};

int main(int argc, char *argv[])
{
	return output_main(argc, argv, &output);
}
