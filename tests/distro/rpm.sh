#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Proves the RPMs on minimal systems: builds them in a Debian that has rpm and what the spec asks
# for, twice, from the release tarball of a fresh clone; looks at them with rpmlint and at what they
# depend on; installs, uses, upgrades and removes them in a second, which is afterwards as it was
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
spec=$home/clone/rpm/mp-tools.spec

# What the spec asks for, by Debian's names; and what comes with Fedora's gcc and rpmbuild.
build_requires() {
	chroot "$build" rpmspec -q --buildrequires "$spec" | awk '
		NR == FNR && $2 == "library" { debian["pkgconfig(" $3 ")"] = $4 }
		NR == FNR { debian[$5] = $4; next }
		/^mpich-devel|^openmpi-devel/ { $1 = "lib" $1; sub("-devel", "-dev", $1) }
		{ print ($1 in debian) ? debian[$1] : $1 }' "$top/setup/packages" -
	echo libc6-dev
	echo cpio elfutils file xz-utils
}

# build_in FOLDER OPTIONS: the packages land below FOLDER of the user's home. What the spec
# asks for is there, but not as packages that rpm knows.
build_in() {
	run_in "$rpms" "$user" "mkdir -p $1/SOURCES && cp *.tar.xz $1/SOURCES && cd $1 &&
		rpmbuild --nodeps --load ~/debian.macros -D '_topdir $home/$1' \
			$2 >build.log 2>&1 || { tail -n 50 build.log && exit 1; }"
}

# The unit tests of the build, counted; one that was skipped is one that proves nothing.
count_tests() {
	counted=$(sed -n 's/^\(Ok\|Fail\|Skipped\|Timeout\): *\([0-9]*\) *$/\1 \2/p' \
		"$rpms$home/first/build.log" | paste -sd ' ')
	case $counted in
	"Ok "[1-9]*" Fail 0 Skipped 0 Timeout 0") say "unit tests of the build: $counted" ;;
	*) fail "unit tests of the build: $counted" ;;
	esac
}

compare_builds() {
	diff -r "$rpms$home/first/RPMS" "$rpms$home/elsewhere/once-more/RPMS" ||
		fail "two builds differ"
	say "two builds, in different folders at different times, are the same:" \
		"$(cd "$rpms$home/first/RPMS" && find . -name '*.rpm' -printf '%f ')"
}

prove_build() {
	# shellcheck disable=SC2046 # words
	copy_root rpms "$(echo $(build_requires) rpm | tr ' ' ,)"
	rm -rf "${rpms:?}${home:?}"/*
	cp -p "$build$home"/clone/build/meson-dist/*.tar.xz "$build$home"/clone/rpm/* "$rpms$home"
	chroot "$rpms" chown -R "$user:$user" "$home"
	build_in source "-bs ~/mp-tools.spec"
	build_in first "--rebuild ${quick:+--nocheck} ~/source/SRPMS/*.rpm"
	[ -n "$quick" ] || count_tests
	umask 027
	build_in elsewhere/once-more "--rebuild --nocheck ~/source/SRPMS/*.rpm"
	umask 022
	compare_builds
	build_in newer "--rebuild --nocheck -D 'dist .next' ~/source/SRPMS/*.rpm"
	check_rpms
}

check_rpms() {
	rm -rf "$build$home"/checked
	mkdir "$build$home"/checked
	cp "$rpms$home"/first/RPMS/*/*.rpm "$rpms$home"/source/SRPMS/*.rpm "$build$home"/checked
	run_in "$build" "$user" "rpmlint --strict -c clone/rpm/rpmlint.toml checked $spec"
}

# Where there is no tracer, or no MPI: what the spec makes then.
prove_spec() {
	while read -r options packages; do
		# shellcheck disable=SC2046 # words
		made=$(chroot "$build" rpmspec -q --qf '%{name} ' $(echo "$options" | tr , ' ') "$spec")
		[ "$made" = "$packages " ] || fail "$options: $made"
		say "$options: $made"
	done <<-EOF
		--target=x86_64 mp-tools mp-trace libmproc libmproc-devel libmproc-openmpi libmproc-mpich
		--target=aarch64 mp-tools mp-trace libmproc libmproc-devel libmproc-openmpi libmproc-mpich
		--target=aarch64,--without=mpi mp-tools mp-trace libmproc libmproc-devel
		--target=ppc64le mp-tools libmproc libmproc-devel libmproc-openmpi libmproc-mpich
		--target=i686 mp-tools libmproc libmproc-devel
	EOF
}

# rpm has dependencies from generators of its own: what must be among them, and what must not.
prove_dependencies() {
	while read -r package kind is what; do
		! chroot "$rpms" sh -c "rpm -qp --$kind $home/first/RPMS/*/$package-$version-*.rpm" |
			grep -q "^$what" || found=yes
		[ "${found:-no}" = "$is" ] || fail "$package $kind $what: ${found:-no}"
		unset found
	done <<-EOF
		libmproc provides yes libmproc\.so\.0(LIBMPROC_0\.1)
		libmproc requires no libmpi
		libmproc-devel provides yes pkgconfig(mproc) = $version
		libmproc-devel requires yes libmproc([^)]*) = $version
		libmproc-mpich requires yes libmpich\.so
		libmproc-openmpi requires yes libmpi\.so
		libmproc-openmpi provides no .*\.so
		mp-tools provides no .*\.so
		mp-tools requires yes libmproc\.so\.0(LIBMPROC_0\.1)
		mp-tools requires no \(libbpf\|libelf\|libz\|libmpi\)
		mp-trace requires no libmproc
		mp-trace requires yes libbpf\.so\.1
		mp-trace requires yes libelf\.so\.1
		mp-trace requires yes libz\.so\.1
	EOF
	say "the packages depend on what they need, and on nothing else"
}

