/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of formats. A new one is a row here and a file of its own. */
#include "render.h"

#include <string.h>

#include "formats.h"

const struct mp_renderer mp_renderers[] = {
	{"text", "a report for people", mp_render_text},
	{"tap", "one test point for each claim", mp_render_tap},
	{NULL, NULL, NULL},
};

const struct mp_renderer *mp_renderer_find(const char *name)
{
	for (const struct mp_renderer *renderer = mp_renderers; renderer->name != NULL;
	     renderer++) {
		if (strcmp(renderer->name, name) == 0)
			return renderer;
	}
	return NULL;
}
