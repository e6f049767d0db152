/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared memory: who has which, from when on, and until when. */
#include <sys/syscall.h>

#include "script.h"

#define A    UINT64_C(0x10000)
#define B    UINT64_C(0x20000)
#define PAGE UINT64_C(4096)

static void change(uint32_t pid, enum mp_map_op op, uint64_t address, uint64_t length,
		   uint32_t flags)
{
	ev_map_as(pid, &(struct mp_map){.nr = SYS_mprotect,
					.map_op = op,
					.address = address,
					.length = length,
					.map_flags = flags});
}

static void move(uint32_t pid, uint64_t from, uint64_t length, uint64_t to, uint64_t to_length,
		 uint32_t flags)
{
	ev_map_as(pid, &(struct mp_map){.nr = SYS_mremap,
					.map_op = MP_MAP_MOVED,
					.address = from,
					.length = length,
					.to = to,
					.to_length = to_length,
					.map_flags = flags});
}

/* A child that is forked now: what does it inherit? */
static size_t heirloom(void)
{
	static uint32_t pid = 5000;

	ev_fork(COMMAND, ++pid);
	story_model();
	return acts_of(pid, MP_ACT_MAP);
}

static void same_memory(void)
{
	struct mp_map map = {.nr = SYS_mmap,
			     .map_op = MP_MAP_SHARED,
			     .address = A,
			     .length = PAGE,
			     .map_flags = MP_MAP_WRITABLE,
			     .object = shared_file(7)};

	story();
	ev_fork(COMMAND, 101);
	ev_map(COMMAND, A, PAGE, shared_file(7));
	ev_map(101, B, 2 * PAGE, shared_file(7));
	ev_map(101, A, PAGE, shared_file(8));
	story_model();
	is_int((int64_t)model()->memory_count, 2, "a file is the same memory for all");
	ok(act_of(COMMAND, MP_ACT_MAP, 0)->memory == act_of(101, MP_ACT_MAP, 0)->memory,
	   "wherever it is mapped");
	ok(act_of(101, MP_ACT_MAP, 1)->memory == model()->memories[1], "another file is another");
	is_string(model()->memories[0]->name, "space", "it has a name");
	is_int((int64_t)model()->memories[0]->bytes, (int64_t)PAGE, "and a size");
	map.generation = 5;
	ev_map_as(101, &map);
	map.map_flags |= MP_MAP_SYSTEM_V;
	ev_map_as(101, &map);
	story_model();
	is_int((int64_t)model()->memory_count, 4,
	       "a number that was used again, or is that of a segment, is another one");
	ok(!model()->memories[2]->system_v && model()->memories[3]->system_v, "and says so");
}

static void inheritance(void)
{
	const struct mp_act *one;

	story();
	ev_map(COMMAND, A, PAGE, shared_file(7));
	ev_map(COMMAND, B, PAGE, shared_file(7));
	ev_fork(COMMAND, 101);
	story_model();
	one = act_of(101, MP_ACT_MAP, 0);
	is_int((int64_t)acts_of(101, MP_ACT_MAP), 1, "a child inherits memory once");
	ok(one->whom == process(COMMAND) && one->at == process(101)->born,
	   "from its parent, at birth");
	ok(act_of(COMMAND, MP_ACT_MAP, 0)->whom == NULL, "who maps has it from nobody");
	ev_fork(101, 102);
	story_model();
	is_int((int64_t)acts_of(102, MP_ACT_MAP), 1, "a grandchild inherits, too");
	ev_map(101, A, PAGE, shared_file(9));
	ev_fork(COMMAND, 103);
	story_model();
	is_int((int64_t)acts_of(103, MP_ACT_MAP), 1, "nobody inherits from a sister");
}

