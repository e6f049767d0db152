/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "wait.h"

#include <errno.h>
#include <linux/futex.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "act.h"
#include "descriptor.h"
#include "nap.h"
#include "stream.h"
#include "wake.h"
#include "word.h"

static bool blocked(const struct mp_event *event)
{
	return (event->flags & MP_F_BLOCKED) != 0;
}

/* Somebody ended it, unless a signal or its own clock did. */
static struct mr_act *add_wait(struct mr_build *build, const struct mr_seen *seen,
			       enum mp_wait_on on, int64_t result)
{
	struct mr_act *act = mr_act_add(build, seen, MP_ACT_WAIT);

	if (act == NULL)
		return NULL;
	seen->thread->told = 0;
	act->act.wait = on;
	act->act.begin = mr_began(seen->event);
	/* It was over when it was over, also when what the call did had come before. */
	act->timed = false;
	if (mr_interrupted(seen->event, result))
		seen->thread->interrupted = act;
	else if (result != -ETIMEDOUT)
		mr_wake_ended(seen, act);
	return act;
}

/* ---- descriptors ---- */

static void mark_attempt(struct mr_build *build, const struct mr_seen *seen,
			 struct mr_stream *stream)
{
	struct mr_end *end = mr_end_of(build, seen->process, stream);

	if (end != NULL)
		end->end.attempted_read = true;
}

/*
 * Files on a disk make nobody wait for anybody, and a write to a terminal or another device only
 * waits for the device.
 */
static enum mp_wait_on waits_on(const struct mr_waited *waited)
{
	if (waited->stream != NULL)
		return MP_ON_STREAM;
	if (S_ISREG(waited->mode) || S_ISDIR(waited->mode) || S_ISBLK(waited->mode))
		return MP_ON_NOTHING;
	if (S_ISCHR(waited->mode) && waited->writing)
		return MP_ON_NOTHING;
	return MP_ON_OTHER;
}

static struct mr_act *add_io(struct mr_build *build, const struct mr_seen *seen,
			     const struct mr_waited *waited, int64_t result)
{
	enum mp_wait_on on = waits_on(waited);
	struct mr_act *act;

	if (on == MP_ON_NOTHING)
		return NULL;
	act = add_wait(build, seen, on, result);
	if (act == NULL)
		return NULL;
	act->act.writing = waited->writing;
	act->act.stream = waited->stream == NULL ? NULL : &waited->stream->stream;
	return act;
}

void mr_wait_io(struct mr_build *build, const struct mr_seen *seen, const struct mr_waited *waited,
		int64_t result)
{
	if (!blocked(seen->event))
		return;
	if (waited->clock)
		mr_nap(build, seen, result);
	else
		add_io(build, seen, waited, result);
}

/* accept(2), and open(2) of a FIFO that nobody had at the other end. */
void mr_wait_open(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_fd *fd = (const struct mp_fd *)seen->event;

	if (!blocked(seen->event) || fd->fd_op != MP_FD_OPEN)
		return;
	if (fd->nr == SYS_accept || fd->nr == SYS_accept4)
		add_wait(build, seen, MP_ON_CONNECTION, 0);
	else if (S_ISFIFO(fd->object.mode) && fd->nr != SYS_recvmsg && fd->nr != SYS_pidfd_getfd)
		add_wait(build, seen, MP_ON_FIFO, 0);
}

/* ---- words, children ---- */

struct mr_act *mr_wait_word(struct mr_build *build, const struct mr_seen *seen,
			    struct mp_word_entry *word)
{
	const struct mp_futex *futex = (const struct mp_futex *)seen->event;
	struct mr_act *act = add_wait(build, seen, MP_ON_WORD, futex->result);

	if (act != NULL)
		act->act.word = word;
	return act;
}

void mr_wait_child(struct mr_build *build, const struct mr_seen *seen, struct mr_process *child)
{
	const struct mp_wait *wait = (const struct mp_wait *)seen->event;
	struct mr_act *act;

	if (!blocked(seen->event) || (wait->options & WNOHANG) != 0)
		return;
	act = add_wait(build, seen, MP_ON_CHILD, wait->result);
	if (act != NULL && child != NULL)
		act->act.whom = &child->process;
}

/* ---- calls of which only the numbers are known ---- */

/* How its arguments and its result are to be read. */
enum shape { PLAIN, POLL, SELECT, ROOM };

struct waiting {
	int nr;
	enum mp_wait_on on;
	enum shape shape; /* ROOM: it waits for room, or to be taken in */
};

