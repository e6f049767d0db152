// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A parcel is one packet with a label and one descriptor: that of a file in memory which has the
 * message, or one that the program sends. As one packet it comes whole or not at all, whoever dies
 * meanwhile; and of one that nobody receives the kernel frees the file with the socket.
 *
 * The file is sealed before it is sent: what the receiver has checked stays so. It reads it, and
 * never maps it.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include "conn.h"

/* Sender and receiver are on one machine. */
struct label {
	uint32_t mark;
	uint32_t kind;
	uint64_t length;
};

static const uint32_t the_mark = 0x6d70cafe;

/* --- the file --- */

int mp_parcel_file(const void *message, size_t length)
{
	int fd = mp_memfd_new(length);

	return fd < 0 ? fd : mp_memfd_seal(fd, mp_memfd_write(fd, message, length));
}

int mp_parcel_read(int fd, void *buffer, size_t length)
{
	unsigned char *to = buffer;
	ssize_t got;

	for (size_t done = 0; done < length; done += (size_t)got) {
		got = pread(fd, to + done, length - done, (off_t)done);
		if (got == 0)
			return -EIO;
		if (got < 0 && errno == EINTR)
			got = 0;
		if (got < 0)
			return -errno;
	}
	return 0;
}

static bool is_sealed_file(int fd, uint64_t length)
{
	struct stat stat;

	return mp_memfd_is_sealed(fd) && fstat(fd, &stat) == 0 && length <= MP_CONN_MAX &&
	       (uint64_t)stat.st_size == length;
}

/* --- sending --- */

/*
 * A part of the message goes beside the label, though nobody reads it there, so that a socket is
 * full with a few long messages, and not with hundreds whose files take up all memory.
 */
static size_t ballast(size_t length)
{
	const size_t most = MP_CONN_PACKET * 3 / 4;

	return length / 16 < most ? length / 16 : most;
}

int mp_parcel_send(int conn_fd, enum mp_held_kind kind, int fd, const void *message, size_t length,
		   const struct mp_deadline *deadline)
{
	struct label label = {.mark = the_mark, .kind = kind, .length = length};
	struct iovec parts[] = {
		{.iov_base = &label, .iov_len = sizeof(label)},
		{.iov_base = (void *)message, .iov_len = ballast(length)},
	};
	union {
		struct cmsghdr header;
		unsigned char bytes[CMSG_SPACE(sizeof(fd))];
	} rights;
	struct msghdr packet = {
		.msg_iov = parts,
		.msg_iovlen = 2,
		.msg_control = &rights,
		.msg_controllen = sizeof(rights),
	};
	int rc;

	/* Of a union an initializer clears no more than its first member. */
	memset(&rights, 0, sizeof(rights));
	rights.header.cmsg_len = CMSG_LEN(sizeof(fd));
	rights.header.cmsg_level = SOL_SOCKET;
	rights.header.cmsg_type = SCM_RIGHTS;
	memcpy(CMSG_DATA(&rights.header), &fd, sizeof(fd));
	rc = mp_packets_deliver(conn_fd, &packet, deadline);
	if (rc != -EMSGSIZE)
		return rc;
	packet.msg_iovlen = 1;
	return mp_packets_deliver(conn_fd, &packet, deadline);
}

/* --- opening --- */

/* How many descriptors came. *fd is the first of them; the others are closed. */
static unsigned take_fds(const struct msghdr *packet, int *fd)
{
	unsigned count = 0;
	size_t bytes;
	int next;

	for (struct cmsghdr *part = CMSG_FIRSTHDR(packet); part;
	     part = CMSG_NXTHDR((struct msghdr *)packet, part)) {
		if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS)
			continue;
		bytes = part->cmsg_len - CMSG_LEN(0);
		for (size_t at = 0; at + sizeof(next) <= bytes; at += sizeof(next)) {
			memcpy(&next, CMSG_DATA(part) + at, sizeof(next));
			if (count++ == 0)
				*fd = next;
			else
				close(next);
		}
	}
	return count;
}

static bool read_label(const struct msghdr *packet, size_t length, struct label *label)
{
	unsigned char *to = (unsigned char *)label;
	size_t left = sizeof(*label), part;

	if (length < sizeof(*label) || (packet->msg_flags & MSG_TRUNC))
		return false;
	for (size_t i = 0; i < packet->msg_iovlen && left; i++) {
		part = packet->msg_iov[i].iov_len < left ? packet->msg_iov[i].iov_len : left;
		if (part)
			memcpy(to, packet->msg_iov[i].iov_base, part);
		to += part;
		left -= part;
	}
	return label->mark == the_mark;
}

static bool is_whole(const struct label *label, int fd)
{
	if (label->kind == MP_FILE)
		return is_sealed_file(fd, label->length);
	return label->kind == MP_DESCRIPTOR && label->length == 0;
}

int mp_parcel_open(const struct msghdr *packet, size_t length, struct mp_held *held)
{
	bool cut = packet->msg_flags & MSG_CTRUNC, labelled;
	struct label label = {0};
	unsigned count;
	int fd = -1;

	/* The usual message comes alone. */
	if (packet->msg_controllen == 0 && !cut)
		return 0;
	count = take_fds(packet, &fd);
	if (count == 0 && !cut)
		return 0;
	labelled = read_label(packet, length, &label);
	/* Of an empty message nothing is missing without its file. */
	if (count == 0 && !(labelled && label.kind == MP_FILE && label.length == 0))
		return -EMFILE;
	if (count > 1 || !labelled || (count == 1 && (cut || !is_whole(&label, fd)))) {
		if (fd >= 0)
			close(fd);
		return -EBADMSG;
	}
	if (count == 1)
		fd = mp_fd_above_stdio(fd);
	if (count == 1 && fd < 0)
		return fd;
	*held = (struct mp_held){.kind = count ? (enum mp_held_kind)label.kind : MP_SPILLED,
				 .length = (size_t)label.length,
				 .fd = fd,
				 .owner = getpid()};
	return 1;
}
