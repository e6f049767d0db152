/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tree: forks, threads, images, names, ends. */
#include <string.h>

#include "script.h"

static void tree(void)
{
	const struct mp_process *child;

	story();
	ev_fork(COMMAND, 101);
	ev_fork(101, 102);
	ev_thread(102, 103);
	ev_exit(102, 3 << 8);
	ev_exit(101, 9);
	story_model();
	is_int((int64_t)model()->process_count, 3, "three processes");
	ok(model()->processes[0] == process(COMMAND), "the command is the first");
	ok(process(COMMAND)->parent == NULL, "and has no parent");
	child = process(101);
	ok(child->parent == process(COMMAND) && process(COMMAND)->children[0] == child,
	   "parent and child know each other");
	is_int((int64_t)process(102)->threads, 2, "a thread is no process");
	is_int((int64_t)process(102)->child_count, 0, "nor a child");
	ok(mp_process_descends(process(102), process(COMMAND)), "a grandchild descends");
	ok(!mp_process_descends(process(COMMAND), process(COMMAND)), "nobody from himself");
	is_int(act_of(102, MP_ACT_EXIT, 0)->value, 3, "exit code");
	is_int(act_of(101, MP_ACT_DIE, 0)->value, 9, "deadly signal");
	is_int(acts(MP_ACT_FORK), 2, "two forks");
	ok(process(COMMAND)->ended == MP_NEVER, "the command is still there");
	is_int((int64_t)process(101)->born, act(MP_ACT_FORK, 0)->at, "birth is the fork");
}

static void reuse(void)
{
	struct mp_fork fork = {.e = {.kind = MP_FORK,
				     .size = sizeof(fork),
				     .pid = COMMAND,
				     .tid = COMMAND,
				     .start = COMMAND * 10}};

	story();
	ev_fork(COMMAND, 101);
	ev_exit(101, 0);
	fork.e.begin = fork.e.end = now() + 5;
	fork.child_pid = fork.child_tid = fork.child_vpid = 101;
	fork.child_start = 77;
	fork.real_parent = COMMAND;
	ev(&fork, sizeof(fork));
	next_start(77);
	next_end(now() + 10000);
	ev_exit(101, 7 << 8);
	story_model();
	is_int((int64_t)model()->process_count, 3, "a pid that is used again: another process");
	is_int(act_of(101, MP_ACT_EXIT, 1)->value, 7, "with an end of its own");
}

static void leader_first(void)
{
	story();
	ev_thread(COMMAND, 150);
	ev_exit_as(COMMAND, COMMAND, 0, 0);
	next_tid(150);
	ev_text(COMMAND, 1, "still here\n");
	ev_exit_as(COMMAND, 150, 5 << 8, MP_EXIT_LAST);
	story_model();
	is_int(acts(MP_ACT_PRINT), 1, "a thread goes on without the first thread");
	is_int(act(MP_ACT_EXIT, 0)->value, 5, "the last thread's exit is the process's");
	is_int(acts(MP_ACT_EXIT), 1, "a process ends once");
}

static void two_last(void)
{
	story();
	ev_thread(COMMAND, 150);
	ev_exit_as(COMMAND, COMMAND, 1 << 8, MP_EXIT_LAST);
	ev_exit_as(COMMAND, 150, 2 << 8, MP_EXIT_LAST);
	story_model();
	is_int(acts(MP_ACT_EXIT), 1, "of two last threads");
	is_int(act(MP_ACT_EXIT, 0)->value, 2, "the later one counts");
	is_int((int64_t)process(COMMAND)->ended, now(), "also for when it ended");
}

static void exec_by_thread(void)
{
	story();
	ev_thread(COMMAND, 150);
	ev_exit_as(COMMAND, COMMAND, 0, 0);
	ev_exec(COMMAND, 150, "other", "other\0-x\0", 9);
	ev_text(COMMAND, 1, "hello\n");
	ev_signal(COMMAND, COMMAND, 10, 0);
	ev_exit(COMMAND, 0);
	story_model();
	is_int((int64_t)acts(MP_ACT_SIGNAL), 1, "who execs is the first thread, and alive");
	is_int((int64_t)process(COMMAND)->image_count, 2, "a thread may exec");
	is_string(process(COMMAND)->images[1].argv[1], "-x", "its argument");
	ok(process(COMMAND)->images[1].argv[2] == NULL, "and no more");
	is_int(acts(MP_ACT_PRINT), 1, "the process goes on");
	is_string(act(MP_ACT_EXEC, 1)->text, "other", "exec says what");
}

static void arguments(void)
{
	char many[MP_ARGV_LEN];

	story();
	ev_exec(COMMAND, COMMAND, "none", "", 0);
	memset(many, 'x', sizeof(many));
	next_flags(MP_F_CUT);
	ev_exec(COMMAND, COMMAND, "many", many, sizeof(many));
	ev_exec(COMMAND, COMMAND, "gaps", "a\0\0b\0", 5);
	story_model();
	ok(process(COMMAND)->images[1].argv[0] == NULL, "an empty argv");
	is_string(act(MP_ACT_EXEC, 1)->text, "none", "is told by the name");
	ok(process(COMMAND)->images[2].cut, "a cut argv is marked");
	is_int((int64_t)strlen(process(COMMAND)->images[2].argv[0]), MP_ARGV_LEN, "and ends");
	is_string(process(COMMAND)->images[3].argv[1], "", "empty words");
	is_string(process(COMMAND)->images[3].argv[2], "b", "are words");
}

