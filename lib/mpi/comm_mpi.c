// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Ranks of an MPI job. The same source makes one module for each MPI there is; libmproc loads the
 * one whose launcher has started the program, and never links MPI itself.
 *
 * Everything is begun as MPI's own operation that does not block (MPI_Isend, MPI_Ibcast, …) and
 * then waited for. Who waits, for whatever, goes on taking in what comes, in the order in which MPI
 * shows it, and keeps what nobody has asked for yet. So the promise of mp_comm_send() holds here
 * too: MPI by itself may block two that send each other much.
 */
#include <errno.h>
#include <limits.h>
#include <mpi.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "comm.h"
#include "internal.h"

enum {
	/* More than MPI promises by a little, and every MPI has it. */
	GONE_TAG = MP_COMM_TAG_MAX + 1, /* of the last message of each rank to each other one */
	YIELDS = 2000, /* times that the processor is offered before sleeping between looks */
	NAP_NS = 50000,
	PATIENCE_MS = 1000, /* of a rank that has failed, with the others */
};

/* What has come, and nobody has asked for yet. */
struct message {
	struct message *next;
	struct mp_comm_status status;
	unsigned char data[];
};

/* What a rank's last message said of it. */
struct rank {
	bool gone;
	struct farewell {
		uint32_t done; /* the last collective it has completed */
		uint32_t result;
		uint32_t broken;
	} last;
};

/* What is looked for. */
struct want {
	int source, tag;
	void *buffer;
	size_t room;
	bool takes; /* into the buffer; else it stays in the list */
	struct message **found;
	bool complete;
	struct mp_comm_status status;
};

struct job {
	struct mp_comm comm;
	MPI_Comm peers; /* all of the job, for our messages only */
	bool finalizes;
	bool broken; /* MPI is still in the middle of a collective that will never be done */
	struct rank *ranks;
	int gone;	 /* how many of the others */
	uint32_t number; /* of the collective it is in, or was in last */
	uint32_t done;	 /* of the last one that it has completed */
	struct message *first, **last;
	/* One that was matched when there was no memory for it. */
	MPI_Message stuck;
	struct mp_comm_status stuck_status;
};

static struct job *job_of(struct mp_comm *comm)
{
	return (struct job *)comm;
}

/* --- results --- */

static const struct {
	int class, result;
} results[] = {
	{MPI_SUCCESS, 0},	   {MPI_ERR_NO_MEM, -ENOMEM}, {MPI_ERR_TRUNCATE, -EBADMSG},
	{MPI_ERR_COUNT, -EBADMSG}, {MPI_ERR_RANK, -EINVAL},   {MPI_ERR_TAG, -EINVAL},
	{MPI_ERR_ROOT, -EINVAL},
};

static int result_of(int error)
{
	int class = error;

	if (error != MPI_SUCCESS)
		MPI_Error_class(error, &class);
	for (size_t i = 0; i < sizeof(results) / sizeof(results[0]); i++)
		if (results[i].class == class)
			return results[i].result;
	return -EIO;
}

/* --- what comes --- */

static bool matches(const struct want *want, const struct mp_comm_status *status)
{
	return (want->source == MP_COMM_ANY || want->source == status->source) &&
	       (want->tag == MP_COMM_ANY || want->tag == status->tag);
}

static void search(struct job *job, struct want *want)
{
	struct message **link = &job->first;

	while (*link && !matches(want, &(*link)->status))
		link = &(*link)->next;
	want->found = *link ? link : NULL;
}

static void unlink_message(struct job *job, struct message **link)
{
	struct message *message = *link;

	*link = message->next;
	if (job->last == &message->next)
		job->last = link;
	free(message);
}

/* The message that MPI has matched, into the buffer. */
static int receive_matched(struct job *job, void *buffer)
{
	return result_of(MPI_Mrecv(buffer, (int)job->stuck_status.size, MPI_BYTE, &job->stuck,
				   MPI_STATUS_IGNORE));
}

static int keep(struct job *job, struct want *want)
{
	struct message *message = malloc(sizeof(*message) + job->stuck_status.size);
	int rc;

	if (!message)
		return -ENOMEM;
	*message = (struct message){.status = job->stuck_status};
	rc = receive_matched(job, message->data);
	if (rc) {
		free(message);
		return rc;
	}
	*job->last = message;
	if (want && matches(want, &message->status))
		want->found = job->last;
	job->last = &message->next;
	return 0;
}

/* The last message of a rank: all others from it have been taken in. */
static int note_gone(struct job *job)
{
	struct rank *rank = &job->ranks[job->stuck_status.source];
	int rc = receive_matched(job, &rank->last);

	rank->gone = true;
	job->gone++;
	return rc;
}

