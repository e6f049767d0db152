// SPDX-License-Identifier: GPL-2.0-or-later
/* Ranks on one machine: their start, their end, and what the others notice of it. */
#include <errno.h>
#include <mproc.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <unistd.h>

#include "common.h"
#include "tap.h"

/* A second, and much more for a machine that is busy. */
enum { RANKS = 5, SOON_MS = 5000 };

/* What the ranks tell this process. */
static struct {
	volatile pid_t pid[MP_COMM_RANKS_MAX];
	volatile int result[MP_COMM_RANKS_MAX];
	volatile int64_t when_ms[MP_COMM_RANKS_MAX];
	volatile int64_t died_ms;
	volatile int count;
} * told;

static void die(void)
{
	told->died_ms = now_ms();
	kill(getpid(), SIGKILL);
}

/* --- the start and the end --- */

static int tell_size(struct mp_comm *comm, void *argument)
{
	char name[32];

	/* A test that is killed leaves nothing behind. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(name, sizeof(name), "rank-%d", mp_comm_rank(comm));
	told->pid[mp_comm_rank(comm)] = getpid();
	if (strcmp(name, mp_process_current_name()) != 0)
		return 100;
	return mp_comm_size(comm) == *(int *)argument ? 0 : 101;
}

static void test_start(void)
{
	int size = 1, status = -1;

	is_int(mp_comm_run(1, tell_size, &size, &status), 0, "one rank runs");
	is_int(status, 0, "and ends well");
	ok(told->pid[0] && told->pid[0] != getpid(), "in a process of its own");
	size = RANKS;
	is_int(mp_comm_run(RANKS, tell_size, &size, &status), 0, "several run");
	is_int(status, 0, "with their names and the size");
	ok(!has_child(), "all of them have been reaped");
}

static int end_as_told(struct mp_comm *comm, void *argument)
{
	int result = ((int *)argument)[mp_comm_rank(comm)];

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (result < 0)
		kill(getpid(), -result);
	if (result == 99)
		exit(98);
	return result;
}

static int ends_with(int first, int second, int third)
{
	int results[] = {first, second, third}, status = -1000;
	int rc = mp_comm_run(3, end_as_told, results, &status);

	return rc ? rc : status;
}

static void test_status(void)
{
	is_int(ends_with(0, 0, 0), 0, "the status is 0 if all end with 0");
	is_int(ends_with(0, 0, 3), 3, "else that of who does not");
	is_int(ends_with(0, 7, 3), 7, "of the lowest of these");
	is_int(ends_with(0, -SIGKILL, 3), -SIGKILL, "a killed one is one of these");
	is_int(ends_with(0, 256, 99), 98, "a status has eight bits; exit(3) gives one, too");
}

static void test_refusals(const char *strange_modules)
{
	int status = 77, size = 1;

	is_int(mp_comm_run(0, tell_size, &size, &status), -EINVAL, "no ranks at all are refused");
	is_int(mp_comm_run(MP_COMM_RANKS_MAX + 1, tell_size, &size, &status), -EINVAL,
	       "so are too many");
	is_int(mp_comm_run(1, NULL, NULL, &status), -EINVAL, "so is nothing to run");
	setenv("MPROC_MPI", "lam", 1);
	is_int(mp_comm_run(1, tell_size, &size, &status), -EINVAL, "so is an unknown MPI");
	setenv("MPROC_MODULES", "/nonexistent", 1);
	setenv("MPROC_MPI", "mpich", 1);
	is_int(mp_comm_run(1, tell_size, &size, &status), -ELIBACC,
	       "a module that is missing is an error");
	setenv("MPROC_MPI", "", 1);
	setenv("OMPI_COMM_WORLD_SIZE", "1", 1);
	is_int(mp_comm_run(1, tell_size, &size, &status), -ELIBACC, "also of Open MPI");
	unsetenv("OMPI_COMM_WORLD_SIZE");
	setenv("PMI_RANK", "0", 1);
	is_int(mp_comm_run(1, tell_size, &size, &status), 0, "half of MPICH's signs are none");
	setenv("PMI_SIZE", "1", 1);
	is_int(mp_comm_run(1, tell_size, &size, &status), -ELIBACC, "both are");
	setenv("MPROC_MODULES", strange_modules, 1);
	is_int(mp_comm_run(1, tell_size, &size, &status), -ELIBBAD,
	       "a module of another version is not run");
	setenv("MPROC_MPI", "none", 1);
	is_int(mp_comm_run(1, tell_size, &size, &status), 0, "but they can be overruled");
	unsetenv("MPROC_MODULES");
	unsetenv("PMI_RANK");
	unsetenv("PMI_SIZE");
	is_int(status, 0, "only success says a status");
}

static int wait_for_ever(struct mp_comm *comm, void *argument)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	told->pid[mp_comm_rank(comm)] = getpid();
	while (pause() < 0)
		;
	return 0;
}

/* Descriptors run out when some ranks have been started. */
static int start_too_many(void)
{
	int status = 77, rc;
	unsigned fds;

	for (int i = 0; i < 3; i++)
		if (dup(STDERR_FILENO) < 0)
			return 1;
	fds = open_fds();
	forbid_fds(true);
	close(STDERR_FILENO + 1);
	close(STDERR_FILENO + 2);
	rc = mp_comm_run(4, wait_for_ever, NULL, &status);
	forbid_fds(false);
	if (rc != -EMFILE || status != 77)
		return 2;
	if (has_child() || open_fds() != fds - 2)
		return 3;
	return mp_comm_run(2, tell_size, &(int){2}, &status) || status ? 4 : 0;
}

static void test_failed_start(void)
{
	pid_t pid = fork_now();

	if (pid == 0)
		_exit(start_too_many());
	is_int(wait_status(pid), 0,
	       "a start that fails half-way leaves nothing, and can be tried "
	       "again");
}

static int look_around(struct mp_comm *comm, void *argument)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* One for its parent, whom every child of the library watches. */
	return open_fds() <= *(unsigned *)argument + 1 ? 0 : 1;
}

