// SPDX-License-Identifier: GPL-2.0-or-later
/* A number that processes share. */
#include <errno.h>
#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <mproc.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <unistd.h>

#include "common.h"
#include "step.h"
#include "tap.h"

static struct mp_value *value;

static void make(enum mp_type type)
{
	int rc = mp_value_new(&value, type);

	if (rc)
		tap_bail("mp_value_new: %s", mp_result_text(rc));
}

static int64_t number(void)
{
	int64_t number = INT64_MIN;
	int rc = mp_value_get_int64(value, &number);

	if (rc)
		tap_bail("mp_value_get_int64: %s", mp_result_text(rc));
	return number;
}

/* --- every type --- */

static const struct integer {
	enum mp_type type;
	size_t size;
	int64_t least;
	int64_t most;
} integers[] = {
	{MP_INT8, 1, INT8_MIN, INT8_MAX},    {MP_UINT8, 1, 0, UINT8_MAX},
	{MP_INT16, 2, INT16_MIN, INT16_MAX}, {MP_UINT16, 2, 0, UINT16_MAX},
	{MP_INT32, 4, INT32_MIN, INT32_MAX}, {MP_UINT32, 4, 0, UINT32_MAX},
	{MP_INT64, 8, INT64_MIN, INT64_MAX}, {MP_UINT64, 8, 0, INT64_MAX},
};

static void test_making(void)
{
	static const int none[] = {0, -1, MP_STRING, MP_BYTES, MP_BYTES + 1, 1000000};

	for (size_t i = 0; i < sizeof(none) / sizeof(none[0]); i++) {
		value = (void *)&value;
		is_int(mp_value_new(&value, (enum mp_type)none[i]), -EINVAL, "type %d is refused",
		       none[i]);
		ok(!value, "and nothing is made");
	}
	is_int(mp_value_free(NULL), 0, "nothing is freed");
}

static void test_integer(const struct integer *of)
{
	int64_t sum = 77;
	double floating = 77;

	make(of->type);
	is_int(mp_value_type(value), of->type, "type %d is known", (int)of->type);
	is_int(number(), 0, "it is 0 at first");
	is_int((intptr_t)mp_value_data(value) % (intptr_t)of->size, 0, "it is aligned");
	is_int(mp_value_set_int64(value, of->most), 0, "the most it holds is set");
	is_int(number(), of->most, "and is there");
	is_int(mp_value_add_int64(value, 1, &sum), -ERANGE, "one more is too many");
	is_int(sum, 77, "no sum is told");
	is_int(number(), of->most, "nothing was changed");
	is_int(mp_value_set_int64(value, of->least), 0, "the least it holds is set");
	is_int(number(), of->least, "and is there");
	is_int(mp_value_add_int64(value, -1, NULL), -ERANGE, "one less is too few");
	is_int(mp_value_add_int64(value, 5, &sum), 0, "it is added to");
	is_int(sum, of->least + 5, "the sum is told");
	is_int(mp_value_add_int64(value, -3, NULL), 0, "a negative number, too");
	is_int(number(), of->least + 2, "the sum is there");
	if (of->most < INT64_MAX) {
		is_int(mp_value_set_int64(value, of->most + 1), -ERANGE, "too many are refused");
		is_int(mp_value_set_int64(value, INT64_MAX), -ERANGE, "and by far");
		is_int(mp_value_add_int64(value, INT64_MAX, NULL), -ERANGE, "also a sum");
	}
	if (of->least > INT64_MIN) {
		is_int(mp_value_set_int64(value, of->least - 1), -ERANGE, "too few are refused");
		is_int(mp_value_set_int64(value, INT64_MIN), -ERANGE, "and by far");
		is_int(mp_value_add_int64(value, INT64_MIN, NULL), -ERANGE, "also a sum");
	}
	is_int(number(), of->least + 2, "nothing of it was changed");
	is_int(mp_value_set_double(value, 1), -EINVAL, "it is not floating: not to set");
	is_int(mp_value_get_double(value, &floating), -EINVAL, "not to get");
	is_int(mp_value_add_double(value, 1, &floating), -EINVAL, "not to add");
	ok(same_number(floating, 77) && number() == of->least + 2, "and nothing was touched");
	is_int(mp_value_free(value), 0, "it is freed");
}

