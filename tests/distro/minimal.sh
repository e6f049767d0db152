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
# Needs root, mmdebstrap, git and ip. Mirror, proxies and their like are those of this machine's apt.
set -eu

suite=bookworm
keep=
packages=git,sudo,ca-certificates
user=visitor

# shellcheck source-path=SCRIPTDIR source=root.sh
. "$(dirname -- "$0")/root.sh"
hide_mounts "$@"

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

need mmdebstrap git ip
top=$(cd -- "$(dirname -- "$0")/../.." && pwd)
begin # gives $work
root=${work:?}/root

put_sources() {
	rm -rf "$root/home/$user/mp-tools"
	git clone -q "$top" "$root/home/$user/mp-tools"
	git -C "$root/home/$user/mp-tools" remote remove origin
	chroot "$root" chown -R "$user:$user" "/home/$user/mp-tools"
	say "sources: $(git -C "$top" log -1 --format='%h %s')"
}

as_user() {
	run_in "$root" "$user" "cd mp-tools && $1"
}

prove_both() {
	as_user 'sudo ./try mp-barrier'
	as_user 'sudo ./check'
	say "once more, without a network"
	# shellcheck disable=SC2034 # run_in's
	isolate=alone
	as_user 'sudo ./try mp-barrier'
	as_user 'sudo ./try'
	# Nothing that root left in the clone keeps the user from working on.
	# shellcheck disable=SC2016 # a line for the user's shell
	as_user 'test -z "$(find build* ! -user '"$user"' ! -name "check.*")"'
	# shellcheck disable=SC1091 # of the root
	say "proved on $(. "$root/etc/os-release" && echo "$PRETTY_NAME"), Linux $(uname -r)"
}

[ -e "$root/etc/os-release" ] || make_root "$root" "$packages" "$user"
put_sources
mount_kernel "$root"
if [ $# -gt 0 ]; then
	as_user "$*"
else
	prove_both
fi