static void unmapping(void)
{
	story();
	ev_map(COMMAND, A, 3 * PAGE, shared_file(7));
	ev_unmap(COMMAND, A + PAGE, PAGE);
	is_int((int64_t)heirloom(), 1, "a part of it is left");
	ev_unmap(COMMAND, A, PAGE);
	is_int((int64_t)heirloom(), 1, "the last part is left");
	ev_unmap(COMMAND, A + 2 * PAGE, 1);
	is_int((int64_t)heirloom(), 0, "nothing is left: whole pages are unmapped");
	ev_map(COMMAND, A, PAGE, shared_file(7));
	ev_unmap(COMMAND, 0, UINT64_MAX);
	is_int((int64_t)heirloom(), 0, "all at once");
	ev_map(COMMAND, A, 2 * PAGE, shared_file(7));
	ev_map(COMMAND, A, 2 * PAGE, shared_file(8));
	story_model();
	is_int((int64_t)heirloom(), 1, "what is mapped over another replaces it");
	ev_map(COMMAND, B, 100, shared_file(9));
	ev_unmap(COMMAND, B, PAGE);
	is_int((int64_t)heirloom(), 1, "a part of a page is a page");
}

static void moving(void)
{
	story();
	ev_map(COMMAND, A, PAGE, shared_file(7));
	move(COMMAND, A, PAGE, B, 2 * PAGE, 0);
	ev_unmap(COMMAND, A, PAGE);
	is_int((int64_t)heirloom(), 1, "it was moved");
	ev_unmap(COMMAND, B, PAGE);
	is_int((int64_t)heirloom(), 1, "and became longer");
	ev_unmap(COMMAND, B + PAGE, PAGE);
	is_int((int64_t)heirloom(), 0, "and is gone");
	ev_map(COMMAND, A, PAGE, shared_file(7));
	move(COMMAND, A, 0, B, PAGE, MP_MAP_LEFT);
	ev_unmap(COMMAND, A, PAGE);
	is_int((int64_t)heirloom(), 1, "there were two of it");
	move(COMMAND, A, PAGE, B, PAGE, 0);
	is_int((int64_t)heirloom(), 0, "something private was moved over it");
	ev_map(COMMAND, A, 2 * PAGE, shared_file(7));
	move(COMMAND, A, 2 * PAGE, A, PAGE, 0);
	ev_unmap(COMMAND, A, PAGE);
	is_int((int64_t)heirloom(), 0, "it became shorter where it was");
}

static void moving_several(void)
{
	story();
	ev_map(COMMAND, A, PAGE, shared_file(7));
	ev_map(COMMAND, A + PAGE, PAGE, shared_file(8));
	move(COMMAND, A, 3 * PAGE, B, 3 * PAGE, 0);
	is_int((int64_t)heirloom(), 2, "two were moved at once");
	ev_unmap(COMMAND, B, PAGE);
	is_int((int64_t)heirloom(), 1, "each to its place");
	ev_unmap(COMMAND, B + PAGE, PAGE);
	is_int((int64_t)heirloom(), 0, "and what is private behind them stays so");
}

static void protection(void)
{
	story();
	ev_map_as(COMMAND, &(struct mp_map){.map_op = MP_MAP_SHARED,
					    .address = A,
					    .length = 2 * PAGE,
					    .object = shared_file(7)});
	is_int((int64_t)heirloom(), 0, "what cannot be written is not shared memory");
	is_int((int64_t)acts(MP_ACT_MAP), 0, "for nobody");
	change(COMMAND, MP_MAP_PROTECTED, A, PAGE, MP_MAP_WRITABLE);
	is_int((int64_t)heirloom(), 1, "until it can");
	is_int((int64_t)acts_of(COMMAND, MP_ACT_MAP), 1, "for who has it, too");
	change(COMMAND, MP_MAP_PROTECTED, A, PAGE, MP_MAP_WRITABLE);
	story_model();
	is_int((int64_t)acts_of(COMMAND, MP_ACT_MAP), 1, "but only once");
	change(COMMAND, MP_MAP_PROTECTED, A, PAGE, 0);
	is_int((int64_t)heirloom(), 0, "and when it can no longer, no child gets it");
}

