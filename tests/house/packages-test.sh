#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the packages repeat of the sources agrees with them: the version, the exported names, and
# which file goes into which package.
# usage: packages-test.sh TOP BUILD PREFIX LIBDIR
cd -- "$1" || exit 1
. tests/house/tap.sh
. tests/house/sources.sh
. tests/house/install.sh
build=$2 prefix=$3 libdir=$4

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

version=$(version)
spec=rpm/mp-tools.spec

of_changelog() {
	sed -n '1s/^mp-tools (\(.*\)-[^-]*) .*/\1/p' debian/changelog
}

of_spec() {
	sed -n 's/^Version: *//p' "$spec"
	sed -n '/^%changelog/,$s/^\* .* - \(.*\)-[0-9]*$/\1/p' "$spec" | head -n 1
}

# Names with their version, of the map: NAME@VERSION, and the version itself.
exported() {
	awk '/^[A-Z0-9_.]+ \{$/ { version = $1; print version "@" version }
		/^\t[a-z0-9_]+;$/ { sub(/^\t/, ""); sub(/;$/, ""); print $0 "@" version }' \
		lib/mproc.map | sort
}

of_symbols() {
	sed -n 's/^ \([^ ]*@[^ ]*\) .*/\1/p' debian/libmproc0.symbols | sort
}

# What a file in the format of both says of files and their licences.
licences_in() {
	awk -v RS= '/^Files:/ { $1 = $1; print }' "$1"
}

# Everything that is installed, below /, as the packages would have it.
installed() {
	(cd "$work/root$prefix" && find . ! -type d | sed "s,^\./$libdir/,usr/lib/ARCH/,; s,^\./,usr/,")
}

# PACKAGE PATTERN, one a line; behind the pattern may be the folder that Debian has for it.
lists_of_debian() {
	for list in debian/*.install debian/*.manpages; do
		package=$(basename "${list%.*}")
		sed -n "s/^usr\\/[^ ]*/$package &/p" "$list"
	done
}

# How sed expands the folders that only Fedora's rpm names.
folders_of_fedora() {
	sed -n 's,^%\([a-z]*_completions_dir\)  *\(.*\),s|%{\1}|\2|,p' rpm/debian.macros
}

# The same of the spec, under the names that Debian has for these packages.
lists_of_spec() {
	awk '/^%files/ { package = $3 ? $3 : "mp-tools"; next }
		/^%changelog/ { package = "" }
		package && /^%\{[_a-z]/ { print package, $1 }' "$spec" |
		sed "s/%{version}/$version/; $(folders_of_fedora)" |
		sed 's,%{_bindir},usr/bin,; s,%{_includedir},usr/include,; s,%{_libdir},usr/lib/*,
			s,%{_mandir},usr/share/man,; s,%{_datadir},usr/share,
			s,/$,/*,; s,\(/man/.*\)\*$,\1,
			s/^libmproc /libmproc0 /; s/^libmproc-devel /libmproc-dev /
			s/^libmproc-\(openmpi\|mpich\) /libmproc-mpi /'
}

# Each file with all the packages that want it.
owners() {
	installed | sort | while read -r file; do
		wanted=
		while read -r package pattern _; do
			# shellcheck disable=SC2254 # a pattern
			case $file in
			$pattern) wanted="$wanted $package" ;;
			esac
		done <"$1"
		echo "$file:$wanted"
	done
}

not_in_one() {
	grep -vE ': [^ ]+$' "$work/debian.owners"
}

ok "meson install works" install_below "$work/root"
lists_of_debian >"$work/debian"
lists_of_spec >"$work/spec"
owners "$work/debian" >"$work/debian.owners"
owners "$work/spec" >"$work/spec.owners"
is "debian/changelog has the version of meson.build" "$(of_changelog)" "$version"
is "the spec has it, and its changelog too" "$(of_spec)" "$version
$version"
is "debian/libmproc0.symbols has what lib/mproc.map exports" "$(of_symbols)" "$(exported)"
is "debian/copyright says what .reuse/dep5 says" \
	"$(licences_in debian/copyright)" "$(licences_in .reuse/dep5)"
ok "something is installed" test -s "$work/debian.owners"
empty "every file that is installed is in one Debian package" not_in_one
is "and in the RPM that corresponds to it" \
	"$(cat "$work/spec.owners")" "$(cat "$work/debian.owners")"
tap_done
