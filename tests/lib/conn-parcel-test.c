// SPDX-License-Identifier: GPL-2.0-or-later
/* Messages that one packet cannot carry: long ones, and empty ones. */
#include <errno.h>
#include <fcntl.h>
#include <mproc.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common.h"
#include "pair.h"
#include "tap.h"

enum { MIB = 1 << 20, LONG = 3 * MIB + 17 };

static unsigned char big[LONG], copy[LONG];

static void test_sizes(void)
{
	const size_t sizes[] = {0,   1,	  MP_CONN_PACKET - 1, MP_CONN_PACKET, MP_CONN_PACKET + 1,
				MIB, LONG};
	size_t length;

	open_pair(0);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		length = 1;
		memset(copy, 0, sizeof(copy));
		is_int(mp_conn_send(second, big, sizes[i]), 0, "%zu bytes are sent", sizes[i]);
		is_int(mp_conn_poll(first, 0), 0, "they are there");
		is_int(mp_conn_recv(first, copy, sizes[i] ? sizes[i] : 1, &length), 0,
		       "they are received");
		ok(length == sizes[i] && memcmp(big, copy, length) == 0, "as they were");
	}
	is_int(mp_conn_poll(first, 0), MP_TIMEOUT, "and nothing else is");
	is_int(mp_conn_send(second, big, (size_t)MP_CONN_MAX + 1), -EMSGSIZE,
	       "there is a longest message");
	close_pair();
}

static void test_order(void)
{
	char text[8];
	size_t length;

	open_pair(0);
	mp_conn_send(second, "one", 3);
	mp_conn_send(second, big, LONG);
	mp_conn_send(second, NULL, 0);
	mp_conn_send(second, "four", 4);
	mp_conn_close(second);
	mp_conn_recv(first, text, sizeof(text), &length);
	ok(length == 3 && memcmp(text, "one", 3) == 0, "a short message comes first");
	is_int(mp_conn_recv(first, copy, LONG, &length), 0, "the long one after it");
	ok(length == LONG && memcmp(big, copy, LONG) == 0, "as it was");
	is_int(mp_conn_recv(first, text, sizeof(text), &length), 0, "an empty one is no end");
	is_int((int64_t)length, 0, "but empty");
	is_int(mp_conn_recv(first, text, sizeof(text), &length), 0, "and the last comes last");
	ok(length == 4 && memcmp(text, "four", 4) == 0, "as it was");
	is_int(mp_conn_recv(first, text, sizeof(text), &length), MP_END, "then comes the end");
	mp_conn_close(first);
}

static void test_small_buffer(void)
{
	unsigned fds;
	size_t length = 0;

	open_pair(0);
	fds = open_fds();
	mp_conn_send(second, big, LONG);
	mp_conn_send(second, NULL, 0);
	is_int(mp_conn_recv(first, copy, 1000, &length), -EMSGSIZE, "the buffer is too small");
	is_int((int64_t)length, LONG, "the length is said");
	is_int(mp_conn_poll(first, 0), 0, "the message is still there");
	is_int(mp_conn_recv_timed(first, copy, MP_CONN_PACKET, NULL, 0), -EMSGSIZE, "and too long");
	is_int(mp_conn_recv(first, NULL, 0, &length), -EMSGSIZE, "also for no buffer");
	is_int(mp_conn_recv(first, copy, LONG, &length), 0, "with room enough it comes");
	ok(length == LONG && memcmp(big, copy, LONG) == 0, "as it was");
	is_int(mp_conn_recv(first, NULL, 0, &length), 0, "an empty one needs no buffer");
	is_int((int64_t)length, 0, "at all");
	is_int(open_fds(), fds, "no descriptor is left of them");
	mp_conn_send(second, big, LONG);
	mp_conn_recv(first, copy, 1, NULL);
	close_pair();
	is_int(open_fds(), fds - 2, "nor of one that was never fetched");
}

static int child_of_holder(void)
{
	unsigned fds = open_fds();

	if (mp_conn_poll(first, 0) != MP_TIMEOUT || open_fds() != fds - 1)
		return 1;
	mp_conn_send(second, "new", 3);
	return mp_conn_recv(first, copy, 3, NULL);
}

static void test_held_and_fork(void)
{
	pid_t pid;

	open_pair(0);
	mp_conn_send(second, big, LONG);
	mp_conn_recv(first, NULL, 0, NULL);
	pid = fork_now();
	if (pid == 0)
		_exit(child_of_holder());
	is_int(wait_status(pid), 0, "a message that is held is not there for a child as well");
	is_int(mp_conn_recv(first, copy, LONG, NULL), 0, "it is there for who met it");
	ok(memcmp(big, copy, LONG) == 0, "as it was");
	close_pair();
}

