# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck shell=sh
#
# Takes: the top of the sources as the current folder. Gives: the names of the files that belong
# to it, one a line, and their version. Never: names what was built, or what somebody has not added
# yet.

# The sources may be another user's: root asks git here, and git would refuse.
sources() {
	git -c safe.directory='*' ls-files -- "$@" 2>/dev/null | while read -r file; do
		[ ! -f "$file" ] || echo "$file"
	done
}

# Out of a tarball there is no git: then everything that is no build folder.
[ -e .git ] || sources() {
	[ $# -gt 0 ] || set -- '*'
	find . -type f ! -path './build*' | sed 's,^\./,,' | while read -r file; do
		for pattern; do
			# shellcheck disable=SC2254 # a pattern
			case $file in
			$pattern) echo "$file" && break ;;
			esac
		done
	done
}

# Said in meson.build alone.
version() {
	sed -n "s/^  version: '\(.*\)',\$/\1/p" meson.build
}
