// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Producers and consumers are killed at random, and replaced; then every item is accounted for.
 * Each process keeps a log in memory of our own, which is right up to its last moment: the intent
 * is written before a call, the result after it. usage: queue-kill-test [KILLS [SEED]]
 */
#include <errno.h>
#include <mproc.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common.h"
#include "tap.h"

enum { SEATS = 3, EACH = 1024, CAPACITY = 8, MOST_IN_HAND = 3, LONG_MS = 60000, MOST_WORDS = 3000 };

static struct mp_queue *queue;

/* --- what must hold after one death --- */

static int get_two_and_wait(void)
{
	char item[4];

	mp_queue_get(queue, item, sizeof(item), NULL, LONG_MS);
	mp_queue_get(queue, item, sizeof(item), NULL, LONG_MS);
	pause();
	return 0;
}

static bool nothing_waits(void *argument)
{
	return mp_queue_is_empty(queue);
}

static int join_forever(void)
{
	return mp_queue_join(queue, MP_FOREVER);
}

static int put_forever(void)
{
	return mp_queue_put(queue, "dd", 2, MP_FOREVER);
}

static void make_tasks(size_t capacity)
{
	if (mp_queue_new(&queue, capacity, 4, MP_QUEUE_TASKS))
		tap_bail("mp_queue_new");
}

static void test_one_death(void)
{
	pid_t taker, joiner, producer, who = 0;
	char item[4] = "";
	size_t length = 0;
	int64_t before;

	make_tasks(2);
	mp_queue_put(queue, "a", 1, 0);
	mp_queue_put(queue, "bbb", 3, 0);
	taker = start_child(get_two_and_wait);
	comes_true(nothing_waits, NULL);
	joiner = start_child(join_forever);
	producer = start_child(put_forever);
	falls_asleep(joiner);
	falls_asleep(producer);
	kill(taker, SIGSTOP);
	is_int(mp_queue_join(queue, 600), MP_TIMEOUT, "one who was stopped is not dead");
	is_int(mp_queue_lost(queue, item, 4, NULL, NULL), -ENOENT, "what he has is not lost");
	ok(!has_ended(joiner) && !has_ended(producer), "the others wait for him");
	before = now_ms();
	kill(taker, SIGKILL);
	is_int(wait_status(joiner), MP_LOST, "who joins is told of a death");
	is_int(wait_status(producer), MP_LOST, "and who waits for room");
	ok(now_ms() - before < 5000, "soon: %d ms", (int)(now_ms() - before));
	is_int(mp_queue_join(queue, 0), MP_LOST, "though nobody has reaped him; each time");
	is_int(mp_queue_put(queue, "c", 1, 0), MP_LOST, "and each put");
	wait_status(taker);
	is_int((int64_t)mp_queue_unfinished(queue), 2, "two are lost");
	is_int(mp_queue_lost(queue, item, 4, &length, &who), 0, "the first can be had");
	ok(length == 1 && item[0] == 'a', "whole");
	is_int(who, taker, "with who had it");
	is_int(mp_queue_put(queue, "c", 1, 0), 0, "that makes room");
	is_int(mp_queue_lost(queue, item, 2, &length, &who), -EMSGSIZE, "too small a buffer");
	is_int((int64_t)length, 3, "is told the size");
	is_int(mp_queue_join(queue, 0), MP_LOST, "and the item stays");
	is_int(mp_queue_lost(queue, item, 3, NULL, NULL), 0, "then it is had");
	ok(memcmp(item, "bbb", 3) == 0, "whole");
	is_int(mp_queue_lost(queue, item, 4, NULL, NULL), -ENOENT, "there are no more");
	is_int(mp_queue_join(queue, 0), MP_TIMEOUT, "what waits is not lost");
	mp_queue_get(queue, item, 4, NULL, 0);
	mp_queue_task_done(queue);
	is_int(mp_queue_join(queue, MP_FOREVER), 0, "all is done");
	mp_queue_free(queue);
}

static int get_one(void)
{
	char item[4];

	return mp_queue_get(queue, item, 4, NULL, MP_FOREVER);
}

