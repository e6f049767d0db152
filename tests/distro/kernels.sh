#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Proves mp-trace under the kernels of other Debians: boots each in an emulated machine with the
# installed tree, runs every demo under its contract there and the tests that need a kernel, and
# looks into the kernel's log. One that is too old must be refused in one line.
#
# usage: tests/distro/kernels.sh [--quick] [--build FOLDER | --root FOLDER] [--arch ARCH]
#                                [--keep FOLDER] [KERNEL…]
#   --quick         only the demos
#   --build FOLDER  what was built here with meson, default build-gcc
#   --root FOLDER   what was installed elsewhere is in this folder, and all that it needs: mp-trace,
#                   the demos, their libraries, bin/busybox (static), and guest/verified, which is
#                   tests/kernel/verified.c as built for it. Only the demos. init and guest/ are
#                   written there.
#   --arch ARCH     amd64 (the default) or arm64, as Debian calls it; with --root
#   --keep FOLDER   where kernels are kept for the next time, and what came over the consoles,
#                   default build-kernels
#   KERNEL          5.10, 6.1, 6.12, newest, or on arm64 16k (newest, with pages of 16 KiB);
#                   default all of them
#
# Prints TAP, and on standard error what else is to tell. Exit status: 0 all passed, 1 not, 2
# cannot be tried here.
#
# Needs qemu-system-x86 (or qemu-system-arm), cpio and apt, which says where Debian is; without
# --root busybox-static, meson and python3, too.
set -eu

here=$(cd -- "$(dirname -- "$0")" && pwd)
top=${here%/tests/distro}
arch=amd64
build=$top/build-gcc
keep=$top/build-kernels
root=
quick=

# shellcheck source-path=SCRIPTDIR source=root.sh
. "$here/root.sh"
# shellcheck source-path=SCRIPTDIR source=machine.sh
. "$here/machine.sh"

# Kernel, suite of Debian, what is expected, and the kind of kernel where it is not that for clouds.
kernel_table='5.10 bullseye refuses
6.1 bookworm judges
6.12 trixie judges
newest sid judges'
arm64_table='16k sid judges arm64-16k'

while [ $# -gt 0 ]; do
	case $1 in
	--quick) quick=yes && shift ;;
	--build) build=$(cd -- "$2" && pwd) && shift 2 ;;
	--root) root=$(cd -- "$2" && pwd) quick=yes && shift 2 ;;
	--arch) arch=$2 && shift 2 ;;
	--keep) mkdir -p "$2" && keep=$(cd -- "$2" && pwd) && shift 2 ;;
	-h | --help) usage && exit 0 ;;
	-*) fail "unknown option $1" ;;
	*) break ;;
	esac
done

# ---------------------------------------------------------------------------------------------
# What the machine finds: the programs and libraries of this one, and what was built.

# copy_files ROOT: those whose names come in.
copy_files() {
	cpio --quiet -p -d -L "$1"
}

# The parts of the system are links into /usr here, or are not: so they are there.
begin_root() {
	rm -rf "$1"
	mkdir -p "$1/etc" "$1/usr" "$1/root" "$1/guest"
	for part in bin sbin lib lib64; do
		[ ! -d "/$part" ] || mkdir -p "$1/usr/$part"
		[ ! -L "/$part" ] || ln -s "usr/$part" "$1/$part"
	done
	echo /bin/busybox | copy_files "$1"
	[ -e "$1/bin/sh" ] || ln -s busybox "$1/bin/sh"
	printf 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n' >"$1/etc/passwd"
	printf 'root:x:0:\nnogroup:x:65534:\n' >"$1/etc/group"
}

# The libraries that the programs $* are linked with.
copy_libraries() {
	to=$1
	shift
	ldd "$@" | grep -o '/[^ :]*' | grep -v "^$build" | sort -u | copy_files "$to"
}

install_tree() {
	DESTDIR=$1 meson install -C "$build" --no-rebuild --quiet >&2
	copy_libraries "$1" "$build/tools/trace/mp-trace" "$build/tools/mp-pipe"
	# Where it was installed, the loader looks once it is told.
	find "$1" -name 'libmproc.so.*' -printf '/%P\n' | sed 's,/[^/]*$,,' >"$1/etc/ld.so.conf"
	ldconfig -r "$1" 2>/dev/null
	cp "$build/tests/kernel/verified" "$1/guest"
}

# What the tests call beside what is theirs: shells, Python, MPI. With all that these need.
programs='bash coreutils dash findutils grep mpich openmpi-bin procps python3 python3-mpi4py sed
	util-linux'

installed_closure() {
	# shellcheck disable=SC2086 # words
	apt-cache depends --recurse --installed --no-suggests --no-recommends --no-conflicts \
		--no-breaks --no-replaces --no-enhances $programs | grep '^[a-z]' | sort -u |
		{ xargs dpkg-query -f '${db:Status-Status} ${binary:Package}\n' -W 2>/dev/null || :; } |
		sed -n 's/^installed //p'
}

# Names of files only: folders come with them.
installed_files() {
	installed_closure | xargs dpkg -L | sort -u |
		grep -vE '^/usr/share/(doc|man|locale|icons|info)/' | while read -r file; do
		[ ! -L "$file" ] && [ ! -f "$file" ] || echo "$file"
	done
	find /etc/alternatives /etc/passwd /etc/group /etc/nsswitch.conf -type l -o -type f
}

# name, seconds (emulated ones are long) and command of the tests of the suite.
list_tests() {
	meson introspect --tests "$build" | python3 -c '
import json, shlex, sys
build = sys.argv[1]
for test in json.load(sys.stdin):
    name = test["name"].replace(" ", "-")
    if any(suite.endswith("kernel") for suite in test["suite"]) and name[:6] != "house-":
        words = ["env"] + [f"{key}={value}" for key, value in test["env"].items()] + test["cmd"]
        print(name, 20 * test["timeout"], "cd", shlex.quote(build), "&&", shlex.join(words))
' "$build"
}

