/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: the sizes of what a record may hold. Gives: the bounds that record.c and file.c share,
 * so that whatever was recorded can be saved and whatever was saved can be loaded. Never: seen
 * outside of this room.
 */
#ifndef MP_RECORD_STORE_H
#define MP_RECORD_STORE_H

#include "record.h"

#define MP_RECORD_BYTES	 (UINT64_C(1) << 30) /* of events, in memory and in a file */
#define MP_EVENT_LARGEST (sizeof(struct mp_text) + MP_TEXT_LARGE)
#define MP_ARGV_BYTES	 (8u * 1024 * 1024) /* the kernel's own limit is 6 MiB */
#define MP_ARGV_WORDS	 (1024u * 1024)
#define MP_PATH_BYTES	 4096u
#define MP_KERNEL_BYTES	 256u

/* Bytes that the events take, each with its padding. */
uint64_t mp_record_bytes(const struct mp_record *record);

#endif
