/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a namespace that the test has made. Gives: whether a name has a value, and what it takes.
 * Never: prints a test point.
 */
#ifndef NAMED_H
#define NAMED_H

#include <mproc.h>

extern struct mp_namespace *ns;

void make(size_t bytes);
/* What the header says that a value of so many bytes takes. */
size_t room(const char *name, size_t size);
bool has_int64(const char *name, int64_t expected);
bool has_string(const char *name, const char *expected);
bool has_bytes(const char *name, const void *expected, size_t size);
bool is_there(const char *name);

#endif
