// SPDX-License-Identifier: GPL-2.0-or-later
/* Pools whose workers are killed, stopped, or spoilt by their tasks. */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "crew.h"
#include "tap.h"

enum { COUNT = 400 };

/* How often each task was begun; all processes see it. */
static _Atomic unsigned *begun;

static struct mp_pool *make(unsigned workers, const struct mp_pool_options *options)
{
	for (unsigned i = 0; i < COUNT; i++)
		begun[i] = 0;
	return make_pool(workers, options);
}

/* --- tasks that end their worker --- */

static void by_signal(void)
{
	raise(SIGKILL);
}

static _Noreturn void by_exit(void)
{
	exit(0);
}

static _Noreturn void by_quick_exit(void)
{
	_exit(0);
}

static _Noreturn void by_abort(void)
{
	abort();
}

static void (*way)(void);

struct input {
	unsigned index;
	unsigned crashes; /* so many first times */
};

static int run(const void *argument, size_t input_size, void *output, size_t *output_size)
{
	const struct input *input = argument;

	if (atomic_fetch_add(&begun[input->index], 1) < input->crashes)
		way();
	*(unsigned *)output = input->index + 1;
	return 0;
}

static struct input inputs[COUNT];
static unsigned outputs[COUNT];
static struct mp_pool_outcome outcomes[COUNT];

static struct mp_pool_job make_job(size_t count, size_t chunk)
{
	for (unsigned i = 0; i < COUNT; i++)
		inputs[i] = (struct input){.index = i};
	memset(outputs, 0, sizeof(outputs));
	memset(outcomes, 0xff, sizeof(outcomes));
	return (struct mp_pool_job){
		.function = run,
		.inputs = inputs,
		.input_size = sizeof(inputs[0]),
		.outputs = outputs,
		.output_size = sizeof(outputs[0]),
		.count = count,
		.chunk = chunk,
		.outcomes = outcomes,
	};
}

/* Tasks whose outcome, output or number of beginnings is not right, but for `one`. */
static unsigned count_wrong(size_t count, unsigned one)
{
	unsigned wrong = 0;

	for (unsigned i = 0; i < count; i++)
		wrong += i != one &&
			 (outcomes[i].result != 0 || outputs[i] != i + 1 || begun[i] != 1);
	return wrong;
}

static void test_crash(const char *name, void (*its_way)(void))
{
	static const size_t chunks[] = {0, 1, 100};
	struct mp_pool_job job;
	struct mp_pool *pool;
	int64_t before;

	way = its_way;
	pool = make(2, NULL);
	for (unsigned i = 0; i < 3; i++) {
		for (unsigned j = 0; j < COUNT; j++)
			begun[j] = 0;
		job = make_job(100, chunks[i]);
		inputs[30].crashes = 1;
		before = now_ms();
		is_int(mp_pool_map(pool, &job, 60000), MP_CRASHED, "a task dies by %s", name);
		ok(now_ms() - before < 20000, "nobody waits for it");
		is_int(outcomes[30].result, MP_CRASHED, "it has crashed");
		is_int(begun[30], 1, "it was begun once");
		is_int(count_wrong(100, 30), 0, "the others are done, once each");
		is_int((int64_t)mp_pool_crashes(pool), i + 1, "it is counted");
		is_int(mp_pool_pids(pool, NULL, 0), 2, "the worker is replaced");
	}
	end_pool(pool);
}

/* A worker that is to end anyway crashes all the same, though its exit status looks well. */
static void test_last_task(void)
{
	struct mp_pool_job job;
	struct mp_pool *pool;

	way = by_quick_exit;
	pool = make(2, &(struct mp_pool_options){.max_tasks = 1});
	job = make_job(20, 1);
	inputs[3].crashes = inputs[8].crashes = 1;
	is_int(mp_pool_map(pool, &job, 60000), MP_CRASHED, "two workers end in their last task");
	is_int((int64_t)mp_pool_crashes(pool), 2, "only they have crashed");
	end_pool(pool);
}

static void close_all(void)
{
	for (int fd = 3; fd < 256; fd++)
		close(fd);
}

