/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "privilege.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

static void copy_text(char *to, size_t room, const char *from)
{
	snprintf(to, room, "%s", from != NULL ? from : "");
}

static void take_passwd(struct mp_identity *identity, const struct passwd *entry)
{
	identity->uid = entry->pw_uid;
	identity->gid = entry->pw_gid;
	copy_text(identity->name, sizeof(identity->name), entry->pw_name);
	copy_text(identity->home, sizeof(identity->home), entry->pw_dir);
	copy_text(identity->shell, sizeof(identity->shell), entry->pw_shell);
}

/* Digits only, nothing before or after them, and not the id that means "leave it as it is". */
static bool parse_uid(const char *text, uid_t *uid)
{
	uint64_t value = 0;

	if (*text == '\0' || strlen(text) > 10)
		return false;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9')
			return false;
		value = value * 10 + (uint64_t)(*text - '0');
	}
	if (value >= UINT32_MAX)
		return false;
	*uid = (uid_t)value;
	return true;
}

static int find_named(const char *user, struct mp_identity *identity, char *error)
{
	const struct passwd *entry;

	if (geteuid() != 0) {
		snprintf(error, MP_PRIVILEGE_ERROR, "only root can run a command as another user");
		return -EPERM;
	}
	errno = 0;
	entry = getpwnam(user);
	if (entry == NULL) {
		snprintf(error, MP_PRIVILEGE_ERROR, "there is no user \"%.64s\"", user);
		return errno != 0 ? -errno : -ENOENT;
	}
	take_passwd(identity, entry);
	return 0;
}

static int find_sudo(const char *text, struct mp_identity *identity, char *error)
{
	const struct passwd *entry;
	uid_t uid;

	if (!parse_uid(text, &uid)) {
		snprintf(error, MP_PRIVILEGE_ERROR,
			 "SUDO_UID is not a user id; unset it, or name the user with --user");
		return -EINVAL;
	}
	entry = getpwuid(uid);
	if (entry == NULL) {
		snprintf(error, MP_PRIVILEGE_ERROR,
			 "SUDO_UID %lu is nobody in passwd; unset it, or name the user with --user",
			 (unsigned long)uid);
		return -ENOENT;
	}
	take_passwd(identity, entry);
	return 0;
}

/* A user need not be in passwd to run a command as itself. */
static void find_real(struct mp_identity *identity)
{
	const struct passwd *entry = getpwuid(getuid());

	if (entry != NULL)
		take_passwd(identity, entry);
	identity->uid = getuid();
	identity->gid = getgid();
}

int mp_identity_find(const char *user, struct mp_identity *identity, char *error)
{
	const char *sudo = getenv("SUDO_UID");

	*identity = (struct mp_identity){0};
	error[0] = '\0';
	if (user != NULL)
		return find_named(user, identity, error);
	if (getuid() == 0 && geteuid() == 0 && sudo != NULL)
		return find_sudo(sudo, identity, error);
	find_real(identity);
	return 0;
}

static int drop_capabilities(void)
{
	struct __user_cap_header_struct head = {.version = _LINUX_CAPABILITY_VERSION_3};
	struct __user_cap_data_struct none[2] = {0};

	return syscall(SYS_capset, &head, none) < 0 ? -errno : 0;
}

static bool is_way_back(uid_t uid, gid_t gid)
{
	uid_t ids[3];
	gid_t groups[3];

	if (getresuid(&ids[0], &ids[1], &ids[2]) < 0 ||
	    getresgid(&groups[0], &groups[1], &groups[2]) < 0)
		return true;
	for (int i = 0; i < 3; i++) {
		if (ids[i] != uid || groups[i] != gid)
			return true;
	}
	/* Group 0 is nothing to come back to for somebody who is in it. */
	return setresuid(0, 0, 0) == 0 || (gid != 0 && setresgid(0, 0, 0) == 0);
}

int mp_privilege_drop(const struct mp_identity *identity)
{
	int error;

	if (identity->uid == 0)
		return getuid() == 0 ? 0 : -EPERM;
	if (geteuid() == 0) {
		if (initgroups(identity->name, identity->gid) < 0)
			return -errno;
		if (setresgid(identity->gid, identity->gid, identity->gid) < 0 ||
		    setresuid(identity->uid, identity->uid, identity->uid) < 0)
			return -errno;
	}
	error = drop_capabilities();
	if (error < 0)
		return error;
	if (is_way_back(identity->uid, identity->gid))
		return -EPERM;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

static int set_or_unset(const char *name, const char *value)
{
	if (value[0] == '\0')
		return unsetenv(name) < 0 ? -errno : 0;
	return setenv(name, value, 1) < 0 ? -errno : 0;
}

int mp_identity_environment(const struct mp_identity *identity)
{
	static const char *const sudo[] = {"SUDO_UID", "SUDO_GID", "SUDO_USER", "SUDO_COMMAND",
					   "SUDO_HOME"};
	bool through_sudo = getenv("SUDO_UID") != NULL;
	int error = 0;

	for (size_t i = 0; i < sizeof(sudo) / sizeof(sudo[0]); i++) {
		if (unsetenv(sudo[i]) < 0)
			return -errno;
	}
	/* Somebody who runs it as himself keeps the environment that he made. */
	if (identity->uid == geteuid() && !through_sudo)
		return 0;
	error = set_or_unset("HOME", identity->home);
	if (error == 0)
		error = set_or_unset("USER", identity->name);
	if (error == 0)
		error = set_or_unset("LOGNAME", identity->name);
	if (error == 0)
		error = set_or_unset("SHELL", identity->shell);
	return error;
}
