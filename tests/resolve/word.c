/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Futex words: which are the same, who waited, who woke whom. */
#include <errno.h>
#include <linux/futex.h>
#include <sys/syscall.h>

#include "script.h"

#define PAGE UINT64_C(4096)
#define A    UINT64_C(0x10000)
#define B    UINT64_C(0x20000)

static const struct mp_act *wait(size_t n)
{
	return act(MP_ACT_WAIT, n);
}

static void same_words(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_futex(COMMAND, FUTEX_WAKE, shared(9, 64), 0);
	ev_futex(101, FUTEX_WAKE, shared(9, 64), 0);
	ev_futex(101, FUTEX_WAKE, shared(9, 68), 0);
	story_model();
	is_int((int64_t)model()->word_count, 2, "a shared word is the same in every process");
	ok(model()->words[0]->owner == NULL, "and nobody's own");
	ev_futex(COMMAND, FUTEX_WAKE, private(64), 0);
	ev_futex(101, FUTEX_WAKE, private(64), 0);
	story_model();
	is_int((int64_t)model()->word_count, 4, "a private one is not");
	is_int(pid_of(model()->words[3]->owner), 101, "but its process's own");
	ev_exec(101, 101, "c", "c", 2);
	ev_futex(101, FUTEX_WAKE, private(64), 0);
	story_model();
	is_int((int64_t)model()->word_count, 5, "another image has other words");
	ev_fork_as(101, 102, MP_FORK_VM, 102, 101);
	ev_futex(102, FUTEX_WAKE, private(64), 0);
	story_model();
	is_int((int64_t)model()->word_count, 5, "the child of a vfork has its parent's");
	ev_exec(102, 102, "d", "d", 2);
	ev_futex(102, FUTEX_WAKE, private(64), 0);
	story_model();
	is_int((int64_t)model()->word_count, 6, "until it execs");
}

static void waits(void)
{
	story();
	next_blocked(now() + 100);
	ev_futex(COMMAND, FUTEX_WAIT_BITSET, shared(9, 64), -ETIMEDOUT);
	ev_futex(COMMAND, FUTEX_WAIT, shared(9, 64), -EAGAIN);
	ev_futex(COMMAND, FUTEX_WAIT, shared(9, 64), -ETIMEDOUT);
	ev_futex(COMMAND, FUTEX_WAIT, shared(9, 64), -EINTR);
	next_blocked(now() + 100);
	ev_futex(COMMAND, FUTEX_LOCK_PI, shared(9, 64), 0);
	story_model();
	is_int((int64_t)acts(MP_ACT_WAIT), 3, "what blocked or lost a race");
	ok(!wait(0)->raced && wait(0)->whom == NULL, "a timeout is a wait that nobody ended");
	ok(wait(1)->raced && wait(1)->begin == wait(1)->at, "the word had changed: a lost race");
	ok(!wait(2)->raced, "a lock is waited for too");
	ok(wait(0)->word == model()->words[0] && wait(0)->wait == MP_ON_WORD, "on the word");
}

static void wakes(void)
{
	struct mp_word word = shared(9, 64);

	story();
	ev_fork(COMMAND, 101);
	ev_fork(COMMAND, 102);
	ev_futex(COMMAND, FUTEX_WAKE, word, 0);
	ev_wake(COMMAND, SYS_futex, 101, SYS_futex);
	ev_wake(COMMAND, SYS_futex, 102, SYS_futex);
	ev_futex(COMMAND, FUTEX_WAKE, word, 2);
	next_blocked(now() - 3500);
	ev_futex(102, FUTEX_WAIT, word, 0);
	next_blocked(now() - 3500);
	ev_futex(101, FUTEX_WAIT, word, 0);
	story_model();
	is_int((int64_t)acts_of(COMMAND, MP_ACT_WAKE), 2, "one wake for each that was woken");
	is_int(pid_of(act(MP_ACT_WAKE, 0)->whom), 101, "the first");
	is_int(pid_of(act(MP_ACT_WAKE, 1)->whom), 102, "the second");
	is_int(pid_of(wait(0)->whom), COMMAND, "each knows who woke it");
	is_int(pid_of(wait(1)->whom), COMMAND, "each");
	ok(act(MP_ACT_WAKE, 1)->at < wait(0)->at, "and was woken before");
}

