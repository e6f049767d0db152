# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# Takes: $suite of Debian, $keep (a folder that is left, or empty). Gives: $work with roots below
# it, made and entered with the functions here. Never: leaves a mount, or a root that nobody asked
# for. To be read with `.` by a script, which calls hide_mounts first.

say() {
	echo "${0##*/}: $*"
}

fail() {
	say "$*" >&2
	exit 2
}

need() {
	for tool; do
		command -v "$tool" >/dev/null || fail "$tool is not here: apt-get install" \
			"$(awk -v tool="$tool" '$3 == tool { print $4 }' \
				"$(dirname -- "$0")/../../setup/packages")"
	done
}

# hide_mounts ARGUMENT…: mounts are made where nobody else sees them, and go with the last process
# that does. The script begins once more, with the same arguments.
hide_mounts() {
	case ${1:-} in
	-h | --help) usage && exit 0 ;;
	esac
	if [ -z "${MOUNTS_ARE_HIDDEN:-}" ]; then
		[ "$(id -u)" = 0 ] || fail "making a root takes root"
		MOUNTS_ARE_HIDDEN=yes exec unshare --mount --propagation private "$0" "$@"
	fi
	unset MOUNTS_ARE_HIDDEN
}

# The comment at the head of the script that tells how to call it.
usage() {
	sed -n '/^# usage:/,/^# Needs/s/^# \{0,1\}//p' "$0"
}

# Whatever happens, nothing stays mounted; and nothing is removed while something is.
clean() {
	status=$?
	trap - EXIT
	for point in "$work"/*/sys "$work"/*/proc "$work"/*/dev; do
		! mountpoint -q "$point" || umount -R "$point" || status=2
	done
	if [ -n "$keep" ]; then
		say "what was made is left in $work"
	elif grep -qF " $work/" /proc/self/mounts; then
		say "still mounted below $work: not removed"
	else
		rm -rf --one-file-system "$work"
	fi
	exit "$status"
}

begin() {
	work=${keep:-$(mktemp -d)}
	mkdir -p "$work"
	work=$(cd -- "$work" && pwd)
	chmod 755 "$work"
	trap clean EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
}

# debian_at PATTERN: the mirror from which this machine's apt has releases of such a name.
debian_at() {
	# shellcheck disable=SC2016 # apt's own
	apt-get indextargets --format '$(RELEASE) $(REPO_URI)' 'Created-By: Packages' \
		'Origin: Debian' | sed -n "s/^$1 //p" | head -n 1
}

# Where $suite is, whether this machine has it or not: in the mirrors that its apt uses. None:
# mmdebstrap knows Debian's own place.
apt_sources() {
	archive=$(debian_at '[a-z]*') security=$(debian_at '[a-z]*-security')
	[ -n "$archive" ] || return
	echo "deb $archive ${suite:?} main"
	case $suite in
	sid | unstable | experimental | *-*) return ;;
	esac
	echo "deb $archive $suite-updates main"
	[ -z "$security" ] || echo "deb $security $suite-security main"
}

# How it gets there, and that it tries again.
apt_options() {
	echo 'Acquire::Retries "5";'
	apt-config dump Acquire | grep -iE '^Acquire::(https?|ftp|Check|Retries|Languages|Force)' || :
}

# make_root ROOT PACKAGES USER: a minimal Debian, and a user in it who may call sudo.
make_root() {
	apt_sources >"$work/sources.list" || say "apt here has nothing of Debian: its own mirror"
	apt_options >"$work/apt.conf"
	say "making a minimal $suite with $2"
	if [ -s "$work/sources.list" ]; then
		mmdebstrap --quiet --variant=minbase --include="$2" --aptopt="$work/apt.conf" \
			"$suite" "$1" - <"$work/sources.list"
	else
		mmdebstrap --quiet --variant=minbase --include="$2" --aptopt="$work/apt.conf" \
			"$suite" "$1"
	fi
	# What mmdebstrap leaves out: certificates and passwords of the way to the mirror.
	cp -a /etc/apt/auth.conf.d/. "$1/etc/apt/auth.conf.d/" 2>/dev/null || :
	cp -aL /usr/local/share/ca-certificates/. "$1/usr/local/share/ca-certificates/" \
		2>/dev/null || :
	chroot "$1" update-ca-certificates >/dev/null 2>&1 || :
	chroot "$1" useradd --create-home --shell /bin/sh "$3"
	echo "127.0.1.1 $(uname -n)" >>"$1/etc/hosts"
	echo "$3 ALL=(ALL) NOPASSWD: ALL" >"$1/etc/sudoers.d/$3"
	say "$(chroot "$1" dpkg-query -f '.\n' -W | wc -l) packages, $(du -sxm "$1" | cut -f 1) MB"
}

mount_kernel() {
	mount -t proc proc "$1/proc"
	for part in sys dev; do
		mount --rbind "/$part" "$1/$part"
		mount --make-rslave "$1/$part"
	done
	cp -L /etc/resolv.conf "$1/etc/resolv.conf"
}

# alone COMMAND…: with no network but the loopback, as machines that build for distributions are.
alone() {
	unshare --net sh -c 'ip link set lo up && exec "$@"' alone "$@"
}

# run_in ROOT USER LINE: a line of shell, with a clean environment, as after a login.
run_in() {
	say "$2\$ $(printf %s "$3" | tr -s '\n\t ' ' ')"
	# shellcheck disable=SC2086 # $isolate is words
	${isolate:-} chroot "$1" /usr/bin/env -i TERM="${TERM:-dumb}" LANG=C.UTF-8 \
		PATH="$([ "$2" != root ] || echo /usr/local/sbin:/usr/sbin:/sbin:)/usr/local/bin:/usr/bin:/bin" \
		HOME="$(chroot "$1" getent passwd "$2" | cut -d : -f 6)" DEBIAN_FRONTEND=noninteractive \
		setpriv --reuid="$2" --regid="$2" --init-groups sh -c "cd && $3"
}
