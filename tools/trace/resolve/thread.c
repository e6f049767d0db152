/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "thread.h"

#include "process.h"

static struct mr_key thread_key(const struct mr_process *process, uint32_t tid)
{
	return (struct mr_key){process->process.id, tid, 0};
}

struct mr_thread *mr_thread_new(struct mr_build *build, struct mr_process *process, uint32_t tid)
{
	struct mr_thread *thread = mr_scratch(build, sizeof(*thread));

	if (thread == NULL)
		return NULL;
	thread->process = process;
	thread->tid = tid;
	thread->last = thread->exit_arrival = MR_NOWHERE;
	thread->last_wake = &thread->wakes;
	mr_set(build, &build->threads, thread_key(process, tid), thread);
	return thread;
}

struct mr_thread *mr_thread_find(const struct mr_build *build, const struct mr_process *process,
				 uint32_t tid)
{
	return mr_map_find(&build->threads, thread_key(process, tid));
}

struct mr_thread *mr_thread_of(struct mr_build *build, const struct mp_event *event)
{
	struct mr_process *process;
	struct mr_thread *thread;

	if (event->pid == 0)
		return NULL;
	process = mr_process_find(build, event->pid, event->start);
	if (process == NULL)
		process = mr_process_unknown(build, event);
	if (process == NULL)
		return NULL;
	thread = mr_thread_find(build, process, event->tid);
	return thread != NULL ? thread : mr_thread_new(build, process, event->tid);
}
