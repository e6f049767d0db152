// SPDX-License-Identifier: GPL-2.0-or-later
/* A process from its making to its freeing; what happens at a parent's end is in exit-test.c. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "start.h"
#include "tap.h"

static int raise_it(void *number)
{
	return raise((int)(intptr_t)number);
}

static void test_names(void)
{
	struct mp_process *first = make(NULL, give_back, NULL);
	struct mp_process *named = make("a name", give_back, NULL);
	struct mp_process *third = make(NULL, give_back, NULL);
	struct mp_process *none = named;
	char name[] = "copied";
	struct mp_process *copied = make(name, give_back, NULL);

	is_string(mp_process_name(first), "Process-1", "the first default name");
	is_string(mp_process_name(named), "a name", "a name of its own");
	is_string(mp_process_name(third), "Process-3", "every process counts");
	name[0] = 'C';
	is_string(mp_process_name(copied), "copied", "the name is copied");
	is_string(mp_process_current_name(), "MainProcess", "this one has a name, too");
	is_int(mp_process_new(&none, "x", NULL, NULL), -EINVAL, "without a function: refused");
	ok(!none, "and nothing made");
	mp_process_free(first);
	mp_process_free(named);
	mp_process_free(third);
	mp_process_free(copied);
	is_int(mp_process_free(NULL), 0, "nothing may be freed");
}

static void test_before_start(void)
{
	struct mp_process *process = make(NULL, give_back, NULL);
	int code = 7;

	ok(!mp_process_is_alive(process), "one that was not started is not alive");
	is_int(mp_process_join(process, MP_FOREVER), -ESRCH, "nor is there an end to wait for");
	is_int(mp_process_exit_code(process, &code), -ESRCH, "nor an exit code");
	is_int(code, 7, "(which is left alone)");
	is_int(mp_process_terminate(process), -ESRCH, "nor anybody to terminate");
	is_int(mp_process_kill(process), -ESRCH, "to kill");
	is_int(mp_process_send_signal(process, 0), -ESRCH, "or to signal");
	is_int(mp_process_pid(process), -ESRCH, "it has no pid");
	is_int(mp_process_pidfd(process), -ESRCH, "and no pidfd");
	ok(!mp_process_is_daemon(process), "it is no daemon");
	is_int(mp_process_set_daemon(process, true), 0, "it can be made one");
	ok(mp_process_is_daemon(process), "which it is then");
	is_int(mp_process_set_name(process, "new"), 0, "it can be named anew");
	is_string(mp_process_name(process), "new", "and is");
	is_int(mp_process_set_name(process, NULL), -EINVAL, "but not without a name");
	is_int(mp_process_give_fd(process, -1), -EBADF, "it cannot be given what is not open");
	is_int(mp_process_free(process), 0, "it can be freed");
}

static void test_life(void)
{
	struct mp_process *process = make_started(sleep_for_ever, NULL);
	struct pollfd end = {.fd = mp_process_pidfd(process), .events = POLLIN};
	int code = 7;

	ok(mp_process_is_alive(process), "a started one is alive");
	ok(mp_process_pid(process) > 0, "it has a pid");
	is_int(mp_process_exit_code(process, &code), MP_RUNNING, "it has no exit code yet");
	is_int(mp_process_join(process, 0), MP_TIMEOUT, "it has not ended");
	is_int(mp_process_join(process, 30), MP_TIMEOUT, "and does not in a moment");
	is_int(poll(&end, 1, 0), 0, "its sentinel says so, too");
	is_int(mp_process_start(process), -EALREADY, "it cannot be started twice");
	is_int(mp_process_set_daemon(process, true), -EALREADY, "nor made a daemon now");
	is_int(mp_process_set_name(process, "late"), -EALREADY, "nor named anew");
	is_int(mp_process_give_fd(process, STDERR_FILENO), -EALREADY, "nor given a descriptor");
	is_int(mp_process_free(process), -EBUSY, "nor freed");
	is_int(mp_process_send_signal(process, 1000), -EINVAL, "there is no signal 1000");
	is_int(mp_process_terminate(process), 0, "it is terminated");
	is_int(poll(&end, 1, 10000), 1, "its sentinel tells the end");
	ok(!mp_process_is_alive(process), "it is not alive");
	is_int(mp_process_exit_code(process, &code), 0, "it has an exit code");
	is_int(code, -SIGTERM, "minus the signal");
	ok(has_child(), "none of that reaped it");
	is_int(mp_process_terminate(process), 0, "a zombie may be terminated");
	is_int(mp_process_join(process, MP_FOREVER), 0, "it is joined");
	ok(!has_child(), "that reaped it");
	is_int(mp_process_join(process, MP_FOREVER), 0, "it is joined again");
	is_int(mp_process_join(process, 0), 0, "and without waiting");
	is_int(mp_process_kill(process), -ESRCH, "nobody is there to kill");
	is_int(mp_process_exit_code(process, &code), 0, "it still has an exit code");
	is_int(code, -SIGTERM, "the same");
	ok(!mp_process_is_alive(process), "it is still not alive");
	is_int(mp_process_start(process), -EALREADY, "it cannot be started again");
	is_int(mp_process_free(process), 0, "it is freed");
}

static void test_exit_codes(void)
{
	struct mp_process *process;

	is_int(end_of(make_started(give_back, (void *)0)), 0, "0 is 0");
	is_int(end_of(make_started(give_back, (void *)7)), 7, "7 is 7");
	is_int(end_of(make_started(give_back, (void *)255)), 255, "255 is 255");
	is_int(end_of(make_started(give_back, (void *)256)), 0, "256 is 0: eight bits");
	is_int(end_of(make_started(give_back, (void *)-1)), 255, "-1 is 255");
	is_int(end_of(make_started(raise_it, (void *)SIGUSR1)), -SIGUSR1, "a signal is negative");
	is_int(end_of(make_started(raise_it, (void *)SIGABRT)), -SIGABRT, "with a core dump, too");
	process = make_started(sleep_for_ever, NULL);
	mp_process_kill(process);
	is_int(end_of(process), -SIGKILL, "killed is -9");
	process = make_started(sleep_for_ever, NULL);
	mp_process_send_signal(process, SIGRTMIN + 1);
	is_int(end_of(process), -(SIGRTMIN + 1), "a signal of choice is what it dies of");
}

static void test_free_reaps(void)
{
	struct mp_process *process = make_started(give_back, NULL);

	while (mp_process_is_alive(process))
		sleep_ms(1);
	ok(has_child(), "one that ended is a zombie");
	is_int(mp_process_free(process), 0, "it is freed");
	ok(!has_child(), "and reaped by that");
}

static int sleep_a_little(void *ms)
{
	sleep_ms((unsigned)(intptr_t)ms);
	return 3;
}

static void test_join_times(void)
{
	const int64_t begin = now_ms();
	struct mp_process *process = make_started(sleep_a_little, (void *)100);
	int64_t before = now_ms();

	is_int(mp_process_join(process, 20), MP_TIMEOUT, "a short time is not enough");
	ok(now_ms() - before >= 19, "it was waited for");
	is_int(mp_process_join(process, 60000), 0, "a long one is");
	ok(now_ms() - begin >= 99 && now_ms() - before < 30000, "and ends with the process");
	is_int(end_of(process), 3, "the exit code is there");
	process = make_started(sleep_a_little, (void *)10);
	is_int(mp_process_join(process, INT64_MAX), 0, "a time beyond all clocks is for ever");
	mp_process_free(process);
}

/* --- what the child is --- */

