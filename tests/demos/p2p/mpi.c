// SPDX-License-Identifier: GPL-2.0-or-later
/* The ranks of an MPI job, as a C program has them. An argument is a fault. */
#include <mpi.h>
#include <stdio.h>
#include <string.h>

static const char *fault;

static int has(const char *name)
{
	return strcmp(fault, name) == 0;
}

static void send_number(void)
{
	int number = has("other-number") ? 1000000 : 10000000;

	MPI_Send(&number, 1, MPI_INT, 4, 0, MPI_COMM_WORLD);
	printf("sending data 10000000 to process %d\n", has("misspoken") ? 5 : 4);
}

static void send_text(void)
{
	char text[] = "hello";

	printf("sending data %s :to process 8\n", text);
	MPI_Send(text, sizeof(text), MPI_CHAR, 8, 0, MPI_COMM_WORLD);
}

static void receive_number(void)
{
	int number;

	MPI_Recv(&number, 1, MPI_INT, 0, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
	printf("data received is = %d\n", number);
}

static void receive_text(void)
{
	char text[64];

	MPI_Recv(text, sizeof(text), MPI_CHAR, 1, 0, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
	printf("data1 received is = %s\n", text);
}

int main(int argc, char *argv[])
{
	int rank, size;

	fault = argc > 1 ? argv[1] : "none";
	MPI_Init(&argc, &argv);
	MPI_Comm_rank(MPI_COMM_WORLD, &rank);
	MPI_Comm_size(MPI_COMM_WORLD, &size);
	printf("my rank is : %d\n", has("from-the-end") ? size - 1 - rank : rank);
	if (rank == 0)
		send_number();
	if (rank == 1)
		send_text();
	if (rank == 4)
		receive_number();
	if (rank == 8)
		receive_text();
	if (rank == 5 && has("overheard"))
		printf("data received is = 10000000\n");
	MPI_Finalize();
	return 0;
}
