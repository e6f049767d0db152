// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages of every length while processes share the ends, are killed, and are interrupted. */
#include <errno.h>
#include <mproc.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "pair.h"
#include "step.h"
#include "tap.h"

enum { MIB = 1 << 20, LONG = 3 * MIB + 17 };

static unsigned char big[LONG], copy[LONG];

/* --- many --- */

enum { SENDERS = 3, RECEIVERS = 3, EACH = 60 };

/* Its number, then bytes that follow from it. */
static void compose(unsigned char *message, size_t length, uint32_t number)
{
	memset(message, (int)(number % 251 + 1), length);
	memcpy(message, &number, sizeof(number));
}

static bool is_whole(const unsigned char *message, size_t length, uint32_t *number)
{
	memcpy(number, message, sizeof(*number));
	for (size_t i = sizeof(*number); i < length; i++)
		if (message[i] != (unsigned char)(*number % 251 + 1))
			return false;
	return true;
}

static size_t size_of(uint32_t number)
{
	return number % 3 ? 100 + number : 80000 + (size_t)number * 1000;
}

static int send_mixed(uint32_t from)
{
	mp_conn_close(first);
	for (uint32_t i = from; i < from + EACH; i++) {
		compose(big, size_of(i), i);
		if (mp_conn_send(second, big, size_of(i)) != 0)
			return 1;
	}
	return 0;
}

static int receive_mixed(_Atomic unsigned char *seen)
{
	uint32_t number;
	size_t length;
	int rc, bad = 0;

	mp_conn_close(second);
	while ((rc = mp_conn_recv_timed(first, copy, LONG, &length, 60000)) == 0) {
		if (is_whole(copy, length, &number) && length == size_of(number))
			seen[number]++;
		else
			bad = 1;
	}
	return bad || rc != MP_END;
}

static void test_many(void)
{
	_Atomic unsigned char *seen = shared_memory(SENDERS * EACH);
	pid_t pids[SENDERS + RECEIVERS];
	unsigned once = 0;
	int bad = 0;

	open_pair(0);
	for (unsigned i = 0; i < SENDERS + RECEIVERS; i++) {
		pids[i] = fork_now();
		if (pids[i] == 0)
			_exit(i < SENDERS ? send_mixed(i * EACH) : receive_mixed(seen));
	}
	close_pair();
	for (unsigned i = 0; i < SENDERS + RECEIVERS; i++)
		bad += wait_status(pids[i]);
	for (unsigned i = 0; i < SENDERS * EACH; i++)
		once += seen[i] == 1;
	is_int(bad, 0, "several senders and receivers share a pipe, for short and long messages");
	is_int(once, SENDERS * EACH, "every message was received once, and whole");
}

/* --- kills --- */

static _Noreturn void send_for_ever(void)
{
	for (uint32_t i = 0;; i++) {
		compose(big, MIB, i);
		mp_conn_send(second, big, MIB);
	}
}

static void test_killed_senders(void)
{
	unsigned partial = 0, got = 0;
	uint32_t number;
	size_t length;
	pid_t pid;

	for (unsigned round = 0; round < 40; round++) {
		open_pair(0);
		pid = fork_now();
		if (pid == 0)
			send_for_ever();
		mp_conn_close(second);
		for (unsigned i = 0; i < round % 4; i++) {
			mp_conn_recv(first, copy, LONG, NULL);
			got++;
		}
		usleep(round * 997 % 3001);
		kill(pid, SIGKILL);
		while (mp_conn_recv(first, copy, LONG, &length) == 0) {
			partial += length != MIB || !is_whole(copy, length, &number);
			got++;
		}
		wait_status(pid);
		mp_conn_close(first);
	}
	is_int(partial, 0, "of senders that are killed comes a whole message or none");
	ok(got > 0, "%u messages came from 40 of them", got);
}

static void test_killed_receiver(void)
{
	pid_t pid;

	open_pair(0);
	pid = fork_now();
	if (pid == 0) {
		mp_conn_close(second);
		mp_conn_recv(first, copy, 1, NULL);
		pause();
	}
	mp_conn_close(first);
	while (mp_conn_send_timed(second, big, MIB, 300) == 0)
		;
	kill(pid, SIGKILL);
	wait_status(pid);
	is_int(mp_conn_send(second, big, MIB), -EPIPE, "who sends to the dead is told");
	mp_conn_close(second);
}

/* --- receivers that are killed, and replaced --- */

enum { VICTIMS = 40, SENT = 600 };

static int send_numbered(void)
{
	mp_conn_close(first);
	for (uint32_t i = 0; i < SENT; i++) {
		compose(big, size_of(i % 100), i);
		if (mp_conn_send_timed(second, big, size_of(i % 100), 60000) != 0)
			return 1;
	}
	return 0;
}

static int receive_numbered(_Atomic unsigned char *seen)
{
	uint32_t number;
	size_t length;
	int rc;

	mp_conn_close(second);
	while ((rc = mp_conn_recv(first, copy, LONG, &length)) == 0) {
		if (!is_whole(copy, length, &number) || length != size_of(number % 100))
			return 1;
		seen[number]++;
	}
	return rc == MP_END ? 0 : 1;
}

static pid_t start_receiver(_Atomic unsigned char *seen)
{
	pid_t pid = fork_now();

	if (pid == 0)
		_exit(receive_numbered(seen));
	return pid;
}

