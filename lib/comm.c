// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * What the program calls: looks at the arguments, and hands them to the way that was picked when
 * the ranks were started.
 */
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "comm.h"
#include "internal.h"

/* --- the start --- */

static bool is_set(const char *variable)
{
	const char *value = secure_getenv(variable);

	return value && *value;
}

static const char *const launchers[] = {"openmpi", "mpich"};

static int asked_for(const char *wanted, const char **launcher)
{
	if (strcmp(wanted, "none") == 0)
		return 0;
	for (size_t i = 0; i < sizeof(launchers) / sizeof(launchers[0]); i++)
		if (strcmp(wanted, launchers[i]) == 0)
			*launcher = launchers[i];
	return *launcher ? 0 : -EINVAL;
}

/* NULL: the program was started alone. */
static int find_launcher(const char **launcher)
{
	*launcher = NULL;
	if (is_set("MPROC_MPI"))
		return asked_for(secure_getenv("MPROC_MPI"), launcher);
	if (is_set("OMPI_COMM_WORLD_SIZE"))
		*launcher = "openmpi";
	else if (is_set("PMI_RANK") && is_set("PMI_SIZE"))
		*launcher = "mpich";
	return 0;
}

/* MPI cannot be taken out of a process again, so what was loaded stays. */
static int load(const char *launcher, const struct mp_comm_module **module)
{
	const char *folder = is_set("MPROC_MODULES") ? secure_getenv("MPROC_MODULES") : MP_MODULES;
	char *path;
	void *library;

	if (asprintf(&path, "%s/comm-%s.so", folder, launcher) < 0)
		return -ENOMEM;
	library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	free(path);
	if (!library)
		return -ELIBACC;
	*module = dlvsym(library, "mp_comm_module", "LIBMPROC_MODULE");
	return *module && (*module)->abi == MP_COMM_ABI ? 0 : -ELIBBAD;
}

static int run_in_job(const char *launcher, int (*run)(struct mp_comm *comm, void *argument),
		      void *argument, int *status)
{
	/* MPI starts once in a program. A child has this, too, and is no rank. */
	static atomic_flag was_run = ATOMIC_FLAG_INIT;
	const struct mp_comm_module *module;
	int rc;

	rc = load(launcher, &module);
	if (rc)
		return rc;
	if (atomic_flag_test_and_set(&was_run))
		return -EALREADY;
	return module->run(run, argument, status);
}

int mp_comm_run(unsigned ranks, int (*run)(struct mp_comm *comm, void *argument), void *argument,
		int *status)
{
	const char *launcher;
	int rc = find_launcher(&launcher);

	if (rc || !run)
		return -EINVAL;
	if (launcher)
		return run_in_job(launcher, run, argument, status);
	if (ranks < 1 || ranks > MP_COMM_RANKS_MAX)
		return -EINVAL;
	return mp_comm_run_shared(ranks, run, argument, status);
}

int mp_comm_rank(const struct mp_comm *comm)
{
	return comm->rank;
}

int mp_comm_size(const struct mp_comm *comm)
{
	return comm->size;
}

/* --- messages between two --- */

static bool is_rank(const struct mp_comm *comm, int rank)
{
	return rank >= 0 && rank < comm->size;
}

static bool is_tag(int tag)
{
	return tag >= 0 && tag <= MP_COMM_TAG_MAX;
}

static bool can_come(const struct mp_comm *comm, int source, int tag)
{
	return (source == MP_COMM_ANY || is_rank(comm, source)) &&
	       (tag == MP_COMM_ANY || is_tag(tag));
}

static int check_outgoing(const struct mp_comm *comm, int destination, int tag, size_t size)
{
	if (!is_rank(comm, destination) || !is_tag(tag))
		return -EINVAL;
	return size > MP_COMM_MAX ? -EMSGSIZE : 0;
}