static void test_large_unsigned(void)
{
	int64_t sum = 0;
	uint64_t *data;

	make(MP_UINT64);
	data = mp_value_data(value);
	*data = UINT64_MAX;
	is_int(mp_value_get_int64(value, &sum), -ERANGE, "more than an int64_t holds is not got");
	is_int(mp_value_add_int64(value, -1, &sum), -ERANGE, "nor is such a sum made");
	ok(*data == UINT64_MAX, "it stays in the memory");
	*data = (uint64_t)INT64_MAX + 1;
	is_int(mp_value_add_int64(value, -1, &sum), 0, "a sum that fits is made");
	is_int(sum, INT64_MAX, "and told");
	is_int(number(), INT64_MAX, "and there");
	mp_value_free(value);
}

static double floating(void)
{
	double number = -1;

	if (mp_value_get_double(value, &number))
		tap_bail("mp_value_get_double");
	return number;
}

static void test_floating(enum mp_type type, double most, double too_much)
{
	static const double exact[] = {3.625, -4.25, 0, 1e10, INFINITY, -INFINITY};
	double sum = 0;
	int64_t integer = 77;

	make(type);
	ok(same_number(floating(), 0), "type %d is 0 at first", (int)type);
	for (size_t i = 0; i < sizeof(exact) / sizeof(exact[0]); i++) {
		is_int(mp_value_set_double(value, exact[i]), 0, "%g is set", exact[i]);
		ok(same_number(floating(), exact[i]), "and is there");
	}
	ok(mp_value_add_double(value, 1, &sum) == 0 && same_number(sum, -INFINITY),
	   "infinite stays so");
	mp_value_set_double(value, -0.0);
	ok(same_number(floating(), -0.0), "zero keeps its sign");
	mp_value_set_double(value, NAN);
	ok(isnan(floating()), "what is no number is kept");
	mp_value_set_double(value, 1.5);
	is_int(mp_value_add_double(value, 2.25, &sum), 0, "it is added to");
	ok(same_number(sum, 3.75) && same_number(floating(), 3.75), "the sum is told, and there");
	is_int(mp_value_add_double(value, -4, NULL), 0, "nobody has to ask for the sum");
	ok(same_number(floating(), -0.25), "it is there");
	is_int(mp_value_set_double(value, most), 0, "the largest is set");
	is_int(mp_value_add_double(value, most, &sum), -ERANGE, "twice the largest is too large");
	ok(same_number(sum, 3.75) && same_number(floating(), most), "and not made");
	if (too_much < INFINITY)
		is_int(mp_value_set_double(value, too_much), -ERANGE, "so is %g", too_much);
	is_int(mp_value_set_double(value, INFINITY), 0, "infinite is not too large");
	is_int(mp_value_set_double(value, most), 0, "and can be left");
	is_int(mp_value_set_int64(value, 1), -EINVAL, "it is no integer: not to set");
	is_int(mp_value_get_int64(value, &integer), -EINVAL, "not to get");
	is_int(mp_value_add_int64(value, 1, &integer), -EINVAL, "not to add");
	ok(integer == 77 && same_number(floating(), most), "and nothing was touched");
	mp_value_free(value);
}

static void test_float_rounds(void)
{
	make(MP_FLOAT);
	is_int(mp_value_set_double(value, 0.1), 0, "a float takes 0.1");
	ok(same_number(floating(), (double)0.1f), "as the nearest that it has");
	mp_value_free(value);
}

/* --- the memory --- */

static int write_memory(void)
{
	*(int32_t *)mp_value_data(value) = 24234;
	return 0;
}

static void test_memory(void)
{
	make(MP_INT32);
	*(int32_t *)mp_value_data(value) = 4343;
	is_int(number(), 4343, "what is written to the memory is got");
	is_int(result_of(write_memory), 0, "a child writes to the memory");
	is_int(number(), 24234, "it is seen here");
	is_int(*(int32_t *)mp_value_data(value), 24234, "in the memory, too");
	mp_value_free(value);
}

static int set_in_child(void)
{
	return mp_value_set_int64(value, -77) || mp_value_free(value);
}

static void test_outlives(void)
{
	make(MP_INT64);
	is_int(result_of(set_in_child), 0, "a child sets it, frees its handle and ends");
	is_int(number(), -77, "what it left is there");
	mp_value_free(value);
}

/* --- the lock --- */

static int try_it(void)
{
	return mp_value_acquire(value, 0);
}

static int try_for_a_while(void)
{
	const int64_t before = now_ms();
	int rc = mp_value_acquire(value, 50);

	return now_ms() - before < 49 ? 100 : rc;
}

static int release_it(void)
{
	return mp_value_release(value) == -EPERM && mp_value_free(value) == 0 ? 0 : 1;
}

