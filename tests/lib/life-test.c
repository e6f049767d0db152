// SPDX-License-Identifier: GPL-2.0-or-later
/* Who is alive, when a number may mean another by now. Built with the object inside. */
#include <signal.h>
#include <unistd.h>

#include "common.h"
#include "internal.h"
#include "tap.h"

enum { MANY = 40 };

static _Noreturn int sleep_on(void *argument)
{
	for (;;)
		pause();
}

static int is_another(void *parent)
{
	const struct mp_life self = mp_life_self();
	const bool right = self.pid == getpid() && mp_life_is(self, mp_life_of(getpid())) &&
			   !mp_life_is(self, *(struct mp_life *)parent);

	return right ? 0 : 1;
}

static void test_self(void)
{
	struct mp_life self = mp_life_self(), other = self;

	is_int(self.pid, getpid(), "a life has the number of its process");
	ok(self.start != 0 && mp_life_is(self, mp_life_of(getpid())), "and a beginning");
	ok(mp_life_exists(self) && !mp_life_ended(self), "it is alive");
	is_int(wait_status(child_doing(is_another, &self)), 0, "that of a child is another");
	other.start++;
	ok(!mp_life_is(self, other), "one with another beginning is not the same");
	ok(!mp_life_exists(other) && mp_life_ended(other), "and over, though its number lives");
	other.start = 0;
	ok(mp_life_exists(other) && !mp_life_ended(other), "if none is known, the number counts");
	other.pid = 0;
	ok(!mp_life_exists(other) && mp_life_ended(other), "nobody is not alive");
}

static void test_child(void)
{
	const pid_t pid = child_doing(sleep_on, NULL);
	const struct mp_life child = mp_life_of(pid);

	ok(mp_life_exists(child) && !mp_life_ended(child), "a child is alive");
	kill(pid, SIGSTOP);
	ok(mp_life_exists(child) && !mp_life_ended(child), "also when it is stopped");
	kill(pid, SIGKILL);
	while (!has_ended(pid))
		sleep_ms(1);
	ok(mp_life_exists(child) && mp_life_ended(child), "a zombie exists, but is dead");
	forbid_fds(true);
	ok(mp_life_ended(child), "which takes no descriptor to find out");
	forbid_fds(false);
	wait_status(pid);
	ok(!mp_life_exists(child) && mp_life_ended(child), "one that was reaped does not exist");
}

/* More than can be remembered. */
static void test_many(void)
{
	struct mp_lives lives;
	unsigned wrong = 0;

	lives.count = 0;
	for (unsigned round = 0; round < 2; round++)
		for (unsigned i = 0; i < MANY; i++) {
			struct mp_life life = mp_life_self();

			life.start += i;
			wrong += mp_lives_ended(&lives, life) != (i > 0);
		}
	is_int(wrong, 0, "of many, each is told from the others");
}

int main(void)
{
	const unsigned fds = open_fds();

	tap_plan(0);
	test_self();
	test_child();
	test_many();
	is_int(open_fds(), fds, "no descriptor is left");
	return tap_done();
}
