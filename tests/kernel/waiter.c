// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * A child that waits for its parent in the one call or the other, or with "now" finds at once what
 * it wants; and two that talk through a socket, or have each other's descriptors. What the waits
 * test runs under mp-trace.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static int id; /* of the queue, the semaphore or the file */

/* --- what there is to wait for ------------------------------------------------------------- */

static int mq_make(void)
{
	struct mq_attr size = {.mq_maxmsg = 1, .mq_msgsize = 1};
	char name[32];

	snprintf(name, sizeof(name), "/mp-waiter-%d", (int)getpid());
	id = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &size);
	mq_unlink(name);
	return id;
}

static int mq_give(void)
{
	return mq_send(id, "x", 1, 0);
}

static int mq_take(void)
{
	char byte;

	return (int)mq_receive(id, &byte, 1, NULL);
}

static int mq_poll(void)
{
	struct pollfd look = {id, POLLIN, 0};

	return poll(&look, 1, -1) == 1 ? mq_take() : -1;
}

struct message {
	long type;
	char text[1];
};

static int msg_make(void)
{
	return id = msgget(IPC_PRIVATE, 0600);
}

static int msg_give(void)
{
	struct message message = {1, {'x'}};

	return msgsnd(id, &message, 1, 0);
}

static int msg_take(void)
{
	struct message message;

	return (int)msgrcv(id, &message, 1, 0, 0);
}

static void msg_remove(void)
{
	msgctl(id, IPC_RMID, NULL);
}

static int sem_make(void)
{
	return id = semget(IPC_PRIVATE, 1, 0600);
}

static int sem_add(short what)
{
	struct sembuf change = {0, what, 0};

	return semop(id, &change, 1);
}

static int sem_give(void)
{
	return sem_add(1);
}

static int sem_take(void)
{
	return sem_add(-1);
}

static void sem_remove(void)
{
	semctl(id, 0, IPC_RMID);
}

static int set_lock(short type, int how)
{
	struct flock lock = {.l_type = type, .l_whence = SEEK_SET};

	return fcntl(id, how, &lock);
}

static int make_file(void)
{
	char name[] = "/tmp/mp-waiter-XXXXXX";

	id = mkstemp(name);
	unlink(name);
	return id;
}

static int lock_make(void)
{
	return make_file() < 0 ? -1 : set_lock(F_WRLCK, F_SETLK);
}

static int lock_give(void)
{
	return set_lock(F_UNLCK, F_SETLK);
}

static int lock_take(void)
{
	return set_lock(F_WRLCK, F_SETLKW);
}

static int flock_make(void)
{
	return make_file() < 0 ? -1 : flock(id, LOCK_EX);
}

static int flock_give(void)
{
	return flock(id, LOCK_UN);
}

/* Through a description of its own: the lock belongs to that. */
static int flock_take(void)
{
	char name[32];

	snprintf(name, sizeof(name), "/proc/self/fd/%d", id);
	return flock(open(name, O_RDWR), LOCK_EX);
}

static const struct thing {
	const char *name;
	int (*make)(void), (*give)(void), (*take)(void);
	void (*remove)(void);
} things[] = {
	{"mq", mq_make, mq_give, mq_take, NULL},
	{"mqpoll", mq_make, mq_give, mq_poll, NULL},
	{"msg", msg_make, msg_give, msg_take, msg_remove},
	{"sem", sem_make, sem_give, sem_take, sem_remove},
	{"lock", lock_make, lock_give, lock_take, NULL},
	{"flock", flock_make, flock_give, flock_take, NULL},
};

/* Until it sleeps: it does nothing but come to its call. */
static void await_sleep(pid_t pid)
{
	char name[32], state = 0;

	snprintf(name, sizeof(name), "/proc/%d/stat", (int)pid);
	while (state != 'S' && state != 'Z') {
		FILE *file = fopen(name, "r");

		if (!file || fscanf(file, "%*d %*s %c", &state) != 1)
			exit(1);
		fclose(file);
		usleep(10000);
	}
}

