/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "process.h"

#include <string.h>

#include "act.h"
#include "memory.h"
#include "table.h"
#include "thread.h"

static struct mr_key key_of(uint32_t pid, uint64_t start)
{
	return (struct mr_key){pid, start, 0};
}

struct mr_process *mr_process_find(const struct mr_build *build, uint32_t pid, uint64_t start)
{
	return mr_map_find(&build->processes, key_of(pid, start));
}

struct mr_process *mr_process_newest(const struct mr_build *build, uint32_t pid)
{
	return mr_map_find(&build->pids, key_of(pid, 0));
}

/* ---- names ---- */

static struct mp_name *add_name(struct mr_build *build, struct mr_process *process, uint64_t at,
				const char comm[MP_COMM_LEN])
{
	struct mp_process *public = &process->process;
	struct mp_name *names = mr_grow(build, public->names, public->name_count,
					&process->name_room, sizeof(*names));
	struct mp_name *name;

	if (names == NULL)
		return NULL;
	public->names = names;
	name = &names[public->name_count++];
	*name = (struct mp_name){.at = at};
	memcpy(name->text, comm, strnlen(comm, MP_COMM_LEN - 1));
	return name;
}

void mr_process_rename_to(struct mr_build *build, const struct mr_seen *seen,
			  const char comm[MP_COMM_LEN])
{
	const struct mp_process *public = &seen->process->process;
	struct mp_name *name;
	struct mr_act *act;
	char *text;

	if (strncmp(public->names[public->name_count - 1].text, comm, MP_COMM_LEN - 1) == 0)
		return;
	name = add_name(build, seen->process, seen->event->end, comm);
	text = mr_keep(build, MP_COMM_LEN);
	if (name == NULL || text == NULL)
		return;
	memcpy(text, name->text, MP_COMM_LEN);
	act = mr_act_add(build, seen, MP_ACT_NAME);
	if (act == NULL)
		return;
	act->act.text = text;
	act->act.length = strlen(text);
}

/* The name of a process is that of its first thread. */
void mr_process_rename(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_rename *rename = (const struct mp_rename *)seen->event;

	if (seen->event->tid == seen->event->pid && !seen->process->gated)
		mr_process_rename_to(build, seen, rename->comm);
}

const char *mp_process_name(const struct mp_process *process, uint64_t at)
{
	size_t i = process->name_count;

	while (i > 1 && process->names[i - 1].at > at)
		i--;
	return i == 0 ? "" : process->names[i - 1].text;
}

/* The kernel tells of the new name at about the time of the exec that gives it. */
size_t mp_process_first_name(const struct mp_process *process)
{
	uint64_t exec = process->image_count > 0 ? process->images[0].at : 0;
	size_t count = process->name_count;

	if (count < 2 || process->names[1].at > exec)
		return 0;
	return count == 2 || process->names[2].at > exec;
}

/* ---- the tree ---- */

static struct mr_process *process_new(struct mr_build *build, uint32_t pid, uint64_t start,
				      uint64_t born)
{
	struct mr_process *process = mr_keep(build, sizeof(*process));
	struct mp_model *model = build->model;
	struct mp_process **processes = mr_grow(build, model->processes, model->process_count,
						&build->process_room, sizeof(struct mp_process *));

	if (process == NULL || processes == NULL)
		return NULL;
	model->processes = processes;
	process->process = (struct mp_process){.id = model->process_count,
					       .pid = pid,
					       .vpid = pid,
					       .start = start,
					       .threads = 1,
					       .born = born,
					       .ended = MP_NEVER,
					       .reaped = MP_NEVER};
	process->memory = process;
	process->zombies.before = process->zombies.after = &process->zombies;
	process->exit_arrival = MR_NOWHERE;
	processes[model->process_count++] = &process->process;
	mr_set(build, &build->processes, key_of(pid, start), process);
	mr_set(build, &build->pids, key_of(pid, 0), process);
	return process;
}

static void set_vpid(struct mr_build *build, struct mr_process *process, uint32_t vpid)
{
	process->process.vpid = vpid;
	process->alike = mr_map_find(&build->vpids, key_of(vpid, 0));
	mr_set(build, &build->vpids, key_of(vpid, 0), process);
}

static void add_child(struct mr_build *build, struct mr_process *parent, struct mr_process *child)
{
	struct mp_process *public = &parent->process;
	struct mp_process **children = mr_grow(build, public->children, public->child_count,
					       &parent->child_room, sizeof(struct mp_process *));

	child->process.parent = public;
	child->guardian = parent;
	if (children == NULL)
		return;
	public->children = children;
	children[public->child_count++] = &child->process;
}

/* An event of a process whose fork we have not seen: it must be somewhere under the command. */
struct mr_process *mr_process_unknown(struct mr_build *build, const struct mp_event *event)
{
	static const char nameless[MP_COMM_LEN] = "?";
	struct mr_process *process = process_new(build, event->pid, event->start, mr_began(event));

	if (process == NULL)
		return NULL;
	build->model->lost[MP_FORK]++;
	build->model->fd_unsure = true;
	add_name(build, process, process->process.born, nameless);
	set_vpid(build, process, event->pid);
	add_child(build, build->command, process);
	process->table = mr_table_new(build);
	return process;
}

