/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The collector on the running kernel: what it records, what it counts as lost, what it leaves
 * behind (nothing), and whose privileges it holds. Every case runs in a process of its own,
 * because the collector gives up root for good.
 */
#include "collect.h"
#include "privilege.h"
#include "tap.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define FLOOD 200000

struct run {
	struct mp_collector *collector;
	struct mp_record *record;
	int prepared, ran;
};

static void collect(struct run *run, struct mp_collect_options *options, const char *const *argv)
{
	options->argv = (char **)argv; /* as execve(2) does, it leaves the words as they are */
	for (options->argc = 0; options->argv[options->argc] != NULL; options->argc++)
		;
	*run = (struct run){.ran = -ECANCELED};
	run->prepared = mp_collect_prepare(options, &run->collector);
	if (run->prepared == 0 && mp_record_new(&run->record) == 0)
		run->ran = mp_collect_run(run->collector, run->record);
}

static void finish(struct run *run)
{
	mp_collect_free(run->collector);
	mp_record_free(run->record);
}

static size_t count_kind(const struct mp_record *record, enum mp_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < record->count; i++)
		count += mp_record_event(record, i)->kind == kind;
	return count;
}

static bool is_childless(void)
{
	return waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD;
}

/* One byte to and fro through a pipe of its own: the number of calls is known exactly. */
static int flood(void)
{
	int ends[2];
	char byte = 0;

	if (pipe(ends) < 0)
		return 1;
	for (int i = 0; i < FLOOD; i++) {
		if (write(ends[1], &byte, 1) != 1 || read(ends[0], &byte, 1) != 1)
			return 1;
	}
	return 0;
}

/* The same while the collector, the parent, reads nothing: however fast it is, there is no room. */
static int flood_unread(void)
{
	pid_t collector = getppid();
	int result = kill(collector, SIGSTOP) < 0 || flood();

	return kill(collector, SIGCONT) < 0 || result;
}

/* A call that fails at once moves nothing: the two calls of a round are all there is to see. */
static void case_losses_are_exact(char *self)
{
	const char *const argv[] = {self, "flood-unread", NULL};
	struct mp_collect_options options = {.buffer_bytes = MP_BUFFER_LEAST};
	struct run run;
	uint64_t seen, lost;

	collect(&run, &options, argv);
	if (!ok(run.ran == 0, "a flood through the smallest ring is recorded"))
		return;
	seen = count_kind(run.record, MP_IO);
	lost = run.record->losses.lost[MP_IO] + run.record->losses.missed[MP_IO];
	ok(lost > 0, "the smallest ring loses events in a flood");
	is_int((int64_t)(seen + lost), 2 * FLOOD, "what was recorded and what was lost add up");
	is_int((int64_t)(count_kind(run.record, MP_EXIT) + run.record->losses.lost[MP_EXIT]), 1,
	       "the end is recorded, or counted");
	finish(&run);
}

static void case_default_ring_keeps_all(char *self)
{
	const char *const argv[] = {self, "flood", NULL};
	struct mp_collect_options options = {0};
	struct run run;
	uint64_t lost = 0;

	collect(&run, &options, argv);
	if (!ok(run.ran == 0, "a flood through the default ring is recorded"))
		return;
	for (size_t kind = 0; kind < MP_KINDS; kind++)
		lost += run.record->losses.lost[kind];
	is_int((int64_t)(count_kind(run.record, MP_IO) + lost), 2 * FLOOD,
	       "every call was recorded, or is counted");
	finish(&run);
}

/* The last MP_EXIT of a shell's child that slept, with what it slept in. */
static void case_timeout_ends_the_tree(char *self)
{
	const char *const argv[] = {"sh", "-c", "sleep 100 & sleep 100 | cat; true", NULL};
	struct mp_collect_options options = {.timeout_ns = 1000 * 1000000ull};
	struct run run;
	size_t asleep = 0;

	(void)self;
	collect(&run, &options, argv);
	if (!ok(run.ran == 0, "a command that takes too long is ended"))
		return;
	is_int(run.record->stop, MP_STOP_TIMEOUT, "the record says that the time was up");
	is_int((int64_t)count_kind(run.record, MP_EXIT), 4, "all four processes were ended");
	for (size_t i = 0; i < run.record->count; i++) {
		const struct mp_event *event = mp_record_event(run.record, i);

		if (event->kind == MP_EXIT && (event->flags & MP_F_BLOCKED))
			asleep += ((const struct mp_exit *)event)->nr >= 0;
	}
	is_int((int64_t)asleep, 4, "for each of them it is known in which call it slept");
	ok(is_childless(), "nothing of it is left");
	finish(&run);
}