static void test_memory_on_its_way(void)
{
	unsigned sent = 0;

	open_pair(0);
	while (sent < 100 && mp_conn_send_timed(second, big, MIB, 0) == 0)
		sent++;
	ok(sent >= 2 && sent <= 8, "%u messages of 1 MiB fill a pipe", sent);
	is_int(mp_conn_send_timed(second, big, MIB, 20), MP_TIMEOUT, "one more has to wait");
	for (unsigned i = 0; i < sent; i++)
		mp_conn_recv(first, copy, LONG, NULL);
	is_int(mp_conn_poll(first, 0), MP_TIMEOUT, "and leaves nothing behind");
	close_pair();
}

/* A socket that was wrapped may be unable to carry a packet that the library would send. */
static void test_small_socket(void)
{
	const int least = 1;
	size_t length;

	open_pair(0);
	setsockopt(mp_conn_fd(second), SOL_SOCKET, SO_SNDBUF, &least, sizeof(least));
	is_int(mp_conn_send(second, big, MP_CONN_PACKET), 0,
	       "a packet goes through a small socket");
	is_int(mp_conn_recv(first, copy, LONG, &length), 0, "in a parcel");
	ok(length == MP_CONN_PACKET && memcmp(big, copy, length) == 0, "as it was");
	is_int(mp_conn_send(second, big, LONG), 0, "a long message goes");
	is_int(mp_conn_recv(first, copy, LONG, &length), 0, "without ballast");
	ok(length == LONG && memcmp(big, copy, length) == 0, "as it was");
	close_pair();
}

/* --- the longest --- */

