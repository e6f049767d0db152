/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "verb.h"

#define ACT(name)   MP_BIT(MP_ACT_##name)
#define KIND(name)  MP_BIT(MP_##name)
#define BLIND(name) MP_BIT(MP_BLIND_##name)

/* A system call of another ABI may be any call at all, so it matters to every row. */
#define ANY_CALL BLIND(32BIT)
/* Bytes that move through a ring are not seen moving. A write to descriptor 1 or 2 is a MP_TEXT
 * and nothing else, whatever the stream behind it. */
#define STREAM	     (MP_VERB_ALWAYS | KIND(IO) | KIND(TEXT) | KIND(FD))
#define STREAM_BLIND (ANY_CALL | BLIND(ASYNC))
/* Whatever a process can be blocked in until another one acts, and who ended that. */
#define WAITING	      (STREAM | KIND(FUTEX) | KIND(WAIT) | KIND(CALL) | KIND(WAKE))
#define WAITING_BLIND (STREAM_BLIND | BLIND(FUTEX_WAITV))
#define WAKER_BLIND   (WAITING_BLIND | BLIND(TERMINAL))
#define FUTEX_BLIND   (ANY_CALL | BLIND(FUTEX_WAITV))

#define VERB(name, singular, plural, operand, acts, kinds, blind, about)                           \
	{                                                                                          \
		MP_VERB_##name, 0, singular, plural, MP_OPERAND_##operand, acts,                   \
			MP_VERB_ALWAYS | (kinds), ANY_CALL | (blind), about                        \
	}
#define STATE(name, singular, plural, operand, kinds, blind, about)                                \
	{                                                                                          \
		0, MP_STATE_##name, singular, plural, MP_OPERAND_##operand, 0,                     \
			MP_VERB_ALWAYS | (kinds), ANY_CALL | (blind), about                        \
	}

