// SPDX-License-Identifier: GPL-2.0-or-later
/* The workers of a pool, from their making to their end, when nothing kills them. */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "common.h"
#include "crew.h"
#include "tap.h"

static int tell_pid(const void *input, size_t input_size, void *output, size_t *output_size)
{
	*(pid_t *)output = getpid();
	return 0;
}

static int tell_name(const void *input, size_t input_size, void *output, size_t *output_size)
{
	*output_size = (size_t)snprintf(output, *output_size, "%s", mp_process_current_name());
	return 0;
}

static unsigned count_different(const pid_t *pids, unsigned count)
{
	unsigned different = 0;

	for (unsigned i = 0; i < count; i++) {
		unsigned j = 0;

		while (pids[j] != pids[i])
			j++;
		different += j == i;
	}
	return different;
}

static void test_sharing_out(void)
{
	pid_t pids[100], crew[4];
	struct mp_pool *pool = make_pool(4, NULL);
	struct mp_pool_job job = {
		.function = tell_pid,
		.outputs = pids,
		.output_size = sizeof(pids[0]),
		.count = 100,
	};
	char name[64] = "";
	unsigned strangers = 0;

	is_int(mp_pool_map(pool, &job, MP_FOREVER), 0, "a hundred tasks for four workers");
	is_int(count_different(pids, 100), 4, "every worker gets some");
	is_int(mp_pool_pids(pool, crew, 4), 4, "the pool knows its workers");
	for (unsigned i = 0; i < 100; i++)
		strangers += pids[i] != crew[0] && pids[i] != crew[1] && pids[i] != crew[2] &&
			     pids[i] != crew[3];
	is_int(strangers, 0, "and nobody else did the work");
	job.count = 4;
	is_int(mp_pool_map(pool, &job, MP_FOREVER), 0, "four tasks");
	is_int(count_different(pids, 4), 4, "one each");
	mp_pool_apply(pool, tell_name, NULL, 0, name, sizeof(name), NULL, MP_FOREVER);
	ok(strncmp(name, "PoolWorker-", 11) == 0, "a worker has a name: %s", name);
	end_pool_well(pool);
}

static int tell_fds(const void *input, size_t input_size, void *output, size_t *output_size)
{
	*(unsigned *)output = open_fds();
	return 0;
}

/* The last one could have the pool's ends of all the others' sockets. */
static void test_descriptors(void)
{
	const struct mp_pool_options options = {.max_tasks = 5};
	unsigned fds[80], different = 0;
	struct mp_pool *pool = make_pool(8, &options);
	struct mp_pool_job job = {
		.function = tell_fds,
		.outputs = fds,
		.output_size = sizeof(fds[0]),
		.count = 80,
	};

	is_int(mp_pool_map(pool, &job, MP_FOREVER), 0, "workers count their descriptors");
	for (unsigned i = 0; i < 80; i++)
		different += fds[i] != fds[0];
	is_int(different, 0, "all have as many as the first");
	end_pool_well(pool);
}

static void test_max_tasks(void)
{
	const struct mp_pool_options options = {.max_tasks = 10};
	pid_t pids[300];
	struct mp_pool *pool = make_pool(3, &options);
	struct mp_pool_job job = {
		.function = tell_pid,
		.outputs = pids,
		.output_size = sizeof(pids[0]),
		.count = 300,
	};
	unsigned most = 0, tasks;

	is_int(mp_pool_map(pool, &job, MP_FOREVER), 0, "300 tasks for workers that do 10");
	for (unsigned i = 0; i < 300; i++) {
		tasks = 0;
		for (unsigned j = 0; j < 300; j++)
			tasks += pids[j] == pids[i];
		most = tasks > most ? tasks : most;
	}
	/* A number may be used again, but not soon. */
	is_int(most, 10, "none does more");
	is_int(count_different(pids, 300), 30, "so there were thirty of them");
	end_pool_well(pool);
}

