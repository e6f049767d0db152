/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process tree: who started whom, from when to when, how it ended and who reaped it. */
#include "section.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LABEL_MOST 36 /* columns of the tree with its names */
#define DEPTH_MOST 8  /* levels that are drawn; deeper ones stand below each other */
#define BAR_LEAST  8
#define BAR_MOST   24
#define END_MOST   36 /* columns of "exit 0, reaped by some-name" */

/* The unit of the two columns of times, by how long the run was. */
struct unit {
	uint64_t from; /* runs of at least so many nanoseconds */
	const char *title;
	uint64_t one;	/* in nanoseconds */
	uint64_t parts; /* of one that are shown */
	int digits;
};
static const struct unit units[] = {
	{UINT64_C(10000000000), "s", 1000000000, 100, 2},
	{UINT64_C(100000000), "ms", 1000000, 10, 1},
	{0, "ms", 1000000, 100, 2},
};

struct tree {
	struct mp_page *page;
	const struct mp_model *model;
	size_t *position; /* of each process among its parent's children */
	const struct unit *unit;
	uint64_t began, lasted;
	int label, time, bar, end; /* widths of the columns */
};

/* ---- the walk: depth first, without recursion, however deep the tree is ---- */

static int find_positions(struct tree *tree)
{
	const struct mp_model *model = tree->model;

	tree->position = calloc(model->process_count + 1, sizeof(*tree->position));
	if (tree->position == NULL)
		return -ENOMEM;
	for (size_t i = 0; i < model->process_count; i++) {
		const struct mp_process *process = model->processes[i];

		for (size_t c = 0; c < process->child_count; c++)
			tree->position[process->children[c]->id] = c;
	}
	return 0;
}

static const struct mp_process *next_sibling(const struct tree *tree,
					     const struct mp_process *process)
{
	const struct mp_process *parent = process->parent;
	size_t next = tree->position[process->id] + 1;

	return parent != NULL && next < parent->child_count ? parent->children[next] : NULL;
}

static const struct mp_process *next_process(const struct tree *tree,
					     const struct mp_process *process)
{
	if (process->child_count > 0)
		return process->children[0];
	for (; process != NULL; process = process->parent) {
		const struct mp_process *sibling = next_sibling(tree, process);

		if (sibling != NULL)
			return sibling;
	}
	return NULL;
}

static int depth(const struct mp_process *process)
{
	int levels = 0;

	while (process->parent != NULL && levels < DEPTH_MOST) {
		process = process->parent;
		levels++;
	}
	return levels;
}

/* ---- one row ---- */

static void put_branches(const struct tree *tree, const struct mp_process *process, bool named)
{
	const struct mp_signs *signs = tree->page->signs;
	const char *pieces[DEPTH_MOST];
	int levels = depth(process);

	for (int i = levels - 1; i >= 0; i--, process = process->parent) {
		bool more = next_sibling(tree, process) != NULL;

		if (i == levels - 1 && named)
			pieces[i] = more ? signs->branch : signs->last;
		else
			pieces[i] = more ? signs->through : signs->blank;
	}
	for (int i = 0; i < levels; i++)
		mp_page_sign(tree->page, MP_FAINT, pieces[i], 3);
}

static void label(struct mp_words *words, const struct mp_process *process)
{
	mp_words_begin(words, false);
	mp_words_process(words, process, MP_NEVER);
}

static int label_width(const struct mp_process *process)
{
	struct mp_words words;

	label(&words, process);
	return 3 * depth(process) + mp_words_columns(&words);
}

/* A moment, in nanoseconds since the run began. */
static uint64_t moment(const struct tree *tree, uint64_t at)
{
	if (at == MP_NEVER)
		return tree->lasted;
	return at > tree->began ? at - tree->began : 0;
}

static void words_moment(struct mp_words *words, const struct tree *tree, uint64_t at)
{
	const struct unit *unit = tree->unit;
	uint64_t ns = moment(tree, at);

	mp_words_begin(words, false);
	mp_words_add(words, "%" PRIu64 ".%0*" PRIu64, ns / unit->one, unit->digits,
		     ns % unit->one / (unit->one / unit->parts));
}

static void put_moment(const struct tree *tree, uint64_t at)
{
	struct mp_words words;

	words_moment(&words, tree, at);
	mp_page_go(tree->page, tree->page->column + 2 + tree->time - (int)words.length, 0);
	mp_page_put(tree->page, MP_PLAIN, words.text);
}

/* Which cell of the bar a moment falls in. */
static int cell(const struct tree *tree, uint64_t at)
{
	uint64_t ns = moment(tree, at);
	int i;

	if (tree->lasted == 0 || ns >= tree->lasted)
		return tree->bar - 1;
	i = (int)((double)ns / (double)tree->lasted * tree->bar);
	return i < tree->bar ? i : tree->bar - 1;
}

