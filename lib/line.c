// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * How many sleep is counted, so that what nobody waits for makes no system call. A wake-up takes
 * its sleeper off the count and changes the word; who finds the word as it was when he began to
 * stand is still counted, and takes himself off. One who was killed stays in the count until there
 * has been one wake-up for nobody. Who comes back from a nap and finds another word, though he was
 * not the one that was woken, is counted twice. So the count may be too high for a while, but never
 * higher than the number of those who stand there, in which the killed ones stay; and a sleeper who
 * is not counted is one whose wake-up is on its way, or died with its sender: he naps.
 */
#include <limits.h>

#include "internal.h"

void mp_line_stand(struct mp_line *line, struct mp_standing *standing)
{
	const uint32_t word = line->word;

	if (standing->counted && standing->word == word)
		return;
	if (!standing->counted)
		line->standing++;
	standing->counted = true;
	standing->word = word;
	if (line->sleepers < line->standing)
		line->sleepers++;
}

void mp_line_step_out(struct mp_line *line, struct mp_standing *standing)
{
	if (!standing->counted)
		return;
	standing->counted = false;
	if (standing->word == line->word && line->sleepers > 0)
		line->sleepers--;
	line->standing--;
	if (line->sleepers > line->standing)
		line->sleepers = line->standing;
}

/* The word comes first: whoever dies after it has left one too many in the count. */
int mp_line_call_one(struct mp_line *line)
{
	if (line->sleepers == 0)
		return 0;
	atomic_fetch_add_explicit(&line->word, 1, memory_order_release);
	atomic_signal_fence(memory_order_seq_cst);
	line->sleepers--;
	return 1;
}

int mp_line_call_all(struct mp_line *line)
{
	if (line->sleepers == 0)
		return 0;
	return mp_line_call_anybody(line);
}

int mp_line_call_anybody(struct mp_line *line)
{
	atomic_fetch_add_explicit(&line->word, 1, memory_order_release);
	atomic_signal_fence(memory_order_seq_cst);
	line->sleepers = 0;
	return INT_MAX;
}