/* Closed at once, with work at hand that needs more workers than there are. */
static void test_max_tasks_closed(void)
{
	const struct mp_pool_options options = {.max_tasks = 1};
	struct mp_pool *pool = make_pool(3, &options);
	struct mp_pool_job job = square_job(20, 1);
	struct mp_pool_result *result;

	is_int(mp_pool_map_async(pool, &job, &result), 0, "work at hand");
	end_pool_well(pool);
	is_int(mp_pool_result_wait(result, 0), 0, "the join did it");
	is_int(mp_pool_result_get(result, NULL, 0, NULL), 0, "all of it");
	ok(are_squares(20), "with all outputs");
	mp_pool_result_free(result);
}

static int given;

static int set_given(void *argument)
{
	given = *(int *)argument;
	return 0;
}

static int tell_given(const void *input, size_t input_size, void *output, size_t *output_size)
{
	*(int *)output = given;
	return 0;
}

static int refuse(void *argument)
{
	atomic_fetch_add((_Atomic int *)argument, 1);
	return 1;
}

static void test_initialize(void)
{
	int argument = 42, outputs[20], wrong = 0;
	struct mp_pool_options options = {.initialize = set_given, .argument = &argument};
	struct mp_pool_job job = {
		.function = tell_given,
		.outputs = outputs,
		.output_size = sizeof(outputs[0]),
		.count = 20,
	};
	_Atomic int *calls = shared_memory(sizeof(*calls));
	struct mp_pool_outcome outcomes[20];
	struct mp_pool_result *result;
	struct mp_pool *pool = make_pool(3, &options);

	is_int(mp_pool_map(pool, &job, MP_FOREVER), 0, "with an initializer");
	for (unsigned i = 0; i < 20; i++)
		wrong += outputs[i] != 42;
	is_int(wrong, 0, "which ran in every worker before the first task");
	is_int(given, 0, "and not here");
	end_pool_well(pool);

	options = (struct mp_pool_options){.initialize = refuse, .argument = (void *)calls};
	pool = make_pool(3, &options);
	job.outcomes = outcomes;
	is_int(mp_pool_map(pool, &job, MP_FOREVER), -ENOTRECOVERABLE, "an initializer that fails");
	is_int(outcomes[0].result, -ENOTRECOVERABLE, "is the end of the map");
	ok(*calls >= 4 && *calls < 100, "after some tries (%d)", *calls);
	is_int(mp_pool_map_async(pool, &job, &result), 0, "a map in the background");
	is_int(mp_pool_result_wait(result, MP_FOREVER), -ENOTRECOVERABLE, "likewise");
	is_int(mp_pool_result_wait(result, MP_FOREVER), -ENOTRECOVERABLE, "and again");
	is_int(mp_pool_result_get(result, NULL, 0, NULL), MP_RUNNING, "the work stays");
	mp_pool_close(pool);
	is_int(mp_pool_join(pool, MP_FOREVER), -ENOTRECOVERABLE, "the join says so, too");
	mp_pool_free(pool);
	is_int(mp_pool_result_get(result, NULL, 0, NULL), -ECANCELED, "until the pool goes");
	mp_pool_result_free(result);
	munmap((void *)calls, sizeof(*calls));
}

/* --- ending --- */

static void test_close(void)
{
	struct mp_pool *pool = make_pool(2, NULL);
	struct mp_pool_job job = square_job(MANY, 10);
	struct mp_pool_result *result, *none;
	int64_t number = 0;

	is_int(mp_pool_map_async(pool, &job, &result), 0, "work at hand");
	is_int(mp_pool_join(pool, 0), -EBUSY, "an open pool cannot be joined");
	is_int(mp_pool_close(pool), 0, "it is closed");
	is_int(mp_pool_map(pool, &job, MP_FOREVER), -ESHUTDOWN, "it takes no more work");
	none = result;
	is_int(mp_pool_map_async(pool, &job, &none), -ESHUTDOWN, "of no kind");
	ok(!none, "and makes no result");
	is_int(mp_pool_apply(pool, square, &number, 8, &number, 8, NULL, -1), -ESHUTDOWN, "this");
	is_int(mp_pool_apply_async(pool, square, &number, 8, 8, &none), -ESHUTDOWN, "or that");
	is_int(mp_pool_close(pool), 0, "it may be closed twice");
	is_int(mp_pool_result_wait(result, MP_FOREVER), 0, "what was taken in is done");
	ok(are_squares(MANY), "all of it");
	is_int(mp_pool_join(pool, MP_FOREVER), 0, "then it is joined");
	is_int(mp_pool_join(pool, 0), 0, "and again");
	ok(!has_child(), "no worker outlives that");
	mp_pool_free(pool);
	mp_pool_result_free(result);
}

