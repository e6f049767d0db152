/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The contracts that are given as arguments, spoilt in the same thousands of ways each time.
 * Whatever comes out: no crash, few diagnostics, each with a place that is in the text, and never
 * two for one line.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "judge.h"
#include "mistake.h"
#include "parse_dump.h"
#include "tap.h"

#define ROUNDS 1500
#define ROOM   65536

static uint32_t seed;

/* Marsaglia's xorshift: the same numbers everywhere. */
static uint32_t number(uint32_t below)
{
	seed ^= seed << 13;
	seed ^= seed >> 17;
	seed ^= seed << 5;
	return seed % below;
}

struct victim {
	char text[ROOM];
	size_t length;
};

static void insert(struct victim *v, size_t at, const char *bytes, size_t count)
{
	if (v->length + count > ROOM)
		return;
	memmove(v->text + at + count, v->text + at, v->length - at);
	memmove(v->text + at, bytes, count);
	v->length += count;
}

static void delete (struct victim *v, size_t at, size_t count)
{
	if (count > v->length - at)
		count = v->length - at;
	memmove(v->text + at, v->text + at + count, v->length - at - count);
	v->length -= count;
}

static void insert_byte(struct victim *v)
{
	char byte = (char)number(256);

	insert(v, number((uint32_t)v->length + 1), &byte, 1);
}

static void change_byte(struct victim *v)
{
	v->text[number((uint32_t)v->length)] = (char)number(256);
}

static void delete_some(struct victim *v)
{
	delete (v, number((uint32_t)v->length), 1 + number(12));
}

static void insert_word(struct victim *v)
{
	static const char *const words[] = {
		" each ",
		" of ",
		" before ",
		" never ",
		" once ",
		"\"",
		"\\",
		"{",
		"}",
		"*",
		"(",
		")",
		" - ",
		" 9223372036854775807 ",
		"\n",
		"\nclaim ",
		"\n ",
		" for each i from 0 to 9",
		" exactly ",
		" as often as ",
		" when ",
		" child n of main ",
		" and ",
		" is not ",
		" in the order of ",
		" for each j from 0 to i",
		" main ",
		"#",
		"\r\n",
		"=",
		" + ",
		"\xc2",
		"\t",
	};
	const char *word = words[number(sizeof(words) / sizeof(words[0]))];

	insert(v, number((uint32_t)v->length + 1), word, strlen(word));
}

/* A piece of the text once more, somewhere else. */
static void copy_some(struct victim *v)
{
	char piece[200];
	size_t from = number((uint32_t)v->length), count = 1 + number(sizeof(piece));

	if (count > v->length - from)
		count = v->length - from;
	memcpy(piece, v->text + from, count);
	insert(v, number((uint32_t)v->length + 1), piece, count);
}

static void cut_off(struct victim *v)
{
	v->length = number((uint32_t)v->length) + 1;
}

static void (*const spoil[])(struct victim *v) = {
	insert_byte, change_byte, delete_some, insert_word, insert_word,
	insert_word, copy_some,	  delete_some, copy_some,   cut_off,
};

struct faults {
	unsigned failed, many, place, doubled, bytes, shown, nodes;
	unsigned good; /* still without a mistake */
};

static bool one_printable_line(const char *text)
{
	for (; *text; text++)
		if (*text < 0x20 || *text > 0x7e)
			return false;
	return true;
}

static bool place_is_inside(const struct mp_contract *contract, const struct mp_place *place)
{
	size_t length;

	if (!place->length)
		return place->line == 1 && place->column == 1;
	return mp_contract_line(contract, place->line, &length) && place->column >= 1 &&
	       place->column - 1 <= length && place->column - 1 + place->length <= length + 1;
}

/* What is said of the whole text, or of a claim as a whole, is said beside what is wrong there. */
static bool of_more(const struct mp_diagnostic *d)
{
	return !d->place.length || !strcmp(d->message, mp_mistakes[MP_MISTAKE_NO_CLAUSE]);
}

static bool same_line(const struct mp_diagnostic *one, const struct mp_diagnostic *next)
{
	return next->place.line < one->place.line ||
	       (next->place.line == one->place.line && !of_more(one) && !of_more(next));
}

static void check_diagnostics(const struct mp_contract *contract, struct faults *faults)
{
	const struct mp_diagnostic *d = contract->diagnostics;
	char *text;
	size_t i;

	faults->many += contract->diagnostic_count > MP_CONTRACT_DIAGNOSTICS + 1;
	for (i = 0; i < contract->diagnostic_count; i++) {
		text = mp_diagnostic_text(contract, &d[i]);
		faults->shown += !text || strlen(text) > 4096;
		free(text);
		faults->bytes += !one_printable_line(d[i].message);
		faults->place += !place_is_inside(contract, &d[i].place);
		faults->doubled += i && same_line(&d[i - 1], &d[i]);
	}
}

static void check_one(const struct victim *v, struct faults *faults)
{
	struct mp_contract *contract;
	char *text;

	if (mp_contract_parse("fuzz", v->text, v->length, &contract)) {
		faults->failed++;
		return;
	}
	check_diagnostics(contract, faults);
	if (!contract->diagnostic_count) {
		text = parse_dump(contract); /* follows every pointer */
		faults->nodes += !text || !*text;
		faults->good++;
		free(text);
	}
	mp_contract_free(contract);
}

static void check_file(const char *path)
{
	static struct victim v;
	struct faults faults = {0};
	char *text;
	size_t length, round, times;

	if (mp_contract_read(path, &text, &length) || length > ROOM)
		tap_bail("cannot read %s", path);
	for (round = 0; round < ROUNDS; round++) {
		memcpy(v.text, text, length);
		v.length = length;
		for (times = 1 + number(1 + (uint32_t)round / 100); times && v.length; times--)
			spoil[number(sizeof(spoil) / sizeof(spoil[0]))](&v);
		check_one(&v, &faults);
	}
	free(text);
	is_int(faults.failed, 0, "%s: parsing never fails", path);
	is_int(faults.many, 0, "%s: diagnostics within bounds", path);
	is_int(faults.place, 0, "%s: every place is in the text", path);
	is_int(faults.doubled, 0, "%s: in the order of the text, one a line", path);
	is_int(faults.bytes, 0, "%s: every message is one printable line", path);
	is_int(faults.shown, 0, "%s: every diagnostic can be shown", path);
	is_int(faults.nodes, 0, "%s: a tree without diagnostics is whole", path);
	ok(faults.good > 0 && faults.good < ROUNDS, "%s: %u of %d were still right", path,
	   faults.good, ROUNDS);
}

int main(int argc, char *argv[])
{
	int i;

	tap_plan(0);
	if (argc < 2)
		tap_bail("no contract was given");
	seed = 20240229;
	for (i = 1; i < argc; i++)
		check_file(argv[i]);
	return tap_done();
}
