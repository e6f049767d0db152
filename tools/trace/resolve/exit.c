/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "exit.h"

#include <signal.h>
#include <sys/wait.h>

#include "act.h"
#include "descriptor.h"
#include "memory.h"
#include "process.h"
#include "sent.h"
#include "text.h"
#include "wait.h"
#include "wake.h"

void mr_exit_process(struct mr_build *build, struct mr_process *process)
{
	if (process->ended)
		return;
	mr_descriptors_end(build, process);
	mr_memory_end(process);
	mr_process_leave(process);
}

/* Of two threads that end at the same time both may take themselves for the last one. */
static void last_thread(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_exit *exit = (const struct mp_exit *)seen->event;
	struct mr_process *process = seen->process;

	process->process.ended = exit->e.end;
	process->process.status = exit->status;
	process->process.autoreaped = (exit->exit_flags & MP_EXIT_AUTOREAP) != 0;
	process->exit_arrival = seen->arrival;
	mr_exit_process(build, process);
}

void mr_exit(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_exit *exit = (const struct mp_exit *)seen->event;

	mr_wake_exit(build, seen);
	mr_wait_exit(build, seen);
	seen->thread->exited = true;
	seen->thread->exit_arrival = seen->arrival;
	if ((exit->exit_flags & MP_EXIT_LAST) != 0)
		last_thread(build, seen);
}

static void died(struct mr_build *build, struct mr_process *process, struct mr_act *act)
{
	struct mp_process *public = &process->process;
	int number = WTERMSIG(public->status);
	const struct mr_sender *sender = mr_sent_last(process, number);

	act->act.kind = MP_ACT_DIE;
	act->act.value = number;
	public->blocked = process->blocked == NULL ? NULL : &process->blocked->act;
	if (sender == NULL)
		return;
	act->act.whom = sender->who == NULL ? NULL : &sender->who->process;
	public->killed_by_us = number == SIGKILL && sender->outside &&
			       (build->record->stop != MP_STOP_ENDED ||
				sender->at >= build->command->process.ended);
	if (public->killed_by_us && public->ended < build->stopped)
		build->stopped = public->ended;
}

static void finish(struct mr_build *build, struct mr_process *process)
{
	const struct mp_process *public = &process->process;
	bool was_gated = process->gated;
	struct mr_act *act;

	mr_text_finish(build, process);
	if (public->ended == MP_NEVER) {
		mr_descriptors_end(build, process);
		return;
	}
	mr_sent_finish(build, process);
	/* Also a command that never got through its gate has ended. */
	process->gated = false;
	act = mr_act_of(build, process, public->pid, process->exit_arrival, MP_ACT_EXIT);
	process->gated = was_gated;
	if (act == NULL)
		return;
	act->act.at = act->act.begin = public->ended;
	if (WIFSIGNALED(public->status))
		died(build, process, act);
	else
		act->act.value = WEXITSTATUS(public->status);
}

void mr_exits_finish(struct mr_build *build)
{
	for (size_t i = 0; i < build->model->process_count && !build->failed; i++)
		finish(build, (struct mr_process *)build->model->processes[i]);
}
