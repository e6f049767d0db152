/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: an address of the current task. Gives: which file is mapped there, and how. Never: an
 * event.
 */
#ifndef MP_MAPPING_H
#define MP_MAPPING_H

#include "call.h"

struct mapping {
	struct mp_object object; /* all zero: private memory without a file */
	__u64 start, end, pages; /* pages: where in the file it starts */
	__u64 dentry;		 /* to be read through helpers only */
	__u32 generation;
	__u32 flags; /* the kernel's: it takes VM_SHARED away from what nobody may ever write to */
};

static long on_mapping(struct task_struct *task, struct vm_area_struct *vma, void *data)
{
	struct mapping *mapping = data;
	struct file *file = vma->vm_file;
	struct inode *inode;

	mapping->start = vma->vm_start;
	mapping->end = vma->vm_end;
	mapping->pages = vma->vm_pgoff;
	mapping->flags = vma->vm_flags;
	if (file == NULL)
		return 0;
	inode = BPF_CORE_READ(file, f_inode);
	mapping->object.ino = BPF_CORE_READ(inode, i_ino);
	mapping->object.dev = BPF_CORE_READ(inode, i_sb, s_dev);
	mapping->object.mode = BPF_CORE_READ(inode, i_mode);
	mapping->object.access = MP_READS | MP_WRITES;
	mapping->generation = BPF_CORE_READ(inode, i_generation);
	mapping->dentry = (__u64)BPF_CORE_READ(file, f_path.dentry);
	return 0;
}

/*
 * Not 0: the mapping could not be looked at now. `mapping` must be on the stack, all zero, and
 * nothing may be reserved in the ring: the callback does not work otherwise on 6.1.
 */
static __always_inline int find_mapping(__u64 address, struct mapping *mapping)
{
	struct task_struct *task = bpf_get_current_task_btf();
	long error = bpf_find_vma(task, address, on_mapping, mapping, 0);

	/* Another thread was just changing the mappings of its process. */
	if (error == -EBUSY)
		error = bpf_find_vma(task, address, on_mapping, mapping, 0);
	return error != 0;
}

/* Where in the file an address of the mapping is. */
static __always_inline __u64 offset_in(const struct mapping *mapping, __u64 address)
{
	return mapping->pages * control.page + (address - mapping->start);
}

#endif
