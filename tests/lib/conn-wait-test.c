// SPDX-License-Identifier: GPL-2.0-or-later
/* Waiting for any of several conns, listeners, processes and descriptors. */
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

enum { CHILDREN = 4, EACH = 10, MANY = 100, LONG = 100000 };

static char buffer[LONG];

static unsigned count_ready(const struct mp_conn_waiter *items, size_t count)
{
	unsigned ready = 0;

	for (size_t i = 0; i < count; i++)
		ready += items[i].ready;
	return ready;
}

static int nap_and_end(void *ms)
{
	sleep_ms(*(unsigned *)ms);
	return 3;
}

static struct mp_process *start(unsigned ms)
{
	struct mp_process *process;

	if (mp_process_new(&process, NULL, nap_and_end, &ms) || mp_process_start(process))
		tap_bail("no process");
	return process;
}

/* --- one of each --- */

static void test_each(void)
{
	struct mp_conn_listener *listener;
	struct mp_process *process = start(0);
	struct mp_conn *client;
	struct mp_conn_waiter items[4] = {{.fd = -1}};
	int ends[2];

	open_pair(0);
	if (mp_conn_listen(&listener, NULL, 0, 0) || pipe2(ends, O_CLOEXEC))
		tap_bail("no listener");
	mp_process_join(process, MP_FOREVER);
	items[0].conn = first;
	items[1].listener = listener;
	items[2].process = process;
	items[3].fd = ends[0];
	is_int(mp_conn_wait(items, 2, 0), MP_TIMEOUT, "neither conn nor listener is ready");
	is_int(count_ready(items, 2), 0, "as the items say");
	is_int(mp_conn_wait(items, 4, MP_FOREVER), 0, "a process that was joined is");
	ok(items[2].ready && count_ready(items, 4) == 1, "alone");
	mp_conn_send(second, "x", 1);
	is_int(mp_conn_wait(items, 1, 0), 0, "a message makes a conn ready");
	ok(items[0].ready, "as its item says");
	if (mp_conn_connect(&client, mp_conn_listener_path(listener), 0))
		tap_bail("no client");
	is_int(mp_conn_wait(items + 1, 1, MP_FOREVER), 0, "a client makes a listener ready");
	ok(items[1].ready, "as its item says");
	ok(write(ends[1], "x", 1) == 1, "a byte in a pipe");
	is_int(mp_conn_wait(items + 3, 1, MP_FOREVER), 0, "makes its descriptor ready");
	is_int(mp_conn_wait(items, 4, MP_FOREVER), 0, "now all are ready");
	is_int(count_ready(items, 4), 4, "at once");
	close(ends[0]);
	is_int(mp_conn_wait(items, 4, MP_FOREVER), -EBADF, "a descriptor that was closed is wrong");
	is_int(count_ready(items, 4), 0, "and then nobody is ready");
	close(ends[1]);
	mp_conn_close(client);
	mp_conn_listener_close(listener);
	mp_process_free(process);
	close_pair();
}

static void test_held(void)
{
	struct mp_conn_waiter items[2] = {{.fd = -1}};

	open_pair(MP_CONN_DUPLEX);
	items[0].conn = first;
	items[1].conn = second;
	mp_conn_send(second, buffer, LONG);
	mp_conn_recv(first, buffer, 1, NULL);
	is_int(mp_conn_wait(items, 2, MP_FOREVER), 0, "a message that is held makes ready");
	ok(items[0].ready && !items[1].ready, "who holds it");
	mp_conn_send(first, NULL, 0);
	is_int(mp_conn_wait(items, 2, MP_FOREVER), 0, "and keeps nobody from being seen");
	is_int(count_ready(items, 2), 2, "who is ready, too");
	items[1] = (struct mp_conn_waiter){.fd = -1};
	is_int(mp_conn_wait(items, 2, 0), -EBADF, "but what cannot be waited for is told");
	is_int(count_ready(items, 2), 0, "and nobody is said to be ready then");
	mp_conn_recv(first, buffer, LONG, NULL);
	is_int(mp_conn_wait(items, 1, 0), MP_TIMEOUT, "when it is fetched it does not any more");
	close_pair();
}

static void test_wrong(void)
{
	struct mp_conn_waiter item = {.fd = -1};
	struct mp_process *process;

	open_pair(0);
	is_int(mp_conn_wait(&item, 1, 0), -EBADF, "an item without anything is refused");
	item.conn = second;
	is_int(mp_conn_wait(&item, 1, 0), -EBADF, "as one that only sends");
	item.conn = first;
	if (mp_process_new(&process, NULL, nap_and_end, NULL))
		tap_bail("no process");
	item.process = process;
	is_int(mp_conn_wait(&item, 1, 0), -EINVAL, "and one with two things");
	item.conn = NULL;
	is_int(mp_conn_wait(&item, 1, 0), -ESRCH, "and a process that was not started");
	ok(!item.ready, "none of them is ready");
	is_int(mp_conn_wait(NULL, 0, MP_FOREVER), -EINVAL, "nothing is not waited for without end");
	mp_process_free(process);
	close_pair();
}

/* --- time --- */