/* Whoever starts a program chooses its first argument; the kernel names it by the file. */
static void called(void)
{
	story();
	ev_exec(COMMAND, COMMAND, "sort", "/usr/bin/sort", 14);
	ev_exec(COMMAND, COMMAND, "cat", "sort", 5);
	ev_exec(COMMAND, COMMAND, "bash", "-bash", 6);
	ev_exec(COMMAND, COMMAND, "a-name-of-many-", "./a-name-of-many-letters", 25);
	story_model();
	is_string(act(MP_ACT_EXEC, 1)->text, "/usr/bin/sort",
		  "a first argument that fits the file");
	is_string(act(MP_ACT_EXEC, 2)->text, "cat", "is not believed when it does not");
	is_string(act(MP_ACT_EXEC, 3)->text, "bash", "nor is a login shell's");
	is_string(act(MP_ACT_EXEC, 4)->text, "./a-name-of-many-letters", "15 bytes have to fit");
}

static void names(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_rename(101, "worker");
	ev_rename(101, "worker");
	next_tid(150);
	ev_rename(101, "its thread");
	ev_exec(101, 101, "tool", "tool", 5);
	story_model();
	is_string(mp_process_name(process(COMMAND), MP_NEVER), "command", "the command's name");
	is_string(process(101)->names[0].text, "child", "the name at birth");
	is_string(act_of(101, MP_ACT_NAME, 0)->text, "worker", "a new name");
	is_int((int64_t)acts_of(101, MP_ACT_NAME), 2,
	       "the same again is none; threads have their own");
	is_string(mp_process_name(process(101), process(101)->names[1].at), "worker", "in between");
	is_string(mp_process_name(process(101), MP_NEVER), "tool", "exec gives one too");
	is_string(mp_process_name(process(101), 0), "child", "before its birth: the first");
}

static void gate(void)
{
	struct mp_object gate = pipe_out(5);

	story_gated();
	ev_held(3, gate);
	ev_rename(COMMAND, "ours");
	next_blocked(now() - 1);
	ev_read(COMMAND, 3, gate, 1);
	ev_text(COMMAND, 1, "ours\n");
	ev_exec(COMMAND, COMMAND, "theirs", "theirs", 7);
	ev_text(COMMAND, 1, "theirs\n");
	ev_exit(COMMAND, 0);
	story_model();
	is_int((int64_t)acts(MP_ACT_PRINT), 1, "before its exec the command is not itself");
	is_int((int64_t)(acts(MP_ACT_READ) + acts(MP_ACT_WAIT)), 0, "nor does it read");
	is_string(process(COMMAND)->names[0].text, "theirs", "its first name is the exec's");
	is_int((int64_t)process(COMMAND)->born, act(MP_ACT_EXEC, 0)->at, "its birth too");
}

static void no_exec(void)
{
	story_gated();
	story_record()->status = 127 << 8;
	ev_text(COMMAND, 2, "no such command\n");
	ev_exit(COMMAND, 127 << 8);
	story_model();
	is_int((int64_t)acts(MP_ACT_COMPLAIN), 0, "a command that was not found said nothing");
	is_int(act(MP_ACT_EXIT, 0)->value, 127, "but it ended");
	is_string(mp_process_name(process(COMMAND), MP_NEVER), "command", "and had a name");
}

static void last_image(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_fork(COMMAND, 102);
	ev_exec(COMMAND, COMMAND, "real", "real", 5);
	story_model();
	is_int((int64_t)mp_process_first_child(process(COMMAND)), 0,
	       "an image that forked none: all count");
	ev_fork(COMMAND, 103);
	story_model();
	is_int((int64_t)mp_process_first_child(process(COMMAND)), 2,
	       "else those of the last image");
	is_int((int64_t)mp_process_first_child(process(103)), 0, "no children, no image");
}

static void vfork(void)
{
	story();
	ev_fork_as(COMMAND, 101, MP_FORK_VM, 101, COMMAND);
	ev_exec(101, 101, "tool", "tool", 5);
	ev_exit(101, 0);
	ev_wait(COMMAND, 101, 0, 0);
	story_model();
	is_int((int64_t)process(101)->image_count, 1, "the child of a vfork execs");
	is_int(acts(MP_ACT_REAP), 1, "and is reaped");
}

static void blind(void)
{
	story();
	ev_fork(COMMAND, 101);
	ev_blind(101, MP_BLIND_32BIT);
	story_record()->losses.lost[MP_IO] = 2;
	story_record()->losses.missed[MP_IO] = 3;
	story_record()->losses.unmarked = 1;
	story_model();
	ok(process(101)->blind == 1 << MP_BLIND_32BIT,
	   "what is not decoded is said of the process");
	ok(model()->blind == 1 << MP_BLIND_32BIT, "and of the model");
	is_int((int64_t)model()->lost[MP_IO], 5, "losses are added up");
	is_int((int64_t)model()->lost[MP_FORK], 1, "unmarked children are lost forks");
}

int main(void)
{
	tap_plan(0);
	tree();
	reuse();
	leader_first();
	two_last();
	exec_by_thread();
	arguments();
	called();
	names();
	gate();
	no_exec();
	last_image();
	vfork();
	blind();
	story_end();
	return tap_done();
}