static _Atomic int *gate; /* 1: somebody waits there, 2: it is open */

static int wait_at_gate(const void *input, size_t input_size, void *output, size_t *output_size)
{
	*gate = 1;
	while (*gate == 1)
		usleep(1000);
	return 0;
}

static void test_close_busy(void)
{
	struct mp_pool_result *result;
	struct mp_pool *pool;

	gate = shared_memory(sizeof(*gate));
	pool = make_pool(2, NULL);
	is_int(mp_pool_apply_async(pool, wait_at_gate, NULL, 0, 0, &result), 0, "a long task");
	while (*gate == 0)
		mp_pool_result_wait(result, 1);
	mp_pool_result_free(result);
	is_int(mp_pool_close(pool), 0, "nobody wants its outcome, and the pool is closed");
	is_int(mp_pool_join(pool, 100), MP_TIMEOUT, "but the worker is still in it");
	is_int(mp_pool_pids(pool, NULL, 0), 2, "so the other one has not left");
	*gate = 2;
	is_int(mp_pool_join(pool, MP_FOREVER), 0, "both leave when it is over");
	mp_pool_free(pool);
	munmap((void *)gate, sizeof(*gate));
}

static void test_terminate(void)
{
	struct mp_pool *pool = make_pool(3, NULL);
	unsigned pauses[20];
	const struct mp_pool_job job = {
		.function = sleep_long,
		.inputs = pauses,
		.input_size = sizeof(pauses[0]),
		.count = 20,
		.chunk = 1,
	};
	struct mp_pool_result *result;
	int64_t before = now_ms();
	size_t index;

	for (unsigned i = 0; i < 20; i++)
		pauses[i] = i ? 100000 : 0;
	is_int(mp_pool_map_async(pool, &job, &result), 0, "tasks that sleep for long");
	is_int(mp_pool_result_next(result, &index, MP_FOREVER), 0, "but for the first");
	is_int(mp_pool_terminate(pool), 0, "the pool is terminated");
	is_int(mp_pool_terminate(pool), 0, "(once more)");
	is_int(mp_pool_result_wait(result, 0), 0, "the result is ready");
	is_int(mp_pool_result_get(result, NULL, 0, NULL), -ECANCELED, "as it was given up");
	is_int(mp_pool_result_next(result, &index, 0), -ECANCELED, "the next task was");
	is_int((int64_t)index, 1, "(the second)");
	is_int(mp_pool_map(pool, &job, MP_FOREVER), -ESHUTDOWN, "no more work is taken in");
	is_int(mp_pool_join(pool, MP_FOREVER), 0, "it is joined");
	is_int((int64_t)mp_pool_crashes(pool), 0, "which counts as no crash");
	ok(now_ms() - before < 50000, "nobody waited for the sleepers");
	ok(!has_child(), "no worker is left");
	mp_pool_free(pool);
	mp_pool_result_free(result);
}

static void test_free_running(void)
{
	struct mp_pool *pool = make_pool(3, NULL);
	const unsigned pause = 100000;
	struct mp_pool_result *result;
	int64_t before = now_ms();

	is_int(mp_pool_apply_async(pool, sleep_long, &pause, sizeof(pause), 0, &result), 0,
	       "a task that sleeps for long");
	mp_pool_free(pool);
	ok(now_ms() - before < 50000, "the pool may be freed nevertheless");
	ok(!has_child(), "no worker is left");
	is_int(mp_pool_result_get(result, NULL, 0, NULL), -ECANCELED, "the result knows");
	is_int(mp_pool_result_wait(result, MP_FOREVER), 0, "it is ready");
	mp_pool_result_free(result);
}

/* --- copies, and processes that may not --- */

static struct mp_pool *outer;

static int use_pool(const void *input, size_t input_size, void *output, size_t *output_size)
{
	int *results = output;
	struct mp_pool_job job = square_job(1, 0);
	struct mp_pool *inner;

	results[0] = mp_pool_map(outer, &job, MP_FOREVER);
	results[1] = mp_pool_new(&inner, 1, NULL);
	return 0;
}

