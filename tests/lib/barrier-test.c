// SPDX-License-Identifier: GPL-2.0-or-later
/* A barrier between processes. */
#include <dlfcn.h>
#include <errno.h>
#include <linux/futex.h>
#include <mproc.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/ptrace.h>

#include "common.h"
#include "step.h"
#include "tap.h"

/* The thread sanitizer makes a thousand times as many steps, and threads that are slow to start. */
#ifdef __SANITIZE_THREAD__
enum { WATCHED = 1 };
#else
enum { WATCHED = 0 };
#endif

static struct mp_barrier *barrier;

static void make_barrier(unsigned parties)
{
	int rc = mp_barrier_new(&barrier, parties);

	if (rc)
		tap_bail("mp_barrier_new: %s", mp_result_text(rc));
}

static int wait_once(void)
{
	return mp_barrier_wait(barrier, MP_FOREVER);
}

static int wait_long(void)
{
	return mp_barrier_wait(barrier, 60000);
}

static bool is_waited_for(void *number)
{
	return mp_barrier_waiting(barrier) == *(unsigned *)number;
}

static bool gets_waiters(unsigned number)
{
	return comes_true(is_waited_for, &number);
}

static void test_making(void)
{
	struct mp_barrier *none = (void *)&barrier;

	is_int(mp_barrier_new(&none, 0), -EINVAL, "a barrier for nobody is refused");
	ok(!none, "and not made");
	is_int(mp_barrier_new(&none, MP_BARRIER_MAX + 1), -EINVAL, "and one for too many");
	is_int(mp_barrier_new(&none, MP_BARRIER_MAX), 0, "the most is allowed");
	is_int(mp_barrier_parties(none), MP_BARRIER_MAX, "it knows its parties");
	is_int(mp_barrier_waiting(none), 0, "nobody waits at a new one");
	ok(!mp_barrier_is_broken(none), "and it is whole");
	mp_barrier_free(none);
	mp_barrier_free(NULL);
}

static void test_one_party(void)
{
	make_barrier(1);
	is_int(mp_barrier_wait(barrier, MP_FOREVER), 0, "one party passes at once");
	is_int(mp_barrier_wait(barrier, 0), 0, "again and again");
	mp_barrier_abort(barrier);
	is_int(mp_barrier_wait(barrier, 0), MP_BROKEN, "unless it is broken");
	mp_barrier_reset(barrier);
	is_int(mp_barrier_wait(barrier, 0), 0, "until it is reset");
	mp_barrier_free(barrier);
}

static void test_meeting(void)
{
	pid_t one, other;

	make_barrier(3);
	one = start_child(wait_once);
	other = start_child(wait_long);
	ok(gets_waiters(2), "two have come");
	ok(falls_asleep(one) && falls_asleep(other), "they sleep");
	sleep_ms(20);
	ok(!has_ended(one) && !has_ended(other), "they do not pass without the third");
	is_int(mp_barrier_wait(barrier, 0), 0, "the third comes and does not wait");
	is_int(wait_status(one), 0, "the first passes");
	is_int(wait_status(other), 0, "the second passes");
	is_int(mp_barrier_waiting(barrier), 0, "nobody is left");
	mp_barrier_free(barrier);
}

static void test_timeout(void)
{
	int64_t before = now_ms();
	pid_t pid;

	make_barrier(3);
	is_int(mp_barrier_wait(barrier, 50), MP_TIMEOUT, "who is alone runs out of time");
	ok(now_ms() - before >= 49, "not before it is over");
	ok(mp_barrier_is_broken(barrier), "the barrier is broken now");
	is_int(mp_barrier_waiting(barrier), 0, "and nobody waits");
	is_int(mp_barrier_wait(barrier, MP_FOREVER), MP_BROKEN, "who comes later is told");
	is_int(mp_barrier_reset(barrier), 0, "a reset");
	ok(!mp_barrier_is_broken(barrier), "mends it");
	pid = start_child(wait_once);
	gets_waiters(1);
	is_int(mp_barrier_wait(barrier, 0), MP_TIMEOUT, "no time at all breaks it, too");
	is_int(wait_status(pid), MP_BROKEN, "the other is told");
	mp_barrier_reset(barrier);
	pid = start_child(wait_once);
	gets_waiters(1);
	is_int(mp_barrier_wait(barrier, 20), MP_TIMEOUT, "a time that is too short breaks it");
	is_int(wait_status(pid), MP_BROKEN, "the other is told");
	mp_barrier_free(barrier);
}