static const char *base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash == NULL ? path : slash + 1;
}

/*
 * Until its first exec the command is our own child, waiting at the gate. Without any exec it is
 * so to its end when it says that it could not exec; else the record is taken as it is.
 */
static bool starts_gated(const struct mp_record *record)
{
	for (size_t i = 0; i < record->count; i++) {
		const struct mp_event *event = mp_record_event(record, i);

		if (event->pid != record->pid || event->start != record->start)
			continue;
		if (event->kind == MP_EXEC || event->kind == MP_FORK)
			return event->kind == MP_EXEC;
	}
	return record->status >> 8 == 126 || record->status >> 8 == 127;
}

void mr_process_start(struct mr_build *build)
{
	const struct mp_record *record = build->record;
	char comm[MP_COMM_LEN] = "";
	uint64_t born = record->began;
	struct mr_process *process;

	if (record->count > 0 && born == 0)
		born = mp_record_event(record, 0)->end;
	process = process_new(build, record->pid, record->start, born);
	if (process == NULL)
		return;
	if (record->argc > 0 && record->argv != NULL)
		memccpy(comm, base(record->argv[0]), '\0', sizeof(comm) - 1);
	add_name(build, process, born, comm);
	set_vpid(build, process, record->pid);
	process->table = mr_table_new(build);
	process->gated = starts_gated(record);
	build->command = process;
}

/* ---- fork ---- */

static void fork_thread(struct mr_build *build, const struct mr_seen *seen, uint32_t tid)
{
	seen->process->process.threads++;
	mr_thread_new(build, seen->process, tid); /* the number may have been used before */
}

/* CLONE_PARENT makes a sister of it: somebody else is told when it ends. */
static void set_guardian(struct mr_build *build, struct mr_process *child, uint32_t real_parent)
{
	if (real_parent == child->guardian->process.pid)
		return;
	child->guardian = mr_process_newest(build, real_parent);
	if (child->guardian == child)
		child->guardian = NULL;
}

static void fork_process(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_fork *fork = (const struct mp_fork *)seen->event;
	struct mr_process *parent = seen->process, *child;
	struct mr_act *act;

	if (mr_process_find(build, fork->child_pid, fork->child_start) != NULL)
		return; /* nobody is born twice */
	child = process_new(build, fork->child_pid, fork->child_start, fork->e.end);
	if (child == NULL)
		return;
	add_name(build, child, fork->e.end, fork->comm);
	set_vpid(build, child, fork->child_vpid);
	add_child(build, parent, child);
	set_guardian(build, child, fork->real_parent);
	if ((fork->child_flags & MP_FORK_VM) != 0)
		child->memory = parent->memory;
	child->table = (fork->child_flags & MP_FORK_FILES) != 0
			       ? mr_table_share(parent->table)
			       : mr_table_copy(build, parent->table);
	act = mr_act_add(build, seen, MP_ACT_FORK);
	if (act != NULL)
		act->act.whom = &child->process;
	mr_memory_fork(build, seen, child, (fork->child_flags & MP_FORK_VM) != 0);
}

void mr_process_fork(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_fork *fork = (const struct mp_fork *)seen->event;

	if (fork->child_pid == 0)
		return;
	if ((fork->child_flags & MP_FORK_THREAD) == 0) {
		fork_process(build, seen);
		return;
	}
	fork_thread(build, seen, fork->child_tid);
	/* It has a table of its own, and here there is one of each process. */
	build->model->fd_unsure |= (fork->child_flags & MP_FORK_FILES) == 0;
}

/* ---- the end ---- */

struct mr_process *mr_process_guardian(const struct mr_process *process)
{
	struct mr_process *guardian = process->guardian;

	return guardian == NULL || guardian->ended ? NULL : guardian;
}

void mr_process_leave(struct mr_process *process)
{
	struct mr_process *guardian = mr_process_guardian(process);

	process->ended = true;
	if (guardian == NULL || process->process.autoreaped)
		return;
	process->among.after = &guardian->zombies;
	process->among.before = guardian->zombies.before;
	guardian->zombies.before->after = &process->among;
	guardian->zombies.before = &process->among;
}

void mr_process_blind(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_blind *blind = (const struct mp_blind *)seen->event;
	uint64_t bit = blind->cause < 64 ? (uint64_t)1 << blind->cause : 1;

	seen->process->process.blind |= bit;
	build->model->blind |= bit;
}

/* ---- for the reader of a model ---- */

size_t mp_process_first_child(const struct mp_process *process)
{
	size_t first = process->child_count;
	uint64_t since;

	if (process->image_count == 0)
		return 0;
	since = process->images[process->image_count - 1].at;
	while (first > 0 && process->children[first - 1]->born >= since)
		first--;
	return first == process->child_count ? 0 : first;
}

bool mp_process_descends(const struct mp_process *process, const struct mp_process *ancestor)
{
	while (process->parent != NULL) {
		process = process->parent;
		if (process == ancestor)
			return true;
	}
	return false;
}
