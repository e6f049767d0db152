/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MR_STREAM_H
#define MR_STREAM_H

#include "build.h"

/* How an object came to be known. */
enum mr_origin {
	MR_SEEN,  /* somebody uses it */
	MR_NAMED, /* opened by its name */
	MR_HELD,  /* the command had it from the start */
	MR_NEW,	  /* it was made just now: what had its number before is gone */
};

/* The pipe or socket of an object; NULL when it is neither, or not known. */
struct mr_node *mr_node_of(struct mr_build *build, const struct mp_object *object,
			   enum mr_origin origin);
/* The two of a new pipe or socketpair: whatever had these numbers before is gone. */
void mr_node_pair(struct mr_build *build, const struct mp_object *one,
		  const struct mp_object *other, struct mr_node *nodes[2]);
/* The stream that is read there (MP_READS) or written (MP_WRITES); NULL: it leads nowhere. */
struct mr_stream *mr_node_stream(struct mr_build *build, struct mr_node *node, unsigned direction);

/* What `process` did with `stream`; NULL when there is no room for more. */
struct mr_end *mr_end_of(struct mr_build *build, struct mr_process *process,
			 struct mr_stream *stream);
/* The same, without making one. */
struct mr_end *mr_end_find(const struct mr_build *build, const struct mp_process *process,
			   const struct mp_stream *stream);
/* It has, or had, a descriptor for it. */
void mr_end_held(struct mr_end *end, unsigned access);

void mr_streams_finish(struct mr_build *build);

#endif