static void test_abort_and_reset(void)
{
	pid_t one, other;

	make_barrier(3);
	one = start_child(wait_once);
	other = start_child(wait_long);
	gets_waiters(2);
	falls_asleep(one);
	is_int(mp_barrier_abort(barrier), 0, "an abort");
	is_int(wait_status(one), MP_BROKEN, "sets the one free");
	is_int(wait_status(other), MP_BROKEN, "and the other");
	is_int(mp_barrier_abort(barrier), 0, "an abort of a broken one does nothing");
	mp_barrier_reset(barrier);
	is_int(mp_barrier_reset(barrier), 0, "a reset of a whole one does nothing");
	one = start_child(wait_once);
	gets_waiters(1);
	is_int(mp_barrier_reset(barrier), 0, "a reset with somebody inside");
	is_int(wait_status(one), MP_BROKEN, "sends him away");
	ok(!mp_barrier_is_broken(barrier), "and leaves the barrier whole");
	one = start_child(wait_once);
	other = start_child(wait_once);
	is_int(mp_barrier_wait(barrier, MP_FOREVER), 0, "the next round is as good as ever");
	is_int(wait_status(one) + wait_status(other), 0, "for all");
	mp_barrier_free(barrier);
}

enum { PARTIES = 3, ROUNDS = 3000 };

static struct shared {
	_Atomic unsigned come[ROUNDS];
	_Atomic unsigned early;
	_Atomic unsigned woken;
	_Atomic unsigned refused;
} * shared;

/*
 * Stands before libc's, to see what the kernel answers to each wait: 0 when it was woken, EAGAIN
 * when the word had changed and there was nothing to see for a tracer. How often a process left
 * the processor says less: one that is woken on its way to sleep never does.
 */
long syscall(long number, ...)
{
	static long (*next)(long, ...);
	long arguments[6], result;
	va_list values;

	va_start(values, number);
	for (size_t i = 0; i < 6; i++)
		arguments[i] = va_arg(values, long);
	va_end(values);
	if (next == NULL)
		next = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
	result = next(number, arguments[0], arguments[1], arguments[2], arguments[3], arguments[4],
		      arguments[5]);
	if (shared != NULL && number == SYS_futex &&
	    (arguments[1] == FUTEX_WAIT || arguments[1] == FUTEX_WAIT_BITSET)) {
		if (result == 0)
			shared->woken++;
		else if (errno == EAGAIN)
			shared->refused++;
	}
	return result;
}

/* Counts itself before each round; behind the barrier all must have. */
static int go_round(void)
{
	for (unsigned i = 0; i < ROUNDS; i++) {
		shared->come[i]++;
		if (mp_barrier_wait(barrier, i % 2 ? MP_FOREVER : 60000) != 0)
			return 1;
		if (shared->come[i] != PARTIES)
			shared->early++;
	}
	return 0;
}

static void test_rounds(void)
{
	pid_t pids[PARTIES];
	int bad = 0;

	shared = shared_memory(sizeof(*shared));
	make_barrier(PARTIES);
	for (unsigned i = 0; i < PARTIES; i++)
		pids[i] = start_child(go_round);
	for (unsigned i = 0; i < PARTIES; i++)
		bad += wait_status(pids[i]);
	is_int(bad, 0, "a barrier serves many rounds");
	is_int(shared->early, 0, "nobody is let go before all have come");
	ok(shared->woken >= (PARTIES - 1) * ROUNDS,
	   "in each round all but the last are woken: %u of %d times", shared->woken,
	   (PARTIES - 1) * ROUNDS);
	is_int(shared->refused, 0, "and none comes too late to wait");
	mp_barrier_free(barrier);
}

/* More processes than parties: any two that come make a round. */
enum { CROWD = 6 };

static int go_many_rounds(void)
{
	int rc = 0;

	for (unsigned i = 0; i < 1000 && rc == 0; i++)
		rc = mp_barrier_wait(barrier, 60000);
	return rc == MP_BROKEN ? 0 : rc;
}

/* One may be left with rounds to go, and nobody to meet. */
static bool crowd_is_done(void *pids)
{
	unsigned ended = 0;

	for (unsigned i = 0; i < CROWD; i++)
		ended += has_ended(((pid_t *)pids)[i]);
	return ended == CROWD || (ended == CROWD - 1 && mp_barrier_waiting(barrier) == 1);
}

static void test_more_than_parties(void)
{
	pid_t pids[CROWD];
	int bad = 0;

	make_barrier(2);
	for (unsigned i = 0; i < CROWD; i++)
		pids[i] = start_child(go_many_rounds);
	ok(comes_true(crowd_is_done, pids), "more processes than parties meet in pairs");
	mp_barrier_abort(barrier);
	for (unsigned i = 0; i < CROWD; i++)
		bad += wait_status(pids[i]);
	is_int(bad, 0, "and no round breaks by it");
	mp_barrier_free(barrier);
}

