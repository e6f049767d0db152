/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Waits on streams, children and readiness; what was never finished. */
#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "script.h"

static const struct mp_act *waited(size_t n)
{
	return act(MP_ACT_WAIT, n);
}

static void kinds(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	next_waits();
	ev_read(COMMAND, 3, pipe_out(50), 5);
	next_waits();
	ev_write(COMMAND, 4, pipe_in(50), 5);
	next_waits();
	ev_read(COMMAND, 0, other(S_IFCHR | 0620), 5);
	next_waits();
	ev_read(COMMAND, 9, other(0), 8);
	story_model();
	ok(waited(0)->wait == MP_ON_STREAM && !waited(0)->writing, "a blocked read of a pipe");
	ok(waited(0)->stream == model()->streams[0], "waits on the stream");
	ok(waited(1)->wait == MP_ON_STREAM && waited(1)->writing, "a blocked write for room in it");
	ok(waited(2)->wait == MP_ON_OTHER, "a terminal is something else");
	ok(waited(3)->wait == MP_ON_OTHER, "so is an eventfd");
	ok(waited(0)->whom == NULL, "nobody knows who ended it");
	ok(waited(0)->begin + 49900 == waited(0)->at, "how long it was");
}

static void no_waits(void)
{
	story();
	next_waits();
	ev_read(COMMAND, 3, other(S_IFREG), 5);
	next_waits();
	ev_write(COMMAND, 3, other(S_IFREG), 5);
	next_waits();
	ev_text(COMMAND, 1, "to a terminal\n");
	ev_read(COMMAND, 3, pipe_out(50), 5);
	ev_wait(COMMAND, 0, 0, WNOHANG);
	next_waits();
	ev_call(COMMAND, SYS_kill, 0, NULL);
	story_model();
	is_int((int64_t)acts(MP_ACT_WAIT), 0,
	       "files, terminals that print, and what did not block");
}

/* The one call lets the other go on: messages, semaphores, locks of files. */
static void queues(void)
{
	static const struct {
		int waits, wakes;
		int64_t result;
		uint32_t by;
		enum mp_wait_on on;
	} rows[] = {
		{SYS_mq_timedreceive, SYS_mq_timedsend, 1, COMMAND, MP_ON_MESSAGE},
		{SYS_msgrcv, SYS_msgsnd, 1, COMMAND, MP_ON_MESSAGE},
		{SYS_semop, SYS_semop, 0, COMMAND, MP_ON_SEMAPHORE},
		{SYS_semtimedop, SYS_semctl, 0, COMMAND, MP_ON_SEMAPHORE},
		{SYS_fcntl, SYS_fcntl, 0, COMMAND, MP_ON_FILE_LOCK},
		{SYS_flock, SYS_flock, 0, COMMAND, MP_ON_FILE_LOCK},
		{SYS_semop, SYS_flock, 0, 0, MP_ON_SEMAPHORE}, /* an interrupt came meanwhile */
		{SYS_semop, SYS_kill, 0, 0, MP_ON_SEMAPHORE},
		{SYS_semtimedop, SYS_semop, -EAGAIN, 0, MP_ON_SEMAPHORE},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		story();
		ev_fork(COMMAND, 101);
		ev_call(COMMAND, SYS_kill, 0, NULL);
		ev_wake(COMMAND, rows[i].wakes, 101, rows[i].waits);
		ev_call(COMMAND, rows[i].wakes, 0, NULL);
		next_blocked(now() - 2500);
		ev_call(101, rows[i].waits, rows[i].result, NULL);
		story_model();
		ok(waited(0)->wait == rows[i].on && !waited(0)->writing, "call %d waits",
		   rows[i].waits);
		is_int(pid_of(waited(0)->whom), rows[i].by, "who ends it with call %d",
		       rows[i].wakes);
		is_int((int64_t)acts(MP_ACT_WAKE), rows[i].by != 0, "and wakes");
	}
	story();
	next_waits();
	ev_call(COMMAND, SYS_msgsnd, 0, NULL);
	story_model();
	ok(waited(0)->wait == MP_ON_MESSAGE && waited(0)->writing, "a queue may be full, too");
}

