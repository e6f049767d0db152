// SPDX-License-Identifier: GPL-2.0-or-later
/* Values with names, and processes that are killed while they use them. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common.h"
#include "named.h"
#include "step.h"
#include "tap.h"

enum { MOST_PLACES = 1000 };

/* A string of one letter, as long as the letter says. */
static const char *text_of(unsigned letter)
{
	static char text[27 * 27];

	memset(text, 'a' + (int)letter, letter * letter);
	text[letter * letter] = '\0';
	return text;
}

static bool is_whole(const char *name)
{
	char text[27 * 27] = "";
	size_t length = 0;

	if (mp_namespace_get_string(ns, name, text, sizeof(text), &length))
		return false;
	return strcmp(text, text_of(length ? (unsigned)(text[0] - 'a') : 0)) == 0;
}

static int write_texts(void)
{
	for (unsigned i = 0;; i++)
		if (mp_namespace_set_string(ns, i % 2 ? "one" : "two", text_of(i % 27)))
			return 1;
}

static int read_texts(void)
{
	for (unsigned i = 0; i < 20000; i++)
		if (!is_whole("one") || !is_whole("two"))
			return 1;
	return 0;
}

/* Killed wherever they are. */
static void test_kills(void)
{
	unsigned bad = 0;

	make(2000);
	mp_namespace_set_int64(ns, "stays", 77);
	mp_namespace_set_string(ns, "one", "");
	mp_namespace_set_string(ns, "two", "");
	for (unsigned i = 0; i < 60; i++) {
		pid_t one = start_child(write_texts), other = start_child(write_texts);

		usleep((useconds_t)(1000 + random() % 3000));
		kill(one, SIGKILL);
		bad += wait_status(one) != -SIGKILL;
		bad += !is_whole("one") || !is_whole("two") || !has_int64("stays", 77);
		kill(other, SIGKILL);
		bad += wait_status(other) != -SIGKILL;
		bad += !is_whole("one") || !is_whole("two") || mp_namespace_count(ns) != 3;
	}
	is_int(bad, 0, "killed while they write, they leave whole values and all names");
	mp_namespace_free(ns);
}

static void test_reader(void)
{
	pid_t one, other, reader;

	make(2000);
	mp_namespace_set_string(ns, "one", "");
	mp_namespace_set_string(ns, "two", "");
	one = start_child(write_texts);
	other = start_child(write_texts);
	reader = start_child(read_texts);
	is_int(wait_status(reader), 0, "who reads while others write gets whole values");
	kill(one, SIGKILL);
	kill(other, SIGKILL);
	ok(wait_status(one) == -SIGKILL && wait_status(other) == -SIGKILL, "they went on writing");
	mp_namespace_free(ns);
}

/* --- killed after each instruction --- */

static const char *const before_text = "the text before", *const after_text =
								  "now longer than that";

static void set_new(void *unused)
{
	mp_namespace_set_string(ns, "new", after_text);
}

static void set_number(void *unused)
{
	mp_namespace_set_int64(ns, "number", 2);
}

static void set_text(void *unused)
{
	mp_namespace_set_string(ns, "text", after_text);
}

static void swap_text(void *unused)
{
	mp_namespace_swap_string(ns, "text", before_text, after_text);
}

static void change_type(void *unused)
{
	mp_namespace_set_string(ns, "number", after_text);
}

static void delete_text(void *unused)
{
	mp_namespace_delete(ns, "text");
}

static bool new_is_old(void)
{
	return !is_there("new");
}

static bool new_is_new(void)
{
	return has_string("new", after_text);
}

static bool number_is_old(void)
{
	return has_int64("number", 1);
}

static bool number_is_new(void)
{
	return has_int64("number", 2);
}

static bool number_is_text(void)
{
	return has_string("number", after_text);
}

static bool text_is_old(void)
{
	return has_string("text", before_text);
}

static bool text_is_new(void)
{
	return has_string("text", after_text);
}