/* The worker goes on, but cannot say anything any more. */
static void test_closing(void)
{
	struct mp_pool *pool;
	struct mp_pool_job job;

	way = close_all;
	pool = make(2, NULL);
	job = make_job(100, 0);
	inputs[30].crashes = 1;
	is_int(mp_pool_map(pool, &job, 60000), 0, "a task closes what is not its own");
	is_int(count_wrong(100, COUNT), 0, "it is done, and so are the others, once each");
	is_int((int64_t)mp_pool_crashes(pool), 1, "the worker had to go");
	end_pool(pool);
}

static void test_retry(void)
{
	const struct mp_pool_options options = {.retry = true};
	struct mp_pool *pool;
	struct mp_pool_job job;

	way = by_signal;
	pool = make(3, &options);
	job = make_job(200, 0);
	inputs[0].crashes = inputs[60].crashes = inputs[61].crashes = inputs[199].crashes = 1;
	is_int(mp_pool_map(pool, &job, 60000), 0, "tasks that die once are done at the second try");
	is_int(begun[0] + begun[60] + begun[61] + begun[199], 8, "they were begun twice");
	begun[0] = begun[60] = begun[61] = begun[199] = 1;
	is_int(count_wrong(200, COUNT), 0, "the others once");
	end_pool(pool);

	pool = make(3, &options);
	job = make_job(200, 0);
	inputs[60].crashes = 100;
	is_int(mp_pool_map(pool, &job, 60000), MP_CRASHED, "one that always dies has crashed");
	is_int(begun[60], 2, "it was begun twice");
	is_int(count_wrong(200, 60), 0, "the others are done");
	is_int((int64_t)mp_pool_crashes(pool), 2, "at the price of two workers");
	end_pool(pool);
}

static void test_all_crash(void)
{
	struct mp_pool *pool;
	struct mp_pool_job job;
	unsigned crashed = 0;

	way = by_quick_exit;
	pool = make(2, NULL);
	job = make_job(50, 0);
	for (unsigned i = 0; i < 50; i++)
		inputs[i].crashes = 1;
	is_int(mp_pool_map(pool, &job, 60000), MP_CRASHED, "when all tasks die");
	for (unsigned i = 0; i < 50; i++)
		crashed += outcomes[i].result == MP_CRASHED && begun[i] == 1;
	is_int(crashed, 50, "each is told of, once");
	is_int((int64_t)mp_pool_crashes(pool), 50, "and has cost a worker");
	end_pool(pool);
}

static void test_async_crash(void)
{
	struct input input = {.crashes = 1};
	struct mp_pool_result *result;
	struct mp_pool_outcome outcome;
	unsigned output;
	struct mp_pool *pool;

	way = by_signal;
	pool = make(2, NULL);
	is_int(mp_pool_apply_async(pool, run, &input, sizeof(input), sizeof(output), &result), 0,
	       "a task that dies in the background");
	is_int(mp_pool_result_wait(result, 60000), 0, "it is ready");
	is_int(mp_pool_result_get(result, &output, sizeof(output), &outcome), MP_CRASHED,
	       "it has crashed");
	is_int(outcome.result, MP_CRASHED, "its outcome says so, too");
	mp_pool_result_free(result);
	is_int(mp_pool_apply(pool, run, &input, sizeof(input), &output, sizeof(output), NULL, -1),
	       0, "the next one does not");
	end_pool(pool);
}

/* --- killed from outside --- */

static pid_t any_worker(struct mp_pool *pool)
{
	pid_t pids[16];
	unsigned count = mp_pool_pids(pool, pids, 16);

	return count ? pids[(unsigned)rand() % count] : 0;
}

static void kill_any(struct mp_pool *pool)
{
	pid_t pid = any_worker(pool);

	/* The pool has not reaped it, so the number is its own. */
	if (pid)
		kill(pid, SIGKILL);
}

