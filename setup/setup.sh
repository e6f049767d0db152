# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# Takes: $me, the name of the command that reads this file, and the top of the sources as the
# current folder. Gives: the steps that ./try and ./check share. Never: installs what is there;
# leaves a build folder that its owner cannot write.

# What is missing here is 2 everywhere in this house: cannot do what was asked.
fail() {
	printf '%s: %s\n' "$me" "$*" >&2
	exit 2
}

say() {
	printf '%s: %s\n' "$me" "$*" >&2
}

# sudo may leave out the folders of the administrator's programs (bpftool).
PATH=$PATH:/usr/sbin:/sbin
export PATH

# ---------------------------------------------------------------------------------------------
# Who called

# Sets caller_uid and caller_gid when this is root by the grace of sudo. Whatever else is in
# SUDO_UID is not believed: then root is the caller.
find_caller() {
	caller_uid='' caller_gid=''
	[ "$(id -u)" = 0 ] || return 0
	case ${SUDO_UID:-} in
	'' | 0 | *[!0-9]*) return 0 ;;
	esac
	caller_gid=$(getent passwd "$SUDO_UID" | cut -d : -f 4)
	[ -z "$caller_gid" ] || caller_uid=$SUDO_UID
}

# A command as who called sudo, with an environment as after a login.
as_caller() {
	if [ -z "$caller_uid" ]; then
		"$@"
	else
		setpriv --reuid="$caller_uid" --regid="$caller_gid" --init-groups \
			--reset-env env PATH="$PATH" "$@"
	fi
}

# The same, if the caller could write the folder $1 (made now or later); else as we are. So that
# a build folder belongs to who owns the sources.
as_builder() {
	target=$1
	shift
	[ -e "$target" ] || target=.
	if as_caller test -w "$PWD/." && as_caller test -w "$PWD/$target/."; then
		as_caller "$@"
	else
		"$@"
	fi
}

# ---------------------------------------------------------------------------------------------
# What this machine must be

# Where the kernel shows itself; a test looks elsewhere.
proc=/proc
sys=/sys

need_kernel() {
	[ -e "$proc/self/stat" ] ||
		fail "/proc is not mounted here: mount -t proc proc /proc"
	release=$(uname -r)
	major=${release%%.*}
	minor=${release#*.}
	minor=${minor%%[!0-9]*}
	if [ "$major" -lt 6 ] || { [ "$major" -eq 6 ] && [ "$minor" -lt 1 ]; }; then
		fail "this kernel is $release, and mp-trace needs Linux 6.1 or later"
	fi
	[ -d "$sys/kernel" ] ||
		fail "/sys is not mounted here: mount -t sysfs sysfs /sys"
	[ -r "$sys/kernel/btf/vmlinux" ] ||
		fail "this kernel does not describe its types (no /sys/kernel/btf/vmlinux):" \
			"one built with CONFIG_DEBUG_INFO_BTF is needed"
}

need_root() {
	[ "$(id -u)" = 0 ] ||
		fail "mp-trace loads its hooks into the kernel, which takes root: sudo ./$me"
}

# ---------------------------------------------------------------------------------------------
# Packages

# is_there KIND NAME
is_there() {
	case $1 in
	program) command -v "$2" >/dev/null ;;
	header) [ -e "/usr/include/$2" ] ;;
	data) [ -e "/usr/share/$2" ] ;;
	library) command -v pkg-config >/dev/null && pkg-config --exists "$2" ;;
	module) /usr/bin/python3 -c "import $2" 2>/dev/null ;;
	*) fail "setup/packages: unknown kind $1" ;;
	esac
}

# Sets apt_missing and dnf_missing, for the users $* of the table.
find_missing() {
	apt_missing='' dnf_missing=''
	while read -r who kind name apt dnf; do
		case " $* " in
		*" $who "*) ;;
		*) continue ;;
		esac
		is_there "$kind" "$name" && continue
		[ "$dnf" != - ] || command -v apt-get >/dev/null || continue
		apt_missing="$apt_missing $apt"
		dnf_missing="$dnf_missing $dnf"
	done <setup/packages
}

# A command whose output matters only when it fails.
quietly() {
	quiet_log=$(mktemp)
	if "$@" >"$quiet_log" 2>&1 </dev/null; then
		rm -f "$quiet_log"
		return 0
	fi
	# What meson found on its way is no reason.
	grep -vE ": (YES|NO)( |$)" "$quiet_log" | tail -n 12 >&2
	rm -f "$quiet_log"
	return 1
}

install_apt() {
	say "installing with apt-get:$apt_missing"
	quietly apt-get -q update ||
		fail "apt-get update failed (see above): is the network there?"
	# shellcheck disable=SC2086 # one word a package
	DEBIAN_FRONTEND=noninteractive quietly \
		apt-get -q -y --no-install-recommends install $apt_missing ||
		fail "apt-get install failed (see above)"
}

install_dnf() {
	say "installing with dnf:$dnf_missing"
	# shellcheck disable=SC2086 # one word a package
	quietly dnf -q -y --setopt=install_weak_deps=False install $dnf_missing ||
		fail "dnf install failed (see above): is the network there?"
}

# need_packages USER…: what the table says these need; silent when all of it is here.
need_packages() {
	find_missing "$@"
	[ -n "$apt_missing" ] || return 0
	if command -v apt-get >/dev/null; then
		manager=apt missing=$apt_missing
	elif command -v dnf >/dev/null; then
		manager=dnf missing=$dnf_missing
	else
		fail "neither apt-get nor dnf is here to install what is missing (Debian's" \
			"names):$apt_missing"
	fi
	[ "$(id -u)" = 0 ] ||
		fail "these packages are missing, and only root can install them (sudo ./$me):$missing"
	"install_$manager"
	find_missing "$@"
	[ -z "$apt_missing" ] ||
		fail "still missing after the installation (Debian's names):$apt_missing"
}

# ---------------------------------------------------------------------------------------------
# Building

# build FOLDER COMPILER [MESON OPTION…]: brings FOLDER up to date; silent when it is.
build() {
	folder=$1 compiler=$2
	shift 2
	if [ ! -e "$folder/build.ninja" ]; then
		say "configuring $folder"
		quietly as_builder "$folder" env CC="$compiler" meson setup "$@" "$folder" ||
			fail "meson setup $folder failed (see above)"
	fi
	case $(as_builder "$folder" ninja -C "$folder" -n 2>&1 | tail -n 1) in
	*'no work to do'*) return 0 ;;
	esac
	say "building $folder"
	quietly as_builder "$folder" ninja -C "$folder" ||
		fail "the build in $folder failed (see above)"
}

find_caller
