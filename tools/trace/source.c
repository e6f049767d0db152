/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the record comes from: a run that is watched, or a file. */
#include "session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "complain.h"
#include "gate.h"
#include "privilege.h"

static int no_memory(void)
{
	return mp_complain("there is not enough memory");
}

/* ---- a run ---- */

static int prepare_run(struct mp_session *session)
{
	const struct mp_options *options = &session->options;
	struct mp_collect_options wanted = {
		.argc = options->argc,
		.argv = options->argv,
		.user = options->user,
		.timeout_ns = (uint64_t)options->timeout_ns,
		.buffer_bytes = (size_t)options->buffer,
		.output_to_stderr = mp_options_take_stdout(options),
	};
	uid_t caller = getuid();
	int error = mp_collect_prepare(&wanted, &session->collector);

	if (options->user != NULL && getuid() != caller)
		mp_complain_as(options->user);
	if (session->collector == NULL)
		return no_memory();
	if (error < 0)
		return mp_complain("%s", mp_collect_error(session->collector));
	session->program = strdup(mp_collect_program(session->collector));
	return session->program != NULL ? MP_GO_ON : no_memory();
}

int mp_run(struct mp_session *session)
{
	if (session->collector == NULL)
		return MP_GO_ON;
	if (mp_record_new(&session->record) < 0)
		return no_memory();
	if (mp_collect_run(session->collector, session->record) < 0)
		return mp_complain("%s", mp_collect_error(session->collector));
	return MP_GO_ON;
}

int mp_keep_record(struct mp_session *session)
{
	struct mp_output *file = &session->record_file;
	int error, status;

	if (file->fd < 0)
		return MP_GO_ON;
	error = mp_record_save(session->record, file->fd);
	if (error < 0)
		return mp_complain_file("write", file->path, -error);
	status = mp_output_commit(file);
	return status == 0 ? MP_GO_ON : status;
}

/* ---- a file ---- */

/* Nothing of what follows needs root, even when it was started by root for somebody. */
static int give_up_root(void)
{
	char why[MP_PRIVILEGE_ERROR] = "";
	struct mp_identity identity;
	int error = mp_identity_find(NULL, &identity, why);

	if (error < 0)
		return mp_complain("%s", why);
	error = mp_privilege_drop(&identity);
	if (error < 0)
		return mp_complain("cannot give up the privileges of root: %s", strerror(-error));
	return MP_GO_ON;
}

static int load(struct mp_session *session, int fd)
{
	const char *path = session->options.from;
	const char *why = NULL;
	int error = mp_record_load(fd, &session->record, &why);

	if (error == 0)
		return MP_GO_ON;
	return mp_complain("cannot read the record %s: %s", path,
			   why != NULL ? why : strerror(-error));
}

static int load_record(struct mp_session *session)
{
	const char *path = session->options.from;
	int fd, status;

	if (strcmp(path, "-") == 0) {
		status = load(session, STDIN_FILENO);
	} else {
		fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (fd < 0)
			return mp_complain("cannot read the record %s: %s", path, strerror(errno));
		status = load(session, fd);
		close(fd);
	}
	if (status != MP_GO_ON || session->record->program == NULL)
		return status;
	session->program = strdup(session->record->program);
	return session->program != NULL ? MP_GO_ON : no_memory();
}

/* ---- neither: a contract is only explained ---- */

static int find_program(struct mp_session *session)
{
	const char *name = session->options.argc > 0 ? session->options.argv[0] : NULL;
	int error = name != NULL ? mp_program_find(name, &session->program) : 0;

	if (error < 0)
		return mp_complain("cannot find the command %s: %s", name, strerror(-error));
	return MP_GO_ON;
}

int mp_begin(struct mp_session *session)
{
	const struct mp_options *options = &session->options;
	int status;

	if (options->from == NULL && !options->explain)
		return prepare_run(session);
	umask(077);
	status = give_up_root();
	if (status != MP_GO_ON)
		return status;
	return options->from != NULL ? load_record(session) : find_program(session);
}
