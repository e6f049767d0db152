#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Proves the first two commands of the README on a minimal Debian: makes a root with nothing but
# git and sudo, puts a fresh clone of this repository in the home of an ordinary user, and runs
# both there as that user through sudo; then once more without a network. The kernel is the one
# that runs here.
#
# usage: tests/distro/minimal.sh [--suite NAME] [--keep FOLDER] [COMMAND…]
#   --suite NAME   of Debian, default bookworm
#   --keep FOLDER  where the root is made and left, to look at it; one that is there is used again
#   COMMAND        instead of the two: runs in the clone as the user (which may call sudo)
#
# Needs root, mmdebstrap and git. Mirror, proxies and their like are those of this machine's apt.
set -eu

# Mounts are made where nobody else sees them, and go with the last process that does.
if [ "${1:-}" != --unshared ]; then
	[ "$(id -u)" = 0 ] || { echo "minimal.sh: making a root takes root" >&2 && exit 2; }
	exec unshare --mount --propagation private "$0" --unshared "$@"
fi
shift

suite=bookworm
keep=
packages=git,sudo,ca-certificates
user=visitor

usage() {
	sed -n '/^# usage:/,/^# Needs/s/^# \{0,1\}//p' "$0"
}

fail() {
	echo "minimal.sh: $*" >&2
	exit 2
}

say() {
	echo "minimal.sh: $*"
}

while [ $# -gt 0 ]; do
	case $1 in
	--suite) suite=$2 && shift 2 ;;
	--keep) keep=$2 && shift 2 ;;
	-h | --help) usage && exit 0 ;;
	--) shift && break ;;
	-*) fail "unknown option $1" ;;
	*) break ;;
	esac
done

for tool in mmdebstrap git; do
	command -v "$tool" >/dev/null || fail "$tool is not here: apt-get install $tool"
done

top=$(cd -- "$(dirname -- "$0")/../.." && pwd)
work=${keep:-$(mktemp -d)}
root=$work/root
mkdir -p "$work"

# Whatever happens, nothing stays mounted; and nothing is removed while something is.
clean() {
	status=$?
	trap - EXIT
	for point in sys proc dev; do
		! mountpoint -q "$root/$point" || umount -R "$root/$point" || status=2
	done
	if [ -n "$keep" ]; then
		say "the root is left in $root"
	elif grep -qF " $root/" /proc/self/mounts; then
		say "still mounted below $root: not removed"
	else
		rm -rf --one-file-system "$work"
	fi
	exit "$status"
}
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Where this machine's apt fetches that suite from. None: mmdebstrap knows Debian's own place.
apt_sources() {
	apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
		'Created-By: Packages' | grep -E " $suite(-security|-updates)? " | sort -u
}

# How it gets there.
apt_options() {
	apt-config dump Acquire | grep -iE '^Acquire::(https?|ftp|Check|Retries|Languages|Force)' || :
}

make_root() {
	apt_sources >"$work/sources.list" || say "apt here does not know $suite: Debian's own mirror"
	apt_options >"$work/apt.conf"
	set -- --variant=minbase --include="$packages" --aptopt="$work/apt.conf"
	say "making a minimal $suite with $packages"
	if [ -s "$work/sources.list" ]; then
		mmdebstrap --quiet "$@" "$suite" "$root" - <"$work/sources.list"
	else
		mmdebstrap --quiet "$@" "$suite" "$root"
	fi
	# What mmdebstrap leaves out: certificates and passwords of the way to the mirror.
	cp -a /etc/apt/auth.conf.d/. "$root/etc/apt/auth.conf.d/" 2>/dev/null || :
	cp -aL /usr/local/share/ca-certificates/. "$root/usr/local/share/ca-certificates/" \
		2>/dev/null || :
	chroot "$root" update-ca-certificates >/dev/null 2>&1 || :
	chroot "$root" useradd --create-home --shell /bin/sh "$user"
	echo "127.0.1.1 $(uname -n)" >>"$root/etc/hosts"
	echo "$user ALL=(ALL) NOPASSWD: ALL" >"$root/etc/sudoers.d/$user"
	say "$(chroot "$root" dpkg-query -f '.\n' -W | wc -l) packages," \
		"$(du -sxm "$root" | cut -f 1) MB"
}

mount_kernel() {
	mount -t proc proc "$root/proc"
	mount --rbind /sys "$root/sys"
	mount --make-rslave "$root/sys"
	mount --rbind /dev "$root/dev"
	mount --make-rslave "$root/dev"
	cp -L /etc/resolv.conf "$root/etc/resolv.conf"
}

put_sources() {
	rm -rf "$root/home/$user/mp-tools"
	git clone -q "$top" "$root/home/$user/mp-tools"
	git -C "$root/home/$user/mp-tools" remote remove origin
	chroot "$root" chown -R "$user:$user" "/home/$user/mp-tools"
	say "sources: $(git -C "$top" log -1 --format='%h %s')"
}

# A line of shell as the user, in the clone; with a clean environment, as after a login.
as_user() {
	say "$user\$ $1"
	# shellcheck disable=SC2086 # $isolate is words
	${isolate:-} chroot "$root" /usr/bin/env -i TERM="${TERM:-dumb}" LANG=C.UTF-8 \
		PATH=/usr/local/bin:/usr/bin:/bin HOME="/home/$user" \
		setpriv --reuid="$user" --regid="$user" --init-groups \
		sh -c "cd && cd mp-tools && $1"
}

prove_both() {
	as_user 'sudo ./try mp-barrier'
	as_user 'sudo ./check'
	say "once more, without a network"
	isolate='unshare --net'
	as_user 'sudo ./try mp-barrier'
	as_user 'sudo ./try'
	# Nothing that root left in the clone keeps the user from working on.
	as_user 'test -z "$(find build ! -user '"$user"')"'
	say "proved on $(. "$root/etc/os-release" && echo "$PRETTY_NAME"), Linux $(uname -r)"
}

[ -e "$root/etc/os-release" ] || make_root
put_sources
mount_kernel
if [ $# -gt 0 ]; then
	as_user "$*"
else
	prove_both
fi