# The tests, where they were built, and the sources, of which they read scripts and contracts.
add_tests() {
	installed_files | cpio --quiet -p -d -u "$1"
	find "$build/tools" "$build/lib" "$build/tests/kernel" "$build/tests/demos" \
		"$build/tests/collect" \( -name '*.p' -o -name '*.a' \) -prune -o \
		\( -type f -o -type l \) -print | cpio --quiet -p -d "$1"
	(cd "$top" && git ls-files tests tools setup | sed "s,^,$top/,") | cpio --quiet -p -d "$1"
	ldconfig -r "$1" 2>/dev/null
	list_tests >"$1/guest/tests"
	[ -s "$1/guest/tests" ] || fail "$build has no tests of a kernel"
}

# The root of the machine: the one that was given, or one that is made here, and goes.
root_of_build() {
	root=$keep/root
	begin_root "$root"
	install_tree "$root"
}

# initramfs PART ROOT
initramfs() {
	mkdir -p "$2/guest"
	cp "$here/guest.sh" "$top/tests/house/tap.sh" "$top/setup/demos" "$2/guest"
	pack "$2" "$keep/$1.cpio" "sh /guest/guest.sh $1 /guest"
}

make_initramfs() {
	given=$root
	[ -n "$given" ] || root_of_build
	[ -x "$root/guest/verified" ] || fail "$root has no guest/verified"
	initramfs refuses "$root"
	[ -n "$quick" ] || add_tests "$root"
	initramfs judges "$root"
	[ -n "$given" ] || rm -rf "$root"
}

# ---------------------------------------------------------------------------------------------
# Kernel by kernel

# run_under KERNEL SUITE PART: what it gave is in the console's log, as are the seconds.
run_under() {
	log=$keep/$1.log
	rm -f "$log"
	begun=$(date +%s)
	boot "$(fetch_kernel "$2" "${4:-}")" "$keep/$3.cpio" "$log" || :
	echo "@ seconds $(($(date +%s) - begun))" >>"$log"
}

# is_whole LOG: as many blocks as were announced, and then what ran there ended well.
is_whole() {
	output "$1" >"$1.output"
	announced=$(sed -n 's/^@ blocks //p' "$1.output")
	counted=$(grep -c '^@ test ' "$1.output")
	rm -f "$1.output"
	[ "$announced" = "$counted" ] && [ "$(status_of "$1")" = 0 ]
}

# The machine itself, as a test like those that ran in it.
block_of_machine() {
	echo "@ test machine"
	if came_to_end "$1"; then
		echo "ok 1 - came to its end"
	else
		echo "not ok 1 - came to its end"
		tail -n 20 "$1" | tr -d '\r' | sed 's/^/# /'
	fi
	if complaints "$1" >"$1.complaints"; then
		echo "not ok 2 - the kernel complains of nothing"
		sed 's/^/# /' "$1.complaints"
	else
		echo "ok 2 - the kernel complains of nothing"
	fi
	rm -f "$1.complaints"
	if is_whole "$1"; then
		echo "ok 3 - ran all that it was given"
	else
		echo "not ok 3 - ran all that it was given"
	fi
	printf '1..3\n@ ended 0\n'
}

blocks_of() {
	vmlinuz=$(fetch_kernel "$2" "${4:-}")
	echo "@ kernel $1 ${vmlinuz##*/vmlinuz-} $(sed -n 's/^@ seconds //p' "$keep/$1.log")"
	output "$keep/$1.log"
	block_of_machine "$keep/$1.log"
}

# with_each COMMAND: and kernel, suite, and what is expected.
with_each() {
	for kernel in $chosen; do
		# shellcheck disable=SC2046 # words
		"$@" $(echo "$kernel_table" | grep "^$kernel ")
	done
}

fetch() {
	vmlinuz=$(fetch_kernel "$2" "${4:-}") || exit 2
	say "Linux $1 is ${vmlinuz##*/vmlinuz-}" >&2
}

begin_run() {
	run_under "$@" &
	running="$running $!"
}

# Nothing goes on, and only kernels and logs stay.
end_run() {
	status=$?
	trap - EXIT INT TERM
	for pid in $running; do
		kill "$pid" 2>/dev/null || :
	done
	wait
	rm -rf "${keep:?}/root" "$keep/refuses.cpio" "$keep/judges.cpio"
	exit "$status"
}

describe_arch
[ "$arch" != arm64 ] || kernel_table="$kernel_table
$arm64_table"
need "$qemu" cpio
if [ -z "$root" ]; then
	[ "$arch" = "$(dpkg --print-architecture)" ] || fail "--arch $arch takes --root"
	need busybox python3 meson
	! ldd "$(command -v busybox)" >/dev/null 2>&1 ||
		fail "busybox is not static here: apt-get install busybox-static"
	[ -e "$build/build.ninja" ] || fail "$build is no folder of a build"
fi
# shellcheck disable=SC2046 # words
[ $# -gt 0 ] || set -- $(echo "$kernel_table" | cut -d ' ' -f 1)
for kernel; do
	echo "$kernel_table" | grep -q "^$kernel " || fail "unknown kernel $kernel; see --help"
done
chosen=$*
kernels=$keep
mkdir -p "$keep"
if [ -z "$quick" ]; then
	memory=6144 patience=14400
fi
running=
trap end_run EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
with_each fetch
make_initramfs
say "booting ${chosen}" >&2
with_each begin_run
wait
with_each blocks_of | awk -f "$here/join.awk"
