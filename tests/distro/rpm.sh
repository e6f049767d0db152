#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Proves the RPMs on minimal systems: builds them in a Debian that has rpm, from the release tarball
# of a fresh clone; installs, uses and removes them in a second, which is afterwards as it was
# before. The kernel is the one that runs here.
#
# usage: tests/distro/rpm.sh [--suite NAME] [--keep FOLDER] [--quick]
#   --suite NAME   of Debian, default bookworm
#   --keep FOLDER  where the roots are made and left, to look at them; those that are there are
#                  used again
#   --quick        without the unit tests, which belong to each build
#
# Needs root, mmdebstrap and git. Mirror, proxies and their like are those of this machine's apt.
set -eu

# shellcheck source-path=SCRIPTDIR source=packages.sh
. "$(dirname -- "$0")/packages.sh"

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
	take_in "$root" "$build$home"/rpm/RPMS/*/*.rpm
	# What a Fedora has by itself: a place for the loader to look, and two folders.
	echo /usr/lib64 >"$root/etc/ld.so.conf.d/lib64.conf"
	run_in "$root" root "mkdir -p /usr/lib64/pkgconfig /usr/share/licenses && rpm --initdb && ldconfig"
	names "$root" >"$work/before"
	run_in "$root" root "rpm -i --nodeps /packages/*.rpm && ldconfig && rpm -qa && rpm -Va --nodeps"
	use "$root"
	run_in "$root" root "rpm -e --nodeps \$(rpm -qa) && ldconfig"
	same_names "$root"
}

make_tarball build-essential,debhelper,git,meson,rpm
prove_rpm
proved
