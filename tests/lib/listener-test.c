// SPDX-License-Identifier: GPL-2.0-or-later
/* Where processes that are no relatives meet. */
#include <errno.h>
#include <fcntl.h>
#include <mproc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "common.h"
#include "pair.h"
#include "tap.h"

enum { CLIENTS = 4 };

static char directory[] = "/tmp/mproc-test-XXXXXX";
static char path[sizeof(directory) + 20];
static struct mp_conn_listener *listener;

static void listen_at(const char *name, unsigned backlog, unsigned flags)
{
	int rc = mp_conn_listen(&listener, name, backlog, flags);

	if (rc)
		tap_bail("mp_conn_listen: %s", mp_result_text(rc));
}

static bool exists(const char *name)
{
	struct stat stat;

	return lstat(name, &stat) == 0;
}

/* Neither the way in which it was connected, nor how long that might take, stays with a socket. */
static bool is_plain(const struct mp_conn *conn)
{
	struct timeval patience = {.tv_sec = 1};
	socklen_t size = sizeof(patience);
	int fd = mp_conn_fd(conn);

	getsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, &size);
	return !(fcntl(fd, F_GETFL) & O_NONBLOCK) && patience.tv_sec == 0 && patience.tv_usec == 0;
}

/* --- names --- */

static void test_file(void)
{
	struct stat stat;
	mode_t mask = umask(0);

	listen_at(path, 0, 0);
	umask(mask);
	is_string(mp_conn_listener_path(listener), path, "a listener has the name it was given");
	ok(lstat(path, &stat) == 0 && S_ISSOCK(stat.st_mode), "which is a socket file");
	is_int(stat.st_mode & 0777, 0600, "that only its user may use");
	ok(fcntl(mp_conn_listener_fd(listener), F_GETFD) & FD_CLOEXEC, "it is closed on exec");
	mp_conn_listener_close(listener);
	ok(!exists(path), "closing removes the file");
	mp_conn_listener_close(NULL);
}

static void test_chosen_names(void)
{
	struct mp_conn_listener *other;
	char name[200], *slash;
	struct stat stat;

	listen_at(NULL, 0, 0);
	is_int(mp_conn_listen(&other, NULL, 0, 0), 0, "two listeners without names");
	ok(strcmp(mp_conn_listener_path(listener), mp_conn_listener_path(other)) != 0,
	   "get different ones");
	snprintf(name, sizeof(name), "%s", mp_conn_listener_path(listener));
	ok(exists(name), "which are there");
	slash = strrchr(name, '/');
	*slash = '\0';
	ok(lstat(name, &stat) == 0 && (stat.st_mode & 0777) == 0700, "in a private directory");
	mp_conn_listener_close(listener);
	ok(!exists(name), "that goes with its listener");
	mp_conn_listener_close(other);
}

static void test_long_directory(void)
{
	char name[200];

	snprintf(name, sizeof(name), "/%0*d", 150, 0);
	setenv("TMPDIR", name, 1);
	is_int(mp_conn_listen(&listener, NULL, 0, 0), 0,
	       "a directory that is too long is not used");
	mp_conn_listener_close(listener);
	setenv("TMPDIR", "here", 1);
	is_int(mp_conn_listen(&listener, NULL, 0, 0), 0, "nor one that is not the same everywhere");
	mp_conn_listener_close(listener);
	setenv("TMPDIR", "/nowhere", 1);
	is_int(mp_conn_listen(&listener, NULL, 0, 0), -ENOENT, "one that is not there is told");
	ok(!listener, "and nothing is made");
	unsetenv("TMPDIR");
}

static void test_abstract(void)
{
	struct mp_conn_listener *other;
	struct mp_conn *conn;
	char name[64];

	snprintf(name, sizeof(name), "@mproc-test-%d", (int)getpid());
	listen_at(name, 0, 0);
	is_string(mp_conn_listener_path(listener), name, "a name may be only in the kernel");
	ok(!exists(name), "without a file");
	is_int(mp_conn_listen(&other, name, 0, 0), -EADDRINUSE, "it is taken then");
	is_int(mp_conn_connect(&conn, name, 0), 0, "a client finds it");
	ok(is_plain(conn), "its socket is as others are");
	mp_conn_close(conn);
	mp_conn_listener_close(listener);
	is_int(mp_conn_connect(&conn, name, 0), -ECONNREFUSED, "until it is closed");
}

