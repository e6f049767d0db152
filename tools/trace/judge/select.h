/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the files share that find out who is meant by a name. */
#ifndef MP_JUDGE_SELECT_H
#define MP_JUDGE_SELECT_H

#include "inside.h"

struct selecting {
	struct mp_judging *judging;
	const struct mp_scope *scope;
	struct mp_selection *mine;
	size_t room;   /* for members, over all names */
	FILE *problem; /* open while the texts are written */
	size_t lines;  /* that were looked at */
	const struct mp_act *last_line;
};

/* The processes of a name above this one; NULL: there are none, and why is noted. */
const struct mp_selection *mp_select_above(struct selecting *s, const struct mp_decl *decl);
int mp_select_add(struct selecting *s, struct mp_process *process);
int mp_select_value(struct selecting *s, const struct mp_expr *expr, int64_t *out);

/* family.c */
int mp_choose_numbered(struct selecting *s);
int mp_choose_family(struct selecting *s);
bool mp_selects_one(const struct mp_decl *decl); /* by what it is, and not by its number */
bool mp_selects_deep(const struct mp_decl *decl);

#endif
