// SPDX-License-Identifier: GPL-2.0-or-later
/* Values with names that processes share. */
#include <errno.h>
#include <inttypes.h>
#include <mproc.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

#include "common.h"
#include "named.h"
#include "tap.h"

static bool is_type(const char *name, enum mp_type expected)
{
	enum mp_type type = MP_INT8;

	return mp_namespace_type(ns, name, &type) == 0 && type == expected;
}

/* --- one process --- */

static void test_making(void)
{
	ns = (void *)&ns;
	is_int(mp_namespace_new(&ns, 0), -EINVAL, "room for nothing is refused");
	ok(!ns, "and not made");
	ns = (void *)&ns;
	is_int(mp_namespace_new(&ns, SIZE_MAX), -ENOMEM, "room for all is refused");
	ok(!ns, "and not made");
	is_int(mp_namespace_new(&ns, SIZE_MAX - 7), -ENOMEM, "and a little less");
	is_int(mp_namespace_new(&ns, SIZE_MAX / 2), -ENOMEM, "and half of it");
	is_int(mp_namespace_new(&ns, 1), 0, "room for one byte is made");
	is_int(mp_namespace_set_int64(ns, "a", 1), -ENOSPC, "it holds no number");
	is_int(mp_namespace_set_bytes(ns, "a", NULL, 0), -ENOSPC, "nor anything");
	is_int((int64_t)mp_namespace_count(ns), 0, "it is empty");
	mp_namespace_free(ns);
	mp_namespace_free(NULL);
}

static void refuse_name(const char *name, const char *what)
{
	char buffer[8];
	int64_t number;
	double floating;
	enum mp_type type;
	size_t before = mp_namespace_count(ns);

	is_int(mp_namespace_set_int64(ns, name, 1), -EINVAL, "%s is no name", what);
	ok(mp_namespace_create_string(ns, name, "x") == -EINVAL &&
		   mp_namespace_swap_bytes(ns, name, "x", 1, "y", 1) == -EINVAL,
	   "nor is it otherwise to set");
	ok(mp_namespace_get_int64(ns, name, &number) == -EINVAL &&
		   mp_namespace_get_double(ns, name, &floating) == -EINVAL &&
		   mp_namespace_get_string(ns, name, buffer, 8, NULL) == -EINVAL &&
		   mp_namespace_get_bytes(ns, name, buffer, 8, NULL) == -EINVAL,
	   "nor to get");
	ok(mp_namespace_type(ns, name, &type) == -EINVAL &&
		   mp_namespace_delete(ns, name) == -EINVAL &&
		   mp_namespace_wait(ns, name, 0) == -EINVAL,
	   "nor to ask for");
	ok(mp_namespace_count(ns) == before, "nothing was made");
}

