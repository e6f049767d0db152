/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sent.h"

#include <signal.h>
#include <sys/wait.h>

#include "act.h"
#include "process.h"
#include "wait.h"

#define HANDLED 2  /* mp_deliver.action */
#define SIGNALS 65 /* 1 to 64 */

/* TRACE_SIGNAL_ALREADY_PENDING: it will be taken for the one that waits already. */
#define ALREADY_PENDING 2

static bool is_signal(int number)
{
	return number > 0 && number < SIGNALS;
}

const struct mr_sender *mr_sent_last(const struct mr_process *process, int signal)
{
	const struct mr_sender *sender;

	if (process->senders == NULL || !is_signal(signal))
		return NULL;
	sender = &process->senders[signal];
	return sender->sent ? sender : NULL;
}

/*
 * Did a process ask for it? Codes up to 0 say so, but the kernel uses some of them for what it
 * does on its own, in the context of whoever runs just then: timers (SI_TIMER and others), the
 * SIGPIPE of a write (sent to the writing thread as if by itself), and the signal for the death
 * of a parent (sent by the parent when it has ended).
 */
static bool asked_for(const struct mr_seen *seen, const struct mp_signal *signal)
{
	bool itself =
		signal->target_pid == signal->e.pid && signal->target_start == signal->e.start;

	if (signal->code != SI_USER && signal->code != SI_QUEUE && signal->code != SI_TKILL)
		return false;
	if (signal->signal == SIGPIPE && signal->code == SI_USER && itself && !signal->to_group)
		return false;
	return seen->thread == NULL || !seen->thread->exited;
}

static void remember(struct mr_build *build, struct mr_process *target, struct mr_sender sender,
		     const struct mp_signal *signal)
{
	struct mr_sender *before;

	if (target->senders == NULL)
		target->senders = mr_scratch(build, SIGNALS * sizeof(*target->senders));
	if (target->senders == NULL)
		return;
	before = &target->senders[signal->signal];
	if (signal->result != ALREADY_PENDING || !before->sent)
		*before = sender;
}

void mr_sent(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_signal *signal = (const struct mp_signal *)seen->event;
	struct mr_process *target =
		mr_process_find(build, signal->target_pid, signal->target_start);
	bool asked = asked_for(seen, signal);
	struct mr_sender sender = {.who = asked ? seen->process : NULL,
				   .at = signal->e.end,
				   .sent = true,
				   .outside = asked && seen->process == NULL};
	struct mr_act *act;

	if (!is_signal(signal->signal))
		return;
	if (target != NULL)
		remember(build, target, sender, signal);
	/* Whatever the target thinks of it. */
	if (target != NULL && signal->signal == SIGCONT)
		target->process.stopped = NULL;
	if (!asked || seen->process == NULL)
		return;
	act = mr_act_add(build, seen, MP_ACT_SIGNAL);
	if (act == NULL)
		return;
	act->act.whom = target == NULL ? NULL : &target->process;
	act->act.value = signal->signal;
}

static struct mr_act *receive(struct mr_build *build, struct mr_process *process, uint32_t tid,
			      size_t arrival, int signal)
{
	const struct mr_sender *sender = mr_sent_last(process, signal);
	struct mr_act *act = mr_act_of(build, process, tid, arrival, MP_ACT_RECEIVE);

	if (act == NULL)
		return NULL;
	act->act.value = signal;
	if (sender != NULL && sender->who != NULL)
		act->act.whom = &sender->who->process;
	return act;
}

/*
 * From outside SIGSTOP comes from us, too, before we kill. The signals of a terminal stop nobody
 * whose group is orphaned, and the kernel itself sends those to no such group.
 */
static bool stops(const struct mr_process *process, const struct mp_deliver *deliver)
{
	const struct mr_sender *sender = mr_sent_last(process, deliver->signal);

	if (deliver->action != 0 || sender == NULL || sender->outside)
		return false;
	return deliver->signal == SIGSTOP ||
	       ((deliver->signal == SIGTTIN || deliver->signal == SIGTTOU) && sender->who == NULL);
}

/*
 * A signal that ends a process is made a SIGKILL for each of its threads, also when one of them
 * calls exit_group: so what that delivery was is only known when the process has ended.
 */
void mr_delivered(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_deliver *deliver = (const struct mp_deliver *)seen->event;
	struct mr_act *act;

	if (!is_signal(deliver->signal))
		return;
	if (deliver->signal == SIGKILL) {
		if (seen->process->killed == NULL) {
			seen->process->killed = seen->event;
			seen->process->killed_arrival = seen->arrival;
		}
		return;
	}
	if (deliver->signal == SIGCHLD)
		mr_wait_told(build, seen, deliver->action == HANDLED);
	/* A handler runs, so the call that was interrupted is not taken up again where it was. */
	if (deliver->action == HANDLED)
		seen->thread->nap = seen->thread->interrupted = NULL;
	if (deliver->action == 0)
		seen->process->fatal |= (uint64_t)1 << (deliver->signal - 1);
	act = receive(build, seen->process, seen->event->tid, seen->arrival, deliver->signal);
	if (act != NULL && stops(seen->process, deliver))
		seen->process->process.stopped = &act->act;
}

void mr_sent_finish(struct mr_build *build, struct mr_process *process)
{
	int signal = WTERMSIG(process->process.status);

	if (process->killed == NULL || !WIFSIGNALED(process->process.status) || !is_signal(signal))
		return;
	if ((process->fatal & (uint64_t)1 << (signal - 1)) == 0)
		receive(build, process, process->killed->tid, process->killed_arrival, signal);
}