struct report {
	char comm[16];
	char name[64];
	char children[2][64];
	pid_t pid;
	_Atomic bool alive;
	bool has_handler, is_blocked, ignores;
	int start, join, code, free;
	bool may_change;
};

static struct report *report;
static struct mp_process *elder;

static int report_itself(void *argument)
{
	struct mp_process *child;
	struct sigaction action;
	sigset_t mask;

	prctl(PR_GET_NAME, report->comm);
	snprintf(report->name, sizeof(report->name), "%s", mp_process_current_name());
	report->pid = getpid();
	for (unsigned i = 0; i < 2; i++) {
		child = make(NULL, give_back, NULL);
		strcpy(report->children[i], mp_process_name(child));
		mp_process_free(child);
	}
	sigaction(SIGUSR1, NULL, &action);
	report->has_handler = action.sa_handler != SIG_DFL;
	sigaction(SIGUSR2, NULL, &action);
	report->ignores = action.sa_handler == SIG_IGN;
	sigprocmask(SIG_SETMASK, NULL, &mask);
	report->is_blocked = sigismember(&mask, SIGTERM) || sigismember(&mask, SIGRTMIN);
	return 0;
}

static void ignore(int number)
{
}

static void test_child(void)
{
	const struct sigaction action = {.sa_handler = ignore};
	struct mp_process *process = make("a name of more than fifteen", report_itself, NULL);
	sigset_t all, before, now;
	pid_t pid;

	report = shared_memory(sizeof(*report));
	sigaction(SIGUSR1, &action, NULL);
	signal(SIGUSR2, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	is_int(mp_process_start(process), 0, "it starts in a process with its own idea of signals");
	sigprocmask(SIG_SETMASK, &before, &now);
	ok(sigismember(&now, SIGTERM) == 1, "which are as before, there");
	pid = mp_process_pid(process);
	is_int(end_of(process), 0, "the child ends well");
	is_string(report->comm, "a name of more ", "the kernel shows fifteen bytes of its name");
	is_string(report->name, "a name of more than fifteen", "it knows its whole name");
	is_int(report->pid, pid, "its pid is what the parent says");
	ok(strchr(report->children[0], ':') && strstr(report->children[0], ":1"),
	   "its first child is numbered below it: %s", report->children[0]);
	ok(strstr(report->children[1], ":2"), "and the second: %s", report->children[1]);
	ok(!report->has_handler, "a handler of the parent is not its handler");
	ok(report->ignores, "what the parent ignored is ignored");
	ok(!report->is_blocked, "no signal is blocked");
	signal(SIGUSR1, SIG_DFL);
	signal(SIGUSR2, SIG_DFL);
}

/* A handler in the parent must not catch the signal that ends the child, however early it is. */
static void test_early_signal(void)
{
	const struct sigaction action = {.sa_handler = ignore};
	struct mp_process *process;
	unsigned killed = 0;

	sigaction(SIGTERM, &action, NULL);
	for (unsigned i = 0; i < 200; i++) {
		process = make_started(sleep_for_ever, NULL);
		mp_process_terminate(process);
		killed += end_of(process) == -SIGTERM;
	}
	is_int(killed, 200, "a signal that comes at once works as one that comes late");
	signal(SIGTERM, SIG_DFL);
}

static int look_at_elder(void *argument)
{
	int code;

	report->alive = mp_process_is_alive(elder);
	report->start = mp_process_start(elder);
	report->join = mp_process_join(elder, MP_FOREVER);
	report->code = mp_process_exit_code(elder, &code);
	report->may_change = mp_process_set_daemon(elder, true) != -ECHILD ||
			     mp_process_set_name(elder, "younger") != -ECHILD ||
			     mp_process_give_fd(elder, STDERR_FILENO) != -ECHILD;
	mp_process_terminate(elder);
	report->free = mp_process_free(elder);
	return 0;
}

static void test_sibling(void)
{
	elder = make_started(sleep_for_ever, NULL);
	is_int(end_of(make_started(look_at_elder, NULL)), 0, "a child looks at its sibling");
	ok(report->alive, "it sees that it lives");
	is_int(report->start, -ECHILD, "it cannot start it");
	is_int(report->join, -ECHILD, "nor join it");
	is_int(report->code, -ECHILD, "nor have its exit code");
	ok(!report->may_change, "nor change it");
	is_int(report->free, 0, "it can free its own copy");
	is_int(end_of(elder), -SIGTERM, "and signal it");
}

static int start_grandchild(void *is_daemon)
{
	struct mp_process *child = make(NULL, give_back, (void *)5);
	int rc = mp_process_start(child);

	if (rc)
		return -rc;
	return end_of(child);
}

static void test_grandchild(void)
{
	struct mp_process *daemon = make(NULL, start_grandchild, NULL);

	is_int(end_of(make_started(start_grandchild, NULL)), 5, "a child has children");
	mp_process_set_daemon(daemon, true);
	mp_process_start(daemon);
	is_int(end_of(daemon), EPERM, "but not a daemon");
}

/* --- a type of its own --- */

struct adder {
	struct mp_process_base base;
	int one, other;
};

static int add(struct mp_process_base *base)
{
	struct adder *adder = (struct adder *)base;

	return adder->one + adder->other;
}

static void test_own_type(void)
{
	static const struct mp_process_ops ops = {.run = add}, nothing = {0};
	struct adder adder = {.one = 20, .other = 3};

	is_int(mp_process_init(&adder.base, &ops, "adder"), 0, "a type of its own is a process");
	is_string(mp_process_name(adder.base.process), "adder", "it has its name");
	is_int(mp_process_start(adder.base.process), 0, "it starts");
	is_int(end_of(adder.base.process), 23, "and runs with what it is");
	is_int(mp_process_init(&adder.base, &nothing, NULL), -EINVAL, "it must do something");
	ok(!adder.base.process, "else nothing is made");
}

static int free_itself(void *itself)
{
	mp_process_free(*(struct mp_process **)itself);
	return strcmp(mp_process_current_name(), "itself");
}

static void test_free_itself(void)
{
	struct mp_process *process = make("itself", free_itself, &process);

	mp_process_start(process);
	is_int(end_of(process), 0, "a child that frees its own object keeps its name");
}

/* --- signals that come all the time --- */

enum { STORM_US = 50, STORM_SIGNALS = 10000, STORM_MS = 5000 };

static unsigned storm;

static void count_storm(int number)
{
	storm++;
}

static void set_storm(long period_us)
{
	const struct itimerval timer = {
		.it_interval.tv_usec = period_us,
		.it_value.tv_usec = period_us,
	};

	setitimer(ITIMER_REAL, &timer, NULL);
}

/* A question that lasts shorter than any wait can be interrupted, too. */
static void test_storm(void)
{
	const struct sigaction action = {.sa_handler = count_storm};
	struct mp_process *process = make_started(sleep_for_ever, NULL);
	const int64_t begin = now_ms();
	unsigned dead = 0, missed = 0;

	sigaction(SIGALRM, &action, NULL);
	set_storm(STORM_US);
	do {
		dead += !mp_process_is_alive(process);
		missed += mp_process_active(NULL, 0) != 1;
	} while (storm < STORM_SIGNALS && now_ms() - begin < STORM_MS);
	set_storm(0);
	is_int(dead, 0, "a live one is alive whatever signals come");
	is_int(missed, 0, "and among the active");
	signal(SIGALRM, SIG_DFL);
	mp_process_kill(process);
	is_int(end_of(process), -SIGKILL, "until it is killed");
}

/* --- stdio --- */

static int say_middle(void *argument)
{
	printf("middle ");
	return 0;
}

static int say_all(void)
{
	printf("first ");
	end_of(make_started(say_middle, NULL));
	printf("last");
	return 0;
}

static void say_again(void)
{
	printf(" again");
}

static int say_with_handler(void)
{
	atexit(say_again);
	return say_all();
}

static void test_stdio(void)
{
	char text[256];

	is_int(output_of(say_all, text, sizeof(text)), 0, "parent and child print into buffers");
	is_string(text, "first middle last", "everything comes once, and in order");
	is_int(output_of(say_with_handler, text, sizeof(text)), 0,
	       "the parent has an atexit handler");
	is_string(text, "first middle last again", "the child does not run it");
}

enum { FLUSH_PERIOD_US = 10000, FLUSH_MS = 100 };

static int print_under_signals(void *argument)
{
	const struct sigaction action = {.sa_handler = ignore};

	printf("kept ");
	sigaction(SIGALRM, &action, NULL);
	set_storm(FLUSH_PERIOD_US);
	return 0;
}

/* The starter flushes what it has printed, or its child does when it ends. */
static int flush_at_start(void)
{
	print_under_signals(NULL);
	return end_of(make_started(give_back, NULL));
}

static int flush_at_end(void)
{
	return end_of(make_started(print_under_signals, NULL));
}

/* What `act` prints into a pipe that is full until its writer has long been waiting. */
static void test_interrupted_flush(int (*act)(void), const char *what)
{
	ssize_t got, all = 0, room = -1;
	char *bytes = NULL;
	int ends[2];
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) == 0)
		room = fcntl(ends[1], F_SETPIPE_SZ, 4096);
	if (room > 0)
		bytes = calloc(1, (size_t)room + 100);
	if (!bytes || write(ends[1], bytes, (size_t)room) != room)
		tap_bail("no pipe");
	pid = fork_now();
	if (pid == 0) {
		dup2(ends[1], STDOUT_FILENO);
		close(ends[0]);
		close(ends[1]);
		free(bytes);
		exit(act());
	}
	close(ends[1]);
	sleep_ms(FLUSH_MS);
	while ((got = read(ends[0], bytes + all, (size_t)(room + 99 - all))) > 0)
		all += got;
	close(ends[0]);
	is_int(wait_status(pid), 0, "signals come while %s", what);
	is_string(bytes + room, "kept ", "what was printed comes, and once");
	free(bytes);
}

