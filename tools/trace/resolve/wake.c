/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel says who ran when a blocked thread was made runnable. That is a cause only when the
 * call that he was in explains it, because an interrupt runs in whoever happens to run. The call
 * is reported when it is over, which may be after the other has gone on: so wakes are kept until
 * the next event of their thread, and are matched with the waits that they ended at the very end.
 */
#include "wake.h"

#include <errno.h>
#include <sys/syscall.h>

#include "act.h"
#include "order.h"
#include "process.h"
#include "thread.h"
#include "word.h"

/* The same on all architectures; not in the headers of every distribution. */
#define FUTEX_WAITV 449
#define FUTEX2_WAIT 455

static struct mr_wake *wake_new(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_wake *event = (const struct mp_wake *)seen->event;
	struct mr_wake *wake = mr_scratch(build, sizeof(*wake));

	if (wake == NULL)
		return NULL;
	*wake = (struct mr_wake){.event = event,
				 .arrival = seen->arrival,
				 .waker = seen->process,
				 .target_tid = event->target_tid,
				 .cause = MR_NOWHERE,
				 .earlier = MR_NOWHERE};
	*build->last_wake = wake;
	build->last_wake = &wake->next;
	return wake;
}

/*
 * Files are closed late: by kernels before 6.6, and at exec, on the way back from the call, when
 * its end has been reported already.
 */
static size_t earlier_cause(const struct mr_build *build, const struct mr_thread *thread,
			    const struct mp_wake *wake)
{
	const struct mp_event *last;

	if (thread->exited)
		return thread->exit_arrival;
	if (thread->last == MR_NOWHERE)
		return MR_NOWHERE;
	last = mp_record_event(build->record, thread->last);
	if (last->kind == MP_EXEC || (last->kind == MP_FD && mr_call_number(last) == wake->nr))
		return thread->last;
	return MR_NOWHERE;
}

void mr_wake(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_wake *event = (const struct mp_wake *)seen->event;
	struct mr_process *target = mr_process_find(build, event->target_pid, event->target_start);
	struct mr_thread *thread =
		target == NULL ? NULL : mr_thread_find(build, target, event->target_tid);
	struct mr_wake *wake = NULL;

	if (thread == NULL && target != NULL)
		thread = mr_thread_new(build, target, event->target_tid);
	if (seen->thread != NULL && thread != NULL) {
		wake = wake_new(build, seen);
		if (wake == NULL)
			return;
		wake->target = target;
		wake->earlier = earlier_cause(build, seen->thread, event);
		*seen->thread->last_wake = wake;
		seen->thread->last_wake = &wake->pending;
	}
	/* Only the last one ended the wait: after the others it went to sleep again. */
	if (thread != NULL)
		thread->wake = wake;
}

/*
 * Several events may report one call: descriptors that came in a message and then the message,
 * or what splice(2) and its relatives read and then wrote.
 */
bool mr_wake_same_call(const struct mr_build *build, const struct mr_seen *seen)
{
	int nr = mr_call_number(seen->event);
	const struct mp_event *last;

	if (seen->thread->last == MR_NOWHERE)
		return false;
	last = mp_record_event(build->record, seen->thread->last);
	if (mr_call_number(last) != nr)
		return false;
	if (last->kind == MP_FD)
		return nr == SYS_recvmsg;
	return last->kind == MP_IO && seen->event->kind == MP_IO &&
	       (nr == SYS_sendfile || nr == SYS_splice || nr == SYS_tee) &&
	       ((const struct mp_io *)last)->direction == MP_READS &&
	       ((const struct mp_io *)seen->event)->direction == MP_WRITES;
}

void mr_wake_settle(struct mr_build *build, const struct mr_seen *seen)
{
	struct mr_thread *thread = seen->thread;
	int nr = mr_call_number(seen->event);

	if (mr_wake_same_call(build, seen)) {
		for (struct mr_wake *wake = thread->settled; wake != NULL; wake = wake->pending)
			wake->earlier = seen->arrival;
		return;
	}
	for (struct mr_wake *wake = thread->wakes; wake != NULL; wake = wake->pending)
		if (wake->event->nr == nr && wake->event->e.end <= seen->event->end)
			wake->cause = seen->arrival;
	thread->settled = thread->wakes;
	thread->wakes = NULL;
	thread->last_wake = &thread->wakes;
}

