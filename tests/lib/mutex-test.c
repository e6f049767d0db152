// SPDX-License-Identifier: GPL-2.0-or-later
/* What a wake-up is worth whose receiver never takes the lock: it must not be the last one. */
#include <mproc.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "tap.h"

enum { TIMES = 3, TRIES = 20 * TIMES, PATIENCE_MS = 20000 };

static struct mp_value *value;

/* All on one processor, where an idle one does not run as long as the others have to do. */
static bool share_one_processor(void)
{
	cpu_set_t all, one;
	int cpu = 0;

	if (sched_getaffinity(0, sizeof(all), &all) != 0)
		return false;
	while (!CPU_ISSET(cpu, &all))
		cpu++;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	return sched_setaffinity(0, sizeof(one), &one) == 0;
}

static int acquire(void *argument)
{
	return mp_value_acquire(value, argument ? PATIENCE_MS : MP_FOREVER);
}

static int acquire_when_idle(void *argument)
{
	const struct sched_param none = {0};

	if (sched_setscheduler(0, SCHED_IDLE, &none) != 0)
		return 1;
	return acquire(argument);
}

/*
 * He is woken, but before he runs the lock is taken again, and he is stopped or killed. False: he
 * was faster, and has died with the lock; then it came back from the dead, and must be released all
 * the same.
 */
static bool wake_in_vain(pid_t idle, int signal)
{
	int status, rc;

	mp_value_release(value);
	rc = mp_value_acquire(value, 0);
	kill(idle, rc == 0 ? signal : SIGKILL);
	waitpid(idle, &status, WUNTRACED);
	if (rc == 0 || rc == MP_OWNER_DIED)
		mp_value_release(value);
	return rc == 0 && !WIFEXITED(status);
}

static bool ends_soon(pid_t pid)
{
	const int64_t end = now_ms() + PATIENCE_MS / 2;

	while (!has_ended(pid) && now_ms() < end)
		sleep_ms(1);
	return has_ended(pid);
}

static void test_vain(int signal, const char *what, void *timed)
{
	unsigned vain = 0, left = 0, tries;

	for (tries = 0; vain < TIMES && tries < TRIES; tries++) {
		pid_t idle, other;

		mp_value_new(&value, MP_INT32);
		mp_value_acquire(value, MP_FOREVER);
		idle = child_doing(acquire_when_idle, NULL);
		falls_asleep(idle);
		other = child_doing(acquire, timed);
		falls_asleep(other);
		vain += wake_in_vain(idle, signal);
		left += !ends_soon(other);
		kill(other, SIGKILL);
		wait_status(other);
		kill(idle, SIGKILL);
		waitpid(idle, NULL, 0);
		mp_value_free(value);
	}
	is_int(left, 0, "nobody is left asleep by a wake-up of one who was %s", what);
	ok(vain == TIMES, "which was in vain as often as it should be");
	tap_note("%u of %u wake-ups were in vain", vain, tries);
}

int main(void)
{
	tap_plan(0);
	if (!share_one_processor())
		tap_bail("no processor to share");
	test_vain(SIGKILL, "killed", NULL);
	test_vain(SIGSTOP, "stopped", NULL);
	test_vain(SIGKILL, "killed, who waits with a timeout", &value);
	ok(!has_child(), "no child is left");
	return tap_done();
}