static void test_names(void)
{
	char name[MP_NAME_MAX + 2], other[MP_NAME_MAX + 2];

	make(10000);
	memset(name, 'n', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	refuse_name("", "nothing");
	refuse_name(name, "what is too long");
	for (size_t length = 1; length <= MP_NAME_MAX; length += 127) {
		memset(name, 'n', length);
		name[length] = '\0';
		ok(mp_namespace_set_int64(ns, name, (int64_t)length) == 0 &&
			   has_int64(name, (int64_t)length),
		   "a name may have %zu bytes", length);
	}
	memcpy(other, name, sizeof(other));
	other[MP_NAME_MAX - 1] = 'o';
	is_int(mp_namespace_set_int64(ns, other, 5), 0, "the last byte counts");
	ok(has_int64(name, MP_NAME_MAX) && has_int64(other, 5), "for who gets it");
	ok(mp_namespace_set_int64(ns, "\xc3\xa4 \xff\n", 6) == 0 && has_int64("\xc3\xa4 \xff\n", 6),
	   "a name may have any bytes");
	mp_namespace_free(ns);
}

static void test_types(void)
{
	double floating = 77;
	int64_t number = 77;
	char buffer[4] = "xyz";
	size_t length = 77;

	make(1000);
	is_int(mp_namespace_get_int64(ns, "a", &number), -ENOENT, "no such number");
	is_int(mp_namespace_get_double(ns, "a", &floating), -ENOENT, "no such double");
	is_int(mp_namespace_get_string(ns, "a", buffer, 4, &length), -ENOENT, "no such string");
	is_int(mp_namespace_get_bytes(ns, "a", buffer, 4, &length), -ENOENT, "no such bytes");
	is_int(mp_namespace_type(ns, "a", &(enum mp_type){MP_INT8}), -ENOENT, "no such type");
	is_int(mp_namespace_delete(ns, "a"), -ENOENT, "nothing to delete");

	is_int(mp_namespace_set_int64(ns, "a", INT64_MIN), 0, "a number is set");
	ok(has_int64("a", INT64_MIN) && is_type("a", MP_INT64), "it is a number");
	is_int(mp_namespace_get_double(ns, "a", &floating), -EINVAL, "and no double");
	is_int(mp_namespace_get_string(ns, "a", buffer, 4, &length), -EINVAL, "and no string");
	is_int(mp_namespace_get_bytes(ns, "a", buffer, 4, &length), -EINVAL, "and no bytes");
	is_int(mp_namespace_set_double(ns, "a", -0.0), 0, "a double is set in its place");
	is_int(mp_namespace_get_int64(ns, "a", &number), -EINVAL, "it is no number any more");
	ok(number == 77 && same_number(floating, 77) && length == 77 && strcmp(buffer, "xyz") == 0,
	   "nothing was stored");
	is_int(mp_namespace_get_double(ns, "a", &floating), 0, "it is a double");
	ok(same_number(floating, -0.0) && is_type("a", MP_DOUBLE), "with its sign");
	is_int(mp_namespace_set_string(ns, "a", "text"), 0, "a string is set in its place");
	ok(has_string("a", "text") && is_type("a", MP_STRING), "it is a string");
	is_int(mp_namespace_get_bytes(ns, "a", buffer, 4, &length), -EINVAL, "and no bytes");
	is_int(mp_namespace_set_bytes(ns, "a", "12345678", 8), 0, "bytes are set in its place");
	ok(has_bytes("a", "12345678", 8) && is_type("a", MP_BYTES), "they are bytes");
	is_int(mp_namespace_get_string(ns, "a", buffer, 4, &length), -EINVAL, "and no string");
	is_int(mp_namespace_set_int64(ns, "a", 8), 0, "a number is set again");
	ok(has_int64("a", 8), "and is one");
	is_int((int64_t)mp_namespace_count(ns), 1, "all the time it was one name");
	is_int(mp_namespace_delete(ns, "a"), 0, "it is deleted");
	is_int(mp_namespace_get_int64(ns, "a", &number), -ENOENT, "and gone");
	is_int((int64_t)mp_namespace_count(ns), 0, "and nothing else is there");
	mp_namespace_free(ns);
}

static void test_buffers(void)
{
	char buffer[16] = "untouched";
	size_t length = 77;

	make(1000);
	mp_namespace_set_string(ns, "s", "four");
	mp_namespace_set_bytes(ns, "b", "f\0ur", 4);
	is_int(mp_namespace_get_string(ns, "s", buffer, 4, &length), -EMSGSIZE, "no room for 0");
	is_int((int64_t)length, 4, "the length is told");
	length = 77;
	is_int(mp_namespace_get_string(ns, "s", NULL, 0, &length), -EMSGSIZE, "no buffer");
	is_int((int64_t)length, 4, "the length is told");
	is_int(mp_namespace_get_string(ns, "s", buffer, 4, NULL), -EMSGSIZE, "nobody asks for it");
	is_int(mp_namespace_get_bytes(ns, "b", buffer, 3, &length), -EMSGSIZE, "room for 3 bytes");
	is_string(buffer, "untouched", "nothing is stored");
	is_int(mp_namespace_get_string(ns, "s", buffer, 5, NULL), 0, "room enough");
	is_string(buffer, "four", "all is there");
	is_int(mp_namespace_get_bytes(ns, "b", buffer, 4, &length), 0,
	       "as many bytes as there are");
	ok(length == 4 && memcmp(buffer, "f\0ur", 5) == 0, "are there");
	is_int(mp_namespace_set_string(ns, "s", ""), 0, "an empty string");
	ok(has_string("s", ""), "is one");
	is_int(mp_namespace_set_bytes(ns, "b", NULL, 0), 0, "no bytes at all");
	is_int(mp_namespace_get_bytes(ns, "b", NULL, 0, &length), 0, "are a value");
	is_int((int64_t)length, 0, "without length");
	mp_namespace_free(ns);
}

static void test_create(void)
{
	make(1000);
	ok(mp_namespace_create_int64(ns, "i", 1) == 0 && has_int64("i", 1), "a number is made");
	ok(mp_namespace_create_double(ns, "d", 1) == 0 && is_type("d", MP_DOUBLE), "a double");
	ok(mp_namespace_create_string(ns, "s", "1") == 0 && has_string("s", "1"), "a string");
	ok(mp_namespace_create_bytes(ns, "b", "1", 1) == 0 && has_bytes("b", "1", 1), "bytes");
	is_int(mp_namespace_create_int64(ns, "i", 1), -EEXIST, "not again: a number");
	is_int(mp_namespace_create_double(ns, "i", 1), -EEXIST, "a double");
	is_int(mp_namespace_create_string(ns, "i", "1"), -EEXIST, "a string");
	is_int(mp_namespace_create_bytes(ns, "i", "1", 1), -EEXIST, "bytes");
	ok(has_int64("i", 1), "it is as it was");
	mp_namespace_delete(ns, "i");
	is_int(mp_namespace_create_string(ns, "i", "1"), 0, "when it is deleted it can be made");
	ok(has_string("i", "1"), "as something else");
	mp_namespace_free(ns);
}

static void test_swap(void)
{
	make(1000);
	is_int(mp_namespace_swap_int64(ns, "i", 0, 1), -ENOENT, "no number to swap");
	is_int(mp_namespace_swap_bytes(ns, "i", NULL, 0, "1", 1), -ENOENT, "nor bytes");
	mp_namespace_set_int64(ns, "i", 5);
	is_int(mp_namespace_swap_int64(ns, "i", 4, 6), MP_DIFFERENT, "another number is there");
	ok(has_int64("i", 5), "and stays");
	ok(mp_namespace_swap_int64(ns, "i", 5, 6) == 0 && has_int64("i", 6), "a number is swapped");
	is_int(mp_namespace_swap_bytes(ns, "i", "\6\0\0\0\0\0\0", 8, "", 0), MP_DIFFERENT,
	       "the same bytes of another type");
	mp_namespace_set_double(ns, "d", 0.0);
	is_int(mp_namespace_swap_double(ns, "d", -0.0, 1), MP_DIFFERENT, "another zero is there");
	is_int(mp_namespace_swap_double(ns, "d", 0.0, 1), 0, "a double is swapped");
	is_int(mp_namespace_swap_double(ns, "d", 1, -1), 0, "and again");
	mp_namespace_set_string(ns, "s", "one");
	is_int(mp_namespace_swap_string(ns, "s", "on", "x"), MP_DIFFERENT, "a longer string");
	is_int(mp_namespace_swap_string(ns, "s", "ones", "x"), MP_DIFFERENT, "a shorter string");
	is_int(mp_namespace_swap_string(ns, "s", "two", "x"), MP_DIFFERENT, "another string");
	is_int(mp_namespace_swap_bytes(ns, "s", "one", 4, "x", 1), MP_DIFFERENT, "not bytes");
	is_int(mp_namespace_swap_string(ns, "s", "one", "a much longer one"), 0, "the string");
	ok(has_string("s", "a much longer one"), "is swapped");
	mp_namespace_set_bytes(ns, "b", "\0\1", 2);
	is_int(mp_namespace_swap_bytes(ns, "b", "\0\2", 2, "x", 1), MP_DIFFERENT, "other bytes");
	is_int(mp_namespace_swap_bytes(ns, "b", "\0\1x", 3, "x", 1), MP_DIFFERENT, "more bytes");
	is_int(mp_namespace_swap_bytes(ns, "b", "\0\1", 1, "x", 1), MP_DIFFERENT, "fewer bytes");
	is_int(mp_namespace_swap_bytes(ns, "b", "\0\1", 2, NULL, 0), 0, "bytes for none");
	is_int(mp_namespace_swap_bytes(ns, "b", NULL, 0, "xyz", 3), 0, "none for bytes");
	ok(has_bytes("b", "xyz", 3), "are swapped");
	mp_namespace_free(ns);
}

/* All names that next tells of, with a space behind each. */
static const char *all_names(void)
{
	static char all[1000];
	char name[MP_NAME_MAX + 1] = "";

	all[0] = '\0';
	while (mp_namespace_next(ns, name) == 0)
		strcat(strcat(all, name), " ");
	return all;
}

static void test_list(void)
{
	char name[MP_NAME_MAX + 1] = "";

	make(1000);
	is_int(mp_namespace_next(ns, name), MP_END, "there is no name");
	is_string(name, "", "nothing is stored");
	mp_namespace_set_int64(ns, "b", 1);
	mp_namespace_set_int64(ns, "ab", 1);
	mp_namespace_set_int64(ns, "\xff", 1);
	mp_namespace_set_int64(ns, "a", 1);
	mp_namespace_set_int64(ns, "B", 1);
	is_string(all_names(), "B a ab b \xff ", "the names are in the order of their bytes");
	mp_namespace_set_string(ns, "ab", "now longer");
	mp_namespace_delete(ns, "b");
	is_string(all_names(), "B a ab \xff ", "deleted ones are not there, changed ones are once");
	strcpy(name, "b");
	is_int(mp_namespace_next(ns, name), 0, "the name to go on from need not be there");
	is_string(name, "\xff", "what comes after it does");
	is_int(mp_namespace_next(ns, name), MP_END, "after the last comes none");
	is_string(name, "\xff", "and the name stays");
	mp_namespace_free(ns);
}

/* --- room --- */

static void test_full(void)
{
	char name[16];
	int64_t number;
	unsigned bad = 0;
	double floating;

	make(room("x00", 8) * 50);
	for (int i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "x%02d", i);
		bad += mp_namespace_set_int64(ns, name, i) != 0;
	}
	is_int(bad, 0, "as much fits as the header says");
	is_int(mp_namespace_set_int64(ns, "x50", 0), -ENOSPC, "and no more");
	is_int(mp_namespace_set_bytes(ns, "x", NULL, 0), -ENOSPC, "not even nothing");
	is_int((int64_t)mp_namespace_count(ns), 50, "all are there");
	is_int(mp_namespace_set_int64(ns, "x07", -7), 0, "a number is replaced");
	ok(mp_namespace_set_double(ns, "x08", 0.5) == 0 && is_type("x08", MP_DOUBLE),
	   "by a double, too");
	is_int(mp_namespace_get_double(ns, "x08", &floating), 0, "which is there");
	is_int(mp_namespace_set_bytes(ns, "x09", "12345678", 8), 0, "by as many bytes");
	is_int(mp_namespace_set_bytes(ns, "x09", "123456789abcdef", 13), -ENOSPC, "not by more");
	ok(has_bytes("x09", "12345678", 8), "then it is as it was");
	is_int(mp_namespace_set_string(ns, "x10", ""), 0, "by less");
	is_int(mp_namespace_set_int64(ns, "x51", 0), -ENOSPC, "the rest is too little");
	is_int(mp_namespace_delete(ns, "x11"), 0, "one is deleted");
	is_int(mp_namespace_set_int64(ns, "x51", 51), 0, "there is room");
	is_int(mp_namespace_set_int64(ns, "x52", 0), -ENOSPC, "for one");
	for (int i = 12; i < 50; i++) {
		snprintf(name, sizeof(name), "x%02d", i);
		bad += !has_int64(name, i);
	}
	ok(bad == 0 && has_int64("x51", 51) && has_int64("x07", -7), "no other was touched");
	is_int(mp_namespace_get_int64(ns, "x52", &number), -ENOENT,
	       "what did not fit is not there");
	is_int(mp_namespace_set_bytes(ns, "x", ns, SIZE_MAX), -ENOSPC, "no size is too large");
	is_int(mp_namespace_set_bytes(ns, "x", ns, SIZE_MAX - 20), -ENOSPC, "nor a little less");
	mp_namespace_free(ns);
}