static void wrong_word(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_wake(101, SYS_futex, COMMAND, SYS_futex);
	ev_futex(101, FUTEX_WAKE, shared(9, 4), 0);
	next_blocked(now() - 2500);
	ev_futex(COMMAND, FUTEX_WAIT, shared(9, 64), 0);
	story_model();
	ok(wait(0)->whom == NULL, "a wake of another word explains nothing");
	is_int((int64_t)acts(MP_ACT_WAKE), 0, "nor one that woke nobody");
}

static void wakes_killed(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_wake(COMMAND, SYS_futex, 101, SYS_futex);
	ev_futex(COMMAND, FUTEX_WAKE, shared(9, 4), 1);
	ev_exit(101, 9);
	story_model();
	is_int((int64_t)acts(MP_ACT_WAKE), 1, "who was killed before it could run had been woken");
	ok(act(MP_ACT_WAKE, 0)->word == model()->words[0], "on the word");
}

static void moved(void)
{
	struct mp_word condition = shared(9, 4), mutex = shared(9, 8);

	story();
	ev_fork(COMMAND, 101);
	ev_requeue(COMMAND, condition, mutex, 1);
	ev_wake(COMMAND, SYS_futex, 101, SYS_futex);
	ev_futex(COMMAND, FUTEX_WAKE, mutex, 1);
	next_blocked(now() - 4500);
	ev_futex(101, FUTEX_WAIT, condition, 0);
	story_model();
	is_int(pid_of(wait(0)->whom), COMMAND, "who was moved to another word is woken there");
	is_int((int64_t)wait(0)->word->key.offset, 8, "and waited there at the end");
	story();
	ev_fork(COMMAND, 101);
	ev_wake(COMMAND, SYS_futex, 101, SYS_futex);
	ev_requeue(COMMAND, condition, mutex, 1);
	next_blocked(now() - 4500);
	ev_futex(101, FUTEX_WAIT, condition, 0);
	story_model();
	is_int((int64_t)wait(0)->word->key.offset, 4, "who was woken by the move was still here");
}

static void wake_op(void)
{
	struct mp_futex both = {.e = {.kind = MP_FUTEX,
				      .size = sizeof(both),
				      .pid = 101,
				      .tid = 101,
				      .start = 1010}};

	story();
	ev_fork(COMMAND, 101);
	ev_wake(101, SYS_futex, COMMAND, SYS_futex);
	both.e.begin = both.e.end = now() + 10;
	both.nr = SYS_futex;
	both.op = FUTEX_WAKE_OP;
	both.word = shared(9, 4);
	both.word2 = shared(9, 8);
	both.result = 1;
	ev(&both, sizeof(both));
	next_blocked(now() - 2500);
	ev_futex(COMMAND, FUTEX_WAIT, shared(9, 8), 0);
	story_model();
	is_int(pid_of(wait(0)->whom), 101, "an operation on two words wakes on either");
	is_int((int64_t)wait(0)->word->key.offset, 8, "which stays what it was");
}

static void too_early(void)
{
	struct mp_word word = shared(9, 4);

	story();
	ev_fork(COMMAND, 101);
	ev_fork(COMMAND, 102);
	ev_futex(101, FUTEX_WAIT, word, 0);
	ev_wake(COMMAND, SYS_futex, 102, SYS_futex);
	ev_futex(COMMAND, FUTEX_WAKE, word, 2);
	next_blocked(now() - 3500);
	ev_futex(102, FUTEX_WAIT, word, 0);
	story_model();
	is_int((int64_t)acts(MP_ACT_WAIT), 2, "who was woken before it slept has waited");
	ok(!wait(0)->raced, "and lost no race");
	is_int(pid_of(wait(0)->whom), COMMAND, "the call woke one more than were asleep");
	is_int((int64_t)acts(MP_ACT_WAKE), 2, "so it woke two");
	ok(act_of(COMMAND, MP_ACT_WAKE, 0)->at < wait(0)->at, "in time");
	ev_futex(101, FUTEX_WAIT, word, 0);
	story_model();
	ok(act_of(101, MP_ACT_WAIT, 1)->whom == NULL, "and no more");
}