static int run_within(struct mp_comm *comm, void *argument)
{
	int status = -1, size = 2;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	return mp_comm_run(2, tell_size, &size, &status) ? 1 : status;
}

static void test_surroundings(void)
{
	unsigned fds = open_fds();
	int status = -1;

	is_int(mp_comm_run(4, look_around, &fds, &status), 0, "ranks run");
	is_int(status, 0, "none has descriptors of the others");
	is_int(mp_comm_run(2, run_within, NULL, &status), 0, "ranks may run ranks");
	is_int(status, 0, "of their own");
}

/* --- the end of a rank, as the others see it --- */

typedef int act(struct mp_comm *comm);

/* The last rank dies, by SIGKILL or by leaving, while the others do something that needs it. */
struct scene {
	act *others;
	bool leaves;
	bool early; /* dead before the others begin */
	int sends;  /* before that */
};

static void note_result(struct mp_comm *comm, int rc)
{
	int rank = mp_comm_rank(comm);

	told->when_ms[rank] = now_ms();
	told->result[rank] = rc;
}

static int play(struct mp_comm *comm, void *argument)
{
	const struct scene *scene = argument;
	int last = mp_comm_size(comm) - 1;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (mp_comm_rank(comm) != last) {
		if (scene->early)
			while (!told->died_ms)
				sleep_ms(1);
		note_result(comm, scene->others(comm));
		return 0;
	}
	for (int i = 0; i < scene->sends; i++)
		mp_comm_send(comm, 0, i, &i, sizeof(i));
	if (!scene->early)
		sleep_ms(100);
	if (!scene->leaves)
		die();
	told->died_ms = now_ms();
	return 0;
}

/* Whether all the others got `expected`, and in time. */
static void scene(struct scene scene, int expected, const char *what)
{
	int status = 0, rc, wrong = 0, late = 0;

	memset(told, 0, sizeof(*told));
	rc = mp_comm_run(RANKS, play, &scene, &status);
	is_int(rc ? rc : status, scene.leaves ? 0 : -SIGKILL, "%s: it is over", what);
	for (int i = 0; i < RANKS - 1; i++) {
		wrong += told->result[i] != expected;
		late += told->when_ms[i] - told->died_ms > SOON_MS;
		if (told->result[i] != expected)
			tap_note("rank %d got %d", i, told->result[i]);
	}
	is_int(wrong, 0, "%s: all are told", what);
	is_int(late, 0, "%s: soon", what);
}

static int recv_from_last(struct mp_comm *comm)
{
	char byte;

	return mp_comm_recv(comm, mp_comm_size(comm) - 1, 1000, &byte, 1, NULL);
}

static int probe_last(struct mp_comm *comm)
{
	return mp_comm_probe(comm, mp_comm_size(comm) - 1, MP_COMM_ANY, NULL, 60000);
}

static int send_much_to_last(struct mp_comm *comm)
{
	static char much[10000000];

	return mp_comm_send(comm, mp_comm_size(comm) - 1, 0, much, sizeof(much));
}

