/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "reap.h"

#include <stddef.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "act.h"
#include "exit.h"
#include "process.h"
#include "wait.h"

/* So many processes with the same number are looked at, the newest first. */
#define ALIKE_MOST 64
/* So deep may an adopted process be below who finds it. */
#define ANCESTORS_MOST 64

/* Is `process` there to be found by a wait of `parent`? */
static bool waits_for(const struct mr_process *parent, const struct mr_process *process)
{
	return process->process.reaped == MP_NEVER && !process->process.autoreaped &&
	       process != parent && mr_process_guardian(process) == parent;
}

/* An orphan goes to the nearest ancestor that has declared itself a subreaper; that one finds it
 * is all that we see of it. */
static bool adopted(const struct mr_process *ancestor, const struct mr_process *process)
{
	const struct mp_process *above = process->process.parent;

	if (process->process.reaped != MP_NEVER || mr_process_guardian(process) != NULL)
		return false;
	for (int depth = 0; above != NULL && depth < ANCESTORS_MOST; depth++, above = above->parent)
		if (above == &ancestor->process)
			return true;
	return false;
}

static struct mr_process *by_number(const struct mr_build *build, struct mr_process *parent,
				    uint32_t vpid)
{
	struct mr_process *process = mr_map_find(&build->vpids, (struct mr_key){vpid, 0, 0});

	for (int i = 0; process != NULL && i < ALIKE_MOST; i++, process = process->alike)
		if (waits_for(parent, process) || adopted(parent, process))
			return process;
	/* A child that is the first of its own pid namespace has another number outside of it. */
	process =
		parent->process.vpid == parent->process.pid ? mr_process_newest(build, vpid) : NULL;
	return process != NULL && waits_for(parent, process) ? process : NULL;
}

static struct mr_process *of_ring(struct mr_ring *among)
{
	return (struct mr_process *)(void *)((char *)among - offsetof(struct mr_process, among));
}

/* The only child that has ended and was not reaped. */
static struct mr_process *only_zombie(const struct mr_process *parent)
{
	const struct mr_ring *zombies = &parent->zombies;

	return zombies->after != zombies && zombies->after == zombies->before
		       ? of_ring(zombies->after)
		       : NULL;
}

/* waitid(2) without a place for its answer: a single zombie can only have been it. */
static bool found_unnamed(const struct mp_wait *wait)
{
	return wait->nr == SYS_waitid && wait->result == 0 && wait->found == 0 &&
	       (wait->options & WNOHANG) == 0;
}

static struct mr_process *found(const struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_wait *wait = (const struct mp_wait *)seen->event;
	struct mr_process *child = NULL;
	uint32_t vpid = wait->found;

	if (wait->result < 0)
		return NULL;
	if (vpid == 0 && wait->nr != SYS_waitid)
		vpid = (uint32_t)wait->result;
	if (vpid != 0)
		child = by_number(build, seen->process, vpid);
	else if (!found_unnamed(wait))
		return NULL;
	if (child == NULL)
		child = only_zombie(seen->process);
	if (child == NULL)
		seen->process->reaps_unknown = true;
	return child;
}

/* Was it the end of the child that was found, rather than that it stopped or went on? */
static bool tells_end(const struct mp_wait *wait)
{
	if (wait->code != 0)
		return wait->code == CLD_EXITED || wait->code == CLD_KILLED ||
		       wait->code == CLD_DUMPED;
	return !WIFSTOPPED(wait->status) && !WIFCONTINUED(wait->status);
}

/* Its MP_EXIT was lost, but it cannot be reaped before it has ended. */
static void infer_end(struct mr_build *build, const struct mr_seen *seen, struct mr_process *child)
{
	child->process.ended = seen->event->end;
	child->process.status = ((const struct mp_wait *)seen->event)->status;
	child->exit_arrival = seen->arrival;
	build->model->lost[MP_EXIT] += build->model->lost[MP_EXIT] == 0;
	mr_exit_process(build, child);
}

static void leave_ring(struct mr_process *child)
{
	if (child->among.before == NULL)
		return;
	child->among.before->after = child->among.after;
	child->among.after->before = child->among.before;
	child->among.before = child->among.after = NULL;
}

/* Who looks again and again waits; who looks before each fork does not. */
static bool watched(const struct mr_process *parent, const struct mr_process *child)
{
	const struct mp_process *public = &parent->process;
	uint64_t forked =
		public->child_count > 0 ? public->children[public->child_count - 1]->born : 0;

	return child->looked > forked || parent->looked > forked;
}

/* Who looks when SIGCHLD has cut a call short begins anew: was he waiting? */
static bool is_first_look(const struct mr_seen *seen, const struct mr_process *child)
{
	uint64_t since = child->process.born, told = seen->thread->told;

	if (told > since && told > child->looked)
		since = told;
	else if (child->looked != 0)
		return false;
	return seen->process->looked <= since;
}

static void reap(struct mr_build *build, const struct mr_seen *seen, struct mr_process *child)
{
	const struct mp_wait *wait = (const struct mp_wait *)seen->event;
	struct mr_act *act;

	if (!child->ended)
		infer_end(build, seen, child);
	leave_ring(child);
	child->process.reaper = &seen->process->process;
	child->process.reaped = seen->event->end;
	child->process.reaped_by_poll = (wait->options & WNOHANG) != 0;
	act = mr_act_add(build, seen, MP_ACT_REAP);
	if (act == NULL)
		return;
	act->act.whom = &child->process;
	act->act.poll = child->process.reaped_by_poll;
	act->act.first_look = act->act.poll && is_first_look(seen, child);
	act->act.watched = act->act.poll && watched(seen->process, child);
	act->act.begin = mr_began(seen->event);
}

/* Zero where nobody wanted to know the status: then a child that is still there was not reaped,
 * unless the number came with an exit that we have not seen. */
static bool is_end(const struct mr_build *build, const struct mp_wait *wait,
		   const struct mr_process *child)
{
	if ((wait->options & WNOWAIT) != 0 || !tells_end(wait))
		return false;
	return child->ended || wait->status != 0 || wait->code != 0 ||
	       build->model->lost[MP_EXIT] > 0;
}

/* A poll that found nobody, though somebody was there. */
static void look(const struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_wait *wait = (const struct mp_wait *)seen->event;
	bool any = wait->nr == SYS_waitid || wait->wanted <= 0;
	struct mr_process *whom =
		any ? seen->process : by_number(build, seen->process, (uint32_t)wait->wanted);

	if (wait->result == 0 && wait->found == 0 && (wait->options & WNOHANG) != 0 && whom != NULL)
		whom->looked = seen->event->end;
}

void mr_reap(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_wait *wait = (const struct mp_wait *)seen->event;
	struct mr_process *child = found(build, seen);

	look(build, seen);
	mr_wait_child(build, seen, child);
	if (child != NULL && is_end(build, wait, child))
		reap(build, seen, child);
}
