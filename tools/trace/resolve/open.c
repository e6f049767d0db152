/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "open.h"

#include <string.h>

#include "act.h"

/* The parts of a path stand in the event from the last one to the first. */
static size_t turn_round(const struct mp_open *open, bool whole, char *path)
{
	size_t end = open->length, length = 0;

	while (end > 0) {
		size_t start = end - 1;

		while (start > 0 && open->path[start - 1] != '\0')
			start--;
		if (whole || length > 0)
			path[length++] = '/';
		memcpy(path + length, open->path + start, end - 1 - start);
		length += end - 1 - start;
		end = start;
	}
	if (length == 0 && whole)
		path[length++] = '/';
	return length;
}

/* With O_PATH a file is not opened: what the descriptor is good for is only its place. Of one
 * that was closed at once nobody knows, so it counts. */
static bool is_opened(const struct mp_open *open)
{
	return open->object.access != 0 || open->object.mode == 0;
}

/* The other end of a new terminal; see pts(4). */
static bool makes_terminal(const struct mp_act *act)
{
	static const char *const names[] = {"/dev/ptmx", "/dev/pts/ptmx"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (act->length == strlen(names[i]) &&
		    memcmp(act->text, names[i], act->length) == 0)
			return true;
	return false;
}

void mr_open(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_open *open = (const struct mp_open *)seen->event;
	bool whole = (open->e.flags & (MP_F_CUT | MP_F_SHORT)) == 0;
	struct mr_act *act;
	char *path;

	if (!is_opened(open))
		return;
	path = mr_keep(build, (size_t)open->length + 2);
	act = path == NULL ? NULL : mr_act_add(build, seen, MP_ACT_OPEN);
	if (act == NULL)
		return;
	act->act.text = path;
	act->act.length = turn_round(open, whole, path);
	act->act.cut = !whole;
	act->act.begin = mr_began(seen->event);
	build->terminals |= makes_terminal(&act->act);
}