static int send_until_refused(struct mp_comm *comm)
{
	int rc;

	do
		rc = mp_comm_send(comm, mp_comm_size(comm) - 1, 0, "x", 1);
	while (rc == 0);
	return rc;
}

static int recv_from_any(struct mp_comm *comm)
{
	char byte;

	/* All but rank 0 leave then, one after the other. */
	if (mp_comm_rank(comm) != 0)
		return MP_DIED;
	return mp_comm_recv(comm, MP_COMM_ANY, MP_COMM_ANY, &byte, 1, NULL);
}

static int barrier(struct mp_comm *comm)
{
	return mp_comm_barrier(comm);
}

static int all_to_all(struct mp_comm *comm)
{
	static char in[RANKS * 100000], out[RANKS * 100000];

	return mp_comm_all_to_all(comm, in, out, 100000);
}

static int broadcast_from_last(struct mp_comm *comm)
{
	static char data[100000];

	return mp_comm_broadcast(comm, mp_comm_size(comm) - 1, data, sizeof(data));
}

/* In none of these is the last rank's part done, whoever is the root: at the latest the barrier
 * after it says so, and says it to all. */
static int reduce_then_barrier(struct mp_comm *comm)
{
	int in[1000] = {0}, out[1000];
	int rc = mp_comm_reduce(comm, 0, in, out, 1000, MP_INT32, MP_SUM);

	return rc < 0 ? rc : mp_comm_barrier(comm);
}

static void test_deaths(void)
{
	static const struct {
		act *others;
		const char *what;
	} acts[] = {
		{recv_from_last, "receiving from it"},
		{probe_last, "probing it"},
		{send_much_to_last, "sending much to it"},
		{send_until_refused, "sending little to it"},
		{recv_from_any, "receiving from any, until all are gone"},
		{barrier, "a barrier"},
		{all_to_all, "all to all"},
		{broadcast_from_last, "a broadcast from it"},
		{reduce_then_barrier, "a reduction, then a barrier"},
	};
	char what[100];

	for (size_t i = 0; i < sizeof(acts) / sizeof(acts[0]); i++) {
		for (int how = 0; how < 4; how++) {
			struct scene now = {
				.others = acts[i].others, .leaves = how & 1, .early = how & 2};

			snprintf(what, sizeof(what), "%s, %s, %s", acts[i].what,
				 now.leaves ? "left" : "killed", now.early ? "before" : "during");
			scene(now, MP_DIED, what);
		}
	}
}

static int take_what_was_sent(struct mp_comm *comm)
{
	int got, rc;

	if (mp_comm_rank(comm) != 0)
		return 0;
	for (int i = 99; i >= 0; i--) {
		rc = mp_comm_recv(comm, RANKS - 1, i, &got, sizeof(got), NULL);
		if (rc || got != i)
			return 1000 + i;
	}
	rc = mp_comm_recv(comm, RANKS - 1, MP_COMM_ANY, &got, sizeof(got), NULL);
	return rc == MP_DIED ? 0 : rc;
}

static void test_legacy(void)
{
	for (int leaves = 0; leaves < 2; leaves++)
		scene((struct scene){.others = take_what_was_sent,
				     .leaves = leaves,
				     .early = true,
				     .sends = 100},
		      0, leaves ? "what it sent before it left" : "what it sent before its death");
}

/* A message of which only half was sent is none. */
static int die_while_sending(struct mp_comm *comm, void *argument)
{
	static char much[50000000], buffer[50000000];
	struct mp_comm_status status;
	int rank = mp_comm_rank(comm), rc;
	bool heard = false;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	told->pid[rank] = getpid();
	if (rank == 1)
		for (;;)
			mp_comm_send(comm, 0, 5, much, sizeof(much));
	if (rank == 2) {
		sleep_ms(300);
		return mp_comm_send(comm, 0, 6, "word", 5);
	}
	rc = mp_comm_recv(comm, 1, 5, buffer, sizeof(buffer), NULL);
	sleep_ms(20);
	kill(told->pid[1], SIGKILL);
	for (;;) {
		rc = mp_comm_recv(comm, MP_COMM_ANY, MP_COMM_ANY, buffer, sizeof(buffer), &status);
		if (rc)
			break;
		if (status.source == 2)
			heard = strcmp(buffer, "word") == 0;
		else if (status.size != sizeof(much))
			return 2;
	}
	return rc == MP_DIED && heard ? 0 : 1;
}