/* The death of a child that nobody has reaped is found without a descriptor. */
static void test_no_descriptor(void)
{
	siginfo_t info;
	pid_t pid;

	make_tasks(1);
	mp_queue_put(queue, "a", 1, 0);
	pid = start_child(get_one);
	waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT);
	forbid_fds(true);
	is_int(mp_queue_join(queue, 20000), MP_LOST, "a death is found when no descriptor is left");
	forbid_fds(false);
	is_int(wait_status(pid), 0, "its status is still there");
	mp_queue_free(queue);
}

static int get_and_end(void)
{
	char item[4];

	return mp_queue_get(queue, item, sizeof(item), NULL, LONG_MS);
}

/* Who sleeps in vain, and is killed, leaves the others their wake-ups. */
static void test_dead_sleepers(void)
{
	int64_t before = now_ms();
	pid_t pids[3], awake;

	make_tasks(1);
	for (int i = 0; i < 3; i++) {
		pids[i] = start_child(get_and_end);
		falls_asleep(pids[i]);
		kill(pids[i], SIGKILL);
		wait_status(pids[i]);
	}
	awake = start_child(get_and_end);
	falls_asleep(awake);
	mp_queue_put(queue, "x", 1, 0);
	is_int(wait_status(awake), 0, "an item reaches the one who lives");
	ok(now_ms() - before < 10000, "soon");
	is_int(mp_queue_join(queue, MP_FOREVER), MP_LOST, "one that ends has not done it, either");
	mp_queue_free(queue);
}

/* --- many deaths --- */

/* One process: what it was about to do, and what it knows to be done. */
struct life {
	pid_t pid;
	bool consumes, ended, failed;
	_Atomic unsigned tries, puts; /* items 0 to puts - 1 were put, puts to tries - 1 perhaps */
	_Atomic unsigned got, done;
	unsigned lost;
};

/* An item's number tells who put it: the life, and which one of its items. It is sent as a number
 * of words, so that many are killed while they copy. */
struct item {
	_Atomic unsigned taker; /* life + 1 */
	_Atomic unsigned seen;
	unsigned lost;
};

static struct life *lives;
static struct item *items;
static unsigned lives_max, life_count;
static uint64_t randomness;

struct parcel {
	unsigned words[MOST_WORDS];
};

static size_t size_of(unsigned number)
{
	return (1 + number % MOST_WORDS) * sizeof(unsigned);
}

static int put_number(unsigned number)
{
	struct parcel parcel;

	for (unsigned i = 0; i <= number % MOST_WORDS; i++)
		parcel.words[i] = number;
	return mp_queue_put(queue, &parcel, size_of(number), LONG_MS);
}

/* Whether it is whole. */
static bool open_parcel(const struct parcel *parcel, size_t length, unsigned *number)
{
	*number = parcel->words[0];
	if (length != size_of(*number))
		return false;
	for (unsigned i = 0; i < length / sizeof(unsigned); i++)
		if (parcel->words[i] != *number)
			return false;
	return true;
}

static int get_number(unsigned *number, int64_t timeout_ms)
{
	struct parcel parcel;
	size_t length;
	int rc = mp_queue_get(queue, &parcel, sizeof(parcel), &length, timeout_ms);

	return rc == 0 && !open_parcel(&parcel, length, number) ? -EBADMSG : rc;
}
static _Atomic bool *stopping;

static unsigned random_below(unsigned limit)
{
	randomness = randomness * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(randomness >> 33) % limit;
}

static void tick(int number)
{
}

/* Every second process is hit by a signal each millisecond. */
static void suffer(unsigned life)
{
	const struct sigaction action = {.sa_handler = tick};
	const struct itimerval often = {{.tv_usec = 1000}, {.tv_usec = 1000}};

	if (life % 2)
		return;
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
}

static void produce(unsigned life)
{
	struct life *self = &lives[life];

	for (unsigned i = 0; i < EACH && !*stopping;) {
		const unsigned number = life * EACH + i;
		int rc;

		self->tries = i + 1;
		rc = put_number(number);
		if (rc == 0)
			self->puts = ++i;
		else if (rc != MP_LOST)
			self->failed = true;
		else
			sched_yield();
	}
	while (!*stopping)
		sleep_ms(1);
}