static void test_sizes(void)
{
	static char text[70000];
	unsigned bad = 0;

	make(70100);
	memset(text, 't', sizeof(text));
	for (size_t size = 1; size < sizeof(text); size += 1 + size / 5) {
		text[size] = '\0';
		bad += mp_namespace_set_string(ns, "s", text) != 0 || !has_string("s", text);
		bad += mp_namespace_set_bytes(ns, "s", text, size) != 0;
		bad += !has_bytes("s", text, size);
		text[size] = 't';
	}
	is_int(bad, 0, "a value may have any size");
	is_int(mp_namespace_set_bytes(ns, "s", text, 70100), -ENOSPC, "that there is room for");
	mp_namespace_free(ns);
}

static int64_t time_of_sets(void)
{
	const int64_t before = now_ms();

	for (unsigned i = 0; i < 5000; i++)
		mp_namespace_set_string(ns, i % 2 ? "one" : "two",
					i % 3 ? "short" : "a little longer");
	return now_ms() - before;
}

/* Who has much room does not have to look through all that was ever there. */
static void test_many_sets(void)
{
	int64_t took = 0;

	make(16 << 20);
	for (unsigned i = 0; i < 20; i++)
		took += time_of_sets();
	ok(took < 5000, "replacing a value stays as fast, however often it is done");
	ok(has_string("one", "short") && mp_namespace_count(ns) == 2, "and nothing else is there");
	mp_namespace_free(ns);
}