/* Who connects ends the wait of who accepts, also when he does not wait for it himself. */
static void connections(void)
{
	static const struct {
		int64_t result;
		uint32_t by;
	} rows[] = {{0, 101}, {-EINPROGRESS, 101}, {-ECONNREFUSED, 0}};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		story();
		ev_fork(COMMAND, 101);
		ev_wake(101, SYS_connect, COMMAND, SYS_accept4);
		ev_call(101, SYS_connect, rows[i].result, NULL);
		next_blocked(now() - 2500);
		ev_open(COMMAND, SYS_accept4, 4, nothing(), 0);
		story_model();
		is_int(waited(0)->wait, MP_ON_CONNECTION, "who accepts waits");
		is_int(pid_of(waited(0)->whom), rows[i].by, "who ends it, with the result %d",
		       (int)rows[i].result);
	}
}

/* Of all these only a queue of mq_open(3) and a socket that listens can be polled. */
static void polled(void)
{
	static const int wakes[] = {SYS_mq_timedsend, SYS_mq_timedreceive, SYS_connect, SYS_msgsnd,
				    SYS_flock};
	const uint64_t poll[6] = {0x1000, 1};

	for (size_t i = 0; i < sizeof(wakes) / sizeof(wakes[0]); i++) {
		story();
		ev_fork(COMMAND, 101);
		ev_call(COMMAND, SYS_kill, 0, NULL);
		ev_wake(COMMAND, wakes[i], 101, SYS_ppoll);
		ev_call(COMMAND, wakes[i], 0, NULL);
		next_blocked(now() - 2500);
		ev_call(101, SYS_ppoll, 1, poll);
		story_model();
		is_int(pid_of(waited(0)->whom), i < 3 ? COMMAND : 0, "who ends a poll by call %d",
		       wakes[i]);
	}
}

static void causes(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_pipe(COMMAND, 6, 5, 51, 0);
	ev_fork(COMMAND, 101);
	/* An interrupt came while the child wrote elsewhere. */
	ev_wake(101, SYS_write, COMMAND, SYS_read);
	ev_write(101, 6, pipe_in(51), 5);
	next_blocked(now() - 2500);
	ev_read(COMMAND, 3, pipe_out(50), 5);
	story_model();
	ok(waited(0)->whom == NULL, "a write to another pipe explains nothing");
	is_int((int64_t)acts(MP_ACT_WAKE), 0, "nor does it wake");
}

static void other_call(void)
{
	const uint64_t poll[6] = {0x1000, 1};

	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_wake(101, SYS_getpid, COMMAND, SYS_ppoll);
	ev_write(101, 4, pipe_in(50), 5);
	next_blocked(now() - 2500);
	ev_call(COMMAND, SYS_ppoll, 1, poll);
	story_model();
	ok(waited(0)->whom == NULL, "a wake in a call that is not reported has no cause");
}

/* The data of two were written at once, but only one was woken by it; he wakes the next. */
static void woken_by_reader(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_fork(COMMAND, 102);
	ev_wake(COMMAND, SYS_write, 101, SYS_read);
	ev_write(COMMAND, 4, pipe_in(50), 2);
	ev_wake(101, SYS_read, 102, SYS_read);
	next_blocked(now() - 4500);
	ev_read(101, 3, pipe_out(50), 1);
	next_blocked(now() - 4500);
	ev_read(102, 3, pipe_out(50), 1);
	story_model();
	is_int(pid_of(waited(0)->whom), COMMAND, "the first waits for who wrote");
	is_int(pid_of(waited(1)->whom), COMMAND, "the second as well");
	is_int((int64_t)acts_of(COMMAND, MP_ACT_WAKE), 2, "who let both go on");
	is_int((int64_t)acts_of(101, MP_ACT_WAKE), 0, "the first let nobody");
}

/* The peer makes room by reading, which wakes the reader for nothing; when he looks, the answer is
 * there. */
static void woken_for_nothing(uint64_t began_before)
{
	story();
	ev_socketpair(COMMAND, 3, 4, 60, 61);
	ev_fork(COMMAND, 101);
	ev_write(COMMAND, 3, sock(60, 61), 3);
	ev_wake(101, SYS_read, COMMAND, SYS_read);
	ev_read(101, 4, sock(61, 60), 3);
	ev_write(101, 4, sock(61, 60), 3);
	next_blocked(now() - began_before);
	ev_read(COMMAND, 3, sock(60, 61), 3);
	story_model();
}

static void answers(void)
{
	woken_for_nothing(2500);
	is_int(pid_of(waited(0)->whom), 101, "who asks waits for who answers");
	is_int(pid_of(act_of(101, MP_ACT_WAKE, 0)->whom), COMMAND, "who lets him go on");
	woken_for_nothing(0);
	ok(waited(0)->whom == NULL, "but not when the answer was there before");
}

