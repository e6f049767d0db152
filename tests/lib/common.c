// SPDX-License-Identifier: GPL-2.0-or-later
#include "common.h"

#include <dirent.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tap.h"

unsigned open_fds(void)
{
	DIR *directory = opendir("/proc/self/fd");
	unsigned count = 0;
	struct dirent *entry;

	if (!directory)
		tap_bail("/proc/self/fd: %s", strerror(errno));
	while ((entry = readdir(directory)))
		count += entry->d_name[0] != '.';
	closedir(directory);
	return count - 1;
}

unsigned shared_mappings(void)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	unsigned count = 0;
	char line[512];

	if (!maps)
		tap_bail("/proc/self/maps: %s", strerror(errno));
	while (fgets(line, sizeof(line), maps))
		count += strstr(line, "rw-s ") != NULL;
	fclose(maps);
	return count;
}

bool has_child(void)
{
	siginfo_t info;

	return waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void sleep_ms(unsigned ms)
{
	struct timespec pause = {.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000};

	while (nanosleep(&pause, &pause) < 0 && errno == EINTR)
		;
}

bool comes_true(bool (*condition)(void *argument), void *argument)
{
	const int64_t end = now_ms() + 10000;

	while (!condition(argument)) {
		if (now_ms() > end)
			return false;
		sleep_ms(1);
	}
	return true;
}

/* The letter of /proc/PID/stat; '?': there is no such process. */
static char state_of(pid_t pid)
{
	char path[64], line[512] = "", *parenthesis;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	if (!file)
		return '?';
	if (!fgets(line, sizeof(line), file))
		line[0] = '\0';
	fclose(file);
	parenthesis = strrchr(line, ')');
	return parenthesis && parenthesis[1] ? parenthesis[2] : '?';
}

static bool sleeps(void *pid)
{
	return state_of(*(pid_t *)pid) == 'S';
}

bool falls_asleep(pid_t pid)
{
	return comes_true(sleeps, &pid);
}

bool has_ended(pid_t pid)
{
	char state = state_of(pid);

	return state == '?' || state == 'Z';
}

bool same_number(double one, double other)
{
	return memcmp(&one, &other, sizeof(one)) == 0;
}

void *shared_memory(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (memory == MAP_FAILED)
		tap_bail("mmap: %s", strerror(errno));
	return memory;
}

pid_t fork_now(void)
{
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		tap_bail("fork: %s", strerror(errno));
	/* A test that is killed because it hangs leaves nothing behind. */
	if (pid == 0)
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	return pid;
}

pid_t child_doing(int (*act)(void *argument), void *argument)
{
	pid_t pid = fork_now();

	if (pid == 0)
		_exit(act(argument));
	return pid;
}

pid_t start_child(int (*act)(void))
{
	pid_t pid = fork_now();

	if (pid == 0)
		_exit(act());
	return pid;
}

/* The kernel gives out the number after the last one, unless it is in use. */
static bool number_is_next(pid_t pid)
{
	FILE *last = fopen("/proc/sys/kernel/ns_last_pid", "w");
	bool written;

	if (!last)
		return false;
	written = fprintf(last, "%d", (int)pid - 1) > 0;
	return fclose(last) == 0 && written;
}

pid_t child_numbered(pid_t pid, int (*act)(void *argument), void *argument)
{
	pid_t child;

	for (unsigned tries = 0; tries < 100 && number_is_next(pid); tries++) {
		child = fork_now();
		if (child == 0)
			_exit(getpid() == pid ? act(argument) : 0);
		if (child == pid)
			return child;
		/* Somebody else was given a number at this moment. */
		wait_status(child);
	}
	return 0;
}

int wait_status(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			tap_bail("waitpid: %s", strerror(errno));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int result_of(int (*act)(void))
{
	return wait_status(start_child(act));
}

static void read_all(int fd, char *text, size_t size)
{
	size_t length = 0;
	ssize_t got;

	while (length < size - 1 && (got = read(fd, text + length, size - 1 - length)) > 0)
		length += (size_t)got;
	text[length] = '\0';
}

int output_of(int (*act)(void), char *text, size_t size)
{
	int fds[2];
	pid_t pid;

	if (pipe2(fds, 0) < 0)
		tap_bail("pipe2: %s", strerror(errno));
	pid = fork_now();
	if (pid == 0) {
		dup2(fds[1], STDOUT_FILENO);
		close(fds[0]);
		close(fds[1]);
		setvbuf(stdout, NULL, _IOFBF, BUFSIZ);
		exit(act());
	}
	close(fds[1]);
	read_all(fds[0], text, size);
	close(fds[0]);
	return wait_status(pid);
}

void forbid_fds(bool forbidden)
{
	static struct rlimit before;
	struct rlimit none;
	int lowest_free;

	if (!forbidden) {
		setrlimit(RLIMIT_NOFILE, &before);
		return;
	}
	lowest_free = dup(STDERR_FILENO);
	close(lowest_free);
	getrlimit(RLIMIT_NOFILE, &before);
	none = (struct rlimit){.rlim_cur = (rlim_t)lowest_free, .rlim_max = before.rlim_max};
	setrlimit(RLIMIT_NOFILE, &none);
}

static bool install(struct sock_filter *filter, unsigned short length)
{
	struct sock_fprog program = {.len = length, .filter = filter};

	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
	       prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

#ifdef SYS_fork
#define OTHER_FORK SYS_fork
#else
#define OTHER_FORK SYS_clone
#endif

/* RLIMIT_NPROC does not bind root, and a cgroup needs root: a filter refuses the calls. */
bool forbid_forks(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone, 3, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_clone3, 2, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, OTHER_FORK, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EAGAIN),
	};

	return install(filter, sizeof(filter) / sizeof(filter[0]));
}

bool forbid_pidfds(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_pidfd_open, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS),
	};

	return install(filter, sizeof(filter) / sizeof(filter[0]));
}

void exit_now(int status)
{
	syscall(SYS_exit_group, status);
}

bool forbid_all_calls(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit_group, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};

	return install(filter, sizeof(filter) / sizeof(filter[0]));
}

#ifdef __SANITIZE_THREAD__
/*
 * The thread sanitizer of gcc 12 does not know this call, and so takes what is read and written
 * with the mutex held for a race. It knows the try. The library finds this one in the place of the
 * C library's.
 */
int pthread_mutex_clocklock(pthread_mutex_t *mutex, clockid_t clock, const struct timespec *end)
{
	struct timespec now;
	int error;

	while ((error = pthread_mutex_trylock(mutex)) == EBUSY) {
		clock_gettime(clock, &now);
		if (now.tv_sec > end->tv_sec ||
		    (now.tv_sec == end->tv_sec && now.tv_nsec >= end->tv_nsec))
			return ETIMEDOUT;
		usleep(100);
	}
	return error;
}
#endif
