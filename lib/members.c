// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A list of processes in shared memory, one word for each, so that entering and leaving are one
 * store. Each process keeps its own list of the lists that it may stand on, and takes itself off
 * all of them when it ends in good order; who still stands there and has ended was killed, or
 * ended behind our back with _exit(2).
 */
#include <errno.h>
#include <stdlib.h>

#include "internal.h"

struct mp_roll {
	_Atomic uint64_t looked_ms; /* when somebody last looked for the dead */
	_Atomic uint32_t used;	    /* places behind it have never been used */
	uint32_t room;
	_Atomic uint64_t places[];
};

/* What another process reads must be one word: the process id has 22 bits at most, and the start
 * would need more than 40 only after centuries. */
enum { START_BITS = 40 };

static uint64_t pack(struct mp_life life)
{
	return (uint64_t)life.pid << START_BITS | (life.start & ((UINT64_C(1) << START_BITS) - 1));
}

static struct mp_life unpack(uint64_t place)
{
	return (struct mp_life){
		.pid = (pid_t)(place >> START_BITS),
		.start = place & ((UINT64_C(1) << START_BITS) - 1),
	};
}

static size_t size_of(unsigned room)
{
	return sizeof(struct mp_roll) + room * sizeof(uint64_t);
}

/* --- what this process knows --- */

static struct {
	pthread_mutex_t mutex;
	struct mp_members *first;
} all = {.mutex = PTHREAD_MUTEX_INITIALIZER};

static void lock_all(void)
{
	pthread_mutex_lock(&all.mutex);
}

static void unlock_all(void)
{
	pthread_mutex_unlock(&all.mutex);
}

/* In the child of a fork: it does not stand where its parent stands, and its parent's threads are
 * not here. */
static void forget_parent(void)
{
	for (struct mp_members *members = all.first; members; members = members->next)
		members->place = members->inside = 0;
	unlock_all();
}

static bool follows_forks;

__attribute__((constructor)) static void follow_forks(void)
{
	follows_forks = pthread_atfork(lock_all, unlock_all, forget_parent) == 0;
}

/* With all locked. A process that ends while one of its threads is inside takes that one with it,
 * which is a death for the others. */
static void leave(struct mp_members *members)
{
	uint64_t mine = pack(mp_life_self());

	if (members->place > 0 && members->inside == 0)
		atomic_compare_exchange_strong(&members->roll->places[members->place - 1], &mine,
					       0);
	members->place = 0;
}

void mp_members_leave_all(void)
{
	lock_all();
	for (struct mp_members *members = all.first; members; members = members->next)
		leave(members);
	unlock_all();
}

__attribute__((destructor)) static void at_exit(void)
{
	mp_members_leave_all();
}

int mp_members_init(struct mp_members *members, unsigned room)
{
	*members = (struct mp_members){.roll = mp_shared_new(size_of(room))};
	if (!members->roll)
		return -ENOMEM;
	members->roll->room = room;
	lock_all();
	members->next = all.first;
	all.first = members;
	unlock_all();
	return 0;
}

void mp_members_destroy(struct mp_members *members)
{
	struct mp_members **link = &all.first;

	lock_all();
	while (*link && *link != members)
		link = &(*link)->next;
	if (*link)
		*link = members->next;
	leave(members);
	unlock_all();
	mp_shared_free(members->roll, size_of(members->roll->room));
}

/* --- what all processes know --- */

static bool stands(const struct mp_members *members, uint64_t mine)
{
	uint32_t place = members->place;

	return place > 0 && members->roll->places[place - 1] == mine;
}

/* The number is raised first: nobody may stand where others do not look. */
static bool take_place(struct mp_roll *roll, uint32_t place, uint64_t mine)
{
	uint32_t used = roll->used;
	uint64_t nobody = 0;

	if (roll->places[place] != 0)
		return false;
	while (used <= place && !atomic_compare_exchange_weak(&roll->used, &used, place + 1))
		;
	return atomic_compare_exchange_strong(&roll->places[place], &nobody, mine);
}

int mp_members_enter(struct mp_members *members)
{
	uint64_t mine = pack(mp_life_self());
	struct mp_roll *roll = members->roll;
	uint32_t place = 0;

	if (stands(members, mine))
		return 0;
	/* Another thread of this process may be doing the same. */
	lock_all();
	if (!stands(members, mine)) {
		while (place < roll->room && !take_place(roll, place, mine))
			place++;
		members->place = place < roll->room ? place + 1 : 0;
	}
	unlock_all();
	return place < roll->room ? 0 : -EAGAIN;
}

static bool is_dead(uint64_t place)
{
	return place != 0 && mp_life_ended(unpack(place));
}

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

bool mp_members_lost_one(struct mp_members *members)
{
	struct mp_roll *roll = members->roll;
	uint64_t now = now_ms(), last = roll->looked_ms;

	/* It costs some system calls for each place: one of all who ask is enough. */
	if (now - last < MP_RECHECK_MS / 2 ||
	    !atomic_compare_exchange_strong(&roll->looked_ms, &last, now))
		return false;
	for (uint32_t i = 0; i < roll->used; i++)
		if (is_dead(roll->places[i]))
			return true;
	return false;
}

void mp_members_bury(struct mp_members *members)
{
	struct mp_roll *roll = members->roll;
	uint64_t place;

	for (uint32_t i = 0; i < roll->used; i++) {
		place = roll->places[i];
		if (is_dead(place))
			atomic_compare_exchange_strong(&roll->places[i], &place, 0);
	}
}