static void test_copies(void)
{
	const unsigned pauses[] = {200, 200, 200, 200};
	struct mp_pool_outcome *outcomes = shared_memory(4 * sizeof(*outcomes));
	struct mp_pool_job job = {
		.function = sleep_long,
		.inputs = pauses,
		.input_size = sizeof(pauses[0]),
		.count = 4,
		.chunk = 1,
		.outcomes = outcomes,
	};
	struct mp_pool_result *result;
	pid_t pid;

	outer = make_pool(2, NULL);
	is_int(mp_pool_map_async(outer, &job, &result), 0, "a map in the background");
	pid = fork_now();
	if (pid == 0) {
		is_int(mp_pool_map(outer, &job, MP_FOREVER), -ECHILD, "not in a copy: map");
		is_int(mp_pool_result_wait(result, MP_FOREVER), -ECHILD, "wait");
		is_int(mp_pool_close(outer), -ECHILD, "close");
		is_int(mp_pool_terminate(outer), -ECHILD, "terminate");
		is_int(mp_pool_join(outer, MP_FOREVER), -ECHILD, "join");
		mp_pool_result_free(result);
		mp_pool_free(outer);
		is_int(outcomes[3].result, MP_RUNNING, "freeing it touches no outcome");
		_exit(tap_done());
	}
	is_int(wait_status(pid), 0, "a copy can only be freed");
	is_int(mp_pool_result_wait(result, 20000), 0, "which does nothing to the pool");
	is_int(mp_pool_result_get(result, NULL, 0, NULL), 0, "or to its work");
	is_int(outcomes[3].result, 0, "which is done to the end");
	mp_pool_result_free(result);
	end_pool_well(outer);
	munmap(outcomes, 4 * sizeof(*outcomes));
}

static void test_in_worker(void)
{
	int results[2] = {0};
	struct mp_pool *pool;

	/* The second pool's workers have a copy of the first pool. */
	outer = make_pool(1, NULL);
	pool = make_pool(1, NULL);
	is_int(mp_pool_apply(pool, use_pool, NULL, 0, results, sizeof(results), NULL, MP_FOREVER),
	       0, "a task that uses pools");
	is_int(results[0], -ECHILD, "not somebody else's");
	is_int(results[1], -EPERM, "and none of its own: workers are daemons");
	end_pool_well(outer);
	end_pool_well(pool);
}

static int without_forks(void)
{
	struct mp_pool *pool = make_pool(2, NULL), *none = pool;
	unsigned before = open_fds();
	struct mp_pool_job job = square_job(MANY, 10);
	pid_t pids[2];

	if (!forbid_forks())
		return 77;
	is_int(mp_pool_new(&none, 4, NULL), -EAGAIN, "no pool without a fork");
	ok(!none, "nothing is made");
	is_int(open_fds(), before, "and no descriptor kept");
	mp_pool_pids(pool, pids, 2);
	kill(pids[0], SIGKILL);
	is_int(mp_pool_map(pool, &job, MP_FOREVER), 0, "one worker is enough");
	ok(are_squares(MANY), "for all tasks");
	kill(pids[1], SIGKILL);
	while (mp_pool_map(pool, &job, MP_FOREVER) != -EAGAIN)
		sleep_ms(1);
	ok(true, "without any, the map says why there is none");
	mp_pool_close(pool);
	is_int(mp_pool_join(pool, MP_FOREVER), 0, "nobody is left to be joined");
	mp_pool_free(pool);
	ok(!has_child(), "no child is left");
	return tap_done();
}

static void test_forbidden(void)
{
	struct mp_pool *pool;
	pid_t pid;
	int status;

	forbid_fds(true);
	is_int(mp_pool_new(&pool, 2, NULL), -EMFILE, "no pool without descriptors");
	forbid_fds(false);
	ok(!pool, "nothing is made");
	ok(!has_child(), "nobody is there");
	pid = fork_now();
	if (pid == 0)
		_exit(without_forks());
	status = wait_status(pid);
	if (status == 77)
		tap_skip(1, "fork cannot be forbidden here");
	else
		is_int(status, 0, "without a fork, what is there goes on");
}

/* --- stdio, and the end of the program --- */

