// SPDX-License-Identifier: GPL-2.0-or-later
#include "start.h"

#include <unistd.h>

#include "tap.h"

enum { MOST_S = 60 };

static struct mp_process *must(const char *what, int rc, struct mp_process *process)
{
	if (rc)
		tap_bail("%s: %s", what, mp_result_text(rc));
	return process;
}

static struct mp_process *started(struct mp_process *process)
{
	return must("mp_process_start", mp_process_start(process), process);
}

struct mp_process *make(const char *name, int (*run)(void *), void *argument)
{
	struct mp_process *process;
	int rc = mp_process_new(&process, name, run, argument);

	return must("mp_process_new", rc, process);
}

struct mp_process *make_started(int (*run)(void *), void *argument)
{
	return started(make(NULL, run, argument));
}

struct mp_process *make_exec(const char *name, const char *function, const void *bytes, size_t size)
{
	struct mp_process *process;
	int rc = mp_process_new_exec(&process, name, function, bytes, size);

	return must("mp_process_new_exec", rc, process);
}

struct mp_process *make_exec_started(const char *function, const void *bytes, size_t size)
{
	return started(make_exec(NULL, function, bytes, size));
}

int end_of(struct mp_process *process)
{
	int code = 1000, rc = mp_process_join(process, MP_FOREVER);

	if (rc == 0)
		rc = mp_process_exit_code(process, &code);
	mp_process_free(process);
	return rc ? rc : code;
}

int give_back(void *number)
{
	return (int)(intptr_t)number;
}

int sleep_for_ever(void *argument)
{
	alarm(MOST_S);
	while (pause() < 0)
		;
	return 1;
}