/* The kernel hands on what is written to a terminal, when it likes. */
static void terminals(bool made)
{
	story();
	ev_fork(COMMAND, 101);
	if (made)
		ev_open_file(COMMAND, other(S_IFCHR | 0666), "ptmx\0dev", 9);
	ev_io(COMMAND, SYS_write, 3, other(S_IFCHR | 0666), MP_WRITES, 5, 5, 0);
	next_waits();
	ev_read(101, 0, other(S_IFCHR | 0620), 5);
	story_model();
	is_int((int64_t)process(101)->blind, made ? 1 << MP_BLIND_TERMINAL : 0,
	       "who waits at a terminal, when one was%s made", made ? "" : " not");
	is_int((int64_t)process(COMMAND)->blind, 0, "and who writes there");
}

static void last_wake(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_fork(COMMAND, 102);
	ev_wake(101, SYS_write, COMMAND, SYS_read);
	ev_write(101, 4, pipe_in(50), 5);
	ev_wake(102, SYS_write, COMMAND, SYS_read);
	ev_write(102, 4, pipe_in(50), 5);
	next_blocked(now() - 4500);
	ev_read(COMMAND, 3, pipe_out(50), 5);
	story_model();
	is_int(pid_of(waited(0)->whom), 102, "the last wake ended the wait");
	ev_wake(0, -1, COMMAND, SYS_read);
	next_blocked(now() - 1500);
	ev_read(COMMAND, 3, pipe_out(50), 5);
	story_model();
	ok(waited(1)->whom == NULL, "an earlier one is no cause of a later wait");
}

static void room(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_wake(101, SYS_read, COMMAND, SYS_write);
	next_end(30000);
	ev_read(101, 3, pipe_out(50), 4096);
	next_blocked(now() - 25500);
	next_end(60000);
	ev_write(COMMAND, 4, pipe_in(50), 70000);
	story_model();
	is_int(pid_of(waited(0)->whom), 101, "who reads makes room for who writes");
	ok(act(MP_ACT_WRITE, 0)->at < act(MP_ACT_READ, 0)->at, "the bytes were there before");
	ok(waited(0)->at == 60000, "though the call was over later");
}

static void closed(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_close(COMMAND, 4);
	ev_wake(101, SYS_close, COMMAND, SYS_read);
	ev_close(101, 4);
	next_blocked(now() - 2500);
	ev_read(COMMAND, 3, pipe_out(50), 0);
	story_model();
	is_int(pid_of(waited(0)->whom), 101, "who closes the last end");
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_close(COMMAND, 4);
	ev_close(101, 4);
	ev_wake(101, SYS_close, COMMAND, SYS_read);
	next_blocked(now() - 2500);
	ev_read(COMMAND, 3, pipe_out(50), 0);
	story_model();
	is_int(pid_of(waited(0)->whom), 101, "also on older kernels, after the call");
	story();
	ev_pipe(COMMAND, 4, 3, 50, MP_FD_CLOEXEC);
	ev_fork(COMMAND, 101);
	ev_close(COMMAND, 4);
	ev_exec(101, 101, "tool", "tool", 5);
	ev_wake(101, SYS_execve, COMMAND, SYS_read);
	next_blocked(now() - 2500);
	ev_read(COMMAND, 3, pipe_out(50), 0);
	story_model();
	is_int(pid_of(waited(0)->whom), 101, "or by exec");
	is_int((int64_t)acts(MP_ACT_WAKE), 1, "which are calls that wake");
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_close(COMMAND, 4);
	ev_exit(101, 0);
	ev_wake(101, SYS_exit_group, COMMAND, SYS_read);
	next_blocked(now() - 2500);
	ev_read(COMMAND, 3, pipe_out(50), 0);
	story_model();
	is_int(pid_of(waited(0)->whom), 101, "or by ending");
	is_int((int64_t)acts(MP_ACT_WAKE), 0, "which is none");
}

static void poll_all(int nr, const uint64_t args[6], int64_t result)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_wake(101, SYS_write, COMMAND, nr);
	ev_write(101, 4, pipe_in(50), 5);
	next_blocked(now() - 2500);
	ev_call(COMMAND, nr, result, args);
	story_model();
}

