// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages of a kind: numbers, strings, descriptors, and those of any length. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <mproc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common.h"
#include "pair.h"
#include "tap.h"

enum { LONG = 200000 };

static char letters[LONG + 1], copy[LONG + 1];

/* --- numbers --- */

static void test_doubles(void)
{
	const double numbers[] = {0.0, -0.0, 1.5, 1e308, -1e-308, INFINITY};
	double got = 7;
	size_t length;

	open_pair(0);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		is_int(mp_conn_send_double(second, numbers[i]), 0, "%g is sent", numbers[i]);
		is_int(mp_conn_recv_double(first, &got), 0, "and received");
		ok(memcmp(&got, &numbers[i], sizeof(got)) == 0, "to the bit");
	}
	mp_conn_send_double(second, NAN);
	mp_conn_recv_double(first, &got);
	ok(isnan(got), "also what is no number");
	mp_conn_send(second, "1.5", 3);
	is_int(mp_conn_recv_double(first, &got), -EBADMSG, "three bytes are no double");
	is_int(mp_conn_recv(first, copy, LONG, &length), 0, "they are not lost");
	ok(length == 3 && memcmp(copy, "1.5", 3) == 0, "not one of them");
	mp_conn_send(second, NULL, 0);
	is_int(mp_conn_recv_double(first, &got), -EBADMSG, "nor are none");
	is_int(mp_conn_recv(first, copy, LONG, &length), 0, "they are kept as well");
	is_int((int64_t)length, 0, "as they were");
	mp_conn_send(second, letters, LONG);
	is_int(mp_conn_recv_double(first, &got), -EBADMSG, "nor are 200000");
	is_int(mp_conn_recv(first, copy, LONG, &length), 0, "they are kept as well");
	ok(length == LONG && memcmp(copy, letters, LONG) == 0, "as they were");
	ok(isnan(got), "the variable was left alone");
	close_pair();
}

/* --- strings --- */

static void test_strings(void)
{
	char text[8];
	size_t length;

	memset(text, '.', sizeof(text));
	open_pair(0);
	mp_conn_send_string(second, "seven77");
	is_int(mp_conn_recv_string(first, text, sizeof(text)), 0, "a string just fits");
	is_string(text, "seven77", "with its end");
	mp_conn_send_string(second, "");
	is_int(mp_conn_recv_string(first, text, sizeof(text)), 0, "an empty string is one, too");
	is_string(text, "", "that is empty");
	mp_conn_send_string(second, "eight888");
	is_int(mp_conn_recv_string(first, text, sizeof(text)), -EMSGSIZE, "one more does not fit");
	is_int(mp_conn_recv_string(first, NULL, 0), -EMSGSIZE, "into nothing it fits least");
	is_int(mp_conn_recv(first, NULL, 0, &length), -EMSGSIZE, "its length can be asked");
	is_int((int64_t)length, 8, "which has no zero in it");
	is_int(mp_conn_recv_string(first, copy, 9), 0, "with room enough it comes");
	is_string(copy, "eight888", "whole");
	mp_conn_send(second, "ab\0cd", 5);
	is_int(mp_conn_recv_string(first, copy, 100), -EBADMSG, "with a zero inside it is none");
	is_int(mp_conn_recv(first, copy, 100, &length), 0, "but a message");
	ok(length == 5 && memcmp(copy, "ab\0cd", 5) == 0, "as it was");
	is_int(mp_conn_send_string(second, letters), 0, "a long string is sent");
	is_int(mp_conn_recv_string(first, copy, LONG), -EMSGSIZE, "its end needs room, too");
	is_int(mp_conn_recv_string(first, copy, LONG + 1), 0, "then it comes");
	ok(strcmp(copy, letters) == 0, "whole");
	mp_conn_close(second);
	is_int(mp_conn_recv_string(first, copy, 100), MP_END, "the end comes for strings, too");
	mp_conn_close(first);
}

/* --- any length --- */

