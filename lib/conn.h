/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes: internal.h. Gives: what the files of the conn share: the end of a pipe, what it holds,
 * and the two ways to carry contents, as messages or as bytes.
 * Never: is installed, or names a symbol that leaves the library.
 */
#ifndef MP_CONN_H
#define MP_CONN_H

#include "internal.h"

enum { MP_CAN_RECV = 1, MP_CAN_SEND = 2, MP_CAN_BOTH = 3 };

/* Messages: a socket of sequenced packets. Bytes: a stream socket, or a pipe that was wrapped. */
enum mp_carrier { MP_PACKETS, MP_STREAM, MP_PIPE };

enum mp_held_kind { MP_NOTHING, MP_SPILLED, MP_FILE, MP_DESCRIPTOR };

/* A message that has been received, but not by the caller. */
struct mp_held {
	enum mp_held_kind kind;
	size_t length;
	int fd;	     /* of the file with the contents, or the one that was sent */
	pid_t owner; /* a copy of it in a forked child is not a message to the child */
};

struct mp_conn {
	int fd;
	unsigned modes;
	enum mp_carrier carrier;
	struct mp_held held;
	unsigned char spill[];
};

/* conn.c: without a descriptor yet; NULL: no memory. */
struct mp_conn *mp_conn_new(enum mp_carrier carrier, unsigned modes);
/*
 * Whether a call that failed with errno is to be made again at once; and, when it said EAGAIN,
 * waiting until then: 0, MP_TIMEOUT, negative errno.
 */
bool mp_conn_asks_again(void);
int mp_conn_wait_turn(int fd, short events, const struct mp_deadline *deadline);

/*
 * conn_parcel.c: packets that carry a descriptor.
 * send   0, MP_TIMEOUT, negative errno. `message` has `length` bytes that fd has too.
 * file   a sealed file with the message, or negative errno.
 * open   looks for a parcel in a packet of `length` bytes that was received: 1 (*held was set),
 *        0 (there is none), -EMFILE, -EBADMSG (what came with it was closed).
 * read   all of the contents of a file. 0, negative errno.
 */
union mp_parcel_space {
	struct cmsghdr *align;
	unsigned char bytes[256];
};

struct msghdr;
int mp_parcel_file(const void *message, size_t length);
int mp_parcel_send(int conn_fd, enum mp_held_kind kind, int fd, const void *message, size_t length,
		   const struct mp_deadline *deadline);
int mp_parcel_open(const struct msghdr *packet, size_t length, struct mp_held *held);
int mp_parcel_read(int fd, void *buffer, size_t length);

/*
 * conn_packet.c
 * deliver  one packet. 0, MP_TIMEOUT, negative errno (-ETOOMANYREFS has been waited for).
 * holds    whether a message waits for this process.
 * meet     waits until one does.
 * copy     the contents of the one that is held: 0, -EMSGSIZE, -EBADMSG (not contents).
 * drop     forgets it.
 * keep     holds again what `buffer` has.
 */
int mp_packets_deliver(int fd, const struct msghdr *packet, const struct mp_deadline *deadline);
int mp_packets_send(struct mp_conn *conn, const void *message, size_t size,
		    const struct mp_deadline *deadline);
int mp_packets_recv(struct mp_conn *conn, void *buffer, size_t size, size_t *length,
		    const struct mp_deadline *deadline);
bool mp_held_is_there(struct mp_conn *conn);
int mp_held_meet(struct mp_conn *conn);
int mp_held_copy(struct mp_conn *conn, void *buffer, size_t size, size_t *length);
void mp_held_drop(struct mp_conn *conn);
void mp_held_keep(struct mp_conn *conn, const void *buffer, size_t length);

/* conn_bytes.c: *sent and *length tell how many, whatever the result. */
int mp_bytes_send(struct mp_conn *conn, const void *bytes, size_t size, size_t *sent,
		  const struct mp_deadline *deadline);
int mp_bytes_recv(struct mp_conn *conn, void *buffer, size_t size, size_t *length,
		  const struct mp_deadline *deadline);

#endif
