/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: the daemon of a twin, and the process beside it. Gives: that main stops the daemon and
 * waits for both; and the ways in which that can go wrong. Never: knows which demo it is about, or
 * what the two print.
 */
#ifndef STOPPED_H
#define STOPPED_H

#include "twin.h"

/* Rows for the table of the twin that calls these. The claims: that main stops the daemon, that the
 * other process is waited for, that neither outlives main; and which a daemon breaks that does. */
/* clang-format off */
#define STOPPED_FAULTS(stops, waits, neither, outlives) \
	{"sigkill", "", "the signal is SIGKILL"}, \
	{"deaf", "", "the daemon ignores SIGTERM, so SIGKILL follows"}, \
	{"says-exiting", stops, "the daemon says that it is exiting, and is stopped then"}, \
	{"leaves", stops, "the daemon exits by itself, in silence"}, \
	{"finishes", stops, "the daemon says that it is exiting, and exits"}, \
	{"catches", stops, "the daemon catches the signal and exits"}, \
	{"suicide", stops, "the daemon sends itself the signal, and main sends one to the dead"}, \
	{"other-signal", stops, "main sends a signal that does nothing; the daemon kills itself"}, \
	{"sibling", stops, "the other process sends the signal, and then main does"}, \
	{"third", stops, "a third process sends the signal"}, \
	{"early", stops, "the daemon is stopped before the other process is started"}, \
	{"works-on", stops, "main works on after it has stopped the daemon"}, \
	{"starts-more", stops, "main starts a process after it has stopped the daemon"}, \
	{"other-stopped", waits, "the other process is stopped by main before its last number"}, \
	{"other-dies", waits, "the other process is killed when all is printed"}, \
	{"unwaited", waits " " neither, "main does not wait for the other process"}, \
	{"unreaped", waits " " neither, "main waits for it, without reaping"}, \
	{"daemon-unreaped", neither, "the daemon is left as a zombie"}, \
	{"left-behind", neither, "a third process is left running"}, \
	{"outlives", outlives, "the daemon dies of the signal when main has gone"}, \
	{"nothing", stops " " waits " " neither, "main leaves at once"}
/* clang-format on */

/* In main, before anybody is started; in each process, first of all. */
void stopped_begin(void);
void stopped_enter(void);

/* In the daemon, before it tells that it is at work: what it does about the signal. */
void stopped_prepare(void);
/* In the daemon, when it has told so: how it ends. */
int stopped_end(void);
/* In any process: until a signal comes. */
_Noreturn void stopped_stay(void);
/* In the other process, when it has printed everything. */
void stopped_leave(void);

/* In main: stops the daemon; starts a third process, where there is one; waits for both. */
void stopped_stop(pid_t daemon);
void stopped_start_third(pid_t daemon);
void stopped_wait(pid_t daemon, pid_t other);

#endif
