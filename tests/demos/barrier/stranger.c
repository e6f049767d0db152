// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Two processes meet, two do not: POSIX threads' barrier and mutex in shared memory, stdio. An
 * argument is a fault.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct {
	pthread_barrier_t barrier;
	pthread_mutex_t mutex;
} * common;
static const char *wrong = "none";

static int is(const char *name)
{
	return !strcmp(wrong, name);
}

static void make_common(void)
{
	pthread_barrierattr_t barrier;
	pthread_mutexattr_t mutex;

	common = mmap(NULL, sizeof(*common), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	pthread_barrierattr_init(&barrier);
	pthread_barrierattr_setpshared(&barrier, PTHREAD_PROCESS_SHARED);
	pthread_barrier_init(&common->barrier, &barrier,
			     is("p3-waits")	    ? 3
			     : is("barrier-of-one") ? 1
						    : 2);
	pthread_mutexattr_init(&mutex);
	pthread_mutexattr_setpshared(&mutex, PTHREAD_PROCESS_SHARED);
	pthread_mutex_init(&common->mutex, &mutex);
}

static void meet(int number)
{
	usleep((useconds_t)number * 100000);
	pthread_barrier_wait(&common->barrier);
	if (!is("no-lock"))
		pthread_mutex_lock(&common->mutex);
	printf("process p%d - with a barrier", number);
	fflush(stdout);
	usleep(100000);
	printf(" ----> %ld\n", (long)time(NULL));
	fflush(stdout);
	if (!is("no-lock"))
		pthread_mutex_unlock(&common->mutex);
}

static void run_free(int number)
{
	if (is("p3-waits") && number == 3)
		pthread_barrier_wait(&common->barrier);
	printf("process p%d - without a barrier ----> %ld\n", number, (long)time(NULL));
	fflush(stdout);
}

int main(int argc, char *argv[])
{
	if (argc > 1)
		wrong = argv[1];
	make_common();
	for (int number = 1; number <= 4; number++) {
		if (fork() == 0) {
			if (number <= 2)
				meet(number);
			else
				run_free(number);
			_exit(0);
		}
		if (is("one-by-one") && number == 3)
			waitpid(-1, NULL, 0);
	}
	for (int left = is("unreaped") ? 3 : 4; left > 0 && wait(NULL) > 0; left--)
		;
	return 0;
}