static bool text_is_gone(void)
{
	return !is_there("text");
}

static const struct stepped {
	const char *title;
	void (*act)(void *unused);
	bool (*is_old)(void), (*is_new)(void);
	int more; /* names, afterwards */
	size_t room_left;
} all_stepped[] = {
	{"a new name", set_new, new_is_old, new_is_new, 1, 200},
	{"a new name, with all of it copied", set_new, new_is_old, new_is_new, 1, 0},
	{"a number", set_number, number_is_old, number_is_new, 0, 200},
	{"a string", set_text, text_is_old, text_is_new, 0, 200},
	{"a string, with all of it copied", set_text, text_is_old, text_is_new, 0, 0},
	{"a swap", swap_text, text_is_old, text_is_new, 0, 200},
	{"a change of type", change_type, number_is_old, number_is_text, 0, 200},
	{"a deletion", delete_text, text_is_old, text_is_gone, -1, 0},
};

/* Without room left, what is not in place takes that of the waste: all has to be copied. */
static void prepare(size_t room_left)
{
	static const char waste[200];

	make(room("first", 8) + room("number", 8) + room("waste", sizeof(waste)) +
	     room("text", 16) + room("last", 6) + room_left);
	mp_namespace_set_int64(ns, "first", 11);
	mp_namespace_set_int64(ns, "number", 1);
	mp_namespace_set_bytes(ns, "waste", waste, sizeof(waste));
	mp_namespace_delete(ns, "waste");
	mp_namespace_set_string(ns, "text", before_text);
	mp_namespace_set_string(ns, "last", "value");
}

static bool others_are_well(void)
{
	return has_int64("first", 11) && has_string("last", "value");
}

static bool works_on(void)
{
	bool well = mp_namespace_set_string(ns, "text", "xyz") == 0 && has_string("text", "xyz");

	well = well && mp_namespace_delete(ns, "text") == 0 && text_is_gone();
	return well && others_are_well();
}

static bool step_is_sound(const struct stepped *stepped, bool *changed)
{
	const bool old = stepped->is_old(), new = stepped->is_new();
	const size_t names = (size_t)(4 + (new ? stepped->more : 0));

	*changed = new;
	return old != new &&others_are_well() && mp_namespace_count(ns) == names &&works_on();
}

/* All places where the memory changes: a page of it is more than these namespaces take. */
static int places_of(const struct stepped *stepped, unsigned long *places)
{
	int count;

	prepare(stepped->room_left);
	stepped->act(NULL);
	mp_namespace_free(ns);
	prepare(stepped->room_left);
	count = changing_steps(stepped->act, NULL, ns, 4096, places, MOST_PLACES);
	mp_namespace_free(ns);
	return count;
}

static void test_steps(const struct stepped *stepped)
{
	unsigned long places[MOST_PLACES];
	const int count = places_of(stepped, places);
	int bad = 0, changes = 0;

	if (count < 0) {
		tap_skip(2, "ptrace is not allowed here");
		return;
	}
	for (int i = 0; i < count; i++) {
		bool changed;

		prepare(stepped->room_left);
		bad += killed_after(stepped->act, NULL, places[i]) != STEP_INSIDE;
		bad += !step_is_sound(stepped, &changed);
		changes += changed;
		mp_namespace_free(ns);
	}
	is_int(bad, 0, "%s: killed in each of %d places, up to %lu instructions", stepped->title,
	       count, places[count - 1]);
	ok(changes > 0 && changes < count, "some before it was done, some after");
}

static void look(void *unused)
{
	mp_namespace_count(ns);
}

/* The text is set by one that is killed in the place; those who look then are, too. */
static int bad_looks(unsigned long place)
{
	unsigned long looks[MOST_PLACES];
	int bad = 0, count;

	prepare(200);
	killed_after(set_text, NULL, place);
	count = changing_steps(look, NULL, ns, 4096, looks, MOST_PLACES);
	mp_namespace_free(ns);
	for (int i = 0; i < count; i++) {
		prepare(200);
		killed_after(set_text, NULL, place);
		killed_after(look, NULL, looks[i]);
		bad += text_is_old() == text_is_new() || mp_namespace_count(ns) != 4;
		bad += !others_are_well() || !works_on();
		mp_namespace_free(ns);
	}
	return bad;
}

