// SPDX-License-Identifier: GPL-2.0-or-later
#include "faults.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common.h"

/* What children tell, too. */
static struct told {
	_Atomic bool struck;
	const char *name; /* a constant, which every forked process has at the same place */
} * told;

static bool armed, in_forked_ones;
static enum fault wanted;
static _Atomic unsigned position;
static _Atomic long live_blocks;

void faults_begin(void)
{
	told = shared_memory(sizeof(*told));
}

void faults_arm(enum fault fault, unsigned at, bool in_children)
{
	told->struck = false;
	wanted = fault;
	position = at;
	in_forked_ones = in_children;
	armed = !in_children;
}

const char *faults_disarm(void)
{
	armed = in_forked_ones = false;
	return told->struck ? told->name : NULL;
}

long faults_live_blocks(void)
{
	return live_blocks;
}

static bool strikes(enum fault fault, const char *name)
{
	if (!armed || fault != wanted || position-- != 0)
		return false;
	armed = false;
	if (atomic_exchange(&told->struck, true))
		return false;
	told->name = name;
	return true;
}

/* --- memory: by the names that the C library has for those who replace them --- */

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *block, size_t size);
void __libc_free(void *block);

static void *counted(void *block)
{
	live_blocks += block != NULL;
	return block;
}

static bool memory_is_out(const char *name)
{
	if (!strikes(FAULT_FAIL, name))
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t size)
{
	return memory_is_out("malloc") ? NULL : counted(__libc_malloc(size));
}

void *calloc(size_t count, size_t size)
{
	return memory_is_out("calloc") ? NULL : counted(__libc_calloc(count, size));
}

void *realloc(void *block, size_t size)
{
	void *grown;

	if (memory_is_out("realloc"))
		return NULL;
	grown = __libc_realloc(block, size);
	live_blocks += !block && grown;
	return grown;
}

void *reallocarray(void *block, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes)) {
		errno = ENOMEM;
		return NULL;
	}
	return realloc(block, bytes);
}

void free(void *block)
{
	live_blocks -= block != NULL;
	__libc_free(block);
}

/* --- what may lack something, or may block --- */

static bool fails(const char *name, int failure, int interruption)
{
	if (failure && strikes(FAULT_FAIL, name))
		errno = failure;
	else if (interruption && strikes(FAULT_INTERRUPT, name))
		errno = interruption;
	else
		return false;
	return true;
}

/* The C library's own. Finding it may allocate, which is no part of what is tested. */
static void *real(const char *name)
{
	bool was_armed = armed;
	void *found;

	armed = false;
	found = dlsym(RTLD_NEXT, name);
	armed = was_armed;
	return found;
}

/* Without their header, which gives them parameters that no other definition can have. */
struct sockaddr;
struct msghdr;
typedef uint32_t socklen_t;

/*
 * One line a call: its type, name, parameters, the arguments passed on, the errno of its failure,
 * and that of its interruption; 0: there is none.
 */