static void too_early_twice(void)
{
	struct mp_word word = shared(9, 4);

	story();
	ev_fork(COMMAND, 101);
	ev_futex(COMMAND, FUTEX_WAKE, word, 1);
	ev_text(101, 1, "x\n");
	ev_futex(101, FUTEX_WAIT, word, 0);
	story_model();
	ok(wait(0)->whom == NULL, "a wake of long ago is no cause");
}

/* Its time was over, but the call found it on the queue still: nothing was woken in the kernel. */
static void at_the_same_time(void)
{
	struct mp_word word = shared(9, 4);

	story();
	ev_fork(COMMAND, 101);
	ev_futex(COMMAND, FUTEX_WAKE, word, 1);
	next_blocked(now() - 3500);
	ev_futex(101, FUTEX_WAIT_BITSET, word, 0);
	story_model();
	is_int(pid_of(wait(0)->whom), COMMAND, "who was woken when his time was over was woken");
	is_int((int64_t)acts(MP_ACT_WAKE), 1, "once");
	story();
	ev_fork(COMMAND, 101);
	ev_fork(COMMAND, 102);
	ev_wake(COMMAND, SYS_futex, 101, SYS_futex);
	ev_futex(COMMAND, FUTEX_WAKE, word, 2);
	next_blocked(now() - 4500);
	ev_futex(101, FUTEX_WAIT, word, 0);
	next_blocked(now() - 4500);
	ev_futex(102, FUTEX_WAIT, word, 0);
	story_model();
	is_int(pid_of(act_of(102, MP_ACT_WAIT, 0)->whom), COMMAND, "it is not the other's wake");
	is_int((int64_t)acts(MP_ACT_WAKE), 2, "who has his own");
}

/* In which shared(9, ...) is. */
static struct mp_object file(void)
{
	struct mp_object object = shared_file(9);

	object.dev = shared(9, 0).dev;
	return object;
}

/* Another thread was changing the mappings just then: the kernel says but the address. */
static void not_looked_up(uint32_t pid, uint64_t address)
{
	next_flags(MP_F_SHORT);
	ev_futex(pid, FUTEX_WAKE, private(address), 0);
}

static void unlooked_private(void)
{
	story();
	ev_futex(COMMAND, FUTEX_WAKE, private(4), 0);
	not_looked_up(COMMAND, 4);
	ev_map(COMMAND, A, PAGE, file());
	not_looked_up(COMMAND, A + PAGE);
	not_looked_up(COMMAND, A - 4);
	story_model();
	is_int((int64_t)model()->word_count, 3, "beside what is shared a word is private");
	is_int(pid_of(model()->words[1]->owner), COMMAND, "and its process's own");
	is_int((int64_t)model()->lost[MP_FUTEX], 0, "and nothing is lost");
}

static void unlooked_shared(void)
{
	story();
	ev_futex(COMMAND, FUTEX_WAKE, shared(9, 0x2004), 0);
	ev_map_as(COMMAND, &(struct mp_map){.map_op = MP_MAP_SHARED,
					    .address = A,
					    .length = 2 * PAGE,
					    .to = 0x1000,
					    .object = file()});
	ev_fork(COMMAND, 101);
	not_looked_up(COMMAND, A + PAGE + 4);
	not_looked_up(101, A + PAGE + 4);
	ev_unmap(101, A, PAGE);
	not_looked_up(101, A + PAGE + 4);
	story_model();
	is_int((int64_t)model()->word_count, 1, "in shared memory it has its place in the file");
	is_int((int64_t)model()->lost[MP_FUTEX], 0, "for who inherits it, too");
	ev_unmap(101, A + PAGE, PAGE);
	not_looked_up(101, A + PAGE + 4);
	not_looked_up(COMMAND, A + PAGE + 4);
	story_model();
	is_int((int64_t)model()->word_count, 2, "until it is unmapped");
	is_int(pid_of(model()->words[1]->owner), 101, "by who unmaps it");
	ev_exec(COMMAND, COMMAND, "c", "c", 2);
	not_looked_up(COMMAND, A + PAGE + 4);
	story_model();
	is_int((int64_t)model()->word_count, 3, "or another program has begun");
}

