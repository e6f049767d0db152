#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Proves the Debian packages on minimal systems: builds them in one, twice, from the release
# tarball of a fresh clone; looks at them with lintian and blhc and runs their own tests; installs,
# uses, upgrades and purges them in a second, which is afterwards as it was before. The kernel is
# the one that runs here.
#
# usage: tests/distro/deb.sh [--suite NAME] [--keep FOLDER] [--quick]
#   --suite NAME   of Debian, default bookworm
#   --keep FOLDER  where the roots are made and left, to look at them; those that are there are
#                  used again
#   --quick        without the unit tests, which belong to each build
#
# Needs root, mmdebstrap and git. Mirror, proxies and their like are those of this machine's apt.
set -eu

# shellcheck source-path=SCRIPTDIR source=packages.sh
. "$(dirname -- "$0")/packages.sh"

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
	take_in "$root" "$build$home"/first/*.deb
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

make_tarball autopkgtest,blhc,build-essential,debhelper,fakeroot,git,lintian,meson
prove_build
prove_debian
proved
