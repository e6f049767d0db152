// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Processes that execute the program anew. What they find out they write to a descriptor that they
 * were given, or say by their exit status: nothing else connects them with the test.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
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

#define VARIABLE "LIBMPROC_START"

/* --- functions that children run --- */

static int give_back_number(const void *memory, size_t size)
{
	int number;

	if (size != sizeof(number))
		return 99;
	memcpy(&number, memory, sizeof(number));
	return number;
}

static int sum_up(const void *memory, size_t size)
{
	const unsigned char *bytes = memory;
	unsigned sum = 0;

	if ((uintptr_t)memory % sizeof(max_align_t) != 0)
		return 255;
	for (size_t i = 0; i < size; i++)
		sum += bytes[i];
	return (int)(sum % 251);
}

static int argument_count;
static char **arguments;

static int describe_itself(const void *memory, size_t size)
{
	struct mp_process *me = mp_process_current(), *parent = mp_process_parent();
	struct mp_process *child = make(NULL, give_back, NULL);
	char comm[16];

	prctl(PR_GET_NAME, comm);
	dprintf(mp_process_given_fd(0), "%s|%s|%d|%d|%d|%s|%d|%d|%s|%s|%d|%s|%s", comm,
		mp_process_name(me), mp_process_pid(me) == getpid(), mp_process_is_alive(me),
		mp_process_is_daemon(me), mp_process_name(parent),
		mp_process_pid(parent) == getppid(), mp_process_is_alive(parent),
		mp_process_name(child), arguments[1], argument_count,
		getenv(VARIABLE) ? "variable" : "no variable",
		mp_process_enter() == 0 ? "entered" : "not entered");
	mp_process_free(child);
	return 0;
}

static int report_signals(const void *memory, size_t size)
{
	struct sigaction handled, ignored;
	sigset_t mask;

	sigaction(SIGUSR1, NULL, &handled);
	sigaction(SIGUSR2, NULL, &ignored);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	for (int number = 1; number <= SIGRTMAX; number++)
		if (sigismember(&mask, number) == 1)
			return 1;
	return handled.sa_handler == SIG_DFL && ignored.sa_handler == SIG_IGN ? 0 : 2;
}

/* Every descriptor, and whether it is closed on exec. */
static int list_fds(const void *memory, size_t size)
{
	unsigned plain = 0, closing = 0, flags;
	DIR *directory = opendir("/proc/self/fd");
	struct dirent *entry;
	int fd;

	while ((entry = readdir(directory))) {
		fd = atoi(entry->d_name);
		if (entry->d_name[0] == '.' || fd == dirfd(directory) || fd <= STDERR_FILENO)
			continue;
		flags = (unsigned)fcntl(fd, F_GETFD);
		plain += !(flags & FD_CLOEXEC);
		closing += (flags & FD_CLOEXEC) != 0;
	}
	closedir(directory);
	return (int)(plain * 10 + closing);
}

static int wait_for_ever(const void *memory, size_t size)
{
	return sleep_for_ever(NULL);
}

static int leave(const void *memory, size_t size)
{
	exit(23);
}

static int grandchild(const void *memory, size_t size)
{
	int fd = mp_process_given_fd(0);

	sleep_ms(100);
	return dprintf(fd, "%s of %s ", mp_process_current_name(),
		       mp_process_name(mp_process_parent())) > 0
		       ? 0
		       : 1;
}

/* By exec and by fork; nobody waits for them but the exit rule. */
static int have_children(const void *memory, size_t size)
{
	/* Nobody frees them, but they are not lost. */
	static struct mp_process *volatile child, *volatile daemon;

	child = make_exec(NULL, "grandchild", NULL, 0);
	daemon = make_exec("daemon", "wait_for_ever", NULL, 0);
	mp_process_give_fd(child, mp_process_given_fd(0));
	mp_process_set_daemon(daemon, true);
	if (mp_process_start(child) != 0 || mp_process_start(daemon) != 0)
		return 1;
	return end_of(make_started(give_back, (void *)7));
}

