// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Each day is written as a careful program would: the first result that is not a success ends it,
 * and whatever was made is given back.
 */
#include "days.h"

#include <errno.h>
#include <mproc.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { CHILD_S = 20 };

void (*day_child_begins)(void);

/* What a child does in a day: its exit status is 0 if all went well. */
static int status_of(int result)
{
	if (result == DAY_WRONG)
		return 2;
	return result ? 1 : 0;
}

struct task {
	int (*run)(void *);
	void *argument;
};

static int begin(void *argument)
{
	struct task *task = argument;

	if (day_child_begins)
		day_child_begins();
	return task->run(task->argument);
}

/* Starts a child, lets `meanwhile` happen, and ends it: by a join or, after an error, by force. */
static int live_with(struct mp_process *child, int (*meanwhile)(void *), void *argument)
{
	int code = 0, joined, rc = mp_process_start(child);

	if (rc)
		return rc;
	if (meanwhile)
		rc = meanwhile(argument);
	if (rc)
		mp_process_kill(child);
	/* An error of the join is told, but the child has to be reaped all the same. */
	joined = mp_process_join(child, CHILD_S * 1000);
	if (joined) {
		mp_process_kill(child);
		mp_process_join(child, MP_FOREVER);
	}
	if (!rc)
		rc = joined;
	if (!rc)
		rc = mp_process_exit_code(child, &code);
	if (!rc && code)
		rc = code == 2 ? DAY_WRONG : -ECHILD;
	return rc;
}

static int with_child(int (*run)(void *), int (*meanwhile)(void *), void *argument)
{
	struct task task = {.run = run, .argument = argument};
	struct mp_process *child;
	int rc = mp_process_new(&child, "child", begin, &task);

	if (!rc)
		rc = live_with(child, meanwhile, argument);
	mp_process_free(child);
	return rc;
}

/* --- process --- */

static int grandchild(void *argument)
{
	return 0;
}

static int has_grandchild(void *argument)
{
	return status_of(with_child(grandchild, NULL, NULL));
}

static int process_day(void)
{
	return with_child(has_grandchild, NULL, NULL);
}

/* --- a daemon; a process that is started by exec --- */

static int has_descriptor(void *argument)
{
	return mp_process_given_fd(0) > STDERR_FILENO && mp_process_parent() ? 0 : 2;
}

static int has_bytes(const void *bytes, size_t size)
{
	return size == sizeof("bytes") && strcmp(bytes, "bytes") == 0 ? has_descriptor(NULL) : 2;
}

/* With all that it may be given before it starts. */
static int equip(struct mp_process *child)
{
	int rc = mp_process_set_daemon(child, true);

	if (!rc)
		rc = mp_process_set_name(child, "another name");
	return rc ? rc : mp_process_give_fd(child, STDERR_FILENO);
}

static int look_at_children(void *argument)
{
	struct mp_process *list[1];

	return mp_process_active(list, 1) <= 1 ? 0 : DAY_WRONG;
}

static int live_equipped(struct mp_process *child)
{
	int rc = equip(child);

	if (!rc)
		rc = live_with(child, look_at_children, NULL);
	mp_process_free(child);
	return rc;
}

static int daemon_day(void)
{
	struct mp_process *child;
	int rc = mp_process_new(&child, NULL, has_descriptor, NULL);

	return rc ? rc : live_equipped(child);
}

static int exec_day(void)
{
	struct mp_process *child;
	int rc = mp_process_new_exec(&child, NULL, "has_bytes", "bytes", sizeof("bytes"));

	return rc ? rc : live_equipped(child);
}

int days_begin(void)
{
	int rc = mp_process_register("has_bytes", has_bytes);

	return rc ? rc : mp_process_enter();
}

/* --- conn --- */

struct ends {
	struct mp_conn *here, *there;
};

static int echo(void *argument)
{
	struct ends *ends = argument;
	int64_t number;
	int rc;

	mp_conn_close(ends->here);
	rc = mp_conn_recv_int64(ends->there, &number);
	return status_of(rc ? rc : mp_conn_send_int64(ends->there, number + 1));
}

static int ask(void *argument)
{
	struct ends *ends = argument;
	int64_t answer = 0;
	int rc;

	mp_conn_close(ends->there);
	ends->there = NULL;
	rc = mp_conn_send_int64(ends->here, 41);
	if (!rc)
		rc = mp_conn_poll(ends->here, CHILD_S * 1000);
	if (!rc)
		rc = mp_conn_recv_int64(ends->here, &answer);
	return rc || answer == 42 ? rc : DAY_WRONG;
}

