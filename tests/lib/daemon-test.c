// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A daemon does not outlive the program that started it, however that ends. Here the test is the
 * grandparent: it kills the middle process, and inherits the daemon.
 */
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "start.h"
#include "step.h"
#include "tap.h"

static struct scene {
	_Atomic pid_t daemon, sibling;
	_Atomic bool ready;
} * scene;

static int be_daemon(void *argument)
{
	scene->daemon = getpid();
	return sleep_for_ever(NULL);
}

static int be_sibling(void *argument)
{
	scene->sibling = getpid();
	return sleep_for_ever(NULL);
}

static int be_daemon_by_exec(const void *memory, size_t size)
{
	return sleep_for_ever(NULL);
}

static void start_daemon(void)
{
	struct mp_process *daemon = make("daemon", be_daemon, NULL);

	mp_process_set_daemon(daemon, true);
	if (mp_process_start(daemon) != 0)
		_exit(99);
}

static void start_daemon_by_exec(void)
{
	struct mp_process *daemon = make_exec("daemon", "be_daemon", NULL, 0);

	mp_process_set_daemon(daemon, true);
	if (mp_process_start(daemon) != 0)
		_exit(99);
	scene->daemon = mp_process_pid(daemon);
}

static bool daemon_runs(void *argument)
{
	return scene->daemon != 0;
}

static bool sibling_runs(void *argument)
{
	return scene->sibling != 0;
}

static bool is_ready(void *argument)
{
	return scene->ready;
}

/* --- the middle process --- */

static void be_ready(void)
{
	comes_true(daemon_runs, NULL);
	scene->ready = true;
}

static void have_daemon(void)
{
	start_daemon();
	be_ready();
}

static void have_daemon_by_exec(void)
{
	start_daemon_by_exec();
	be_ready();
}

static void have_siblings(void)
{
	start_daemon();
	make_started(be_sibling, NULL);
	comes_true(sibling_runs, NULL);
	be_ready();
}

static void have_fork(void)
{
	pid_t pid;

	start_daemon();
	pid = fork();
	if (pid == 0)
		be_sibling(NULL);
	comes_true(sibling_runs, NULL);
	be_ready();
}

static void have_exec(void)
{
	start_daemon();
	scene->sibling = mp_process_pid(make_exec_started("be_daemon", NULL, 0));
	be_ready();
}

static void *start_in_thread(void *argument)
{
	start_daemon();
	return NULL;
}

/* The daemon must not notice that the thread is over: not its parent is. */
static void have_thread(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, start_in_thread, NULL);
	pthread_join(thread, NULL);
	comes_true(daemon_runs, NULL);
	sleep_ms(100);
	if (!has_ended(scene->daemon))
		be_ready();
}

static void have_stopped(void)
{
	start_daemon();
	comes_true(daemon_runs, NULL);
	kill(scene->daemon, SIGSTOP);
	be_ready();
}

/* --- the ends of the middle process --- */

static void wait_to_be_killed(void)
{
	sleep_for_ever(NULL);
}

static _Noreturn void leave_at_once(void)
{
	_exit(0);
}

static _Noreturn void execute_another(void)
{
	execl("/bin/true", "true", NULL);
	_exit(98);
}

static pid_t begin(void (*have)(void), void (*end)(void))
{
	pid_t middle;

	memset(scene, 0, sizeof(*scene));
	middle = fork_now();
	if (middle == 0) {
		have();
		end();
		_exit(97);
	}
	return middle;
}

static void test_killed(void (*have)(void), const char *title)
{
	pid_t middle = begin(have, wait_to_be_killed);

	ok(comes_true(is_ready, NULL), "%s", title);
	ok(scene->daemon && !has_ended(scene->daemon), "it lives");
	kill(middle, SIGKILL);
	is_int(wait_status(middle), -SIGKILL, "its parent is killed");
	is_int(wait_status(scene->daemon), -SIGKILL, "the kernel kills the daemon");
	if (!scene->sibling)
		return;
	ok(!has_ended(scene->sibling), "the other child lives on");
	kill(scene->sibling, SIGTERM);
	is_int(wait_status(scene->sibling), -SIGTERM, "until somebody ends it");
}

static void test_left(void (*end)(void), const char *title)
{
	pid_t middle = begin(have_daemon, end);

	is_int(wait_status(middle), 0, "%s", title);
	is_int(wait_status(scene->daemon), -SIGKILL, "its daemon is killed");
}

/* Whichever moment of a start it is that the parent is killed in. */
static bool nobody_is_left(void *argument)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	return !has_child();
}

static void start_without_end(void)
{
	for (unsigned i = 0; i < 200; i++)
		if (i % 2)
			start_daemon();
		else
			start_daemon_by_exec();
}

static void test_any_moment(void)
{
	unsigned left = 0;
	pid_t middle;

	for (unsigned i = 0; i < 40; i++) {
		middle = begin(start_without_end, wait_to_be_killed);
		usleep(i * 500);
		kill(middle, SIGKILL);
		left += !comes_true(nobody_is_left, NULL);
	}
	is_int(left, 0, "killed at any moment, a parent leaves no daemon");
}

static void start_one(void *by_exec)
{
	if (*(bool *)by_exec)
		start_daemon_by_exec();
	else
		start_daemon();
}

