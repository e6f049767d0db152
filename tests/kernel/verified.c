// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * What the kernel's verifier did for each of our hooks, as long as they are loaded:
 * mp-trace -n verified. Prints "NAME INSTRUCTIONS", in the order in which they were loaded.
 */
#include <bpf/bpf.h>
#include <stdio.h>
#include <unistd.h>

int main(void)
{
	__u32 id = 0;
	int count = 0;

	while (bpf_prog_get_next_id(id, &id) == 0) {
		struct bpf_prog_info info = {0};
		__u32 length = sizeof(info);
		int fd = bpf_prog_get_fd_by_id(id);

		if (fd >= 0 && bpf_obj_get_info_by_fd(fd, &info, &length) == 0 &&
		    (info.type == BPF_PROG_TYPE_TRACING || info.type == BPF_PROG_TYPE_TRACEPOINT))
			count += printf("%s %u\n", info.name, info.verified_insns) > 0;
		if (fd >= 0)
			close(fd);
	}
	return count ? 0 : 1;
}
