// SPDX-License-Identifier: GPL-2.0-or-later
/* The exit rule: what becomes of the children when a process has nothing more to do. */
#include <errno.h>
#include <mproc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common.h"
#include "tap.h"

/* What the processes of a scene leave for the test; cleared before each. */
static struct scene {
	_Atomic pid_t daemon;
	_Atomic bool worked_after_daemon;
	_Atomic int code;
} * scene;

static char text[256];

static struct mp_process *start(const char *name, bool daemon, int (*run)(void *))
{
	/* Nobody frees them: that is what an exit is. They are not lost, either. */
	static struct mp_process *volatile processes[32] __attribute__((used));
	static unsigned count;
	struct mp_process *process;
	int rc = mp_process_new(&process, name, run, NULL);

	if (!rc)
		rc = mp_process_set_daemon(process, daemon);
	if (!rc)
		rc = mp_process_start(process);
	if (rc)
		exit(99);
	processes[count++ % 32] = process;
	return process;
}

static int play(int (*act)(void))
{
	memset(scene, 0, sizeof(*scene));
	return output_of(act, text, sizeof(text));
}

static int never_end(void *argument)
{
	scene->daemon = getpid();
	while (pause() < 0)
		;
	return 0;
}

/* The parent comes to its end while this works. */
static int work(void *argument)
{
	pid_t daemon;

	printf("working ");
	sleep_ms(150);
	daemon = scene->daemon;
	scene->worked_after_daemon = daemon && has_ended(daemon);
	printf("done ");
	return 0;
}

static bool daemon_runs(void *argument)
{
	return scene->daemon != 0;
}

/* --- the rule --- */

static int leave_both(void)
{
	start("worker", false, work);
	start("daemon", true, never_end);
	comes_true(daemon_runs, NULL);
	printf("leaving ");
	return 5;
}

static void test_rule(void)
{
	is_int(play(leave_both), 5, "a process ends with a daemon and a worker");
	is_string(text, "working done leaving ", "the worker was waited for");
	ok(has_ended(scene->daemon), "the daemon was stopped");
	ok(scene->worked_after_daemon, "the worker worked on when it was");
}

/* The order of their start must not matter. */
static int leave_both_turned(void)
{
	start("daemon", true, never_end);
	start("worker", false, work);
	comes_true(daemon_runs, NULL);
	return 0;
}

static void test_rule_turned(void)
{
	is_int(play(leave_both_turned), 0, "the same with the daemon first");
	is_string(text, "working done ", "the worker was waited for");
	ok(scene->worked_after_daemon, "and worked on");
}

static int finish_and_look(void)
{
	struct mp_process *daemon = start("daemon", true, never_end);
	struct mp_process *worker = start("worker", false, work);
	int code = 1, rc;

	comes_true(daemon_runs, NULL);
	rc = mp_process_finish();
	if (has_child())
		return 1;
	if (mp_process_exit_code(daemon, &code) != 0 || code != -SIGTERM)
		return 2;
	if (mp_process_exit_code(worker, &code) != 0 || code != 0)
		return 3;
	mp_process_free(daemon);
	mp_process_free(worker);
	if (mp_process_finish() != 0)
		return 4;
	start("worker", false, work);
	return rc;
}

static void test_finish(void)
{
	is_int(play(finish_and_look), 0,
	       "finishing early leaves no child, and knows how all ended");
	is_string(text, "working done working done ", "a worker started later is waited for, too");
}

static int finish_alone(void)
{
	return mp_process_finish();
}

static void test_nothing_to_do(void)
{
	is_int(play(finish_alone), 0, "without children there is nothing to do");
}

/* --- who inherits the list must not act on it --- */

static int fork_by_hand(void)
{
	struct mp_process *daemon = start("daemon", true, never_end);
	pid_t pid;

	comes_true(daemon_runs, NULL);
	pid = fork_now();
	if (pid == 0)
		exit(mp_process_finish());
	if (wait_status(pid) != 0)
		return 1;
	return mp_process_is_alive(daemon) ? 0 : 2;
}

static void test_fork_by_hand(void)
{
	is_int(play(fork_by_hand), 0, "a fork of the program's own does not stop our daemon");
}

/* The C library does not notice this one, so nothing told us to forget the list. */
static int clone_by_hand(void)
{
	struct mp_process *daemon = start("daemon", true, never_end);
	long pid;

	comes_true(daemon_runs, NULL);
	fflush(NULL);
	pid = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid == 0)
		_exit(mp_process_finish());
	if (wait_status((pid_t)pid) != 0)
		return 1;
	return mp_process_is_alive(daemon) ? 0 : 2;
}

