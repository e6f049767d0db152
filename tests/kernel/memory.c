// SPDX-License-Identifier: GPL-2.0-or-later
/* What real programs open and share, as the kernel has it. */
#include "tap.h"
#include "trace.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *sharer, *opener;

static const char *make_contract(const char *name, const char *text)
{
	const char *path = trace_path(trace_places.work, name);
	FILE *out = fopen(path, "w");

	if (!out || fputs(text, out) == EOF || fclose(out) == EOF)
		tap_bail("cannot write %s", path);
	return path;
}

/* Exactly the claims that `breaks` counts are broken, and nothing is open. */
static void try_command(const char *contract, const char *const command[], const char *breaks,
			const char *what)
{
	const char *const options[] = {"-c", contract, NULL};
	struct trace_report report;

	trace_judge(&report, NULL, options, command);
	is_int(report.run.status, *breaks ? 1 : 0, "%s: exit status", what);
	is_string(report.broken, breaks, "%s: what is broken", what);
	if (strcmp(report.broken, breaks) != 0)
		trace_show(&report);
	trace_free(&report);
}

/* ---------------------------------------------------------------------------- memory ---- */

static const struct {
	const char *way;
	bool shares;
} ways[] = {
	{"plain", true},	 {"private", false},
	{"another", false},	 {"unmapped", false},
	{"half", true},		 {"almost", false},
	{"covered", false},	 {"covered-by-file", false},
	{"moved", true},	 {"file", true},
	{"read-only", false},	 {"made-writable", true},
	{"spawned", false},	 {"became", false},
	{"became-sharer", true}, {"attached", true},
	{"detached", false},	 {"attached-to-read", false},
	{"thread", true},	 {"crowd", true},
};

static const struct {
	const char *way;
	bool shares, second; /* second: the worker is the second child */
} python_ways[] = {
	{"array", true, false},	   {"raw", true, false},   {"value", true, false},
	{"mmap", true, false},	   {"named", true, true},  {"copy", false, false},
	{"private", false, false}, {"list", false, false},
};

#define CLAIM "claim \"They share memory\"\n  main maps space\n  worker maps space\n"

static void try_memory(void)
{
	const char *first =
		make_contract("first.contract", "process worker = child 1 of main\n"
						"memory space = shared by main worker\n" CLAIM);
	const char *second =
		make_contract("second.contract", "process worker = child 2 of main\n"
						 "memory space = shared by main worker\n"
						 "claim \"They share memory\"\n  main maps space\n"
						 "  worker maps space\n");
	const char *file = trace_path(trace_places.work, "space");
	const char *script = trace_path(trace_places.sources, "tests/kernel/sharer.py");

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		const char *const command[] = {sharer, ways[i].way, file, NULL};

		try_command(first, command, ways[i].shares ? "" : "1", ways[i].way);
		unlink(file);
	}
	for (size_t i = 0; i < sizeof(python_ways) / sizeof(*python_ways); i++) {
		const char *const command[] = {"/usr/bin/python3", script, python_ways[i].way,
					       NULL};

		try_command(python_ways[i].second ? second : first, command,
			    python_ways[i].shares ? "" : "1", python_ways[i].way);
	}
}

/* Threads change the mappings of a process while it waits in shared memory, and wakes others. */
static void try_words(void)
{
	const char *contract =
		make_contract("words.contract", "process worker = child 1 of main\n"
						"claim \"They wake each other\"\n"
						"  main wakes worker at least 15 times\n"
						"  worker waits for main at least 15 times\n"
						"claim \"They do not\"\n"
						"  main never wakes worker\n"
						"  worker never waits for main\n");
	const char *file = trace_path(trace_places.work, "space");
	const char *const command[] = {sharer, "woken-in-crowd", file, NULL};

	try_command(contract, command, "2", "words in a crowd");
	unlink(file);
}

/* ----------------------------------------------------------------------------- files ---- */

static const struct {
	const char *way, *breaks;
} openings[] = {
	{"relative", ""},      {"link", ""},	  {"openat", ""},     {"openat2", ""},
	{"handle", ""},	       {"creat", ""},	  {"descriptor", ""}, {"fifo", ""},
	{"folder", ""},	       {"gone", "1 2"},	  {"place", "1 2"},   {"renamed", "1 2"},
	{"misleading", "1 2"}, {"socket", "1 2"}, {"root", ""},	      {"outside", ""},
};

/* A folder with a file in it. */
static const char *make_folder(const char *name)
{
	const char *path = trace_path(trace_places.work, name);
	int fd = mkdir(path, 0700) < 0 ? -1
				       : open(trace_path(path, "target"), O_WRONLY | O_CREAT, 0600);

	if (fd < 0)
		tap_bail("cannot make %s", path);
	close(fd);
	return path;
}

static void try_files(void)
{
	char text[512];
	const char *contract;

	for (size_t i = 0; i < sizeof(openings) / sizeof(*openings); i++) {
		const char *folder = make_folder(openings[i].way);
		const char *const command[] = {opener, folder, openings[i].way, NULL};
		const bool above =
			strcmp(openings[i].way, "root") == 0; /* changed to the folder above */

		snprintf(text, sizeof(text),
			 "claim \"It opens it\"\n  main opens \"target\" once\n"
			 "claim \"Where it is\"\n  main opens \"%s/target\" once\n"
			 "claim \"And no other\"\n  main never opens \"link\"\n"
			 "  main never opens \"/target\"\n",
			 above ? strrchr(folder, '/') : folder);
		contract = make_contract("open.contract", text);
		try_command(contract, command, openings[i].breaks, openings[i].way);
	}
	contract = make_contract("module.contract", "claim \"It loads its module\"\n"
						    "  main opens \"mmap*\"\n"
						    "  main opens \"/dev/null\"\n");
	try_command(
		contract,
		(const char *[]){"/usr/bin/python3", "-c", "import mmap; open('/dev/null')", NULL},
		"", "a module of Python");
}

/* Of a path that is too long, its last part is known all the same. */
static void try_deep_folder(void)
{
	const char *const options[] = {
		"-c",
		make_contract("deep.contract", "claim \"The file\"\n  main opens \"target\" once\n"
					       "claim \"The path\"\n  main opens \"/*/target\"\n"),
		NULL};
	struct trace_report report;
	char deep[512];
	size_t length;

	length = (size_t)snprintf(deep, sizeof(deep), "%s/deep", trace_places.work);
	for (int i = 0; i < 60; i++)
		length += (size_t)snprintf(deep + length, sizeof(deep) - length, "/d");
	trace_judge(&report, NULL, options, (const char *[]){opener, deep, "deep", NULL});
	is_int(report.run.status, 3, "a path of many parts: exit status");
	is_string(report.broken, "2", "its last part is known, its beginning is not");
	if (strcmp(report.broken, "2") != 0)
		trace_show(&report);
	trace_free(&report);
}

int main(int argc, char *argv[])
{
	trace_begin(argc, argv);
	if (argc != 7)
		tap_bail("the programs that share and open are missing");
	sharer = argv[5];
	opener = argv[6];
	try_memory();
	try_words();
	try_files();
	try_deep_folder();
	trace_end();
	return tap_done();
}
