#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the library calls is known: the torture can make it fail, or it cannot fail (or not when it
# is called as the library calls it). A new call belongs in tests/lib/faults.c, or in the list here.
# usage: calls-test.sh TOP LIBRARY TORTURE
cd -- "$1" || exit 1
. tests/house/tap.sh
library=$2 torture=$3

# The C library's names for what the compiler and its headers call by another.
harmless='__cmsg_nxthdr __cxa_atexit __cxa_finalize __errno_location __gmon_start__ __libc_current_sigrtmax
__libc_current_sigrtmin __register_atfork __stack_chk_fail __tls_get_addr environ
_ITM_deregisterTMCloneTable _ITM_registerTMCloneTable _exit abort atexit bcmp clock_gettime close
fflush free getpid getppid gettid getegid geteuid getuid getgid getrlimit kill lstat memchr memcmp memcpy memmove
memset munmap prctl pthread_mutexattr_destroy pthread_mutexattr_init
pthread_mutexattr_setpshared pthread_mutexattr_setrobust pthread_mutexattr_settype
pthread_mutex_clocklock pthread_mutex_consistent pthread_mutex_destroy pthread_mutex_init
pthread_mutex_lock pthread_mutex_trylock pthread_mutex_unlock pthread_self pthread_sigmask raise
rmdir sched_yield secure_getenv getenv setenv unsetenv shutdown sigaction sigaddset sigemptyset
sigfillset sigismember sigpending sigprocmask sigtimedwait snprintf strchr strchrnul strcmp strcpy strerrordesc_np
strlen strncmp strncpy strnlen strrchr strstr strtol strtoll strtoul strtoull sysconf unlink
unlinkat umask qsort qsort_r bsearch dlerror dlclose dlsym strtok_r sched_getaffinity __sched_cpucount
sched_getcpu lseek fcntl getauxval posix_spawn_file_actions_destroy posix_spawn_file_actions_init
posix_spawnattr_destroy posix_spawnattr_init posix_spawnattr_setflags posix_spawnattr_setsigmask
exit access readlink __environ program_invocation_name __progname_full'
# Only under a launcher of MPI; comm-test.c makes them fail.
loading='dlopen dlvsym'
# They allocate with malloc(), which is struck inside of them.
allocating='asprintf strdup strndup'

# The names for large files, and for what a later C standard reads otherwise, are others of the same.
called() {
	nm -D --undefined-only "$library" |
		sed 's/.* //; s/@.*//; s/64$//; s/^__isoc[0-9]*_//' | sort -u
}

struck() {
	nm --defined-only "$torture" | sed -n 's/.* T //p' | sed 's/64$//' | sort -u
}

unknown_calls() {
	struck >"$work/known"
	printf '%s\n' $harmless $loading $allocating >>"$work/known"
	sort -u -o "$work/known" "$work/known"
	# A fortified C library checks sizes in functions of its own.
	called | grep -v '_chk$' | comm -23 - "$work/known"
}

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
ok "the library can be looked into" test -n "$(called)"
empty "every call of the library is struck, or cannot fail" unknown_calls
tap_done