static void test_lock(void)
{
	int64_t sum = 0;

	make(MP_INT64);
	is_int(mp_value_release(value), -EPERM, "what nobody holds is not released");
	is_int(mp_value_acquire(value, MP_FOREVER), 0, "it is taken");
	is_int(mp_value_acquire(value, 0), 0, "again by who holds it");
	is_int(mp_value_acquire(value, 10), 0, "and again");
	is_int(mp_value_set_int64(value, 5), 0, "and can be set");
	is_int(mp_value_add_int64(value, number(), &sum), 0, "and got, and added to");
	is_int(sum, 10, "as ever");
	is_int(mp_value_free(value), -EBUSY, "it is not freed while it is held");
	is_int(result_of(try_it), MP_TIMEOUT, "another one does not get it");
	is_int(result_of(try_for_a_while), MP_TIMEOUT, "nor in some time");
	is_int(result_of(release_it), 0, "nor releases it, but frees its own handle");
	is_int(mp_value_release(value), 0, "it is released");
	is_int(mp_value_release(value), 0, "as often");
	is_int(result_of(try_it), MP_TIMEOUT, "and held until then");
	is_int(mp_value_release(value), 0, "as it was taken");
	is_int(mp_value_release(value), -EPERM, "and no more");
	is_int(result_of(release_it), 0, "another one has nothing to release");
	is_int(result_of(try_it), 0, "another one gets it");
	is_int(mp_value_acquire(value, 0), MP_OWNER_DIED, "and dies with it, which is told");
	is_int(mp_value_release(value), 0, "it is released");
	is_int(mp_value_acquire(value, 0), 0, "after that all is well");
	is_int(mp_value_release(value), 0, "again");
	is_int(mp_value_free(value), 0, "and can be freed");
}

static int add_one(void)
{
	return mp_value_add_int64(value, 1, NULL);
}

static int get_it(void)
{
	int64_t got;

	return mp_value_get_int64(value, &got);
}

static void test_helpers_wait(void)
{
	pid_t adder, getter;

	make(MP_INT64);
	mp_value_acquire(value, MP_FOREVER);
	adder = start_child(add_one);
	getter = start_child(get_it);
	ok(falls_asleep(adder) && falls_asleep(getter), "add and get wait for who holds it");
	is_int(number(), 0, "nothing was added");
	mp_value_release(value);
	is_int(wait_status(adder) + wait_status(getter), 0, "they go on when it is released");
	is_int(number(), 1, "it was added");
	mp_value_free(value);
}

static int die_with_it(void)
{
	mp_value_acquire(value, MP_FOREVER);
	mp_value_acquire(value, MP_FOREVER);
	mp_value_set_int64(value, 9);
	raise(SIGKILL);
	return 0;
}

static int die_with_notice(void)
{
	if (mp_value_acquire(value, MP_FOREVER) != MP_OWNER_DIED)
		return 1;
	raise(SIGKILL);
	return 0;
}

static void test_dead_holder(void)
{
	int64_t sum = 0;

	make(MP_INT64);
	is_int(result_of(die_with_it), -SIGKILL, "one dies that holds it");
	is_int(number(), 9, "get goes on");
	is_int(mp_value_add_int64(value, 1, &sum), 0, "so does add");
	is_int(mp_value_set_int64(value, sum), 0, "and set");
	is_int(result_of(get_it), 0, "in others, too");
	is_int(result_of(die_with_notice), -SIGKILL, "who was told dies as well");
	is_int(mp_value_acquire(value, 0), MP_OWNER_DIED, "the next one is told all the same");
	is_int(mp_value_acquire(value, 0), 0, "once");
	mp_value_release(value);
	mp_value_release(value);
	is_int(mp_value_acquire(value, 0), 0, "no later one is");
	mp_value_release(value);
	mp_value_free(value);
}

static int hold_for_ever(void)
{
	if (mp_value_acquire(value, MP_FOREVER))
		return 1;
	mp_value_set_int64(value, 5);
	for (;;)
		pause();
}

static int wait_long(void)
{
	return mp_value_acquire(value, 60000);
}

static bool is_five(void *unused)
{
	return *(_Atomic int64_t *)mp_value_data(value) == 5;
}