/* Robust futexes and the futex of a joined thread are woken before the end is reported. */
void mr_wake_exit(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_exit *exit = (const struct mp_exit *)seen->event;

	for (struct mr_wake *wake = seen->thread->wakes; wake != NULL; wake = wake->pending) {
		int nr = wake->event->nr;

		if (nr == SYS_exit || nr == SYS_exit_group || (nr >= 0 && nr == exit->nr))
			wake->cause = seen->arrival;
	}
	seen->thread->settled = seen->thread->wakes = NULL;
	seen->thread->last_wake = &seen->thread->wakes;
}

static bool was_in_futex(const struct mr_wake *wake)
{
	int nr = wake->event->target_nr;

	return nr == SYS_futex || nr == FUTEX_WAITV || nr == FUTEX2_WAIT;
}

uint64_t mr_wake_count(const struct mr_seen *seen)
{
	uint64_t count = 0;

	for (struct mr_wake *wake = seen->thread->settled; wake != NULL; wake = wake->pending)
		count += wake->cause == seen->arrival && was_in_futex(wake);
	return count;
}

static void end_wait(struct mr_wake *wake, struct mr_act *act, const struct mp_event *call)
{
	if (wake == NULL || act == NULL || wake->event->e.end < act->act.begin ||
	    wake->event->e.end > call->end || wake->event->target_nr != mr_call_number(call))
		return;
	act->wake = wake;
	wake->ended = act;
}

void mr_wake_ended(const struct mr_seen *seen, struct mr_act *act)
{
	end_wait(seen->thread->wake, act, seen->event);
}

void mr_wake_told(struct mr_build *build, const struct mr_seen *seen, struct mr_act *wait)
{
	end_wait(seen->thread->wake, wait, mp_record_event(build->record, wait->arrival));
}

/* ---- does the call explain it? ---- */

static bool by_futex(struct mr_build *build, const struct mr_act *wait, size_t cause)
{
	return wait->act.wait == MP_ON_WORD && mr_word_wakes(build, wait, cause);
}

/* Data for who waits for data, room for who waits for room. */
static bool by_io(struct mr_build *build, const struct mr_act *wait, size_t cause)
{
	const struct mp_io *io = (const struct mp_io *)mp_record_event(build->record, cause);
	const struct mr_stream *stream = build->moments[cause].touched;
	unsigned needed = wait->act.writing ? MP_READS : MP_WRITES;

	if (io->result < 0)
		return false;
	if (wait->act.wait == MP_ON_STREAM)
		return stream != NULL && &stream->stream == wait->act.stream &&
		       io->direction == needed;
	return wait->act.wait == MP_ON_READINESS || wait->act.wait == MP_ON_OTHER;
}

static bool by_close(struct mr_build *build, const struct mr_act *wait, size_t cause)
{
	const struct mp_fd *fd = (const struct mp_fd *)mp_record_event(build->record, cause);

	/* Nobody ends these by what he does with descriptors. */
	if (wait->act.wait == MP_ON_WORD || wait->act.wait == MP_ON_SIGNAL)
		return false;
	if (fd->e.kind == MP_EXEC || wait->act.wait != MP_ON_STREAM)
		return true;
	return fd->fd_op == MP_FD_CLOSE || fd->fd_op == MP_FD_DUP || fd->fd_op == MP_FD_CLOSE_RANGE;
}

/* Only of its own children the kernel tells a process by a signal. */
static bool by_end(struct mr_build *build, const struct mr_act *wait, size_t cause)
{
	const struct mp_event *event = mp_record_event(build->record, cause);
	const struct mr_process *process = mr_process_find(build, event->pid, event->start);
	bool by_signal = wait->act.wait == MP_ON_SIGNAL || wait->handled;

	return !by_signal || (process != NULL && process->guardian != NULL &&
			      &process->guardian->process == wait->act.who);
}