/* clang-format off */
const struct mp_verb_row mp_verbs[] = {
	VERB(FORKS, "forks", "fork", MAYBE_WHOM, ACT(FORK), 0, 0,
	     "it creates a process (a thread is not one)"),
	VERB(EXECS, "execs", "exec", MAYBE_PATTERN, ACT(EXEC), 0, 0,
	     "it becomes another program; the pattern is the first word of the program's arguments"),
	VERB(EXITS, "exits", "exit", CODE, ACT(EXIT), 0, 0,
	     "it ends by itself, with an exit code from 0 to 255"),
	VERB(DIES, "dies", "die", OF_SIGNAL, ACT(DIE), 0, 0,
	     "a signal ends it"),
	VERB(ENDS, "ends", "end", NONE, ACT(EXIT) | ACT(DIE), 0, 0,
	     "it exits or dies"),
	VERB(REAPS, "reaps", "reap", WHOM, ACT(REAP), KIND(WAIT), 0,
	     "it learns of the end of a child and removes it"),
	VERB(SIGNALS, "signals", "signal", WHOM_SIGNAL, ACT(SIGNAL), KIND(SIGNAL), 0,
	     "it sends a signal to a process"),
	VERB(RECEIVES, "receives", "receive", SIGNAL, ACT(RECEIVE), KIND(DELIVER), 0,
	     "a signal is delivered to it"),
	VERB(IS_NAMED, "is named", "are named", PATTERN, ACT(NAME), KIND(RENAME), 0,
	     "it gets a name; the kernel keeps the first 15 bytes"),
	VERB(WRITES, "writes", "write", CHANNEL, ACT(WRITE), STREAM, STREAM_BLIND,
	     "it puts bytes into a channel; one system call counts once"),
	VERB(READS, "reads", "read", CHANNEL, ACT(READ), STREAM, STREAM_BLIND,
	     "it takes bytes out of a channel; one system call counts once"),
	VERB(READS_FROM, "reads from", "read from", WHOM, ACT(READ), STREAM,
	     STREAM_BLIND | BLIND(TERMINAL), "it takes bytes which that process wrote, through whatever pipe or socket"),
	VERB(STARTS_READING, "starts reading", "start reading", CHANNEL,
	     ACT(READ) | ACT(EOF) | ACT(WAIT), STREAM, STREAM_BLIND,
	     "its first read of a channel, at the moment it began, whatever came of it"),
	VERB(READS_END, "reads the end of", "read the end of", CHANNEL, ACT(EOF), STREAM,
	     STREAM_BLIND, "it reads a channel that is empty and has no writer left"),
	VERB(CLOSES, "closes", "close", CHANNEL, ACT(CLOSE_IN) | ACT(CLOSE_OUT), STREAM,
	     STREAM_BLIND,
	     "it gives up its end of a channel: the reading end when the channel leads to it, "
	     "else the writing end"),
	VERB(CLOSES_WRITING, "closes the writing end of", "close the writing end of", CHANNEL,
	     ACT(CLOSE_IN), STREAM, STREAM_BLIND,
	     "it gives up its last descriptor that can write to a channel"),
	VERB(CLOSES_READING, "closes the reading end of", "close the reading end of", CHANNEL,
	     ACT(CLOSE_OUT), STREAM, STREAM_BLIND,
	     "it gives up its last descriptor that can read from a channel"),
	VERB(WAITS, "waits", "wait", LEAST, ACT(WAIT), WAITING, WAITING_BLIND,
	     "it is blocked until another process does something"),
	VERB(WAITS_FOR, "waits for", "wait for", WHOM, ACT(WAIT), WAITING | KIND(DELIVER), WAKER_BLIND,
	     "it is blocked until that process ends, writes or wakes it"),
	VERB(WAITS_ON, "waits on", "wait on", WORD, ACT(WAIT), KIND(FUTEX) | KIND(WAKE), FUTEX_BLIND,
	     "it is blocked on a word of shared memory: a lock, a semaphore, a barrier"),
	VERB(WAKES, "wakes", "wake", WHOM_OR_WORD, ACT(WAKE), WAITING, WAKER_BLIND,
	     "it makes a blocked process go on"),
	VERB(MEET, "meets", "meet", NONE, 0, WAITING, WAKER_BLIND,
	     "every member of the group knows, by waits and wakes, that every other has arrived"),
	VERB(SLEEPS, "sleeps", "sleep", LEAST, ACT(SLEEP), KIND(SLEEP) | KIND(CALL) | KIND(IO),
	     BLIND(ASYNC),
	     "it pauses for a time it has chosen"),
	VERB(PRINTS, "prints", "print", PATTERN, ACT(PRINT), KIND(TEXT) | KIND(FD), STREAM_BLIND,
	     "it writes a line to standard output"),
	VERB(COMPLAINS, "complains", "complain", PATTERN, ACT(COMPLAIN), KIND(TEXT) | KIND(FD),
	     STREAM_BLIND, "it writes a line to standard error"),
	VERB(FLUSHES, "flushes", "flush", NONE, ACT(PRINT), KIND(TEXT) | KIND(FD), STREAM_BLIND,
	     "lines go out to standard output; one system call counts once, with all its lines"),
	VERB(OPENS, "opens", "open", PATTERN, ACT(OPEN), KIND(OPEN), BLIND(ASYNC),
	     "it opens a file; the pattern is for the name that the kernel has for it"),
	VERB(MAPS, "maps", "map", MEMORY, ACT(MAP), KIND(MAP), 0,
	     "it gets shared memory that it can write to, by a call or from its parent"),

	STATE(SAME_TIME, "runs at the same time", "run at the same time", NONE, KIND(WAIT), 0,
	      "there is a moment at which every member exists"),
	STATE(ONE_AT_A_TIME, "runs one at a time", "run one at a time", NONE, KIND(WAIT), 0,
	      "each member is reaped, or has ended, before the next is forked"),
	STATE(AT_ONCE, NULL, NULL, NONE, KIND(WAIT), 0,
	      "at no moment do more members exist than the number says"),
	STATE(LIVES, "lives at least", "live at least", TIME, 0, 0,
	      "from its fork to its end at least that time passes"),
	STATE(OUTLIVES, "outlives", "outlive", WHOM, 0, 0,
	      "it ends after the other one has ended"),
	STATE(PRINT_IN_TURN, "prints one at a time", "print one at a time", NONE,
	      KIND(TEXT) | KIND(FD), STREAM_BLIND,
	      "no member begins a line while another is in the middle of one"),
	STATE(NOTHING_LEFT, NULL, NULL, NONE, KIND(WAIT), 0,
	      "when the command ends, every other process has ended and nobody has to reap it"),
	{ 0 }
};
/* clang-format on */

_Static_assert(sizeof(mp_verbs) / sizeof(mp_verbs[0]) == MP_VERBS + MP_STATE_NOTHING_LEFT,
	       "a verb or a state has no row");

const struct mp_verb_row *mp_verb_row(enum mp_verb verb)
{
	return &mp_verbs[verb - 1];
}

const struct mp_verb_row *mp_state_row(enum mp_state state)
{
	return &mp_verbs[MP_VERBS - 1 + state - 1];
}
