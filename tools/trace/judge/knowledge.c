/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "knowledge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "inside.h"

int mp_knowledge_init(struct mp_knowledge *all, size_t members)
{
	*all = (struct mp_knowledge){.members = members, .words = members / 64 + 1};
	all->draft = calloc(all->words, sizeof(*all->draft));
	return all->draft != NULL ? 0 : -ENOMEM;
}

void mp_knowledge_free(struct mp_knowledge *all)
{
	free(all->draft);
}

void mp_draft_clear(struct mp_knowledge *all)
{
	memset(all->draft, 0, all->words * sizeof(*all->draft));
}

void mp_draft_add(struct mp_knowledge *all, size_t member)
{
	all->draft[member / 64] |= UINT64_C(1) << (member % 64);
}

void mp_draft_join(struct mp_knowledge *all, const struct mp_known *set)
{
	for (size_t i = 0; set != NULL && i < all->words; i++)
		all->draft[i] |= set->bits[i];
}

static size_t size_of(const struct mp_knowledge *all)
{
	return sizeof(struct mp_known) + all->words * sizeof(uint64_t);
}

int mp_draft_make(struct mp_knowledge *all, struct mp_known **out)
{
	struct mp_known *set;

	if (all->bytes + size_of(all) > MP_KNOWLEDGE_BYTES)
		return MP_TOO_MUCH_WORK;
	set = malloc(size_of(all));
	if (set == NULL)
		return -ENOMEM;
	all->bytes += size_of(all);
	set->refs = 1;
	set->count = 0;
	for (size_t i = 0; i < all->words; i++) {
		set->bits[i] = all->draft[i];
		set->count += (size_t)__builtin_popcountll(set->bits[i]);
	}
	*out = set;
	return 0;
}

bool mp_known_has(const struct mp_known *set, size_t member)
{
	return set != NULL && (set->bits[member / 64] >> (member % 64) & 1) != 0;
}

struct mp_known *mp_known_ref(struct mp_known *set)
{
	if (set != NULL)
		set->refs++;
	return set;
}

void mp_known_drop(struct mp_knowledge *all, struct mp_known *set)
{
	if (set == NULL || --set->refs > 0)
		return;
	all->bytes -= size_of(all);
	free(set);
}