static void readiness(void)
{
	const uint64_t one[6] = {0x1000, 1, 5}, none[6] = {0, 0, 5};
	const uint64_t nothing_set[6] = {5, 0, 0, 0, 0x1000, 0};

	poll_all(SYS_ppoll, one, 1);
	ok(waited(0)->wait == MP_ON_READINESS, "poll waits for readiness");
	is_int(pid_of(waited(0)->whom), 101, "which somebody brought");
	is_int(pid_of(act(MP_ACT_WAKE, 0)->whom), COMMAND, "and so woke");
	poll_all(SYS_ppoll, one, 0);
	ok(waited(0)->whom == NULL, "or the clock did");
	poll_all(SYS_ppoll, none, 0);
	is_int((int64_t)acts(MP_ACT_WAIT), 0, "with nothing to look at");
	is_int(act(MP_ACT_SLEEP, 0)->value, 2500 + 1000, "it is a sleep");
	poll_all(SYS_pselect6, nothing_set, 0);
	is_int((int64_t)acts(MP_ACT_SLEEP), 1, "so is select");
}

static void pidfd(void)
{
	const uint64_t one[6] = {0x1000, 1};

	for (int has = 0; has < 2; has++) {
		story();
		ev_fork(COMMAND, 101);
		if (has)
			ev_open(COMMAND, SYS_pidfd_open, 5, other(0), 0);
		ev_exit(101, 0);
		ev_wake(101, SYS_exit_group, COMMAND, SYS_ppoll);
		next_blocked(now() - 2500);
		ev_call(COMMAND, SYS_ppoll, 1, one);
		story_model();
		is_int(waited(0)->wait, has ? MP_ON_CHILD : MP_ON_READINESS,
		       "poll %s a pidfd that a child's end answers", has ? "of" : "without");
		is_int(pid_of(waited(0)->whom), 101, "and the child");
	}
}

static void interrupted(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_wake(0, -1, COMMAND, SYS_read);
	next_waits();
	next_flags(MP_F_RESTART);
	ev_read(COMMAND, 3, pipe_out(50), -512);
	ev_deliver(COMMAND, SIGCHLD, 2);
	next_waits();
	ev_read(COMMAND, 3, pipe_out(50), 5);
	story_model();
	is_int((int64_t)acts(MP_ACT_WAIT), 2, "a wait that is interrupted is one");
	is_int((int64_t)acts(MP_ACT_READ), 1, "a read that is interrupted is none");
	ok(!waited(0)->unfinished && !waited(1)->unfinished, "it was finished");
}

static void killed(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	next_blocked(now() + 100);
	next_end(now() + 50000);
	next_flags(MP_F_RESTART);
	ev_read(COMMAND, 3, pipe_out(50), -512);
	ev_deliver(COMMAND, SIGKILL, 0);
	next_blocked(now() - 40000);
	ev_exit_in(COMMAND, SIGKILL, SYS_read, NULL, pipe_out(50));
	story_model();
	is_int((int64_t)acts(MP_ACT_WAIT), 1, "killed while it waited");
	ok(waited(0)->unfinished, "which did not finish");
	ok(process(COMMAND)->blocked == waited(0), "and is what it was blocked in");
	ok(end_of(model()->streams[0], COMMAND)->attempted_read, "it had tried to read");
}

static void only_exit_knows(void)
{
	const uint64_t args[6] = {3}, futex[6] = {0x7000, FUTEX_WAIT | FUTEX_PRIVATE_FLAG};

	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	next_waits();
	ev_exit_in(COMMAND, SIGKILL, SYS_read, args, nothing());
	story_model();
	ok(waited(0)->unfinished && waited(0)->stream == model()->streams[0],
	   "what the exit says of a read will do");
	ok(end_of(model()->streams[0], COMMAND)->attempted_read, "also as an attempt");
	story();
	next_waits();
	ev_exit_in(COMMAND, SIGKILL, SYS_futex, futex, nothing());
	story_model();
	ok(waited(0)->unfinished && waited(0)->word->key.offset == 0x7000, "and of a futex");
	story();
	next_waits();
	ev_exit_in(COMMAND, SIGKILL, SYS_wait4, args, nothing());
	story_model();
	ok(waited(0)->unfinished && waited(0)->wait == MP_ON_CHILD, "and of a child");
	story();
	ev_exit_in(COMMAND, SIGKILL, SYS_read, args, nothing());
	story_model();
	is_int((int64_t)acts(MP_ACT_WAIT), 0, "but not when it was not asleep");
}