/* --- many random steps, and what a program with arrays would have --- */

enum { NAMES = 12, LONGEST = 120 };

static struct {
	bool there;
	size_t size;
	unsigned char bytes[LONGEST];
} model[NAMES];

static char *name_of(unsigned which)
{
	static char name[NAMES + 2];

	memset(name, 'm', which + 1);
	name[which + 1] = '\0';
	return name;
}

static size_t model_room(unsigned without)
{
	size_t sum = 0;

	for (unsigned i = 0; i < NAMES; i++)
		if (model[i].there && i != without)
			sum += room(name_of(i), model[i].size);
	return sum;
}

static bool model_is_right(void)
{
	char buffer[LONGEST];

	for (unsigned i = 0; i < NAMES; i++) {
		if (model[i].there ? !has_bytes(name_of(i), model[i].bytes, model[i].size)
				   : mp_namespace_get_bytes(ns, name_of(i), buffer, LONGEST,
							    NULL) != -ENOENT)
			return false;
	}
	return true;
}

static bool random_set(unsigned which, size_t bytes)
{
	const size_t size = (size_t)random() % (LONGEST + 1);
	unsigned char value[LONGEST];
	bool fits = model_room(which) + room(name_of(which), size) <= bytes;
	int rc;

	memset(value, (int)random(), sizeof(value));
	rc = mp_namespace_set_bytes(ns, name_of(which), value, size);
	if (rc != (fits ? 0 : -ENOSPC))
		return false;
	if (fits) {
		model[which].there = true;
		model[which].size = size;
		memcpy(model[which].bytes, value, size);
	}
	return true;
}