static void expect_no_name(const char *name, int error, const char *what)
{
	struct mp_conn_listener *none = (void *)path;
	struct mp_conn *conn = (void *)path;

	is_int(mp_conn_listen(&none, name, 0, 0), error, "%s is no name to listen at", what);
	is_int(mp_conn_connect(&conn, name, 0), error, "nor to connect to");
	ok(!none && !conn, "and makes nothing");
}

static void test_names(void)
{
	char name[120];

	expect_no_name("", -EINVAL, "nothing");
	expect_no_name("@", -EINVAL, "no name in the kernel");
	snprintf(name, sizeof(name), "%0*d", 108, 0);
	expect_no_name(name, -ENAMETOOLONG, "one of 108 bytes");
	name[0] = '@';
	expect_no_name(name, -ENAMETOOLONG, "the same in the kernel");
	name[107] = '\0';
	listen_at(name, 0, 0);
	is_string(mp_conn_listener_path(listener), name, "107 bytes are a name");
	mp_conn_listener_close(listener);
	expect_no_name("/nowhere/socket", -ENOENT, "one in no directory");
	is_int(mp_conn_listen(&listener, path, 0, MP_CONN_DUPLEX), -EINVAL, "flags are checked");
	is_int(mp_conn_listen(&listener, path, 40000, 0), -EINVAL, "and the backlog");
	ok(!listener && !exists(path), "and nothing is made");
}

/* --- names that are taken --- */

static void test_taken(void)
{
	struct mp_conn_listener *other = (void *)path;
	struct mp_conn *conn;

	listen_at(path, 0, 0);
	is_int(mp_conn_listen(&other, path, 0, 0), -EADDRINUSE, "a name is given once");
	is_int(mp_conn_listen(&other, path, 0, MP_CONN_BYTES), -EADDRINUSE, "of any kind");
	ok(!other && exists(path), "and stays with who has it");
	is_int(mp_conn_accept(listener, &conn, 0), MP_TIMEOUT, "who is not disturbed by that");
	mp_conn_listener_close(listener);
	is_int(mp_conn_listen(&other, path, 0, 0), 0, "afterwards it is free");
	mp_conn_listener_close(other);
}

static void test_stale(void)
{
	struct mp_conn *conn = (void *)path;
	pid_t pid = fork_now();
	int fd;

	if (pid == 0) {
		mp_conn_listen(&listener, path, 0, 0);
		kill(getpid(), SIGKILL);
	}
	is_int(wait_status(pid), -SIGKILL, "a listener is killed");
	ok(exists(path), "its file stays");
	is_int(mp_conn_connect(&conn, path, 1000), -ECONNREFUSED, "nobody listens there");
	ok(!conn, "and no end is made");
	is_int(mp_conn_listen(&listener, path, 0, 0), -EEXIST, "a new one is told of the file");
	unlink(path);
	is_int(mp_conn_connect(&conn, path, 1000), -ENOENT, "without it there is no such name");
	is_int(mp_conn_listen(&listener, path, 0, 0), 0, "and it can be listened at");
	mp_conn_listener_close(listener);
	fd = open(path, O_CREAT | O_CLOEXEC, 0600);
	is_int(mp_conn_listen(&listener, path, 0, 0), -EEXIST, "another file is told of, too");
	ok(exists(path), "and not removed");
	close(fd);
	unlink(path);
}

static void test_removal(void)
{
	struct mp_conn_listener *other;
	pid_t pid;

	listen_at(path, 0, 0);
	pid = fork_now();
	if (pid == 0) {
		mp_conn_listener_close(listener);
		_exit(0);
	}
	is_int(wait_status(pid), 0, "a child closes its handle");
	ok(exists(path), "and leaves the file");
	unlink(path);
	if (mp_conn_listen(&other, path, 0, 0))
		tap_bail("no second listener");
	mp_conn_listener_close(listener);
	ok(exists(path), "nor is another listener's file removed");
	mp_conn_listener_close(other);
	ok(!exists(path), "but by that one");
}