static int conn_day(void)
{
	struct ends ends;
	int rc = mp_conn_pair(&ends.here, &ends.there, MP_CONN_DUPLEX);

	if (rc)
		return rc;
	rc = with_child(echo, ask, &ends);
	mp_conn_close(ends.here);
	mp_conn_close(ends.there);
	return rc;
}

/* --- conn, with messages that need a file, and descriptors --- */

enum { LONG = 100000 };

/* Answers a long message with a long one, and a descriptor with nothing. */
static int echo_long(void *argument)
{
	struct ends *ends = argument;
	void *message;
	size_t length;
	int rc, fd;

	mp_conn_close(ends->here);
	rc = mp_conn_recv_alloc(ends->there, &message, &length);
	if (rc)
		return status_of(rc);
	rc = mp_conn_send_timed(ends->there, message, length, CHILD_S * 1000);
	free(message);
	if (!rc)
		rc = mp_conn_recv_fd(ends->there, &fd);
	if (!rc) {
		close(fd);
		rc = mp_conn_send(ends->there, NULL, 0);
	}
	return status_of(rc);
}

static int ask_long(void *argument)
{
	static char question[LONG], answer[LONG];
	struct mp_conn_waiter items[40] = {{.conn = NULL}};
	struct ends *ends = argument;
	size_t length = 0;
	int rc;

	mp_conn_close(ends->there);
	ends->there = NULL;
	for (unsigned i = 0; i < 40; i++)
		items[i].conn = ends->here;
	memset(question, 'q', LONG);
	rc = mp_conn_send(ends->here, question, LONG);
	if (!rc)
		rc = mp_conn_send_fd(ends->here, mp_conn_fd(ends->here));
	if (!rc)
		rc = mp_conn_wait(items, 40, CHILD_S * 1000);
	if (!rc)
		rc = mp_conn_recv_timed(ends->here, answer, LONG, &length, CHILD_S * 1000);
	if (!rc && (length != LONG || memcmp(question, answer, LONG) != 0))
		return DAY_WRONG;
	if (!rc)
		rc = mp_conn_recv_timed(ends->here, answer, LONG, &length, CHILD_S * 1000);
	return rc || length == 0 ? rc : DAY_WRONG;
}

static int parcel_day(void)
{
	struct ends ends;
	int rc = mp_conn_pair(&ends.here, &ends.there, MP_CONN_DUPLEX);

	if (rc)
		return rc;
	rc = with_child(echo_long, ask_long, &ends);
	mp_conn_close(ends.here);
	mp_conn_close(ends.there);
	return rc;
}

/* --- conn, as a stream of bytes --- */

/* Takes the descriptors, whatever the result. */
static int send_through(int to_read, int to_write)
{
	struct mp_conn *reader, *writer = NULL;
	char text[8] = "";
	size_t sent, length = 0;
	int rc = mp_conn_from_fd(&reader, to_read);

	if (!rc)
		rc = mp_conn_from_fd(&writer, to_write);
	if (!rc)
		rc = mp_conn_send(writer, "str", 3);
	if (!rc)
		rc = mp_conn_send_some(writer, "eam", 3, &sent, 1000);
	if (!rc)
		rc = mp_conn_recv_timed(reader, text, sizeof(text), &length, 1000);
	if (!reader)
		close(to_read);
	if (!writer)
		close(to_write);
	mp_conn_close(reader);
	mp_conn_close(writer);
	return rc || (length == 6 && memcmp(text, "stream", 6) == 0) ? rc : DAY_WRONG;
}

static int stream_day(void)
{
	struct ends ends;
	int fds[2], rc;

	if (pipe(fds) < 0)
		return -errno;
	rc = send_through(fds[0], fds[1]);
	if (!rc)
		rc = mp_conn_pair(&ends.here, &ends.there, MP_CONN_BYTES);
	if (rc)
		return rc;
	fds[0] = dup(mp_conn_fd(ends.here));
	if (fds[0] < 0)
		rc = -errno;
	fds[1] = rc ? -1 : dup(mp_conn_fd(ends.there));
	if (!rc && fds[1] < 0) {
		rc = -errno;
		close(fds[0]);
	}
	if (!rc)
		rc = send_through(fds[0], fds[1]);
	mp_conn_close(ends.here);
	mp_conn_close(ends.there);
	return rc;
}

/* --- listener --- */

static int greet(struct mp_conn *client, struct mp_conn *server)
{
	char text[8] = "";
	int rc = mp_conn_send_string(client, "hello");

	if (!rc)
		rc = mp_conn_recv_string(server, text, sizeof(text));
	if (!rc)
		rc = mp_conn_peer(server, NULL, NULL, NULL);
	return rc || strcmp(text, "hello") == 0 ? rc : DAY_WRONG;
}

