/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A process that forks faster than we look is stopped by its parent's stop, so a few rounds do. */
#define ROUNDS_MOST 64

/* How long it is waited for that all have stopped: half a second. */
#define STOP_STEPS   250
#define STOP_STEP_NS 2000000

struct entry {
	pid_t pid, parent;
	uint64_t start;
	char state; /* as proc(5) has it */
	bool ours;
};
struct table {
	struct entry *entries;
	size_t count, room;
};

bool mp_tree_reap(pid_t command, int *status, bool *seen)
{
	for (;;) {
		int one;
		pid_t pid = waitpid(-1, &one, WNOHANG);

		if (pid < 0 && errno == EINTR)
			continue;
		if (pid <= 0)
			return pid == 0;
		if (pid == command) {
			*status = one;
			*seen = true;
		}
	}
}

/* The name in a stat file may hold anything: what counts comes after its last bracket. */
static bool read_entry(const char *pid, struct entry *entry)
{
	char path[300], text[1024];
	const char *rest;
	unsigned long long start;
	int fd, parent;
	char state;
	ssize_t got;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (got <= 0)
		return false;
	text[got] = '\0';
	rest = strrchr(text, ')');
	if (rest == NULL || sscanf(rest + 1,
				   " %c %d %*d %*d %*d %*d %*u %*u %*u %*u %*u %*u %*u %*d %*d "
				   "%*d %*d %*d %*d %llu",
				   &state, &parent, &start) != 3)
		return false;
	*entry = (struct entry){
		.pid = (pid_t)atol(pid), .parent = parent, .start = start, .state = state};
	return true;
}

static int add_entry(struct table *table, const struct entry *entry)
{
	if (table->count == table->room) {
		size_t room = table->room != 0 ? 2 * table->room : 256;
		struct entry *entries = reallocarray(table->entries, room, sizeof(*entries));

		if (entries == NULL)
			return -ENOMEM;
		table->entries = entries;
		table->room = room;
	}
	table->entries[table->count++] = *entry;
	return 0;
}

static int read_table(struct table *table)
{
	DIR *processes = opendir("/proc");
	const struct dirent *name;
	struct entry entry;
	int error = 0;

	if (processes == NULL)
		return -errno;
	table->count = 0;
	while (error == 0 && (name = readdir(processes)) != NULL) {
		if (name->d_name[0] >= '0' && name->d_name[0] <= '9' &&
		    read_entry(name->d_name, &entry))
			error = add_entry(table, &entry);
	}
	closedir(processes);
	return error;
}

static bool is_ours(const struct table *table, pid_t pid)
{
	if (pid == getpid())
		return true;
	for (size_t i = 0; i < table->count; i++) {
		if (table->entries[i].pid == pid)
			return table->entries[i].ours;
	}
	return false;
}

static void mark_descendants(struct table *table)
{
	bool more = true;

	while (more) {
		more = false;
		for (size_t i = 0; i < table->count; i++) {
			struct entry *entry = &table->entries[i];

			if (!entry->ours && is_ours(table, entry->parent)) {
				entry->ours = true;
				more = true;
			}
		}
	}
}

/* Through a pidfd, and only when it is still the process that was listed. */
static bool send_signal(const struct entry *entry, int signal)
{
	struct entry now;
	char pid[16];
	bool sent;
	int pidfd = (int)syscall(SYS_pidfd_open, entry->pid, 0);

	if (pidfd < 0)
		return false;
	snprintf(pid, sizeof(pid), "%d", (int)entry->pid);
	sent = read_entry(pid, &now) && now.start == entry->start &&
	       syscall(SYS_pidfd_send_signal, pidfd, signal, NULL, 0) == 0;
	close(pidfd);
	return sent;
}

/* How many descendants there are that the list `before` did not hold, all signalled. */
static int signal_new(const struct table *before, struct table *now, int signal)
{
	int found = 0, error = read_table(now);

	if (error < 0)
		return error;
	mark_descendants(now);
	for (size_t i = 0; i < now->count; i++) {
		struct entry *entry = &now->entries[i];
		bool known = false;

		if (!entry->ours)
			continue;
		for (size_t k = 0; k < before->count && !known; k++)
			known = before->entries[k].ours && before->entries[k].pid == entry->pid &&
				before->entries[k].start == entry->start;
		if (!known && send_signal(entry, signal))
			found++;
	}
	return found;
}

static int signal_all(struct table tables[2], int signal)
{
	int result = 1;

	tables[0].count = tables[1].count = 0;
	for (int round = 0; round < ROUNDS_MOST && result > 0; round++)
		result = signal_new(&tables[round % 2], &tables[(round + 1) % 2], signal);
	return result < 0 ? result : 0;
}

/*
 * Waits until every descendant has stopped or ended. Who was only told to stop might still be
 * woken by the end of another, and seem to have got what it waited for.
 */
static int wait_for_stop(struct table *table)
{
	static const struct timespec pause = {.tv_nsec = STOP_STEP_NS};

	for (int step = 0; step < STOP_STEPS; step++) {
		bool moving = false;
		int error = read_table(table);

		if (error < 0)
			return error;
		mark_descendants(table);
		for (size_t i = 0; i < table->count; i++)
			moving |= table->entries[i].ours &&
				  strchr("TtZX", table->entries[i].state) == NULL;
		if (!moving)
			return 0;
		nanosleep(&pause, NULL);
	}
	return 0; /* one that sleeps where no signal reaches it (vfork): it is killed all the same
		   */
}

int mp_tree_kill(void)
{
	struct table tables[2] = {0};
	int result = signal_all(tables, SIGSTOP);

	if (result == 0)
		result = wait_for_stop(&tables[0]);
	if (result == 0)
		result = signal_all(tables, SIGKILL);
	free(tables[0].entries);
	free(tables[1].entries);
	return result;
}
