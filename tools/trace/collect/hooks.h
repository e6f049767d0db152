/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a kernel. Gives: the hooks loaded and attached, the ring that they fill, and what they
 * could not put into it. Never: looks at what an event says.
 */
#ifndef MP_HOOKS_H
#define MP_HOOKS_H

#include <stddef.h>

#include "record.h"

struct mp_hooks;

#define MP_HOOKS_ERROR 256

/* Root only. 0, or a negative errno with one line in error[MP_HOOKS_ERROR]. */
int mp_hooks_load(size_t buffer_bytes, struct mp_hooks **out, char *error);

/* Makes the process behind `pidfd` the root of the traced tree, and attaches. Root only. */
int mp_hooks_attach(struct mp_hooks *hooks, int pidfd, char *error);

/* Takes one event. A negative result ends the draining. */
typedef int (*mp_hooks_sink)(void *to, const void *event, size_t size);

/* Needs no privilege from here on. */
void mp_hooks_set_sink(struct mp_hooks *hooks, mp_hooks_sink sink, void *to);
int mp_hooks_pollfd(const struct mp_hooks *hooks); /* readable when much has come together */
int mp_hooks_drain(struct mp_hooks *hooks);	   /* 0 or what the sink said */
void mp_hooks_close_run(struct mp_hooks *hooks);   /* from now on only ends are recorded */
/* Exact once the tree has ended and the ring is drained. 0, or a negative errno when the kernel
 * does not tell. */
int mp_hooks_losses(const struct mp_hooks *hooks, struct mp_losses *losses);
void mp_hooks_free(struct mp_hooks *hooks); /* NULL is fine */

#endif
