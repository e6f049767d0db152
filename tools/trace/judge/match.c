/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Patterns. A glob without a repeated capture is matched from left to right, each wildcard
 * taking as little as it can: the leftmost place for every literal is enough, so the work is
 * one search per literal. Only a capture that comes twice (`{x} … {x}`) and a number of a range
 * need to try again, and that is paid for out of the work that the clause has left.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

static int make_room(struct mp_glob *glob, size_t length)
{
	if (glob->room - glob->length < length) {
		size_t room = (glob->length + length) * 2 + 64;
		char *bytes = realloc(glob->bytes, room);

		if (bytes == NULL)
			return -ENOMEM;
		glob->bytes = bytes;
		glob->room = room;
	}
	return 0;
}

/* Neighbours become one literal: "{i}" ":" is one text to look for. Of blanks it takes one. */
static int add_literal(struct mp_glob *glob, const char *text, size_t length)
{
	struct mp_part *last = glob->count > 0 ? &glob->parts[glob->count - 1] : NULL;

	if (length == 0)
		return 0;
	if (make_room(glob, length) != 0)
		return -ENOMEM;
	if (last == NULL || last->kind != MP_PART_LITERAL) {
		last = &glob->parts[glob->count++];
		*last = (struct mp_part){.kind = MP_PART_LITERAL, .offset = glob->length};
	}
	for (size_t i = 0; i < length; i++) {
		bool blank = mp_is_blank(text[i]);

		if (blank && last->text.length > 0 && glob->bytes[glob->length - 1] == ' ')
			continue;
		glob->bytes[glob->length++] = blank ? ' ' : text[i];
		last->text.length++;
	}
	return 0;
}

static bool ends_in_blank(const struct mp_glob *glob, const struct mp_part *part)
{
	return part->kind == MP_PART_LITERAL &&
	       glob->bytes[part->offset + part->text.length - 1] == ' ';
}

/* Lines have no blank at their end. */
static void trim(struct mp_glob *glob)
{
	struct mp_part *last = glob->count > 0 ? &glob->parts[glob->count - 1] : NULL;

	glob->trails =
		glob->count > 1 && last->kind == MP_PART_ANY && ends_in_blank(glob, last - 1);
	if (last != NULL && ends_in_blank(glob, last) && --last->text.length == 0)
		glob->count--;
}

static int add_digits(struct mp_glob *glob, int64_t value)
{
	char digits[32];

	return add_literal(glob, digits,
			   (size_t)snprintf(digits, sizeof(digits), "%" PRId64, value));
}

static int add_value(struct mp_glob *glob, const struct mp_scope *scope, const struct mp_expr *expr)
{
	int64_t value;
	int err;

	/* A parameter alone need not be a number: `{name}` with `--name red`. */
	if (expr->kind == MP_EXPR_NAME && mp_scope_find(scope, expr->name) == NULL) {
		const struct mp_decl *decl = mp_parameter_find(scope->judging, expr->name);
		const char *text = decl != NULL ? mp_parameter_text(scope->judging, decl) : NULL;

		if (text != NULL)
			return add_literal(glob, text, strlen(text));
	}
	err = mp_value(scope, expr, &value);
	return err != 0 ? err : add_digits(glob, value);
}

static int range_of(const struct mp_scope *scope, const struct mp_piece *piece, int64_t *from,
		    int64_t *to)
{
	int err = mp_value(scope, piece->from, from);

	return err != 0 ? err : mp_value(scope, piece->to, to);
}

static int add_number(struct mp_glob *glob, const struct mp_scope *scope,
		      const struct mp_piece *piece)
{
	struct mp_part part = {.kind = MP_PART_NUMBER};
	int err = range_of(scope, piece, &part.low, &part.high);

	if (err != 0)
		return err;
	glob->parts[glob->count++] = part;
	glob->numbers = true;
	return 0;
}

static int add_list(struct mp_glob *glob, const struct mp_scope *scope,
		    const struct mp_piece *piece)
{
	struct mp_scope inside = *scope;
	int64_t from, to, value, last;
	int err = range_of(scope, piece, &from, &to);

	if (err != 0 || to < from)
		return err;
	if (__builtin_sub_overflow(to, from, &last) || last >= MP_CONTRACT_ROUNDS)
		return MP_TOO_MUCH_WORK;
	for (int64_t i = 0; err == 0 && i <= last; i++) {
		mp_scope_set(&inside, scope->count, piece->counter, from + i);
		err = mp_value(&inside, piece->expr, &value);
		if (err == 0 && i > 0)
			err = add_literal(glob, ", ", 2);
		if (err == 0)
			err = add_digits(glob, value);
	}
	return err;
}

