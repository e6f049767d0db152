// SPDX-License-Identifier: LGPL-2.1-or-later
#include <pthread.h>
#include <unistd.h>

#include "internal.h"

static bool forks_are_noticed;
/* 0: not known. In a block that exists from the start of the thread, so that reading it is cheap.
 */
static _Thread_local pid_t cached __attribute__((tls_model("initial-exec")));

/* Of all threads only the one that forked lives on in the child, and it runs this. */
static void forget(void)
{
	cached = 0;
}

/* When even this fails for lack of memory, the kernel is asked every time. */
__attribute__((constructor)) static void notice_forks(void)
{
	forks_are_noticed = pthread_atfork(NULL, NULL, forget) == 0;
}

pid_t mp_self_tid(void)
{
	pid_t tid = cached;

	if (tid)
		return tid;
	tid = gettid();
	if (forks_are_noticed)
		cached = tid;
	return tid;
}
