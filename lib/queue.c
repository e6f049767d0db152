// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A queue that a process may leave by death at any instruction.
 *
 * Items live in slots and do not move until they are done. What is true stands in four places:
 *
 *   order[]      the slots of the items that wait, at [head, tail) modulo its length. head and tail
 *                only grow; the place of an item is its serial number
 *   tail         one store of it puts an item, after the slot and its place are filled
 *   head         one store of it gets an item, after it is copied out and, in a queue of tasks,
 *                the hand of its slot is filled: who has it, and its serial
 *   hand.holds   one store of it finishes a task
 *
 * All the rest (which slots are vacant, how many are in hand) follows from these, and repair()
 * works it out again when somebody died inside. A hand whose serial is not before head is one of
 * a get that never happened.
 *
 * Who waits naps in a line, and looks for himself after each nap: a wake-up that died with its
 * sender costs a moment. Whether others died with items in hand is looked for only by who has
 * waited for MP_RECHECK_MS, or is about to give up.
 */
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { NOT_YET = INT_MAX }; /* nothing that a call returns */
enum { CONSUMERS, PRODUCERS, JOINERS, LINES };

struct slot {
	uint32_t size;
	uint32_t waits; /* repair()'s own */
	unsigned char bytes[];
};

/* Who has the item of a slot. */
struct hand {
	_Atomic uint32_t holds;
	uint64_t serial;
	struct mp_life life;
};

struct mp_queue {
	/* The mapping, in which the pointers point: all processes have it at the same address. */
	size_t bytes;
	uint32_t capacity, item_max;
	uint32_t mask; /* of places in `order` */
	bool tasks;
	size_t stride;
	unsigned char *slots;
	uint32_t *order;
	uint32_t *pool; /* slots: in hand from the front, the oldest first; vacant from the back */
	struct hand *hands;

	_Alignas(64) pthread_mutex_t mutex;
	_Atomic uint64_t head, tail;
	_Atomic bool closed;
	_Atomic uint32_t held; /* slots in hand; atomic for those who cannot get in */
	uint32_t vacant;
	uint32_t fresh; /* slots from here on were never used */
	struct mp_line lines[LINES];
};

_Static_assert(ATOMIC_LLONG_LOCK_FREE == 2, "the counters are shared between processes");
_Static_assert(ATOMIC_BOOL_LOCK_FREE == 2, "the closed flag is shared between processes");

/* A call of one thread: how long it may take, where it waits, whom it has to wake. */
struct visit {
	int64_t timeout_ms;
	bool is_dated;
	struct mp_deadline deadline; /* once is_dated */
	struct mp_deadline look;     /* when to look for the dead */
	struct mp_standing standing;
	int calls[LINES]; /* how many to wake after the unlock */
};

/* What somebody wants, now or when it becomes possible. */
struct wish {
	int (*grant)(struct mp_queue *queue, const struct wish *wish, struct visit *visit);
	unsigned line;
	bool minds_the_dead;
	const void *item;
	void *buffer;
	size_t size;
	size_t *length;
};

/* --- room --- */

static struct slot *slot_at(const struct mp_queue *queue, uint32_t index)
{
	return (struct slot *)(void *)(queue->slots + index * queue->stride);
}

/* Appends `count` things to the layout; where they begin. False: it would be too large. */
static bool append(size_t *bytes, size_t *begin, size_t count, size_t size)
{
	size_t add;

	*begin = (*bytes + 63) & ~(size_t)63;
	return !__builtin_mul_overflow(count, size, &add) &&
	       !__builtin_add_overflow(*begin, add, bytes) && *bytes <= SIZE_MAX / 2;
}

static uint32_t power_of_two_from(uint32_t number)
{
	uint32_t power = 1;

	while (power < number)
		power *= 2;
	return power;
}

