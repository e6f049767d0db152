// SPDX-License-Identifier: GPL-2.0-or-later
/* A program that shares memory with its one child, or does not, in each of many ways. */
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS	  20
#define SIZE	  (2 * (size_t)page)
#define BOTH	  (PROT_READ | PROT_WRITE)
#define TRY(call) ((call) == -1 ? fail(#call) : (void)0)

static long page;
static const char *self, *file; /* a path of its own, for whoever needs one */

static _Noreturn void fail(const char *what)
{
	perror(what);
	exit(9);
}

static char *map(int protection, int flags, int fd)
{
	char *memory = mmap(NULL, SIZE, protection, flags, fd, 0);

	if (memory == MAP_FAILED)
		fail("mmap");
	return memory;
}

static char *map_nameless(int flags)
{
	return map(BOTH, flags | MAP_ANONYMOUS, -1);
}

static char *map_file(int protection)
{
	int fd = open(file, O_RDWR | O_CREAT, 0600);

	if (fd < 0 || ftruncate(fd, (off_t)SIZE) < 0)
		fail("open");
	return map(protection, MAP_SHARED, fd);
}

/* Runs `work` in a child, and reaps it. */
static int with_child(void (*work)(char *memory), char *memory)
{
	pid_t child = fork();
	int status;

	if (child == 0) {
		work(memory);
		_exit(0);
	}
	TRY(child);
	TRY(waitpid(child, &status, 0));
	return status != 0;
}

static void look_on(char *memory)
{
}

static void map_anew(char *memory)
{
	map_nameless(MAP_SHARED);
}

static void map_same_file(char *memory)
{
	map_file(BOTH);
}

static void become(char *memory)
{
	execl(self, self, "nothing", file, (char *)NULL);
}

static void become_sharer(char *memory)
{
	execl(self, self, "user", file, (char *)NULL);
}

static void allow_writing(char *memory)
{
	TRY(mprotect(memory, SIZE, BOTH));
}

static int plain(void)
{
	return with_child(look_on, map_nameless(MAP_SHARED));
}

static int secret(void)
{
	return with_child(look_on, map_nameless(MAP_PRIVATE));
}

static int another(void)
{
	char *memory = map_nameless(MAP_SHARED);

	TRY(madvise(memory, SIZE, MADV_DONTFORK));
	return with_child(map_anew, memory);
}

static int unmapped(void)
{
	char *memory = map_nameless(MAP_SHARED);

	TRY(munmap(memory, SIZE));
	return with_child(look_on, NULL);
}

static int half_unmapped(void)
{
	char *memory = map_nameless(MAP_SHARED);

	TRY(munmap(memory, (size_t)page));
	return with_child(look_on, NULL);
}

/* Whole pages go, however much of the last one is asked for. */
static int almost_unmapped(void)
{
	char *memory = map_nameless(MAP_SHARED);

	TRY(munmap(memory, (size_t)page + 1));
	return with_child(look_on, NULL);
}