int mp_comm_send(struct mp_comm *comm, int destination, int tag, const void *data, size_t size)
{
	int rc = check_outgoing(comm, destination, tag, size);

	return rc ? rc : comm->way->send(comm, destination, tag, data, size);
}

/* A wait for a message that only the waiting rank itself could send would never end. */
static int check_incoming(struct mp_comm *comm, int source, int tag)
{
	struct mp_comm_status ignored;
	int rc;

	if (!can_come(comm, source, tag))
		return -EINVAL;
	if (source != comm->rank && comm->size > 1)
		return 0;
	rc = comm->way->probe(comm, comm->rank, tag, &ignored, 0);
	return rc == MP_TIMEOUT ? -EDEADLK : rc;
}

int mp_comm_recv(struct mp_comm *comm, int source, int tag, void *buffer, size_t size,
		 struct mp_comm_status *status)
{
	struct mp_comm_status ignored;
	int rc = check_incoming(comm, source, tag);

	if (rc)
		return rc;
	return comm->way->recv(comm, source, tag, buffer, size, status ? status : &ignored);
}

int mp_comm_probe(struct mp_comm *comm, int source, int tag, struct mp_comm_status *status,
		  int64_t timeout_ms)
{
	struct mp_comm_status ignored;
	int rc = check_incoming(comm, source, tag);

	if (rc == -EDEADLK && timeout_ms == 0)
		return MP_TIMEOUT;
	if (rc)
		return rc;
	return comm->way->probe(comm, source, tag, status ? status : &ignored, timeout_ms);
}

int mp_comm_sendrecv(struct mp_comm *comm, int destination, int send_tag, const void *data,
		     size_t size, int source, int recv_tag, void *buffer, size_t room,
		     struct mp_comm_status *status)
{
	int rc = check_outgoing(comm, destination, send_tag, size);

	if (rc == 0 && !can_come(comm, source, recv_tag))
		rc = -EINVAL;
	if (rc == 0)
		rc = comm->way->send(comm, destination, send_tag, data, size);
	return rc ? rc : mp_comm_recv(comm, source, recv_tag, buffer, room, status);
}

/* --- all together --- */

static int check_pieces(const struct mp_comm *comm, int root, size_t size)
{
	if (!is_rank(comm, root))
		return -EINVAL;
	return size > MP_COMM_MAX ? -EMSGSIZE : 0;
}

int mp_comm_barrier(struct mp_comm *comm)
{
	return comm->way->barrier(comm);
}

int mp_comm_broadcast(struct mp_comm *comm, int root, void *data, size_t size)
{
	int rc = check_pieces(comm, root, size);

	return rc ? rc : comm->way->broadcast(comm, root, data, size);
}

int mp_comm_scatter(struct mp_comm *comm, int root, const void *in, void *out, size_t size)
{
	int rc = check_pieces(comm, root, size);

	return rc ? rc : comm->way->scatter(comm, root, in, out, size);
}

int mp_comm_gather(struct mp_comm *comm, int root, const void *in, void *out, size_t size)
{
	int rc = check_pieces(comm, root, size);

	return rc ? rc : comm->way->gather(comm, root, in, out, size);
}

int mp_comm_all_to_all(struct mp_comm *comm, const void *in, void *out, size_t size)
{
	int rc = check_pieces(comm, 0, size);

	return rc ? rc : comm->way->all_to_all(comm, in, out, size);
}

int mp_comm_reduce(struct mp_comm *comm, int root, const void *in, void *out, size_t count,
		   enum mp_type type, enum mp_comm_operation operation)
{
	const size_t size = mp_type_size(type);
	bool is_integer = type != MP_FLOAT && type != MP_DOUBLE;

	if (!size || (unsigned)operation > MP_MAX || !is_rank(comm, root))
		return -EINVAL;
	if (count > MP_COMM_MAX / size)
		return -EMSGSIZE;
	if (is_integer && comm->way->reduce)
		return comm->way->reduce(comm, root, in, out, count, type, operation);
	return mp_comm_fold(comm, root, in, out, count, type, operation);
}