static void test_half(void)
{
	int status = 0;

	is_int(mp_comm_run(3, die_while_sending, NULL, &status), 0, "one dies in a message");
	is_int(status, -SIGKILL, "which is not received; who lives is");
}

/* --- one that is stopped --- */

static bool is_stopped(void *pid)
{
	char path[64], line[128] = "";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)*(pid_t *)pid);
	file = fopen(path, "re");
	if (file && fgets(line, sizeof(line), file))
		fclose(file);
	return strstr(line, ") T ") != NULL;
}

static int wait_for_stopped(struct mp_comm *comm, void *argument)
{
	int64_t before;
	int rc;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	told->pid[mp_comm_rank(comm)] = getpid();
	mp_comm_barrier(comm);
	if (mp_comm_rank(comm) == 1) {
		kill(getpid(), SIGSTOP);
		return mp_comm_send(comm, 0, 1, "late", 5);
	}
	if (!comes_true(is_stopped, (void *)&told->pid[1]))
		return 3;
	before = now_ms();
	rc = mp_comm_probe(comm, 1, MP_COMM_ANY, NULL, 600);
	if (rc != MP_TIMEOUT || now_ms() - before < 599)
		return 1;
	if (mp_comm_probe(comm, MP_COMM_ANY, MP_COMM_ANY, NULL, 0) != MP_TIMEOUT)
		return 2;
	kill(told->pid[1], SIGCONT);
	return mp_comm_probe(comm, 1, 1, NULL, 60000);
}

static void test_stop(void)
{
	int status = -1;

	is_int(mp_comm_run(2, wait_for_stopped, NULL, &status), 0, "a rank is stopped");
	is_int(status, 0, "it is not dead; a probe ends in time all the same");
}

/* Who started them is stopped, and cannot tell who has died. */
static int find_out_alone(struct mp_comm *comm, void *argument)
{
	pid_t runner = *(pid_t *)argument;

	/* All have been started. */
	mp_comm_barrier(comm);
	if (mp_comm_rank(comm) == 1) {
		mp_comm_barrier(comm);
		sleep_ms(100);
		die();
	}
	kill(runner, SIGSTOP);
	mp_comm_barrier(comm);
	note_result(comm, mp_comm_barrier(comm));
	if (mp_comm_rank(comm) == 0)
		sleep_ms(100);
	kill(runner, SIGCONT);
	return 0;
}

static void test_stopped_runner(void)
{
	pid_t runner = fork_now();
	int status = 0;

	memset(told, 0, sizeof(*told));
	if (runner == 0) {
		runner = getpid();
		_exit(mp_comm_run(3, find_out_alone, &runner, &status) ? 1 : -status);
	}
	is_int(wait_status(runner), SIGKILL, "who started the ranks is stopped; one dies");
	ok(told->result[0] == MP_DIED && told->result[2] == MP_DIED, "the others find out");
	ok(told->when_ms[0] - told->died_ms < SOON_MS && told->when_ms[2] - told->died_ms < SOON_MS,
	   "soon");
}

/* --- kills at random --- */

/* Everybody sends to everybody, until somebody is gone. */
static int chatter(struct mp_comm *comm, void *argument)
{
	static char buffer[100000], data[100000];
	int rank = mp_comm_rank(comm), size = mp_comm_size(comm), rc = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	told->pid[rank] = getpid();
	for (unsigned i = 0; rc == 0; i++) {
		size_t length = (i * 7919u + (unsigned)rank) % sizeof(data);

		rc = mp_comm_sendrecv(comm, (rank + 1) % size, 1, data, length,
				      (rank + size - 1) % size, 1, buffer, sizeof(buffer), NULL);
		if (rc == 0 && i % 8 == 0)
			rc = mp_comm_all_to_all(comm, data, buffer, 1000);
		if (rc == 0 && i % 16 == 0)
			rc = mp_comm_barrier(comm);
	}
	note_result(comm, rc);
	return rc == MP_DIED ? 0 : 1;
}

static bool all_are_there(void *unused)
{
	for (int i = 0; i < RANKS; i++)
		if (!told->pid[i])
			return false;
	return true;
}