static void test_alloc(void)
{
	static const size_t sizes[] = {0, 5, MP_CONN_PACKET, LONG};
	void *message;
	size_t length;

	open_pair(0);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		mp_conn_send(second, letters, sizes[i]);
		is_int(mp_conn_recv_alloc(first, &message, &length), 0, "%zu bytes come", sizes[i]);
		ok(length == sizes[i] && memcmp(message, letters, length) == 0, "as they were");
		is_int(((char *)message)[length], 0, "and a zero after them");
		free(message);
	}
	mp_conn_send_string(second, "text");
	mp_conn_recv(first, NULL, 0, NULL);
	is_int(mp_conn_recv_alloc(first, &message, NULL), 0, "one that was held comes, too");
	is_string(message, "text", "and can be a string");
	free(message);
	mp_conn_close(second);
	is_int(mp_conn_recv_alloc(first, &message, &length), MP_END, "then the end");
	ok(!message, "gives no memory");
	mp_conn_close(first);
}

/* A sanitizer takes memory itself, and does not do without. */
#ifdef __has_feature
#define CLANG_SANITIZES __has_feature(address_sanitizer)
#else
#define CLANG_SANITIZES 0
#endif
#if defined(__SANITIZE_ADDRESS__) || CLANG_SANITIZES
enum { SANITIZED = 1 };
#else
enum { SANITIZED = 0 };
#endif

/* In a child, whose address space is bounded. */
static int starve(void)
{
	struct rlimit limit = {.rlim_cur = 0, .rlim_max = RLIM_INFINITY};
	struct rlimit before;
	void *message = copy;
	size_t length;
	int rc;

	getrlimit(RLIMIT_AS, &before);
	setrlimit(RLIMIT_AS, &limit);
	rc = mp_conn_recv_alloc(first, &message, &length);
	setrlimit(RLIMIT_AS, &before);
	if (rc != -ENOMEM || message)
		return 1;
	rc = mp_conn_recv_alloc(first, &message, &length);
	if (rc || length != LONG || memcmp(message, letters, LONG) != 0)
		return 2;
	free(message);
	return 0;
}

static void test_no_memory(void)
{
	pid_t pid;

	if (SANITIZED)
		return;
	open_pair(0);
	mp_conn_send(second, letters, LONG);
	pid = fork_now();
	if (pid == 0)
		_exit(starve());
	is_int(wait_status(pid), 0, "without memory the message waits");
	close_pair();
}

/* --- descriptors --- */

static void test_fd(void)
{
	int ends[2], got = -1;
	char text[8] = "";

	open_pair(0);
	if (pipe2(ends, 0) < 0)
		tap_bail("pipe2: %s", strerror(errno));
	is_int(mp_conn_send_fd(second, ends[1]), 0, "a descriptor is sent");
	ok(fcntl(ends[1], F_GETFD) == 0, "and stays the sender's");
	is_int(mp_conn_recv_fd(first, &got), 0, "and received");
	ok(got >= 0 && got != ends[1], "as another one");
	ok(fcntl(got, F_GETFD) & FD_CLOEXEC, "which is closed on exec");
	close(ends[1]);
	ok(write(got, "foo", 3) == 3 && read(ends[0], text, sizeof(text)) == 3, "it is open");
	is_string(text, "foo", "for the same file");
	close(got);
	is_int(read(ends[0], text, sizeof(text)), 0, "nobody else has it any more");
	close(ends[0]);
	is_int(mp_conn_send_fd(second, -1), -EBADF, "what is not open is not sent");
	is_int(mp_conn_poll(first, 0), MP_TIMEOUT, "at all");
	is_int(mp_conn_send_fd(first, 0), -EBADF, "nor by the end that receives");
	is_int(mp_conn_recv_fd(second, &got), -EBADF, "nor does the other receive");
	close_pair();
}

