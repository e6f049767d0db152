#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Proves the Debian packages on minimal systems: builds them in one from the release tarball of a
# fresh clone, several ways; looks at them with lintian and blhc in a second; installs, uses,
# upgrades and purges them in a third, which is afterwards as it was before, and runs their own
# tests there. The kernel is the one that runs here.
#
# usage: tests/distro/deb.sh [--suite NAME] [--keep FOLDER] [--quick]
#   --suite NAME   of Debian, default bookworm
#   --keep FOLDER  where the roots are made and left, to look at them; the next time those of
#                  the build are used again
#   --quick        without the unit tests, which belong to each build
#
# Needs root, mmdebstrap, git and ip. Mirror, proxies and their like are those of this machine's apt.
set -eu

# shellcheck source-path=SCRIPTDIR source=packages.sh
. "$(dirname -- "$0")/packages.sh"
need ip
look=$work/look
place=$work/use

# A fresh clone and its tarball are made where the tools are; where packages are built is nothing
# but what a build is told to need.
begin_build() {
	copy_root look git,meson,gcc,libc6-dev,pkgconf,lintian,blhc,autopkgtest
	tarball_in "$look"
	copy_root build build-essential
	rm -rf "$build${home:?}"/* "$build"/root/*
	mkdir "$build$home/source"
	cp "$look$home"/clone/build/meson-dist/*.tar.xz "$build$home/source"
	cp -r "$look$home/clone/debian" "$build$home/source"
	chroot "$build" chown -R "$user:$user" "$home"
}

# need_for PROFILES: what a build so profiled needs, and nothing else.
need_for() {
	run_in "$build" root "cd $home/source && apt-get -qq -y --no-install-recommends \
		-P '$1' build-dep . >/dev/null"
}

# build_in FOLDER USER WORDS: without a network; WORDS come before the command.
build_in() {
	isolate=alone
	run_in "$build" "$2" "mkdir -p $1 && cd $1 &&
		cp $home/source/mp-tools-$version.tar.xz mp-tools_$version.orig.tar.xz &&
		tar xf mp-tools_$version.orig.tar.xz && cp -r $home/source/debian mp-tools-$version &&
		cd mp-tools-$version && $3 dpkg-buildpackage -us -uc </dev/null >../build.log 2>&1 ||
		{ tail -n 50 ../build.log && exit 1; }
		! grep warning: ../build.log"
	isolate=
}

# Of a package, only the pages and MPI go with them; what a build needs is what is there now.
prove_profiles() {
	need_for pkg.mp-tools.nompi,nocheck,nodoc
	build_in least "$user" "DEB_BUILD_PROFILES='pkg.mp-tools.nompi nocheck nodoc' \
		DEB_BUILD_OPTIONS='nocheck nodoc'"
}

files_of() {
	for package in "$1"/*.deb; do
		dpkg-deb --fsys-tarfile "$package" | tar t |
			sed "/\/\$/d; s,^,$(basename "$package") ,"
	done
}

compare_profiles() {
	files_of "$build$home/first" |
		grep -v -e /man/ -e ^libmproc-mpi -e /doc/mp-tools/ -e /.build-id/ >"$work/first"
	files_of "$build$home/least" | grep -v -e /doc/mp-tools/ -e /.build-id/ >"$work/least"
	diff "$work/first" "$work/least" || fail "nodoc and nompi are more than pages and MPI"
	say "without pages and MPI: $(wc -l <"$work/least") files, the same as with them"
}

# The points of a build that are skipped, all of them: who builds is an ordinary user. Root, who
# runs ./check, does them.
skips='no process can be given a number here'

# The unit tests of the build, counted; each point that was skipped is a point that is not proved.
count_tests() {
	sed -n 's/^\(Ok\|Fail\|Expected Fail\|Skipped\|Timeout\): *\([0-9]*\)$/\1 \2/p' \
		"$build$home/first/build.log" | paste -sd ' ' >"$work/counted"
	log=$(echo "$build$home"/first/mp-tools-*/obj-*/meson-logs/testlog.txt)
	points=$(grep -c '^ *ok ' "$log") || fail "no test ran"
	skipped=$(sed -n 's/^ *ok .*# skip *//Ip' "$log")
	[ "$skipped" = "$skips" ] || fail "skipped in the build was '$skipped', and not '$skips'"
	say "unit tests of the build: $(cat "$work/counted"), $points points"
}