static int meet_at(struct mp_conn_listener *listener)
{
	struct mp_conn *client, *server = NULL;
	int rc = mp_conn_connect(&client, mp_conn_listener_path(listener), 1000);

	if (!rc)
		rc = mp_conn_accept(listener, &server, MP_FOREVER);
	if (!rc)
		rc = greet(client, server);
	mp_conn_close(client);
	mp_conn_close(server);
	return rc;
}

static int listener_day(void)
{
	struct mp_conn_listener *listener, *other = NULL;
	int rc = mp_conn_listen(&listener, NULL, 1, 0);

	if (rc)
		return rc;
	rc = meet_at(listener);
	if (!rc && mp_conn_listen(&other, mp_conn_listener_path(listener), 1, 0) == 0)
		rc = DAY_WRONG;
	mp_conn_listener_close(other);
	mp_conn_listener_close(listener);
	return rc;
}

/* --- queue --- */

static int get_one(void *argument)
{
	struct mp_queue *queue = argument;
	int64_t number;
	int rc = mp_queue_get(queue, &number, sizeof(number), NULL, CHILD_S * 1000);

	if (rc)
		return status_of(rc);
	return status_of(number == 41 ? mp_queue_task_done(queue) : DAY_WRONG);
}

static int put_one(void *argument)
{
	const int64_t number = 41;
	int rc = mp_queue_put(argument, &number, sizeof(number), CHILD_S * 1000);

	return rc ? rc : mp_queue_join(argument, CHILD_S * 1000);
}

static int queue_day(void)
{
	struct mp_queue *queue;
	int rc = mp_queue_new(&queue, 3, sizeof(int64_t), MP_QUEUE_TASKS);

	if (rc)
		return rc;
	rc = with_child(get_one, put_one, queue);
	mp_queue_free(queue);
	return rc;
}

/* --- lock --- */

static int use_lock(void *argument)
{
	struct mp_lock *lock = argument;
	int rc = mp_lock_acquire(lock, CHILD_S * 1000);

	return rc ? rc : mp_lock_release(lock);
}

static int use_lock_in_child(void *argument)
{
	return status_of(use_lock(argument));
}

static int lock_day(void)
{
	struct mp_lock *lock;
	int rc = mp_lock_new(&lock);

	if (rc)
		return rc;
	rc = with_child(use_lock_in_child, use_lock, lock);
	mp_lock_free(lock);
	return rc;
}

/* --- rlock --- */

static int use_rlock(void *argument)
{
	struct mp_rlock *rlock = argument;
	int rc = mp_rlock_acquire(rlock, CHILD_S * 1000);

	if (!rc)
		rc = mp_rlock_acquire(rlock, 0);
	if (!rc && mp_rlock_count(rlock) != 2)
		rc = DAY_WRONG;
	if (!rc)
		rc = mp_rlock_release(rlock);
	return rc ? rc : mp_rlock_release(rlock);
}

static int use_rlock_in_child(void *argument)
{
	return status_of(use_rlock(argument));
}

static int rlock_day(void)
{
	struct mp_rlock *rlock;
	int rc = mp_rlock_new(&rlock);

	if (rc)
		return rc;
	rc = with_child(use_rlock_in_child, use_rlock, rlock);
	mp_rlock_free(rlock);
	return rc;
}

/* --- semaphore --- */

static int give_unit(void *argument)
{
	return status_of(mp_semaphore_release(argument));
}

static int take_unit(void *argument)
{
	return mp_semaphore_acquire(argument, CHILD_S * 1000);
}

static int semaphore_day(void)
{
	struct mp_semaphore *semaphore;
	int rc = mp_semaphore_new(&semaphore, 0, 1);

	if (rc)
		return rc;
	rc = with_child(give_unit, take_unit, semaphore);
	if (!rc && mp_semaphore_value(semaphore) != 0)
		rc = DAY_WRONG;
	mp_semaphore_free(semaphore);
	return rc;
}

/* --- condition --- */

struct turn {
	struct mp_lock *lock;
	struct mp_condition *condition;
	struct mp_semaphore *done; /* its value is what the condition is about */
};

static int take_turn(void *argument)
{
	struct turn *turn = argument;
	int rc = mp_lock_acquire(turn->lock, CHILD_S * 1000);

	if (rc)
		return status_of(rc);
	rc = mp_semaphore_release(turn->done);
	if (!rc)
		rc = mp_condition_notify_all(turn->condition);
	mp_lock_release(turn->lock);
	return status_of(rc);
}

static bool is_done(void *argument)
{
	return mp_semaphore_value(argument) == 1;
}