static int send_longest(void)
{
	unsigned char *memory = mmap(NULL, MP_CONN_MAX, PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (memory == MAP_FAILED)
		return 1;
	/* Pages that were never written share one; the file has them all. */
	memory[0] = 1;
	memory[MP_CONN_MAX - 1] = 2;
	return mp_conn_send(second, memory, MP_CONN_MAX) ? 1 : 0;
}

static bool has_memory(void)
{
	long pages = sysconf(_SC_AVPHYS_PAGES);

	return getenv("MP_TEST_LONGEST") && pages > 0 &&
	       (int64_t)pages * sysconf(_SC_PAGESIZE) > INT64_C(3) * MP_CONN_MAX;
}

static void test_longest(void)
{
	void *message = NULL;
	size_t length = 0;
	pid_t pid;

	if (!has_memory()) {
		tap_note("1 GiB: only with MP_TEST_LONGEST=1, and 3 GiB of free memory");
		return;
	}
	open_pair(0);
	pid = fork_now();
	if (pid == 0)
		_exit(send_longest());
	is_int(mp_conn_recv_alloc(first, &message, &length), 0, "the longest message comes");
	is_int((int64_t)length, MP_CONN_MAX, "at its length");
	ok(message && ((char *)message)[0] == 1 && ((char *)message)[length - 1] == 2, "whole");
	free(message);
	is_int(wait_status(pid), 0, "its sender ended well");
	close_pair();
}

/* --- limits --- */

static void test_no_descriptors(void)
{
	size_t length = 1;
	void *message = copy;

	open_pair(0);
	forbid_fds(true);
	is_int(mp_conn_send(second, big, LONG), -EMFILE, "a parcel cannot be made");
	is_int(mp_conn_send(second, "x", 1), 0, "but a packet can");
	is_int(mp_conn_recv(first, copy, 10, NULL), 0, "and be received");
	forbid_fds(false);
	mp_conn_send(second, big, LONG);
	forbid_fds(true);
	is_int(mp_conn_recv(first, copy, LONG, NULL), -EMFILE, "nor can one be received");
	is_int(mp_conn_recv(first, NULL, 0, NULL), -EMFILE, "in any");
	is_int(mp_conn_recv_alloc(first, &message, &length), -EMFILE, "way");
	ok(!message, "and nothing is given");
	forbid_fds(false);
	is_int(mp_conn_recv(first, copy, LONG, &length), 0, "but it is not lost");
	ok(length == LONG && memcmp(big, copy, LONG) == 0, "not one byte of it");

	mp_conn_send(second, big, LONG);
	mp_conn_send(second, NULL, 0);
	forbid_fds(true);
	is_int(mp_conn_recv(first, copy, 10, NULL), -EMFILE,
	       "a small buffer loses it, and says so");
	is_int(mp_conn_recv(first, copy, 10, &length), 0, "an empty message needs no descriptor");
	is_int((int64_t)length, 0, "to be empty");
	forbid_fds(false);
	is_int(mp_conn_poll(first, 0), MP_TIMEOUT, "nothing is left");
	close_pair();
}

static void test_file_limit(void)
{
	struct rlimit before, low;

	open_pair(0);
	getrlimit(RLIMIT_FSIZE, &before);
	low = (struct rlimit){.rlim_cur = MIB, .rlim_max = before.rlim_max};
	setrlimit(RLIMIT_FSIZE, &low);
	is_int(mp_conn_send(second, big, LONG), -EFBIG,
	       "a limit of files is told, and kills nobody");
	is_int(mp_conn_send(second, big, MIB), 0, "within it the message is sent");
	setrlimit(RLIMIT_FSIZE, &before);
	is_int(mp_conn_recv(first, copy, LONG, NULL), 0, "and received");
	close_pair();
}

/* --- a program that was started with its input closed --- */

static bool input_is_closed(void)
{
	return fcntl(STDIN_FILENO, F_GETFD) < 0;
}

static int receive_without_input(void *argument)
{
	size_t length;
	int fd;

	open_pair(0);
	/* From here on only the input's number is free. */
	forbid_fds(true);
	close(STDIN_FILENO);
	if (mp_conn_send_fd(second, mp_conn_fd(second)) != 0)
		return 1;
	if (mp_conn_recv_fd(first, &fd) != -EMFILE || !input_is_closed())
		return 2;
	forbid_fds(false);
	if (mp_conn_recv_fd(first, &fd) != 0 || fd <= STDERR_FILENO || close(fd) < 0)
		return 3;
	if (mp_conn_send(second, big, LONG) != 0 ||
	    mp_conn_recv(first, NULL, 0, &length) != -EMSGSIZE || !input_is_closed())
		return 4;
	return mp_conn_recv(first, copy, LONG, &length) == 0 && length == LONG ? 0 : 5;
}

static void test_without_input(void)
{
	is_int(wait_status(child_doing(receive_without_input, NULL)), 0,
	       "what is received does not take the place of a closed input");
}

/* --- what strangers send --- */

static void send_strange(const void *bytes, size_t size, const int *fds, unsigned count)
{
	union {
		struct cmsghdr header;
		unsigned char bytes[CMSG_SPACE(4 * sizeof(int))];
	} rights = {.header = {.cmsg_len = CMSG_LEN(count * sizeof(int)),
			       .cmsg_level = SOL_SOCKET,
			       .cmsg_type = SCM_RIGHTS}};
	struct iovec part = {.iov_base = (void *)bytes, .iov_len = size};
	struct msghdr header = {.msg_iov = &part,
				.msg_iovlen = 1,
				.msg_control = &rights,
				.msg_controllen = CMSG_SPACE(count * sizeof(int))};

	memcpy(CMSG_DATA(&rights.header), fds, count * sizeof(int));
	if (sendmsg(mp_conn_fd(second), &header, 0) < 0)
		tap_bail("sendmsg: %s", strerror(errno));
}

/* As the library labels a file. */
struct label {
	uint32_t mark, kind;
	uint64_t length;
};

static int file_of(size_t size, int seals)
{
	int fd = memfd_create("strange", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0 || ftruncate(fd, (off_t)size) < 0 || fcntl(fd, F_ADD_SEALS, seals) < 0)
		tap_bail("memfd: %s", strerror(errno));
	return fd;
}

static void expect_refused(const char *what, const struct label *label, size_t size, int fd)
{
	unsigned fds = open_fds();

	send_strange(label, size, &fd, 1);
	is_int(mp_conn_recv(first, copy, 100, NULL), -EBADMSG, "%s is refused", what);
	is_int(open_fds(), fds, "and closed");
	close(fd);
}

static void test_strange_parcels(void)
{
	const int sealed = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
	const struct label good = {0x6d70cafe, 2, 50};
	const int many[] = {0, 1, 2};
	struct label bad = good;
	unsigned fds;
	size_t length;
	int fd;

	open_pair(0);
	fd = file_of(50, sealed);
	send_strange(&good, sizeof(good), &fd, 1);
	close(fd);
	is_int(mp_conn_recv(first, copy, 100, &length), 0, "this is how a good one looks");
	is_int((int64_t)length, 50, "with its length");
	expect_refused("a file without seals", &good, sizeof(good), file_of(50, 0));
	expect_refused("one that may shrink", &good, sizeof(good),
		       file_of(50, sealed & ~F_SEAL_SHRINK));
	expect_refused("one that is shorter", &good, sizeof(good), file_of(49, sealed));
	expect_refused("one that is longer", &good, sizeof(good), file_of(51, sealed));
	expect_refused("no file", &good, sizeof(good), dup(mp_conn_fd(first)));
	expect_refused("a label that was cut", &good, sizeof(good) - 1, file_of(50, sealed));
	bad.mark++;
	expect_refused("a wrong mark", &bad, sizeof(bad), file_of(50, sealed));
	bad = good;
	bad.kind = 1;
	expect_refused("a wrong kind", &bad, sizeof(bad), file_of(50, sealed));
	bad = good;
	bad.length = (uint64_t)MP_CONN_MAX + 1;
	expect_refused("a wrong length", &bad, sizeof(bad), file_of((size_t)bad.length, sealed));
	bad = good;
	bad.kind = 3;
	expect_refused("a descriptor with a length", &bad, sizeof(bad), dup(mp_conn_fd(first)));
	fds = open_fds();
	send_strange(&good, sizeof(good), many, 3);
	is_int(mp_conn_recv(first, copy, 100, NULL), -EBADMSG, "three descriptors are refused");
	send_strange("text", 4, many, 1);
	is_int(mp_conn_recv(first, copy, 100, NULL), -EBADMSG, "text with one is refused");
	is_int(open_fds(), fds, "all are closed");
	mp_conn_send(second, "x", 1);
	is_int(mp_conn_recv(first, copy, 10, NULL), 0, "the next message is received");
	close_pair();
}

/* --- the limit of descriptors on their way --- */

enum { CROWD = 40 };

/* In a child, as a user who is bound by it: root is, too, in a namespace that has no other user. */
static bool bind_to_crowd(void)
{
	const struct rlimit low = {CROWD, CROWD};

	if (getuid() == 0 && setresuid(54321, 54321, 54321) < 0 && errno != EINVAL)
		return false;
	return setrlimit(RLIMIT_NOFILE, &low) == 0;
}

/*
 * Sends until the next one has to wait, which is MP_TIMEOUT. Those that other processes of this
 * user have on their way count as well, and may arrive at any time: then there is room for more.
 */
static int fill_crowd(struct mp_conn *to, unsigned *sent)
{
	int rc = 0;

	for (*sent = 0; rc == 0 && *sent <= 2 * CROWD; *sent += rc == 0) {
		rc = mp_conn_send_timed(to, NULL, 0, 0);
		if (rc == MP_TIMEOUT)
			rc = mp_conn_send_timed(to, NULL, 0, 50);
	}
	return rc;
}

static int receive_when_sender_sleeps(void *sent)
{
	if (!falls_asleep(getppid()))
		return 1;
	for (unsigned i = *(unsigned *)sent; i > 0; i--)
		if (mp_conn_recv(first, copy, 1, NULL) != 0)
			return 2;
	return 0;
}

static int wait_in_crowd(void)
{
	unsigned sent;
	pid_t pid;

	if (!bind_to_crowd() || fill_crowd(second, &sent) != MP_TIMEOUT)
		return 1;
	/* One without a descriptor does not wait. */
	if (mp_conn_send_timed(second, "x", 1, 0) != 0)
		return 2;
	pid = child_doing(receive_when_sender_sleeps, &sent);
	if (mp_conn_send(second, NULL, 0) != 0)
		return 3;
	if (wait_status(pid) != 0)
		return 4;
	if (mp_conn_recv(first, copy, 1, NULL) != 0 || copy[0] != 'x')
		return 5;
	return mp_conn_recv(first, NULL, 0, NULL);
}

/* They stay on their way, elsewhere; nobody receives here any more. */
static int send_in_crowd(void)
{
	struct mp_conn *other[2];
	unsigned sent;

	if (mp_conn_pair(&other[0], &other[1], 0) != 0)
		return 1;
	if (!bind_to_crowd() || fill_crowd(other[1], &sent) != MP_TIMEOUT)
		return 2;
	mp_conn_close(first);
	return mp_conn_send(second, NULL, 0) == -EPIPE ? 0 : 3;
}

static void test_crowd(int (*act)(void), const char *what)
{
	pid_t pid;

	open_pair(0);
	pid = fork_now();
	if (pid == 0)
		_exit(act());
	mp_conn_close(first);
	is_int(wait_status(pid), 0, "too many descriptors on their way: %s", what);
	mp_conn_close(second);
}

int main(void)
{
	unsigned fds;

	tap_plan(0);
	signal(SIGPIPE, SIG_DFL);
	fill(big, sizeof(big));
	fds = open_fds();
	test_sizes();
	test_order();
	test_small_buffer();
	test_held_and_fork();
	test_memory_on_its_way();
	test_small_socket();
	test_longest();
	test_no_descriptors();
	test_file_limit();
	test_without_input();
	test_strange_parcels();
	test_crowd(wait_in_crowd, "a sender waits for receivers");
	test_crowd(send_in_crowd, "but not when there are none");
	is_int(open_fds(), fds, "every descriptor was closed");
	ok(!has_child(), "no child is left");
	return tap_done();
}