static void put_bar(const struct tree *tree, const struct mp_process *process)
{
	const struct mp_signs *signs = tree->page->signs;
	int from = cell(tree, process->born), to = cell(tree, process->ended);
	int reaped = process->reaper != NULL ? cell(tree, process->reaped) : to;
	int start = tree->page->column + 2;

	mp_page_go(tree->page, start + from, 0);
	for (int i = from; i <= to; i++)
		mp_page_sign(tree->page, MP_PLAIN, signs->alive, 1);
	for (int i = to + 1; i <= reaped; i++)
		mp_page_sign(tree->page, MP_FAINT, signs->zombie, 1);
	mp_page_go(tree->page, start + tree->bar, 0);
}

static void words_end(struct mp_words *words, const struct tree *tree,
		      const struct mp_process *process, bool *wrong)
{
	mp_words_begin(words, false);
	mp_words_end(words, tree->model, process, wrong);
	if (process->threads > 1)
		mp_words_add(words, ", %zu threads", process->threads);
}

static void put_end(const struct tree *tree, const struct mp_process *process)
{
	struct mp_words words;
	bool wrong;

	words_end(&words, tree, process, &wrong);
	mp_page_go(tree->page, 0, 2);
	mp_page_wrap(tree->page, wrong ? MP_BAD : MP_PLAIN, words.text);
}

static void put_row(const struct tree *tree, const struct mp_process *process)
{
	struct mp_words words;

	mp_page_go(tree->page, 2, 0);
	put_branches(tree, process, true);
	label(&words, process);
	mp_page_put(tree->page, MP_PLAIN, words.text);
	mp_page_go(tree->page, 2 + tree->label, 0);
	put_moment(tree, process->born);
	put_moment(tree, process->ended);
	if (tree->bar > 0)
		put_bar(tree, process);
	put_end(tree, process);
	mp_page_newline(tree->page);
}

/* What it ran: one line for each program image. */
static void put_images(const struct tree *tree, const struct mp_process *process)
{
	for (size_t i = 0; i < process->image_count; i++) {
		const struct mp_image *image = &process->images[i];
		struct mp_words words;

		mp_words_begin(&words, false);
		for (char **word = image->argv; word != NULL && *word != NULL; word++) {
			mp_words_add(&words, "%s", word != image->argv ? " " : "");
			mp_words_foreign(&words, *word, strlen(*word));
		}
		mp_words_add(&words, "%s", image->cut ? " ..." : "");
		mp_page_go(tree->page, 2, 0);
		put_branches(tree, process, false);
		mp_page_put(tree->page, MP_FAINT, "  runs ");
		mp_page_wrap(tree->page, MP_FAINT, words.text);
		mp_page_newline(tree->page);
	}
}

/* ---- the section ---- */

static void choose_unit(struct tree *tree)
{
	struct mp_words words;

	tree->unit = units;
	while (tree->unit->from > tree->lasted)
		tree->unit++;
	words_moment(&words, tree, MP_NEVER);
	tree->time = words.length > 5 ? (int)words.length : 5;
}

static int widest(int so_far, int width, int most)
{
	if (width > most)
		width = most;
	return width > so_far ? width : so_far;
}

/* The bar takes what the words leave. */
static void choose_widths(struct tree *tree, size_t rows)
{
	const struct mp_process *process = tree->model->processes[0];
	struct mp_words words;
	bool wrong;

	tree->label = (int)strlen("Processes") - 2;
	tree->end = 0;
	for (size_t i = 0; process != NULL && i < rows; i++) {
		words_end(&words, tree, process, &wrong);
		tree->end = widest(tree->end, mp_words_columns(&words), END_MOST);
		tree->label = widest(tree->label, label_width(process), LABEL_MOST);
		process = next_process(tree, process);
	}
	tree->bar =
		tree->page->width - (2 + tree->label + 2 * (2 + tree->time) + 2 + 2 + tree->end);
	if (tree->bar > BAR_MOST)
		tree->bar = BAR_MOST;
	if (tree->bar < BAR_LEAST)
		tree->bar = 0;
}

static void put_titles(const struct tree *tree)
{
	struct mp_page *page = tree->page;

	mp_page_heading(page, "Processes");
	mp_page_go(page, 2 + tree->label + 2 + tree->time - (int)strlen("start"), 0);
	mp_page_put(page, MP_FAINT, "start");
	mp_page_go(page, page->column + 2 + tree->time - (int)strlen("end"), 0);
	mp_page_put(page, MP_FAINT, "end ");
	mp_page_put(page, MP_FAINT, tree->unit->title);
	mp_page_newline(page);
}

int mp_section_processes(struct mp_page *page)
{
	const struct mp_model *model = page->report->model;
	const struct mp_process *process = model->processes[0];
	size_t rows = model->process_count;
	struct tree tree = {
		.page = page,
		.model = model,
		.began = mp_run_began(model),
		.lasted = mp_run_lasted(model),
	};
	int ret = find_positions(&tree);

	if (ret < 0)
		return ret;
	if (rows > MP_ROWS && page->report->verbose == 0)
		rows = MP_ROWS;
	choose_unit(&tree);
	choose_widths(&tree, rows);
	put_titles(&tree);
	for (size_t i = 0; process != NULL && i < rows; i++) {
		put_row(&tree, process);
		if (page->report->verbose > 0)
			put_images(&tree, process);
		process = next_process(&tree, process);
	}
	mp_section_more(page, model->process_count - rows);
	free(tree.position);
	return 0;
}