/* --- failures --- */

static void test_no_fds(void)
{
	struct mp_process *process = make(NULL, give_back, (void *)4);

	forbid_fds(true);
	is_int(mp_process_start(process), -EMFILE, "no descriptor: it does not start");
	forbid_fds(false);
	ok(!has_child(), "there is no child");
	ok(!mp_process_is_alive(process), "it is not alive");
	is_int(mp_process_start(process), 0, "the next try works");
	is_int(end_of(process), 4, "as if nothing had been");
}

static int start_without_forks(void)
{
	struct mp_process *process = make(NULL, give_back, NULL);
	sigset_t mask;
	unsigned fds;

	if (!forbid_forks())
		return 77;
	fds = open_fds();
	if (mp_process_start(process) != -EAGAIN || mp_process_start(process) != -EAGAIN)
		return 1;
	sigprocmask(SIG_SETMASK, NULL, &mask);
	if (sigismember(&mask, SIGTERM))
		return 2;
	if (open_fds() != fds || has_child() || mp_process_join(process, 0) != -ESRCH)
		return 3;
	exit_now(mp_process_finish() == 0 && mp_process_free(process) == 0 ? 0 : 4);
	return 5;
}

static void test_no_forks(void)
{
	char text[16];
	int status = output_of(start_without_forks, text, sizeof(text));

	if (status == 77)
		tap_skip(1, "fork cannot be forbidden here");
	else
		is_int(status, 0, "a fork that fails is an error and leaves nothing behind");
}