#define CALLS(CALL)                                                                                \
	CALL(int, accept4, (int a, struct sockaddr *b, socklen_t *c, int d), (a, b, c, d), EMFILE, \
	     EINTR)                                                                                \
	CALL(int, bind, (int a, const struct sockaddr *b, socklen_t c), (a, b, c), ENOMEM, 0)      \
	CALL(int, connect, (int a, const struct sockaddr *b, socklen_t c), (a, b, c), ENOMEM,      \
	     EINTR)                                                                                \
	CALL(int, dup, (int a), (a), EMFILE, 0)                                                    \
	CALL(int, dup3, (int a, int b, int c), (a, b, c), EMFILE, 0)                               \
	CALL(int, eventfd, (unsigned a, int b), (a, b), EMFILE, 0)                                 \
	CALL(int, fchmod, (int a, mode_t b), (a, b), ENOMEM, 0)                                    \
	CALL(int, fstat, (int a, struct stat *b), (a, b), ENOMEM, 0)                               \
	CALL(int, ftruncate, (int a, off_t b), (a, b), ENOSPC, 0)                                  \
	CALL(int, getpeername, (int a, struct sockaddr *b, socklen_t *c), (a, b, c), ENOBUFS, 0)   \
	CALL(int, getsockopt, (int a, int b, int c, void *d, socklen_t *e), (a, b, c, d, e),       \
	     ENOBUFS, 0)                                                                           \
	CALL(int, listen, (int a, int b), (a, b), ENOBUFS, 0)                                      \
	CALL(int, memfd_create, (const char *a, unsigned b), (a, b), EMFILE, 0)                    \
	CALL(int, pipe, (int a[2]), (a), EMFILE, 0)                                                \
	CALL(int, pipe2, (int a[2], int b), (a, b), EMFILE, 0)                                     \
	CALL(int, poll, (struct pollfd * a, nfds_t b, int c), (a, b, c), ENOMEM, EINTR)            \
	CALL(int, ppoll,                                                                           \
	     (struct pollfd * a, nfds_t b, const struct timespec *c, const sigset_t *d),           \
	     (a, b, c, d), ENOMEM, EINTR)                                                          \
	CALL(ssize_t, pread, (int a, void *b, size_t c, off_t d), (a, b, c, d), EIO, EINTR)        \
	CALL(ssize_t, preadv2, (int a, const struct iovec *b, int c, off_t d, int e),              \
	     (a, b, c, d, e), EIO, EINTR)                                                          \
	CALL(ssize_t, pwritev2, (int a, const struct iovec *b, int c, off_t d, int e),             \
	     (a, b, c, d, e), ENOSPC, EINTR)                                                       \
	CALL(ssize_t, pwrite, (int a, const void *b, size_t c, off_t d), (a, b, c, d), ENOSPC,     \
	     EINTR)                                                                                \
	CALL(ssize_t, read, (int a, void *b, size_t c), (a, b, c), EIO, EINTR)                     \
	CALL(ssize_t, recv, (int a, void *b, size_t c, int d), (a, b, c, d), ENOMEM, EINTR)        \
	CALL(ssize_t, recvmsg, (int a, struct msghdr *b, int c), (a, b, c), ENOMEM, EINTR)         \
	CALL(ssize_t, send, (int a, const void *b, size_t c, int d), (a, b, c, d), ENOBUFS, EINTR) \
	CALL(ssize_t, sendmsg, (int a, const struct msghdr *b, int c), (a, b, c), ENOBUFS, EINTR)  \
	CALL(int, setsockopt, (int a, int b, int c, const void *d, socklen_t e), (a, b, c, d, e),  \
	     ENOBUFS, 0)                                                                           \
	CALL(int, socket, (int a, int b, int c), (a, b, c), EMFILE, 0)                             \
	CALL(int, socketpair, (int a, int b, int c, int d[2]), (a, b, c, d), EMFILE, 0)            \
	CALL(ssize_t, write, (int a, const void *b, size_t c), (a, b, c), ENOSPC, EINTR)

#pragma GCC diagnostic ignored "-Wredundant-decls"

