# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# Takes: the script's arguments; $takes, not empty if it has words behind its options. Gives: the
# steps that packages of every kind share: $build, a root with the tarball of a release in $home of
# $user, and what is done with the packages in a root that has nothing else. To be read with `.`.

suite=bookworm
keep=
quick=
user=visitor
home=/home/$user

# shellcheck source-path=SCRIPTDIR source=root.sh
. "$(dirname -- "$0")/root.sh"
hide_mounts "$@"

while [ $# -gt 0 ]; do
	case $1 in
	--suite) suite=${2:?a name is missing} && shift 2 ;;
	--keep) keep=${2:?a folder is missing} && shift 2 ;;
	--quick) quick=nocheck && shift ;;
	-h | --help) usage && exit 0 ;;
	-*) fail "unknown option $1" ;;
	*)
		[ -n "${takes:-}" ] || fail "unknown argument $1"
		break
		;;
	esac
done

need mmdebstrap git
top=$(cd -- "$(dirname -- "$0")/../.." && pwd)
version=$(cd "$top" && . tests/house/sources.sh && version)
begin # gives $work
base=${work:?}/base
build=$work/build

# One that all others are copies of. What is written to its disk need not survive a power cut.
make_base() {
	make_root "$base" sudo,ca-certificates "$user"
	echo force-unsafe-io >"$base/etc/dpkg/dpkg.cfg.d/unsafe-io"
	cp -L /etc/resolv.conf "$base/etc/resolv.conf"
	run_in "$base" root "apt-get -qq update"
}

# copy_root NAME PACKAGES: one that differs from the base in these packages only.
copy_root() {
	[ -e "$base/etc/os-release" ] || make_base
	if [ ! -e "$work/$1/etc/os-release" ]; then
		cp -a --reflink=auto "$base" "$work/$1"
		mount_kernel "$work/$1"
		[ -z "$2" ] || install_in "$work/$1" "$(echo "$2" | tr , ' ')"
	else
		mount_kernel "$work/$1"
	fi
}

# new_root NAME PACKAGES: the same, which nobody has used before.
new_root() {
	rm -rf --one-file-system "${work:?}/$1"
	copy_root "$@"
}

# install_in ROOT WORDS: names of packages or files.
install_in() {
	run_in "$1" root "apt-get -qq -y --no-install-recommends install $2 >/dev/null"
}

# tarball_in ROOT: a fresh clone in the user's home, and the tarball of a release, made of it.
tarball_in() {
	rm -rf "${1:?}${home:?}"/*
	git clone -q "$top" "$1$home/clone"
	chroot "$1" chown -R "$user:$user" "$home"
	say "sources: $(git -C "$top" log -1 --format='%h %s')"
	run_in "$1" "$user" "cd clone && git update-index -q --refresh &&
		meson setup build -Dtracer=disabled -Dmpi=disabled >/dev/null &&
		meson dist -C build --no-tests --formats xztar >/dev/null"
}

# Every name that is there, but those of the system's own caches and protocols.
names() {
	(cd "$1" && find . -xdev \( -path ./proc -o -path ./sys -o -path ./dev -o -path ./tmp \
		-o -path ./run -o -path ./var/cache -o -path ./var/log -o -path ./var/lib/apt \
		-o -path './var/lib/dpkg/*-old' -o -path "./packages" \) -prune -o -print) | sort
}

# same_names ROOT: as many as before.
same_names() {
	names "$1" >"$work/after"
	diff "$work/before" "$work/after" || fail "something is left behind"
	say "nothing is left behind: $(wc -l <"$work/after") names before and after"
}

# take_in ROOT PACKAGE…: they lie in /packages there, and their tests.
take_in() {
	used=$1
	shift
	rm -rf "$used/packages"
	mkdir "$used/packages"
	cp "$@" "$used/packages"
	cp -r "$top/debian/tests" "$used/packages"
}

# The judge as root, and as a user through sudo, on a demo; then everything that is installed.
use() {
	run_in "$1" root "mp-trace mp-barrier"
	run_in "$1" "$user" "sudo mp-trace mp-barrier"
	for script in demos output; do
		run_in "$1" "$([ $script = demos ] && echo root || echo "$user")" \
			"/packages/tests/$script"
	done
}

proved() {
	# shellcheck disable=SC1091 # of the root
	say "proved on $(. "$base/etc/os-release" && echo "$PRETTY_NAME"), Linux $(uname -r)"
}