static struct mp_queue *lay_out(uint32_t capacity, uint32_t item_max, bool tasks)
{
	const uint32_t places = power_of_two_from(capacity);
	const size_t stride = (sizeof(struct slot) + (size_t)item_max + 7) & ~(size_t)7;
	size_t bytes = sizeof(struct mp_queue), order, pool, hands, slots;
	struct mp_queue *new;

	if (!append(&bytes, &order, places, sizeof(uint32_t)) ||
	    !append(&bytes, &pool, capacity, sizeof(uint32_t)) ||
	    !append(&bytes, &hands, tasks ? capacity : 0, sizeof(struct hand)) ||
	    !append(&bytes, &slots, capacity, stride))
		return NULL;
	new = mp_shared_new(bytes);
	if (!new)
		return NULL;
	new->bytes = bytes;
	new->capacity = capacity;
	new->item_max = item_max;
	new->mask = places - 1;
	new->tasks = tasks;
	new->stride = stride;
	new->order = (void *)((unsigned char *)new + order);
	new->pool = (void *)((unsigned char *)new + pool);
	new->hands = (void *)((unsigned char *)new + hands);
	new->slots = (unsigned char *)new + slots;
	return new;
}

int mp_queue_new(struct mp_queue **queue, size_t capacity, size_t item_max, unsigned flags)
{
	struct mp_queue *new;
	int rc;

	*queue = NULL;
	if (capacity < 1 || capacity > MP_QUEUE_MAX || item_max > MP_QUEUE_MAX ||
	    flags & ~MP_QUEUE_TASKS)
		return -EINVAL;
	new = lay_out((uint32_t)capacity, (uint32_t)item_max, flags & MP_QUEUE_TASKS);
	if (!new)
		return -ENOMEM;
	rc = mp_mutex_init(&new->mutex);
	if (rc) {
		mp_shared_free(new, new->bytes);
		return rc;
	}
	*queue = new;
	return 0;
}

void mp_queue_free(struct mp_queue *queue)
{
	if (queue)
		mp_shared_free(queue, queue->bytes);
}

/* --- what follows from what is true --- */

static uint64_t head_of(const struct mp_queue *queue)
{
	return atomic_load_explicit(&queue->head, memory_order_acquire);
}

static uint64_t tail_of(const struct mp_queue *queue)
{
	return atomic_load_explicit(&queue->tail, memory_order_acquire);
}

static uint32_t held_of(const struct mp_queue *queue)
{
	return atomic_load_explicit(&queue->held, memory_order_relaxed);
}

static uint64_t unfinished(const struct mp_queue *queue)
{
	return tail_of(queue) - head_of(queue) + held_of(queue);
}

static uint32_t vacant_slot(struct mp_queue *queue)
{
	if (queue->vacant == 0)
		return queue->fresh++;
	return queue->pool[queue->capacity - queue->vacant--];
}

static void add_vacant(struct mp_queue *queue, uint32_t slot)
{
	queue->vacant++;
	queue->pool[queue->capacity - queue->vacant] = slot;
}

static void add_held(struct mp_queue *queue, uint32_t slot)
{
	const uint32_t held = held_of(queue);

	queue->pool[held] = slot;
	atomic_store_explicit(&queue->held, held + 1, memory_order_relaxed);
}

static bool is_held(const struct mp_queue *queue, uint32_t slot)
{
	return queue->tasks && queue->hands[slot].holds;
}

static void mark_waiting(struct mp_queue *queue)
{
	for (uint32_t slot = 0; slot < queue->fresh; slot++)
		slot_at(queue, slot)->waits = false;
	for (uint64_t at = queue->head; at != queue->tail; at++)
		slot_at(queue, queue->order[at & queue->mask])->waits = true;
}

/* To be woken when we leave. */
static void call(struct mp_queue *queue, struct visit *visit, unsigned line,
		 int (*whom)(struct mp_line *line))
{
	const int most = whom(&queue->lines[line]);

	if (most > visit->calls[line])
		visit->calls[line] = most;
}

