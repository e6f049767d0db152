/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a syntax tree. Gives: it as a text of one line for each declaration, claim and clause,
 * for tests to compare. Never: shows what a node of its kind does not have.
 */
#ifndef PARSE_DUMP_H
#define PARSE_DUMP_H

#include "contract.h"
#include "mistake.h"

char *parse_dump(const struct mp_contract *contract); /* malloc'd */
/* All diagnostics, one after the other; malloc'd. */
char *parse_complaints(const struct mp_contract *contract);
struct mp_contract *parse_text(const char *text); /* NULL is no memory */

char *parse_page(const char *path); /* its text; malloc'd. It ends the test when it cannot */
/* Which sentence the message says; MP_MISTAKE_COUNT: none. */
enum mp_mistake parse_mistake(const char *message);

#endif
