// SPDX-License-Identifier: GPL-2.0-or-later
#include "output.h"

#define APPENDED "Process Producer : item * appended to queue producer-1\n"
#define SIZE	 "The size of queue is *\n"
#define POPPED	 "Process Consumer : item * popped from by consumer-2\n"
#define EMPTY	 "the queue is empty\n"

static const struct print prints[] = {
	{{"-n", "3", "--delay", "0.01"},
	 ANY_ORDER,
	 APPENDED APPENDED APPENDED SIZE SIZE SIZE POPPED POPPED POPPED EMPTY},
	{{"-n1", "--delay=0"}, ANY_ORDER, APPENDED SIZE POPPED EMPTY},
	{{"-n1", "--delay=0.01"}, LAST_LINES, EMPTY},
	{{"--items", "0"}, AS_IS, EMPTY},
	{{"--items", "0", "--race"}, AS_IS, EMPTY},
	{{NULL}, AS_IS, NULL},
};
static const struct mistake mistakes[] = {
	{{"-n", "-1"}, "--items: \"-1\" is out of range (0 to 1000)"},
	{{"-n", "1001"}, "--items: \"1001\" is out of range (0 to 1000)"},
	{{"--delay", "soon"},
	 "--delay: \"soon\" is not a number of seconds, like 3 or 0.25 (0 to 3600)"},
	{{"--race=yes"}, "--race takes no value"},
	{{NULL}, NULL},
};
static const struct failure failures[] = {
	{4, "mp_conn_pair: Too many open files"},
	{5, "mp_process_start: Too many open files"},
	{0, NULL},
};
static const struct output output = {
	"mp-queue", prints, mistakes, failures, "--delay 0.01", "--delay 0.02",
};

int main(int argc, char *argv[])
{
	return output_main(argc, argv, &output);
}
