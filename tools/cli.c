// SPDX-License-Identifier: GPL-2.0-or-later
#include "cli.h"
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

#define WIDTH	    79 /* of --help */
#define HELP_COLUMN 24 /* where the help of an option begins */
#define EXIT_USAGE  2

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

/* `mp-pipe: --items: "abc" is not …` */
static _Noreturn __attribute__((format(printf, 3, 4))) void
bad_value(const struct cli_option *option, const char *text, const char *format, ...)
{
	char about[300];
	va_list args;

	snprintf(about, sizeof(about), "--%s: %s ", option->name, quote(text).text);
	va_start(args, format);
	say(about, format, args);
	va_end(args);
	exit(EXIT_USAGE);
}

/* --------------------------------------------------------------------- nearest word ---- */

#define NEAREST_LENGTH 40

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Levenshtein's distance; a swap of two neighbours counts as one, it is the commonest slip. */
static size_t distance(const char *a, const char *b)
{
	size_t rows[3][NEAREST_LENGTH + 1];
	size_t *before = rows[0], *last = rows[1], *row = rows[2];
	size_t width = strlen(b);

	for (size_t j = 0; j <= width; j++)
		row[j] = j;
	for (size_t i = 1; i <= strlen(a); i++) {
		size_t *reuse = before;

		before = last;
		last = row;
		row = reuse;
		row[0] = i;
		for (size_t j = 1; j <= width; j++) {
			row[j] = least(least(last[j], row[j - 1]) + 1,
				       last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				row[j] = least(row[j], before[j - 2] + 1);
		}
	}
	return row[width];
}

const char *cli_nearest(const char *word, const char *const *words)
{
	const char *nearest = NULL;
	/* Half of the word wrong is no likeness. */
	size_t limit = strlen(word) / 2 + 1, closest = limit;

	if (strlen(word) > NEAREST_LENGTH)
		return NULL;
	for (; *words; words++) {
		size_t away;

		if (strlen(*words) > NEAREST_LENGTH)
			continue;
		/* A beginning is what somebody who abbreviates means. */
		away = *word && !strncmp(word, *words, strlen(word)) ? 1 : distance(word, *words);
		if (away < closest) {
			nearest = *words;
			closest = away;
		}
	}
	return nearest;
}

/* --------------------------------------------------------------------------- values ---- */

/* Whole numbers only, no sign but `-`, no blanks, nothing behind. *end is where it stopped. */
static bool read_number(const char *text, const char **end, int64_t *value)
{
	bool minus = *text == '-';
	const char *digit = text + minus;
	int64_t number = 0;

	if (*digit < '0' || *digit > '9')
		return false;
	for (; *digit >= '0' && *digit <= '9'; digit++)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, *digit - '0', &number))
			number = INT64_MAX; /* out of any range */
	*end = digit;
	*value = minus ? -number : number;
	return true;
}

static void limits(const struct cli_option *option, int64_t *low, int64_t *high)
{
	*low = option->least;
	*high = option->least || option->most ? option->most : INT64_MAX;
}

static bool within(const struct cli_option *option, int64_t number)
{
	int64_t low, high;

	limits(option, &low, &high);
	return number >= low && number <= high;
}

static void set_flag(const struct cli_option *option, const char *text)
{
	*(bool *)option->value = text != NULL;
}

static void set_count(const struct cli_option *option, const char *text)
{
	int *count = option->value;

	*count = text ? *count + 1 : 0;
}

/* "0 to 10", or "4096 or more": the range as people say it. */
static void describe_range(const struct cli_option *option, char *into, size_t room)
{
	int64_t low, high;

	limits(option, &low, &high);
	if (high == INT64_MAX)
		snprintf(into, room, "%lld or more", (long long)low);
	else
		snprintf(into, room, "%lld to %lld", (long long)low, (long long)high);
}

static void set_number(const struct cli_option *option, const char *text)
{
	int64_t *value = option->value;
	char range[64];
	const char *end;

	*value = 0;
	if (!text)
		return;
	describe_range(option, range, sizeof(range));
	if (!read_number(text, &end, value) || *end)
		bad_value(option, text, "is not a whole number (%s)", range);
	if (!within(option, *value))
		bad_value(option, text, "is out of range (%s)", range);
}

static void set_size(const struct cli_option *option, const char *text)
{
	static const char units[] = "KMG";
	int64_t *value = option->value;
	char range[64];
	const char *end, *unit;

	*value = 0;
	if (!text)
		return;
	describe_range(option, range, sizeof(range));
	if (!read_number(text, &end, value))
		bad_value(option, text, "is not a number of bytes, like 4096, 64K or 8M");
	unit = *end ? strchr(units, *end) : NULL;
	for (ptrdiff_t i = 0; unit && i <= unit - units; i++)
		if (__builtin_mul_overflow(*value, 1024, value))
			*value = INT64_MAX;
	if (*end && (!unit || end[1]))
		bad_value(option, text, "is not a number of bytes, like 4096, 64K or 8M");
	if (!within(option, *value))
		bad_value(option, text, "is out of range (%s bytes)", range);
}