static int add_capture(struct mp_glob *glob, const char *name, const struct mp_binding *bound,
		       size_t bound_count)
{
	size_t at = 0;

	for (size_t i = 0; i < bound_count; i++)
		if (strcmp(bound[i].name, name) == 0)
			return add_literal(glob, bound[i].text.text, bound[i].text.length);
	while (at < glob->name_count && strcmp(glob->names[at], name) != 0)
		at++;
	if (at < glob->name_count)
		glob->repeats = true;
	else
		glob->names[glob->name_count++] = name;
	glob->parts[glob->count++] = (struct mp_part){.kind = MP_PART_CAPTURE, .capture = at};
	return 0;
}

static int add_piece(struct mp_glob *glob, const struct mp_scope *scope,
		     const struct mp_piece *piece, const struct mp_binding *bound,
		     size_t bound_count)
{
	switch (piece->kind) {
	case MP_PIECE_TEXT:
		return add_literal(glob, piece->text, piece->length);
	case MP_PIECE_VALUE:
		return add_value(glob, scope, piece->expr);
	case MP_PIECE_NUMBER:
		return add_number(glob, scope, piece);
	case MP_PIECE_LIST:
		return add_list(glob, scope, piece);
	case MP_PIECE_CAPTURE:
		return add_capture(glob, piece->text, bound, bound_count);
	case MP_PIECE_ANY:
		break;
	}
	/* Two stars in a row are one. */
	if (glob->count == 0 || glob->parts[glob->count - 1].kind != MP_PART_ANY)
		glob->parts[glob->count++] = (struct mp_part){.kind = MP_PART_ANY};
	return 0;
}

int mp_glob_set(struct mp_glob *glob, const struct mp_scope *scope,
		const struct mp_pattern *pattern, const struct mp_binding *bound,
		size_t bound_count)
{
	glob->count = glob->name_count = glob->length = 0;
	glob->repeats = glob->numbers = false;
	if (pattern->count > MP_CONTRACT_PIECES)
		return MP_TOO_DEEP;
	for (size_t i = 0; i < pattern->count; i++) {
		int err = add_piece(glob, scope, &pattern->pieces[i], bound, bound_count);

		if (err != 0)
			return err;
	}
	trim(glob);
	for (size_t i = 0; i < glob->count; i++)
		if (glob->parts[i].kind == MP_PART_LITERAL)
			glob->parts[i].text.text = glob->bytes + glob->parts[i].offset;
	return 0;
}

void mp_glob_free(struct mp_glob *glob)
{
	free(glob->bytes);
	*glob = (struct mp_glob){0};
}

bool mp_glob_is_text(const struct mp_glob *glob)
{
	return glob->count == 0 || (glob->count == 1 && glob->parts[0].kind == MP_PART_LITERAL);
}

struct mp_slice mp_glob_head(const struct mp_glob *glob)
{
	if (glob->count > 0 && glob->parts[0].kind == MP_PART_LITERAL)
		return glob->parts[0].text;
	return (struct mp_slice){"", 0};
}

struct mp_slice mp_glob_tail(const struct mp_glob *glob)
{
	if (glob->count > 0 && glob->parts[glob->count - 1].kind == MP_PART_LITERAL)
		return glob->parts[glob->count - 1].text;
	return (struct mp_slice){"", 0};
}

static bool starts(struct mp_slice text, size_t at, struct mp_slice with)
{
	return text.length - at >= with.length &&
	       (with.length == 0 || memcmp(text.text + at, with.text, with.length) == 0);
}

/* Where `what` stands at or after `from`; SIZE_MAX: nowhere. */
static size_t find(struct mp_slice text, size_t from, struct mp_slice what)
{
	const char *found;

	if (from > text.length)
		return SIZE_MAX;
	found = memmem(text.text + from, text.length - from, what.text, what.length);
	return found != NULL ? (size_t)(found - text.text) : SIZE_MAX;
}

/* The wildcards parts[from] to parts[to - 1] cover text[at] to text[end - 1]: all but the last
 * take the least they can. */
