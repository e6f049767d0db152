/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Diagnostics: how a mistake is kept, and how it is shown. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "parser.h"
#include "show.h"

#define MP_MISTAKE_TEXT(name, text) [MP_MISTAKE_##name] = (text),
const char *const mp_mistakes[MP_MISTAKE_COUNT] = {MP_MISTAKES(MP_MISTAKE_TEXT)};

/* Longer words are cut short. */
#define SHOWN 48

static const char *show(struct mp_parser *p, const char *text, size_t length, const char *quote)
{
	char *out = p->shown[p->next_shown++ % MP_SHOWN];
	size_t used = (size_t)sprintf(out, "%s", quote), taken;

	for (; length > 0 && used < SHOWN; text += taken, length -= taken)
		used += mp_show_first(text, length, 0, out + used, &taken);
	sprintf(out + used, "%s%s", length > 0 ? "..." : "", quote);
	return out;
}

const char *mp_show(struct mp_parser *p, const char *text, size_t length)
{
	return show(p, text, length, "");
}

const char *mp_show_quoted(struct mp_parser *p, const char *text, size_t length)
{
	return show(p, text, length, "\"");
}

const char *mp_show_token(struct mp_parser *p, const struct mp_token *token)
{
	if (token->kind == MP_TOKEN_END)
		return p->tokens == &p->words ? "the end of the line" : "\"}\"";
	return show(p, token->text, token->length, token->kind == MP_TOKEN_TEXT ? "" : "\"");
}

const char *mp_show_number(struct mp_parser *p, int64_t number)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRId64, number);
	return mp_show(p, digits, strlen(digits));
}

/* Puts the words into the sentence. Its own words are ours, so nothing is left to escape. */
static char *fill(struct mp_parser *p, const char *sentence, const char *const words[3])
{
	size_t size = 1, used = 0;
	const char *s;
	char *out;

	for (s = sentence; *s; s++)
		size += *s == '%' ? strlen(words[s[1] - '1']) : 1;
	out = mp_keep(p, size);
	for (s = sentence; out && *s; s++) {
		if (*s == '%') {
			const char *word = words[*++s - '1'];

			memcpy(out + used, word, strlen(word));
			used += strlen(word);
		} else {
			out[used++] = *s;
		}
	}
	return out;
}

static void add(struct mp_parser *p, struct mp_diagnostic **list, size_t *count,
		struct mp_place place, char *message)
{
	struct mp_diagnostic *grown = mp_keep_more(p, *list, *count, sizeof(**list));

	if (!grown || !message)
		return;
	grown[*count] = (struct mp_diagnostic){.place = place, .message = message};
	*list = grown;
	++*count;
}

bool mp_mistake(struct mp_parser *p, enum mp_mistake mistake, struct mp_place place,
		const char *one, const char *two, const char *three)
{
	struct mp_contract *contract = p->contract;
	const char *words[3] = {one, two, three};

	if (p->failed)
		return false;
	p->failed = true;
	if (p->full)
		return false;
	if (contract->diagnostic_count == MP_CONTRACT_DIAGNOSTICS) {
		p->full = true;
		mistake = MP_MISTAKE_TOO_MANY_MISTAKES;
	}
	add(p, &contract->diagnostics, &contract->diagnostic_count, place,
	    fill(p, mp_mistakes[mistake], words));
	return !p->full && !p->no_memory;
}

void mp_suggest(struct mp_parser *p, const char *word)
{
	struct mp_contract *contract = p->contract;

	if (word)
		contract->diagnostics[contract->diagnostic_count - 1].suggestion =
			mp_keep_text(p, word, strlen(word));
}

void mp_note(struct mp_parser *p, enum mp_mistake mistake, struct mp_place place, const char *one)
{
	const char *words[3] = {one, NULL, NULL};

	if (p->contract->note_count < MP_CONTRACT_DIAGNOSTICS)
		add(p, &p->contract->notes, &p->contract->note_count, place,
		    fill(p, mp_mistakes[mistake], words));
}

bool mp_expected(struct mp_parser *p, const char *what)
{
	const struct mp_token *token = mp_peek(p, 0);

	mp_mistake(p, MP_MISTAKE_EXPECTED, mp_place(p, token), what, mp_show_token(p, token), NULL);
	return false;
}

/* A line is shown in a window of this many bytes around the caret. */
#define BEFORE 72
#define AFTER  72
#define TAB    8

struct picture {
	FILE *out;
	size_t column;	    /* on the screen, from 0 */
	size_t first, last; /* columns of the caret's line that are underlined */
};

/* Returns how many bytes it drew. Tabs become blanks: the caret then stands right wherever the line
 * is shown. */
static size_t draw_first(struct picture *picture, const char *text, size_t length)
{
	size_t blanks = TAB - picture->column % TAB, drawn, taken;
	char shown[MP_SHOWN_MOST];

	if (*text == '\t') {
		picture->column += (size_t)fprintf(picture->out, "%*s", (int)blanks, "");
		return 1;
	}
	drawn = mp_show_first(text, length, 0, shown, &taken);
	fwrite(shown, 1, drawn, picture->out);
	picture->column += (size_t)mp_columns(shown, drawn);
	return taken;
}

static void draw_line(struct picture *picture, const char *line, size_t length,
		      const struct mp_place *place)
{
	size_t column = place->column - 1, end = column + place->length;
	size_t from = column > BEFORE ? column - BEFORE : 0;
	size_t to = length - column > AFTER ? column + AFTER : length;
	size_t i, taken;

	if (from)
		picture->column += (size_t)fprintf(picture->out, "...");
	for (i = from; i < to; i += taken) {
		if (i <= column)
			picture->first = picture->column;
		taken = draw_first(picture, line + i, to - i);
		if (i < end)
			picture->last = picture->column;
	}
	if (column >= to) /* the mistake is that something is missing at the end */
		picture->first = picture->column;
	fprintf(picture->out, "%s\n", to < length ? "..." : "");
}

static void draw_caret(const struct picture *picture)
{
	size_t i;

	fprintf(picture->out, "    %*s^", (int)picture->first, "");
	for (i = picture->first + 1; i < picture->last; i++)
		fputc('~', picture->out);
	fputc('\n', picture->out);
}

static void draw_place(FILE *out, const struct mp_contract *contract, const struct mp_place *place)
{
	struct picture picture = {.out = out};
	size_t length;
	const char *line = mp_contract_line(contract, place->line, &length);

	if (!line || !place->length || place->column > length + 1)
		return;
	fprintf(out, "    ");
	draw_line(&picture, line, length, place);
	draw_caret(&picture);
}

char *mp_diagnostic_text(const struct mp_contract *contract, const struct mp_diagnostic *diagnostic)
{
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);
	bool failed;

	if (!out)
		return NULL;
	mp_print_shown(out, contract->name, strlen(contract->name), 0);
	fprintf(out, ":%u:%u: %s\n", diagnostic->place.line, diagnostic->place.column,
		diagnostic->message);
	draw_place(out, contract, &diagnostic->place);
	if (diagnostic->suggestion && !*diagnostic->suggestion)
		fprintf(out, "    leave it out\n");
	else if (diagnostic->suggestion)
		fprintf(out, "    did you mean \"%s\"?\n", diagnostic->suggestion);
	failed = ferror(out);
	if (fclose(out) || failed) {
		free(text);
		return NULL;
	}
	return text;
}