static void system_v(void)
{
	struct mp_map map = {.map_op = MP_MAP_SHARED,
			     .address = A,
			     .length = 2 * PAGE,
			     .map_flags = MP_MAP_WRITABLE | MP_MAP_SYSTEM_V,
			     .object = shared_file(0)};

	story();
	ev_map_as(COMMAND, &map);
	map.address = B;
	ev_map_as(COMMAND, &map);
	ev_unmap(COMMAND, A + PAGE, PAGE);
	change(COMMAND, MP_MAP_DETACHED, A, 0, 0);
	is_int((int64_t)heirloom(), 1, "it is attached a second time");
	change(COMMAND, MP_MAP_DETACHED, A, 0, 0);
	is_int((int64_t)heirloom(), 1, "elsewhere");
	change(COMMAND, MP_MAP_DETACHED, B, 0, 0);
	is_int((int64_t)heirloom(), 0, "and detached");
	ev_map_as(COMMAND, &map);
	move(COMMAND, B, 2 * PAGE, A, 2 * PAGE, 0);
	change(COMMAND, MP_MAP_DETACHED, A, 0, 0);
	is_int((int64_t)heirloom(), 0, "also where it was moved to");
}

static void kept_back(void)
{
	story();
	ev_map(COMMAND, A, PAGE, shared_file(7));
	change(COMMAND, MP_MAP_INHERITED, A, PAGE, MP_MAP_KEPT_BACK);
	is_int((int64_t)heirloom(), 0, "a child does not get what is kept back");
	change(COMMAND, MP_MAP_INHERITED, A, PAGE, 0);
	is_int((int64_t)heirloom(), 1, "but what is not");
}

static void same_space(void)
{
	story();
	ev_map(COMMAND, A, PAGE, shared_file(7));
	ev_fork_as(COMMAND, 101, MP_FORK_VM, 101, COMMAND);
	ev_map(101, B, PAGE, shared_file(8));
	story_model();
	is_int((int64_t)acts_of(101, MP_ACT_MAP), 2,
	       "who is one memory with another has all of it");
	is_int((int64_t)acts_of(COMMAND, MP_ACT_MAP), 2, "and so has the other");
	ev_unmap(101, A, 2 * (B - A));
	is_int((int64_t)heirloom(), 0, "until one of them gives it up");
}

static void exec(void)
{
	story();
	ev_map(COMMAND, A, PAGE, shared_file(7));
	ev_fork(COMMAND, 101);
	ev_map(101, B, PAGE, shared_file(8));
	ev_exec(101, 101, "c", "c", 2);
	ev_fork(101, 102);
	story_model();
	is_int((int64_t)acts_of(101, MP_ACT_MAP), 1, "who execs never had what it only inherited");
	is_int((int64_t)acts_of(102, MP_ACT_MAP), 0, "and has nothing to leave");
	ev_map(101, B, PAGE, shared_file(7));
	story_model();
	is_int((int64_t)acts_of(101, MP_ACT_MAP), 2, "but what it maps again");
	ev_fork_as(COMMAND, 103, MP_FORK_VM, 103, COMMAND);
	ev_exec(103, 103, "c", "c", 2);
	is_int((int64_t)heirloom(), 1, "who execs takes nothing away from who it shared it with");
	is_int((int64_t)acts_of(103, MP_ACT_MAP), 0, "and never had it");
}

static void unknown(void)
{
	story();
	next_flags(MP_F_SHORT);
	ev_map(COMMAND, A, PAGE, shared_file(7));
	story_model();
	is_int((int64_t)model()->lost[MP_MAP], 1, "what could not be looked at is lost");
	is_int((int64_t)acts(MP_ACT_MAP), 0, "and nobody's");
	for (int i = 0; i < 2; i++) {
		next_flags(MP_F_SHORT);
		ev_map_as(COMMAND,
			  &(struct mp_map){.map_op = MP_MAP_SHARED,
					   .address = A + (uint64_t)i * PAGE,
					   .length = PAGE,
					   .map_flags = MP_MAP_WRITABLE | MP_MAP_NAMELESS});
	}
	story_model();
	is_int((int64_t)model()->memory_count, 2, "but what has no file is always another");
	ok(model()->lost[MP_MAP] == 1 && model()->memories[1]->anonymous, "and well known");
	is_int((int64_t)heirloom(), 2, "and inherited");
}

int main(void)
{
	tap_plan(0);
	same_memory();
	inheritance();
	unmapping();
	moving();
	moving_several();
	protection();
	system_v();
	kept_back();
	same_space();
	exec();
	unknown();
	story_end();
	return tap_done();
}