static void *wait_in_thread(void *result)
{
	*(int *)result = mp_barrier_wait(barrier, MP_FOREVER);
	return NULL;
}

static void test_threads(void)
{
	pthread_t thread;
	int result = -1;

	make_barrier(2);
	pthread_create(&thread, NULL, wait_in_thread, &result);
	is_int(mp_barrier_wait(barrier, MP_FOREVER), 0, "threads meet, too");
	pthread_join(thread, NULL);
	is_int(result, 0, "both");
	mp_barrier_free(barrier);
}

static void ignore(int number)
{
}

static void test_signals(void)
{
	const struct sigaction action = {.sa_handler = ignore};
	pid_t pid;

	sigaction(SIGUSR1, &action, NULL);
	make_barrier(2);
	pid = start_child(wait_once);
	gets_waiters(1);
	for (unsigned i = 0; i < 5; i++) {
		falls_asleep(pid);
		kill(pid, SIGUSR1);
		sleep_ms(2);
	}
	kill(pid, SIGSTOP);
	sleep_ms(5);
	kill(pid, SIGCONT);
	falls_asleep(pid);
	ok(!has_ended(pid), "neither handlers nor a stop end a wait");
	is_int(mp_barrier_wait(barrier, MP_FOREVER), 0, "the other comes");
	is_int(wait_status(pid), 0, "both pass");
	mp_barrier_free(barrier);
}

/* --- one that has come, but does not sleep yet: stopped in front of its futex call --- */

static int wait_under_trace(void)
{
	if (ptrace(PTRACE_TRACEME, 0, 0, 0) != 0)
		return 77;
	raise(SIGSTOP);
	return mp_barrier_wait(barrier, MP_FOREVER);
}

/* To its next futex call's begin, or end. False: it did not get there. */
static bool run_to_futex(pid_t pid, unsigned char where, struct ptrace_syscall_info *info)
{
	int status;

	do {
		if (ptrace(PTRACE_SYSCALL, pid, 0, 0) != 0 || waitpid(pid, &status, 0) != pid ||
		    !WIFSTOPPED(status))
			return false;
		if (ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(*info), info) < 0)
			return false;
	} while (info->op != where ||
		 (where == PTRACE_SYSCALL_INFO_ENTRY && info->entry.nr != SYS_futex));
	return true;
}

static pid_t stopped_before_sleep(void)
{
	struct ptrace_syscall_info info;
	pid_t pid = start_child(wait_under_trace);
	int status;

	waitpid(pid, &status, 0);
	if (!WIFSTOPPED(status))
		return -1;
	/* Without it the kernel does not tell a call's begin from its end. */
	ptrace(PTRACE_SETOPTIONS, pid, 0, PTRACE_O_TRACESYSGOOD);
	if (!run_to_futex(pid, PTRACE_SYSCALL_INFO_ENTRY, &info))
		tap_bail("a traced party does not get to its futex call");
	return pid;
}

static void test_late_sleeper(void)
{
	struct ptrace_syscall_info info = {0};
	pid_t late, last;

	make_barrier(2);
	late = stopped_before_sleep();
	if (late < 0) {
		tap_skip(4, "ptrace is not allowed here");
		return;
	}
	is_int(mp_barrier_waiting(barrier), 1, "one has come, and does not sleep yet");
	last = start_child(wait_once);
	sleep_ms(30);
	ok(!has_ended(last), "the last one waits for him to sleep");
	run_to_futex(late, PTRACE_SYSCALL_INFO_EXIT, &info);
	is_int(info.exit.rval, 0, "he slept and was woken, and did not miss it");
	ptrace(PTRACE_DETACH, late, 0, 0);
	is_int(wait_status(last) + wait_status(late), 0, "both pass");
	mp_barrier_free(barrier);
}

/* A party that was let go without having slept must see that it is over. */
static void test_patience(void)
{
	pid_t late;

	make_barrier(2);
	late = stopped_before_sleep();
	if (late < 0) {
		tap_skip(2, "ptrace is not allowed here");
		return;
	}
	is_int(mp_barrier_wait(barrier, MP_FOREVER), 0, "patience with a late one has an end");
	ptrace(PTRACE_DETACH, late, 0, 0);
	is_int(wait_status(late), 0, "he passes when he gets there");
	mp_barrier_free(barrier);
}

/* --- the place that each one came to --- */

