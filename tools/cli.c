// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli_options.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define EXIT_USAGE 2

static const struct cli_program *tool = &(const struct cli_program){.name = "mp-tools"};

/* ------------------------------------------------------------------------- messages ---- */

struct quoted {
	char text[200];
};

/* A word of the user's in quotes, so that no terminal can be deceived by it. */
static struct quoted quote(const char *word)
{
	struct quoted q;
	size_t length = 1;

	q.text[0] = '"';
	for (; *word && length < sizeof(q.text) - 8; word++)
		if (*word >= 0x20 && *word < 0x7f && *word != '\\' && *word != '"')
			q.text[length++] = *word;
		else
			length += (size_t)sprintf(q.text + length, "\\x%02x", (unsigned char)*word);
	strcpy(q.text + length, *word ? "…\"" : "\"");
	return q;
}

/* With one write(2): several processes may have something to say at the same time. */
static __attribute__((format(printf, 2, 0))) void say(const char *about, const char *format,
						      va_list args)
{
	char text[4096];

	vsnprintf(text, sizeof(text), format, args);
	fprintf(stderr, "%s: %s%s\n", tool->name, about, text);
}

int cli_fail(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("", format, args);
	va_end(args);
	return EXIT_FAILURE;
}

int cli_fail_call(const char *what, int error)
{
	return cli_fail("%s: %s", what, strerror(abs(error)));
}

bool cli_failed(const char *call, int result)
{
	if (result < 0)
		cli_fail_call(call, result);
	return result < 0;
}

void cli_usage(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say("", format, args);
	va_end(args);
	exit(EXIT_USAGE);
}

void cli_bad_value(const struct cli_option *option, const char *text, const char *format, ...)
{
	char about[300];
	va_list args;

	snprintf(about, sizeof(about), "--%s: %s ", option->name, quote(text).text);
	va_start(args, format);
	say(about, format, args);
	va_end(args);
	exit(EXIT_USAGE);
}

/* -------------------------------------------------------------------------- parsing ---- */

static bool wanted_help, wanted_version;

static const struct cli_option common[] = {
	{0, "help", .kind = CLI_FLAG, .value = &wanted_help, .help = "show this and leave"},
	{0, "version", .kind = CLI_FLAG, .value = &wanted_version,
	 .help = "show the version and leave"},
	{0},
};

const struct cli_option *cli_option_at(size_t i)
{
	for (const struct cli_option *o = tool->options; o && o->name; o++)
		if (i-- == 0)
			return o;
	return i < sizeof(common) / sizeof(*common) - 1 ? &common[i] : NULL;
}

const struct cli_option *cli_find_name(const char *name, size_t length)
{
	const struct cli_option *option;

	for (size_t i = 0; (option = cli_option_at(i)); i++)
		if (strlen(option->name) == length && !memcmp(option->name, name, length))
			return option;
	return NULL;
}

const struct cli_option *cli_find_letter(char letter)
{
	const struct cli_option *option;

	for (size_t i = 0; (option = cli_option_at(i)); i++)
		if (option->letter && option->letter == letter)
			return option;
	return NULL;
}

#define NAMES_LIMIT 64

/* A long name that nobody knows: say which was meant. */
static _Noreturn void unknown_name(const char *word, size_t length)
{
	const char *names[NAMES_LIMIT + 1] = {0};
	const struct cli_option *option;
	char name[64] = "";
	const char *near = NULL;

	for (size_t i = 0; i < NAMES_LIMIT && (option = cli_option_at(i)); i++)
		names[i] = option->name;
	if (length < sizeof(name)) {
		memcpy(name, word, length);
		near = cli_nearest(name, names);
	}
	if (near)
		cli_usage("unknown option %s; did you mean --%s?", quote(word - 2).text, near);
	cli_usage("unknown option %s; %s --help lists them", quote(word - 2).text, tool->name);
}

