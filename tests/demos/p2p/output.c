// SPDX-License-Identifier: GPL-2.0-or-later
#include "output.h"

#define NINE                                                                                       \
	"my rank is : 0\nmy rank is : 1\nmy rank is : 2\nmy rank is : 3\nmy rank is : 4\n"         \
	"my rank is : 5\nmy rank is : 6\nmy rank is : 7\nmy rank is : 8\n"                         \
	"sending data 10000000 to process 4\nsending data hello :to process 8\n"                   \
	"data received is = 10000000\ndata1 received is = hello\n"

static const struct print prints[] = {
	{{NULL}, ANY_ORDER, NINE},
	{{"-n", "9"}, ANY_ORDER, NINE},
	{{"--ranks=12"}, ANY_ORDER, NINE "my rank is : 9\nmy rank is : 10\nmy rank is : 11\n"},
	{{NULL}, ANY_ORDER, NULL},
};
static const struct mistake mistakes[] = {
	{{"-n", "8"}, "too few ranks: 8; the messages need 9"},
	{{"-n1"}, "too few ranks: 1; the messages need 9"},
	{{"-n", "0"}, "--ranks: \"0\" is out of range (1 to 256)"},
	{{"-n", "257"}, "--ranks: \"257\" is out of range (1 to 256)"},
	{{"--ranks", "nine"}, "--ranks: \"nine\" is not a whole number (1 to 256)"},
	{{"--rank", "9"}, "unknown option \"--rank\"; did you mean --ranks?"},
	{{NULL}, NULL},
};
static const struct failure failures[] = {
	{4, "mp_comm_run: Too many open files"},
	{8, "mp_comm_run: Too many open files"},
	{0, NULL},
};
static const struct output output = {"mp-p2p", prints, mistakes, failures, "", "-n 256"};

int main(int argc, char *argv[])
{
	return output_main(argc, argv, &output);
}
