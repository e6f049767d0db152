/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Findings, and the alarms that would be false. */
#include <errno.h>
#include <linux/futex.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "script.h"

#define MILLISECOND 1000000

static void later(unsigned milliseconds)
{
	next_end(now() + (uint64_t)milliseconds * MILLISECOND);
}

static void zombie(unsigned milliseconds, bool reaped)
{
	story();
	ev_fork(COMMAND, 101);
	ev_exit(101, 0);
	if (reaped)
		ev_wait(COMMAND, 101, 0, 0);
	later(milliseconds);
	ev_exit(COMMAND, 0);
}

static void zombies(void)
{
	zombie(500, false);
	story_model();
	is_int(pid_of(finding(MP_FIND_ZOMBIE)->process), 101, "a child that is never reaped");
	is_int(pid_of(finding(MP_FIND_ZOMBIE)->other), COMMAND, "by its parent");
	zombie(500, true);
	story_model();
	is_int((int64_t)model()->finding_count, 0, "one that is");
	zombie(1, false);
	story_model();
	is_int((int64_t)findings(MP_FIND_ZOMBIE), 0, "a parent that ends at almost the same time");
	zombie(500, false);
	story_record()->losses.lost[MP_WAIT] = 1;
	story_model();
	is_int((int64_t)findings(MP_FIND_ZOMBIE), 0, "a reap that may have been lost");
	zombie(500, false);
	ev_exit_as(101, 101, 0, MP_EXIT_LAST);
	story_model();
	is_int((int64_t)findings(MP_FIND_ZOMBIE), 0, "a child that ended after its parent");
	story();
	ev_fork(COMMAND, 101);
	ev_exit(101, 0);
	ev_signal(0, COMMAND, SIGKILL, SI_USER);
	later(500);
	ev_exit(COMMAND, SIGKILL);
	story_record()->stop = MP_STOP_TIMEOUT;
	story_model();
	is_int((int64_t)findings(MP_FIND_ZOMBIE), 0, "a parent that we killed");
}

static void left(unsigned milliseconds, bool by_us)
{
	story();
	ev_fork(COMMAND, 101);
	ev_exit(COMMAND, 0);
	if (by_us)
		ev_signal(0, 101, SIGKILL, SI_USER);
	later(milliseconds);
	ev_exit(101, by_us ? SIGKILL : 0);
	story_model();
}

static void left_running(void)
{
	left(5, true);
	is_int(pid_of(finding(MP_FIND_LEFT)->process), 101, "one that we had to end");
	left(500, false);
	is_int((int64_t)findings(MP_FIND_LEFT), 1, "one that ran on for long");
	left(5, false);
	is_int((int64_t)findings(MP_FIND_LEFT), 0, "one that ended a little later");
	story();
	ev_fork(COMMAND, 101);
	ev_exit(COMMAND, 0);
	story_model();
	is_int((int64_t)findings(MP_FIND_LEFT), 1, "one that is still there");
	story_record()->losses.lost[MP_EXIT] = 1;
	story_model();
	is_int((int64_t)findings(MP_FIND_LEFT), 0, "unless its end may have been lost");
}

static void sigpipe(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_signal_as(101, 101, SIGPIPE, SI_USER, 0, false);
	ev_write(101, 4, pipe_in(50), -EPIPE);
	ev_exit(101, SIGPIPE);
	ev_wait(COMMAND, 101, SIGPIPE, 0);
	story_model();
	is_int(pid_of(finding(MP_FIND_SIGPIPE)->process), 101, "died of SIGPIPE");
	ok(finding(MP_FIND_SIGPIPE)->stream == model()->streams[0], "on this pipe");
}

/* A reader that is killed by us while it waits for the end of pipe 50. */
static void stuck(uint32_t pid, uint32_t fd)
{
	const uint64_t args[6] = {fd};

	next_blocked(now() + 10);
	later(500);
	next_flags(MP_F_RESTART);
	ev_read(pid, fd, pipe_out(50), -512);
	ev_signal(0, pid, SIGKILL, SI_USER);
	next_blocked(now() - 100);
	ev_exit_in(pid, SIGKILL, SYS_read, args, pipe_out(50));
	story_record()->stop = MP_STOP_TIMEOUT;
}