static int accept_matched(struct job *job, struct want *want)
{
	int rc;

	if (job->stuck_status.tag == GONE_TAG)
		return note_gone(job);
	if (!want || !want->takes || job->stuck_status.size > want->room ||
	    !matches(want, &job->stuck_status))
		return keep(job, want);
	rc = receive_matched(job, want->buffer);
	want->status = job->stuck_status;
	want->complete = rc == 0;
	return rc;
}

/* One message, if there is one; MP_TIMEOUT: none. */
static int take_one(struct job *job, struct want *want)
{
	MPI_Status status;
	int there = 0, size = 0, error;

	if (job->stuck == MPI_MESSAGE_NULL) {
		error = MPI_Improbe(MPI_ANY_SOURCE, MPI_ANY_TAG, job->peers, &there, &job->stuck,
				    &status);
		if (error != MPI_SUCCESS)
			return result_of(error);
		if (!there)
			return MP_TIMEOUT;
		MPI_Get_count(&status, MPI_BYTE, &size);
		job->stuck_status = (struct mp_comm_status){
			.source = status.MPI_SOURCE, .tag = status.MPI_TAG, .size = (size_t)size};
	}
	return accept_matched(job, want);
}

/* --- waiting --- */

/* MPI cannot sleep until something comes. */
static void idle(unsigned *times)
{
	const struct timespec pause = {.tv_nsec = NAP_NS};

	if (++*times < YIELDS)
		sched_yield();
	else
		nanosleep(&pause, NULL);
}

static bool is_hopeless(const struct job *job, const struct want *want)
{
	if (want->source == MP_COMM_ANY)
		return job->comm.size > 1 && job->gone == job->comm.size - 1;
	return job->ranks[want->source].gone;
}

/* Whether somebody is gone without whom the collective cannot be completed. 0: it is none. */
static bool is_lost(const struct job *job, uint32_t number)
{
	for (int rank = 0; number && job->gone && rank < job->comm.size; rank++)
		if (job->ranks[rank].gone && (int32_t)(job->ranks[rank].last.done - number) < 0)
			return true;
	return false;
}

static int look_for(struct job *job, struct want *want, const struct mp_deadline *deadline)
{
	unsigned times = 0;
	int rc;

	search(job, want);
	while (!want->found && !want->complete) {
		rc = take_one(job, want);
		if (rc < 0)
			return rc;
		if (rc == 0)
			continue;
		if (is_hopeless(job, want))
			return MP_DIED;
		if (mp_deadline_passed(deadline))
			return MP_TIMEOUT;
		idle(&times);
	}
	if (want->found)
		want->status = (*want->found)->status;
	return 0;
}

/* Until what was begun, with this error, is done; or the collective with this number is lost. */
static int finish(struct job *job, int error, MPI_Request *request, uint32_t number)
{
	unsigned times = 0;
	int done = 0;

	while (error == MPI_SUCCESS) {
		error = MPI_Test(request, &done, MPI_STATUS_IGNORE);
		if (done || error != MPI_SUCCESS)
			break;
		/* If there is no memory now, the message waits. */
		if (take_one(job, NULL) == 0)
			continue;
		if (is_lost(job, number)) {
			job->broken = true;
			return MP_DIED;
		}
		idle(&times);
	}
	return result_of(error);
}

static const struct mp_deadline never = {.never = true};

/* --- messages between two --- */

static int send(struct mp_comm *comm, int to, int tag, const void *data, size_t size)
{
	struct job *job = job_of(comm);
	MPI_Request request = MPI_REQUEST_NULL;
	int error;

	if (job->ranks[to].gone)
		return MP_DIED;
	error = MPI_Isend(data, (int)size, MPI_BYTE, to, tag, job->peers, &request);
	return finish(job, error, &request, 0);
}

static int recv(struct mp_comm *comm, int from, int tag, void *buffer, size_t size,
		struct mp_comm_status *status)
{
	struct want want = {
		.source = from, .tag = tag, .buffer = buffer, .room = size, .takes = true};
	int rc = look_for(job_of(comm), &want, &never);

	if (rc)
		return rc;
	*status = want.status;
	if (want.complete)
		return 0;
	if (want.status.size > size)
		return -EMSGSIZE;
	if (want.status.size)
		memcpy(buffer, (*want.found)->data, want.status.size);
	unlink_message(job_of(comm), want.found);
	return 0;
}

static int probe(struct mp_comm *comm, int from, int tag, struct mp_comm_status *status,
		 int64_t timeout_ms)
{
	const struct mp_deadline deadline = mp_deadline_in(timeout_ms);
	struct want want = {.source = from, .tag = tag};
	int rc = look_for(job_of(comm), &want, &deadline);

	if (rc == 0)
		*status = want.status;
	return rc;
}

/* --- all together --- */

