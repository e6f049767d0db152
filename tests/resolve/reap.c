/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who reaped whom, who told whom to end, and who did end. */
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "script.h"

static void plain(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_fork(COMMAND, 102);
	ev_exit(101, 0);
	next_blocked(now() - 5);
	ev_wait(COMMAND, 101, 0, 0);
	ev_exit(102, 0);
	ev_wait(COMMAND, 102, 0, WNOHANG);
	ev_wait(COMMAND, 0, 0, WNOHANG);
	story_model();
	is_int((int64_t)acts(MP_ACT_REAP), 2, "two are reaped");
	ok(process(101)->reaper == process(COMMAND), "by the parent");
	is_int((int64_t)process(101)->reaped, act(MP_ACT_REAP, 0)->at, "when the wait returned");
	ok(!process(101)->reaped_by_poll && process(102)->reaped_by_poll, "WNOHANG is a poll");
	ok(act(MP_ACT_REAP, 1)->poll, "also in the act");
	ok(act(MP_ACT_REAP, 1)->first_look && !act(MP_ACT_REAP, 0)->first_look,
	   "it was the first look for that one");
	is_int((int64_t)acts(MP_ACT_WAIT), 1, "the one that blocked was a wait");
	is_int(pid_of(act(MP_ACT_WAIT, 0)->whom), 101, "for the child");
	ok(act(MP_ACT_WAIT, 0)->wait == MP_ON_CHILD, "on a child");
}

static void watched(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_wait(COMMAND, 0, 0, WNOHANG);
	ev_exit(101, 0);
	ev_wait(COMMAND, 101, 0, WNOHANG);
	story_model();
	ok(act(MP_ACT_REAP, 0)->watched, "who looks again and again watches");
}

static void looked(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_wait(COMMAND, 0, 0, WNOHANG);
	ev_fork(COMMAND, 102);
	ev_exit(101, 0);
	ev_exit(102, 0);
	ev_wait(COMMAND, 101, 0, WNOHANG);
	ev_wait(COMMAND, 102, 0, WNOHANG);
	story_model();
	ok(!act(MP_ACT_REAP, 0)->watched, "but before it forked last");
	ok(!act(MP_ACT_REAP, 0)->first_look, "for the other it had looked before");
	ok(act(MP_ACT_REAP, 1)->first_look, "but not since the third was there");
}

static void no_reap(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_wait(COMMAND, 101, 0x137f, WUNTRACED);
	ev_wait(COMMAND, 101, 0xffff, WCONTINUED);
	ev_waitid(COMMAND, 101, CLD_STOPPED, WSTOPPED);
	ev_exit(101, 0);
	ev_waitid(COMMAND, 101, CLD_EXITED, WEXITED | WNOWAIT);
	story_model();
	is_int((int64_t)acts(MP_ACT_REAP), 0, "stops and looks reap nobody");
	ev_waitid(COMMAND, 101, CLD_EXITED, WEXITED);
	story_model();
	is_int((int64_t)acts(MP_ACT_REAP), 1, "waitid reaps");
}

static void unnamed(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_fork(COMMAND, 102);
	ev_exit(102, 0);
	ev_waitid(COMMAND, 0, 0, WEXITED);
	story_model();
	ok(process(102)->reaper != NULL, "waitid without an answer: the only zombie");
	ok(process(101)->reaper == NULL, "not who is alive");
	story();
	ev_fork(COMMAND, 101);
	ev_fork(COMMAND, 102);
	ev_exit(101, 0);
	ev_exit(102, 0);
	ev_waitid(COMMAND, 0, 0, WEXITED);
	story_model();
	is_int((int64_t)acts(MP_ACT_REAP), 0, "of two zombies nobody knows which");
	ev_waitid(COMMAND, 0, 0, WEXITED | WNOHANG);
	story_model();
	is_int((int64_t)acts(MP_ACT_REAP), 0, "WNOHANG may have found none");
}

