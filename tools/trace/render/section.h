/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a page and the report that it is of. Gives: one section of the text report each, or
 * nothing when there is nothing to say. Never: knows of another section.
 */
#ifndef MP_SECTION_H
#define MP_SECTION_H

#include "page.h"
#include "words.h"

/* More rows than this are only counted, unless the reader asked for all. */
#define MP_ROWS 50

int mp_section_processes(struct mp_page *page); /* 0 or -ENOMEM */
void mp_section_channels(struct mp_page *page);
void mp_section_acts(struct mp_page *page);
void mp_section_waiting(struct mp_page *page);
void mp_section_claims(struct mp_page *page);
void mp_section_findings(struct mp_page *page);
void mp_section_missing(struct mp_page *page);

/* "… and 12 more (-v shows all)" */
void mp_section_more(struct mp_page *page, size_t hidden);

#endif