static void test_relative(void)
{
	int before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (chdir(directory) < 0)
		tap_bail("chdir: %s", strerror(errno));
	listen_at("socket", 0, 0);
	is_string(mp_conn_listener_path(listener), "socket", "a name may be relative");
	if (chdir("/") < 0)
		tap_bail("chdir: %s", strerror(errno));
	mp_conn_listener_close(listener);
	ok(!exists(path), "and is removed from everywhere");
	if (fchdir(before) < 0)
		tap_bail("fchdir: %s", strerror(errno));
	close(before);
}

/* --- clients --- */

static int say_hello(void)
{
	struct mp_conn *conn;
	char text[16];
	int rc = mp_conn_connect(&conn, path, 1000);

	if (rc)
		return 1;
	if (mp_conn_send_string(conn, "hello") != 0)
		return 2;
	if (mp_conn_recv_string(conn, text, sizeof(text)) != 0 || strcmp(text, "welcome") != 0)
		return 3;
	mp_conn_close(conn);
	return 0;
}

static void test_client(const char *name)
{
	char text[16] = "";
	struct mp_conn *conn;
	pid_t pid, peer = 0;
	uid_t uid = 0;
	gid_t gid = 0;

	listen_at(name, 0, 0);
	snprintf(path, sizeof(path), "%s", mp_conn_listener_path(listener));
	pid = fork_now();
	if (pid == 0)
		_exit(say_hello());
	is_int(mp_conn_accept(listener, &conn, MP_FOREVER), 0, "a client is accepted at %s",
	       name ? name : "a name of the library");
	ok(fcntl(mp_conn_fd(conn), F_GETFD) & FD_CLOEXEC, "its end is closed on exec");
	is_int(mp_conn_recv_string(conn, text, sizeof(text)), 0, "it sends");
	is_string(text, "hello", "what it should");
	is_int(mp_conn_peer(conn, &peer, &uid, &gid), 0, "it can be asked who it is");
	ok(peer == pid && uid == geteuid() && gid == getegid(), "which the kernel knows");
	is_int(mp_conn_peer(conn, NULL, NULL, NULL), 0, "or that it is somebody");
	is_int(mp_conn_send_string(conn, "welcome"), 0, "it is sent to");
	is_int(wait_status(pid), 0, "and ends well");
	is_int(mp_conn_recv_string(conn, text, sizeof(text)), MP_END, "then comes the end");
	mp_conn_close(conn);
	mp_conn_listener_close(listener);
	snprintf(path, sizeof(path), "%s/socket", directory);
}

enum { STRANGER = 54321 };

/* In a child, as another user. */
static int connect_as_stranger(const char *name)
{
	struct mp_conn *conn;
	int rc;

	if (setresuid(STRANGER, STRANGER, STRANGER) < 0)
		return 9;
	rc = mp_conn_connect(&conn, name, 1000);
	return rc == 0 ? 0 : rc == -EACCES ? 1 : 2;
}

static int try_as_stranger(const char *name)
{
	pid_t pid;

	listen_at(name, 0, 0);
	pid = fork_now();
	if (pid == 0)
		_exit(connect_as_stranger(name));
	return wait_status(pid);
}

static void test_stranger(void)
{
	struct mp_conn *conn;
	uid_t uid = 0;

	if (getuid() != 0) {
		tap_note("only root can try as another user");
		return;
	}
	chmod(directory, 0755);
	is_int(try_as_stranger(path), 1, "another user cannot connect to a socket file");
	is_int(mp_conn_accept(listener, &conn, 0), MP_TIMEOUT, "and nobody is accepted");
	mp_conn_listener_close(listener);
	is_int(try_as_stranger("@mproc-test-stranger"), 0, "he can to a name in the kernel");
	if (mp_conn_accept(listener, &conn, MP_FOREVER) == 0)
		mp_conn_peer(conn, NULL, &uid, NULL);
	is_int(uid, STRANGER, "but is known");
	mp_conn_close(conn);
	mp_conn_listener_close(listener);
}

/* One that has gone before it is accepted. */
static void test_gone(void)
{
	struct mp_conn *conn;
	char text[16];

	listen_at(path, 0, 0);
	mp_conn_connect(&conn, path, 0);
	mp_conn_send_string(conn, "bye");
	mp_conn_close(conn);
	is_int(mp_conn_accept(listener, &conn, MP_FOREVER), 0, "who has gone is accepted still");
	is_int(mp_conn_poll(conn, 0), 0, "something is there");
	is_int(mp_conn_recv_string(conn, text, sizeof(text)), 0, "it is what was sent");
	is_string(text, "bye", "before");
	is_int(mp_conn_recv_string(conn, text, sizeof(text)), MP_END, "and the end");
	mp_conn_close(conn);
	is_int(mp_conn_connect(&conn, path, 0), 0, "who was not accepted");
	mp_conn_listener_close(listener);
	is_int(mp_conn_recv_string(conn, text, sizeof(text)), MP_END, "finds the end");
	mp_conn_close(conn);
}