/* Not at every instruction, of which there are thousands; a sanitizer makes many of each. The last
 * one is behind the start. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { STRIDE = 7993 * STEP_STRIDE };
#else
enum { STRIDE = 499 };
#endif

static void test_any_step(bool by_exec)
{
	struct mp_process *started = NULL;
	unsigned long n = 0;
	unsigned left = 0;
	int end;

	start_one(&by_exec);
	mp_process_active(&started, 1);
	mp_process_finish();
	mp_process_free(started);
	do {
		end = killed_after(start_one, &by_exec, n);
		left += !comes_true(nobody_is_left, NULL);
		n += STRIDE;
	} while (end == STEP_INSIDE);
	if (end == STEP_FORBIDDEN)
		tap_skip(1, "no process can be traced here");
	else
		is_int(left, 0, "nor when killed %s, after any of %lu instructions",
		       by_exec ? "in an exec" : "in a fork", n);
}

/* The lifeline costs the parent nothing when the daemon is gone. */
static void test_descriptors(void)
{
	struct mp_process *daemon = make("daemon", be_daemon, NULL);
	unsigned fds = open_fds();

	memset(scene, 0, sizeof(*scene));
	mp_process_set_daemon(daemon, true);
	mp_process_start(daemon);
	is_int(open_fds(), fds + 2, "a daemon costs two descriptors");
	mp_process_terminate(daemon);
	mp_process_join(daemon, MP_FOREVER);
	is_int(open_fds(), fds + 1, "one when it is reaped");
	is_int(end_of(daemon), -SIGTERM, "and ends by what it was sent");
	is_int(open_fds(), fds, "none when it is freed");
}

/* A copy of the object, freed in a child, must not close what has the number there. */
static int free_copy(void *daemon)
{
	unsigned fds = open_fds();

	mp_process_free(daemon);
	return open_fds() == fds - 1 ? 0 : 1;
}

static void test_copies(void)
{
	struct mp_process *daemon = make("daemon", be_daemon, NULL);

	mp_process_set_daemon(daemon, true);
	mp_process_start(daemon);
	is_int(end_of(make_started(free_copy, daemon)), 0, "a child frees its copy of a daemon");
	sleep_ms(20);
	ok(mp_process_is_alive(daemon), "which lives on");
	mp_process_kill(daemon);
	is_int(end_of(daemon), -SIGKILL, "until it is killed");
}

static void test_no_fds(void)
{
	struct mp_process *daemon = make("daemon", be_daemon, NULL);
	struct mp_process *by_exec = make_exec("daemon", "be_daemon", NULL, 0);
	unsigned fds = open_fds();

	mp_process_set_daemon(daemon, true);
	mp_process_set_daemon(by_exec, true);
	forbid_fds(true);
	is_int(mp_process_start(daemon), -EMFILE, "without descriptors it does not start");
	is_int(mp_process_start(by_exec), -EMFILE, "nor does one by exec");
	forbid_fds(false);
	is_int(open_fds(), fds, "nothing is left of the attempts");
	ok(!has_child(), "nobody either");
	is_int(mp_process_start(daemon), 0, "the next try works");
	is_int(mp_process_start(by_exec), 0, "for both");
	mp_process_kill(daemon);
	mp_process_kill(by_exec);
	is_int(end_of(daemon), -SIGKILL, "and they end");
	is_int(end_of(by_exec), -SIGKILL, "as they should");
}

/* What one by exec would be told fits into no file. */
static void test_file_limit(void)
{
	static const char bytes[200000];
	struct mp_process *daemon = make_exec("daemon", "be_daemon", bytes, sizeof(bytes));
	const unsigned fds = open_fds();
	struct rlimit before, low;

	mp_process_set_daemon(daemon, true);
	getrlimit(RLIMIT_FSIZE, &before);
	low = (struct rlimit){.rlim_cur = sizeof(bytes) + 1, .rlim_max = before.rlim_max};
	setrlimit(RLIMIT_FSIZE, &low);
	is_int(mp_process_start(daemon), -EFBIG, "a limit of files is told, and kills nobody");
	setrlimit(RLIMIT_FSIZE, &before);
	is_int(open_fds(), fds, "no descriptor is left");
	is_int(mp_process_start(daemon), 0, "without it the daemon starts");
	mp_process_kill(daemon);
	is_int(end_of(daemon), -SIGKILL, "and runs until it is killed");
}

int main(void)
{
	unsigned fds;

	mp_process_register("be_daemon", be_daemon_by_exec);
	mp_process_enter();
	tap_plan(0);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	scene = shared_memory(sizeof(*scene));
	fds = open_fds();
	test_killed(have_daemon, "a process has a daemon");
	test_killed(have_daemon_by_exec, "a process has a daemon that was started by exec");
	test_killed(have_siblings, "a process has a daemon and another child");
	test_killed(have_fork, "a process has a daemon, and forked by itself");
	test_killed(have_exec, "a process has a daemon, and another child by exec");
	test_killed(have_thread, "a process has a daemon from a thread that is over");
	test_killed(have_stopped, "a process has a daemon that is stopped");
	test_left(leave_at_once, "a process with a daemon ends without the exit rule");
	test_left(execute_another, "a process with a daemon becomes another program");
	test_any_moment();
	test_any_step(false);
	test_any_step(true);
	test_descriptors();
	test_copies();
	test_no_fds();
	test_file_limit();
	is_int(open_fds(), fds, "every descriptor was closed");
	ok(!has_child(), "no child is left");
	return tap_done();
}