/* Somebody else takes the status: the system, or a wait for any child. */
static void test_lost_status(void)
{
	struct mp_process *process;
	int code = 7;

	signal(SIGCHLD, SIG_IGN);
	process = make_started(sleep_a_little, (void *)30);
	is_int(mp_process_exit_code(process, &code), MP_RUNNING, "with SIGCHLD ignored, it runs");
	is_int(mp_process_join(process, MP_FOREVER), 0, "its end is waited for");
	is_int(mp_process_exit_code(process, &code), -ECHILD, "its status is lost");
	mp_process_free(process);
	for (unsigned i = 0; i < 100; i++) {
		process = make_started(give_back, NULL);
		if (mp_process_join(process, MP_FOREVER) != 0)
			code = 8;
		mp_process_free(process);
	}
	is_int(code, 7, "also of those that end at once");
	signal(SIGCHLD, SIG_DFL);

	process = make_started(give_back, (void *)9);
	wait(NULL);
	ok(!mp_process_is_alive(process), "one that the program itself reaped is not alive");
	is_int(mp_process_kill(process), -ESRCH, "is not there to kill");
	is_int(mp_process_exit_code(process, &code), -ECHILD, "has lost its status");
	is_int(mp_process_join(process, 0), 0, "is joined");
	is_int(mp_process_pidfd(process), -ESRCH, "has no pidfd to look at then");
	is_int(mp_process_free(process), 0, "and freed");
}