static void unlooked_second(void)
{
	story();
	ev_map(COMMAND, A, PAGE, file());
	ev_fork(COMMAND, 101);
	next_flags(MP_F_SHORT);
	ev_requeue(COMMAND, private(4), private(A + 8), 1);
	ev_wake(COMMAND, SYS_futex, 101, SYS_futex);
	ev_futex(COMMAND, FUTEX_WAKE, shared(9, 8), 1);
	story_model();
	is_int((int64_t)model()->word_count, 2, "the word to which waiters are moved, too");
}

static void unlooked_unknown(void)
{
	story();
	next_flags(MP_F_SHORT);
	ev_map_as(COMMAND, &(struct mp_map){.map_op = MP_MAP_SHARED,
					    .address = A,
					    .length = PAGE,
					    .map_flags = MP_MAP_WRITABLE | MP_MAP_NAMELESS});
	not_looked_up(COMMAND, A + PAGE);
	story_model();
	is_int((int64_t)model()->lost[MP_FUTEX], 0, "beside memory of which nothing is known");
	not_looked_up(COMMAND, A);
	story_model();
	is_int((int64_t)model()->lost[MP_FUTEX], 1, "all is well, but in it a word is lost");
	story();
	ev_fork(COMMAND, 101);
	next_flags(MP_F_SHORT);
	ev_map(COMMAND, A, PAGE, file());
	ev_fork(COMMAND, 102);
	not_looked_up(101, A);
	story_model();
	is_int((int64_t)model()->lost[MP_FUTEX], 0, "nor where another maps a file unseen");
	not_looked_up(102, B);
	next_flags(MP_F_SHORT);
	ev_futex(COMMAND, FUTEX_WAIT, private(B), -EAGAIN);
	story_model();
	is_int((int64_t)model()->lost[MP_FUTEX], 2, "but for who did that, and for its children");
	ok(wait(0)->word == NULL, "any word may be there");
}

static void unlooked_lost(void)
{
	static const enum mp_kind kinds[] = {MP_MAP, MP_FORK, MP_EXEC};

	for (size_t i = 0; i < 3; i++) {
		story();
		story_record()->losses.missed[kinds[i]] = 1;
		not_looked_up(COMMAND, 4);
		story_model();
		is_int((int64_t)model()->lost[MP_FUTEX], 1, "or when events are lost");
	}
	story();
	ev_blind(COMMAND, MP_BLIND_32BIT);
	not_looked_up(COMMAND, 4);
	story_model();
	is_int((int64_t)model()->lost[MP_FUTEX], 1, "or were not decoded");
}

static void too_late(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_futex(101, FUTEX_WAIT, shared(9, 4), 0);
	ev_text(COMMAND, 1, "x\n");
	ev_futex(COMMAND, FUTEX_WAKE, shared(9, 4), 1);
	story_model();
	ok(wait(0)->whom == NULL, "nor is one that began when the wait was over");
}

static void moved_before(void)
{
	struct mp_word condition = shared(9, 4), mutex = shared(9, 8);

	story();
	ev_fork(COMMAND, 101);
	ev_requeue(COMMAND, condition, mutex, 1);
	ev_wake(COMMAND, SYS_futex, 101, SYS_futex);
	ev_futex(COMMAND, FUTEX_WAKE, mutex, 1);
	next_blocked(now() - 1500);
	ev_futex(101, FUTEX_WAIT, condition, 0);
	story_model();
	ok(wait(0)->whom == NULL, "who began to wait later was not moved");
}

int main(void)
{
	tap_plan(0);
	same_words();
	waits();
	wakes();
	wrong_word();
	wakes_killed();
	moved();
	wake_op();
	too_early();
	too_early_twice();
	at_the_same_time();
	unlooked_private();
	unlooked_shared();
	unlooked_second();
	unlooked_unknown();
	unlooked_lost();
	too_late();
	moved_before();
	story_end();
	return tap_done();
}
