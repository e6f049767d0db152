#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What ./try and ./check say where they cannot work: one line, exit 2. usage: setup-test.sh TOP
# Run by root, it becomes nobody where it has to.
cd -- "$1" || exit 1
. tests/house/tap.sh

fake=$(mktemp -d)
trap 'rm -rf "$fake"' EXIT
chmod 755 "$fake"

# A copy, because nobody may not be allowed to read the home of who tests.
mkdir -p "$fake/house/tools" "$fake/house/tests"
cp -R try check setup "$fake/house"
cp -R tools/contracts "$fake/house/tools"
cp -R tests/distro "$fake/house/tests"
chmod -R a+rX "$fake/house"
cd "$fake/house" || exit 1

# A PATH of its own, where only what the helpers need exists: no compiler, no package manager.
bare=$fake/bare
mkdir "$bare"
for tool in sh dirname id getent cut uname grep paste setpriv env cat; do
	ln -s "$(command -v "$tool")" "$bare/$tool"
done

# A kernel of another age.
uname_says() {
	mkdir -p "$fake/$1"
	printf '#!/bin/sh\necho %s\n' "$1" >"$fake/$1/uname"
	chmod 755 "$fake/$1/uname"
}

# says TEXT EXPECTED COMMAND…: exit 2, and just this line.
says() {
	title=$1 expected=$2
	shift 2
	got=$("$@" 2>&1 </dev/null)
	is "$title" "exit $?: $got" "exit 2: $expected"
}

# sudo would have set these; every call here stands for itself.
unset SUDO_UID SUDO_GID SUDO_USER
nobody=
[ "$(id -u)" != 0 ] || nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
all="gcc libc6-dev pkgconf meson ninja-build clang bpftool libbpf-dev libelf-dev zlib1g-dev"
# Headers, and the folders of the administrator, are found whatever the PATH says.
[ ! -e /usr/include/stdio.h ] || all=$(echo "$all" | sed 's/ libc6-dev//')
[ ! -e /usr/sbin/bpftool ] || all=$(echo "$all" | sed 's/ bpftool//')

# In the order in which they are shown.
demos_here() {
	sed -n 's/^\(mp-[a-z0-9-]*\) .*/\1/p' setup/demos | while read -r demo; do
		[ ! -e "tools/contracts/$demo.contract" ] || printf '%s\n' "$demo"
	done | paste -s -d ' '
}

uname_says 5.10.0-8-amd64
uname_says 6.0.19
for me in try check; do
	says "$me: no demo or option of that name" \
		"$me: unknown $([ $me = try ] && echo option || echo argument) --frobnicate; see ./$me --help" \
		"./$me" --frobnicate
	for release in 5.10.0-8-amd64 6.0.19; do
		says "$me: the kernel is $release" \
			"$me: this kernel is $release, and mp-trace needs Linux 6.1 or later" \
			env PATH="$fake/$release:$PATH" "./$me"
	done
	# shellcheck disable=SC2086 # words
	says "$me: not root, and nothing is missing" \
		"$me: mp-trace loads its hooks into the kernel, which takes root: sudo ./$me" \
		$nobody "./$me"
done
says "try: a demo that does not exist" \
	"try: there is no demo 'mp-nothing'; there are: $(demos_here)" \
	./try mp-nothing

# What need_kernel says of a machine that shows proc and sys in the folders $1 and $2.
kernel_shown_in() {
	sh -c 'me=try; . setup/setup.sh; proc=$1 sys=$2; need_kernel' sh "$1" "$2"
}
mkdir -p "$fake/empty" "$fake/sys/kernel"
says "/proc is not mounted" "try: /proc is not mounted here: mount -t proc proc /proc" \
	kernel_shown_in "$fake/empty" /sys
says "/sys is not mounted" "try: /sys is not mounted here: mount -t sysfs sysfs /sys" \
	kernel_shown_in /proc "$fake/empty"
says "a kernel without BTF" \
	"try: this kernel does not describe its types (no /sys/kernel/btf/vmlinux): one built with CONFIG_DEBUG_INFO_BTF is needed" \
	kernel_shown_in /proc "$fake/sys"

bare_try() {
	env PATH="$bare" "$@"
}
says "try: neither apt-get nor dnf" \
	"try: neither apt-get nor dnf is here to install what is missing (Debian's names): $all" \
	bare_try ./try
printf '#!/bin/sh\nexit 9\n' >"$bare/apt-get"
chmod 755 "$bare/apt-get"
# shellcheck disable=SC2086 # words
says "try: not root, and packages are missing" \
	"try: these packages are missing, and only root can install them (sudo ./try): $all" \
	bare_try $nobody ./try

ok "try --help says how it is used" sh -c './try --help | grep -q "^usage: sudo ./try"'
ok "check --help says how it is used" sh -c './check --help | grep -q "^usage: sudo ./check"'

# Those that are called by hand; the others belong to these.
distro_help() {
	for script in $(grep -l '^# usage: tests/distro/' tests/distro/*.sh); do
		# shellcheck disable=SC2086 # words
		$nobody "$script" --help | grep -q "^usage: $script" || echo "$script"
	done
}
empty "and so does every script of tests/distro, to anybody" distro_help
tap_done