static int wait_for(const struct thing *thing, int now)
{
	int status = 1;
	pid_t child;

	if (thing->make() < 0 || (now && thing->give() < 0))
		return 1;
	child = fork();
	if (child == 0) {
		if (thing->take() < 0)
			_exit(1);
		_exit(write(1, "got it\n", 7) != 7);
	}
	if (!now) {
		await_sleep(child);
		status = thing->give() < 0;
	}
	wait(&status);
	if (thing->remove)
		thing->remove();
	return status != 0;
}

/* --- sockets ---------------------------------------------------------------------------------- */

static int listen_at(const struct sockaddr *address, socklen_t length)
{
	int fd = socket(address->sa_family, SOCK_STREAM, 0);

	return fd < 0 || bind(fd, address, length) < 0 || listen(fd, 1) < 0 ? -1 : fd;
}

/* The child says a word and listens to one; with `hangs_up` it does not even listen. */
static int call(const struct sockaddr *address, socklen_t length, int hangs_up)
{
	int fd = socket(address->sa_family, SOCK_STREAM, 0);
	char word[4];

	if (connect(fd, address, length) < 0 || send(fd, "ping", 4, 0) != 4)
		return 1;
	return !hangs_up && recv(fd, word, 4, MSG_WAITALL) != 4;
}

static int answer(int listening)
{
	int fd = accept(listening, NULL, NULL);
	char word[4];

	if (recv(fd, word, 4, MSG_WAITALL) != 4)
		return 1;
	send(fd, "pong", 4, MSG_NOSIGNAL);
	return 0;
}

static int talk(const struct sockaddr *address, socklen_t length, int hangs_up)
{
	int listening = listen_at(address, length), status = 1, failed;
	struct sockaddr_storage own;
	pid_t child;

	length = sizeof(own);
	if (listening < 0 || getsockname(listening, (struct sockaddr *)&own, &length) < 0)
		return 1;
	child = fork();
	if (child == 0)
		_exit(call((struct sockaddr *)&own, length, hangs_up));
	await_sleep(child);
	failed = answer(listening);
	wait(&status);
	return failed || status != 0;
}

/* --- the end of a child, of which a signal tells -------------------------------------------- */

static void on_child(int signal)
{
	(void)signal;
}

static int sleep_in(const char *how, int in)
{
	struct timeval minute = {60, 0};
	struct pollfd look = {in, POLLIN, 0};
	struct epoll_event event = {.events = EPOLLIN};
	int epoll = epoll_create1(0);
	fd_set set;

	FD_ZERO(&set);
	FD_SET(in, &set);
	if (epoll_ctl(epoll, EPOLL_CTL_ADD, in, &event) < 0)
		return 1;
	if (!strcmp(how, "poll"))
		return poll(&look, 1, -1);
	if (!strcmp(how, "select"))
		return select(in + 1, &set, NULL, NULL, NULL);
	if (!strcmp(how, "epoll"))
		return epoll_wait(epoll, &event, 1, 60000);
	if (!strcmp(how, "ever"))
		return poll(NULL, 0, -1);
	return select(0, NULL, NULL, NULL, &minute);
}

/* It looks in vain, sleeps in one way or the other until the handler runs, and looks again. */
static int be_told(const char *how)
{
	struct sigaction action = {.sa_handler = on_child};
	int ends[2], status = 1;
	pid_t parent = getpid(), child;

	if (sigaction(SIGCHLD, &action, NULL) < 0 || pipe(ends) < 0)
		return 1;
	child = fork();
	if (child == 0) {
		await_sleep(parent);
		_exit(0);
	}
	if (waitpid(child, NULL, WNOHANG) != 0 || sleep_in(how, ends[0]) != -1 || errno != EINTR)
		return 1;
	return waitpid(child, &status, WNOHANG) != child || status != 0;
}

/* --- descriptors in messages --------------------------------------------------------------- */

#define COPIES 2