static void give(const struct mp_glob *glob, size_t from, size_t to, struct mp_slice text,
		 size_t at, size_t end, struct mp_slice *captures)
{
	for (size_t i = from; i < to; i++) {
		bool capture = glob->parts[i].kind == MP_PART_CAPTURE;
		size_t length = i + 1 == to ? end - at : capture ? 1 : 0;

		if (capture)
			captures[glob->parts[i].capture] =
				(struct mp_slice){text.text + at, length};
		at += length;
	}
}

/* A run of wildcards that begins at parts[*part], and the literal after it, if any. */
static bool cover(const struct mp_glob *glob, size_t *part, struct mp_slice text, size_t *at,
		  struct mp_slice *captures)
{
	size_t from = *part, to = from, least = 0, end;

	for (; to < glob->count && glob->parts[to].kind != MP_PART_LITERAL; to++)
		least += glob->parts[to].kind == MP_PART_CAPTURE;
	if (text.length - *at < least)
		return false;
	if (to == glob->count) {
		end = text.length;
	} else if (to + 1 == glob->count) {
		struct mp_slice last = glob->parts[to].text;

		if (text.length - *at - least < last.length)
			return false;
		end = text.length - last.length;
		if (!starts(text, end, last))
			return false;
	} else {
		end = find(text, *at + least, glob->parts[to].text);
		if (end == SIZE_MAX)
			return false;
	}
	give(glob, from, to, text, *at, end, captures);
	*at = to < glob->count ? end + glob->parts[to].text.length : end;
	*part = to < glob->count ? to + 1 : to;
	return true;
}

static bool match_straight(const struct mp_glob *glob, struct mp_slice text,
			   struct mp_slice *captures)
{
	struct mp_slice head = mp_glob_head(glob);
	size_t part = head.length > 0 ? 1 : 0, at = head.length;

	if (!starts(text, 0, head))
		return false;
	while (part < glob->count)
		if (!cover(glob, &part, text, &at, captures))
			return false;
	return at == text.length;
}

struct attempt {
	const struct mp_glob *glob;
	struct mp_slice text;
	struct mp_slice *captures; /* NULL text: not bound yet */
	uint64_t *work;
	bool open;	       /* the text goes on, nobody knows how */
	unsigned char *failed; /* bits by part and place where it does not fit; NULL: not kept */
};

static bool spend(const struct attempt *a, uint64_t units)
{
	bool enough = *a->work >= units;

	*a->work -= enough ? units : *a->work;
	return enough;
}

static int match_again(struct attempt *a, size_t part, size_t at, bool *out);

/* `known` must stand here, and then the rest. */
static int match_known(struct attempt *a, size_t part, size_t at, struct mp_slice known, bool *out)
{
	if (!spend(a, known.length + 1))
		return MP_TOO_MUCH_WORK;
	return starts(a->text, at, known) ? match_again(a, part + 1, at + known.length, out) : 0;
}

static int match_number(struct attempt *a, size_t part, size_t at, bool *out)
{
	size_t length = mp_number_length(a->glob, part, a->text, at, a->open);

	if (!spend(a, length + 8))
		return MP_TOO_MUCH_WORK;
	return length > 0 ? match_again(a, part + 1, at + length, out) : 0;
}

/* Any text, as short as possible; `capture`: that takes it, and is not empty. */
static int match_any(struct attempt *a, size_t part, size_t at, struct mp_slice *capture, bool *out)
{
	const struct mp_part *next = part + 1 < a->glob->count ? &a->glob->parts[part + 1] : NULL;
	size_t length = capture != NULL;
	int err = 0;

	for (; err == 0 && !*out && length <= a->text.length - at; length++) {
		/* What comes next says where to go on. */
		if (next != NULL && next->kind == MP_PART_LITERAL) {
			size_t found = find(a->text, at + length, next->text);

			if (!spend(a, (found == SIZE_MAX ? a->text.length : found) - at - length))
				return MP_TOO_MUCH_WORK;
			if (found == SIZE_MAX)
				break;
			length = found - at;
		} else if (next == NULL) {
			length = a->text.length - at;
		}
		if (!spend(a, 4))
			return MP_TOO_MUCH_WORK;
		if (capture != NULL)
			*capture = (struct mp_slice){a->text.text + at, length};
		err = match_again(a, part + 1, at + length, out);
	}
	if (capture != NULL && !*out)
		capture->text = NULL;
	return err;
}

