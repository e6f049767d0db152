#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Proves the packages on minimal Debians: builds them in one, twice, from the release tarball of a
# fresh clone; looks at them with lintian and blhc and runs their own tests; installs, uses,
# upgrades and purges them in a second, which is afterwards as it was before. Then the same with
# the RPMs, in a third. The kernel is the one that runs here.
#
# usage: tests/distro/packages.sh [--suite NAME] [--keep FOLDER] [--quick]
#   --suite NAME   of Debian, default bookworm
#   --keep FOLDER  where the roots are made and left, to look at them; those that are there are
#                  used again
#   --quick        without the unit tests, which belong to each build
#
# Needs root, mmdebstrap and git. Mirror, proxies and their like are those of this machine's apt.
set -eu

# Mounts are made where nobody else sees them, and go with the last process that does.
if [ "${1:-}" != --unshared ]; then
	[ "$(id -u)" = 0 ] || { echo "packages.sh: making a root takes root" >&2 && exit 2; }
	exec unshare --mount --propagation private "$0" --unshared "$@"
fi
shift

suite=bookworm
keep=
quick=
user=visitor
tools=autopkgtest,blhc,build-essential,debhelper,fakeroot,git,lintian,meson,rpm

# shellcheck source-path=SCRIPTDIR source=root.sh
. "$(dirname -- "$0")/root.sh"

usage() {
	sed -n '/^# usage:/,/^# Needs/s/^# \{0,1\}//p' "$0"
}

while [ $# -gt 0 ]; do
	case $1 in
	--suite) suite=$2 && shift 2 ;;
	--keep) keep=$2 && shift 2 ;;
	--quick) quick=nocheck && shift ;;
	-h | --help) usage && exit 0 ;;
	*) fail "unknown argument $1" ;;
	esac
done

need mmdebstrap git
top=$(cd -- "$(dirname -- "$0")/../.." && pwd)
begin # gives $work
base=${work:?}/base
version=$(sed -n "s/^  version: '\(.*\)',\$/\1/p" "$top/meson.build")
home=/home/$user

# copy_root NAME PACKAGES: one that differs from the base in these packages only.
copy_root() {
	if [ ! -e "$work/$1/etc/os-release" ]; then
		cp -a --reflink=auto "$base" "$work/$1"
		mount_kernel "$work/$1"
		run_in "$work/$1" root "apt-get -qq update"
		[ -z "$2" ] || install_in "$work/$1" "$(echo "$2" | tr , ' ')"
	else
		mount_kernel "$work/$1"
	fi
}

# install_in ROOT WORDS: names of packages or files.
install_in() {
	run_in "$1" root "apt-get -qq -y --no-install-recommends install $2 >/dev/null"
}