/* The child makes a pipe, gives both copies of its writing end away, and reads one byte. */
static int make_pipe(int peer)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(COPIES * sizeof(int))];
	} control = {.head = {.cmsg_len = CMSG_LEN(COPIES * sizeof(int)),
			      .cmsg_level = SOL_SOCKET,
			      .cmsg_type = SCM_RIGHTS}};
	char byte = 'x';
	struct iovec piece = {&byte, 1};
	struct msghdr message = {.msg_iov = &piece,
				 .msg_iovlen = 1,
				 .msg_control = control.space,
				 .msg_controllen = sizeof(control.space)};
	int ends[2];

	if (pipe(ends) < 0)
		return 1;
	for (int i = 0; i < COPIES; i++)
		memcpy(CMSG_DATA(&control.head) + i * sizeof(int), &ends[1], sizeof(int));
	if (sendmsg(peer, &message, 0) != 1 || close(ends[1]) < 0)
		return 1;
	return read(ends[0], &byte, 1) != 1;
}

/* One of the copies; -1 when they did not come. */
static int take_copy(int peer, int many)
{
	union {
		struct cmsghdr head;
		char space[256];
	} control;
	char byte;
	struct iovec piece = {&byte, 1};
	struct mmsghdr messages = {.msg_hdr = {.msg_iov = &piece,
					       .msg_iovlen = 1,
					       .msg_control = control.space,
					       .msg_controllen = sizeof(control.space)}};
	struct msghdr *message = &messages.msg_hdr;
	int fd = -1;

	if ((many ? recvmmsg(peer, &messages, 1, 0, NULL) : recvmsg(peer, message, 0)) != 1)
		return -1;
	for (struct cmsghdr *head = CMSG_FIRSTHDR(message); head; head = CMSG_NXTHDR(message, head))
		if (head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS)
			memcpy(&fd, CMSG_DATA(head), sizeof(fd));
	return fd;
}

/* The parent writes into one copy and closes it: it still has the other. */
static int pass(const char *how)
{
	int ends[2], on = 1, fd, status = 1;
	pid_t child;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) < 0)
		return 1;
	if (!strcmp(how, "signed") && setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)))
		return 1;
	child = fork();
	if (child == 0)
		_exit(make_pipe(ends[1]));
	fd = take_copy(ends[0], !strcmp(how, "many"));
	if (write(fd, "x", 1) != 1 || close(fd) < 0)
		return 1;
	wait(&status);
	return status != 0;
}

/* What the parent gives up is known, however much comes with a datagram besides descriptors. */
static int hear_much(void)
{
	static const int options[][2] = {
		{SOL_SOCKET, SO_TIMESTAMPNS}, {IPPROTO_IP, IP_PKTINFO},
		{IPPROTO_IP, IP_RECVTTL},     {IPPROTO_IP, IP_RECVTOS},
		{IPPROTO_IP, IP_RECVOPTS},    {IPPROTO_IP, IP_RECVORIGDSTADDR}};
	struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1, ends[2], status = 1;
	socklen_t length = sizeof(here);
	char byte, control[512];
	struct iovec piece = {&byte, 1};
	struct msghdr message = {.msg_iov = &piece,
				 .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = sizeof(control)};

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		setsockopt(fd, options[i][0], options[i][1], &on, sizeof(on));
	if (pipe(ends) < 0 || bind(fd, (struct sockaddr *)&here, length) < 0 ||
	    getsockname(fd, (struct sockaddr *)&here, &length) < 0)
		return 1;
	if (fork() == 0)
		_exit(close(ends[1]) < 0 || read(ends[0], &byte, 1) != 1);
	if (sendto(fd, "x", 1, 0, (struct sockaddr *)&here, length) != 1 ||
	    recvmsg(fd, &message, 0) != 1 || write(ends[1], "x", 1) != 1 || close(ends[1]) < 0)
		return 1;
	wait(&status);
	return status != 0;
}

/* The parent reads into nothing, and then meets the end: there has to be room for that. */
static int read_nothing(void)
{
	struct iovec pieces[9] = {{NULL, 0}};
	char byte;
	int ends[2], status = 1;

	if (pipe(ends) < 0)
		return 1;
	if (fork() == 0)
		_exit(close(ends[0]) < 0 || write(ends[1], "x", 1) != 1);
	if (close(ends[1]) < 0 || read(ends[0], &byte, 1) != 1 || readv(ends[0], pieces, 2) != 0)
		return 1;
	pieces[8] = (struct iovec){&byte, 1};
	wait(&status);
	return readv(ends[0], pieces, 9) != 0 || status != 0;
}

