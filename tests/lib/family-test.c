// SPDX-License-Identifier: GPL-2.0-or-later
/* Who a process is, whose child, and which children it has. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "start.h"
#include "tap.h"

/* --- oneself --- */

static int ignored_signals;

static void note_signal(int number)
{
	ignored_signals++;
}

static void test_current(void)
{
	struct mp_process *me = mp_process_current();
	int code = 7;

	is_string(mp_process_name(me), "MainProcess", "the first process has a name");
	is_int(mp_process_pid(me), getpid(), "its own pid");
	ok(mp_process_is_alive(me), "is alive");
	ok(!mp_process_is_daemon(me), "is no daemon");
	ok(me == mp_process_current(), "is one object");
	is_int(mp_process_pidfd(me), -ESRCH, "has no pidfd");
	is_int(mp_process_exit_code(me, &code), MP_RUNNING, "has no exit code");
	is_int(code, 7, "(which is left alone)");
	is_int(mp_process_start(me), -ECHILD, "cannot be started");
	is_int(mp_process_join(me, 0), -ECHILD, "or joined");
	is_int(mp_process_join(me, MP_FOREVER), -ECHILD, "(least of all for ever)");
	is_int(mp_process_set_name(me, "x"), -EALREADY, "or renamed");
	is_int(mp_process_set_daemon(me, true), -EALREADY, "or made a daemon");
	is_int(mp_process_give_fd(me, 0), -EALREADY, "or given anything");
	is_int(mp_process_free(me), 0, "freeing it does nothing");
	is_string(mp_process_current_name(), "MainProcess", "it is still there");
	is_int(mp_process_given_fd(0), -ENOENT, "it was given nothing");
	ok(!mp_process_parent(), "it has no parent that the library knows");
	signal(SIGUSR1, note_signal);
	is_int(mp_process_send_signal(me, SIGUSR1), 0, "it can signal itself");
	is_int(ignored_signals, 1, "which arrives");
	is_int(mp_process_send_signal(me, 1000), -EINVAL, "if there is such a signal");
	signal(SIGUSR1, SIG_DFL);
}

static int know_itself(void *itself)
{
	struct mp_process *me = mp_process_current();
	int code;

	if (me != *(struct mp_process **)itself || strcmp(mp_process_name(me), "known") != 0)
		return 1;
	if (mp_process_pid(me) != getpid() || !mp_process_is_alive(me))
		return 2;
	if (!mp_process_is_daemon(me) || mp_process_exit_code(me, &code) != MP_RUNNING)
		return 3;
	if (mp_process_start(me) != -ECHILD || mp_process_join(me, 0) != -ECHILD)
		return 4;
	if (mp_process_set_name(me, "other") != -EALREADY || mp_process_free(me) != 0)
		return 5;
	return strcmp(mp_process_current_name(), "known") == 0 ? 0 : 6;
}

static void test_current_in_child(void)
{
	struct mp_process *process = make("known", know_itself, &process);

	mp_process_set_daemon(process, true);
	mp_process_start(process);
	is_int(end_of(process), 0, "a child is the object that it was started from");
}

static void test_current_in_fork(void)
{
	pid_t pid = fork_now();

	if (pid == 0)
		_exit(strcmp(mp_process_current_name(), "MainProcess") != 0 ||
		      mp_process_pid(mp_process_current()) != getpid() || mp_process_parent());
	is_int(wait_status(pid), 0, "a fork of the program's own is a MainProcess, too");
}

static int kill_itself(void *argument)
{
	mp_process_kill(mp_process_current());
	return 1;
}

static void test_kill_itself(void)
{
	is_int(end_of(make_started(kill_itself, NULL)), -SIGKILL, "a process can kill itself");
}

/* --- the parent --- */

static struct notes {
	_Atomic int grandchild, child;
	_Atomic int before, after, sentinel, code, killed;
	_Atomic bool alive, dead;
	char parent[64];
	_Atomic bool done;
} * notes;