/* Decimal seconds to nanoseconds without floating point: 0.3 is exactly 300000000. */
static bool read_seconds(const char *text, int64_t *value)
{
	int64_t whole = 0, fraction = 0, unit = CLI_SECOND / 10;
	const char *c = text;

	if (*c != '.' && (*c == '-' || !read_number(text, &c, &whole)))
		return false;
	if (*c == '.') {
		if ((c == text && !c[1]) || strspn(c + 1, "0123456789") != strlen(c + 1))
			return false;
		for (c++; *c; c++, unit /= 10)
			fraction += (*c - '0') * unit;
	}
	if (__builtin_mul_overflow(whole, CLI_SECOND, value) ||
	    __builtin_add_overflow(*value, fraction, value))
		*value = INT64_MAX;
	return !*c;
}

/* Nanoseconds as somebody would type them: 0.05, not 0.050000000. */
static void put_seconds(char *into, size_t room, int64_t value)
{
	int length = snprintf(into, room, "%lld.%09lld", (long long)(value / CLI_SECOND),
			      (long long)(value % CLI_SECOND));

	while (length > 0 && (into[length - 1] == '0' || into[length - 1] == '.')) {
		bool point = into[length - 1] == '.';

		into[--length] = 0;
		if (point)
			break;
	}
}

static void describe_seconds(const struct cli_option *option, char *into, size_t room)
{
	char from[32], to[32];
	int64_t low, high;

	limits(option, &low, &high);
	put_seconds(from, sizeof(from), low);
	put_seconds(to, sizeof(to), high);
	if (high == INT64_MAX)
		snprintf(into, room, "%s or more", from);
	else
		snprintf(into, room, "%s to %s", from, to);
}

static void set_seconds(const struct cli_option *option, const char *text)
{
	int64_t *value = option->value;
	char range[80];

	*value = 0;
	if (!text)
		return;
	describe_seconds(option, range, sizeof(range));
	if (!read_seconds(text, value))
		bad_value(option, text, "is not a number of seconds, like 3 or 0.25 (%s)", range);
	if (!within(option, *value))
		bad_value(option, text, "is out of range (%s)", range);
}

static void list_choices(const struct cli_option *option, char *into, size_t room)
{
	size_t length = 0;

	for (const char *const *choice = option->choices; *choice && length < room; choice++)
		length += (size_t)snprintf(into + length, room - length, "%s%s", length ? ", " : "",
					   *choice);
}

static void set_choice(const struct cli_option *option, const char *text)
{
	const char **value = option->value;
	char all[256];
	const char *near;

	*value = NULL;
	for (const char *const *choice = option->choices; text && *choice; choice++)
		if (!strcmp(text, *choice))
			*value = *choice;
	if (!text || *value)
		return;
	list_choices(option, all, sizeof(all));
	near = cli_nearest(text, option->choices);
	if (near)
		bad_value(option, text, "is not one of %s; did you mean %s?", all, near);
	bad_value(option, text, "is not one of %s", all);
}

static void set_text(const struct cli_option *option, const char *text)
{
	*(const char **)option->value = text;
}

static void set_parsed(const struct cli_option *option, const char *text)
{
	if (text && !option->parse(text, option->value))
		bad_value(option, text, "is not %s", option->wants);
}

/* What each kind of option needs; `set` with NULL clears the value. */
static const struct kind {
	bool argument;
	void (*set)(const struct cli_option *option, const char *text);
	void (*range)(const struct cli_option *option, char *into, size_t room);
} kinds[] = {
	[CLI_FLAG] = {false, set_flag, NULL},
	[CLI_COUNT] = {false, set_count, NULL},
	[CLI_NUMBER] = {true, set_number, describe_range},
	[CLI_SIZE] = {true, set_size, describe_range},
	[CLI_SECONDS] = {true, set_seconds, describe_seconds},
	[CLI_CHOICE] = {true, set_choice, list_choices},
	[CLI_TEXT] = {true, set_text, NULL},
	[CLI_PARSED] = {true, set_parsed, NULL},
};

/* ----------------------------------------------------------------------------- help ---- */

static bool wanted_help, wanted_version;

static const struct cli_option common[] = {
	{0, "help", .kind = CLI_FLAG, .value = &wanted_help, .help = "show this and leave"},
	{0, "version", .kind = CLI_FLAG, .value = &wanted_version,
	 .help = "show the version and leave"},
	{0},
};

