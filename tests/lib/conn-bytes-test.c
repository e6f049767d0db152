// SPDX-License-Identifier: GPL-2.0-or-later
/* Streams of bytes, of the library's own making and wrapped ones. */
#include <errno.h>
#include <fcntl.h>
#include <mproc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common.h"
#include "pair.h"
#include "tap.h"

enum { LONG = 2000003 };

static unsigned char big[LONG], copy[LONG];

static size_t receive_rest(void)
{
	size_t done = 0, part;

	while (done < LONG && mp_conn_recv(first, copy + done, LONG - done, &part) == 0)
		done += part;
	return done;
}

/* --- what both kinds of stream do --- */

static void open_pipe(unsigned flags)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0 || mp_conn_from_fd(&first, fds[0]) != 0 ||
	    mp_conn_from_fd(&second, fds[1]) != 0)
		tap_bail("no pipe");
}

static void open_fifo(unsigned flags)
{
	char path[] = "/tmp/mproc-test-XXXXXX/fifo";
	char *slash = strrchr(path, '/');
	int to_read, to_write;

	*slash = '\0';
	if (!mkdtemp(path))
		tap_bail("mkdtemp: %s", strerror(errno));
	*slash = '/';
	if (mkfifo(path, 0600) < 0)
		tap_bail("mkfifo: %s", strerror(errno));
	to_read = open(path, O_RDONLY | O_NONBLOCK);
	to_write = open(path, O_WRONLY);
	fcntl(to_read, F_SETFL, 0);
	unlink(path);
	*slash = '\0';
	rmdir(path);
	if (mp_conn_from_fd(&first, to_read) != 0 || mp_conn_from_fd(&second, to_write) != 0)
		tap_bail("no named pipe");
}

static void open_slow_pipe(unsigned flags)
{
	open_pipe(flags);
	fcntl(mp_conn_fd(first), F_SETFL, O_NONBLOCK);
	fcntl(mp_conn_fd(second), F_SETFL, O_NONBLOCK);
}

static void test_parts(void (*open_it)(unsigned), const char *kind)
{
	char text[16] = "";
	size_t length = 7;

	open_it(MP_CONN_BYTES);
	is_int(mp_conn_send(second, "hello", 5), 0, "%s: five bytes are sent", kind);
	is_int(mp_conn_send(second, NULL, 0), 0, "none are sent");
	is_int(mp_conn_send(second, "there", 5), 0, "five more are sent");
	is_int(mp_conn_recv(first, NULL, 0, &length), 0, "none are received");
	is_int((int64_t)length, 0, "which is no end");
	is_int(mp_conn_recv(first, text, 3, &length), 0, "three are received");
	ok(length == 3 && memcmp(text, "hel", 3) == 0, "the first");
	is_int(mp_conn_recv(first, text, sizeof(text), &length), 0, "then the others");
	ok(length == 7 && memcmp(text, "lothere", 7) == 0, "without bounds");
	is_int(mp_conn_poll(first, 0), MP_TIMEOUT, "then there is nothing");
	is_int(mp_conn_recv_timed(first, text, 1, &length, 20), MP_TIMEOUT, "for some time");
	is_int(mp_conn_recv_timed(first, text, 1, &length, 0), MP_TIMEOUT, "or at once");
	mp_conn_send(second, "x", 1);
	is_int(mp_conn_poll(first, MP_FOREVER), 0, "something is there");
	is_int(mp_conn_recv_timed(first, text, 9, &length, 1000), 0, "and received in time");
	is_int((int64_t)length, 1, "with its length");
	is_int(mp_conn_send(first, "x", 1), -EBADF, "one end only receives");
	is_int(mp_conn_recv(second, text, 1, NULL), -EBADF, "the other only sends");
	mp_conn_close(second);
	is_int(mp_conn_recv(first, text, 9, &length), MP_END, "at last comes the end");
	is_int(mp_conn_recv_timed(first, text, 9, &length, 0), MP_END, "and stays");
	mp_conn_close(first);
}