static pid_t main_pid;

static int know_parent(void *argument)
{
	struct mp_process *parent = mp_process_parent();
	struct pollfd end = {.events = POLLIN};
	int code = 7;

	if (!parent || strcmp(mp_process_name(parent), "MainProcess") != 0)
		return 1;
	if (mp_process_pid(parent) != main_pid || getppid() != main_pid)
		return 2;
	end.fd = mp_process_pidfd(parent);
	if (end.fd < 0 || poll(&end, 1, 0) != 0 || !(fcntl(end.fd, F_GETFD) & FD_CLOEXEC))
		return 3;
	if (!mp_process_is_alive(parent) || mp_process_join(parent, 20) != MP_TIMEOUT)
		return 4;
	if (mp_process_exit_code(parent, &code) != -ECHILD || code != 7)
		return 5;
	if (mp_process_start(parent) != -ECHILD || mp_process_set_name(parent, "x") != -EALREADY)
		return 6;
	if (mp_process_free(parent) != 0 || mp_process_parent() != parent)
		return 7;
	return mp_process_send_signal(parent, 0) == 0 ? 0 : 8;
}

static void test_parent(void)
{
	main_pid = getpid();
	is_int(end_of(make_started(know_parent, NULL)), 0, "a child knows its parent");
}

/* Its parent is killed while it looks. */
static int outlive(void *argument)
{
	struct mp_process *parent = mp_process_parent();
	struct pollfd end = {.fd = mp_process_pidfd(parent), .events = POLLIN};
	int code;

	snprintf(notes->parent, sizeof(notes->parent), "%s", mp_process_name(parent));
	notes->alive = mp_process_is_alive(parent) && mp_process_pid(parent) == notes->child;
	notes->before = mp_process_join(parent, 0);
	notes->grandchild = getpid();
	notes->after = mp_process_join(parent, 30000);
	notes->dead = !mp_process_is_alive(parent);
	notes->sentinel = poll(&end, 1, 0);
	notes->code = mp_process_exit_code(parent, &code);
	/* A zombie can be signalled, one that was reaped is not there. */
	notes->killed = mp_process_kill(parent);
	notes->done = true;
	return 0;
}

static int bear_and_wait(void *argument)
{
	notes->child = getpid();
	make_started(outlive, NULL);
	return sleep_for_ever(NULL);
}

static bool grandchild_looks(void *argument)
{
	return notes->grandchild != 0;
}

static bool grandchild_is_done(void *argument)
{
	return notes->done;
}

static void test_parent_dies(void)
{
	struct mp_process *child = make("the middle one", bear_and_wait, NULL);

	memset(notes, 0, sizeof(*notes));
	mp_process_start(child);
	ok(comes_true(grandchild_looks, NULL), "a child has a child");
	mp_process_kill(child);
	is_int(end_of(child), -SIGKILL, "and is killed");
	ok(comes_true(grandchild_is_done, NULL), "the grandchild sees that");
	is_string(notes->parent, "the middle one", "it knew the name of its parent");
	ok(notes->alive, "and that it was alive");
	is_int(notes->before, MP_TIMEOUT, "and had not ended");
	is_int(notes->after, 0, "then it had");
	ok(notes->dead, "and was alive no more");
	is_int(notes->sentinel, 1, "as the sentinel said");
	is_int(notes->code, -ECHILD, "how it ended only its own parent knows");
	ok(notes->killed == 0 || notes->killed == -ESRCH, "nobody else can be hit");
	is_int(wait_status(notes->grandchild), 0, "the grandchild ends well");
}

/* Each has two, down to the last: their sum tells that all of them were there. */
static int have_two(void *depth)
{
	const intptr_t left = (intptr_t)depth;
	int sum = 1;

	if (left == 0)
		return sum;
	for (unsigned i = 0; i < 2; i++)
		sum += end_of(make_started(have_two, (void *)(left - 1)));
	return sum;
}