static void hangs(void)
{
	static const struct {
		int nr;
		enum mp_wait_on on;
	} rows[] = {
		{SYS_accept, MP_ON_CONNECTION},	   {SYS_accept4, MP_ON_CONNECTION},
		{SYS_connect, MP_ON_CONNECTION},   {SYS_openat, MP_ON_FIFO},
		{SYS_rt_sigsuspend, MP_ON_SIGNAL}, {SYS_rt_sigtimedwait, MP_ON_SIGNAL},
		{SYS_msgrcv, MP_ON_MESSAGE},	   {SYS_semop, MP_ON_SEMAPHORE},
		{SYS_flock, MP_ON_FILE_LOCK},	   {SYS_epoll_pwait, MP_ON_READINESS},
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		story();
		next_waits();
		ev_exit_in(COMMAND, SIGKILL, rows[i].nr, NULL, nothing());
		story_model();
		ok(process(COMMAND)->blocked != NULL &&
			   process(COMMAND)->blocked->wait == rows[i].on,
		   "call %d was not finished", rows[i].nr);
	}
}

/* Of the command; signals that come from the kernel or from outside have no sender. */
static const struct mp_act *stop(uint32_t sender, int signal, int code, uint32_t action)
{
	story();
	ev_fork(COMMAND, 101);
	ev_signal(sender, 101, signal, code);
	ev_deliver(101, signal, action);
	story_model();
	return process(101)->stopped;
}

static void stopped(void)
{
	const struct mp_act *by = stop(COMMAND, SIGSTOP, SI_USER, 0);

	ok(by != NULL && by->kind == MP_ACT_RECEIVE && by->value == SIGSTOP &&
		   pid_of(by->whom) == COMMAND,
	   "a process that another has stopped");
	ok(stop(COMMAND, SIGTTIN, SI_KERNEL, 0) != NULL, "or the kernel, as it reads a terminal");
	ok(stop(COMMAND, SIGTTIN, SI_USER, 0) == NULL, "not when a process plays the kernel");
	ok(stop(COMMAND, SIGTTIN, SI_KERNEL, 2) == NULL, "nor with a handler");
	ok(stop(0, SIGSTOP, SI_USER, 0) == NULL, "nor when it came from outside, as from us");
	story();
	ev_fork(COMMAND, 101);
	ev_signal(COMMAND, 101, SIGSTOP, SI_USER);
	ev_deliver(101, SIGSTOP, 0);
	ev_signal(COMMAND, 101, SIGCONT, SI_USER);
	story_model();
	ok(process(101)->stopped == NULL, "nor when it was continued");
}

static void ended_by_itself(void)
{
	story();
	ev_thread(COMMAND, 150);
	next_tid(150);
	next_waits();
	next_flags(MP_F_RESTART);
	ev_futex(COMMAND, FUTEX_WAIT, private(0x7000), -512);
	next_waits();
	ev_exit_as(COMMAND, 150, 0, 0);
	ev_exit(COMMAND, 0);
	story_model();
	ok(waited(0)->unfinished, "a thread that waited when the process ended");
	ok(process(COMMAND)->blocked == NULL, "does not make it a process that was blocked");
}

static void stale_wake(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_wake(101, SYS_write, COMMAND, SYS_read);
	ev_write(101, 4, pipe_in(50), 5);
	next_blocked(now() + 500);
	ev_read(COMMAND, 3, pipe_out(50), 5);
	story_model();
	ok(waited(0)->whom == NULL, "a wake from before the wait did not end it");
}

static void reader_wakes_nobody(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_wake(101, SYS_read, COMMAND, SYS_read);
	ev_read(101, 3, pipe_out(50), 5);
	next_blocked(now() - 1500);
	ev_read(COMMAND, 3, pipe_out(50), 5);
	story_model();
	ok(waited(0)->whom == NULL, "who reads brings no data");
}

static void last_call_only(void)
{
	const uint64_t futex[6] = {0x7000, FUTEX_WAIT | FUTEX_PRIVATE_FLAG};

	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	next_waits();
	next_flags(MP_F_RESTART);
	ev_read(COMMAND, 3, pipe_out(50), -512);
	ev_text(COMMAND, 1, "x\n");
	next_waits();
	ev_exit_in(COMMAND, SIGKILL, SYS_futex, futex, nothing());
	story_model();
	ok(!waited(0)->unfinished && waited(1)->unfinished, "only the last call was not finished");
}

int main(void)
{
	tap_plan(0);
	kinds();
	queues();
	polled();
	connections();
	no_waits();
	causes();
	other_call();
	woken_by_reader();
	answers();
	terminals(true);
	terminals(false);
	last_wake();
	room();
	closed();
	readiness();
	pidfd();
	interrupted();
	killed();
	only_exit_knows();
	hangs();
	stopped();
	ended_by_itself();
	stale_wake();
	reader_wakes_nobody();
	last_call_only();
	story_end();
	return tap_done();
}
