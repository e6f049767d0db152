// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A look at a child that a signal handler interrupts; and where there are no pidfds, all works but
 * for the pidfd itself.
 */
#include <errno.h>
#include <mproc.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include "common.h"
#include "days.h"
#include "tap.h"

static _Noreturn int sleep_on(void *argument)
{
	for (;;)
		pause();
}

static int leave(void *argument)
{
	return 7;
}

static struct mp_process *started(int (*run)(void *))
{
	struct mp_process *process;

	if (mp_process_new(&process, NULL, run, NULL) != 0 || mp_process_start(process) != 0)
		tap_bail("no process could be started");
	return process;
}

static bool is_interrupted;

/* Stands before libc's. A signal may end even a call that does not wait. */
int poll(struct pollfd *fds, nfds_t count, int timeout_ms)
{
	const struct timespec timeout = {timeout_ms / 1000, timeout_ms % 1000 * 1000000L};

	if (!is_interrupted)
		return ppoll(fds, count, timeout_ms < 0 ? NULL : &timeout, NULL);
	errno = EINTR;
	return -1;
}

static void test_interrupted(void)
{
	struct mp_process *process = started(sleep_on);

	is_interrupted = true;
	ok(mp_process_is_alive(process), "who is looked at during a signal is alive");
	is_int(mp_process_kill(process), 0, "it is killed");
	is_interrupted = false;
	is_int(mp_process_join(process, 10000), 0, "and joined");
	ok(!mp_process_is_alive(process), "then it is not alive");
	mp_process_free(process);
}

static void test_life(void)
{
	struct mp_process *process = started(sleep_on);
	int code = 0;

	ok(mp_process_is_alive(process), "a process that was started is alive");
	is_int(mp_process_pidfd(process), -ENOSYS, "it has no pidfd");
	is_int(mp_process_exit_code(process, &code), MP_RUNNING, "nor an exit code yet");
	is_int(mp_process_join(process, 20), MP_TIMEOUT, "a join ends when the time is up");
	is_int(mp_process_terminate(process), 0, "it is terminated");
	is_int(mp_process_join(process, 10000), 0, "and joined");
	ok(!mp_process_is_alive(process), "then it is not alive");
	is_int(mp_process_exit_code(process, &code), 0, "has an exit code");
	is_int(code, -SIGTERM, "that tells the signal");
	is_int(mp_process_terminate(process), -ESRCH, "and gets no signal any more");
	is_int(mp_process_free(process), 0, "it is freed");
}

static void test_end(void)
{
	struct mp_process *process = started(leave);
	int code = 0;

	is_int(mp_process_join(process, MP_FOREVER), 0, "a join without limit waits for the end");
	is_int(mp_process_exit_code(process, &code), 0, "there is an exit code");
	is_int(code, 7, "which the function returned");
	mp_process_free(process);

	process = started(sleep_on);
	kill(mp_process_pid(process), SIGKILL);
	while (mp_process_is_alive(process))
		sleep_ms(1);
	is_int(mp_process_exit_code(process, &code), 0, "the exit code of a zombie");
	is_int(code, -SIGKILL, "tells who killed it");
	is_int(mp_process_free(process), 0, "freeing reaps it");
	ok(!has_child(), "no child is left");
}

static void test_days(void)
{
	for (const struct day *day = days; day->object; day++)
		is_int(day->live(), 0, "a day of %s", day->object);
}

int main(void)
{
	const unsigned fds = open_fds();

	if (days_begin() != 0)
		return 1;
	tap_plan(0);
	test_interrupted();
	if (!forbid_pidfds())
		tap_bail("pidfds cannot be forbidden here");
	test_life();
	test_end();
	test_days();
	is_int(open_fds(), fds, "no descriptor is left");
	return tap_done();
}