static int await_turn(void *argument)
{
	struct turn *turn = argument;
	int rc = mp_lock_acquire(turn->lock, CHILD_S * 1000);

	if (rc)
		return rc;
	rc = mp_condition_wait_for(turn->condition, is_done, turn->done, CHILD_S * 1000);
	if (!rc && !is_done(turn->done))
		rc = DAY_WRONG;
	mp_lock_release(turn->lock);
	return rc;
}

static int condition_day(void)
{
	struct turn turn = {0};
	int rc = mp_lock_new(&turn.lock);

	if (!rc)
		rc = mp_condition_new(&turn.condition, turn.lock);
	if (!rc)
		rc = mp_semaphore_new(&turn.done, 0, 1);
	if (!rc)
		rc = with_child(take_turn, await_turn, &turn);
	mp_semaphore_free(turn.done);
	mp_condition_free(turn.condition);
	mp_lock_free(turn.lock);
	return rc;
}

/* --- event --- */

static int set_event(void *argument)
{
	return status_of(mp_event_set(argument));
}

static int await_event(void *argument)
{
	return mp_event_wait(argument, CHILD_S * 1000);
}

static int event_day(void)
{
	struct mp_event *event;
	int rc = mp_event_new(&event);

	if (rc)
		return rc;
	rc = with_child(set_event, await_event, event);
	if (!rc && !mp_event_is_set(event))
		rc = DAY_WRONG;
	mp_event_free(event);
	return rc;
}

/* --- barrier --- */

static int meet(void *argument)
{
	return mp_barrier_wait(argument, CHILD_S * 1000);
}

static int meet_in_child(void *argument)
{
	return status_of(meet(argument));
}

static int barrier_day(void)
{
	struct mp_barrier *barrier;
	int rc = mp_barrier_new(&barrier, 2);

	if (rc)
		return rc;
	rc = with_child(meet_in_child, meet, barrier);
	mp_barrier_free(barrier);
	return rc;
}

/* --- value --- */

static int add(void *argument)
{
	int rc = mp_value_acquire(argument, CHILD_S * 1000);

	if (rc)
		return rc;
	rc = mp_value_add_int64(argument, 1, NULL);
	mp_value_release(argument);
	return rc;
}

static int add_in_child(void *argument)
{
	return status_of(add(argument));
}

static int value_day(void)
{
	struct mp_value *value;
	int64_t sum = 0;
	int rc = mp_value_new(&value, MP_INT64);

	if (rc)
		return rc;
	rc = with_child(add_in_child, add, value);
	if (!rc)
		rc = mp_value_get_int64(value, &sum);
	mp_value_free(value);
	return rc || sum == 2 ? rc : DAY_WRONG;
}

/* --- array --- */

static int set_last(void *argument)
{
	return status_of(mp_array_set_int64(argument, 9, 5));
}

static int array_day(void)
{
	struct mp_array *array;
	int64_t last = 0;
	int rc = mp_array_new(&array, MP_UINT8, 10);

	if (rc)
		return rc;
	rc = with_child(set_last, NULL, array);
	if (!rc)
		rc = mp_array_get_int64(array, 9, &last);
	mp_array_free(array);
	return rc || last == 5 ? rc : DAY_WRONG;
}

/* --- namespace --- */

static int name_it(void *argument)
{
	return status_of(mp_namespace_set_string(argument, "name", "value"));
}

static int wait_and_swap(void *argument)
{
	int rc = mp_namespace_wait(argument, "name", CHILD_S * 1000);

	return rc ? rc : mp_namespace_swap_string(argument, "name", "value", "other");
}

static int namespace_day(void)
{
	struct mp_namespace *ns;
	char text[6] = "";
	int rc = mp_namespace_new(&ns, 100);

	if (rc)
		return rc;
	rc = with_child(name_it, wait_and_swap, ns);
	if (!rc)
		rc = mp_namespace_get_string(ns, "name", text, sizeof(text), NULL);
	mp_namespace_free(ns);
	return rc || strcmp(text, "other") == 0 ? rc : DAY_WRONG;
}

const struct day days[] = {
	{"process", process_day},     {"daemon", daemon_day},
	{"exec", exec_day},	      {"conn", conn_day},
	{"parcel", parcel_day},	      {"stream", stream_day},
	{"listener", listener_day},   {"queue", queue_day},
	{"pool", pool_day},	      {"comm", comm_day},
	{"lock", lock_day},	      {"rlock", rlock_day},
	{"semaphore", semaphore_day}, {"condition", condition_day},
	{"event", event_day},	      {"barrier", barrier_day},
	{"value", value_day},	      {"array", array_day},
	{"namespace", namespace_day}, {0},
};
