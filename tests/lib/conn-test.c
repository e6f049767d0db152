// SPDX-License-Identifier: GPL-2.0-or-later
/* Pipes that carry whole messages. */
#include <errno.h>
#include <fcntl.h>
#include <mproc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common.h"
#include "pair.h"
#include "tap.h"

static unsigned char big[MP_CONN_PACKET + 1], copy[MP_CONN_PACKET + 1];

static void test_one_way(void)
{
	char text[16] = "";
	size_t length = 0;

	open_pair(0);
	is_int(mp_conn_send(second, "hello", 5), 0, "the second end of a one-way pipe sends");
	is_int(mp_conn_send(second, "to", 2), 0, "and sends again");
	is_int(mp_conn_recv(first, text, sizeof(text), &length), 0, "the first end receives");
	ok(length == 5 && memcmp(text, "hello", 5) == 0, "the whole message and no more");
	is_int(mp_conn_recv(first, text, sizeof(text), NULL), 0, "the length may be ignored");
	ok(memcmp(text, "to", 2) == 0, "messages keep their order");
	is_int(mp_conn_send(first, "x", 1), -EBADF, "the first end does not send");
	is_int(mp_conn_recv(second, text, 1, &length), -EBADF, "the second end does not receive");
	is_int(mp_conn_poll(second, 0), -EBADF, "nor is there anything to poll for");
	close_pair();
}

static void test_duplex(void)
{
	char text[16];
	size_t length;

	open_pair(MP_CONN_DUPLEX);
	is_int(mp_conn_send(first, "there", 5), 0, "a two-way pipe sends there");
	is_int(mp_conn_send(second, "back", 4), 0, "and back");
	is_int(mp_conn_recv(second, text, sizeof(text), &length), 0, "the one end receives");
	ok(length == 5 && memcmp(text, "there", 5) == 0, "what the other sent");
	is_int(mp_conn_recv(first, text, sizeof(text), &length), 0, "the other end receives");
	ok(length == 4 && memcmp(text, "back", 4) == 0, "what the one sent");
	close_pair();
}

static void test_sizes(void)
{
	size_t length = 0;

	open_pair(0);
	is_int(mp_conn_send(second, big, MP_CONN_PACKET), 0, "a packet is filled");
	is_int(mp_conn_recv(first, copy, sizeof(copy), &length), 0, "and received");
	ok(length == MP_CONN_PACKET && memcmp(big, copy, length) == 0, "as it was");
	is_int(mp_conn_send(second, big, (size_t)MP_CONN_MAX + 1), -EMSGSIZE,
	       "more than the longest message is refused");
	is_int(mp_conn_poll(first, 0), MP_TIMEOUT, "of what was refused nothing arrives");
	close_pair();
}

static void test_small_buffer(void)
{
	size_t length = 0;

	open_pair(0);
	mp_conn_send(second, big, MP_CONN_PACKET);
	mp_conn_send(second, "next", 4);
	is_int(mp_conn_recv(first, copy, 1000, &length), -EMSGSIZE, "the buffer is too small");
	is_int((int64_t)length, MP_CONN_PACKET, "the length is said");
	is_int(mp_conn_poll(first, 0), 0, "the message is still there");
	is_int(mp_conn_recv(first, NULL, 0, &length), -EMSGSIZE,
	       "it can be asked again without a buffer");
	is_int(mp_conn_recv(first, copy, MP_CONN_PACKET, &length), 0, "with room enough it comes");
	ok(length == MP_CONN_PACKET && memcmp(big, copy, length) == 0, "as it was");
	is_int(mp_conn_recv(first, copy, 4, &length), 0, "then the next one comes");
	ok(length == 4 && memcmp(copy, "next", 4) == 0, "as it was");
	mp_conn_send(second, "zero", 4);
	is_int(mp_conn_recv(first, NULL, 0, &length), -EMSGSIZE, "no buffer at all is too small");
	is_int(mp_conn_recv(first, copy, 4, NULL), 0, "and loses nothing");
	ok(memcmp(copy, "zero", 4) == 0, "of the message");
	close_pair();
}

/* What the parent could not take must not be received twice. */
static void test_held_and_fork(void)
{
	pid_t pid;

	open_pair(0);
	mp_conn_send(second, "one", 3);
	mp_conn_recv(first, NULL, 0, NULL);
	pid = fork_now();
	if (pid == 0)
		_exit(mp_conn_poll(first, 0) == MP_TIMEOUT ? 0 : 1);
	is_int(wait_status(pid), 0, "a message that is held is not there for a child as well");
	is_int(mp_conn_recv(first, copy, 3, NULL), 0, "it is there for who met it");
	close_pair();
}

