// SPDX-License-Identifier: GPL-2.0-or-later
/* Programs, names, files and callers that mean no good to mp-trace. */
#include "tap.h"
#include "trace.h"

#include <elf.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

static const char *guest; /* the program that does not behave, where everybody can run it */

/* Writes a file into the test's folder; its path. */
static const char *make_file(const char *name, const char *text, size_t length, mode_t mode)
{
	const char *path = trace_path(trace_places.work, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, text, length) != (ssize_t)length || fchmod(fd, mode) < 0)
		tap_bail("cannot write %s", path);
	close(fd);
	return path;
}

static const char *make_text(const char *name, const char *text)
{
	return make_file(name, text, strlen(text), 0644);
}

static const char *copy_program(const char *from, const char *name)
{
	size_t length;
	char *bytes = run_read_file(from, &length);
	const char *path = make_file(name, bytes, length, 0755);

	free(bytes);
	return path;
}

/* ---------------------------------------------------------------------------- names ---- */

static const char *const names[] = {
	"a # TODO",    "# SKIP all",	 "\033[31mred\033[0m", "\033]0;title\007",
	"x\nok 2 - y", "x\r\n1..0 # no", "\\x41\\n\\#",	       "\377\376\200",
	"%s%n%d",      "\t\v\b",	 "\"quoted\"",	       "  ",
};

static const char bad_contract[] = "claim \"a # TODO \\x1b[31m \\x5c of its own\"\n"
				   "    main exits with 0\n"
				   "claim \"It has a good name\"\n"
				   "    main is named \"good\"\n"
				   "claim \"It prints a good line\"\n"
				   "    main prints \"good\"\n"
				   "claim \"It is what it is\"\n"
				   "    main exits with 3\n";

/* No byte that could mean something to a terminal; with color its own sequences may stand. */
static bool is_tame(const char *text, size_t length, bool color)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if (color && c == 033 && text[i + 1] == '[') {
			i += 2 + strspn(text + i + 2, "0123456789;");
			if (text[i] != 'm')
				return false;
		} else if ((c < 0x20 && c != '\n') || c >= 0x7f) {
			return false;
		}
	}
	return true;
}

static void try_name_in_tap(const char *name, const char *contract)
{
	const char *const options[] = {"-v", "-v", "-c", contract, NULL};
	const char *const command[] = {guest, "name", name, NULL};
	struct trace_report report;

	trace_judge(&report, NULL, options, command);
	ok(report.run.status == 1 && report.well_formed, "tap, name '%s': well formed", name);
	is_string(report.broken, "1 2 3", "tap, name '%s': the verdict stands", name);
	ok(report.tap && is_tame(report.tap, strlen(report.tap), false),
	   "tap, name '%s': nothing but text", name);
	trace_free(&report);
}

static void try_name_in_text(const char *name, const char *contract, const char *color)
{
	const char *out = trace_path(trace_places.work, "text");
	const char *const set[] = {"LC_ALL=C", NULL};
	const char *const words[] = {"-vv", "--color", color, "-c",   contract, "-o",
				     out,   "--",      guest, "name", name,	NULL};
	struct run_how how = {.set = set};
	struct run run;
	size_t length;
	char *text;

	trace_run(&run, &how, words);
	text = run_read_file(out, &length);
	ok(run.status == 1 && length > 100 && is_tame(text, length, *color == 'a'),
	   "text, color %s, name '%s': nothing but text", color, name);
	ok(strstr(text, "1 of 4 claims hold"), "text, color %s, name '%s': the verdict stands",
	   color, name);
	free(text);
	unlink(out);
	run_free(&run);
}

static void try_names(void)
{
	const char *contract = make_text("bad.contract", bad_contract);

	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		try_name_in_tap(names[i], contract);
		try_name_in_text(names[i], contract, "never");
		try_name_in_text(names[i], contract, "always");
	}
}

/* A file with a bad name, and one that is not there: messages are escaped too. */
static void try_bad_command(void)
{
	struct run run;

	trace_run(&run, NULL, (const char *[]){"-n", "/no/\033[31m\nwhere", NULL});
	ok(run.status == 2 && is_tame(run.err, run.err_length, false) &&
		   run_count_lines(run.err) == 1,
	   "a command with a bad name cannot be run: one line");
	if (!is_tame(run.err, run.err_length, false))
		tap_note("%s", run.err);
	run_free(&run);
}

/* ------------------------------------------------------------------------ one-liners ---- */

