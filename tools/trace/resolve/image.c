/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image.h"

#include <string.h>

#include "act.h"
#include "descriptor.h"
#include "memory.h"
#include "process.h"
#include "thread.h"

static size_t count_words(const char *text, size_t length)
{
	size_t words = 0;

	for (size_t i = 0; i < length; i++)
		if (text[i] == '\0' || i + 1 == length)
			words++;
	return words;
}

static void set_argv(struct mr_build *build, struct mp_image *image, const struct mp_exec *exec)
{
	size_t length = exec->argv_len < MP_ARGV_LEN ? exec->argv_len : MP_ARGV_LEN;
	size_t words = count_words(exec->argv, length);
	char *text = mr_keep(build, length + 1);
	char **argv = mr_keep(build, (words + 1) * sizeof(char *));

	if (text == NULL || argv == NULL)
		return;
	memcpy(text, exec->argv, length);
	image->argv = argv;
	for (size_t i = 0; i < words; i++) {
		argv[i] = text;
		text += strlen(text) + 1;
	}
}

static struct mp_image *add_image(struct mr_build *build, const struct mr_seen *seen)
{
	struct mp_process *public = &seen->process->process;
	struct mp_image *images = mr_grow(build, public->images, public->image_count,
					  &seen->process->image_room, sizeof(*images));
	struct mp_image *image;

	if (images == NULL)
		return NULL;
	public->images = images;
	image = &images[public->image_count++];
	*image = (struct mp_image){.at = seen->event->end,
				   .cut = (seen->event->flags & MP_F_CUT) != 0};
	set_argv(build, image, (const struct mp_exec *)seen->event);
	return image;
}

/* What the command was before its first exec never was: this is its birth. */
static void open_gate(struct mr_process *process, const struct mp_exec *exec)
{
	struct mp_process *public = &process->process;

	process->gated = false;
	public->born = exec->e.end;
	public->names[0] = (struct mp_name){.at = exec->e.end};
	memcpy(public->names[0].text, exec->comm, strnlen(exec->comm, MP_COMM_LEN - 1));
}

/* The thread that called execve goes on as the first; all the others are gone. */
static void take_over(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_exec *exec = (const struct mp_exec *)seen->event;
	struct mr_thread *old = mr_thread_find(build, seen->process, exec->old_tid);

	seen->thread->exited = false;
	if (old == NULL || old == seen->thread)
		return;
	seen->thread->floor = old->floor;
	seen->thread->wakes = old->wakes;
	seen->thread->last_wake = old->wakes == NULL ? &seen->thread->wakes : old->last_wake;
	old->wakes = NULL;
	old->last_wake = &old->wakes;
	old->exited = true;
}

/*
 * The first argument is the caller's choice, the name is the kernel's, from the file. So the one
 * only counts when it ends in the other.
 */
static const char *name_of_image(const struct mp_image *image, const char *name)
{
	const char *called = image->argv[0] != NULL ? image->argv[0] : "";
	const char *slash = strrchr(called, '/');
	const char *last = slash != NULL ? slash + 1 : called;
	size_t length = strlen(last);

	if (length > MP_COMM_LEN - 1)
		length = MP_COMM_LEN - 1;
	return length == strlen(name) && memcmp(last, name, length) == 0 ? called : name;
}

void mr_image_exec(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_exec *exec = (const struct mp_exec *)seen->event;
	struct mr_process *process = seen->process;
	struct mp_image *image;
	struct mr_act *act;

	take_over(build, seen);
	process->memory = process;
	mr_descriptors_exec(build, seen);
	mr_memory_exec(process);
	if (process->gated)
		open_gate(process, exec);
	else
		mr_process_rename_to(build, seen, exec->comm);
	image = add_image(build, seen);
	act = image == NULL ? NULL : mr_act_add(build, seen, MP_ACT_EXEC);
	if (act == NULL || image->argv == NULL)
		return;
	act->act.text =
		name_of_image(image, process->process.names[process->process.name_count - 1].text);
	act->act.length = strlen(act->act.text);
}
