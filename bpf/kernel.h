/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: nothing. Gives: the few structs and fields of the kernel that the hooks touch; the
 * loader moves every access to where the running kernel has the field (CO-RE). Never: a whole
 * vmlinux.h, nor a constant that differs between kernels.
 */
#ifndef MP_KERNEL_H
#define MP_KERNEL_H

#define __VMLINUX_H__ /* bpf_tracing.h: the kernel's own names of the registers */
#include "event.h"

typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
typedef _Bool bool;
#include <linux/bpf.h>
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "machine.h"

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

struct super_block {
	__u32 s_dev;
};

struct inode {
	__u16 i_mode;
	struct super_block *i_sb;
	unsigned long i_ino;
	__u32 i_generation;
	void *i_private;
};

struct qstr {
	const unsigned char *name;
};

struct dentry {
	struct dentry *d_parent;
	struct qstr d_name;
};

struct vfsmount {
	struct dentry *mnt_root;
};

struct mount {
	struct mount *mnt_parent;
	struct dentry *mnt_mountpoint;
	struct vfsmount mnt;
};

struct path {
	struct vfsmount *mnt;
	struct dentry *dentry;
};

struct fs_struct {
	struct path root;
};

struct file {
	__u32 f_mode;
	struct path f_path;
	struct inode *f_inode;
	void *private_data;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
	unsigned long *close_on_exec;
};

struct files_struct {
	struct fdtable *fdt;
};

struct sock_common {
	unsigned short skc_family;
};

struct socket;

struct sock {
	struct sock_common __sk_common;
	struct socket *sk_socket;
	__u16 sk_type;
};

struct socket {
	struct sock *sk;
};

struct socket_alloc {
	struct socket socket;
	struct inode vfs_inode;
};

struct unix_sock {
	struct sock *peer;
};

struct upid {
	int nr;
	void *ns;
};

struct pid {
	unsigned int level;
	struct upid numbers[1];
};

struct signal_struct {
	struct {
		int counter;
	} live;
	int group_exit_code;
	unsigned int flags;
};

struct sigaction {
	void *sa_handler;
	unsigned long sa_flags;
};

struct k_sigaction {
	struct sigaction sa;
};

struct sighand_struct {
	struct k_sigaction action[64];
};

struct kernel_siginfo {
	int si_code;
};

struct mm_struct {
	unsigned long arg_start, arg_end;
};

struct vm_area_struct {
	unsigned long vm_start, vm_end;
	unsigned long vm_flags;
	unsigned long vm_pgoff;
	struct file *vm_file;
};

struct task_struct {
	struct thread_info thread_info;
	struct mm_struct *mm;
	int exit_code;
	int pid;
	int tgid;
	struct task_struct *real_parent;
	struct task_struct *group_leader;
	struct pid *thread_pid;
	__u64 start_time;
	char comm[MP_COMM_LEN];
	struct files_struct *files;
	struct signal_struct *signal;
	struct sighand_struct *sighand;
	struct fs_struct *fs;
};

#pragma clang attribute pop

#include <bpf/bpf_tracing.h>

/* Values that user space's headers give, without pulling these headers in. */
#define S_IFMT		      0170000
#define S_IFIFO		      0010000
#define S_IFSOCK	      0140000
#define S_IFREG		      0100000
#define S_IFDIR		      0040000
#define S_IFBLK		      0060000
#define AF_UNIX		      1
#define SOCK_DGRAM	      2
#define VM_WRITE	      0x2UL
#define VM_SHARED	      0x8UL
#define SIGCHLD		      17
#define SA_NOCLDWAIT	      2UL
#define SIGNAL_GROUP_EXIT     4
#define EAGAIN		      11
#define EINTR		      4
#define EBADF		      9
#define EBUSY		      16
#define ERESTARTSYS	      512
#define ERESTART_RESTARTBLOCK 516

#endif
