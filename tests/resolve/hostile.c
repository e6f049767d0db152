/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records that lack events, contradict themselves, or were made to do harm. */
#include <errno.h>
#include <linux/futex.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>

#include "script.h"

/* ---- memory that runs out: malloc and its like fail from the n-th call on ---- */

static long allocations_left = -1;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);

static bool out_of_memory(void)
{
	if (allocations_left > 0)
		allocations_left--;
	return allocations_left == 0;
}

void *__wrap_malloc(size_t size)
{
	return out_of_memory() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
	return out_of_memory() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
	return out_of_memory() ? NULL : __real_realloc(memory, size);
}

static double seconds_since(struct timespec from)
{
	struct timespec to;

	clock_gettime(CLOCK_MONOTONIC, &to);
	return (double)(to.tv_sec - from.tv_sec) + (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

/* ---- a little of everything ---- */

static void tell_all(void)
{
	struct mp_word word = shared(9, 64);

	story_gated();
	ev_held(0, pipe_out(40));
	ev_exec(COMMAND, COMMAND, "c", "c\0-x", 5);
	ev_pipe(COMMAND, 4, 3, 50, MP_FD_CLOEXEC);
	ev_socketpair(COMMAND, 5, 6, 60, 61);
	ev_fork(COMMAND, 101);
	ev_thread(101, 150);
	ev_rename(101, "worker");
	ev_close(101, 3);
	ev_text_as(101, 1, pipe_in(50), "one\ntw", 6, 6);
	ev_wake(101, SYS_write, COMMAND, SYS_read);
	next_blocked(now() - 3000);
	ev_read(COMMAND, 3, pipe_out(50), 6);
	ev_write(101, 4, pipe_in(50), 6);
	ev_futex(101, FUTEX_WAIT, word, 0);
	ev_futex(COMMAND, FUTEX_WAKE, word, 1);
	ev_requeue(COMMAND, word, shared(9, 68), 1);
	ev_sleep(COMMAND, 10, 0);
	ev_signal(COMMAND, 101, 15, 0);
	ev_deliver(101, 9, 0);
	ev_exit(101, 15);
	ev_wait(COMMAND, 101, 15, 0);
	ev_exec(COMMAND, COMMAND, "d", "d", 2);
	ev_read(COMMAND, 3, pipe_out(50), 0);
	ev_exit(COMMAND, 0);
}

static void no_memory(void)
{
	struct mp_model *none = NULL;
	int result = -ENOMEM;
	long tries = 0;

	tell_all();
	while (result == -ENOMEM && tries < 10000) {
		allocations_left = ++tries;
		result = mp_model_build(story_record(), &none);
		allocations_left = -1;
	}
	is_int(result, 0, "memory may run out anywhere");
	ok(tries > 10, "and did (%ld times)", tries - 1);
	mp_model_free(none);
	mp_model_free(NULL);
}

static void no_command(void)
{
	struct mp_model *none = NULL;

	story();
	story_record()->pid = 0;
	is_int(mp_model_build(story_record(), &none), -EBADMSG, "a record without a command");
	story_record()->pid = COMMAND;
}

static void nothing_at_all(void)
{
	story_gated();
	story_model();
	is_int((int64_t)model()->process_count, 1, "an empty record has its command");
	is_int((int64_t)model()->act_count, 0, "which did nothing");
}

/* ---- what is missing ---- */

static void unknown_process(void)
{
	story();
	ev_text(777, 1, "who am I\n");
	ev_pipe(777, 4, 3, 50, 0);
	ev_exit(777, 0);
	ev_wait(COMMAND, 777, 0, 0);
	story_model();
	ok(process(777) != NULL && process(777)->parent == process(COMMAND),
	   "a process that nobody forked is under the command");
	ok(model()->lost[MP_FORK] > 0, "and a fork is missing");
	is_int((int64_t)acts_of(777, MP_ACT_PRINT), 1, "what it did counts");
	ok(mp_process_name(process(777), MP_NEVER)[0] != '\0', "it has a name");
	ok(process(777)->reaper == process(COMMAND), "and can be reaped");
}

static void unknown_target(void)
{
	story();
	ev_signal(COMMAND, 999, 15, 0);
	ev_wake(COMMAND, SYS_write, 999, SYS_read);
	ev_write(COMMAND, 4, pipe_in(50), 1);
	ev_wake(999, SYS_write, COMMAND, SYS_read);
	ev_wake(0, -1, 999, SYS_read);
	story_model();
	ok(act(MP_ACT_SIGNAL, 0)->whom == NULL, "a signal to nobody we know");
	is_int((int64_t)acts(MP_ACT_WAKE), 0, "a wake of nobody");
}

static void nobody(void)
{
	story();
	ev_text(0, 1, "from nowhere\n");
	ev_exit(0, 0);
	ev_fork(0, 101);
	ev_fork(COMMAND, 0);
	story_model();
	is_int((int64_t)model()->process_count, 1, "nobody does nothing");
}

/* ---- contradictions ---- */

static void twice(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_fork(COMMAND, 101);
	ev_fork(101, COMMAND);
	ev_fork(101, 101);
	ev_exit(101, 0);
	ev_exit(101, 1 << 8);
	ev_wait(COMMAND, 101, 0, 0);
	ev_wait(COMMAND, 101, 0, 0);
	ev_close(101, 3);
	ev_pipe(101, 4, 3, 50, 0);
	ev_exec(101, 101, "x", "x", 2);
	ev_exit(COMMAND, 0);
	ev_exit(COMMAND, 0);
	ev_fork(COMMAND, 102);
	story_model();
	is_int((int64_t)model()->process_count, 3, "nobody is born twice");
	ok(process(COMMAND)->parent == NULL, "nor is his own grandfather");
	is_int((int64_t)acts_of(101, MP_ACT_EXIT), 1, "nobody ends twice");
	is_int((int64_t)acts(MP_ACT_REAP), 1, "or is reaped twice");
}

static void odd_descriptors(void)
{
	struct mp_object peer = sock(60, 60);

	story();
	ev_pipe(COMMAND, 4, 4, 50, 0);
	ev_socketpair(COMMAND, 5, 6, 60, 60);
	ev_socketpair(COMMAND, 5, 6, 0, 61);
	ev_open(COMMAND, SYS_socket, 7, peer, 0);
	ev_write(COMMAND, 7, peer, 5);
	ev_pipe(COMMAND, 4294967295u, 2000000, 51, 0);
	ev_close(COMMAND, 4294967295u);
	ev_close_range(COMMAND, 4294967295u, 4294967295u, 0);
	ev_dup(COMMAND, 4294967295u, 1048576, pipe_in(52), 0);
	ev_close(COMMAND, 1048576);
	ev_io(COMMAND, SYS_read, -1, pipe_out(50), MP_READS, 5, 5, 0);
	ev_io(COMMAND, SYS_write, -5, nothing(), MP_WRITES, INT64_MAX, 5, 0);
	ev_io(COMMAND, SYS_read, 4, pipe_out(50), MP_READS, INT64_MAX, 5, MP_IO_MANY);
	ev_io(COMMAND, SYS_read, 4, pipe_out(50), MP_READS, INT64_MAX, 5, 0);
	ev_io(COMMAND, SYS_read, 4, pipe_out(50), MP_READS, INT64_MIN, 5, 0);
	story_model();
	ok(model()->act_count > 0, "odd descriptors and numbers do no harm");
}

static void odd_numbers(void)
{
	story();
	ev_signal(COMMAND, COMMAND, 0, 0);
	ev_signal(COMMAND, COMMAND, -1, 0);
	ev_signal(COMMAND, COMMAND, 65, 0);
	ev_deliver(COMMAND, 1000, 7);
	ev_futex(COMMAND, 999, shared(1, 1), 5);
	ev_futex(COMMAND, 4294967295u, shared(1, 1), INT64_MIN);
	ev_futex(COMMAND, FUTEX_WAKE, shared(1, 1), INT64_MAX);
	ev_wait(COMMAND, 4294967295u, -1, -1);
	ev_sleep(COMMAND, UINT64_MAX, 0);
	ev_call(COMMAND, -1, 0, NULL);
	ev_call(COMMAND, 1 << 30, 0, NULL);
	ev_exit(COMMAND, 127);
	story_model();
	ok(model()->act_count > 0, "nor do odd signals, operations and calls");
	is_int((int64_t)(acts(MP_ACT_SIGNAL) + acts(MP_ACT_RECEIVE)), 0,
	       "what is no signal is none");
}

/* ---- records that want our time or memory ---- */

static void fork_bomb(void)
{
	struct timespec start;

	story();
	for (uint32_t i = 0; i < 1000; i++)
		ev_pipe(COMMAND, i * 1000 + 4, i * 1000 + 3, 5000 + i, 0);
	for (uint32_t i = 0; i < 5000; i++)
		ev_fork(COMMAND + i, COMMAND + i + 1);
	for (uint32_t i = 0; i < 5000; i++)
		ev_close_range(COMMAND + i, 0, 4294967295u, MP_FD_ONLY_MARK);
	clock_gettime(CLOCK_MONOTONIC, &start);
	story_model();
	is_int((int64_t)model()->process_count, 5001, "thousands of copies of a huge table");
	ok(model()->fd_unsure, "are given up, and it is said");
	ok(seconds_since(start) < 20, "in bounded time (%.2f s)", seconds_since(start));
}

static void same_place(void)
{
	struct timespec start;

	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	for (int i = 0; i < 100000; i++) {
		ev_fork_as(COMMAND, (uint32_t)i + 1000, 0, 7, COMMAND);
		if (i % 2)
			ev_exit((uint32_t)i + 1000, 0);
		ev_wait(COMMAND, i % 3 ? 7 : 8, 0, 0);
	}
	clock_gettime(CLOCK_MONOTONIC, &start);
	story_model();
	ok(seconds_since(start) < 10, "many with one number (%.2f s)", seconds_since(start));
}

static void many_stuck(void)
{
	struct timespec start;

	story();
	ev_pipe(COMMAND, 4, 3, 50, 0);
	ev_fork(COMMAND, 101);
	ev_write(101, 4, pipe_in(50), 1);
	ev_exit(101, 0);
	for (uint32_t i = 1000; i < 11000; i++) {
		ev_fork(COMMAND, i);
		next_blocked(now() + 1);
		next_flags(MP_F_RESTART);
		ev_read(i, 3, pipe_out(50), -512);
		ev_signal(0, i, 9, 0);
		next_blocked(now() - 1);
		ev_exit_in(i, 9, SYS_read, NULL, pipe_out(50));
	}
	clock_gettime(CLOCK_MONOTONIC, &start);
	story_model();
	ok(seconds_since(start) < 10, "many stuck at one pipe (%.2f s)", seconds_since(start));
	ok(model()->finding_count <= story_record()->count + 1,
	   "make no more findings than events");
}

/* ---- any bytes at all ---- */

static uint64_t random_number(void)
{
	static uint64_t state = 42;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* Small numbers meet each other more often. */
static void scramble(unsigned char *bytes, size_t size)
{
	for (size_t i = 0; i + 4 <= size; i += 4) {
		uint32_t word = (uint32_t)random_number() % (random_number() % 4 ? 5 : 120);

		if (random_number() % 64 == 0)
			word = (uint32_t)random_number();
		memcpy(bytes + i, &word, sizeof(word));
	}
}

static void append_random(void)
{
	static const size_t sizes[MP_KINDS] = {
		[MP_FORK] = sizeof(struct mp_fork),	[MP_EXEC] = sizeof(struct mp_exec),
		[MP_EXIT] = sizeof(struct mp_exit),	[MP_RENAME] = sizeof(struct mp_rename),
		[MP_SIGNAL] = sizeof(struct mp_signal), [MP_DELIVER] = sizeof(struct mp_deliver),
		[MP_IO] = sizeof(struct mp_io),		[MP_TEXT] = sizeof(struct mp_text) + 32,
		[MP_FD] = sizeof(struct mp_fd),		[MP_FUTEX] = sizeof(struct mp_futex),
		[MP_WAIT] = sizeof(struct mp_wait),	[MP_SLEEP] = sizeof(struct mp_sleep),
		[MP_CALL] = sizeof(struct mp_call),	[MP_WAKE] = sizeof(struct mp_wake),
		[MP_BLIND] = sizeof(struct mp_blind),	[MP_OPEN] = sizeof(struct mp_open) + 32,
		[MP_MAP] = sizeof(struct mp_map),
	};
	unsigned char bytes[1024] = {0};
	struct mp_event *event = (struct mp_event *)bytes;
	uint16_t kind = (uint16_t)(1 + random_number() % (MP_KINDS - 1));

	scramble(bytes, sizes[kind]);
	event->kind = kind;
	event->size = (uint32_t)sizes[kind];
	event->flags = (uint16_t)(random_number() % 16);
	event->pid = random_number() % 8 ? COMMAND + (uint32_t)(random_number() % 3) : 0;
	event->tid = event->pid + (uint32_t)(random_number() % 2);
	event->start = event->pid * 10;
	event->end = random_number() % 1000;
	event->begin = event->end / (1 + random_number() % 3);
	if (kind == MP_IO || kind == MP_TEXT) {
		((struct mp_io *)event)->object.mode = random_number() % 2 ? S_IFIFO : S_IFSOCK;
		((struct mp_io *)event)->result %= 40;
	}
	if (kind == MP_OPEN)
		bytes[sizes[kind] - 1] = 0;
	if (kind == MP_MAP)
		memset(((struct mp_map *)event)->name, 0, MP_MAP_NAME);
	if (kind == MP_FD)
		((struct mp_fd *)event)->object.mode = random_number() % 2 ? S_IFIFO : S_IFSOCK;
	(void)mp_record_append(story_record(), bytes, sizes[kind]); /* it may be refused */
}

static bool well_ordered(void)
{
	for (size_t i = 0; i < model()->act_count; i++) {
		const struct mp_act *one = model()->acts[i];

		if (one->begin > one->at || (i > 0 && model()->acts[i - 1]->at > one->at))
			return false;
	}
	return true;
}

static void random_records(void)
{
	size_t all = 0;
	bool good = true;

	for (int round = 0; round < 300; round++) {
		story();
		for (int i = 0; i < 400; i++)
			append_random();
		story_model();
		good &= well_ordered();
		all += model()->act_count;
	}
	ok(good, "random events make acts that are in order");
	ok(all > 1000, "and many of them (%zu)", all);
}

/* Many regions and many who inherit them: what cannot be followed is said to be lost. */
static void many_regions(void)
{
	story();
	for (uint32_t i = 0; i < 3000; i++)
		ev_map(COMMAND, i * 8192, 4096, shared_file(1 + i));
	for (uint32_t i = 0; i < 3000; i++)
		ev_fork(COMMAND, 1000 + i);
	story_model();
	ok(model()->lost[MP_MAP] > 0, "more than any honest record needs");
	ok(acts(MP_ACT_MAP) < 2 * 1024 * 1024, "is not kept (%zu acts)", acts(MP_ACT_MAP));
	story();
	for (uint32_t i = 0; i < 20000; i++)
		ev_map(COMMAND, i * 8192, 4096, shared_file(1 + i));
	for (uint32_t i = 0; i < 20000; i++)
		ev_unmap(COMMAND, UINT64_MAX - i, i);
	story_model();
	ok(model()->lost[MP_MAP] > 0, "nor looked for again and again");
}

int main(void)
{
	tap_plan(0);
	no_memory();
	no_command();
	nothing_at_all();
	unknown_process();
	unknown_target();
	nobody();
	twice();
	odd_descriptors();
	odd_numbers();
	fork_bomb();
	same_place();
	many_stuck();
	many_regions();
	random_records();
	story_end();
	return tap_done();
}