static int end_at_once(void *argument)
{
	return 0;
}

static int start_one_and_finish(void)
{
	struct mp_process *child = start(NULL, false, end_at_once);

	if (mp_process_join(child, MP_FOREVER) != 0)
		return 1;
	return mp_process_active(NULL, 0) == 0 && mp_process_finish() == 0 ? 0 : 2;
}

/* It has children of its own, and then of nobody else. */
static int clone_that_starts(void)
{
	struct mp_process *daemon = start("daemon", true, never_end);
	long pid;

	comes_true(daemon_runs, NULL);
	fflush(NULL);
	pid = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
	if (pid == 0)
		_exit(start_one_and_finish());
	if (wait_status((pid_t)pid) != 0)
		return 1;
	return mp_process_join(daemon, 0) == MP_TIMEOUT ? 0 : 2;
}

static void test_clone_by_hand(void)
{
	is_int(play(clone_that_starts), 0, "a clone that starts processes stops only its own");
	is_int(play(clone_by_hand), 0, "nor does a clone that nobody noticed");
}

static int call_exit(void *argument)
{
	exit(6);
}

static int start_one_that_exits(void)
{
	struct mp_process *daemon = start("daemon", true, never_end);
	struct mp_process *process;
	int code = 0;

	comes_true(daemon_runs, NULL);
	process = start("exits", false, call_exit);
	mp_process_join(process, MP_FOREVER);
	mp_process_exit_code(process, &code);
	if (!mp_process_is_alive(daemon))
		return 100;
	return code;
}

static void test_exit_in_child(void)
{
	is_int(play(start_one_that_exits), 6,
	       "a child that calls exit() does not stop its sibling");
}

/* --- children of children --- */

static int have_children(void *argument)
{
	start("daemon", true, never_end);
	start("worker", false, work);
	comes_true(daemon_runs, NULL);
	printf("parent ");
	return 4;
}

static int start_family(void)
{
	struct mp_process *process = start("parent", false, have_children);
	int code = 0;

	mp_process_join(process, MP_FOREVER);
	mp_process_exit_code(process, &code);
	return has_ended(scene->daemon) ? code : 100;
}

static void test_family(void)
{
	is_int(play(start_family), 4, "a child deals with its own children before it ends");
	is_string(text, "parent working done ", "its output comes before the wait for them");
	ok(scene->worked_after_daemon, "its daemon was stopped first");
}

/* --- a daemon that does not want to --- */

static int refuse(void *argument)
{
	signal(SIGTERM, SIG_IGN);
	return never_end(argument);
}

static int leave_refuser(void)
{
	struct mp_process *daemon = start("refuser", true, refuse);
	int code = 0;

	comes_true(daemon_runs, NULL);
	mp_process_finish();
	mp_process_exit_code(daemon, &code);
	scene->code = code;
	return 0;
}

static void test_refuser(void)
{
	int64_t before = now_ms();

	is_int(play(leave_refuser), 0, "a daemon ignores SIGTERM");
	is_int(scene->code, -SIGKILL, "it is killed in the end");
	ok(now_ms() - before >= MP_GRACE_MS, "not before its grace is over");
}

static bool daemon_is_gone(void *argument)
{
	return has_ended(scene->daemon);
}

/* As one that reads to the end of a pipe which the daemon keeps open. */
static int outlive_daemon(void *argument)
{
	return comes_true(daemon_runs, NULL) && comes_true(daemon_is_gone, NULL) ? 0 : 1;
}

/* Who ignores SIGTERM has children that do. */
static int leave_one_that_waits(void)
{
	struct mp_process *other;
	int code = 0;

	signal(SIGTERM, SIG_IGN);
	start("heir", true, never_end);
	other = start("other", false, outlive_daemon);
	comes_true(daemon_runs, NULL);
	mp_process_finish();
	mp_process_exit_code(other, &code);
	scene->code = code;
	return has_child() ? 1 : 0;
}

static void test_refuser_is_awaited(void)
{
	is_int(play(leave_one_that_waits), 0, "a program ignores SIGTERM, and so does its daemon");
	is_int(scene->code, 0, "the daemon is killed while a child is joined that waits for that");
}

int main(void)
{
	unsigned fds;

	tap_plan(0);
	scene = shared_memory(sizeof(*scene));
	fds = open_fds();
	test_rule();
	test_rule_turned();
	test_finish();
	test_nothing_to_do();
	test_fork_by_hand();
	test_clone_by_hand();
	test_exit_in_child();
	test_family();
	test_refuser();
	test_refuser_is_awaited();
	is_int(open_fds(), fds, "every descriptor was closed");
	ok(!has_child(), "no child is left");
	return tap_done();
}