# rpm_in ROOT WORDS: of Debian's rpm, without what it says of itself; and then what the trigger of
# Fedora's glibc does.
rpm_in() {
	run_in "$1" root "rpm $2 && ldconfig" 2>"$work/rpm.log" ||
		{ cat "$work/rpm.log" && fail "rpm $2"; }
}

stand_in() {
	cp "$top/tests/distro/stand-in.spec" "$1/tmp"
	rm -rf "${1:?}/root/.rpmdb" "${1:?}/root/rpmbuild"
	run_in "$1" root "rpmbuild -bb /tmp/stand-in.spec >/tmp/stand-in.log 2>&1 ||
		{ cat /tmp/stand-in.log; exit 1; }"
	rpm_in "$1" "-i /root/rpmbuild/RPMS/*/*.rpm"
}

# Every program has a page, and everything that is linked can be looked at in a debugger.
have_pages() {
	for program in "$root"/usr/bin/mp-*; do
		[ -e "$root/usr/share/man/man1/${program##*/}.1.gz" ] || fail "no page: $program"
	done
}

have_debug() {
	for file in "$root"/usr/bin/mp-* "$root"/usr/lib64/libmproc.so."$version" \
		"$root"/usr/lib64/*mpi*/lib/mproc/*.so; do
		find "$root/usr/lib/debug" -path "*${file#"$root"}-$version-*.debug" | grep -q . ||
			fail "nothing for a debugger: $file"
	done
}

# The packages' own tests of what is not a demo. This pkg-config does not look where Fedora's does;
# and Open MPI looks for displays, which it does not need.
use_library() {
	for script in library mpi; do
		run_in "$root" "$user" "export AUTOPKGTEST_TMP=\$(mktemp -d) HWLOC_COMPONENTS=-gl \
			PKG_CONFIG_PATH=/usr/lib64/pkgconfig && /packages/tests/$script"
	done
}

prove_use() {
	new_root use rpm,libbpf1,openmpi-bin,mpich,gcc,libc6-dev,pkgconf
	root=$work/use
	stand_in "$root"
	names "$root" >"$work/before"
	take_in "$root" "$rpms$home"/first/RPMS/*/*.rpm
	rpm_in "$root" "-i /packages/*.rpm"
	have_pages
	have_debug
	use "$root"
	use_library
	rpm_in "$root" -Va
	take_in "$root" "$rpms$home"/newer/RPMS/*/*.rpm
	rpm_in "$root" "-U /packages/*.rpm"
	rpm_in "$root" "-Va"
	run_in "$root" root "! rpm -qa | grep -v '^stand-in-\|\.next\.'"
	run_in "$root" root "mp-trace mp-barrier"
	rpm_in "$root" "-e \$(rpm -qa | grep -v stand-in)"
	# Of packages that are upgraded or erased together rpm may leave a folder that two of them have
	# for build ids which begin alike, empty.
	find "$root/usr/lib/.build-id" "$root/usr/lib/debug" -type d -empty -delete 2>/dev/null || :
	same_names "$root"
}

rpms=$work/rpms
copy_root build gcc,git,libc6-dev,meson,rpm,rpmlint
tarball_in "$build"
prove_spec
prove_build
prove_dependencies
prove_use
proved
