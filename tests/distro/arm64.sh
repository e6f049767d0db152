#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Proves the packages for arm64: builds them for that machine on a minimal system of this one, from
# the release tarball of a fresh clone; makes a system of them and of what they depend on, and boots
# it under Debian's kernels in an emulated machine, where every demo runs under its contract.
#
# usage: tests/distro/arm64.sh [--suite NAME] [--keep FOLDER] [KERNEL…]
#   --suite NAME   of Debian, default bookworm
#   --keep FOLDER  where the roots, the kernels and what came over the consoles are left; those
#                  that are there are used again
#   KERNEL         as kernels.sh --arch arm64 has them; default those that are not too old
#
# Prints TAP of what ran under the kernels, and on standard error what else is to tell. Exit
# status: 0 all passed, 1 not, 2 cannot be tried here.
#
# Needs root, mmdebstrap, git, ip, qemu-system-arm and cpio. The mirror is that of this machine's apt.
set -eu

here=$(cd -- "$(dirname -- "$0")" && pwd)
arch=arm64
takes=kernels

# shellcheck source-path=SCRIPTDIR source=packages.sh
. "$here/packages.sh"
# shellcheck source-path=SCRIPTDIR source=machine.sh
. "$here/machine.sh"
describe_arch
need "$qemu" cpio ip

source=$work/source
cross=$work/cross
guest=$work/guest
first=$home/first/mp-tools-$version
tests=$home/tests
profiles=cross,nocheck,pkg.mp-tools.nompi

# ---------------------------------------------------------------------------------------------
# The packages

# A fresh clone and its tarball are made where the tools are; where packages are built is nothing
# but what such a build is told to need.
begin_cross() {
	copy_root source git,meson,gcc,libc6-dev,pkgconf
	tarball_in "$source"
	copy_root cross "crossbuild-essential-$arch"
	rm -rf "$cross${home:?}"/*
	mkdir "$cross$home/first"
	cp "$source$home"/clone/build/meson-dist/*.tar.xz \
		"$cross$home/first/mp-tools_$version.orig.tar.xz"
	tar -x -C "$cross$home/first" -f "$cross$home/first/mp-tools_$version.orig.tar.xz"
	cp -r "$source$home/clone/debian" "$cross$first"
	chroot "$cross" chown -R "$user:$user" "$home"
	run_in "$cross" root "dpkg --add-architecture $arch && apt-get -qq update"
	install_in "$cross" "libc6-dev:$arch"
	run_in "$cross" root "cd $first && apt-get -qq -y --no-install-recommends -a $arch \
		-P $profiles build-dep . >/dev/null"
}

# Without a network, as everything that builds.
build_packages() {
	isolate=alone
	run_in "$cross" "$user" "cd $first &&
		DEB_BUILD_OPTIONS=nocheck dpkg-buildpackage -us -uc -b -a $arch -P$profiles \
			</dev/null >../build.log 2>&1 || { tail -n 50 ../build.log && exit 1; }
		! grep warning: ../build.log | grep -v ^dpkg-architecture:"
	isolate=
}

# The tests lie where they were built, and find there what they need.
build_tests() {
	isolate=alone
	run_in "$cross" "$user" "meson env2mfile --cross --debarch $arch -o $arch.txt >/dev/null &&
		meson setup --cross-file $arch.txt -Dtracer=enabled -Dmpi=disabled $tests $first \
			>setup.log && ninja -C $tests $1 >>setup.log ||
		{ tail -n 50 setup.log && exit 1; }"
	isolate=
}

# ---------------------------------------------------------------------------------------------
# The system that is booted: these packages, what they depend on, and a shell

# As apt of a machine that has nothing chooses them.
download_packages() {
	rm -rf "$1"
	mkdir -p "$1/lists/partial" "$1/archives/partial"
	apt_sources >"$1/sources"
	for package in libmproc0 mp-tools mp-trace; do
		cp "$cross$home/first/${package}_"*.deb "$1"
	done
	apt_in "$1" apt-get update
	apt_in "$1" apt-get -y --no-install-recommends --download-only install busybox-static \
		"$1"/*.deb
	mv "$1"/archives/*.deb "$1"
}

make_guest() {
	download_packages "$work/packages"
	rm -rf "$guest"
	mkdir -p "$guest/etc" "$guest/root" "$guest/guest"
	for part in bin sbin lib; do
		mkdir -p "$guest/usr/$part"
		ln -s "usr/$part" "$guest/$part"
	done
	for package in "$work"/packages/*.deb; do
		dpkg-deb --fsys-tarfile "$package" | tar -x --keep-directory-symlink -C "$guest"
	done
	[ -e "$guest/bin/sh" ] || ln -s busybox "$guest/bin/sh"
	printf 'root:x:0:0::/root:/bin/sh\nnobody:x:65534:65534::/:/bin/sh\n' >"$guest/etc/passwd"
	printf 'root:x:0:\nnogroup:x:65534:\n' >"$guest/etc/group"
	cp "$cross$tests/tests/kernel/verified" "$guest/guest"
	say "the system: $(cd "$work/packages" && echo *.deb), $(du -sm "$guest" | cut -f 1) MB"
}

prepare() {
	begin_cross
	build_packages
	build_tests tests/kernel/verified
	make_guest
}

prepare >&2
[ $# -gt 0 ] || set -- 6.1 6.12 newest 16k
"$here/kernels.sh" --arch "$arch" --root "$guest" --keep "$work" "$@"
proved >&2