static int by_serial(const void *one, const void *other, void *queue)
{
	const struct hand *hands = ((struct mp_queue *)queue)->hands;
	const uint64_t first = hands[*(const uint32_t *)one].serial;
	const uint64_t second = hands[*(const uint32_t *)other].serial;

	return (first > second) - (first < second);
}

/* Somebody died inside. May itself be left by death: the next one does it again. */
static void repair(struct mp_queue *queue, struct visit *visit)
{
	mark_waiting(queue);
	atomic_store_explicit(&queue->held, 0, memory_order_relaxed);
	queue->vacant = 0;
	for (uint32_t slot = 0; slot < queue->fresh; slot++) {
		if (is_held(queue, slot) && queue->hands[slot].serial >= queue->head)
			queue->hands[slot].holds = false;
		if (is_held(queue, slot))
			add_held(queue, slot);
		else if (!slot_at(queue, slot)->waits)
			add_vacant(queue, slot);
	}
	qsort_r(queue->pool, held_of(queue), sizeof(queue->pool[0]), by_serial, queue);
	for (unsigned line = 0; line < LINES; line++)
		call(queue, visit, line, mp_line_call_anybody);
}

/* --- in and out --- */

static void set_deadline(struct visit *visit)
{
	if (visit->is_dated)
		return;
	visit->deadline = mp_deadline_in(visit->timeout_ms);
	visit->look = mp_deadline_in(MP_RECHECK_MS);
	visit->is_dated = true;
}

static int enter(struct mp_queue *queue, struct visit *visit)
{
	int rc = mp_mutex_try(&queue->mutex);

	if (rc == MP_TIMEOUT) {
		set_deadline(visit);
		rc = mp_mutex_enter(&queue->mutex, &visit->deadline);
	}
	if (rc != MP_OWNER_DIED)
		return rc;
	repair(queue, visit);
	return 0;
}

static void leave(struct mp_queue *queue, struct visit *visit)
{
	mp_mutex_release(&queue->mutex);
	for (unsigned line = 0; line < LINES; line++) {
		if (visit->calls[line])
			mp_futex_wake(&queue->lines[line].word, visit->calls[line]);
		visit->calls[line] = 0;
	}
}

/* --- who has what --- */

static bool is_mine(struct mp_life life, struct mp_lives *lives)
{
	return mp_life_is(life, mp_life_self());
}

static bool is_dead(struct mp_life life, struct mp_lives *lives)
{
	return mp_lives_ended(lives, life);
}

/* Where in the pool the oldest item is that somebody of that kind has in hand. False: none. */
static bool oldest_of(const struct mp_queue *queue, uint32_t *oldest,
		      bool (*is_of_kind)(struct mp_life life, struct mp_lives *lives))
{
	struct mp_lives lives;

	lives.count = 0;
	for (*oldest = 0; *oldest < held_of(queue); ++*oldest)
		if (is_of_kind(queue->hands[queue->pool[*oldest]].life, &lives))
			return true;
	return false;
}

static void vacate(struct mp_queue *queue, uint32_t slot, struct visit *visit)
{
	add_vacant(queue, slot);
	call(queue, visit, PRODUCERS, mp_line_call_one);
	if (unfinished(queue) == 0)
		call(queue, visit, JOINERS, mp_line_call_all);
}

static void hold(struct mp_queue *queue, uint32_t slot, uint64_t serial)
{
	struct hand *hand = &queue->hands[slot];

	hand->life = mp_life_self();
	hand->serial = serial;
	atomic_store_explicit(&hand->holds, true, memory_order_release);
	add_held(queue, slot);
}

static void finish(struct mp_queue *queue, uint32_t at, struct visit *visit)
{
	const uint32_t slot = queue->pool[at], others = held_of(queue) - 1;

	atomic_store_explicit(&queue->hands[slot].holds, false, memory_order_release);
	memmove(&queue->pool[at], &queue->pool[at + 1], (others - at) * sizeof(queue->pool[0]));
	atomic_store_explicit(&queue->held, others, memory_order_relaxed);
	vacate(queue, slot, visit);
}