static void test_recursion(void)
{
	is_int(end_of(make_started(have_two, (void *)4)), 31, "children of children of children");
}

static void test_interrupt(void)
{
	struct mp_process *process = make_started(sleep_for_ever, NULL);

	mp_process_send_signal(process, SIGINT);
	is_int(end_of(process), -SIGINT, "an interrupt ends a child");
}

/* --- the children --- */

static int no_children(void *argument)
{
	struct mp_process *none = NULL;

	return mp_process_active(&none, 1) == 0 && mp_process_active(NULL, 0) == 0 && !none ? 0 : 1;
}

static void test_active(void)
{
	struct mp_process *list[4] = {NULL}, *all[3];

	is_int((int64_t)mp_process_active(list, 4), 0, "nobody was started");
	for (unsigned i = 0; i < 3; i++)
		all[i] = make(NULL, sleep_for_ever, NULL);
	is_int((int64_t)mp_process_active(list, 4), 0, "what was made is not started");
	for (unsigned i = 0; i < 3; i++)
		mp_process_start(all[2 - i]);
	is_int((int64_t)mp_process_active(list, 4), 3, "three are");
	ok(list[0] == all[2] && list[1] == all[1] && list[2] == all[0] && !list[3],
	   "they stand in the order of their start");
	list[1] = NULL;
	is_int((int64_t)mp_process_active(list, 1), 3, "all are counted when there is no room");
	ok(list[0] == all[2] && !list[1], "and no more are told");
	is_int((int64_t)mp_process_active(NULL, 0), 3, "nor any at all, if so");
	is_int(end_of(make_started(no_children, NULL)), 0, "a child has no children yet");

	mp_process_terminate(all[1]);
	while (mp_process_is_alive(all[1]))
		sleep_ms(1);
	is_int((int64_t)mp_process_active(list, 4), 2, "one has ended");
	ok(list[0] == all[2] && list[1] == all[0], "it stands there no more");
	is_int(waitpid(mp_process_pid(all[1]), NULL, WNOHANG), -1, "it was reaped");
	is_int(mp_process_kill(all[1]), -ESRCH, "so it cannot be signalled");
	is_int(end_of(all[1]), -SIGTERM, "its object has its exit code");
	mp_process_kill(all[0]);
	mp_process_kill(all[2]);
	is_int(end_of(all[0]), -SIGKILL, "another is joined");
	is_int(end_of(all[2]), -SIGKILL, "and the last one");
	is_int((int64_t)mp_process_active(list, 4), 0, "nobody is left");
}

/* --- given descriptors --- */

static int use_given(void *argument)
{
	int first = mp_process_given_fd(0), second = mp_process_given_fd(1);
	char byte;

	if (first <= STDERR_FILENO || second <= STDERR_FILENO || mp_process_given_fd(2) != -ENOENT)
		return 1;
	if (!(fcntl(first, F_GETFD) & FD_CLOEXEC))
		return 2;
	return read(first, &byte, 1) == 1 && write(second, &byte, 1) == 1 ? 0 : 3;
}

static void test_given(void)
{
	struct mp_process *process = make(NULL, use_given, NULL);
	int to[2], from[2];
	char byte = 'x';

	if (pipe2(to, O_CLOEXEC) < 0 || pipe2(from, O_CLOEXEC) < 0)
		tap_bail("pipe2: %s", strerror(errno));
	is_int(mp_process_give_fd(process, to[0]), 0, "a process is given one end of a pipe");
	is_int(mp_process_give_fd(process, from[1]), 0, "and one of another");
	close(to[0]);
	close(from[1]);
	mp_process_start(process);
	is_int(write(to[1], &byte, 1), 1, "it is sent a byte");
	byte = 0;
	is_int(read(from[0], &byte, 1), 1, "and sends it back");
	is_int(read(from[0], &byte, 1), 0, "its end is the only one, so there is an end");
	is_int(byte, 'x', "the byte is the same");
	is_int(end_of(process), 0, "the process ends well");
	close(to[1]);
	close(from[0]);
}

