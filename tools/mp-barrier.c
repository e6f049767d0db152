// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * mp-barrier: some processes meet before they go on, others do not care.
 *
 *     p1  works ........| b |  prints
 *     p2  works ................| b |  prints      (both pass when the last one has come)
 *     p3  prints
 *     p4  prints
 *
 * The point to see: the parties pass the barrier at the same moment, whoever came first. Then
 * they all want to print at once, so they need a second thing, a lock: a line is written in two
 * pieces with a pause between, and without the lock the pieces of several lines would mix.
 */
#include "cli.h"
#include "contract_section.h"
#include "join.h"

#include <mproc.h>
#include <stdio.h>
#include <time.h>

#define PARTIES_MAX 64
#define OTHERS	    2 /* p3 and p4 */

static int64_t parties, delay, hold;

static const struct cli_option options[] = {
	{'p', "parties", "N", CLI_NUMBER, &parties, "2", .least = 1, .most = PARTIES_MAX,
	 .help = "N processes meet at the barrier; two more do not"},
	{0, "delay", "SECONDS", CLI_SECONDS, &delay, "0.1", .most = 3600 * CLI_SECOND,
	 .help = "the last party comes to the barrier after this time, the others before"},
	{0, "hold", "SECONDS", CLI_SECONDS, &hold, "0.05", .most = 3600 * CLI_SECOND,
	 .help = "pause between the two pieces of a line, while the lock is held"},
	{0},
};
static const struct cli_example examples[] = {
	{"mp-barrier -p 5 --delay 2", "Five parties come one by one, and pass together."},
	{"sudo mp-trace mp-barrier", "Shows who waited for whom, and that the lock was kept."},
	{0},
};
static const struct cli_program program = {
	.name = "mp-barrier",
	.purpose = "processes that wait for each other",
	.description = "Parties p1, p2, … work for different times and then meet at a barrier: "
		       "nobody passes it before all have come. The times that they print are "
		       "therefore nearly the same. They print one at a time, by a lock. Two "
		       "more processes know nothing of the barrier and print at once.",
	.options = options,
	.examples = examples,
	.see = "mp-barrier(1), mp-trace(1), mproc(3)",
};

static struct mp_barrier *barrier;
static struct mp_lock *lock; /* who holds it may print */

/* The time of day as "2024-05-09 11:11:33.291229". */
static const char *time_now(void)
{
	static char text[64];
	char seconds[32] = "";
	struct timespec now;
	struct tm parts;

	clock_gettime(CLOCK_REALTIME, &now);
	if (localtime_r(&now.tv_sec, &parts))
		strftime(seconds, sizeof(seconds), "%Y-%m-%d %H:%M:%S", &parts);
	snprintf(text, sizeof(text), "%s.%06ld", seconds, now.tv_nsec / 1000);
	return text;
}

/* What a party does; *number is 1 for p1. */
static int test_with_barrier(void *number)
{
	const char *now;
	int result;

	/* Should it be killed before it comes, the others are told, and do not wait for ever. */
	if (cli_failed("mp_barrier_enroll", mp_barrier_enroll(barrier)))
		return 1;
	cli_pause(delay * *(int64_t *)number / parties); /* its work */
	result = mp_barrier_wait(barrier, MP_FOREVER);
	if (result)
		return cli_fail("mp_barrier_wait: %s", mp_result_text(result));
	now = time_now();
	if (cli_failed("mp_lock_acquire", mp_lock_acquire(lock, MP_FOREVER)))
		return 1;
	printf("process %s ----> ", mp_process_current_name());
	fflush(stdout);
	cli_pause(hold);
	printf("%s\n", now);
	return cli_finish(cli_failed("mp_lock_release", mp_lock_release(lock)));
}

static int test_without_barrier(void *number)
{
	printf("process %s ----> %s\n", mp_process_current_name(), time_now());
	return cli_finish(0);
}

static int start(struct mp_process **process, int64_t number)
{
	bool party = number <= parties;
	char name[64];

	snprintf(name, sizeof(name), "p%d - %s", (int)number,
		 party ? "test_with_barrier" : "test_without_barrier");
	if (cli_failed("mp_process_new",
		       mp_process_new(process, name,
				      party ? test_with_barrier : test_without_barrier, &number)))
		return 1;
	return cli_failed("mp_process_start", mp_process_start(*process));
}

int main(int argc, char *argv[])
{
	struct mp_process *processes[PARTIES_MAX + OTHERS];
	int started = 0, status = 0;

	cli_parse(&program, argc, argv);
	cli_print_lines();
	if (cli_failed("mp_barrier_new", mp_barrier_new(&barrier, (unsigned)parties)) ||
	    cli_failed("mp_lock_new", mp_lock_new(&lock)))
		return 1;
	for (; started < parties + OTHERS; started++)
		if (start(&processes[started], started + 1) != 0)
			break;
	if (started < parties + OTHERS) { /* who came would wait for one who never will */
		while (started > 0)
			mp_process_terminate(processes[--started]);
		return 1; /* leaving main waits for all of them */
	}
	for (int i = 0; i < started; i++)
		status |= join_well(processes[i]);
	return cli_finish(status);
}
