/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The report: where it goes, what its reader can see, and what the exit status says. */
#include "session.h"

#include <errno.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "complain.h"
#include "show.h"

#define SIGNALLED 128 /* what shells add to the number of the signal */

static int open_output(const char *path, struct mp_output *output)
{
	int status = path != NULL ? mp_output_open(path, output) : 0;

	return status == 0 ? MP_GO_ON : status;
}

/* Before the run: who waits for an hour must not hear only then that there is no such folder. */
int mp_open_outputs(struct mp_session *session)
{
	const struct mp_options *options = &session->options;
	int status = open_output(options->record, &session->record_file);

	/* A reader of the report who goes away is an error to report, with the command's tree
	 * looked after; the command itself has been forked before. */
	signal(SIGPIPE, SIG_IGN);
	if (status != MP_GO_ON || mp_options_take_stdout(options))
		return status;
	return open_output(options->output, &session->report_file);
}

/* ---- what the reader can see ---- */

static bool wants_color(const char *when, int fd)
{
	const char *terminal = getenv("TERM"), *none = getenv("NO_COLOR");

	if (strcmp(when, "auto") != 0)
		return strcmp(when, "always") == 0;
	return isatty(fd) == 1 && (none == NULL || *none == '\0') && terminal != NULL &&
	       strcmp(terminal, "dumb") != 0;
}

static int columns(int fd)
{
	struct winsize size;

	return ioctl(fd, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

/* Not before: the environment may name a folder of locales, which is nothing for root to read. */
int mp_take_locale(struct mp_session *session)
{
	(void)session;
	setlocale(LC_CTYPE, "");
	return MP_GO_ON;
}

/* ---- writing it ---- */

static int report_fd(const struct mp_session *session)
{
	if (session->report_file.fd >= 0)
		return session->report_file.fd;
	return mp_options_take_stdout(&session->options) ? STDOUT_FILENO : STDERR_FILENO;
}

static int render(struct mp_session *session, FILE *out)
{
	const struct mp_options *options = &session->options;
	const struct mp_report report = {
		.model = session->model,
		.contract = session->contract,
		.verdict = session->verdict,
		.kept = options->record,
		.from_file = options->from != NULL,
		.utf8 = mp_speaks_utf8(),
		.color = wants_color(options->color, fileno(out)),
		.quiet = options->quiet,
		.verbose = options->verbose,
		.width = columns(fileno(out)),
	};

	return mp_renderer_find(options->format)->render(&report, out);
}

/* Through a copy of the descriptor: closing says whether all of it has arrived. */
static int write_report(struct mp_session *session)
{
	int fd = dup(report_fd(session)), error;
	FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;

	if (out == NULL) {
		error = -errno;
		if (fd >= 0)
			close(fd);
		return error;
	}
	error = render(session, out);
	if (fclose(out) != 0 && error == 0)
		error = -errno;
	return error;
}

int mp_report(struct mp_session *session)
{
	int error = write_report(session), status;

	if (error < 0)
		return mp_complain("cannot write the report: %s", strerror(-error));
	if (session->report_file.fd < 0)
		return MP_GO_ON;
	status = mp_output_commit(&session->report_file);
	return status == 0 ? MP_GO_ON : status;
}

/* ---- the last word ---- */

static const int statuses[] = {
	[MP_HOLDS] = 0,
	[MP_BROKEN] = 1,
	[MP_INCONCLUSIVE] = 3,
};

int mp_exit_status(struct mp_session *session)
{
	int status = session->record->status;

	if (session->verdict != NULL)
		return statuses[session->verdict->outcome];
	return WIFEXITED(status) ? WEXITSTATUS(status) : SIGNALLED + WTERMSIG(status);
}

void mp_session_end(struct mp_session *session)
{
	mp_verdict_free(session->verdict);
	mp_model_free(session->model);
	mp_output_close(&session->report_file);
	mp_output_close(&session->record_file);
	mp_contract_free(session->contract);
	mp_record_free(session->record);
	mp_collect_free(session->collector);
	free(session->program);
}