/* --- many threads --- */

static void *look_around(void *stop)
{
	struct mp_process *list[8];

	while (!*(_Atomic bool *)stop)
		mp_process_active(list, 8);
	return NULL;
}

static void *live_and_let_live(void *argument)
{
	size_t good = 0;

	for (unsigned i = 0; i < 60; i++) {
		struct mp_process *one = make_started(give_back, (void *)(intptr_t)i);
		struct mp_process *other = make(NULL, sleep_for_ever, NULL);

		mp_process_set_daemon(other, true);
		good += mp_process_start(other) == 0;
		mp_process_kill(other);
		good += end_of(other) == -SIGKILL;
		good += end_of(one) == (int)i;
		free(malloc(100 + i));
	}
	return (void *)good;
}

/* Threads start, reap, look at and free processes, all at once. */
static void test_threads(void)
{
	_Atomic bool stop = false;
	pthread_t looking, threads[4];
	size_t good = 0;
	void *result;

	pthread_create(&looking, NULL, look_around, &stop);
	for (unsigned i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, live_and_let_live, NULL);
	for (unsigned i = 0; i < 4; i++) {
		pthread_join(threads[i], &result);
		good += (size_t)result;
	}
	stop = true;
	pthread_join(looking, NULL);
	is_int((int64_t)good, 4 * 180, "threads live beside one that reaps what it finds");
}

static int end_soon(void *argument)
{
	sleep_ms(2);
	return 9;
}

static void *join_and_free(void *process)
{
	return end_of(process) == 9 ? process : NULL;
}

/* What one thread waits for because all is to end, another one frees. */
static void test_finish_and_free(void)
{
	struct mp_process *process;
	unsigned good = 0;
	pthread_t thread;
	void *result;

	for (unsigned i = 0; i < 100; i++) {
		process = make_started(end_soon, NULL);
		pthread_create(&thread, NULL, join_and_free, process);
		good += mp_process_finish() == 0;
		pthread_join(thread, &result);
		good += result == process;
	}
	is_int(good, 200, "a process may be freed while another thread finishes");
}

/* The program waits for any child by itself, and so for a daemon too. */
static void test_finish_after_wait(void)
{
	struct mp_process *daemon = make("daemon", sleep_for_ever, NULL);

	mp_process_set_daemon(daemon, true);
	is_int(mp_process_start(daemon), 0, "a daemon is started");
	mp_process_kill(daemon);
	wait(NULL);
	is_int(mp_process_finish(), 0, "that somebody else reaped it is no error at the end");
	is_int(mp_process_free(daemon), 0, "it is freed");
}

static int count_fds(void *argument)
{
	return (int)open_fds();
}

/* As many as a child of its: a process keeps nothing of its parent's parent. */
static int compare_fds(void *argument)
{
	int mine = (int)open_fds();
	struct mp_process *child = make(NULL, count_fds, NULL);

	if (mp_process_start(child) != 0)
		return 1;
	return end_of(child) == mine ? 0 : 2;
}

static void test_generations(void)
{
	is_int(end_of(make_started(compare_fds, NULL)), 0, "generations cost no descriptors");
}

int main(void)
{
	unsigned fds;

	tap_plan(0);
	/* Grandchildren whose parent is killed become ours. */
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	notes = shared_memory(sizeof(*notes));
	fds = open_fds();
	test_current();
	test_current_in_child();
	test_current_in_fork();
	test_kill_itself();
	test_parent();
	test_parent_dies();
	test_recursion();
	test_interrupt();
	test_active();
	test_given();
	test_threads();
	test_finish_and_free();
	test_finish_after_wait();
	test_generations();
	is_int(open_fds(), fds, "every descriptor was closed");
	ok(!has_child(), "no child is left");
	return tap_done();
}