/* One paragraph, filled, from `column` on (the cursor is there already); returns its end. */
static const char *put_paragraph(const char *text, int indent)
{
	int column = indent;
	bool first = true;

	while (*text && *text != '\n') {
		int length = (int)strcspn(text, " \n");

		if (!first && column + 1 + length > WIDTH) {
			printf("\n%*s", indent, "");
			column = indent;
		} else if (!first) {
			putchar(' ');
			column++;
		}
		printf("%.*s", length, text);
		column += length;
		first = false;
		text += length;
		text += strspn(text, " ");
		if (*text == '\n' && text[1] != '\n')
			text++;
	}
	putchar('\n');
	return text;
}

static void put_description(const char *text)
{
	while (text && *text) {
		text = put_paragraph(text, 0);
		text += strspn(text, "\n");
		putchar('\n');
	}
}

/* The help of an option with its range and default behind, as one paragraph. */
static void put_option_help(const struct cli_option *option)
{
	const struct kind *kind = &kinds[option->kind];
	char range[256] = "", fallback[128] = "", all[1024];

	if (kind->range && (option->least || option->most || option->choices))
		kind->range(option, range, sizeof(range));
	if (option->fallback)
		snprintf(fallback, sizeof(fallback), "%sdefault %s", *range ? "; " : "",
			 option->fallback);
	if (*range || *fallback)
		snprintf(all, sizeof(all), "%s (%s%s)", option->help, range, fallback);
	else
		snprintf(all, sizeof(all), "%s", option->help);
	put_paragraph(all, HELP_COLUMN);
}

static void put_option(const struct cli_option *option)
{
	char letter[] = {'-', option->letter, ',', 0};
	int column = printf("  %-3s --%s%s%s", option->letter ? letter : "", option->name,
			    option->argument ? " " : "", option->argument ? option->argument : "");

	if (column + 2 > HELP_COLUMN) {
		putchar('\n');
		column = 0;
	}
	printf("%*s", HELP_COLUMN - column, "");
	put_option_help(option);
}

static void put_usage(void)
{
	static const char *const only_options[] = {"[OPTIONS]", NULL};
	const char *lead = "Usage:";

	for (const char *const *use = tool->uses ? tool->uses : only_options; *use; use++) {
		printf("%s %s %s\n", lead, tool->name, *use);
		lead = "      ";
	}
}

static void put_statuses(void)
{
	static const struct cli_status demo[] = {
		{"0", "all went well"},
		{"1", "a system call failed, or the output could not be written"},
		{"2", "an option or its value is wrong"},
		{0},
	};

	printf("\nExit status:\n");
	for (const struct cli_status *s = tool->statuses ? tool->statuses : demo; s->code; s++) {
		printf("  %-5s ", s->code);
		put_paragraph(s->meaning, 8);
	}
}

static void put_help(void)
{
	printf("%s: %s\n\n", tool->name, tool->purpose);
	put_usage();
	putchar('\n');
	put_description(tool->description);
	printf("Options:\n");
	for (const struct cli_option *option = tool->options; option && option->name; option++)
		put_option(option);
	for (const struct cli_option *option = common; option->name; option++)
		put_option(option);
	if (tool->examples)
		printf("\nExamples:\n");
	for (const struct cli_example *e = tool->examples; e && e->command; e++) {
		printf("  %s\n      ", e->command);
		put_paragraph(e->what, 6);
	}
	put_statuses();
	if (tool->see)
		printf("\nSee also: %s\n", tool->see);
}

/* -------------------------------------------------------------------------- parsing ---- */

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
	char name[NEAREST_LENGTH + 1] = "";
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
	if (!kinds[option->kind].argument) {
		if (value)
			cli_usage("--%s takes no value", option->name);
		kinds[option->kind].set(option, "");
		return 1;
	}
	if (!value && !next)
		cli_usage("--%s needs a value: --%s %s", option->name, option->name,
			  option->argument);
	kinds[option->kind].set(option, value ? value + 1 : next);
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
		if (!kinds[option->kind].argument) {
			kinds[option->kind].set(option, "");
			continue;
		}
		if (!letter[1] && !next)
			cli_usage("-%c needs a value: -%c %s", *letter, *letter, option->argument);
		kinds[option->kind].set(option, letter[1] ? letter + 1 : next);
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
	for (size_t i = 0; (option = cli_option_at(i)); i++) {
		if (option->kind != CLI_PARSED)
			kinds[option->kind].set(option, NULL);
		if (option->fallback)
			kinds[option->kind].set(option, option->fallback);
	}
	first = argc ? take_options(argc, argv) : 0;
	if (wanted_help)
		put_help();
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
