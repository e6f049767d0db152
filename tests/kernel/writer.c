// SPDX-License-Identifier: GPL-2.0-or-later
/* A program that writes "bad" and an end of line to its standard output, in each of many ways. */
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

static char text[] = "bad\n";
#define LENGTH 4

static ssize_t by_write(void)
{
	return write(1, text, LENGTH);
}

static ssize_t by_vector(void)
{
	const struct iovec parts[] = {{text, 2}, {text + 2, 2}};

	return writev(1, parts, 2);
}

/* A file that holds the text, at its beginning. */
static int filled_file(void)
{
	int file = memfd_create("text", 0);

	return write(file, text, LENGTH) == LENGTH && lseek(file, 0, SEEK_SET) == 0 ? file : -1;
}

static ssize_t by_sendfile(void)
{
	return sendfile(1, filled_file(), NULL, LENGTH);
}

/* Both ways take standard output for a file. */
static bool output_to_file(void)
{
	return dup2(memfd_create("output", 0), 1) == 1;
}

static ssize_t by_copy(void)
{
	return output_to_file() ? copy_file_range(filled_file(), NULL, 1, NULL, LENGTH, 0) : -1;
}

static ssize_t at_place(void)
{
	return output_to_file() ? pwrite(1, text, LENGTH, 0) : -1;
}

static ssize_t by_splice(void)
{
	int ends[2];

	if (pipe(ends) < 0 || write(ends[1], text, LENGTH) != LENGTH)
		return -1;
	return splice(ends[0], NULL, 1, NULL, LENGTH, 0);
}

static ssize_t by_tee(void)
{
	int ends[2];

	if (pipe(ends) < 0 || write(ends[1], text, LENGTH) != LENGTH)
		return -1;
	return tee(ends[0], 1, LENGTH, 0);
}

static ssize_t by_vmsplice(void)
{
	const struct iovec part = {text, LENGTH};

	return vmsplice(1, &part, 1, 0);
}

static ssize_t by_message(void)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0 || dup2(ends[0], 1) != 1)
		return -1;
	return send(1, text, LENGTH, 0);
}

static ssize_t by_aio(void)
{
	aio_context_t context = 0;
	struct iocb write = {.aio_fildes = 1,
			     .aio_lio_opcode = IOCB_CMD_PWRITE,
			     .aio_buf = (uintptr_t)text,
			     .aio_nbytes = LENGTH};
	struct iocb *all = &write;
	struct io_event event = {.res = -1};

	if (syscall(SYS_io_setup, 1, &context) < 0 || syscall(SYS_io_submit, context, 1, &all) != 1)
		return -1;
	syscall(SYS_io_getevents, context, 1, 1, &event, NULL);
	return event.res;
}

static void *map_ring(int ring, size_t size, off_t what)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, ring, what);
}

/* A ring of one entry: it is the first one, and so is its result. */
static ssize_t write_by_ring(int ring, const struct io_uring_params *how)
{
	struct io_uring_sqe *entry = map_ring(ring, sizeof(*entry), IORING_OFF_SQES);
	char *queue = map_ring(ring, how->sq_off.array + sizeof(unsigned), IORING_OFF_SQ_RING);
	char *results =
		map_ring(ring, how->cq_off.cqes + sizeof(struct io_uring_cqe), IORING_OFF_CQ_RING);

	*entry = (struct io_uring_sqe){.opcode = IORING_OP_WRITE,
				       .fd = 1,
				       .off = (__u64)-1,
				       .addr = (uintptr_t)text,
				       .len = LENGTH};
	*(unsigned *)(queue + how->sq_off.array) = 0;
	__atomic_store_n((unsigned *)(queue + how->sq_off.tail), 1, __ATOMIC_RELEASE);
	if (syscall(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, NULL, 0) != 1)
		return -1;
	return ((struct io_uring_cqe *)(results + how->cq_off.cqes))->res;
}

static ssize_t by_ring(void)
{
	struct io_uring_params how = {};
	int ring = (int)syscall(SYS_io_uring_setup, 1, &how);

	return ring < 0 ? -1 : write_by_ring(ring, &how);
}

/* Its parent set up the ring, and only that. */
static ssize_t by_heirloom(void)
{
	struct io_uring_params how = {};
	int ring = (int)syscall(SYS_io_uring_setup, 1, &how), status;

	if (ring < 0)
		return -1;
	if (fork() == 0)
		_exit(write_by_ring(ring, &how) != LENGTH);
	return wait(&status) > 0 && status == 0 ? LENGTH : -1;
}

static const struct {
	const char *name;
	ssize_t (*run)(void);
} ways[] = {
	{"write", by_write},   {"writev", by_vector},	  {"pwrite", at_place},
	{"send", by_message},  {"sendfile", by_sendfile}, {"copy_file_range", by_copy},
	{"splice", by_splice}, {"tee", by_tee},		  {"vmsplice", by_vmsplice},
	{"aio", by_aio},       {"io_uring", by_ring},	  {"inherited", by_heirloom},
};

/* 0 when the text was written. */
int main(int argc, char *argv[])
{
	for (size_t i = 0; argc == 2 && i < sizeof(ways) / sizeof(*ways); i++)
		if (!strcmp(ways[i].name, argv[1]))
			return ways[i].run() != LENGTH;
	return 8;
}