/* "--name", "--name=value" or "--name" "value"; returns how many words that is. */
static int take_name(const char *word, const char *next)
{
	const char *name = word + 2, *value = strchr(name, '=');
	size_t length = value ? (size_t)(value - name) : strlen(name);
	const struct cli_option *option = cli_find_name(name, length);

	if (!option)
		unknown_name(name, length);
	if (!cli_takes_value(option)) {
		if (value)
			cli_usage("--%s takes no value", option->name);
		cli_set(option, "");
		return 1;
	}
	if (!value && !next)
		cli_usage("--%s needs a value: --%s %s", option->name, option->name,
			  option->argument);
	cli_set(option, value ? value + 1 : next);
	return value ? 1 : 2;
}

/* "-v", "-vvq", "-n5" or "-n" "5"; returns how many words that is. */
static int take_letters(const char *word, const char *next)
{
	for (const char *letter = word + 1; *letter; letter++) {
		const struct cli_option *option = cli_find_letter(*letter);

		if (!option)
			cli_usage("unknown option %s; %s --help lists them",
				  quote((char[]){'-', *letter, 0}).text, tool->name);
		if (!cli_takes_value(option)) {
			cli_set(option, "");
			continue;
		}
		if (!letter[1] && !next)
			cli_usage("-%c needs a value: -%c %s", *letter, *letter, option->argument);
		cli_set(option, letter[1] ? letter + 1 : next);
		return letter[1] ? 1 : 2;
	}
	return 1;
}

static int take_options(int argc, char *argv[])
{
	int i = 1;

	while (i < argc && argv[i][0] == '-' && argv[i][1]) {
		if (!strcmp(argv[i], "--"))
			return i + 1;
		i += argv[i][1] == '-' ? take_name(argv[i], argv[i + 1])
				       : take_letters(argv[i], argv[i + 1]);
		if (wanted_help || wanted_version)
			break;
	}
	return i;
}

/* Else the next pipe would get number 1, and what is printed would go into it. */
static void open_closed_descriptors(void)
{
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd)
			exit(EXIT_FAILURE); /* there is nowhere to say it */
}

int cli_parse(const struct cli_program *program, int argc, char *argv[])
{
	const struct cli_option *option;
	int first;

	tool = program;
	open_closed_descriptors();
	if (argc > 1 && !strcmp(argv[1], "--complete")) {
		cli_complete(program, argc, argv);
		exit(cli_finish(EXIT_SUCCESS));
	}
	for (size_t i = 0; (option = cli_option_at(i)); i++)
		cli_reset(option);
	first = argc ? take_options(argc, argv) : 0;
	if (wanted_help)
		cli_put_help(tool);
	else if (wanted_version)
		printf("%s (mp-tools) %s\n", tool->name, MP_VERSION);
	if (wanted_help || wanted_version)
		exit(cli_finish(EXIT_SUCCESS));
	if (!program->operands && first < argc)
		cli_usage("only options are expected, not %s; %s --help lists them",
			  quote(argv[first]).text, tool->name);
	return first;
}

/* --------------------------------------------------------------------------- output ---- */

void cli_print_lines(void)
{
	setvbuf(stdout, NULL, _IOLBF, BUFSIZ);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGCHLD, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
}

int cli_finish(int status)
{
	static bool said;
	/* A line that was lost has left no reason; an empty write often brings it back. */
	bool lost = ferror(stdout) != 0, failed;

	errno = 0;
	failed = fflush(stdout) == EOF || (lost && write(STDOUT_FILENO, "", 0) < 0);
	if (!lost && !failed)
		return status;
	if (!said)
		cli_fail("standard output: %s",
			 errno ? strerror(errno) : "not all of it could be written");
	said = true;
	return status ? status : EXIT_FAILURE;
}

void cli_pause(int64_t time)
{
	struct timespec rest = {time / CLI_SECOND, time % CLI_SECOND};

	while (nanosleep(&rest, &rest) < 0 && errno == EINTR)
		;
}
