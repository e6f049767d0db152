/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a syntax tree. Gives: it as a text of one line for each declaration, claim and clause,
 * for tests to compare. Never: shows what a node of its kind does not have.
 */
#ifndef PARSE_DUMP_H
#define PARSE_DUMP_H

#include "contract.h"

char *parse_dump(const struct mp_contract *contract); /* malloc'd */
/* All diagnostics, one after the other; malloc'd. */
char *parse_complaints(const struct mp_contract *contract);
struct mp_contract *parse_text(const char *text); /* NULL is no memory */

#endif