struct refusal {
	const char *words[12];
	const char *set[3]; /* environment */
	int status;
	const char *says; /* in the one line on standard error */
};

static void try_refusal(const struct refusal *row)
{
	struct run_how how = {.set = row->set, .seconds = 20};
	struct run run;
	char what[160];
	size_t length = 0;

	for (size_t i = 0; row->words[i] && length < sizeof(what); i++)
		length += (size_t)snprintf(what + length, sizeof(what) - length, "%s%s",
					   i ? " " : "", row->words[i]);
	trace_run(&run, &how, row->words);
	is_int(run.status, row->status, "mp-trace %s%s%s: exit status", row->set[0] ? "with " : "",
	       row->set[0] ? row->set[0] : what, row->set[0] ? "" : "");
	ok(run_count_lines(run.err) == 1 && strstr(run.err, row->says), "one line says '%s'",
	   row->says);
	ok(!run.left && !*run.out, "nothing ran, nothing is left");
	if (!strstr(run.err, row->says) || run_count_lines(run.err) != 1)
		tap_note("%s", run.err);
	run_free(&run);
}

static void try_refusals(void)
{
	const char *plain = make_text("plain", "not a program\n");
	const char *link = trace_path(trace_places.work, "link");
	const char *target = trace_path(trace_places.work, "target");
	const char *large = trace_path(trace_places.work, "large");
	const struct refusal rows[] = {
		{{NULL}, {NULL}, 2, "a command or --from RECORD is needed"},
		{{"-n", "/no/such/file"}, {NULL}, 2, "cannot run \"/no/such/file\": No such file"},
		{{"-n", "no-such-command-here"}, {NULL}, 2, "cannot run \"no-such-command-here\""},
		{{"-n", plain}, {NULL}, 2, "Permission denied"},
		{{"-n", "/tmp"}, {NULL}, 2, "Permission denied"},
		{{"-n", ""}, {NULL}, 2, "empty"},
		{{"-c", "/no/such/file", guest, "uid"}, {NULL}, 2, "No such file or directory"},
		{{"-c", large, guest, "uid"}, {NULL}, 2, "larger than"},
		{{"-c", "/dev/null", "--from", plain}, {NULL}, 2, "not a record"},
		{{"-n", "--from", "/no/such/file"}, {NULL}, 2, "No such file or directory"},
		{{"-u", "no-such-user-here", guest}, {NULL}, 2, "no user \"no-such-user-here\""},
		{{"-f", "xml", guest}, {NULL}, 2, "\"xml\" is not one of"},
		{{"-f", "tap", "/bin/true"}, {NULL}, 2, "contract"},
		{{"-n", "-c", plain, guest}, {NULL}, 2, "--no-contract"},
		{{"-n", "-t", "0", guest}, {NULL}, 2, "--timeout"},
		{{"--buffer", "1", "-n", guest}, {NULL}, 2, "--buffer"},
		{{"--no-contrat", guest}, {NULL}, 2, "did you mean --no-contract?"},
		{{"-n", "-o", link, guest, "uid"}, {NULL}, 2, "symbolic link"},
		{{"-n", "-r", link, guest, "uid"}, {NULL}, 2, "symbolic link"},
		{{"-n", "-o", "/dev/full", guest, "uid"}, {NULL}, 2, "/dev/full"},
		{{"-n", "-o", "/no/such/folder/x", guest, "uid"}, {NULL}, 2, "No such file"},
		{{"-n", "-o", "/mp-x", guest}, {"SUDO_UID=65534"}, 2, "Permission denied\n"},
		{{"-n", "-u", "nobody", "-o", "/mp-x", guest},
		 {NULL},
		 2,
		 "denied (as user nobody)"},
		{{"-n", guest, "uid"}, {"SUDO_UID=abc"}, 2, "SUDO_UID"},
		{{"-n", guest, "uid"}, {"SUDO_UID=-1"}, 2, "SUDO_UID"},
		{{"-n", guest, "uid"}, {"SUDO_UID="}, 2, "SUDO_UID"},
		{{"-n", guest, "uid"}, {"SUDO_UID=0x10"}, 2, "SUDO_UID"},
		{{"-n", guest, "uid"}, {"SUDO_UID=4294967295"}, 2, "SUDO_UID"},
		{{"-n", guest, "uid"}, {"SUDO_UID=4294967296"}, 2, "SUDO_UID"},
		{{"-n", guest, "uid"}, {"SUDO_UID=3999999999"}, 2, "SUDO_UID"},
	};
	int fd = open(large, O_WRONLY | O_CREAT, 0600);

	if (fd < 0 || ftruncate(fd, 10 << 20) < 0 || symlink(target, link) < 0)
		tap_bail("cannot make files in %s", trace_places.work);
	close(fd);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		try_refusal(&rows[i]);
	ok(access(target, F_OK) < 0, "nothing was written through the symbolic link");
}

