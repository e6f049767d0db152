// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * The header and the library as others see them. Arguments: the header, the version script, the
 * shared library, then the C compiler with its own arguments.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common.h"
#include "tap.h"

enum { MOST = 500, NAME = 64 };

struct names {
	unsigned count;
	char name[MOST][NAME];
};

static const char *header_path, *map_path, *library_path;
static char **compiler;
static int compiler_words;

static char *slurp(FILE *file)
{
	char *contents = NULL;
	size_t size = 0;

	if (!file || getdelim(&contents, &size, '\0', file) < 0)
		return NULL;
	return contents;
}

static char *read_file(const char *path)
{
	FILE *file = fopen(path, "re");
	char *contents = slurp(file);

	if (!contents)
		tap_bail("%s: %s", path, strerror(errno));
	fclose(file);
	return contents;
}

static void add_name(struct names *names, const char *from, size_t length)
{
	if (names->count == MOST || length >= NAME)
		tap_bail("more names, or longer ones, than this test has room for");
	memcpy(names->name[names->count], from, length);
	names->name[names->count][length] = '\0';
	names->count++;
}

/* Every mp_… word of the text that `end` follows, and that begins right after one of `before`. */
static struct names collect(const char *contents, const char *before, char end)
{
	const char *letters = "abcdefghijklmnopqrstuvwxyz0123456789_";
	struct names names = {0};
	const char *at = contents;
	size_t length;

	while ((at = strstr(at, "mp_"))) {
		length = strspn(at, letters);
		if (at > contents && strchr(before, at[-1]) && at[length] == end)
			add_name(&names, at, length);
		at += length;
	}
	return names;
}

static bool contains(const struct names *names, const char *name)
{
	for (unsigned i = 0; i < names->count; i++)
		if (strcmp(names->name[i], name) == 0)
			return true;
	return false;
}

/* Notes every name that the second one lacks. */
static bool all_in(const struct names *names, const struct names *others, const char *who)
{
	bool all = true;

	for (unsigned i = 0; i < names->count; i++) {
		if (contains(others, names->name[i]))
			continue;
		tap_note("%s lacks %s", who, names->name[i]);
		all = false;
	}
	return all;
}

/* Only declarations, which begin with MP_API and go on to the semicolon. */
static struct names declared(void)
{
	char *contents = read_file(header_path), *at = contents, *end;
	struct names names = {0}, found;

	while ((at = strstr(at, "\nMP_API "))) {
		end = strchr(at, ';');
		*end = '\0';
		found = collect(at, " *", '(');
		for (unsigned i = 0; i < found.count; i++)
			add_name(&names, found.name[i], strlen(found.name[i]));
		at = end + 1;
	}
	free(contents);
	return names;
}

static struct names mapped(void)
{
	char *contents = read_file(map_path);
	struct names names = collect(contents, "\t", ';');

	free(contents);
	return names;
}

/* Each line of nm ends with NAME@@VERSION; the version node itself is a symbol, too. */
static struct names exported(unsigned *strangers)
{
	char command[4096], line[512], *name, *version;
	struct names names = {0};
	FILE *nm;

	*strangers = 0;
	snprintf(command, sizeof(command), "nm -D --defined-only '%s'", library_path);
	nm = popen(command, "re");
	while (nm && fgets(line, sizeof(line), nm)) {
		line[strcspn(line, "\n")] = '\0';
		name = strrchr(line, ' ');
		if (!name || strcmp(name + 1, "LIBMPROC_0.1") == 0 ||
		    strstr(name, " LIBMPROC_0.1@@"))
			continue;
		name++;
		version = strchr(name, '@');
		if (!version || strcmp(version, "@@LIBMPROC_0.1") != 0) {
			tap_note("strange symbol: %s", name);
			++*strangers;
			continue;
		}
		add_name(&names, name, (size_t)(version - name));
	}
	if (nm)
		pclose(nm);
	return names;
}

static void test_symbols(void)
{
	unsigned strangers;
	struct names in_header = declared(), in_map = mapped(), in_library = exported(&strangers);

	ok(in_header.count > 30, "the header declares %u functions", in_header.count);
	if (in_library.count == 0) {
		tap_skip(3, "no nm");
	} else {
		is_int(strangers, 0, "the library exports nothing without a version");
		ok(all_in(&in_library, &in_header, "the header"), "what is exported is declared");
		ok(all_in(&in_header, &in_library, "the library"), "what is declared is exported");
	}
	ok(all_in(&in_map, &in_header, "the header"), "what the map names is declared");
	ok(all_in(&in_header, &in_map, "the map"), "what is declared is named in the map");
}

/* The compiler's exit status for the header alone, as the language. */
static int compile_as(const char *language, const char *standard)
{
	const char *const options[] = {
		"-x",	     language,	standard,	 "-Wall",     "-Wextra",
		"-pedantic", "-Werror", "-fsyntax-only", header_path, NULL,
	};
	const char **words = calloc((size_t)compiler_words + 10, sizeof(*words));
	pid_t pid;

	memcpy(words, compiler, (size_t)compiler_words * sizeof(*words));
	memcpy(words + compiler_words, options, sizeof(options));
	pid = fork_now();
	if (pid == 0) {
		dup2(STDERR_FILENO, STDOUT_FILENO);
		execvp(words[0], (char **)words);
		_exit(127);
	}
	free(words);
	return wait_status(pid);
}

/* The compiler for C++ may not be installed: try it on nothing first. */
static bool knows_cxx(void)
{
	const char *header = header_path;
	int status;

	header_path = "/dev/null";
	status = compile_as("c++", "-std=c++11");
	header_path = header;
	return status == 0;
}

static void test_languages(void)
{
	is_int(compile_as("c", "-std=c99"), 0, "the header is C99");
	is_int(compile_as("c", "-std=c17"), 0, "and C17");
	if (!knows_cxx()) {
		tap_skip(2, "no C++ compiler");
		return;
	}
	is_int(compile_as("c++", "-std=c++11"), 0, "and C++11");
	is_int(compile_as("c++", "-std=c++17"), 0, "and C++17");
}

int main(int argc, char **argv)
{
	tap_plan(0);
	if (argc < 5)
		tap_bail("arguments: header, version script, library, compiler");
	header_path = argv[1];
	map_path = argv[2];
	library_path = argv[3];
	compiler = argv + 4;
	compiler_words = argc - 4;
	test_symbols();
	test_languages();
	return tap_done();
}