/* --- waiting --- */

/* 0 while there is still hope. */
static int despair(const struct mp_queue *queue, const struct wish *wish, struct visit *visit)
{
	bool late;
	uint32_t at;

	set_deadline(visit);
	late = mp_deadline_passed(&visit->deadline);
	if (wish->minds_the_dead && (late || mp_deadline_passed(&visit->look))) {
		if (oldest_of(queue, &at, is_dead))
			return MP_LOST;
		visit->look = mp_deadline_in(MP_RECHECK_MS);
	}
	return late ? MP_TIMEOUT : NOT_YET;
}

/* Until the wish is granted, or cannot be. */
static int fulfil(struct mp_queue *queue, const struct wish *wish, int64_t timeout_ms)
{
	struct mp_line *line = &queue->lines[wish->line];
	struct visit visit = {.timeout_ms = timeout_ms};
	int rc;

	for (;;) {
		rc = enter(queue, &visit);
		if (rc)
			return rc;
		rc = wish->grant(queue, wish, &visit);
		if (rc == NOT_YET)
			rc = despair(queue, wish, &visit);
		if (rc != NOT_YET)
			break;
		mp_line_stand(line, &visit.standing);
		leave(queue, &visit);
		/* Whatever it says: we look. */
		mp_futex_nap(&line->word, visit.standing.word, &visit.deadline);
	}
	mp_line_step_out(line, &visit.standing);
	leave(queue, &visit);
	return rc;
}

/* --- what can be wished --- */

static int put_now(struct mp_queue *queue, const struct wish *wish, struct visit *visit)
{
	const uint64_t tail = queue->tail;
	struct slot *slot;
	uint32_t index;

	if (queue->closed)
		return MP_END;
	if (unfinished(queue) >= queue->capacity)
		return NOT_YET;
	index = vacant_slot(queue);
	slot = slot_at(queue, index);
	slot->size = (uint32_t)wish->size;
	if (wish->size)
		memcpy(slot->bytes, wish->item, wish->size);
	queue->order[tail & queue->mask] = index;
	atomic_store_explicit(&queue->tail, tail + 1, memory_order_release);
	call(queue, visit, CONSUMERS, mp_line_call_one);
	return 0;
}

int mp_queue_put(struct mp_queue *queue, const void *item, size_t size, int64_t timeout_ms)
{
	const struct wish wish = {
		.grant = put_now,
		.line = PRODUCERS,
		.minds_the_dead = true,
		.item = item,
		.size = size,
	};

	return size > queue->item_max ? -EMSGSIZE : fulfil(queue, &wish, timeout_ms);
}

/* 0, or -EMSGSIZE. */
static int copy_out(const struct mp_queue *queue, uint32_t index, const struct wish *wish)
{
	const struct slot *slot = slot_at(queue, index);

	if (wish->length)
		*wish->length = slot->size;
	if (slot->size > wish->size)
		return -EMSGSIZE;
	if (slot->size)
		memcpy(wish->buffer, slot->bytes, slot->size);
	return 0;
}

static int get_now(struct mp_queue *queue, const struct wish *wish, struct visit *visit)
{
	const uint64_t head = queue->head;
	uint32_t index;
	int rc;

	if (head == queue->tail)
		return queue->closed ? MP_END : NOT_YET;
	index = queue->order[head & queue->mask];
	rc = copy_out(queue, index, wish);
	if (rc) {
		/* We may have been woken for it; let somebody else try. */
		call(queue, visit, CONSUMERS, mp_line_call_one);
		return rc;
	}
	if (queue->tasks)
		hold(queue, index, head);
	atomic_store_explicit(&queue->head, head + 1, memory_order_release);
	if (!queue->tasks)
		vacate(queue, index, visit);
	return 0;
}