static void test_bytes(void)
{
	struct mp_conn *client, *conn;
	char text[16];
	size_t length;

	listen_at(path, 0, MP_CONN_BYTES);
	is_int(mp_conn_connect(&client, path, 0), 0, "a client finds out that it carries bytes");
	is_int(mp_conn_accept(listener, &conn, 0), 0, "as who accepts knows");
	mp_conn_send(client, "ab", 2);
	mp_conn_send(client, "cd", 2);
	is_int(mp_conn_recv(conn, text, sizeof(text), &length), 0, "bytes come");
	is_int((int64_t)length, 4, "without bounds");
	mp_conn_close(conn);
	mp_conn_close(client);
	mp_conn_listener_close(listener);
}

/* --- time --- */

static void test_time(void)
{
	struct mp_conn *conn = (void *)path;
	int64_t before;

	listen_at(path, 0, 0);
	is_int(mp_conn_accept(listener, &conn, 0), MP_TIMEOUT, "nobody is there");
	ok(!conn, "and no end is made");
	before = now_ms();
	interrupt_me(true, 0);
	is_int(mp_conn_accept(listener, &conn, 100), MP_TIMEOUT, "nobody comes");
	ok(now_ms() - before >= 99 && now_ms() - before < 10000, "in that time, signals or not");
	interrupt_me(false, 0);
	mp_conn_listener_close(listener);
}

static unsigned crowd(struct mp_conn **clients, unsigned most)
{
	unsigned count = 0;

	while (count < most && mp_conn_connect(&clients[count], path, 0) == 0)
		count++;
	return count;
}

static void test_full(void)
{
	struct mp_conn *clients[16], *conn, *late = (void *)path;
	unsigned count;
	int64_t before;
	pid_t pid;

	listen_at(path, 1, 0);
	count = crowd(clients, 16);
	ok(count >= 1 && count <= 2, "a backlog of one is full with %u", count);
	is_int(mp_conn_connect(&late, path, 0), MP_TIMEOUT, "one more is not let in");
	ok(!late, "and no end is made");
	before = now_ms();
	interrupt_me(true, 0);
	is_int(mp_conn_connect(&late, path, 100), MP_TIMEOUT, "nor in time");
	ok(now_ms() - before >= 99 && now_ms() - before < 10000, "which is kept, signals or not");
	interrupt_me(false, 0);
	pid = fork_now();
	if (pid == 0) {
		interrupt_me(true, 0);
		_exit(mp_conn_connect(&late, path, 60000) == 0 && is_plain(late) ? 0 : 1);
	}
	ok(falls_asleep(pid), "who has time waits");
	is_int(mp_conn_accept(listener, &conn, 0), 0, "until another one is accepted");
	is_int(wait_status(pid), 0, "and is let in");
	mp_conn_close(conn);
	pid = fork_now();
	if (pid == 0) {
		mp_conn_listener_close(listener);
		_exit(mp_conn_connect(&late, path, 60000) == -ENOENT ? 0 : 1);
	}
	falls_asleep(pid);
	mp_conn_listener_close(listener);
	is_int(wait_status(pid), 0, "who waits is told when the listener goes");
	while (count > 0)
		mp_conn_close(clients[--count]);
}

/* --- many, and limits --- */

static int accept_for_ever(void)
{
	struct mp_conn *conn;
	int rc;

	/* A client that sends "end" is the last. */
	while ((rc = mp_conn_accept(listener, &conn, 60000)) == 0) {
		char text[16] = "";

		mp_conn_recv_string(conn, text, sizeof(text));
		mp_conn_send_string(conn, "welcome");
		mp_conn_close(conn);
		if (strcmp(text, "end") == 0)
			return 0;
	}
	return 1;
}

static int say_often(void)
{
	int bad = 0;

	for (unsigned i = 0; i < 100; i++)
		bad += say_hello();
	return bad;
}