/* Of each seat the items come in their order; a later life's numbers are larger. */
static void note(struct life *self, unsigned life, unsigned number, unsigned last[SEATS])
{
	const unsigned seat = number / EACH % SEATS;

	items[number].taker = life + 1;
	items[number].seen++;
	if (last[seat] && number + 1 <= last[seat])
		self->failed = true;
	last[seat] = number + 1;
	self->got++;
}

static void consume(unsigned life)
{
	struct life *self = &lives[life];
	unsigned last[SEATS] = {0}, number;
	int rc = 0;

	while (rc == 0) {
		unsigned hand = 0, most = 1 + random_below(MOST_IN_HAND);

		while (hand < most && rc == 0) {
			/* Not for long with a full hand: all might wait for each other. */
			rc = get_number(&number, hand ? 1 : LONG_MS);
			if (rc == 0) {
				note(self, life, number, last);
				hand++;
			}
		}
		if (hand && rc == MP_TIMEOUT)
			rc = 0;
		for (; hand; hand--) {
			if (mp_queue_task_done(queue) == 0)
				self->done++;
		}
	}
	self->failed |= rc != MP_END;
}

/* Takes a number that says which seat it has: see note(). */
static unsigned start(unsigned seat, bool consumes)
{
	const unsigned life = life_count + (seat + SEATS - life_count % SEATS) % SEATS;
	pid_t pid;

	if (life >= lives_max)
		tap_bail("more lives than were planned");
	life_count = life + 1;
	lives[life].consumes = consumes;
	pid = fork_now();
	if (pid == 0) {
		randomness += life;
		suffer(life);
		if (consumes)
			consume(life);
		else
			produce(life);
		_exit(0);
	}
	lives[life].pid = pid;
	return life;
}

static struct life *last_life_of(pid_t pid)
{
	for (unsigned life = life_count; life-- > 0;)
		if (lives[life].pid == pid)
			return &lives[life];
	return NULL;
}

/* What the library says of the dead, held against their logs. */
static unsigned take_lost(void)
{
	unsigned number, wrong = 0;
	struct parcel parcel;
	struct life *life;
	size_t length;
	pid_t who;

	while (mp_queue_lost(queue, &parcel, sizeof(parcel), &length, &who) == 0) {
		life = last_life_of(who);
		if (!open_parcel(&parcel, length, &number) || !life || !life->ended ||
		    !life->consumes) {
			wrong++;
			continue;
		}
		life->lost++;
		items[number].lost++;
		/* It noted it, unless it died before it could. */
		if (items[number].taker && items[number].taker != (unsigned)(life - lives) + 1)
			wrong++;
	}
	return wrong;
}

static unsigned kill_one(unsigned *life)
{
	const bool consumes = lives[*life].consumes;
	const unsigned seat = *life % SEATS;

	kill(lives[*life].pid, SIGKILL);
	wait_status(lives[*life].pid);
	lives[*life].ended = true;
	*life = start(seat, consumes);
	return take_lost();
}

/* One is stopped somewhere: timed calls end all the same. Whether they did. */
static bool stop_one(pid_t pid)
{
	const int64_t before = now_ms();
	int rc;

	kill(pid, SIGSTOP);
	rc = mp_queue_join(queue, 2);
	mp_queue_unfinished(queue);
	kill(pid, SIGCONT);
	return (rc == MP_TIMEOUT || rc == 0) && now_ms() - before < 5000;
}

static void begin(unsigned kills, unsigned flags)
{
	lives_max = (kills + 4 * SEATS) * SEATS;
	life_count = 0;
	lives = shared_memory(lives_max * sizeof(*lives));
	items = shared_memory((size_t)lives_max * EACH * sizeof(*items));
	stopping = shared_memory(sizeof(*stopping));
	if (mp_queue_new(&queue, CAPACITY, sizeof(struct parcel), flags))
		tap_bail("mp_queue_new");
}

/* Producers end, all that is left is consumed, consumers end. How many did not as they should. */
static unsigned end(const unsigned running[2 * SEATS])
{
	unsigned wrong = 0;

	*stopping = true;
	for (unsigned i = 0; i < SEATS; i++)
		wrong += wait_status(lives[running[i]].pid) != 0;
	wrong += mp_queue_join(queue, LONG_MS) != 0;
	mp_queue_close(queue);
	for (unsigned i = SEATS; i < 2 * SEATS; i++)
		wrong += wait_status(lives[running[i]].pid) != 0;
	for (unsigned life = 0; life < life_count; life++)
		wrong += lives[life].failed;
	wrong += mp_queue_unfinished(queue) != 0;
	return wrong;
}