static int collect_indexes(void)
{
	unsigned index;

	for (unsigned i = 0; i < 100; i++) {
		if (mp_barrier_wait_index(barrier, 60000, &index) != 0 || index >= PARTIES)
			return 1;
		shared->come[i] += 1u << index;
	}
	return 0;
}

static void test_index(void)
{
	unsigned index = 7, bad = 0;
	pid_t one, other;

	make_barrier(PARTIES);
	is_int(mp_barrier_wait_index(barrier, 0, &index), MP_TIMEOUT, "who is alone gets no index");
	is_int(index, 7, "nor is it changed");
	mp_barrier_reset(barrier);
	*shared = (struct shared){0};
	one = start_child(collect_indexes);
	other = start_child(collect_indexes);
	is_int(collect_indexes(), 0, "each party of a round has an index");
	is_int(wait_status(one) + wait_status(other), 0, "all of them");
	for (unsigned i = 0; i < 100; i++)
		bad += shared->come[i] != (1u << PARTIES) - 1;
	is_int(bad, 0, "no two the same one");
	mp_barrier_free(barrier);
}

/* --- deaths --- */

static void kill_now(pid_t pid)
{
	kill(pid, SIGKILL);
	wait_status(pid);
}

static bool next_round_is_good(void)
{
	pid_t pid;

	mp_barrier_reset(barrier);
	pid = start_child(wait_once);
	return mp_barrier_wait(barrier, 20000) == 0 && wait_status(pid) == 0;
}

static void test_dead_waiter(void)
{
	int64_t before = now_ms();
	pid_t one, other;

	make_barrier(2);
	one = start_child(wait_once);
	gets_waiters(1);
	falls_asleep(one);
	kill_now(one);
	is_int(mp_barrier_wait(barrier, MP_FOREVER), MP_BROKEN, "who comes after a death is told");
	ok(mp_barrier_is_broken(barrier), "the barrier is broken");
	ok(next_round_is_good(), "until a reset");
	mp_barrier_free(barrier);
	make_barrier(3);
	one = start_child(wait_once);
	other = start_child(wait_long);
	gets_waiters(2);
	falls_asleep(other);
	kill_now(one);
	is_int(wait_status(other), MP_BROKEN, "who waits with one that dies is told");
	ok(now_ms() - before < 10000, "soon");
	mp_barrier_free(barrier);
}

static int wait_and_stay(void)
{
	int rc = mp_barrier_wait(barrier, MP_FOREVER);

	while (rc == 0)
		pause();
	return rc;
}

static int enroll_and_stay(void)
{
	if (mp_barrier_enroll(barrier) == 0 && mp_barrier_enroll(barrier) == 0)
		pause();
	return 1;
}

/* Between two rounds, and before the first one. */
static void test_dead_elsewhere(void)
{
	pid_t worker;

	make_barrier(2);
	worker = start_child(wait_and_stay);
	is_int(mp_barrier_wait(barrier, MP_FOREVER), 0, "two meet");
	falls_asleep(worker);
	kill_now(worker);
	is_int(mp_barrier_wait(barrier, MP_FOREVER), MP_BROKEN, "one that came once is missed");
	is_int(mp_barrier_reset(barrier), 0, "a reset forgets it");
	is_int(mp_barrier_wait(barrier, 600), MP_TIMEOUT, "so nobody is missed");
	mp_barrier_reset(barrier);
	worker = start_child(enroll_and_stay);
	falls_asleep(worker);
	kill_now(worker);
	is_int(mp_barrier_wait(barrier, MP_FOREVER), MP_BROKEN, "so is one that enrolled");
	mp_barrier_free(barrier);
}

static int leave_by_return(void *argument)
{
	return mp_barrier_wait(barrier, 20000);
}

static int leave_by_exit(void *argument)
{
	exit(mp_barrier_wait(barrier, 20000));
}

static int leave_by_free(void *argument)
{
	int rc = mp_barrier_wait(barrier, 20000);

	mp_barrier_free(barrier);
	_exit(rc);
}

/* Each of them meets this process once, and is gone when it waits for the next. */
static void test_leaving(void)
{
	int (*const ways[])(void *) = {leave_by_return, leave_by_exit, leave_by_free};
	struct mp_process *process;
	int bad = 0, code = 0;

	make_barrier(2);
	for (unsigned i = 0; i < 3; i++) {
		bad += mp_process_new(&process, NULL, ways[i], NULL) != 0;
		bad += mp_process_start(process) != 0;
		bad += mp_barrier_wait(barrier, MP_FOREVER) != 0;
		bad += mp_process_join(process, 20000) != 0;
		bad += mp_process_exit_code(process, &code) != 0 || code != 0;
		mp_process_free(process);
		bad += mp_barrier_waiting(barrier) != 0;
	}
	is_int(bad, 0, "who ends in good order is not missed");
	is_int(mp_barrier_wait(barrier, 600), MP_TIMEOUT, "nor told of");
	mp_barrier_reset(barrier);
	mp_barrier_free(barrier);
}