static void test_idle_killed(void)
{
	struct mp_pool *pool = make(2, NULL);
	struct mp_pool_job job = make_job(100, 0);
	pid_t pids[2];

	mp_pool_map(pool, &job, MP_FOREVER);
	for (unsigned i = 0; i < COUNT; i++)
		begun[i] = 0;
	mp_pool_pids(pool, pids, 2);
	kill(pids[0], SIGKILL);
	kill(pids[1], SIGKILL);
	while (!has_ended(pids[0]) || !has_ended(pids[1]))
		sleep_ms(1);
	job = make_job(100, 0);
	is_int(mp_pool_map(pool, &job, 60000), 0, "idle workers that were killed cost no task");
	is_int(count_wrong(100, COUNT), 0, "each is done once");
	is_int((int64_t)mp_pool_crashes(pool), 2, "they were noticed");
	end_pool(pool);
}

static int fill_room(const void *argument, size_t input_size, void *output, size_t *output_size)
{
	const struct input *input = argument;

	memset(output, (int)input->index, *output_size);
	atomic_fetch_add(&begun[input->index], 1);
	return 0;
}

/* It has sent some of its outputs and not the others, because nobody fetches them. */
static void test_killed_while_sending(void)
{
	enum { SIZE = 3000 };
	static unsigned char large[COUNT][SIZE];
	struct mp_pool *pool = make(1, NULL);
	struct mp_pool_job job = make_job(COUNT, COUNT);
	struct mp_pool_result *result;
	unsigned crashed = 0, wrong = 0;
	pid_t pid = any_worker(pool);

	job.function = fill_room;
	job.outputs = large;
	job.output_size = SIZE;
	is_int(mp_pool_map_async(pool, &job, &result), 0, "more output than the socket takes");
	while (!begun[10])
		sleep_ms(1);
	ok(falls_asleep(pid), "the worker cannot go on");
	kill(pid, SIGKILL);
	is_int(mp_pool_result_wait(result, 60000), 0, "it is killed, and another does the rest");
	for (unsigned i = 0; i < COUNT; i++) {
		crashed += outcomes[i].result == MP_CRASHED;
		wrong += begun[i] != 1;
		for (unsigned j = 0; j < SIZE; j++)
			wrong += outcomes[i].result == 0 && large[i][j] != (unsigned char)i;
	}
	ok(crashed <= 1, "one task was in its hands at most");
	is_int(wrong, 0, "nothing of what it had done is lost, or done again");
	mp_pool_result_free(result);
	end_pool(pool);
}

static int slow(const void *argument, size_t input_size, void *output, size_t *output_size)
{
	const struct input *input = argument;

	atomic_fetch_add(&begun[input->index], 1);
	for (unsigned volatile i = 0; i < 20000; i++)
		;
	memset(output, 0, *output_size);
	*(unsigned *)output = input->index + 1;
	return 0;
}

/* Every task has one outcome, and was begun as often as that allows. */
static unsigned count_impossible(bool retry)
{
	unsigned wrong = 0;

	for (unsigned i = 0; i < COUNT; i++) {
		if (outcomes[i].result == 0)
			wrong += outputs[i] != i + 1 || begun[i] < 1 || begun[i] > 1u + retry;
		else
			wrong += outcomes[i].result != MP_CRASHED || begun[i] > 1u + retry;
	}
	return wrong;
}

static void test_storm(bool retry, size_t chunk)
{
	const struct mp_pool_options options = {.retry = retry};
	const unsigned wanted = 150;
	struct mp_pool *pool = make(4, &options);
	unsigned kills = 0, wrong = 0, unready = 0;
	struct mp_pool_result *result;
	struct mp_pool_job job;

	while (kills < wanted) {
		for (unsigned i = 0; i < COUNT; i++)
			begun[i] = 0;
		job = make_job(COUNT, chunk);
		job.function = slow;
		mp_pool_map_async(pool, &job, &result);
		for (unsigned i = 0; i < 8; i++, kills++) {
			if (mp_pool_result_wait(result, rand() % 3) == 0)
				break;
			kill_any(pool);
		}
		unready += mp_pool_result_wait(result, 60000) != 0;
		wrong += count_impossible(retry);
		mp_pool_result_free(result);
	}
	is_int(unready, 0, "killing workers, %s, chunks of %zu: every map ends",
	       retry ? "with retry" : "without", chunk);
	is_int(wrong, 0, "every task has one outcome, and was begun as often as allowed");
	is_int(mp_pool_pids(pool, NULL, 0), 4, "the crew is complete");
	end_pool(pool);
}

