/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: the name of a tracepoint. Gives: a perf event of it, of all processes, to which a program
 * can be attached. Never: leaves a file system mounted.
 */
#ifndef MP_TRACEPOINT_H
#define MP_TRACEPOINT_H

/* A descriptor, which the caller closes; or negative errno. `name`: "raw_syscalls/sys_exit". Needs
 * root. */
int mp_tracepoint_open(const char *name);

#endif