/* 0: nobody is known to be gone before it. */
static int begin(struct job *job)
{
	/* 0 is none. */
	if (++job->number == 0)
		job->number = 1;
	return is_lost(job, job->number) ? MP_DIED : 0;
}

static int complete(struct job *job, int error, MPI_Request *request)
{
	int rc = finish(job, error, request, job->number);

	if (rc == 0)
		job->done = job->number;
	return rc;
}

static int barrier(struct mp_comm *comm)
{
	struct job *job = job_of(comm);
	MPI_Request request = MPI_REQUEST_NULL;
	int error, rc = begin(job);

	if (rc)
		return rc;
	error = MPI_Ibarrier(job->peers, &request);
	return complete(job, error, &request);
}

static int broadcast(struct mp_comm *comm, int root, void *data, size_t size)
{
	struct job *job = job_of(comm);
	MPI_Request request = MPI_REQUEST_NULL;
	int error, rc = begin(job);

	if (rc)
		return rc;
	error = MPI_Ibcast(data, (int)size, MPI_BYTE, root, job->peers, &request);
	return complete(job, error, &request);
}

static int scatter(struct mp_comm *comm, int root, const void *in, void *out, size_t size)
{
	struct job *job = job_of(comm);
	MPI_Request request = MPI_REQUEST_NULL;
	int error, rc = begin(job);

	if (rc)
		return rc;
	error = MPI_Iscatter(in, (int)size, MPI_BYTE, out, (int)size, MPI_BYTE, root, job->peers,
			     &request);
	return complete(job, error, &request);
}

static int gather(struct mp_comm *comm, int root, const void *in, void *out, size_t size)
{
	struct job *job = job_of(comm);
	MPI_Request request = MPI_REQUEST_NULL;
	int error, rc = begin(job);

	if (rc)
		return rc;
	error = MPI_Igather(in, (int)size, MPI_BYTE, out, (int)size, MPI_BYTE, root, job->peers,
			    &request);
	return complete(job, error, &request);
}

static int all_to_all(struct mp_comm *comm, const void *in, void *out, size_t size)
{
	struct job *job = job_of(comm);
	MPI_Request request = MPI_REQUEST_NULL;
	int error, rc = begin(job);

	if (rc)
		return rc;
	error = MPI_Ialltoall(in, (int)size, MPI_BYTE, out, (int)size, MPI_BYTE, job->peers,
			      &request);
	return complete(job, error, &request);
}

/* Where a sign makes no difference to the result but for the overflow, which must wrap: without. */
static MPI_Datatype type_of(enum mp_type type, bool wraps)
{
	switch (type) {
	case MP_INT8:
		return wraps ? MPI_UINT8_T : MPI_INT8_T;
	case MP_UINT8:
		return MPI_UINT8_T;
	case MP_INT16:
		return wraps ? MPI_UINT16_T : MPI_INT16_T;
	case MP_UINT16:
		return MPI_UINT16_T;
	case MP_INT32:
		return wraps ? MPI_UINT32_T : MPI_INT32_T;
	case MP_UINT32:
		return MPI_UINT32_T;
	case MP_INT64:
		return wraps ? MPI_UINT64_T : MPI_INT64_T;
	default:
		return MPI_UINT64_T;
	}
}

static int reduce(struct mp_comm *comm, int root, const void *in, void *out, size_t count,
		  enum mp_type type, enum mp_comm_operation operation)
{
	/* Not constants with every MPI, so not in a table of the file. */
	const MPI_Op operations[] = {[MP_SUM] = MPI_SUM,
				     [MP_PRODUCT] = MPI_PROD,
				     [MP_MIN] = MPI_MIN,
				     [MP_MAX] = MPI_MAX};
	bool wraps = operation == MP_SUM || operation == MP_PRODUCT;
	struct job *job = job_of(comm);
	MPI_Request request = MPI_REQUEST_NULL;
	int error, rc = begin(job);

	if (rc)
		return rc;
	error = MPI_Ireduce(in, out, (int)count, type_of(type, wraps), operations[operation], root,
			    job->peers, &request);
	return complete(job, error, &request);
}

static const struct mp_comm_way way = {
	.send = send,
	.recv = recv,
	.probe = probe,
	.barrier = barrier,
	.broadcast = broadcast,
	.scatter = scatter,
	.gather = gather,
	.all_to_all = all_to_all,
	.reduce = reduce,
};

/* --- the job --- */

/* A program that uses MPI on its own, too, may have started it. */
static int start_mpi(struct job *job)
{
	int is_started = 0, provided, error;

	MPI_Initialized(&is_started);
	if (is_started)
		return 0;
	error = MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided);
	job->finalizes = error == MPI_SUCCESS;
	return result_of(error);
}