compare_builds() {
	for package in "$build$home"/first/*.deb "$build$home"/first/mp-tools-*/obj-*/bpf/*.o; do
		other=$build/root/elsewhere/once-more${package#"$build$home/first"}
		cmp "$package" "$other" || fail "two builds differ"
	done
	say "two builds of different users in different folders at different times are the same:" \
		"$(cd "$build$home/first" && echo *.deb mp-tools-*/obj-*/bpf/*.o)"
}

# dh_makeshlibs alone, with the settings of debian/rules; CHANGE is sed's, of the symbols file.
make_symbols() {
	run_in "$build" "$user" "cd first/mp-tools-$version && cp debian/libmproc0.symbols .. &&
		sed -i '$1' debian/libmproc0.symbols &&
		{ echo 'include debian/rules'; echo 'alone: ; dh_makeshlibs'; } |
		DEB_RULES_REQUIRES_ROOT=no make -f - alone >../symbols.log 2>&1
		status=\$?; mv ../libmproc0.symbols debian; exit \$status"
}

# A name too few or too many in the file ends the build.
prove_symbols() {
	make_symbols ''
	# shellcheck disable=SC2016 # words for sed
	for change in '/ mp_lock_new@/d' '$a\ mp_nothing@LIBMPROC_0.1 0.1.0'; do
		! make_symbols "$change" || fail "a wrong symbols file does not end the build"
		grep '^dpkg-gensymbols: .*appeared' "$build$home/first/symbols.log" ||
			fail "something else ends the build"
	done
}

# Everything that is linked can be looked at in a debugger.
prove_debug() {
	for package in libmproc0 libmproc-mpi mp-tools mp-trace; do
		files_of "$build$home/first" |
			grep -q "^$package-dbgsym_.* \./usr/lib/debug/" || fail "no $package-dbgsym"
	done
}

look_at() {
	rm -rf "$look$home/first"
	mkdir "$look$home/first"
	find "$build$home/first" -maxdepth 1 -type f -exec cp -t "$look$home/first" {} +
	chroot "$look" chown -R "$user:$user" "$home/first"
	run_in "$look" "$user" \
		"cd first && lintian -I --pedantic --fail-on error,warning ./*.changes"
	run_in "$look" "$user" "blhc --bindnow first/build.log"
}

prove_build() {
	prove_profiles
	need_for ''
	build_in first "$user" "DEB_BUILD_OPTIONS='$quick'"
	[ -n "$quick" ] || count_tests
	umask 027
	build_in /root/elsewhere/once-more root \
		"TZ=XYZ-11 LC_ALL=C DEB_BUILD_OPTIONS='nocheck'"
	umask 022
	compare_builds
	compare_profiles
	prove_symbols
	prove_debug
	look_at
	say "built by $(versions_in "$build")"
	say "looked at by $(versions_in "$look")"
}

# What matters for what comes out, with its version.
versions_in() {
	# shellcheck disable=SC2016 # words for dpkg-query
	chroot "$1" dpkg-query -f '${db:Status-Abbrev}${Package} ${Version}\n' -W gcc clang bpftool \
		libbpf-dev libopenmpi-dev libmpich-dev meson debhelper dpkg-dev lintian blhc autopkgtest \
		2>/dev/null | sed -n 's/^ii //p' | paste -sd , | sed 's/,/, /g'
}

# The same packages, with a higher version: dpkg replaces every file.
raise_versions() {
	run_in "$1" root "mkdir -p /packages/newer && cd /packages && for package in ./*.deb; do
		dpkg-deb -R \$package x && sed -i 's/$version-[[:alnum:]]*/&+next/' x/DEBIAN/control &&
		dpkg-deb --root-owner-group -b x newer >/dev/null && rm -r x || exit; done"
}

