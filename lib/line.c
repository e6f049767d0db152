// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * How many sleep is counted, so that what nobody waits for makes no system call. A wake-up takes
 * its sleeper off the count and changes the word; who finds the word as it was when he began to
 * stand is still counted, and takes himself off. One who was killed stays in the count until there
 * has been one wake-up for nobody. So the count may be too high for a while, but a sleeper who is
 * not counted is one whose wake-up is on its way, or died with its sender: he naps.
 */
#include <limits.h>

#include "internal.h"

void mp_line_stand(struct mp_line *line, struct mp_standing *standing)
{
	const uint32_t word = line->word;

	if (standing->counted && standing->word == word)
		return;
	standing->counted = true;
	standing->word = word;
	line->sleepers++;
}

void mp_line_step_out(struct mp_line *line, struct mp_standing *standing)
{
	if (standing->counted && standing->word == line->word && line->sleepers > 0)
		line->sleepers--;
	standing->counted = false;
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