static void stop_command(void)
{
	ev_signal(0, COMMAND, SIGKILL, SI_USER);
	ev_exit(COMMAND, SIGKILL);
	story_model();
}

static void forgotten_by_parent(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_fork(COMMAND, 102);
	ev_close(102, 4);
	ev_write(101, 4, pipe_in(50), 8);
	ev_exit(101, 0);
	ev_read(102, 3, pipe_out(50), 8);
	stuck(102, 3);
	stop_command();
	is_int((int64_t)findings(MP_FIND_END_OPEN), 1, "an end that was not closed");
	is_int(pid_of(finding(MP_FIND_END_OPEN)->process), COMMAND, "by the parent");
	is_int(pid_of(finding(MP_FIND_END_OPEN)->other), 102, "keeps the reader waiting");
	ok(finding(MP_FIND_END_OPEN)->stream == model()->streams[0], "for the end of the pipe");
	story_record()->losses.lost[MP_FD] = 1;
	story_model();
	is_int((int64_t)findings(MP_FIND_END_OPEN), 0, "unless a close may have been lost");
}

static void forgotten_by_reader(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_close(COMMAND, 4);
	stuck(101, 3);
	stop_command();
	is_int(pid_of(finding(MP_FIND_END_OPEN)->process), 101,
	       "a reader that holds the end itself");
}

/* When we stop the run nothing but the ends is reported any more, the parent's may be first. */
static void only_ends(void)
{
	const uint64_t args[6] = {3};

	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_fork(COMMAND, 102);
	ev_close(102, 4);
	ev_write(101, 4, pipe_in(50), 8);
	ev_exit(101, 0);
	ev_signal(0, COMMAND, SIGKILL, SI_USER);
	ev_signal(0, 102, SIGKILL, SI_USER);
	ev_exit(COMMAND, SIGKILL);
	next_blocked(now() - 3500);
	ev_exit_in(102, SIGKILL, SYS_read, args, pipe_out(50));
	story_record()->stop = MP_STOP_TIMEOUT;
	story_model();
	is_int((int64_t)findings(MP_FIND_END_OPEN), 1, "an end that was open when all was stopped");
	is_int(pid_of(finding(MP_FIND_END_OPEN)->process), COMMAND, "though its holder died first");
}

static void closed_later(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_fork(COMMAND, 102);
	ev_close(102, 4);
	ev_write(101, 4, pipe_in(50), 8);
	ev_exit(101, 0);
	stuck(102, 3);
	ev_close(COMMAND, 4);
	stop_command();
	is_int((int64_t)findings(MP_FIND_END_OPEN), 1, "an end that is closed when it is too late");
}

static void still_writing(void)
{
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_fork(COMMAND, 102);
	ev_close(102, 4);
	ev_write(101, 4, pipe_in(50), 8);
	stuck(102, 3);
	stop_command();
	is_int((int64_t)findings(MP_FIND_END_OPEN), 0, "a writer that may write again");
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_close(101, 4);
	stuck(101, 3);
	stop_command();
	is_int((int64_t)findings(MP_FIND_END_OPEN), 0, "or one that has not begun");
	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_write(101, 4, pipe_in(50), 1);
	ev_read(101, 3, pipe_out(50), 1);
	ev_close(COMMAND, 4);
	stuck(101, 3);
	stop_command();
	is_int((int64_t)findings(MP_FIND_END_OPEN), 0, "or a pipe that holds tokens");
}

static void owner_died(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_wake(101, SYS_exit_group, COMMAND, SYS_futex);
	ev_exit(101, SIGKILL);
	next_blocked(now() - 2500);
	ev_futex(COMMAND, FUTEX_WAIT, shared(9, 64), 0);
	ev_wait(COMMAND, 101, SIGKILL, 0);
	story_model();
	is_int(pid_of(finding(MP_FIND_OWNER_DIED)->process), 101, "died and left a lock");
	is_int(pid_of(finding(MP_FIND_OWNER_DIED)->other), COMMAND, "to who waits for it");
	ok(finding(MP_FIND_OWNER_DIED)->word == model()->words[0], "at this word");
	story();
	ev_thread(COMMAND, 150);
	next_tid(150);
	ev_wake(COMMAND, SYS_exit, COMMAND, SYS_futex);
	ev_exit_as(COMMAND, 150, 0, 0);
	next_blocked(now() - 2500);
	ev_futex(COMMAND, FUTEX_WAIT, private(0x7000), 0);
	story_model();
	is_int((int64_t)findings(MP_FIND_OWNER_DIED), 0, "a thread that is joined is none");
	is_int(pid_of(act(MP_ACT_WAIT, 0)->whom), COMMAND, "though it ends a wait");
}

