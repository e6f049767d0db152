// SPDX-License-Identifier: GPL-2.0-or-later
#include "output.h"

static const struct print prints[] = {
	{{"--after", "0.25", "--delay", "0.1"},
	 AS_IS,
	 "Process before execution: <Process(Process-1, initial)> False\n"
	 "*\n*\n*\n" /* the process's lines and the next of main's come in any order */
	 "-->1\n-->2\n"
	 "Process terminated: <Process(Process-1, *)> *\n"
	 "Process joined: <Process(Process-1, stopped[SIGTERM])> False\n"
	 "Process exit code: -15\n"},
	{{"-s", "KILL"},
	 LAST_LINES,
	 "Process joined: *stopped[SIGKILL])> False\nProcess exit code: -9\n"},
	{{"-s", "SIGHUP"},
	 LAST_LINES,
	 "Process joined: *stopped[SIGHUP])> False\nProcess exit code: -1\n"},
	{{"-s", "13"},
	 LAST_LINES,
	 "Process joined: *stopped[SIGPIPE])> False\nProcess exit code: -13\n"},
	{{"-s", "40"},
	 LAST_LINES,
	 "Process joined: *stopped[40])> False\nProcess exit code: -40\n"},
	{{NULL}, AS_IS, NULL},
};
static const struct mistake mistakes[] = {
	{{"-s", "CHLD"},
	 "--signal: \"CHLD\" is not the name or number of a signal that ends a process"},
	{{"-s", "sigterm"},
	 "--signal: \"sigterm\" is not the name or number of a signal that ends a process"},
	{{"--delay", "0.05"}, "--delay: \"0.05\" is out of range (0.1 to 3600)"},
	{{"--delay", "0.2", "--after", "1.01"},
	 "--after: the function must have half of its time left, so at most 5 times --delay"},
	{{NULL}, NULL},
};
static const struct failure failures[] = {
	{4, "mp_conn_pair: Too many open files"},
	{5, "mp_process_start: Too many open files"},
	{0, NULL},
};
static const struct output output = {
	"mp-kill", prints, mistakes, failures, "", "--delay 0.1 --after 0.3",
};

int main(int argc, char *argv[])
{
	return output_main(argc, argv, &output);
}
