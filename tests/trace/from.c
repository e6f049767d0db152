/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Runs mp-trace on records that are made here: what the exit status says, where the report goes,
 * what is refused with one line. usage: from MP-TRACE
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "record.h"
#include "tap.h"

#define ARGS_MOST 12

static const char *mp_trace;
static char output[64 * 1024], errors[64 * 1024]; /* of the last run */

/* ---- running it ---- */

static void slurp(const char *path, char *text, size_t room)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = fd >= 0 ? read(fd, text, room - 1) : -1;

	text[size > 0 ? size : 0] = '\0';
	close(fd);
}

static _Noreturn void become_mp_trace(const char *const args[], const char *to)
{
	const char *argv[ARGS_MOST + 2] = {mp_trace};
	int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int err = open("stderr", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	for (size_t i = 0; i < ARGS_MOST && args[i] != NULL; i++)
		argv[i + 1] = args[i];
	unsetenv("SUDO_UID");
	unsetenv("SUDO_GID");
	setenv("LC_ALL", "C", 1);
	if (dup2(out, STDOUT_FILENO) < 0 || dup2(err, STDERR_FILENO) < 0)
		_exit(99);
	execv(mp_trace, (char **)argv);
	_exit(98);
}

static int run_to(const char *to, const char *const args[])
{
	int status = 0;
	pid_t child = fork();

	if (child < 0)
		tap_bail("cannot fork");
	if (child == 0)
		become_mp_trace(args, to);
	waitpid(child, &status, 0);
	slurp("stdout", output, sizeof(output));
	slurp("stderr", errors, sizeof(errors));
	return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

#define RUN(...) run_to("stdout", (const char *const[]){__VA_ARGS__, NULL})

/* One line that begins with our name and holds `part`. */
static void said(const char *part)
{
	const char *newline = strchr(errors, '\n');

	ok(newline != NULL && newline[1] == '\0' && strncmp(errors, "mp-trace: ", 10) == 0 &&
		   strstr(errors, part) != NULL,
	   "one line says \"%s\"", part);
	if (strstr(errors, part) == NULL)
		tap_note("it says: %s", errors);
}

/* ---- records and contracts ---- */

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	if (file == NULL || fputs(text, file) == EOF || fclose(file) != 0)
		tap_bail("cannot write %s", path);
}

static void append(struct mp_record *record, struct mp_event *event, uint16_t kind, size_t size,
		   uint64_t at)
{
	event->kind = kind;
	event->size = (uint32_t)size;
	event->pid = event->tid = 100;
	event->start = 1;
	event->begin = event->end = at;
	if (mp_record_append(record, event, size) != 0)
		tap_bail("an event is refused");
}

/* A command that execs, says "hello" and ends with `status`. */
static void make_record(const char *path, int status, uint64_t lost)
{
	char word[] = "a # TODO\n";
	char *argv[] = {word, NULL};
	struct mp_exec exec = {.old_tid = 100, .comm = "a # TODO\n"};
	struct mp_exit end = {.status = status, .exit_flags = MP_EXIT_LAST, .nr = -1};
	struct mp_record *record;
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	if (fd < 0 || mp_record_new(&record) != 0 || mp_record_set_command(record, 1, argv) != 0)
		tap_bail("cannot make a record");
	record->pid = 100;
	record->start = 1;
	record->began = 1000;
	record->ended = 9000000;
	record->status = status;
	record->losses.lost[MP_EXIT] = lost;
	append(record, &exec.e, MP_EXEC, sizeof(exec), 2000);
	append(record, &end.e, MP_EXIT, sizeof(end), 8000000);
	if (mp_record_save(record, fd) != 0 || close(fd) != 0)
		tap_bail("cannot save a record");
	mp_record_free(record);
}

/* ---- what is tried ---- */

static void test_statuses(void)
{
	is_int(RUN("--from", "run.mpt", "-c", "good"), 0, "what holds gives 0");
	is_int(RUN("--from", "run.mpt", "-c", "bad"), 1, "what is broken gives 1");
	is_int(RUN("--from", "lost.mpt", "-c", "good"), 3, "what cannot be decided gives 3");
	is_int(RUN("--from", "run.mpt", "-c", "wrong"), 2, "a contract with mistakes gives 2");
	ok(strstr(errors, "wrong:2:") != NULL && strstr(errors, "wrong:3:") != NULL,
	   "and all of them are shown");
	is_int(RUN("--from", "exit7.mpt"), 7, "without a contract it is the command's status");
	is_int(RUN("--from", "killed.mpt", "-n"), 128 + SIGKILL, "or 128 and its signal");
}

static void test_reports(void)
{
	RUN("--from", "run.mpt", "-c", "good");
	ok(output[0] == '\0' && strstr(errors, "1 of 1 claim holds") != NULL,
	   "the report goes to standard error");
	RUN("--from", "run.mpt", "-c", "good", "-o", "-");
	ok(errors[0] == '\0' && strstr(output, "1 of 1 claim holds") != NULL,
	   "or, when asked, to standard output");
	ok(strchr(output, '\033') == NULL, "without colour when it is no terminal");
	RUN("--from", "run.mpt", "-c", "good", "-o", "-", "--color", "always");
	ok(strstr(output, "\033[32m") != NULL, "with it when it is asked for");
	RUN("--from", "run.mpt", "-c", "good", "-q");
	ok(output[0] == '\0' && errors[0] == '\0', "a quiet report of a good run is empty");
	RUN("--from", "run.mpt", "-c", "good", "-f", "tap", "-o", "-");
	ok(strncmp(output, "TAP version 13\n1..1\nok 1 - it ends\n", 34) == 0, "TAP is TAP");
	RUN("--from", "run.mpt", "-c", "bad", "-f", "tap", "-o", "-");
	ok(strstr(output, "\nnot ok 1 - \\x23 TODO\n") != NULL, "and has no directive");
	is_int(RUN("--explain", "-c", "good"), 0, "a contract is explained");
	is_string(output, "it ends\n", "one sentence a line");
	RUN("--explain", "-v", "-c", "good");
	is_string(output, "it ends\n    main exits with 0\n", "or with its clauses");
}

static void test_outputs(void)
{
	struct stat st;

	is_int(RUN("--from", "run.mpt", "-c", "good", "-o", "report"), 0, "a file is written");
	slurp("report", output, sizeof(output));
	ok(strstr(output, "1 of 1 claim holds") != NULL, "with the report in it");
	ok(stat("report", &st) == 0 && (st.st_mode & 07777) == 0600, "that others cannot read");
	is_int(RUN("--from", "run.mpt", "-n", "-o", "report"), 0, "and replaced");
	slurp("report", output, sizeof(output));
	ok(strstr(output, "No contract") != NULL, "by the new one");

	if (symlink("report", "link") != 0 || mkdir("folder", 0700) != 0)
		tap_bail("cannot make a link");
	is_int(RUN("--from", "run.mpt", "-n", "-o", "link"), 2, "a link is refused");
	said("cannot write link: it is a symbolic link");
	is_int(RUN("--from", "run.mpt", "-n", "-o", "/dev/null"), 2, "a device is refused");
	said("not a regular file");
	is_int(RUN("--from", "run.mpt", "-n", "-o", "folder"), 2, "a folder is refused");
	is_int(RUN("--from", "run.mpt", "-n", "-o", "none/x"), 2, "so is what is in no folder");
	said("cannot write none/x: No such file or directory");
	is_int(run_to("/dev/full",
		      (const char *const[]){"--from", "run.mpt", "-n", "-o", "-", NULL}),
	       2, "a full disk is reported");
	slurp("stderr", errors, sizeof(errors));
	said("cannot write the report: No space left on device");
	ok(system("ls -A | grep -q '^[.]mp-trace'") != 0, "nothing is left behind");
}

static void test_refusals(void)
{
	is_int(RUN("--from", "none.mpt"), 2, "a record that is not there");
	said("none.mpt: No such file");
	is_int(RUN("--from", "good"), 2, "a file that is no record");
	said("it is not a record of mp-trace");
	is_int(RUN("--from", "run.mpt", "-c", "none"), 2, "a contract that is not there");
	said("cannot read the contract none: No such file");
	is_int(RUN("--from", "run.mpt", "-f", "tap"), 2, "TAP without a contract");
	said("has no contract");
	is_int(RUN("--from", "x\033[31m\n"), 2, "a name with control codes");
	said("x\\x1b[31m\\x0a");
}

static void test_options(void)
{
	is_int(RUN("--from", "run.mpt", "true"), 2, "a record and a command");
	said("there is no command to run");
	is_int(RUN("--from", "run.mpt", "-t", "1"), 2, "a record and a time limit");
	is_int(RUN("--from", "run.mpt", "-r", "x.mpt"), 2, "a record and a record to keep");
	is_int(RUN("-q"), 2, "no command");
	said("a command or --from RECORD is needed");
	is_int(RUN("-n", "-c", "good", "true"), 2, "a contract and none");
	is_int(RUN("-n", "-f", "tap", "true"), 2, "TAP and no contract");
	is_int(RUN("-n", "--explain", "true"), 2, "nothing to explain");
	is_int(RUN("-f", "junit", "true"), 2, "a format that is not there");
	is_int(RUN("-r", "-", "true"), 2, "a record to standard output");
	is_int(RUN("-r", "x", "-o", "x", "true"), 2, "the same file for two things");
	is_int(RUN("--explain", "-c", "good", "--", "nosuchcommand"), 2, "no such command");
	is_int(RUN("--explain", "-c", "good", "-o", "x"), 2, "an explanation is no report");
	said("--explain runs nothing");
	is_int(RUN(""), 2, "an empty command");
	is_int(RUN("--version"), 0, "the version");
	is_int(RUN("--help"), 0, "help");
}

static void make_files(void)
{
	make_record("run.mpt", 0, 0);
	make_record("lost.mpt", 0, 1);
	make_record("exit7.mpt", 7 << 8, 0);
	make_record("killed.mpt", SIGKILL, 0);
	write_file("good", "claim \"it ends\"\n    main exits with 0\n");
	write_file("bad", "claim \"# TODO\"\n    main exits with 1\n");
	write_file("wrong", "claim \"two mistakes\"\n    main flies\n    main sings\n");
}

int main(int argc, char *argv[])
{
	char folder[] = "/tmp/test-trace-XXXXXX", command[64];

	tap_plan(0);
	if (argc != 2 || (mp_trace = realpath(argv[1], NULL)) == NULL)
		tap_bail("the path of mp-trace is missing");
	if (mkdtemp(folder) == NULL || chdir(folder) != 0)
		tap_bail("no folder to work in");
	make_files();
	test_statuses();
	test_reports();
	test_outputs();
	test_refusals();
	test_options();
	snprintf(command, sizeof(command), "rm -r %s", folder);
	if (chdir("/") != 0 || system(command) != 0)
		tap_note("%s is left behind", folder);
	free((char *)mp_trace);
	return tap_done();
}