static void test_time(void)
{
	struct mp_conn_waiter item = {.fd = -1};
	int64_t before = now_ms();

	is_int(mp_conn_wait(NULL, 0, 0), MP_TIMEOUT, "nothing is there at once");
	is_int(mp_conn_wait(NULL, 0, 60), MP_TIMEOUT, "nor does it come");
	ok(now_ms() - before >= 59, "but it is waited for");
	open_pair(0);
	item.conn = first;
	before = now_ms();
	interrupt_me(true, 0);
	is_int(mp_conn_wait(&item, 1, 100), MP_TIMEOUT, "signals do not end a wait");
	interrupt_me(false, 0);
	ok(now_ms() - before >= 99 && now_ms() - before < 10000, "nor make it longer");
	mp_conn_send(second, "x", 1);
	is_int(mp_conn_wait(&item, 1, -7), 0, "any negative number is for ever");
	close_pair();
}

static void test_process_ends(void)
{
	struct mp_process *process = start(100), *longer = start(60000);
	struct mp_conn_waiter items[3] = {{.fd = -1}};
	int64_t before = now_ms();

	open_pair(0);
	items[0].process = longer;
	items[1].process = process;
	items[2].conn = first;
	is_int(mp_conn_wait(items, 3, MP_FOREVER), 0, "the end of a process is waited for");
	ok(items[1].ready && count_ready(items, 3) == 1, "and seen");
	ok(now_ms() - before < 30000, "in time");
	mp_process_kill(longer);
	is_int(mp_conn_wait(items, 1, MP_FOREVER), 0, "as is a death");
	mp_process_join(process, MP_FOREVER);
	mp_process_join(longer, MP_FOREVER);
	mp_process_free(process);
	mp_process_free(longer);
	close_pair();
}

/* In a child, which has no pidfds from here on. */
static int wait_without_pidfds(void)
{
	struct mp_conn_waiter items[2] = {{.fd = -1}};

	if (!forbid_pidfds())
		return 0;
	open_pair(0);
	items[0].process = start(200);
	items[1].conn = first;
	if (mp_conn_wait(items, 2, 0) != MP_TIMEOUT || mp_conn_wait(items, 2, 20) != MP_TIMEOUT)
		return 1;
	mp_conn_send(second, "x", 1);
	if (mp_conn_wait(items, 2, MP_FOREVER) != 0 || !items[1].ready || items[0].ready)
		return 2;
	mp_conn_recv(first, buffer, 1, NULL);
	if (mp_conn_wait(items, 2, MP_FOREVER) != 0 || !items[0].ready || items[1].ready)
		return 3;
	mp_process_join(items[0].process, MP_FOREVER);
	return mp_conn_wait(items, 1, 0) == 0 && items[0].ready ? 0 : 4;
}

static void test_no_pidfds(void)
{
	pid_t pid = fork_now();

	if (pid == 0)
		_exit(wait_without_pidfds());
	is_int(wait_status(pid), 0, "it works without pidfds, too");
}

/* --- many --- */

static void test_duplicates(void)
{
	static struct mp_conn_waiter items[MANY];
	unsigned fds;

	open_pair(0);
	fds = open_fds();
	for (unsigned i = 0; i < MANY; i++)
		items[i].conn = first;
	is_int(mp_conn_wait(items, MANY, 10), MP_TIMEOUT, "one thing may be named often");
	mp_conn_send(second, "x", 1);
	is_int(mp_conn_wait(items, MANY, MP_FOREVER), 0, "when it is ready");
	is_int(count_ready(items, MANY), MANY, "it is everywhere");
	is_int(open_fds(), fds, "no descriptor is left");
	close_pair();
}

static int send_slowly(struct mp_conn *conn, unsigned number)
{
	for (int64_t i = 0; i < EACH; i++) {
		sleep_ms(number * 3);
		if (mp_conn_send_int64(conn, number * EACH + i) != 0)
			return 1;
	}
	return 0;
}

/* Until each has ended, as a program would. */
static unsigned gather(struct mp_conn_waiter *items, size_t count, unsigned *seen)
{
	unsigned messages = 0;
	int64_t number;

	while (count > 0 && mp_conn_wait(items, count, 60000) == 0) {
		for (size_t i = count; i-- > 0;) {
			if (!items[i].ready)
				continue;
			if (mp_conn_recv_int64(items[i].conn, &number) == 0) {
				seen[number]++;
				messages++;
				continue;
			}
			mp_conn_close(items[i].conn);
			items[i] = items[--count];
		}
	}
	return count ? 0 : messages;
}

static void test_many(void)
{
	struct mp_conn_waiter items[CHILDREN] = {{.fd = -1}};
	unsigned seen[CHILDREN * EACH] = {0}, once = 0;
	pid_t pids[CHILDREN];
	int bad = 0;

	for (unsigned i = 0; i < CHILDREN; i++) {
		open_pair(0);
		pids[i] = fork_now();
		if (pids[i] == 0)
			_exit(send_slowly(second, i));
		items[i].conn = first;
		mp_conn_close(second);
	}
	is_int(gather(items, CHILDREN, seen), EACH * CHILDREN,
	       "fast and slow senders are received from");
	for (unsigned i = 0; i < CHILDREN * EACH; i++)
		once += seen[i] == 1;
	is_int(once, CHILDREN * EACH, "each message once");
	for (unsigned i = 0; i < CHILDREN; i++)
		bad += wait_status(pids[i]);
	is_int(bad, 0, "and they end well");
}

int main(void)
{
	unsigned fds;

	tap_plan(0);
	signal(SIGPIPE, SIG_DFL);
	fds = open_fds();
	test_each();
	test_held();
	test_wrong();
	test_time();
	test_process_ends();
	test_no_pidfds();
	test_duplicates();
	test_many();
	is_int(open_fds(), fds, "every descriptor was closed");
	ok(!has_child(), "no child is left");
	return tap_done();
}