static int match_part(struct attempt *a, size_t part, size_t at, bool *out)
{
	const struct mp_part *this = &a->glob->parts[part];
	struct mp_slice *capture = NULL;

	if (this->kind == MP_PART_LITERAL)
		return match_known(a, part, at, this->text, out);
	if (this->kind == MP_PART_NUMBER)
		return match_number(a, part, at, out);
	if (this->kind == MP_PART_CAPTURE)
		capture = &a->captures[this->capture];
	if (capture != NULL && capture->text != NULL)
		return match_known(a, part, at, *capture, out);
	return match_any(a, part, at, capture, out);
}

/* Depth is bounded by the number of parts, the breadth by the work. */
static int match_again(struct attempt *a, size_t part, size_t at, bool *out)
{
	size_t place = part * (a->text.length + 1) + at;
	int err;

	*out = part == a->glob->count && at == a->text.length;
	if (part == a->glob->count)
		return 0;
	if (a->failed != NULL && (a->failed[place / 8] & 1U << place % 8) != 0)
		return 0;
	err = match_part(a, part, at, out);
	if (a->failed != NULL && !*out)
		a->failed[place / 8] |= (unsigned char)(1U << place % 8);
	return err;
}

/* Where no name comes twice, what did not fit at a place once will not fit there again. */
static int match_trying(struct attempt *a, bool *out)
{
	size_t bits = a->glob->count * (a->text.length + 1);
	int err;

	for (size_t i = 0; i < a->glob->name_count; i++)
		a->captures[i].text = NULL;
	if (a->glob->repeats)
		return match_again(a, 0, 0, out);
	if (!spend(a, bits / 64))
		return MP_TOO_MUCH_WORK;
	a->failed = calloc(bits / 8 + 1, 1);
	if (a->failed == NULL)
		return -ENOMEM;
	err = match_again(a, 0, 0, out);
	free(a->failed);
	return err;
}

/*
 * What is known of a text that was cut: only its beginning. A pattern that ends in `*` may still
 * fit for certain; one that contradicts the beginning never does; else the missing part decides.
 */
static int match_cut(struct attempt *a, enum mp_match *out)
{
	const struct mp_glob *glob = a->glob;
	struct mp_slice head = mp_glob_head(glob), text = a->text;
	bool open = glob->count > 0 && glob->parts[glob->count - 1].kind == MP_PART_ANY;
	bool fits = false;
	int err = 0;

	*out = MP_MATCH_CUT;
	if (text.length < head.length) {
		if (text.length > 0 && memcmp(head.text, text.text, text.length) != 0)
			*out = MP_MATCH_NO;
		return 0;
	}
	if (!starts(text, 0, head) || (mp_glob_is_text(glob) && text.length > head.length)) {
		*out = MP_MATCH_NO;
		return 0;
	}
	if (!open || glob->repeats)
		return 0;
	a->open = true;
	if (glob->numbers)
		err = match_trying(a, &fits);
	else
		fits = match_straight(glob, text, a->captures);
	*out = fits ? MP_MATCH_YES : MP_MATCH_CUT;
	return err;
}

int mp_glob_match(const struct mp_glob *glob, struct mp_slice text, bool cut,
		  struct mp_slice *captures, uint64_t *work, enum mp_match *out)
{
	struct attempt attempt = {.glob = glob, .text = text, .captures = captures, .work = work};
	bool fits = false;
	int err = 0;

	if (*work < text.length + 8)
		return MP_TOO_MUCH_WORK;
	*work -= text.length + 8;
	if (cut)
		return match_cut(&attempt, out);
	if (glob->repeats || glob->numbers)
		err = match_trying(&attempt, &fits);
	else
		fits = match_straight(glob, text, captures);
	*out = fits ? MP_MATCH_YES : MP_MATCH_NO;
	return err;
}

bool mp_glob_begins(const struct mp_glob *glob, struct mp_slice name)
{
	struct mp_slice head = mp_glob_head(glob);

	return head.length > name.length && memcmp(head.text, name.text, name.length) == 0;
}

int mp_glob_names(const struct mp_glob *glob, const char *name, uint64_t *work, bool *out)
{
	struct mp_slice captures[MP_CONTRACT_PIECES];
	size_t length = strnlen(name, MP_COMM_LEN - 1);
	char plain[MP_COMM_LEN];
	struct mp_slice text = {plain, 0};
	enum mp_match match;
	bool trailed;
	int err;

	text.length = mp_plain_copy(plain, (struct mp_slice){name, length}, &trailed);
	err = mp_glob_match(glob, text, false, captures, work, &match);
	*out = match == MP_MATCH_YES || (length == MP_COMM_LEN - 1 && mp_glob_begins(glob, text));
	return err;
}
