/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files that were opened: the kernel's parts of a name become a path. */
#include <string.h>

#include "script.h"

static const struct mp_object file = {.ino = 9, .dev = 1, .mode = S_IFREG, .access = MP_READS};

static void opened(const char *parts, size_t length, const char *path, bool cut)
{
	const struct mp_act *one;

	ev_open_file(COMMAND, file, parts, length);
	story_model();
	one = act(MP_ACT_OPEN, acts(MP_ACT_OPEN) - 1);
	ok(one != NULL && one->length == strlen(path) && strcmp(one->text, path) == 0,
	   "\"%s\" was opened", path);
	ok(one != NULL && one->cut == cut, "and that is %s of it", cut ? "not all" : "all");
}

static void paths(void)
{
	struct mp_object handle = file;

	story();
	opened("file\0tmp\0", 9, "/tmp/file", false);
	opened("file\0", 5, "/file", false);
	opened("", 0, "/", false);
	opened("b\0\0a\0", 5, "/a//b", false);
	next_flags(MP_F_CUT);
	opened("file\0tmp\0", 9, "tmp/file", true);
	next_flags(MP_F_SHORT | MP_F_CUT);
	opened("", 0, "", true);
	is_int((int64_t)acts_of(COMMAND, MP_ACT_OPEN), 6, "each counts");
	handle.access = 0;
	ev_open_file(COMMAND, handle, "file\0", 5);
	story_model();
	is_int((int64_t)acts(MP_ACT_OPEN), 6, "a mere place in the tree is not opened");
	handle = (struct mp_object){0};
	next_flags(MP_F_SHORT | MP_F_CUT);
	ev_open_file(COMMAND, handle, "", 0);
	story_model();
	is_int((int64_t)acts(MP_ACT_OPEN), 7, "what was closed at once may have been opened");
}

static void gated(void)
{
	story_gated();
	ev_open_file(COMMAND, file, "gate\0", 5);
	ev_exec(COMMAND, COMMAND, "command", "./command", 10);
	ev_open_file(COMMAND, file, "file\0", 5);
	story_model();
	is_int((int64_t)acts(MP_ACT_OPEN), 1, "what was opened before the command is not its own");
}

int main(void)
{
	tap_plan(0);
	paths();
	gated();
	story_end();
	return tap_done();
}
