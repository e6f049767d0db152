/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Who is known to have arrived: sets of members that never change once they are made, so that a
 * process, its neighbours and the bytes in a pipe can share one.
 */
#ifndef MP_JUDGE_KNOWLEDGE_H
#define MP_JUDGE_KNOWLEDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All sets that live at the same time, in bytes. */
#define MP_KNOWLEDGE_BYTES (64 * 1024 * 1024)

struct mp_known {
	size_t refs, count;
	uint64_t bits[];
};

struct mp_knowledge {
	size_t members, words; /* of 64 bits, in a set */
	size_t bytes;	       /* of the sets that live */
	uint64_t *draft;       /* the set that is being made */
};

/* 0 or -ENOMEM. */
int mp_knowledge_init(struct mp_knowledge *all, size_t members);
void mp_knowledge_free(struct mp_knowledge *all);

/* The draft: empty it, put members and other sets into it, make it a set (one reference). */
void mp_draft_clear(struct mp_knowledge *all);
void mp_draft_add(struct mp_knowledge *all, size_t member);
void mp_draft_join(struct mp_knowledge *all, const struct mp_known *set); /* NULL: empty */
/* 0; -ENOMEM; MP_TOO_MUCH_WORK when the sets would take too much memory. */
int mp_draft_make(struct mp_knowledge *all, struct mp_known **out);

bool mp_known_has(const struct mp_known *set, size_t member); /* NULL: empty */
struct mp_known *mp_known_ref(struct mp_known *set);	      /* NULL is fine */
void mp_known_drop(struct mp_knowledge *all, struct mp_known *set);

#endif