static int start_another(const void *memory, size_t size)
{
	int one = 1;
	struct mp_process *child = make_exec(NULL, "give_back_number", &one, sizeof(one));
	int rc = mp_process_start(child);

	mp_process_free(child);
	return -rc;
}

/* The parent is killed; a byte goes to the test when that was seen. */
static int see_the_end(const void *memory, size_t size)
{
	struct mp_process *parent = mp_process_parent();
	char byte = 'a';

	if (write(mp_process_given_fd(0), &byte, 1) != 1)
		return 1;
	if (mp_process_join(parent, 30000) != 0 || mp_process_is_alive(parent))
		return 2;
	byte = 'z';
	return write(mp_process_given_fd(0), &byte, 1) == 1 ? 0 : 3;
}

/* What the library opens must not become what a program reads from and writes to. */
static int check_low_numbers(void)
{
	const int parent_fd = mp_process_pidfd(mp_process_parent());

	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) >= 0)
			return 10 + fd;
	return parent_fd > STDERR_FILENO ? 0 : 20;
}

static int check_low_numbers_by_exec(const void *memory, size_t size)
{
	return check_low_numbers();
}

static void register_all(void)
{
	static const struct {
		const char *name;
		int (*run)(const void *memory, size_t size);
	} all[] = {
		{"give_back_number", give_back_number},
		{"sum_up", sum_up},
		{"describe_itself", describe_itself},
		{"report_signals", report_signals},
		{"list_fds", list_fds},
		{"wait_for_ever", wait_for_ever},
		{"leave", leave},
		{"grandchild", grandchild},
		{"check_low_numbers", check_low_numbers_by_exec},
		{"have_children", have_children},
		{"start_another", start_another},
		{"see_the_end", see_the_end},
	};

	for (unsigned i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		mp_process_register(all[i].name, all[i].run);
}

/* --- the test --- */

static int end_with(const char *function, const void *bytes, size_t size)
{
	return end_of(make_exec_started(function, bytes, size));
}

/* What the test itself inherited is not for its children. */
static void keep_to_oneself(void)
{
	for (int fd = STDERR_FILENO + 1; fd < 1024; fd++)
		fcntl(fd, F_SETFD, FD_CLOEXEC);
}

/* What it writes to the descriptor that it is given, and how it ends. */
static int text_of(struct mp_process *process, char *text, size_t size)
{
	size_t length = 0;
	ssize_t got;
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		tap_bail("pipe2: %s", strerror(errno));
	mp_process_give_fd(process, fds[1]);
	close(fds[1]);
	if (mp_process_start(process) == 0)
		while (length < size - 1 &&
		       (got = read(fds[0], text + length, size - 1 - length)) > 0)
			length += (size_t)got;
	text[length] = '\0';
	close(fds[0]);
	return end_of(process);
}

static void test_making(void)
{
	struct mp_process *process = mp_process_current();

	is_int(mp_process_new_exec(&process, NULL, "nobody", NULL, 0), -ENOENT,
	       "a function that was not registered is not known");
	ok(!process, "nothing is made");
	is_int(mp_process_new_exec(&process, NULL, NULL, NULL, 0), -EINVAL, "it needs a name");
	is_int(mp_process_new_exec(&process, NULL, "sum_up", NULL, 1), -EINVAL,
	       "bytes have to be somewhere");
	is_int(mp_process_new_exec(&process, NULL, "sum_up", "", SIZE_MAX), -ENOMEM,
	       "and must not be too many");
	is_int(mp_process_register("sum_up", sum_up), 0, "a function may be registered twice");
	is_int(mp_process_register("sum_up", leave), -EEXIST, "but two not by one name");
	is_int(mp_process_register(NULL, sum_up), -EINVAL, "none without a name");
	is_int(mp_process_register("nothing", NULL), -EINVAL, "nor a name without one");
	is_int(mp_process_enter(), 0, "here enter does nothing");
}

static void test_codes(void)
{
	static const int numbers[] = {0, 7, 255, 256, -1};
	struct mp_process *process;

	for (unsigned i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
		is_int(end_with("give_back_number", &numbers[i], sizeof(numbers[i])),
		       numbers[i] & 0xff, "the result %d is an exit status", numbers[i]);
	is_int(end_with("leave", NULL, 0), 23, "so is what it calls exit() with");
	process = make_exec_started("wait_for_ever", NULL, 0);
	ok(mp_process_is_alive(process), "another one lives");
	is_int(mp_process_join(process, 20), MP_TIMEOUT, "on");
	is_int(mp_process_start(process), -EALREADY, "it does not start twice");
	is_int(mp_process_free(process), -EBUSY, "and is not freed");
	mp_process_terminate(process);
	is_int(end_of(process), -SIGTERM, "until it is terminated");
}

static void test_sizes(void)
{
	static const size_t sizes[] = {0, 1, 4096, 65536, 65537, 5000000};
	unsigned char *bytes = malloc(5000000);
	struct mp_process *process;
	unsigned sum;

	for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		sum = 0;
		for (size_t at = 0; at < sizes[i]; at++)
			sum += bytes[at] = (unsigned char)(at * 7 + i);
		process = make_exec(NULL, "sum_up", bytes, sizes[i]);
		memset(bytes, 1, sizes[i]);
		mp_process_start(process);
		is_int(end_of(process), sum % 251, "%zu bytes arrive, as they were", sizes[i]);
	}
	free(bytes);
}

static void test_child(void)
{
	struct mp_process *process = make_exec("somebody with a name", "describe_itself", NULL, 0);
	char text[512];

	mp_process_set_daemon(process, true);
	is_int(text_of(process, text, sizeof(text)), 0, "a daemon says who it is");
	ok(strstr(text, "somebody with a|somebody with a name|1|1|1|MainProcess|1|1|Process-"),
	   "it, and its parent: %s", text);
	ok(strstr(text, ":1|somebody with a name|2|no variable|entered"),
	   "its child, and its main");
}

static void note_signal(int number)
{
}

static void test_signals(void)
{
	struct mp_process *process = make_exec(NULL, "report_signals", NULL, 0);
	sigset_t all, before;

	signal(SIGUSR1, note_signal);
	signal(SIGUSR2, SIG_IGN);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	mp_process_start(process);
	sigprocmask(SIG_SETMASK, &before, NULL);
	is_int(end_of(process), 0, "signals are as in a child that was forked");
	signal(SIGUSR1, SIG_DFL);
	signal(SIGUSR2, SIG_DFL);
}

static void test_descriptors(void)
{
	struct mp_process *process = make_exec(NULL, "list_fds", NULL, 0);
	struct mp_process *daemon = make_exec(NULL, "list_fds", NULL, 0);
	unsigned fds = open_fds();

	is_int(end_with("list_fds", NULL, 0), 1, "a child has the pidfd of its parent");
	is_int(mp_process_give_fd(process, STDOUT_FILENO), 0, "a child is given a descriptor");
	is_int(mp_process_give_fd(process, STDOUT_FILENO), 0, "and another");
	is_int(open_fds(), fds + 2, "which are copied at once");
	mp_process_start(process);
	is_int(open_fds(), fds + 1, "and closed when it was started");
	is_int(end_of(process), 3, "it has them, and they are closed on exec");
	mp_process_set_daemon(daemon, true);
	mp_process_start(daemon);
	is_int(end_of(daemon), 2, "a daemon has one more");
	process = make_exec(NULL, "list_fds", NULL, 0);
	mp_process_give_fd(process, STDOUT_FILENO);
	mp_process_free(process);
	is_int(open_fds(), fds, "one that is not started gives back what it was given");
}

/* As many descriptors however many processes there are. */
static void test_no_inflation(void)
{
	struct mp_process *siblings[8];
	unsigned good = 0;

	for (unsigned i = 0; i < 8; i++)
		siblings[i] = make_exec_started("wait_for_ever", NULL, 0);
	is_int(end_with("list_fds", NULL, 0), 1, "a child has nothing of its siblings");
	for (unsigned i = 0; i < 8; i++) {
		mp_process_kill(siblings[i]);
		good += end_of(siblings[i]) == -SIGKILL;
	}
	is_int(good, 8, "who end as they should");
}

static int check_low_numbers_by_fork(void *argument)
{
	return check_low_numbers();
}

static int start_without_stdio(void *argument)
{
	struct mp_process *process = make_exec(NULL, "check_low_numbers", NULL, 0);
	int first, second;

	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		close(fd);
	mp_process_set_daemon(process, true);
	first = mp_process_start(process);
	if (first || mp_process_pidfd(process) <= STDERR_FILENO)
		return 30;
	first = end_of(process);
	process = make(NULL, check_low_numbers_by_fork, NULL);
	mp_process_set_daemon(process, true);
	mp_process_start(process);
	second = end_of(process);
	return first ? first : second;
}

static void test_without_stdio(void)
{
	is_int(wait_status(child_doing(start_without_stdio, NULL)), 0,
	       "without standard input and output they stay unused");
}

static void test_family(void)
{
	char text[512];

	is_int(text_of(make_exec("middle", "have_children", NULL, 0), text, sizeof(text)), 7,
	       "a child has children of all kinds");
	ok(strstr(text, ":1 of middle "), "the exit rule waits for them: %s", text);
}

static void test_daemon(void)
{
	struct mp_process *daemon = make_exec(NULL, "start_another", NULL, 0);

	mp_process_set_daemon(daemon, true);
	mp_process_start(daemon);
	is_int(end_of(daemon), EPERM, "a daemon has no children");
	is_int(end_with("start_another", NULL, 0), 0, "another one may");
}

static void test_parent_dies(void)
{
	struct mp_process *child;
	int fds[2];
	char byte = 0;
	pid_t middle;

	if (pipe2(fds, O_CLOEXEC) < 0)
		tap_bail("pipe2: %s", strerror(errno));
	middle = fork_now();
	if (middle == 0) {
		child = make_exec(NULL, "see_the_end", NULL, 0);
		mp_process_give_fd(child, fds[1]);
		close(fds[1]);
		mp_process_start(child);
		sleep_for_ever(NULL);
	}
	close(fds[1]);
	is_int(read(fds[0], &byte, 1), 1, "a child has a child by exec");
	kill(middle, SIGKILL);
	is_int(wait_status(middle), -SIGKILL, "and is killed");
	is_int(read(fds[0], &byte, 1), 1, "which the other one sees");
	is_int(byte, 'z', "after it had happened");
	is_int(wait_status(-1), 0, "and then ends well");
	close(fds[0]);
}

/* --- failures --- */

static int start_without_forks(void)
{
	struct mp_process *process = make_exec(NULL, "give_back_number", NULL, 0);
	unsigned fds = open_fds();

	if (!forbid_forks())
		return 77;
	if (mp_process_start(process) != -EAGAIN || mp_process_start(process) != -EAGAIN)
		return 1;
	if (open_fds() != fds || has_child() || mp_process_join(process, 0) != -ESRCH)
		return 2;
	exit_now(mp_process_free(process) == 0 ? 0 : 3);
	return 4;
}

static void test_no_forks(void)
{
	char text[16];
	int status = output_of(start_without_forks, text, sizeof(text));

	if (status == 77)
		tap_skip(1, "forks cannot be forbidden here");
	else
		is_int(status, 0, "a start that fails is an error and leaves nothing behind");
}

/* A name that is longer than any argument may be: only the exec itself finds out. */
static void test_exec_fails(void)
{
	const size_t length = 4000000;
	char *name = malloc(length + 1);
	struct mp_process *process;
	int one = 1;
	unsigned fds;

	memset(name, 'n', length);
	name[length] = '\0';
	process = make_exec(name, "give_back_number", &one, sizeof(one));
	fds = open_fds();
	is_int(mp_process_start(process), -E2BIG, "an exec that fails is told");
	ok(!has_child(), "no child is left");
	is_int(open_fds(), fds, "no descriptor either");
	ok(!mp_process_is_alive(process), "it is not alive");
	is_int(mp_process_set_name(process, "short"), 0, "it can be changed");
	is_int(mp_process_start(process), 0, "and started then");
	is_int(end_of(process), 1, "as if nothing had been");
	free(name);
}

/* --- a program that does not enter --- */

static int run_self(const char *argument)
{
	pid_t pid = fork_now();

	if (pid == 0) {
		execl("/proc/self/exe", "self", argument, NULL);
		_exit(127);
	}
	return wait_status(pid);
}

/* Main starts itself, and forgets to enter: the child says so, and does not start another. */
static int forget_to_enter(void)
{
	struct mp_process *process = make_exec("forgetful", "give_back_number", "abc", 4);
	struct mp_process *forked = make(NULL, give_back, NULL);
	const bool is_child = mp_process_parent() != NULL;
	int rc = mp_process_start(process), result = 57;

	if (is_child && rc == -EINPROGRESS && mp_process_start(forked) == -EINPROGRESS)
		result = strcmp(mp_process_current_name(), "forgetful") == 0 ? 55 : 56;
	if (is_child || rc)
		mp_process_free(process);
	else
		result = end_of(process);
	mp_process_free(forked);
	return result;
}

/* Its file is removed while it runs, as by an upgrade. */
static int start_without_file(const char *file)
{
	int number = 61;

	if (unlink(file) < 0)
		return 62;
	return end_with("give_back_number", &number, sizeof(number));
}

static void test_no_file(void)
{
	char path[4000], other[4100];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);
	pid_t pid;

	path[length > 0 ? length : 0] = '\0';
	snprintf(other, sizeof(other), "%s-%d", path, (int)getpid());
	if (link(path, other) < 0) {
		tap_skip(1, "%s: %s", other, strerror(errno));
		return;
	}
	pid = fork_now();
	if (pid == 0) {
		execl(other, other, "--no-file", NULL);
		_exit(127);
	}
	is_int(wait_status(pid), 61, "a program whose file was removed can be executed anew");
}