/* A contract with mistakes: shown with their places, and nothing runs. */
static void try_bad_contract(void)
{
	const char *contract =
		make_text("mistake.contract", "claim \"x\"\n    main exist with 0\n");
	struct run run;

	trace_run(&run, NULL, (const char *[]){"-c", contract, guest, "uid", NULL});
	is_int(run.status, 2, "a contract with a mistake: exit status");
	ok(strstr(run.err, "mistake.contract:2:10: ") && strstr(run.err, "exits"),
	   "the place and the nearest word are said");
	ok(!*run.out && !run.left, "nothing ran");
	run_free(&run);
}

/* ------------------------------------------------------------------- another machine ---- */

/*
 * A whole program that says a line and ends through calls of 32 bits: on arm64 it is all of 32
 * bits, on x86 it calls so out of 64. As this table has it, its calls are none that are recorded:
 * only their being of another one tells that there is something to miss.
 */
#ifdef __aarch64__
typedef Elf32_Ehdr foreign_head;
typedef Elf32_Phdr foreign_part;
#define FOREIGN_CLASS	ELFCLASS32
#define FOREIGN_MACHINE EM_ARM
#define FOREIGN_FLAGS	EF_ARM_EABI_VER5
#define FOREIGN_TEXT	0x74
static const unsigned char foreign_code[32] = {
	0x04, 0x70, 0xa0, 0xe3, /* mov r7, #4: write */
	0x01, 0x00, 0xa0, 0xe3, /* mov r0, #1 */
	0x10, 0x10, 0x8f, 0xe2, /* adr r1, text */
	0x08, 0x20, 0xa0, 0xe3, /* mov r2, #8 */
	0x00, 0x00, 0x00, 0xef, /* svc #0 */
	0x01, 0x70, 0xa0, 0xe3, /* mov r7, #1: exit */
	0x00, 0x00, 0xa0, 0xe3, /* mov r0, #0 */
	0x00, 0x00, 0x00, 0xef, /* svc #0 */
};
#else
typedef Elf64_Ehdr foreign_head;
typedef Elf64_Phdr foreign_part;
#define FOREIGN_CLASS	ELFCLASS64
#define FOREIGN_MACHINE EM_X86_64
#define FOREIGN_FLAGS	0
#define FOREIGN_TEXT	0x98
static const unsigned char foreign_code[32] = {
	0x6a, 0x04, 0x58,	      /* eax = 4: write */
	0x6a, 0x01, 0x5b,	      /* ebx = 1 */
	0xb9, 0x98, 0x00, 0x10, 0x00, /* ecx = text */
	0x6a, 0x08, 0x5a,	      /* edx = 8 */
	0xcd, 0x80,		      /* int $0x80 */
	0x6a, 0x01, 0x58,	      /* eax = 1: exit */
	0x31, 0xdb,		      /* ebx = 0 */
	0xcd, 0x80,		      /* int $0x80 */
};
#endif
#define FOREIGN_PLACE 0x100000

struct foreign {
	foreign_head head;
	foreign_part part;
	unsigned char code[32];
	char text[8];
};
_Static_assert(offsetof(struct foreign, text) == FOREIGN_TEXT, "it is where the code has it");

static const char *make_foreign(void)
{
	struct foreign program = {
		.head = {.e_ident = {0x7f, 'E', 'L', 'F', FOREIGN_CLASS, ELFDATA2LSB, EV_CURRENT},
			 .e_type = ET_EXEC,
			 .e_machine = FOREIGN_MACHINE,
			 .e_version = EV_CURRENT,
			 .e_entry = FOREIGN_PLACE + offsetof(struct foreign, code),
			 .e_phoff = offsetof(struct foreign, part),
			 .e_flags = FOREIGN_FLAGS,
			 .e_ehsize = sizeof(foreign_head),
			 .e_phentsize = sizeof(foreign_part),
			 .e_phnum = 1},
		.part = {.p_type = PT_LOAD,
			 .p_vaddr = FOREIGN_PLACE,
			 .p_filesz = sizeof(program),
			 .p_memsz = sizeof(program),
			 .p_flags = PF_R | PF_X,
			 .p_align = 0x10000},
		.text = {'f', 'o', 'r', 'e', 'i', 'g', 'n', '\n'},
	};

	memcpy(program.code, foreign_code, sizeof(program.code));
	return make_file("foreign", (const char *)&program, sizeof(program), 0755);
}