# The tarball of a release, and beside it what Debian adds.
make_tarball() {
	rm -rf "${build:?}$home"/*
	git clone -q "$top" "$build$home/clone"
	chroot "$build" chown -R "$user:$user" "$home"
	say "sources: $(git -C "$top" log -1 --format='%h %s')"
	run_in "$build" root "cd $home/clone && apt-get -qq -y build-dep . >/dev/null"
	run_in "$build" "$user" "cd clone && git update-index -q --refresh &&
		meson setup build >/dev/null &&
		meson dist -C build --no-tests --formats xztar >/dev/null"
}

# build_in FOLDER OPTIONS: the packages land in FOLDER of the user's home.
build_in() {
	run_in "$build" "$user" "mkdir -p $1 && cd $1 &&
		cp ~/clone/build/meson-dist/mp-tools-$version.tar.xz mp-tools_$version.orig.tar.xz &&
		tar xf mp-tools_$version.orig.tar.xz && cp -a ~/clone/debian mp-tools-$version &&
		cd mp-tools-$version &&
		DEB_BUILD_OPTIONS='$2' dpkg-buildpackage -us -uc >../build.log 2>&1 ||
		{ tail -n 50 ../build.log && exit 1; }"
}

# The unit tests of the build, counted.
tests_of_build() {
	sed -n 's/^\(Ok\|Fail\|Expected Fail\|Skipped\|Timeout\): *\([0-9]*\)$/\1 \2/p' \
		"$build$home/first/build.log" | paste -sd ' '
}

compare_builds() {
	for package in "$build$home"/first/*.deb; do
		cmp "$package" "$build$home/elsewhere/once-more/$(basename "$package")" ||
			fail "two builds differ"
	done
	say "two builds, in different folders at different times, are the same:" \
		"$(cd "$build$home/first" && echo ./*.deb)"
}

prove_build() {
	build_in first "$quick"
	[ -n "$quick" ] || say "unit tests of the build: $(tests_of_build)"
	umask 027
	build_in elsewhere/once-more nocheck
	umask 022
	compare_builds
	run_in "$build" "$user" \
		"cd first && lintian -I --pedantic --fail-on error,warning ./*.changes"
	run_in "$build" "$user" "blhc --bindnow first/build.log"
	build_in without-pages "nocheck nodoc"
	run_in "$build" "$user" "cd without-pages && ! for package in ./*.deb; do
		dpkg-deb -c \$package; done | grep /man/"
	# What needs a machine of its own is run later, on the root that has nothing else.
	run_in "$build" root "cd $home/first && autopkgtest mp-tools-$version/ ./*.deb -- null" ||
		[ $? = 2 ] # some were skipped
	say "built by $(run_in "$build" root 'dpkg-query -W gcc meson debhelper dpkg-dev' | tail -n 4 |
		tr '\t\n' ' ,')"
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

# The judge as root, and as a user through sudo, on a demo; then everything that is installed.
use() {
	run_in "$1" root "mp-trace mp-barrier"
	run_in "$1" "$user" "sudo mp-trace mp-barrier"
	for script in demos output; do
		run_in "$1" "$([ $script = demos ] && echo root || echo "$user")" \
			"/packages/tests/$script"
	done
}

# The same packages, with a higher version: dpkg replaces every file.
raise_versions() {
	run_in "$1" root "mkdir -p /packages/newer && cd /packages && for package in ./*.deb; do
		dpkg-deb -R \$package x && sed -i 's/$version-1/&+next/' x/DEBIAN/control &&
		dpkg-deb --root-owner-group -b x newer >/dev/null && rm -r x || exit; done"
}

prove_debian() {
	copy_root use ''
	root=$work/use
	names "$root" >"$work/before"
	rm -rf "$root/packages"
	mkdir "$root/packages"
	cp "$build$home"/first/*.deb "$root/packages"
	cp -r "$top/debian/tests" "$root/packages"
	install_in "$root" "/packages/*.deb"
	use "$root"
	raise_versions "$root"
	install_in "$root" "/packages/newer/*.deb"
	run_in "$root" root "dpkg -l 'mp-t*' 'libmproc*' | grep '^ii' && mp-trace mp-barrier"
	ours=$(cd "$root/packages" && for package in *.deb; do printf '%s ' "${package%%_*}"; done)
	run_in "$root" root "dpkg --remove $ours >/dev/null && ! dpkg -l 'mp-t*' 'libmproc*' | grep '^ii'"
	run_in "$root" root "dpkg --purge $ours && apt-get -qq -y autoremove --purge >/dev/null"
	same_names "$root"
}

build_rpms() {
	run_in "$build" "$user" "mkdir -p rpm && cp clone/build/meson-dist/*.tar.xz rpm &&
		rpmbuild -bb --nodeps --load clone/rpm/debian.macros ${quick:+--nocheck} \
			-D '_topdir $home/rpm' -D '_sourcedir $home/rpm' \
			clone/rpm/mp-tools.spec >rpm/build.log 2>&1 ||
		{ tail -n 50 rpm/build.log && exit 1; }"
}

prove_rpm() {
	build_rpms
	copy_root rpm rpm,libbpf1,libopenmpi3,libmpich12
	root=$work/rpm
	rm -rf "$root/packages"
	mkdir "$root/packages"
	cp "$build$home"/rpm/RPMS/*/*.rpm "$root/packages"
	cp -r "$top/debian/tests" "$root/packages"
	# What a Fedora has by itself: a place for the loader to look, and two folders.
	echo /usr/lib64 >"$root/etc/ld.so.conf.d/lib64.conf"
	run_in "$root" root "mkdir -p /usr/lib64/pkgconfig /usr/share/licenses && rpm --initdb && ldconfig"
	names "$root" >"$work/before"
	run_in "$root" root "rpm -i --nodeps /packages/*.rpm && ldconfig && rpm -qa && rpm -Va --nodeps"
	use "$root"
	run_in "$root" root "rpm -e --nodeps \$(rpm -qa) && ldconfig"
	same_names "$root"
}

[ -e "$base/etc/os-release" ] || make_root "$base" sudo,ca-certificates "$user"
copy_root build "$tools"
build=$work/build
make_tarball
prove_build
prove_debian
prove_rpm
# shellcheck disable=SC1091 # of the root
say "proved on $(. "$base/etc/os-release" && echo "$PRETTY_NAME"), Linux $(uname -r)"