static void test_forgotten(void)
{
	is_int(run_self("--forgetful"), 55,
	       "a program that forgets to enter does not start itself for ever");
}

static void test_unregistered(void)
{
	is_int(mp_process_register("only here", give_back_number), 0, "only the parent knows one");
	is_int(end_with("only here", NULL, 0), 127, "so the child cannot run it");
}

/* --- threads --- */

static void *start_many(void *argument)
{
	size_t good = 0;
	int number;

	for (number = 0; number < 15; number++) {
		good += end_with("give_back_number", &number, sizeof(number)) == number;
		good += end_of(make_started(give_back, (void *)(intptr_t)number)) == number;
		free(malloc(1000));
	}
	return (void *)good;
}

static void test_threads(void)
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
	is_int((int64_t)good, 120, "threads exec and fork at once");
}

int main(int argc, char **argv)
{
	unsigned fds;

	argument_count = argc;
	arguments = argv;
	register_all();
	if (argc > 1 && strcmp(argv[1], "--forgetful") == 0)
		return forget_to_enter();
	if (strcmp(mp_process_current_name(), "forgetful") == 0)
		return forget_to_enter();
	mp_process_enter();
	if (argc > 1 && strcmp(argv[1], "--no-file") == 0)
		return start_without_file(argv[0]);

	tap_plan(0);
	keep_to_oneself();
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	fds = open_fds();
	test_making();
	test_codes();
	test_sizes();
	test_child();
	test_signals();
	test_descriptors();
	test_no_inflation();
	test_without_stdio();
	test_family();
	test_daemon();
	test_parent_dies();
	test_no_forks();
	test_exec_fails();
	test_no_file();
	test_forgotten();
	test_unregistered();
	test_threads();
	is_int(open_fds(), fds, "every descriptor was closed");
	ok(!has_child(), "no child is left");
	return tap_done();
}