static bool random_delete(unsigned which)
{
	int rc = mp_namespace_delete(ns, name_of(which));
	bool was = model[which].there;

	model[which].there = false;
	return rc == (was ? 0 : -ENOENT);
}

static void test_model(size_t bytes)
{
	unsigned bad = 0;

	srandom(1);
	memset(model, 0, sizeof(model));
	make(bytes);
	for (unsigned i = 0; i < 20000; i++) {
		unsigned which = (unsigned)random() % NAMES;

		if (random() % 4 ? !random_set(which, bytes) : !random_delete(which))
			bad++;
		bad += !model_is_right();
	}
	is_int(bad, 0, "in %zu bytes, after each of many steps all is right", bytes);
	mp_namespace_free(ns);
}

/* --- with others --- */

static int leave_values(void)
{
	int rc = mp_namespace_set_string(ns, "result", "done");

	rc |= mp_namespace_set_int64(ns, "number", 42);
	rc |= mp_namespace_delete(ns, "input");
	mp_namespace_free(ns);
	return rc != 0;
}

static void test_outlives(void)
{
	make(1000);
	mp_namespace_set_int64(ns, "input", 1);
	is_int(result_of(leave_values), 0, "a child sets, deletes, frees its handle and ends");
	ok(has_string("result", "done") && has_int64("number", 42), "what it left is there");
	is_string(all_names(), "number result ", "and what it deleted is not");
	mp_namespace_free(ns);
}

