// SPDX-License-Identifier: GPL-2.0-or-later
#include "output.h"

static const struct print prints[] = {
	{{NULL}, AS_IS, "Pool    : [0, 1, 4, 9, 16, 25, 36, 49, *, 9216, 9409, 9604, 9801]\n"},
	{{"-n", "3"}, AS_IS, "Pool    : [0, 1, 4]\n"},
	{{"-w1", "-n3"}, AS_IS, "Pool    : [0, 1, 4]\n"},
	{{"--workers", "64", "--inputs=3"}, AS_IS, "Pool    : [0, 1, 4]\n"},
	{{"-n1"}, AS_IS, "Pool    : [0]\n"},
	{{"-n0"}, AS_IS, "Pool    : []\n"},
	{{"-n", "1000"}, AS_IS, "Pool    : [0, 1, *, 996004, 998001]\n"},
	{{NULL}, AS_IS, NULL},
};
static const struct mistake mistakes[] = {
	{{"-w", "0"}, "--workers: \"0\" is out of range (1 to 64)"},
	{{"-w", "65"}, "--workers: \"65\" is out of range (1 to 64)"},
	{{"-n", "-1"}, "--inputs: \"-1\" is out of range (0 to 1000)"},
	{{"-n", "1001"}, "--inputs: \"1001\" is out of range (0 to 1000)"},
	{{"--inputs", "all"}, "--inputs: \"all\" is not a whole number (0 to 1000)"},
	{{NULL}, NULL},
};
static const struct failure failures[] = {
	{4, "mp_pool_new: Too many open files"},
	{6, "mp_pool_new: Too many open files"},
	{10, "mp_pool_new: Too many open files"},
	{0, NULL},
};
static const struct output output = {"mp-pool", prints, mistakes, failures, "", ""};

int main(int argc, char *argv[])
{
	return output_main(argc, argv, &output);
}