static void case_what_is_left_is_ended(char *self)
{
	const char *const argv[] = {"sh", "-c", "setsid sleep 100 & exit 3", NULL};
	struct mp_collect_options options = {0};
	struct run run;

	(void)self;
	collect(&run, &options, argv);
	if (!ok(run.ran == 0, "a command that leaves something running is recorded"))
		return;
	is_int(run.record->stop, MP_STOP_ENDED, "it ended by itself");
	is_int(WEXITSTATUS(run.record->status), 3, "its own exit status is kept");
	ok(is_childless(), "what it left was ended and reaped");
	finish(&run);
}

static void case_no_such_command(char *self)
{
	const char *const missing[] = {"/nonexistent/command", NULL};
	const char *const folder[] = {"/", NULL};
	struct mp_collect_options options = {0};
	struct run run;

	(void)self;
	collect(&run, &options, missing);
	is_int(run.prepared, -ENOENT, "a command that is not there is refused");
	is_string(mp_collect_error(run.collector),
		  "cannot run \"/nonexistent/command\": No such file or directory",
		  "and named in one line");
	finish(&run);
	ok(is_childless(), "nothing is left running");
	collect(&run, &options, folder);
	is_int(run.prepared, -EACCES, "a folder is no command");
	finish(&run);
}

/* Prints without a write: the kernel moves the bytes from one pipe to the other. */
static int splice_out(void)
{
	int from[2], to[2];

	if (pipe(from) < 0 || pipe(to) < 0 || dup2(to[1], STDOUT_FILENO) < 0 ||
	    write(from[1], "secret\n", 7) != 7)
		return 1;
	return splice(from[0], NULL, STDOUT_FILENO, NULL, 7, 0) == 7 ? 0 : 1;
}

static void case_unseen_text_is_told(char *self)
{
	const char *const argv[] = {self, "splice-out", NULL};
	struct mp_collect_options options = {0};
	const struct mp_text *text = NULL;
	struct run run;

	collect(&run, &options, argv);
	if (!ok(run.ran == 0 && run.record->status == 0, "a program splices to its output"))
		return;
	for (size_t i = 0; i < run.record->count; i++) {
		if (mp_record_event(run.record, i)->kind == MP_TEXT)
			text = (const struct mp_text *)mp_record_event(run.record, i);
	}
	if (ok(text != NULL, "what it printed is told")) {
		is_int(text->io.result, 7, "with its length");
		ok(text->length == 0 && (text->io.e.flags & MP_F_CUT), "as a text that is missing");
	}
	finish(&run);
}

/* What a line of /proc/self/status says, as seen by the command itself. */
static int status_says(const char *wanted)
{
	char text[8192];
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t got = read(fd, text, sizeof(text) - 1);

	if (got <= 0)
		return 1;
	text[got] = '\0';
	return strstr(text, wanted) != NULL ? 0 : 1;
}

static int be_nobody(void)
{
	struct passwd *nobody = getpwnam("nobody");
	int pdeath = 0;

	if (nobody == NULL || getuid() != nobody->pw_uid || geteuid() != nobody->pw_uid ||
	    getgid() != nobody->pw_gid)
		return 10;
	if (setuid(0) == 0)
		return 11;
	if (getenv("SUDO_UID") != NULL || getenv("SUDO_COMMAND") != NULL)
		return 12;
	if (getenv("USER") == NULL || strcmp(getenv("USER"), "nobody") != 0)
		return 13;
	if (status_says("CapEff:\t0000000000000000") || status_says("NoNewPrivs:\t1"))
		return 14;
	if (prctl(PR_GET_PDEATHSIG, &pdeath) < 0 || pdeath != SIGKILL)
		return 15;
	if (umask(0) != 0123)
		return 16;
	return 0;
}

static void case_sudo_user_runs_it(char *self)
{
	const char *const argv[] = {self, "be-nobody", NULL};
	struct mp_collect_options options = {0};
	struct passwd *nobody = getpwnam("nobody");
	char uid[32];
	struct run run;

	if (!ok(nobody != NULL, "there is a user to become"))
		return;
	snprintf(uid, sizeof(uid), "%lu", (unsigned long)nobody->pw_uid);
	setenv("SUDO_UID", uid, 1);
	setenv("SUDO_COMMAND", "x", 1);
	umask(0123);
	collect(&run, &options, argv);
	is_int(run.ran, 0, "called through sudo, it runs");
	is_int(WEXITSTATUS(run.record->status), 0, "the command is that user, for good");
	is_int(getuid(), nobody->pw_uid, "and so is the collector");
	ok(setresuid(0, 0, 0) < 0, "with no way back");
	ok(syscall(SYS_bpf, 0, NULL, 0) < 0, "and without bpf(2)");
	ok(run.record->losses.lost[MP_IO] == 0 && count_kind(run.record, MP_EXEC) == 1,
	   "the record is read without privileges");
	finish(&run);
}