/* How many ended badly, by themselves. */
static int kill_receivers(_Atomic unsigned char *seen)
{
	pid_t pids[2] = {start_receiver(seen), start_receiver(seen)};
	int bad = 0, status;

	for (unsigned i = 0; i < VICTIMS; i++) {
		usleep(i * 997 % 2503);
		kill(pids[i % 2], SIGKILL);
		status = wait_status(pids[i % 2]);
		bad += status != 0 && status != -SIGKILL;
		pids[i % 2] = start_receiver(seen);
	}
	mp_conn_close(second);
	return bad + wait_status(pids[0]) + wait_status(pids[1]);
}

/* Each takes with it the one message that it had in hand, at most. */
static void test_killed_receivers(void)
{
	_Atomic unsigned char *seen = shared_memory(SENT);
	unsigned once = 0, more = 0;
	pid_t sender;

	open_pair(0);
	sender = fork_now();
	if (sender == 0)
		_exit(send_numbered());
	is_int(kill_receivers(seen), 0,
	       "receivers that replace killed ones receive whole messages");
	is_int(wait_status(sender), 0, "and the sender sends all of its");
	mp_conn_close(first);
	for (unsigned i = 0; i < SENT; i++) {
		once += seen[i] == 1;
		more += seen[i] > 1;
	}
	is_int(more, 0, "none was received twice");
	ok(once >= SENT - VICTIMS, "with %d of them %u are lost", VICTIMS, SENT - once);
}

/* --- deaths at every place --- */

/* So many are enough: which they are changes with the compiler. */
enum { PLACES = 30 };

static void send_one(void *size)
{
	mp_conn_send(second, big, *(size_t *)size);
}

static void receive_one(void *size)
{
	mp_conn_recv(first, copy, *(size_t *)size, NULL);
}

/* Nothing, or the whole message, and nothing after it. */
static bool is_all_or_none(size_t size, bool *came)
{
	size_t length;
	int rc = mp_conn_recv_timed(first, copy, LONG, &length, 0);

	*came = rc == 0;
	if (rc == MP_TIMEOUT)
		return true;
	return rc == 0 && length == size && memcmp(big, copy, size) == 0 &&
	       mp_conn_poll(first, 0) == MP_TIMEOUT;
}

/* From one place to the next; 0: no process may be traced here. */
static unsigned long find_stride(void (*act)(void *), size_t *size)
{
	unsigned long steps = PLACES;
	bool came;
	int end;

	do {
		if (act == receive_one)
			mp_conn_send(second, big, *size);
		steps *= 2;
		end = killed_after(act, size, steps);
		is_all_or_none(*size, &came);
	} while (end == STEP_INSIDE);
	return end == STEP_FORBIDDEN ? 0 : steps / PLACES;
}

/* Of the two the parent, who lives, has both ends, too. */
static void step_through(void (*act)(void *), size_t size, unsigned long stride)
{
	unsigned wrong = 0, there = 0, tried = 0;
	bool came = false;
	int end;

	do {
		if (act == receive_one)
			mp_conn_send(second, big, size);
		end = killed_after(act, &size, tried * stride);
		wrong += !is_all_or_none(size, &came);
		there += came;
		tried++;
	} while (end == STEP_INSIDE);
	is_int(wrong, 0, "a %s of %zu bytes killed at any of %u places leaves all or none",
	       act == send_one ? "sender" : "receiver", size, tried);
	ok(there > 0 && there < tried && came == (act == send_one), "at %u of them all", there);
}

static void test_stepped(void (*act)(void *), size_t size)
{
	unsigned long stride;

	open_pair(0);
	stride = find_stride(act, &size);
	if (stride)
		step_through(act, size, stride);
	else
		tap_skip(2, "no process may be traced here");
	close_pair();
}

static void test_deaths(void)
{
	static const size_t sizes[] = {0, 100, MP_CONN_PACKET + 1};

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		test_stepped(send_one, sizes[i]);
		test_stepped(receive_one, sizes[i]);
	}
}

/* --- signals --- */

static void test_signals(int flags)
{
	unsigned good = 0;
	uint32_t number;
	size_t length;
	pid_t pid;

	open_pair(0);
	pid = fork_now();
	interrupt_me(true, flags);
	for (uint32_t i = 0; i < 40; i++) {
		if (pid == 0) {
			compose(big, MIB, i);
			if (mp_conn_send(second, big, MIB) != 0)
				_exit(1);
		} else if (mp_conn_recv(first, copy, LONG, &length) == 0) {
			good += length == MIB && is_whole(copy, length, &number) && number == i;
		}
	}
	if (pid == 0)
		_exit(0);
	is_int(good, 40, "a thousand signals a second disturb no message (%s)",
	       flags ? "SA_RESTART" : "EINTR");
	is_int(mp_conn_recv_timed(first, copy, LONG, NULL, 50), MP_TIMEOUT, "nor a timeout");
	interrupt_me(false, flags);
	is_int(wait_status(pid), 0, "the sender ended well");
	close_pair();
}

int main(void)
{
	unsigned fds;

	tap_plan(0);
	signal(SIGPIPE, SIG_DFL);
	fill(big, sizeof(big));
	fds = open_fds();
	test_many();
	test_killed_senders();
	test_killed_receiver();
	test_killed_receivers();
	test_deaths();
	test_signals(0);
	test_signals(SA_RESTART);
	is_int(open_fds(), fds, "every descriptor was closed");
	ok(!has_child(), "no child is left");
	return tap_done();
}