static void test_numbers(void)
{
	const int64_t numbers[] = {0, -1, 10000000, INT64_MIN, INT64_MAX};
	size_t length;
	int64_t got = 7;

	open_pair(0);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		mp_conn_send_int64(second, numbers[i]);
		mp_conn_recv_int64(first, &got);
		is_int(got, numbers[i], "number %zu goes through", i);
	}
	mp_conn_send(second, "short", 5);
	is_int(mp_conn_recv_int64(first, &got), -EBADMSG, "five bytes are no number");
	is_int(mp_conn_recv(first, copy, sizeof(copy), &length), 0, "they are not lost");
	ok(length == 5 && memcmp(copy, "short", 5) == 0, "not one of them");
	mp_conn_send(second, "too long for it", 15);
	is_int(mp_conn_recv_int64(first, &got), -EBADMSG, "fifteen bytes are no number");
	is_int(mp_conn_recv_int64(first, &got), -EBADMSG, "asking again does not make them one");
	is_int(mp_conn_recv(first, copy, sizeof(copy), &length), 0, "they are not lost");
	ok(length == 15 && memcmp(copy, "too long for it", 15) == 0, "not one of them");
	is_int(got, INT64_MAX, "the variable was left alone");
	mp_conn_close(second);
	is_int(mp_conn_recv_int64(first, &got), MP_END, "the end comes for numbers, too");
	mp_conn_close(first);
}

static void test_end(void)
{
	size_t length;
	char text[8];

	open_pair(0);
	mp_conn_send(second, "last", 4);
	mp_conn_close(second);
	is_int(mp_conn_recv(first, text, sizeof(text), &length), 0,
	       "a message outlives its sender");
	is_int(mp_conn_recv(first, text, sizeof(text), &length), MP_END, "then comes the end");
	is_int(mp_conn_recv(first, text, sizeof(text), &length), MP_END, "and stays");
	is_int(mp_conn_poll(first, MP_FOREVER), 0, "polling does not wait for more than the end");
	mp_conn_close(first);
}

static void test_broken(void)
{
	char text[8];

	open_pair(0);
	mp_conn_close(first);
	is_int(mp_conn_send(second, "x", 1), -EPIPE, "nobody receives: an error, and no SIGPIPE");
	mp_conn_close(second);

	/* The other end goes away with messages unread: the kernel is rude about it. */
	open_pair(MP_CONN_DUPLEX);
	mp_conn_send(first, "answer", 6);
	mp_conn_send(second, "unread", 6);
	mp_conn_close(second);
	is_int(mp_conn_send(first, "x", 1), -EPIPE, "the same when messages were left unread");
	mp_conn_close(first);

	open_pair(MP_CONN_DUPLEX);
	mp_conn_send(second, "answer", 6);
	mp_conn_send(first, "unread", 6);
	mp_conn_close(second);
	is_int(mp_conn_recv(first, text, sizeof(text), NULL), 0,
	       "what was sent before is received");
	is_int(mp_conn_recv(first, text, sizeof(text), NULL), MP_END, "and then the end");
	mp_conn_close(first);
}

static void test_poll(void)
{
	int64_t before;

	open_pair(0);
	is_int(mp_conn_poll(first, 0), MP_TIMEOUT, "nothing there");
	before = now_ms();
	is_int(mp_conn_poll(first, 60), MP_TIMEOUT, "nothing comes");
	ok(now_ms() - before >= 59, "the time was waited for");
	mp_conn_send(second, "x", 1);
	is_int(mp_conn_poll(first, MP_FOREVER), 0, "a message is there");
	is_int(mp_conn_poll(first, INT64_MAX), 0, "a timeout beyond all clocks is no problem");
	close_pair();
}

/* Disturbs the parent with signals while it waits, for 300 ms; then sends. */
static pid_t start_disturber(void)
{
	pid_t pid = fork_now();

	if (pid != 0)
		return pid;
	for (unsigned i = 0; i < 30; i++) {
		sleep_ms(10);
		kill(getppid(), SIGUSR1);
	}
	sleep_ms(10);
	_exit(mp_conn_send_int64(second, 42) == 0 ? 0 : 1);
}

static void test_signals(void)
{
	const struct sigaction action = {.sa_handler = do_nothing};
	int64_t got = 0, before;
	pid_t pid;

	sigaction(SIGUSR1, &action, NULL);
	open_pair(0);
	pid = start_disturber();
	is_int(mp_conn_recv_int64(first, &got), 0, "signal handlers do not end a receive");
	is_int(got, 42, "the message comes");
	is_int(wait_status(pid), 0, "its sender ended well");
	before = now_ms();
	pid = start_disturber();
	is_int(mp_conn_poll(first, 40), MP_TIMEOUT, "they neither end a timeout");
	ok(now_ms() - before >= 39 && now_ms() - before < 5000, "nor make it longer");
	wait_status(pid);
	close_pair();
}