static void numbers(void)
{
	story();
	ev_fork_as(COMMAND, 101, 0, 7, COMMAND);
	ev_fork_as(COMMAND, 102, 0, 8, COMMAND);
	ev_fork_as(101, 103, 0, 9, 101);
	ev_exit(102, 0);
	ev_exit(103, 0);
	ev_exit(101, 0);
	ev_wait(COMMAND, 8, 0, 0);
	ev_wait(COMMAND, 7, 0, 0);
	story_model();
	ok(process(102)->reaper != NULL && process(101)->reaper != NULL,
	   "children are found by the number that their parent sees");
	ok(process(103)->reaper == NULL, "a grandchild is not");
	ev_wait(COMMAND, 9, 0, 0);
	story_model();
	ok(process(103)->reaper == process(COMMAND), "unless it was adopted");
}

static void namespaces(void)
{
	story();
	ev_fork_as(COMMAND, 101, 0, 1, COMMAND);
	ev_exit(101, 0);
	ev_wait(COMMAND, 101, 0, 0);
	story_model();
	ok(process(101)->reaper != NULL, "the first of a namespace has another number outside");
	is_int(process(101)->vpid, 1, "than inside");
}

static void sister(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_fork_as(101, 102, 0, 102, COMMAND);
	ev_exit(102, 0);
	ev_wait(COMMAND, 102, 0, 0);
	story_model();
	ok(process(102)->parent == process(101), "CLONE_PARENT: one forks");
	ok(process(102)->reaper == process(COMMAND), "another reaps");
}

static void same_number(void)
{
	story();
	ev_fork_as(COMMAND, 101, 0, 7, COMMAND);
	ev_exit(101, 0);
	ev_wait(COMMAND, 7, 0, 0);
	ev_fork_as(COMMAND, 102, 0, 7, COMMAND);
	ev_exit(102, 0);
	ev_wait(COMMAND, 7, 0, 0);
	story_model();
	ok(process(101)->reaped < process(102)->reaped, "a number that is used again");
}

static void clocks(void)
{
	story();
	ev_fork(COMMAND, 101);
	next_end(50000);
	ev_exit(101, 0);
	next_end(49000);
	ev_wait(COMMAND, 101, 0, 0);
	story_model();
	ok(act(MP_ACT_REAP, 0)->at >= process(101)->ended, "nobody is reaped before his end");
	ok(act(MP_ACT_EXIT, 0)->at <= act(MP_ACT_REAP, 0)->at, "nor in the list");
}

static void autoreap(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_exit_as(101, 101, 0, MP_EXIT_LAST | MP_EXIT_AUTOREAP);
	next_blocked(now() - 1);
	ev_wait(COMMAND, (uint32_t)-ECHILD, 0, 0);
	next_end(now() + 100000000);
	ev_exit(COMMAND, 0);
	story_model();
	ok(process(101)->autoreaped, "nobody has to reap it");
	is_int((int64_t)findings(MP_FIND_ZOMBIE), 0, "and it is no zombie");
	is_int((int64_t)acts(MP_ACT_WAIT), 1, "waiting for it is a wait");
}

static void lost_exit(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_wait(COMMAND, 101, 3 << 8, 0);
	story_model();
	is_int(act(MP_ACT_EXIT, 0)->value, 3, "who was reaped has ended");
	ok(model()->lost[MP_EXIT] > 0, "and that was not seen");
}

static void killed(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_signal(COMMAND, 101, SIGTERM, SI_USER);
	ev_deliver(101, SIGKILL, 0);
	ev_exit(101, SIGTERM);
	story_model();
	is_int(pid_of(act(MP_ACT_SIGNAL, 0)->whom), 101, "a signal is sent to the child");
	is_int(act(MP_ACT_SIGNAL, 0)->value, SIGTERM, "which one");
	is_int(act(MP_ACT_RECEIVE, 0)->value, SIGTERM, "it gets that, as a SIGKILL or not");
	is_int(pid_of(act(MP_ACT_RECEIVE, 0)->whom), COMMAND, "from the parent");
	is_int(act(MP_ACT_DIE, 0)->value, SIGTERM, "and dies of it");
	is_int(pid_of(act(MP_ACT_DIE, 0)->whom), COMMAND, "because of the parent");
	ok(!process(101)->killed_by_us, "not because of us");
}