int mp_queue_get(struct mp_queue *queue, void *buffer, size_t size, size_t *length,
		 int64_t timeout_ms)
{
	const struct wish wish = {
		.grant = get_now,
		.line = CONSUMERS,
		.buffer = buffer,
		.size = size,
		.length = length,
	};

	/* The first time it reads a file: rather here than while the others are kept out. */
	if (queue->tasks)
		mp_life_self();
	return fulfil(queue, &wish, timeout_ms);
}

static int join_now(struct mp_queue *queue, const struct wish *wish, struct visit *visit)
{
	return unfinished(queue) ? NOT_YET : 0;
}

int mp_queue_join(struct mp_queue *queue, int64_t timeout_ms)
{
	const struct wish wish = {.grant = join_now, .line = JOINERS, .minds_the_dead = true};

	return fulfil(queue, &wish, timeout_ms);
}

int mp_queue_task_done(struct mp_queue *queue)
{
	struct visit visit = {.timeout_ms = MP_FOREVER};
	int rc = enter(queue, &visit);
	uint32_t at;

	if (rc)
		return rc;
	if (oldest_of(queue, &at, is_mine))
		finish(queue, at, &visit);
	else
		rc = -EINVAL;
	leave(queue, &visit);
	return rc;
}

int mp_queue_lost(struct mp_queue *queue, void *buffer, size_t size, size_t *length, pid_t *who)
{
	const struct wish wish = {.buffer = buffer, .size = size, .length = length};
	struct visit visit = {.timeout_ms = 0};
	int rc = enter(queue, &visit);
	uint32_t at;

	if (rc)
		return rc;
	rc = -ENOENT;
	if (oldest_of(queue, &at, is_dead)) {
		if (who)
			*who = queue->hands[queue->pool[at]].life.pid;
		rc = copy_out(queue, queue->pool[at], &wish);
		if (rc == 0)
			finish(queue, at, &visit);
	}
	leave(queue, &visit);
	return rc;
}

int mp_queue_close(struct mp_queue *queue)
{
	struct visit visit = {.timeout_ms = 0};

	queue->closed = true;
	/* When one who was stopped is inside, the others find out when they look. */
	if (enter(queue, &visit))
		return 0;
	call(queue, &visit, CONSUMERS, mp_line_call_all);
	call(queue, &visit, PRODUCERS, mp_line_call_all);
	leave(queue, &visit);
	return 0;
}

/* --- what it is --- */

/* Both counters as they were at one moment: head, which only grows, is the same after tail. */
static uint64_t waiting(const struct mp_queue *queue)
{
	uint64_t head, tail;

	do {
		head = head_of(queue);
		tail = tail_of(queue);
	} while (head != head_of(queue));
	return tail - head;
}

size_t mp_queue_size(const struct mp_queue *queue)
{
	return (size_t)waiting(queue);
}

size_t mp_queue_unfinished(struct mp_queue *queue)
{
	struct visit visit = {.timeout_ms = 0};
	size_t number;

	if (!queue->tasks)
		return mp_queue_size(queue);
	/* When one who was stopped is inside: as it looks. */
	if (enter(queue, &visit))
		return (size_t)unfinished(queue);
	number = (size_t)unfinished(queue);
	leave(queue, &visit);
	return number;
}

bool mp_queue_is_empty(const struct mp_queue *queue)
{
	return waiting(queue) == 0;
}

bool mp_queue_is_full(struct mp_queue *queue)
{
	return mp_queue_unfinished(queue) >= queue->capacity;
}

bool mp_queue_is_closed(const struct mp_queue *queue)
{
	return queue->closed;
}

size_t mp_queue_capacity(const struct mp_queue *queue)
{
	return queue->capacity;
}

size_t mp_queue_item_max(const struct mp_queue *queue)
{
	return queue->item_max;
}