# Each alone: the judge without any demo, and the demos without judge and MPI.
use_parts() {
	new_root parts ''
	take_in "$work/parts" "$build$home"/first/*.deb
	install_in "$work/parts" "/packages/mp-trace_*.deb"
	run_in "$work/parts" root "mp-trace --no-contract sh -c 'seq 9 | sort -n'"
	run_in "$work/parts" root "apt-get -qq -y purge mp-trace >/dev/null"
	install_in "$work/parts" "/packages/mp-tools_*.deb /packages/libmproc0_*.deb"
	run_in "$work/parts" root "! dpkg -l mp-trace 'lib*mpi*' 2>/dev/null | grep ^ii"
	run_in "$work/parts" "$user" /packages/tests/output
}

# Every page is found by its name, in a root that leaves no documentation out.
find_pages() {
	# shellcheck disable=SC2016 # lines for the user's shell
	run_in "$place" "$user" 'dpkg -L '"$1"' |
		sed -n "s,.*/man/man./\(.*\)\.\(.\)\.gz$,\2 \1,p" >/tmp/pages
		while read -r section name; do
			man -w "$section" "$name" >>/tmp/found && whatis -s "$section" "$name" || exit
		done </tmp/pages
		man mp-barrier | grep "p3 and p4 wait for nobody" || exit
		[ "$(wc -l </tmp/pages)" = "$(wc -l </tmp/found)" ] && rm /tmp/pages /tmp/found'
}

judge() {
	run_in "$place" root "mp-trace mp-barrier"
	run_in "$place" "$user" "sudo mp-trace mp-barrier"
}

# What ours need comes before them: what others leave behind is not ours.
install_others() {
	others=$(run_in "$place" root \
		"apt-get -s --no-install-recommends install /packages/*.deb" |
		sed -n 's/^Inst \([^ ]*\) .*/\1/p' | grep -vxF "$(echo "$ours" | tr ' ' '\n')" |
		paste -sd ' ')
	install_in "$place" "$others"
}

# Installed, used, upgraded, used, removed and purged.
come_and_go() {
	install_in "$place" "/packages/*.deb"
	judge
	find_pages "$ours"
	raise_versions "$place"
	install_in "$place" "/packages/newer/*.deb"
	run_in "$place" root "dpkg-query -f '\${Package} \${Version}\n' -W $ours >/tmp/versions &&
		! grep -v '+next\$' /tmp/versions && rm /tmp/versions"
	judge
	run_in "$place" root "dpkg --remove $ours >/dev/null &&
		! dpkg -l $ours 2>/dev/null | grep '^ii'"
	# Of what left no configuration it warns that there is nothing to do.
	run_in "$place" root "dpkg --purge $ours 2>/dev/null"
}

prove_use() {
	new_root use man-db
	take_in "$place" "$build$home"/first/*.deb
	ours=$(cd "$place/packages" && for package in *.deb; do printf '%s ' "${package%%_*}"; done)
	install_others
	names "$place" >"$work/before"
	find "$place/tmp" | sort >"$work/tmp"
	come_and_go
	same_names "$place"
	find "$place/tmp" | sort | diff "$work/tmp" - || fail "something is left in /tmp"
}

# The tested root lies below the one that has autopkgtest, as long as that runs.
below_look() {
	# shellcheck disable=SC2016 # a line for the shell inside
	unshare --mount sh -c 'mount --rbind "$0" "$1" && shift && exec "$@"' \
		"$place" "$look/testbed" "$@"
}

# The packages' own tests. The machine is this one: those that want one for themselves run, too;
# and so nothing is skipped, which would be status 2.
prove_tests() {
	mkdir -p "$look/testbed"
	isolate=below_look
	run_in "$look" root "autopkgtest --user=$user --ignore-restrictions=isolation-machine \
		$home/first/*.changes -- chroot /testbed >$home/tests.log 2>&1 ||
		{ tail -n 50 $home/tests.log && exit 1; }"
	isolate=
	say "tests of the packages: $(sed '1,/@@@ summary/d; /^autopkgtest/,$d' "$look$home/tests.log" |
		tr -s ' \n' ' ')"
}

begin_build
prove_build
use_parts
prove_use
prove_tests
proved