enum { PROCESSES = 5, TIMES = 4000 };

static int count_by_swap(void)
{
	for (unsigned i = 0; i < TIMES; i++) {
		int64_t now;
		int rc;

		do {
			if (mp_namespace_get_int64(ns, "n", &now))
				return 1;
			rc = mp_namespace_swap_int64(ns, "n", now, now + 1);
		} while (rc == MP_DIFFERENT);
		if (rc)
			return 1;
	}
	return 0;
}

static int count_in_text(void)
{
	for (unsigned i = 0; i < TIMES; i++) {
		char now[32], next[32];
		int rc;

		do {
			if (mp_namespace_get_string(ns, "n", now, sizeof(now), NULL))
				return 1;
			snprintf(next, sizeof(next), "%d", atoi(now) + 1);
			rc = mp_namespace_swap_string(ns, "n", now, next);
		} while (rc == MP_DIFFERENT);
		if (rc)
			return 1;
	}
	return 0;
}

static void ignore(int number)
{
}

static int count_under_signals(void)
{
	const struct itimerval every = {.it_interval.tv_usec = 1000, .it_value.tv_usec = 1000};
	const struct sigaction action = {.sa_handler = ignore};

	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &every, NULL);
	return count_in_text();
}

static int bad_of_all(int (*act)(void))
{
	pid_t pids[PROCESSES];
	int bad = 0;

	for (unsigned i = 0; i < PROCESSES; i++)
		pids[i] = start_child(act);
	for (unsigned i = 0; i < PROCESSES; i++)
		bad += wait_status(pids[i]) != 0;
	return bad;
}

static void test_contention(void)
{
	make(1000);
	mp_namespace_set_int64(ns, "n", 0);
	is_int(bad_of_all(count_by_swap), 0, "many processes swap a number");
	ok(has_int64("n", PROCESSES * TIMES), "and no swap is lost");
	mp_namespace_set_string(ns, "n", "0");
	is_int(bad_of_all(count_in_text), 0, "many processes swap a string");
	ok(has_string("n", "20000"), "and no swap is lost");
	mp_namespace_set_string(ns, "n", "0");
	is_int(bad_of_all(count_under_signals), 0, "many processes swap under signals");
	ok(has_string("n", "20000"), "and no swap is lost");
	mp_namespace_free(ns);
}

static void *count_in_thread(void *unused)
{
	return count_in_text() ? &ns : NULL;
}