/* Which calls make wait for each other: queues, semaphores, locks of files, connections. */
static unsigned family_of(int nr)
{
	static const struct {
		int nr;
		unsigned family;
	} calls[] = {
		{SYS_mq_timedsend, 1}, {SYS_mq_timedreceive, 1}, {SYS_msgsnd, 2},
		{SYS_msgrcv, 2},       {SYS_msgctl, 2},		 {SYS_semop, 3},
		{SYS_semtimedop, 3},   {SYS_semctl, 3},		 {SYS_fcntl, 4},
		{SYS_flock, 5},	       {SYS_connect, 6},	 {SYS_accept, 6},
		{SYS_accept4, 6},
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (calls[i].nr == nr)
			return calls[i].family;
	return 0;
}

/* A queue of mq_open(3) has a descriptor, as has a socket that listens: these can be polled. */
static bool by_call(struct mr_build *build, const struct mr_act *wait, size_t cause)
{
	const struct mp_call *call = (const struct mp_call *)mp_record_event(build->record, cause);
	unsigned family = family_of(call->nr);

	/* A connect(2) that does not wait says so, and has been heard. */
	if ((call->result < 0 && call->result != -EINPROGRESS) || family == 0)
		return false;
	if (wait->act.wait == MP_ON_READINESS)
		return family == family_of(SYS_mq_timedsend) || call->nr == SYS_connect;
	return family == family_of(mr_call_number(wait->act.event));
}

typedef bool explains(struct mr_build *build, const struct mr_act *wait, size_t cause);
static explains *const explanations[MP_KINDS] = {
	[MP_FUTEX] = by_futex, [MP_IO] = by_io,	   [MP_TEXT] = by_io,	[MP_FD] = by_close,
	[MP_EXEC] = by_close,  [MP_EXIT] = by_end, [MP_CALL] = by_call,
};

static bool explained(struct mr_build *build, const struct mr_act *wait, size_t cause)
{
	explains *how;

	if (cause == MR_NOWHERE)
		return false;
	how = explanations[mp_record_event(build->record, cause)->kind];
	if (wait->handled && how != by_end)
		return false;
	return how != NULL && how(build, wait, cause);
}

static void add_wake_act(struct mr_build *build, const struct mr_wake *wake, size_t cause)
{
	const struct mp_event *event = mp_record_event(build->record, cause);
	const struct mr_act *wait = wake->ended;
	struct mr_act *act;

	/* Who ends wakes nobody by what he does. */
	if (event->kind == MP_EXIT)
		return;
	act = mr_act_of(build, wake->waker, wake->event->e.tid, wake->arrival, MP_ACT_WAKE);
	if (act == NULL)
		return;
	act->act.whom = &wake->target->process;
	if (event->kind == MP_FUTEX)
		act->act.word = mr_word_of(build, cause);
	else if (wait != NULL)
		act->act.stream = wait->act.stream;
}

void mr_wake_early(struct mr_build *build, size_t cause, struct mr_act *wait)
{
	const struct mp_event *event = mp_record_event(build->record, cause);
	struct mr_process *waker = mr_process_find(build, event->pid, event->start);
	struct mr_act *act;

	mr_order_not_later(build, cause, wait->act.at);
	wait->act.whom = &waker->process;
	act = mr_act_of(build, waker, event->tid, cause, MP_ACT_WAKE);
	if (act == NULL)
		return;
	act->act.whom = wait->act.who;
	act->act.word = wait->act.word;
	act->act.stream = wait->act.stream;
}

/* The end of a child answers the poll of a pidfd, or a wait for signals: that was a wait for it. */
static void name_child(const struct mr_build *build, const struct mr_wake *wake)
{
	struct mr_act *wait = wake->ended;
	bool by_signal = wait->signals || wait->handled;

	if (!(wait->pidfd || by_signal) || wake->waker->guardian != wake->target ||
	    mp_record_event(build->record, wake->cause)->kind != MP_EXIT)
		return;
	wait->act.wait = MP_ON_CHILD;
	wait->act.told = by_signal;
}

static void settle(struct mr_build *build, struct mr_wake *wake)
{
	struct mr_act *wait = wake->ended;
	size_t cause = wake->cause;

	if (wait != NULL && !explained(build, wait, cause))
		cause = explained(build, wait, wake->earlier) ? wake->earlier : MR_NOWHERE;
	wake->cause = cause;
	if (cause == MR_NOWHERE)
		return;
	/* A thread that was killed while it slept has no wait that says what ended it. */
	if (wait == NULL && (mp_record_event(build->record, cause)->kind != MP_FUTEX ||
			     !was_in_futex(wake) || !mr_word_can_wake(build, cause)))
		return;
	mr_order_not_later(build, cause, wake->event->e.end);
	if (wait != NULL) {
		name_child(build, wake);
		if (wait->act.whom == NULL)
			wait->act.whom = &wake->waker->process;
	}
	if (wait != NULL && mp_record_event(build->record, cause)->kind == MP_FUTEX)
		mr_word_woke(build, wait, cause);
	add_wake_act(build, wake, cause);
}

void mr_wakes_finish(struct mr_build *build)
{
	for (struct mr_wake *wake = build->wakes; wake != NULL && !build->failed; wake = wake->next)
		settle(build, wake);
}
