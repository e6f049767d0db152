// SPDX-License-Identifier: GPL-2.0-or-later
/* A day of three ranks: messages that are waited for and that are not, and a sum. */
#include <errno.h>
#include <mproc.h>
#include <string.h>

#include "days.h"

enum { RANKS = 3, LONG = 100000 };

/* The word comes before the long message, and is asked for after it. */
static int hand_on(struct mp_comm *comm)
{
	static char sent[LONG], got[LONG];
	int rank = mp_comm_rank(comm), next = (rank + 1) % RANKS, before = (rank + 2) % RANKS;
	char word[8];
	int rc;

	memset(sent, rank, sizeof(sent));
	rc = mp_comm_send(comm, next, 1, "word", 5);
	if (!rc)
		rc = mp_comm_sendrecv(comm, next, 2, sent, sizeof(sent), before, 2, got,
				      sizeof(got), NULL);
	if (!rc && got[LONG - 1] != before)
		return DAY_WRONG;
	if (!rc)
		rc = mp_comm_recv(comm, MP_COMM_ANY, 1, word, sizeof(word), NULL);
	return rc || strcmp(word, "word") == 0 ? rc : DAY_WRONG;
}

static int add_up(struct mp_comm *comm)
{
	double own = mp_comm_rank(comm), sum = 3;
	int rc = mp_comm_reduce(comm, 0, &own, &sum, 1, MP_DOUBLE, MP_SUM);

	if (!rc)
		rc = mp_comm_barrier(comm);
	return rc || (int)sum == 3 ? rc : DAY_WRONG;
}

static int live(struct mp_comm *comm, void *argument)
{
	int rc;

	if (day_child_begins)
		day_child_begins();
	rc = hand_on(comm);
	if (!rc)
		rc = add_up(comm);
	return rc == DAY_WRONG ? 2 : rc != 0;
}

int comm_day(void)
{
	int status = 0, rc = mp_comm_run(RANKS, live, NULL, &status);

	if (!rc && status)
		rc = status == 2 ? DAY_WRONG : -EIO;
	return rc;
}