static const char foreign_contract[] = "claim \"It never says anything\"\n"
				       "    main prints \"*\" never\n";

/* Its calls cannot be read, and that is told; a claim that needs them is not decided. */
static void try_foreign(void)
{
	const char *program = make_foreign();
	const char *contract = make_text("foreign.contract", foreign_contract);
	const char *const options[] = {"-c", contract, NULL};
	struct trace_report report;

	trace_judge(&report, NULL, options, (const char *[]){program, NULL});
	is_int(report.run.status, 3, "a program of another ABI: exit status");
	ok(report.well_formed && report.results[0] == TRACE_INCONCLUSIVE,
	   "what it says is not known");
	ok(report.tap && strstr(report.tap, "another ABI"), "the report says why");
	is_string(report.run.out, "foreign\n", "it does speak");
	if (report.run.status != 3)
		trace_show(&report);
	trace_free(&report);
}

/* ---------------------------------------------------------------------------- floods ---- */

static const char flood_contract[] = "process reader = child 1 of main\n"
				     "channel wire = from main to reader\n"
				     "claim \"Reads and writes matter\"\n"
				     "    main writes wire once\n"
				     "claim \"They do not matter\"\n"
				     "    main forks reader once\n"
				     "    main reaps reader once\n";

/* The number before a word of a line, or 0 when there is none ("none lost"). */
static long number_before(const char *line, const char *word)
{
	const char *at = strstr(line, word), *newline = strchr(line, '\n');

	if (!at || (newline && at > newline))
		return -1;
	while (at > line && at[-1] >= '0' && at[-1] <= '9')
		at--;
	return strtol(at, NULL, 10);
}

/* "… N events, M lost": how many there were together, and how many of them were lost. */
static long count_events(const char *report, long *lost)
{
	const char *line = strstr(report, "exit 0 after ");

	*lost = line ? number_before(line, " lost") : -1;
	return line ? number_before(line, " events") + *lost : -1;
}

static void try_flood(void)
{
	const char *contract = make_text("flood.contract", flood_contract);
	const char *const small[] = {"--buffer", "4096", "-c", contract, NULL};
	const char *const large[] = {"--buffer", "256M", "-c", contract, NULL};
	const char *const unread[] = {guest, "flood-unread", "300000", NULL};
	const char *const command[] = {guest, "flood", "300000", NULL};
	struct trace_report report;

	trace_judge(&report, NULL, small, unread);
	is_int(report.run.status, 3, "a flood through a buffer of 4 KiB: exit status");
	ok(report.well_formed && report.results[0] == TRACE_INCONCLUSIVE,
	   "what was lost decides: inconclusive");
	/* Births and ends have room of their own, but nobody can promise it in 4 KiB. */
	ok(report.results[1] != TRACE_BROKEN, "a claim that holds is not broken by losses");
	ok(report.tap && strstr(report.tap, " lost"), "the report says what was lost");
	if (report.run.status != 3)
		trace_show(&report);
	trace_free(&report);
	trace_judge(&report, NULL, large, command);
	is_int(report.run.status, 0, "the same with room enough: exit status");
	is_string(report.broken, "", "and every claim holds");
	if (report.run.status != 0)
		trace_show(&report);
	trace_free(&report);
}

/* What was seen and what was lost are together what there was: every loss is counted. */
static void try_count_of_losses(void)
{
	const char *const set[] = {"LC_ALL=C", NULL};
	struct run_how how = {.set = set};
	long all, lost, none;
	struct run run;

	trace_run(&run, &how,
		  (const char *[]){"-n", "--buffer", "256M", guest, "flood", "300000", NULL});
	all = count_events(run.err, &none);
	run_free(&run);
	ok(all > 600000 && none == 0, "with room for all nothing is lost");
	trace_run(
		&run, &how,
		(const char *[]){"-n", "--buffer", "4096", guest, "flood-unread", "300000", NULL});
	ok(labs(count_events(run.err, &lost) - all) < 50 && lost > 1000,
	   "with little room all that is lost is counted");
	tap_note("%ld events; lost with 4096 bytes: %ld", all, lost);
	run_free(&run);
}

