/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: nothing. Gives: what the tests of the library ask the system: which descriptors and
 * children this process has, what a process waits in, how late it is; and pipes of their own,
 * so that a test of the library does not rest on the library.
 * Never: prints a test point.
 */
#ifndef COMMON_H
#define COMMON_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

unsigned open_fds(void);
/* Neighbours count as one: make other mappings between them, or compare before and after. */
unsigned shared_mappings(void);
/* Whether this process has a child, alive or a zombie. */
bool has_child(void);

int64_t now_ms(void);
void sleep_ms(unsigned ms);
/* Asks every millisecond, for at most ten seconds; whether it came true. */
bool comes_true(bool (*condition)(void *argument), void *argument);
/* Until the process's only thread sleeps in the kernel. */
bool falls_asleep(pid_t pid);
bool has_ended(pid_t pid);

/* Whether all their bits are, so that -0.0 is not 0.0. */
bool same_number(double one, double other);

/* Zeroed memory that children forked later have in common with this process. */
void *shared_memory(size_t size);

/* fork(2) with stdio flushed; it cannot fail. The child dies with its parent. */
pid_t fork_now(void);
/* A child that ends with _exit(act(argument)). */
pid_t child_doing(int (*act)(void *argument), void *argument);
/* The same for what needs no argument. */
pid_t start_child(int (*act)(void));
/* child_doing() with the process id of one that has ended. 0: that cannot be arranged here. */
pid_t child_numbered(pid_t pid, int (*act)(void *argument), void *argument);
/* Exit status, or minus the signal. */
int wait_status(pid_t pid);
/* That of a child that does this. */
int result_of(int (*act)(void));

/* Runs `act` in a child whose standard output goes to `text` (at most size - 1 bytes and a 0); the
 * child ends with exit(act()), so the exit rule of the library applies. Its wait_status(). */
int output_of(int (*act)(void), char *text, size_t size);

/* No descriptor can be opened until it is called with false. */
void forbid_fds(bool forbidden);
/*
 * From here on, in this process, fork(2) fails with EAGAIN; or every system call but the one that
 * ends it kills it. False: it cannot be arranged here.
 */
bool forbid_forks(void);
bool forbid_all_calls(void);
/* Ends with that one call. A sanitizer makes others behind _exit(2), and before every function that
 * is known not to return, so this is none; it does not, all the same. */
void exit_now(int status);
/* pidfd_open(2) fails with ENOSYS, as on an old kernel. */
bool forbid_pidfds(void);

#endif