/* A worker that does not live longer than some milliseconds, wherever it is then. */
static int live_shortly(void *argument)
{
	struct itimerval timer = {.it_value.tv_usec = 500 + (getpid() * 7919) % 4000};

	return setitimer(ITIMER_REAL, &timer, NULL);
}

/* Outputs that do not fit on the desk, too. */
static void test_short_lives(size_t chunk, size_t output_size)
{
	const struct mp_pool_options options = {.initialize = live_shortly, .retry = true};
	struct mp_pool *pool = make(3, &options);
	unsigned char *large = calloc(COUNT, output_size);
	struct mp_pool_job job;
	unsigned wrong = 0, unready = 0;
	int rc;

	while (mp_pool_crashes(pool) < 30) {
		for (unsigned i = 0; i < COUNT; i++)
			begun[i] = 0;
		job = make_job(COUNT, chunk);
		job.function = slow;
		job.outputs = large;
		job.output_size = output_size;
		rc = mp_pool_map(pool, &job, 60000);
		unready += rc != 0 && rc != MP_CRASHED;
		for (unsigned i = 0; i < COUNT; i++)
			memcpy(&outputs[i], large + i * output_size, sizeof(outputs[i]));
		wrong += count_impossible(true);
	}
	is_int(unready, 0, "workers die of a timer, chunks of %zu: every map ends", chunk);
	is_int(wrong, 0, "every task has one outcome, and was begun as often as allowed");
	free(large);
	mp_pool_free(pool);
	ok(!has_child(), "no worker is left");
}

/* --- stopped --- */

static void stop(pid_t pid)
{
	siginfo_t info;

	kill(pid, SIGSTOP);
	waitid(P_PID, (id_t)pid, &info, WSTOPPED | WNOWAIT);
}

static void test_stopped(void)
{
	struct mp_pool *pool = make(2, NULL);
	struct mp_pool_job job = make_job(100, 0);
	pid_t pids[2];
	int64_t before;

	mp_pool_map(pool, &job, MP_FOREVER);
	mp_pool_pids(pool, pids, 2);
	stop(pids[0]);
	before = now_ms();
	is_int(mp_pool_map(pool, &job, 200), MP_TIMEOUT, "a stopped worker holds up a map");
	ok(now_ms() - before < 20000, "but its time ends");
	for (unsigned i = 0; i < 3; i++)
		is_int(mp_pool_apply(pool, run, &inputs[i], sizeof(inputs[i]), &outputs[i],
				     sizeof(outputs[i]), NULL, 60000),
		       0, "a task goes to the other one");
	kill(pids[0], SIGCONT);
	is_int(mp_pool_map(pool, &job, 60000), 0, "once it goes on all is well");
	is_int((int64_t)mp_pool_crashes(pool), 0, "nobody died");
	stop(pids[0]);
	stop(pids[1]);
	before = now_ms();
	mp_pool_free(pool);
	ok(now_ms() - before < MP_GRACE_MS, "stopped workers are ended like others");
	ok(!has_child(), "no worker is left");
}

static int ignore_sigterm(void *argument)
{
	signal(SIGTERM, SIG_IGN);
	return 0;
}

static int begin_and_sleep(const void *input, size_t input_size, void *output, size_t *output_size)
{
	atomic_fetch_add(&begun[0], 1);
	sleep_ms(100000);
	return 0;
}

static bool has_begun(void *argument)
{
	return begun[0] != 0;
}

static void test_stubborn(void)
{
	const struct mp_pool_options options = {.initialize = ignore_sigterm};
	struct mp_pool *pool = make(1, &options);
	struct mp_pool_result *result;
	int64_t before;

	mp_pool_apply_async(pool, begin_and_sleep, NULL, 0, 0, &result);
	ok(comes_true(has_begun, NULL), "a worker that ignores SIGTERM has a task");
	before = now_ms();
	is_int(mp_pool_terminate(pool), 0, "it is terminated");
	is_int(mp_pool_join(pool, 100), MP_TIMEOUT, "which it survives");
	is_int(mp_pool_join(pool, MP_FOREVER), 0, "but not for long");
	ok(now_ms() - before >= MP_GRACE_MS - 1 && now_ms() - before < 60000,
	   "it was killed after its grace");
	mp_pool_free(pool);
	mp_pool_result_free(result);
}