/* More than a record holds: the command goes on, and what was not kept is known to be missing. */
static void try_full_record(void)
{
	const char *contract = make_text("full.contract", "claim \"It never says anything bad\"\n"
							  "    main never prints \"bad\"\n"
							  "claim \"It is not stopped\"\n"
							  "    main exits with 7\n");
	const char *const options[] = {"--buffer", "256M", "-c", contract, NULL};
	const char *const command[] = {
		"sh", "-c", "dd if=/dev/zero bs=8k count=140000 >/dev/null 2>&1 && exit 7", NULL};
	const struct run_how how = {.seconds = 300};
	struct trace_report report;

	trace_judge(&report, &how, options, command);
	is_int(report.run.status, 3, "more than a record holds: exit status");
	is_int(report.results[0], TRACE_INCONCLUSIVE, "what was not kept decides: inconclusive");
	ok(report.results[1] != TRACE_BROKEN, "the command came to its end");
	if (report.run.status != 3)
		trace_show(&report);
	trace_free(&report);
}

/* ----------------------------------------------------------------------- who runs it ---- */

static void try_users(void)
{
	const char *const as_nobody[] = {"SUDO_UID=65534", "SUDO_GID=0", "SUDO_USER=root", NULL};
	const char *copy = copy_program(trace_places.mp_trace, "mp-trace");
	struct run_how sudo = {.set = as_nobody}, plain = {.user = NOBODY};
	struct run run;

	trace_run(&run, NULL, (const char *[]){"-n", "-u", "nobody", guest, "uid", NULL});
	is_string(run.out, "65534 65534\n", "-u nobody: the command runs as nobody");
	run_free(&run);
	trace_run(&run, &sudo, (const char *[]){"-n", guest, "uid", NULL});
	is_string(run.out, "65534 65534\n", "called through sudo: it runs as the caller");
	run_free(&run);
	trace_run(&run, NULL, (const char *[]){"-n", guest, "uid", NULL});
	is_string(run.out, "0 0\n", "called by root: it runs as root");
	run_free(&run);
	run_command(&run, &plain, (const char *[]){copy, "-n", guest, "uid", NULL});
	ok(run.status == 2 && run_count_lines(run.err) == 1 && strstr(run.err, "root"),
	   "called by nobody: one line says that root is needed");
	run_free(&run);
}

/* ------------------------------------------------------------------------- left over ---- */

/* However fast this machine is: some limit lets all come to where they wait. */
static void try_stuck(const char *line, const char *one, const char *other)
{
	const char *const limits[] = {"0.5", "2", "8", "32"};
	const char *const set[] = {"LC_ALL=C", NULL};
	struct run_how how = {.set = set};
	bool told = false;

	for (size_t i = 0; i < sizeof(limits) / sizeof(*limits) && !told; i++) {
		struct run run;

		trace_run(&run, &how,
			  (const char *[]){"-n", "-t", limits[i], "sh", "-c", line, NULL});
		told = strstr(run.err, one) && strstr(run.err, other);
		if (!told)
			tap_note("%s", run.err);
		run_free(&run);
	}
	ok(told, "of who is stopped, it is told:%s", one);
}

static void try_left_over(void)
{
	char line[512];
	struct run run;

	snprintf(line, sizeof(line), "mkfifo '%s/fifo'; cat '%s/fifo'", trace_places.work,
		 trace_places.work);
	try_stuck("sleep 100 | cat", " waits for a child to end ", " waits for data in pipe ");
	try_stuck("sleep 100 & kill -STOP $!; wait; :", " is stopped by SIGSTOP from sh ",
		  " waits for ");
	try_stuck(line, " waits for somebody to open the other end", " waits for a child to end ");
	trace_run(&run, NULL, (const char *[]){"-n", guest, "daemon", NULL});
	ok(run.status == 0 && !run.left, "a daemon in its own session does not outlive the run");
	run_free(&run);
	trace_run(&run, NULL, (const char *[]){"-n", guest, "breed", "300", NULL});
	ok(run.status == 0 && !run.left, "300 children that nobody reaps are gone");
	run_free(&run);
	trace_run(&run, NULL, (const char *[]){"-n", "-t", "0.5", "sleep", "100", NULL});
	ok(!run.left && run.status != 0, "a command that takes too long is stopped");
	run_free(&run);
	snprintf(line, sizeof(line), "'%s' -n sleep 100 & sleep 0.5; kill $!; wait $!",
		 trace_places.mp_trace);
	run_command(&run, NULL, (const char *[]){"sh", "-c", line, NULL});
	ok(!run.left && run.status != 0, "when mp-trace is told to end, so is the command");
	run_free(&run);
	snprintf(line, sizeof(line),
		 "'%s' -n sleep 100 & sleep 0.5; kill -9 $!; wait $!; sleep 0.2",
		 trace_places.mp_trace);
	run_command(&run, NULL, (const char *[]){"sh", "-c", line, NULL});
	ok(!run.left, "when mp-trace is killed, the command is too");
	run_free(&run);
}