/* Stopped, who holds it lets a time pass; killed, who waits goes on. */
static void test_stopped_holder(void)
{
	pid_t holder, waiter, adder;

	make(MP_INT64);
	holder = start_child(hold_for_ever);
	comes_true(is_five, NULL);
	kill(holder, SIGSTOP);
	is_int(mp_value_acquire(value, 0), MP_TIMEOUT, "a stopped one holds it: a try ends");
	is_int(mp_value_acquire(value, 50), MP_TIMEOUT, "and a wait in time");
	waiter = start_child(wait_long);
	ok(falls_asleep(waiter), "one waits for it");
	kill(holder, SIGKILL);
	is_int(wait_status(waiter), MP_OWNER_DIED, "it dies: who waits is told");
	is_int(wait_status(holder), -SIGKILL, "as it did");
	mp_value_acquire(value, MP_FOREVER);
	mp_value_set_int64(value, 0);
	mp_value_release(value);
	holder = start_child(hold_for_ever);
	comes_true(is_five, NULL);
	adder = start_child(add_one);
	ok(falls_asleep(adder), "one waits to add");
	kill(holder, SIGKILL);
	is_int(wait_status(adder), 0, "it dies: who waits adds");
	is_int(wait_status(holder), -SIGKILL, "as it did");
	is_int(number(), 6, "to what was left");
	mp_value_free(value);
}

static void *hold_and_end(void *unused)
{
	mp_value_acquire(value, MP_FOREVER);
	return NULL;
}

static void test_dead_thread(void)
{
	pthread_t thread;

	make(MP_INT64);
	pthread_create(&thread, NULL, hold_and_end, NULL);
	pthread_join(thread, NULL);
	is_int(mp_value_acquire(value, 10000), MP_OWNER_DIED,
	       "a thread that ended with it is told");
	mp_value_release(value);
	mp_value_free(value);
}

/* --- many --- */

enum { PROCESSES = 6, TIMES = 20000 };

static int add_often(void)
{
	for (unsigned i = 0; i < TIMES; i++)
		if (mp_value_add_int64(value, 1, NULL))
			return 1;
	return 0;
}

/* As a program does it that has not read about add: twice the lock. */
static int add_by_hand(void)
{
	int64_t got;

	for (unsigned i = 0; i < TIMES; i++) {
		if (mp_value_acquire(value, 60000) || mp_value_get_int64(value, &got) ||
		    mp_value_set_int64(value, got + 1) || mp_value_release(value))
			return 1;
	}
	return 0;
}

static int add_in_memory(void)
{
	int64_t *data = mp_value_data(value);

	for (unsigned i = 0; i < TIMES; i++) {
		if (mp_value_acquire(value, MP_FOREVER))
			return 1;
		++*data;
		mp_value_release(value);
	}
	return 0;
}

static void test_sum(int (*act)(void), const char *how)
{
	pid_t pids[PROCESSES];
	int bad = 0;

	make(MP_INT64);
	for (unsigned i = 0; i < PROCESSES; i++)
		pids[i] = start_child(act);
	for (unsigned i = 0; i < PROCESSES; i++)
		bad += wait_status(pids[i]) != 0;
	is_int(bad, 0, "many processes add %s", how);
	is_int(number(), PROCESSES * TIMES, "and no addition is lost");
	mp_value_free(value);
}

static void *add_in_thread(void *unused)
{
	return add_often() ? &value : NULL;
}

static void test_threads(void)
{
	pthread_t threads[PROCESSES];

	make(MP_INT64);
	for (unsigned i = 0; i < PROCESSES; i++)
		pthread_create(&threads[i], NULL, add_in_thread, NULL);
	for (unsigned i = 0; i < PROCESSES; i++)
		pthread_join(threads[i], NULL);
	is_int(number(), PROCESSES * TIMES, "threads add, too");
	mp_value_free(value);
}

static void ignore(int number)
{
}

static int add_under_signals(void)
{
	const struct itimerval every = {.it_interval.tv_usec = 1000, .it_value.tv_usec = 1000};
	const struct sigaction action = {.sa_handler = ignore};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
	return add_by_hand();
}

static int add_for_ever(void)
{
	for (;;)
		if (mp_value_add_int64(value, 1, NULL))
			return 1;
}

/* Killed wherever they are: what is there is never less than it was, and nobody is told. */
static void test_kills(void)
{
	int64_t last = 0;
	unsigned bad = 0;

	make(MP_INT64);
	for (unsigned i = 0; i < 150; i++) {
		pid_t one = start_child(add_for_ever), other = start_child(add_for_ever);

		usleep((useconds_t)(1000 + random() % 3000));
		kill(one, SIGKILL);
		bad += wait_status(one) != -SIGKILL;
		bad += number() < last;
		last = number();
		kill(other, SIGKILL);
		bad += wait_status(other) != -SIGKILL;
		bad += mp_value_acquire(value, 10000) != 0;
		mp_value_release(value);
	}
	is_int(bad, 0, "killed in the middle of add, they leave a number and no notice");
	ok(last > 0, "they had added: %" PRId64 " times", last);
	mp_value_free(value);
}