static bool is_changed_at(unsigned long place)
{
	bool changed;

	prepare(200);
	killed_after(set_text, NULL, place);
	changed = text_is_new();
	mp_namespace_free(ns);
	return changed;
}

/* Right after the change there is something to mend: who comes next and does that dies, too. */
static void test_second_death(void)
{
	static const struct stepped text = {.act = set_text, .room_left = 200};
	unsigned long places[MOST_PLACES];
	const int count = places_of(&text, places);
	int change = 0;

	if (count < 0) {
		tap_skip(1, "ptrace is not allowed here");
		return;
	}
	while (change < count - 1 && !is_changed_at(places[change]))
		change++;
	is_int(bad_looks(places[change]), 0, "a second death, while the first is mended");
}

/* While one stands in the middle of a change, a wait ends in time; when it goes on, so do all. */
static void test_stop(void)
{
	unsigned long places[MOST_PLACES];
	const int count = places_of(&(struct stepped){.act = set_text, .room_left = 200}, places);
	pid_t pid;

	if (count < 0) {
		tap_skip(4, "ptrace is not allowed here");
		return;
	}
	prepare(200);
	stopped_after(set_text, NULL, places[count / 2], &pid);
	is_int(mp_namespace_wait(ns, "text", 0), MP_TIMEOUT, "one stands there: a try ends");
	is_int(mp_namespace_wait(ns, "text", 150), MP_TIMEOUT, "a wait does, too");
	is_int(step_finish(pid), 0, "it goes on");
	ok(mp_namespace_wait(ns, "text", 0) == 0 && text_is_new(), "and it is done");
	mp_namespace_free(ns);
}

enum { SHORT_MS = 200, ATTEMPTS = 20 };

static int wait_shortly(void)
{
	return mp_namespace_wait(ns, "late", SHORT_MS);
}

/* The change itself needs no system call; the one that wakes others is its end. */
static int set_and_die(void)
{
	return forbid_all_calls() ? mp_namespace_set_int64(ns, "late", 1) : 77;
}

/* The wait's result after a death between change and wake; -1: it came too late to tell. */
static int wait_for_dead(int *death)
{
	const int64_t begin = now_ms();
	pid_t waiter = start_child(wait_shortly);
	bool in_time;
	int rc;

	falls_asleep(waiter);
	*death = result_of(set_and_die);
	in_time = now_ms() - begin < SHORT_MS;
	rc = wait_status(waiter);
	return in_time ? rc : -1;
}

static void test_death_before_wake(void)
{
	int rc = -1, death = 0;

	for (int i = 0; i < ATTEMPTS && rc == -1; i++) {
		make(200);
		rc = wait_for_dead(&death);
		mp_namespace_free(ns);
	}
	if (death == 77 || rc == -1) {
		tap_skip(2, "system calls cannot be forbidden here, or all takes too long");
		return;
	}
	is_int(death, -SIGSYS, "one makes a name and dies before he wakes who waits for it");
	is_int(rc, 0, "a short wait finds it all the same");
}

int main(void)
{
	unsigned fds, mappings;

	tap_plan(0);
	fds = open_fds();
	mappings = shared_mappings();
	test_kills();
	test_reader();
	for (size_t i = 0; i < sizeof(all_stepped) / sizeof(all_stepped[0]); i++)
		test_steps(&all_stepped[i]);
	test_second_death();
	test_stop();
	test_death_before_wake();
	is_int(shared_mappings(), mappings, "all memory was given back");
	is_int(open_fds(), fds, "no descriptor was left open");
	ok(!has_child(), "no child is left");
	return tap_done();
}