static void test_long(void (*open_it)(unsigned), int flags)
{
	pid_t pid;

	open_it(MP_CONN_BYTES);
	pid = fork_now();
	if (pid == 0) {
		mp_conn_close(first);
		interrupt_me(true, flags);
		_exit(mp_conn_send(second, big, LONG) == 0 ? 0 : 1);
	}
	mp_conn_close(second);
	ok(falls_asleep(pid), "who sends more than fits waits");
	interrupt_me(true, flags);
	is_int((int64_t)receive_rest(), LONG, "and all of it comes, whatever interrupts");
	interrupt_me(false, flags);
	ok(memcmp(big, copy, LONG) == 0, "as it was");
	is_int(wait_status(pid), 0, "the sender ended well");
	mp_conn_close(first);
}

static void test_some(void (*open_it)(unsigned))
{
	size_t sent = 7, more;

	open_it(MP_CONN_BYTES);
	is_int(mp_conn_send_some(second, big, 10, &sent, 0), 0, "a few bytes are sent at once");
	is_int((int64_t)sent, 10, "all of them");
	mp_conn_recv(first, copy, 10, NULL);
	is_int(mp_conn_send_some(second, big, LONG, &sent, 0), MP_TIMEOUT, "more do not fit");
	ok(sent > 0 && sent < LONG, "but %zu do", sent);
	is_int(mp_conn_send_some(second, big + sent, LONG - sent, &more, 30), MP_TIMEOUT,
	       "nor in time");
	sent += more;
	mp_conn_close(second);
	is_int((int64_t)receive_rest(), (int64_t)sent, "what was said to be sent comes");
	ok(memcmp(big, copy, sent) == 0, "as it was");
	mp_conn_close(first);
}

static void test_broken(void (*open_it)(unsigned))
{
	size_t sent = 7;
	sigset_t pending;
	pid_t pid;

	open_it(MP_CONN_BYTES);
	mp_conn_close(first);
	is_int(mp_conn_send(second, "x", 1), -EPIPE, "nobody receives: an error, and no SIGPIPE");
	is_int(mp_conn_send_some(second, "x", 1, &sent, 0), -EPIPE, "in every way");
	is_int((int64_t)sent, 0, "and nothing is sent");
	mp_conn_close(second);

	open_it(MP_CONN_BYTES);
	pid = fork_now();
	if (pid == 0) {
		mp_conn_close(first);
		_exit(mp_conn_send(second, big, LONG) == -EPIPE ? 0 : 1);
	}
	mp_conn_close(second);
	falls_asleep(pid);
	mp_conn_close(first);
	is_int(wait_status(pid), 0, "the same in the middle of sending");
	sigpending(&pending);
	ok(!sigismember(&pending, SIGPIPE), "no signal is left waiting");
}

/* A SIGPIPE of the program's own is its own. */
static int keep_sigpipe(void)
{
	sigset_t sigpipe, now;

	sigemptyset(&sigpipe);
	sigaddset(&sigpipe, SIGPIPE);
	sigprocmask(SIG_BLOCK, &sigpipe, NULL);
	raise(SIGPIPE);
	open_pipe(0);
	mp_conn_close(first);
	if (mp_conn_send(second, "x", 1) != -EPIPE)
		return 1;
	sigpending(&now);
	return sigismember(&now, SIGPIPE) ? 0 : 2;
}

static void test_own_sigpipe(void)
{
	pid_t pid = fork_now();

	if (pid == 0)
		_exit(keep_sigpipe());
	is_int(wait_status(pid), 0, "a SIGPIPE that was there before stays");
}

static void test_stream(void (*open_it)(unsigned), const char *kind)
{
	test_parts(open_it, kind);
	test_long(open_it, 0);
	test_long(open_it, SA_RESTART);
	test_some(open_it);
	test_broken(open_it);
}

/* --- several readers --- */

static int take_one(void)
{
	char byte;
	int rc = mp_conn_recv_timed(first, &byte, 1, NULL, 100);

	return rc == 0 ? 0 : rc == MP_TIMEOUT ? 1 : 2;
}

static void test_readers(void (*open_it)(unsigned))
{
	pid_t pids[4];
	int late = 0;

	open_it(MP_CONN_BYTES);
	for (unsigned i = 0; i < 4; i++) {
		pids[i] = fork_now();
		if (pids[i] == 0)
			_exit(take_one());
	}
	mp_conn_send(second, "x", 1);
	for (unsigned i = 0; i < 4; i++)
		late += wait_status(pids[i]);
	is_int(late, 3, "one of four readers gets the byte, the others their timeout");
	close_pair();
}

/* --- what a stream does not do --- */