/* --- tasks that fork --- */

static int fork_and_return(const void *argument, size_t input_size, void *output,
			   size_t *output_size)
{
	const struct input *input = argument;
	pid_t pid = fork();

	atomic_fetch_add(&begun[input->index], pid != 0);
	if (pid > 0)
		wait_status(pid);
	*(unsigned *)output = input->index + 1;
	return 0;
}

/* The child of the task keeps the worker's end of the socket, so there is no end of file. */
static int fork_and_die(const void *argument, size_t input_size, void *output, size_t *output_size)
{
	if (fork() == 0) {
		close(STDOUT_FILENO);
		close(STDERR_FILENO);
		sleep_ms(10000);
		_exit(0);
	}
	raise(SIGKILL);
	return 0;
}

static void test_forks(void)
{
	struct mp_pool *pool = make(2, NULL);
	struct mp_pool_job job = make_job(50, 0);
	int64_t before = now_ms();

	job.function = fork_and_return;
	is_int(mp_pool_map(pool, &job, 60000), 0, "tasks whose child returns from them as well");
	is_int(count_wrong(50, COUNT), 0, "have one outcome each");
	before = now_ms();
	is_int(mp_pool_apply(pool, fork_and_die, NULL, 0, NULL, 0, NULL, 60000), MP_CRASHED,
	       "a worker that dies and leaves a child behind");
	ok(now_ms() - before < 9000, "is noticed before that child has ended");
	end_pool(pool);
}

/* --- the pool's process is killed --- */

static pid_t *crew;

/* Its child has copies of all that the pool has. */
static void be_killed(bool busy)
{
	struct mp_pool *pool = make(2, NULL);
	struct mp_pool_job job = make_job(100, 0);
	pid_t heir;

	mp_pool_pids(pool, crew, 2);
	job.count = 2;
	job.function = busy ? begin_and_sleep : run;
	mp_pool_map(pool, &job, busy ? 100 : MP_FOREVER);
	heir = fork();
	if (heir == 0) {
		sleep_ms(20000);
		_exit(0);
	}
	crew[2] = heir;
	raise(SIGKILL);
}

static bool are_gone(void *pids)
{
	const pid_t *both = pids;

	return has_ended(both[0]) && has_ended(both[1]);
}

static void test_owner_killed(bool busy)
{
	pid_t pid;

	crew = shared_memory(3 * sizeof(*crew));
	pid = fork_now();
	if (pid == 0)
		be_killed(busy);
	is_int(wait_status(pid), -SIGKILL, "the pool's process is killed");
	ok(comes_true(are_gone, crew), "its workers end, %s, whoever has copies of it",
	   busy ? "busy" : "idle");
	if (crew[2] > 0)
		kill(crew[2], SIGKILL);
	munmap(crew, 3 * sizeof(*crew));
}

int main(void)
{
	unsigned before = open_fds();

	tap_plan(0);
	begun = shared_memory(COUNT * sizeof(*begun));
	test_crash("a signal", by_signal);
	test_crash("exit(3)", by_exit);
	test_crash("_exit(2)", by_quick_exit);
	test_crash("abort(3)", by_abort);
	test_last_task();
	test_closing();
	test_retry();
	test_all_crash();
	test_async_crash();
	test_idle_killed();
	test_killed_while_sending();
	test_storm(false, 0);
	test_storm(true, 0);
	test_storm(false, 1);
	test_storm(true, 30);
	test_short_lives(0, sizeof(unsigned));
	test_short_lives(1, sizeof(unsigned));
	test_short_lives(0, 700);
	test_short_lives(7, 70000);
	test_stopped();
	test_stubborn();
	test_forks();
	test_owner_killed(false);
	test_owner_killed(true);
	is_int(open_fds(), before, "no descriptor was left");
	ok(!has_child(), "no child was left");
	return tap_done();
}