/* --------------------------------------------------------------------------- reports ---- */

static void try_statuses(void)
{
	struct run run;

	trace_run(&run, NULL, (const char *[]){"-n", "sh", "-c", "exit 7", NULL});
	is_int(run.status, 7, "without a contract: the command's own exit status");
	run_free(&run);
	trace_run(&run, NULL, (const char *[]){"-n", "sh", "-c", "kill -9 $$", NULL});
	is_int(run.status, 137, "without a contract: 128 + the signal");
	run_free(&run);
}

static void try_streams(void)
{
	const char *pipe = trace_path(trace_places.demos, "mp-pipe");
	struct run_how full = {.output = RUN_FULL}, closed = {.output = RUN_CLOSED};
	struct run run;

	trace_run(&run, NULL, (const char *[]){"-f", "tap", "-o", "-", pipe, "-n", "1", NULL});
	ok(!strncmp(run.out, "TAP version 13\n1..6\nok 1 - ", 27) && !strstr(run.out, "\nEnd\n") &&
		   strstr(run.err, "0\nEnd\n"),
	   "with -o - the report has standard output to itself");
	run_free(&run);
	trace_run(&run, NULL, (const char *[]){pipe, "-n", "1", NULL});
	is_string(run.out, "0\nEnd\n", "else the command has it to itself");
	run_free(&run);
	trace_run(&run, &full, (const char *[]){"-o", "-", pipe, NULL});
	ok(run.status == 2 && strstr(run.err, "No space left on device"),
	   "a report that cannot be written is a failure");
	run_free(&run);
	trace_run(&run, &closed, (const char *[]){"-n", "true", NULL});
	is_int(run.status, 0, "a closed standard output does not matter to who does not use it");
	run_free(&run);
}

static void try_pipeline(void)
{
	const char *const set[] = {"LC_ALL=C", NULL};
	struct run_how how = {.set = set};
	struct run run;

	trace_run(&run, &how,
		  (const char *[]){"--no-contract", "sh", "-c", "seq 1000 | sort -n | tail -1",
				   NULL});
	ok(run.status == 0 && !strcmp(run.out, "1000\n"), "a pipeline does its work");
	ok(strstr(run.err, "seq -> sort") && strstr(run.err, "sort -> tail") &&
		   strstr(run.err, "3893 bytes"),
	   "its pipes are shown, with their bytes");
	ok(strstr(run.err, " 4 processes"), "its processes are shown");
	if (!strstr(run.err, "seq -> sort"))
		tap_note("%s", run.err);
	run_free(&run);
}

/* A record judged later says the same, byte for byte. */
static void try_record(void)
{
	const char *record = trace_path(trace_places.work, "run.mpt");
	const char *later = trace_path(trace_places.work, "later");
	const char *demo = trace_path(trace_places.demos, "mp-barrier");
	const char *contract = trace_contract("barrier");
	const char *const options[] = {"-v", "-r", record, "-c", contract, NULL};
	struct trace_report report;
	struct run run;
	char *text;

	trace_judge(&report, NULL, options, (const char *[]){demo, NULL});
	trace_run(&run, NULL,
		  (const char *[]){"-v", "-f", "tap", "-o", later, "-c", contract, "--from", record,
				   NULL});
	text = run_read_file(later, NULL);
	ok(report.run.status == 0 && run.status == 0, "a kept record is judged again");
	is_string(text, report.tap, "and the report is the same");
	free(text);
	run_free(&run);
	trace_free(&report);
}

int main(int argc, char *argv[])
{
	trace_begin(argc, argv);
	if (argc != 6)
		tap_bail("the guest is missing");
	guest = copy_program(argv[5], "guest");
	try_names();
	try_bad_command();
	try_refusals();
	try_bad_contract();
	try_foreign();
	try_flood();
	try_count_of_losses();
	try_full_record();
	try_users();
	try_left_over();
	try_statuses();
	try_streams();
	try_pipeline();
	try_record();
	trace_end();
	return tap_done();
}
