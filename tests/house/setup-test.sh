#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What ./try and ./check say where they cannot work: one line, exit 2. usage: setup-test.sh TOP
# Needs root (it hides folders in a mount namespace of its own).
cd -- "$1" || exit 1
. tests/house/tap.sh

fake=$(mktemp -d)
trap 'rm -rf "$fake"' EXIT
chmod 755 "$fake"

# A PATH of its own, where only what the helpers need exists: no compiler, no package manager.
bare=$fake/bare
mkdir "$bare"
for tool in sh dirname id getent cut uname grep basename setpriv env cat; do
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
nobody="setpriv --reuid=65534 --regid=65534 --clear-groups"
all="gcc libc6-dev pkgconf meson ninja-build clang bpftool libbpf-dev libelf-dev zlib1g-dev"
# The header is where it is, whatever the PATH says.
[ ! -e /usr/include/stdio.h ] || all=$(echo "$all" | sed 's/ libc6-dev//')

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
	says "$me: /sys is not mounted" \
		"$me: /sys is not mounted here: mount -t sysfs sysfs /sys" \
		unshare --mount sh -c "mount -t tmpfs none /sys && ./$me"
	says "$me: /proc is not mounted" \
		"$me: /proc is not mounted here: mount -t proc proc /proc" \
		unshare --mount sh -c "mount -t tmpfs none /proc && ./$me"
	says "$me: a kernel without BTF" \
		"$me: this kernel does not describe its types (no /sys/kernel/btf/vmlinux): one built with CONFIG_DEBUG_INFO_BTF is needed" \
		unshare --mount sh -c "mount -t tmpfs none /sys/kernel && ./$me"
	# shellcheck disable=SC2086 # words
	says "$me: not root, and nothing is missing" \
		"$me: mp-trace loads its hooks into the kernel, which takes root: sudo ./$me" \
		$nobody "./$me"
done
says "try: a demo that does not exist" \
	"try: there is no demo 'mp-nothing'; there are: $(cd tools/contracts && echo *.contract | sed 's/\.contract//g')" \
	./try mp-nothing

# The helpers add /usr/sbin and /sbin to the PATH; hidden, they are as bare as the rest.
bare_try() {
	unshare --mount sh -c '
		mount -t tmpfs none /usr/sbin
		[ -L /sbin ] || mount -t tmpfs none /sbin
		PATH='"$bare"'; export PATH
		exec "$@"' sh "$@"
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
tap_done