/* Neither reads the clock: see step.h. */
static void enroll_and_wait(void *unused)
{
	(void)unused;
	mp_barrier_enroll(barrier);
	shared->early = 1;
	mp_barrier_wait(barrier, MP_FOREVER);
}

static void enroll_and_break(void *unused)
{
	(void)unused;
	mp_barrier_enroll(barrier);
	mp_barrier_abort(barrier);
}

/* How many steps it takes, roughly, to come there. The way is the same each time, but for the
 * length of a few numbers. */
static unsigned long steps_until(bool (*is_there)(unsigned long steps))
{
	unsigned long low = 0, high = 1;

	while (!is_there(high) && high < 1000000)
		high *= 2;
	while (low + 1 < high) {
		unsigned long middle = (low + high) / 2;

		if (is_there(middle))
			high = middle;
		else
			low = middle;
	}
	return low;
}

static bool enrolls(unsigned long steps)
{
	int end;

	shared->early = 0;
	end = killed_after(enroll_and_wait, NULL, steps);
	return end != STEP_INSIDE || shared->early;
}

/* The last one dies at any place: who waits is let go or told, and not by anybody here. */
static void test_killed_last(void)
{
	enum { STRIDE = 67 };
	unsigned long steps, bad = 0, passed = 0, told = 0;
	int end, rc;
	pid_t pid;

	make_barrier(1);
	steps = steps_until(enrolls);
	mp_barrier_free(barrier);
	do {
		make_barrier(2);
		shared->early = 0;
		pid = start_child(wait_once);
		gets_waiters(1);
		falls_asleep(pid);
		end = killed_after(enroll_and_wait, NULL, steps);
		if (!shared->early)
			mp_barrier_abort(barrier);
		rc = wait_status(pid);
		passed += rc == 0;
		told += rc == MP_BROKEN && shared->early;
		bad += (rc != 0 && rc != MP_BROKEN) || !next_round_is_good();
		mp_barrier_free(barrier);
		steps += STRIDE;
	} while (end == STEP_INSIDE);
	if (end == STEP_FORBIDDEN)
		tap_skip(1, "no process may be traced here");
	else
		ok(bad == 0 && passed > 0 && told > 0,
		   "a killed last one: %lu times the other passed, %lu times it was told", passed,
		   told);
}

/* A party that breaks it dies after so many steps. */
static int end_of_breaker;
static unsigned untold;

/* Whether it broke the barrier. The other is told, by whomever. */
static bool breaks_and_dies(unsigned long steps)
{
	bool broken;
	pid_t pid;

	make_barrier(3);
	pid = start_child(wait_once);
	gets_waiters(1);
	falls_asleep(pid);
	end_of_breaker = killed_after(enroll_and_break, NULL, steps);
	broken = mp_barrier_is_broken(barrier);
	if (!broken)
		mp_barrier_abort(barrier);
	untold += wait_status(pid) != MP_BROKEN;
	mp_barrier_free(barrier);
	return broken || end_of_breaker != STEP_INSIDE;
}

/* What matters is between the step that breaks the barrier and the wake. */
static void test_killed_breaker(void)
{
	enum { BEFORE = 22, AFTER = 100, STRIDE = 11 };
	unsigned long place = steps_until(breaks_and_dies), steps;
	unsigned broken = 0;

	for (steps = place < BEFORE ? 0 : place - BEFORE; steps < place + AFTER; steps += STRIDE)
		broken += breaks_and_dies(steps);
	if (end_of_breaker == STEP_FORBIDDEN)
		tap_skip(1, "no process may be traced here");
	else
		ok(untold == 0 && broken > 1, "a killed breaker: the other is told");
}

int main(void)
{
	unsigned fds;

	tap_plan(0);
	fds = open_fds();
	test_making();
	test_one_party();
	test_meeting();
	test_timeout();
	test_abort_and_reset();
	test_rounds();
	test_more_than_parties();
	test_threads();
	test_signals();
	test_late_sleeper();
	test_patience();
	test_index();
	test_dead_waiter();
	test_dead_elsewhere();
	test_leaving();
	if (!WATCHED) {
		test_killed_last();
		test_killed_breaker();
	}
	is_int(open_fds(), fds, "no descriptor was left open");
	ok(!has_child(), "no child is left");
	return tap_done();
}