/* The numbers differ between architectures, and new ones lack the old forms. */
static const struct waiting *waiting_of(int nr)
{
	static const struct waiting calls[] = {
		{SYS_ppoll, MP_ON_READINESS, POLL},
		{SYS_pselect6, MP_ON_READINESS, SELECT},
		{SYS_epoll_pwait, MP_ON_READINESS, PLAIN},
		{SYS_epoll_pwait2, MP_ON_READINESS, PLAIN},
		{SYS_rt_sigsuspend, MP_ON_SIGNAL, PLAIN},
		{SYS_rt_sigtimedwait, MP_ON_SIGNAL, PLAIN},
		{SYS_mq_timedreceive, MP_ON_MESSAGE, PLAIN},
		{SYS_mq_timedsend, MP_ON_MESSAGE, ROOM},
		{SYS_msgrcv, MP_ON_MESSAGE, PLAIN},
		{SYS_msgsnd, MP_ON_MESSAGE, ROOM},
		{SYS_semop, MP_ON_SEMAPHORE, PLAIN},
		{SYS_semtimedop, MP_ON_SEMAPHORE, PLAIN},
		{SYS_fcntl, MP_ON_FILE_LOCK, PLAIN},
		{SYS_flock, MP_ON_FILE_LOCK, PLAIN},
		{SYS_connect, MP_ON_CONNECTION, ROOM},
#ifdef SYS_poll
		{SYS_poll, MP_ON_READINESS, POLL},
		{SYS_select, MP_ON_READINESS, SELECT},
		{SYS_epoll_wait, MP_ON_READINESS, PLAIN},
		{SYS_pause, MP_ON_SIGNAL, PLAIN},
#endif
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (calls[i].nr == nr)
			return &calls[i];
	return NULL;
}

/* With nothing to look at it is but another way to sleep. */
static bool looks_at_nothing(const struct waiting *call, const uint64_t args[6])
{
	if (call->shape == POLL)
		return args[1] == 0;
	return call->shape == SELECT &&
	       ((uint32_t)args[0] == 0 || (args[1] == 0 && args[2] == 0 && args[3] == 0));
}

static bool for_ever(const struct waiting *call, const uint64_t args[6])
{
	if (call->shape == SELECT)
		return args[4] == 0;
	return call->nr == SYS_ppoll ? args[2] == 0 : (int)args[2] < 0;
}

/* A poll of nothing is to sleep, if for a time, and to wait for a signal, if for ever. */
static enum mp_wait_on waits_in(const struct waiting *call, const uint64_t args[6])
{
	if (!looks_at_nothing(call, args))
		return call->on;
	return for_ever(call, args) ? MP_ON_SIGNAL : MP_ON_NOTHING;
}

/* No signal came, and nobody in particular was to send one: that was but a sleep. */
static bool no_signal(const struct waiting *call, int64_t result)
{
	return call->on == MP_ON_SIGNAL && result == -EAGAIN;
}

/* How long a poll of nothing was to take, which only poll(2) has in a number. */
static void nap_of_poll(struct mr_build *build, const struct mr_seen *seen,
			const struct waiting *call, const uint64_t args[6], int64_t result)
{
	struct mr_act *act = mr_nap(build, seen, result);
	int milliseconds = (int)args[2];

	if (act != NULL && call->shape == POLL && call->nr != SYS_ppoll && milliseconds >= 0)
		mr_nap_asked(act, (uint64_t)milliseconds * 1000000, result);
}

/* With a mask of its own it is a way to wait for signals. Of pselect6(2) nobody can tell. */
static bool for_signals(const struct waiting *call, const uint64_t args[6])
{
	if (call->nr == SYS_ppoll)
		return args[3] != 0;
	return waits_in(call, args) == MP_ON_SIGNAL ||
	       ((call->nr == SYS_epoll_pwait || call->nr == SYS_epoll_pwait2) && args[4] != 0);
}

/* Polls say so with 0, of which the others mean that all went well. */
static bool timed_out(const struct waiting *call, int64_t result)
{
	return result == (call->on == MP_ON_READINESS ? 0 : -EAGAIN);
}

static void add_call(struct mr_build *build, const struct mr_seen *seen, int nr,
		     const uint64_t args[6], int64_t result)
{
	const struct waiting *call = waiting_of(nr);
	enum mp_wait_on on;
	struct mr_act *act;

	if (call == NULL)
		return;
	if (no_signal(call, result)) {
		mr_nap(build, seen, result);
		return;
	}
	on = waits_in(call, args);
	if (on == MP_ON_NOTHING) {
		nap_of_poll(build, seen, call, args, result);
		return;
	}
	act = add_wait(build, seen, on, timed_out(call, result) ? -ETIMEDOUT : result);
	if (act == NULL)
		return;
	act->signals = for_signals(call, args);
	act->act.writing = call->shape == ROOM;
	if (on == MP_ON_READINESS)
		act->pidfd = mr_descriptors_pidfd(build, seen->process);
}

void mr_wait_call(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_call *call = (const struct mp_call *)seen->event;

	if (blocked(seen->event))
		add_call(build, seen, call->nr, (const uint64_t *)call->args, call->result);
}

/*
 * Whether a signal has cut short the last call of a thread, a wait for a signal or for what is
 * ready: none of these goes on when a handler has run. It may have come too late to block.
 */
static bool was_cut_short(const struct mr_build *build, const struct mr_thread *thread)
{
	const struct mp_call *call;
	const struct waiting *waiting;
	enum mp_wait_on on;

	if (thread->last == MR_NOWHERE)
		return false;
	call = (const struct mp_call *)mp_record_event(build->record, thread->last);
	if (call->e.kind != MP_CALL || !mr_interrupted(&call->e, call->result))
		return false;
	waiting = waiting_of(call->nr);
	on = waiting == NULL ? MP_ON_NOTHING : waits_in(waiting, (const uint64_t *)call->args);
	return on == MP_ON_SIGNAL || on == MP_ON_READINESS;
}

void mr_wait_told(struct mr_build *build, const struct mr_seen *seen, bool handled)
{
	struct mr_thread *thread = seen->thread;
	struct mr_act *wait = thread->interrupted;

	if (handled && was_cut_short(build, thread)) {
		thread->told = seen->event->end;
		if (wait != NULL)
			wait->handled = true;
	}
	if (wait != NULL && (wait->signals || wait->handled))
		mr_wake_told(build, seen, wait);
}

/* ---- the end ---- */

static void exit_io(struct mr_build *build, const struct mr_seen *seen, bool writing)
{
	const struct mp_exit *exit = (const struct mp_exit *)seen->event;
	struct mr_waited waited = {.writing = writing};
	struct mr_node *node = mr_descriptor_used(build, seen, (uint32_t)exit->args[0],
						  &exit->object, &waited.mode);

	waited.stream = mr_node_stream(build, node, writing ? MP_WRITES : MP_READS);
	if (waited.stream != NULL && !writing)
		mark_attempt(build, seen, waited.stream);
	if (mr_descriptor_clock(seen->process, (uint32_t)exit->args[0])) {
		mr_nap(build, seen, -EINTR);
		return;
	}
	seen->thread->interrupted = add_io(build, seen, &waited, -EINTR);
}

static void exit_reading(struct mr_build *build, const struct mr_seen *seen)
{
	exit_io(build, seen, false);
}

static void exit_writing(struct mr_build *build, const struct mr_seen *seen)
{
	exit_io(build, seen, true);
}

/* A word that is shared cannot be named by its address alone. */
static void exit_futex(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_exit *exit = (const struct mp_exit *)seen->event;
	struct mr_act *act = add_wait(build, seen, MP_ON_WORD, -EINTR);

	if (act != NULL && (exit->args[1] & FUTEX_PRIVATE_FLAG) != 0)
		act->act.word = mr_word_private(build, seen->process, exit->args[0]);
}

static void exit_waiting(struct mr_build *build, const struct mr_seen *seen)
{
	add_wait(build, seen, MP_ON_CHILD, -EINTR);
}

static void exit_accepting(struct mr_build *build, const struct mr_seen *seen)
{
	add_wait(build, seen, MP_ON_CONNECTION, -EINTR);
}

/* Nothing else makes who opens wait so that a signal can end it. */
static void exit_opening(struct mr_build *build, const struct mr_seen *seen)
{
	add_wait(build, seen, MP_ON_FIFO, -EINTR);
}

static void exit_sleeping(struct mr_build *build, const struct mr_seen *seen)
{
	mr_nap(build, seen, -EINTR);
}

typedef void exit_wait(struct mr_build *build, const struct mr_seen *seen);
static exit_wait *exit_wait_of(int nr)
{
	static const struct {
		int nr;
		exit_wait *wait;
	} calls[] = {
		{SYS_read, exit_reading},	{SYS_readv, exit_reading},
		{SYS_recvfrom, exit_reading},	{SYS_recvmsg, exit_reading},
		{SYS_write, exit_writing},	{SYS_writev, exit_writing},
		{SYS_sendto, exit_writing},	{SYS_sendmsg, exit_writing},
		{SYS_futex, exit_futex},	{SYS_wait4, exit_waiting},
		{SYS_waitid, exit_waiting},	{SYS_accept, exit_accepting},
		{SYS_accept4, exit_accepting},	{SYS_openat, exit_opening},
		{SYS_openat2, exit_opening},
#ifdef SYS_open
		{SYS_open, exit_opening},	{SYS_creat, exit_opening},
#endif
		{SYS_nanosleep, exit_sleeping}, {SYS_clock_nanosleep, exit_sleeping},
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (calls[i].nr == nr)
			return calls[i].wait;
	return NULL;
}

/* The call itself was reported as interrupted just before; else what MP_EXIT says must do. */
static struct mr_act *last_wait(struct mr_build *build, const struct mr_seen *seen)
{
	const struct mp_exit *exit = (const struct mp_exit *)seen->event;
	exit_wait *wait = exit_wait_of(exit->nr);

	if (seen->thread->interrupted != NULL || seen->thread->nap != NULL)
		return seen->thread->interrupted;
	if (wait != NULL)
		wait(build, seen);
	else
		add_call(build, seen, exit->nr, (const uint64_t *)exit->args, -EINTR);
	return seen->thread->interrupted;
}

void mr_wait_exit(struct mr_build *build, const struct mr_seen *seen)
{
	struct mr_process *process = seen->process;
	struct mr_act *act;

	if (!blocked(seen->event) || process->gated)
		return;
	act = last_wait(build, seen);
	if (act == NULL)
		return;
	act->act.unfinished = true;
	if (seen->event->tid == seen->event->pid || process->blocked == NULL)
		process->blocked = act;
}
