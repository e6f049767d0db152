/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who waits for the end of a child in a call that only SIGCHLD ends. */
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "script.h"

static const struct mp_act *waited(size_t n)
{
	return act(MP_ACT_WAIT, n);
}

/* Asleep until a signal comes; it is told of the end of `who`, or of nothing. */
static void suspend(uint32_t who, int call, int signal, uint32_t action)
{
	next_blocked(now() - 2500);
	ev_wake(who, call, COMMAND, SYS_rt_sigsuspend);
	next_blocked(now() - 3500);
	next_flags(MP_F_RESTART);
	ev_call(COMMAND, SYS_rt_sigsuspend, -514, (const uint64_t[6]){0});
	ev_deliver(COMMAND, signal, action);
}

static void told(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_exit(101, 0);
	suspend(101, SYS_exit_group, SIGCHLD, 2);
	ev_wait(COMMAND, 101, 0, WNOHANG);
	story_model();
	is_int(waited(0)->wait, MP_ON_CHILD, "who waits for signals waits for the end of a child");
	ok(waited(0)->told && pid_of(waited(0)->whom) == 101, "of which one tells");
	story();
	ev_fork(COMMAND, 101);
	ev_exit(101, 0);
	suspend(101, SYS_exit_group, SIGALRM, 2);
	story_model();
	ok(!waited(0)->told && waited(0)->whom == NULL, "but not of which another one does not");
	story();
	ev_fork(COMMAND, 101);
	ev_fork(101, 102);
	ev_exit(102, 0);
	suspend(102, SYS_exit_group, SIGCHLD, 2);
	story_model();
	ok(!waited(0)->told && waited(0)->whom == NULL, "nor of the end of another's child");
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	suspend(101, SYS_write, SIGCHLD, 2);
	ev_write(101, 4, pipe_in(50), 5);
	story_model();
	ok(!waited(0)->told && waited(0)->whom == NULL, "nor while a child only writes");
}

/* In a call that knows no signals, as a child ends, until a handler runs; then it looks. */
static void cut_short(int nr, const uint64_t args[6], uint32_t waker, bool blocks, int signal)
{
	story();
	ev_fork(COMMAND, 101);
	ev_wait(COMMAND, 0, 0, WNOHANG);
	ev_exit(101, 0);
	if (blocks)
		next_blocked(now() - 2500);
	ev_wake(waker, waker == 0 ? -1 : SYS_exit_group, COMMAND, nr);
	if (blocks)
		next_blocked(now() - 3500);
	next_flags(MP_F_RESTART);
	ev_call(COMMAND, nr, -EINTR, args);
	ev_deliver(COMMAND, signal, 2);
}

static const uint64_t look_at_one[6] = {0x1000, 1};

static void handled(void)
{
	static const struct {
		const char *what;
		int nr;
		uint64_t args[6];
	} rows[] = {
		{"a poll", SYS_ppoll, {0x1000, 1}},
		{"a poll for a time", SYS_ppoll, {0x1000, 1, 0x2000}},
		{"a poll of nothing for ever", SYS_ppoll, {0}},
		{"a select", SYS_pselect6, {4, 0x1000}},
		{"a select of nothing for ever", SYS_pselect6, {0}},
		{"an epoll_wait", SYS_epoll_pwait, {3, 0x1000, 1}},
#ifdef SYS_poll
		{"a poll of nothing for ever", SYS_poll, {0, 0, (uint32_t)-1}},
		{"a select of nothing for ever", SYS_select, {0}},
#endif
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		cut_short(rows[i].nr, rows[i].args, 101, true, SIGCHLD);
		story_model();
		ok(acts(MP_ACT_WAIT) == 1 && waited(0)->wait == MP_ON_CHILD && waited(0)->told &&
			   pid_of(waited(0)->whom) == 101,
		   "%s that SIGCHLD cuts short waits for the child", rows[i].what);
		is_int((int64_t)acts(MP_ACT_SLEEP), 0, "and sleeps for no time");
	}
	cut_short(SYS_ppoll, look_at_one, 101, true, SIGALRM);
	story_model();
	ok(!waited(0)->told && waited(0)->whom == NULL, "not one that another signal does");
	cut_short(SYS_ppoll, (const uint64_t[6]){0, 0, 0x2000}, 101, true, SIGCHLD);
	ev_wait(COMMAND, 101, 0, WNOHANG);
	story_model();
	ok(acts(MP_ACT_WAIT) == 0 && acts(MP_ACT_SLEEP) == 1 && !act(MP_ACT_REAP, 0)->first_look,
	   "nor a poll of nothing for a time");
}

/* What woke it is not known: then who finds a child may have waited for it. */
static void perhaps_handled(void)
{
	cut_short(SYS_ppoll, look_at_one, 0, true, SIGCHLD);
	ev_wait(COMMAND, 101, 0, WNOHANG);
	story_model();
	ok(!waited(0)->told && waited(0)->whom == NULL, "who was woken by nobody known");
	ok(act(MP_ACT_REAP, 0)->first_look, "may have waited for whom it finds then");
	cut_short(SYS_ppoll, look_at_one, 0, false, SIGCHLD);
	ev_wait(COMMAND, 101, 0, WNOHANG);
	story_model();
	ok(act(MP_ACT_REAP, 0)->first_look, "or who came too late to block");
	cut_short(SYS_ppoll, look_at_one, 0, true, SIGCHLD);
	ev_wait(COMMAND, 0, 0, WNOHANG);
	ev_wait(COMMAND, 101, 0, WNOHANG);
	story_model();
	ok(!act(MP_ACT_REAP, 0)->first_look, "but not when it had looked in vain since");
	cut_short(SYS_ppoll, look_at_one, 0, true, SIGCHLD);
	ev_sleep(COMMAND, 500, 0);
	ev_wait(COMMAND, 101, 0, WNOHANG);
	story_model();
	ok(!act(MP_ACT_REAP, 0)->first_look, "nor when it has slept since");
	cut_short(SYS_ppoll, look_at_one, 0, true, SIGALRM);
	ev_wait(COMMAND, 101, 0, WNOHANG);
	story_model();
	ok(!act(MP_ACT_REAP, 0)->first_look, "nor by another signal");
}

int main(void)
{
	tap_plan(0);
	told();
	handled();
	perhaps_handled();
	story_end();
	return tap_done();
}