static void send_end(void)
{
	struct mp_conn *conn;
	char text[16];

	if (mp_conn_connect(&conn, path, 10000))
		return;
	mp_conn_send_string(conn, "end");
	mp_conn_recv_string(conn, text, sizeof(text));
	mp_conn_close(conn);
}

static void test_many(void)
{
	pid_t servers[2], clients[CLIENTS];
	int bad = 0;

	listen_at(path, 2, 0);
	for (unsigned i = 0; i < 2; i++) {
		servers[i] = fork_now();
		if (servers[i] == 0)
			_exit(accept_for_ever());
	}
	for (unsigned i = 0; i < CLIENTS; i++) {
		clients[i] = fork_now();
		if (clients[i] == 0)
			_exit(say_often());
	}
	for (unsigned i = 0; i < CLIENTS; i++)
		bad += wait_status(clients[i]);
	is_int(bad, 0, "several processes accept several clients");
	send_end();
	send_end();
	for (unsigned i = 0; i < 2; i++)
		bad += wait_status(servers[i]);
	is_int(bad, 0, "and end well");
	mp_conn_listener_close(listener);
}

static void test_no_descriptors(void)
{
	struct mp_conn_listener *other = (void *)path;
	struct mp_conn *client, *conn = (void *)path;

	listen_at(path, 0, 0);
	mp_conn_connect(&client, path, 0);
	forbid_fds(true);
	is_int(mp_conn_accept(listener, &conn, MP_FOREVER), -EMFILE, "without a descriptor");
	ok(!conn, "nobody is accepted");
	is_int(mp_conn_connect(&conn, path, MP_FOREVER), -EMFILE, "nobody connects");
	ok(!conn, "at all");
	is_int(mp_conn_listen(&other, NULL, 0, 0), -EMFILE, "and nobody listens");
	ok(!other, "to that");
	forbid_fds(false);
	is_int(mp_conn_accept(listener, &conn, 10000), 0, "but the client waits on");
	mp_conn_close(client);
	mp_conn_close(conn);
	mp_conn_listener_close(listener);
}

/* Its input is closed: that number is free, but not for a client. */
static int accept_without_input(void *argument)
{
	struct mp_conn *client, *conn;

	listen_at(NULL, 0, 0);
	mp_conn_connect(&client, mp_conn_listener_path(listener), 0);
	forbid_fds(true);
	close(STDIN_FILENO);
	if (mp_conn_accept(listener, &conn, 0) != -EMFILE)
		return 1;
	forbid_fds(false);
	if (mp_conn_accept(listener, &conn, 0) != 0)
		return 2;
	mp_conn_listener_close(listener);
	return mp_conn_fd(conn) > STDERR_FILENO ? 0 : 3;
}

static void test_without_input(void)
{
	is_int(wait_status(child_doing(accept_without_input, NULL)), 0,
	       "nor is a client lost for whom only the place of the input is free");
}

static void test_pipe_peer(void)
{
	struct mp_conn *conn;
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0 || mp_conn_from_fd(&conn, ends[0]) != 0)
		tap_bail("no pipe");
	is_int(mp_conn_peer(conn, NULL, NULL, NULL), -EOPNOTSUPP, "a pipe tells nobody's name");
	mp_conn_close(conn);
	close(ends[1]);
}

int main(void)
{
	unsigned fds;

	tap_plan(0);
	signal(SIGPIPE, SIG_DFL);
	if (!mkdtemp(directory))
		tap_bail("mkdtemp: %s", strerror(errno));
	snprintf(path, sizeof(path), "%s/socket", directory);
	unsetenv("TMPDIR");
	fds = open_fds();
	test_file();
	test_chosen_names();
	test_long_directory();
	test_abstract();
	test_names();
	test_taken();
	test_stale();
	test_removal();
	test_relative();
	test_client(path);
	test_client(NULL);
	test_client("@mproc-test-client");
	test_stranger();
	test_gone();
	test_bytes();
	test_time();
	test_full();
	test_many();
	test_no_descriptors();
	test_without_input();
	test_pipe_peer();
	is_int(open_fds(), fds, "every descriptor was closed");
	ok(!has_child(), "no child is left");
	is_int(rmdir(directory), 0, "and no file");
	return tap_done();
}