static void test_refused(void)
{
	char text[8];
	int64_t number;
	double real;
	void *message;
	size_t sent;
	int fd;

	open_pair(MP_CONN_DUPLEX | MP_CONN_BYTES);
	is_int(mp_conn_send_int64(second, 1), -EOPNOTSUPP, "a stream sends no number");
	is_int(mp_conn_recv_int64(first, &number), -EOPNOTSUPP, "receives none");
	is_int(mp_conn_send_double(second, 1), -EOPNOTSUPP, "sends no double");
	is_int(mp_conn_recv_double(first, &real), -EOPNOTSUPP, "receives none");
	is_int(mp_conn_send_string(second, "x"), -EOPNOTSUPP, "sends no string");
	is_int(mp_conn_recv_string(first, text, 8), -EOPNOTSUPP, "receives none");
	is_int(mp_conn_recv_alloc(first, &message, NULL), -EOPNOTSUPP, "has no lengths");
	is_int(mp_conn_send_fd(second, 1), -EOPNOTSUPP, "sends no descriptor");
	is_int(mp_conn_recv_fd(first, &fd), -EOPNOTSUPP, "receives none");
	is_int(mp_conn_send_timed(second, "x", 1, 0), -EOPNOTSUPP, "nor all or nothing in time");
	is_int(mp_conn_poll(first, 0), MP_TIMEOUT, "none of that has sent anything");
	is_int(mp_conn_send(first, "there", 5), 0, "both ends can send");
	is_int(mp_conn_recv(second, text, 8, NULL), 0, "and receive");
	close_pair();
	open_pair(0);
	is_int(mp_conn_send_some(second, "x", 1, &sent, 0), -EOPNOTSUPP, "a message has no parts");
	is_int((int64_t)sent, 0, "none was sent");
	close_pair();
}

/* --- wrapping --- */

static void expect_no_conn(int fd, int error, const char *what)
{
	struct mp_conn *conn = (void *)big;

	is_int(mp_conn_from_fd(&conn, fd), error, "%s is no end of a pipe", what);
	ok(!conn, "and makes none");
	if (fd >= 0)
		ok(fcntl(fd, F_GETFD) == 0, "it stays open, as it was");
	close(fd);
}

static void test_from_fd(void)
{
	struct mp_conn *one, *other;
	unsigned char text[4];
	int fds[2];

	expect_no_conn(open("/dev/null", O_RDWR), -EINVAL, "a device");
	expect_no_conn(open("/proc/self/exe", O_RDONLY), -EINVAL, "a file");
	expect_no_conn(socket(AF_UNIX, SOCK_STREAM, 0), -EINVAL, "a socket without a partner");
	expect_no_conn(-1, -EBADF, "what is not open");
	socketpair(AF_UNIX, SOCK_DGRAM, 0, fds);
	expect_no_conn(fds[0], -EINVAL, "a datagram socket");
	close(fds[1]);
	socketpair(AF_UNIX, SOCK_SEQPACKET, 0, fds);
	is_int(mp_conn_from_fd(&one, fds[0]), 0, "a socket of packets can be wrapped");
	is_int(mp_conn_from_fd(&other, fds[1]), 0, "on both sides");
	ok(fcntl(fds[0], F_GETFD) & FD_CLOEXEC, "it is closed on exec then");
	is_int(mp_conn_fd(one), fds[0], "and is the same");
	is_int(mp_conn_send(one, big, 0), 0, "it carries messages");
	is_int(mp_conn_recv(other, text, 4, NULL), 0, "even empty ones");
	mp_conn_close(one);
	is_int(mp_conn_recv(other, text, 4, NULL), MP_END, "and ends");
	mp_conn_close(other);
}

int main(void)
{
	unsigned fds;

	tap_plan(0);
	signal(SIGPIPE, SIG_DFL);
	fill(big, sizeof(big));
	fds = open_fds();
	test_stream(open_pair, "a stream");
	test_stream(open_pipe, "a pipe");
	test_stream(open_fifo, "a named pipe");
	test_stream(open_slow_pipe, "a pipe that does not block");
	test_own_sigpipe();
	test_readers(open_pair);
	test_readers(open_pipe);
	test_refused();
	test_from_fd();
	is_int(open_fds(), fds, "every descriptor was closed");
	ok(!has_child(), "no child is left");
	return tap_done();
}