static void stuck_on(struct mp_word word, unsigned milliseconds)
{
	next_blocked(now() + 10);
	later(milliseconds);
	next_flags(MP_F_RESTART);
	ev_futex(COMMAND, FUTEX_WAIT, word, -512);
	ev_signal(0, COMMAND, SIGKILL, SI_USER);
	next_blocked(now() - 100);
	ev_exit_in(COMMAND, SIGKILL, SYS_futex, NULL, nothing());
	story_record()->stop = MP_STOP_TIMEOUT;
	story_model();
}

static void lost_wake(void)
{
	struct mp_word word = shared(9, 64);

	story();
	ev_fork(COMMAND, 101);
	ev_futex(101, FUTEX_WAKE, word, 0);
	stuck_on(word, 500);
	is_int(pid_of(finding(MP_FIND_LOST_WAKE)->process), 101, "woke when nobody waited");
	is_int(pid_of(finding(MP_FIND_LOST_WAKE)->other), COMMAND, "and now somebody waits");
	story();
	ev_fork(COMMAND, 101);
	ev_futex(101, FUTEX_WAKE, word, 0);
	stuck_on(word, 5);
	is_int((int64_t)findings(MP_FIND_LOST_WAKE), 0, "not for long");
	story();
	ev_futex(COMMAND, FUTEX_WAKE, word, 0);
	stuck_on(word, 500);
	is_int((int64_t)findings(MP_FIND_LOST_WAKE), 0, "or after its own wake");
	story();
	ev_fork(COMMAND, 101);
	ev_futex(101, FUTEX_WAKE, word, 0);
	ev_futex(COMMAND, FUTEX_WAIT, word, -EAGAIN);
	stuck_on(word, 500);
	is_int((int64_t)findings(MP_FIND_LOST_WAKE), 0, "or after more than that");
	story();
	ev_fork(COMMAND, 101);
	ev_futex(101, FUTEX_WAKE, word, 1);
	stuck_on(word, 500);
	is_int((int64_t)findings(MP_FIND_LOST_WAKE), 0, "a wake that woke is not lost");
}

static void doubtful_zombie(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_fork(COMMAND, 102);
	ev_exit(101, 0);
	ev_exit(102, 0);
	ev_wait(COMMAND, 555, 0, 0);
	later(500);
	ev_exit(COMMAND, 0);
	story_model();
	is_int((int64_t)findings(MP_FIND_ZOMBIE), 0,
	       "a parent that reaped somebody, who knows whom");
}

static void from_outside(void)
{
	story_gated();
	ev_held(3, pipe_out(50));
	ev_held(4, pipe_in(50));
	ev_exec(COMMAND, COMMAND, "c", "c", 2);
	stuck(COMMAND, 3);
	story_model();
	is_int((int64_t)findings(MP_FIND_END_OPEN), 0, "a pipe that others outside may write to");
}

static void all_stopped(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_signal(0, COMMAND, SIGKILL, SI_USER);
	ev_exit(COMMAND, SIGKILL);
	ev_signal(0, 101, SIGKILL, SI_USER);
	ev_exit(101, SIGKILL);
	story_record()->stop = MP_STOP_TIMEOUT;
	story_model();
	is_int((int64_t)findings(MP_FIND_LEFT), 0,
	       "when we stop all nobody was left by the command");
}

int main(void)
{
	tap_plan(0);
	zombies();
	left_running();
	sigpipe();
	forgotten_by_parent();
	forgotten_by_reader();
	only_ends();
	closed_later();
	still_writing();
	owner_died();
	lost_wake();
	doubtful_zombie();
	from_outside();
	all_stopped();
	story_end();
	return tap_done();
}