static void test_full(void)
{
	unsigned good = 0;
	pid_t pid;

	open_pair(0);
	pid = fork_now();
	if (pid == 0) {
		for (unsigned i = 0; i < 64; i++)
			if (mp_conn_send(second, big, MP_CONN_PACKET) != 0)
				_exit(1);
		_exit(0);
	}
	mp_conn_close(second);
	ok(falls_asleep(pid), "who sends into a full pipe blocks");
	while (mp_conn_recv(first, copy, sizeof(copy), NULL) == 0)
		good += memcmp(big, copy, MP_CONN_PACKET) == 0;
	is_int(good, 64, "and nothing is lost by it");
	is_int(wait_status(pid), 0, "the sender ended well");
	mp_conn_close(first);
}

/* Four processes send at one end, four receive at the other. */
static int send_many(void)
{
	mp_conn_close(first);
	for (int64_t i = 1; i <= 1000; i++)
		if (mp_conn_send_int64(second, i) != 0)
			return 1;
	return 0;
}

static int receive_many(_Atomic int64_t *sum)
{
	int64_t number;
	int rc;

	mp_conn_close(second);
	while ((rc = mp_conn_recv_int64(first, &number)) == 0)
		*sum += number;
	return rc == MP_END ? 0 : 1;
}

static void test_many(void)
{
	_Atomic int64_t *sum = shared_memory(sizeof(*sum));
	pid_t pids[8];
	int bad = 0;

	open_pair(0);
	for (unsigned i = 0; i < 8; i++) {
		pids[i] = fork_now();
		if (pids[i] == 0)
			_exit(i % 2 ? send_many() : receive_many(sum));
	}
	close_pair();
	for (unsigned i = 0; i < 8; i++)
		bad += wait_status(pids[i]);
	is_int(bad, 0, "four senders and four receivers share a pipe");
	is_int(*sum, 4 * 500500, "every message was received once");
}

static void test_errors(void)
{
	struct mp_conn *one = (void *)big, *other = (void *)big;

	is_int(mp_conn_pair(&one, &other, 4), -EINVAL, "unknown flags are refused");
	ok(!one && !other, "and no ends are given");
	forbid_fds(true);
	is_int(mp_conn_pair(&one, &other, 0), -EMFILE, "no descriptors: the error says so");
	forbid_fds(false);
	ok(!one && !other, "and no ends are given");
	mp_conn_close(NULL);
	is_int(mp_conn_pair(&one, &other, 0), 0, "trying again works");
	ok(fcntl(mp_conn_fd(one), F_GETFD) & FD_CLOEXEC, "an end is closed on exec");
	ok(fcntl(mp_conn_fd(other), F_GETFD) & FD_CLOEXEC, "the other, too");
	mp_conn_close(one);
	mp_conn_close(other);
}

/* In a child, whose standard descriptors are closed, as a daemon's may be. */
static int avoid_stdio(void)
{
	unsigned fds = open_fds() - 3;

	for (int fd = 0; fd <= 2; fd++)
		close(fd);
	if (mp_conn_pair(&first, &second, 0) != 0)
		return 1;
	if (mp_conn_fd(first) <= 2 || mp_conn_fd(second) <= 2)
		return 2;
	close_pair();
	return open_fds() == fds ? 0 : 3;
}

static void test_stdio(void)
{
	pid_t pid = fork_now();

	if (pid == 0)
		_exit(avoid_stdio());
	is_int(wait_status(pid), 0, "an end is never where standard input or output would be");
}

/* Who writes to the descriptor himself gets an answer that makes sense. */
static void test_strange_message(void)
{
	static char huge[MP_CONN_PACKET + 100];

	open_pair(0);
	ok(send(mp_conn_fd(second), huge, sizeof(huge), 0) > 0, "a message that is too long comes");
	is_int(mp_conn_recv(first, copy, 10, NULL), -EBADMSG, "it is refused");
	mp_conn_send(second, "x", 1);
	is_int(mp_conn_recv(first, copy, 10, NULL), 0, "the next one is received");
	close_pair();
}

int main(void)
{
	unsigned fds;

	tap_plan(0);
	signal(SIGPIPE, SIG_DFL);
	fill(big, sizeof(big));
	fds = open_fds();
	test_one_way();
	test_duplex();
	test_sizes();
	test_small_buffer();
	test_held_and_fork();
	test_numbers();
	test_end();
	test_broken();
	test_poll();
	test_signals();
	test_full();
	test_many();
	test_errors();
	test_strange_message();
	test_stdio();
	is_int(open_fds(), fds, "every descriptor was closed");
	ok(!has_child(), "no child is left");
	return tap_done();
}
