/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: the name of a file. Gives: a descriptor to write it, and the file in its place when all
 * is written. Never: follows a link, changes an owner, leaves half a file under that name.
 */
#ifndef MP_OUTPUT_H
#define MP_OUTPUT_H

#include <sys/types.h>

struct mp_output {
	int fd; /* -1: not open */
	int directory;
	char *name;	  /* in the directory, as it will be */
	char *temporary;  /* as it is until then */
	const char *path; /* as it was given, for messages */
};

#define MP_OUTPUT_NONE                                                                             \
	{                                                                                          \
		.fd = -1, .directory = -1                                                          \
	}

/* 0, or MP_CANNOT and one line was said. To be called with the rights of who asked. */
int mp_output_open(const char *path, struct mp_output *output);
/* Puts the file in its place. 0, or MP_CANNOT and one line was said. */
int mp_output_commit(struct mp_output *output);
/* Closes all; a file that was not committed is removed. */
void mp_output_close(struct mp_output *output);

#endif