static int print_number(const void *input, size_t input_size, void *output, size_t *output_size)
{
	printf("%d\n", *(const int *)input);
	return 0;
}

static int print_in_pool(void)
{
	struct mp_pool *pool = make_pool(1, NULL);
	const int lines[] = {1, 2, 3};
	const struct mp_pool_job job = {
		.function = print_number,
		.inputs = lines,
		.input_size = sizeof(lines[0]),
		.count = 3,
	};
	int rc = mp_pool_map(pool, &job, MP_FOREVER);

	mp_pool_close(pool);
	rc |= mp_pool_join(pool, MP_FOREVER);
	mp_pool_free(pool);
	return rc;
}

static int leave_pool_behind(void)
{
	pid_t pids[2];

	outer = make_pool(2, NULL);
	mp_pool_pids(outer, pids, 2);
	printf("%d %d\n", (int)pids[0], (int)pids[1]);
	return 0;
}

static void test_output(void)
{
	char text[100];
	int pids[2];

	is_int(output_of(print_in_pool, text, sizeof(text)), 0, "a pool that prints");
	is_string(text, "1\n2\n3\n", "what workers print is not lost, and printed once");
	is_int(output_of(leave_pool_behind, text, sizeof(text)), 0, "a program that forgets one");
	is_int(sscanf(text, "%d %d", &pids[0], &pids[1]), 2, "(its workers)");
	ok(has_ended(pids[0]) && has_ended(pids[1]), "takes it along");
}

/* As a program that was started with its standard descriptors closed, and prints all the same. */
static int print_to_nobody(void)
{
	const int64_t input = 3;
	int64_t output = 0;
	struct mp_pool *pool;
	int rc;

	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		close(fd);
	if (mp_pool_new(&pool, 2, NULL) != 0)
		return 1;
	if (write(STDIN_FILENO, "words", 5) > 0 || write(STDOUT_FILENO, "words", 5) > 0)
		return 2;
	rc = mp_pool_apply(pool, square, &input, sizeof(input), &output, sizeof(output), NULL,
			   10000);
	rc = rc || mp_pool_crashes(pool) || output != 9 ? 3 : 0;
	mp_pool_free(pool);
	return rc;
}

static void test_no_stdio(void)
{
	is_int(result_of(print_to_nobody), 0,
	       "no worker reads what is printed where standard output is closed");
}

static void on_signal(int number)
{
}

static void test_signals(void)
{
	const unsigned pauses[] = {50, 50, 50, 50};
	const struct mp_pool_job job = {
		.function = sleep_long,
		.inputs = pauses,
		.input_size = sizeof(pauses[0]),
		.count = 4,
	};
	const pid_t parent = getpid();
	struct mp_pool *pool = make_pool(2, NULL);
	pid_t pid = fork_now();

	if (pid == 0)
		for (;;) {
			kill(parent, SIGUSR1);
			sleep_ms(1);
		}
	is_int(mp_pool_map(pool, &job, MP_FOREVER), 0, "signals do not end a map");
	end_pool_well(pool);
	kill(pid, SIGKILL);
	wait_status(pid);
}

static int live_in_little_memory(void *argument)
{
	const struct rlimit little = {.rlim_cur = 8 << 20, .rlim_max = 8 << 20};

	return setrlimit(RLIMIT_DATA, &little);
}

/* A sanitizer ends the worker instead, again and again. */
static void test_no_memory(void)
{
	const size_t size = 64 << 20;
	const struct mp_pool_options options = {.initialize = live_in_little_memory};
	struct mp_pool *pool = make_pool(1, &options);
	void *input = calloc(1, size);
	int64_t number = 9, output = 0;
	struct mp_pool_outcome outcome;
	int rc;

	rc = mp_pool_apply(pool, square, input, size, &output, sizeof(output), &outcome, 60000);
	ok((rc == MP_FAILED && outcome.status == -ENOMEM) || rc == MP_CRASHED,
	   "a worker without memory for the input says so");
	is_int(mp_pool_apply(pool, square, &number, sizeof(number), &output, sizeof(output), NULL,
			     60000),
	       0, "and does the next task");
	is_int(output, 81, "which is small");
	free(input);
	end_pool(pool);
}

/* --- programs that do more than they should --- */