/* --- killed after each instruction --- */

static void add_ten(void *unused)
{
	mp_value_add_int64(value, 10, NULL);
}

/* The number is the old or the new one, and nobody is told of a death. */
static void test_add_steps(void)
{
	unsigned bad = 0, changed = 0;
	unsigned long steps = 0;
	int end;

	make(MP_INT64);
	add_ten(NULL);
	for (; (end = killed_after(add_ten, NULL, steps)) == STEP_INSIDE; steps += STEP_STRIDE) {
		bad += number() != 10 && number() != 20;
		changed += number() == 20;
		bad += mp_value_set_int64(value, 10) != 0;
		bad += mp_value_acquire(value, 10000) != 0 || mp_value_release(value) != 0;
	}
	if (end == STEP_FORBIDDEN)
		tap_skip(2, "ptrace is not allowed here");
	else {
		is_int(bad, 0, "killed after each of %lu instructions of add", steps);
		ok(changed > 0 && changed < steps, "some before it was added, some after");
	}
	mp_value_free(value);
}

/* Both halves are the same before and after. */
static void set_halves(void *unused)
{
	int32_t *data = mp_value_data(value);

	if (mp_value_acquire(value, MP_FOREVER) == MP_OWNER_DIED)
		data[1] = data[0];
	data[0]++;
	data[1]++;
	mp_value_release(value);
}

/* Who finds half a change has been told of a death. */
static bool notice_is_right(int told)
{
	const int32_t *data = mp_value_data(value);

	return told == MP_OWNER_DIED || (told == 0 && data[0] == data[1]);
}

static void test_holder_steps(void)
{
	unsigned bad = 0, notices = 0;
	unsigned long steps = 0;
	int end, told;

	make(MP_INT64);
	set_halves(NULL);
	for (; (end = killed_after(set_halves, NULL, steps)) == STEP_INSIDE; steps += STEP_STRIDE) {
		int64_t got;

		bad += mp_value_get_int64(value, &got) != 0;
		told = mp_value_acquire(value, 10000);
		notices += told == MP_OWNER_DIED;
		bad += !notice_is_right(told);
		bad += mp_value_set_int64(value, 0) != 0 || mp_value_release(value) != 0;
		bad += mp_value_acquire(value, 0) != 0 || mp_value_release(value) != 0;
	}
	if (end == STEP_FORBIDDEN)
		tap_skip(2, "ptrace is not allowed here");
	else {
		is_int(bad, 0, "killed after each of %lu instructions of a holder", steps);
		ok(notices > 0 && notices < steps, "who died with it is told, who did not is not");
	}
	mp_value_free(value);
}

static void test_mappings(void)
{
	struct mp_value *made[8];
	unsigned mappings = shared_mappings();

	for (unsigned i = 0; i < 8; i++)
		ok(mp_value_new(&made[i], MP_INT8) == 0, "one more is made");
	is_int(shared_mappings() - mappings, 8, "each has memory of its own");
	for (unsigned i = 0; i < 8; i++)
		mp_value_free(made[i]);
	is_int(shared_mappings(), mappings, "which is given back");
}

int main(void)
{
	unsigned fds;

	tap_plan(0);
	fds = open_fds();
	test_making();
	for (size_t i = 0; i < sizeof(integers) / sizeof(integers[0]); i++)
		test_integer(&integers[i]);
	test_large_unsigned();
	test_floating(MP_FLOAT, FLT_MAX, 1e300);
	test_floating(MP_DOUBLE, DBL_MAX, INFINITY);
	test_float_rounds();
	test_memory();
	test_outlives();
	test_lock();
	test_helpers_wait();
	test_dead_holder();
	test_stopped_holder();
	test_dead_thread();
	test_sum(add_often, "with add");
	test_sum(add_by_hand, "by get and set");
	test_sum(add_in_memory, "in the memory");
	test_sum(add_under_signals, "under signals");
	test_threads();
	test_kills();
	test_add_steps();
	test_holder_steps();
	test_mappings();
	is_int(open_fds(), fds, "no descriptor was left open");
	ok(!has_child(), "no child is left");
	return tap_done();
}