static void case_forged_sudo(char *self)
{
	static const char *const forged[] = {"",	   "abc",	  "-1", "4294967295",
					     "4294967296", "99999999999", " 0", "0 ",
					     "0x0",	   "1e1",	  "+1", "54321"};
	struct mp_identity identity;
	char error[MP_PRIVILEGE_ERROR];

	(void)self;
	for (size_t i = 0; i < sizeof(forged) / sizeof(forged[0]); i++) {
		setenv("SUDO_UID", forged[i], 1);
		ok(mp_identity_find(NULL, &identity, error) < 0 && error[0] != '\0' &&
			   strchr(error, '\n') == NULL,
		   "SUDO_UID=\"%s\" is refused in one line", forged[i]);
	}
	/* Only root's SUDO_UID counts. */
	setenv("SUDO_UID", "0", 1);
	if (setresuid(54321, 54321, 54321) == 0) {
		is_int(mp_identity_find(NULL, &identity, error), 0, "a user is itself");
		is_int(identity.uid, 54321, "whatever SUDO_UID says");
		ok(mp_identity_find("root", &identity, error) < 0, "and cannot become root");
		identity = (struct mp_identity){.uid = 54321, .gid = getgid()};
		is_int(mp_privilege_drop(&identity), 0, "a user has nothing to give up");
		identity = (struct mp_identity){.uid = 0};
		ok(mp_privilege_drop(&identity) < 0, "and does not pass for root");
	}
}

static const struct {
	const char *name;
	void (*run)(char *self);
} cases[] = {
	{"losses are exact", case_losses_are_exact},
	{"the default ring keeps all", case_default_ring_keeps_all},
	{"a timeout ends the tree", case_timeout_ends_the_tree},
	{"what is left is ended", case_what_is_left_is_ended},
	{"no such command", case_no_such_command},
	{"unseen text is told", case_unseen_text_is_told},
	{"sudo's user runs it", case_sudo_user_runs_it},
	{"a forged SUDO_UID", case_forged_sudo},
};
#define CASES (sizeof(cases) / sizeof(cases[0]))

static void run_case(size_t i, char *self)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0) {
		cases[i].run(self);
		_exit(tap_done());
	}
	if (pid > 0)
		waitpid(pid, &status, 0);
	is_int(status, 0, "%s", cases[i].name);
}

/* The build folder may be root's alone; the user that a case becomes must be able to run this. */
static void copy_self(char *path)
{
	char folder[] = "/tmp/mp-collect-XXXXXX", bytes[65536];
	int from = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), to;
	ssize_t got = -1;

	if (mkdtemp(folder) == NULL || chmod(folder, 0755) < 0)
		tap_bail("cannot make a folder in /tmp");
	sprintf(path, "%s/self", folder);
	to = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0700);
	while (to >= 0 && (got = read(from, bytes, sizeof(bytes))) > 0) {
		if (write(to, bytes, (size_t)got) != got)
			break;
	}
	if (got != 0 || fchmod(to, 0755) < 0)
		tap_bail("cannot copy this program to %s", path);
	close(from);
	close(to);
}

static void remove_self(char *path)
{
	unlink(path);
	*strrchr(path, '/') = '\0';
	rmdir(path);
}

int main(int argc, char **argv)
{
	char self[64];

	if (argc > 1 && strcmp(argv[1], "flood-unread") == 0)
		return flood_unread();
	if (argc > 1 && strcmp(argv[1], "flood") == 0)
		return flood();
	if (argc > 1 && strcmp(argv[1], "splice-out") == 0)
		return splice_out();
	if (argc > 1 && strcmp(argv[1], "be-nobody") == 0)
		return be_nobody();
	tap_plan(CASES);
	if (geteuid() != 0) {
		tap_skip(CASES, "only root can load the hooks");
		return tap_done();
	}
	copy_self(self);
	for (size_t i = 0; i < CASES; i++)
		run_case(i, self);
	remove_self(self);
	return tap_done();
}