static void test_random_kills(void)
{
	int wrong = 0, late = 0;

	for (unsigned round = 0; round < 15; round++) {
		int status = 0, victim = (int)(round * 3 % RANKS);
		pid_t runner;

		memset(told, 0, sizeof(*told));
		runner = fork_now();
		if (runner == 0)
			_exit(mp_comm_run(RANKS, chatter, NULL, &status) ? 1 : -status);
		if (!comes_true(all_are_there, NULL))
			tap_bail("the ranks do not start");
		usleep(round * 1777 % 20000);
		told->died_ms = now_ms();
		kill(told->pid[victim], SIGKILL);
		wrong += wait_status(runner) != SIGKILL;
		for (int i = 0; i < RANKS; i++)
			late += i != victim && told->when_ms[i] - told->died_ms > SOON_MS;
	}
	is_int(wrong, 0, "whoever is killed at whatever moment: the others are told");
	is_int(late, 0, "soon");
}

/* --- signals --- */

static void ignore(int number)
{
}

static int disturbed(struct mp_comm *comm, void *argument)
{
	const struct sigaction action = {.sa_handler = ignore};
	const struct itimerval often = {{0, 1000}, {0, 1000}};
	static char out[300000], in[300000];
	int rank = mp_comm_rank(comm), size = mp_comm_size(comm), rc = 0;
	int64_t before;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigaction(SIGALRM, &action, NULL);
	setitimer(ITIMER_REAL, &often, NULL);
	for (int i = 0; i < 200 && rc == 0; i++) {
		out[i] = (char)(rank + i);
		rc = mp_comm_sendrecv(comm, (rank + 1) % size, i, out, (size_t)i * 1000,
				      (rank + size - 1) % size, i, in, sizeof(in), NULL);
		if (rc == 0 && i % 10 == 0)
			rc = mp_comm_barrier(comm);
	}
	before = now_ms();
	if (rc == 0 && mp_comm_probe(comm, MP_COMM_ANY, 7, NULL, 200) != MP_TIMEOUT)
		rc = 2;
	if (rc == 0 && now_ms() - before < 199)
		rc = 3;
	return rc ? rc : mp_comm_barrier(comm);
}

static void test_signals(void)
{
	int status = -1;

	is_int(mp_comm_run(3, disturbed, NULL, &status), 0, "a thousand signals a second");
	is_int(status, 0, "disturb nobody");
}

/* --- much --- */

static int all_meet(struct mp_comm *comm, void *argument)
{
	int64_t one = 1, all = 0;
	int rc;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	rc = mp_comm_barrier(comm);
	if (rc == 0)
		rc = mp_comm_reduce(comm, 0, &one, &all, 1, MP_INT64, MP_SUM);
	if (rc == 0 && mp_comm_rank(comm) == 0)
		rc = all != mp_comm_size(comm);
	return rc;
}

static void test_most(void)
{
	int status = -1;

	is_int(mp_comm_run(MP_COMM_RANKS_MAX, all_meet, NULL, &status), 0, "as many as can be");
	is_int(status, 0, "work together");
}

/* Nothing that is received is kept: half of what is put aside here would be too much. A sanitizer
 * keeps a quarter of it. */
static int send_and_forget(struct mp_comm *comm, void *argument)
{
	enum { COUNT = 2000, MOST_KB = 500000 };
	static char data[1000000], buffer[1000000];
	struct mp_comm_status got;
	struct rusage usage;
	int rc = 0;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (int i = 0; i < COUNT && rc == 0; i++) {
		if (mp_comm_rank(comm) == 1) {
			rc = mp_comm_send(comm, 0, i % 2, data, sizeof(data));
			continue;
		}
		/* One of each pair has to be put aside, once before and once after it. */
		rc = mp_comm_recv(comm, 1, 1 - i % 2, buffer, sizeof(buffer), &got);
	}
	getrusage(RUSAGE_SELF, &usage);
	return rc ? rc : usage.ru_maxrss > MOST_KB;
}

static int use_little_memory(void)
{
	int status = -1;

	return mp_comm_run(2, send_and_forget, NULL, &status) ? 1 : status;
}

int main(int argc, char **argv)
{
	unsigned fds;

	tap_plan(0);
	if (argc < 2)
		tap_bail("argument: a folder with modules of another version");
	unsetenv("OMPI_COMM_WORLD_SIZE");
	unsetenv("PMI_RANK");
	setenv("MPROC_MPI", "none", 1);
	told = shared_memory(sizeof(*told));
	fds = open_fds();
	test_start();
	test_status();
	test_refusals(argv[1]);
	test_failed_start();
	test_surroundings();
	test_deaths();
	test_legacy();
	test_half();
	test_stop();
	test_stopped_runner();
	test_random_kills();
	test_signals();
	test_most();
	is_int(use_little_memory(), 0, "many big messages, taken out of order");
	is_int(open_fds(), fds, "no descriptor was left open");
	ok(!has_child(), "no child is left");
	return tap_done();
}
