/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "table.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_SLOTS 16

/* Pages that all tables together may have room for: so many, and so many more for each event. */
#define PAGES_BASE  ((size_t)4 * 1024 * 1024)
#define PAGES_EVENT 8

struct page {
	size_t users;
	struct mr_slot slots[PAGE_SLOTS];
};

struct mr_table {
	size_t users;
	size_t pages;
	struct page **page; /* NULL where no descriptor ever was */
};

struct mr_table *mr_table_new(struct mr_build *build)
{
	struct mr_table *table = calloc(1, sizeof(*table));

	if (table == NULL)
		build->failed = true;
	else
		table->users = 1;
	return table;
}

struct mr_table *mr_table_share(struct mr_table *table)
{
	if (table != NULL)
		table->users++;
	return table;
}

bool mr_table_shared(const struct mr_table *table)
{
	return table != NULL && table->users > 1;
}

/* A few huge descriptors must not cost more memory than the events that speak of them. */
static bool widen(struct mr_build *build, struct mr_table *table, size_t pages)
{
	size_t more = pages > table->pages ? pages - table->pages : 0;
	struct page **wider;

	if (more == 0)
		return true;
	if (build->pages + more > PAGES_BASE + PAGES_EVENT * build->record->count) {
		build->model->fd_unsure = true;
		return false;
	}
	wider = realloc(table->page, pages * sizeof(struct page *));
	if (wider == NULL) {
		build->failed = true;
		return false;
	}
	memset(wider + table->pages, 0, more * sizeof(struct page *));
	table->page = wider;
	table->pages = pages;
	build->pages += more;
	return true;
}

struct mr_table *mr_table_copy(struct mr_build *build, const struct mr_table *table)
{
	struct mr_table *copy = mr_table_new(build);

	if (copy == NULL || table == NULL || !mr_afford(build, table->pages))
		return copy;
	if (!widen(build, copy, table->pages))
		return copy;
	for (size_t i = 0; i < table->pages; i++) {
		copy->page[i] = table->page[i];
		if (copy->page[i] != NULL)
			copy->page[i]->users++;
	}
	return copy;
}

static void page_drop(struct page *page)
{
	if (page != NULL && --page->users == 0)
		free(page);
}

void mr_table_drop(struct mr_build *build, struct mr_table *table)
{
	if (table == NULL || --table->users > 0)
		return;
	build->pages -= table->pages;
	for (size_t i = 0; i < table->pages; i++)
		page_drop(table->page[i]);
	free(table->page);
	free(table);
}

const struct mr_slot *mr_table_look(const struct mr_table *table, uint32_t fd)
{
	size_t page = fd / PAGE_SLOTS;
	const struct mr_slot *slot;

	if (table == NULL || page >= table->pages || table->page[page] == NULL)
		return NULL;
	slot = &table->page[page]->slots[fd % PAGE_SLOTS];
	return slot->flags == 0 ? NULL : slot;
}

/* A page of our own at this place: a new one, or what the others have, copied. */
static struct page *own_page(struct page *shared)
{
	struct page *page = shared;

	if (shared != NULL && shared->users == 1)
		return shared;
	page = calloc(1, sizeof(*page));
	if (page == NULL)
		return NULL;
	if (shared != NULL) {
		*page = *shared;
		shared->users--;
	}
	page->users = 1;
	return page;
}

struct mr_slot *mr_table_change(struct mr_build *build, struct mr_table *table, uint32_t fd)
{
	size_t at = fd / PAGE_SLOTS;
	struct page *page;

	if (table == NULL || fd >= MR_TABLE_FDS || !widen(build, table, at + 1))
		return NULL;
	page = own_page(table->page[at]);
	if (page == NULL) {
		build->failed = true;
		return NULL;
	}
	table->page[at] = page;
	return &page->slots[fd % PAGE_SLOTS];
}

uint32_t mr_table_next(struct mr_build *build, const struct mr_table *table, uint32_t fd)
{
	if (table == NULL)
		return MR_TABLE_FDS;
	for (size_t at = fd; at / PAGE_SLOTS < table->pages; at++) {
		const struct page *page = table->page[at / PAGE_SLOTS];

		if (!mr_afford(build, 1))
			return MR_TABLE_FDS;
		if (page == NULL)
			at |= PAGE_SLOTS - 1;
		else if ((page->slots[at % PAGE_SLOTS].flags & MR_SLOT_OPEN) != 0)
			return (uint32_t)at;
	}
	return MR_TABLE_FDS;
}

bool mr_table_holds(struct mr_build *build, const struct mr_table *table,
		    const struct mr_node *node, unsigned access)
{
	for (uint32_t fd = mr_table_next(build, table, 0); fd < MR_TABLE_FDS;
	     fd = mr_table_next(build, table, fd + 1)) {
		const struct mr_slot *slot = mr_table_look(table, fd);

		if (slot->node == node && (slot->access & access) != 0)
			return true;
	}
	return false;
}