static void test_kinds(void)
{
	unsigned fds;
	int64_t number;
	void *message;
	char text[8];
	int got = 7;

	open_pair(0);
	fds = open_fds();
	mp_conn_send_fd(second, STDERR_FILENO);
	is_int(mp_conn_recv(first, text, sizeof(text), NULL), -EBADMSG,
	       "a descriptor is no message");
	is_int(mp_conn_recv_string(first, text, sizeof(text)), -EBADMSG, "no string");
	is_int(mp_conn_recv_string(first, NULL, 0), -EBADMSG, "not even of no length");
	is_int(mp_conn_recv_int64(first, &number), -EBADMSG, "no number");
	is_int(mp_conn_recv_alloc(first, &message, NULL), -EBADMSG, "nothing of any length");
	is_int(mp_conn_poll(first, 0), 0, "it stays");
	is_int(mp_conn_recv_fd(first, &got), 0, "and comes when it is asked for");
	close(got);
	mp_conn_send(second, "data", 4);
	is_int(mp_conn_recv_fd(first, &got), -EBADMSG, "a message is no descriptor");
	is_int(got, -1, "nor is it given one");
	is_int(mp_conn_recv(first, text, sizeof(text), NULL), 0, "it stays");
	ok(memcmp(text, "data", 4) == 0, "as it was");
	mp_conn_send(second, letters, LONG);
	is_int(mp_conn_recv_fd(first, &got), -EBADMSG, "the file of a long one is not given, too");
	is_int(mp_conn_recv(first, copy, LONG, NULL), 0, "it stays");
	is_int(open_fds(), fds, "no descriptor is left");
	mp_conn_send_fd(second, STDERR_FILENO);
	mp_conn_recv(first, text, sizeof(text), NULL);
	close_pair();
	is_int(open_fds(), fds - 2, "nor one that nobody took");
}

static void test_no_descriptors(void)
{
	int got = 7;

	open_pair(0);
	mp_conn_send_fd(second, STDERR_FILENO);
	forbid_fds(true);
	is_int(mp_conn_recv_fd(first, &got), -EMFILE, "without room none is received");
	forbid_fds(false);
	is_int(got, -1, "and none is given");
	is_int(mp_conn_recv_fd(first, &got), 0, "but it is not lost");
	close(got);
	close_pair();
}

/* A child writes into a file that it was not born with, whatever its number. */
static int write_to_received(void)
{
	int fd = -1, rc;

	mp_conn_close(second);
	rc = mp_conn_recv_fd(first, &fd);
	if (rc)
		return 1;
	return write(fd, "foo", 3) == 3 ? 0 : 2;
}

static void test_fd_transfer(int at_least)
{
	FILE *file = tmpfile();
	char text[8] = "";
	int fd;
	pid_t pid;

	if (!file)
		tap_bail("tmpfile: %s", strerror(errno));
	open_pair(0);
	pid = fork_now();
	if (pid == 0)
		_exit(write_to_received());
	fd = fcntl(fileno(file), F_DUPFD_CLOEXEC, at_least);
	is_int(mp_conn_send_fd(second, fd), 0, "descriptor %d is sent to a child", fd);
	is_int(wait_status(pid), 0, "which writes to it");
	ok(pread(fd, text, sizeof(text), 0) == 3 && memcmp(text, "foo", 3) == 0, "and we read it");
	close(fd);
	fclose(file);
	close_pair();
}

static int expect_none(void)
{
	int fd;

	return mp_conn_recv_fd(first, &fd) == -EBADMSG && fd == -1 ? 0 : 1;
}

static void test_missing_fd(void)
{
	pid_t pid;

	open_pair(0);
	pid = fork_now();
	if (pid == 0)
		_exit(expect_none());
	mp_conn_send(second, "bar", 3);
	is_int(wait_status(pid), 0, "a child that waits for a descriptor is told of a message");
	close_pair();
}

/* --- ends of pipes through pipes --- */

static int use_received(void)
{
	struct mp_conn *other;
	char text[8];
	size_t length;
	int fd;

	if (mp_conn_recv_fd(first, &fd) != 0 || mp_conn_from_fd(&other, fd) != 0)
		return 1;
	if (mp_conn_recv(other, text, sizeof(text), &length) != 0 || length != 3)
		return 2;
	for (size_t i = 0; i < length; i++)
		text[i] -= 'a' - 'A';
	if (mp_conn_send(other, text, length) != 0)
		return 3;
	mp_conn_close(other);
	return 0;
}