static int covered(void)
{
	char *memory = map_nameless(MAP_SHARED);

	if (mmap(memory, SIZE, BOTH, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != memory)
		fail("mmap");
	return with_child(look_on, NULL);
}

/* By a file that nobody may write to: shared in name only. */
static int covered_by_file(void)
{
	char *memory = map_nameless(MAP_SHARED);
	int fd = open(self, O_RDONLY);

	if (mmap(memory, SIZE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 0) != memory)
		fail("mmap");
	return with_child(look_on, NULL);
}

static int moved(void)
{
	char *memory = map_nameless(MAP_SHARED), *there = map_nameless(MAP_PRIVATE);

	if (mremap(memory, SIZE, SIZE, MREMAP_MAYMOVE | MREMAP_FIXED, there) != there)
		fail("mremap");
	if (mmap(memory, SIZE, BOTH, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != memory)
		fail("mmap");
	return with_child(look_on, there);
}

static int each_file(void)
{
	char *memory = map_file(BOTH);

	TRY(madvise(memory, SIZE, MADV_DONTFORK));
	return with_child(map_same_file, memory);
}

static int read_only(void)
{
	return with_child(look_on, map_file(PROT_READ));
}

static int made_writable(void)
{
	char *memory = map_file(PROT_READ);
	int failed = with_child(allow_writing, memory);

	TRY(mprotect(memory, SIZE, BOTH));
	return failed;
}

static int spawned(void)
{
	char *words[] = {(char *)self, (char *)"nothing", (char *)file, NULL};
	pid_t child;

	map_file(BOTH);
	if (posix_spawn(&child, self, NULL, NULL, words, NULL) != 0)
		fail("posix_spawn");
	return waitpid(child, NULL, 0) < 0;
}

static int became(void)
{
	return with_child(become, map_file(BOTH));
}

static int became_sharer(void)
{
	return with_child(become_sharer, map_file(BOTH));
}

/* A segment that goes away with its last user. */
static int segment(void)
{
	int id = shmget(IPC_PRIVATE, SIZE, IPC_CREAT | 0600);

	TRY(id);
	return id;
}

static char *attach(int id, int flags)
{
	char *memory = shmat(id, NULL, flags);

	if (memory == (void *)-1)
		fail("shmat");
	return memory;
}

static int attached(void)
{
	int id = segment();
	char *memory = attach(id, 0);

	TRY(shmctl(id, IPC_RMID, NULL));
	return with_child(look_on, memory);
}

static int detached(void)
{
	int id = segment();

	TRY(shmdt(attach(id, 0)));
	TRY(shmctl(id, IPC_RMID, NULL));
	return with_child(look_on, NULL);
}

static int attached_to_read(void)
{
	int id = segment();
	char *memory = attach(id, SHM_RDONLY);

	TRY(shmctl(id, IPC_RMID, NULL));
	return with_child(look_on, memory);
}

static void *map_in_thread(void *memory)
{
	*(char **)memory = map_nameless(MAP_SHARED);
	return NULL;
}

static int in_thread(void)
{
	pthread_t thread;
	char *memory;

	if (pthread_create(&thread, NULL, map_in_thread, &memory) != 0)
		fail("pthread_create");
	pthread_join(thread, NULL);
	return with_child(look_on, memory);
}

static void *come_and_go(void *unused)
{
	for (int i = 0; i < 500; i++)
		TRY(munmap(map_nameless(MAP_SHARED), SIZE));
	return NULL;
}

/* The kernel's list of mappings is changed all the time, whoever wants to look at it. */
static int in_crowd(void)
{
	pthread_t threads[4];

	for (int i = 0; i < 4; i++)
		if (pthread_create(&threads[i], NULL, come_and_go, NULL) != 0)
			fail("pthread_create");
	for (int i = 0; i < 4; i++)
		pthread_join(threads[i], NULL);
	return plain();
}

static volatile int going = 1;

static void *allocate(void *unused)
{
	const size_t size = 1 << 20;

	while (going) {
		char *memory = mmap(NULL, size, BOTH, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (memory == MAP_FAILED)
			fail("mmap");
		memset(memory, 1, size);
		TRY(munmap(memory, size));
	}
	return NULL;
}

/* "ready" and "go", in the second page of a file. */
static sem_t *two_semaphores(void)
{
	int fd;
	sem_t *both;

	TRY(munmap(map_file(BOTH), SIZE));
	fd = open(file, O_RDWR);
	both = mmap(NULL, (size_t)page, BOTH, MAP_SHARED, fd, page);
	if (both == MAP_FAILED)
		fail("mmap");
	TRY(sem_init(&both[0], 1, 0));
	TRY(sem_init(&both[1], 1, 0));
	return both;
}

static void be_woken(sem_t *both)
{
	for (int i = 0; i < ROUNDS; i++) {
		TRY(sem_post(&both[0]));
		TRY(sem_wait(&both[1]));
	}
}

/* The same, and the words of futexes are looked for there. */
static int woken_in_crowd(void)
{
	sem_t *both = two_semaphores();
	pthread_t threads[8];
	pid_t child = fork();

	if (child == 0) {
		be_woken(both);
		_exit(0);
	}
	TRY(child);
	for (int i = 0; i < 8; i++)
		if (pthread_create(&threads[i], NULL, allocate, NULL) != 0)
			fail("pthread_create");
	for (int i = 0; i < ROUNDS; i++) {
		TRY(sem_wait(&both[0]));
		usleep(3000);
		TRY(sem_post(&both[1]));
	}
	going = 0;
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	TRY(waitpid(child, NULL, 0));
	return 0;
}

static int nothing(void)
{
	return 0;
}

static int user(void)
{
	map_file(BOTH);
	return 0;
}

static const struct {
	const char *name;
	int (*run)(void);
} ways[] = {
	{"plain", plain},
	{"private", secret},
	{"another", another},
	{"unmapped", unmapped},
	{"half", half_unmapped},
	{"almost", almost_unmapped},
	{"covered", covered},
	{"covered-by-file", covered_by_file},
	{"moved", moved},
	{"file", each_file},
	{"read-only", read_only},
	{"made-writable", made_writable},
	{"spawned", spawned},
	{"became", became},
	{"became-sharer", became_sharer},
	{"attached", attached},
	{"detached", detached},
	{"attached-to-read", attached_to_read},
	{"thread", in_thread},
	{"crowd", in_crowd},
	{"woken-in-crowd", woken_in_crowd},
	{"nothing", nothing},
	{"user", user},
};

int main(int argc, char *argv[])
{
	page = sysconf(_SC_PAGESIZE);
	self = argv[0];
	file = argc > 2 ? argv[2] : "";
	for (size_t i = 0; argc > 1 && i < sizeof(ways) / sizeof(*ways); i++)
		if (!strcmp(ways[i].name, argv[1]))
			return ways[i].run();
	return 8;
}