/* --- threads --- */

static void *join_in_thread(void *process)
{
	int code = 1000;

	if (mp_process_join(process, MP_FOREVER) != 0 || mp_process_exit_code(process, &code) != 0)
		return NULL;
	return code == 3 ? process : NULL;
}

static void test_threads(void)
{
	struct mp_process *process = make_started(sleep_a_little, (void *)50);
	pthread_t threads[4];
	unsigned good = 0;
	void *result;

	for (unsigned i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, join_in_thread, process);
	is_int(mp_process_join(process, 60000), 0, "five threads wait for one process");
	for (unsigned i = 0; i < 4; i++) {
		pthread_join(threads[i], &result);
		good += result == process;
	}
	is_int(good, 4, "and all of them learn how it ended");
	mp_process_free(process);
}

static void *start_many(void *argument)
{
	size_t good = 0;

	for (unsigned i = 0; i < 50; i++)
		good += end_of(make_started(give_back, (void *)(intptr_t)i)) == (int)i;
	return (void *)good;
}

static void test_threads_start(void)
{
	pthread_t threads[4];
	size_t good = 0;
	void *result;

	for (unsigned i = 0; i < 4; i++)
		pthread_create(&threads[i], NULL, start_many, NULL);
	for (unsigned i = 0; i < 4; i++) {
		pthread_join(threads[i], &result);
		good += (size_t)result;
	}
	is_int((int64_t)good, 200, "four threads start processes at once");
}