static void test_conn_through_conn(void)
{
	struct mp_conn *ours, *theirs;
	char text[8] = "";
	pid_t pid;

	open_pair(0);
	pid = fork_now();
	if (pid == 0)
		_exit(use_received());
	if (mp_conn_pair(&ours, &theirs, MP_CONN_DUPLEX) != 0)
		tap_bail("no pair");
	is_int(mp_conn_send_fd(second, mp_conn_fd(theirs)), 0, "an end is sent to a child");
	mp_conn_close(theirs);
	mp_conn_send(ours, "abc", 3);
	is_int(mp_conn_recv(ours, text, sizeof(text), NULL), 0, "which answers through it");
	is_string(text, "ABC", "as it should");
	is_int(mp_conn_recv(ours, text, sizeof(text), NULL), MP_END, "and closes it");
	is_int(wait_status(pid), 0, "it ended well");
	mp_conn_close(ours);
	close_pair();
}

static int answer_given(void *argument)
{
	struct mp_conn *given;
	int64_t number;
	int rc = mp_conn_from_fd(&given, mp_process_given_fd(0));

	mp_conn_close(first);
	while (rc == 0 && (rc = mp_conn_recv_int64(given, &number)) == 0)
		rc = mp_conn_send_int64(given, -number);
	return rc == MP_END ? 0 : 1;
}

/* As it is done for a process that is started by exec. */
static void test_given_conn(void)
{
	struct mp_process *process;
	int64_t number = 0;
	int code = -1;

	open_pair(MP_CONN_DUPLEX);
	if (mp_process_new(&process, NULL, answer_given, NULL))
		tap_bail("no process");
	is_int(mp_process_give_fd(process, mp_conn_fd(second)), 0, "a process is given an end");
	mp_conn_close(second);
	is_int(mp_process_start(process), 0, "and started");
	mp_conn_send_int64(first, 5);
	is_int(mp_conn_recv_int64(first, &number), 0, "it answers through it");
	is_int(number, -5, "as it should");
	mp_conn_close(first);
	mp_process_join(process, MP_FOREVER);
	is_int(mp_process_exit_code(process, &code), 0, "it finds the end");
	is_int(code, 0, "and ends well");
	mp_process_free(process);
}

/* --- threads --- */

enum { COUNT = 20000 };

static void *receive_all(void *argument)
{
	static int64_t sum;
	int64_t number;

	for (unsigned i = 0; i < COUNT && mp_conn_recv_int64(first, &number) == 0; i++)
		sum += number;
	return &sum;
}

static int echo_all(void)
{
	int64_t number;
	int rc = 0;

	mp_conn_close(first);
	for (unsigned i = 0; i < COUNT && !rc; i++) {
		rc = mp_conn_recv_int64(second, &number);
		if (!rc)
			rc = mp_conn_send_int64(second, number);
	}
	return rc ? 1 : 0;
}

static void test_threads(void)
{
	pthread_t receiver;
	void *sum = NULL;
	int bad = 0;
	pid_t pid;

	open_pair(MP_CONN_DUPLEX);
	pid = fork_now();
	if (pid == 0)
		_exit(echo_all());
	if (pthread_create(&receiver, NULL, receive_all, NULL) != 0)
		tap_bail("no thread");
	for (int64_t i = 1; i <= COUNT; i++)
		bad += mp_conn_send_int64(first, i) != 0;
	pthread_join(receiver, &sum);
	is_int(bad, 0, "one thread sends at an end at which another receives");
	is_int(*(int64_t *)sum, (int64_t)COUNT * (COUNT + 1) / 2, "and nothing is lost");
	is_int(wait_status(pid), 0, "their partner ended well");
	close_pair();
}

int main(void)
{
	unsigned fds;

	tap_plan(0);
	memset(letters, 'x', LONG);
	fds = open_fds();
	test_doubles();
	test_strings();
	test_alloc();
	test_no_memory();
	test_fd();
	test_kinds();
	test_no_descriptors();
	test_fd_transfer(0);
	test_fd_transfer(300);
	test_missing_fd();
	test_conn_through_conn();
	test_given_conn();
	test_threads();
	is_int(open_fds(), fds, "every descriptor was closed");
	ok(!has_child(), "no child is left");
	return tap_done();
}