#define DEFINE(type, name, parameters, arguments, failure, interruption)                           \
	type name parameters;                                                                      \
	type name parameters                                                                       \
	{                                                                                          \
		type(*call) parameters;                                                            \
                                                                                                   \
		if (fails(#name, failure, interruption))                                           \
			return -1;                                                                 \
		call = (type(*) parameters)real(#name);                                            \
		return call arguments;                                                             \
	}

CALLS(DEFINE)

/* --- those that are not like the others --- */

char *mkdtemp(char *path)
{
	char *(*call)(char *) = (char *(*)(char *))real("mkdtemp");

	return fails("mkdtemp", ENOSPC, 0) ? NULL : call(path);
}

char *realpath(const char *path, char *resolved)
{
	char *(*call)(const char *, char *) = (char *(*)(const char *, char *))real("realpath");

	return fails("realpath", ENOMEM, 0) ? NULL : call(path, resolved);
}

void *mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
	long mapped;

	if (fails("mmap", ENOMEM, 0))
		return MAP_FAILED;
	mapped = syscall(SYS_mmap, address, size, protection, flags, fd, offset);
	return mapped == -1 ? MAP_FAILED : (void *)mapped;
}

int open(const char *path, int flags, ...)
{
	va_list more;
	mode_t mode;

	va_start(more, flags);
	mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(more, mode_t) : 0;
	va_end(more);
	return fails("open", EMFILE, EINTR) ? -1 : openat(AT_FDCWD, path, flags, mode);
}

int fcntl(int fd, int command, ...)
{
	int (*call)(int, int, ...) = (int (*)(int, int, ...))real("fcntl");
	va_list more;
	long argument;

	va_start(more, command);
	argument = va_arg(more, long);
	va_end(more);
	if ((command == F_DUPFD || command == F_DUPFD_CLOEXEC) && fails("fcntl", EMFILE, 0))
		return -1;
	return call(fd, command, argument);
}

int execve(const char *path, char *const arguments[], char *const environment[])
{
	int (*call)(const char *, char *const[], char *const[]) =
		(int (*)(const char *, char *const[], char *const[]))real("execve");

	return fails("execve", ENOENT, 0) ? -1 : call(path, arguments, environment);
}

/* They return the error. */
int posix_spawn(pid_t *pid, const char *path, const posix_spawn_file_actions_t *actions,
		const posix_spawnattr_t *attributes, char *const arguments[],
		char *const environment[])
{
	int (*call)(pid_t *, const char *, const posix_spawn_file_actions_t *,
		    const posix_spawnattr_t *, char *const[], char *const[]) =
		(int (*)(pid_t *, const char *, const posix_spawn_file_actions_t *,
			 const posix_spawnattr_t *, char *const[],
			 char *const[]))real("posix_spawn");

	return fails("posix_spawn", EAGAIN, 0)
		       ? EAGAIN
		       : call(pid, path, actions, attributes, arguments, environment);
}

int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *actions, int fd, int new_fd)
{
	int (*call)(posix_spawn_file_actions_t *, int, int) = (int (*)(
		posix_spawn_file_actions_t *, int, int))real("posix_spawn_file_actions_adddup2");

	return fails("posix_spawn_file_actions_adddup2", ENOMEM, 0) ? ENOMEM
								    : call(actions, fd, new_fd);
}

/* Without waiting they cannot be interrupted. */
int waitid(idtype_t type, id_t id, siginfo_t *info, int options)
{
	int (*call)(idtype_t, id_t, siginfo_t *, int) =
		(int (*)(idtype_t, id_t, siginfo_t *, int))real("waitid");

	return fails("waitid", 0, options & WNOHANG ? 0 : EINTR) ? -1
								 : call(type, id, info, options);
}

pid_t waitpid(pid_t pid, int *status, int options)
{
	pid_t (*call)(pid_t, int *, int) = (pid_t(*)(pid_t, int *, int))real("waitpid");

	return fails("waitpid", 0, options & WNOHANG ? 0 : EINTR) ? -1 : call(pid, status, options);
}

/* It returns the error. A sleep that ends early has slept less: that is no failure. */
int clock_nanosleep(clockid_t clock, int flags, const struct timespec *time, struct timespec *left)
{
	int (*call)(clockid_t, int, const struct timespec *, struct timespec *) = (int (*)(
		clockid_t, int, const struct timespec *, struct timespec *))real("clock_nanosleep");

	return fails("clock_nanosleep", 0, EINTR) ? EINTR : call(clock, flags, time, left);
}

/* What the library calls by number: it may lack a descriptor, or sleep on a futex. */
long syscall(long number, ...)
{
	long (*call)(long, ...) = (long (*)(long, ...))real("syscall");
	long arguments[6];
	va_list more;
	bool sleeps;

	va_start(more, number);
	for (unsigned i = 0; i < 6; i++)
		arguments[i] = va_arg(more, long);
	va_end(more);
	sleeps = number == SYS_futex && ((arguments[1] & FUTEX_CMD_MASK) == FUTEX_WAIT ||
					 (arguments[1] & FUTEX_CMD_MASK) == FUTEX_WAIT_BITSET);
	if (fails("syscall", number == SYS_pidfd_open ? EMFILE : 0, sleeps ? EINTR : 0))
		return -1;
	return call(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
		    arguments[5]);
}

pid_t fork(void)
{
	pid_t (*call)(void) = (pid_t(*)(void))real("fork");
	pid_t pid;

	if (fails("fork", EAGAIN, 0))
		return -1;
	pid = call();
	if (pid == 0)
		armed = in_forked_ones;
	return pid;
}
