/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory of a contract: a chain of blocks that are freed together, and its lines. */
#include <stdlib.h>
#include <string.h>

#include "parser.h"

struct block {
	struct block *next;
	max_align_t data[];
};

struct mp_contract_store {
	struct block *blocks;
	size_t *starts; /* where each line begins; one more says where the last one ends */
	unsigned lines;
};

struct mp_contract_store *mp_store_new(void)
{
	return calloc(1, sizeof(struct mp_contract_store));
}

void mp_store_free(struct mp_contract_store *store)
{
	struct block *block, *next;

	if (!store)
		return;
	for (block = store->blocks; block; block = next) {
		next = block->next;
		free(block);
	}
	free(store->starts);
	free(store);
}

void *mp_keep(struct mp_parser *p, size_t size)
{
	struct mp_contract_store *store = p->contract->store;
	struct block *block = calloc(1, sizeof(*block) + size);

	if (!block) {
		p->no_memory = true;
		return NULL;
	}
	block->next = store->blocks;
	store->blocks = block;
	return block->data;
}

char *mp_keep_text(struct mp_parser *p, const char *text, size_t length)
{
	char *copy = mp_keep(p, length + 1);

	if (copy)
		memcpy(copy, text, length);
	return copy;
}

/* Doubles at every power of two, so that all the copies together cost no more than the last. */
void *mp_keep_more(struct mp_parser *p, void *array, size_t count, size_t size)
{
	void *grown;

	if (count & (count - 1))
		return array;
	grown = mp_keep(p, (count ? count * 2 : 1) * size);
	if (grown && count)
		memcpy(grown, array, count * size);
	return grown;
}

static unsigned count_lines(const char *text, size_t length)
{
	unsigned lines = 0;
	const char *end = text + length, *newline;

	while (text < end && lines <= MP_CONTRACT_LINES) {
		lines++;
		newline = memchr(text, '\n', (size_t)(end - text));
		text = newline ? newline + 1 : end;
	}
	return lines;
}

/* Of a contract with too many lines, one more than are allowed are known. */
bool mp_store_lines(struct mp_contract *contract)
{
	struct mp_contract_store *store = contract->store;
	const char *text = contract->text, *end = text + contract->length, *newline;
	unsigned line;

	store->lines = count_lines(contract->text, contract->length);
	store->starts = calloc((size_t)store->lines + 1, sizeof(*store->starts));
	if (!store->starts)
		return false;
	for (line = 0; line < store->lines; line++) {
		store->starts[line] = (size_t)(text - contract->text);
		newline = memchr(text, '\n', (size_t)(end - text));
		text = newline ? newline + 1 : end;
	}
	store->starts[line] = (size_t)(text - contract->text);
	return true;
}

unsigned mp_store_line_count(const struct mp_contract *contract)
{
	return contract->store->lines;
}

const char *mp_contract_line(const struct mp_contract *contract, unsigned line, size_t *length)
{
	const struct mp_contract_store *store = contract->store;
	const char *text;

	*length = 0;
	if (!line || line > store->lines)
		return NULL;
	text = contract->text + store->starts[line - 1];
	*length = store->starts[line] - store->starts[line - 1];
	if (*length && text[*length - 1] == '\n')
		--*length;
	if (*length && text[*length - 1] == '\r')
		--*length;
	return text;
}
