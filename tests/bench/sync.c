/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Takes: a thing that processes meet at or take turns with, how many processes, and how many
 * rounds. Gives: nanoseconds for a round of all of them, on standard output. Never: a judgement.
 * See sync.sh.
 */
#include <mproc.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct way {
	const char *name;
	int (*open)(unsigned processes);
	int (*round)(void);
};

/* What has no constructor of its own for shared memory. */
static union {
	pthread_barrier_t barrier;
	pthread_mutex_t mutex;
	sem_t semaphore;
} * shared;

static struct mp_barrier *barrier;
static struct mp_lock *lock;
static struct mp_semaphore *semaphore;

static int open_barrier(unsigned processes)
{
	return mp_barrier_new(&barrier, processes);
}

static int meet(void)
{
	return mp_barrier_wait(barrier, MP_FOREVER);
}

static int open_posix_barrier(unsigned processes)
{
	pthread_barrierattr_t attributes;

	pthread_barrierattr_init(&attributes);
	pthread_barrierattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	return pthread_barrier_init(&shared->barrier, &attributes, processes);
}

static int meet_posix(void)
{
	return pthread_barrier_wait(&shared->barrier) > 0;
}

static int open_lock(unsigned processes)
{
	return mp_lock_new(&lock);
}

static int take_turns(void)
{
	return mp_lock_acquire(lock, MP_FOREVER) || mp_lock_release(lock);
}

static int open_posix_mutex(unsigned processes)
{
	pthread_mutexattr_t attributes;

	pthread_mutexattr_init(&attributes);
	pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
	pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
	return pthread_mutex_init(&shared->mutex, &attributes);
}

static int take_turns_posix(void)
{
	return pthread_mutex_lock(&shared->mutex) || pthread_mutex_unlock(&shared->mutex);
}

static int open_semaphore(unsigned processes)
{
	return mp_semaphore_new(&semaphore, 1, 0);
}

static int take_unit(void)
{
	return mp_semaphore_acquire(semaphore, MP_FOREVER) || mp_semaphore_release(semaphore);
}

static int open_posix_semaphore(unsigned processes)
{
	return sem_init(&shared->semaphore, 1, 1);
}

static int take_unit_posix(void)
{
	return sem_wait(&shared->semaphore) || sem_post(&shared->semaphore);
}

static const struct way ways[] = {
	{"mp_barrier", open_barrier, meet},
	{"pthread_barrier", open_posix_barrier, meet_posix},
	{"mp_lock", open_lock, take_turns},
	{"pthread_mutex", open_posix_mutex, take_turns_posix},
	{"mp_semaphore", open_semaphore, take_unit},
	{"sem_wait", open_posix_semaphore, take_unit_posix},
	{0},
};

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int go_round(const struct way *way, unsigned long rounds)
{
	int rc = 0;

	while (rc == 0 && rounds-- > 0)
		rc = way->round();
	return rc != 0;
}

/* Whether all of them came to the end of it. */
static bool run(const struct way *way, unsigned processes, unsigned long rounds)
{
	bool well = true;
	int status;

	for (unsigned i = 0; i < processes; i++)
		if (fork() == 0)
			_exit(go_round(way, rounds));
	while (wait(&status) > 0)
		well = well && status == 0;
	return well;
}

int main(int argc, char **argv)
{
	const struct way *way = ways;
	unsigned processes;
	unsigned long rounds;
	int64_t began;

	while (way->name && (argc < 4 || strcmp(argv[1], way->name) != 0))
		way++;
	if (!way->name) {
		fprintf(stderr, "usage: bench-sync WAY PROCESSES ROUNDS\n");
		return 2;
	}
	processes = (unsigned)strtoul(argv[2], NULL, 10);
	rounds = strtoul(argv[3], NULL, 10);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED || way->open(processes) != 0)
		return 1;
	began = now_ns();
	if (!run(way, processes, rounds))
		return 1;
	printf("%lld\n", (long long)((now_ns() - began) / (int64_t)(rounds ? rounds : 1)));
	return 0;
}