static void test_many(void)
{
	struct mp_process *all[100];
	unsigned good = 0;

	for (unsigned i = 0; i < 100; i++)
		all[i] = make_started(give_back, (void *)(intptr_t)i);
	for (unsigned i = 100; i-- > 0;)
		good += end_of(all[i]) == (int)i;
	is_int(good, 100, "a hundred processes, joined from the last to the first");
}

static void test_kill_many(void)
{
	struct mp_process *all[100];
	unsigned good = 0;

	for (unsigned i = 0; i < 100; i++)
		all[i] = make_started(sleep_for_ever, NULL);
	for (unsigned i = 0; i < 100; i++)
		(i % 2 ? mp_process_kill : mp_process_terminate)(all[i]);
	for (unsigned i = 0; i < 100; i++)
		good += end_of(all[i]) == (i % 2 ? -SIGKILL : -SIGTERM);
	is_int(good, 100, "a hundred processes, terminated and killed");
}

static void test_cloexec(void)
{
	struct mp_process *process = make_started(give_back, NULL);

	ok(fcntl(mp_process_pidfd(process), F_GETFD) & FD_CLOEXEC, "a pidfd is closed on exec");
	end_of(process);
}

static void test_result_text(void)
{
	is_string(mp_result_text(0), "success", "success has words");
	is_string(mp_result_text(MP_TIMEOUT), "the time is up", "an outcome, too");
	is_string(mp_result_text(-ENOENT), "No such file or directory", "and an error");
	is_string(mp_result_text(12345), "unknown result", "what is unknown is said to be");
	is_string(mp_result_text(-12345), "unknown result", "on either side");
	is_string(mp_result_text(INT_MIN), "unknown result", "as far as it goes");
	ok(mp_result_text(MP_DIED) != mp_result_text(12345), "the last outcome has words");
}

int main(void)
{
	unsigned fds;

	tap_plan(0);
	fds = open_fds();
	test_names();
	test_before_start();
	test_life();
	test_exit_codes();
	test_free_reaps();
	test_join_times();
	test_child();
	test_early_signal();
	test_sibling();
	test_grandchild();
	test_own_type();
	test_free_itself();
	test_storm();
	test_stdio();
	test_interrupted_flush(flush_at_start, "a start flushes stdio");
	test_interrupted_flush(flush_at_end, "the end of a child does");
	test_no_fds();
	test_no_forks();
	test_lost_status();
	test_threads();
	test_threads_start();
	test_many();
	test_kill_many();
	test_cloexec();
	test_result_text();
	is_int(open_fds(), fds, "every descriptor was closed");
	ok(!has_child(), "no child is left");
	return tap_done();
}