static void handled(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_signal(COMMAND, 101, SIGTERM, SI_USER);
	ev_deliver(101, SIGTERM, 2);
	ev_thread(101, 150);
	next_tid(150);
	ev_deliver(101, SIGKILL, 0);
	ev_exit(101, 0);
	story_model();
	is_int((int64_t)acts(MP_ACT_RECEIVE), 1, "the end of a thread by exit_group is no signal");
	is_int((int64_t)acts(MP_ACT_DIE), 0, "who exits does not die");
	story();
	ev_fork(COMMAND, 101);
	ev_signal(COMMAND, 101, SIGSEGV, SI_USER);
	ev_deliver(101, SIGSEGV, 0);
	ev_deliver(101, SIGKILL, 0);
	ev_exit(101, SIGSEGV | 0x80);
	story_model();
	is_int((int64_t)acts(MP_ACT_RECEIVE), 1, "a signal that dumps core is received once");
	is_int(act(MP_ACT_DIE, 0)->value, SIGSEGV, "whether it dumped or not");
}

static void kernel_signals(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_signal_as(101, 101, SIGPIPE, SI_USER, 0, false);
	ev_write(101, 4, pipe_in(50), -EPIPE);
	ev_exit(101, SIGPIPE);
	ev_signal(101, COMMAND, SIGTERM, SI_USER);
	ev_signal(101, COMMAND, SIGCHLD, CLD_KILLED);
	ev_signal(COMMAND, COMMAND, SIGALRM, SI_TIMER);
	ev_deliver(COMMAND, SIGCHLD, 1);
	story_model();
	is_int((int64_t)acts(MP_ACT_SIGNAL), 0, "what the kernel sends nobody has sent");
	ok(act(MP_ACT_DIE, 0)->whom == NULL, "SIGPIPE has no sender");
	ok(act(MP_ACT_RECEIVE, 0)->whom == NULL, "nor has SIGCHLD");
	story();
	ev_signal(COMMAND, COMMAND, SIGPIPE, SI_TKILL);
	ev_signal_as(COMMAND, COMMAND, SIGUSR1, SI_USER, 1, true);
	ev_signal_as(COMMAND, COMMAND, SIGPIPE, SI_USER, 0, true);
	story_model();
	is_int((int64_t)acts(MP_ACT_SIGNAL), 3, "raise, ignored signals, and kill are sent");
}

static void senders(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_fork(COMMAND, 102);
	ev_signal(102, 101, SIGKILL, SI_USER);
	ev_signal_as(COMMAND, 101, SIGKILL, SI_USER, 2, true);
	ev_exit(101, SIGKILL);
	story_model();
	is_int(pid_of(act(MP_ACT_DIE, 0)->whom), 102,
	       "one that is pending already changes nothing");
	is_int((int64_t)acts(MP_ACT_SIGNAL), 2, "but was sent");
}

static void by_us(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_signal(0, 101, SIGKILL, SI_USER);
	ev_exit(101, SIGKILL);
	story_model();
	ok(!process(101)->killed_by_us, "somebody outside killed it during the run");
	story_record()->stop = MP_STOP_TIMEOUT;
	story_model();
	ok(process(101)->killed_by_us, "at a timeout that was us");
	story();
	ev_fork(COMMAND, 101);
	ev_exit(COMMAND, 0);
	ev_signal(0, 101, SIGKILL, SI_USER);
	ev_exit(101, SIGKILL);
	story_model();
	ok(process(101)->killed_by_us, "and when the command had ended");
	is_int((int64_t)acts(MP_ACT_SIGNAL), 0, "which is no act of the tree");
}

int main(void)
{
	tap_plan(0);
	plain();
	looked();
	watched();
	no_reap();
	unnamed();
	numbers();
	namespaces();
	sister();
	same_number();
	clocks();
	autoreap();
	lost_exit();
	killed();
	handled();
	kernel_signals();
	senders();
	by_us();
	story_end();
	return tap_done();
}