static int join_job(struct job *job)
{
	int error = MPI_Comm_dup(MPI_COMM_WORLD, &job->peers);

	if (error != MPI_SUCCESS)
		return result_of(error);
	MPI_Comm_set_errhandler(job->peers, MPI_ERRORS_RETURN);
	MPI_Comm_rank(job->peers, &job->comm.rank);
	MPI_Comm_size(job->peers, &job->comm.size);
	job->comm.way = &way;
	job->last = &job->first;
	job->stuck = MPI_MESSAGE_NULL;
	job->ranks = calloc((size_t)job->comm.size, sizeof(*job->ranks));
	return job->ranks ? 0 : -ENOMEM;
}

/* Tells all the others. */
static int say_goodbye(struct job *job, const struct farewell *farewell, MPI_Request *requests)
{
	int error = MPI_SUCCESS;

	for (int other = 0; other < job->comm.size; other++) {
		requests[other] = MPI_REQUEST_NULL;
		if (other != job->comm.rank && error == MPI_SUCCESS)
			error = MPI_Isend(farewell, sizeof(*farewell), MPI_BYTE, other, GONE_TAG,
					  job->peers, &requests[other]);
	}
	return result_of(error);
}

static bool all_sent(const struct job *job, MPI_Request *requests)
{
	int sent = 1;

	for (int other = 0; other < job->comm.size && sent; other++)
		if (MPI_Test(&requests[other], &sent, MPI_STATUS_IGNORE) != MPI_SUCCESS)
			return false;
	return sent;
}

/* Until all the others have left, too. What they still send is taken in, and nobody reads it. */
static int wait_for_others(struct job *job, const struct farewell *farewell, MPI_Request *requests)
{
	const struct mp_deadline deadline =
		mp_deadline_in(farewell->result ? PATIENCE_MS : MP_FOREVER);
	int rc = say_goodbye(job, farewell, requests);
	unsigned times = 0;

	if (rc)
		return rc;
	while (job->gone < job->comm.size - 1 || !all_sent(job, requests)) {
		if (mp_deadline_passed(&deadline))
			return MP_TIMEOUT;
		if (take_one(job, NULL) != 0)
			idle(&times);
	}
	return 0;
}

/* What the launcher is to say of a job that cannot end by itself. */
static int status_of(const struct job *job, uint32_t result)
{
	for (int rank = 0; rank < job->comm.size && !result; rank++)
		result = job->ranks[rank].last.result;
	return result ? (int)result : EXIT_FAILURE;
}

/* The lowest rank for which MPI will never be done; the size of the job: none. */
static int first_broken(const struct job *job)
{
	int rank = 0;

	while (rank < job->comm.size &&
	       !(rank == job->comm.rank ? job->broken : job->ranks[rank].last.broken))
		rank++;
	return rank;
}

/* One abort, while nobody does anything else: not every launcher can bear more. */
static void abort_job(const struct job *job, uint32_t result, bool alone)
{
	const struct timespec pause = {.tv_sec = 10};

	if (!alone && first_broken(job) != job->comm.rank)
		nanosleep(&pause, NULL);
	MPI_Abort(MPI_COMM_WORLD, status_of(job, result));
}

/*
 * All leave together. But a rank that has failed may have left others in the middle of something
 * that does not end: if they do not come, they never will.
 */
static int leave_job(struct job *job, int result)
{
	const struct farewell farewell = {
		.done = job->done, .result = (uint32_t)result, .broken = job->broken};
	MPI_Request *requests = calloc((size_t)job->comm.size, sizeof(*requests));
	int rc;

	/* A launcher ends the whole job as soon as one rank ends with another status than 0. */
	fflush(NULL);
	rc = requests ? wait_for_others(job, &farewell, requests) : -ENOMEM;
	if (rc || first_broken(job) < job->comm.size)
		abort_job(job, farewell.result, rc != 0);
	free(requests);
	return rc;
}

static void free_job(struct job *job)
{
	while (job->first)
		unlink_message(job, &job->first);
	if (job->finalizes)
		MPI_Finalize();
	free(job->ranks);
	free(job);
}

static int run_rank(int (*run)(struct mp_comm *comm, void *argument), void *argument, int *status)
{
	struct job *job = calloc(1, sizeof(*job));
	int rc;

	if (!job)
		return -ENOMEM;
	rc = start_mpi(job);
	if (rc == 0)
		rc = join_job(job);
	if (rc == 0) {
		*status = run(&job->comm, argument) & 0xff;
		rc = leave_job(job, *status);
	}
	free_job(job);
	return rc < 0 ? -EIO : rc;
}

__attribute__((visibility("default"))) extern const struct mp_comm_module mp_comm_module;
const struct mp_comm_module mp_comm_module = {.abi = MP_COMM_ABI, .run = run_rank};