static void test_threads(void)
{
	pthread_t threads[PROCESSES];

	make(1000);
	mp_namespace_set_string(ns, "n", "0");
	for (unsigned i = 0; i < PROCESSES; i++)
		pthread_create(&threads[i], NULL, count_in_thread, NULL);
	for (unsigned i = 0; i < PROCESSES; i++)
		pthread_join(threads[i], NULL);
	ok(has_string("n", "20000"), "threads swap, too");
	mp_namespace_free(ns);
}

/* Each makes as many names as it can: of each name exactly one is the maker. */
static int make_names(void)
{
	char name[16];
	int made = 0;

	for (unsigned i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "%u", i);
		made += mp_namespace_create_int64(ns, name, getpid()) == 0;
	}
	return made;
}

static void test_one_maker(void)
{
	pid_t pids[PROCESSES];
	int made = 0;

	make(10000);
	for (unsigned i = 0; i < PROCESSES; i++)
		pids[i] = start_child(make_names);
	for (unsigned i = 0; i < PROCESSES; i++)
		made += wait_status(pids[i]);
	is_int(made, 100, "of many that make a name one does");
	is_int((int64_t)mp_namespace_count(ns), 100, "and each is there once");
	mp_namespace_free(ns);
}

/* --- waiting --- */

static int wait_for_name(void)
{
	return mp_namespace_wait(ns, "port", MP_FOREVER);
}

static int wait_long_for_name(void)
{
	return mp_namespace_wait(ns, "port", 60000);
}

static void test_wait(void)
{
	int64_t before = now_ms();
	pid_t one, other;

	make(1000);
	is_int(mp_namespace_wait(ns, "port", 0), MP_TIMEOUT, "no name, no time");
	is_int(mp_namespace_wait(ns, "port", 50), MP_TIMEOUT, "no name in some time");
	ok(now_ms() - before >= 49, "not before it is over");
	one = start_child(wait_for_name);
	other = start_child(wait_long_for_name);
	falls_asleep(one);
	falls_asleep(other);
	mp_namespace_set_int64(ns, "other", 1);
	sleep_ms(600);
	ok(!has_ended(one) && !has_ended(other), "another name does not end it, nor some time");
	mp_namespace_set_string(ns, "port", "8080");
	is_int(wait_status(one), 0, "the name does");
	is_int(wait_status(other), 0, "for all");
	is_int(mp_namespace_wait(ns, "port", 0), 0, "a name that is there is not waited for");
	mp_namespace_delete(ns, "port");
	is_int(mp_namespace_wait(ns, "port", 1), MP_TIMEOUT, "until it is deleted");
	mp_namespace_free(ns);
}

/* Who waits also looks by himself from time to time, four times a second: that would take longer.
 */
static void test_wake(void)
{
	const int64_t before = now_ms();
	int bad = 0;

	make(1000);
	for (unsigned i = 0; i < 20; i++) {
		pid_t waiter = start_child(wait_long_for_name);

		falls_asleep(waiter);
		mp_namespace_set_int64(ns, "port", i);
		bad += wait_status(waiter) != 0;
		mp_namespace_delete(ns, "port");
	}
	is_int(bad, 0, "again and again a name ends a wait");
	ok(now_ms() - before < 4000, "by waking who waits");
	mp_namespace_free(ns);
}

int main(void)
{
	unsigned fds, mappings;

	tap_plan(0);
	fds = open_fds();
	mappings = shared_mappings();
	test_making();
	test_names();
	test_types();
	test_buffers();
	test_create();
	test_swap();
	test_list();
	test_full();
	test_sizes();
	test_many_sets();
	test_model(1000);
	test_model(100000);
	test_outlives();
	test_contention();
	test_threads();
	test_one_maker();
	test_wait();
	test_wake();
	is_int(shared_mappings(), mappings, "all memory was given back");
	is_int(open_fds(), fds, "no descriptor was left open");
	ok(!has_child(), "no child is left");
	return tap_done();
}