static void *close_own(void *fd)
{
	if (unshare(CLONE_FILES) < 0 || close(*(int *)fd) < 0)
		exit(1);
	return NULL;
}

/* A thread closes the end in a table of its own: the process still has it. */
static int close_apart(void)
{
	int ends[2], status = 1;
	pthread_t thread;
	char byte;
	pid_t child;

	if (pipe(ends) < 0)
		return 1;
	child = fork();
	if (child == 0)
		_exit(close(ends[1]) < 0 || read(ends[0], &byte, 1) != 1);
	if (pthread_create(&thread, NULL, close_own, &ends[1]) || pthread_join(thread, NULL))
		return 1;
	if (write(ends[1], "x", 1) != 1)
		return 1;
	wait(&status);
	return status != 0;
}

static void stay_here(void)
{
	cpu_set_t here;

	CPU_ZERO(&here);
	CPU_SET(sched_getcpu(), &here);
	if (sched_setaffinity(0, sizeof(here), &here) < 0)
		exit(2);
}

/* The clock that one waits for runs down while the other is in a call, on the same processor. */
static int wait_for_clock(void)
{
	const struct itimerspec often = {{0, 2000000}, {0, 2000000}};
	static char much[1 << 20];
	struct pollfd clock = {.events = POLLIN};
	uint64_t times;
	pid_t child;
	int zero;

	stay_here();
	child = fork();
	if (child == 0) {
		zero = open("/dev/zero", O_RDONLY);
		while (read(zero, much, sizeof(much)) == sizeof(much))
			;
		_exit(1);
	}
	clock.fd = timerfd_create(CLOCK_MONOTONIC, 0);
	if (timerfd_settime(clock.fd, 0, &often, NULL) < 0)
		return 1;
	for (int i = 0; i < 50; i++)
		if (poll(&clock, 1, -1) != 1 || read(clock.fd, &times, 8) != 8)
			return 1;
	kill(child, SIGKILL);
	return wait(NULL) != child;
}

/* What is written at the one end comes to who reads at the other. */
static int talk_by_terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), terminal;
	pid_t child;
	char line[2];

	if (master < 0 || unlockpt(master) < 0)
		return 1;
	terminal = open(ptsname(master), O_RDWR | O_NOCTTY);
	child = fork();
	if (child == 0)
		_exit(read(terminal, line, 2) != 2);
	await_sleep(child);
	return write(master, "x\n", 2) != 2 || wait(NULL) != child;
}

int main(int argc, char *argv[])
{
	const char *what = argc > 1 ? argv[1] : "", *how = argc > 2 ? argv[2] : "";
	struct sockaddr_un here = {.sun_family = AF_UNIX};
	struct sockaddr_in there = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};

	for (size_t i = 0; i < sizeof(things) / sizeof(*things); i++)
		if (!strcmp(things[i].name, what))
			return wait_for(&things[i], !strcmp(how, "now"));
	if (!strcmp(what, "told"))
		return be_told(how);
	if (!strcmp(what, "unix")) /* the kernel gives it a name */
		return talk((struct sockaddr *)&here, sizeof(sa_family_t), !strcmp(how, "gone"));
	if (!strcmp(what, "tcp"))
		return talk((struct sockaddr *)&there, sizeof(there), 0);
	if (!strcmp(what, "clock"))
		return wait_for_clock();
	if (!strcmp(what, "terminal"))
		return talk_by_terminal();
	if (!strcmp(what, "nothing"))
		return read_nothing();
	if (!strcmp(what, "pass"))
		return !strcmp(how, "apart")  ? close_apart()
		       : !strcmp(how, "much") ? hear_much()
					      : pass(how);
	fprintf(stderr, "usage: waiter mq|mqpoll|msg|sem|lock|flock [now] | unix [gone] | tcp | "
			"clock | terminal | nothing | pass [signed|many|much|apart] | "
			"told poll|select|epoll|ever|time\n");
	return 2;
}
