/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes: nothing. Gives: what the ways in which ranks talk have in common: shared memory
 * (comm_shared.h), and MPI (mpi/, loaded only when a launcher of MPI started the program).
 * Never: is installed. Changing it means a new MP_COMM_ABI, because a module may be of another
 * version than the library.
 */
#ifndef MP_COMM_H
#define MP_COMM_H

#include "mproc.h"

#define MP_COMM_ABI 1

/*
 * What a way can do. Arguments have been checked: ranks and tags exist (or are MP_COMM_ANY), sizes
 * are at most MP_COMM_MAX, and status is never NULL. Results are those of mproc.h.
 */
struct mp_comm_way {
	int (*send)(struct mp_comm *comm, int to, int tag, const void *data, size_t size);
	int (*recv)(struct mp_comm *comm, int from, int tag, void *buffer, size_t size,
		    struct mp_comm_status *status);
	int (*probe)(struct mp_comm *comm, int from, int tag, struct mp_comm_status *status,
		     int64_t timeout_ms);
	int (*barrier)(struct mp_comm *comm);
	int (*broadcast)(struct mp_comm *comm, int root, void *data, size_t size);
	int (*scatter)(struct mp_comm *comm, int root, const void *in, void *out, size_t size);
	int (*gather)(struct mp_comm *comm, int root, const void *in, void *out, size_t size);
	int (*all_to_all)(struct mp_comm *comm, const void *in, void *out, size_t size);
	/* Of integers only, where the order does not matter; NULL: what is gathered is folded. */
	int (*reduce)(struct mp_comm *comm, int root, const void *in, void *out, size_t count,
		      enum mp_type type, enum mp_comm_operation operation);
};

/* The first member of what a way knows of a rank. */
struct mp_comm {
	const struct mp_comm_way *way;
	int rank;
	int size;
	/* Where numbers are gathered that are to be folded: reducing needs no memory, so it cannot
	 * fail in one rank only. */
	_Alignas(16) unsigned char scratch[256 * 1024];
};

/* What a module has to show, by this name. */
#define MP_COMM_MODULE mp_comm_module
struct mp_comm_module {
	unsigned abi;
	/* As mp_comm_run() under a launcher; checks nothing. */
	int (*run)(int (*run)(struct mp_comm *comm, void *argument), void *argument, int *status);
};

/* comm_ranks.c: as mp_comm_run() alone; checks nothing. */
int mp_comm_run_shared(unsigned ranks, int (*run)(struct mp_comm *comm, void *argument),
		       void *argument, int *status);

/* comm_fold.c: reduces by gathering, and by combining what was gathered in the order of ranks. */
int mp_comm_fold(struct mp_comm *comm, int root, const void *in, void *out, size_t count,
		 enum mp_type type, enum mp_comm_operation operation);

#endif