static int free_copy(void *argument)
{
	mp_pool_free(*(struct mp_pool **)argument);
	return 0;
}

static void test_free_in_worker(void)
{
	static struct mp_pool *pool;
	const struct mp_pool_options options = {.initialize = free_copy, .argument = &pool};
	struct mp_pool_job job = square_job(100, 0);

	/* The first workers see NULL, which may be freed; later ones see the pool. */
	pool = NULL;
	pool = make_pool(2, &options);
	is_int(mp_pool_map(pool, &job, MP_FOREVER), 0, "workers may free nothing");
	mp_pool_free(pool);
	pool = NULL;
	pool = make_pool(1, &(struct mp_pool_options){
				    .initialize = free_copy, .argument = &pool, .max_tasks = 1});
	job = square_job(100, 0);
	is_int(mp_pool_map(pool, &job, MP_FOREVER), 0, "and their copy of the pool");
	ok(are_squares(100), "with no harm to it");
	end_pool_well(pool);
}

static void test_finish(void)
{
	struct mp_pool *pool = make_pool(2, NULL);
	struct mp_pool_job job = square_job(MANY, 0);

	is_int(mp_pool_map(pool, &job, MP_FOREVER), 0, "a map");
	is_int(mp_process_finish(), 0, "then all children are ended");
	ok(!has_child(), "none is left");
	job = square_job(MANY, 0);
	is_int(mp_pool_map(pool, &job, MP_FOREVER), 0, "the pool starts new workers");
	ok(are_squares(MANY), "which do the work");
	mp_process_finish();
	mp_pool_free(pool);
	pool = make_pool(2, NULL);
	mp_process_finish();
	is_int(mp_pool_close(pool), 0, "it can be closed after that");
	is_int(mp_pool_join(pool, MP_FOREVER), 0, "and joined");
	mp_pool_free(pool);
}

/* The C library's handler for children that end: nobody is told of them. */
static void test_deaf_parent(void)
{
	const struct mp_pool_options options = {.max_tasks = 7};
	struct mp_pool_job job = square_job(MANY, 0);
	struct mp_pool *pool;

	signal(SIGCHLD, SIG_IGN);
	pool = make_pool(2, &options);
	is_int(mp_pool_map(pool, &job, 60000), 0, "in a program that ignores the end of children");
	ok(are_squares(MANY), "all is well");
	end_pool_well(pool);
	signal(SIGCHLD, SIG_DFL);
}

static void test_many_results(void)
{
	enum { RESULTS = 20000 };
	static struct mp_pool_result *results[RESULTS];
	struct mp_pool *pool = make_pool(2, NULL);
	int64_t output, wrong = 0;

	for (int64_t i = 0; i < RESULTS; i++)
		wrong += mp_pool_apply_async(pool, square, &i, sizeof(i), sizeof(i), &results[i]);
	is_int(wrong, 0, "many results at once");
	for (int64_t i = RESULTS - 1; i > RESULTS / 2; i--)
		mp_pool_result_free(results[i]);
	for (int64_t i = RESULTS / 2; i >= 0; i--) {
		wrong += mp_pool_result_wait(results[i], MP_FOREVER);
		wrong += mp_pool_result_get(results[i], &output, sizeof(output), NULL);
		wrong += output != i * i;
		mp_pool_result_free(results[i]);
	}
	is_int(wrong, 0, "some are dropped, the others are right");
	end_pool_well(pool);
}

int main(void)
{
	static void (*const tests[])(void) = {
		test_sharing_out,  test_max_tasks,	test_descriptors, test_max_tasks_closed,
		test_initialize,   test_close,		test_terminate,	  test_free_running,
		test_copies,	   test_in_worker,	test_forbidden,	  test_output,
		test_signals,	   test_free_in_worker, test_finish,	  test_deaf_parent,
		test_many_results, test_no_memory,	test_close_busy,  test_no_stdio,
	};
	const struct sigaction action = {.sa_handler = on_signal};
	unsigned before = open_fds();

	sigaction(SIGUSR1, &action, NULL);
	tap_plan(0);
	for (unsigned i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		tests[i]();
		ok(open_fds() == before && !has_child(), "nothing is left of test %u", i);
	}
	return tap_done();
}
