/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same as comm.c, by MPI's own functions. Argument: how often. */
#include <mpi.h>

#include "comm-bench.h"

static int other;

static void send_mpi(const void *data, size_t size)
{
	MPI_Send(data, (int)size, MPI_BYTE, other, 0, MPI_COMM_WORLD);
}

static void recv_mpi(void *data, size_t size)
{
	MPI_Recv(data, (int)size, MPI_BYTE, other, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

int main(int argc, char **argv)
{
	int rank;

	MPI_Init(&argc, &argv);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	other = !rank;
	if (argc > 1)
		measure(rank, atol(argv[1]), send_mpi, recv_mpi);
	MPI_Finalize();
	return 0;
}
