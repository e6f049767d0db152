/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a descriptor that a call has just opened by name. Gives: MP_OPEN, with the name that the
 * file has in the kernel. Never: the caller's string, which may be relative, lead through links,
 * or have been changed by another thread since.
 */
#ifndef MP_CALL_OPEN_H
#define MP_CALL_OPEN_H

#include "call.h"

#define NAME_LEN   256 /* with its zero byte: no file system has a longer one */
#define PARTS_MOST 48  /* of a path, with its mounts */

struct path_room {
	char text[MP_PATH_LEN];
};

/* Where the way up is: addresses that are only read through helpers. */
struct climb {
	__u64 dentry, mount;
	__u64 root, root_mount; /* the task's own: after chroot(2) the way ends there */
	__u32 used;		/* bytes of the room */
	__u32 whole;		/* the root was reached */
};

static __always_inline struct mount *mount_of(struct vfsmount *vfsmount)
{
	return (void *)vfsmount - bpf_core_field_offset(struct mount, mnt);
}

/* The root of a mounted file system goes on where it is mounted. Not 0: it is mounted nowhere. */
static __always_inline int cross_mount(struct climb *climb)
{
	struct mount *mount = (void *)climb->mount, *above = BPF_CORE_READ(mount, mnt_parent);

	if (above == NULL || above == mount) {
		climb->whole = 1;
		return 1;
	}
	climb->dentry = (__u64)BPF_CORE_READ(mount, mnt_mountpoint);
	climb->mount = (__u64)above;
	return 0;
}

/* One step. Not 0: there is no other. Global, so that the verifier reads it once. */
__noinline int climb_up(struct climb *climb, struct path_room *room)
{
	struct dentry *dentry, *parent;
	struct mount *mount;
	__u32 used;
	long got;

	if (climb == NULL || room == NULL)
		return 1;
	dentry = (void *)climb->dentry;
	mount = (void *)climb->mount;
	used = climb->used;
	if (climb->dentry == climb->root && climb->mount == climb->root_mount) {
		climb->whole = 1;
		return 1;
	}
	parent = BPF_CORE_READ(dentry, d_parent);
	if (parent == NULL || parent == dentry || dentry == BPF_CORE_READ(mount, mnt.mnt_root))
		return cross_mount(climb);
	if (used > MP_PATH_LEN - NAME_LEN)
		return 1;
	barrier_var(used);
	got = bpf_probe_read_kernel_str(room->text + used, NAME_LEN,
					BPF_CORE_READ(dentry, d_name.name));
	if (got <= 0)
		return 1;
	climb->used = used + got;
	climb->dentry = (__u64)parent;
	return 0;
}

/* Returns the bytes written, and whether the root was reached in the highest bit. Global, too. */
#define PATH_WHOLE (1u << 31)
__noinline __u32 path_of(__u32 fd, struct path_room *room)
{
	struct climb climb = {};
	struct fs_struct *fs;
	struct file *file;

	if (room == NULL)
		return 0;
	file = file_of(bpf_get_current_task_btf(), fd);
	if (file == NULL)
		return 0;
	climb.dentry = (__u64)BPF_CORE_READ(file, f_path.dentry);
	climb.mount = (__u64)mount_of(BPF_CORE_READ(file, f_path.mnt));
	fs = BPF_CORE_READ(bpf_get_current_task_btf(), fs);
	climb.root = (__u64)BPF_CORE_READ(fs, root.dentry);
	climb.root_mount = (__u64)mount_of(BPF_CORE_READ(fs, root.mnt));
	for (int i = 0; i < PARTS_MOST; i++)
		if (climb_up(&climb, room) != 0)
			break;
	return climb.used | (climb.whole ? PATH_WHOLE : 0);
}

/*
 * Sockets cannot be opened by name; what is no file at all has no kind. When the descriptor is
 * such, or is none, another thread closed it at once: then only that a file was opened is known.
 */
static __always_inline bool has_name(__u16 mode)
{
	__u16 type = mode & S_IFMT;

	return type != 0 && type != S_IFSOCK;
}

static __always_inline void tell_open(const struct call *call, __u32 fd)
{
	struct mp_open *event;
	__u32 path = 0, length;

	event = event_new(MP_OPEN, sizeof(*event) + sizeof(struct path_room), sizeof(*event));
	if (event == NULL)
		return;
	event_by_call(&event->e, call);
	event->nr = call->nr;
	event->fd = fd;
	object_of(fd, &event->object);
	if (has_name(event->object.mode))
		path = path_of(fd, (struct path_room *)event->path);
	length = path & ~PATH_WHOLE;
	if (length == 0 || length > MP_PATH_LEN)
		event->e.flags |= MP_F_SHORT;
	else
		event->length = length;
	if (!(path & PATH_WHOLE))
		event->e.flags |= MP_F_CUT;
	event->e.size = sizeof(*event) + ((event->length + 7) & ~7u);
	event_send(event);
}

#endif