struct account {
	unsigned put, delivered, lost, unsaid, twice, from_nowhere;
};

static void account_for(struct account *account, const struct life *life, unsigned i)
{
	const struct item *item = &items[(unsigned)(life - lives) * EACH + i];
	const struct life *taker = item->taker ? &lives[item->taker - 1] : NULL;
	/* Its taker noted it, and it was lost all the same: one that died with it in hand. */
	const unsigned times = item->seen + item->lost - (item->seen && item->lost);

	account->put += times > 0;
	account->lost += item->lost;
	account->delivered += item->seen > 0;
	account->twice += item->seen > 1 || item->lost > 1;
	account->twice += item->seen && item->lost && !taker->ended;
	account->from_nowhere += times && i >= life->tries;
	account->unsaid += times == 0 && i < life->puts;
}

/* What a dead one had got and not done is what was lost by it; one step may not have been noted. */
static unsigned wrong_hands(unsigned *dead)
{
	unsigned wrong = 0;

	for (const struct life *life = lives; life < lives + life_count; life++) {
		unsigned in_hand = life->got - life->done;

		*dead += life->consumes && life->ended;
		if (!life->consumes)
			continue;
		wrong += life->lost + 1 < in_hand || life->lost > in_hand + 1;
		wrong += !life->ended && life->lost;
	}
	return wrong;
}

static void report(bool tasks, const char *how)
{
	struct account account = {0};
	unsigned dead = 0, bad_hands = wrong_hands(&dead);

	for (const struct life *life = lives; life < lives + life_count; life++)
		for (unsigned i = 0; i < EACH && !life->consumes && i < life->tries; i++)
			account_for(&account, life, i);
	tap_note("%s: %u items, %u noted, %u lost and said so, %u gone with %u dead", how,
		 account.put + account.unsaid, account.delivered, account.lost, account.unsaid,
		 dead);
	ok(account.delivered > 1000, "%s: items are delivered", how);
	is_int(account.twice, 0, "%s: none came twice", how);
	is_int(account.from_nowhere, 0, "%s: none came from nowhere", how);
	if (tasks) {
		is_int(account.unsaid, 0, "%s: none is gone", how);
		is_int(bad_hands, 0, "%s: lost is what the dead had in hand", how);
	} else {
		ok(account.unsaid <= dead, "%s: at most one is gone with each of the dead", how);
	}
}

static void test_kills(unsigned kills, unsigned flags, const char *how)
{
	unsigned running[2 * SEATS], wrong = 0, stuck = 0;

	begin(kills, flags);
	for (unsigned i = 0; i < 2 * SEATS; i++)
		running[i] = start(i % SEATS, i >= SEATS);
	for (unsigned i = 0; i < kills; i++) {
		const unsigned victim = random_below(2 * SEATS);
		const struct timespec pause = {.tv_nsec = random_below(400) * 1000};

		nanosleep(&pause, NULL);
		if (i % 50 == 49)
			stuck += !stop_one(lives[running[(victim + 1) % (2 * SEATS)]].pid);
		wrong += kill_one(&running[victim]);
	}
	is_int(end(running), 0, "%s: %u kills, and the others work to the end", how, kills);
	is_int(stuck, 0, "%s: timed calls end though one is stopped", how);
	is_int(wrong, 0, "%s: only the dead lose, and what they got", how);
	report(flags & MP_QUEUE_TASKS, how);
	mp_queue_free(queue);
}

int main(int argc, char **argv)
{
	const unsigned kills = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1000;
	unsigned fds;

	tap_plan(0);
	fds = open_fds();
	randomness = argc > 2 ? strtoull(argv[2], NULL, 10) : (uint64_t)now_ms();
	tap_note("seed %llu", (unsigned long long)randomness);
	test_one_death();
	test_no_descriptor();
	test_dead_sleepers();
	test_kills(kills, MP_QUEUE_TASKS, "tasks");
	test_kills(kills / 2, 0, "no tasks");
	is_int(open_fds(), fds, "no descriptor was left open");
	ok(!has_child(), "no child is left");
	return tap_done();
}
