/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: the ids this process runs with, and what sudo says. Gives: the user for whom all is
 * done, and the way to become that user for good. Never: trusts SUDO_UID of anybody but root.
 */
#ifndef MP_PRIVILEGE_H
#define MP_PRIVILEGE_H

#include <stddef.h>
#include <sys/types.h>

struct mp_identity {
	uid_t uid;
	gid_t gid;
	char name[64];
	char home[512];
	char shell[256];
};

#define MP_PRIVILEGE_ERROR 256

/*
 * Who the command runs as: `user` when it is not NULL (root only); for root called through sudo
 * the user in SUDO_UID, who must be in passwd; else the real user id. 0, or a negative errno with
 * one line in error[MP_PRIVILEGE_ERROR].
 */
int mp_identity_find(const char *user, struct mp_identity *identity, char *error);

/*
 * Becomes `identity`: groups, group ids, user ids, no capability; proves that there is no way
 * back. 0, or a negative errno: then the process must end.
 */
int mp_privilege_drop(const struct mp_identity *identity);

/* The command's environment: HOME, USER, LOGNAME and SHELL of `identity`, nothing of sudo's.
 * 0 or -ENOMEM. */
int mp_identity_environment(const struct mp_identity *identity);

#endif
